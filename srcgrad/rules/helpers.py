"""Rules of srcgrad's own helpers, so that generated code can be differentiated again.

Those that are linear in an adjoint `g` have adjoints that are linear in theirs; with the rest of each line they form
closed families: matmul with matmul_left and matmul_right, products with carry, sinc with its derivatives.
"""
import math

import numpy as np

from ..runtime import helpers as h
from . import (  # noqa: F401  (most register rules)
    helpers_columns, helpers_containers, helpers_linalg, helpers_marks, helpers_select, helpers_shape, shapes, shapes_items,
)
from .dsl import adjoint, d, optional, singular, tangent
from .registry import constant, elementwise, structural

constant(h.zeros_like, type=shapes_items.zeros_like)
constant(h.count, type=shapes.python_int)
constant(h.inside, h.above, h.below, type=shapes.unknown)
constant(h.keys_of, type=shapes_items.keys_of)
constant(h.order_of, type=shapes_items.places)
constant(h.from_front, h.place_in, h.place_of_extreme, h.index_of, h.count_of, type=shapes.python_int)
constant(h.slice_bounds, type=shapes_items.bounds)
constant(h.is_sequence, h.is_mapping, type=shapes.python_bool)
constant(h.blank, type=shapes.unknown)
constant(h.snapshot, h.put_back, type=shapes.unknown)
constant(h.check_finite, type=shapes.opaque)
constant(h.check_scalar, h.check_dict, h.check_items, h.check_lengths, h.check_distinct, h.check_unshared, h.check_view,
         type=shapes.opaque)


# ------------------------------------------------------------------ adjoints as such
@structural(h.seed, type=shapes_items.adjoint_of("x"))
def seed(z, b, x):
    with tangent:
        d[z] += h.seed(d[b], x)
    with adjoint:
        d[b] += h.unseed(d[z], b)


@structural(h.unseed, type=shapes_items.adjoint_of("b"), fresh=False)
def unseed(z, g, b):
    with tangent:
        d[z] += h.unseed(d[g], b)
    with adjoint:
        d[g] += h.seed(d[z], g)


@structural(h.unbroadcast, type=shapes_items.adjoint_of("x"), fresh=False)
def unbroadcast(z, g, x):
    with tangent:
        d[z] += h.unbroadcast(d[g], x)
    with adjoint:
        d[g] += h.unbroadcast(d[z], g)


@structural(h.unstored, type=shapes_items.adjoint_of("x"), fresh=False)
def unstored(z, g, x):
    with tangent:
        d[z] += h.unstored(d[g], x)
    with adjoint:
        d[g] += h.unstored(d[z], g)


@structural(h.cast, type=shapes_items.adjoint_of("x"))
def cast(z, g, x):
    with tangent:
        d[z] += h.cast(d[g], x)
    with adjoint:
        d[g] += h.uncast(d[z], g)


@structural(h.uncast, type=shapes_items.adjoint_of("x"), fresh=False)
def uncast(z, g, x):
    with tangent:
        d[z] += h.uncast(d[g], x)
    with adjoint:
        d[g] += h.uncast(d[z], g)


@structural(h.copy, h.copied_array, type=shapes_items.copied_helper)
def copy(z, x):
    with tangent:
        d[z] += h.copy(d[x])
    with adjoint:
        d[x] += d[z]


@structural(h.private, type=shapes_items.copied_helper)
def private(z, x):
    with tangent:
        d[z] += h.private(d[x])
    with adjoint:
        d[x] += d[z]


@structural(h.add, type=shapes_items.added, fresh=False)
def add(z, a, b):
    with tangent:
        d[z] += d[a]
        d[z] += d[b]
    with adjoint:
        d[a] += d[z]
        d[b] += d[z]


@structural(h.masked, type=shapes_items.masked, fresh=False)
def masked(z, e, b):
    with tangent:
        d[z] += h.masked(d[e], b)
    with adjoint:
        d[e] += h.masked(d[z], b)


# ------------------------------------------------------------------ element by element
@elementwise(h.where, type=shapes.where_helper)
def where(z, mask, x, y):
    d[z] += h.where(mask, d[x], 0)
    d[z] += h.where(mask, 0, d[y])


@elementwise(h.quotient)
def quotient(z, x, y):
    d[z] += singular(h.quotient(d[x], y))
    d[z] += singular(h.quotient(-z * d[y], y))


@elementwise(h.ratio)
def ratio(z, x, y):
    d[z] += h.ratio(d[x], y)
    d[z] += -z * h.ratio(d[y], y)


@elementwise(h.power_slope)
def power_slope(z, x, y):
    d[z] += singular(h.power_slopes(x, y, 2) * d[x])
    d[z] += singular(np.power(x, y - 1) * (1 + y * h.log_or_zero(x)) * d[y])


@elementwise(h.power_slopes)
def power_slopes(z, x, y, n=2):
    d[z] += singular(h.power_slopes(x, y, n + 1) * d[x])
    d[z] += singular(h.power_slopes_exponent(x, y, n) * d[y])


