"""The body of a callee in place of a call.

    y = scale(x, 3.0)           y_2 = x * x                 def scale(x, k):
                                t_2 = y_2 * 3.0                 y = x * x
                                y = t_2                         return y * k

The names of the callee are made anew. A parameter that the callee does not bind is its argument; others start as copies of
the reference, so that what is written into the buffer of an argument is written into the caller's, as in the call.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Block, Build, Call, Const, Expr, For, Function, Global, Names, Origin, Param, Ref, Return, Stmt, Update, With,
)
from ..ir.tries import Except
from ..ir.walk import all_names, bound_in, map_blocks, map_operands, rewrite


@dataclass(frozen=True)
class Inlined:
    """`body` computes what the call does, `value` is an atom that holds its result. `temporaries`: the new names that the
    compiler made; `moved`: the callee's statements as they are in `body`."""

    body: Block
    value: Expr
    temporaries: frozenset[str]
    moved: Mapping[Stmt, Stmt]


def bind_arguments(f: Function, call: Call) -> dict[str, Expr]:
    """The expression that each parameter gets in a call `f(*call.args, **call.kwargs)`. Raises TypeError as Python would.

    `*args` gets a tuple display, `**kwargs` a dict display.
    """
    args, kwargs = list(call.args), dict(call.kwargs)
    found: dict[str, Expr] = {}
    for p in f.params:
        if p.kind == "varargs":
            found[p.name], args = Build("tuple", tuple(args)), []
        elif p.kind == "varkw":
            found[p.name] = Build("dict", tuple(x for n, v in kwargs.items() for x in (Const(n), v)))
            kwargs = {}
        else:
            found[p.name] = _argument(f, p, args, kwargs)
    if args or kwargs:
        extra = f"an unexpected keyword argument {next(iter(kwargs))!r}" if kwargs else "too many positional arguments"
        raise TypeError(f"{f.name}() got {extra}")
    return found


def _argument(f: Function, p: Param, args: list[Expr], kwargs: dict[str, Expr]) -> Expr:
    if args and p.kind in ("positional", "either"):
        if p.name in kwargs and p.kind == "either":
            raise TypeError(f"{f.name}() got multiple values for argument {p.name!r}")
        return args.pop(0)
    if p.name in kwargs and p.kind != "positional":
        return kwargs.pop(p.name)
    if p.default is None:
        raise TypeError(f"{f.name}() missing a required argument: {p.name!r}")
    return p.default


def inline(f: Function, arguments: Mapping[str, Expr], namer: Namer, origin: Origin, *,
           steady: Callable[[Expr], bool] = lambda e: not isinstance(e, Global),
           outer: Mapping[str, Expr] | None = None, kept: Collection[str] = ()) -> Inlined:
    """The body of a NORMAL function for the given arguments, one for each parameter, which are atoms or displays of atoms.

    `steady(atom)`: the atom has the same value wherever it stands in the body. `outer`: what the captured variables of f
    are called here; `kept`: parameters that are variables of their own in any case.

    >>> from ..frontend.examples import normal; from ..emit.printer import print_function
    >>> f = normal("def f(x, k):\\n    y = x * x\\n    return y * k")
    >>> found = inline(f, {"x": Ref("y"), "k": Const(3.0)}, Namer(["x", "y"]), f.origin)
    >>> print(print_function(replace(f, body=(*found.body, Return(found.value)))), end="")
    def f(x, k):
        y_2 = y * y
        t = y_2 * 3.0
        return t
    """
    renaming = _Renaming(f, dict(outer or {}), namer)
    start = renaming.parameters(arguments, steady, kept, origin)
    *body, ret = f.body
    assert isinstance(ret, Return)
    moved = renaming.block(tuple(body))
    return Inlined((*start, *moved), renaming.expression(ret.value), frozenset(renaming.made), renaming.moved)


class _Renaming:
    """The callee's names as names of the caller."""

    def __init__(self, f: Function, outer: dict[str, Expr], namer: Namer) -> None:
        self.f = f
        self.namer = namer
        self.values: dict[str, Expr] = outer
        self.made: set[str] = set()
        self.moved: dict[Stmt, Stmt] = {}

    def parameters(self, arguments: Mapping[str, Expr], steady: Callable[[Expr], bool], kept: Collection[str],
                   origin: Origin) -> Block:
        rebound = bound_in(self.f.body).union(kept)
        start: list[Stmt] = []
        for name, value in arguments.items():
            if name not in rebound and not isinstance(value, Build) and steady(value):
                self.values[name] = value
            else:
                start.append(Assign(self.name(name), value, origin=origin))
        return tuple(start)

    def name(self, name: str) -> str:
        """The new name of one of the callee's variables."""
        if name not in self.values:
            made = name in self.f.temporaries
            new = self.namer.fresh(re.sub(r"_\d+$", "", name) if made else name)
            self.values[name] = Ref(new)
            if made:
                self.made.add(new)
        found = self.values[name]
        assert isinstance(found, Ref)
        return found.name

    def names(self, target: Names) -> Names:
        return self.name(target) if isinstance(target, str) else tuple(map(self.names, target))

    def expression(self, e: Expr) -> Expr:
        return rewrite(e, lambda x: self._value(x) if isinstance(x, Ref) else x)

    def _value(self, x: Ref) -> Expr:
        return self.values[x.name] if x.name in self.values else Ref(self.name(x.name))

    def block(self, block: Block) -> Block:
        return tuple(map(self.statement, block))

    def statement(self, s: Stmt) -> Stmt:
        new = map_operands(s, self.expression)
        match new:
            case Assign() | For():
                new = replace(new, target=self.names(new.target))
            case Update():
                new = replace(new, name=self.name(new.name))
            case With(target=str() as target) | Except(target=str() as target):
                new = replace(new, target=self.name(target))
        new = map_blocks(new, self.block)
        if new is s:
            new = replace(s)  # the body may come twice, and facts belong to one place
        self.moved[s] = new
        return new


def taken(f: Function, also: Collection[str] = ()) -> Namer:
    """A namer for new names in f."""
    return Namer(all_names(f) | set(also))
