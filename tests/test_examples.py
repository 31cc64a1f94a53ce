"""The examples run, do what they say, and their generated gradients are right."""
import ast
import importlib
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import srcgrad

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
EMIT = re.compile(r"^ {4}srcgrad (emit examples/pendulum\.py:.*)$", re.MULTILINE)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with a copy of the examples, which can be imported; afterwards they are forgotten."""
    shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__", "*_gradient.py"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path / "examples"))
    for path in EXAMPLES.glob("*.py"):
        monkeypatch.delitem(sys.modules, path.stem, raising=False)  # tests of other files may have such a module
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(tmp_path) in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]
    importlib.invalidate_caches()


def command(text):
    """Runs `srcgrad ...` as it is written in a page."""
    from srcgrad_cli.main import main
    importlib.invalidate_caches()
    result = CliRunner().invoke(main, shlex.split(text), prog_name="srcgrad")
    assert result.exit_code == 0, result.output
    return result.stdout


def slope_along(f, x, direction, step=1e-6):
    return (f(x + step * direction) - f(x - step * direction)) / (2 * step)


def test_every_example_is_tested():
    assert {path.name for path in EXAMPLES.glob("[!_]*.py")} - {"digits_gradient.py", "pendulum_gradient.py"} == {
        "digits.py", "digits_layers.py", "optimise.py", "pendulum.py"}


def test_every_example_of_the_record_is_in_its_page():
    """There, tests/test_docs.py compares what they print."""
    page = (ROOT / "docs" / "record.md").read_text(encoding="utf-8")
    for path in (EXAMPLES / "record").glob("*.py"):
        assert path.read_text(encoding="utf-8").split('"""', 2)[2].strip() in page, path.name


# ------------------------------------------------------------------ digits_layers.py
def test_digits_are_learned_with_layers(folder):
    layers = importlib.import_module("digits_layers")
    result = CliRunner().invoke(layers.main, ["--epochs", "12", "--plot", "loss.png", "--weights", "digits.npz"],
                                catch_exceptions=False)
    assert result.exit_code == 0
    unseen, again = map(float, re.findall(r"(?:never saw|digits\.npz): ([\d.]+)", result.output))
    assert unseen == again > 0.97
    assert (folder / "loss.png").read_bytes().startswith(b"\x89PNG")


# ------------------------------------------------------------------ digits.py
def test_digits_are_learned_and_the_gradient_is_saved(folder):
    digits = importlib.import_module("digits")
    result = CliRunner().invoke(digits.main, ["--epochs", "12"], catch_exceptions=False)
    assert result.exit_code == 0
    assert float(re.search(r"never saw: ([\d.]+)", result.output).group(1)) > 0.95
    assert "digits_gradient.py" in result.output
    check_saved_gradient(digits, runpy.run_path(str(folder / "digits_gradient.py")))


def check_saved_gradient(digits, saved):
    """The file that digits.py wrote gives the loss and its slope."""
    rng = np.random.default_rng(3)
    sizes = (7, 5), (5,), (5, 10), (10,)
    parameters = [rng.normal(size=size) for size in sizes]
    images, answers = rng.normal(size=(6, 7)), np.eye(10)[rng.integers(0, 10, 6)]
    loss = digits.loss.__wrapped__
    value, tape = saved["loss_forward"](*parameters, images, answers)
    np.testing.assert_allclose(value, loss(*parameters, images, answers), rtol=1e-12)
    gradients = saved["loss_backward"](tape, 1.0)
    for i, size in enumerate(sizes):
        def along(p, i=i):
            return loss(*parameters[:i], p, *parameters[i + 1:], images, answers)
        direction = rng.normal(size=size)
        np.testing.assert_allclose(np.sum(gradients[i] * direction), slope_along(along, parameters[i], direction),
                                   rtol=1e-6, atol=1e-8)


# ------------------------------------------------------------------ pendulum.py
@pytest.fixture
def emitted(folder):
    """pendulum.py, and the gradient that the command in its docstring writes."""
    pendulum = importlib.import_module("pendulum")
    command(EMIT.search(pendulum.__doc__)[1])
    importlib.invalidate_caches()
    return pendulum, importlib.import_module("pendulum_gradient").miss_value_and_grad


@pytest.mark.parametrize("scale", [0.3, 3.0])  # only slow, slow and fast
def test_the_emitted_gradient_is_right(emitted, scale):
    pendulum, miss_value_and_grad = emitted
    rng = np.random.default_rng(1)
    push, direction = scale * np.sin(np.arange(90) / 14) + 0.1 * rng.normal(size=90), rng.normal(size=90)
    value, gradient = miss_value_and_grad(push)
    assert value == pendulum.miss(push)
    np.testing.assert_allclose(gradient, srcgrad.grad(pendulum.miss)(push), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(np.sum(gradient * direction), slope_along(pendulum.miss, push, direction), rtol=1e-6)


def test_both_branches_are_taken(emitted):
    pendulum, _ = emitted

    def fastest(scale):
        push = scale * np.sin(np.arange(90) / 14)
        return max(abs(pendulum.simulate(push[:n])[1]) for n in range(91))

    assert fastest(0.3) < 1 < fastest(3.0)


def test_the_gradient_file_stays_as_it_is(emitted):
    command(EMIT.search(emitted[0].__doc__)[1] + " --check")


def test_the_pendulum_swings_up_without_a_compiler(emitted, folder):
    program = ("import sys, pendulum; pendulum.main(); "
               "print(*{'gast', 'astunparse', 'srcgrad.pipeline'} & set(sys.modules))")
    path = os.pathsep.join([str(ROOT), str(folder / "examples")])
    result = subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": path},
                            capture_output=True, text=True, check=True)
    shown, loaded = result.stdout.splitlines()
    angle, speed = map(float, re.search(r"([\d.]+) degrees, speed (-?[\d.]+)", shown).groups())
    assert abs(angle - 180) < 5 and abs(speed) < 0.1
    assert loaded == ""


def test_the_pendulum_without_its_gradient_says_what_to_do(folder):
    result = subprocess.run([sys.executable, "examples/pendulum.py"], capture_output=True, text=True)
    assert result.returncode == 1 and "srcgrad emit examples/pendulum.py:miss" in result.stderr


def test_the_pendulum_knows_nothing_of_srcgrad():
    tree = ast.parse((EXAMPLES / "pendulum.py").read_text())
    imported = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    assert imported == {"numpy"}


# ------------------------------------------------------------------ optimise.py
def test_optimisers_converge(folder):
    optimise = importlib.import_module("optimise")
    found = optimise.minimum(optimise.rosenbrock, np.tile([-1.2, 1.0], 5))
    assert found.success and np.linalg.norm(found.jac) < 1e-8
    np.testing.assert_allclose(found.x, np.ones(10), atol=1e-8)
    inputs, labels = optimise.tumours()
    found = optimise.minimum(optimise.objective, optimise.start, inputs, labels, 1e-3)
    assert found.success and np.linalg.norm(found.jac) < 1e-8
    assert optimise.accuracy(found.x, inputs, labels) > 0.97
    slope = slope_along(lambda v: optimise.objective(v, inputs, labels, 1e-3), found.x, np.ones(31))
    assert abs(slope) < 1e-7
