"""The comments on the right: which of the user's lines a generated line comes from.

Forward lines carry the number (`# L9`), backward lines also the text (`# L13: y = np.tanh(a)`), each where it changes.
"""
from __future__ import annotations

from dataclasses import replace

from ..ir.nodes import Block, Comment, For, Function, If, Origin, Stmt, While
from ..ir.walk import blocks


WIDTH = 72  # longer source lines are cut in comments


def with_comments(f: Function) -> Function:
    """The function with its comments in `notes`."""
    notes: dict[Stmt, str] = {}
    last: list[Origin | None] = [None]

    def visit(block: Block, backward: bool) -> bool:
        for s in block:
            if isinstance(s, Comment):
                backward = s.text == "backward"
                last[0] = None
                continue
            place = s.origin
            if place.line and (last[0] is None or (place.filename, place.line) != (last[0].filename, last[0].line)):
                notes[s] = _text(f, s, backward)
                last[0] = place
            for inner in blocks(s):
                visit(inner, backward)
        return backward

    visit(f.body, False)
    return replace(f, notes={**f.notes, "comments": notes})


def _text(f: Function, s: Stmt, backward: bool) -> str:
    number = f"L{s.origin.line}"
    if s.origin.filename != f.source.filename or not backward or isinstance(s, For | While | If):
        return number
    text = f.source.at(s.origin.line).split("  #")[0].rstrip()
    if len(text) > WIDTH:
        text = text[:WIDTH - 3].rstrip() + "..."
    return f"{number}: {text}" if text else number


