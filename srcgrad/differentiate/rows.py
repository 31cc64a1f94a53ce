"""Rows, parts and items that share memory with what they were taken from, one by one, where they are written to.

    for row in A:                   for i in range(len(A)):
        row *= 2.0                      row = A[i]
                                        row *= 2.0
    for w in (u, v):                w = u
        w[0] = 0.0                  w[0] = 0.0
                                    w = v
                                    w[0] = 0.0
    a, b = np.split(x, 2)           size = x.shape[0] // 2
                                    a = x[:size]
                                    b = x[size:]
"""
from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..analyse.activity import Activities
from ..analyse.alias import Aliases
from ..analyse.places import Place, find_places
from ..analyse.types import Types
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Attribute, Block, Build, Call, Const, Expr, Fn, For, Function, Global, Method, Names, Operator, Ref, Slice, Stmt,
    Store, item, op, slot,
)
from ..ir.types import Num
from ..ir.walk import all_names, expressions, flat, map_blocks, names_in, operands, root_of, statements
from .loop_items import call, is_call
from .loops import Loops
from .trips import breaks

LONGEST = 64  # items of a container that a loop is written out for
AXES = {np.split: None, np.array_split: None, np.vsplit: 0, np.hsplit: 1, np.dsplit: 2}
Items = list[Any]  # the items of an iterable: expressions, or tuples of such


def spread(f: Function, counters: Mapping[Stmt, str], types: Types,
           names: Collection[str]) -> tuple[Function, dict[Stmt, str]] | None:
    """The function with loops and assignments that bind the given names one by one; None where there are none."""
    for indexed in (False, True):  # loops by places where nothing better is left
        engine = _Spread(f, types, names, dict(counters), indexed)
        body = engine.block(f.body)
        if engine.changed:
            return replace(f, body=body, temporaries=f.temporaries | frozenset(engine.made)), engine.counters
    return None


