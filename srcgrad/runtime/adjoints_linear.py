"""Adjoints of linear functions that add entries up: differences, quantiles, points on lines, grids."""
from __future__ import annotations

from typing import Any

import numpy as np

from .adjoints_select import _last, places, ranks
from .adjoints_shape import _as, _inexact

__all__ = ["along_line", "broadcast_each", "gradient_adjoint", "gradient_tangent", "grid_like", "grid_parts", "negated",
           "quantile_adjoint", "quantile_tangent", "running_max", "running_min", "running_places", "unbroadcast_each",
           "undiff", "unline"]


def negated(shift: Any) -> Any:
    """`-shift`, of an integer or of each in a tuple.

    >>> negated((1, -2))
    (-1, 2)
    """
    return tuple(-s for s in shift) if isinstance(shift, tuple | list) else -shift


# ------------------------------------------------------------------ differences
def undiff(g: Any, x: Any, n: int = 1, axis: int = -1) -> Any:
    """The adjoint of `np.diff(x, n, axis)`: differences of `g` with zeros around it, of the other sign if n is odd.

    >>> undiff(np.array([1.0, 5.0]), np.zeros(3))
    array([-1., -4.,  5.])
    """
    if not np.size(g):
        return np.zeros_like(x)
    around = [(n, n) if i == axis % np.ndim(g) else (0, 0) for i in range(np.ndim(g))]
    found = np.diff(np.pad(g, around), n, axis=axis)
    return -found if n % 2 else found


def gradient_tangent(t: Any, spacing: Any = (), axis: Any = None, edge_order: int = 1) -> Any:
    """`np.gradient(t, *spacing, axis=axis, edge_order=edge_order)`."""
    return np.gradient(t, *spacing, axis=axis, edge_order=edge_order)  # type: ignore[call-overload]


def gradient_adjoint(g: Any, x: Any, spacing: Any = (), axis: Any = None, edge_order: int = 1) -> Any:
    """The adjoint of `np.gradient(x, *spacing, axis=axis, edge_order=edge_order)`.

    No row of that matrix reaches further than 2 entries from its diagonal, so that 5 products with combs show all its
    coefficients (Curtis, Powell and Reid 1974).

    >>> gradient_adjoint(np.array([1.0, 0.0, 0.0]), np.zeros(3))
    array([-1.,  1.,  0.])
    """
    axes = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    parts = [g] if isinstance(g, np.ndarray) else g
    out = np.zeros(x.shape, np.result_type(*parts))
    for i, (a, part) in enumerate(zip(axes, parts)):
        step = spacing if len(spacing) < 2 else spacing[i:i + 1]
        along, b = np.moveaxis(out, a, -1), np.moveaxis(part, a, -1)
        n = x.shape[a]
        combs = (np.arange(n) % 5 == np.arange(5)[:, None]).astype(part.dtype)
        products = np.gradient(combs, *step, axis=1, edge_order=edge_order)  # type: ignore[call-overload]
        for o in range(-min(2, n - 1), min(2, n - 1) + 1):
            row = np.arange(max(0, o), min(n, n + o))
            along[..., row - o] += products[(row - o) % 5, row] * b[..., row]
    return out


# ------------------------------------------------------------------ quantiles
def _weights(x: Any, q: Any, axis: Any, method: Any) -> Any:
    """How much each entry counts in each quantile, in the shape of q followed by that of x.

    Every method gives an entry of the sorted array, or a point between two neighbours: the quantile of the ranks says which.
    """
    order = ranks(x, axis)
    quantile = np.nanquantile if np.isnan(order).any() else np.quantile
    at = quantile(order, q, axis=axis, method=method, keepdims=True)
    weights = np.nan_to_num(np.maximum(0, 1 - np.abs(order - at)))
    return weights.astype(np.real(np.zeros((), np.result_type(np.asarray(x).dtype, np.float16))).dtype)


def _axes(x: Any, axis: Any) -> tuple[int, ...]:
    axes = range(-np.ndim(x), 0) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return tuple(i % np.ndim(x) - np.ndim(x) for i in axes) if np.ndim(x) else ()


def quantile_tangent(t: Any, x: Any, q: Any, axis: Any = None, method: Any = "linear", keepdims: bool = False) -> Any:
    """The tangent of `np.quantile(x, q, axis, method=method, keepdims=keepdims)`.

    >>> float(quantile_tangent(np.array([8.0, 2.0, 4.0]), np.array([3.0, 1.0, 2.0]), 0.25))
    3.0
    """
    return np.sum(_weights(x, q, axis, method) * t, axis=_axes(x, axis), keepdims=keepdims)


def quantile_adjoint(g: Any, x: Any, q: Any, axis: Any = None, method: Any = "linear", keepdims: bool = False) -> Any:
    """The adjoint of `np.quantile(x, q, axis, method=method, keepdims=keepdims)`.

    >>> quantile_adjoint(1.0, np.array([3.0, 1.0, 2.0]), 0.25)
    array([0. , 0.5, 0.5])
    """
    axes, lead = _axes(x, axis), tuple(range(np.ndim(q)))
    whole = g if keepdims or not axes else np.expand_dims(g, axes)
    return np.sum(_weights(x, q, axis, method) * whole, axis=lead)[()]


