"""Writes docs/cli.md from the definitions of the commands (cli/).

    python docs/cli.py
"""
from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from srcgrad_cli.main import commands, main

PAGE = Path(__file__).with_suffix(".md")
START = """\
# The command line

<!-- Written by docs/cli.py from cli/; do not edit. -->
"""
END = """\
## In continuous integration

`srcgrad emit ... -o OUT.py --check` writes nothing, and exits with 1 and a diff where OUT.py is not what would be written
now. As a hook of [pre-commit](https://pre-commit.com):

```yaml
- repo: https://example.com/srcgrad  # where you have it from
  rev: v0.1.0
  hooks:
    - id: srcgrad-check
      args: [model.py:loss, --wrt, w, -o, loss_grad.py]
```

## Types

`--types 'NAME: TYPE'` says what a parameter is, in NumPy's short names: `f8[n, m]` is an array of float64 with two
dimensions, `f4[3]` one of three float32, `f8` a number; `float`, `int` and `bool` are Python's. Equal names are equal lengths
of at least 2, `?` is a length that is not known. The code is then for such arguments only, and shorter.
"""


def page() -> str:
    """The text of docs/cli.md."""
    parts = [START, *_text(main.help or ""), ""]
    for name, command in commands():
        parts += [f"## srcgrad {name}\n", *_section(name, command), ""]
    return "\n".join([*parts, END])


def _section(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=f"srcgrad {name}")
    yield f"```text\n{command.get_usage(context).removeprefix('Usage: ')}\n```\n"
    yield from _text(command.help or "")
    rows = [found for p in command.params if isinstance(p, click.Option) and (found := p.get_help_record(context))]
    if rows:
        yield "\n| option | |\n| --- | --- |"
        lines = [f"| `{option}` | {text} |".replace("|forward", "\\|forward") for option, text in rows]
        yield "\n".join(line.replace("[default: ", "Default: ").replace("] |", " |") for line in lines)


def _text(text: str) -> Iterator[str]:
    """Paragraphs; those that start with a \\b are examples."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("\b"):
            title, *lines = paragraph.removeprefix("\b\n").split("\n")
            yield f"{title}\n\n```bash\n{textwrap.dedent(chr(10).join(lines))}\n```"
        else:
            yield textwrap.fill(paragraph, 125, break_long_words=False, break_on_hyphens=False) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
