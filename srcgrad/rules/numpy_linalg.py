"""NumPy's products of vectors, matrices and stacks of them; `left` and `right` are the adjoints of the operands."""
import operator

import numpy as np

from ..runtime.helpers import (
    dot_left, dot_right, inner_left, inner_right, matmul_left, matmul_right, outer_left, outer_right, trace_adjoint,
    vdot_left, vdot_right,
)
from . import shapes_arrays
from .dsl import adjoint, d, tangent
from .existing import existing
from .registry import structural


@structural(np.matmul, *existing("linalg.matmul"), "operator.matmul", operator.matmul, type=shapes_arrays.matmul)
def matmul(z, x, y):
    with tangent:
        d[z] += d[x] @ y
        d[z] += x @ d[y]
    with adjoint:
        d[x] += matmul_left(d[z], x, y)
        d[y] += matmul_right(d[z], x, y)


@structural(np.dot, type=shapes_arrays.dot)
def dot(z, x, y):
    with tangent:
        d[z] += np.dot(d[x], y)
        d[z] += np.dot(x, d[y])
    with adjoint:
        d[x] += dot_left(d[z], x, y)
        d[y] += dot_right(d[z], x, y)


@structural(np.inner, type=shapes_arrays.inner)
def inner(z, x, y):
    with tangent:
        d[z] += np.inner(d[x], y)
        d[z] += np.inner(x, d[y])
    with adjoint:
        d[x] += inner_left(d[z], x, y)
        d[y] += inner_right(d[z], x, y)


@structural(np.outer, *existing("linalg.outer"), type=shapes_arrays.outer)
def outer(z, x, y):
    with tangent:
        d[z] += np.outer(d[x], y)
        d[z] += np.outer(x, d[y])
    with adjoint:
        d[x] += outer_left(d[z], x, y)
        d[y] += outer_right(d[z], x, y)


@structural(np.vdot, type=shapes_arrays.vdot)
def vdot(z, x, y):
    with tangent:
        d[z] += np.vdot(d[x], y)
        d[z] += np.vdot(x, d[y])
    with adjoint:
        d[x] += vdot_left(d[z], x, y)
        d[y] += vdot_right(d[z], x, y)


@structural(np.trace, type=shapes_arrays.trace)
def trace(z, x, offset=0, axis1=0, axis2=1):
    with tangent:
        d[z] += np.trace(d[x], offset, axis1, axis2)
    with adjoint:
        d[x] += trace_adjoint(d[z], x, offset, axis1, axis2)
