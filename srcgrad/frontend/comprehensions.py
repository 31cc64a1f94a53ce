"""Comprehensions and generator expressions as loops.

    [v * v for v in xs if v > 0]        items = []
                                        for v in xs:
                                            if v > 0:
                                                items.append(v * v)

A generator expression is accepted where it is consumed on the spot. The variables of a comprehension are its own: where the
function uses their names otherwise, they get others (`apart`, on the syntax tree).
"""
from __future__ import annotations

import collections
import functools
import math
import statistics
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import gast
import numpy as np

from ..ir.nodes import (
    Assign, Block, Break, Build, Call, Const, Do, Effect, Expr, Fn, For, If, Method, Names, Origin, Ref, Stmt, Store, op,
)
from ..runtime import helpers
from .accepted import GENERATOR, Refusal, refused
from .matching import captured
from .read import Code
from .resolve import Scope
from .syntax import walk

COMPREHENSIONS = (gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)
_CONSUMING = (sum, max, min, sorted, list, tuple, set, frozenset, dict, any, all, enumerate, zip, map, filter, math.fsum,
              math.prod, functools.reduce, np.fromiter, collections.Counter, collections.deque, statistics.mean, statistics.fmean)
_CONSUMING_METHODS = frozenset({"join", "extend", "update"})
_KINDS = {gast.ListComp: "items", gast.SetComp: "items", gast.DictComp: "table", gast.GeneratorExp: "items"}


# ------------------------------------------------------------------ names of their own
def apart(function: Any, cells: Iterable[str] = ()) -> None:
    """Renames, in a syntax tree, the variables of comprehensions whose names mean something else in the function."""
    nodes = walk(function)
    if not any(isinstance(n, COMPREHENSIONS) for n in nodes):
        return
    taken = _names(function) | captured(function) | set(cells)
    every = {n.id for n in nodes if isinstance(n, gast.Name)} | taken
    for node in _outermost(function):
        _rename(node, taken, every)


def _outermost(node: Any) -> Iterator[Any]:
    """The comprehensions in a tree that are in no other."""
    for child in gast.iter_child_nodes(node):
        if isinstance(child, COMPREHENSIONS):
            yield from _outermost_in(child)
        else:
            yield from _outermost(child)


def _outermost_in(node: Any) -> Iterator[Any]:
    """The same, where the tree itself may be one."""
    if isinstance(node, COMPREHENSIONS):
        yield node
        yield from _outermost_in(node.generators[0].iter)
    else:
        yield from _outermost(node)


def _names(node: Any) -> set[str]:
    """The names in a tree but for those that comprehensions bind for themselves."""
    if isinstance(node, COMPREHENSIONS):
        inside: set[str] = set().union(*map(_names, _inside(node)))
        return _names(node.generators[0].iter) | (inside - _own(node))
    own = {node.id} if isinstance(node, gast.Name) else set()
    return own.union(*map(_names, gast.iter_child_nodes(node)))


def _own(node: Any) -> set[str]:
    """The variables of a comprehension."""
    return {n.id for g in node.generators for n in gast.walk(g.target) if isinstance(n, gast.Name)}


def _inside(node: Any) -> list[Any]:
    """The parts of a comprehension that are in its own scope."""
    elements = [node.key, node.value] if isinstance(node, gast.DictComp) else [node.elt]
    parts = [part for g in node.generators for part in (g.target, *g.ifs)]
    return [*elements, *parts, *(g.iter for g in node.generators[1:])]


def _rename(node: Any, taken: set[str], every: set[str]) -> None:
    own = _own(node)
    change = {}
    for name in sorted(own & taken):
        count = 2
        while f"{name}_{count}" in every:
            count += 1
        change[name] = f"{name}_{count}"
        every.add(change[name])
    for part in _inside(node):
        _replace(part, change)
    new = {change.get(name, name) for name in own}
    for part in _inside(node):
        for inner in _outermost_in(part):
            _rename(inner, taken | new, every)


