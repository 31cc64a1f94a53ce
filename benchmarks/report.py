"""Measured times as rows, and rows as a plain table."""
from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import srcgrad

from .cases import DISPATCH, GENERATED, HAND, OBJECT, PRIMAL, Case, by_peers, check_agreement, implementations
from .peers import AUTOGRAD, PEERS
from .timing import difference, interleaved, ratio

MOST, MOST_LARGE = 1.2, 1.05  # generated to hand-written, at most


def measure(case: Case, rounds: int, budget: float = 6.0) -> dict[str, Any]:
    """One case, as a row: medians in microseconds, ratios to the hand-written adjoint, what misses its target."""
    args = case.arguments(False)
    found, peers = implementations(case, args), by_peers(case, args)
    found |= peers.gradients
    check_agreement(case, found, args)
    times = interleaved({**found, PRIMAL: case.program}, args, rounds, budget=budget)
    row: dict[str, Any] = {
        "case": case.name,
        "large": case.large,
        "faster": case.faster,
        "microseconds": {name: statistics.median(t) * 1e6 for name, t in times.items()},
        "to_hand": {name: ratio(t, times[HAND]) for name, t in times.items()},
        "gradient_to_primal": {name: ratio(times[name], times[PRIMAL]) for name in (HAND, GENERATED)},
        "left_out": peers.reasons,
        "compile_seconds": peers.compile_seconds,
        "source": srcgrad.grad(case.program, case.positions).specialised_for(args, {}).code.text,
    }
    if AUTOGRAD in times:
        row["autograd_to_generated"] = ratio(times[AUTOGRAD], times[GENERATED])
    row["missed"] = missed(row)
    return row


def missed(row: dict[str, Any]) -> list[str]:
    """The targets that a row misses."""
    out = []
    most = MOST_LARGE if row["large"] else MOST
    if row["to_hand"][GENERATED] > most:
        out.append(f"at most {most:g} x hand-written")
    if row.get("autograd_to_generated", row["faster"]) < row["faster"]:
        out.append(f"at least {row['faster']:g} x faster than autograd")
    return out


def rows_as_table(rows: Sequence[dict[str, Any]]) -> str:
    """The ratios to the hand-written adjoint, that of gradient and function, and what misses its target."""
    peers = [p.name for p in PEERS if any(p.name in row["to_hand"] for row in rows)]
    head = ["case", HAND, GENERATED, OBJECT, *peers, "gradient/function", "missed target"]
    body = [[row["case"], f"{row['microseconds'][HAND]:.1f} us", _times(row["to_hand"][GENERATED], 2),
             _times(row["to_hand"][OBJECT], 2), *(_times(row["to_hand"].get(name)) for name in peers),
             _times(row["gradient_to_primal"][GENERATED]), "; ".join(row["missed"]) or "-"] for row in rows]
    return table([head, *body])


def notes(rows: Sequence[dict[str, Any]]) -> list[str]:
    """What was left out, and how long compiling took."""
    out = [f"{p.name} is not installed, and left out: pip install {p.module}" for p in PEERS if not p.installed]
    left: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        for name, reason in row["left_out"].items():
            left.setdefault((name, reason), []).append(row["case"])
    out += [f"{name} left out of {', '.join(cases)}: {reason}" for (name, reason), cases in left.items()]
    for peer in PEERS:
        spent = [f"{row['compile_seconds'][peer.name]:.2g} s ({row['case']})" for row in rows
                 if peer.name in row["compile_seconds"]]
        out += [f"{peer.name} compiled for {', '.join(spent)}"] if spent else []
    return out


def plot(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """The ratios as bars, on a logarithmic scale, in a PNG file. Raises ImportError without matplotlib."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = [GENERATED, OBJECT, *(p.name for p in PEERS if any(p.name in row["to_hand"] for row in rows))]
    figure = Figure(figsize=(11, 1 + 0.55 * len(rows)), layout="constrained")
    axes = FigureCanvasAgg(figure).figure.subplots()
    width = 0.85 / len(names)
    for i, name in enumerate(names):
        shown = [(k, row["to_hand"][name]) for k, row in enumerate(rows) if name in row["to_hand"]]
        axes.barh([k + i * width for k, _ in shown], [value for _, value in shown], width, left=0, label=name)
    axes.axvline(1.0, color="black", linewidth=1)
    axes.set(xscale="log", xlabel="time relative to the hand-written adjoint (NumPy, one thread)",
             yticks=[k + 0.42 for k in range(len(rows))], yticklabels=[row["case"] for row in rows])
    axes.invert_yaxis()
    axes.legend()
    figure.savefig(path, format="png")


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
