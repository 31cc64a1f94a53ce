"""NumPy functions as ordinary Python: srcgrad differentiates these through their source, like a user's functions.

They take the arguments of the NumPy function whose name they bear (`numpy_functions.py` says for which calls), and compute
the same value up to rounding.
"""
import numpy as np

from ..runtime.helpers import astype


# ------------------------------------------------------------------ iterators
def accumulated(items):
    """The sums that `itertools.accumulate(items)` gives."""
    sums = []
    total = 0
    for i in range(len(items)):
        total = items[i] if i == 0 else total + items[i]
        sums.append(total)
    return sums


# ------------------------------------------------------------------ reductions with a mask, a start, or a dtype
def sum_where(x, axis=None, *, keepdims=False, initial=0, where=True):
    return np.sum(np.where(np.asarray(where), x, 0), axis=axis, keepdims=keepdims) + initial


def prod_where(x, axis=None, *, keepdims=False, initial=1, where=True):
    return np.prod(np.where(np.asarray(where), x, 1), axis=axis, keepdims=keepdims) * initial


def max_where(x, axis=None, *, keepdims=False, initial, where=True):
    return np.maximum(np.max(np.where(np.asarray(where), x, initial), axis=axis, keepdims=keepdims), initial)


def min_where(x, axis=None, *, keepdims=False, initial, where=True):
    return np.minimum(np.min(np.where(np.asarray(where), x, initial), axis=axis, keepdims=keepdims), initial)


def mean_where(x, axis=None, *, keepdims=False, where=True):
    count = np.sum(np.where(np.asarray(where), np.ones_like(x), 0), axis=axis, keepdims=keepdims)
    return np.sum(np.where(np.asarray(where), x, 0), axis=axis, keepdims=keepdims) / count


def var_where(x, axis=None, *, ddof=0, keepdims=False, where=True):
    ones = np.where(np.asarray(where), np.ones_like(x), 0)
    mean = np.sum(np.where(np.asarray(where), x, 0), axis=axis, keepdims=True) / np.sum(ones, axis=axis, keepdims=True)
    deviation = np.where(np.asarray(where), x - mean, 0)
    squares = np.real(deviation * np.conj(deviation))
    return np.sum(squares, axis=axis, keepdims=keepdims) / (np.real(np.sum(ones, axis=axis, keepdims=keepdims)) - ddof)


def std_where(x, axis=None, *, ddof=0, keepdims=False, where=True):
    return np.sqrt(var_where(x, axis, ddof=ddof, keepdims=keepdims, where=where))


def sum_as(x, axis=None, *, dtype, keepdims=False):
    return np.sum(astype(np.asarray(x), dtype), axis=axis, keepdims=keepdims)


def prod_as(x, axis=None, *, dtype, keepdims=False):
    return np.prod(astype(np.asarray(x), dtype), axis=axis, keepdims=keepdims)


def mean_as(x, axis=None, *, dtype, keepdims=False):
    return np.mean(astype(np.asarray(x), dtype), axis=axis, keepdims=keepdims)


def var_as(x, axis=None, *, dtype, ddof=0, keepdims=False):
    return np.var(astype(np.asarray(x), dtype), axis=axis, ddof=ddof, keepdims=keepdims)


def std_as(x, axis=None, *, dtype, ddof=0, keepdims=False):
    return np.std(astype(np.asarray(x), dtype), axis=axis, ddof=ddof, keepdims=keepdims)


def cumsum_as(x, axis=None, *, dtype):
    return np.cumsum(astype(np.asarray(x), dtype), axis=axis)


def cumprod_as(x, axis=None, *, dtype):
    return np.cumprod(astype(np.asarray(x), dtype), axis=axis)


# ------------------------------------------------------------------ reductions that pass over NaNs
def nanprod(x, axis=None, *, keepdims=False):
    return np.prod(np.where(np.isnan(x), 1, x), axis=axis, keepdims=keepdims)


def nanmean(x, axis=None, *, keepdims=False):
    return mean_where(x, axis, keepdims=keepdims, where=~np.isnan(x))


def nanvar(x, axis=None, *, ddof=0, keepdims=False):
    return var_where(np.where(np.isnan(x), 0, x), axis, ddof=ddof, keepdims=keepdims, where=~np.isnan(x))


def nanstd(x, axis=None, *, ddof=0, keepdims=False):
    return np.sqrt(nanvar(x, axis, ddof=ddof, keepdims=keepdims))


def nancumsum(x, axis=None):
    return np.cumsum(np.where(np.isnan(x), 0, x), axis=axis)


def nancumprod(x, axis=None):
    return np.cumprod(np.where(np.isnan(x), 1, x), axis=axis)


# ------------------------------------------------------------------ other reductions
def ptp(x, axis=None, *, keepdims=False):
    return np.max(x, axis=axis, keepdims=keepdims) - np.min(x, axis=axis, keepdims=keepdims)


def average(x, axis=None, weights=None, *, keepdims=False):
    weights = np.asarray(weights)
    if np.shape(weights) != np.shape(x):
        weights = np.moveaxis(np.broadcast_to(weights, np.moveaxis(x, axis, -1).shape), -1, axis)
    return np.sum(x * weights, axis=axis, keepdims=keepdims) / np.sum(weights, axis=axis, keepdims=keepdims)


