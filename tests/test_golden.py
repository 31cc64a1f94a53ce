"""The checks that every golden file passes."""
import pytest

from tests import golden as goldens

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
