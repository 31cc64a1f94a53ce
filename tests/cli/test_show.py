"""`srcgrad show` and the command itself."""
import re

import pytest


LOOP = """\
import numpy as np


def loss(w, n):
    y = w
    for i in range(n):
        y = np.sin(y) * w
    return np.sum(y)
"""


@pytest.fixture
def loop(folder):
    (folder / "user_loop.py").write_text(LOOP)
    return folder


@pytest.mark.parametrize("stage", ["surface", "normal", "adjoint", "final"])
def test_plain_in_a_pipe(srcgrad_command, loop, stage):
    result = srcgrad_command("show", "user_loop.py:loss", "--stage", stage, "--wrt", "w")
    assert result.exit_code == 0 and "\x1b[" not in result.stdout
    compile(result.stdout, stage, "exec")
    assert ("b_w" in result.stdout) is (stage in ("adjoint", "final"))


def test_stages_differ(srcgrad_command, loop):
    texts = {srcgrad_command("show", "user_loop.py:loss", "--stage", stage).stdout for stage in ("normal", "adjoint", "final")}
    assert len(texts) == 3 and srcgrad_command("show", "user_loop.py:loss").stdout in texts


def test_side_by_side(srcgrad_command, loop):
    lines = srcgrad_command("show", "user_loop.py:loss", "--side-by-side", "--wrt", "w").stdout.splitlines()
    cells = [[cell.strip() for cell in line.split(" | ")] for line in lines]
    assert all(line.index(" | ") == lines[0].index(" | ") for line in lines)
    row = next(i for i, row in enumerate(cells) if row[0] == "y = np.sin(y) * w")
    end = next(i for i, row in enumerate(cells) if row[0] == "return np.sum(y)")
    beside = [row[2] for row in cells[row:end] if len(row) > 2]
    assert any("np.cos(" in text for text in beside) and not any("seed(" in text for text in beside)
    assert any("seed(" in row[2] for row in cells[end:] if len(row) > 2)
    assert cells[0][0] == "def loss(w, n):" and any(row[2] == "return b_w" for row in cells[:row] if len(row) > 2)


def test_types_shorten_what_is_shown(srcgrad_command, loop):
    result = srcgrad_command("show", "user_loop.py:loss", "--wrt", "w", "--types", "w: f8[n]")
    assert result.exit_code == 0 and "unbroadcast" not in result.stdout


@pytest.mark.parametrize("options", [[], ["--side-by-side"]])
def test_colours_in_a_terminal(srcgrad_command, loop, options):
    result = srcgrad_command("show", "user_loop.py:loss", *options,
                             env={"FORCE_COLOR": "1", "NO_COLOR": None, "TERM": "xterm-256color", "COLUMNS": "160"})
    assert result.exit_code == 0 and "\x1b[" in result.stdout
    plain = re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)
    assert "np.cos(" in plain and ("def loss(w, n):" in plain) is bool(options)


@pytest.mark.parametrize("target, message", [
    ("user_model.py", "not of the form FILE.py:FUNC"), ("user_model.py:nothing", "no function nothing"),
])
def test_mistakes(srcgrad_command, folder, target, message):
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
