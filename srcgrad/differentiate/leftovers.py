"""What is left of functions that were made inside, once their calls are resolved: nothing, or an error."""
from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..analyse.types import Types
from ..errors import SrcgradError, UnsupportedSyntax
from ..ir.nodes import Assign, Block, Build, Call, Closure, Const, Expr, Fn, Function, Operator, Ref, Stmt
from ..ir.types import UNKNOWN, Local, Type, functions_in
from ..ir.walk import expressions, map_blocks, names_in, operands, statements


def without_functions(f: Function, types: Types, frames: Collection[str],
                      tags: Mapping[Any, str]) -> tuple[Function, SrcgradError | None]:
    """The function without the functions that it made, which nothing calls by name any more; unchanged, with an error, where
    one of them goes elsewhere. `frames`: names that only say when functions were made; `tags`: what stands for functions of
    which one is chosen at run time."""
    return _Leftovers(f, types, frames, tags).clean()


def refusal(f: Function, s: Stmt, what: str, hint: str) -> UnsupportedSyntax:
    return UnsupportedSyntax(f"in {f.name}: {what} is not supported", filename=s.origin.filename, lineno=s.origin.line,
                             offset=s.origin.column, hint=hint)


@dataclass
class _Leftovers:
    f: Function
    types: Types
    frames: Collection[str]
    tags: Mapping[Any, str]
    made: set[Any] = field(default_factory=set)  # the expressions that make functions that generated code does not make

    def clean(self) -> tuple[Function, SrcgradError | None]:
        f, types = self.f, self.types
        for s in statements(f.body):
            if isinstance(s, Assign) and (isinstance(s.value, Closure) or isinstance(s.value, Call) and is_partial(s.value)
                                          and any(self.holds(s, a) for a in s.value.args)):
                self.made.add(s.value)
        unused = unused_partials(f)
        self.made -= self.tags.keys()
        if not (self.made or self.tags or self.frames or unused):
            return f, None
        taint = {name for t in types.after.values() for name, x in t.items() if not self.made.isdisjoint(functions_in(x))}
        try:
            return replace(f, body=self.cleaned(f.body, taint, unused)), None
        except SrcgradError as error:
            return f, error

    def cleaned(self, block: Block, taint: set[str], unused: set[Stmt]) -> Block:
        out: list[Stmt] = []
        for s in block:
            if isinstance(s, Assign) and isinstance(s.target, str) and (
                    s.target in self.frames or s in unused or self.is_made(self.types.written(s, s.target))):
                continue
            if isinstance(s, Assign) and s.value in self.tags:
                s = self.moved(s, replace(s, value=Const(self.tags[s.value])))
            out.append(map_blocks(self.emptied(s, taint), lambda b: self.cleaned(b, taint, unused)))
        return tuple(out)

    def emptied(self, s: Stmt, taint: set[str]) -> Stmt:
        """Functions that displays hold become None; anywhere else they are refused."""
        if isinstance(s, Assign) and isinstance(s.value, Build):
            items = tuple(Const(None) if isinstance(e, Ref) and self.is_made(self.types.read(s, e.name)) else e
                          for e in s.value.items)
            s = s if items == s.value.items else self.moved(s, replace(s, value=replace(s.value, items=items)))
        carried = isinstance(s, Assign) and (
            not isinstance(s.value, Call) or s.value.target == Operator("getitem") and isinstance(s.value.args[1], Const))
        for part in operands(s):
            for e in expressions(part):
                if isinstance(e, Closure) or isinstance(e, Ref) and e.name in taint and (
                        self.types.read(s, e.name) == UNKNOWN or self.holds(s, e) and not carried):
                    raise refusal(self.f, s, self.described(s, e), "call it here, or pass it on to a function with Python source")
        return s

    def moved(self, s: Stmt, new: Stmt) -> Stmt:
        self.types.before[new] = self.types.before.get(s, {})
        return new

    def is_made(self, t: Type) -> bool:
        """A function that is made here and that generated code does not make."""
        return isinstance(t, Local) and t.node in self.made

    def holds(self, s: Stmt, e: Expr) -> bool:
        return isinstance(e, Ref) and not self.made.isdisjoint(functions_in(self.types.read(s, e.name)))

    def described(self, s: Stmt, e: Expr) -> str:
        name = e.name if isinstance(e, Ref) and e.name not in self.f.temporaries else "a lambda"
        return f"`{name}`, a function made inside another, as a value" if isinstance(e, Closure) or self.holds(s, e) else \
            f"`{name}`, which may be one of several functions,"


def is_partial(e: Call) -> bool:
    """`functools.partial(...)`, or a derivative of a function: `grad(f)`."""
    return isinstance(e.target, Fn) and (e.target.value is functools.partial or is_maker(e))


def is_maker(e: Call) -> bool:
    """`grad(f)` and the like."""
    return isinstance(e.target, Fn) and hasattr(e.target.value, "__srcgrad_maker__") and not hasattr(
        e.target.value, "__srcgrad_solver__")


def unused_partials(f: Function) -> set[Stmt]:
    """The statements that make partials which nothing reads but other such."""
    every = list(statements(f.body))
    unused: set[Stmt] = {s for s in every if isinstance(s, Assign) and isinstance(s.value, Call) and is_partial(s.value)}
    while True:
        read = {name for s in every if s not in unused for part in operands(s) for name in names_in(part)}
        needed = {s for s in unused if isinstance(s, Assign) and s.target in read}
        if not needed:
            return unused
        unused -= needed
