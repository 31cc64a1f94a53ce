"""Liveness: the names whose value may still be read after a statement."""
from __future__ import annotations

from collections.abc import Callable, Collection

from ..ir.nodes import Assign, Block, Break, Expr, For, Function, If, Stmt, Update, While
from ..ir.tries import Try
from ..ir.walk import blocks, flat, names_in, operands


def live_after(f: Function, reads: Callable[[Stmt], Collection[Expr]] = operands) -> dict[Stmt, frozenset[str]]:
    """For each simple statement of a NORMAL function, the names that are live right after it; `reads`: what counts as read."""
    engine = _Live(reads)
    engine.block(f.body, frozenset())
    return engine.after


def gone_through(f: Function) -> dict[Stmt, frozenset[str]]:
    """For each statement, the names of what the loops around it go through."""
    found: dict[Stmt, frozenset[str]] = {}

    def visit(block: Block, names: frozenset[str]) -> None:
        for s in block:
            found[s] = names
            inner = frozenset(names_in(s.iter)) if isinstance(s, For) else frozenset()
            for part in blocks(s):
                visit(part, names | inner)

    visit(f.body, frozenset())
    return found


class _Live:
    def __init__(self, reads: Callable[[Stmt], Collection[Expr]]) -> None:
        self.reads = reads
        self.after: dict[Stmt, frozenset[str]] = {}
        self.exits: list[frozenset[str]] = []

    def block(self, block: Block, live: frozenset[str]) -> frozenset[str]:
        """The names live before a block, given those after it."""
        for s in reversed(block):
            live = self.step(s, live)
        return live

    def step(self, s: Stmt, live: frozenset[str]) -> frozenset[str]:
        reads = frozenset(n for e in self.reads(s) for n in names_in(e))
        match s:
            case Break():
                return self.exits[-1]
            case Try():
                handlers = self.block(s.orelse, live)
                return self.block(s.body, live | handlers) | handlers
            case If():
                return self.block(s.body, live) | self.block(s.orelse, live) | reads
            case For() | While():
                return self.loop(s, live, reads)
        self.after[s] = live
        if isinstance(s, Assign):
            live -= set(flat(s.target))
        elif isinstance(s, Update):
            live -= {s.name}
        return live | reads

    def loop(self, s: For | While, live: frozenset[str], reads: frozenset[str]) -> frozenset[str]:
        targets = set(flat(s.target)) if isinstance(s, For) else set()
        head = live | reads                # a loop holds what it goes through until its end
        while True:
            self.exits.append(live)
            before = self.block(s.body, head) - targets
            self.exits.pop()
            new = head | before
            if new == head:
                return head | reads
            head = new
