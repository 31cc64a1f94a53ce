"""Which names may share memory, and what is written.

Points-to analysis, flow-sensitive: every statement that makes a new array or container stands for the memory it makes (the
last one it made, and all it made before, apart); a name points to the set of memories it may hold, be a view of, or
contain. Where a buffer is written to, reasoning by names is sound if no other name shares it:

    a store, append, pop     no name that is still read may point to the buffer
    x op= v                  with nobody else, a write in place; where only names that are read no more do (or the
                             caller), the rebinding `x = x op v` computes the same

Where a name that is still read may share, but need not, the question is asked at run time (`check_unshared`); where it
certainly does, and for captured variables and globals, the program is refused with an AliasError.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from ..errors import AliasError
from ..ir.nodes import (
    Assign, Build, Call, Choose, Const, Effect, Expr, Fn, For, Function, Global, Method, Operator, Ref, Return, Starred,
    Stmt,
    Store, Update, With, slot,
)
from ..ir.tries import Except
from ..ir.types import Dict, List, Num, Object, Opaque, Tuple
from ..ir.walk import bound, flat, names_in, root_of, statements
from ..rules import registry
from .containers import place_of
from .flow import Env, Flow
from .live import gone_through, live_after
from .memory import MUTATORS as MUTATORS, NOTHING, Memory, copies, is_load, mutated as mutated, no_memory, plain_key as plain_key
from .types import Types, canonical, has_stars



@dataclass(frozen=True)
class Aliases:
    """`stored`: names whose buffer is written through a store or a mutating method; `updated`: names that an augmented
    assignment writes in place; `parameters`: those of both whose buffer is the caller's, which need a copy; `rebound`:
    augmented assignments that have to be done as rebindings; `spoils`: the names, read no more by the program, whose
    contents a write changes: for the backward sweep they are kept as a copy; `checks`: the names that may share with what
    a write modifies, to be asked at run time; `returned`: the result may be, or hold, what is written to; `kept`: the
    arguments and results of calls before that a write changes, which what the calls saved may be views of."""

    stored: frozenset[str]
    updated: frozenset[str]
    parameters: tuple[str, ...]
    rebound: frozenset[Stmt] = frozenset()
    spoils: Mapping[Stmt, frozenset[str]] = field(default_factory=dict)
    checks: Mapping[Stmt, tuple[tuple[Expr, ...], tuple[str, ...]]] = field(default_factory=dict)
    returned: bool = False
    kept: Mapping[Stmt, frozenset[tuple[Stmt, int]]] = field(default_factory=dict)

    @property
    def written(self) -> frozenset[str]:
        return self.stored | self.updated


def rebinds(types: Types, s: Update) -> bool:
    """`x op= v` is certainly a rebinding (a scalar, a tuple, a string), not a write into a buffer."""
    t = types.read(s, s.name)
    return isinstance(t, Num) and t.scalar or isinstance(t, Opaque)


def examine(f: Function, types: Types, checked: Collection[Stmt] = ()) -> Aliases:
    """The aliases of a NORMAL function. Raises AliasError where a written buffer is shared and that is seen.

    `checked`: the writes that a test at run time already guards.
    """
    return _run(f, types, checked).result()


def conflicts(f: Function, types: Types) -> set[str]:
    """The names that share memory with each other while it is written through one of them, and with that those."""
    engine = _run(f, types, ())
    live = live_after(f)
    found: set[str] = set()
    for s, (name, _) in engine.writes.items():
        seen = engine.sharing(s) & (live[s] | set(f.cells))
        if seen or name in f.temporaries and name in engine.targets:
            found |= seen | {name}
    return found


def holders(f: Function, types: Types) -> Callable[[Stmt], frozenset[str] | None]:
    """For a write: the other names that hold what it writes to and are read later, None where somebody outside may hold it."""
    engine = _run(f, types, ())
    live = live_after(f)

    def found(s: Stmt) -> frozenset[str] | None:
        if s not in engine.writes or any(isinstance(x, tuple) and isinstance(x[0], str) for x in engine.written(s)):
            return None  # an argument, a captured variable, a global
        return frozenset(engine.sharing(s) & (live.get(s, frozenset()) | set(f.cells)))
    return found


def writes_outside(f: Function, types: Types) -> bool:
    """Whether something may be written to that callers see: arguments, captured variables, globals."""
    engine = _run(f, types, ())
    return any(isinstance(x, tuple) and x[0] in ("argument", "cell", "global")
               for s in engine.writes for x in engine.written(s))


def _run(f: Function, types: Types, checked: Collection[Stmt]) -> _PointsTo:
    engine = _PointsTo(f, types, checked)
    env: Env[Memory] = {}
    for p in f.params:
        env[p.name] = Memory(frozenset({("argument", p.name)}), frozenset({("argument", p.name, "items")}))
    for name in f.cells:
        env[name] = Memory(frozenset({("cell", name)}), frozenset({("cell", name, "items")}))
    Flow(engine.transfer, Memory.join, NOTHING).run(f.body, env)
    return engine


@dataclass
class _PointsTo:
    f: Function
    types: Types
    checked: Collection[Stmt] = ()
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
        if name is not None:
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
        for i, memory in enumerate((self.union(set(flat(s.target)), env), *given), start=-1):
            name = self.places.setdefault((s, i), f"call {len(self.places)}")
            self.give(name, memory, env)

    def put(self, base: str, value: Memory, env: Env[Memory]) -> None:
        """A container takes something in: so does whatever else may be that container."""
        box = env.get(base, NOTHING).own
        for name, memory in list(env.items()):
            if name == base or memory.own & box:
                self.give(name, Memory(memory.own, memory.inside | value.all), env)

    def bind(self, s: Assign, target: str, value: Expr, env: Env[Memory], new: Env[Memory]) -> None:
        if no_memory(self.types.written(s, target)):
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

    # -------------------------------------------------------------- result
    def result(self) -> Aliases:
        live, through = live_after(self.f), gone_through(self.f)
        stored: set[str] = set()
        updated: set[str] = set()
        rebound: set[Stmt] = set()
        arguments: set[str] = set()
        spoils: dict[Stmt, frozenset[str]] = {}
        checks: dict[Stmt, tuple[tuple[Expr, ...], tuple[str, ...]]] = {}
        kept: dict[Stmt, frozenset[tuple[Stmt, int]]] = {}
        for s, (name, env) in self.writes.items():
            mine = self.written(s)
            sharing = self.sharing(s)
            kept[s] = frozenset(place for place, n in self.places.items() if n in sharing)
            names = sharing - set(self.places.values())
            seen = {n for n in names if n in live[s] or n in self.f.cells}
            others = names - self.loads | seen
            outside = any(isinstance(x, tuple) and x[0] in ("cell", "global") for x in mine)
            argument = any(isinstance(x, tuple) and x[0] == "argument" for x in mine)
            before = {n for x in mine for n in self.holders.get(x, ())} - self.loads - {name}
            rebinding = set(flat(s.target)) if isinstance(s, Assign) else set()
            seen -= rebinding
            if outside or s not in self.checked and self.certain(s, name, seen, env):
                raise self.refusal(s, name, seen)
            if seen:
                checks[s] = self.buffers(s, name), tuple(sorted(seen))
            if not isinstance(s, Update) or not (others or argument or kept[s]):
                updated |= before  # what they were before may be kept, and is what is written to now
            if isinstance(s, Update):
                if others or argument or kept[s]:
                    if name in through[s]:  # the loop would not see it
                        raise self.refusal(s, name, {name})
                    rebound.add(s)
                else:
                    updated.add(name)
                continue
            if others - rebinding - seen:
                spoils[s] = frozenset(others - rebinding - seen)
                updated |= others - rebinding - seen
            (updated if isinstance(s, Assign) and isinstance(s.value, Call) and isinstance(s.value.target, Fn) else stored
             ).add(name)
            arguments |= {x[1] for x in mine if isinstance(x, tuple) and x[0] == "argument"}
        params = tuple(p.name for p in self.f.params if p.name in arguments)
        return Aliases(frozenset(stored), frozenset(updated), params, frozenset(rebound), spoils, checks, self.returns(), kept)

    def returns(self) -> bool:
        ret = self.f.body[-1]
        assert isinstance(ret, Return)
        found = self.memory(ret, ret.value, self.end).all
        return any(found & self.written(s) for s in self.writes)

    def written(self, s: Stmt) -> frozenset[Any]:
        """The memory that s writes to."""
        name, env = self.writes[s]
        memory = env.get(name, NOTHING)
        return memory.all if isinstance(s, Store) and self.inside(s) else memory.own

    def inside(self, s: Store) -> bool:
        """The store may write to something that what it names holds: an array in a list."""
        if isinstance(self.types.read(s, root_of(s.base) or ""), Num):
            return False
        return isinstance(s.base, Call) or s.op is not None or s.changed

    def buffers(self, s: Stmt, name: str) -> tuple[Expr, ...]:
        """What a write may write to."""
        if not isinstance(s, Store) or not self.inside(s):
            return (Ref(name),)
        every = (s.base, slot(s.base, s.key)) if s.op is not None or s.changed else (s.base,)
        return every if isinstance(s.base, Call) else (Ref(name), *every[1:])

    def sharing(self, s: Stmt) -> set[str]:
        """The names that may point to what s writes to, but for the one that it writes through."""
        name, env = self.writes[s]
        mine = self.written(s)
        return {n for n, memory in env.items() if n != name and memory.all & mine}

    def certain(self, s: Stmt, name: str, seen: set[str], env: Mapping[str, Memory]) -> bool:
        """One of the names certainly is the same object: each points to just the one, and it is an array or container."""
        t = self.types.read(s, name)
        known = isinstance(t, Num) and t.kind == "array" or isinstance(t, List | Dict)
        mine = env[name].own
        return known and len(mine) == 1 and any(env[n].own == mine and not env[n].inside for n in seen) and all(
            isinstance(x, Stmt) for x in mine)

    def refusal(self, s: Stmt, name: str, others: set[str]) -> AliasError:
        rest = sorted(others - self.f.temporaries)
        return AliasError(
            f"in {self.f.name}: {name} is modified in place" + (
                f" while {', '.join(rest)} may share its memory" if rest else " and may share its memory"),
            filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
            hint=f"write `{name} = {name} + ...` instead of updating in place, or work on a copy: {name}.copy()")


def _targets(f: Function) -> frozenset[str]:
    """The names that something is written through."""
    found: set[str] = set()
    for s in statements(f.body):
        name = s.name if isinstance(s, Update) else root_of(s.base) if isinstance(s, Store) else mutated(s)
        if name is not None:
            found.add(name)
    return frozenset(found)
