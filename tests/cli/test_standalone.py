"""`srcgrad emit --standalone`: files that need NumPy and SciPy alone."""
import ast
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from srcgrad import pipeline
from srcgrad.emit.bundle import Bundle
from srcgrad.runtime import helpers

MODEL = '''\
import math
from functools import reduce

import numpy as np

SCALE = 2.5
TABLE = np.linspace(0.5, 1.5, 3)
counter = 0


def half(n: int = 4, *, by: float = 2.0) -> float:
    """Half of n."""
    from math import floor  # of Python itself: stays
    return floor(n) / by + reduce(max, [0.0])


def loss(w, x, table=TABLE):
    y = np.maximum(w * x, 0.0)[[0, 0, 2]] * half(6) * math.sqrt(SCALE)
    return np.sum(np.log(1.0 + y) * table)


def counting(x):
    return x * counted()


def through(x):
    return x * len(range(round(hidden(3))))


def hidden(n):
    return counted() * n


def counted():
    global counter
    counter += 1
    return 2.0


def twice(x):
    return x * LATER


LATER = 1.0
LATER = 2.0


def write(x, out):
    for i in range(len(x)):
        out[i] = x[i] ** 3
'''
W, X = np.array([0.5, -0.2, 0.1]), np.array([1.0, 2.0, 3.0])


def alone(path, statement):
    """What a Python that can't find srcgrad prints."""
    program = f"import sys; sys.modules['srcgrad'] = None; sys.path.insert(0, {str(path.parent)!r}); {statement}"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)


@pytest.fixture
def model(folder):
    (folder / "user_whole.py").write_text(MODEL)
    return folder


def imported_roots(text):
    found = {alias.name.partition(".")[0] for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import)
             for alias in node.names}
    return found | {node.module.partition(".")[0] for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)}


def test_the_file_runs_without_srcgrad_and_without_the_users_module(srcgrad_command, model):
    assert srcgrad_command("emit", "user_whole.py:loss", "--wrt", "w", "-o", "whole.py").exit_code == 0
    result = srcgrad_command("emit", "user_whole.py:loss", "--wrt", "w", "--standalone", "-o", "alone.py")
    assert result.exit_code == 0, result.stderr
    text = Path("alone.py").read_text()
    assert imported_roots(text) <= {"numpy"} | sys.stdlib_module_names
    assert "def half(n=4, *, by=2.0):\n" in text and ": Any" not in text and ">>>" not in text
    os.remove("user_whole.py")
    printed = alone(model / "alone.py", "import numpy as np, alone; print(repr(list(map(float, alone.loss_grad("
                                        "np.array([0.5, -0.2, 0.1]), np.array([1.0, 2.0, 3.0]))))))")
    assert printed.returncode == 0, printed.stderr
    (model / "user_whole.py").write_text(MODEL)
    sys.path.insert(0, str(model))
    try:
        import whole
        np.testing.assert_array_equal(ast.literal_eval(printed.stdout), whole.loss_grad(W, X))
    finally:
        sys.path.remove(str(model))


def test_files_pass_a_linter(srcgrad_command, model):
    for name, words in (("alone.py", ("--standalone",)), ("plain.py", ())):
        assert srcgrad_command("emit", "user_whole.py:loss", "--wrt", "w", "-o", name, *words).exit_code == 0
    found = subprocess.run([sys.executable, "-m", "ruff", "check", "--isolated", "--select", "E4,E7,E9,F,I", "alone.py",
                            "plain.py"], capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


def test_types_leave_no_helpers(srcgrad_command, model):
    result = srcgrad_command("emit", "user_model.py:loss", "--wrt", "w", "--standalone", "--types", "w: f8[n]",
                             "--types", "x: f8[n]")
    assert imported_roots(result.stdout) == {"numpy"} and result.stdout.count("def ") == 1


@pytest.mark.parametrize("function, message", [
    ("counting", "globals of user_whole are written to"), ("through", "globals of user_whole are written to"),
    ("twice", "user_whole.LATER is bound more than once")])
def test_what_cannot_be_copied(srcgrad_command, model, function, message):
    result = srcgrad_command("emit", f"user_whole.py:{function}", "--standalone")
    assert result.exit_code == 2 and message in result.stderr and "hint: " in result.stderr, result.stderr
    assert srcgrad_command("emit", f"user_whole.py:{function}").exit_code == 0


def test_outputs_by_name(srcgrad_command, model):
    result = srcgrad_command("emit", "user_whole.py:write", "--wrt", "x", "--of", "out", "--standalone", "-o", "written.py")
    assert result.exit_code == 0, result.stderr
    printed = alone(model / "written.py", "import numpy as np, written; print(written.write_grad("
                                          "np.array([1.0, 2.0]), np.zeros(2)).tolist())")
    assert printed.stdout == "[3.0, 12.0]\n", printed.stderr


def test_defaults_are_read_from_the_function(srcgrad_command, model):
    text = srcgrad_command("emit", "user_whole.py:loss", "--wrt", "w").stdout
    assert "_default_table = user_whole.loss.__defaults__[0]\n" in text


def test_every_helper_can_be_copied():
    """Alone, it compiles, and reads no name that is not there."""
    names = sorted(n for n in dir(helpers) if not n.startswith("_") and getattr(getattr(helpers, n), "__module__", "")
                   == helpers.__name__)
    assert len(names) > 100
    bundle = Bundle({"spread", "copy"})
    shown = [bundle._path(helpers.__name__, name, None) for name in names]
    assert {"spread", "copy"}.isdisjoint(shown)
    text = "\n\n\n".join(["\n".join(bundle.lines()), *bundle.before(), *bundle.after()])
    found = {}
    exec(compile(text, "helpers", "exec"), found)
    assert set(shown) <= set(found) and "srcgrad." not in text.replace("`srcgrad.", "")
    linted = subprocess.run([sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F,E9", "-"], input=text,
                            capture_output=True, text=True)
    assert linted.returncode == 0, linted.stdout


def test_texts_are_stable():
    def f(x):
        return np.sum(np.sin(x)) + x[0]
    assert pipeline.emit(f, standalone=True) == pipeline.emit(f, standalone=True)
