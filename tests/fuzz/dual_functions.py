"""The oracle's NumPy functions of whole arrays: linear ones, products, and those composed of others."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.fuzz import dual as D
from tests.fuzz.dual_rules import linear, near, zero

LINEAR = {np.sum, np.mean, np.transpose, np.broadcast_to, np.flip, np.fliplr, np.flipud, np.roll, np.cumsum, np.diff,
          np.tile, np.repeat, np.expand_dims, np.squeeze, np.trace, np.diag, np.diagonal, np.triu, np.tril,
          np.swapaxes, np.moveaxis, np.concatenate, np.stack, np.vstack, np.hstack, np.column_stack, np.split,
          np.copy, np.take, np.atleast_1d, np.atleast_2d, np.rot90, np.real}
MULTILINEAR = {np.dot, np.outer, np.inner, np.vdot, np.tensordot, np.kron, np.convolve}


def _reshape(x: Any, *args: Any, **kwargs: Any) -> D.Dual:
    return _same_sharing(x, linear(np.reshape, (x, *args), kwargs))


def _ravel(x: Any, *args: Any, **kwargs: Any) -> D.Dual:
    return _same_sharing(x, linear(np.ravel, (x, *args), kwargs))


def _same_sharing(x: D.Dual, y: D.Dual) -> D.Dual:
    """A reshape is a view or a copy; both halves must agree which."""
    if isinstance(x.value, np.ndarray):
        if np.may_share_memory(x.value, y.value) != np.may_share_memory(x.deriv, y.deriv):
            y.deriv = y.deriv.copy()       # read only from here on; a later write through it is the oracle's gap
            y.deriv.flags.writeable = False
    return y


# -------------------------------------------------------------------- selections
def _where(test: Any, a: Any, b: Any) -> D.Dual:
    test = D.primal(test)
    value = np.where(test, D.value_of(a), D.value_of(b))
    return D.Dual(value, np.where(test, _half(a), _half(b)))


def _half(x: Any) -> Any:
    return x.deriv if isinstance(x, D.Dual) else 0.0


def _clip(x: Any, low: Any = None, high: Any = None) -> Any:
    x = x if low is None else np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


def _extremum(function: Callable[..., Any]) -> Callable[..., D.Dual]:
    """The element chosen moves the result; several may be chosen if they always move together."""
    def rule(x: Any, axis: Any = None, keepdims: bool = False) -> D.Dual:
        plain = D.primal(x)
        mask = plain == function(plain, axis=axis, keepdims=True)
        share = mask / np.sum(mask, axis=axis, keepdims=True)
        deriv = np.sum(np.where(mask, share * x.deriv, 0.0), axis=axis, keepdims=True)
        best = D.Dual(function(x.value, axis=axis, keepdims=True), deriv)
        if near(x, best):
            D.kink("several largest or smallest elements")
        return np.sum(best, axis=axis) if not keepdims else best
    return rule


def _sort(x: Any, axis: int = -1) -> D.Dual:
    order = np.argsort(D.primal(x), axis=axis)
    return _take_along_axis(x, order, axis)


def _take_along_axis(x: Any, order: Any, axis: Any = -1) -> D.Dual:
    return linear(np.take_along_axis, (x, order, axis), {})


# -------------------------------------------------------------------- products and moments, by their definition
def _prod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(a % x.ndim for a in axes) if x.ndim else ()
    rest = tuple(a for a in range(x.ndim) if a not in axes)
    flat = np.transpose(x, axes + rest).reshape((-1,) + tuple(x.shape[a] for a in rest))
    total = 1.0
    for i in range(len(flat)):
        total = flat[i] * total
    if keepdims:
        total = np.reshape(total, tuple(1 if a in axes else n for a, n in enumerate(x.shape)))
    return total


def _cumprod(x: Any, axis: Any = None) -> D.Dual:
    x = np.ravel(x) if axis is None else np.moveaxis(x, axis, 0)
    parts = [x[0]]
    for i in range(1, len(x)):
        parts.append(parts[-1] * x[i])
    stacked = np.stack(parts)
    return stacked if axis is None else np.moveaxis(stacked, 0, axis)


def _var(x: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
    centred = x - np.mean(x, axis=axis, keepdims=True)
    total = np.sum(centred * centred, axis=axis, keepdims=keepdims)
    count = x.size // max(np.size(np.sum(np.ones(x.shape), axis=axis)), 1)
    return total / (count - ddof)


def _std(x: Any, **kwargs: Any) -> Any:
    return np.sqrt(_var(x, **kwargs))


def _norm(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))


def _einsum(spec: str, *operands: Any) -> D.Dual:
    values = [D.value_of(x) for x in operands]
    total: Any = 0.0
    for i, x in enumerate(operands):
        if isinstance(x, D.Dual):
            total = total + np.einsum(spec, *values[:i], x.deriv, *values[i + 1:])
    return D.Dual(np.einsum(spec, *values), total)


def _append(x: Any, y: Any, axis: Any = None) -> Any:
    if axis is None:
        x, y = np.ravel(x), np.ravel(y)
    return np.concatenate([x, y], axis=axis or 0)


# -------------------------------------------------------------------- writes
def _copyto(target: D.Dual, item: Any, where: Any = True) -> None:
    target[...] = item if where is True else _where(where, item, target)


def _put(target: D.Dual, places: Any, items: Any) -> None:
    """Both halves alike; a constant has derivative zero."""
    half = items.deriv if isinstance(items, D.Dual) else 0.0
    np.put(target.value, places, D.value_of(items))
    np.put(target.deriv, places, half)


def _putmask(target: D.Dual, mask: Any, item: Any) -> None:
    if np.ndim(D.primal(item)):
        raise D.OracleGap("putmask with an array")
    target[...] = _where(mask, item, target)


def _fill_diagonal(target: D.Dual, item: Any) -> None:
    place = np.arange(min(target.shape))
    target[place, place] = item


# -------------------------------------------------------------------- constants
def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, *args, **kwargs: function(D.primal(x), *args, **kwargs)


def _like(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, *args, **kwargs: D.lift(function(D.primal(x), *args, **kwargs), D.depth_of(x))


def _full_like(x: Any, item: Any) -> Any:
    return zero(x) + item


def _allclose(a: Any, b: Any, **kwargs: Any) -> bool:
    return bool(np.allclose(D.primal(a), D.primal(b), **kwargs))


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.reshape: _reshape, np.ravel: _ravel, np.where: _where, np.clip: _clip,
    np.max: _extremum(np.max), np.amax: _extremum(np.max), np.min: _extremum(np.min), np.amin: _extremum(np.min),
    np.sort: _sort, np.take_along_axis: _take_along_axis, np.prod: _prod, np.cumprod: _cumprod, np.var: _var,
    np.std: _std, np.linalg.norm: _norm, np.einsum: _einsum, np.append: _append, np.full_like: _full_like,
    np.zeros_like: _like(np.zeros_like), np.ones_like: _like(np.ones_like), np.empty_like: _like(np.empty_like),
    np.allclose: _allclose, np.copyto: _copyto, np.put: _put, np.putmask: _putmask, np.fill_diagonal: _fill_diagonal,
}
FUNCTIONS.update({f: _plain(f) for f in (np.shape, np.ndim, np.size, np.any, np.all, np.argmax, np.argmin, np.argsort,
                                         np.nonzero, np.count_nonzero, np.searchsorted, np.round)})
