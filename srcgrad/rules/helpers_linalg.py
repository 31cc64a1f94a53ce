"""Rules of the adjoints of products: each `left` and `right` is bilinear, and the family is closed.

With <h, op_left(g, x, y)> = <g, op(h, y)>, the adjoint of `g` is the operation itself and that of `y` its `right`.
"""
import numpy as np

from ..runtime import helpers as h
from . import shapes_items
from .dsl import adjoint, d, tangent
from .registry import structural


@structural(h.matmul_left, type=shapes_items.adjoint_of("x"))
def matmul_left(z, g, x, y):
    with tangent:
        d[z] += h.matmul_left(d[g], x, y)
        d[z] += h.matmul_left(g, x, d[y])
    with adjoint:
        d[g] += d[z] @ y
        d[y] += h.matmul_right(g, d[z], y)


@structural(h.matmul_right, type=shapes_items.adjoint_of("y"))
def matmul_right(z, g, x, y):
    with tangent:
        d[z] += h.matmul_right(d[g], x, y)
        d[z] += h.matmul_right(g, d[x], y)
    with adjoint:
        d[g] += x @ d[z]
        d[x] += h.matmul_left(g, x, d[z])


@structural(h.dot_left, type=shapes_items.adjoint_of("x"))
def dot_left(z, g, x, y):
    with tangent:
        d[z] += h.dot_left(d[g], x, y)
        d[z] += h.dot_left(g, x, d[y])
    with adjoint:
        d[g] += np.dot(d[z], y)
        d[y] += h.dot_right(g, d[z], y)


@structural(h.dot_right, type=shapes_items.adjoint_of("y"))
def dot_right(z, g, x, y):
    with tangent:
        d[z] += h.dot_right(d[g], x, y)
        d[z] += h.dot_right(g, d[x], y)
    with adjoint:
        d[g] += np.dot(x, d[z])
        d[x] += h.dot_left(g, x, d[z])


@structural(h.inner_left, type=shapes_items.adjoint_of("x"))
def inner_left(z, g, x, y):
    with tangent:
        d[z] += h.inner_left(d[g], x, y)
        d[z] += h.inner_left(g, x, d[y])
    with adjoint:
        d[g] += np.inner(d[z], y)
        d[y] += h.inner_right(g, d[z], y)


@structural(h.inner_right, type=shapes_items.adjoint_of("y"))
def inner_right(z, g, x, y):
    with tangent:
        d[z] += h.inner_right(d[g], x, y)
        d[z] += h.inner_right(g, d[x], y)
    with adjoint:
        d[g] += np.inner(x, d[z])
        d[x] += h.inner_left(g, x, d[z])


@structural(h.outer_left, type=shapes_items.adjoint_of("x"))
def outer_left(z, g, x, y):
    with tangent:
        d[z] += h.outer_left(d[g], x, y)
        d[z] += h.outer_left(g, x, d[y])
    with adjoint:
        d[g] += np.outer(d[z], y)
        d[y] += h.outer_right(g, d[z], y)


@structural(h.outer_right, type=shapes_items.adjoint_of("y"))
def outer_right(z, g, x, y):
    with tangent:
        d[z] += h.outer_right(d[g], x, y)
        d[z] += h.outer_right(g, d[x], y)
    with adjoint:
        d[g] += np.outer(x, d[z])
        d[x] += h.outer_left(g, x, d[z])


@structural(h.vdot_left, type=shapes_items.adjoint_of("x"))
def vdot_left(z, g, x, y):
    with tangent:
        d[z] += h.vdot_left(d[g], x, y)
        d[z] += h.vdot_left(g, x, d[y])
    with adjoint:
        d[g] += np.vdot(d[z], y)
        d[y] += h.vdot_right(g, d[z], y)


@structural(h.vdot_right, type=shapes_items.adjoint_of("y"))
def vdot_right(z, g, x, y):
    with tangent:
        d[z] += h.vdot_right(d[g], x, y)
        d[z] += h.vdot_right(g, d[x], y)
    with adjoint:
        d[g] += np.vdot(x, d[z])
        d[x] += h.vdot_left(g, x, d[z])


@structural(h.trace_adjoint, type=shapes_items.shape_of("x", "g"))
def trace_adjoint(z, g, x, offset=0, axis1=0, axis2=1):
    with tangent:
        d[z] += h.trace_adjoint(d[g], x, offset, axis1, axis2)
    with adjoint:
        d[g] += np.trace(d[z], offset, axis1, axis2)
