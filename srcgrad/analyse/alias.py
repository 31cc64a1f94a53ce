"""Which names may share memory, and what is written.

Names that may hold the same buffer, a view of it, or a container that holds it form a class (flow-insensitive
union-find). A class that nobody writes to needs no care: values are values. For a class that is written to, name-level
reasoning is sound only where one name holds the buffer; other classes are refused with an AliasError.
"""
from __future__ import annotations

from dataclasses import dataclass

from ..errors import AliasError
from ..ir.nodes import (
    Assign, Build, Call, Choose, Const, Effect, Expr, Fn, For, Function, Global, Method, Operator, Ref, Slice, Stmt,
    Store, Update,
)
from ..ir.types import INT, Callee, List, Num, Opaque, Type
from ..ir.walk import expressions, flat, statements
from ..rules import registry
from ..runtime import helpers
from .types import Types, canonical

MUTATORS = frozenset({"append", "pop", "extend", "insert", "clear", "remove", "reverse", "sort", "update", "setdefault",
                      "popitem", "fill", "put", "resize", "setfield", "setflags", "partition", "byteswap", "itemset"})


@dataclass(frozen=True)
class Aliases:
    """`stored`: names whose buffer is written through a store or a mutating method; `updated`: names that an augmented
    assignment may write in place; `parameters`: those of both that the caller owns, which need a copy."""

    stored: frozenset[str]
    updated: frozenset[str]
    parameters: tuple[str, ...]

    @property
    def written(self) -> frozenset[str]:
        return self.stored | self.updated


class _Classes:
    """Union-find over names."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def find(self, name: str) -> str:
        root = name
        while self.parent.get(root, root) != root:
            root = self.parent[root]
        while self.parent.get(name, name) != root:
            self.parent[name], name = root, self.parent[name]
        return root

    def join(self, a: str, b: str) -> None:
        self.parent[self.find(a)] = self.find(b)


def rebinds(types: Types, s: Update) -> bool:
    """`x op= v` is certainly a rebinding (a scalar, a tuple, a string), not a write into a buffer."""
    t = types.read(s, s.name)
    return isinstance(t, Num) and t.scalar or isinstance(t, Opaque)


def examine(f: Function, types: Types) -> Aliases:
    """The aliases of a NORMAL function. Raises AliasError where a written buffer has more than one name."""
    classes, objects = _Classes(), _Classes()
    stored: dict[str, Stmt] = {}
    updated: dict[str, Stmt] = {}
    for s in statements(f.body):
        _links(s, types, f.temporaries, classes, objects)
        match s:
            case Store(base=Ref(name)):
                stored.setdefault(name, s)
            case Update() if not rebinds(types, s):
                updated.setdefault(s.name, s)
        found = mutated(s)
        if found is not None:
            stored.setdefault(found, s)
    _refuse_shared(f, types, classes, objects, stored, updated)
    params = tuple(p.name for p in f.params if p.name in stored or p.name in updated)
    return Aliases(frozenset(stored), frozenset(updated), params)


def mutated(s: Stmt) -> str | None:
    """The name whose object a mutating method call modifies."""
    value = s.value if isinstance(s, Assign) else s.args[0] if isinstance(s, Effect) and s.args else None
    match value:
        case Call(Fn(value=helpers.add_at), (Ref(receiver), *_)):
            return receiver
        case Call(Method(name), (Ref(receiver), *_)) if name in MUTATORS:
            return receiver
    return None


def _links(s: Stmt, types: Types, temporaries: frozenset[str], classes: _Classes, objects: _Classes) -> None:
    if isinstance(s, Assign):
        for target in flat(s.target):
            if _no_memory(types.written(s, target)):
                continue
            for name, same in _sources(s, s.value, types):
                if target in temporaries and _is_load(s, types):
                    continue  # read where it is used, never kept: see differentiate/saved.py
                classes.join(target, name)
                if same:
                    objects.join(target, name)
    elif isinstance(s, For) and not isinstance(s.iter, Call):
        for target in flat(s.target):
            for name in (n.name for n in expressions(s.iter) if isinstance(n, Ref)):
                classes.join(target, name)
                objects.join(target, name)
    elif isinstance(s, Effect) and s.args:
        match s.args[0]:
            case Call(Method("append"), (Ref(base), Ref(value))) if not _no_memory(types.read(s, value)):
                classes.join(base, value)
    elif isinstance(s, Store) and isinstance(s.base, Ref) and isinstance(s.value, Ref):
        if not isinstance(types.read(s, s.base.name), Num) and not _no_memory(types.read(s, s.value.name)):
            classes.join(s.base.name, s.value.name)


def _is_load(s: Assign, types: Types) -> bool:
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


def _sources(s: Stmt, e: Expr, types: Types) -> list[tuple[str, bool]]:
    """The names whose memory the value of e may be, hold, or be part of; True where it may be the same object."""
    match e:
        case Ref(name):
            return [(name, True)]
        case Choose():
            return _sources(s, e.then, types) + _sources(s, e.orelse, types)
        case Build():
            return [(n.name, False) for n in e.items if isinstance(n, Ref) and not _no_memory(types.read(s, n.name))]
        case Call():
            return _call_sources(s, e, types)
    return []


def _call_sources(s: Stmt, e: Call, types: Types) -> list[tuple[str, bool]]:
    first = e.args[0] if e.args else None
    receiver = types.read(s, first.name) if isinstance(first, Ref) else Num()
    plain = canonical(e, receiver)
    names = [a.name for a in (*plain.args, *(value for _, value in plain.kwargs)) if isinstance(a, Ref)]
    if isinstance(plain.target, Method) and plain.target.name == "pop" and isinstance(receiver, List):
        return [(names[0], False)]
    if plain.target == Operator("getitem"):
        if isinstance(receiver, Num) and not _is_view(plain.args[1]):
            return []
        return [(n, False) for n in names[:1]]
    rule = registry.find(registry.target_of(plain))
    if rule is not None and (rule.fresh or rule.kind == "constant"):
        return []
    return [(n, False) for n in names if not _no_memory(types.read(s, n))]


def _is_view(key: Expr) -> bool:
    """A subscript that may give a view (a fancy index gives a copy, but need not be recognised)."""
    return isinstance(key, Slice | Build | Ref | Const | Global)


def _refuse_shared(f: Function, types: Types, classes: _Classes, objects: _Classes, stored: dict[str, Stmt],
                   updated: dict[str, Stmt]) -> None:
    members: dict[str, set[str]] = {}
    for name in classes.parent.keys() | classes.parent.values() | stored.keys() | updated.keys():
        members.setdefault(classes.find(name), set()).add(name)
    for name, s in {**stored, **updated}.items():
        if mutated(s) == name and isinstance(types.read(s, name), List):
            others = {n for n in objects.parent.keys() | objects.parent.values() if objects.find(n) == objects.find(name)}
        else:
            others = members[classes.find(name)]
        if others - {name} or name in f.cells:
            rest = sorted(others - {name} - f.temporaries)
            raise AliasError(
                f"in {f.name}: {name} is modified in place" + (f" while {', '.join(rest)} may share its memory" if rest
                                                               else " and may share its memory"),
                filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
                hint=f"write `{name} = {name} + ...` instead of updating in place, or work on a copy: {name}.copy()")