def running_max(x: Any, axis: int = 0) -> Any:
    """`np.maximum.accumulate(x, axis)`."""
    return np.maximum.accumulate(x, axis=axis)


def running_min(x: Any, axis: int = 0) -> Any:
    """`np.minimum.accumulate(x, axis)`."""
    return np.minimum.accumulate(x, axis=axis)


def running_places(x: Any, z: Any, axis: int = 0) -> Any:
    """Where the entries of the running maximum (or minimum) `z` of x come from: the first of equal ones.

    >>> running_places(np.array([1.0, 3.0, 2.0]), np.array([1.0, 3.0, 3.0]))
    array([0, 1, 1])
    """
    rows, found = _last(x, axis), _last(z, axis)
    record = np.ones(rows.shape, bool)
    record[..., 1:] = found[..., 1:] != found[..., :-1]
    last = np.maximum.accumulate(np.where(record, np.arange(rows.shape[-1]), 0), axis=-1)
    return np.moveaxis(np.take_along_axis(_last(places(x), axis), last, -1), -1, axis)


# ------------------------------------------------------------------ lines and grids
def _line(n: int, endpoint: bool, end: bool, dtype: Any) -> Any:
    t = np.linspace(0.0, 1.0, n, endpoint=endpoint)
    return (t if end else 1 - t).astype(np.real(np.zeros((), np.result_type(dtype, np.float16))).dtype)


def along_line(t: Any, z: Any, endpoint: bool = True, axis: int = 0, end: bool = False) -> Any:
    """The tangent of `z = np.linspace(start, stop)` where `t` is that of start, or of stop (`end`).

    >>> along_line(1.0, np.zeros(3))
    array([1. , 0.5, 0. ])
    """
    along = np.moveaxis(z, axis, -1)
    line = _line(along.shape[-1], endpoint, end, np.result_type(z))
    return np.moveaxis(np.broadcast_to(np.expand_dims(t, -1) * line, along.shape), -1, axis)


def unline(g: Any, x: Any, endpoint: bool = True, axis: int = 0, end: bool = False) -> Any:
    """The adjoint of the start `x` of `np.linspace(x, stop)`, or of its stop (`end`).

    >>> unline(np.array([1.0, 2.0, 4.0]), 0.5, end=True)
    5.0
    """
    from .helpers import unbroadcast
    along = np.moveaxis(g, axis, -1)
    return unbroadcast(np.sum(along * _line(along.shape[-1], endpoint, end, np.result_type(g)), axis=-1), x)


def _own_axis(i: int, indexing: Any, many: int) -> int:
    return 1 - i if indexing == "xy" and i < 2 and many > 1 else i


def grid_parts(g: Any, xs: Any, indexing: Any = "xy") -> Any:
    """The adjoint of `np.meshgrid(*xs)`: sums of each grid along the axes of the others.

    >>> grid_parts((np.ones((2, 3)), np.ones((2, 3))), (np.zeros(3), np.zeros(2)))
    (array([2., 2., 2.]), array([3., 3.]))
    """
    many = len(xs)
    parts = []
    for i, (b, x) in enumerate(zip(g, xs)):
        others = tuple(k for k in range(many) if k != _own_axis(i, indexing, many))
        parts.append(_as(np.sum(b, axis=others), x))
    return tuple(parts)


def grid_like(t: Any, z: Any, indexing: Any = "xy") -> Any:
    """The tangent of `z = np.meshgrid(*xs)`: each of `t` repeated in the shape of its grid.

    >>> grid_like((np.array([1.0, 2.0]), np.array([5.0])), (np.zeros((1, 2)), np.zeros((1, 2))))[1]
    array([[5., 5.]])
    """
    many = len(z)
    parts = []
    for i, (a, grid) in enumerate(zip(t, z)):
        shape = [-1 if k == _own_axis(i, indexing, many) else 1 for k in range(many)]
        parts.append(np.broadcast_to(np.reshape(a, shape), grid.shape))
    return parts if isinstance(z, list) else tuple(parts)


def broadcast_each(t: Any, z: Any) -> Any:
    """Each of `t` repeated to the shape of its place in z.

    >>> broadcast_each((1.0,), (np.zeros(2),))
    (array([1., 1.]),)
    """
    parts = [np.broadcast_to(a, np.shape(b)) for a, b in zip(t, z)]
    return parts if isinstance(z, list) else tuple(parts)


def unbroadcast_each(g: Any, xs: Any) -> Any:
    """The adjoint of `np.broadcast_arrays(*xs)`.

    >>> unbroadcast_each((np.ones(2), np.ones(2)), (0.5, np.zeros(2)))
    (2.0, array([1., 1.]))
    """
    from .helpers import unbroadcast
    return tuple(unbroadcast(b, x) if _inexact(x) else np.zeros(np.shape(x))[()] for b, x in zip(g, xs))
