"""NumPy functions that move, join, copy and convert entries. `fresh=False`: the result may be a view."""
import numpy as np

from ..runtime.helpers import (
    arange_parts, arange_tangent, astype, converted, flatten, item, scattered, split_like, tolist, unarray, unbroadcast,
    unconverted, unreshape, unstack, untranspose,
)
from . import shapes, shapes_arrays
from .dsl import adjoint, d, tangent
from .registry import structural


# ------------------------------------------------------------------ same entries, another shape
@structural(np.reshape, type=shapes_arrays.reshape, fresh=False)
def reshape(z, x, shape=None, order="C"):
    with tangent:
        d[z] += np.reshape(d[x], shape, order=order)
    with adjoint:
        d[x] += unreshape(d[z], x, order)


@structural(np.ravel, type=shapes_arrays.ravel, fresh=False)
def ravel(z, x, order="C"):
    with tangent:
        d[z] += np.ravel(d[x], order=order)
    with adjoint:
        d[x] += unreshape(d[z], x, order)


@structural(flatten, type=shapes_arrays.ravel)
def flatten_(z, x):
    with tangent:
        d[z] += flatten(d[x])
    with adjoint:
        d[x] += unreshape(d[z], x)


@structural(np.squeeze, type=shapes_arrays.squeeze, fresh=False)
def squeeze(z, x, axis=None):
    with tangent:
        d[z] += np.squeeze(d[x], axis=axis)
    with adjoint:
        d[x] += unreshape(d[z], x)


@structural(np.expand_dims, type=shapes_arrays.expand_dims, fresh=False)
def expand_dims(z, x, axis=None):
    with tangent:
        d[z] += np.expand_dims(d[x], axis)
    with adjoint:
        d[x] += unreshape(d[z], x)


@structural(np.atleast_1d, type=shapes_arrays.atleast_1d, fresh=False)
def atleast_1d(z, x):
    with tangent:
        d[z] += np.atleast_1d(d[x])
    with adjoint:
        d[x] += unreshape(d[z], x)


@structural(np.atleast_2d, fresh=False)
def atleast_2d(z, x):
    with tangent:
        d[z] += np.atleast_2d(d[x])
    with adjoint:
        d[x] += unreshape(d[z], x)


# ------------------------------------------------------------------ same entries, another order
@structural(np.transpose, type=shapes_arrays.transpose, fresh=False)
def transpose(z, x, axes=None):
    with tangent:
        d[z] += np.transpose(d[x], axes)
    with adjoint:
        d[x] += untranspose(d[z], axes)


@structural(np.moveaxis, type=shapes_arrays.moveaxis, fresh=False)
def moveaxis(z, x, source=None, destination=None):
    with tangent:
        d[z] += np.moveaxis(d[x], source, destination)
    with adjoint:
        d[x] += np.moveaxis(d[z], destination, source)


@structural(np.swapaxes, type=shapes_arrays.swapaxes, fresh=False)
def swapaxes(z, x, axis1=None, axis2=None):
    with tangent:
        d[z] += np.swapaxes(d[x], axis1, axis2)
    with adjoint:
        d[x] += np.swapaxes(d[z], axis1, axis2)


@structural(np.flip, type=shapes_arrays.same_shape, fresh=False)
def flip(z, x, axis=None):
    with tangent:
        d[z] += np.flip(d[x], axis=axis)
    with adjoint:
        d[x] += np.flip(d[z], axis=axis)


# ------------------------------------------------------------------ repeated and joined
@structural(np.broadcast_to, type=shapes_arrays.broadcast_to, fresh=False)
def broadcast_to(z, x, shape=None):
    with tangent:
        d[z] += np.broadcast_to(d[x], shape)
    with adjoint:
        d[x] += unbroadcast(d[z], x)


@structural(np.concatenate, type=shapes_arrays.concatenate)
def concatenate(z, parts, axis=0):
    with tangent:
        d[z] += np.concatenate(d[parts], axis=axis)
    with adjoint:
        d[parts] += split_like(d[z], parts, axis)


@structural(np.stack, type=shapes_arrays.stack)
def stack(z, parts, axis=0):
    with tangent:
        d[z] += np.stack(d[parts], axis=axis)
    with adjoint:
        d[parts] += unstack(d[z], parts, axis)


@structural(np.full, type=shapes.full)
def full(z, shape, x, dtype=None):
    with tangent:
        d[z] += converted(d[x], z)
    with adjoint:
        d[x] += unbroadcast(unconverted(d[z], z, z), x)


@structural(np.full_like, type=shapes.like)
def full_like(z, like, x, dtype=None):
    with tangent:
        d[z] += converted(d[x], z)
    with adjoint:
        d[x] += unbroadcast(unconverted(d[z], z, z), x)


@structural(np.arange, type=shapes.arange)
def arange(z, *bounds, dtype=None):
    with tangent:
        d[z] += converted(arange_tangent(d[bounds], bounds, z), z)
    with adjoint:
        d[bounds] += arange_parts(unconverted(d[z], z, z), bounds)


# ------------------------------------------------------------------ copied and converted
@structural(np.array, type=shapes_arrays.array)
def array(z, x, dtype=None):
    with tangent:
        d[z] += converted(np.array(d[x]), z)
    with adjoint:
        d[x] += unarray(d[z], x, z)


@structural(np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, type=shapes_arrays.array, fresh=False)
def asarray(z, x, dtype=None):
    with tangent:
        d[z] += converted(np.array(d[x]), z)
    with adjoint:
        d[x] += unarray(d[z], x, z)


@structural(np.copy, type=shapes_arrays.copied)
def copy(z, x):
    with tangent:
        d[z] += np.copy(d[x])
    with adjoint:
        d[x] += unreshape(d[z], x)


@structural(astype, type=shapes_arrays.astype)
def astype_(z, x, dtype=None):
    with tangent:
        d[z] += converted(d[x], z)
    with adjoint:
        d[x] += unconverted(d[z], x, z)


@structural(item, type=shapes_arrays.item)
def item_(z, x, index=()):
    with tangent:
        d[z] += item(d[x], index)
    with adjoint:
        d[x] += scattered(d[z], x, index)


@structural(tolist)
def tolist_(z, x):
    with tangent:
        d[z] += tolist(d[x])
    with adjoint:
        d[x] += np.reshape(np.array(d[z]), np.shape(x))
