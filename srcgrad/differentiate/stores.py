"""Augmented stores other than += and -= become a load, an operation and a store.

    a[i] *= v           t = a[i]
                        t_2 = t * v
                        a[i] = t_2
"""
from __future__ import annotations

from dataclasses import replace

from ..ir.names import Namer
from ..ir.nodes import Assign, Block, Function, Ref, Stmt, Store, item, op
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
