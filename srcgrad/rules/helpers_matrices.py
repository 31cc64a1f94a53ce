"""Rules of the helpers of linear algebra and Fourier transforms.

Those that are not here are ordinary code, and are differentiated by their source.
"""
import numpy as np

from ..runtime import helpers as h
from . import shapes, shapes_items, shapes_linalg
from .dsl import adjoint, d, optional, tangent
from .registry import constant, describe, structural

constant(h.below_diagonal, h.equal_pairs, h.half_spectrum, h.is_stack_of_vectors, h.largest_entries, h.nonzero_values,
         h.other_indices, h.other_norm, h.shares, h.singular_weights, h.sizes, type=shapes.unknown)


@structural(h.transposed, type=shapes_linalg.transposed, fresh=False)
def transposed(z, x):
    with tangent:
        d[z] += h.transposed(d[x])
    with adjoint:
        d[x] += h.transposed(d[z])


@structural(h.per_matrix, fresh=False)
def per_matrix(z, g):
    with tangent:
        d[z] += h.per_matrix(d[g])
    with adjoint:
        d[g] += h.unreshape(d[z], g)


@structural(h.fitted, type=shapes_items.adjoint_of("x"), fresh=False)
def fitted(z, g, x):
    with tangent:
        d[z] += h.fitted(d[g], x)
    with adjoint:
        d[g] += h.unbroadcast(d[z], g)


@structural(h.resized, type=shapes_items.adjoint_of("x"), fresh=False)
def resized(z, g, x):
    with tangent:
        d[z] += h.resized(d[g], x)
    with adjoint:
        d[g] += h.resized(d[z], g)


@structural(h.cofactors, type=shapes_linalg.square)
def cofactors(z, x, determinant):
    with tangent:
        d[z] += h.cofactors_tangent(d[x], x, determinant)
    with adjoint:
        d[x] += h.cofactors_tangent(d[z], x, determinant)


# ------------------------------------------------------------------ adjoints of products: bilinear, each family closed
@structural(h.tensordot_left, type=shapes_items.adjoint_of("x"))
def tensordot_left(z, g, x, y, axes=2):
    with tangent:
        d[z] += h.tensordot_left(d[g], x, y, axes)
        d[z] += h.tensordot_left(g, x, d[y], axes)
    with adjoint:
        d[g] += np.tensordot(d[z], y, axes)
        d[y] += h.tensordot_right(g, d[z], y, axes)


@structural(h.tensordot_right, type=shapes_items.adjoint_of("y"))
def tensordot_right(z, g, x, y, axes=2):
    with tangent:
        d[z] += h.tensordot_right(d[g], x, y, axes)
        d[z] += h.tensordot_right(g, d[x], y, axes)
    with adjoint:
        d[g] += np.tensordot(x, d[z], axes)
        d[x] += h.tensordot_left(g, x, d[z], axes)


@structural(h.kron_left, type=shapes_items.adjoint_of("x"))
def kron_left(z, g, x, y):
    with tangent:
        d[z] += h.kron_left(d[g], x, y)
        d[z] += h.kron_left(g, x, d[y])
    with adjoint:
        d[g] += np.kron(d[z], y)
        d[y] += h.kron_right(g, d[z], y)


@structural(h.kron_right, type=shapes_items.adjoint_of("y"))
def kron_right(z, g, x, y):
    with tangent:
        d[z] += h.kron_right(d[g], x, y)
        d[z] += h.kron_right(g, d[x], y)
    with adjoint:
        d[g] += np.kron(x, d[z])
        d[x] += h.kron_left(g, x, d[z])


@structural(h.cross_left, type=shapes_items.adjoint_of("x"))
def cross_left(z, g, x, y, axisa=-1, axisb=-1, axisc=-1, axis=None):
    with tangent:
        d[z] += h.cross_left(d[g], x, y, axisa, axisb, axisc, axis)
        d[z] += h.cross_left(g, x, d[y], axisa, axisb, axisc, axis)
    with adjoint:
        d[g] += np.cross(d[z], y, axisa, axisb, axisc, axis)
        d[y] += h.cross_right(g, d[z], y, axisa, axisb, axisc, axis)


@structural(h.cross_right, type=shapes_items.adjoint_of("y"))
def cross_right(z, g, x, y, axisa=-1, axisb=-1, axisc=-1, axis=None):
    with tangent:
        d[z] += h.cross_right(d[g], x, y, axisa, axisb, axisc, axis)
        d[z] += h.cross_right(g, d[x], y, axisa, axisb, axisc, axis)
    with adjoint:
        d[g] += np.cross(x, d[z], axisa, axisb, axisc, axis)
        d[x] += h.cross_left(g, x, d[z], axisa, axisb, axisc, axis)


@structural(h.vecdot_left, type=shapes_items.adjoint_of("x"))
def vecdot_left(z, g, x, y, axis=-1):
    with tangent:
        d[z] += h.vecdot_left(d[g], x, y, axis)
        d[z] += h.vecdot_left(g, x, d[y], axis)
    with adjoint:
        d[g] += np.vecdot(d[z], y, axis=axis)
        d[y] += h.vecdot_right(g, d[z], y, axis)


@structural(h.vecdot_right, type=shapes_items.adjoint_of("y"))
def vecdot_right(z, g, x, y, axis=-1):
    with tangent:
        d[z] += h.vecdot_right(d[g], x, y, axis)
        d[z] += h.vecdot_right(g, d[x], y, axis)
    with adjoint:
        d[g] += np.vecdot(x, d[z], axis=axis)
        d[x] += h.vecdot_left(g, x, d[z], axis)


