"""Adjoints and tangents of inverses, determinants, systems of equations and factorisations of matrices.

`g` is the adjoint of a result, `t` the tangent of an operand, `z` the result; leading axes are stacks of matrices. An
adjoint pairs with a tangent as Re(sum(g * t)), without conjugation, so it is the conjugate of what the literature calls a
complex gradient. Most of these are ordinary code that is differentiated by its source where a second derivative is asked for.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from .adjoints_linalg import fitted

__all__ = [
    "applied", "cofactors", "cofactors_tangent", "hermitian", "is_stack_of_vectors", "matrix_power_tangent",
    "multi_dot_parts", "multi_dot_tangent", "other_indices", "outer_product", "per_matrix", "slogdet_tangent",
    "slogdet_weight", "solve_left", "solve_right", "solve_tangent", "solved_transposed", "tensorinv_adjoint",
    "tensorinv_tangent", "tensorsolve_left", "tensorsolve_matrix", "tensorsolve_right", "tensorsolve_tangent",
    "transposed",
]

NUMPY_2 = np.lib.NumpyVersion(np.__version__) >= "2.0.0"


def transposed(x: Any) -> Any:
    """Each matrix of a stack transposed.

    >>> transposed(np.ones((5, 2, 3))).shape
    (5, 3, 2)
    """
    return np.swapaxes(x, -1, -2)


def hermitian(x: Any) -> Any:
    """The Hermitian part of square matrices, the symmetric part where they are real.

    >>> hermitian(np.array([[1.0, 4.0], [0.0, 1.0]]))
    array([[1., 2.],
           [2., 1.]])
    """
    return 0.5 * (x + np.conj(np.swapaxes(x, -1, -2)))


# ------------------------------------------------------------------ determinants
def cofactors(x: Any, z: Any) -> Any:
    """The derivative of `z = np.linalg.det(x)`: `z * inv(x).T`, and by singular values where z is 0.

    With x = u diag(s) vh: det(u) det(vh) conj(u diag(products of the other s) vh).

    >>> cofactors(np.array([[1.0, 2.0], [2.0, 4.0]]), 0.0).round(9) + 0.0
    array([[ 4., -2.],
           [-2.,  1.]])
    """
    if np.all(z != 0):
        return np.expand_dims(z, (-1, -2)) * np.swapaxes(np.linalg.inv(x), -1, -2)
    u, s, vh = np.linalg.svd(x)
    n = x.shape[-1]
    others = np.stack([np.prod(np.delete(s, i, -1), axis=-1) for i in range(n)], -1) if n else s
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return np.expand_dims(sign, (-1, -2)) * np.conj((u * others[..., None, :]) @ vh)


def cofactors_tangent(t: Any, x: Any, z: Any) -> Any:
    """The tangent of `cofactors(x, z)`, which is also its adjoint: the second derivative of det is symmetric.

    For regular x by its inverse, else by the cofactors of the minors.
    """
    if np.all(z != 0):
        y = np.swapaxes(np.linalg.inv(x), -1, -2)
        c = np.expand_dims(z, (-1, -2)) * y
        return np.sum(c * t, axis=(-1, -2), keepdims=True) * y - c @ np.swapaxes(t, -1, -2) @ y
    n = x.shape[-1]
    rest = other_indices(n)
    rows, columns = rest[:, None, :, None], rest[None, :, None, :]
    minors = x[..., rows, columns]
    sign = (-1.0) ** (np.arange(n)[:, None] + np.arange(n))
    c = cofactors(minors, np.linalg.det(minors))
    return sign.astype(x.dtype) * np.sum(c * t[..., rows, columns], axis=(-1, -2))


def other_indices(n: int) -> Any:
    """Row i lists the indices below n other than i.

    >>> other_indices(3).tolist()
    [[1, 2], [0, 2], [0, 1]]
    """
    j = np.arange(max(n - 1, 0))
    return j + (j >= np.arange(n)[:, None])


def per_matrix(g: Any) -> Any:
    """A number for each matrix, with the axes of matrices.

    >>> per_matrix(np.ones(2)).shape
    (2, 1, 1)
    """
    return np.expand_dims(g, (-1, -2))


def slogdet_weight(g: Any, x: Any, z: Any) -> Any:
    """The factor of inv(x).T in the adjoint of `z = np.linalg.slogdet(x)`; `g` is a pair.

    The logarithm is Re log det(x); the sign of a complex matrix turns with Im log det(x).

    >>> slogdet_weight((0.0, 3.0), np.eye(2), (1.0, 0.0))
    3.0
    """
    return g[1] + 1j * np.imag(g[0] * z[0]) if np.iscomplexobj(x) else g[1]


def slogdet_tangent(t: Any, x: Any, z: Any) -> Any:
    """The tangent of `z = np.linalg.slogdet(x)`, a pair."""
    turn = np.sum(np.swapaxes(np.linalg.inv(x), -1, -2) * t, axis=(-1, -2))
    if np.iscomplexobj(x):
        return z[0] * (1j * np.imag(turn)), np.real(turn)
    return z[0] * 0, turn


# ------------------------------------------------------------------ systems of equations
def is_stack_of_vectors(a: Any, b: Any) -> bool:
    """Whether `np.linalg.solve(a, b)` takes b as vectors: in NumPy 2 where it has one axis, before where it lacks one."""
    return bool(np.ndim(b) == (1 if NUMPY_2 else np.ndim(a) - 1))


def applied(a: Any, y: Any, b: Any) -> Any:
    """`a @ y`, where `y = solve(a, b)` is of vectors or of matrices, as b is.

    >>> applied(np.eye(2), np.array([1.0, 2.0]), np.zeros(2))
    array([1., 2.])
    """
    return (a @ y[..., None])[..., 0] if is_stack_of_vectors(a, b) else a @ y


def outer_product(g: Any, y: Any, a: Any, b: Any) -> Any:
    """The adjoint of a in `applied(a, y, b)`: `np.outer(g, y)` for vectors, `g @ y.T` for matrices; in a's shape and dtype.

    >>> outer_product(np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.eye(2), np.zeros(2))
    array([[3., 4.],
           [6., 8.]])
    """
    if is_stack_of_vectors(a, b):
        return fitted(g[..., :, None] * y[..., None, :], a)
    return fitted(g @ np.swapaxes(y, -1, -2), a)


def solve_tangent(t: Any, a: Any, z: Any, b: Any) -> Any:
    """The tangent of `z = np.linalg.solve(a, b)` where that of a is `t`: `-solve(a, t @ z)`.

    >>> solve_tangent(np.eye(2), 2.0 * np.eye(2), np.ones(2), np.full(2, 2.0))
    array([-0.5, -0.5])
    """
    if is_stack_of_vectors(a, b):
        return -np.linalg.solve(a, t @ z[..., None])[..., 0]
    return -np.linalg.solve(a, t @ z)


def solve_right(g: Any, a: Any, b: Any) -> Any:
    """The adjoint of b in `np.linalg.solve(a, b)`: `solve(a.T, g)`.

    >>> solve_right(np.array([1.0, 2.0]), np.array([[1.0, 0.0], [1.0, 1.0]]), np.zeros(2))
    array([-1.,  2.])
    """
    return fitted(solved_transposed(g, a, b), b)


def solved_transposed(g: Any, a: Any, b: Any) -> Any:
    """`solve(a.T, g)` before it is summed to b's shape."""
    y = np.swapaxes(a, -1, -2)
    return np.linalg.solve(y, g[..., None])[..., 0] if is_stack_of_vectors(a, b) else np.linalg.solve(y, g)


