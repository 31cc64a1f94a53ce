"""scipy.linalg. What reads one triangle of a symmetric matrix has symmetric gradients, as in numpy_matrices.py."""
import numpy as np
from scipy import linalg

from ..runtime import scipy_blocks as blocks, scipy_linalg as s
from ..runtime.helpers import cholesky_adjoint, cholesky_tangent, cofactors, fitted, per_matrix, transposed
from . import shapes_items, shapes_linalg, shapes_scipy
from .dsl import adjoint, d, optional, tangent
from .registry import constant, describe, structural


# ------------------------------------------------------------------ systems of equations
@structural(linalg.solve, type=shapes_scipy.solved("a"))
def solve(z, a, b, *, assume_a=None, check_finite=True):
    with tangent:
        d[z] += s.solve_tangent(d[a], a, z, assume_a)
        d[z] += linalg.solve(a, d[b], assume_a=assume_a)
    with adjoint:
        d[a] += s.solve_left(d[z], a, z, assume_a)
        d[b] += s.solve_right(d[z], a, b)


@structural(linalg.solve_triangular, type=shapes_scipy.solved("a"))
def solve_triangular(z, a, b, trans=0, lower=False, unit_diagonal=False, *, check_finite=True):
    with tangent:
        d[z] += s.triangular_tangent(d[a], a, z, trans, lower, unit_diagonal)
        d[z] += linalg.solve_triangular(a, d[b], trans, lower, unit_diagonal)
    with adjoint:
        d[a] += s.triangular_left(d[z], a, z, trans, lower, unit_diagonal)
        d[b] += fitted(s.triangular_right(d[z], a, trans, lower, unit_diagonal), b)


@structural(linalg.solve_banded, type=shapes_scipy.solved("ab"))
def solve_banded(z, l_and_u, ab, b, *, check_finite=True):
    with tangent:
        d[z] += s.banded_tangent(d[ab], l_and_u, ab, z)
        d[z] += linalg.solve_banded(l_and_u, ab, d[b])
    with adjoint:
        d[ab] += s.banded_left(d[z], l_and_u, ab, z)
        d[b] += fitted(s.banded_right(d[z], l_and_u, ab), b)


@structural(linalg.inv, type=shapes_linalg.square)
def inv(z, x, *, check_finite=True):
    with tangent:
        d[z] += -z @ d[x] @ z
    with adjoint:
        d[x] += -transposed(z) @ d[z] @ transposed(z)


@structural(linalg.det)
def det(z, x, *, check_finite=True):
    with tangent:
        d[z] += np.sum(cofactors(x, z) * d[x], axis=(-1, -2))
    with adjoint:
        d[x] += per_matrix(d[z]) * cofactors(x, z)


@structural(linalg.solve_sylvester, type=shapes_scipy.sylvester)
def solve_sylvester(z, a, b, q):
    """a z + z b = q, so that w = solve_sylvester(a.T, b.T, g) is the adjoint of q."""
    with tangent:
        d[z] += linalg.solve_sylvester(a, b, -d[a] @ z)
        d[z] += linalg.solve_sylvester(a, b, -z @ d[b])
        d[z] += linalg.solve_sylvester(a, b, d[q])
    with adjoint:
        d[a] += fitted(-linalg.solve_sylvester(transposed(a), transposed(b), d[z]) @ transposed(z), a)
        d[b] += fitted(-transposed(z) @ linalg.solve_sylvester(transposed(a), transposed(b), d[z]), b)
        d[q] += fitted(linalg.solve_sylvester(transposed(a), transposed(b), d[z]), q)


# ------------------------------------------------------------------ factors
@structural(linalg.cholesky, type=shapes_linalg.square)
def cholesky(z, x, lower=False, *, check_finite=True):
    with tangent:
        d[z] += cholesky_tangent(d[x], z, not lower)
    with adjoint:
        d[x] += cholesky_adjoint(d[z], z, not lower)


@structural(linalg.cho_factor)
def cho_factor(z, x, lower=False, *, check_finite=True):
    """The other triangle holds whatever x does, and counts for nothing."""
    with tangent:
        d[z] += s.cho_factor_tangent(d[x], z)
    with adjoint:
        d[x] += s.cho_factor_adjoint(d[z], z)


