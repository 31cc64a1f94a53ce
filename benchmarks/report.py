"""Measured times as rows, and rows as a plain table."""
from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

import srcgrad

from .cases import AUTOGRAD, DISPATCH, GENERATED, HAND, OBJECT, Case, check_agreement, implementations
from .timing import difference, interleaved, ratio

MOST, FASTER = 2.0, 5.0  # generated to hand-written at most; autograd to generated, on small cases, at least


def measure(case: Case, rounds: int) -> dict[str, Any]:
    """One case, as a row: medians in microseconds, ratios to the hand-written adjoint, what misses its target."""
    args = case.arguments(False)
    found = implementations(case, args)
    check_agreement(case, found, args)
    times = interleaved(found, args, rounds)
    row: dict[str, Any] = {
        "case": case.name,
        "small": case.small,
        "microseconds": {name: statistics.median(t) * 1e6 for name, t in times.items()},
        "to_hand": {name: ratio(t, times[HAND]) for name, t in times.items()},
        "source": found[OBJECT].source,
    }
    if AUTOGRAD in times:
        row["autograd_to_generated"] = ratio(times[AUTOGRAD], times[GENERATED])
    row["missed"] = missed(row)
    return row


def missed(row: dict[str, Any]) -> list[str]:
    """The targets that a row misses."""
    out = []
    if row["to_hand"][GENERATED] > MOST:
        out.append(f"generated at most {MOST:g} x hand-written")
    if row["small"] and row.get("autograd_to_generated", FASTER) < FASTER:
        out.append(f"at least {FASTER:g} x faster than autograd")
    return out


def rows_as_table(rows: Sequence[dict[str, Any]]) -> str:
    """The ratios, and what misses its target."""
    head = ["case", HAND, GENERATED, OBJECT, AUTOGRAD, "autograd/generated", "missed target"]
    body = [[row["case"], f"{row['microseconds'][HAND]:.1f} us", _times(row["to_hand"][GENERATED], 2),
             _times(row["to_hand"][OBJECT], 2), _times(row["to_hand"].get(AUTOGRAD)),
             _times(row.get("autograd_to_generated")), "; ".join(row["missed"]) or "-"] for row in rows]
    return table([head, *body])


def _times(x: float | None, digits: int = 1) -> str:
    return "-" if x is None else f"{x:.{digits}f} x"


# ------------------------------------------------------------------ dispatch
def measure_dispatch(rounds: int) -> list[dict[str, Any]]:
    """Rows: what a grad object adds to a direct call of the generated code, by the arguments it looks at."""
    rows = []
    for name, (program, args) in DISPATCH.items():
        derivative = srcgrad.grad(program)
        found = {GENERATED: derivative.function_for(args, {}), OBJECT: derivative}
        times = interleaved(found, args, 5 * rounds, target=0.0003)
        rows.append({"arguments": name, "microseconds": difference(times[OBJECT], times[GENERATED]) * 1e6})
    return rows


def dispatch_as_table(rows: Sequence[dict[str, Any]]) -> str:
    body = [[row["arguments"], f"{row['microseconds']:.2f} us"] for row in rows]
    return table([["arguments", "dispatch"], *body])


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns of equal width; the first row is the head, the first column is text, numbers stand on the right.

    >>> print(table([["case", "ratio"], ["seed", "1.0 x"], ["newton", "12.5 x"]]))
    case     ratio
    ------  ------
    seed     1.0 x
    newton  12.5 x
    """
    widths = [max(map(len, column)) for column in zip(*rows)]
    last = len(widths) - 1 if len(widths) > 2 else -1

    def line(row: Sequence[str]) -> str:
        cells = [cell.ljust(w) if i in (0, last) else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))]
        return "  ".join(cells).rstrip()

    return "\n".join([line(rows[0]), "  ".join("-" * w for w in widths), *map(line, rows[1:])])
