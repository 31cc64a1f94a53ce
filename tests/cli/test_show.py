"""`srcgrad show` and the command itself."""
import re
import sys

import pytest

from srcgrad_cli.main import COMMANDS


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


@pytest.mark.parametrize("name", list(COMMANDS))
def test_help(srcgrad_command, name):
    result = srcgrad_command(name, "--help")
    words = " ".join(result.stdout.split())
    assert result.exit_code == 0 and "Examples:" in words
    assert name in ("rules", "completion") or "FILE.py is imported" in words
    assert COMMANDS[name].rstrip(".").split(",")[0] in words


def test_help_of_the_command_itself(srcgrad_command):
    result = srcgrad_command("--help")
    assert result.exit_code == 0 and all(f"  {name} " in result.stdout for name in COMMANDS)


def test_unknown_command(srcgrad_command):
    result = srcgrad_command("emitt", "x")
    assert result.exit_code == 2 and "no command 'emitt'; did you mean emit?" in result.stderr


# ------------------------------------------------------------------ completion
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(srcgrad_command, shell):
    result = srcgrad_command("completion", shell)
    assert result.exit_code == 0 and "_SRCGRAD_COMPLETE" in result.stdout


@pytest.mark.parametrize("words, expected", [
    ("srcgrad e", {"emit", "explain", "explore"}),
    ("srcgrad show user_model.py:", {"user_model.py:loss", "user_model.py:Layer.apply"}),
    ("srcgrad show user_model.py:L", {"user_model.py:Layer.apply"}), ("srcgrad show nothing.py:", set()),
    ("srcgrad emit --st", {"--standalone"})])
def test_completion(srcgrad_command, folder, words, expected):
    result = srcgrad_command(env={"_SRCGRAD_COMPLETE": "bash_complete", "COMP_WORDS": words,
                                  "COMP_CWORD": str(len(words.split(" ")) - 1)})
    assert {line.partition(",")[2] for line in result.stdout.splitlines() if line} == expected
    assert "user_model" not in sys.modules
