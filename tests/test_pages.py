"""The pages in docs/ that people read from top to bottom: every block runs, and prints what the page says.

Blocks are as in the README (test_readme.py); the commands of a console block run one after the other, and what they print
follows them. `pytest --update-golden` writes the output anew.
"""
import importlib
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.test_readme import blocks, folder as folder, run

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = ["tutorial", "how-it-works"]


def console(text):
    """A console block with what its commands print now."""
    from srcgrad_cli.main import main
    out = []
    for command in re.findall(r"^\$ (.*)$", text, re.M):
        words = shlex.split(command)
        assert words[0] == "srcgrad"
        importlib.invalidate_caches()
        result = CliRunner().invoke(main, words[1:], prog_name="srcgrad")
        assert result.exit_code == 0, (command, result.output, result.exception)
        out.append(f"$ {command}\n{result.stdout.rstrip()}".rstrip() + "\n")
    return "".join(out)


def written_anew(text, folder):
    """The page with the output of its blocks."""
    names, printed, changes = {"__name__": "page"}, None, []
    found = blocks(text)
    for block in found:  # files first: commands may come before them
        if block.mark.startswith("file: "):
            (folder / block.mark.removeprefix("file: ")).write_text(block.text)
    for i, block in enumerate(found):
        if block.mark == "output":
            assert printed is not None, f"no code before the output {block.text}"
            changes.append((block.span, "\n".join(line.rstrip() for line in printed.rstrip().split("\n")) + "\n"))
            printed = None
        elif block.language == "console":
            changes.append((block.span, console(block.text)))
        elif block.language == "python" and not block.mark:
            printed = run(block.text, f"<page block {i}>", names)
    for (start, end), new in reversed(changes):
        text = text[:start] + new + text[end:]
    return text


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_true(name, folder, request):
    path = DOCS / f"{name}.md"
    text = path.read_text(encoding="utf-8")
    found = written_anew(text, folder)
    if request.config.getoption("--update-golden"):
        path.write_text(found, encoding="utf-8")
        return
    assert found == text, "pytest --update-golden tests/test_pages.py writes it anew"


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=lambda path: path.stem)
def test_links_lead_somewhere(path):
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("https://") or (path.parent / target).exists(), target
