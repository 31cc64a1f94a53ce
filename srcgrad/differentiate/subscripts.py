"""What a chain of subscripts selects of an array, as linear inequalities over the positions in its axes."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from ..analyse.integers import Linear, variable
from ..ir.nodes import Attribute, Build, Const, Expr, Slice
from ..ir.types import Num, Opaque, Type, Unknown
from .sections import FREE, System, linear, size
from .versions import Use, Version


@dataclass
class Axis:
    """An axis of a view: index k is position `first + step * k` of axis `number` of the array; None where not known."""

    number: int
    first: Linear | None
    step: int
    length: Linear | None


@dataclass(eq=False)
class Subscripts:
    """Collects what a chain of subscripts selects. `sure`: whether a sum is certainly at least 0."""

    root: Version
    type: Type
    sure: Callable[[Linear], bool]
    cases: list[tuple[System, ...]] = field(default_factory=list)
    numbers: Any = field(default_factory=count)

    def read(self, keys: Sequence[Expr | Attribute]) -> tuple[tuple[System, ...], ...]:
        dims = self.type.dims if isinstance(self.type, Num) else None
        first = keys[0] if keys else None
        rank = len(dims) if dims is not None else len(first.items) if isinstance(first, Build) else 1
        axes: list[Axis | None] = [self.axis(i) for i in range(rank)]
        for key in keys[:None if dims is not None else 1]:
            found = self.subscript(key, axes, dims is not None)
            if found is None:
                break
            axes = found
        return tuple(self.cases)

    def axis(self, i: int) -> Axis:
        dims = self.type.dims if isinstance(self.type, Num) else None
        length = None if dims is None else size(dims[i])
        length = length or variable(("length", self.root, i))
        at = variable(("at", i))
        self.cases.append((((), (at, length - at - 1)),))
        return Axis(i, Linear(), 1, length)

    def subscript(self, key: Expr | Attribute, axes: list[Axis | None], ranked: bool) -> list[Axis | None] | None:
        """The axes that are left; None where a part of the subscript is not understood."""
        if isinstance(key, Attribute):
            return axes[::-1] if key.name == "T" and ranked else None
        items = list(key.items) if isinstance(key, Build) and key.kind == "tuple" else [key]
        if not isinstance(self.type, Num) and not (isinstance(self.type, Unknown) and all(
                linear(x) is not None for x in items)):
            return None
        dots = [i for i, x in enumerate(items) if x == Const(Ellipsis)]
        if dots:
            taken = sum(1 for x in items if x != Const(None)) - 1
            if not ranked or len(dots) > 1 or taken > len(axes):
                return None
            items[dots[0]:dots[0] + 1] = [Slice()] * (len(axes) - taken)
        left, out = list(axes), list[Axis | None]()
        for x in items:
            if x == Const(None):
                out.append(None)
                continue
            if not left:
                return None
            axis = left.pop(0)
            if isinstance(x, Slice):
                out.append(None if axis is None or axis.first is None else self.cut(x, axis, axis.first))
            elif isinstance(x, Use) and x.version.type == Opaque("slice"):
                out.append(None)
            elif (e := linear(x)) is not None:
                if axis is not None and axis.first is not None:
                    self.pick(e, axis, axis.first)
            else:
                return None
        return out + left

    def pick(self, e: Linear, axis: Axis, first: Linear) -> None:
        at = variable(("at", axis.number))
        cases: list[System] = []
        if not self.sure(-e - 1):
            cases.append(((at - first - e * axis.step,), (e,)))
        if not self.sure(e):
            ends = () if axis.length is None else (at - first - (e + axis.length) * axis.step,)
            cases.append((ends, (-e - 1,)))
        self.cases.append(tuple(cases))

    def cut(self, s: Slice, axis: Axis, first: Linear) -> Axis | None:
        """The section that a slice selects, and the axis of its result."""
        step = 1 if s.step is None else s.step.value if isinstance(s.step, Const) and type(s.step.value) is int else 0
        if step == -1 and s.lower is None and s.upper is None and axis.length is not None:
            return Axis(axis.number, first + (axis.length - 1) * axis.step, -axis.step, axis.length)
        if step < 1:
            return None
        place = variable(("aux", next(self.numbers), self))
        at = variable(("at", axis.number))
        lower = Linear() if s.lower is None else linear(s.lower)
        lows, start = self.lower(lower, place, axis.length, step)
        upper = axis.length if s.upper is None else linear(s.upper)
        highs, stop = self.upper(upper, place, axis.length)
        bound = (at - first - place * axis.step,)
        self.cases.append(tuple(((*bound, *a[0], *b[0]), (*a[1], *b[1])) for a in lows for b in highs))
        if start is None:
            return Axis(axis.number, None, 1, None)
        length = stop - start if stop is not None and step == 1 else None
        return Axis(axis.number, first + start * axis.step, axis.step * step, length)

    def lower(self, e: Linear | None, place: Linear, length: Linear | None, step: int) -> tuple[list[System], Linear | None]:
        """The cases of a lower bound, and where the slice certainly starts."""
        if e is None:
            return [((), (place,))], None
        cases: list[System] = []
        if not self.sure(-e - 1):
            steps = (place - e - variable(("aux", next(self.numbers), self)) * step,) if step > 1 else ()
            cases.append((steps, (e, place - e)))
        if not self.sure(e):
            cases.append(((), (-e - 1, place, *(() if length is None else (place - e - length,)))))
        return cases, e if self.sure(e) else None

    def upper(self, e: Linear | None, place: Linear, length: Linear | None) -> tuple[list[System], Linear | None]:
        """The cases of an upper bound, and where the slice certainly ends."""
        if e is None:
            return [FREE], None
        cases: list[System] = []
        if not self.sure(-e - 1):
            cases.append(((), (e, e - place - 1)))
        if not self.sure(e):
            cases.append(((), (-e - 1, *(() if length is None else (e + length - place - 1,)))))
        inside = self.sure(e) and length is not None and self.sure(length - e)
        negative = self.sure(-e - 1) and length is not None and self.sure(e + length)
        return cases, e if inside else e + length if negative and length is not None else None