@structural(linalg.cho_solve)
def cho_solve(z, c_and_lower, b, *, check_finite=True):
    with tangent:
        d[z] += s.cho_solve_tangent(d[c_and_lower], c_and_lower, z)
        d[z] += linalg.cho_solve(c_and_lower, d[b])
    with adjoint:
        d[c_and_lower] += s.cho_solve_left(d[z], c_and_lower, z)
        d[b] += fitted(s.cho_solve_right(d[z], c_and_lower), b)


@structural(linalg.lu, type=shapes_scipy.lu)
def lu(z, x, *, check_finite=True):
    """Square matrices; the permutation is constant."""
    with tangent:
        d[z] += s.lu_tangent(d[x], z)
    with adjoint:
        d[x] += s.lu_adjoint(d[z], z)


# ------------------------------------------------------------------ functions of matrices
@structural(linalg.expm, type=shapes_linalg.square)
def expm(z, x):
    with tangent:
        d[z] += s.frechet(d[x], x)
    with adjoint:
        d[x] += s.frechet(d[z], transposed(x))


@structural(s.frechet, type=shapes_linalg.square)
def frechet(z, t, x):
    """Linear in t, with a second derivative of expm that is symmetric in its directions."""
    with tangent:
        d[z] += s.frechet(d[t], x)
        d[z] += s.second_frechet(d[x], t, x)
    with adjoint:
        d[t] += s.frechet(d[z], transposed(x))
        d[x] += s.second_frechet(d[z], transposed(t), transposed(x))


@structural(linalg.sqrtm)
def sqrtm(z, x):
    """z dz + dz z = dx."""
    with tangent:
        d[z] += linalg.solve_sylvester(z, z, d[x])
    with adjoint:
        d[x] += fitted(linalg.solve_sylvester(transposed(z), transposed(z), d[z]), x)


# ------------------------------------------------------------------ matrices made of parts
@structural(linalg.block_diag)
def block_diag(z, *parts):
    with tangent:
        d[z] += blocks.block_diag_of(d[parts])
    with adjoint:
        d[parts] += blocks.block_parts(d[z], parts)


@structural(blocks.block_diag_of)
def block_diag_of(z, parts):
    with tangent:
        d[z] += blocks.block_diag_of(d[parts])
    with adjoint:
        d[parts] += blocks.block_parts(d[z], parts)


@structural(blocks.block_parts, type=shapes_scipy.parts, fresh=False)
def block_parts(z, g, parts):
    with tangent:
        d[z] += blocks.block_parts(d[g], parts)
    with adjoint:
        d[g] += blocks.block_diag_of(d[z])


@structural(linalg.toeplitz)
def toeplitz(z, c, r=optional):
    with tangent:
        d[z] += blocks.toeplitz_column(d[c], r)
        d[z] += linalg.toeplitz(0 * c, d[r])
    with adjoint:
        d[c] += blocks.toeplitz_sums(d[z], c, r)
        d[r] += blocks.row_sums(d[z], r)


@structural(blocks.toeplitz_column)
def toeplitz_column(z, c, r):
    with tangent:
        d[z] += blocks.toeplitz_column(d[c], r)
    with adjoint:
        d[c] += blocks.toeplitz_sums(d[z], c, r)


@structural(blocks.toeplitz_sums)
def toeplitz_sums(z, g, c, r):
    with tangent:
        d[z] += blocks.toeplitz_sums(d[g], c, r)
    with adjoint:
        d[g] += blocks.toeplitz_column(d[z], r)


@structural(blocks.row_sums)
def row_sums(z, g, r):
    """On matrices with as many rows as g."""
    with tangent:
        d[z] += blocks.row_sums(d[g], r)
    with adjoint:
        d[g] += blocks.toeplitz_row(d[z], g)


@structural(blocks.toeplitz_row)
def toeplitz_row(z, r, g):
    with tangent:
        d[z] += blocks.toeplitz_row(d[r], g)
    with adjoint:
        d[r] += blocks.row_sums(d[z], r)


describe(shapes_items.adjoint_of("1"), s.solve_left, s.triangular_left)
describe(shapes_items.adjoint_of("2"), s.solve_right, s.banded_left)
describe(shapes_items.adjoint_of("0"), s.triangular_right, s.cho_solve_right)
constant(s.check_matrix, s.triangle_mask, s.band, s.general, type=shapes_scipy.unknown)