def solve_left(g: Any, a: Any, z: Any, b: Any) -> Any:
    """The adjoint of a in `z = np.linalg.solve(a, b)`: `-solve(a.T, g) z.T`.

    >>> solve_left(np.array([1.0, 2.0]), np.eye(2), np.array([1.0, 0.0]), np.zeros(2)) + 0.0
    array([[-1.,  0.],
           [-2.,  0.]])
    """
    return -outer_product(solved_transposed(g, a, b), z, a, b)


def tensorsolve_matrix(a: Any, b: Any, axes: Any) -> Any:
    """a as the matrix of `np.linalg.tensorsolve(a, b, axes)`: the axes that are solved for last."""
    rank = np.ndim(a)
    if axes is not None:
        a = np.moveaxis(a, axes, range(rank - len(axes), rank))
    return np.reshape(a, (np.size(b), np.size(b)))


def tensorsolve_tangent(t: Any, a: Any, z: Any, b: Any, axes: Any = None) -> Any:
    """The tangent of `z = np.linalg.tensorsolve(a, b, axes)` where that of a is `t`."""
    right = tensorsolve_matrix(t, b, axes) @ np.ravel(z)
    return -np.reshape(np.linalg.solve(tensorsolve_matrix(a, b, axes), right), np.shape(z))