def _replace(node: Any, change: dict[str, str]) -> None:
    """Other names in a scope; an inner scope that binds a name of its own keeps that."""
    if isinstance(node, gast.Name):
        node.id = change.get(node.id, node.id)
    elif isinstance(node, COMPREHENSIONS):
        own = _own(node)
        _replace(node.generators[0].iter, change)
        for part in _inside(node):
            _replace(part, {k: v for k, v in change.items() if k not in own})
    else:
        bound = {n.id for n in gast.walk(node.args) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Param)} \
            if isinstance(node, gast.Lambda | gast.FunctionDef) else set()
        for child in gast.iter_child_nodes(node):
            _replace(child, {k: v for k, v in change.items() if k not in bound})


# ------------------------------------------------------------------ loops
class Comprehensions:
    """The rows of the table for comprehensions, `:=` and what consumes generators."""

    code: Code
    scope: Scope
    name: Callable[[str], str]
    pattern: Callable[[Any, list[Stmt]], Names]
    at: Callable[[Any], Any]

    def __call__(self, node: Any) -> Expr:
        raise NotImplementedError

    def NamedExpr(self, node: Any) -> Expr:
        assign = Assign(node.target.id, self(node.value), origin=self.at(node))
        return Do((assign,), Ref(node.target.id))

    def ListComp(self, node: Any) -> Expr:
        return self.filled(node, "items", Build("list", ()), lambda box: Call(Method("append"), (box, self(node.elt))))

    def SetComp(self, node: Any) -> Expr:
        made = self.ListComp(node)
        return Call(_fn(set), (made,))

    def DictComp(self, node: Any) -> Expr:
        name = self.name("table")
        key, value, origin = self(node.key), self(node.value), self.at(node)
        inner: Block = ()
        if not isinstance(key, Ref | Const) and not isinstance(value, Ref | Const):  # the key comes before the value
            first = self.name("key")
            inner, key = (Assign(first, key, origin=origin),), Ref(first)
        inner += (Store(Ref(name), key, value, origin=origin),)
        start = Assign(name, Build("dict", ()), origin=origin)
        return Do((start, *self.loops(node, node.generators, inner)), Ref(name), True)

    def Starred(self, node: Any) -> Expr:
        raise refused(self.code, node)  # where it may stand, it has been taken apart

    def GeneratorExp(self, node: Any) -> Expr:
        raise refused(self.code, node, GENERATOR)

    def consumed(self, node: Any) -> Expr:
        """An expression whose items are all taken, in order, by what it is given to."""
        return self.ListComp(node) if isinstance(node, gast.GeneratorExp) else self(node)

    def filled(self, node: Any, wish: str, empty: Expr, add: Callable[[Expr], Expr]) -> Expr:
        name = self.name(wish)
        origin = self.at(node)
        inner = Effect("expr", (add(Ref(name)),), origin=origin)
        return Do((Assign(name, empty, origin=origin), *self.loops(node, node.generators, (inner,))), Ref(name), True)

    def loops(self, node: Any, generators: list[Any], inner: Block) -> Block:
        """The `for` and `if` parts around what is done for each item."""
        for g in reversed(generators):
            if g.is_async:
                raise refused(self.code, node, Refusal("an asynchronous comprehension", "gather the items first"))
            origin = self.at(g.target)
            for test in reversed(g.ifs):
                inner = (If(self(test), inner, origin=origin),)
            later: list[Stmt] = []
            target = self.pattern(g.target, later)
            inner = (For(target, self.consumed(g.iter), (*later, *inner), origin=origin),)
        return inner

    # -------------------------------------------------------------- displays with stars
    def spread(self, nodes: list[Any]) -> list[Expr]:
        """The items of a display as lists to be joined."""
        parts: list[Expr] = []
        for node in nodes:
            if isinstance(node, gast.Starred):
                parts.append(Call(_fn(list), (self.consumed(node.value),)))
            elif parts and isinstance(last := parts[-1], Build):
                parts[-1] = Build("list", (*last.items, self(node)))
            else:
                parts.append(Build("list", (self(node),)))
        return parts

    def joined(self, nodes: list[Any]) -> Expr:
        parts = self.spread(nodes)
        return parts[0] if len(parts) == 1 else helper("joined", *parts)

    def sequence(self, nodes: list[Any]) -> Expr:
        """A tuple display with stars."""
        def of(e: Expr) -> Expr:
            return Build("tuple", e.items) if isinstance(e, Build) else Call(_fn(tuple), e.args) if isinstance(e, Call) else e
        return functools.reduce(lambda a, b: op("add", a, b), map(of, self.spread(nodes)))

    def merged(self, node: Any) -> Expr:
        """A dict display with `**`."""
        parts: list[Expr] = []
        for key, value in zip(node.keys, node.values):
            if key is None:
                parts.append(self(value))
            elif parts and isinstance(last := parts[-1], Build) and last.kind == "dict":
                parts[-1] = Build("dict", (*last.items, self(key), self(value)))
            else:
                parts.append(Build("dict", (self(key), self(value))))
        return helper("merged", *parts)

    # -------------------------------------------------------------- what consumes them
    def consuming(self, node: Any, target: Any) -> Expr | None:
        """A call on a generator expression that stops early, as a loop that does."""
        value, generator = getattr(target, "value", None), node.args[0] if node.args else None
        if value is next and isinstance(generator, gast.Call) and self.is_iter(generator):
            item, origin = self.name("item"), self.at(node)
            return self.sought(Ref(item), origin, lambda found: (
                For(item, self.consumed(generator.args[0]), found, origin=origin),), *map(self, node.args[1:]))
        if not isinstance(generator, gast.GeneratorExp):
            return None
        if value in (any, all) and len(node.args) == 1 and len(generator.generators) == 1:
            return self.searched(generator, value is any)
        if value is next and len(node.args) <= 2 and len(generator.generators) == 1:
            return self.first(generator, *map(self, node.args[1:]))
        return None

    def searched(self, node: Any, sought: bool) -> Expr:
        """any() and all(), which leave the loop where the answer is known."""
        name, origin = self.name("found" if sought else "holds"), self.at(node)
        test = self(node.elt) if sought else op("not_", self(node.elt))
        stop = If(test, (Assign(name, Const(sought), origin=origin), Break(origin=origin)), origin=origin)
        start = Assign(name, Const(not sought), origin=origin)
        return Do((start, *self.loops(node, node.generators, (stop,))), Ref(name), True)

    def first(self, node: Any, *default: Expr) -> Expr:
        """next(generator, default)."""
        return self.sought(self(node.elt), self.at(node), lambda found: self.loops(node, node.generators, found), *default)

    def sought(self, value: Expr, origin: Origin, loops: Callable[[Block], Block], *default: Expr) -> Expr:
        """The value that a loop finds first; without a default a loop that comes to its end raises StopIteration."""
        name = self.name("first")
        take, stop = Assign(name, value, origin=origin), Break(origin=origin)
        if default:
            return Do((Assign(name, default[0], origin=origin), *loops((take, stop))), Ref(name), True)
        found = self.name("found")
        none = If(op("not_", Ref(found)), (Effect("raise", (Call(_fn(StopIteration), ()),), origin=origin),), origin=origin)
        return Do((Assign(found, Const(False), origin=origin),
                   *loops((take, Assign(found, Const(True), origin=origin), stop)), none), Ref(name), True)

    def is_iter(self, node: Any) -> bool:
        """`iter(x)`."""
        place = self.scope.place(node.func)
        return place is not None and place.value is iter and len(node.args) == 1 and not node.keywords

    def argument(self, node: Any, target: Any) -> Expr:
        """An argument of a call: a generator expression where the callee takes all its items."""
        takes = target.name in _CONSUMING_METHODS if isinstance(target, Method) else any(
            getattr(target, "value", None) is f for f in _CONSUMING)
        return self.consumed(node) if takes else self(node)


def _fn(function: Any) -> Any:
    from .expressions import builtin
    return builtin(function.__name__).target


def helper(name: str, *args: Expr) -> Call:
    """A call of a function of `srcgrad.runtime.helpers`."""
    return Call(Fn(helpers.__name__, name, getattr(helpers, name)), args)
