"""Adjoints of operations whose result is made of entries of their operands: taken, repeated, moved, left out, joined.

Such a function tells where each entry of its result comes from when it is called on `places(x)`: `np.roll(places(x), 1)`.
Its adjoint adds what arrives at an entry of the result to the place that the entry came from: `scatter`. An entry that
comes from nowhere (padding) has the place -1.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from .adjoints_shape import _as, _like_parts

__all__ = ["c_", "gather", "joined_slabs", "nowhere", "padded", "places", "places_in_order", "r_", "ranks", "scatter",
           "slabs", "undiag", "unique_places", "unpadded", "where_padded"]


def places(x: Any) -> Any:
    """The entries of x counted from 0, in x's shape; those of the arrays in a list are counted on.

    >>> places(np.zeros((2, 2))), places([0.5, np.zeros(2)])
    (array([[0, 1],
           [2, 3]]), [0, array([1, 2])])
    """
    return _counted(x, 0)[0]


def _counted(x: Any, start: int) -> tuple[Any, int]:
    if isinstance(x, list | tuple):
        items = []
        for part in x:
            counted, start = _counted(part, start)
            items.append(counted)
        return (items if isinstance(x, list) else tuple(items)), start
    if not isinstance(x, np.ndarray):
        return start, start + 1
    return np.arange(start, start + x.size).reshape(x.shape), start + x.size


def nowhere(x: Any) -> Any:
    """The place -1 for every entry of x.

    >>> nowhere(np.zeros(2)), nowhere([0.5])
    (array([-1, -1]), [-1])
    """
    if isinstance(x, list | tuple):
        return [nowhere(part) for part in x]
    return np.full(np.shape(x), -1) if np.ndim(x) else -1


def _flat(x: Any) -> Any:
    if isinstance(x, list | tuple):
        parts = [_flat(part) for part in x]
        return np.concatenate(parts) if parts else np.zeros(0)
    return np.ravel(x)


def gather(t: Any, where: Any) -> Any:
    """The entries of `t` (an array, or arrays in a list) at `where`; 0 where that is -1.

    >>> gather(np.array([1.0, 2.0]), np.array([1, 1, -1]))
    array([2., 2., 0.])
    """
    where = np.asarray(where)
    flat = _flat(t)
    if not flat.size:
        return np.zeros(where.shape, flat.dtype)[()]
    taken = flat[where]
    return np.where(where < 0, 0, taken)[()] if where.size and where.min() < 0 else taken


def scatter(g: Any, where: Any, x: Any) -> Any:
    """The adjoint of `gather(x, where)`: zeros like x, with each entry of `g` added at its place.

    >>> scatter(np.array([1.0, 2.0, 4.0]), np.array([0, 0, -1]), np.zeros(2))
    array([3., 0.])
    """
    where, g = np.ravel(where), np.ravel(g)
    if where.size and where.min() < 0:
        where, g = where[where >= 0], g[where >= 0]
    n = _counted(x, 0)[1]
    if g.dtype == np.float64:
        flat = np.bincount(where, g, n)
    else:
        flat = np.zeros(n, np.result_type(g.dtype, np.float16))
        np.add.at(flat, where, g)
    return _in_structure(flat, x, 0)[0]


def _in_structure(flat: Any, x: Any, start: int) -> tuple[Any, int]:
    if isinstance(x, list | tuple):
        items = []
        for part in x:
            found, start = _in_structure(flat, part, start)
            items.append(found)
        return (items if isinstance(x, list) else type(x)(*items) if hasattr(x, "_fields") else tuple(items)), start
    stop = start + int(np.size(x))
    return _as(flat[start:stop], x), stop


# ------------------------------------------------------------------ in order
def _last(x: Any, axis: Any) -> Any:
    """x with `axis` (None: all of them, joined) as its last axis."""
    return np.ravel(x) if axis is None or not np.ndim(x) else np.moveaxis(np.asarray(x), axis, -1)


def ranks(x: Any, axis: Any = None) -> Any:
    """The place of each entry in the sorted order along `axis`, an int or a tuple; equal entries keep their order.

    NaNs have the rank NaN.

    >>> ranks(np.array([0.5, 0.1, 0.3, 0.1]))
    array([3., 0., 2., 1.])
    """
    x = np.asarray(x)
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if not x.ndim:
        return np.float64(0.0)
    rows = np.moveaxis(x, axes, range(-len(axes), 0))
    flat = rows.reshape((*rows.shape[:x.ndim - len(axes)], -1))
    order = np.argsort(np.argsort(flat, axis=-1, kind="stable"), axis=-1, kind="stable").astype(float)
    order[flat != flat] = np.nan
    return np.moveaxis(order.reshape(rows.shape), range(-len(axes), 0), axes)


def places_in_order(x: Any, z: Any, axis: Any = -1) -> Any:
    """Where each entry of `z` comes from, which holds the entries of x in another order along `axis`.

    >>> places_in_order(np.array([0.5, 0.1, 0.3]), np.array([0.1, 0.3, 0.5]))
    array([1, 2, 0])
    """
    rows, found = _last(x, axis), _last(z, axis)
    order = np.argsort(rows, axis=-1, kind="stable")
    rank = np.argsort(np.argsort(found, axis=-1, kind="stable"), axis=-1, kind="stable")
    where = np.take_along_axis(_last(places(np.asarray(x)), axis), np.take_along_axis(order, rank, -1), -1)
    return where if axis is None or not np.ndim(x) else np.moveaxis(where, -1, axis)


def unique_places(x: Any) -> Any:
    """Where the entries of `np.unique(x)` come from: the first of equal ones.

    >>> unique_places(np.array([2.0, 0.5, 2.0]))
    array([1, 0])
    """
    return np.unique(x, return_index=True)[1]


# ------------------------------------------------------------------ padding, diagonals
_MOVING = frozenset({"constant", "edge", "reflect", "symmetric", "wrap", "empty"})


def _check_mode(mode: Any) -> None:
    if mode not in _MOVING:
        raise NotImplementedError(f"the derivative of np.pad with mode={mode!r}; there is one for {', '.join(sorted(_MOVING))}")


def padded(t: Any, pad_width: Any, mode: Any = "constant") -> Any:
    """The tangent of `np.pad`: constants are padded with 0. Raises NotImplementedError for a mode that computes.

    >>> padded(np.array([1.0, 2.0]), 1), padded(np.array([1.0, 2.0]), 1, "edge")
    (array([0., 1., 2., 0.]), array([1., 1., 2., 2.]))
    """
    _check_mode(mode)
    return np.pad(t, pad_width, "constant" if mode == "empty" else mode)


def where_padded(x: Any, pad_width: Any, mode: Any = "constant") -> Any:
    """The places that the entries of `np.pad(x, pad_width, mode)` come from.

    >>> where_padded(np.zeros(2), 1)
    array([-1,  0,  1, -1])
    """
    _check_mode(mode)
    if mode in ("constant", "empty"):
        return np.pad(places(np.asarray(x)), pad_width, constant_values=-1)
    return np.pad(places(np.asarray(x)), pad_width, mode)


def unpadded(g: Any, x: Any, pad_width: Any, mode: Any = "constant") -> Any:
    """The adjoint of `np.pad(x, pad_width, mode)`: the middle of `g`, and what the padding took from x.

    >>> unpadded(np.array([1.0, 2.0, 3.0, 4.0]), np.zeros(2), 1), unpadded(np.ones(4), np.zeros(2), 1, "edge")
    (array([2., 3.]), array([2., 2.]))
    """
    if mode not in ("constant", "empty"):
        return scatter(g, where_padded(x, pad_width, mode), x)
    widths = np.broadcast_to(_widths(pad_width, np.ndim(x)), (np.ndim(x), 2))
    return g[tuple(slice(before, before + n) for (before, _), n in zip(widths, np.shape(x)))]


def _widths(pad_width: Any, rank: int) -> Any:
    """NumPy 2.1 takes {axis: (before, after)} too."""
    if not isinstance(pad_width, dict):
        return pad_width
    widths = np.zeros((rank, 2), int)
    for axis, width in pad_width.items():
        widths[axis] = width
    return widths


def undiag(g: Any, x: Any, k: int = 0) -> Any:
    """The adjoint of `np.diag(x, k)`: the diagonal of `g` where x is a vector, else zeros with `g` on the diagonal.

    >>> undiag(np.array([1.0]), np.zeros((2, 2)), 1)
    array([[0., 1.],
           [0., 0.]])
    """
    return np.diagonal(g, k).copy() if np.ndim(x) == 1 else scatter(g, np.diag(places(x), k), x)


# ------------------------------------------------------------------ subscripts that join
def r_(parts: Any) -> Any:
    """`np.r_[part, part, ...]`: joined along the first axis.

    >>> r_((np.array([1.0, 2.0]), 3.0))
    array([1., 2., 3.])
    """
    return np.r_[tuple(parts)]


def c_(parts: Any) -> Any:
    """`np.c_[part, part, ...]`: joined along the last axis, vectors as columns.

    >>> c_((np.array([1.0, 2.0]), np.array([3.0, 4.0])))
    array([[1., 3.],
           [2., 4.]])
    """
    return np.c_[tuple(parts)]


def slabs(g: Any, parts: Any, axis: int = 0) -> Any:
    """The adjoint of vstack, hstack and the like: the slab of `g` along `axis` (at most its last) for each part, in its shape.

    A part of fewer dimensions was one slice.

    >>> slabs(np.array([[1.0, 2.0], [3.0, 4.0]]), [np.zeros(2), np.zeros((1, 2))])
    [array([1., 2.]), array([[3., 4.]])]
    """
    axis = min(axis, g.ndim - 1) % g.ndim
    pieces, start = [], 0
    for part in parts:
        stop = start + _thickness(part, g, axis)
        pieces.append(_as(g[(slice(None),) * axis + (slice(start, stop),)], part))
        start = stop
    return _like_parts(pieces, parts)


def _thickness(part: Any, g: Any, axis: int) -> int:
    return int(np.shape(part)[axis]) if np.ndim(part) == g.ndim else 1


def joined_slabs(t: Any, g: Any, axis: int = 0) -> Any:
    """The adjoint of `slabs(g, parts, axis)`: the parts `t` put together in the shape of g.

    >>> joined_slabs([np.array([1.0, 2.0]), np.array([[3.0, 4.0]])], np.zeros((2, 2)))
    array([[1., 2.],
           [3., 4.]])
    """
    axis = min(axis, g.ndim - 1) % g.ndim
    shapes = [(*g.shape[:axis], _thickness(part, g, axis), *g.shape[axis + 1:]) for part in t]
    return np.concatenate([np.reshape(part, shape) for part, shape in zip(t, shapes)], axis=axis)
