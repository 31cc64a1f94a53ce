"""What a name may stand for: a place in a buffer or in a container."""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..analyse.flow import Env
from ..ir.nodes import Build, Call, Const, Expr, Operator, Ref, Slice, Starred, item
from ..ir.types import Dict, List, Num, Object, Tuple, Type
from ..ir.walk import names_in, substitute

VIEWS = frozenset({np.transpose, np.swapaxes, np.moveaxis, np.squeeze, np.expand_dims, np.flip})
MAYBE = frozenset({np.reshape, np.ravel, np.asarray, np.atleast_1d, np.atleast_2d})  # views where the layout allows it
CONTAINERS = (List, Tuple, Dict, Object)
ITEMS = " items"  # after a name: what stands in its container, while that is what it was built from


@dataclass(frozen=True)
class Place:
    """What a name certainly is: an expression over the name of a buffer or container. `slots`: the expression goes through
    items of a container, which may be replaced; `asked`: that it is a view has to be asked at run time."""

    expr: Expr
    slots: bool = False
    asked: bool = False


def joined(base: Expr, key: Expr) -> Expr:
    """`base[key]`, with `x[i][j]` as `x[i, j]` for integers i (of an array)."""
    if isinstance(base, Call) and base.target == Operator("getitem"):
        first = base.args[1].items if isinstance(base.args[1], Build) else (base.args[1],)
        if all(isinstance(part, Ref) or isinstance(part, Const) and type(part.value) is int for part in first):
            return item(base.args[0], Build("tuple", (*first, *(key.items if isinstance(key, Build) else (key,)))))
    return item(base, key)


def item_of(e: Build, i: int) -> Expr | None:
    """An item of a display without stars."""
    return e.items[i] if -len(e.items) <= i < len(e.items) and not any(isinstance(x, Starred) for x in e.items) else None


def slices(key: Expr) -> bool:
    """The subscript gives an array for certain."""
    parts = key.items if isinstance(key, Build) else (key,)
    return any(isinstance(part, Slice) or isinstance(part, Const) and (part.value is None or part.value is Ellipsis)
               for part in parts)


def forget(env: Env[Any], names: set[str]) -> None:
    for n in [n for n, place in env.items() if n.removesuffix(ITEMS) in names
              or place is not None and names & names_in(place.expr)]:
        del env[n]


def renamed(env: Env[Any], old: str, new: str) -> None:
    for z, place in env.items():
        if place is not None and old in names_in(place.expr):
            env[z] = replace(place, expr=substitute(place.expr, {old: Ref(new)}))


def in_place(t: Type) -> bool:
    """An augmented assignment writes into a value of the type."""
    return isinstance(t, Num) and t.kind == "array" and t.dims != ()
