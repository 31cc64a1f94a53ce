"""Calls and loops where the function is one of several that are known."""
from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import Any

from ..frontend.pure import is_pure
from ..frontend.resolve import DEFAULTS, home
from ..ir.nodes import (
    Assign, Block, Call, Closure, Const, Effect, Expr, Fn, For, Function, Global, If, Origin, Ref, Return, Stmt, Value,
    item, op,
)
from ..ir.types import Callee, Choice, Local, Tuple, Type
from ..ir.walk import bound_in, expressions, flat, map_blocks, names_in, operands, statements
from ..rules import registry
from .arguments import Arguments
from .library import LAZY
from .trips import breaks


@dataclass(kw_only=True)
class Choices(Arguments):
    """Branches for one of several functions; loops over them trip by trip."""

    reads: dict[str, int] = field(default_factory=dict)
    maps: dict[str, Call] = field(default_factory=dict)
    tags: dict[Any, str] = field(default_factory=dict)
    eager: set[str] = field(default_factory=set)
    looped: set[str] = field(default_factory=set)  # the names that one loop goes through, and nothing else

    def known(self, s: Stmt, function: Expr) -> bool:
        """The value is a function that can be differentiated."""
        t = self.type(s, function)
        return isinstance(t, Choice | Local) or isinstance(t, Callee) and (
            isinstance(t.value, FunctionType) or registry.find(t.value) is not None)

    def loop_over_map(self, s: For, e: Call) -> Stmt:
        """`for y in map(f, xs)` as `for x in xs: y = f(x)`."""
        x = self.fresh("item")
        first: list[Stmt] = []
        if isinstance(s.target, str):
            first.append(Assign(s.target, Call(Value(), (e.args[0], Ref(x))), origin=s.origin))
        else:
            y = self.fresh("item")
            first += [Assign(y, Call(Value(), (e.args[0], Ref(x))), origin=s.origin), Assign(s.target, Ref(y), origin=s.origin)]
        return replace(s, target=x, iter=e.args[1], body=(*first, *s.body))

    def chosen(self, s: Stmt, e: Call, values: tuple[Any, ...]) -> list[Stmt] | None:
        """A call of one of several functions, as a branch for each."""
        first, *others = sorted(values, key=lambda v: v is not None)  # None first
        if first is None:
            error = Call(Fn("builtins", "TypeError", TypeError), (Const("'NoneType' object is not callable"),))
            calls: list[Stmt] | None = [Effect("raise", (error,), origin=s.origin)]
            test = op("is_", e.args[0], Const(None))
        elif isinstance(first, Local):
            calls, test = self.value(s, e, first), op("eq", e.args[0], Const(self.tag(first.node)))
        else:
            place = Global(*(home(first) or (DEFAULTS, getattr(first, "__name__", "function"))), first)
            calls, test = [replace(self.put(s, Call(Value(), (place, *e.args[1:]), e.kwargs)))], op("is_", e.args[0], place)
        rest = self.chosen(s, e, tuple(others)) if others else []
        if calls is None or rest is None:
            return None
        if not others:
            return calls
        name = self.fresh("cond")
        return [Assign(name, test, origin=s.origin), If(Ref(name), tuple(calls), tuple(rest), origin=s.origin)]

    def value(self, s: Stmt, e: Call, t: Type) -> list[Stmt] | None:
        """A call of a value of type t."""
        raise NotImplementedError

    def from_library(self, s: Stmt, e: Call, f: FunctionType, value: Any) -> list[Stmt] | None:
        """A call of a library function that takes a function, where that is known."""
        function = dict(e.kwargs).get("key", e.args[1] if value is itertools.accumulate else e.args[0])
        if not self.known(s, function):
            return None
        if any(value is x for x in LAZY) and not (isinstance(s, Assign) and (
                s.target in self.eager or value not in (map, filter) and s.target in self.looped and self.quiet(s, function))):
            return None
        code = self.in_normal(f)
        return self.inlined(s, at_origin(code, s.origin), e, None, {})

    def quiet(self, s: Stmt, function: Expr) -> bool:
        """Nobody notices when the function is called: it computes a value from its arguments alone."""
        t = self.type(s, function)
        if isinstance(t, Callee):
            return registry.find(t.value) is not None
        f = t.node.function if isinstance(t, Local) and isinstance(t.node, Closure) else None
        return f is not None and not f.cells and all(isinstance(x, Assign | Return) and all(map(is_pure, operands(x)))
                                                     for x in statements(f.body))

    def mapped(self, s: Stmt, change: Callable[[Expr], Expr]) -> Stmt:
        if isinstance(s, Assign):
            value = change(s.value)
            return s if value is s.value else replace(s, value=value)
        return s

    def tag(self, node: Any) -> str:
        """What stands for a function that is made here, where one of several is chosen."""
        if node not in self.tags:
            name = node.function.name if isinstance(node, Closure) else "partial"
            self.tags[node] = f"{name} {len(self.tags) + 1}"
        return self.tags[node]

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


def maps_in_loops(f: Function, reads: dict[str, int]) -> dict[str, Call]:
    """The calls of map whose results are gone through by one loop and nothing else."""
    found = {s.target: s.value for s in statements(f.body) if isinstance(s, Assign) and isinstance(s.target, str)
             and isinstance(s.value, Call) and isinstance(s.value.target, Fn) and s.value.target.value is map
             and len(s.value.args) == 2 and s.target in f.temporaries}
    loops = {s.iter.name: s for s in statements(f.body) if isinstance(s, For) and isinstance(s.iter, Ref)}
    return {name: e for name, e in found.items() if name in loops and reads[name] == 1
            and not names_in(e.args[0]) & (bound_in(loops[name].body) | set(flat(loops[name].target)))}


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


def eager_uses(f: Function) -> set[str]:
    """The temporaries that are read once, by a call that goes through all their items at once."""
    reads = counted(f)
    found = {name for s in statements(f.body) for part in operands(s) for e in expressions(part)
             if isinstance(e, Call) and len(e.args) == 1 and isinstance(e.target, Fn) and any(e.target.value is x for x in _EAGER)
             for name in names_in(e.args[0])}
    return {name for name in found & f.temporaries if reads[name] == 1}


_EAGER = (list, tuple, sum, sorted, max, min, set)


def at_origin(f: Function, origin: Origin) -> Function:
    """The function as if it stood at one place of the user's."""
    def block(b: Block) -> Block:
        return tuple(replace(map_blocks(s, block), origin=origin) for s in b)
    return replace(f, body=block(f.body))


def captured_in(f: Function) -> set[str]:
    """The variables that functions inside f capture."""
    return {name for s in statements(f.body) for part in operands(s) for e in expressions(part) if isinstance(e, Closure)
            for _, v in e.captured for name in names_in(v)}


def looped(f: Function, reads: dict[str, int]) -> set[str]:
    """The names that one loop goes through, and nothing else reads."""
    return {x.iter.name for x in statements(f.body) if isinstance(x, For) and isinstance(x.iter, Ref) and reads[x.iter.name] == 1}
