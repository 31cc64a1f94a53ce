"""Which names may share memory, and what is written.

Points-to analysis, flow-sensitive: every statement that makes a new array or container stands for the memory it makes (the
last one it made, and all it made before, apart); a name points to the set of memories it may hold, be a view of, or
contain. Where a buffer is written to, reasoning by names is sound if no other name shares it:

    a store, append, pop     nobody else may point to the buffer; else AliasError
    x op= v                  with nobody else, a write in place; where only names that are read no more do (or the
                             caller), the rebinding `x = x op v` computes the same; else AliasError
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import AliasError
from ..ir.nodes import (
    Assign, Build, Call, Choose, Const, Effect, Expr, Fn, For, Function, Global, Method, Operator, Ref, Slice, Stmt, Store,
    Update,
)
from ..ir.types import INT, Callee, List, Num, Opaque, Type
from ..ir.walk import flat, names_in
from ..rules import registry
from ..runtime import helpers
from .flow import Env, Flow
from .live import live_after
from .types import Types, canonical

MUTATORS = frozenset({"append", "pop", "extend", "insert", "clear", "remove", "reverse", "sort", "update", "setdefault",
                      "popitem", "fill", "put", "resize", "setfield", "setflags", "partition", "byteswap", "itemset"})
Memory = frozenset[Any]
NOTHING: Memory = frozenset()


@dataclass(frozen=True)
class Aliases:
    """`stored`: names whose buffer is written through a store or a mutating method; `updated`: names that an augmented
    assignment writes in place; `parameters`: those of both whose buffer is the caller's, which need a copy; `rebound`:
    augmented assignments that have to be done as rebindings."""

    stored: frozenset[str]
    updated: frozenset[str]
    parameters: tuple[str, ...]
    rebound: frozenset[Stmt] = frozenset()

    @property
    def written(self) -> frozenset[str]:
        return self.stored | self.updated


def rebinds(types: Types, s: Update) -> bool:
    """`x op= v` is certainly a rebinding (a scalar, a tuple, a string), not a write into a buffer."""
    t = types.read(s, s.name)
    return isinstance(t, Num) and t.scalar or isinstance(t, Opaque)


def mutated(s: Stmt) -> str | None:
    """The name whose object a mutating call modifies."""
    value = s.value if isinstance(s, Assign) else s.args[0] if isinstance(s, Effect) and s.args else None
    match value:
        case Call(Fn(value=helpers.add_at), (Ref(receiver), *_)):
            return receiver
        case Call(Method(name), (Ref(receiver), *_)) if name in MUTATORS:
            return receiver
    return None


def examine(f: Function, types: Types) -> Aliases:
    """The aliases of a NORMAL function. Raises AliasError where a written buffer is shared and that may be seen."""
    engine = _PointsTo(f, types)
    env: Env[Memory] = {p.name: frozenset({("argument", p.name)}) for p in f.params}
    env |= {name: frozenset({("cell", name)}) for name in f.cells}
    Flow(engine.transfer, frozenset.union, NOTHING, NOTHING).run(f.body, env)
    return engine.result()


@dataclass
class _PointsTo:
    f: Function
    types: Types
    writes: dict[Stmt, tuple[str, Env[Memory]]] = field(default_factory=dict)

    # -------------------------------------------------------------- transfer
    def transfer(self, s: Stmt, env: Env[Memory]) -> Env[Memory]:
        name = mutated(s)
        if isinstance(s, Update) and not rebinds(self.types, s):
            name = s.name
        elif isinstance(s, Store) and isinstance(s.base, Ref):
            name = s.base.name
        if name is not None:
            self.writes[s] = name, env
        new = dict(env)
        match s:
            case Assign():
                for target in flat(s.target):
                    self.bind(s, target, s.value, env, new)
            case For():
                memory = self.union(names_in(s.iter), env)
                new.update(dict.fromkeys(flat(s.target), memory if not isinstance(s.iter, Call) else NOTHING))
            case Effect(args=(Call(Method("append"), (Ref(base), value)),)):
                new[base] = env.get(base, NOTHING) | self.memory(s, value, env)
            case Store(base=Ref(base)) if not isinstance(self.types.read(s, base), Num):
                new[base] = env.get(base, NOTHING) | self.memory(s, s.value, env)
        return new

    def bind(self, s: Assign, target: str, value: Expr, env: Env[Memory], new: Env[Memory]) -> None:
        if _no_memory(self.types.written(s, target)) or target in self.f.temporaries and is_load(s, self.types):
            new[target] = NOTHING  # a temporary that is a subscript is read where it is used, never kept
            return
        found = self.memory(s, value, env)
        if not isinstance(value, Ref | Choose) and self.fresh(s, value):
            for name, memory in new.items():
                if s in memory:
                    new[name] = memory - {s} | {(s, "before")}
            found = frozenset(x if x is not s else (s, "before") for x in found) | {s}
        new[target] = found

    def fresh(self, s: Stmt, e: Expr) -> bool:
        """The value is (or may be) an object of its own."""
        return not (isinstance(e, Call) and e.target == Operator("getitem"))

    def union(self, names: set[str], env: Mapping[str, Memory]) -> Memory:
        return frozenset().union(*(env.get(n, NOTHING) for n in names))

    def memory(self, s: Stmt, e: Expr, env: Mapping[str, Memory]) -> Memory:
        """The memories the value of e may be, view or contain (but for what e itself makes)."""
        match e:
            case Ref(name):
                return env.get(name, NOTHING)
            case Choose():
                return self.memory(s, e.then, env) | self.memory(s, e.orelse, env)
            case Build():
                return self.union({n.name for n in e.items if isinstance(n, Ref)
                                   and not _no_memory(self.types.read(s, n.name))}, env)
            case Global():
                return frozenset({("global", e.module, e.name)})
            case Call():
                return self.of_call(s, e, env)
        return NOTHING

    def of_call(self, s: Stmt, e: Call, env: Mapping[str, Memory]) -> Memory:
        first = e.args[0] if e.args else None
        receiver = self.types.read(s, first.name) if isinstance(first, Ref) else Num()
        plain = canonical(e, receiver)
        names = [a.name for a in (*plain.args, *(value for _, value in plain.kwargs)) if isinstance(a, Ref)]
        if isinstance(plain.target, Method) and plain.target.name == "pop" and isinstance(receiver, List):
            return env.get(names[0], NOTHING)
        if plain.target == Operator("getitem"):
            return self.union(set(names[:1]), env)
        rule = registry.find(registry.target_of(plain))
        if rule is not None and (rule.fresh or rule.kind == "constant"):
            return NOTHING
        return self.union({n for n in names if not _no_memory(self.types.read(s, n))}, env)

    # -------------------------------------------------------------- result
    def result(self) -> Aliases:
        live = live_after(self.f)
        stored: set[str] = set()
        updated: set[str] = set()
        rebound: set[Stmt] = set()
        arguments: set[str] = set()
        for s, (name, env) in self.writes.items():
            mine = env.get(name, NOTHING)
            others = {n for n, memory in env.items() if n != name and memory & mine
                      and not (isinstance(self.types.read(s, name), List) and self.inside(n, name, env))}
            seen = {n for n in others if n in live[s] or n in self.f.cells}
            outside = any(isinstance(x, tuple) and x[0] in ("cell", "global") for x in mine)
            argument = any(isinstance(x, tuple) and x[0] == "argument" for x in mine)
            if isinstance(s, Update):
                if seen or outside:
                    raise self.refusal(s, name, seen)
                if others or argument:
                    rebound.add(s)
                else:
                    updated.add(name)
                continue
            if others or outside:
                raise self.refusal(s, name, others)
            (updated if isinstance(s, Assign) and isinstance(s.value, Call) and isinstance(s.value.target, Fn) else stored
             ).add(name)
            if argument:
                arguments.add(name)
        params = tuple(p.name for p in self.f.params if p.name in arguments)
        return Aliases(frozenset(stored), frozenset(updated), params, frozenset(rebound))

    def inside(self, element: str, lst: str, env: Mapping[str, Memory]) -> bool:
        """A list shares with its elements, but appending and popping do not touch them; only another name of the list
        itself would see that."""
        made = {x for x in env[lst] if not isinstance(x, tuple)}
        return not isinstance(self.kind(element), List) or not made & env[element]

    def kind(self, name: str) -> Type | None:
        found = [t[name] for t in self.types.after.values() if name in t]
        lists = [t for t in found if isinstance(t, List)]
        return lists[0] if lists else found[0] if found else None

    def refusal(self, s: Stmt, name: str, others: set[str]) -> AliasError:
        rest = sorted(others - self.f.temporaries)
        return AliasError(
            f"in {self.f.name}: {name} is modified in place" + (
                f" while {', '.join(rest)} may share its memory" if rest else " and may share its memory"),
            filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
            hint=f"write `{name} = {name} + ...` instead of updating in place, or work on a copy: {name}.copy()")


def is_load(s: Assign, types: Types) -> bool:
    """A subscript that is cheap to evaluate again."""
    e = s.value
    return isinstance(e, Call) and e.target == Operator("getitem") and plain_key(s, e.args[1], types)


def plain_key(s: Stmt, key: Expr, types: Types) -> bool:
    """A subscript made of slices, constants and integer names: evaluating it again is cheap and gives the same place."""
    if isinstance(key, Build):
        return all(plain_key(s, part, types) for part in key.items)
    if isinstance(key, Slice):
        return all(part is None or plain_key(s, part, types) for part in (key.lower, key.upper, key.step))
    if isinstance(key, Ref):
        return types.read(s, key.name) == INT
    return isinstance(key, Const)


def _no_memory(t: Type) -> bool:
    return isinstance(t, Num) and t.scalar or isinstance(t, Opaque | Callee)

