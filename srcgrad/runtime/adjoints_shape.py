"""Adjoints of operations that move, join, convert and select entries."""
from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import NotDifferentiable


def _inexact(z: Any) -> bool:
    return np.result_type(z).kind in "fc"


def unreshape(g: Any, x: Any, order: str = "C") -> Any:
    """`g` in the shape of x, for what reshape, ravel, squeeze and expand_dims make of x; a number if x is one.

    >>> float(unreshape(np.array([1.0]), 0.5)), unreshape(np.ones(4), np.zeros((2, 2))).shape
    (1.0, (2, 2))
    """
    if order not in ("C", "F"):
        raise NotImplementedError(f"order={order!r} depends on the memory layout; use 'C' or 'F'")
    g = np.reshape(g, np.shape(x), order=order)  # type: ignore[call-overload]
    return g if isinstance(x, np.ndarray) else g[()]


def untranspose(g: Any, axes: Any = None) -> Any:
    """The adjoint of `np.transpose(x, axes)`.

    >>> untranspose(np.zeros((4, 2, 3)), (2, 0, 1)).shape
    (2, 3, 4)
    """
    return np.transpose(g) if axes is None else np.transpose(g, np.argsort([i % np.ndim(g) for i in axes]))


def _like_parts(pieces: list[Any], parts: Any) -> Any:
    if isinstance(parts, np.ndarray):
        return np.stack(pieces) if pieces else np.zeros_like(parts)
    return type(parts)(pieces) if isinstance(parts, list | tuple) else tuple(pieces)


def _as(g: Any, x: Any) -> Any:
    """`g` in the shape and dtype of x."""
    shaped = np.reshape(g, np.shape(x))
    dtype = np.result_type(x)
    if dtype.kind in "fc" and shaped.dtype != dtype and isinstance(x, np.ndarray | np.generic):
        shaped = (shaped.real if dtype.kind == "f" else shaped).astype(dtype)
    return shaped if isinstance(x, np.ndarray) else shaped[()]


def split_like(g: Any, parts: Any, axis: Any = 0) -> Any:
    """The adjoint of `np.concatenate(parts, axis)`: one piece of `g` (a view) for each part.

    >>> split_like(np.array([1.0, 2.0, 3.0]), [np.zeros(2), np.zeros(1)])
    [array([1., 2.]), array([3.])]
    """
    lengths = [np.size(p) if axis is None else np.shape(p)[axis] for p in parts]
    cuts = np.cumsum(lengths)[:-1]
    return _like_parts([_as(a, p) for a, p in zip(np.split(g, cuts, axis=axis or 0), parts)], parts)


def unstack(g: Any, parts: Any, axis: int = 0) -> Any:
    """The adjoint of `np.stack(parts, axis)`: one piece of `g` (a view) for each part.

    >>> [float(b) for b in unstack(np.array([1.0, 2.0]), [0.0, 0.0])]
    [1.0, 2.0]
    """
    return _like_parts([_as(a, p) for a, p in zip(np.moveaxis(g, axis, 0), parts)], parts)


def unarray(g: Any, x: Any, z: Any = None) -> Any:
    """The adjoint of `z = np.array(x)`: `g` in the structure of x, an array or nested lists of numbers.

    >>> unarray(np.array([[1.0, 2.0]]), [[0.0, 0.0]])
    [[1.0, 2.0]]
    """
    if isinstance(x, list | tuple):
        items = [unarray(a, b, z) for a, b in zip(g, x)]
        return type(x)(*items) if hasattr(x, "_fields") else type(x)(items)
    if z is not None and not _inexact(z):
        return np.zeros(np.shape(x))[()]
    value = _as(g, x)
    return value.item() if isinstance(x, int | float) and not isinstance(x, np.generic) else value


def converted(t: Any, z: Any) -> Any:
    """A tangent in the shape and dtype of the result `z` of a conversion; 0 where z holds integers.

    >>> converted(np.array([0.5]), np.array([1])), converted(np.array([0.5]), np.ones(1, "float32")).dtype
    (array([0.]), dtype('float32'))
    """
    if not _inexact(z):
        return np.zeros(np.shape(z))[()]
    dtype = np.result_type(z)
    t = np.asarray(t)
    t = np.broadcast_to(t.real if dtype.kind == "f" else t, np.shape(z)).astype(dtype)
    return t if isinstance(z, np.ndarray) else t[()]


