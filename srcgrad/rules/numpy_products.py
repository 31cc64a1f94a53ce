"""Tensor products, convolutions and polynomials; `left` and `right` are the adjoints of the operands."""
import numpy as np

from ..runtime.helpers import (
    convolve_left, convolve_right, correlate_left, correlate_right, cross_left, cross_right, einsum_of, einsum_part,
    einsum_with, fitted, kron_left, kron_right, polyval_coefficients, polyval_slope, tensordot_left, tensordot_right,
    vecdot_left, vecdot_right,
)
from . import shapes_linalg
from .dsl import adjoint, d, optional, tangent
from .existing import existing
from .registry import structural


@structural(np.einsum, einsum_of, type=shapes_linalg.einsum, fresh=False)
def einsum(z, s, a=optional, b=optional, c=optional, e=optional, f=optional, g=optional, h=optional, i=optional, *,
           optimize=False):
    """`np.einsum(s, a, b, ...)`, or `np.einsum(s, a, b, e, ...)` with lists of axes after the arrays."""
    with tangent:
        d[z] += einsum_with(d[s], 0, s, a, b, c, e, f, g, h, i)
        d[z] += einsum_with(d[a], 1, s, a, b, c, e, f, g, h, i)
        d[z] += einsum_with(d[b], 2, s, a, b, c, e, f, g, h, i)
        d[z] += einsum_with(d[c], 3, s, a, b, c, e, f, g, h, i)
        d[z] += einsum_with(d[e], 4, s, a, b, c, e, f, g, h, i)
        d[z] += einsum_with(d[f], 5, s, a, b, c, e, f, g, h, i)
        d[z] += einsum_with(d[g], 6, s, a, b, c, e, f, g, h, i)
        d[z] += einsum_with(d[h], 7, s, a, b, c, e, f, g, h, i)
        d[z] += einsum_with(d[i], 8, s, a, b, c, e, f, g, h, i)
    with adjoint:
        d[s] += einsum_part(d[z], 0, s, a, b, c, e, f, g, h, i)
        d[a] += einsum_part(d[z], 1, s, a, b, c, e, f, g, h, i)
        d[b] += einsum_part(d[z], 2, s, a, b, c, e, f, g, h, i)
        d[c] += einsum_part(d[z], 3, s, a, b, c, e, f, g, h, i)
        d[e] += einsum_part(d[z], 4, s, a, b, c, e, f, g, h, i)
        d[f] += einsum_part(d[z], 5, s, a, b, c, e, f, g, h, i)
        d[g] += einsum_part(d[z], 6, s, a, b, c, e, f, g, h, i)
        d[h] += einsum_part(d[z], 7, s, a, b, c, e, f, g, h, i)
        d[i] += einsum_part(d[z], 8, s, a, b, c, e, f, g, h, i)


@structural(np.tensordot, *existing("linalg.tensordot"), type=shapes_linalg.tensordot)
def tensordot(z, x, y, axes=2):
    with tangent:
        d[z] += np.tensordot(d[x], y, axes)
        d[z] += np.tensordot(x, d[y], axes)
    with adjoint:
        d[x] += tensordot_left(d[z], x, y, axes)
        d[y] += tensordot_right(d[z], x, y, axes)


@structural(np.kron, type=shapes_linalg.kron)
def kron(z, x, y):
    with tangent:
        d[z] += np.kron(d[x], y)
        d[z] += np.kron(x, d[y])
    with adjoint:
        d[x] += kron_left(d[z], x, y)
        d[y] += kron_right(d[z], x, y)


@structural(np.cross, *existing("linalg.cross"))
def cross(z, x, y, axisa=-1, axisb=-1, axisc=-1, axis=None):
    with tangent:
        d[z] += np.cross(d[x], y, axisa, axisb, axisc, axis)
        d[z] += np.cross(x, d[y], axisa, axisb, axisc, axis)
    with adjoint:
        d[x] += cross_left(d[z], x, y, axisa, axisb, axisc, axis)
        d[y] += cross_right(d[z], x, y, axisa, axisb, axisc, axis)


@structural(*existing("vecdot", "linalg.vecdot"), type=shapes_linalg.vecdot)
def vecdot(z, x, y, *, axis=-1):
    """The conjugate of x times y, summed along an axis."""
    with tangent:
        d[z] += np.vecdot(d[x], y, axis=axis)
        d[z] += np.vecdot(x, d[y], axis=axis)
    with adjoint:
        d[x] += vecdot_left(d[z], x, y, axis)
        d[y] += vecdot_right(d[z], x, y, axis)


@structural(*existing("matvec"), type=shapes_linalg.matvec)
def matvec(z, x, y):
    with tangent:
        d[z] += np.matvec(d[x], y)
        d[z] += np.matvec(x, d[y])
    with adjoint:
        d[x] += fitted(d[z][..., :, None] * y[..., None, :], x)
        d[y] += fitted(np.matvec(np.swapaxes(x, -1, -2), d[z]), y)


@structural(*existing("vecmat"), type=shapes_linalg.vecmat)
def vecmat(z, x, y):
    """The conjugate of x times y."""
    with tangent:
        d[z] += np.vecmat(d[x], y)
        d[z] += np.vecmat(x, d[y])
    with adjoint:
        d[x] += fitted(np.conj(np.matvec(y, d[z])), x)
        d[y] += fitted(np.conj(x)[..., :, None] * d[z][..., None, :], y)


@structural(np.convolve, type=shapes_linalg.convolve)
def convolve(z, x, y, mode="full"):
    with tangent:
        d[z] += np.convolve(d[x], y, mode)
        d[z] += np.convolve(x, d[y], mode)
    with adjoint:
        d[x] += convolve_left(d[z], x, y, mode)
        d[y] += convolve_right(d[z], x, y, mode)


@structural(np.correlate, type=shapes_linalg.correlate)
def correlate(z, x, y, mode="valid"):
    """The conjugate of y is what moves along x."""
    with tangent:
        d[z] += np.correlate(d[x], y, mode)
        d[z] += np.correlate(x, d[y], mode)
    with adjoint:
        d[x] += correlate_left(d[z], x, y, mode)
        d[y] += correlate_right(d[z], x, y, mode)


@structural(np.polyval)
def polyval(z, p, x):
    with tangent:
        d[z] += np.polyval(d[p], x)
        d[z] += polyval_slope(p, x) * d[x]
    with adjoint:
        d[p] += polyval_coefficients(d[z], p, x)
        d[x] += fitted(polyval_slope(p, x) * d[z], x)
