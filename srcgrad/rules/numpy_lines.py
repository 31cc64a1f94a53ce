"""NumPy functions along an axis: splits, differences, quantiles, points on lines, grids, columns of powers."""
import numpy as np

from ..runtime.helpers import (
    along_line, broadcast_each, converted, gradient_adjoint, gradient_tangent, grid_like, grid_parts, quantile_adjoint,
    quantile_tangent, unbroadcast_each, unconverted, undiff, unline, vander_slopes,
)
from . import shapes_arrays
from .dsl import adjoint, d, fixed, tangent
from .registry import structural
from .shapes_tried import tried


# ------------------------------------------------------------------ taken apart
@structural(np.split, np.array_split, type=tried(np.array_split, "x sections axis"), fresh=False)
def split(z, x, sections=None, axis=0):
    with tangent:
        d[z] += np.array_split(d[x], sections, axis=axis)
    with adjoint:
        d[x] += np.concatenate(d[z], axis=axis)


@structural(np.hsplit, type=tried(np.hsplit, "x sections"), fresh=False)
def hsplit(z, x, sections=None):
    with tangent:
        d[z] += np.hsplit(d[x], sections)
    with adjoint:
        d[x] += np.hstack(d[z])


@structural(np.vsplit, type=tried(np.vsplit, "x sections"), fresh=False)
def vsplit(z, x, sections=None):
    with tangent:
        d[z] += np.vsplit(d[x], sections)
    with adjoint:
        d[x] += np.vstack(d[z])


@structural(np.dsplit, type=tried(np.dsplit, "x sections"), fresh=False)
def dsplit(z, x, sections=None):
    with tangent:
        d[z] += np.dsplit(d[x], sections)
    with adjoint:
        d[x] += np.dstack(d[z])


if hasattr(np, "unstack"):  # NumPy 2.1
    @structural(np.unstack, type=tried(np.unstack, "x * axis"), fresh=False)
    def unstack(z, x, *, axis=0):
        with tangent:
            d[z] += np.unstack(d[x], axis=axis)
        with adjoint:
            d[x] += np.stack(d[z], axis=axis)


@structural(np.broadcast_arrays, fresh=False)
def broadcast_arrays(z, *xs):
    with tangent:
        d[z] += broadcast_each(d[xs], z)
    with adjoint:
        d[xs] += unbroadcast_each(d[z], xs)


@structural(np.meshgrid, fresh=False)
def meshgrid(z, *xs, copy=True, sparse=False, indexing="xy"):
    with tangent:
        d[z] += grid_like(d[xs], z, indexing)
    with adjoint:
        d[xs] += grid_parts(d[z], xs, indexing)


# ------------------------------------------------------------------ differences
@structural(np.diff, type=tried(np.diff, "x n axis"))
def diff(z, x, n=1, axis=-1):
    with tangent:
        d[z] += np.diff(d[x], n, axis=axis)
    with adjoint:
        d[x] += undiff(d[z], x, n, axis)


@structural(np.gradient)
def gradient(z, x, *spacing: fixed, axis=None, edge_order=1):
    with tangent:
        d[z] += gradient_tangent(d[x], spacing, axis, edge_order)
    with adjoint:
        d[x] += gradient_adjoint(d[z], x, spacing, axis, edge_order)


@structural(np.unwrap, type=shapes_arrays.same_shape)
def unwrap(z, x, discont=None, axis=-1, *, period=2 * np.pi):
    """Multiples of the period are added: the slope is 1."""
    with tangent:
        d[z] += d[x]
    with adjoint:
        d[x] += d[z]


# ------------------------------------------------------------------ quantiles
@structural(np.quantile, np.nanquantile, type=tried(np.quantile, "x q axis * method keepdims"))
def quantile(z, x, q=None, axis=None, *, method="linear", keepdims=False):
    """Between two neighbours in the sorted order z is linear in both; equal entries keep their order."""
    with tangent:
        d[z] += quantile_tangent(d[x], x, q, axis, method, keepdims)
    with adjoint:
        d[x] += quantile_adjoint(d[z], x, q, axis, method, keepdims)


@structural(np.percentile, np.nanpercentile, type=tried(np.percentile, "x q axis * method keepdims"))
def percentile(z, x, q=None, axis=None, *, method="linear", keepdims=False):
    with tangent:
        d[z] += quantile_tangent(d[x], x, np.divide(q, 100), axis, method, keepdims)
    with adjoint:
        d[x] += quantile_adjoint(d[z], x, np.divide(q, 100), axis, method, keepdims)


@structural(np.median, np.nanmedian, type=tried(np.median, "x axis * keepdims"))
def median(z, x, axis=None, *, keepdims=False):
    with tangent:
        d[z] += quantile_tangent(d[x], x, 0.5, axis, "linear", keepdims)
    with adjoint:
        d[x] += quantile_adjoint(d[z], x, 0.5, axis, "linear", keepdims)


# ------------------------------------------------------------------ points on lines and curves
@structural(np.linspace, type=tried(np.linspace, "start stop num endpoint * axis dtype"))
def linspace(z, start, stop, num=50, endpoint=True, *, axis=0, dtype=None):
    with tangent:
        d[z] += converted(along_line(d[start], z, endpoint, axis), z)
        d[z] += converted(along_line(d[stop], z, endpoint, axis, True), z)
    with adjoint:
        d[start] += unline(unconverted(d[z], z, z), start, endpoint, axis)
        d[stop] += unline(unconverted(d[z], z, z), stop, endpoint, axis, True)


@structural(np.geomspace, type=tried(np.geomspace, "start stop num endpoint * axis"))
def geomspace(z, start, stop, num=50, endpoint=True, *, axis=0):
    """The logarithm of z is a linspace of those of start and stop."""
    with tangent:
        d[z] += z * along_line(d[start] / start, z, endpoint, axis)
        d[z] += z * along_line(d[stop] / stop, z, endpoint, axis, True)
    with adjoint:
        d[start] += unline(z * d[z], start, endpoint, axis) / start
        d[stop] += unline(z * d[z], stop, endpoint, axis, True) / stop


@structural(np.vander, type=tried(np.vander, "x N increasing"))
def vander(z, x, N=None, increasing=False):
    with tangent:
        d[z] += vander_slopes(x, N, increasing) * np.expand_dims(d[x], -1)
    with adjoint:
        d[x] += np.sum(vander_slopes(x, N, increasing) * d[z], axis=1)
