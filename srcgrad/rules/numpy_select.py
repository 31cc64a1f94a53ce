"""NumPy functions whose result is made of entries of their operands: taken, repeated, moved, left out, joined.

Where no function of NumPy is the adjoint, each entry is sent back to where the function takes it from: it is called on
`places(x)`, the numbers of the entries, and `scatter` adds what arrives at each. A sorted array takes equal entries in the
order they have; np.unique takes the first of them.
"""
import numpy as np

from ..runtime.helpers import (
    c_, gather, negated, nowhere, padded, places, places_in_order, r_, running_max, running_min, running_places, scatter,
    slabs, unbroadcast, undiag, unique_places, unpadded, unreshape, zeros_like,
)
from . import shapes_arrays
from .dsl import adjoint, d, optional, tangent
from .registry import structural
from .shapes_tried import tried


# ------------------------------------------------------------------ taken
@structural(np.take, type=tried(np.take, "x indices axis * mode"))
def take(z, x, indices, axis=None, *, mode="raise"):
    with tangent:
        d[z] += np.take(d[x], indices, axis=axis, mode=mode)
    with adjoint:
        d[x] += scatter(d[z], np.take(places(x), indices, axis=axis, mode=mode), x)


@structural(np.take_along_axis, type=tried(np.take_along_axis, "x indices axis"))
def take_along_axis(z, x, indices, axis=-1):
    with tangent:
        d[z] += np.take_along_axis(d[x], indices, axis)
    with adjoint:
        d[x] += scatter(d[z], np.take_along_axis(places(x), indices, axis), x)


@structural(np.compress)
def compress(z, condition, x, axis=None):
    with tangent:
        d[z] += np.compress(condition, d[x], axis=axis)
    with adjoint:
        d[x] += scatter(d[z], np.compress(condition, places(x), axis=axis), x)


@structural(np.extract)
def extract(z, condition, x):
    with tangent:
        d[z] += np.extract(condition, d[x])
    with adjoint:
        d[x] += scatter(d[z], np.extract(condition, places(x)), x)


@structural(np.delete)
def delete(z, x, obj=None, axis=None):
    with tangent:
        d[z] += np.delete(d[x], obj, axis)
    with adjoint:
        d[x] += scatter(d[z], np.delete(places(x), obj, axis), x)


@structural(np.choose)
def choose(z, index, choices, *, mode="raise"):
    with tangent:
        d[z] += gather(d[choices], np.choose(index, places(choices), mode=mode))
    with adjoint:
        d[choices] += scatter(d[z], np.choose(index, places(choices), mode=mode), choices)


@structural(np.select)
def select(z, conditions, choices, default=optional):
    with tangent:
        d[z] += gather(d[choices], np.select(conditions, places(choices), -1))
        d[z] += gather(d[default], np.select(conditions, nowhere(choices), places(default)))
    with adjoint:
        d[choices] += scatter(d[z], np.select(conditions, places(choices), -1), choices)
        d[default] += scatter(d[z], np.select(conditions, nowhere(choices), places(default)), default)


@structural(np.unique)
def unique(z, x):
    with tangent:
        d[z] += gather(d[x], unique_places(x))
    with adjoint:
        d[x] += scatter(d[z], unique_places(x), x)


# ------------------------------------------------------------------ in order
@structural(np.sort, type=tried(np.sort, "x axis"))
def sort(z, x, axis=-1, kind=None, *, stable=None):
    with tangent:
        d[z] += gather(d[x], places_in_order(x, z, axis))
    with adjoint:
        d[x] += scatter(d[z], places_in_order(x, z, axis), x)


@structural(np.partition, type=tried(np.partition, "x kth axis"))
def partition(z, x, kth=None, axis=-1, kind="introselect"):
    with tangent:
        d[z] += gather(d[x], places_in_order(x, z, axis))
    with adjoint:
        d[x] += scatter(d[z], places_in_order(x, z, axis), x)


@structural(running_max, running_min, type=tried(running_max, "x axis"))
def running(z, x, axis=0):
    with tangent:
        d[z] += gather(d[x], running_places(x, z, axis))
    with adjoint:
        d[x] += scatter(d[z], running_places(x, z, axis), x)


# ------------------------------------------------------------------ moved
@structural(np.roll, type=shapes_arrays.same_shape)
def roll(z, x, shift=None, axis=None):
    with tangent:
        d[z] += np.roll(d[x], shift, axis=axis)
    with adjoint:
        d[x] += np.roll(d[z], negated(shift), axis=axis)


@structural(np.rot90, type=tried(np.rot90, "x k axes"), fresh=False)
def rot90(z, x, k=1, axes=(0, 1)):
    with tangent:
        d[z] += np.rot90(d[x], k, axes)
    with adjoint:
        d[x] += np.rot90(d[z], negated(k), axes)


@structural(np.rollaxis, type=tried(np.rollaxis, "x axis start"), fresh=False)
def rollaxis(z, x, axis=None, start=0):
    with tangent:
        d[z] += np.rollaxis(d[x], axis, start)
    with adjoint:
        d[x] += scatter(d[z], np.rollaxis(places(x), axis, start), x)


