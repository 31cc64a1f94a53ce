"""The pages in docs/ that are written from tables of the source."""
import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", ["accepted", "cli", "record", "rules"])
def test_pages_are_up_to_date(request, name):
    spec = importlib.util.spec_from_file_location(f"{name}_page", ROOT / "docs" / f"{name}.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    if name == "rules" and np.lib.NumpyVersion(np.__version__) < "2.1.0":
        pytest.skip("the page lists the functions of NumPy 2")
    if name == "rules":
        pytest.importorskip("scipy")
    if request.config.getoption("--update-golden"):
        script.PAGE.write_text(script.page(), encoding="utf-8")
    assert script.PAGE.read_text(encoding="utf-8") == script.page(), f"run python docs/{name}.py"


def test_the_architecture_lists_the_layers_that_are_tested():
    from tests.test_layers import ORDER
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    listed = text.partition("those before it only:")[2].partition(". `runtime")[0]
    assert re.findall(r"`(\w+)`", listed) == ORDER


def test_the_architecture_names_files_that_exist():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").replace("no `optimise/inplace.py`", "")
    files = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("[a-z]*/**/*.py")}
    for name in set(re.findall(r"`([\w/]+\.py)`", text)):
        assert any(f"/{file}".endswith(f"/{name}") for file in files), name
