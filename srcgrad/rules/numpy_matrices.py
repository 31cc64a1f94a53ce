"""Inverses, determinants, systems of equations, decompositions and norms of matrices.

Most formulas are in M. Giles (2008), "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation"; those of decompositions have their sources with the helpers. Of cholesky and eigh, which read one triangle
of a symmetric (or Hermitian) matrix, derivatives are those of symmetric changes: gradients are symmetric matrices.
"""
import numpy as np

from ..runtime.helpers import (
    cholesky_adjoint, cholesky_tangent, cofactors, cond_slope, eig_adjoint, eig_tangent, eigh_adjoint, eigh_tangent,
    eigvals_adjoint, eigvals_tangent, eigvalsh_adjoint, eigvalsh_tangent, expand, fitted, lstsq_left, lstsq_right,
    lstsq_tangent_left, lstsq_tangent_right, matrix_norm_slope, matrix_power_tangent, multi_dot_parts, multi_dot_tangent,
    norm_adjoint, norm_slope, pinv_adjoint, pinv_tangent, qr_adjoint, qr_tangent, per_matrix, slogdet_tangent, slogdet_weight,
    solve_left, solve_right, solve_tangent, svd_adjoint, svd_tangent, svdvals_adjoint, svdvals_tangent, tensorinv_adjoint,
    tensorinv_tangent, tensorsolve_left, tensorsolve_right, tensorsolve_tangent, transposed, vector_norm_slope,
)
from . import shapes, shapes_linalg
from .dsl import adjoint, d, tangent
from .existing import existing
from .registry import constant, structural


# ------------------------------------------------------------------ inverses, determinants, equations
@structural(np.linalg.inv, type=shapes_linalg.square)
def inv(z, x):
    """Giles (2008), 2.2.3."""
    with tangent:
        d[z] += -z @ d[x] @ z
    with adjoint:
        d[x] += -transposed(z) @ d[z] @ transposed(z)


@structural(np.linalg.solve, type=shapes_linalg.solve)
def solve(z, a, b):
    """Giles (2008), 2.3.1."""
    with tangent:
        d[z] += solve_tangent(d[a], a, z, b)
        d[z] += np.linalg.solve(a, d[b])
    with adjoint:
        d[a] += solve_left(d[z], a, z, b)
        d[b] += solve_right(d[z], a, b)


@structural(np.linalg.det, type=shapes_linalg.det)
def det(z, x):
    """The matrix of cofactors, which singular matrices have too (Jacobi's formula)."""
    with tangent:
        d[z] += np.sum(cofactors(x, z) * d[x], axis=(-1, -2))
    with adjoint:
        d[x] += per_matrix(d[z]) * cofactors(x, z)


@structural(np.linalg.slogdet, type=shapes_linalg.slogdet)
def slogdet(z, x):
    with tangent:
        d[z] += slogdet_tangent(d[x], x, z)
    with adjoint:
        d[x] += per_matrix(slogdet_weight(d[z], x, z)) * transposed(np.linalg.inv(x))


@structural(np.linalg.tensorinv)
def tensorinv(z, x, ind=2):
    with tangent:
        d[z] += tensorinv_tangent(d[x], z, ind)
    with adjoint:
        d[x] += tensorinv_adjoint(d[z], x, z)


@structural(np.linalg.tensorsolve)
def tensorsolve(z, a, b, axes=None):
    with tangent:
        d[z] += tensorsolve_tangent(d[a], a, z, b, axes)
        d[z] += np.linalg.tensorsolve(a, d[b], axes)
    with adjoint:
        d[a] += tensorsolve_left(d[z], a, z, b, axes)
        d[b] += tensorsolve_right(d[z], a, b, axes)


@structural(np.linalg.pinv, type=shapes_linalg.pinv)
def pinv(z, x, rcond=None):
    """For changes that leave the rank as it is."""
    with tangent:
        d[z] += pinv_tangent(d[x], x, z)
    with adjoint:
        d[x] += pinv_adjoint(d[z], x, z)


@structural(np.linalg.lstsq)
def lstsq(z, a, b, rcond=None):
    """The solution, the residuals and the singular values, for changes that leave the rank as it is."""
    with tangent:
        d[z] += lstsq_tangent_left(d[a], a, b, z)
        d[z] += lstsq_tangent_right(d[b], a, b, z)
    with adjoint:
        d[a] += fitted(lstsq_left(d[z], a, b, z), a)
        d[b] += fitted(lstsq_right(d[z], a, b, z), b)


# ------------------------------------------------------------------ powers and products of many
@structural(np.linalg.matrix_power, type=shapes_linalg.square, fresh=False)
def matrix_power(z, x, n=1):
    with tangent:
        d[z] += matrix_power_tangent(d[x], x, n)
    with adjoint:
        d[x] += matrix_power_tangent(d[z], transposed(x), n)


