"""The arguments of calls of function values: those that partials and bound methods bring, and starred ones."""
from __future__ import annotations

import functools
import itertools
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Any

from ..analyse.types import Types
from ..ir.names import Namer
from ..ir.nodes import (
    STARS, Assign, Attribute, Build, Call, Closure, Const, Expr, Fn, Function, Global, Param, Ref, Starred, Stmt, Value, item,
)
from ..ir.types import UNKNOWN, Callee, Dict, List, Local, Tuple, Type, functions_in
from ..ir.walk import all_names, bound, statements
from .library import transposed


_OF_ALL: dict[Any, Fn] = {
    max: Fn("builtins", "max", max), min: Fn("builtins", "min", min),
    itertools.chain: Fn("itertools", "chain.from_iterable", itertools.chain.from_iterable),
}


@dataclass(kw_only=True)
class Arguments:
    """What the resolver knows of the function at hand, and how it takes arguments apart."""

    f: Function
    namer: Namer = field(init=False)
    types: Types = field(init=False)
    temporaries: set[str] = field(default_factory=set)
    hoisted: set[Expr] = field(default_factory=set)  # names that are bound once, with an argument of a partial
    displays: dict[str, Build] = field(default_factory=dict)
    functional: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.namer = Namer(all_names(self.f))

    def type(self, s: Stmt, e: Expr) -> Type:
        match e:
            case Ref():
                return self.types.read(s, e.name)
            case Global() if callable(e.value):
                return Callee(e.value)
        return UNKNOWN

    def put(self, s: Stmt, e: Expr) -> Stmt:
        return replace(s, value=e) if isinstance(s, Assign) else replace(s, args=(e,))  # type: ignore[call-arg]

    def fresh(self, wish: str) -> str:
        name = self.namer.fresh(wish)
        self.temporaries.add(name)
        return name

    def load(self, s: Stmt, e: Expr, name: str, start: list[Stmt]) -> Ref:
        """An attribute of a function value."""
        new = self.fresh(f"{getattr(e, 'name', 't').rpartition('.')[2]}_{name.strip('_')}")
        start.append(Assign(new, Call(Attribute(name), (e,)), origin=s.origin))
        return Ref(new)

    def method(self, s: Stmt, e: Call) -> list[Stmt]:
        """A call of a bound method as one of its function."""
        start: list[Stmt] = []
        receiver, function = self.load(s, e.args[0], "__self__", start), self.load(s, e.args[0], "__func__", start)
        return [*start, self.put(s, Call(Value(), (function, receiver, *e.args[1:]), e.kwargs))]

    def partial(self, s: Stmt, e: Call, value: functools.partial[Any]) -> list[Stmt]:
        """A call of a partial that came from outside."""
        start: list[Stmt] = []
        function = self.load(s, e.args[0], "func", start)
        args = self.load(s, e.args[0], "args", start) if value.args else Const(())
        given = {n for n, _ in e.kwargs}
        keywords = self.load(s, e.args[0], "keywords", start) if value.keywords else Const(())
        parts = [self.part(s, args, Const(i), start) for i in range(len(value.args))]
        kwargs = [(n, self.part(s, keywords, Const(n), start)) for n in value.keywords if n not in given]
        return [*start, self.put(s, Call(Value(), (function, *parts, *e.args[1:]), (*kwargs, *e.kwargs)))]

    # -------------------------------------------------------------- arguments
    def hoist(self, s: Stmt, e: Call) -> list[Stmt] | None:
        """`functools.partial(f, x)` keeps the value that x has now."""
        start: list[Stmt] = []

        def kept(a: Expr, wish: str) -> Expr:
            if self.is_fixed(a) or isinstance(a, Ref) and any(True for _ in functions_in(self.type(s, a))):
                return a
            name = self.fresh(wish)
            self.hoisted.add(Ref(name))
            start.append(Assign(name, a, origin=s.origin))
            return Ref(name)

        args = tuple(kept(a, f"{getattr(a, 'name', 't').rpartition('.')[2]}_bound") for a in e.args)
        kwargs = tuple((n, kept(v, f"{n}_bound")) for n, v in e.kwargs)
        return [*start, self.put(s, Call(e.target, args, kwargs))] if start else None

    def is_fixed(self, a: Expr) -> bool:
        return isinstance(a, Const) or a in self.hoisted or isinstance(a, Global) and callable(a.value)

    def is_kept(self, s: Stmt, node: Call) -> bool:
        """The arguments of a partial are as they were when it was made: hoisted by now, or functions."""
        return all(self.is_fixed(a) or isinstance(a, Ref) and self.functional.get(a.name) == 1
                   for a in (*node.args, *(v for _, v in node.kwargs)))

    def spread(self, s: Stmt, e: Call) -> list[Stmt] | None:
        """`f(*args, **kwargs)` with a tuple and a dict of known structure, argument by argument."""
        start: list[Stmt] = []
        args: list[Expr] = []
        kwargs: list[tuple[str, Expr]] = []
        for a in e.args:
            if not isinstance(a, Starred):
                args.append(a)
                continue
            t = self.type(s, a.value)
            if not isinstance(t, Tuple):
                return self.of_any_number(s, e)
            args += [self.part(s, a.value, Const(i), start) for i in range(len(t.items))]
        for n, v in e.kwargs:
            if n != STARS:
                kwargs.append((n, v))
                continue
            found = self.type(s, v)
            if not isinstance(found, Dict) or not all(isinstance(k, str) for k, _ in found.items):
                return None
            kwargs += [(k, self.part(s, v, Const(k), start)) for k, _ in found.items]
        return [*start, self.put(s, Call(e.target, tuple(args), tuple(kwargs)))]

    def of_any_number(self, s: Stmt, e: Call) -> list[Stmt] | None:
        """`f(*xs)` with a list or an array, where f goes through all of it, or has so many parameters."""
        value: Any = e.target.value if isinstance(e.target, Fn) else None
        first, last = e.args[0], e.args[-1]
        if not isinstance(last, Starred) or sum(isinstance(a, Starred) for a in e.args) > 1 or STARS in dict(e.kwargs):
            return None
        if isinstance(first, Starred) and isinstance(value, Hashable) and value in _OF_ALL and isinstance(
                self.type(s, last.value), List):
            return [self.put(s, Call(_OF_ALL[value], (last.value,), e.kwargs))]
        if isinstance(first, Starred) and value is zip and not e.kwargs:
            return self.inlined(s, self.in_normal(transposed), Call(e.target, (last.value,)), None, {})
        t = self.type(s, first) if isinstance(e.target, Value) else UNKNOWN
        node = t.node if isinstance(t, Local) and isinstance(t.node, Closure) else None
        f = node.whole if node is not None else self.function_of(e)
        if f is None:
            return None
        given = e.args[1 if node is not None else 0:-1]
        rest = [p for p in f.params if p.kind in ("positional", "either")][len(given):]
        more = next((p for p in f.params if p.kind == "varargs"), None)
        if more is not None and not rest:
            return self.with_list(s, e, f, more, given, last.value, node or value)
        if more is None and rest and not any(p.default is not None or p.name in dict(e.kwargs) for p in rest):
            names = tuple(self.fresh(p.name) for p in rest)
            return [Assign(names, last.value, origin=s.origin),
                    self.put(s, replace(e, args=(*e.args[:-1], *map(Ref, names))))]
        return None

    def with_list(self, s: Stmt, e: Call, f: Function, more: Param, given: tuple[Expr, ...], xs: Expr,
                  key: Any) -> list[Stmt]:
        """The body of a function whose `*args` are a list."""
        box = self.fresh(more.name)
        named = replace(f, params=tuple(replace(p, kind="keyword") if p is more else p for p in f.params))
        outer = dict(key.captured) if isinstance(key, Closure) else self.cells(key)
        start = Assign(box, Call(Fn("builtins", "list", list), (xs,)), origin=s.origin)
        return [start, *self.inlined(s, named, Call(e.target, given, (*e.kwargs, (more.name, Ref(box)))), key, outer)]

    def inlined(self, s: Stmt, f: Function, e: Call, key: Any, outer: dict[str, Expr]) -> list[Stmt]:
        raise NotImplementedError

    def cells(self, f: Any) -> dict[str, Expr]:
        raise NotImplementedError

    def in_normal(self, f: Any) -> Function:
        raise NotImplementedError

    def function_of(self, e: Call) -> Function | None:
        """The function that a call names, in NORMAL."""
        raise NotImplementedError

    def part(self, s: Stmt, base: Expr, key: Const, start: list[Stmt]) -> Expr:
        """An item of a tuple or dict: the atom that it was made of, where that is known."""
        display = self.displays.get(base.name) if isinstance(base, Ref) else None
        if display is not None and display.kind == "dict":
            return display.items[1 + 2 * display.items[::2].index(key)]
        if display is not None:
            return display.items[int(key.value)]
        name = self.fresh(f"{getattr(base, 'name', 't')}_{key.value}")
        start.append(Assign(name, item(base, key), origin=s.origin))
        return Ref(name)


def functional(f: Function, types: Types) -> dict[str, int]:
    """How often each name is bound that is ever bound to a function made here."""
    counts: dict[str, int] = {}
    for s in statements(f.body):
        for name in bound(s):
            counts[name] = counts.get(name, 0) + 1
    made = {name for t in types.after.values() for name, x in t.items() if any(True for _ in functions_in(x))}
    return {name: counts[name] for name in made if name in counts}


def displays(f: Function) -> dict[str, Build]:
    """The tuples and dicts that are written out, bound once, and whose items are bound once as well."""
    counts: dict[str, int] = dict.fromkeys((p.name for p in f.params), 1)
    found: dict[str, Build] = {}
    for s in statements(f.body):
        for name in bound(s):
            counts[name] = counts.get(name, 0) + 1
        if isinstance(s, Assign) and isinstance(s.target, str) and isinstance(s.value, Build):
            found[s.target] = s.value
    once = {name for name, count in counts.items() if count == 1} - set(f.cells)
    return {name: e for name, e in found.items() if name in once and all(
        isinstance(x, Const) or isinstance(x, Ref) and x.name in once or isinstance(x, Global) and callable(x.value)
        for x in e.items)}
