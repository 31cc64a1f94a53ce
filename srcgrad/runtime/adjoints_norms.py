"""The slopes of norms and condition numbers: the factors W of `d norm = Re(sum(W * dx))`, conjugates included.

Equal largest entries, sums or singular values share equally; the slope of a norm at 0 is 0.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from .adjoints_reductions import expand
from .adjoints_svd import nonzero_values

__all__ = [
    "cond_slope", "matrix_norm_slope", "norm_adjoint", "norm_slope", "over", "shares", "sign_slope", "singular_slope",
    "singular_weights", "vector_norm_slope",
]


def over(a: Any, b: Any) -> Any:
    """`a / b`, and 0 where b is 0."""
    zero = b == 0
    return np.where(zero, 0, a / np.where(zero, 1, b))


def sign_slope(x: Any) -> Any:
    """The slope of `abs(x)`: its sign, conjugate where it is complex."""
    return over(np.conj(x), np.abs(x)) if np.iscomplexobj(x) else np.sign(x)


def norm_slope(x: Any, z: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The slope of `z = np.linalg.norm(x, ord, axis, keepdims)`.

    >>> norm_slope(np.array([3.0, -4.0]), 5.0), norm_slope(np.array([3.0, -4.0]), 7.0, 1)
    (array([ 0.6, -0.8]), array([ 1., -1.]))
    """
    if ord is None:
        return over(np.conj(x), expand(z, x, axis, keepdims))
    if axis is None and np.ndim(x) == 1 or axis is not None and np.size(axis) == 1:
        return vector_norm_slope(x, z, ord, axis, keepdims)
    return matrix_norm_slope(x, ord, (-2, -1) if axis is None else axis)


def norm_adjoint(g: Any, x: Any, z: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The adjoint of x in `z = np.linalg.norm(x, ord, axis, keepdims)`.

    >>> norm_adjoint(5.0, np.array([3.0, -4.0]), 5.0)
    array([ 3., -4.])
    """
    return norm_slope(x, z, ord, axis, keepdims) * expand(g, x, axis, keepdims)


def vector_norm_slope(x: Any, z: Any, ord: Any = 2, axis: Any = None, keepdims: bool = False) -> Any:
    """The slope of `z = np.linalg.vector_norm(x, ord=ord, axis=axis, keepdims=keepdims)`.

    >>> vector_norm_slope(np.array([1.0, -2.0, 2.0]), 2.0, np.inf)
    array([ 0. , -0.5,  0.5])
    """
    size, whole = np.abs(x), expand(z, x, axis, keepdims)
    if ord == 2:
        return over(np.conj(x), whole)
    if ord == 0:
        return x * 0
    if ord == 1:
        return sign_slope(x)
    if abs(ord) == np.inf:
        return sign_slope(x) * shares(size == whole, axis, size.dtype)
    scaled = np.where(x == 0, 1, over(size, whole))
    return sign_slope(x) * scaled ** (ord - 1)


def shares(chosen: Any, axis: Any, dtype: Any) -> Any:
    """An equal share for each entry that is chosen.

    >>> shares(np.array([True, False, True]), None, float)
    array([0.5, 0. , 0.5])
    """
    return (chosen / np.sum(chosen, axis=axis, keepdims=True)).astype(dtype)


def matrix_norm_slope(x: Any, ord: Any = "fro", axis: Any = (-2, -1)) -> Any:
    """The slope of `np.linalg.norm(x, ord, axis)` for two axes.

    >>> matrix_norm_slope(np.array([[1.0, 2.0], [3.0, 1.0]]), 1)
    array([[1., 0.],
           [1., 0.]])
    """
    y = np.moveaxis(x, axis, (-2, -1))
    if ord == "fro":
        found = over(np.conj(y), np.sqrt(np.sum(np.real(y) ** 2 + np.imag(y) ** 2, axis=(-2, -1), keepdims=True)))
    elif ord == "nuc":
        found = singular_slope(y, "all")
    elif abs(ord) == 2:
        found = singular_slope(y, "largest" if ord > 0 else "smallest")
    else:
        sums = np.sum(np.abs(y), axis=-2 if abs(ord) == 1 else -1, keepdims=True)
        best = np.max(sums, axis=(-2, -1), keepdims=True) if ord > 0 else np.min(sums, axis=(-2, -1), keepdims=True)
        found = sign_slope(y) * shares(sums == best, (-2, -1), sums.dtype)
    return np.moveaxis(found, (-2, -1), axis)


def singular_slope(x: Any, which: str) -> Any:
    """The slope of the largest or smallest singular value, or of the sum of all: `conj(u @ vh)` of those.

    >>> singular_slope(np.diag([3.0, 2.0]), "largest")
    array([[1., 0.],
           [0., 0.]])
    """
    u, s, vh = np.linalg.svd(x, False)
    return np.conj((u * singular_weights(s, which)[..., None, :]) @ vh)


def singular_weights(s: Any, which: str) -> Any:
    """The slope of the largest, the smallest or the sum of all by the singular values; those that are equal share.

    >>> singular_weights(np.array([3.0, 3.0, 0.0]), "largest"), singular_weights(np.array([3.0, 0.0]), "all")
    (array([0.5, 0.5, 0. ]), array([1., 0.]))
    """
    if which == "all":
        return nonzero_values(s).astype(s.dtype)
    chosen = s == (np.max(s, axis=-1, keepdims=True) if which == "largest" else np.min(s, axis=-1, keepdims=True))
    return (chosen / np.sum(chosen, axis=-1, keepdims=True)).astype(s.dtype)


def cond_slope(x: Any, p: Any = None) -> Any:
    """The slope of `np.linalg.cond(x, p)`, for each matrix of a stack.

    >>> cond_slope(np.diag([4.0, 2.0]))
    array([[ 0.5,  0. ],
           [ 0. , -1. ]])
    """
    if p is None or p == 2 or p == -2:
        s = np.linalg.svd(x, compute_uv=False)
        large, small = np.max(s, axis=-1, keepdims=True)[..., None], np.min(s, axis=-1, keepdims=True)[..., None]
        if p == -2:
            return singular_slope(x, "smallest") / large - singular_slope(x, "largest") * small / large ** 2
        return singular_slope(x, "largest") / small - singular_slope(x, "smallest") * large / small ** 2
    y = np.linalg.inv(x)
    y_t = np.swapaxes(y, -1, -2)
    left = np.linalg.norm(x, p, (-2, -1), keepdims=True)
    right = np.linalg.norm(y, p, (-2, -1), keepdims=True)
    return matrix_norm_slope(x, p) * right - left * (y_t @ matrix_norm_slope(y, p) @ y_t)
