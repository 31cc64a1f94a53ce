"""Rules of what users write into their functions to steer differentiation."""
from __future__ import annotations

from ..ir.types import Num
from ..runtime import helpers as h
from . import shapes, shapes_items
from .dsl import adjoint, d, tangent
from .registry import constant, structural

constant(h.stop_gradient, type=lambda operands, keywords: operands["0"])


constant(h.check_generators, type=shapes.opaque)


@structural(h.kept, type=shapes_items.copied_helper)
def kept(z, x):
    with tangent:
        d[z] += h.kept(d[x])
    with adjoint:
        d[x] += d[z]


@structural(h.on_backward, type=shapes_items.same_as("x"), fresh=False)
def on_backward(z, x, g):
    with tangent:
        d[z] += d[x]
    with adjoint:
        d[x] += h.hooked(d[z], g)


@structural(h.own_adjoint, type=shapes_items.adjoint_of("x"), fresh=False)
def own_adjoint(z, parts, i, x, name="the function"):
    with tangent:
        d[z] += h.own_adjoint(d[parts], i, x, name)
    with adjoint:
        d[parts] += h.own_parts(d[z], parts, i)


@structural(h.own_parts, fresh=False)
def own_parts(z, g, parts, i):
    with tangent:
        d[z] += h.own_parts(d[g], parts, i)
    with adjoint:
        d[g] += h.own_adjoint(d[z], i, g)


@structural(h.unraveled, type=shapes_items.adjoint_of("like"))
def unraveled(z, v, like):
    with tangent:
        d[z] += h.unraveled(d[v], like)
    with adjoint:
        d[v] += h.raveled(d[z], like)


@structural(h.raveled, type=lambda operands, keywords: Num("array", None, (None,)))
def raveled(z, t, like):
    with tangent:
        d[z] += h.raveled(d[t], like)
    with adjoint:
        d[t] += h.unraveled(d[z], like)
