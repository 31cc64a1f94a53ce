"""A folder with files of a user's, and the command run in it."""
import importlib
import sys
import types

import pytest
from click.testing import CliRunner

MODEL = """\
import numpy as np


def loss(w, x):
    return np.sum(np.tanh(w * x))


class Layer:
    @staticmethod
    def apply(w, x):
        return np.sum(w * x)


size = 3
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, holding a file whose module name no other test uses."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "user_model.py").write_text(MODEL)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(tmp_path) in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]
    importlib.invalidate_caches()


@pytest.fixture
def srcgrad_command():
    """`run("emit", "file.py:f")` gives click's result; stdout and stderr apart."""
    from srcgrad_cli.main import main

    def run(*words, **options):
        importlib.invalidate_caches()
        return CliRunner().invoke(main, words, prog_name="srcgrad", **options)
    return run


@pytest.fixture
def pipeline(monkeypatch):
    """Stands for srcgrad.pipeline and remembers how it was called."""
    import srcgrad
    fake = types.ModuleType("srcgrad.pipeline")
    fake.calls, fake.text = [], "def loss_grad(w, x):\n    return x\n"

    def emit(f, wrt, **options):
        fake.calls.append((f, wrt, options))
        return fake.text

    fake.emit = emit
    fake.stages = lambda f, wrt=None: {stage: f"# {stage}\ndef {f.__name__}_grad(x):\n    return x\n"
                                       for stage in ("surface", "normal", "adjoint", "final")}
    monkeypatch.setitem(sys.modules, "srcgrad.pipeline", fake)
    monkeypatch.setattr(srcgrad, "pipeline", fake, raising=False)
    return fake
