"""Rules of the adjoints of functions that select or add up entries along an axis: each is linear in its first argument,
and its adjoint is the function it belongs to."""
import numpy as np

from ..runtime import helpers as h
from . import shapes, shapes_items
from .dsl import adjoint, d, tangent
from .registry import constant, elementwise, structural

constant(h.places, h.nowhere, h.places_in_order, h.running_places, h.unique_places, h.where_padded, type=shapes.unknown)
constant(h.ranks, h.negated, type=shapes.unknown)


# ------------------------------------------------------------------ entries
@structural(h.gather, type=shapes_items.shape_of("where", "t"))
def gather(z, t, where):
    with tangent:
        d[z] += h.gather(d[t], where)
    with adjoint:
        d[t] += h.scatter(d[z], where, t)


@structural(h.scatter, type=shapes_items.adjoint_of("x"))
def scatter(z, g, where, x):
    with tangent:
        d[z] += h.scatter(d[g], where, x)
    with adjoint:
        d[g] += h.gather(d[z], where)


@structural(h.padded)
def padded(z, t, pad_width, mode="constant"):
    with tangent:
        d[z] += h.padded(d[t], pad_width, mode)
    with adjoint:
        d[t] += h.unpadded(d[z], t, pad_width, mode)


@structural(h.unpadded, type=shapes_items.adjoint_of("x"), fresh=False)
def unpadded(z, g, x, pad_width, mode="constant"):
    with tangent:
        d[z] += h.unpadded(d[g], x, pad_width, mode)
    with adjoint:
        d[g] += h.padded(d[z], pad_width, mode)


@structural(h.slabs, type=shapes_items.adjoint_of("parts"), fresh=False)
def slabs(z, g, parts, axis=0):
    with tangent:
        d[z] += h.slabs(d[g], parts, axis)
    with adjoint:
        d[g] += h.joined_slabs(d[z], g, axis)


@structural(h.joined_slabs, type=shapes_items.shape_of("like", "t"))
def joined_slabs(z, t, like, axis=0):
    with tangent:
        d[z] += h.joined_slabs(d[t], like, axis)
    with adjoint:
        d[t] += h.slabs(d[z], t, axis)


@structural(h.undiag, type=shapes_items.adjoint_of("x"))
def undiag(z, g, x, k=0):
    with tangent:
        d[z] += h.undiag(d[g], x, k)
    with adjoint:
        d[g] += np.diag(d[z], k)


# ------------------------------------------------------------------ sums along an axis
@structural(h.undiff, type=shapes_items.shape_of("x", "g"))
def undiff(z, g, x, n=1, axis=-1):
    with tangent:
        d[z] += h.undiff(d[g], x, n, axis)
    with adjoint:
        d[g] += np.diff(d[z], n, axis=axis)


@structural(h.gradient_tangent)
def gradient_tangent(z, t, spacing=(), axis=None, edge_order=1):
    with tangent:
        d[z] += h.gradient_tangent(d[t], spacing, axis, edge_order)
    with adjoint:
        d[t] += h.gradient_adjoint(d[z], t, spacing, axis, edge_order)


@structural(h.gradient_adjoint, type=shapes_items.adjoint_of("x"))
def gradient_adjoint(z, g, x, spacing=(), axis=None, edge_order=1):
    with tangent:
        d[z] += h.gradient_adjoint(d[g], x, spacing, axis, edge_order)
    with adjoint:
        d[g] += h.gradient_tangent(d[z], spacing, axis, edge_order)


@structural(h.quantile_tangent)
def quantile_tangent(z, t, x, q=None, axis=None, method="linear", keepdims=False):
    with tangent:
        d[z] += h.quantile_tangent(d[t], x, q, axis, method, keepdims)
    with adjoint:
        d[t] += h.quantile_adjoint(d[z], x, q, axis, method, keepdims)


@structural(h.quantile_adjoint, type=shapes_items.shape_of("x", "g"))
def quantile_adjoint(z, g, x, q=None, axis=None, method="linear", keepdims=False):
    with tangent:
        d[z] += h.quantile_adjoint(d[g], x, q, axis, method, keepdims)
    with adjoint:
        d[g] += h.quantile_tangent(d[z], x, q, axis, method, keepdims)


@structural(h.along_line, type=shapes_items.shape_of("like", "t"), fresh=False)
def along_line(z, t, like, endpoint=True, axis=0, end=False):
    with tangent:
        d[z] += h.along_line(d[t], like, endpoint, axis, end)
    with adjoint:
        d[t] += h.unline(d[z], t, endpoint, axis, end)


@structural(h.unline, type=shapes_items.adjoint_of("x"))
def unline(z, g, x, endpoint=True, axis=0, end=False):
    with tangent:
        d[z] += h.unline(d[g], x, endpoint, axis, end)
    with adjoint:
        d[g] += h.along_line(d[z], g, endpoint, axis, end)


@structural(h.grid_parts, type=shapes_items.adjoint_of("xs"), fresh=False)
def grid_parts(z, g, xs, indexing="xy"):
    with tangent:
        d[z] += h.grid_parts(d[g], xs, indexing)
    with adjoint:
        d[g] += h.grid_like(d[z], g, indexing)


@structural(h.grid_like, type=shapes_items.adjoint_of("like"), fresh=False)
def grid_like(z, t, like, indexing="xy"):
    with tangent:
        d[z] += h.grid_like(d[t], like, indexing)
    with adjoint:
        d[t] += h.grid_parts(d[z], t, indexing)


@structural(h.broadcast_each, type=shapes_items.adjoint_of("like"), fresh=False)
def broadcast_each(z, t, like):
    with tangent:
        d[z] += h.broadcast_each(d[t], like)
    with adjoint:
        d[t] += h.unbroadcast_each(d[z], t)


@structural(h.unbroadcast_each, type=shapes_items.adjoint_of("xs"), fresh=False)
def unbroadcast_each(z, g, xs):
    with tangent:
        d[z] += h.unbroadcast_each(d[g], xs)
    with adjoint:
        d[g] += h.broadcast_each(d[z], g)


# ------------------------------------------------------------------ special functions
@elementwise(h.bessel_i)
def bessel_i(z, x, n=0):
    d[z] += 0.5 * (h.bessel_i(x, abs(n - 1)) + h.bessel_i(x, n + 1)) * d[x]


@elementwise(h.polygamma, type=shapes.python_float)
def polygamma(z, x, n=0):
    d[z] += h.polygamma(x, n + 1) * d[x]


@structural(h.in_fraction, fresh=False)
def in_fraction(z, t, result):
    with tangent:
        d[z] += h.in_fraction(d[t], result)
    with adjoint:
        d[t] += d[z][0]


@elementwise(h.mantissa)
def mantissa(z, t, e):
    d[z] += h.mantissa(d[t], e)


@structural(h.vander_slopes)
def vander_slopes(z, x, N=None, increasing=False, n=1):
    with tangent:
        d[z] += h.vander_slopes(x, N, increasing, n + 1) * np.expand_dims(d[x], -1)
    with adjoint:
        d[x] += np.sum(h.vander_slopes(x, N, increasing, n + 1) * d[z], axis=1)
