"""The checks that every golden file passes."""
import os
import subprocess
import sys

import numpy as np
import pytest

import srcgrad
from srcgrad import pipeline
from tests import golden as goldens
from tests import golden_programs as programs

GOOD = "import numpy as np\n\n\ndef f(x):\n    for i in range(3):\n        x = np.sin(x)\n    return x\n"


def test_good_code_passes():
    goldens.check(GOOD)
    goldens.check(GOOD.replace("numpy as", "model as"), user=["model"])


@pytest.mark.parametrize("change, problem", [
    (("numpy as np", "scipy as np"), "imports scipy"),
    (("import numpy as np", "from os import path as np"), "imports os"),
    (("np.sin(x)", "x"), "np is imported and not used"),
    (("return x", "y = x\n    return x"), "f: y is bound and not used"),
    (("return x", "return x + y"), "f: y is not defined"),
])
def test_problems(change, problem):
    with pytest.raises(AssertionError, match=problem):
        goldens.check(GOOD.replace(*change))


def test_no_syntax_errors():
    with pytest.raises(SyntaxError):
        goldens.check("def f(x):\n    nonlocal k\n    return x\n")


def test_compare(tmp_path, monkeypatch):
    monkeypatch.setattr(goldens, "FOLDER", tmp_path)
    with pytest.raises(AssertionError, match="no a.py: run pytest --update-golden"):
        goldens.compare("a", "x = 1\n")
    goldens.compare("a", "x = 1\n", update=True)
    goldens.compare("a", "x = 1\n")
    with pytest.raises(AssertionError, match="-x = 1\n\\+x = 2"):
        goldens.compare("a", "x = 2\n")


@pytest.mark.parametrize("path", sorted(goldens.FOLDER.glob("**/[!_]*.py")), ids=lambda path: path.stem)
def test_every_file_compiles(path):
    compile(path.read_text(encoding="utf-8"), path.name, "exec")


R = np.random.default_rng(0)
SHRINK = R.normal(size=3), R.normal(size=3), 3
LOGISTIC = R.normal(size=4), 0.3, R.normal(size=(6, 4)), R.random(6)
RNN = R.normal(size=(3, 4)), R.normal(size=(4, 4)), R.normal(size=4), R.normal(size=(5, 2, 3)), R.normal(size=(2, 4))


def called(derivative, *args, **kwargs):
    derivative(*args, **kwargs)
    return derivative.source


CODE = {
    "shrink": lambda: called(srcgrad.grad(programs.shrink), *SHRINK),
    "logistic": lambda: called(srcgrad.grad(programs.logistic, ("w", "b")), *LOGISTIC),
    "newton": lambda: called(srcgrad.grad(programs.newton), 2.7, 1.0),
    "rnn": lambda: called(srcgrad.grad(programs.rnn, ("U", "W", "b")), *RNN),
    "spread": lambda: called(srcgrad.grad(programs.spread), R.normal(size=4)),
    "table": lambda: called(srcgrad.grad(programs.table), R.normal(size=(3, 2)), 3),
    "history": lambda: called(srcgrad.grad(programs.history), R.normal(size=3), 3),
    "cubic_second": lambda: called(srcgrad.grad(srcgrad.grad(programs.cubic)), 0.7),
    "shrink_tangent": lambda: called(srcgrad.tangent(programs.shrink), *SHRINK, d_w=SHRINK[0]),
    "logistic_value": lambda: called(srcgrad.value_and_grad(programs.logistic), *LOGISTIC),
}


def generic(name):
    with pipeline.options(generic=True):
        return CODE[name]()


@pytest.mark.parametrize("name", CODE)
def test_generated_code(golden, name):
    golden(name, CODE[name]())


@pytest.mark.parametrize("name", ["shrink", "logistic"])
def test_generic_code(golden, name):
    golden(f"{name}_generic", generic(name))


def test_shrink_is_as_short_as_by_hand():
    text = pipeline.emit(programs.shrink, ("w",), command="srcgrad emit model.py:shrink --wrt w", filename="model.py")
    assert len([line for line in text.splitlines() if line.strip()]) <= 34


@pytest.mark.parametrize("name", ["logistic", "spread"])
def test_straight_lines_have_no_tape(name):
    assert "tape" not in CODE[name]()


def test_equal_under_every_hash_seed():
    script = ("from tests.test_golden import CODE, generic\n"
              "print('\\n'.join([CODE[n]() for n in CODE] + [generic('shrink')]))")
    texts = set()
    for seed in ("0", "7"):
        found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True,
                               env={**os.environ, "PYTHONHASHSEED": seed})
        texts.add(found.stdout)
    assert len(texts) == 1
