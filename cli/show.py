"""`srcgrad show`: a function at each stage of its way to its gradient."""
from __future__ import annotations

import inspect
import textwrap
from itertools import zip_longest
from typing import Any

import click

from .target import Function, Target, TargetType, failures_reported, function_of, imported

STAGES = ["surface", "normal", "adjoint", "final"]


@click.command()
@click.argument("target", type=TargetType(), metavar="FILE.py:FUNC")
@click.option("--stage", type=click.Choice(STAGES), default="final", show_default=True,
              help="surface: as read; normal: one operation a line; adjoint: before clean-up; final: as emitted.")
@click.option("--side-by-side", is_flag=True, help="The function's source on the left.")
def show(target: Target, stage: str, side_by_side: bool) -> None:
    """Show the code generated for a function, coloured in a terminal.

    FILE.py is imported, as `import FILE` would do; nothing else of it is run. FUNC may be dotted (Class.method).
    """
    from srcgrad import pipeline
    with imported(target.path) as module, failures_reported():
        function = function_of(module, target)
        text = pipeline.stages(function)[stage].strip("\n")
        columns = [_source(function), text] if side_by_side else [text]
    _print(columns)


def _source(function: Function) -> str:
    try:
        return textwrap.dedent(inspect.getsource(function)).strip("\n")
    except (OSError, TypeError):
        return ""


def _print(columns: list[str]) -> None:
    from rich.console import Console
    console = Console()
    if not console.is_terminal:
        click.echo(beside(*columns) if len(columns) > 1 else columns[0])
        return
    from rich.syntax import Syntax
    from rich.table import Table
    grid = Table.grid(padding=(0, 2), expand=len(columns) > 1)
    for _ in columns:
        grid.add_column(ratio=1 if len(columns) > 1 else None)
    style: dict[str, Any] = {"theme": "ansi_dark", "background_color": "default", "word_wrap": True}
    grid.add_row(*(Syntax(column, "python", **style) for column in columns))
    console.print(grid)


def beside(left: str, right: str) -> str:
    """Two texts in columns.

    >>> print(beside("a\\nlonger", "b"))
    a      | b
    longer |
    """
    lefts, rights = left.split("\n"), right.split("\n")
    width = max(map(len, lefts))
    return "\n".join(f"{a:{width}} | {b}".rstrip() for a, b in zip_longest(lefts, rights, fillvalue=""))
