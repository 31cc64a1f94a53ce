"""What loops go through: lengths, and the items at places."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ..analyse.activity import Activities, active
from ..analyse.alias import mutated
from ..analyse.types import Types
from ..analyse.values import type_of_value
from ..ir.check import is_atom
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Build, Call, Const, Effect, Expr, Fn, For, Function, Global, Method, Names, Ref, Stmt, Store, Update, item, op,
)
from ..ir.types import UNKNOWN, Dict, List, Num, Shape, Tuple, Type
from ..ir.walk import all_names, bound, flat, names_in, statements
from .inline import helper

SEQUENCES = (Num, List, Tuple, Shape)


@dataclass(frozen=True)
class Items:
    """What a loop goes through. Where it has a length, an atom: the item at a place, as a tree of expressions as deep as the
    source shows it; else what to loop over instead (`header`), the names that binds, and the item as a tree over those."""

    length: Expr | None = None
    at: Callable[[Expr], Any] = lambda index: index
    header: Expr | None = None
    names: Any = ""
    tree: Any = None


def call(function: Any, *args: Expr) -> Call:
    return Call(Fn("builtins", function.__name__, function), args)


def is_call(e: Expr, *functions: Any) -> bool:
    """A call of one of some builtins."""
    return isinstance(e, Call) and isinstance(e.target, Fn) and e.target.value in functions


class LoopItems:
    """The items of one loop at a time (`loop`); what has to be done before it goes to `out`."""

    def __init__(self, f: Function, types: Types, activities: Activities) -> None:
        self.f = f
        self.types = types
        self.activities = activities
        self.namer = Namer(all_names(f))
        self.made: set[str] = set()
        self.out: list[Stmt] = []
        self.loop: For

    # -------------------------------------------------------------- what is known of an iterable
    def type(self, e: Expr) -> Type:
        match e:
            case Ref(name):
                return self.types.before.get(self.loop, {}).get(name, UNKNOWN)
            case Global():
                return type_of_value(e.value)
        return UNKNOWN

    def active(self, e: Expr) -> bool:
        return any(active(self.activities.read(self.loop, n)) for n in names_in(e))

    def indexable(self, e: Expr) -> bool:
        """Its items can be looked up by their places."""
        if is_call(e, range):
            return True
        if is_call(e, enumerate, zip, reversed):
            assert isinstance(e, Call)
            return all(map(self.indexable, e.args[:1] if is_call(e, enumerate) else e.args))
        base = e.args[0] if isinstance(e, Call) and isinstance(e.target, Method) else e
        t = self.type(base)
        return (isinstance(t, Dict) or base is e and isinstance(t, SEQUENCES)) and not names_in(base) & self.resized()

    def resized(self) -> set[str]:
        """The containers that the loop itself makes longer or shorter."""
        found = {mutated(x) for x in statements(self.loop.body) if not isinstance(x, Store)}
        return {n for n in found if n is not None and not isinstance(self.type(Ref(n)), Num)}

    # -------------------------------------------------------------- items
    def items(self, e: Expr) -> Items:
        if isinstance(e, Call) and isinstance(e.target, Fn):
            match e.target.value:
                case value if value is range:
                    return self.of_range(e)
                case value if value is enumerate:
                    return self.of_enumerate(e)
                case value if value is zip:
                    return self.of_zip(e)
                case value if value is reversed:
                    return self.of_reversed(e)
        if isinstance(e, Call):
            return self.of_view(e)
        if isinstance(self.type(e), Dict):
            return self.sequence(self.hold("keys", helper("keys_of", e)))
        if isinstance(self.type(e), Tuple):
            return self.sequence(self.hold("items", call(list, e)))
        if isinstance(self.type(e), SEQUENCES):
            return self.sequence(self.fixed(e))
        if self.active(e):
            return self.sequence(self.hold("items", helper("sequence", e)))
        name = self.fresh("item")
        return Items(header=e, names=name, tree=Ref(name))

    def sequence(self, e: Expr) -> Items:
        return Items(self.hold(f"len_{e.name}" if isinstance(e, Ref) else "length", call(len, e)), lambda i: item(e, i))

    def of_range(self, e: Call) -> Items:
        if len(e.args) == 1:
            return Items(self.fixed(e.args[0]))
        return self.sequence(self.hold("places", e))

    def of_enumerate(self, e: Call) -> Items:
        inner = self.items(e.args[0])
        start = self.fixed([*e.args[1:], *(v for _, v in e.kwargs), Const(0)][0])
        if inner.length is not None:
            return Items(inner.length, lambda i: (i if start == Const(0) else op("add", i, start), inner.at(i)))
        assert inner.header is not None
        name = self.fresh("i")
        return Items(header=call(enumerate, inner.header, start), names=(name, inner.names), tree=(Ref(name), inner.tree))

    def of_zip(self, e: Call) -> Items:
        parts = [self.items(part) for part in e.args]
        if all(p.length is not None for p in parts) and parts:
            lengths = list(dict.fromkeys(p.length for p in parts if p.length is not None))
            if e.kwargs:
                self.out.append(Effect("expr", (helper("check_lengths", e.kwargs[0][1], *lengths),), origin=self.loop.origin))
            n = lengths[0] if len(lengths) == 1 or self.equally_long(e.args) else self.hold("n", call(min, *lengths))
            return Items(n, lambda i: tuple(p.at(i) for p in parts))
        headers, names, trees = [], [], []
        for p in parts:
            if p.length is not None:
                name = self.fresh("i")
                p = Items(header=call(range, p.length), names=name, tree=p.at(Ref(name)))
            assert p.header is not None
            headers.append(p.header)
            names.append(p.names)
            trees.append(p.tree)
        return Items(header=replace(e, args=tuple(headers)), names=tuple(names), tree=tuple(trees))

    def equally_long(self, parts: tuple[Expr, ...]) -> bool:
        """All are arrays that are known to have the same number of rows."""
        types = [self.type(e) for e in parts]
        rows = {t.dims[0] for t in types if isinstance(t, Num) and t.dims}
        return len(rows) == 1 and None not in rows and all(isinstance(t, Num) and t.dims for t in types)

    def of_reversed(self, e: Call) -> Items:
        inner = self.items(e.args[0])
        if inner.length is None:  # Python says so as well
            return Items(header=replace(e, args=(inner.header or e.args[0],)), names=inner.names, tree=inner.tree)
        last = self.hold("last", op("sub", inner.length, Const(1)))
        return Items(inner.length, lambda i: inner.at(op("sub", last, i)))

    def of_view(self, e: Call) -> Items:
        """A view of a dict, in step with something else."""
        d = self.fixed(e.args[0])
        keys = self.sequence(self.hold("keys", helper("keys_of", d)))
        match e.target:
            case Method("keys"):
                return keys
            case Method("values"):
                return Items(keys.length, lambda i: item(d, keys.at(i)))
        return Items(keys.length, lambda i: (keys.at(i), item(d, keys.at(i))))

    # -------------------------------------------------------------- names
    def fresh(self, wish: str) -> str:
        name = self.namer.fresh(wish)
        self.made.add(name)
        return name

    def hold(self, wish: str, e: Expr) -> Expr:
        """A name for a value that is made before the loop."""
        name = self.fresh(wish)
        self.out.append(Assign(name, e, origin=self.loop.origin))
        return Ref(name)

    def fixed(self, e: Expr) -> Expr:
        """An atom that means the same in every trip: the name itself, unless the loop binds it again."""
        if isinstance(e, Const) or isinstance(e, Ref) and e.name not in self.rebound():
            return e
        return self.hold("items", e)

    def rebound(self) -> set[str]:
        inside = {n for x in statements(self.loop.body) for n in bound(x)
                  if not (isinstance(x, Update) and self.in_place(x))}
        return inside | set(flat(self.loop.target)) | set(self.f.cells)

    def in_place(self, s: Update) -> bool:
        t = self.types.read(s, s.name)
        return isinstance(t, Num) and t.kind == "array"

    def bind(self, target: Names | tuple[Names, ...], tree: Any, out: list[Stmt]) -> None:
        """`target = tree`, a statement for each name."""
        if isinstance(target, tuple) and isinstance(tree, tuple) and len(target) == len(tree):
            for part, below in zip(target, tree):
                self.bind(part, below, out)
        elif isinstance(target, str):
            value = self.whole(tree, out)
            if value != Ref(target):
                out.append(Assign(target, value, origin=self.loop.origin))
        else:
            inner = [part if isinstance(part, str) else self.fresh("t") for part in target]
            out.append(Assign(tuple(inner), self.atom(tree, out), origin=self.loop.origin))
            for part, name in zip(target, inner):
                if part != name:
                    self.bind(part, Ref(name), out)

    def whole(self, tree: Any, out: list[Stmt]) -> Expr:
        """A tree as one flat expression."""
        if isinstance(tree, tuple):
            return Build("tuple", tuple(self.atom(part, out) for part in tree))
        assert isinstance(tree, Expr)
        return replace(tree, args=tuple(self.atom(a, out) for a in tree.args)) if isinstance(tree, Call) else tree

    def atom(self, tree: Any, out: list[Stmt]) -> Expr:
        value = self.whole(tree, out)
        if is_atom(value):
            return value
        name = self.fresh("t")
        out.append(Assign(name, value, origin=self.loop.origin))
        return Ref(name)
