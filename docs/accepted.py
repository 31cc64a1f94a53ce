"""Writes docs/accepted.md from the table that the front end goes by (srcgrad/frontend/accepted.py).

    python docs/accepted.py
"""
from collections.abc import Iterable
from pathlib import Path

import gast

from srcgrad.frontend import accepted
from srcgrad.frontend.accepted import ACCEPTED, REFUSED, REFUSED_CALLS, Refusal

PAGE = Path(__file__).with_suffix(".md")
START = """\
# The accepted language

<!-- Written by docs/accepted.py from srcgrad/frontend/accepted.py; do not edit. -->

What may stand in a function that srcgrad differentiates. Everything else is refused with an UnsupportedSyntax error
that shows the line: when `grad(f)` is called for what stands in `f` itself, at the first call with arguments for the
functions that `f` calls with active values (those that depend on what it is differentiated by). Functions that `f`
calls with inactive values only are run as they are, and may hold anything.

Some of what is accepted is refused later, where active values go through it: functions without a rule (MissingRule),
and writes to memory that other names share (AliasError).
"""


def page() -> str:
    """The text of docs/accepted.md."""
    statements = [what for node, what in ACCEPTED.items() if issubclass(node, gast.stmt)]
    expressions = [what for node, what in ACCEPTED.items() if not issubclass(node, gast.stmt)]
    parts = [why for why in vars(accepted).values() if isinstance(why, Refusal)]
    return "\n".join([
        START,
        "## Statements\n",
        *(f"- {what}" for what in statements),
        "\n## Expressions\n",
        *(f"- {what}" for what in expressions),
        "\n## Refused\n",
        *table(dict.fromkeys([*REFUSED.values(), *parts])),
        "Calls that look into the running frame, which is another one in generated code:\n",
        *table(REFUSED_CALLS.values()),
    ])


def table(rows: Iterable[Refusal]) -> list[str]:
    """A Markdown table, and an empty line after it."""
    return ["| refused | instead |", "| --- | --- |", *(f"| {row.construct} | {row.hint} |" for row in rows), ""]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
