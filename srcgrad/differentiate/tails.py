"""What is done with a name that may stand for one buffer or another, done in each of the branches that decide it.

    if c:                       if c:
        z = x                       z = x
    else:                           z[0] = 1.0
        z = y                   else:
    z[0] = 1.0                      z = y
    return x @ y                    z[0] = 1.0
                                return x @ y
"""
from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from ..analyse.memory import no_memory
from ..analyse.types import Types
from ..ir.names import Namer
from ..ir.nodes import Assign, Block, Function, If, Return, Stmt, With
from ..ir.tries import Try
from ..ir.walk import all_names, bound, bound_in, flat, map_blocks, names_in, operands, renamed, statements

LONGEST = 200  # statements that are done in both branches


def duplicate_tails(f: Function, counters: Mapping[Stmt, str], types: Types,
                    names: Collection[str]) -> tuple[Function, dict[Stmt, str]] | None:
    """The function with what follows a branch in both parts of it, as far as that concerns one of the given names, which
    may share memory with others; None where there is nothing of the kind."""
    engine = _Tails(f, types, frozenset(names), dict(counters))
    body = engine.block(f.body)
    return (replace(f, body=body, temporaries=f.temporaries | engine.made), engine.counters) if engine.changed else None


class _Tails:
    def __init__(self, f: Function, types: Types, names: frozenset[str], counters: dict[Stmt, str]) -> None:
        self.f = f
        self.namer = Namer(all_names(f))
        self.made: frozenset[str] = frozenset()
        self.types = types
        self.names = names
        self.counters = counters
        self.changed = False

    def block(self, block: Block) -> Block:
        out: list[Stmt] = []
        for i, s in enumerate(block):
            tail = 0 if self.changed or not isinstance(s, If) or isinstance(s, With | Try) else self.tail(s, block[i + 1:])
            if tail and isinstance(s, If):
                self.changed = True
                end = i + 1 + tail
                new = replace(s, body=(*s.body, *block[i + 1:end]), orelse=(*s.orelse, *self.others(block[i + 1:end])))
                return (*out, new, *block[end:])
            new_s = map_blocks(s, self.block)
            if s in self.counters:
                self.counters[new_s] = self.counters[s]
            out.append(new_s)
        return tuple(out)

    def tail(self, s: If, rest: Block) -> int:
        """How many of the statements behind a branch concern what it decides."""
        decided = {n for n in bound_in(s.body) | bound_in(s.orelse) if not self.numbers(s, n)}
        last, size = 0, 0
        for i, x in enumerate(rest):
            if isinstance(x, Return):      # a function has one, at its end
                break
            inner = list(statements((x,)))
            size += len(inner)
            if size > LONGEST or isinstance(x, Return):
                break
            if any(names_in(e) & decided for y in inner for e in operands(y)):
                last = i + 1
            for y in inner:
                if isinstance(y, Assign) and names_in(y.value) & decided:
                    decided |= {n for n in flat(y.target) if not no_memory(self.types.written(y, n))}
        return last if decided & self.names else 0

    def numbers(self, s: If, name: str) -> bool:
        """What a branch binds the name to has no memory."""
        return all(no_memory(self.types.written(x, name)) for x in statements((*s.body, *s.orelse)) if name in bound(x))

    def others(self, block: Block) -> Block:
        """The same statements with temporaries of their own, but for those that are read outside."""
        inside = list(statements(block))
        outside = {n for s in set(statements(self.f.body)) - set(inside) for e in operands(s) for n in names_in(e)}
        new = self.again(block)
        for name in sorted((bound_in(block) & self.f.temporaries) - outside - set(self.counters.values())):
            other = self.namer.fresh(re.sub(r"_\d+$", "", name))
            self.made |= {other}
            before = list(statements(new))
            new = renamed(new, name, other)
            moved = dict(zip(before, statements(new)))
            self.counters.update({moved[s]: n for s, n in self.counters.items() if s in moved})
        return new

    def again(self, block: Block) -> Block:
        """The same statements, as others."""
        out: list[Stmt] = []
        for s in block:
            new = map_blocks(s, self.again)
            new = replace(new) if new is s else new
            if s in self.counters:
                self.counters[new] = self.counters[s]
            out.append(new)
        return tuple(out)
