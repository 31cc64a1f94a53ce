"""What the rewriting of operations on containers starts from: types, names, and the statements that are written."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..analyse.activity import Activities
from ..analyse.types import Types
from ..analyse.values import type_of_value
from ..errors import UnsupportedSyntax
from ..ir.names import Namer
from ..ir.nodes import Assign, Call, Const, Effect, Expr, Fn, For, Function, Global, Method, Ref, Slice, Stmt
from ..ir.types import UNKNOWN, Opaque, Type
from ..ir.walk import all_names


def call(function: Any, *args: Expr) -> Call:
    """A call of a builtin."""
    return Call(Fn("builtins", function.__name__, function), args)


class Terms:
    """Writes the statements that stand for one statement `s` to `out`."""

    def __init__(self, f: Function, types: Types, activities: Activities) -> None:
        self.f = f
        self.types = types
        self.activities = activities
        self.namer = Namer(all_names(f))
        self.made: set[str] = set()
        self.boxes: set[str] = set()  # what is written to is no temporary
        self.count = 0
        self.s: Stmt
        self.out: list[Stmt] = []

    def type(self, e: Expr) -> Type:
        match e:
            case Ref(name):
                return self.types.read(self.s, name)
            case Const():
                return type_of_value(e.value)
            case Global():
                return type_of_value(e.value)
            case Slice():
                return Opaque("slice")
        return UNKNOWN

    def fresh(self, wish: str) -> str:
        name = self.namer.fresh(wish)
        self.made.add(name)
        return name

    def assign(self, target: str, value: Expr) -> bool:
        """`target = value`, or the bare value for its effect."""
        if target:
            self.out.append(Assign(target, value, origin=self.s.origin))
        return True

    def hold(self, wish: str, value: Expr) -> Ref:
        name = self.fresh(wish)
        self.assign(name, value)
        return Ref(name)

    def box(self, wish: str, value: Expr) -> Ref:
        """A container that is filled by the statements that follow."""
        box = self.hold(wish, value)
        self.boxes.add(box.name)
        return box

    def effect(self, value: Expr) -> Effect:
        return Effect("expr", (value,), origin=self.s.origin)

    def append(self, box: Expr, value: Expr) -> Effect:
        return self.effect(Call(Method("append"), (box, value)))

    def each(self, iterable: Expr, body: Callable[[Ref], list[Stmt]]) -> bool:
        """A loop over something."""
        name = self.fresh("item")
        self.out.append(For(name, iterable, tuple(body(Ref(name))), origin=self.s.origin))
        return True

    def refuse(self, what: str, hint: str) -> UnsupportedSyntax:
        at = self.s.origin
        return UnsupportedSyntax(f"in {self.f.name}: {what}, with active values, is not supported", filename=at.filename,
                                 lineno=at.line, offset=at.column, hint=hint)
