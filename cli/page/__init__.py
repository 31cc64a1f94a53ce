"""The page of `srcgrad explore`: one file with everything in it, which needs no network.

`template.html`, `style.css` and `script.js` stand beside this file; what is shown comes as JSON.
"""
from __future__ import annotations

import html
import json
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from .flow import drawing

if TYPE_CHECKING:
    from srcgrad.inspection import Explanation, LineFacts, View

FOLDER = Path(__file__).parent
TOOLS = [("stage", "code", ["surface", "normal", "derivative"]), ("mode", "mode", ["reverse", "forward"]),
         ("optimiser", "optimiser", ["on", "off"]), ("types", "types", ["generic", "specialised"])]
KEYS = {"stage": "s", "mode": "m", "optimiser": "o", "types": "t"}
HINT = "Point at a line, or walk through them with the arrow keys; Escape lets go, a click holds."


def page(title: str, explained: Explanation, views: Mapping[str, View], titles: Mapping[str, str], version: str = "") -> str:
    """The HTML. `views`: by "surface", "normal", or mode/optimiser/types, as in `TOOLS`; `version`: the page asks for it,
    and is loaded anew where it changes."""
    from srcgrad.inspection import highlighted
    facts = {line.number: line for line in explained.lines}
    data = {
        "variants": {name: [{"h": h, "o": None if line.origin is None else str(line.origin), "s": line.sweep}
                            for h, line in zip(highlighted(view.text.rstrip("\n")), view.lines)] for name, view in views.items()},
        "titles": dict(titles), "facts": {str(n): _facts(line, explained.source.first) for n, line in facts.items()},
        "start": {"stage": "derivative", "mode": "reverse", "optimiser": "on",
                  "types": "specialised" if any(name.endswith("/specialised") for name in views) else "generic"},
        "version": version,
    }
    rows = [_row(number, text, facts.get(number)) for (number, _), text in zip(
        explained.source.numbered(), highlighted("\n".join(explained.source.lines)))]
    notes = "".join(f"<li>L{number}: {html.escape(text)}</li>" for number, text in explained.notes)
    return Template(_file("template.html")).substitute(
        title=html.escape(title), subtitle=f"gradient with respect to {html.escape(', '.join(explained.wrt))}",
        style=_file("style.css"), script=_file("script.js"), tools=_tools(), source="".join(rows), hint=HINT,
        flow=drawing(explained), data=json.dumps(data, sort_keys=True).replace("<", "\\u003c"),
        notes=f'<h2>probable mistakes</h2><ul class="notes">{notes}</ul>' if notes else "")


def _file(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8").rstrip("\n")


def _tools() -> str:
    out = []
    for name, label, values in TOOLS:
        buttons = "".join(f'<button type="button" data-set="{name}={value}" aria-pressed="false">{value}</button>'
                          for value in values)
        out.append(f'<fieldset title="Key: {KEYS[name]}"><legend>{label}</legend>{buttons}</fieldset>')
    return "\n".join(out)


def _row(number: int, text: str, line: LineFacts | None) -> str:
    marks = ""
    if line is not None:
        marks += '<span class="mark active" title="varies">&#9679;</span>' if line.varies else ""
        marks += '<span class="mark saved" title="saved">S</span>' if line.saved else ""
        marks += '<span class="mark again" title="computed again">R</span>' if line.recomputed else ""
    return (f'<div class="row" role="option" data-line="{number}" aria-selected="false"><span class="num">{number}</span>'
            f'<span class="marks">{marks}</span><span class="text">{text or " "}</span></div>')


def _facts(line: LineFacts, first: int) -> str:
    from srcgrad.inspection import details
    return "".join(f"<p>{html.escape(text)}</p>" for text in [f"L{line.number}", *details(line, first)])


def problem(title: str, message: str, version: str) -> str:
    """A page that says what went wrong, and is loaded anew like the other."""
    script = ('const version = document.body.dataset.version; setInterval(() => fetch("/version").then((r) => r.text())'
              '.then((v) => { if (v !== version) location.reload(); }).catch(() => {}), 700);')
    return (f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>'
            '<link rel="icon" href="data:,">'
            f'<style>{_file("style.css")} pre {{ padding: 16px; white-space: pre-wrap; }}</style>'
            f'<body data-version="{html.escape(version)}"><header><h1>{html.escape(title)}</h1></header>'
            f'<pre>{html.escape(message)}</pre><script>{script}</script></body></html>')


__all__ = ["page", "problem"]
