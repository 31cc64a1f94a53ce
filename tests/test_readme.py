"""The README is true: its code runs, and prints what it says.

A code block after `<!-- file: NAME -->` is a file that later blocks import; one after `<!-- output -->` is what the
code block before it prints; all others run, one after the other. `pytest --update-golden` writes the output anew.
"""
import contextlib
import doctest
import importlib
import io
import linecache
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from click.testing import CliRunner

import srcgrad
from tests.readme_refusals import REFUSED, x as ARGUMENT

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"(?:^<!-- (?P<mark>[^\n]*) -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
HOME = "/home/ada"


class Block(NamedTuple):
    language: str
    mark: str
    text: str
    span: tuple[int, int]


def blocks(text):
    return [Block(m["language"], m["mark"] or "", m["text"], m.span("text")) for m in BLOCK.finditer(text)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, where files of the README go."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(tmp_path) in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]
    importlib.invalidate_caches()


def run(text, name, names):
    """Runs a block in the given namespace, under a file name that its functions are found by; what it prints."""
    linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, name, "exec"), names)
    return printed.getvalue()


def outputs(found, folder):
    """(block, what the block before it printed) for each block of output; runs everything else."""
    names, printed = {"__name__": "readme"}, None
    for i, block in enumerate(found):
        if block.mark == "output":
            assert printed is not None, f"no code before the output {block.text}"
            yield block, printed.replace(str(folder), HOME).rstrip("\n") + "\n"
            printed = None
        elif block.mark.startswith("file: "):
            (folder / block.mark.removeprefix("file: ")).write_text(block.text)
            importlib.invalidate_caches()
        elif block.language == "python":
            printed = run(block.text, f"<README block {i}>", names)


def test_code_prints_what_the_readme_says(folder, request):
    text = README.read_text(encoding="utf-8")
    pairs = list(outputs(blocks(text), folder))
    if request.config.getoption("--update-golden"):
        for block, printed in reversed(pairs):
            text = text[:block.span[0]] + printed + text[block.span[1]:]
        README.write_text(text, encoding="utf-8")
        return
    for block, printed in pairs:
        assert block.text == printed, "pytest --update-golden tests/test_readme.py writes it anew"
    assert len(pairs) == sum(block.mark == "output" for block in blocks(text)) > 0


def test_every_block_is_of_a_kind_that_is_tested():
    found = {(block.language, block.mark.partition(":")[0]) for block in blocks(README.read_text(encoding="utf-8"))}
    assert found <= {("python", ""), ("python", "file"), ("python", "output"), ("text", "output"), ("console", ""),
                     ("bash", "")}


# ------------------------------------------------------------------ commands
def sessions():
    return [block.text for block in blocks(README.read_text(encoding="utf-8")) if block.language == "console"]


def commands(session):
    """(command, what it prints) of a console block."""
    for part in session.split("$ ")[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed


@pytest.mark.parametrize("session", sessions())
def test_commands_print_what_the_readme_says(session, folder):
    (folder / "examples").mkdir()
    shutil.copy(ROOT / "examples" / "pendulum.py", folder / "examples")
    for command, expected in commands(session):
        program, *words = shlex.split(command)
        code, printed = {"srcgrad": run_srcgrad, "python": run_python}[program](words)
        assert code == 0, printed
        assert doctest.OutputChecker().check_output(expected, printed, doctest.ELLIPSIS), printed


def run_srcgrad(words):
    from srcgrad_cli.main import main
    importlib.invalidate_caches()
    result = CliRunner().invoke(main, words, prog_name="srcgrad")
    return result.exit_code, result.output


def run_python(words):
    result = subprocess.run([sys.executable, *words], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
                            text=True)
    return result.returncode, result.stdout + result.stderr


@pytest.mark.parametrize("heading", ["Run it", "Run the tests"])
def test_a_newcomer_has_one_line_to_copy(heading):
    section = README.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    first = next(block for block in blocks(section) if block.language == "bash")
    assert len(first.text.splitlines()) == 1
    assert first.text.startswith("python3 -m venv .venv && .venv/bin/pip install")


# ------------------------------------------------------------------ what is refused
@pytest.mark.parametrize("function", [f for functions in REFUSED.values() for f in functions], ids=lambda f: f.__name__)
def test_what_the_readme_says_is_refused(function):
    """Where this fails because srcgrad has learned something, take the item out of the README."""
    with pytest.raises(srcgrad.errors.SrcgradError) as caught:
        srcgrad.grad(function)(ARGUMENT)
    assert "readme_refusals.py" in str(caught.value) or function is np.sin


def test_every_refusal_in_the_readme_is_tested():
    section = README.read_text(encoding="utf-8").partition("Refused with an error:\n")[2].partition("\n\nNot")[0]
    items = [line.removeprefix("- ") for line in section.splitlines() if line.startswith("- ")]
    assert [next((start for start in REFUSED if item.startswith(start)), item) for item in items] == list(REFUSED)


# ------------------------------------------------------------------ links
@pytest.mark.parametrize("page", ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"])
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text(encoding="utf-8")):
        assert link.startswith("https://") or (ROOT / link).exists(), link
