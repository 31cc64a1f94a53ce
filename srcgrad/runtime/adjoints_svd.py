"""Adjoints and tangents of singular value decompositions, pseudo-inverses and least squares.

The conventions are those of `adjoints_decompositions`. Where singular values are equal, or zero, singular vectors are not
differentiable: what depends on singular values alone gets its derivative, else it is nan.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from .adjoints_decompositions import dagger, diagonal_matrix, diagonal_of, over_gaps

__all__ = [
    "columns", "lstsq_left", "lstsq_right", "lstsq_tangent_left", "lstsq_tangent_right", "nonzero_values",
    "over_squares", "over_values", "pinv_adjoint", "pinv_tangent", "svd_adjoint", "svd_tangent",
    "svd_vectors_adjoint", "svd_vectors_tangent", "svdvals_adjoint", "svdvals_tangent",
]


def over_values(m: Any, s: Any) -> Any:
    """The columns of `m` divided by the singular values `s`; where one is zero: 0 for 0, else nan.

    >>> over_values(np.array([[1.0, 0.0]]), np.array([2.0, 0.0]))
    array([[0.5, 0. ]])
    """
    zero = ~nonzero_values(s)[..., None, :]
    found = np.where(zero, 0, m) / np.where(zero, 1, s[..., None, :])
    return np.where(zero & (m != 0), np.nan, found)


def nonzero_values(s: Any) -> Any:
    """A mask of the singular values that are more than rounding.

    >>> nonzero_values(np.array([2.0, 1e-17]))
    array([ True, False])
    """
    return s > 4 * np.finfo(s.dtype).eps * np.max(s, axis=-1, keepdims=True, initial=0)


def over_squares(m: Any, s: Any) -> Any:
    """`m[i, j] / (s[j] ** 2 - s[i] ** 2)` off the diagonal, which is 0. Where values are equal: 0 for 0, else nan."""
    total = s[..., :, None] + s[..., None, :]
    return over_gaps(m, s) / np.where(total == 0, 1, total)


def svdvals_tangent(t: Any, x: Any) -> Any:
    """The tangent of the singular values of x.

    >>> svdvals_tangent(np.array([[1.0, 5.0], [5.0, 2.0]]), np.diag([4.0, 3.0]))
    array([1., 2.])
    """
    u, _, vh = np.linalg.svd(x, False)
    return np.real(diagonal_of(dagger(u) @ t @ dagger(vh)))


def svdvals_adjoint(g: Any, x: Any) -> Any:
    """The adjoint of x where `g` is that of its singular values.

    >>> svdvals_adjoint(np.array([1.0, 2.0]), np.diag([4.0, 3.0]))
    array([[1., 0.],
           [0., 2.]])
    """
    u, _, vh = np.linalg.svd(x, False)
    return np.conj((u * g[..., None, :]) @ vh)


def svd_tangent(t: Any, x: Any, z: Any, compute_uv: bool = True) -> Any:
    """The tangent of `z = np.linalg.svd(x, full_matrices, compute_uv)`."""
    return svd_vectors_tangent(t, x, z) if compute_uv else svdvals_tangent(t, x)


def svd_adjoint(g: Any, x: Any, z: Any, compute_uv: bool = True) -> Any:
    """The adjoint of x in `z = np.linalg.svd(x, full_matrices, compute_uv)`."""
    return svd_vectors_adjoint(g, x, z) if compute_uv else svdvals_adjoint(g, x)


def svd_vectors_tangent(t: Any, x: Any, z: Any) -> Any:
    """The tangent of `u, s, vh = np.linalg.svd(x, full_matrices)`.

    Townsend (2016), "Differentiating the singular value decomposition"; for complex x as in Wan and Zhang (2019),
    "Automatic differentiation for complex valued SVD". The vectors that `full_matrices` adds turn with the others.
    """
    s = z[1]
    k = s.shape[-1]
    u, vh = z[0][..., :k], z[2][..., :k, :]
    v = dagger(vh)
    p = dagger(u) @ t @ v
    d_s = np.real(diagonal_of(p))
    rows, cols = s[..., :, None], s[..., None, :]
    turn = over_squares(p * cols + rows * dagger(p), s)
    if np.iscomplexobj(p):
        turn = turn + diagonal_matrix(1j * over_values(np.imag(diagonal_of(p))[..., None, :], s)[..., 0, :])
    d_u, d_v = u @ turn, v @ over_squares(rows * p + dagger(p) * cols, s)
    if x.shape[-2] > k:
        rest = t @ v
        d_u = d_u + over_values(rest - u @ (dagger(u) @ rest), s)
    if x.shape[-1] > k:
        rest = dagger(t) @ u
        d_v = d_v + over_values(rest - v @ (vh @ rest), s)
    added_u, added_vh = z[0][..., k:], z[2][..., k:, :]
    d_u_all = np.concatenate([d_u, -u @ (dagger(d_u) @ added_u)], -1)
    return d_u_all, d_s, np.concatenate([dagger(d_v), -(added_vh @ d_v) @ vh], -2)


def svd_vectors_adjoint(g: Any, x: Any, z: Any) -> Any:
    """The adjoint of x in `u, s, vh = np.linalg.svd(x, full_matrices)`: the transpose of `svd_vectors_tangent`."""
    s = z[1]
    k = s.shape[-1]
    u, vh = z[0][..., :k], z[2][..., :k, :]
    v = dagger(vh)
    g_u, g_v = np.conj(g[0]), np.swapaxes(g[2], -1, -2)
    g_u = g_u[..., :k] - z[0][..., k:] @ (dagger(g_u[..., k:]) @ u)
    g_v = g_v[..., :k] - dagger(z[2][..., k:, :]) @ (dagger(g_v[..., k:]) @ v)
    turn_u, turn_v = dagger(u) @ g_u, vh @ g_v
    inner = diagonal_matrix(g[1]) + over_squares(turn_u - dagger(turn_u), s) * s[..., None, :]
    inner = inner + s[..., :, None] * over_squares(turn_v - dagger(turn_v), s)
    if np.iscomplexobj(inner):
        inner = inner + diagonal_matrix(1j * over_values(np.imag(diagonal_of(turn_u))[..., None, :], s)[..., 0, :])
    found = u @ inner @ vh
    if x.shape[-2] > k:
        found = found + over_values(g_u - u @ turn_u, s) @ vh
    if x.shape[-1] > k:
        found = found + u @ dagger(over_values(g_v - v @ turn_v, s))
    return np.conj(found)


# ------------------------------------------------------------------ pseudo-inverses and least squares
def pinv_tangent(t: Any, x: Any, z: Any) -> Any:
    """The tangent of `z = np.linalg.pinv(x)` where the rank of x does not change.

    Golub and Pereyra (1973), "The differentiation of pseudo-inverses and nonlinear least squares problems", eq. 4.12.

    >>> pinv_tangent(np.ones((1, 1)), np.full((1, 1), 2.0), np.full((1, 1), 0.5))
    array([[-0.25]])
    """
    y, t_h = dagger(z), dagger(t)
    tall = z @ y @ (t_h - t_h @ x @ z)
    wide = (t_h - z @ (x @ t_h)) @ y @ z
    return tall + wide - z @ t @ z


def pinv_adjoint(g: Any, x: Any, z: Any) -> Any:
    """The adjoint of `z = np.linalg.pinv(x)`: the transpose of `pinv_tangent`."""
    y, g_h = dagger(z), np.swapaxes(g, -1, -2)
    tall = (g_h - x @ (z @ g_h)) @ z @ y
    wide = y @ z @ (g_h - g_h @ z @ x)
    return np.conj(tall + wide - y @ dagger(g_h) @ y)


def columns(b: Any) -> Any:
    """Vectors as matrices of one column."""
    return b[:, None] if np.ndim(b) == 1 else b


def lstsq_tangent_left(t: Any, a: Any, b: Any, z: Any) -> Any:
    """The tangent of `z = np.linalg.lstsq(a, b)` where that of a is `t`: x, the residuals, a zero for the rank, and the
    singular values. Golub and Pereyra (1973)."""
    x, p = columns(z[0]), np.linalg.pinv(a)
    r, t_h = columns(b) - a @ x, dagger(t)
    y = dagger(p) @ x
    null = t_h @ y
    d_x = p @ (dagger(p) @ (t_h @ r)) + null - p @ (a @ null) - p @ (t @ x)
    d_r = -2 * np.real(np.sum(np.conj(r) * (t @ x), axis=0))
    return np.reshape(d_x, np.shape(z[0])), d_r[:np.size(z[1])], 0.0, svdvals_tangent(t, a)


def lstsq_tangent_right(t: Any, a: Any, b: Any, z: Any) -> Any:
    """The tangent of `z = np.linalg.lstsq(a, b)` where that of b is `t`."""
    r = columns(b) - a @ columns(z[0])
    d_r = 2 * np.real(np.sum(np.conj(r) * columns(t), axis=0))
    return np.reshape(np.linalg.pinv(a) @ columns(t), np.shape(z[0])), d_r[:np.size(z[1])], 0.0, z[3] * 0


def lstsq_left(g: Any, a: Any, b: Any, z: Any) -> Any:
    """The adjoint of a in `z = np.linalg.lstsq(a, b)`."""
    x, p, g_x = columns(z[0]), np.linalg.pinv(a), np.conj(columns(g[0]))
    r, y = columns(b) - a @ x, dagger(p) @ x
    w = dagger(p) @ g_x
    found = r @ dagger(p @ w) + y @ dagger(g_x - p @ (a @ g_x)) - w @ dagger(x)
    if np.size(z[1]):
        found = found - 2 * (r * g[1]) @ dagger(x)
    return np.conj(found) + svdvals_adjoint(g[3], a)


def lstsq_right(g: Any, a: Any, b: Any, z: Any) -> Any:
    """The adjoint of b in `z = np.linalg.lstsq(a, b)`."""
    found = dagger(np.linalg.pinv(a)) @ np.conj(columns(g[0]))
    if np.size(z[1]):
        found = found + 2 * (columns(b) - a @ columns(z[0])) * g[1]
    return np.conj(np.reshape(found, np.shape(b)))
