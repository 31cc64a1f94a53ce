"""What generated code calls for functions of scipy.linalg; imported by code that uses SciPy, and by nothing else.

`g` is the adjoint of a result, `t` a tangent, `z` the result. Most are ordinary functions that are differentiated by their
source.
"""
from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from ..errors import NotDifferentiable
from .adjoints_decompositions import cholesky_adjoint, cholesky_tangent, dagger
from .adjoints_linalg import fitted
from .adjoints_matrices import hermitian


def check_matrix(a: Any) -> None:
    """Raises NotDifferentiable for stacks of matrices."""
    if np.ndim(a) != 2:
        raise NotDifferentiable(f"scipy.linalg on an array of shape {np.shape(a)}", hint="use np.linalg, or a loop")


# ------------------------------------------------------------------ systems of equations
def outer(w: Any, z: Any) -> Any:
    """`w @ z.T` for matrices and for vectors.

    >>> outer(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    array([[3., 4.],
           [6., 8.]])
    """
    return w[:, None] * z if np.ndim(z) == 1 else w @ np.swapaxes(z, 0, 1)


def symmetric_if(g: Any, assume_a: Any) -> Any:
    """The adjoint of a matrix of which one triangle is read is a symmetric one."""
    if assume_a in ("sym", "pos", "symmetric", "positive definite"):
        return 0.5 * (g + np.swapaxes(g, 0, 1))
    return np.conj(hermitian(np.conj(g))) if assume_a in ("her", "hermitian") else g


def general(assume_a: Any) -> None:
    """Raises NotDifferentiable for structures of which the zeros are not known here."""
    if assume_a not in (None, "gen", "general", "sym", "pos", "her", "symmetric", "hermitian", "positive definite"):
        raise NotDifferentiable(f"scipy.linalg.solve with assume_a={assume_a!r}", hint="use solve_triangular or solve_banded")


def solve_tangent(t: Any, a: Any, z: Any, assume_a: Any = None) -> Any:
    """The tangent of `z = linalg.solve(a, b)` where that of a is `t`."""
    check_matrix(a)
    general(assume_a)
    return -linalg.solve(a, symmetric_if(t, assume_a) @ z, assume_a=assume_a)


def solve_right(g: Any, a: Any, b: Any) -> Any:
    """The adjoint of b in `linalg.solve(a, b)`."""
    check_matrix(a)
    return fitted(np.linalg.solve(np.swapaxes(a, 0, 1), g), b)


def solve_left(g: Any, a: Any, z: Any, assume_a: Any = None) -> Any:
    """The adjoint of a in `z = linalg.solve(a, b)`."""
    check_matrix(a)
    general(assume_a)
    return fitted(symmetric_if(-outer(np.linalg.solve(np.swapaxes(a, 0, 1), g), z), assume_a), a)


def triangle(x: Any, lower: bool, unit_diagonal: bool) -> Any:
    """The triangle that a solution depends on, zeros elsewhere."""
    return np.where(triangle_mask(np.shape(x)[0], lower, unit_diagonal), x, 0)


def triangle_mask(n: int, lower: bool, unit_diagonal: bool) -> Any:
    """Which entries of an n by n matrix are read.

    >>> triangle_mask(2, True, False).tolist()
    [[True, False], [True, True]]
    """
    mask = np.tri(n, n, -1 if unit_diagonal else 0, dtype=bool)
    return mask if lower else mask.T


def triangular_tangent(t: Any, a: Any, z: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False) -> Any:
    """The tangent of `z = linalg.solve_triangular(a, b, trans, lower, unit_diagonal)` where that of a is `t`."""
    check_matrix(a)
    change = triangle(t, lower, unit_diagonal)
    if trans in (1, "T"):
        change = np.swapaxes(change, 0, 1)
    if trans in (2, "C"):
        change = dagger(change)
    return -linalg.solve_triangular(a, change @ z, trans, lower, unit_diagonal)


def triangular_right(g: Any, a: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False) -> Any:
    """The adjoint of b in `linalg.solve_triangular(a, b, trans, lower, unit_diagonal)`, before it is made b's."""
    check_matrix(a)
    if trans in (2, "C"):
        return np.conj(linalg.solve_triangular(a, np.conj(g), 0, lower, unit_diagonal))
    return linalg.solve_triangular(a, g, 0 if trans in (1, "T") else 1, lower, unit_diagonal)


