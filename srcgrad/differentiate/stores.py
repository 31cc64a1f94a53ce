"""Statements that write, in simpler terms. A `pop` whose result nobody wants is assigned all the same.

Augmented stores other than += and -= become a load, an operation and a store.

    a[i] *= v           t = a[i]
                        t_2 = t * v
                        a[i] = t_2
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from ..analyse.alias import Aliases
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Block, Build, Call, Const, Effect, Expr, Fn, Function, Method, Operator, Ref, Slice, Stmt, Store, Update, item, op,
)
from ..ir.walk import all_names, bound, map_blocks, map_operands, read_in, rewrite, root_of, statements
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


def written_slices(f: Function) -> Function:
    """Slices that have a name are written out in subscripts: `inner = slice(1, -1)`, then `a[inner]` is `a[1:-1]`."""
    times = Counter(n for s in statements(f.body) for n in bound(s))
    found = {s.target: Slice(*_bounds(s.value)) for s in f.body
             if isinstance(s, Assign) and isinstance(s.target, str) and times[s.target] == 1 and _fixed_slice(s.value)}
    if not found or found.keys() & ({p.name for p in f.params} | set(f.cells)):
        return f

    def key(e: Expr) -> Expr:
        if isinstance(e, Build):
            return replace(e, items=tuple(map(key, e.items)))
        return found.get(e.name, e) if isinstance(e, Ref) else e

    def change(e: Expr) -> Expr:
        return item(e.args[0], key(e.args[1])) if isinstance(e, Call) and e.target == Operator("getitem") else e

    def block(inside: Block) -> Block:
        return tuple(map_blocks(replace(new, key=key(new.key)) if isinstance(new, Store) else new, block)
                     for new in (map_operands(s, lambda e: rewrite(e, change)) for s in inside))

    body = block(f.body)
    read = read_in(body)
    return replace(f, body=tuple(s for s in body if not (isinstance(s, Assign) and s.target in found and s.target not in read)))


def _fixed_slice(e: Expr) -> bool:
    return isinstance(e, Call) and isinstance(e.target, Fn) and e.target.value is slice and not e.kwargs and all(
        isinstance(x, Const) and (x.value is None or type(x.value) is int) for x in e.args)


def _bounds(e: Expr) -> tuple[Expr | None, ...]:
    assert isinstance(e, Call)
    given = [None if x == Const(None) else x for x in e.args]
    return (None, *given) if len(given) == 1 else tuple(given)


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
