"""`srcgrad check`: derivatives against differences."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .arguments import evaluated, generated
from .options import at_option, types_of, types_option
from .target import Failure, Target, TargetType, failures_reported, function_of, imported

if TYPE_CHECKING:
    from srcgrad.inspection import Compared


@click.command()
@click.argument("target", type=TargetType(), metavar="FILE.py:FUNC")
@at_option
@types_option
@click.option("--order", type=click.IntRange(1, 3), default=1, show_default=True, help="Also derivatives of derivatives.")
@click.option("--mode", type=click.Choice(["both", "reverse", "forward"]), default="both", show_default=True)
@click.option("--rtol", type=float, help="Relative tolerance; 1e-5, 2e-2 for single precision.")
@click.option("--atol", type=float, help="Absolute tolerance; 1e-6, 2e-2 for single precision.")
def check(target: Target, at: str | None, types: tuple[str, ...], order: int, mode: str, rtol: float | None,
          atol: float | None) -> None:
    """Compare the derivatives of a function with central differences, and exit with 1 where they differ.

    --at is an expression for the tuple of arguments, over the names of FILE.py and np. Without it, arguments are made up:
    from --types, defaults and annotations, else arrays or numbers that the function takes. FILE.py is imported, and the
    function is called. Each argument is checked along every entry, in both modes, which checks the modes against each
    other too. The error is shown as a part of what is tolerated.

    \b
    Examples:
      srcgrad check model.py:loss --at 'np.ones(3), np.ones((2, 3))'
      srcgrad check model.py:loss --types 'w: f8[n]' --types 'x: f8[m,n]' --order 2
    """
    from srcgrad import inspection
    modes = ("forward", "reverse") if mode == "both" else (mode,)
    with imported(target.path) as module, failures_reported():
        function = function_of(module, target)
        args = generated(function, types_of(types)) if at is None else evaluated(at, module)
        try:
            rows = inspection.compare(function, args, modes=modes, order=order, rtol=rtol, atol=atol)
        except (TypeError, ValueError, ArithmeticError) as error:
            from srcgrad.errors import SrcgradError
            if isinstance(error, SrcgradError):
                raise
            raise Failure(f"{target.shown} at {_shown(args)}: {type(error).__name__}: {error}") from None
    if not rows:
        raise Failure(f"{target.shown} at {_shown(args)}: no argument holds floats")
    click.echo(f"{target.shown} at {_shown(args)}")
    click.echo("\n".join(_table(rows)))
    problems = [row.problem for row in rows if row.problem]
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise SystemExit(1)


def _table(rows: list[Compared]) -> list[str]:
    cells = [("derivative", "mode", "argument", "entries", "error", "")]
    cells += [(row.shown.rstrip(": ") or "first", row.mode, row.argument[1], str(row.entries), f"{row.error:.3f}",
               "WRONG" if row.problem else "ok") for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(6)]
    return ["  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip() for row in cells]


def _shown(args: tuple[Any, ...]) -> str:
    return "(" + ", ".join(_kind(a) for a in args) + ")"


def _kind(x: Any) -> str:
    shape = getattr(x, "shape", None)
    if shape:
        return f"{x.dtype}{list(shape)}"
    return repr(x) if isinstance(x, int | float | str | bool | None) else type(x).__name__
