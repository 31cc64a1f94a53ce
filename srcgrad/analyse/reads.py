"""What an expression reads of an array: its contents, or only its shape and dtype, which no store changes."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..ir.nodes import Attribute, Call, Expr, Fn, Operator
from ..ir.types import Num
from ..ir.walk import children
from ..runtime import helpers as h
from .types import Types

SHAPES: dict[Any, tuple[int, ...]] = {  # the arguments of which a function looks at shape and dtype only
    np.zeros_like: (0,), np.ones_like: (0,), np.empty_like: (0,), np.shape: (0,), np.ndim: (0,), np.size: (0,),
    h.zeros_like: (0,), h.seed: (1,), h.unbroadcast: (1,), h.as_like: (1,), h.cast: (1,), h.broadcast_like: (1,),
    h.count: (0,), h.expand: (1,), h.unreshape: (1,), h.store_last: (1,),
}
SHAPES |= {check: tuple(range(100)) for check in (h.check_distinct, h.check_unshared, h.check_view)}  # whose memory it is
ATTRIBUTES = frozenset({"shape", "size", "ndim", "dtype"})


def contents_read(e: Expr, numeric: Callable[[Expr], bool], part: Callable[[Expr], bool] = lambda e: False) -> Iterator[Expr]:
    """The names (references of any kind) in an expression whose contents it reads, or, of those that hold containers and
    objects, the parts; `numeric` tells which hold arrays or numbers, `part` what is a part of a container."""
    for place in places_read(e, numeric, part):
        while (inner := _within(place, part)) is not None:
            place = inner
        yield place


def places_read(e: Expr, numeric: Callable[[Expr], bool], part: Callable[[Expr], bool]) -> Iterator[Expr]:
    """The same, each with the subscripts that say what of it is read: `a[1:]`."""
    inner = _within(e, part)
    if inner is not None:
        root, keys = e, list[Expr]()
        while (inner := _within(root, part)) is not None:
            keys += root.args[1:] if isinstance(root, Call) else ()
            root = inner
        if not children(root) or part(root):
            yield e
            for key in keys:
                yield from places_read(key, numeric, part)
            return
    parts = () if part(e) else children(e)
    if not parts:
        yield e
        return
    skipped: tuple[int, ...] = ()
    if isinstance(e, Call) and isinstance(e.target, Fn):
        skipped = SHAPES.get(e.target.value, ()) if callable(e.target.value) else ()
    elif isinstance(e, Call) and isinstance(e.target, Attribute) and e.target.name in ATTRIBUTES:
        skipped = (0,)
    for i, x in enumerate(parts):
        if i in skipped:
            while isinstance(x, Call) and x.target == Operator("getitem") and not numeric(x) and not part(x):
                yield from places_read(x.args[1], numeric, part)
                x = x.args[0]
            if numeric(x):
                continue
        yield from places_read(x, numeric, part)


def _within(e: Expr, part: Callable[[Expr], bool]) -> Expr | None:
    """What a subscript, or `.T`, is of."""
    if isinstance(e, Call) and e.target in (Operator("getitem"), Attribute("T")) and not part(e):
        return e.args[0]
    return None


def arrays_in(types: Types) -> frozenset[str]:
    """The names that only ever hold arrays and numbers."""
    every = [env for facts in (types.before, types.after, types.body) for env in facts.values()]
    other = {n for env in every for n, t in env.items() if not isinstance(t, Num)}
    return frozenset(n for env in every for n in env) - other
