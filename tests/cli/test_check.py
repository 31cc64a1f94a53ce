"""`srcgrad check` and `srcgrad rules`."""
import re

import numpy as np
import pytest

FILE = """\
import numpy as np
import srcgrad


def fine(w, x):
    return np.sum(np.tanh(w * x))


def counted(w, n):
    for i in range(n):
        w = np.sin(w)
    return np.sum(w)


def kinked(x):
    return np.abs(x)


def wrong_forward(x):
    return x * x, x


wrong = srcgrad.custom_vjp(lambda x: x * x, wrong_forward, lambda x, b: 3.0 * b * x)


def uses(x):
    return wrong(x) + 1.0


def hard(x):
    raise ValueError("never")


def table(p):
    return p["w"] * p["b"]
"""


@pytest.fixture
def checked(srcgrad_command, folder):
    (folder / "user_checked.py").write_text(FILE)
    return lambda name, *words: srcgrad_command("check", f"user_checked.py:{name}", *words)


def test_right(checked):
    result = checked("fine", "--at", "np.array([0.5, -1.0]), np.array([2.0, 0.3])")
    assert result.exit_code == 0, result.stderr
    rows = [line.split() for line in result.stdout.splitlines()]
    assert rows[0][0] == "user_checked.py:fine" and rows[1][:5] == ["derivative", "mode", "argument", "entries", "error"]
    assert [(row[1], row[2], row[-1]) for row in rows[2:]] == [
        ("forward", "w", "ok"), ("forward", "x", "ok"), ("reverse", "w", "ok"), ("reverse", "x", "ok"), ("dot", "product", "ok")]
    assert all(0 <= float(row[-2]) < 1 for row in rows[2:])


def test_the_modes_against_each_other():
    from srcgrad import custom_jvp, custom_vjp, inspection
    half = custom_vjp(lambda x: x * x, lambda x: (x * x, x), lambda x, b: b * x)
    both = custom_jvp(half, lambda args, d_args: (args[0] * args[0], 2.0 * args[0] * d_args[0]))
    rows = inspection.compare(lambda x: both(x) + 1.0, (np.array([2.0, -1.0]),))
    assert [row.problem.partition(":")[0].partition(", index")[0] for row in rows if row.problem] == [
        "reverse mode, argument 0 (x)", "dot product of both modes"]
    complex_rows = inspection.compare(lambda z: np.abs(z) * np.exp(z), (np.array([0.3 + 0.4j, -1.0 + 0.2j]),))
    assert {row.mode for row in complex_rows} == {"forward", "reverse", "dot product"} and not any(
        row.problem for row in complex_rows)


@pytest.mark.parametrize("name, words", [
    ("fine", ()), ("counted", ()), ("fine", ("--types", "w: f4[m]", "--types", "x: f4[m]")),
    ("table", ("--at", "{'w': 2.0, 'b': np.ones(2)},"))])
def test_arguments_are_made_up(checked, name, words):
    result = checked(name, *words)
    assert result.exit_code == 0 and " ok" in result.stdout, result.stderr


def test_wrong(checked):
    result = checked("uses", "--at", "2.0", "--mode", "reverse")
    assert result.exit_code == 1 and "WRONG" in result.stdout
    assert "reverse mode, argument 0 (x)" in result.stderr
    expected, found = (float(re.search(word + r" ([\d.]+)", result.stderr)[1]) for word in ("expected", "found"))
    assert found == pytest.approx(1.5 * expected)


def test_a_kink_is_no_derivative(checked):
    assert checked("kinked", "--at", "1e-6").exit_code == 1
    assert checked("kinked", "--at", "0.5", "--order", "2").exit_code == 0


@pytest.mark.parametrize("name, words, message", [
    ("hard", (), "none that were tried fit"), ("hard", ("--at", "1.0"), "ValueError: never"),
    ("fine", ("--at", "1.0"), "TypeError"), ("fine", ("--at", "1, 2"), "no argument holds floats"),
    ("fine", ("--at", "nothing"), "NameError"), ("fine", ("--order", "4"), "4"), ("none", (), "no function none")])
def test_mistakes(checked, name, words, message):
    result = checked(name, *words)
    assert result.exit_code == 2 and message in result.stderr and "Traceback" not in result.stderr


# ------------------------------------------------------------------ rules
def test_the_mathematics_of_a_rule(srcgrad_command):
    result = srcgrad_command("rules", "numpy.tanh")
    assert result.exit_code == 0 and "adjoint:  d[x] += (1 - z * z) * d[z]" in result.stdout
    assert "math.tanh" not in result.stdout and "math.tanh" in srcgrad_command("rules", "tanh").stdout


def test_search(srcgrad_command):
    lines = srcgrad_command("rules", "arcc").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["numpy.arccos", "numpy.arccosh"]


@pytest.mark.parametrize("name, words", [
    ("numpy.shape", "is constant"), ("numpy.average", "def average("), ("numpy.sum", "axis=None"),
    ("scipy.special.erf", "d[z] +=")])
def test_kinds(srcgrad_command, name, words):
    if name.startswith("scipy"):
        pytest.importorskip("scipy")
    assert words in srcgrad_command("rules", name).stdout


def test_every_rule_can_be_shown():
    from srcgrad import inspection
    shown = [inspection.mathematics(e) for _, found in inspection.rules_by_module() for e in found]
    assert len(shown) > 300 and sum(1 for lines in shown if lines) > 0.9 * len(shown)


def test_list(srcgrad_command):
    text = srcgrad_command("rules").stdout
    assert "numpy.linalg\n" in text and max(map(len, text.splitlines())) <= 100


def test_unknown_rules(srcgrad_command):
    result = srcgrad_command("rules", "numpy.tann")
    assert result.exit_code == 2 and "did you mean numpy.tan" in result.stderr
    assert "lists all" in srcgrad_command("rules", "qqqq").stderr
