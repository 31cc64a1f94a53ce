"""Leaves out what nothing needs.

    before                          after
    a = w * y                       return 2 * y
    return 2 * y

A name is wanted if a statement that stays reads it; a store into an array if its contents are read, and not only its shape.
Effects stay; a list or buffer is wanted if it is read other than by
what only fills or empties it, so that a tape that nobody pops disappears with its appends.
"""
from __future__ import annotations

from dataclasses import replace

from ..analyse.alias import mutated
from ..analyse.reads import contents_read
from ..ir.nodes import (
    Assign, Block, Break, Build, Call, Comment, Const, Effect, Expr, For, Function, If, Method, Ref, Stmt, Store, Update,
    While,
)
from ..ir.tries import Try
from ..ir.walk import blocks, flat, map_blocks, names_in, operands, root_of, statements
from .purity import pure

LIST = frozenset({"append", "pop"})


def deadcode(f: Function) -> Function:
    """The function without the statements that contribute to nothing."""
    tried = _tried(f)
    wanted = _wanted(f, tried)
    return replace(f, body=_block(f.body, wanted, tried))


def _tried(f: Function) -> frozenset[Stmt]:
    """What may raise an exception that somebody waits for."""
    return frozenset(x for s in statements(f.body) if isinstance(s, Try) for x in statements(s.body)
                     if isinstance(x, Assign | Update | Store) and not isinstance(x.value, Const | Ref))


def _local_lists(f: Function) -> set[str]:
    """Names that only ever hold lists made here, and are never another name's value."""
    made: set[str] = set()
    other: set[str] = {p.name for p in f.params} | set(f.cells)
    for s in statements(f.body):
        if isinstance(s, Assign) and isinstance(s.target, str) and isinstance(s.value, Build) and s.value.kind == "list":
            made.add(s.target)
        elif isinstance(s, Assign | For):
            other |= set(flat(s.target))
    return made - other


def _filler(s: Stmt, lists: set[str]) -> str | None:
    """The local list that a statement appends to or pops from."""
    name = mutated(s)
    call = s.value if isinstance(s, Assign) else s.args[0] if isinstance(s, Effect) and s.args else None
    if name in lists and isinstance(call, Call) and isinstance(call.target, Method) and call.target.name in LIST:
        return name
    return None


def _wanted(f: Function, tried: frozenset[Stmt]) -> set[str]:
    """The names that statements which stay read, to a fixed point."""
    lists, arrays = _local_lists(f), f.notes.get("arrays", frozenset())

    def shaped(e: Expr) -> bool:
        return isinstance(e, Ref) and e.name in arrays

    wanted = {_contents(n) for n in f.notes.get("objects", ())}
    wanted |= {f"for {n}" for n in _read_outside(f.body, frozenset())}  # loop variables that are read after their loop
    left, staying = statements(f.body)[::-1], set[Stmt]()  # what is read comes last
    while True:
        before, later = (len(wanted), len(staying)), []
        for s in left:
            if s not in staying:
                if s not in tried and not _stays(s, wanted, lists, staying):
                    later.append(s)
                    continue
                staying.add(s)
                wanted.update(*map(names_in, operands(s)))
            if _shape_wanted(s, wanted, arrays):
                later.append(s)
                continue
            for e in operands(s):
                if not (isinstance(s, Store) and e is s.base):
                    wanted.update(_contents(x.name) for x in contents_read(e, shaped) if isinstance(x, Ref))
        if before == (len(wanted), len(staying)):
            return wanted
        left = later


def _shape_wanted(s: Stmt, wanted: set[str], arrays: frozenset[str]) -> bool:
    """An assignment of an array of which only the shape is read."""
    return isinstance(s, Assign) and isinstance(s.target, str) and s.target in arrays and pure(s.value) and (
        _contents(s.target) not in wanted)