def triangular_left(g: Any, a: Any, z: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False) -> Any:
    """The adjoint of a in `z = linalg.solve_triangular(a, b, trans, lower, unit_diagonal)`, zeros in the other triangle."""
    found = -outer(triangular_right(g, a, trans, lower, unit_diagonal), z)
    if trans in (1, "T"):
        found = np.swapaxes(found, 0, 1)
    if trans in (2, "C"):
        found = dagger(found)
    return fitted(triangle(found, lower, unit_diagonal), a)


def banded_matrix(ab: Any, l_and_u: Any) -> Any:
    """The square matrix of its diagonals, `ab[u + i - j, j] == a[i, j]`.

    >>> banded_matrix(np.array([[0.0, 2.0], [1.0, 3.0]]), (0, 1))
    array([[1., 2.],
           [0., 3.]])
    """
    rows, columns, mask = band(np.shape(ab)[1], l_and_u)
    return np.where(mask, ab[rows, columns], 0)


def band(n: int, l_and_u: Any) -> Any:
    """For each entry of an n by n matrix where it is in its diagonals, and whether it is there."""
    lower, upper = l_and_u
    i, j = np.arange(n)[:, None], np.arange(n)
    rows = upper + i - j
    return np.clip(rows, 0, lower + upper), j + 0 * i, (rows >= 0) & (rows <= lower + upper)


def diagonals(g: Any, l_and_u: Any) -> Any:
    """The transpose of `banded_matrix`: the diagonals of `g`, as `ab` has them.

    >>> diagonals(np.array([[1.0, 2.0], [4.0, 3.0]]), (0, 1))
    array([[0., 2.],
           [1., 3.]])
    """
    lower, upper = l_and_u
    n = np.shape(g)[0]
    rows = np.arange(-upper, lower + 1)[:, None] + np.arange(n)
    return np.where((rows >= 0) & (rows < n), g[np.clip(rows, 0, max(n - 1, 0)), np.arange(n)], 0)


def banded_tangent(t: Any, l_and_u: Any, ab: Any, z: Any) -> Any:
    """The tangent of `z = linalg.solve_banded(l_and_u, ab, b)` where that of ab is `t`."""
    return -linalg.solve_banded(l_and_u, ab, banded_matrix(t, l_and_u) @ z)


def banded_right(g: Any, l_and_u: Any, ab: Any) -> Any:
    """The adjoint of b in `linalg.solve_banded(l_and_u, ab, b)`: a banded system of the transpose."""
    turned = (l_and_u[1], l_and_u[0])
    return linalg.solve_banded(turned, diagonals(np.swapaxes(banded_matrix(ab, l_and_u), 0, 1), turned), g)


def banded_left(g: Any, l_and_u: Any, ab: Any, z: Any) -> Any:
    """The adjoint of ab in `z = linalg.solve_banded(l_and_u, ab, b)`."""
    return fitted(diagonals(-outer(banded_right(g, l_and_u, ab), z), l_and_u), ab)


# ------------------------------------------------------------------ factors
def cho_matrix_tangent(t: Any, c: Any, lower: bool) -> Any:
    """The tangent of the matrix whose Cholesky factor is in a triangle of c, where that of c is `t`."""
    low, change = lower_factor(c, lower), lower_factor(t, lower)
    half = change @ dagger(low)
    return half + dagger(half)


def lower_factor(c: Any, lower: bool) -> Any:
    """The lower factor that c holds in one of its triangles.

    >>> lower_factor(np.array([[1.0, 2.0], [9.0, 3.0]]), False)
    array([[1., 0.],
           [2., 3.]])
    """
    kept = triangle(c, lower, False)
    return kept if lower else dagger(kept)


def cho_solve_tangent(t: Any, c_and_lower: Any, z: Any) -> Any:
    """The tangent of `z = linalg.cho_solve(c_and_lower, b)` where that of the pair is `t`."""
    change = cho_matrix_tangent(t[0], c_and_lower[0], c_and_lower[1])
    return -linalg.cho_solve(c_and_lower, change @ z)


def cho_solve_right(g: Any, c_and_lower: Any) -> Any:
    """The adjoint of b in `linalg.cho_solve(c_and_lower, b)`."""
    return np.conj(linalg.cho_solve(c_and_lower, np.conj(g)))


