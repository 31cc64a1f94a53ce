"""Adjoints of operations that join the entries along one, several or all axes."""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from .adjoints_shape import unreshape


def _taken(x: Any, z: Any) -> Any:
    return (x == z) | ((x != x) & (z != z))


def expand(g: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The adjoint `g` of a reduction of `x`, repeated along the reduced axes (a read-only view).

    >>> expand(np.array([1.0, 2.0]), np.zeros((2, 3)), axis=1)
    array([[1., 1., 1.],
           [2., 2., 2.]])
    """
    if axis is not None and not keepdims and np.ndim(x):
        g = np.expand_dims(g, axis)
    if np.ndim(x):
        return np.broadcast_to(g, np.shape(x))
    return np.reshape(g, ()) if isinstance(x, np.ndarray) else np.reshape(g, ())[()]


def count(x: Any, axis: Any = None) -> int:
    """How many entries of x a reduction over `axis` joins.

    >>> count(np.zeros((2, 3)), axis=1)
    3
    """
    if axis is None or not np.ndim(x):
        return int(np.size(x))
    return math.prod(np.shape(x)[i] for i in (axis if isinstance(axis, tuple) else (axis,)))


def share_ties(g: Any, x: Any, z: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The adjoint `g` of the maximum or minimum `z` of `x`, shared equally by the entries that attain it.

    >>> share_ties(1.0, np.array([2.0, 5.0, 5.0]), 5.0)
    array([0. , 0.5, 0.5])
    """
    hit = _taken(x, expand(z, x, axis, keepdims))
    many = np.sum(hit, axis=axis, keepdims=keepdims, dtype=np.result_type(z))
    return np.where(hit, expand(g / many, x, axis, keepdims), 0)[()]


def mean_ties(t: Any, x: Any, z: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The tangent of the maximum or minimum `z` of `x`: the mean of `t` over the entries that attain it.

    >>> float(mean_ties(np.array([7.0, 1.0, 3.0]), np.array([2.0, 5.0, 5.0]), 5.0))
    2.0
    """
    hit = _taken(x, expand(z, x, axis, keepdims))
    many = np.sum(hit, axis=axis, keepdims=keepdims, dtype=np.result_type(z))
    return np.sum(np.where(hit, t, 0), axis=axis, keepdims=keepdims) / many


def var_slope(x: Any, axis: Any = None, ddof: Any = 0) -> Any:
    """The derivative of `np.var(x)`: `2 * conj(x - mean(x)) / (n - ddof)`.

    >>> var_slope(np.array([1.0, 3.0]))
    array([-1.,  1.])
    """
    deviation = np.conj(x - np.mean(x, axis=axis, keepdims=True))
    return (2 * deviation / (count(x, axis) - ddof)).reshape(np.shape(x))[()]


def reversed_cumsum(g: Any, x: Any, axis: Any = None) -> Any:
    """The adjoint of `np.cumsum(x, axis)`: sums from the end.

    >>> reversed_cumsum(np.array([1.0, 2.0, 3.0]), np.zeros(3))
    array([6., 5., 3.])
    """
    along = 0 if axis is None else axis
    sums = np.flip(np.cumsum(np.flip(g, along), axis=along, dtype=np.asarray(g).dtype), along)
    return unreshape(sums, x) if axis is None or not np.ndim(x) else sums


def _rows(x: Any, axis: Any) -> Any:
    """x with the reduced axes moved to the end and joined into one."""
    axes = _axes(x, axis)
    moved = np.moveaxis(x, axes, range(-len(axes), 0)) if axes else np.reshape(x, (1,))
    kept = moved.shape[:moved.ndim - len(axes)] if axes else ()
    return moved.reshape(kept + (math.prod(moved.shape[len(kept):]),))


def _unrows(rows: Any, x: Any, axis: Any) -> Any:
    axes = _axes(x, axis)
    shape = np.shape(x)
    moved = rows.reshape([n for i, n in enumerate(shape) if i not in axes] + [shape[i] for i in axes])
    return np.moveaxis(moved, range(-len(axes), 0), axes) if axes else moved.reshape(())[()]


def _axes(x: Any, axis: Any) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(np.ndim(x)))
    return tuple(i % np.ndim(x) for i in (axis if isinstance(axis, tuple) else (axis,))) if np.ndim(x) else ()


def left_products(x: Any, axis: Any = None, reverse: bool = False) -> Any:
    """For each entry the product of those before it along `axis` (after it, if `reverse`).

    >>> left_products(np.array([2.0, 3.0, 5.0]))
    array([1., 2., 6.])
    """
    rows = _rows(x, axis)
    rows = rows[..., ::-1] if reverse else rows
    out = np.ones_like(rows)
    np.cumprod(rows[..., :-1], axis=-1, out=out[..., 1:])
    return _unrows(out[..., ::-1] if reverse else out, x, axis)


def products_of_others(x: Any, axis: Any = None) -> Any:
    """For each entry the product of all others along `axis`; exact where entries are 0.

    >>> products_of_others(np.array([2.0, 0.0, 5.0]))
    array([ 0., 10.,  0.])
    """
    return left_products(x, axis) * left_products(x, axis, True)


def carry(g: Any, x: Any, axis: Any = None, reverse: bool = False) -> Any:
    """The recurrence s[0] = 0, s[i] = x[i - 1] * s[i - 1] + g[i - 1] along `axis` (from the end, if `reverse`).

    It is the tangent of `left_products`, and with `reverse` switched its own adjoint.

    >>> carry(np.array([1.0, 1.0, 1.0]), np.array([2.0, 3.0, 5.0]))
    array([0., 1., 4.])
    """
    rows, steps = _rows(x, axis), _rows(g, axis)
    if reverse:
        rows, steps = rows[..., ::-1], steps[..., ::-1]
    out = np.zeros(rows.shape, np.result_type(rows, steps))
    for i in range(1, rows.shape[-1]):
        out[..., i] = rows[..., i - 1] * out[..., i - 1] + steps[..., i - 1]
    return _unrows(out[..., ::-1] if reverse else out, x, axis)
