"""Python source as HTML: coloured by Python's own tokenizer, so that nothing has to be installed."""
from __future__ import annotations

import builtins
import html
import io
import keyword
import tokenize
from collections.abc import Iterator
from typing import Any

from ..errors import SrcgradError

STYLE = """\
.srcgrad { font: 13px/1.45 ui-monospace, Menlo, Consolas, monospace; white-space: pre; overflow-x: auto; margin: 0; }
.srcgrad .k { color: #8a2be2; } .srcgrad .s { color: #2e7d32; } .srcgrad .c { color: #767676; }
.srcgrad .n { color: #b45309; } .srcgrad .d { color: #0b62c4; } .srcgrad .b { color: #0b7285; }
@media (prefers-color-scheme: dark) {
.srcgrad .k { color: #c792ea; } .srcgrad .s { color: #a5d6a7; } .srcgrad .c { color: #9a9a9a; }
.srcgrad .n { color: #f0b266; } .srcgrad .d { color: #7ab8ff; } .srcgrad .b { color: #6fd3e0; } }
"""
_BUILTINS = frozenset(dir(builtins)) - frozenset(keyword.kwlist)


def highlighted(text: str) -> list[str]:
    """The lines of a text as HTML; text that is no Python is only escaped.

    >>> highlighted("return 2.0  # half")
    ['<span class="k">return</span> <span class="n">2.0</span>  <span class="c"># half</span>']
    """
    lines = text.split("\n")
    marks: dict[int, list[tuple[int, int, str]]] = {}
    try:
        for line, start, end, kind in _tokens(text):
            marks.setdefault(line, []).append((start, end, kind))
    except (tokenize.TokenError, SyntaxError):
        return [html.escape(line) for line in lines]
    return [_marked(line, marks.get(i, [])) for i, line in enumerate(lines, 1)]


def _tokens(text: str) -> Iterator[tuple[int, int, int, str]]:
    """(line, first column, last column, kind) of what is coloured; a string over several lines is one for each."""
    lines, before = text.split("\n"), ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = _kind(token, before)
        before = token.string
        if not kind:
            continue
        (first, start), (last, end) = token.start, token.end
        for line in range(first, last + 1):
            yield line, start if line == first else 0, end if line == last else len(lines[line - 1]), kind


def _kind(token: tokenize.TokenInfo, before: str) -> str:
    if token.type == tokenize.NAME:
        if keyword.iskeyword(token.string):
            return "k"
        return "d" if before in ("def", "class") else "b" if token.string in _BUILTINS and before != "." else ""
    return {tokenize.STRING: "s", tokenize.COMMENT: "c", tokenize.NUMBER: "n"}.get(token.type, "")


def _marked(line: str, marks: list[tuple[int, int, str]]) -> str:
    out, here = [], 0
    for start, end, kind in sorted(marks):
        out += [html.escape(line[here:start]), f'<span class="{kind}">{html.escape(line[start:end])}</span>']
        here = end
    return "".join([*out, html.escape(line[here:])])


class Shown:
    """Has `source`, which a notebook shows coloured; its plain text where there is no code yet."""

    source: Any

    def _repr_html_(self) -> str | None:
        try:
            return block(self.source, repr(self))
        except SrcgradError:
            return None


def block(text: str, caption: str = "") -> str:
    """A text as an element that brings its own style: what a notebook shows."""
    head = f"<div><code>{html.escape(caption)}</code></div>" if caption else ""
    return f'<style>{STYLE}</style>{head}<pre class="srcgrad">{chr(10).join(highlighted(text.rstrip(chr(10))))}</pre>'
