"""Rules of the adjoints of operations that move, join, convert and select entries.

The adjoint of each is the operation it belongs to.
"""
import numpy as np

from ..runtime import helpers as h
from . import shapes_arrays, shapes_items
from .dsl import adjoint, d, tangent
from .registry import structural


@structural(h.unreshape, type=shapes_items.shape_of("x", "g"), fresh=False)
def unreshape(z, g, x, order="C"):
    with tangent:
        d[z] += h.unreshape(d[g], x, order)
    with adjoint:
        d[g] += h.unreshape(d[z], g, order)


@structural(h.untranspose, type=shapes_arrays.untranspose, fresh=False)
def untranspose(z, g, axes=None):
    with tangent:
        d[z] += h.untranspose(d[g], axes)
    with adjoint:
        d[g] += np.transpose(d[z], axes)


@structural(h.split_like, type=shapes_items.adjoint_of("parts"), fresh=False)
def split_like(z, g, parts, axis=0):
    with tangent:
        d[z] += h.split_like(d[g], parts, axis)
    with adjoint:
        d[g] += np.concatenate(d[z], axis=axis)


@structural(h.unstack, type=shapes_items.adjoint_of("parts"), fresh=False)
def unstack(z, g, parts, axis=0):
    with tangent:
        d[z] += h.unstack(d[g], parts, axis)
    with adjoint:
        d[g] += np.stack(d[z], axis=axis)


@structural(h.unarray, type=shapes_items.adjoint_of("x"), fresh=False)
def unarray(z, g, x, result):
    with tangent:
        d[z] += h.unarray(d[g], x, result)
    with adjoint:
        d[g] += h.converted(np.array(d[z]), result)


@structural(h.converted, type=shapes_items.adjoint_of("result"))
def converted(z, t, result):
    with tangent:
        d[z] += h.converted(d[t], result)
    with adjoint:
        d[t] += h.unbroadcast(h.unconverted(d[z], result, result), t)


@structural(h.unconverted, type=shapes_items.adjoint_of("x"), fresh=False)
def unconverted(z, g, x, result):
    with tangent:
        d[z] += h.unconverted(d[g], x, result)
    with adjoint:
        d[g] += h.converted(d[z], result)


@structural(h.scattered, type=shapes_items.adjoint_of("x"))
def scattered(z, g, x, index=()):
    with tangent:
        d[z] += h.scattered(d[g], x, index)
    with adjoint:
        d[g] += h.item(d[z], index)


@structural(h.arange_tangent, type=shapes_items.adjoint_of("result"))
def arange_tangent(z, t, bounds, result):
    with tangent:
        d[z] += h.arange_tangent(d[t], bounds, result)
    with adjoint:
        d[t] += h.arange_parts(d[z], bounds)


@structural(h.arange_parts)
def arange_parts(z, g, bounds):
    with tangent:
        d[z] += h.arange_parts(d[g], bounds)
    with adjoint:
        d[g] += h.arange_tangent(d[z], bounds, g)


@structural(h.chosen_parts, type=shapes_items.adjoint_of("values"))
def chosen_parts(z, g, values, result):
    with tangent:
        d[z] += h.chosen_parts(d[g], values, result)
    with adjoint:
        d[g] += h.chosen_tangent(d[z], values, result)


@structural(h.chosen_tangent)
def chosen_tangent(z, t, values, result):
    with tangent:
        d[z] += h.chosen_tangent(d[t], values, result)
    with adjoint:
        d[t] += h.chosen_parts(d[z], values, result)


@structural(h.in_remainder, fresh=False)
def in_remainder(z, t, result):
    with tangent:
        d[z] += h.in_remainder(d[t], result)
    with adjoint:
        d[t] += h.unbroadcast(d[z][1], t)


@structural(h.each, type=shapes_items.adjoint_of("values"), fresh=False)
def each(z, g, values):
    with tangent:
        d[z] += h.each(d[g], values)
    with adjoint:
        d[g] += h.unbroadcast(sum(d[z]), g)


@structural(h.listed, type=shapes_items.same_as("x"), fresh=False)
def listed(z, g, x):
    with tangent:
        d[z] += h.listed(d[g], x)
    with adjoint:
        d[g] += list(d[z])