@structural(h.convolve_left, type=shapes_items.adjoint_of("x"))
def convolve_left(z, g, x, y, mode="full"):
    with tangent:
        d[z] += h.convolve_left(d[g], x, y, mode)
        d[z] += h.convolve_left(g, x, d[y], mode)
    with adjoint:
        d[g] += np.convolve(d[z], y, mode)
        d[y] += h.convolve_right(g, d[z], y, mode)


@structural(h.convolve_right, type=shapes_items.adjoint_of("y"))
def convolve_right(z, g, x, y, mode="full"):
    with tangent:
        d[z] += h.convolve_right(d[g], x, y, mode)
        d[z] += h.convolve_right(g, d[x], y, mode)
    with adjoint:
        d[g] += np.convolve(x, d[z], mode)
        d[x] += h.convolve_left(g, x, d[z], mode)


@structural(h.correlate_left, type=shapes_items.adjoint_of("x"))
def correlate_left(z, g, x, y, mode="valid"):
    with tangent:
        d[z] += h.correlate_left(d[g], x, y, mode)
        d[z] += h.correlate_left(g, x, d[y], mode)
    with adjoint:
        d[g] += np.correlate(d[z], y, mode)
        d[y] += h.correlate_right(g, d[z], y, mode)


@structural(h.correlate_right, type=shapes_items.adjoint_of("y"))
def correlate_right(z, g, x, y, mode="valid"):
    with tangent:
        d[z] += h.correlate_right(d[g], x, y, mode)
        d[z] += h.correlate_right(g, d[x], y, mode)
    with adjoint:
        d[g] += np.correlate(x, d[z], mode)
        d[x] += h.correlate_left(g, x, d[z], mode)


# ------------------------------------------------------------------ einsum
@structural(h.einsum_part, type=shapes_linalg.einsum_part, fresh=False)
def einsum_part(z, v, k, s, a=optional, b=optional, c=optional, e=optional, f=optional, g=optional, l=optional, i=optional):
    """The adjoint of operand k. Operand j changes it as it changes the einsum of the others."""
    with tangent:
        d[z] += h.einsum_part(d[v], k, s, a, b, c, e, f, g, l, i)
        d[z] += h.einsum_part_with(v, k, d[s], 0, s, a, b, c, e, f, g, l, i)
        d[z] += h.einsum_part_with(v, k, d[a], 1, s, a, b, c, e, f, g, l, i)
        d[z] += h.einsum_part_with(v, k, d[b], 2, s, a, b, c, e, f, g, l, i)
        d[z] += h.einsum_part_with(v, k, d[c], 3, s, a, b, c, e, f, g, l, i)
        d[z] += h.einsum_part_with(v, k, d[e], 4, s, a, b, c, e, f, g, l, i)
        d[z] += h.einsum_part_with(v, k, d[f], 5, s, a, b, c, e, f, g, l, i)
        d[z] += h.einsum_part_with(v, k, d[g], 6, s, a, b, c, e, f, g, l, i)
        d[z] += h.einsum_part_with(v, k, d[l], 7, s, a, b, c, e, f, g, l, i)
        d[z] += h.einsum_part_with(v, k, d[i], 8, s, a, b, c, e, f, g, l, i)
    with adjoint:
        d[v] += h.einsum_with(d[z], k, s, a, b, c, e, f, g, l, i)
        d[s] += h.einsum_part_with(v, 0, d[z], k, s, a, b, c, e, f, g, l, i)
        d[a] += h.einsum_part_with(v, 1, d[z], k, s, a, b, c, e, f, g, l, i)
        d[b] += h.einsum_part_with(v, 2, d[z], k, s, a, b, c, e, f, g, l, i)
        d[c] += h.einsum_part_with(v, 3, d[z], k, s, a, b, c, e, f, g, l, i)
        d[e] += h.einsum_part_with(v, 4, d[z], k, s, a, b, c, e, f, g, l, i)
        d[f] += h.einsum_part_with(v, 5, d[z], k, s, a, b, c, e, f, g, l, i)
        d[g] += h.einsum_part_with(v, 6, d[z], k, s, a, b, c, e, f, g, l, i)
        d[l] += h.einsum_part_with(v, 7, d[z], k, s, a, b, c, e, f, g, l, i)
        d[i] += h.einsum_part_with(v, 8, d[z], k, s, a, b, c, e, f, g, l, i)


# ------------------------------------------------------------------ types of helpers without a rule
for place, functions in {
        "0": (h.hermitian,),
        "1": (h.solve_left, h.tensorsolve_left, h.tensorinv_adjoint, h.matrix_power_tangent, h.cholesky_adjoint,
              h.qr_pair_adjoint, h.qr_r_adjoint, h.eigvalsh_adjoint, h.svd_vectors_adjoint, h.svdvals_adjoint, h.pinv_adjoint,
              h.norm_adjoint, h.polyval_coefficients, h.fft_adjoint, h.ifft_adjoint, h.fftn_adjoint, h.ifftn_adjoint,
              h.irfftn_adjoint, h.hfft_adjoint, h.ihfft_adjoint, h.lstsq_left),
        "2": (h.solve_right, h.tensorsolve_right, h.lstsq_right)}.items():
    describe(shapes_items.adjoint_of(place), *functions)
describe(shapes_linalg.eigenvector_matrix, h.eigh_adjoint)
describe(shapes_linalg.slope_of("0"), h.norm_slope, h.vector_norm_slope, h.matrix_norm_slope, h.cond_slope)
del place, functions
