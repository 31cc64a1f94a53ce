"""The example that a new user sees first."""
import importlib.util
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "digits.py"


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("digits", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_digits_are_learned_and_the_gradient_is_saved(example, tmp_path):
    output = tmp_path / "gradient.py"
    result = CliRunner().invoke(example.main, ["--output", str(output)], catch_exceptions=False)
    assert result.exit_code == 0
    assert float(re.search(r"never saw: ([\d.]+)", result.output).group(1)) > 0.95
    text = output.read_text()
    compile(text, str(output), "exec")
    assert "def loss_forward(w1, b1, w2, b2, images, answers)" in text
    assert "def loss_backward(" in text
