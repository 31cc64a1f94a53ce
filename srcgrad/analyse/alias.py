"""Which names may share memory, and what is written.

From what names point to (pointsto.py). Where a buffer is written to, reasoning by names is sound if no other name shares it:

    a store, append, pop     no name that is still read may point to the buffer
    x op= v                  with nobody else, a write in place; where only names that are read no more do (or the
                             caller), the rebinding `x = x op v` computes the same

Where a name that is still read may share, but need not, the question is asked at run time (`check_unshared`); where it
certainly does, and for captured variables and globals, the program is refused with an AliasError.
"""
from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import AliasError
from ..ir.nodes import Assign, Call, Expr, Fn, Function, Ref, Return, Stmt, Store, Update, slot
from ..ir.types import Dict, List, Num, Object
from ..ir.walk import flat, operands, root_of
from .flow import Env, Flow
from .live import gone_through, live_after
from .memory import MUTATORS as MUTATORS, NOTHING, Memory, mutated as mutated, plain_key as plain_key
from .pointsto import PAST, PointsTo, rebinds as rebinds
from .types import Types


@dataclass(frozen=True)
class Aliases:
    """`stored`: names whose buffer is written through a store or a mutating method; `updated`: names that an augmented
    assignment writes in place, or whose earlier value another name changes: they are kept as copies; `parameters`: those of
    both whose buffer is the caller's, which need a copy; `rebound`: augmented assignments that have to be done as
    rebindings; `spoils`: the names, read no more by the program, whose contents a write changes: for the backward sweep
    they are kept as a copy; `checks`: the names that may share with what a write modifies, to be asked at run time;
    `returned`: the result may be, or hold, what is written to; `kept`: the arguments and results of calls before that a
    write changes, which what the calls saved may be views of."""

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


def examine(f: Function, types: Types, checked: Collection[Stmt] = ()) -> Aliases:
    """The aliases of a NORMAL function. Raises AliasError where a written buffer is shared and that is seen.

    `checked`: the writes that a test at run time already guards.
    """
    return _run(f, types, checked).result()


def conflicts(f: Function, types: Types) -> set[str]:
    """The names that share memory with each other while it is written through one of them, and with that those."""
    engine = _run(f, types, ())
    live = live_after(f, engine.contents_read)
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


def written_outside(f: Function, types: Types) -> set[tuple[str, ...]]:
    """The memory of others that is written to: ("cell", name), ("global", module, name)."""
    engine = _run(f, types, ())
    return {x for s in engine.writes for x in engine.written(s) if isinstance(x, tuple) and x[0] in ("cell", "global")}


def writes_outside(f: Function, types: Types) -> bool:
    """Whether something may be written to that callers see: arguments, captured variables, globals."""
    engine = _run(f, types, ())
    return any(isinstance(x, tuple) and x[0] in ("argument", "cell", "global")
               for s in engine.writes for x in engine.written(s))


def _run(f: Function, types: Types, checked: Collection[Stmt]) -> _Aliases:
    engine = _Aliases(f, types, checked=checked)
    env: Env[Memory] = {}
    for p in f.params:
        env[p.name] = Memory(frozenset({("argument", p.name)}), frozenset({("argument", p.name, "items")}))
    for name in f.cells:
        env[name] = Memory(frozenset({("cell", name)}), frozenset({("cell", name, "items")}))
    Flow(engine.transfer, Memory.join, NOTHING).run(f.body, env)
    return engine


@dataclass
class _Aliases(PointsTo):
    checked: Collection[Stmt] = ()

    # -------------------------------------------------------------- result
    def result(self) -> Aliases:
        live, through = live_after(self.f, self.contents_read), gone_through(self.f)
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
            past = self.changed_before(s)
            kept[s] = frozenset(place for place, n in self.places.items() if n in sharing | past)
            updated |= past - set(self.places.values())
            names = sharing - set(self.places.values())
            seen = {n for n in names if n in live[s] or n in self.f.cells}
            others = names - self.loads | seen
            outside = any(isinstance(x, tuple) and x[0] in ("cell", "global") for x in mine)
            argument = any(isinstance(x, tuple) and x[0] == "argument" for x in mine)
            rebinding = set(flat(s.target)) if isinstance(s, Assign) else set()
            seen -= rebinding
            if outside or s not in self.checked and self.certain(s, name, seen, env):
                raise self.refusal(s, name, seen)
            if seen:
                checks[s] = self.buffers(s, name), tuple(sorted(seen))
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

    def contents_read(self, s: Stmt) -> tuple[Expr, ...]:
        """What a statement reads; to put something into a container is not to read what is in there."""
        if isinstance(s, Store) and isinstance(s.base, Ref) and s.op is None and not s.changed and isinstance(
                self.types.read(s, s.base.name), List | Dict | Object):
            return s.key, s.value
        return operands(s)

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
        return {n for n, memory in env.items() if n != name and n[0] != PAST and memory.all & mine}

    def changed_before(self, s: Stmt) -> set[str]:
        """The names that pointed to what s writes to, and may point to something else by then."""
        mine = self.written(s)
        return {n[1:] for n, memory in self.writes[s][1].items() if n[0] == PAST and memory.all & mine}

    def certain(self, s: Stmt, name: str, seen: set[str], env: Mapping[str, Memory]) -> bool:
        """One of the names certainly is the same object: each points to just the one, and it is an array or container."""
        t = self.types.read(s, name)
        known = isinstance(t, Num) and t.kind == "array" or isinstance(t, List | Dict)
        mine = env.get(name, NOTHING).own
        return known and len(mine) == 1 and any(env[n].own == mine and not env[n].inside for n in seen) and all(
            isinstance(x, Stmt) for x in mine)

    def refusal(self, s: Stmt, name: str, others: set[str]) -> AliasError:
        rest = sorted(others - self.f.temporaries)
        return AliasError(
            f"in {self.f.name}: {name} is modified in place" + (
                f" while {', '.join(rest)} may share its memory" if rest else " and may share its memory"),
            filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
            hint=f"write `{name} = {name} + ...` instead of updating in place, or work on a copy: {name}.copy()")
