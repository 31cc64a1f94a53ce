"""Calls and loops where the function is one of several that are known."""
from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ..frontend.resolve import DEFAULTS, home
from ..ir.nodes import Assign, Block, Call, Const, For, Function, Global, If, Ref, Stmt, Value, item, op
from ..ir.types import Callee, Choice, Local, Tuple, Type
from ..ir.walk import expressions, map_blocks, operands, statements
from .arguments import Arguments
from .trips import breaks


@dataclass(kw_only=True)
class Choices(Arguments):
    """Branches for one of several functions; loops over them trip by trip."""

    reads: dict[str, int] = field(default_factory=dict)

    def chosen(self, s: Stmt, e: Call, values: tuple[Any, ...]) -> list[Stmt]:
        """A call of one of several functions, as a branch for each."""
        first, *others = (Global(*(home(v) or (DEFAULTS, getattr(v, "__name__", "function"))), v) for v in values)
        call = replace(self.put(s, Call(Value(), (first, *e.args[1:]), e.kwargs)))
        if not others:
            return [call]
        name = self.fresh("cond")
        rest = self.chosen(s, e, values[1:])
        return [Assign(name, op("is_", e.args[0], first), origin=s.origin), If(Ref(name), (call,), tuple(rest), origin=s.origin)]

    def unrolled(self, s: For) -> list[Stmt] | None:
        """A loop over a tuple (or a list that is written out) with functions in it, trip by trip."""
        if not isinstance(s.iter, Ref) or breaks(s.body):
            return None
        display = self.displays.get(s.iter.name)
        if display is not None and self.reads.get(s.iter.name) == 1 and display.kind in ("tuple", "list"):
            items = [(self.type(s, x), x) for x in display.items]
        else:
            t = self.type(s, s.iter)
            items = [(x, item(s.iter, Const(i))) for i, x in enumerate(t.items)] if isinstance(t, Tuple) else []
        if not any(_functional(t) for t, _ in items) and not (display is not None and any(
                isinstance(x, Ref) and x.name in self.functional for x in display.items)):
            return None
        out: list[Stmt] = []
        for _, x in items:
            value = x
            if isinstance(s.target, tuple) and not isinstance(x, Ref):
                value = Ref(self.fresh("item"))
                out.append(Assign(value.name, x, origin=s.origin))
            out += [Assign(s.target, value, origin=s.origin), *copied(s.body)]
        return out


def copied(block: Block) -> Block:
    """The same statements as others."""
    return tuple(replace(map_blocks(s, copied)) for s in block)


def _functional(t: Type) -> bool:
    """A value of the type is or holds a function."""
    return isinstance(t, Callee | Choice | Local) or isinstance(t, Tuple) and any(map(_functional, t.items))


def counted(f: Function) -> dict[str, int]:
    """How often each name is read."""
    reads: dict[str, int] = {}
    for s in statements(f.body):
        for part in operands(s):
            for e in expressions(part):
                if isinstance(e, Ref):
                    reads[e.name] = reads.get(e.name, 0) + 1
    return reads
