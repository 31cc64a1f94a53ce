"""Golden files, and what all tests share."""
import importlib.util
import os
import sys
from pathlib import Path

os.environ.setdefault("SRCGRAD_CACHE", "off")  # what is tested is made by the compiler at hand

import pytest

from tests import golden as goldens

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="write the golden files, don't compare")


def pytest_configure():
    """Makes `cli/` importable under the name it is installed as, where srcgrad is not installed."""
    if importlib.util.find_spec("srcgrad_cli") is None:
        spec = importlib.util.spec_from_file_location(
            "srcgrad_cli", ROOT / "cli" / "__init__.py", submodule_search_locations=[str(ROOT / "cli")])
        sys.modules["srcgrad_cli"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["srcgrad_cli"])


@pytest.fixture
def golden(request):
    """`golden(name, text)`: the text is what tests/golden/NAME.py holds, and is good code.

    `user` names the modules that it may import besides numpy and the helpers.
    """
    def compare(name, text, *, user=()):
        goldens.check(text, user)
        goldens.compare(name, text, update=request.config.getoption("--update-golden"))
    return compare
