"""Rules of the helpers that finish or accumulate adjoints and tangents."""
from ..runtime import helpers as h
from . import shapes_items
from .dsl import adjoint, d, tangent
from .registry import structural


@structural(h.as_like, type=shapes_items.adjoint_of("x"), fresh=False)
def as_like(z, g, x):
    with tangent:
        d[z] += h.as_like(d[g], x)
    with adjoint:
        d[g] += h.uncast(d[z], g)


@structural(h.broadcast_like, type=shapes_items.shape_of("x", "g"), fresh=False)
def broadcast_like(z, g, x):
    with tangent:
        d[z] += h.broadcast_like(d[g], x)
    with adjoint:
        d[g] += h.unbroadcast(d[z], g)


@structural(h.add_at, type=shapes_items.same_as("b"), fresh=False)
def add_at(z, b, key, g):
    with tangent:
        d[z] += h.copy(d[b])
        d[z] += h.add_at(h.zeros_like(b), key, d[g])
    with adjoint:
        d[b] += d[z]
        d[g] += h.uncast(h.taken(d[z], key), g)


@structural(h.last_stored, type=shapes_items.getitem)
def last_stored(z, x, key):
    with tangent:
        d[z] += h.last_stored(d[x], key)
    with adjoint:
        d[x] += h.store_last(d[z], x, key)


@structural(h.store_last, type=shapes_items.same_as("b"))
def store_last(z, g, b, key):
    with tangent:
        d[z] += h.store_last(d[g], b, key)
    with adjoint:
        d[g] += h.last_stored(d[z], key)


@structural(h.taken, type=shapes_items.getitem)
def taken(z, x, key):
    with tangent:
        d[z] += h.taken(d[x], key)
    with adjoint:
        d[x][key] += d[z]