def unconverted(g: Any, x: Any, z: Any) -> Any:
    """The adjoint of a conversion of x into `z`: `g` in the dtype of x; 0 where z holds integers.

    >>> unconverted(np.array([0.5]), np.ones(1, "float32"), np.ones(1)).dtype
    dtype('float32')
    """
    return _as(g, x) if _inexact(z) else np.zeros(np.shape(x), np.result_type(np.asarray(x).dtype, np.float16))[()]


def scattered(g: Any, x: Any, index: Any = ()) -> Any:
    """The adjoint of `x.item(*index)`: zeros of x's shape with `g` at one place.

    >>> scattered(2.0, np.zeros(3), 1)
    array([0., 2., 0.])
    """
    if not isinstance(x, np.ndarray):
        return g
    out = np.zeros(x.shape, x.dtype)
    place = index if not isinstance(index, tuple) else index[0] if len(index) == 1 else None
    if place is not None or not index:
        out.reshape(-1)[place or 0] = g
    else:
        out[index] = g
    return out


def arange_tangent(t: Any, bounds: Any, z: Any) -> Any:
    """The tangent of `z = np.arange(*bounds)`; the entries of `t` may be None.

    >>> arange_tangent((0.0, 0.0, 1.0), (0.0, 1.0, 0.5), np.array([0.0, 0.5]))
    array([0., 1.])
    """
    start, step = (t[0] if len(bounds) > 1 else None), (t[2] if len(bounds) > 2 else None)
    return np.arange(z.size) * (step or 0.0) + (start or 0.0)


def arange_parts(g: Any, bounds: Any) -> Any:
    """The adjoint of `np.arange(*bounds)`: sums for start and step, 0 for stop.

    >>> [float(b) for b in arange_parts(np.array([1.0, 1.0]), (0.0, 1.0, 0.5))]
    [2.0, 0.0, 1.0]
    """
    if len(bounds) == 1:
        return (0.0,)
    return (np.sum(g), 0.0, np.sum(g * np.arange(np.size(g))))[:len(bounds)]


# ------------------------------------------------------------------ methods as functions
def astype(x: Any, dtype: Any) -> Any:
    """`x.astype(dtype)`."""
    return x.astype(dtype)


def flatten(x: Any) -> Any:
    """`x.flatten()`."""
    return x.flatten()


def item(x: Any, index: Any = ()) -> Any:
    """`x.item(*index)`, and x itself for a Python number.

    >>> item(np.array([[1.0, 2.0]]), (0, 1))
    2.0
    """
    if not isinstance(x, np.ndarray | np.generic):
        return x
    return x.item(*(index if isinstance(index, tuple) else (index,)))


def tolist(x: Any) -> Any:
    """`x.tolist()`."""
    return x.tolist()


def each(g: Any, values: Any) -> Any:
    """The adjoint of `sum(values)`: `g` for each value, in its shape.

    >>> each(2.0, [1.0, 3.0])
    [2.0, 2.0]
    """
    if isinstance(values, np.ndarray):
        return np.broadcast_to(g, values.shape)
    from .helpers import unbroadcast
    if any(isinstance(v, list | tuple | dict) for v in values):
        raise NotDifferentiable("the sum of lists or tuples that hold active values: use a comprehension")
    return type(values)([unbroadcast(g, v) if isinstance(v, np.ndarray | np.generic | int | float | complex) else None
                         for v in values])


def listed(g: Any, x: Any) -> Any:
    """The adjoint of `list(x)`: its items in a container (or array) of x's kind.

    >>> listed([1.0, 2.0], (0.5, 0.5))
    (1.0, 2.0)
    """
    if isinstance(x, np.ndarray):
        return np.stack(g) if len(g) else np.zeros_like(x)
    return list(g) if isinstance(x, list) else tuple(g)
