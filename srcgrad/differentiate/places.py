"""Views and aliases of buffers that are written to, replaced by the places they stand for.

    v = x[1:]               v = x[1:]
    v[0] = 2.0 * a          t = 2.0 * a
    y = v * v               x[1:][0] = t
                            v_2 = x[1:]
                            y = v_2 * v_2

With every read of a name that is known to be a view done over again from the buffer itself, and every write made to the
buffer, only one name is left for the memory, and reasoning by names is sound.
"""
from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from ..analyse.places import Place, find_places
from ..analyse.types import Types, canonical
from ..analyse.views import MAYBE, in_place, joined, slices
from ..frontend.hints import hint
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Attribute, Block, Call, Const, Effect, Expr, Field, Fn, Function, Operator, Ref, Stmt, Store, Update, While, item, op,
)
from ..ir.types import UNKNOWN
from ..ir.walk import all_names, map_blocks, map_operands, rewrite, root_of
from .inline import helper


def resolve(f: Function, counters: Mapping[Stmt, str], types: Types,
            names: Collection[str]) -> tuple[Function, dict[Stmt, str]] | None:
    """The function with the given names replaced by their places; None where none has one."""
    engine = _Resolve(f, types, names, dict(counters))
    body = engine.block(f.body)
    if not engine.changed:
        return None
    return replace(f, body=body, temporaries=f.temporaries | frozenset(engine.made)), engine.counters


class _Resolve:
    def __init__(self, f: Function, types: Types, names: Collection[str], counters: dict[Stmt, str]) -> None:
        self.f = f
        self.types = types
        self.names = frozenset(names)
        self.counters = counters
        self.places = find_places(f, types)
        self.namer = Namer(all_names(f))
        self.made: list[str] = []
        self.changed = False
        self.out: list[Stmt] = []

    def block(self, block: Block) -> Block:
        outer, self.out = self.out, []
        for s in block:
            self.statement(s)
        self.out, found = outer, self.out
        return tuple(found)

    def statement(self, s: Stmt) -> None:
        found = {n: p for n, p in self.places.names.get(s, {}).items() if n in self.names}
        new: Stmt = s
        if s in self.places.idle and isinstance(s, Store) and self.through(s.base):
            self.changed = True
            return
        if s in self.places.loads and isinstance(s, Assign) and self.through(s.value):
            self.changed = True
            new = replace(s, value=self.loaded(self.places.loads[s].expr, s))
        elif s in self.places.bases and isinstance(s, Store) and self.through(s.base):
            self.changed = True
            new = replace(s, base=self.places.bases[s].expr, value=self.read(s.value, found, s), key=self.read(s.key, found, s))
        elif found and not isinstance(s, While):
            self.changed = True
            if isinstance(s, Update) and s.name in found:
                return self.update(s, found)
            if isinstance(s, Store) and isinstance(s.base, Ref) and s.base.name in found:
                place = found[s.base.name]
                base, key = place.expr, self.read(s.key, found, s)
                if isinstance(joint := joined(base, key), Call) and joint.args[0] != base and not place.slots:
                    base, key = joint.args
                new = replace(s, base=base, value=self.read(s.value, found, s), key=key)
            else:
                new = map_operands(s, lambda e: self.read(e, found, s))
            if isinstance(new, Store) and self.returns(new):
                return None
        for alias, name in self.places.moves.get(s, ()):
            last = self.out[-1] if self.out else None
            made = isinstance(last, Assign) and last.target == alias and last.value == Ref(name)
            if alias in self.names and not made:
                self.changed = True
                self.out.append(Assign(alias, Ref(name), origin=s.origin))
        new = map_blocks(new, self.block)
        if s in self.counters:
            self.counters[new] = self.counters[s]
        self.out.append(new)
        if isinstance(s, Assign) and isinstance(s.target, str) and s.target in self.names:
            self.ask(s, s.target)
        return None

    def through(self, e: Expr) -> bool:
        return root_of(e) in self.names

    def loaded(self, e: Expr, s: Stmt) -> Expr:
        """What stands at a place now, as one flat expression."""
        return replace(e, args=(self.load(e.args[0], s), *e.args[1:])) if isinstance(e, Call) else e

    def returns(self, s: Store) -> bool:
        """`d["x"] = t` for a t that was `d["x"]`, and was changed in place."""
        last = self.out[-1] if self.out else None
        return s.op is None and isinstance(last, Assign) and s.value == Ref(str(last.target)) and last.value in (
            item(s.base, s.key), Call(Attribute(s.key.name), (s.base,)) if isinstance(s.key, Field) else None)

    def read(self, e: Expr, found: Mapping[str, Place], s: Stmt) -> Expr:
        return rewrite(e, lambda x: self.load(found[x.name].expr, s) if isinstance(x, Ref) and x.name in found else x)

    def load(self, e: Expr, s: Stmt) -> Expr:
        """An atom that holds what stands at the place now."""
        if not isinstance(e, Call):
            return e
        value = replace(e, args=(self.load(e.args[0], s), *e.args[1:]))
        return self.assign(value, s)

    def assign(self, value: Expr, s: Stmt) -> Expr:
        name = self.namer.fresh(hint(value, self.f.temporaries | set(self.made)))
        self.made.append(name)
        self.out.append(Assign(name, value, origin=s.origin))
        return Ref(name)

    def update(self, s: Update, found: Mapping[str, Place]) -> None:
        """`v += e` writes into the place."""
        place = found[s.name]
        if not in_place(self.types.read(s, s.name)) and not sliced(place.expr):
            self.out.append(s)  # whether it is a write is not known: left to the question at run time
            return
        value = self.read(s.value, {n: p for n, p in found.items() if n != s.name}, s)
        if value == Ref(s.name):
            value = self.load(place.expr, s)
        base: Expr = place.expr
        key: Expr = Const(Ellipsis)
        match place.expr:
            case Ref(name):
                self.out.append(Update(name, s.op, value, origin=s.origin))
                return
            case Call(Operator("getitem"), (inner, inner_key)) if sliced(place.expr) or not place.slots:
                base, key = inner, inner_key
        if s.op in ("add", "sub"):
            self.out.append(Store(base, key, value, s.op, origin=s.origin))
            return
        new = self.assign(op(s.op, self.load(place.expr, s), value), s)
        self.out.append(Store(base, key, new, origin=s.origin))

    def ask(self, s: Assign, name: str) -> None:
        """Where it depends on the layout in memory whether a name is a view, it is asked."""
        e = s.value
        receiver = self.types.read(s, e.args[0].name) if isinstance(e, Call) and e.args and isinstance(
            e.args[0], Ref) else UNKNOWN
        full = canonical(e, receiver) if isinstance(e, Call) else e
        if isinstance(full, Call) and isinstance(full.target, Fn) and full.target.value in MAYBE:
            place = Const(s.origin.filename), Const(s.origin.line)
            check = helper("check_view", Const(name), *place, Ref(name), full.args[0])
            self.out.append(Effect("expr", (check,), origin=s.origin))


def sliced(e: Expr) -> bool:
    return isinstance(e, Call) and e.target == Operator("getitem") and slices(e.args[1])
