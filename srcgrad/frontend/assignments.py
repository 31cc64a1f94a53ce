"""Assignments: what is bound to what, name by name."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import gast

from ..ir.nodes import (
    Assign, Const, Effect, Expr, Field, Names, Origin, Ref, Slice, Stmt, Store, Update, item, op,
)
from .comprehensions import helper
from .expressions import BINARY, Expressions, builtin
from .resolve import Scope

LITERALS = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis))


class Assignments:
    """The rows of the table that bind names; the lowering of a function gives what they need."""

    expression: Expressions
    scope: Scope
    at: Callable[[Any], Origin]
    temporary: Callable[[str], str]

    def Assign(self, node: Any) -> Iterable[Stmt]:
        origin, targets = self.at(node), list(node.targets)
        unpacked = isinstance(targets[0], gast.Tuple | gast.List)
        value = self.expression.consumed(node.value) if unpacked else self.expression(node.value)
        if len(targets) > 1 and not isinstance(value, Const):
            name = self._shared(targets)
            yield Assign(name, value, origin=origin)
            value = Ref(name)
        for target in targets:
            yield from self.bind(target, value, origin)

    def _shared(self, targets: list[Any]) -> str:
        """The name that holds the value of `a = b = value`: the first target where it is a name and stays as it is."""
        first, *others = targets
        bound = {n.id for t in others for n in gast.walk(t) if isinstance(n, gast.Name)}
        if not isinstance(first, gast.Name) or first.id in bound:
            return self.temporary("t")
        del targets[0]
        return str(first.id)

    def AnnAssign(self, node: Any) -> Iterable[Stmt]:
        return () if node.value is None else self.bind(node.target, self.expression(node.value), self.at(node))

    def AugAssign(self, node: Any) -> Iterable[Stmt]:
        name, value, target = BINARY[type(node.op)], self.expression(node.value), node.target
        if isinstance(target, gast.Name) and target.id in self.scope.written:
            yield Store(self.scope.namespace, Field(target.id), value, name, origin=self.at(node))
        elif isinstance(target, gast.Name) and self._rebinds(target.id):
            yield Assign(target.id, op(name, Ref(target.id), value), origin=self.at(node))
        elif isinstance(target, gast.Name):
            yield Update(target.id, name, value, origin=self.at(node))
        elif isinstance(target, gast.Subscript):
            base, key = self.expression(target.value), self.expression(target.slice)
            yield Store(base, key, value, name, origin=self.at(node))
        else:
            yield Store(self.expression(target.value), Field(target.attr), value, name, origin=self.at(node))

    def _rebinds(self, name: str) -> bool:
        """A captured variable that holds a number or another value that nothing changes in place."""
        return name in self.scope.cells and isinstance(self.scope.captured.get(name, []), (*LITERALS, tuple))

    def bind(self, target: Any, value: Expr, origin: Origin) -> Iterable[Stmt]:
        """`target = value`."""
        if isinstance(target, gast.Subscript):
            yield Store(self.expression(target.value), self.expression(target.slice), value, origin=origin)
            return
        if isinstance(target, gast.Attribute):
            yield Store(self.expression(target.value), Field(target.attr), value, origin=origin)
            return
        if isinstance(target, gast.Name) and target.id in self.scope.written:
            yield Store(self.scope.namespace, Field(target.id), value, origin=origin)
            return
        if starred(target):
            yield from self.spread(target.elts, value, origin)
            return
        stores: list[Stmt] = []
        yield Assign(self.pattern(target, stores), value, origin=origin)
        yield from stores

    def spread(self, targets: list[Any], value: Expr, origin: Origin) -> Iterable[Stmt]:
        """`a, *b, c = value`, item by item."""
        place = next(i for i, part in enumerate(targets) if isinstance(part, gast.Starred))
        after = len(targets) - place - 1
        whole = Ref(self.temporary("t"))
        yield Assign(whole.name, helper("sequence", value), origin=origin)
        yield Effect("expr", (helper("check_items", whole, Const(place), Const(after)),), origin=origin)
        for i, part in enumerate(targets):
            if i == place:
                middle = Slice(Const(place) if place else None, Const(-after) if after else None)
                yield from self.bind(part.value, builtin("list", item(whole, middle)), origin)
            else:
                yield from self.bind(part, item(whole, Const(i if i < place else i - len(targets))), origin)

    def pattern(self, target: Any, later: list[Stmt]) -> Names:
        """The names a target binds; what it does besides (stores, and all that comes after one) goes to `later`."""
        if isinstance(target, gast.Tuple | gast.List) and not starred(target):
            return tuple(self.pattern(part, later) for part in target.elts)
        if isinstance(target, gast.Name) and not later and target.id not in self.scope.written:
            return str(target.id)
        name = self.temporary("t")
        later.extend(self.bind(target, Ref(name), self.at(target)))
        return name


def starred(target: Any) -> bool:
    """A tuple or list of targets with a star in it."""
    return isinstance(target, gast.Tuple | gast.List) and any(isinstance(part, gast.Starred) for part in target.elts)
