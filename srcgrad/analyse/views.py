"""Views: which calls and subscripts make them, and what is written through them."""
from __future__ import annotations

import numpy as np

from ..ir.nodes import Build, Call, Const, Expr, Operator, Ref, Slice, Stmt, item
from ..ir.types import Num, Type
from .types import Types

VIEWS = frozenset({np.transpose, np.swapaxes, np.moveaxis, np.squeeze, np.expand_dims, np.flip})
MAYBE = frozenset({np.reshape, np.ravel, np.asarray, np.atleast_1d, np.atleast_2d})  # views where the layout allows it


def basic(s: Stmt, key: Expr, types: Types) -> bool:
    """Slices, integers, None and Ellipsis: the result is a view."""
    match key:
        case Build("tuple", items):
            return all(basic(s, part, types) for part in items)
        case Slice():
            return all(part is None or basic(s, part, types) for part in (key.lower, key.upper, key.step))
        case Const(value):
            return value is None or value is Ellipsis or type(value) is int
        case Ref(name):
            t = types.read(s, name)
            return isinstance(t, Num) and t.scalar and t.discrete and t.dtype != "bool"
    return False


def joined(base: Expr, key: Expr) -> Expr:
    """`base[key]`, with `x[i][j]` as `x[i, j]` for integers i (of an array)."""
    if isinstance(base, Call) and base.target == Operator("getitem"):
        first = base.args[1].items if isinstance(base.args[1], Build) else (base.args[1],)
        if all(isinstance(part, Ref) or isinstance(part, Const) and type(part.value) is int for part in first):
            return item(base.args[0], Build("tuple", (*first, *(key.items if isinstance(key, Build) else (key,)))))
    return item(base, key)


def slices(key: Expr) -> bool:
    """The subscript gives an array for certain."""
    parts = key.items if isinstance(key, Build) else (key,)
    return any(isinstance(part, Slice) or isinstance(part, Const) and (part.value is None or part.value is Ellipsis)
               for part in parts)


def in_place(t: Type) -> bool:
    """An augmented assignment writes into a value of the type."""
    return isinstance(t, Num) and t.kind == "array" and t.dims != ()
