"""Emitted files are imported and run, with the real pipeline."""
import importlib.util
import os
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests import golden as goldens

pytestmark = pytest.mark.skipif(importlib.util.find_spec("srcgrad.pipeline") is None, reason="needs srcgrad.pipeline")
ROOT = Path(__file__).resolve().parents[2]
W, X = np.array([0.5, -0.2, 0.1]), np.array([1.0, 2.0, 3.0])


def run(path, name):
    return runpy.run_path(str(path))[name]


def test_gradient(srcgrad_command, folder):
    result = srcgrad_command("emit", "user_model.py:loss", "--wrt", "w", "-o", "out.py")
    assert result.exit_code == 0, result.stderr
    np.testing.assert_allclose(run("out.py", "loss_grad")(W, X), X / np.cosh(W * X) ** 2, rtol=1e-12)
    goldens.check(Path("out.py").read_text(), user=["user_model"])
    assert srcgrad_command("emit", "user_model.py:loss", "--wrt", "w", "-o", "out.py", "--check").exit_code == 0


def test_value_and_forward_mode(srcgrad_command, folder):
    value = srcgrad_command("emit", "user_model.py:loss", "--wrt", "w", "--value", "-o", "value.py")
    forward = srcgrad_command("emit", "user_model.py:loss", "--wrt", "w", "--mode", "forward", "-o", "forward.py")
    assert (value.exit_code, forward.exit_code) == (0, 0), value.stderr + forward.stderr
    found, gradient = run("value.py", "loss_value_and_grad")(W, X)
    np.testing.assert_allclose(found, np.sum(np.tanh(W * X)), rtol=1e-12)
    tangent = run("forward.py", "loss_tangent")(W, X, d_w=np.ones(3))
    np.testing.assert_allclose(tangent, np.sum(gradient), rtol=1e-12)


def test_dotted(srcgrad_command, folder):
    result = srcgrad_command("emit", "user_model.py:Layer.apply", "--wrt", "w", "-o", "out.py")
    assert result.exit_code == 0, result.stderr
    np.testing.assert_allclose(run("out.py", "Layer_apply_grad")(W, X), X)


def test_emitted_files_load_no_compiler(srcgrad_command, folder):
    assert srcgrad_command("emit", "user_model.py:loss", "--wrt", "w", "-o", "out.py").exit_code == 0
    program = "import sys, out; print(*{'gast', 'astunparse', 'srcgrad.pipeline'} & set(sys.modules))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)])}
    result = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert (result.returncode, result.stdout.strip()) == (0, ""), result.stderr


def test_refusal(srcgrad_command, folder):
    (folder / "user_yields.py").write_text("def f(x):\n    yield x\n")
    result = srcgrad_command("emit", "user_yields.py:f", "--wrt", "x")
    assert result.exit_code == 2 and "user_yields.py:2" in result.stderr and "Traceback" not in result.stderr


def test_unknown_parameter(srcgrad_command, folder):
    result = srcgrad_command("emit", "user_model.py:loss", "--wrt", "v")
    assert result.exit_code == 2 and "v" in result.stderr


def test_equal_input_gives_equal_output(folder):
    program = ("import sys; sys.path.insert(0, sys.argv.pop(1)); import tests.conftest as c; c.pytest_configure(); "
               "from srcgrad_cli.main import main; main()")
    command = [sys.executable, "-c", program, str(ROOT), "emit", "user_model.py:loss"]
    texts = [subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True,
                            check=True).stdout for seed in "12"]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("stage", ["surface", "normal", "adjoint", "final"])
def test_show(srcgrad_command, folder, stage):
    result = srcgrad_command("show", "user_model.py:loss", "--stage", stage)
    assert result.exit_code == 0, result.stderr
    compile(result.stdout, stage, "exec")
