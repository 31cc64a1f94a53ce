"""Points-to analysis, flow-sensitive: every statement that makes a new array or container stands for the memory it makes (the
last one it made, and all it made before, apart); a name points to the set of memories it may hold, be a view of, or contain.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from ..ir.nodes import (
    Assign, Build, Call, Choose, Const, Effect, Expr, Fn, For, Function, Global, Method, Operator, Ref, Return, Starred, Stmt,
    Store, Update, With,
)
from ..ir.tries import Except
from ..ir.types import Dict, List, Num, Object, Opaque, Tuple
from ..ir.walk import bound, flat, names_in, root_of, statements
from ..rules import registry
from .containers import place_of
from .flow import Env
from .memory import NOTHING, Memory, copies, is_load, is_returned, mutated, no_memory
from .types import Types, canonical, has_stars

PAST = "~"  # before a name: what it pointed to earlier


def rebinds(types: Types, s: Update) -> bool:
    """`x op= v` is certainly a rebinding (a scalar, a tuple, a string), not a write into a buffer."""
    t = types.read(s, s.name)
    return isinstance(t, Num) and t.scalar or isinstance(t, Opaque)


@dataclass
class PointsTo:
    """What the names of a function point to at each write (`writes`), and at the end."""

    f: Function
    types: Types
    writes: dict[Stmt, tuple[str, Env[Memory]]] = field(default_factory=dict)
    end: Env[Memory] = field(default_factory=dict)  # at the return
    holders: dict[Any, set[str]] = field(default_factory=dict)  # the names that ever pointed to a memory

    def __post_init__(self) -> None:
        self.targets = _targets(self.f)
        found = Counter(n for s in statements(self.f.body) for n in bound(s))
        self.single = {n for n in self.f.temporaries if found[n] == 1} - self.targets
        self.places: dict[tuple[Stmt, int], str] = {}  # names for what a call is given and returns, which it may keep
        self.loads: set[str] = set()  # temporaries that are subscripts, mostly read at once: never kept

    # -------------------------------------------------------------- transfer
    def transfer(self, s: Stmt, env: Env[Memory]) -> Env[Memory]:
        name = mutated(s)
        if isinstance(s, Update) and not rebinds(self.types, s):
            name = s.name
        elif isinstance(s, Store):
            name = root_of(s.base)
        if name is not None and not is_returned(s, self.f):
            self.writes[s] = name, dict(env)
        match s:
            case Return():
                self.end = dict(env)
            case Assign():
                before = dict(env) if isinstance(s.target, tuple) else env
                for target in flat(s.target):
                    self.bind(s, target, s.value, before, env)
                if isinstance(s.value, Call):
                    self.keep(s, s.value, env)
            case Except(target=str() as name):
                self.give(name, NOTHING, env)
            case With(target=str() as name):
                self.give(name, self.item_of(self.union(names_in(s.test), env)), env)
            case For():
                held = self.item_of(self.union(names_in(s.iter), env))
                for target in flat(s.target):
                    self.give(target, held, env)
            case Effect(args=(Call(Method("append"), (Ref(base), value)),)):
                self.put(base, self.memory(s, value, env), env)
            case Store() if name is not None and not isinstance(self.types.read(s, name), Num):
                self.put(name, self.memory(s, s.value, env), env)
        return env

    def give(self, name: str, memory: Memory, env: Env[Memory]) -> None:
        self.past(name, env)
        self.hold(name, memory, env)

    def past(self, name: str, env: Env[Memory]) -> None:
        """What a name pointed to until now is remembered, for the backward sweep may read it."""
        old = env.get(name, NOTHING)
        if old.all:
            self.hold(PAST + name, env.get(PAST + name, NOTHING).join(old), env)

    def hold(self, name: str, memory: Memory, env: Env[Memory]) -> None:
        env[name] = memory
        for x in memory.all:
            self.holders.setdefault(x, set()).add(name)

    def keep(self, s: Assign, e: Call, env: Env[Memory]) -> None:
        """What a user's function saves for its backward sweep may be its arguments, what they hold, or its result."""
        plain = canonical(e, self.types.atom(s, e.args[0])) if e.args else e
        if not isinstance(plain.target, Fn) or registry.described(registry.target_of(plain)) is not None:
            return
        given = (self.memory(s, a.value if isinstance(a, Starred) else a, env)
                 for a in (*plain.args, *(v for _, v in plain.kwargs)))
        made = Memory() if all(no_memory(self.types.written(s, n)) for n in flat(s.target)) else Memory(frozenset({s}))
        for i, memory in enumerate((made, *given), start=-1):
            name = self.places.setdefault((s, i), f"call {len(self.places)}")
            self.give(name, memory, env)

    def put(self, base: str, value: Memory, env: Env[Memory]) -> None:
        """A container takes something in: so does whatever else may be that container."""
        box = env.get(base, NOTHING).own
        for name, memory in list(env.items()):
            if name == base or memory.own & box:
                self.hold(name, Memory(memory.own, memory.inside | value.all), env)

    def bind(self, s: Assign, target: str, value: Expr, env: Env[Memory], new: Env[Memory]) -> None:
        if no_memory(self.types.written(s, target)):
            self.past(target, new)
            new[target] = NOTHING
            return
        if target in self.single and is_load(s, self.types):
            self.loads.add(target)
        found = self.memory(s, value, env)
        if isinstance(s.target, tuple):
            found = self.item_of(found)
        elif self.makes(value):
            for name in self.holders.get(s, ()):  # of what it made in an earlier trip
                if name in new:
                    new[name] = new[name].older(s)
            found = found.older(s)
            found = Memory(found.own | {s}, found.inside)
        self.give(target, found, new)

    def makes(self, e: Expr) -> bool:
        """The value is, or may be, an object of its own."""
        if isinstance(e, Call):
            return place_of(e) is None and e.target != Method("pop")
        return isinstance(e, Build)

    def union(self, names: Set[str], env: Mapping[str, Memory]) -> Memory:
        found = NOTHING
        for n in sorted(names):
            found = found.join(env.get(n, NOTHING))
        return found

    def item_of(self, box: Memory) -> Memory:
        """An item of a container, or a view of an array."""
        return Memory(box.all, box.inside)

    def memory(self, s: Stmt, e: Expr, env: Mapping[str, Memory]) -> Memory:
        """What the value of e may be, view or hold (but for what e itself makes)."""
        match e:
            case Ref(name):
                return env.get(name, NOTHING)
            case Choose():
                return self.memory(s, e.then, env).join(self.memory(s, e.orelse, env))
            case Build():
                items = self.union({n for x in e.items for n in names_in(x) if not no_memory(self.types.read(s, n))}, env)
                return Memory(frozenset(), items.all)
            case Global():
                return Memory(frozenset({("global", e.module, e.name)}))
            case Call():
                return self.of_call(s, e, env)
        return NOTHING

    def of_call(self, s: Stmt, e: Call, env: Mapping[str, Memory]) -> Memory:
        first = e.args[0] if e.args else None
        receiver = Num() if first is None or isinstance(first, Const) else self.types.atom(s, first)
        plain = canonical(e, receiver)
        given = [a.value if isinstance(a, Starred) else a for a in (*plain.args, *(value for _, value in plain.kwargs))]
        names = [n for a in given for n in ([a.name] if isinstance(a, Ref) else sorted(names_in(a)))]
        if place_of(plain) is not None or isinstance(plain.target, Method) and plain.target.name == "pop":
            box = self.union(set(names[:1]), env)
            if isinstance(receiver, List | Tuple | Dict | Object):
                return Memory(box.inside, box.inside)
            if isinstance(receiver, Num) and plain.target == Operator("getitem") and copies(s, plain.args[1], self.types):
                return NOTHING
            return box if isinstance(receiver, Num) else self.item_of(box)
        if isinstance(plain.target, Fn) and plain.target.value is list:
            held = self.union(set(names), env)
            return Memory(frozenset(), held.inside if isinstance(receiver, List | Tuple | Dict) else held.all)
        rule = registry.described(registry.target_of(plain))
        if rule is not None and not has_stars(plain):
            return NOTHING if registry.is_new(rule, plain) or rule.kind == "constant" else self.of_rule(s, plain, rule, env)
        held = self.union({n for n in names if not no_memory(self.types.read(s, n))}, env)
        return Memory(held.all, held.all)

    def of_rule(self, s: Stmt, e: Call, rule: registry.Rule, env: Mapping[str, Memory]) -> Memory:
        """The result may be a view of the operands it is linear in, and of no others."""
        try:
            bound = registry.bind(rule, e, e.target.value if isinstance(e.target, Fn) else None)
        except registry.KeywordMissing:
            return self.union({n for a in e.args for n in names_in(a)}, env)
        lines = {line.of for line in rule.body.tangent}
        return self.union({n for name, x in bound.operands.items() if name in lines for n in names_in(x)}, env)


def _targets(f: Function) -> frozenset[str]:
    """The names that something is written through."""
    found: set[str] = set()
    for s in statements(f.body):
        name = s.name if isinstance(s, Update) else root_of(s.base) if isinstance(s, Store) else mutated(s)
        if name is not None:
            found.add(name)
    return frozenset(found)