@structural(np.linalg.multi_dot)
def multi_dot(z, arrays):
    with tangent:
        d[z] += multi_dot_tangent(d[arrays], arrays)
    with adjoint:
        d[arrays] += multi_dot_parts(d[z], arrays)


@structural(*existing("matrix_transpose", "linalg.matrix_transpose"), type=shapes_linalg.transposed, fresh=False)
def matrix_transpose(z, x):
    with tangent:
        d[z] += transposed(d[x])
    with adjoint:
        d[x] += transposed(d[z])


# ------------------------------------------------------------------ decompositions
@structural(np.linalg.cholesky, type=shapes_linalg.square)
def cholesky(z, x, *, upper=False):
    with tangent:
        d[z] += cholesky_tangent(d[x], z, upper)
    with adjoint:
        d[x] += cholesky_adjoint(d[z], z, upper)


@structural(np.linalg.qr, type=shapes_linalg.qr)
def qr(z, x, mode="reduced"):
    with tangent:
        d[z] += qr_tangent(d[x], x, z, mode)
    with adjoint:
        d[x] += qr_adjoint(d[z], x, z, mode)


@structural(np.linalg.svd, type=shapes_linalg.svd)
def svd(z, x, full_matrices=True, compute_uv=True):
    with tangent:
        d[z] += svd_tangent(d[x], x, z, compute_uv)
    with adjoint:
        d[x] += svd_adjoint(d[z], x, z, compute_uv)


@structural(*existing("linalg.svdvals"), type=shapes_linalg.svdvals)
def svdvals(z, x):
    with tangent:
        d[z] += svdvals_tangent(d[x], x)
    with adjoint:
        d[x] += svdvals_adjoint(d[z], x)


@structural(np.linalg.eigh, type=shapes_linalg.eigh)
def eigh(z, x, UPLO="L"):
    with tangent:
        d[z] += eigh_tangent(d[x], z)
    with adjoint:
        d[x] += eigh_adjoint(d[z], z)


@structural(np.linalg.eigvalsh, type=shapes_linalg.eigvalsh)
def eigvalsh(z, x, UPLO="L"):
    with tangent:
        d[z] += eigvalsh_tangent(d[x], x, UPLO)
    with adjoint:
        d[x] += eigvalsh_adjoint(d[z], x, UPLO)


@structural(np.linalg.eig)
def eig(z, x):
    with tangent:
        d[z] += eig_tangent(d[x], z)
    with adjoint:
        d[x] += fitted(eig_adjoint(d[z], z), x)


@structural(np.linalg.eigvals)
def eigvals(z, x):
    with tangent:
        d[z] += eigvals_tangent(d[x], x)
    with adjoint:
        d[x] += fitted(eigvals_adjoint(d[z], x), x)


# ------------------------------------------------------------------ norms
@structural(np.linalg.norm, type=shapes.norm)
def norm(z, x, ord=None, axis=None, keepdims=False):
    """Equal largest entries share; the gradient at 0 is 0."""
    with tangent:
        d[z] += np.real(np.sum(norm_slope(x, z, ord, axis, keepdims) * d[x], axis=axis, keepdims=keepdims))
    with adjoint:
        d[x] += norm_adjoint(d[z], x, z, ord, axis, keepdims)


@structural(*existing("linalg.vector_norm"), type=shapes.norm)
def vector_norm(z, x, *, axis=None, keepdims=False, ord=2):
    with tangent:
        d[z] += np.real(np.sum(vector_norm_slope(x, z, ord, axis, keepdims) * d[x], axis=axis, keepdims=keepdims))
    with adjoint:
        d[x] += vector_norm_slope(x, z, ord, axis, keepdims) * expand(d[z], x, axis, keepdims)


@structural(*existing("linalg.matrix_norm"), type=shapes_linalg.matrix_norm)
def matrix_norm(z, x, *, keepdims=False, ord="fro"):
    with tangent:
        d[z] += np.real(np.sum(matrix_norm_slope(x, ord) * d[x], axis=(-2, -1), keepdims=keepdims))
    with adjoint:
        d[x] += matrix_norm_slope(x, ord) * expand(d[z], x, (-2, -1), keepdims)


@structural(np.linalg.cond)
def cond(z, x, p=None):
    with tangent:
        d[z] += np.real(np.sum(cond_slope(x, p) * d[x], axis=(-2, -1)))
    with adjoint:
        d[x] += cond_slope(x, p) * expand(d[z], x, (-2, -1))


constant(np.linalg.matrix_rank, type=shapes.unknown)
