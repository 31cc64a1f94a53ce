"""What is known of a line, in words."""
from __future__ import annotations

from collections.abc import Iterator

from .explain import LineFacts


def details(line: LineFacts, first: int) -> Iterator[str]:
    """What there is to say of a line, in words. `first`: the line of the function itself."""
    if line.through:
        shown = ", ".join(f"{n} ({_lines(lines, first)})" for n, lines in line.through.items())
        yield f"{', '.join(line.active) or 'varies'}: through {shown}"
    elif line.active:
        yield f"{', '.join(line.active)}: varies"
    if line.constant:
        yield f"{', '.join(line.constant)}: constant"
    if line.rules:
        yield f"rules: {', '.join(line.rules)}"
    for saved in line.saved:
        size = "" if saved.size in ("", "?") else f", {saved.size} bytes"
        yield f"saves {saved.name}{' each trip' if saved.trips else ''}{size}: for {_lines(saved.readers, 0)} backwards"
    if line.recomputed:
        yield f"computes again: {', '.join(line.recomputed)}"
    if line.forward and "?" not in line.forward:
        back = line.backward if line.backward and "?" not in line.backward else "0"
        yield f"about {line.forward} operations, {back} backwards{', each trip' if line.trips else ''}"


def _lines(lines: tuple[int, ...], first: int) -> str:
    return ", ".join("argument" if n == first else f"L{n}" for n in lines) or "?"
