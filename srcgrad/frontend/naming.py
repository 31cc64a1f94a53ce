"""A Namer that knows every name a function uses."""
from __future__ import annotations

from collections.abc import Iterator

from ..ir.names import Namer
from ..ir.nodes import Call, Fn, Function, Global
from ..ir.walk import all_names, expressions, operands, statements


def namer_of(fn: Function) -> Namer:
    """Names are taken if they are local, captured, or (part of) a path into a module: `np`, `scale`, `linalg`."""
    return Namer(all_names(fn) | set(_paths(fn)))


def _paths(fn: Function) -> Iterator[str]:
    for s in statements(fn.body):
        for operand in operands(s):
            for e in expressions(operand):
                place = e.target if isinstance(e, Call) else e
                if isinstance(place, Fn | Global):
                    yield from place.name.split(".")
                    yield from place.module.split(".")
