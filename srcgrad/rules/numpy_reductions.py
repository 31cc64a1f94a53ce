"""NumPy functions that join the entries along one, several or all axes."""
import numpy as np

from ..runtime.helpers import (
    carry, count, expand, left_products, mean_ties, products_of_others, ratio, reversed_cumsum, share_ties, var_slope, where,
)
from . import shapes
from .dsl import adjoint, d, tangent
from .registry import constant, structural


@structural(np.sum, type=shapes.reduction(np.sum))
def sum(z, x, axis=None, *, keepdims=False):
    with tangent:
        d[z] += np.sum(d[x], axis=axis, keepdims=keepdims)
    with adjoint:
        d[x] += expand(d[z], x, axis, keepdims)


@structural(np.mean, type=shapes.reduction(np.mean))
def mean(z, x, axis=None, *, keepdims=False):
    with tangent:
        d[z] += np.mean(d[x], axis=axis, keepdims=keepdims)
    with adjoint:
        d[x] += expand(d[z] / count(x, axis), x, axis, keepdims)


@structural(np.nansum, type=shapes.reduction(np.nansum))
def nansum(z, x, axis=None, *, keepdims=False):
    with tangent:
        d[z] += np.sum(np.where(np.isnan(x), 0, d[x]), axis=axis, keepdims=keepdims)
    with adjoint:
        d[x] += where(np.isnan(x), 0, expand(d[z], x, axis, keepdims))


@structural(np.max, np.min, np.amax, np.amin, np.nanmax, np.nanmin, type=shapes.reduction(np.max))
def max(z, x, axis=None, *, keepdims=False):
    with tangent:
        d[z] += mean_ties(d[x], x, z, axis, keepdims)
    with adjoint:
        d[x] += share_ties(d[z], x, z, axis, keepdims)


@structural(np.prod, type=shapes.reduction(np.prod))
def prod(z, x, axis=None, *, keepdims=False):
    with tangent:
        d[z] += np.sum(products_of_others(x, axis) * d[x], axis=axis, keepdims=keepdims)
    with adjoint:
        d[x] += products_of_others(x, axis) * expand(d[z], x, axis, keepdims)


@structural(np.var, type=shapes.reduction(np.var))
def var(z, x, axis=None, *, ddof=0, keepdims=False):
    with tangent:
        d[z] += np.real(np.sum(var_slope(x, axis, ddof) * d[x], axis=axis, keepdims=keepdims))
    with adjoint:
        d[x] += var_slope(x, axis, ddof) * expand(d[z], x, axis, keepdims)


@structural(np.std, type=shapes.reduction(np.std))
def std(z, x, axis=None, *, ddof=0, keepdims=False):
    with tangent:
        d[z] += ratio(0.5 * np.real(np.sum(var_slope(x, axis, ddof) * d[x], axis=axis, keepdims=keepdims)), z)
    with adjoint:
        d[x] += var_slope(x, axis, ddof) * expand(ratio(0.5 * d[z], z), x, axis, keepdims)


@structural(np.cumsum, type=shapes.cumulative(np.cumsum))
def cumsum(z, x, axis=None):
    with tangent:
        d[z] += np.cumsum(d[x], axis=axis)
    with adjoint:
        d[x] += reversed_cumsum(d[z], x, axis)


@structural(np.cumprod, type=shapes.cumulative(np.cumprod))
def cumprod(z, x, axis=None):
    with tangent:
        d[z] += np.reshape(left_products(x, axis) * d[x], np.shape(z))
        d[z] += np.reshape(x * carry(left_products(x, axis) * d[x], x, axis), np.shape(z))
    with adjoint:
        d[x] += left_products(x, axis) * np.reshape(d[z], np.shape(x))
        d[x] += left_products(x, axis) * carry(x * np.reshape(d[z], np.shape(x)), x, axis, True)


for _function in (np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.any, np.all, np.count_nonzero):
    constant(_function, type=shapes.reduced(_function))
for _function in (np.argsort, np.nonzero, np.flatnonzero, np.searchsorted, np.array_equal, np.array_equiv, np.allclose,
                  np.argpartition, np.argwhere, np.digitize, np.lexsort, np.isin, np.ix_, np.indices, np.tril_indices,
                  np.triu_indices, np.diag_indices, np.tril_indices_from, np.triu_indices_from, np.diag_indices_from,
                  np.unravel_index, np.ravel_multi_index):
    constant(_function, type=shapes.unknown)
del _function