def trapezoid(y, x=None, dx=1.0, axis=-1):
    """With equal steps dx."""
    y = np.moveaxis(y, axis, -1)
    return np.sum(dx * (y[..., 1:] + y[..., :-1]) / 2.0, axis=-1)


def trapezoid_over(y, x, dx=1.0, axis=-1):
    """With the points x, a vector or an array of the shape of y."""
    y = np.moveaxis(y, axis, -1)
    if np.ndim(x) > 1:
        x = np.moveaxis(x, axis, -1)
    return np.sum(np.diff(x, axis=-1) * (y[..., 1:] + y[..., :-1]) / 2.0, axis=-1)


def cumulative_sum_from_zero(x, *, axis=0, include_initial=True):
    zero = np.zeros_like(np.take(x, [0], axis=axis))
    return np.concatenate((zero, np.cumsum(x, axis=axis)), axis=axis)


def cumulative_prod_from_one(x, *, axis=0, include_initial=True):
    one = np.ones_like(np.take(x, [0], axis=axis))
    return np.concatenate((one, np.cumprod(x, axis=axis)), axis=axis)


# ------------------------------------------------------------------ statistics
def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None):
    """Rows are variables (columns, unless rowvar); weights are constants that say how often and how much a column counts."""
    rows = np.atleast_2d(m)
    if not rowvar and np.ndim(m) == 2:
        rows = rows.T
    if y is not None:
        more = np.atleast_2d(y)
        if not rowvar and np.ndim(y) == 2:
            more = more.T
        rows = np.concatenate((rows, more), axis=0)
    w = np.ones(rows.shape[1], rows.real.dtype)
    if fweights is not None:
        w = w * fweights
    if aweights is not None:
        w = w * aweights
    less = ddof
    if ddof is None:
        less = 0 if bias else 1
    total = np.sum(w)
    if less != 0 and aweights is not None:
        total = total - less * np.sum(w * aweights) / total
    else:
        total = total - less
    centred = rows - np.sum(rows * w, axis=1, keepdims=True) / np.sum(w)
    return np.squeeze((centred * w) @ np.conj(centred.T) / total)


def corrcoef(x, y=None, rowvar=True):
    """The covariances divided by the standard deviations."""
    c = cov(x, y, rowvar)
    if np.ndim(c) == 0:
        return c / c
    s = np.sqrt(np.real(np.diag(c)))
    return c / s[:, None] / s[None, :]


# ------------------------------------------------------------------ shapes
def ediff1d(x, to_end=None, to_begin=None):
    found = np.diff(np.ravel(x))
    if to_begin is not None:
        found = np.concatenate((np.ravel(to_begin), found))
    if to_end is not None:
        found = np.concatenate((found, np.ravel(to_end)))
    return found


def diff_between(x, n=1, axis=-1, prepend=None, append=None):
    """Single numbers are repeated along the other axes."""
    if prepend is not None:
        x = np.concatenate((_slab(prepend, x, axis), x), axis=axis)
    if append is not None:
        x = np.concatenate((x, _slab(append, x, axis)), axis=axis)
    return np.diff(x, n, axis=axis)


def _slab(part, x, axis):
    return part if np.ndim(part) else np.broadcast_to(part, np.shape(np.take(x, [0], axis=axis)))


def logspace(start, stop, num=50, endpoint=True, base=10.0, *, axis=0):
    return np.power(base, np.linspace(start, stop, num, endpoint, axis=axis))


def interp(x, xp, fp, left=None, right=None):
    """Between knots; at a knot the slope is that to its right, outside it is 0."""
    xp, fp = np.asarray(xp), np.asarray(fp)
    at = np.clip(np.searchsorted(xp, x, "right") - 1, 0, len(xp) - 2)
    slope = (fp[at + 1] - fp[at]) / (xp[at + 1] - xp[at])
    inside = slope * (x - xp[at]) + fp[at]
    below = fp[0] if left is None else left
    above = fp[-1] if right is None else right
    found = np.where(x < xp[0], below, np.where(x > xp[-1], above, np.where(x == xp[-1], fp[-1], inside)))
    return found[()]


# ------------------------------------------------------------------ ufunc.outer
def add_outer(x, y):
    return np.reshape(x, np.shape(x) + (1,) * np.ndim(y)) + y


def subtract_outer(x, y):
    return np.reshape(x, np.shape(x) + (1,) * np.ndim(y)) - y


def multiply_outer(x, y):
    return np.reshape(x, np.shape(x) + (1,) * np.ndim(y)) * y


def divide_outer(x, y):
    return np.reshape(x, np.shape(x) + (1,) * np.ndim(y)) / y


def power_outer(x, y):
    return np.power(np.reshape(x, np.shape(x) + (1,) * np.ndim(y)), y)


def maximum_outer(x, y):
    return np.maximum(np.reshape(x, np.shape(x) + (1,) * np.ndim(y)), y)


def minimum_outer(x, y):
    return np.minimum(np.reshape(x, np.shape(x) + (1,) * np.ndim(y)), y)


def hypot_outer(x, y):
    return np.hypot(np.reshape(x, np.shape(x) + (1,) * np.ndim(y)), y)


def arctan2_outer(x, y):
    return np.arctan2(np.reshape(x, np.shape(x) + (1,) * np.ndim(y)), y)


def logaddexp_outer(x, y):
    return np.logaddexp(np.reshape(x, np.shape(x) + (1,) * np.ndim(y)), y)
