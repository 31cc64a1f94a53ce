"""What is said when something is refused: message, line, caret and hint, and what of the traceback is shown."""
import copy
import os
import pickle
import subprocess
import sys
import traceback
from pathlib import Path

import numpy as np
import pytest

import srcgrad
from srcgrad import errors
from tests import error_programs as programs

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden" / "errors.txt"


def raised(make):
    with pytest.raises(errors.SrcgradError) as found:
        make()
    return found.value


def said(error):
    text = str(error).replace(str(ROOT / "tests") + os.sep, "")
    base = next(b.__name__ for b in type(error).__bases__ if b is not errors.SrcgradError)
    return f"{type(error).__name__} (a {base})\n{text}"


@pytest.fixture(scope="module")
def found():
    return {name: raised(make) for name, make in programs.CASES.items()}


def test_messages(found, request):
    text = "\n\n".join(f"== {name}\n{said(error)}" for name, error in found.items()) + "\n"
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8"), "run pytest --update-golden and read the diff"


def test_every_kind_of_error_is_in_the_table(found):
    kinds = {kind.__name__ for kind in vars(errors).values()
             if isinstance(kind, type) and issubclass(kind, errors.SrcgradError)} - {"SrcgradError"}
    assert {type(error).__name__ for error in found.values()} == kinds


def test_every_error_says_what_to_do(found):
    for name, error in found.items():
        assert error.hint, name
        if error.lineno:
            lines = str(error).splitlines()
            assert f":{error.lineno}: " in lines[0], name
            if error.text:  # there is none of code made by exec
                assert error.text.strip() == lines[1].strip() and lines[2].strip() == "^", name
                assert len(lines[2]) <= len(lines[1]), name


def test_several_problems_are_told_together(found):
    error = found["several constructs outside the language"]
    assert [e.lineno for e in (error, *error.others)] == sorted(e.lineno for e in (error, *error.others))
    assert len(error.others) == 2 and str(error).count("hint: ") == 3
    assert len(found["several rules that are missing"].others) == 2


def test_combined():
    def one(line, message="no"):
        return errors.MissingRule(message, filename="m.py", lineno=line, hint="do")
    assert errors.combined([one(3)]).others == ()
    both = errors.combined([one(9), one(3), one(9)])
    assert (both.lineno, [e.lineno for e in both.others]) == (3, [9]) and type(both) is errors.MissingRule
    nested = errors.combined([both, one(5)])
    assert [nested.lineno, *(e.lineno for e in nested.others)] == [3, 5, 9]
    many = errors.combined([one(i) for i in range(1, 30)])
    assert str(many).endswith(f"... and {28 - errors.SHOWN} more")
    for again in (pickle.loads(pickle.dumps(nested)), copy.copy(nested)):
        assert str(again) == str(nested) and len(again.others) == 2


# ------------------------------------------------------------------ tracebacks
def frames(error):
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    return [Path(name).relative_to(ROOT / "srcgrad").as_posix() for name in files if name.startswith(str(ROOT / "srcgrad"))]


@pytest.mark.parametrize("make", [
    lambda: srcgrad.grad(programs.generator), lambda: srcgrad.grad(programs.two_rules)(programs.X),
    lambda: srcgrad.vjp(programs.two_rules, programs.X), lambda: srcgrad.grad(programs.plain, "n")(1.0, x=2.0, n=3),
    lambda: srcgrad.jacobian(programs.two_rules)(programs.X)])
def test_the_compiler_is_not_in_the_traceback(make):
    error = raised(make)
    assert len(frames(error)) <= 8 and not {f for f in frames(error) if "/" in f and not f.startswith("functional/")}
    assert error.__cause__ is None and error.__suppress_context__


def test_all_of_it_with_debug(monkeypatch):
    monkeypatch.setenv("SRCGRAD_DEBUG", "1")
    assert any(f.startswith("differentiate/") for f in frames(raised(lambda: srcgrad.grad(programs.two_rules)(programs.X))))


def test_errors_of_the_program_itself_keep_their_traceback():
    def divide(x, n):
        return np.sum(x) / (1 // n)

    with pytest.raises(ZeroDivisionError) as found:
        srcgrad.grad(divide)(programs.X, 0)
    assert "divide_grad" in [frame.name for frame in traceback.extract_tb(found.value.__traceback__)]


def test_what_a_terminal_shows(tmp_path):
    (tmp_path / "program.py").write_text("import srcgrad\n\n\ndef f(x):\n    yield x\n\n\nsrcgrad.grad(f)\n")
    done = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert "frontend" not in done.stderr and "hint: return a list" in done.stderr
    assert len(done.stderr.splitlines()) < 20


def test_the_face_of_functions_stays():
    assert srcgrad.grad.__name__ == "grad" and srcgrad.vjp.__doc__ and srcgrad.grad.__globals__ is vars(
        sys.modules["srcgrad.functional.gradients"])
