"""Sections of arrays, and whether a later statement may write to one: the dependence test that spares saving.

A section is what `a[i, :j]` selects, as linear inequalities over the position in each axis and the integer versions in the
subscript. Two accesses are compared loop level by loop level: in the same trip of the first loops around both, and either
a later trip of the next one, or the same trip of all and later in the text. What is not linear is left out, which makes a
section larger: an answer "no" is certain.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from ..analyse.integers import Linear, possible, variable
from ..ir.nodes import Call, Const, Expr, Fn, Lazy, Operator
from ..ir.types import Num, Size, Type, is_cut
from .plan import Step
from .versions import Use, Version

System = tuple[tuple[Linear, ...], tuple[Linear, ...]]  # sums that are 0, sums that are at least 0
FREE: System = (), ()
MOST = 64  # combinations of cases that are tried


@dataclass(eq=False)
class Loop:
    """A loop around an access: the `depth`-th from outside, up to `end` in the order of the text. `var`: what its header
    binds, if that goes through a range, from `low` to `high`, in steps of `stride` from `first`; `falling`: from the high
    end."""

    depth: int
    end: int = 0
    var: Version | None = None
    low: Linear | None = None
    high: Linear | None = None
    first: Linear | None = None
    stride: int = 1
    falling: bool = False

    def facts(self) -> Iterator[System]:
        if self.var is None:
            return
        i = variable(self.var)
        yield (), tuple(x for x in (self.low and i - self.low, self.high and self.high - i) if x is not None)
        if self.stride > 1 and self.first is not None:
            yield (i - self.first - variable(("trip", self)) * (-self.stride if self.falling else self.stride),), (
                variable(("trip", self)),)

    def later(self, rename: Callable[[Any], Any]) -> System:
        """A trip, as renamed, comes after another."""
        if self.var is None:
            return FREE
        if self.stride > 1 and self.first is not None:
            k = variable(("trip", self))
            return (), (k.renamed(rename) - k - 1,)
        i = variable(self.var)
        ahead = i.renamed(rename) - i
        return (), ((-ahead if self.falling else ahead) - 1,)


@dataclass(eq=False)
class Access:
    """A place that is read or written at one point of the program: at `number` in the order of the text, in the trips of the
    loops `nest`, in certain `branches`. `axes`: for each axis the cases of what is selected there, `facts`: what holds."""

    step: Step
    leaf: Any
    root: Version | None
    nest: tuple[Loop, ...]
    branches: dict[Step, int]
    number: int
    axes: tuple[tuple[System, ...], ...] = ()
    facts: tuple[System, ...] = ()


def symbol_depth(x: Any) -> int:
    """The number of loops in each trip of which a variable is another one."""
    if isinstance(x, Version):
        return x.nest
    kind, of, *_ = x
    return of.nest if kind == "length" else of.depth if kind == "trip" else 0


def follows(write: Access, read: Access) -> bool:
    """Whether the write may come after the read, and touch what was read."""
    common = sum(1 for _ in _common(read.nest, write.nest))
    return any(meet(write, read, depth) for depth in range(common + 1)
               if depth < common or write.number >= read.number and not exclusive(write, read))


def _common(a: tuple[Loop, ...], b: tuple[Loop, ...]) -> Iterator[Loop]:
    for x, y in zip(a, b):
        if x is not y:
            return
        yield x


def exclusive(a: Access, b: Access) -> bool:
    """They are in different branches of one `if`."""
    return any(a.branches.get(step, side) != side for step, side in b.branches.items())


def meet(write: Access, read: Access, depth: int, ordered: bool = True) -> bool:
    """Whether both may touch one element, in the same trip of the first `depth` loops; `ordered`: and of the next, the write
    in a later trip."""
    def rename(x: Any) -> Any:
        return x if isinstance(x, tuple) and x[0] in ("at", "aux") or symbol_depth(x) <= depth else ("w", x)

    same = write.root is read.root and write.root is not None
    if same and write.root.nest > depth and write.root.fresh:  # type: ignore[union-attr]
        return False  # in another trip it is other memory
    known = [*read.facts, *(_renamed(s, rename) for s in write.facts)]
    if ordered and depth < len(read.nest) and depth < len(write.nest) and read.nest[depth] is write.nest[depth]:
        known.append(read.nest[depth].later(rename))
    if not same or write.root.nest > depth:  # type: ignore[union-attr]
        return satisfiable(known)  # one position may be another element
    cases = [*read.axes, *([_renamed(s, rename) for s in axis] for axis in write.axes)]
    return any(i == MOST or satisfiable([*known, *combination]) for i, combination in enumerate(product(*cases)))


def _renamed(s: System, rename: Callable[[Any], Any]) -> System:
    return tuple(e.renamed(rename) for e in s[0]), tuple(e.renamed(rename) for e in s[1])


def satisfiable(systems: Sequence[System]) -> bool:
    """Whether all may hold at once; lengths are lengths."""
    equal = [e for s in systems for e in s[0]]
    least = [e for s in systems for e in s[1]]
    names = {x for e in (*equal, *least) for x in e.terms}
    for x in names:
        kind = x[1] if isinstance(x, tuple) and x[0] == "w" else x
        if isinstance(kind, tuple) and kind[0] in ("size", "length"):
            least.append(variable(x) - (2 if kind[0] == "size" else 0))
    return possible(equal, least)


# ------------------------------------------------------------------ linear expressions
def size(d: Any) -> Linear | None:
    """A dim, or the value of an int, as a linear sum."""
    if isinstance(d, Size):
        return None if is_cut(d) else variable(("size", d.name)) + d.plus
    return None if d is None else Linear(const=d)


def linear(e: Expr) -> Linear | None:
    """An integer expression over versions as a linear sum; None where it is none."""
    match e:
        case Const(int() as value) if type(value) is int:
            return Linear(const=value)
        case Use(v):
            return v.value if v.value is not None else variable(v) if integral(v.type) else None
        case Call(Operator("add" | "sub" as name), (a, b)):
            x, y = linear(a), linear(b)
            return None if x is None or y is None else x + y if name == "add" else x - y
        case Call(Operator("neg"), (a,)):
            x = linear(a)
            return None if x is None else -x
        case Call(Operator("mul"), (a, b)):
            x, y = linear(a), linear(b)
            if x is None or y is None or x.terms and y.terms:
                return None
            return y * x.const if not x.terms else x * y.const
    return None


COMPARED = {"lt": lambda x, y: y - x - 1, "le": lambda x, y: y - x, "gt": lambda x, y: x - y - 1, "ge": lambda x, y: x - y}
OPPOSITE = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt", "eq": "ne", "ne": "eq"}


def condition(e: Expr, holds: bool) -> System:
    """What is known where a condition holds, or does not."""
    match e:
        case Lazy("and", items) if holds:
            found = [condition(x, True) for x in items]
            return tuple(e for s in found for e in s[0]), tuple(e for s in found for e in s[1])
        case Call(Operator(name), (a, b)) if name in OPPOSITE:
            x, y = linear(a), linear(b)
            name = name if holds else OPPOSITE[name]
            if x is None or y is None or name == "ne":
                return FREE
            return ((x - y,), ()) if name == "eq" else ((), (COMPARED[name](x, y),))
        case _ if not holds and (x := linear(e)) is not None:
            return (x,), ()
    return FREE


def integral(t: Type | None) -> bool:
    return isinstance(t, Num) and t.scalar and t.discrete and t.dtype != "bool"


def set_range(loop: Loop, header: Expr, var: Version | None) -> None:
    """Tells a loop what it goes over: `for var in header`."""
    backwards = False
    while isinstance(header, Call) and isinstance(header.target, Fn) and header.target.value is reversed:
        backwards, header = not backwards, header.args[0]
    if var is None or not (isinstance(header, Call) and isinstance(header.target, Fn) and header.target.value is range):
        return
    start, stop, step = (*((Const(0), *header.args) if len(header.args) == 1 else header.args), Const(1))[:3]
    if not isinstance(step, Const) or type(step.value) is not int or not step.value:
        return
    loop.var, first, end = var, linear(start), linear(stop)
    loop.low, loop.high = (first, end and end - 1) if step.value > 0 else (end and end + 1, first)
    loop.falling = (step.value < 0) is not backwards
    if not backwards:
        loop.first, loop.stride = first, abs(step.value)
