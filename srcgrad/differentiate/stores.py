"""Augmented assignments in simpler terms.

Augmented stores other than += and -= become a load, an operation and a store.

    a[i] *= v           t = a[i]
                        t_2 = t * v
                        a[i] = t_2
"""
from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from ..ir.names import Namer
from ..ir.nodes import Assign, Block, Function, Ref, Stmt, Store, Update, item, op
from ..ir.walk import all_names, map_blocks


def expand_stores(f: Function) -> Function:
    """The function without augmented stores, except += and -=, which need no value to be undone."""
    namer = Namer(all_names(f))
    made: list[str] = []

    def block(statements: Block) -> Block:
        out: list[Stmt] = []
        for s in statements:
            if isinstance(s, Store) and s.op not in (None, "add", "sub"):
                old, new = namer.fresh("t"), namer.fresh("t")
                made.extend((old, new))
                out += [Assign(old, item(s.base, s.key), origin=s.origin),
                        Assign(new, op(s.op, Ref(old), s.value), origin=s.origin),
                        replace(s, value=Ref(new), op=None)]
            else:
                out.append(map_blocks(s, block))
        return tuple(out)

    body = block(f.body)
    return replace(f, body=body, temporaries=f.temporaries | set(made)) if made else f


def rebind(f: Function, counters: dict[Stmt, str], chosen: Set[Stmt]) -> tuple[Function, dict[Stmt, str]]:
    """The chosen `x op= v` as `x = x op v`, where a write in place would touch memory that is not x's alone."""
    moved: dict[Stmt, str] = {}

    def block(statements: Block) -> Block:
        out: list[Stmt] = []
        for s in statements:
            if isinstance(s, Update) and s in chosen:
                out.append(Assign(s.name, op(s.op, Ref(s.name), s.value), origin=s.origin))
                continue
            new = map_blocks(s, block)
            if s in counters:
                moved[new] = counters[s]
            out.append(new)
        return tuple(out)

    return replace(f, body=block(f.body)), moved
