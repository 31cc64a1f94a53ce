"""A drawing of the data flow: the lines that vary, values that go down from line to line, adjoints that come back up."""
from __future__ import annotations

import html
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from srcgrad.inspection import Explanation

WIDTH, STEP, HEIGHT, LEFT, RIGHT, MARGIN = 300, 38, 24, 70, 230, 10
_HEAD = ('<marker id="{0}" markerWidth="7" markerHeight="7" refX="6" refY="3" orient="auto">'
         '<path d="M0 0 6 3 0 6z" class="{1}"/></marker>')


def drawing(explained: Explanation) -> str:
    """An SVG. Nodes are the lines that vary, and the arguments at the top; each edge says which names go along it."""
    first = explained.source.first
    shown = [line for line in explained.lines if line.varies]
    places = {n: i for i, n in enumerate([first, *(line.number for line in shown if line.number != first)])}
    labels = {first: ", ".join(explained.wrt)} | {line.number: ", ".join(line.active) or _short(line.text) for line in shown}
    edges: dict[tuple[int, int], list[str]] = {}
    for line in shown:
        for name, sources in line.through.items():
            for start in sources:
                if start in places:
                    edges.setdefault((start, line.number), []).append(name)
    height = len(places) * STEP + 2 * MARGIN
    heads = "".join((_HEAD.format("head-f", "ff"), _HEAD.format("head-r", "fr")))
    parts = [f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
             f'aria-label="Data flow between the lines"><defs>{heads}</defs>']
    parts += [text for (a, b), names in sorted(edges.items()) for text in _edge(a, b, names, places)]
    parts += [_node(number, i, labels[number]) for number, i in places.items()]
    return "".join([*parts, "</svg>"])


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 18 else text[:17] + "\u2026"


def _node(number: int, i: int, label: str) -> str:
    y = MARGIN + i * STEP
    return (f'<g class="node" data-line="{number}"><rect x="{LEFT}" y="{y}" width="{RIGHT - LEFT}" height="{HEIGHT}" rx="5"/>'
            f'<text x="{LEFT + 8}" y="{y + 16}">L{number} {html.escape(_short(label))}</text></g>')


def _edge(a: int, b: int, names: list[str], places: dict[int, int]) -> Iterator[str]:
    """The value on the left, its adjoint on the right; a loop's values go from a line to one above, or to itself."""
    start, end = (MARGIN + places[n] * STEP + HEIGHT / 2 for n in (a, b))
    title = f"<title>{html.escape(', '.join(sorted(names)))}: L{a} to L{b}</title>"
    bend = 14 + 11 * min(abs(places[a] - places[b]), 4) if a != b else 30
    y1, y2 = (start - 5, end + 5) if a == b else (start + 4, end - 4) if b > a else (start - 4, end + 4)
    yield (f'<path class="f" data-line="{a} {b}" marker-end="url(#head-f)" d="M{LEFT} {y1:.0f}C{LEFT - bend} {y1:.0f} '
           f'{LEFT - bend} {y2:.0f} {LEFT} {y2:.0f}">{title}</path>')
    yield (f'<path class="r" data-line="{a} {b}" marker-end="url(#head-r)" d="M{RIGHT} {y2:.0f}C{RIGHT + bend} {y2:.0f} '
           f'{RIGHT + bend} {y1:.0f} {RIGHT} {y1:.0f}">{title}</path>')