def _contents(name: str | None) -> str:
    """What is wanted of an array where more than its shape is read."""
    return f"contents of {name}"


def _read_outside(block: Block, targets: frozenset[str]) -> set[str]:
    """The names read where no loop around binds them."""
    found: set[str] = set()
    for s in block:
        found |= {n for e in operands(s) for n in names_in(e)} - targets
        inner = targets | set(flat(s.target)) if isinstance(s, For) else targets
        for b in blocks(s):
            found |= _read_outside(b, inner)
    return found


def _stays(s: Stmt, wanted: set[str], lists: set[str], staying: set[Stmt]) -> bool:
    """Whether a statement is needed, where the names `wanted` are; `staying`: those that are known to be."""
    name = _filler(s, lists)
    if name is not None:
        return name in wanted or isinstance(s, Assign) and any(n in wanted for n in flat(s.target))
    match s:
        case Assign():
            return any(n in wanted for n in flat(s.target)) or not pure(s.value)
        case Update():
            return s.name in wanted or not pure(s.value)
        case Store():
            return root_of(s.base) is None or _contents(root_of(s.base)) in wanted or not pure(s.value)
        case For() if any(f"for {n}" in wanted for n in flat(s.target)):
            return True
        case If() | For() | While():
            return not all(map(pure, operands(s))) or not staying.isdisjoint(s.body + s.orelse)
        case Break():
            return True
    return not isinstance(s, Comment)


def _block(block: Block, wanted: set[str], tried: frozenset[Stmt]) -> Block:
    out: list[Stmt] = []
    for s in block:
        if s in tried:
            out.append(s)
            continue
        s = map_blocks(s, lambda b: _block(b, wanted, tried))
        if isinstance(s, If | For | While):
            if isinstance(s, Try) and not s.body:
                continue
            if _empty(s) and not (isinstance(s, For) and any(f"for {n}" in wanted for n in flat(s.target))):
                continue
        elif isinstance(s, Assign) and isinstance(s.target, tuple):
            if (pure(s.value) or _pop_unwanted(s, wanted)) and not any(n in wanted for n in flat(s.target)):
                continue
        elif _owns_in_vain(s, wanted):
            continue
        elif isinstance(s, Assign | Update):
            name = s.target if isinstance(s, Assign) else s.name
            value = s.value
            if name not in wanted and (pure(value) or _pop_unwanted(s, wanted)):
                continue
            if name not in wanted and isinstance(s, Assign) and isinstance(value, Call):  # done for its effect alone
                s = Effect("expr", (value,), origin=s.origin)
        elif _unwanted_write(s, wanted):
            continue
        out.append(s)
    return tuple(s for i, s in enumerate(out) if not (
        isinstance(s, Comment) and s.text != "backward" and isinstance(out[i + 1] if i + 1 < len(out) else None, Comment)))


def _owns_in_vain(s: Stmt, wanted: set[str]) -> bool:
    """`x = x.copy()` where only the shape of x is read, and nothing written to it any more."""
    match s:
        case Assign(target=str() as name, value=Call(Method("copy"), (Ref(copied),))):
            return name == copied and _contents(name) not in wanted
    return False


def _unwanted_write(s: Stmt, wanted: set[str]) -> bool:
    """A store, an append or the like into something that is not read."""
    if isinstance(s, Store):
        return root_of(s.base) is not None and _contents(root_of(s.base)) not in wanted and pure(s.value)
    return isinstance(s, Effect) and _pop_unwanted(s, wanted)


def _pop_unwanted(s: Stmt, wanted: set[str]) -> bool:
    name = mutated(s)
    return name is not None and name not in wanted


def _empty(s: If | For | While) -> bool:
    test: Expr = s.iter if isinstance(s, For) else s.test
    return pure(test) and all(isinstance(x, Break | Comment) for x in s.body + s.orelse) and not (
        isinstance(s, If) and any(isinstance(x, Break) for x in s.body + s.orelse))


