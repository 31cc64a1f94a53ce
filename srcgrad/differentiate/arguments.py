"""The arguments of calls of function values: those that partials and bound methods bring, and starred ones."""
from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from typing import Any

from ..analyse.types import Types
from ..ir.names import Namer
from ..ir.nodes import (
    STARS, Assign, Attribute, Build, Call, Const, Expr, Function, Global, Ref, Starred, Stmt, Value, item,
)
from ..ir.types import UNKNOWN, Callee, Dict, Tuple, Type, functions_in
from ..ir.walk import all_names, bound, statements


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
                return None
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
