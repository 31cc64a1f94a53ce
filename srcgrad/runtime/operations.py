# mypy: allow-untyped-defs, allow-untyped-calls
"""The eager operations of NDArrays, as functions that srcgrad differentiates like any other.

There is no rule here: `x * y` on NDArrays is recorded by differentiating `multiply` below. `NUMPY` says which
of these stands for which NumPy function. Parameters stand in NumPy's order; those that can't are keyword-only.
"""
from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from srcgrad.runtime.helpers import on_backward


# ------------------------------------------------------------------ operators
def add(x, y): return x + y
def subtract(x, y): return x - y
def multiply(x, y): return x * y
def divide(x, y): return x / y
def floor_divide(x, y): return x // y
def remainder(x, y): return x % y
def power(x, y): return x ** y
def matmul(x, y): return x @ y
def negative(x): return -x
def positive(x): return +x
def absolute(x): return np.abs(x)
def getitem(x, key): return x[key]


def setitem(x, key, value):
    y = np.copy(x)
    y[key] = value
    return y


def scatter(x, positions, shape, value):
    """Each element of x, or the element of `value` at its position where that is not negative."""
    values = np.ravel(np.broadcast_to(value, shape))
    return np.where(positions >= 0, values[positions], x)


def copied(x, value):
    """What `np.copyto(x, value)` leaves in x."""
    return np.broadcast_to(value, x.shape)


# ------------------------------------------------------------------ element by element
def maximum(x, y): return np.maximum(x, y)
def minimum(x, y): return np.minimum(x, y)
def arctan2(x, y): return np.arctan2(x, y)
def fmax(x, y): return np.fmax(x, y)
def fmin(x, y): return np.fmin(x, y)
def hypot(x, y): return np.hypot(x, y)
def logaddexp(x, y): return np.logaddexp(x, y)
def where(condition, x, y): return np.where(condition, x, y)
def clip(x, a_min, a_max): return np.clip(x, a_min, a_max)
def exp(x): return np.exp(x)
def expm1(x): return np.expm1(x)
def exp2(x): return np.exp2(x)
def log(x): return np.log(x)
def log1p(x): return np.log1p(x)
def log2(x): return np.log2(x)
def log10(x): return np.log10(x)
def sqrt(x): return np.sqrt(x)
def cbrt(x): return np.cbrt(x)
def square(x): return np.square(x)
def reciprocal(x): return np.reciprocal(x)
def sin(x): return np.sin(x)
def cos(x): return np.cos(x)
def tan(x): return np.tan(x)
def arcsin(x): return np.arcsin(x)
def arccos(x): return np.arccos(x)
def arctan(x): return np.arctan(x)
def sinh(x): return np.sinh(x)
def cosh(x): return np.cosh(x)
def tanh(x): return np.tanh(x)
def arcsinh(x): return np.arcsinh(x)
def arccosh(x): return np.arccosh(x)
def arctanh(x): return np.arctanh(x)
def sinc(x): return np.sinc(x)
def deg2rad(x): return np.deg2rad(x)
def rad2deg(x): return np.rad2deg(x)
def fabs(x): return np.fabs(x)
def sign(x): return np.sign(x)
def floor(x): return np.floor(x)
def ceil(x): return np.ceil(x)
def trunc(x): return np.trunc(x)
def rint(x): return np.rint(x)
def real(x): return np.real(x)
def imag(x): return np.imag(x)
def conj(x): return np.conj(x)


# ------------------------------------------------------------------ reductions
def sum(x, axis=None, *, keepdims=False): return np.sum(x, axis=axis, keepdims=keepdims)
def mean(x, axis=None, *, keepdims=False): return np.mean(x, axis=axis, keepdims=keepdims)
def prod(x, axis=None, *, keepdims=False): return np.prod(x, axis=axis, keepdims=keepdims)
def max(x, axis=None, *, keepdims=False): return np.max(x, axis=axis, keepdims=keepdims)
def min(x, axis=None, *, keepdims=False): return np.min(x, axis=axis, keepdims=keepdims)
def var(x, axis=None, *, ddof=0, keepdims=False): return np.var(x, axis=axis, ddof=ddof, keepdims=keepdims)
def std(x, axis=None, *, ddof=0, keepdims=False): return np.std(x, axis=axis, ddof=ddof, keepdims=keepdims)
def cumsum(x, axis=None): return np.cumsum(x, axis=axis)
def cumprod(x, axis=None): return np.cumprod(x, axis=axis)


# ------------------------------------------------------------------ products and shapes
def dot(x, y): return np.dot(x, y)
def inner(x, y): return np.inner(x, y)
def outer(x, y): return np.outer(x, y)
def tensordot(x, y, axes=2): return np.tensordot(x, y, axes=axes)
def reshape(x, shape): return np.reshape(x, shape)
def ravel(x): return np.ravel(x)
def transpose(x, axes=None): return np.transpose(x, axes)
def swapaxes(x, axis1, axis2): return np.swapaxes(x, axis1, axis2)
def moveaxis(x, source, destination): return np.moveaxis(x, source, destination)
def expand_dims(x, axis): return np.expand_dims(x, axis)
def squeeze(x, axis=None): return np.squeeze(x, axis=axis)
def broadcast_to(x, shape): return np.broadcast_to(x, shape)
def repeat(x, repeats, axis=None): return np.repeat(x, repeats, axis=axis)
def tile(x, reps): return np.tile(x, reps)
def take(x, indices, axis=None): return np.take(x, indices, axis=axis)
def concatenate(arrays, axis=0): return np.concatenate(arrays, axis=axis)
def stack(arrays, axis=0): return np.stack(arrays, axis=axis)
def vstack(tup): return np.vstack(tup)
def hstack(tup): return np.hstack(tup)
def flip(x, axis=None): return np.flip(x, axis=axis)
def roll(x, shift, axis=None): return np.roll(x, shift, axis=axis)
def tril(x, k=0): return np.tril(x, k)
def triu(x, k=0): return np.triu(x, k)
def trace(x): return np.trace(x)
def diag(x): return np.diag(x)
def copy(x): return np.copy(x)
def astype(x, dtype): return x.astype(dtype)


_STORES = {"setitem", "scatter", "copied"}


def watched(x, g): return on_backward(x, g)


def _table() -> dict[Any, Callable[..., Any]]:
    """The functions above by the NumPy function of the same name."""
    functions = {name: f for name, f in globals().items() if isinstance(f, FunctionType)}
    table: dict[Any, Callable[..., Any]] = {getattr(np, name): f for name, f in functions.items()
                                            if hasattr(np, name) and name not in _STORES}
    table.update({np.abs: absolute, np.amax: max, np.amin: min, np.real: real, np.imag: imag})
    return table


NUMPY = _table()