def tensorsolve_right(g: Any, a: Any, b: Any, axes: Any = None) -> Any:
    """The adjoint of b in `np.linalg.tensorsolve(a, b, axes)`."""
    found = np.linalg.solve(np.swapaxes(tensorsolve_matrix(a, b, axes), 0, 1), np.ravel(g))
    return fitted(np.reshape(found, np.shape(b)), b)


def tensorsolve_left(g: Any, a: Any, z: Any, b: Any, axes: Any = None) -> Any:
    """The adjoint of a in `z = np.linalg.tensorsolve(a, b, axes)`."""
    w = np.linalg.solve(np.swapaxes(tensorsolve_matrix(a, b, axes), 0, 1), np.ravel(g))
    found = -w[:, None] * np.ravel(z)
    if axes is None:
        return fitted(np.reshape(found, np.shape(a)), a)
    rank = np.ndim(a)
    moved = np.shape(np.moveaxis(a, axes, range(rank - len(axes), rank)))
    return fitted(np.moveaxis(np.reshape(found, moved), range(rank - len(axes), rank), axes), a)


def tensorinv_tangent(t: Any, z: Any, ind: int = 2) -> Any:
    """The tangent of `z = np.linalg.tensorinv(x, ind)`: that of an inverse, in matrices.

    >>> tensorinv_tangent(np.ones((1, 1)), np.full((1, 1), 2.0), 1)
    array([[-4.]])
    """
    n = int(np.sqrt(np.size(z)))
    y = np.reshape(z, (n, n))
    return -np.reshape(y @ np.reshape(t, (n, n)) @ y, np.shape(z))


def tensorinv_adjoint(g: Any, x: Any, z: Any) -> Any:
    """The adjoint of x in `z = np.linalg.tensorinv(x, ind)`."""
    n = int(np.sqrt(np.size(z)))
    y = np.swapaxes(np.reshape(z, (n, n)), 0, 1)
    return -np.reshape(y @ np.reshape(g, (n, n)) @ y, np.shape(x))


# ------------------------------------------------------------------ powers and products
def matrix_power_tangent(t: Any, x: Any, n: int) -> Any:
    """The tangent of `np.linalg.matrix_power(x, n)`: the sum of `x ** i @ t @ x ** (n - 1 - i)`.

    With x transposed, the adjoint.

    >>> matrix_power_tangent(np.ones((1, 1)), np.full((1, 1), 3.0), 2)
    array([[6.]])
    """
    if n == 0:
        return t * 0
    if n < 0:
        x = np.linalg.inv(x)
        t = -x @ t @ x
    power = x
    total = t
    for _ in range(abs(n) - 1):
        total = total @ x + power @ t
        power = power @ x
    return total


def multi_dot_tangent(t: Any, arrays: Any) -> Any:
    """The tangent of `np.linalg.multi_dot(arrays)`: the sum of products in which one factor is a tangent.

    >>> multi_dot_tangent([np.ones((1, 1)), np.zeros((1, 1))], [np.ones((1, 1)), np.full((1, 1), 3.0)])
    array([[3.]])
    """
    t, arrays = list(t), list(arrays)
    total, product = t[0], arrays[0]
    for i in range(1, len(arrays)):
        total = total @ arrays[i] + product @ t[i]
        product = product @ arrays[i]
    return total


def multi_dot_parts(g: Any, arrays: Any) -> Any:
    """The adjoints of the factors in `np.linalg.multi_dot(arrays)`: `left.T @ g @ right.T`.

    >>> multi_dot_parts(np.eye(2), [np.eye(2), np.full((2, 2), 3.0)])[0]
    array([[3., 3.],
           [3., 3.]])
    """
    is_tuple = isinstance(arrays, tuple)
    arrays = list(arrays)
    last = len(arrays) - 1
    rights = [np.eye(1 if np.ndim(arrays[-1]) == 1 else np.shape(arrays[-1])[1], dtype=arrays[-1].dtype)]
    for i in range(last, 0, -1):
        factor = np.reshape(arrays[i], (-1, 1)) if i == last and np.ndim(arrays[i]) == 1 else arrays[i]
        rights.append(factor @ rights[-1])
    left = np.reshape(g, (1 if np.ndim(arrays[0]) == 1 else np.shape(arrays[0])[0], -1))
    parts = []
    for i in range(last + 1):
        found = left @ np.swapaxes(rights[last - i], 0, 1)
        parts.append(fitted(np.reshape(found, np.shape(arrays[i])), arrays[i]))
        if i < last:
            left = np.swapaxes(np.atleast_2d(arrays[i]), 0, 1) @ left
    return tuple(parts) if is_tuple else parts
