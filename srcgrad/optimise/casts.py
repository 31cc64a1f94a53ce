"""Leaves out the final conversion of a gradient that is in its argument's kind and dtype already; of a float it is `float`.

    before                                      after
    b_w = zeros_like(w)                         b_w = zeros_like(w)
    b_w += unbroadcast(y * b_a, w)              b_w += unbroadcast(y * b_a, w)
    b_w = as_like(b_w, w)                       return b_w
    return b_w

    b_b = np.sum(b_z)                           b_b = np.sum(b_z)
    b_b = as_like(b_b, b)                       b_b = float(b_b)
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..analyse.values import type_of_value
from ..differentiate.inline import specialise
from ..ir.nodes import Assign, Block, Call, Expr, Fn, Function, Global, Ref, Stmt, Update
from ..ir.types import UNKNOWN, Num, Type, same_dims, same_dtype
from ..ir.walk import bound, map_blocks, statements
from ..runtime import helpers
from .known import Typed

EXACT = {helpers.zeros_like: 0, helpers.unbroadcast: 1, helpers.seed: 1, helpers.cast: 1, helpers.as_like: 1}


def casts(f: Function, typed: Typed) -> Function:
    """The function without conversions that do nothing. `typed` gives the types of names."""
    if not any(_converts(s) for s in statements(f.body)):
        return f
    env = typed(f)
    rebound = {name for s in statements(f.body) for name in bound(s)}

    def block(b: Block) -> Block:
        out: list[Stmt] = []
        for s in b:
            s = map_blocks(s, block)
            match s:
                case Assign(target=str() as name, value=Call(Fn(value=helpers.as_like), (Ref(g), x))) if name == g:
                    if _made_like(f, g, x, rebound) or _same(env.get(g, UNKNOWN), _type(x, env)):
                        continue
                    if _to_float(env.get(g, UNKNOWN), _type(x, env)):
                        s = replace(s, value=Call(FLOAT, (Ref(g),)))
                case Assign(value=Call(Fn(value=helpers.cast), _)):
                    s = replace(s, value=specialise(s.value, lambda e: _type(e, env)))
            out.append(s)
        return tuple(out)

    return replace(f, body=block(f.body))


def _converts(s: Stmt) -> bool:
    return isinstance(s, Assign) and isinstance(s.value, Call) and isinstance(s.value.target, Fn) and (
        s.value.target.value in (helpers.as_like, helpers.cast))


FLOAT = Fn("builtins", "float", float)


def _to_float(a: Type, b: Type) -> bool:
    """A real number that is to be a Python float."""
    return isinstance(a, Num) and a.scalar and a.dtype == "float64" and (
        isinstance(b, Num) and b.kind == "python" and b.dtype == "float64")


def _type(e: Expr, env: Mapping[str, Type]) -> Type:
    if isinstance(e, Ref):
        return env.get(e.name, UNKNOWN)
    return type_of_value(e.value) if isinstance(e, Global) else UNKNOWN


def _same(a: Type, b: Type) -> bool:
    return isinstance(a, Num) and isinstance(b, Num) and same_dims(a, b) and same_dtype(a, b) and a.kind == b.kind


def _made_like(f: Function, name: str, x: Expr, rebound: set[str]) -> bool:
    """Every value that the name ever gets is made by a helper in the kind of x."""
    if not isinstance(x, Ref) or x.name in rebound:
        return False
    for s in statements(f.body):
        if name not in bound(s):
            continue
        value = s.value if isinstance(s, Assign | Update) else None
        if isinstance(value, Call) and isinstance(value.target, Fn):
            place = EXACT.get(value.target.value)
            if place is not None and value.args[place] == x:
                continue
        return False
    return True