@elementwise(h.log_or_zero)
def log_or_zero(z, x):
    d[z] += h.ratio(d[x], x)


@elementwise(h.over_log)
def over_log(z, t, x, base=optional):
    d[z] += h.over_log(d[t], x, base)
    d[z] += -z * d[x] / x
    d[z] += -z * d[base] / (math.log(base) * base)


@structural(h.in_degrees, type=shapes_items.first("t"), fresh=False)
def in_degrees(z, t, deg):
    with tangent:
        d[z] += h.in_degrees(d[t], deg)
    with adjoint:
        d[t] += h.in_degrees(d[z], deg)


@elementwise(h.abs_slope)
def abs_slope(z, x):
    with tangent:
        d[z] += np.conj(h.sign_tangent(d[x], x))
    with adjoint:
        d[x] += np.conj(h.sign_tangent(d[z], x))


@elementwise(h.sign_tangent)
def sign_tangent(z, t, x):
    with tangent:
        d[z] += h.sign_tangent(d[t], x)
        d[z] += h.sign_curvature(d[x], t, x)
    with adjoint:
        d[t] += np.conj(h.sign_tangent(np.conj(d[z]), x))
        d[x] += np.conj(h.sign_curvature(np.conj(d[z]), t, x))


@elementwise(h.sign_curvature)
def sign_curvature(z, s, t, x):
    with tangent:
        d[z] += h.sign_curvature(d[s], t, x)
        d[z] += h.sign_curvature(s, d[t], x)
        d[z] += h.real_only(d[x], x)
    with adjoint:
        d[s] += np.conj(h.sign_curvature(np.conj(d[z]), t, x))
        d[t] += np.conj(h.sign_curvature(s, np.conj(d[z]), x))
        d[x] += h.real_only(d[z], x)


constant(h.real_only)


@elementwise(h.sinc_derivative)
def sinc_derivative(z, x, n=1):
    d[z] += h.sinc_derivative(x, n + 1) * d[x]


@elementwise(h.chosen)
def chosen(z, g, x, y, result):
    d[z] += h.chosen(d[g], x, y, result)


# ------------------------------------------------------------------ reductions
@structural(h.expand, type=shapes_items.expand, fresh=False)
def expand(z, g, x, axis=None, keepdims=False):
    with tangent:
        d[z] += h.expand(d[g], x, axis, keepdims)
    with adjoint:
        d[g] += np.sum(d[z], axis=axis, keepdims=keepdims)


@structural(h.share_ties, type=shapes_items.shape_of("x", "g"))
def share_ties(z, g, x, result, axis=None, keepdims=False):
    with tangent:
        d[z] += h.share_ties(d[g], x, result, axis, keepdims)
    with adjoint:
        d[g] += h.mean_ties(d[z], x, result, axis, keepdims)


@structural(h.mean_ties, type=shapes_items.shape_of("result", "t"))
def mean_ties(z, t, x, result, axis=None, keepdims=False):
    with tangent:
        d[z] += h.mean_ties(d[t], x, result, axis, keepdims)
    with adjoint:
        d[t] += h.share_ties(d[z], x, result, axis, keepdims)


@structural(h.var_slope, type=shapes_items.shape_of("x", "x"))
def var_slope(z, x, axis=None, ddof=0):
    with tangent:
        d[z] += h.var_slope(d[x], axis, ddof)
    with adjoint:
        d[x] += h.var_slope(d[z], axis, ddof)


@structural(h.reversed_cumsum, type=shapes_items.shape_of("x", "g"))
def reversed_cumsum(z, g, x, axis=None):
    with tangent:
        d[z] += h.reversed_cumsum(d[g], x, axis)
    with adjoint:
        d[g] += np.cumsum(d[z], axis=axis)


@structural(h.left_products, type=shapes_items.shape_of("x", "x"))
def left_products(z, x, axis=None, reverse=False):
    with tangent:
        d[z] += h.carry(z * d[x], x, axis, reverse)
    with adjoint:
        d[x] += z * h.carry(d[z], x, axis, not reverse)


@structural(h.products_of_others, type=shapes_items.shape_of("x", "x"))
def products_of_others(z, x, axis=None):
    with tangent:
        d[z] += h.left_products(x, axis, True) * h.carry(h.left_products(x, axis) * d[x], x, axis)
        d[z] += h.left_products(x, axis) * h.carry(h.left_products(x, axis, True) * d[x], x, axis, True)
    with adjoint:
        d[x] += h.left_products(x, axis) * h.carry(h.left_products(x, axis, True) * d[z], x, axis, True)
        d[x] += h.left_products(x, axis, True) * h.carry(h.left_products(x, axis) * d[z], x, axis)


@structural(h.carry, type=shapes_items.shape_of("x", "g"))
def carry(z, g, x, axis=None, reverse=False):
    with tangent:
        d[z] += h.carry(d[g], x, axis, reverse)
        d[z] += h.carry(z * d[x], x, axis, reverse)
    with adjoint:
        d[g] += h.carry(d[z], x, axis, not reverse)
        d[x] += z * h.carry(d[z], x, axis, not reverse)
