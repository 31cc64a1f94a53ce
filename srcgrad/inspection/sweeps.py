"""What the emitted code keeps for its backward sweep, read off the code itself.

    y_in, a, cond = tape.pop()        each is saved in every trip
    b_y = (1 - y * y) * b_y           y is saved, for the backward lines of the user's line 7
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..ir.nodes import (
    Assign, Block, Build, Call, Comment, Effect, Expr, For, Function, Method, Ref, Return, Stmt, Store, Update, While,
)
from ..ir.walk import blocks, bound, flat, names_in, operands, root_of, statements

PREFIX = "b_"


@dataclass
class Kept:
    """A value that the backward sweep reads. `line`: where the forward sweep makes it; `readers`: the lines whose backward
    lines read it; `trips`: it is kept for every trip of a loop."""

    name: str
    line: int
    trips: bool
    readers: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Again:
    """A value that the backward sweep computes again, on behalf of a line."""

    name: str
    line: int


@dataclass(frozen=True)
class Sweeps:
    """Both sweeps of an adjoint function."""

    forward: Block
    backward: Block
    kept: tuple[Kept, ...]
    again: tuple[Again, ...]


def sweeps_of(f: Function, primal: frozenset[str]) -> Sweeps:
    """`primal`: the names of the function itself; all others that begin with `b_` are adjoints."""
    marker = next((i for i, s in enumerate(f.body) if isinstance(s, Comment) and s.text == "backward"), len(f.body))
    forward, backward = f.body[:marker], f.body[marker:]
    made, taped = _made(forward, f.source.line)
    tapes = {tape for tape, _ in taped}
    kept: dict[tuple[str, int], Kept] = {}
    again: list[Again] = []
    popped: dict[str, int] = {}
    own: set[str] = set()  # what the backward sweep has made itself
    for s in statements(backward):
        if isinstance(s, Return | Comment):
            continue
        if _is(s, "pop") and isinstance(s, Assign):
            tape = root_of(s.value) or ""
            popped |= {name: taped.get((tape, i), 0) for i, name in enumerate(flat(s.target))}
            continue
        for name in sorted({n for e in operands(s) for n in names_in(e)} - tapes - own):
            if not _adjoint(name, primal) and (name in popped or name in made):
                line = popped.get(name, made.get(name, 0))
                found = kept.setdefault((name, line), Kept(name, line, name in popped))
                if s.origin.line and s.origin.line not in found.readers:
                    found.readers.append(s.origin.line)
        if isinstance(s, Assign) and not isinstance(s.value, Ref):  # else it is a value under its own name again
            targets = [n for n in flat(s.target) if not _adjoint(n, primal)]
            if not any(_adjoint(n, primal) for n in names_in(s.value)):
                again += [Again(n, s.origin.line) for n in targets]
            own |= set(targets) - set(popped)
        elif isinstance(s, For):
            own |= set(flat(s.target))
    return Sweeps(forward, backward, tuple(sorted(kept.values(), key=lambda k: (k.line, k.name))), tuple(again))


def _made(forward: Block, start: int) -> tuple[dict[str, int], dict[tuple[str, int], int]]:
    """The line that last made each name, `start` for arguments; for each place on a tape, the line that made what is put
    there."""
    made: dict[str, int] = {}
    taped: dict[tuple[str, int], int] = {}
    for s in statements(forward):
        if _is(s, "append"):
            call = operands(s)[0]
            assert isinstance(call, Call)
            items = call.args[1].items if isinstance(call.args[1], Build) else (call.args[1],)
            taped |= {(root_of(call) or "", i): made.get(root_of(e) or "", 0) for i, e in enumerate(items)}
        elif isinstance(s, Assign) and isinstance(s.value, Ref) and isinstance(s.target, str) and not s.origin.line:
            made[s.target] = made.get(s.value.name, start)  # a second name, to hold the value
        else:
            made |= {name: s.origin.line for name in writes(s) if s.origin.line}
    return made, taped


def _adjoint(name: str, primal: frozenset[str]) -> bool:
    return name.startswith(PREFIX) and name not in primal


def _is(s: Stmt, method: str) -> bool:
    e: Expr | None = s.value if isinstance(s, Assign) else s.args[0] if isinstance(s, Effect) else None
    return isinstance(e, Call) and e.target == Method(method) and bool(e.args) and isinstance(e.args[0], Ref)


def leaves(block: Block) -> Iterator[tuple[Stmt, int]]:
    """The statements that do something themselves, each with the number of loops around it."""
    def walk(inside: Block, depth: int) -> Iterator[tuple[Stmt, int]]:
        for s in inside:
            yield s, depth
            for b in blocks(s):
                yield from walk(b, depth + isinstance(s, For | While))
    yield from walk(block, 0)


def writes(s: Stmt) -> tuple[str, ...]:
    """The names whose value or contents a statement changes."""
    if isinstance(s, Store):
        return (root_of(s.base) or "",)
    if _is(s, "append"):
        return (root_of(operands(s)[0]) or "",)
    return bound(s) if isinstance(s, Assign | Update | For) else ()
