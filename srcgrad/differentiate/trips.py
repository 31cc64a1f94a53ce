"""Loops whose number of trips is not in their header get a counter.

    while x > 1.0:              trips = 0
        x = x / 2.0             while x > 1.0:
                                    trips += 1
                                    x = x / 2.0

The counter is an ordinary variable: where nothing reads it, it disappears again as dead code.
"""
from __future__ import annotations

from dataclasses import replace

from ..ir.names import Namer
from ..ir.nodes import Assign, Block, Break, Const, For, Function, If, Stmt, Update, While
from ..ir.walk import map_blocks


def breaks(block: Block) -> bool:
    """Whether a block may leave the loop around it."""
    return any(isinstance(s, Break) or isinstance(s, If) and (breaks(s.body) or breaks(s.orelse)) for s in block)


def count_trips(f: Function, namer: Namer) -> tuple[Function, dict[Stmt, str]]:
    """The function with counters, and the counter of each loop that has one."""
    counters: dict[Stmt, str] = {}
    made: list[str] = []

    def block(statements: Block) -> Block:
        out: list[Stmt] = []
        for s in statements:
            s = map_blocks(s, block)
            if isinstance(s, While) or isinstance(s, For) and breaks(s.body):
                name = namer.fresh("trips")
                made.append(name)
                s = replace(s, body=(Update(name, "add", Const(1)), *s.body))
                counters[s] = name
                out.append(Assign(name, Const(0)))
            out.append(s)
        return tuple(out)

    body = block(f.body)
    return replace(f, body=body, temporaries=f.temporaries | set(made)) if made else f, counters