@structural(np.atleast_3d, type=tried(np.atleast_3d, "x"), fresh=False)
def atleast_3d(z, x):
    with tangent:
        d[z] += np.atleast_3d(d[x])
    with adjoint:
        d[x] += unreshape(d[z], x)


# ------------------------------------------------------------------ repeated
@structural(np.repeat, type=tried(np.repeat, "x repeats axis"))
def repeat(z, x, repeats=None, axis=None):
    with tangent:
        d[z] += np.repeat(d[x], repeats, axis=axis)
    with adjoint:
        d[x] += scatter(d[z], np.repeat(places(x), repeats, axis=axis), x)


@structural(np.tile, type=tried(np.tile, "x reps"))
def tile(z, x, reps=None):
    with tangent:
        d[z] += np.tile(d[x], reps)
    with adjoint:
        d[x] += scatter(d[z], np.tile(places(x), reps), x)


@structural(np.resize, type=tried(np.resize, "x shape"))
def resize(z, x, shape=None):
    with tangent:
        d[z] += np.resize(d[x], shape)
    with adjoint:
        d[x] += scatter(d[z], np.resize(places(x), shape), x)


@structural(np.pad, type=tried(np.pad, "x pad_width mode"))
def pad(z, x, pad_width=None, mode="constant", *, constant_values=0):
    with tangent:
        d[z] += padded(d[x], pad_width, mode)
    with adjoint:
        d[x] += unpadded(d[z], x, pad_width, mode)


# ------------------------------------------------------------------ triangles and diagonals
@structural(np.tril, type=tried(np.tril, "x k"))
def tril(z, x, k=0):
    with tangent:
        d[z] += np.tril(d[x], k=k)
    with adjoint:
        d[x] += unbroadcast(np.tril(d[z], k=k), x)


@structural(np.triu, type=tried(np.triu, "x k"))
def triu(z, x, k=0):
    with tangent:
        d[z] += np.triu(d[x], k=k)
    with adjoint:
        d[x] += unbroadcast(np.triu(d[z], k=k), x)


@structural(np.diag, type=tried(np.diag, "x k"), fresh=False)
def diag(z, x, k=0):
    with tangent:
        d[z] += np.diag(d[x], k=k)
    with adjoint:
        d[x] += undiag(d[z], x, k)


@structural(np.diagonal, type=tried(np.diagonal, "x offset axis1 axis2"), fresh=False)
def diagonal(z, x, offset=0, axis1=0, axis2=1):
    with tangent:
        d[z] += np.diagonal(d[x], offset, axis1, axis2)
    with adjoint:
        d[x] += scatter(d[z], np.diagonal(places(x), offset, axis1, axis2), x)


@structural(np.diagflat, type=tried(np.diagflat, "x k"))
def diagflat(z, x, k=0):
    with tangent:
        d[z] += np.diagflat(d[x], k)
    with adjoint:
        d[x] += unreshape(np.diagonal(d[z], k), x)


# ------------------------------------------------------------------ joined
@structural(np.vstack, type=tried(np.vstack, "parts"))
def vstack(z, parts):
    with tangent:
        d[z] += np.vstack(d[parts])
    with adjoint:
        d[parts] += slabs(d[z], parts, 0)


@structural(np.hstack, type=tried(np.hstack, "parts"))
def hstack(z, parts):
    with tangent:
        d[z] += np.hstack(d[parts])
    with adjoint:
        d[parts] += slabs(d[z], parts, 1)


@structural(np.dstack, type=tried(np.dstack, "parts"))
def dstack(z, parts):
    with tangent:
        d[z] += np.dstack(d[parts])
    with adjoint:
        d[parts] += slabs(d[z], parts, 2)


@structural(np.column_stack, type=tried(np.column_stack, "parts"))
def column_stack(z, parts):
    with tangent:
        d[z] += np.column_stack(d[parts])
    with adjoint:
        d[parts] += slabs(d[z], parts, 1)


@structural(np.block)
def block(z, parts):
    with tangent:
        d[z] += np.block(d[parts])
    with adjoint:
        d[parts] += scatter(d[z], np.block(places(parts)), parts)


@structural(r_, type=tried(r_, "parts"))
def r_joined(z, parts):
    with tangent:
        d[z] += r_(d[parts])
    with adjoint:
        d[parts] += slabs(d[z], parts, 0)


@structural(c_, type=tried(c_, "parts"))
def c_joined(z, parts):
    with tangent:
        d[z] += c_(d[parts])
    with adjoint:
        d[parts] += slabs(d[z], parts, -1)


@structural(np.insert)
def insert(z, x, obj, values, axis=None):
    with tangent:
        d[z] += np.insert(d[x], obj, zeros_like(values), axis)
        d[z] += np.insert(zeros_like(x), obj, d[values], axis)
    with adjoint:
        d[x] += scatter(d[z], np.insert(places(x), obj, nowhere(values), axis), x)
        d[values] += scatter(d[z], np.insert(nowhere(x), obj, places(values), axis), values)
