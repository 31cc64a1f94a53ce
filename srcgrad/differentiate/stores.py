"""Statements that write, in simpler terms. A `pop` whose result nobody wants is assigned all the same.

Augmented stores other than += and -= become a load, an operation and a store.

    a[i] *= v           t = a[i]
                        t_2 = t * v
                        a[i] = t_2
"""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ..analyse.alias import Aliases
from ..ir.names import Namer
from ..ir.nodes import Assign, Block, Call, Const, Effect, Expr, Function, Method, Ref, Stmt, Store, Update, item, op
from ..ir.walk import all_names, map_blocks, root_of
from .inline import helper


def expand_stores(f: Function) -> Function:
    """The function without augmented stores, except += and -=, which need no value to be undone; pops have a target."""
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
                        replace(s, value=Ref(new), op=None, changed=True)]
            elif isinstance(s, Effect) and s.args and isinstance(s.args[0], Call) and s.args[0].target == Method("pop"):
                made.append(namer.fresh("popped"))
                out.append(Assign(made[-1], s.args[0], origin=s.origin))
            else:
                out.append(map_blocks(s, block))
        return tuple(out)

    body = block(f.body)
    return replace(f, body=body, temporaries=f.temporaries | set(made)) if made else f


def rebind(f: Function, counters: dict[Stmt, str], aliases: Aliases,
           checked: Collection[Stmt] = ()) -> tuple[Function, dict[Stmt, str]]:
    """Writes that cannot be done in place as they are: `x op= v` as `x = x op v`, where a write in place would touch
    memory that is not x's alone; a test in front of those that may touch memory that is still read (unless `checked`)."""
    moved: dict[Stmt, str] = {}

    def block(statements: Block) -> Block:
        out: list[Stmt] = []
        for s in statements:
            if s in aliases.checks and s not in checked:
                buffers, others = aliases.checks[s]
                out += [_test(s, buffer, others) for buffer in buffers]
            if isinstance(s, Update) and s in aliases.rebound:
                out.append(Assign(s.name, op(s.op, Ref(s.name), s.value), origin=s.origin))
                continue
            new = map_blocks(s, block)
            if s in counters:
                moved[new] = counters[s]
            out.append(new)
        return tuple(out)

    return replace(f, body=block(f.body)), moved


def _test(s: Stmt, buffer: Expr, others: tuple[str, ...]) -> Stmt:
    place = (Const(root_of(buffer)), Const(s.origin.filename), Const(s.origin.line))
    return Effect("expr", (helper("check_unshared", *place, buffer, *map(Ref, others)),), origin=s.origin)