class _Spread:
    def __init__(self, f: Function, types: Types, names: Collection[str], counters: dict[Stmt, str],
                 indexed: bool) -> None:
        self.f = f
        self.indexed = indexed
        self.types = types
        self.names = frozenset(names)
        self.counters = counters
        self.places = find_places(f, types)
        self.contents = self.places.contents
        self.namer = Namer(all_names(f))
        self.made: set[str] = set()
        self.changed = False

    def block(self, block: Block) -> Block:
        out: list[Stmt] = []
        for s in block:
            found = self.statement(s)
            if found is not None:
                self.changed = True
                out += found
                continue
            new = map_blocks(s, self.block)
            if s in self.counters:
                self.counters[new] = self.counters[s]
            out.append(new)
        return tuple(out)

    def statement(self, s: Stmt) -> list[Stmt] | None:
        match s:
            case For() if not self.indexed:
                found = self.names & {*flat(s.target), *self.contents.get(s, ())} or self.looks_up(s)
                return self.written_out(s) if found else None
            case For() if self.names & {*flat(s.target), *self.places.names.get(s, ())}:
                return self.by_places(s)
            case Assign(target=tuple() as targets, value=Ref(name)) if self.names & set(flat(targets)):
                return self.unpacked(s, flat(targets), name)
            case Assign(target=str(), value=Call(Fn(value=function), (Ref(), *_)) as e) if function in AXES:
                return self.split(s, e)
        return None

    # -------------------------------------------------------------- loops
    def by_places(self, s: For) -> list[Stmt] | None:
        """A loop over places: `for i in range(len(A))`."""
        loops = Loops(self.f, self.types, Activities({}, {}, False), Aliases(frozenset(), frozenset(), ()), self.counters)
        loops.namer, loops.made, loops.loop = self.namer, self.made, s
        if is_call(s.iter, range) or not loops.indexable(s.iter):
            return None
        new = map_blocks(s, self.block)
        assert isinstance(new, For)
        found = loops.over_items(new)
        if s in self.counters:
            self.counters[found[-1]] = self.counters[s]
        return found

    def written_out(self, s: For) -> list[Stmt] | None:
        """The body for each item of a container that is known."""
        items = None if breaks(s.body) else self.items(s, s.iter)
        if items is None or len(items) > LONGEST:
            return None
        out: list[Stmt] = []
        for tree in items:
            self.bind(s, s.target, tree, out)
            out += self.again(s.body)
        return out

    def again(self, block: Block) -> Block:
        """The same statements, as others."""
        out: list[Stmt] = []
        for s in block:
            new = map_blocks(s, self.again)
            new = replace(new) if new is s else new
            if s in self.counters:
                self.counters[new] = self.counters[s]
            out.append(new)
        return tuple(out)

    def items(self, s: For, e: Expr) -> Items | None:
        known = self.contents.get(s, {})
        match e:
            case Ref(name) if name in known:
                return [Const(k) if self.by_keys(known[name]) else p.expr for k, p in known[name].items()]
            case Global(value=tuple() | list() as values) if all(isinstance(x, str | int | float) for x in values):
                return list(map(Const, values))
            case Call(Method("items" | "keys" | "values" as view), (Ref(name),)) if name in known and self.by_keys(known[name]):
                each = [(Const(k), p.expr) for k, p in known[name].items()]
                return each if view == "items" else [pair[view == "values"] for pair in each]
            case Call(Fn(value=function), (Const(int() as n),)) if function is range:
                return list(map(Const, range(min(n, LONGEST + 1))))
        if not isinstance(e, Call) or e.kwargs or not is_call(e, enumerate, zip, reversed) or not e.args:
            return None
        inner = [self.items(s, x) for x in (e.args if is_call(e, zip) else e.args[:1])]
        found = [x for x in inner if x is not None]
        if len(found) < len(inner):
            return None
        if is_call(e, zip):
            return list(zip(*found))
        if is_call(e, reversed):
            return found[0][::-1]
        start = e.args[1] if len(e.args) > 1 else Const(0)
        if not isinstance(start, Const) or type(start.value) is not int:
            return None
        return [(Const(i), x) for i, x in enumerate(found[0], start.value)]

    def by_keys(self, parts: Mapping[Any, Place]) -> bool:
        """The parts are those of a dict, not of a list or tuple."""
        return list(parts) != list(range(len(parts)))

    def bind(self, s: Stmt, target: Names, tree: Any, out: list[Stmt]) -> None:
        if isinstance(target, tuple) and isinstance(tree, tuple):
            for part, below in zip(target, tree):
                self.bind(s, part, below, out)
            return
        value = Build("tuple", tuple(self.atom(s, x, out) for x in tree)) if isinstance(tree, tuple) else self.flat(s, tree, out)
        out.append(Assign(target, value if isinstance(target, str) else self.atom(s, value, out), origin=s.origin))

    def flat(self, s: Stmt, e: Expr, out: list[Stmt]) -> Expr:
        return replace(e, args=(self.atom(s, e.args[0], out), *e.args[1:])) if isinstance(e, Call) else e

    def atom(self, s: Stmt, e: Expr, out: list[Stmt]) -> Expr:
        return self.hold(s, self.flat(s, e, out), "t", out) if isinstance(e, Call | Build) else e

    def hold(self, s: Stmt, e: Expr, wish: str, out: list[Stmt]) -> Expr:
        name = self.namer.fresh(wish)
        self.made.add(name)
        out.append(Assign(name, e, origin=s.origin))
        return Ref(name)

    def looks_up(self, s: For) -> bool:
        """What the loop binds is used as a key of one of the containers."""
        keys = set(map(Ref, flat(s.target)))
        return any(isinstance(e, Call) and e.target == Operator("getitem") and e.args[1] in keys and root_of(e) in self.names
                   and not isinstance(self.types.read(x, root_of(e) or ""), Num)
                   for x in statements(s.body) for part in self.reads(x) for e in expressions(part))

    def reads(self, s: Stmt) -> tuple[Expr, ...]:
        return (*operands(s), slot(s.base, s.key)) if isinstance(s, Store) else operands(s)

    def unpacked(self, s: Assign, targets: tuple[str, ...], name: str) -> list[Stmt] | None:
        """`a, b = x`, one after the other."""
        if isinstance(self.types.read(s, name), Num):
            return [Assign(t, item(s.value, Const(i)), origin=s.origin) for i, t in enumerate(targets)]
        parts = [p.expr for p in self.contents.get(s, {}).get(name, {}).values()]
        if len(parts) != len(targets) or any(names_in(e) & set(targets) for e in parts):
            return None
        out: list[Stmt] = []
        for t, e in zip(targets, parts):
            self.bind(s, t, e, out)
        return out

    # -------------------------------------------------------------- splitting
    def split(self, s: Assign, e: Call) -> list[Stmt] | None:
        """`np.split(x, 2)` as a list of slices."""
        assert isinstance(e.target, Fn)
        x, given = e.args[0], dict(e.kwargs)
        sections = given.pop("indices_or_sections", e.args[1] if len(e.args) > 1 else None)
        axis: Any = AXES[e.target.value]
        if axis is None:
            axis = given.pop("axis", e.args[2] if len(e.args) > 2 else Const(0))
            axis = axis.value if isinstance(axis, Const) and type(axis.value) is int and axis.value >= 0 else None
        t = self.types.read(s, x.name) if isinstance(x, Ref) else None
        if axis is None or given or not isinstance(t, Num) or e.target.value is np.hsplit and t.rank != 2:
            return None
        if not isinstance(sections, Const) or type(sections.value) is not int or not 0 < sections.value <= LONGEST:
            return None
        out: list[Stmt] = []
        bounds = self.bounds(s, x, axis, sections.value, e.target.value is np.array_split, out)
        parts: list[Expr] = []
        for lower, upper in zip([None, *bounds], [*bounds, None]):
            key: Expr = Slice(lower, upper)
            if axis:
                key = Build("tuple", (*[Slice()] * axis, key))
            parts.append(self.hold(s, item(x, key), "part", out))
        return [*out, replace(s, value=Build("list", tuple(parts)))]

    def bounds(self, s: Stmt, x: Expr, axis: int, n: int, uneven: bool, out: list[Stmt]) -> list[Expr]:
        """Where the parts end, but for the last one; in an uneven split the first ones are longer by one."""
        shape = self.hold(s, Call(Attribute("shape"), (x,)), "shape", out)
        length = self.hold(s, item(shape, Const(axis)), "length", out)
        size = self.hold(s, op("floordiv", length, Const(n)), "size", out)
        ends: list[Expr] = [size, *(self.hold(s, op("mul", Const(i), size), "end", out) for i in range(2, n))]
        if not uneven:
            return ends[:n - 1]
        rest = self.hold(s, op("mod", length, Const(n)), "rest", out)
        more = [self.hold(s, call(min, Const(i), rest), "more", out) for i in range(1, n)]
        return [self.hold(s, op("add", end, k), "end", out) for end, k in zip(ends, more)]

