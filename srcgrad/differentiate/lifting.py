"""Nested functions that call themselves, as functions of their own.

    def power(n):                       def power(n, *, x):
        return x if n == 0 else             def power(n): ...           (the nested function, with x captured)
            x * power(n - 1)                return x if n == 0 else x * power(n - 1)
    y = power(3)                        y = power(3, x=x)

What they capture become parameters; the nested functions that they reach are made inside, so that the same is done to the
calls there, which give the same function.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import Any

from ..ir.names import Namer
from ..ir.nodes import Assign, Call, Closure, Const, Expr, Fn, Function, Param, Ref, Stmt
from ..ir.walk import all_names, bound, bound_in, statements
from .inlining import bind_arguments


def definitions(f: Function) -> dict[str, Closure]:
    """The nested functions by the names they have, where those are bound once."""
    counts: dict[str, int] = {}
    found: dict[str, Closure] = {}
    again: dict[str, str] = {}  # names for what has a name
    for s in statements(f.body):
        for name in bound(s):
            counts[name] = counts.get(name, 0) + 1
        match s:
            case Assign(str() as name, Closure() as node):
                found[name] = node
            case Assign(str() as name, Ref(other)):
                again[name] = other
    once = {name: node for name, node in found.items() if counts[name] == 1}
    for name, other in again.items():  # in order: a name comes before what it is given to
        if counts[name] == 1 and other in once:
            once[name] = once[other]
    return once


def reached(node: Closure, known: Mapping[str, Closure]) -> tuple[dict[str, Closure], list[str], bool]:
    """The nested functions that one may call, by name, the other variables that they read, and whether it is one of them."""
    inside: dict[str, Closure] = {}
    data: dict[str, None] = {}
    again = False
    todo = [node]
    while todo:
        each = todo.pop(0)
        for e in (*(v for _, v in each.captured), *(v for _, v in each.defaults)):
            if not isinstance(e, Ref):
                continue
            found = known.get(e.name)
            again |= found is node
            if found is None:
                data[e.name] = None
            elif e.name not in inside:
                inside[e.name] = found
                todo.append(found)
    return inside, list(data), again


def binds_around(node: Closure) -> bool:
    """A nested function that assigns to variables of the function around it."""
    return not bound_in(node.function.body).isdisjoint(n for n, _ in node.captured)


def shape(nodes: list[Closure], known: Mapping[str, Closure]) -> tuple[Any, ...]:
    """How the nested functions capture variables, whatever those are called around them."""
    places: dict[str, int] = {}
    return tuple((c.function, n, v if not isinstance(v, Ref) else (places.setdefault(v.name, len(places)), v.name in known))
                 for c in nodes for n, v in (*c.captured, *c.defaults))


@dataclass
class Lifting:
    """`made(f)`: a Python function that stands for a NORMAL one. `functions`: what has been lifted, and the names of the
    parameters that it has more."""

    made: Callable[[Function], FunctionType]
    functions: dict[Any, tuple[FunctionType, tuple[str, ...]]] = field(default_factory=dict)
    derivatives: dict[Any, Any] = field(default_factory=dict)

    def call(self, node: Closure, e: Call, known: Mapping[str, Closure]) -> Call:
        """The call of the lifted function in place of `e`, a call of a nested one. Raises TypeError as Python would."""
        f, data = self.function(node, known)
        args, kwargs = self.arguments(node, e)
        return Call(Fn("", f.__name__, f), args, (*kwargs, *data))

    @staticmethod
    def arguments(node: Closure, e: Call) -> tuple[tuple[Expr, ...], tuple[tuple[str, Expr], ...]]:
        """What a call of a nested function gives to each of its parameters, by position and by keyword."""
        arguments = bind_arguments(node.whole, e)
        kwargs = [(p.name, arguments[p.name]) for p in node.function.params if p.kind == "keyword"]
        args = [arguments[p.name] for p in node.function.params if p.kind != "keyword"]
        return tuple(args), tuple(kwargs)

    def function(self, node: Closure, known: Mapping[str, Closure]) -> tuple[FunctionType, tuple[tuple[str, Expr], ...]]:
        """The lifted function, and what it is given by keyword: the variables that the nested one captures."""
        inside, data, _ = reached(node, known)
        key = node.function, shape([node, *inside.values()], known)
        if key not in self.functions:
            self.functions[key] = self.lift(node, inside, data)
        f, extra = self.functions[key]
        return f, tuple(zip(extra, map(Ref, data)))

    def derivative(self, node: Call, function: Any) -> Any:
        """The derivative of a known function that `grad(...)` and the like make. Equal ones are one, with one cache."""
        assert isinstance(node.target, Fn)
        rest = tuple(a.value for a in node.args[1:] if isinstance(a, Const))
        kwargs = tuple((n, v.value) for n, v in node.kwargs if isinstance(v, Const))
        key = node.target.value, function, rest, kwargs
        if key not in self.derivatives:
            self.derivatives[key] = node.target.value(function, *rest, **dict(kwargs))
        return self.derivatives[key]

    def lift(self, node: Closure, inside: Mapping[str, Closure], data: list[str]) -> tuple[FunctionType, tuple[str, ...]]:
        f = node.function
        namer = Namer(all_names(f))
        own = {n for n, v in node.captured if v == Ref(n)}
        names = {n: n if n in own else namer.fresh(n) for n in (*inside, *data)}

        def here(e: Expr) -> Expr:
            return Ref(names[e.name]) if isinstance(e, Ref) else e

        def moved(c: Closure) -> Closure:
            return Closure(c.function, tuple((n, here(v)) for n, v in c.captured), tuple((n, here(v)) for n, v in c.defaults))

        start: list[Stmt] = [Assign(names[n], moved(c), origin=f.origin) for n, c in inside.items()]
        start += [Assign(n, here(v), origin=f.origin) for n, v in node.captured if n not in own]
        params = [replace(p, default=None) for p in f.params] + [Param(names[n], "keyword") for n in data]
        lifted = replace(f, params=tuple(params), body=(*start, *f.body), cells=(),
                         temporaries=f.temporaries | (frozenset(names.values()) - own))
        return self.made(lifted), tuple(names[n] for n in data)
