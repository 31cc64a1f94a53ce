"""`srcgrad explain`: a function line by line."""
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from .arguments import evaluated
from .options import at_option, names_of, of_option, output_of, types_of, types_option, wrt_option
from .target import Target, TargetType, failures_reported, function_of, imported

if TYPE_CHECKING:
    from srcgrad.inspection import Explanation


@click.command()
@click.argument("target", type=TargetType(), metavar="FILE.py:FUNC")
@wrt_option
@of_option
@types_option
@at_option
def explain(target: Target, wrt: str | None, of: str | None, types: tuple[str, ...], at: str | None) -> None:
    """Say of each line of a function what becomes of it in the gradient.

    Which values vary with the parameters, and through what; what is saved for the backward sweep, and for which lines; what
    is computed again; which rules apply; estimates of operations and bytes (numbers with --at, lengths by name with --types).
    Probable mistakes come last. FILE.py is imported; the function is not run.

    \b
    Examples:
      srcgrad explain model.py:loss --wrt w
      srcgrad explain model.py:loss --at 'np.ones(3), np.ones((2, 3))'
    """
    from srcgrad import inspection
    with imported(target.path) as module, failures_reported():
        function = inspection.with_outputs(function_of(module, target), output_of(of))
        args = None if at is None else evaluated(at, module)
        found = inspection.explain(function, names_of(wrt, "--wrt"), types=types_of(types), at=args)
    click.echo("\n".join(_page(found, target.shown)))


def _page(found: Explanation, name: str) -> Iterator[str]:
    from srcgrad import inspection
    yield f"{name}, gradient with respect to {', '.join(found.wrt)}"
    yield ""
    width = max((len(text) for text in found.source.lines), default=0)
    facts = {line.number: line for line in found.lines}
    for number, text in found.source.numbered():
        line = facts.get(number)
        mark = "*" if line is not None and line.varies else " "
        head = f"{number:4} {mark} {text:{width}}"
        details = [] if line is None else list(inspection.details(line, found.source.first))
        yield f"{head}  {details[0] if details else ''}".rstrip()
        yield from (" " * (width + 9) + d for d in details[1:])
    yield ""
    yield "* varies with what is differentiated by"
    once, each = found.total
    yield f"saved: {once} bytes, and {each} bytes in each trip of a loop" if each != "0" else f"saved: {once} bytes"
    for number, message in found.notes:
        yield f"{found.source.filename.rpartition('/')[2]}:{number}: warning: {message}"
