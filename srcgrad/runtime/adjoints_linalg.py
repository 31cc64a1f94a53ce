"""Adjoints of products of vectors, matrices and stacks of them, for every combination of ranks.

`left` is the adjoint of the first operand, `right` that of the second; each has the shape and dtype of its operand.
"""
from __future__ import annotations

from typing import Any

import numpy as np


def fitted(g: Any, x: Any) -> Any:
    """`g` summed over the leading and length-1 axes that broadcasting added to x; the real part where x is real.

    >>> fitted(np.ones((2, 3)), np.zeros((2, 1)))
    array([[3.],
           [3.]])
    """
    shape = np.shape(x)
    g = np.asarray(g)
    if g.ndim > len(shape):
        g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    axes = tuple(i for i, n in enumerate(shape) if n == 1 and g.shape[i] != 1)
    g = g.sum(axis=axes, keepdims=True) if axes else g
    if not isinstance(x, np.ndarray | np.generic):
        return (g if isinstance(x, complex) else g.real).reshape(shape)[()]
    if g.dtype != x.dtype and x.dtype.kind in "fc":
        g = (g.real if x.dtype.kind == "f" else g).astype(x.dtype)
    return g if isinstance(x, np.ndarray) else g[()]


def matmul_left(g: Any, x: Any, y: Any) -> Any:
    """The adjoint of x in `x @ y`: `g @ y.T` for matrices.

    >>> matmul_left(np.array([1.0, 2.0]), np.zeros((2, 3)), np.array([1.0, 0.0, 5.0]))
    array([[ 1.,  0.,  5.],
           [ 2.,  0., 10.]])
    """
    if np.ndim(y) == 1:
        return fitted(g * y if np.ndim(x) == 1 else np.expand_dims(g, -1) * y, x)
    if np.ndim(x) == 1:
        return fitted((y @ np.expand_dims(g, -1))[..., 0], x)
    return fitted(g @ np.swapaxes(y, -1, -2), x)


def matmul_right(g: Any, x: Any, y: Any) -> Any:
    """The adjoint of y in `x @ y`: `x.T @ g` for matrices.

    >>> matmul_right(np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0]]), np.zeros(2))
    array([ 7., 10.])
    """
    if np.ndim(x) == 1:
        return fitted(g * x if np.ndim(y) == 1 else np.expand_dims(x, -1) * np.expand_dims(g, -2), y)
    if np.ndim(y) == 1:
        return fitted((np.expand_dims(g, -2) @ x)[..., 0, :], y)
    return fitted(np.swapaxes(x, -1, -2) @ g, y)


def dot_left(g: Any, x: Any, y: Any) -> Any:
    """The adjoint of x in `np.dot(x, y)`.

    >>> dot_left(2.0, np.zeros(2), np.array([1.0, 3.0]))
    array([2., 6.])
    """
    if np.ndim(x) == 0 or np.ndim(y) == 0:
        return fitted(np.sum(g * y) if np.ndim(x) == 0 else g * y, x)
    if np.ndim(y) == 1:
        return fitted(np.expand_dims(g, -1) * y, x)
    rank = np.ndim(y)
    return fitted(np.tensordot(g, y, (range(np.ndim(g) - rank + 1, np.ndim(g)), [*range(rank - 2), rank - 1])), x)


def dot_right(g: Any, x: Any, y: Any) -> Any:
    """The adjoint of y in `np.dot(x, y)`.

    >>> dot_right(np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0]]), np.zeros(2))
    array([ 7., 10.])
    """
    if np.ndim(x) == 0 or np.ndim(y) == 0:
        return dot_left(g, y, x)
    lead = range(np.ndim(x) - 1)
    product = np.tensordot(x, g, (lead, lead))
    return fitted(product if np.ndim(y) == 1 else np.moveaxis(product, 0, -2), y)


def inner_left(g: Any, x: Any, y: Any) -> Any:
    """The adjoint of x in `np.inner(x, y)`.

    >>> inner_left(2.0, np.zeros(2), np.array([1.0, 3.0]))
    array([2., 6.])
    """
    if np.ndim(x) == 0 or np.ndim(y) == 0:
        return dot_left(g, x, y)
    rank = np.ndim(y) - 1
    return fitted(np.tensordot(g, y, (range(np.ndim(g) - rank, np.ndim(g)), range(rank))), x)


def inner_right(g: Any, x: Any, y: Any) -> Any:
    """The adjoint of y in `np.inner(x, y)`.

    >>> inner_right(2.0, np.array([1.0, 3.0]), np.zeros(2))
    array([2., 6.])
    """
    if np.ndim(x) == 0 or np.ndim(y) == 0:
        return dot_left(g, y, x)
    lead = range(np.ndim(x) - 1)
    return fitted(np.tensordot(g, x, (lead, lead)), y)


def outer_left(g: Any, x: Any, y: Any) -> Any:
    """The adjoint of x in `np.outer(x, y)`.

    >>> outer_left(np.ones((3, 2)), np.zeros(3), np.array([1.0, 2.0]))
    array([3., 3., 3.])
    """
    return fitted((g @ np.ravel(y)).reshape(np.shape(x)), x)


def outer_right(g: Any, x: Any, y: Any) -> Any:
    """The adjoint of y in `np.outer(x, y)`.

    >>> outer_right(np.ones((3, 2)), np.array([1.0, 2.0, 3.0]), np.zeros(2))
    array([6., 6.])
    """
    return fitted((np.ravel(x) @ g).reshape(np.shape(y)), y)


def vdot_left(g: Any, x: Any, y: Any) -> Any:
    """The adjoint of x in `np.vdot(x, y)`, which takes the conjugate of x.

    >>> vdot_left(1.0, np.zeros(2), np.array([1.0, 3.0]))
    array([1., 3.])
    """
    return fitted(np.reshape(np.conj(g * y), np.shape(x)), x)


def vdot_right(g: Any, x: Any, y: Any) -> Any:
    """The adjoint of y in `np.vdot(x, y)`.

    >>> vdot_right(1.0, np.array([1.0, 3.0]), np.zeros(2))
    array([1., 3.])
    """
    return fitted(np.reshape(g * np.conj(x), np.shape(y)), y)


def trace_adjoint(g: Any, x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The adjoint of `np.trace(x, offset, axis1, axis2)`: `g` along a diagonal.

    >>> trace_adjoint(3.0, np.zeros((2, 2)))
    array([[3., 0.],
           [0., 3.]])
    """
    out = np.zeros(np.shape(x), np.result_type(g))
    moved = np.moveaxis(out, (axis1, axis2), (-2, -1))
    rows = np.arange(max(0, min(moved.shape[-2] + min(offset, 0), moved.shape[-1] - max(offset, 0))))
    moved[..., rows - min(offset, 0), rows + max(offset, 0)] = np.expand_dims(g, -1)
    return out
