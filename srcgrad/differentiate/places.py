"""Views and aliases of buffers that are written to, replaced by the places they stand for.

    v = x[1:]               v = x[1:]
    v[0] = 2.0 * a          t = 2.0 * a
    y = v * v               x[1:][0] = t
                            v_2 = x[1:]
                            y = v_2 * v_2

What is known of a name at a place of the program: that it certainly is `x[1:]`, for the x and the subscripts that are there
now. With every read of such a name done over again from the buffer itself, and every write made to the buffer, only one
name is left for the memory, and reasoning by names is sound.
"""
from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from ..analyse.alias import mutated
from ..analyse.containers import element_of
from ..analyse.flow import Env, Flow
from ..analyse.live import live_after
from ..analyse.memory import no_memory, type_at
from ..analyse.types import Types, canonical
from ..frontend.hints import hint
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Attribute, Block, Build, Call, Const, Effect, Expr, Field, Fn, For, Function, Operator, Ref, Slice, Stmt, Store,
    Update, While, item, op,
)
from ..ir.types import UNKNOWN, Num, Opaque, Type, is_int
from ..ir.walk import all_names, flat, map_blocks, map_operands, names_in, operands, rewrite, root_of, statements, substitute
from .inline import helper
from .place import CONTAINERS, ITEMS, MAYBE, VIEWS, Place, forget, in_place, item_of, joined, renamed, slices


def find_places(f: Function, types: Types) -> _Places:
    """For each statement of a NORMAL function the places of the names that it reads, where they have one (`found`); for those
    that bind a name anew the names that stand for its buffer afterwards: (alias, name) (`moves`)."""
    engine = _Places(f, types)
    Flow[Any](engine.transfer, lambda a, b: a if a == b else None, None).run(f.body, {})
    return engine


