"""Tangent variables: their names, their zeros, the tangents of parts and of wholes."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..analyse.activity import constant_in, Activity
from ..analyse.containers import constructed
from ..ir.names import Namer
from ..ir.nodes import Assign, Block, Build, Call, Choose, Const, Expr, Field, Fn, Operator, Ref, Stmt, op
from ..ir.parts import Element, components
from ..ir.types import UNKNOWN, Callee, Num, Opaque, Type
from ..ir.walk import names_in
from .inline import helper, specialise
from .joint import Facts
from .leaves import (
    active_part, below, component, display, displayed, leaf_type, leaves, name_of, namespace, path_of, project, spelled_leaf,
)
from .state import Leaf

object = Callable[[Stmt, Call, list[Activity]], "tuple[Fn, tuple[int, ...]] | None"]


class Tangents:
    """The tangent variables of one function."""

    def __init__(self, facts: Facts, namer: Namer, tangent_of: Any) -> None:
        self.facts = facts
        self.types = facts.types
        self.constant = constant_in(facts.f)
        self.namer = namer
        self.tangent_of = tangent_of
        self.names: dict[Any, str] = {}
        self.heads: list[tuple[set[Leaf], list[set[Leaf]]]] = []
        self.loops: list[Mapping[str, Type]] = []
        self.bound: set[str] = set()
        self.maybe: set[str] = set()  # bound on some way to here
        self.unbound: list[str] = []  # names that start as None

    def tangent(self, leaf: Leaf) -> str:
        if leaf not in self.names:
            self.names[leaf] = self.namer.fresh(spelled_leaf("d", leaf))
        return self.names[leaf]

    def fresh(self, s: Stmt, hint: str) -> str:
        if (s, hint) not in self.names:
            self.names[s, hint] = self.namer.fresh(hint)
        return self.names[s, hint]

    def spread(self, name: str, leaf: Leaf, value: Expr, t: Type, present: set[Leaf], out: list[Stmt]) -> None:
        """Takes a tangent that is one value apart into those of the leaves."""
        parts = components(t)
        if parts is not None:
            for k, x in parts:
                if not (isinstance(x, Num) and x.discrete or isinstance(x, Opaque | Callee)):
                    self.spread(name, below(leaf, k), component(value, k), x, present, out)
            return
        present.add(leaf)
        if value != Ref(self.tangent(leaf)):
            out.append(Assign(self.tangent(leaf), value))

    def type_at(self, s: Stmt) -> Callable[[Expr], Type]:
        def type_of(e: Expr) -> Type:
            return self.types.read(s, e.name) if isinstance(e, Ref) else UNKNOWN
        return type_of

    def zeros(self, leaf: Leaf, t: Callable[[Expr], Type]) -> Expr:
        return specialise(helper("zeros_like", self.value_of(leaf)), t)

    def make(self, leaf: Leaf, s: Stmt) -> Stmt:
        """A zero tangent; None where its name is surely not bound yet (and not read before it is)."""
        name = name_of(leaf)
        if name not in self.bound and name not in self.maybe:
            return Assign(self.tangent(leaf), Const(None), origin=s.origin)
        if name not in self.bound and name not in self.unbound:
            self.unbound.append(name)
        if name not in self.bound and not isinstance(leaf, str):
            zeros = Choose(op("is_not", Ref(name), Const(None)), self.zeros(leaf, lambda e: UNKNOWN), Const(None))
            return Assign(self.tangent(leaf), zeros, origin=s.origin)
        return Assign(self.tangent(leaf), self.zeros(leaf, lambda e: UNKNOWN), origin=s.origin)

    def unify(self, s: Stmt, types: Mapping[str, Type], present: set[Leaf]) -> Block:
        """Where paths meet and a name is not known to be a tuple any more, its tangent becomes one value."""
        out: list[Stmt] = []
        for name in sorted({name_of(leaf) for leaf in present if not isinstance(leaf, str)}):
            if name in types and leaves(name, types[name]) == [name]:
                parts = {leaf for leaf in present if not isinstance(leaf, str) and name_of(leaf) == name}
                out.append(Assign(self.tangent(name), self.gathered(name, parts), origin=s.origin))
                present -= parts
                present.add(name)
        return tuple(out)

    def gathered(self, leaf: Leaf, parts: set[Leaf]) -> Expr:
        """The tangent of a tuple from those of its parts; the parts that have none are asked for their zeros."""
        if leaf in parts:
            return Ref(self.tangent(leaf))
        depth = 1 if isinstance(leaf, str) else len(leaf)
        below_here = {part[depth] for part in parts if len(part) > depth and (depth == 1 or part[:depth] == leaf)}
        if not below_here:
            return self.zeros(leaf, lambda e: UNKNOWN)
        return helper("with_parts", self.value_of(leaf), *(
            x for k in sorted(below_here, key=str)
            for x in (Const(k.name if isinstance(k, Field) else k), self.gathered(below(leaf, k), parts))))

    def value_of(self, leaf: Leaf) -> Expr:
        return project(Ref(name_of(leaf)), path_of(leaf))

    def own(self, leaf: Leaf, e: Expr) -> Expr:
        """A tangent that is written in place has memory of its own, and nobody else has that."""
        written = self.facts.aliases.written
        if isinstance(e, Call) and isinstance(e.target, Operator) and e.target.name != "getitem":
            return e
        shared = {self.tangent(n) for n in written} & names_in(e)
        return helper("copy", e) if name_of(leaf) in written or shared else e

    def match(self, s: Stmt, target: Any, value: Expr, path: tuple[Element, ...], found: dict[Leaf, Expr],
              present: set[Leaf]) -> None:
        """The tangents of the leaves of `target = value[path]` for a value that is no call."""
        if isinstance(target, tuple):
            for i, part in enumerate(target):
                self.match(s, part, value, (*path, i), found, present)
            return
        for leaf in leaves(target, self.types.written(s, target)):
            e = self.tangent_at(s, value, (*path, *path_of(leaf)), present)
            if e is not None:
                found[leaf] = e

    def tangent_at(self, s: Stmt, value: Expr, path: tuple[Element, ...], present: set[Leaf]) -> Expr | None:
        """The tangent of the part `path` of a value, None where it is zero."""
        if s in self.constant:
            return None
        match value:
            case Ref(name):
                leaf: Leaf = (name, *path) if path else name
                if leaf in present:
                    return Ref(self.tangent(leaf))
                if name in present:
                    return project(Ref(self.tangent(name)), path)
                return self.whole(s, leaf, leaf_type(self.types.read(s, name), leaf), present)
            case Build("tuple" | "dict") if path:
                return self.tangent_at(s, displayed(value, path[0]), path[1:], present)
            case Call() if (made := constructed(value)) is not None:
                if path:
                    return self.tangent_at(s, made[1][path[0]], path[1:], present)
                return self.of_object(s, made, present)
            case Build("tuple" | "list" | "dict"):
                values = value.items[1::2] if value.kind == "dict" else value.items
                parts = [self.tangent_at(s, e, (), present) for e in values]
                if all(p is None for p in parts):
                    return None
                filled = [helper("zeros_like", e) if p is None else p for p, e in zip(parts, values)]
                if value.kind == "dict":
                    return Build("dict", tuple(x for pair in zip(value.items[::2], filled) for x in pair))
                return Build(value.kind, tuple(filled))
        return None

    def whole(self, s: Stmt, leaf: Leaf, t: Type, present: set[Leaf]) -> Expr | None:
        """The tangent of a value whose parts have tangents of their own, put together."""
        if leaf in present:
            return Ref(self.tangent(leaf))
        below_it = (name_of(leaf), *path_of(leaf))
        if components(t) is None or not any(not isinstance(x, str) and x[:len(below_it)] == below_it for x in present):
            return None
        return display(t, lambda k, x: self.whole(s, below(leaf, k), x, present) or self.zeros(below(leaf, k), self.type_at(s)),
                       namespace)

    def of_object(self, s: Stmt, made: tuple[type, dict[Element, Expr]], present: set[Leaf]) -> Expr | None:
        """The tangent of an object that is made of its components."""
        parts = {k: self.tangent_at(s, e, (), present) for k, e in made[1].items()}
        if all(p is None for p in parts.values()):
            return None
        filled = {k: helper("zeros_like", made[1][k]) if p is None else p for k, p in parts.items()}
        if issubclass(made[0], tuple):
            return Build("tuple", tuple(filled.values()))
        return namespace(UNKNOWN, {k.name: p for k, p in filled.items()})

    def spread_after(self, s: Stmt, target: str, t: Type, present: set[Leaf]) -> None:
        present.update(self.varied(s, target, t))

    def varied(self, s: Stmt, target: str, t: Type) -> list[Leaf]:
        """The leaves of what a statement binds that depend on the inputs."""
        varied = self.facts.activities.written(s, target)
        return [leaf for leaf in leaves(target, t) if active_part(varied, leaf)]

    def taken_apart(self, s: Stmt, target: str, t: Type) -> list[Stmt]:
        """Where a call gives a tuple, its tangent becomes those of the parts."""
        out: list[Stmt] = []
        for leaf in self.varied(s, target, t):
            if leaf != target:
                out.append(Assign(self.tangent(leaf), project(Ref(self.tangent(target)), path_of(leaf)), origin=s.origin))
        return out
