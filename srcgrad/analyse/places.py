"""What names certainly stand for: `x[1:]`, for the x and the subscripts that there are at that place of the program.

    v = x[1:]               v: x[1:]
    d = {"a": v, "b": y}    d["a"]: x[1:], d["b"]: y
    w = d["a"]              w: x[1:]

What the parts of containers made here are is known as long as nobody can have put anything else in their place.
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ..ir.nodes import (
    Assign, Attribute, Build, Call, Const, Effect, Expr, Field, Fn, For, Function, Method, Operator, Ref, Starred, Stmt, Store,
    Update, Value, attr, item,
)
from ..ir.parts import Element
from ..ir.types import Dict, List, Num, Object, Opaque, Tuple, Type, is_int
from ..ir.walk import expressions, flat, names_in, operands, root_of, statements, substitute
from ..rules import registry
from .alias import mutated
from .containers import constructed, element_of, place_of
from .flow import Flow
from .live import live_after
from .memory import no_memory, type_at
from .types import Types, canonical
from .views import MAYBE, VIEWS, basic, in_place, joined, slices

CONTAINERS = (List, Tuple, Dict, Object)


OWN = True
Known = dict[Any, Any]  # what is known at a place of the program: see _Places


@dataclass(frozen=True)
class Place:
    """What a name certainly is: an expression over the name of a buffer or container. `slots`: the expression goes through
    items of a container, which may be replaced; `asked`: that it is a view has to be asked at run time."""

    expr: Expr
    slots: bool = False
    asked: bool = False


@dataclass
class Places:
    """For each statement: `names`, the places of the names that it reads; `loads`, what it loads from a container, and
    `bases`, what it stores into, where that goes through a container whose parts are known; `moves`, where it binds a name
    anew, the names that stand for its buffer afterwards: (alias, name); `contents`, the parts of the containers that it goes
    through or unpacks. `idle`: stores that put a part of a container where it is."""

    names: dict[Stmt, dict[str, Place]]
    loads: dict[Stmt, Place]
    bases: dict[Stmt, Place]
    moves: dict[Stmt, list[tuple[str, str]]]
    contents: dict[Stmt, dict[str, dict[Element, Place]]]
    idle: set[Stmt]


def find_places(f: Function, types: Types) -> Places:
    """The places in a NORMAL function."""
    engine = _Places(f, types)
    Flow[Any](engine.transfer, lambda a, b: a if a == b else None, None).run(f.body, {})
    return engine.found


class _Places:
    """The environment has the Place of a name under the name, that of a part of a container under (name, part), and which
    parts there are, in order, under (name,); with (OWN, name) the container was made for that name."""

    def __init__(self, f: Function, types: Types) -> None:
        self.types = types
        self.live = live_after(f)
        self.found = Places({}, {}, {}, {}, {}, set())
        self.at: Stmt  # the statement that is looked at
        self.through = {s.base.name for s in statements(f.body) if isinstance(s, Store) and isinstance(s.base, Ref)
                        and not isinstance(s.key, Field)}

    def transfer(self, s: Stmt, env: Known) -> Known:
        self.at = s
        self.record(s, env)
        match s:
            case Assign(target=str() as name, value=Ref(old)) if (
                    old != name and old not in self.live[s] and env.get(old) is None and not held(env, old)):
                self.rebinds(s, {name}, env)
                renamed(env, old, name)  # nobody needs the old name any more
            case Assign(target=str() as name):
                place = self.place(s, name, s.value, env)
                parts = self.parts_of(s.value, env)
                self.rebinds(s, {name}, env)
                if place is not None and name not in names_in(place.expr):
                    env[name] = place
                elif parts is not None:
                    env[OWN, name] = True
                    env[name,] = tuple(parts)
                    env.update({(name, k): p for k, p in parts.items() if name not in names_in(p.expr)})
            case Assign() | For():
                self.rebinds(s, set(flat(s.target)), env)
            case Update() if not in_place(self.types.read(s, s.name)):
                self.rebinds(s, {s.name}, env)
        self.contents_change(s, env)
        return env

    def record(self, s: Stmt, env: Known) -> None:
        read = {n for e in operands(s) for n in names_in(e)}
        self.found.names[s] = {n: env[n] for n in read if env.get(n) is not None}
        for facts in (self.found.moves, self.found.loads, self.found.bases):
            facts.pop(s, None)
        self.found.idle.discard(s)
        if isinstance(s, Assign) and (part := self.part(s.value, env)) is not None:
            self.found.loads[s] = part
        if isinstance(s, Store) and isinstance(s.base, Call):
            place = self.canonical(s.base, env)
            if root_of(place.expr) != root_of(s.base):
                self.found.bases[s] = place
        if isinstance(s, For) or isinstance(s, Assign) and isinstance(s.target, tuple):
            boxes = {n: self.root(n, env) for n in read}
            self.found.contents[s] = {n: {k: env[r, k] for k in env[r,]} for n, r in boxes.items()
                                      if env.get((r,)) is not None and all(env.get((r, k)) for k in env[r,])}

    # -------------------------------------------------------------- parts of containers
    def root(self, name: str, env: Known) -> str:
        """The name of the container that a name stands for."""
        place = env.get(name)
        return place.expr.name if place is not None and isinstance(place.expr, Ref) else name

    def parts_of(self, e: Expr, env: Known) -> dict[Element, Place] | None:
        """The parts of a container where it is made."""
        match e:
            case Build(_, items) if any(isinstance(x, Starred) for x in items):
                return None
            case Build("tuple" | "list", items):
                found = dict(enumerate(items))
            case Build("dict", items) if all(isinstance(k, Const) and isinstance(k.value, str | int) for k in items[::2]):
                found = {k.value: x for k, x in zip(items[::2], items[1::2]) if isinstance(k, Const)}
            case _:
                made = constructed(e)
                if made is None:
                    return None
                found = made[1]
        return {k: self.held(x, env) for k, x in found.items()}

    def held(self, e: Expr, env: Known) -> Place:
        """The place of what a container takes in; the name of a view that is asked for has to stay."""
        place = self.of_atom(e, env)
        return Place(e) if place.asked else place

    def of_atom(self, e: Expr, env: Known) -> Place:
        place = env.get(e.name) if isinstance(e, Ref) else None
        return Place(e) if place is None else place

    def key(self, box: str, key: Expr, env: Known) -> Element | None:
        """The part of a known container that a subscript or attribute names, None where that is not known."""
        keys = env[box,]
        if isinstance(key, Ref) and isinstance(known := env.get(key.name), Place):
            key = known.expr
        if isinstance(key, Const) and isinstance(key.value, str | int) and not isinstance(key.value, bool):
            k = key.value
            return k + len(keys) if isinstance(k, int) and k < 0 and keys == tuple(range(len(keys))) else k
        if isinstance(key, Field):
            named = element_of(self.types.read(self.at, box), key)
            return named if isinstance(named, int) else key
        return None

    def part(self, e: Expr, env: Known) -> Place | None:
        """The place of a part of a container whose parts are known."""
        slot = place_of(e) if isinstance(e, Call) and e.args else None
        if slot is None:
            return None
        base = self.canonical(slot[0], env)
        if not isinstance(base.expr, Ref) or env.get((base.expr.name,)) is None:
            return None
        k = self.key(base.expr.name, slot[1], env)
        found = None if k is None else env.get((base.expr.name, k))
        return found if isinstance(found, Place) else None

    def canonical(self, e: Expr, env: Known) -> Place:
        """A place, by way of what is known of the names and parts in it."""
        if not isinstance(e, Call) or not e.args:
            return self.of_atom(e, env)
        part = self.part(e, env)
        if part is not None:
            return part
        base = self.canonical(e.args[0], env)
        return Place(replace(e, args=(base.expr, *e.args[1:])), base.slots, base.asked)

    def contents_change(self, s: Stmt, env: Known) -> None:
        """A part of a container may become another."""
        if any(isinstance(e, Call) and not leaves_alone(e) for part in operands(s) for e in expressions(part)):
            read = {self.root(n, env) for part in operands(s) for n in names_in(part)}
            if any(env.get((n,)) is not None for n in read):
                self.drop(env)
        if isinstance(s, Store):
            if isinstance(type_at(s, s.base, self.types), Num):
                return
            base = self.canonical(s.base, env).expr
            self.drop(env, slots=True)
            box = base.name if isinstance(base, Ref) else None
            k = self.key(box, s.key, env) if box is not None and env.get((box,)) is not None else None
            if box is None or k is None or isinstance(k, int) and k not in env[box,] or s.op is not None:
                self.drop(env, box=self.alone(box, env))
                return
            if env.get((box, k)) == self.held(s.value, env):
                self.found.idle.add(s)
            env[box, k] = self.held(s.value, env)
            env[box,] = tuple(dict.fromkeys((*env[box,], k)))
            return
        match s:
            case Effect(args=(Call(Method("append"), (Ref(name), value)),)) if env.get((self.root(name, env),)) is not None:
                box = self.root(name, env)
                env[box, len(env[box,])] = self.held(value, env)
                env[box,] = (*env[box,], len(env[box,]))
                return
        changed = s.name if isinstance(s, Update) else mutated(s)
        if changed is not None and not isinstance(self.types.read(s, changed), Num):
            self.drop(env, slots=True)
            root = self.root(changed, env)
            self.drop(env, box=self.alone(root, env))

    def alone(self, box: str | None, env: Known) -> str | None:
        """The name, where what it holds is certainly no other of the containers that are known."""
        return box if box is not None and (env.get((box,)) is not None or env.get((OWN, box))) else None

    def drop(self, env: Known, slots: bool = False, box: str | None = None) -> None:
        """Forgets the places that go through items (`slots`), the parts of a container, or of all."""
        for n, found in list(env.items()):
            if slots:
                if isinstance(found, Place) and found.slots:
                    del env[n]
            elif isinstance(n, tuple) and n[0] is not OWN and (box is None or n[0] == box):
                del env[n]

    # -------------------------------------------------------------- names
    def rebinds(self, s: Stmt, names: set[str], env: Known) -> None:
        """The names get other values. Where another name is the same buffer, it stands for that from here on."""
        for n in sorted(names):
            mates = [z for z, place in env.items() if isinstance(z, str) and place is not None and place.expr == Ref(n)
                     and z not in names]
            if mates and not isinstance(s, For):
                self.found.moves.setdefault(s, []).append((mates[0], n))
                del env[mates[0]]
                for z, place in env.items():
                    if isinstance(place, Place) and root_of(place.expr) == n:
                        env[z] = replace(place, expr=substitute(place.expr, {n: Ref(mates[0])}))
        _forget(env, names)

    def place(self, s: Assign, name: str, e: Expr, env: Known) -> Place | None:
        if isinstance(e, Const) and isinstance(e.value, str | int):
            return Place(e)  # which may be a key
        if isinstance(e, Ref):
            return env.get(e.name) or (None if no_memory(self.types.read(s, e.name)) else Place(e))
        if not isinstance(e, Call) or not e.args or not isinstance(e.args[0], Ref):
            return None
        part = self.part(e, env)
        if part is not None:
            return None if no_memory(self.types.written(s, name)) else part
        base, receiver = env.get(e.args[0].name) or Place(e.args[0]), self.types.read(s, e.args[0].name)
        if isinstance(receiver, CONTAINERS):
            return self.slot(s, e, base, receiver)
        if not isinstance(receiver, Num) or receiver.scalar or no_memory(self.types.written(s, name)):
            return None
        if e.target == Operator("getitem"):
            certain = name in self.through or in_place(self.types.written(s, name)) or slices(e.args[1])
            if not certain or not basic(s, e.args[1], self.types):
                return None
            return replace(base, expr=item(base.expr, e.args[1]) if base.slots else joined(base.expr, e.args[1]))
        if e.target == Attribute("flat"):
            return replace(base, expr=Call(e.target, (base.expr,)))
        full = canonical(e, receiver)
        if isinstance(full.target, Fn) and full.target.value in VIEWS | MAYBE and full.args[0] == e.args[0]:
            expr = replace(full, args=(base.expr, *full.args[1:]))
            return replace(base, expr=expr, asked=base.asked or full.target.value in MAYBE)
        return None

    def slot(self, s: Assign, e: Call, base: Place, receiver: Type) -> Place | None:
        """An item of a container at a place that is known, or an attribute."""
        match e:
            case Call(Operator("getitem"), (_, key)) if isinstance(key, Const) or isinstance(key, Ref) and (
                    is_int(t := self.types.read(s, key.name)) or t == Opaque("str")):
                return replace(base, expr=item(base.expr, key), slots=True)
            case Call(Attribute(name)) if element_of(receiver, Field(name)) is not None:
                return replace(base, expr=attr(base.expr, name), slots=True)
        return None


PURE = frozenset({len, enumerate, zip, reversed, list, tuple, dict, sum, min, max, isinstance, print, range, sorted, any, all})


def leaves_alone(e: Call) -> bool:
    """A call that certainly puts nothing into the containers it is given."""
    if isinstance(e.target, Fn):
        return e.target.value in PURE or registry.described(e.target.value) is not None or constructed(e) is not None
    return not isinstance(e.target, Method | Value) or e.target in (Method("append"), *map(Method, ("items", "keys", "values")))


def held(env: Known, name: str) -> bool:
    """A container is known to hold what the name stands for."""
    return any(isinstance(z, tuple) and isinstance(found, Place) and name in names_in(found.expr) for z, found in env.items())


def renamed(env: Known, old: str, new: str) -> None:
    """What is known of one name, of the other."""
    for z, found in list(env.items()):
        if isinstance(found, Place) and old in names_in(found.expr):
            env[z] = found = replace(found, expr=substitute(found.expr, {old: Ref(new)}))
        if isinstance(z, tuple) and old in z[:2] and z[int(z[0] is OWN)] == old:
            env[tuple(new if i == int(z[0] is OWN) else part for i, part in enumerate(z))] = env.pop(z)


def _forget(env: Known, names: set[str]) -> None:
    for n in [n for n, found in env.items() if (n if isinstance(n, str) else n[int(n[0] is OWN)]) in names
              or isinstance(found, Place) and names & names_in(found.expr)]:
        del env[n]
