"""What generated code calls for the functions of scipy.linalg that put matrices together; imported with SciPy's rules only."""
from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from .adjoints_linalg import fitted


def block_diag_of(parts: Any) -> Any:
    """`linalg.block_diag(*parts)`.

    >>> block_diag_of([1.0, np.array([2.0, 3.0])])
    array([[1., 0., 0.],
           [0., 2., 3.]])
    """
    return linalg.block_diag(*parts)


def block_parts(g: Any, parts: Any) -> Any:
    """The adjoints of the parts in `linalg.block_diag(*parts)`, as a tuple: the blocks of `g`.

    >>> block_parts(np.array([[5.0, 0.0], [0.0, 2.0]]), (np.zeros((1, 1)), np.zeros((1, 1))))
    (array([[5.]]), array([[2.]]))
    """
    found, row, column = [], 0, 0
    for part in parts:
        n, m = np.shape(np.atleast_2d(part))
        found.append(fitted(np.reshape(g[row:row + n, column:column + m], np.shape(part)), part))
        row, column = row + n, column + m
    return tuple(found)


def toeplitz_column(c: Any, r: Any) -> Any:
    """`linalg.toeplitz(c, r)` for r of zeros, where r is given.

    >>> toeplitz_column(np.array([1.0, 2.0]), np.array([7.0, 8.0]))
    array([[1., 0.],
           [2., 1.]])
    """
    return linalg.toeplitz(c) if r is None else linalg.toeplitz(c, 0 * np.asarray(r))


def toeplitz_row(r: Any, g: Any) -> Any:
    """`linalg.toeplitz(c, r)` in the shape of `g` for c of zeros.

    >>> toeplitz_row(np.array([7.0, 8.0]), np.zeros((2, 2)))
    array([[0., 8.],
           [0., 0.]])
    """
    return linalg.toeplitz(np.zeros(np.shape(g)[0], np.asarray(r).dtype), r)


def toeplitz_sums(g: Any, c: Any, r: Any = None) -> Any:
    """The adjoint of c in `linalg.toeplitz(c, r)`: sums along diagonals; where r is None, of its conjugate above them too.

    >>> toeplitz_sums(np.array([[1.0, 2.0], [3.0, 4.0]]), np.zeros(2), np.zeros(2))
    array([5., 3.])
    """
    low = np.stack([np.trace(g, -k) for k in range(np.size(c))])
    if r is None:
        low = low + np.conj(row_sums(g, c))
    return fitted(np.reshape(low, np.shape(c)), c)


def row_sums(g: Any, r: Any) -> Any:
    """The adjoint of r in `linalg.toeplitz(c, r)`, of which the first entry does not count.

    >>> row_sums(np.array([[1.0, 2.0], [3.0, 4.0]]), np.zeros(2))
    array([0., 2.])
    """
    found = np.stack([np.trace(g, k) if k else np.trace(g) * 0 for k in range(np.size(r))])
    return fitted(np.reshape(found, np.shape(r)), r)
