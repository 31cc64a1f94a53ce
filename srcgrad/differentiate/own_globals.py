"""Arrays of modules, and captured ones, that a function writes to: it works on copies, and leaves them as a plain call does.

    def f(x):                   def f(x):
        work[0] = x[1]              work_2 = copy(module.work)
        return work @ x             work_2[0] = x[1]
                                    t = work_2 @ x
                                    module.work[...] = work_2
                                    return t

The statements that copy have to stay the only ones that mention the array: functions that mention it are inlined.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..analyse import alias
from ..analyse.memory import OWN, is_returned, owned
from ..analyse.types import Types
from ..ir.names import Namer
from ..ir.nodes import Assign, Block, Call, Const, Effect, Expr, Fn, Function, Global, Method, Ref, Return, Stmt, Store
from ..ir.walk import all_names, expressions, map_blocks, map_operands, operands, rewrite, statements
from .inline import helper

def own_globals(f: Function, counters: Mapping[Stmt, str], types: Types) -> tuple[Function, dict[Stmt, str]] | None:
    """The function with copies of the arrays from outside that it writes to; None where nothing is to be done."""
    new = sorted(_written(f, types) - set(owned(f)), key=str)
    known = dict(owned(f))
    if not new and not _mentions(f, known):
        return None
    namer = Namer(all_names(f))
    start: list[Stmt] = []
    end: list[Stmt] = []
    for e in new:
        known[e] = namer.fresh(e.name.rpartition(".")[2] if isinstance(e, Global) else getattr(e, "name", "own"))
        start.append(Assign(known[e], helper("copy", e), origin=f.origin))
        end.append(Store(e, Const(Ellipsis), Ref(known[e]), origin=f.origin))
    f = replace(f, notes={**f.notes, OWN: known}, temporaries=f.temporaries | {known[e] for e in new})
    moved: dict[Stmt, str] = {}

    def block(statements: Block) -> Block:
        out: list[Stmt] = []
        for s in statements:
            t = s if _is_copy(s, f) or is_returned(s, f) else map_operands(
                s, lambda e: rewrite(e, lambda x: Ref(known[x]) if isinstance(x, Global | Ref) and x in known else x))
            t = map_blocks(t, block)
            if s in counters:
                moved[t] = counters[s]
            out.append(t)
        return tuple(out)

    *body, ret = block(f.body)
    assert isinstance(ret, Return)
    return replace(f, body=(*start, *body, *end, ret)), moved


def _is_copy(s: Stmt, f: Function) -> bool:
    return isinstance(s, Assign) and isinstance(s.value, Call) and len(s.value.args) == 1 and (
        owned(f).get(s.value.args[0]) == s.target)


def _mentions(f: Function, known: Mapping[Expr, str]) -> bool:
    return any(x in known for s in statements(f.body) if not _is_copy(s, f) and not is_returned(s, f)
               for e in operands(s) for x in expressions(e) if isinstance(x, Global | Ref))


def _written(f: Function, types: Types) -> set[Expr]:
    """The arrays from outside that something is written to."""
    found: set[Expr] = set()
    outside = alias.written_outside(f, types)
    for s in statements(f.body):
        if is_returned(s, f):
            continue
        if isinstance(s, Store):
            found.add(_root(s.base))
        call = s.value if isinstance(s, Assign) else s.args[0] if isinstance(s, Effect) and s.args else None
        if isinstance(call, Call):
            found |= _modified(s, call)
        for e in operands(s):
            found |= {x for x in expressions(e) if isinstance(x, Global) and ("global", x.module, x.name) in outside}
    cells: set[Expr] = {Ref(n) for n in f.cells if ("cell", n) in outside}
    return cells | {e for e in found if isinstance(e, Global) and isinstance(e.value, np.ndarray) and e.value.dtype.kind in "fc"}


def _modified(s: Stmt, e: Call) -> set[Expr]:
    """What a call may write to: `out=`, the receiver of a method, the first argument of a function called for its effect."""
    found = {v for n, v in e.kwargs if n == "out"}
    if isinstance(e.target, Method) and e.target.name in alias.MUTATORS or isinstance(s, Effect):
        found |= set(e.args[:1])
    if isinstance(e.target, Fn) and isinstance(e.target.value, np.ufunc):
        found |= set(e.args[e.target.value.nin:])
    return found


def _root(e: Expr) -> Expr:
    while isinstance(e, Call) and e.args:
        e = e.args[0]
    return e
