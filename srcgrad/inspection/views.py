"""A function at a stage of its way to its gradient, line by line."""
from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from ..emit.printer import Module
from ..front import front, options
from ..ir.nodes import Origin
from ..targets import target_of
from ..texts import STAGES, stage_module

FORWARD, BACKWARD, OTHER = "forward", "backward", ""


@dataclass(frozen=True)
class Text:
    """The user's source: `lines` begin with line number `first` of the file. Decorators come along."""

    filename: str
    first: int
    lines: tuple[str, ...]

    def numbered(self) -> Iterator[tuple[int, str]]:
        return enumerate(self.lines, self.first)


@dataclass(frozen=True)
class Line:
    """A line of generated text. `origin`: the line of the user's it comes from, None where it comes from none or from
    another file; `sweep`: "forward", "backward", or "" outside of both."""

    text: str
    origin: int | None
    sweep: str


@dataclass(frozen=True)
class View:
    """A function at one stage."""

    stage: str
    source: Text
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines) + "\n"


def text_of(f: Any) -> Text:
    """The source of a function as its file has it, without the indentation that all lines share."""
    function = target_of(f).function
    source = front(function).surface.source
    try:
        lines, first = inspect.getsourcelines(function)
        text = "".join(lines)
    except (OSError, TypeError):
        text, first = source.text, source.line
    return Text(source.filename, first, tuple(textwrap.dedent(text).rstrip("\n").split("\n")))


def view(f: Any, wrt: tuple[str, ...] | None = None, *, stage: str = "final", mode: str = "reverse", value: bool = False,
         types: Mapping[str, Any] | None = None, optimise: bool = True, comments: bool = True) -> View:
    """The function at a stage: "surface", "normal", "adjoint" or "final".

    types: of parameters, as texts ("f8[n]") or as abstract values; comments: whether lines say where they come from.
    Raises what `emit` raises, and ValueError for an unknown stage.
    """
    if stage not in STAGES:
        raise ValueError(f"stages are {', '.join(STAGES)}, not {stage!r}")
    with nullcontext() if optimise else options(optimise=False):
        module = stage_module(f, wrt, stage, mode=mode, value=value, types=types, comments=comments)
    source = text_of(f)
    return View(stage, source, tuple(_lines(module, source)))


def _lines(module: Module, source: Text) -> Iterator[Line]:
    sweep, sweeps = OTHER, True
    for number, text in enumerate(module.text.rstrip("\n").split("\n"), 1):
        word = text.strip()
        if text.startswith("def "):
            name = text[4:].partition("(")[0]
            sweep = BACKWARD if name.endswith("_backward") else FORWARD
            sweeps = not name.endswith(("_backward", "_forward"))
        elif sweeps and word == "# backward":
            sweep = BACKWARD
        yield Line(text, _number(module.lines.get(number), source), sweep if text.startswith(" ") else OTHER)


def _number(origin: Origin | None, source: Text) -> int | None:
    if origin is None or origin.filename != source.filename:
        return None
    return origin.line if source.first <= origin.line < source.first + len(source.lines) else None


def plain_function(f: Any) -> FunctionType:
    """The Python function behind what a user hands in."""
    function = target_of(f).function
    if not isinstance(function, FunctionType):
        raise TypeError(f"{f!r} is not a Python function")
    return function
