"""Adjoints and tangents of Cholesky, QR, eigenvalue and singular value decompositions.

`g` is the adjoint of a result, `t` the tangent of the operand, `z` the result; leading axes are stacks of matrices. An
adjoint pairs with a tangent as Re(sum(g * t)), so the formulas of the literature hold for its conjugate.

Where eigenvalues are equal, eigenvectors are not differentiable: what depends on eigenvalues alone gets its derivative, and
what depends on how eigenvectors of equal eigenvalues turn gets nan.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import NotDifferentiable
from .adjoints_matrices import hermitian

__all__ = [
    "below_diagonal", "cholesky_adjoint", "cholesky_tangent", "dagger", "diagonal_matrix", "diagonal_of",
    "eig_adjoint", "eig_tangent", "eigh_adjoint", "eigh_tangent", "eigvals_adjoint", "eigvals_tangent",
    "eigvalsh_adjoint", "eigvalsh_tangent", "equal_pairs", "halved", "largest_entries", "over_gaps", "over_triangle",
    "qr_adjoint", "qr_pair_adjoint", "qr_pair_tangent", "qr_parts", "qr_r_adjoint", "qr_r_tangent", "qr_tangent",
    "skew_adjoint", "skew_part",
]


def below_diagonal(n: int, k: int = -1) -> Any:
    """A mask of the entries of an n by n matrix on and below its k-th diagonal."""
    return np.tri(n, n, k, dtype=bool)


def diagonal_matrix(d: Any) -> Any:
    """The diagonal matrices that have the entries of `d`."""
    return np.where(np.eye(d.shape[-1], dtype=bool), d[..., None], 0)


def dagger(x: Any) -> Any:
    """The conjugate transpose."""
    return np.conj(np.swapaxes(x, -1, -2))


# ------------------------------------------------------------------ Cholesky
def halved(x: Any) -> Any:
    """The lower triangle, with half of the diagonal."""
    n = x.shape[-1]
    return np.where(below_diagonal(n), x, np.where(np.eye(n, dtype=bool), 0.5 * x, 0))


def cholesky_tangent(t: Any, z: Any, upper: bool = False) -> Any:
    """The tangent of `z = np.linalg.cholesky(x)`: z halved(inv(z) t inv(z)*) for the Hermitian part of `t`.

    Murray (2016), "Differentiation of the Cholesky decomposition", eq. 8.

    >>> cholesky_tangent(np.eye(1), np.full((1, 1), 2.0))
    array([[0.25]])
    """
    lower = dagger(z) if upper else z
    half = np.linalg.solve(lower, hermitian(t))
    found = lower @ halved(np.linalg.solve(lower, dagger(half)))
    return dagger(found) if upper else found


def cholesky_adjoint(g: Any, z: Any, upper: bool = False) -> Any:
    """The adjoint of `z = np.linalg.cholesky(x)`, a symmetric matrix: Murray (2016), eq. 10.

    >>> cholesky_adjoint(np.eye(1), np.full((1, 1), 2.0))
    array([[0.25]])
    """
    y = z if upper else dagger(z)
    g_lower = np.swapaxes(g, -1, -2) if upper else np.conj(g)
    half = np.linalg.solve(y, halved(y @ g_lower))
    return np.conj(hermitian(np.linalg.solve(y, dagger(half))))


# ------------------------------------------------------------------ QR
def qr_parts(x: Any, z: Any, mode: Any) -> Any:
    """Q and R of `z = np.linalg.qr(x, mode)`. Raises NotDifferentiable for what is not differentiated."""
    if mode == "r":
        return tuple(np.linalg.qr(x))
    if mode == "reduced" or mode == "complete" and x.shape[-2] <= x.shape[-1]:
        return z
    raise NotDifferentiable(f"np.linalg.qr(x, {mode!r}) of matrices of shape {x.shape}", hint="use mode='reduced'")


def over_triangle(x: Any, r: Any) -> Any:
    """`x @ inv(r)`."""
    return np.swapaxes(np.linalg.solve(np.swapaxes(r, -1, -2), np.swapaxes(x, -1, -2)), -1, -2)


def skew_part(m: Any) -> Any:
    """The skew-Hermitian matrix whose difference from `m` is upper triangular with a real diagonal."""
    lower = np.where(below_diagonal(m.shape[-1]), m, 0)
    skew = lower - dagger(lower)
    return skew + 1j * np.where(np.eye(m.shape[-1], dtype=bool), np.imag(m), 0) if np.iscomplexobj(m) else skew


def qr_tangent(t: Any, x: Any, z: Any, mode: Any = "reduced") -> Any:
    """The tangent of `z = np.linalg.qr(x, mode)`, for x of full rank."""
    found = qr_pair_tangent(t, qr_parts(x, z, mode))
    return found[1] if mode == "r" else found


def qr_pair_tangent(t: Any, z: Any) -> Any:
    """The tangent of `z = np.linalg.qr(x)`, for x of full rank.

    Walter and Lehmann (2018), "Algorithmic differentiation of linear algebra functions with application in optimum
    experimental design", section 4; wide matrices by their leading square part.
    """
    q, r = z[0], z[1]
    k = r.shape[-2]
    n = over_triangle(t[..., :k], r[..., :k])
    m = dagger(q) @ n
    skew = skew_part(m)
    d_r = dagger(q) @ t - skew @ r
    return q @ (skew - m) + n, np.where(np.tri(k, r.shape[-1], -1, dtype=bool), 0, d_r)


def qr_adjoint(g: Any, x: Any, z: Any, mode: Any = "reduced") -> Any:
    """The adjoint of x in `z = np.linalg.qr(x, mode)`, for x of full rank."""
    q, r = qr_parts(x, z, mode)
    return qr_pair_adjoint((np.zeros_like(q), g) if mode == "r" else g, x, (q, r))


def qr_r_tangent(t: Any, x: Any) -> Any:
    """The tangent of `np.linalg.qr(x, "r")`."""
    q, r = np.linalg.qr(x)
    return qr_pair_tangent(t, (q, r))[1]


def qr_r_adjoint(g: Any, x: Any) -> Any:
    """The adjoint of x in `np.linalg.qr(x, "r")`."""
    q, r = np.linalg.qr(x)
    return qr_pair_adjoint((np.zeros_like(q), g), x, (q, r))


def qr_pair_adjoint(g: Any, x: Any, z: Any) -> Any:
    """The adjoint of x in `z = np.linalg.qr(x)`: the transpose of `qr_pair_tangent`."""
    q, r = z[0], z[1]
    k = r.shape[-2]
    g_r = np.where(np.tri(k, r.shape[-1], -1, dtype=bool), 0, np.conj(g[1]))
    g_q = np.conj(g[0]) + x[..., k:] @ dagger(g_r[..., k:])
    m = g_r[..., :k] @ dagger(r[..., :k])
    w = dagger(q) @ g_q
    found = g_q + q @ (m - w + skew_adjoint(w - m))
    left = dagger(np.linalg.solve(r[..., :k], dagger(found)))
    return np.conj(np.concatenate([left, q @ g_r[..., k:]], -1))


def skew_adjoint(w: Any) -> Any:
    """The adjoint of `skew_part` in the pairing Re(sum(conj(g) * t))."""
    lower = np.where(below_diagonal(w.shape[-1]), w - dagger(w), 0)
    return lower + 1j * np.where(np.eye(w.shape[-1], dtype=bool), np.imag(w), 0) if np.iscomplexobj(w) else lower


# ------------------------------------------------------------------ eigenvalues
def over_gaps(m: Any, w: Any) -> Any:
    """`m[i, j] / (w[j] - w[i])` off the diagonal, which is 0. Where eigenvalues are equal: 0 for 0, else nan.

    >>> over_gaps(np.ones((2, 2)), np.array([1.0, 3.0]))
    array([[ 0. ,  0.5],
           [-0.5,  0. ]])
    """
    equal = equal_pairs(w)
    found = np.where(equal, 0, m) / np.where(equal, 1, w[..., None, :] - w[..., :, None])
    return np.where(equal & ~np.eye(w.shape[-1], dtype=bool) & (m != 0), np.nan, found)


def equal_pairs(w: Any) -> Any:
    """A mask of the pairs of equal entries, but for rounding.

    >>> equal_pairs(np.array([1.0, 3.0]))
    array([[ True, False],
           [False,  True]])
    """
    scale = np.max(np.abs(w), axis=-1, initial=0)[..., None, None]
    return np.abs(w[..., None, :] - w[..., :, None]) <= 4 * np.finfo(w.dtype).eps * scale


def eigh_tangent(t: Any, z: Any) -> Any:
    """The tangent of `w, v = np.linalg.eigh(x)` for the Hermitian part of `t`: Giles (2008), section 3.1.

    >>> eigh_tangent(np.array([[0.0, 1.0], [1.0, 0.0]]), (np.array([1.0, 2.0]), np.eye(2)))[1]
    array([[ 0.,  1.],
           [-1.,  0.]])
    """
    w, v = z[0], z[1]
    m = dagger(v) @ hermitian(t) @ v
    return np.real(diagonal_of(m)), v @ over_gaps(m, w)


def diagonal_of(m: Any) -> Any:
    """The diagonals of a stack of matrices."""
    return np.einsum("...ii->...i", m)


def eigh_adjoint(g: Any, z: Any) -> Any:
    """The adjoint of `w, v = np.linalg.eigh(x)`, a symmetric matrix: Giles (2008), section 3.1.

    >>> eigh_adjoint((np.array([3.0, 4.0]), np.zeros((2, 2))), (np.array([1.0, 2.0]), np.eye(2)))
    array([[3., 0.],
           [0., 4.]])
    """
    w, v = z[0], z[1]
    inner = diagonal_matrix(g[0]) + over_gaps(dagger(v) @ np.conj(g[1]), w)
    return np.conj(hermitian(v @ inner @ dagger(v)))


def eigvalsh_tangent(t: Any, x: Any, UPLO: Any = "L") -> Any:
    """The tangent of `np.linalg.eigvalsh(x, UPLO)`.

    >>> eigvalsh_tangent(np.array([[3.0, 7.0], [7.0, 4.0]]), np.diag([1.0, 2.0]))
    array([3., 4.])
    """
    _, v = np.linalg.eigh(x, UPLO)
    return np.real(diagonal_of(dagger(v) @ hermitian(t) @ v))


def eigvalsh_adjoint(g: Any, x: Any, UPLO: Any = "L") -> Any:
    """The adjoint of `np.linalg.eigvalsh(x, UPLO)`: v diag(g) v*.

    >>> eigvalsh_adjoint(np.array([3.0, 4.0]), np.diag([1.0, 2.0]))
    array([[3., 0.],
           [0., 4.]])
    """
    _, v = np.linalg.eigh(x, UPLO)
    return np.conj((v * g[..., None, :]) @ dagger(v))


def eig_tangent(t: Any, z: Any) -> Any:
    """The tangent of `w, v = np.linalg.eig(x)`: Giles (2008), section 3.1, with LAPACK's eigenvectors.

    They have norm 1 and are real where they are largest.
    """
    w, v = z[0], z[1]
    m = np.linalg.solve(v, t @ v)
    d_v = v @ over_gaps(m, w)
    change = np.real(np.sum(np.conj(v) * d_v, axis=-2, keepdims=True))
    if np.iscomplexobj(v):
        turn = np.sum(np.where(largest_entries(v), d_v / np.where(v == 0, 1, v), 0), axis=-2, keepdims=True)
        change = change + 1j * np.imag(turn)
    return diagonal_of(m), d_v - v * change


def largest_entries(v: Any) -> Any:
    """A mask of the entry of each column that is largest."""
    return np.arange(v.shape[-1])[:, None] == np.argmax(np.abs(v), axis=-2)[..., None, :]


def eig_adjoint(g: Any, z: Any) -> Any:
    """The adjoint of `w, v = np.linalg.eig(x)`: the transpose of `eig_tangent`."""
    w, v = z[0], z[1]
    y = np.swapaxes(v, -1, -2)
    along = np.sum(g[1] * v, axis=-2, keepdims=True)
    g_v = g[1] - np.real(along) * np.conj(v)
    if np.iscomplexobj(v):
        g_v = g_v - 1j * np.imag(along) * np.where(largest_entries(v), 1 / np.where(v == 0, 1, v), 0)
    inner = diagonal_matrix(g[0]) + over_gaps(y @ g_v, w)
    return np.linalg.solve(y, inner @ y)


def eigvals_tangent(t: Any, x: Any) -> Any:
    """The tangent of `np.linalg.eigvals(x)`.

    >>> eigvals_tangent(np.array([[3.0, 7.0], [5.0, 4.0]]), np.diag([1.0, 2.0]))
    array([3., 4.])
    """
    _, v = np.linalg.eig(x)
    return diagonal_of(np.linalg.solve(v, t @ v))


def eigvals_adjoint(g: Any, x: Any) -> Any:
    """The adjoint of `np.linalg.eigvals(x)`: inv(v).T diag(g) v.T.

    >>> eigvals_adjoint(np.array([3.0, 4.0]), np.diag([1.0, 2.0]))
    array([[3., 0.],
           [0., 4.]])
    """
    _, v = np.linalg.eig(x)
    y = np.swapaxes(v, -1, -2)
    return np.linalg.solve(y, g[..., :, None] * y)
