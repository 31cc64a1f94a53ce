"""`srcgrad show` and the command itself."""
import re

import pytest


@pytest.mark.parametrize("stage", ["surface", "normal", "adjoint", "final"])
def test_plain_in_a_pipe(srcgrad_command, folder, pipeline, stage):
    result = srcgrad_command("show", "user_model.py:loss", "--stage", stage)
    assert (result.exit_code, result.stdout) == (0, f"# {stage}\ndef loss_grad(x):\n    return x\n")


def test_final_by_default(srcgrad_command, folder, pipeline):
    assert srcgrad_command("show", "user_model.py:loss").stdout.startswith("# final\n")


def test_side_by_side(srcgrad_command, folder, pipeline):
    lines = srcgrad_command("show", "user_model.py:loss", "--side-by-side").stdout.splitlines()
    assert lines == [
        "def loss(w, x):                   | # final",
        "    return np.sum(np.tanh(w * x)) | def loss_grad(x):",
        "                                  |     return x",
    ]


@pytest.mark.parametrize("options", [[], ["--side-by-side"]])
def test_colours_in_a_terminal(srcgrad_command, folder, pipeline, options):
    result = srcgrad_command("show", "user_model.py:loss", *options,
                             env={"FORCE_COLOR": "1", "NO_COLOR": None, "TERM": "xterm-256color", "COLUMNS": "100"})
    assert result.exit_code == 0 and "\x1b[" in result.stdout
    plain = re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)
    assert "def loss_grad(x):" in plain and ("np.tanh(w * x)" in plain) is bool(options)


@pytest.mark.parametrize("target, message", [
    ("user_model.py", "not of the form FILE.py:FUNC"), ("user_model.py:nothing", "no function nothing"),
])
def test_mistakes(srcgrad_command, folder, pipeline, target, message):
    result = srcgrad_command("show", target)
    assert result.exit_code == 2 and message in result.stderr


def test_version(srcgrad_command):
    result = srcgrad_command("--version")
    assert result.exit_code == 0 and re.fullmatch(r"srcgrad (\d+(\.\w+)+|unknown)\n", result.stdout)


@pytest.mark.parametrize("command", [(), ("emit",), ("show",)])
def test_help(srcgrad_command, command):
    result = srcgrad_command(*command, "--help")
    assert result.exit_code == 0 and "FILE.py is imported" in result.stdout or not command


def test_unknown_command(srcgrad_command):
    assert srcgrad_command("prove").exit_code == 2
