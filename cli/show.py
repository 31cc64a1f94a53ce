"""`srcgrad show`: a function at each stage of its way to its gradient."""
from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import click

from .options import names_of, of_option, output_of, types_of, types_option, wrt_option
from .target import Target, TargetType, failures_reported, function_of, imported

if TYPE_CHECKING:
    from srcgrad.inspection import View

STAGES = ["surface", "normal", "adjoint", "final"]


@click.command()
@click.argument("target", type=TargetType(), metavar="FILE.py:FUNC")
@click.option("--stage", type=click.Choice(STAGES), default="final", show_default=True,
              help="surface: as read; normal: one operation a line; adjoint: before clean-up; final: as emitted.")
@wrt_option
@of_option
@types_option
@click.option("--side-by-side", is_flag=True, help="Each line of the function beside the lines that come from it.")
def show(target: Target, stage: str, wrt: str | None, of: str | None, types: tuple[str, ...], side_by_side: bool) -> None:
    """Show the code generated for a function, coloured in a terminal.

    FILE.py is imported, as `import FILE` would do; nothing else of it is run. FUNC may be dotted (Class.method).
    Side by side, the backward sweep is read from the bottom up.

    \b
    Examples:
      srcgrad show model.py:loss
      srcgrad show model.py:loss --side-by-side --types 'w: f8[n]'
      srcgrad show model.py:loss --stage normal
    """
    from srcgrad import inspection
    with imported(target.path) as module, failures_reported():
        function = function_of(module, target)
        found = inspection.view(inspection.with_outputs(function, output_of(of)), names_of(wrt, "--wrt"), stage=stage,
                                types=types_of(types), comments=not side_by_side)
        columns = aligned(found) if side_by_side else [found.text.rstrip("\n").split("\n")]
    _print(columns)


def aligned(view: View) -> list[list[str]]:
    """Columns of equal height: the user's lines, and beside each the forward and the backward lines that come from it.

    Backward lines stand in the order in which they run, within the line they belong to.
    """
    sweeps = ["forward", "backward"] if view.stage in ("adjoint", "final") else ["forward"]
    groups: dict[str, dict[int, list[str]]] = {sweep: {} for sweep in sweeps}
    first = view.source.first
    last = dict.fromkeys(sweeps, first)
    for line in view.lines:
        if line.sweep not in groups or not line.text.strip() or line.text.strip() in ("# forward", "# backward"):
            continue
        end = line.sweep == "backward" and line.text.startswith("    return ")
        place = last[line.sweep] = first if end else line.origin or last[line.sweep]
        groups[line.sweep].setdefault(place, []).append(line.text)
    columns: list[list[str]] = [[] for _ in range(1 + len(sweeps))]
    for number, text in view.source.numbered():
        cells = [[text], *(groups[sweep].get(number, []) for sweep in sweeps)]
        for row in zip_longest(*cells, fillvalue=""):
            for column, cell in zip(columns, row):
                column.append(cell)
    return columns


def _print(columns: list[list[str]]) -> None:
    import os
    import sys
    if not (sys.stdout.isatty() or os.environ.get("FORCE_COLOR")):  # rich takes its time to be imported
        click.echo(beside(columns) if len(columns) > 1 else "\n".join(columns[0]))
        return
    from rich.console import Console
    from rich.syntax import Syntax
    from rich.table import Table
    console = Console()
    if len(columns) == 1:
        console.print(Syntax("\n".join(columns[0]), "python", theme="ansi_dark", background_color="default", word_wrap=True))
        return
    grid = Table.grid(padding=(0, 2), expand=True)
    style: dict[str, Any] = {"theme": "ansi_dark", "background_color": "default"}
    for name in ["", "forward", "backward"][:len(columns)]:
        grid.add_column(name, ratio=1, no_wrap=True)
    for row in zip(*columns):
        grid.add_row(*(Syntax(cell, "python", **style) for cell in row))
    console.print(grid)


def beside(columns: list[list[str]]) -> str:
    """Texts in columns.

    >>> print(beside([["a", "longer"], ["b", ""]]))
    a      | b
    longer |
    """
    widths = [max(map(len, column), default=0) for column in columns]
    return "\n".join(" | ".join(f"{cell:{width}}" for cell, width in zip(row, widths)).rstrip() for row in zip(*columns))