def cho_solve_left(g: Any, c_and_lower: Any, z: Any) -> Any:
    """The adjoint of the pair in `z = linalg.cho_solve(c_and_lower, b)`: a matrix, and 0 for the flag."""
    c, lower = c_and_lower[0], c_and_lower[1]
    found = -outer(cho_solve_right(g, c_and_lower), z)
    found = triangle((found + dagger(found)) @ np.conj(lower_factor(c, lower)), True, False)
    return fitted(found if lower else dagger(found), c), 0.0


def cho_factor_tangent(t: Any, z: Any) -> Any:
    """The tangent of `c, lower = linalg.cho_factor(x)`: that of a Cholesky factor, and zeros in the other triangle."""
    factor = triangle(z[0], z[1], False)
    return cholesky_tangent(t, factor, not z[1]), 0.0


def cho_factor_adjoint(g: Any, z: Any) -> Any:
    """The adjoint of x in `c, lower = linalg.cho_factor(x)`."""
    return cholesky_adjoint(triangle(g[0], z[1], False), triangle(z[0], z[1], False), not z[1])


def lu_tangent(t: Any, z: Any) -> Any:
    """The tangent of `p, l, u = linalg.lu(x)` for square matrices; p is constant.

    With m = inv(l) p.T t inv(u): l tril(m, -1) and triu(m) u (Walter and Lehmann 2018, section 3).
    """
    p, low, up = square_lu(z)
    n = np.shape(low)[0]
    m = np.linalg.solve(low, np.swapaxes(p, 0, 1) @ t)
    m = np.swapaxes(np.linalg.solve(np.swapaxes(up, 0, 1), np.swapaxes(m, 0, 1)), 0, 1)
    return p * 0, low @ np.where(triangle_mask(n, True, True), m, 0), np.where(triangle_mask(n, False, False), m, 0) @ up


def lu_adjoint(g: Any, z: Any) -> Any:
    """The adjoint of x in `p, l, u = linalg.lu(x)`: the transpose of `lu_tangent`."""
    p, low, up = square_lu(z)
    n = np.shape(low)[0]
    m = np.where(triangle_mask(n, True, True), np.swapaxes(low, 0, 1) @ g[1], g[2] @ np.swapaxes(up, 0, 1))
    m = np.linalg.solve(np.swapaxes(low, 0, 1), m)
    return p @ np.swapaxes(np.linalg.solve(up, np.swapaxes(m, 0, 1)), 0, 1)


def square_lu(z: Any) -> Any:
    """The factors, of a square matrix. Raises NotDifferentiable for others."""
    if np.shape(z[1]) != np.shape(z[2]) or np.ndim(z[1]) != 2:
        raise NotDifferentiable(f"scipy.linalg.lu with factors of shapes {np.shape(z[1])} and {np.shape(z[2])}",
                                hint="only square matrices are supported")
    return z


# ------------------------------------------------------------------ functions of matrices
def frechet(t: Any, x: Any) -> Any:
    """The tangent of `linalg.expm(x)` in the direction `t`: Al-Mohy and Higham (2009), "Computing the Frechet derivative of
    the matrix exponential, with an application to condition number estimation".

    >>> frechet(np.eye(1), np.zeros((1, 1)))
    array([[1.]])
    """
    if np.ndim(x) == 2 and np.size(x):
        return linalg.expm_frechet(x, t, compute_expm=False).astype(np.result_type(x, t), copy=False)
    n = np.shape(x)[-1]
    return linalg.expm(doubled(x, t))[..., :n, n:]


def doubled(x: Any, t: Any) -> Any:
    """The block matrix [[x, t], [0, x]], whose functions have derivatives in their upper right block (Mathias 1996)."""
    upper, lower = np.concatenate([x, t], -1), np.concatenate([x * 0, x], -1)
    return np.concatenate([upper, lower], -2)


def second_frechet(s: Any, t: Any, x: Any) -> Any:
    """The second derivative of `linalg.expm(x)` in the directions `s` and `t`.

    >>> second_frechet(np.eye(1), np.eye(1), np.zeros((1, 1)))
    array([[1.]])
    """
    n = np.shape(x)[-1]
    return frechet(doubled(s, x * 0), doubled(x, t))[..., :n, n:]