class _Places:
    def __init__(self, f: Function, types: Types) -> None:
        self.types = types
        self.live = live_after(f)
        self.found: dict[Stmt, dict[str, Place]] = {}
        self.moves: dict[Stmt, list[tuple[str, str]]] = {}
        self.items: dict[Stmt, Expr] = {}  # what `x = xs[0]` finds there, where `xs` is as it was built
        self.through = {s.base.name for s in statements(f.body) if isinstance(s, Store) and isinstance(s.base, Ref)
                        and not isinstance(s.key, Field)}

    def transfer(self, s: Stmt, env: Env[Any]) -> Env[Any]:
        read = {n for e in operands(s) for n in names_in(e)}
        self.found[s] = {n: env[n] for n in read if env.get(n) is not None}
        self.moves.pop(s, None)
        self.items.pop(s, None)
        match s:
            case Assign(target=str(), value=Call(Operator("getitem"), (Ref(box), Const(int(i))))) if (
                    built := env.get(box + ITEMS)) is not None and isinstance(found := item_of(built.expr, i), Ref):
                self.items[s] = found
        match s:
            case Assign(target=str() as name, value=Ref(old)) if old != name and old not in self.live[s] and env.get(old) is None:
                self.rebinds(s, {name}, env)
                renamed(env, old, name)    # nobody needs the old name any more
            case Assign(target=str() as name):
                place = self.place(s, name, s.value, env)
                self.rebinds(s, {name}, env)
                if place is not None and name not in names_in(place.expr):
                    env[name] = place
                if isinstance(s.value, Build) and s.value.kind in ("tuple", "list") and name not in names_in(s.value):
                    env[name + ITEMS] = Place(s.value, slots=s.value.kind == "list")
            case Assign() | For():
                self.rebinds(s, set(flat(s.target)), env)
            case Update() if not in_place(self.types.read(s, s.name)):
                self.rebinds(s, {s.name}, env)
        if self.replaces(s):
            for n in [n for n, place in env.items() if place is not None and place.slots]:
                del env[n]
        return env

    def rebinds(self, s: Stmt, names: set[str], env: Env[Any]) -> None:
        """The names get other values. Where another name is the same buffer, it stands for that from here on."""
        for n in sorted(names):
            mates = [z for z, place in env.items() if place is not None and place.expr == Ref(n) and z not in names]
            if mates and not isinstance(s, For):
                self.moves.setdefault(s, []).append((mates[0], n))
                del env[mates[0]]
                for z, place in env.items():
                    if place is not None and root_of(place.expr) == n:
                        env[z] = replace(place, expr=substitute(place.expr, {n: Ref(mates[0])}))
        forget(env, names)

    def replaces(self, s: Stmt) -> bool:
        """The statement may put another item into a container."""
        if isinstance(s, Store):
            return not isinstance(type_at(s, s.base, self.types), Num)
        name = mutated(s)
        return name is not None and not isinstance(self.types.read(s, name), Num)

    def place(self, s: Assign, name: str, e: Expr, env: Env[Any]) -> Place | None:
        if isinstance(e, Ref):
            return env.get(e.name) or (None if no_memory(self.types.read(s, e.name)) else Place(e))
        if not isinstance(e, Call) or not e.args or not isinstance(e.args[0], Ref):
            return None
        base, receiver = env.get(e.args[0].name) or Place(e.args[0]), self.types.read(s, e.args[0].name)
        if isinstance(receiver, CONTAINERS):
            return self.slot(s, e, base, receiver, env)
        if not isinstance(receiver, Num) or receiver.scalar or no_memory(self.types.written(s, name)):
            return None
        if e.target == Operator("getitem"):
            certain = name in self.through or in_place(self.types.written(s, name)) or slices(e.args[1])
            if not certain or not self.basic(s, e.args[1]):
                return None
            return replace(base, expr=item(base.expr, e.args[1]) if base.slots else joined(base.expr, e.args[1]))
        if e.target == Attribute("flat"):
            return replace(base, expr=Call(e.target, (base.expr,)))
        full = canonical(e, receiver)
        if isinstance(full.target, Fn) and full.target.value in VIEWS | MAYBE and full.args[0] == e.args[0]:
            expr = replace(full, args=(base.expr, *full.args[1:]))
            return replace(base, expr=expr, asked=base.asked or full.target.value in MAYBE)
        return None

    def slot(self, s: Stmt, e: Call, base: Place, receiver: Type, env: Env[Any]) -> Place | None:
        """An item of a container at a place that is known, or an attribute."""
        match e:
            case Call(Operator("getitem"), (_, Const(int(i)))) if isinstance(base.expr, Ref) and (
                    built := env.get(base.expr.name + ITEMS)) is not None and isinstance(
                    name := item_of(built.expr, i), Ref) and name.name in self.live[s]:
                found = env.get(name.name) or Place(name)
                return replace(found, slots=found.slots or built.slots)
            case Call(Operator("getitem"), (_, key)) if isinstance(key, Const) or isinstance(key, Ref) and (
                    is_int(t := self.types.read(s, key.name)) or t == Opaque("str")):
                return replace(base, expr=item(base.expr, key), slots=True)
            case Call(Attribute(name)) if element_of(receiver, Field(name)) is not None:
                return replace(base, expr=replace(e, args=(base.expr,)), slots=True)
        return None

    def basic(self, s: Stmt, key: Expr) -> bool:
        """Slices, integers, None and Ellipsis: the result is a view."""
        match key:
            case Build("tuple", items):
                return all(self.basic(s, part) for part in items)
            case Slice():
                return all(part is None or self.basic(s, part) for part in (key.lower, key.upper, key.step))
            case Const(value):
                return value is None or value is Ellipsis or type(value) is int
            case Ref(name):
                t = self.types.read(s, name)
                return isinstance(t, Num) and t.scalar and t.discrete and t.dtype != "bool"
        return False


# ------------------------------------------------------------------ rewriting
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
        known = find_places(f, types)
        self.places, self.moves = known.found, known.moves
        read = [(s, n) for s in statements(f.body) for e in operands(s) for n in names_in(e)]
        boxes = self.names - {n for s, n in read if s not in known.items}  # every read of which is of an item that is known
        self.items = {s: x for s, x in known.items.items() if isinstance(s, Assign) and names_in(s.value) <= boxes}
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
        found = {n: p for n, p in self.places.get(s, {}).items() if n in self.names}
        if self.items:                     # first containers, of which nobody is in need, are left out of it
            self.changed = True
            new = map_blocks(replace(s, value=self.items[s]) if s in self.items and isinstance(s, Assign) else s, self.block)
            if s in self.counters:
                self.counters[new] = self.counters[s]
            return self.out.append(new)
        new = s
        if found and not isinstance(s, While):
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
        for alias, name in self.moves.get(s, ()):
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
        if not in_place(self.types.read(s, s.name)) and not _sliced(place.expr):
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
            case Call(Operator("getitem"), (inner, inner_key)) if _sliced(place.expr):
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


def _sliced(e: Expr) -> bool:
    return isinstance(e, Call) and e.target == Operator("getitem") and slices(e.args[1])
