"""Adjoint variables: their names, their zeros, how contributions are added to them."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from ..analyse.activity import Activities, active
from ..analyse.reads import arrays_in
from ..analyse.types import Types
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Build, Call, Const, Expr, Fn, Function, Ref, Slice, Stmt, Store, Update, op,
)
from ..ir.types import UNKNOWN, Num, Opaque, Type, is_int
from ..ir.walk import rewrite
from .inline import TypeOf, helper, specialise
from .leaves import (
    Part, active_part, leaf_type, leaves, merged, name_of, path_of, primal, project, renamed, spelled_leaf, total,
)
from .plan import At
from .state import FOREIGN, Leaf, State
from .typed import type_at


class Adjoints:
    """The adjoint variables of one function."""

    def __init__(self, f: Function, types: Types, activities: Activities, namer: Namer) -> None:
        self.f = f
        self.types = types
        self.activities = activities
        self.namer = namer
        self.names: dict[Any, str] = {}
        self.pending: list[Stmt] = []
        self.buffers: set[int] = set()  # the groups of adjoints that certainly are arrays

    # -------------------------------------------------------------- names and types
    def adjoint(self, leaf: Leaf) -> str:
        """The variable that holds the adjoint of a leaf: b_x, b_t_0."""
        if leaf not in self.names:
            self.names[leaf] = self.namer.fresh(spelled_leaf("b", leaf))
        return self.names[leaf]

    def is_array(self, leaf: Leaf) -> bool:
        """What the name of an adjoint stands for is the adjoint of an array, wherever it is bound."""
        return isinstance(leaf, str) and leaf in self.arrays

    @cached_property
    def arrays(self) -> frozenset[str]:
        return arrays_in(self.types)

    def temporary(self, s: Stmt, hint: str) -> str:
        """A name that is the same each time the statement is visited."""
        if (s, hint) not in self.names:
            self.names[s, hint] = self.namer.fresh(hint)
        return self.names[s, hint]

    def type_at(self, s: Stmt, known: Mapping[Expr, Type] | None = None) -> TypeOf:
        return type_at(self.types, s, known)

    def zeros(self, s: Stmt, leaf: Leaf, out: bool, types: dict[str, Type] | None = None) -> Expr:
        """The zero of a leaf's kind and shape. `types`: where not those of the statement."""
        type_of = self.type_at(s)

        def special(e: Expr) -> Type:
            if types is not None and isinstance(e, At):
                return types.get(e.name, UNKNOWN)
            return type_of(e)
        return specialise(helper("zeros_like", primal(leaf, out)), special)

    def present(self, s: Stmt, name: str, state: State) -> list[Leaf]:
        """The leaves of what the statement binds that have an adjoint. Where later statements could not tell that it is a
        tuple, the adjoint is one value, and is taken apart first."""
        wanted = leaves(name, self.types.written(s, name))
        if wanted != [name] and state.has(name):
            for leaf in wanted:
                if not self.varied_part(s, leaf):
                    continue
                part = project(Ref(self.adjoint(name)), path_of(leaf))
                value = helper("add", Ref(self.adjoint(leaf)), part) if state.has(leaf) else part
                self.pending.append(Assign(self.adjoint(leaf), value, origin=s.origin))
                state.put(leaf, FOREIGN, True)
            state.drop(name)
        return [leaf for leaf in wanted if state.has(leaf)]

    def varied_part(self, s: Stmt, leaf: Leaf) -> bool:
        return active_part(self.activities.written(s, name_of(leaf)), leaf)

    def element(self, s: Stmt, element: Expr, adjoint: Expr, parts: list[Part]) -> None:
        if isinstance(element, Ref) and active(self.activities.read(s, element.name)):
            varied = self.activities.read(s, element.name)
            for x in leaves(element.name, self.types.read(s, element.name)):
                if active_part(varied, x):
                    parts.append(Part(x, project(adjoint, path_of(x)), None, FOREIGN, True))

    def at(self, e: Expr) -> Expr:
        """An expression of the program, as of before the statement."""
        return rewrite(e, lambda x: At(x.name) if isinstance(x, Ref) else x)

    def own(self, s: Stmt, leaf: Leaf, state: State, out: bool) -> list[Stmt]:
        """Makes the adjoint of a leaf a buffer that may be written to."""
        name = self.adjoint(leaf)
        if not state.has(leaf):
            state.put(leaf, sparse=True)
            self.buffers.add(state.groups[leaf])
            return [Assign(name, self.zeros(s, leaf, out), origin=s.origin)]
        t, sparse = self.leaf_type(s, leaf), leaf in state.sparse
        if isinstance(t, Num) and not t.dims and state.groups[leaf] not in self.buffers:  # it may be 0-d: then
            state.put(leaf, sparse=sparse)                                                # arithmetic gives numbers
            self.buffers.add(state.groups[leaf])
            return [Assign(name, Call(Fn("numpy", "array", np.array), (Ref(name),)), origin=s.origin)]
        if state.owned(leaf):
            return []
        state.put(leaf, sparse=sparse)
        return [Assign(name, helper("copy", Ref(name)), origin=s.origin)]

    # -------------------------------------------------------------- accumulation
    def apply(self, s: Stmt, killed: list[Leaf], parts: list[Part], state: State) -> list[Stmt]:
        """The lines that add the parts and end the adjoints that the statement's result had."""
        lines: list[Stmt] = []
        own: dict[Leaf, list[Part]] = {}
        for part in merged(parts, lambda leaf: self.leaf_type(s, leaf)):
            if part.leaf in killed:
                own.setdefault(part.leaf, []).append(part)
            else:
                lines += self.add(s, part, state)
        if len(own) > 1 or any(part.key is not None for found in own.values() for part in found):
            return lines + self.swap(s, killed, own, state)
        for leaf in killed:
            if leaf not in own:
                state.drop(leaf)
        for leaf, found in own.items():
            lines += self.replace(s, leaf, found, state, len(parts) > len(found))
        return lines

    def swap(self, s: Stmt, killed: list[Leaf], own: dict[Leaf, list[Part]], state: State) -> list[Stmt]:
        """Several adjoints become sums of each other's terms: the old ones are held first."""
        held = {self.adjoint(leaf): self.temporary(s, self.adjoint(leaf) + "_out") for leaf in killed}
        lines: list[Stmt] = [Assign(new, Ref(old), origin=s.origin) for old, new in held.items()]
        for leaf in killed:
            state.drop(leaf)
        for found in own.values():
            for p in found:
                group = FOREIGN if p.group is not None else None
                lines += self.add(s, Part(p.leaf, renamed(p.value, held), p.key, group, p.sparse), state)
        return lines

    def replace(self, s: Stmt, leaf: Leaf, found: list[Part], state: State, shared: bool) -> list[Stmt]:
        """`b_x` becomes the sum of its own terms, for `x = f(..., x, ...)`. `shared`: other adjoints got theirs from it too,
        and may be the same memory."""
        value, group = found[0].value, found[0].group
        for part in found[1:]:
            value, group = total(value, part.value, self.leaf_type(s, leaf)), None
        name = self.adjoint(leaf)
        if value == Ref(name):
            if shared:
                state.groups[leaf] = FOREIGN
            return []
        state.put(leaf, group, any(p.sparse for p in found))
        return [Assign(name, value, origin=s.origin)]

    def add(self, s: Stmt, part: Part, state: State) -> list[Stmt]:
        leaf, name = part.leaf, self.adjoint(part.leaf)
        if part.key is not None:
            lines = self.own(s, leaf, state, False)
            state.sparse.add(leaf)
            return [*lines, self.add_item(s, leaf, part.key, part.value)]
        if not state.has(leaf):
            state.put(leaf, part.group, part.sparse)
            return [Assign(name, part.value, origin=s.origin)]
        sparse = part.sparse and leaf in state.sparse
        numeric = isinstance(self.leaf_type(s, leaf), Num)
        if numeric and state.owned(leaf):
            state.put(leaf, state.groups[leaf], sparse)
            return [Update(name, "add", part.value, origin=s.origin)]
        total = op("add", Ref(name), part.value) if numeric else helper("add", Ref(name), part.value)
        state.put(leaf, None if numeric else FOREIGN, sparse)
        return [Assign(name, total, origin=s.origin)]

    def leaf_type(self, s: Stmt, leaf: Leaf) -> Type:
        return leaf_type(self.types.read(s, name_of(leaf)), leaf)

    def add_item(self, s: Stmt, leaf: Leaf, key: Expr, value: Expr) -> Stmt:
        """`b_x[key] += value`, through a helper where the kind of x or of the index is not known."""
        name = self.adjoint(leaf)
        if isinstance(self.leaf_type(s, leaf), Num) and basic(key, self.type_at(s)):
            return Store(Ref(name), key, value, "add", origin=s.origin)
        return Assign(name, helper("add_at", Ref(name), key, value), origin=s.origin)


def basic(key: Expr, type_of: Callable[[Expr], Type]) -> bool:
    """The subscript is certainly basic: each element is selected at most once."""
    if isinstance(key, Build):
        return all(basic(part, type_of) for part in key.items)
    if isinstance(key, Slice) or isinstance(key, Const) and (key.value is None or key.value is Ellipsis):
        return True
    t = type_of(key)
    return is_int(t) or t == Opaque("slice") or isinstance(t, Num) and t.scalar and t.discrete and t.dtype != "bool"
