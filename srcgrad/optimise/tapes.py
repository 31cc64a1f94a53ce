"""Tapes as a person would use them.

Slots that nobody reads go (from the append and from the pop); a loop that only counts its trips to empty a tape becomes
`while tape:`.

    before                          after
    trips = 0                       tape = []
    tape = []                       while x > tol:
    while x > tol:                      tape.append(x)
        trips += 1                      ...
        tape.append((x, y))         while tape:
        ...                             x = tape.pop()
    for _ in range(trips):              ...
        x, y = tape.pop()
        ...
"""
from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ..ir.nodes import (
    Assign, Block, Build, Call, Effect, Expr, Fn, For, Function, If, Method, Names, Ref, Stmt, Update, While,
)
from ..ir.walk import blocks, bound, expressions, map_blocks, names_in, operands, statements


def tapes(f: Function) -> Function:
    """The function with unread slots left out and counted loops over tapes as `while tape:`."""
    f = replace(f, body=_slots(f))
    return replace(f, body=_loops(f))


def _append(s: Stmt) -> tuple[str, Expr] | None:
    match s:
        case Effect(args=(Call(Method("append"), (Ref(tape), value)),)):
            return tape, value
    return None


def _pop(s: Stmt) -> tuple[str, Names] | None:
    match s:
        case Assign(value=Call(Method("pop"), (Ref(tape),))):
            return tape, s.target
    return None


def _pairs(f: Function) -> set[str]:
    """Lists made by the compiler, empty at first, with one append and one pop, and read by nothing else."""
    appends = Counter(found[0] for s in statements(f.body) if (found := _append(s)))
    pops = Counter(popped[0] for s in statements(f.body) if (popped := _pop(s)))
    reads = Counter(x.name for s in statements(f.body) if not isinstance(s, While) for e in operands(s) for x in expressions(e)
                    if isinstance(x, Ref))
    other = {n for s in statements(f.body) for n in bound(s) if not (isinstance(s, Assign) and s.value == Build("list", ()))}
    return {t for t in appends.keys() - other if t in f.temporaries and appends[t] == pops[t] == 1 and reads[t] == 2}


def _reads(f: Function) -> set[str]:
    return {n for s in statements(f.body) for e in operands(s) for n in names_in(e)}


def _slots(f: Function) -> Block:
    """Keeps the slots whose names are read somewhere."""
    pairs, read = _pairs(f), _reads(f)
    keep: dict[str, list[int]] = {}
    for s in statements(f.body):
        found = _pop(s)
        if found and found[0] in pairs and isinstance(found[1], tuple) and all(isinstance(n, str) for n in found[1]):
            keep[found[0]] = [i for i, n in enumerate(found[1]) if n in read and n != "_"]

    def change(block: Block) -> Block:
        return tuple(_statement(map_blocks(s, change), keep) for s in block)

    return change(f.body)


def _statement(s: Stmt, keep: dict[str, list[int]]) -> Stmt:
    append, pop = _append(s), _pop(s)
    if append and append[0] in keep and isinstance(append[1], Build):
        items = [append[1].items[i] for i in keep[append[0]]]
        if len(items) != len(append[1].items):
            value = items[0] if len(items) == 1 else Build("tuple", tuple(items))
            return Effect("expr", (Call(Method("append"), (Ref(append[0]), value)),), origin=s.origin)
    if pop and pop[0] in keep and isinstance(pop[1], tuple) and isinstance(s, Assign):
        names = [pop[1][i] for i in keep[pop[0]]]
        if len(names) != len(pop[1]):
            return replace(s, target=names[0] if len(names) == 1 else tuple(names) or "_")
    return s


def _loops(f: Function) -> Block:
    """Counted loops at the top level whose body pops its own tape first."""
    pairs = _pairs(f)
    filled = {found[0] for s in f.body if isinstance(s, While | For) for x in s.body if (found := _append(x))
              if _counter(s)}

    def top(s: Stmt) -> Stmt:
        match s:
            case For(target="_", iter=Call(Fn(value=_range), (Ref(),)), body=(first, *_)) if _range is range:
                found = _pop(first)
                if found and found[0] in pairs and found[0] in filled and _alone(f, found[0]):
                    return While(Ref(found[0]), s.body, origin=s.origin)
        return s

    return tuple(map(top, f.body))


def _counter(s: While | For) -> bool:
    return any(isinstance(x, Update) for x in s.body)


def _alone(f: Function, tape: str) -> bool:
    """The append is made once in every trip: at the top of the loop's body, not in a branch."""
    for s in statements(f.body):
        if isinstance(s, If) and any((a := _append(x)) and a[0] == tape for b in blocks(s) for x in b):
            return False
    return True


