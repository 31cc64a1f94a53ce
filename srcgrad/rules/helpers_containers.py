"""Rules of the helpers on containers: what loops go through, lists that are joined, dicts that are merged."""
from ..runtime import helpers as h
from . import shapes, shapes_items
from .dsl import adjoint, d, tangent
from .registry import structural


@structural(h.sequence, type=shapes_items.sequence, fresh=False)
def sequence(z, x):
    with tangent:
        d[z] += h.sequence_tangent(d[x], x)
    with adjoint:
        d[x] += h.unsequence(d[z], x)


@structural(h.sequence_tangent, type=shapes.unknown, fresh=False)
def sequence_tangent(z, t, x):
    with tangent:
        d[z] += h.sequence_tangent(d[t], x)
    with adjoint:
        d[t] += h.unsequence(d[z], x)


@structural(h.unsequence, type=shapes.unknown, fresh=False)
def unsequence(z, g, x):
    with tangent:
        d[z] += h.unsequence(d[g], x)
    with adjoint:
        d[g] += h.sequence_tangent(d[z], x)


# ------------------------------------------------------------------ joined and merged
@structural(h.joined, type=shapes_items.joined, fresh=False)
def joined(z, *parts):
    with tangent:
        d[z] += h.joined_tangent(d[parts])
    with adjoint:
        d[parts] += h.unjoined(d[z], parts)


@structural(h.merged, type=shapes_items.merged, fresh=False)
def merged(z, *parts):
    with tangent:
        d[z] += h.merged_tangent(d[parts])
    with adjoint:
        d[parts] += h.unmerged(d[z], parts)


@structural(h.joined_tangent, type=shapes_items.joined_parts, fresh=False)
def joined_tangent(z, t):
    with tangent:
        d[z] += h.joined_tangent(d[t])
    with adjoint:
        d[t] += h.unjoined(d[z], t)


@structural(h.unjoined, type=shapes_items.adjoint_of("parts"), fresh=False)
def unjoined(z, g, parts):
    with tangent:
        d[z] += h.unjoined(d[g], parts)
    with adjoint:
        d[g] += h.joined_tangent(d[z])


@structural(h.merged_tangent, type=shapes.unknown, fresh=False)
def merged_tangent(z, t):
    with tangent:
        d[z] += h.merged_tangent(d[t])
    with adjoint:
        d[t] += h.unmerged(d[z], t)


@structural(h.unmerged, type=shapes_items.adjoint_of("parts"), fresh=False)
def unmerged(z, g, parts):
    with tangent:
        d[z] += h.unmerged(d[g], parts)
    with adjoint:
        d[g] += h.merged_tangent(d[z])


@structural(h.repeated, type=shapes_items.same_as("x"), fresh=False)
def repeated(z, x, n):
    with tangent:
        d[z] += h.repeated(d[x], n)
    with adjoint:
        d[x] += h.unrepeated(d[z], x)


@structural(h.unrepeated, type=shapes_items.same_as("x"), fresh=False)
def unrepeated(z, g, x):
    with tangent:
        d[z] += h.unrepeated(d[g], x)
    with adjoint:
        d[g] += h.repeated(d[z], len(g) // max(len(x), 1))
