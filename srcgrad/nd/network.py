# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Functions of neural networks, as ordinary Python over NumPy, which srcgrad differentiates like a user's own."""
from __future__ import annotations

import numpy as np

from srcgrad.rules.registry import constant
from srcgrad.runtime.recorded import Operation


def still(x):
    """A copy of x that is a constant for differentiation."""
    return x.detach().copy() if hasattr(x, "detach") else np.array(x)


constant(still)


@Operation
def relu(x):
    """max(x, 0), element by element; the slope at 0 is 0.

    >>> relu(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 2.])
    """
    return np.where(x <= 0, 0, x)


@Operation
def leaky_relu(x, slope=0.01):
    """x where it is positive, slope * x elsewhere."""
    return np.where(x > 0, x, slope * x)


@Operation
def elu(x, alpha=1.0):
    """x where it is positive, alpha * (exp(x) - 1) elsewhere (Clevert et al. 2015)."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


@Operation
def gelu(x):
    """x times the standard normal distribution function, in the approximation by tanh (Hendrycks and Gimpel 2016)."""
    return 0.5 * x * (1 + np.tanh(0.7978845608028654 * (x + 0.044715 * x ** 3)))


@Operation
def sigmoid(x):
    """1 / (1 + exp(-x)), without overflow.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    return np.exp(-np.logaddexp(0.0, -x))


@Operation
def softplus(x):
    """log(1 + exp(x)), without overflow."""
    return np.logaddexp(0.0, x)


@Operation
def softmax(x, axis=-1):
    """exp(x) scaled to sum 1 along an axis. Adding a number to all of x changes nothing, so the largest is taken off.

    >>> softmax(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    e = np.exp(x - still(np.max(x, axis=axis, keepdims=True)))
    return e / np.sum(e, axis=axis, keepdims=True)


@Operation
def log_softmax(x, axis=-1):
    """The logarithm of softmax, without underflow."""
    z = x - still(np.max(x, axis=axis, keepdims=True))
    return z - np.log(np.sum(np.exp(z), axis=axis, keepdims=True))


@Operation
def pick(x, index, axis=-1):
    """One element of x along an axis for each place: shape of x without the axis, which is that of `index`.

    >>> pick(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1, 0]))
    array([2., 3.])
    """
    rows = np.moveaxis(x, axis, -1)
    chosen = np.expand_dims(index, -1) == np.arange(rows.shape[-1])
    return np.sum(np.where(chosen, rows, 0), axis=-1)


def one_hot(indices, depth, on_value=1.0, off_value=0.0, dtype=float):
    """`on_value` at each index along a new last axis of length `depth`, `off_value` elsewhere; a constant.

    >>> one_hot(np.array([0, 2]), 3)
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    chosen = np.expand_dims(indices, -1) == np.arange(depth)
    return np.where(chosen, on_value, off_value).astype(dtype)
