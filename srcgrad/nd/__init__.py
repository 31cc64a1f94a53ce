"""Arrays that can be marked and recorded, and functions of neural networks.

Everything here takes and returns plain NumPy arrays, too, and can be differentiated by `srcgrad.grad` as any function.
"""
from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from srcgrad import autograd as autograd  # connects the compiler, so that operations can be recorded
from srcgrad.nd import random as random
from srcgrad.nd.files import load, save
from srcgrad.nd.layers import (
    batch_norm, convolution, dropout, embedding, fully_connected, pooling,
)
from srcgrad.nd.losses import (
    huber, l1_loss, l2_loss, sigmoid_cross_entropy, smooth_l1, softmax_cross_entropy,
)
from srcgrad.nd.network import (
    elu, gelu, leaky_relu, log_softmax, one_hot, pick, relu, sigmoid, softmax, softplus,
)
from srcgrad.nd.new import new
from srcgrad.rules import shapes
from srcgrad.rules.registry import constant
from srcgrad.runtime.ndarray import NDArray

__all__ = ["NDArray", "arange", "array", "batch_norm", "convolution", "dropout", "elu", "embedding", "empty", "full",
           "fully_connected", "gelu", "huber", "l1_loss", "l2_loss", "leaky_relu", "load", "log_softmax", "one_hot", "ones",
           "ones_like", "pick", "pooling", "random", "relu", "save", "sigmoid", "sigmoid_cross_entropy", "smooth_l1", "softmax",
           "softmax_cross_entropy", "softplus", "zeros", "zeros_like"]

_NUMPY = frozenset("""abs add arccos arcsin arctan arctan2 argmax argmin argsort broadcast_to ceil clip concatenate cos cosh
    cumsum divide dot exp expand_dims expm1 flip floor hstack linalg log log10 log1p log2 matmul max maximum mean min minimum
    multiply negative outer pi power prod repeat reshape round sign sin sinh split sqrt square squeeze stack std subtract sum
    swapaxes take tan tanh tensordot tile transpose tril triu var vstack where""".split())


def __getattr__(name: str) -> Any:
    """NumPy's functions, which take NDArrays as well: `nd.exp` is `np.exp`."""
    if name in _NUMPY:
        return getattr(np, name)
    raise AttributeError(f"module 'srcgrad.nd' has no attribute {name!r}")

Shape = int | tuple[int, ...]


def array(source: Any, dtype: npt.DTypeLike | None = None) -> NDArray:
    """A new NDArray with the values of an array, a number or nested lists; the dtype is inferred as NumPy does.

    >>> from srcgrad import nd
    >>> nd.array([[1, 2], [3, 4]], dtype="float32")
    NDArray([[1., 2.],
             [3., 4.]], dtype=float32)
    """
    return new(np.array(source._data if isinstance(source, NDArray) else source, dtype=dtype))


def zeros(shape: Shape, dtype: npt.DTypeLike = float) -> NDArray:
    """An NDArray of zeros.

    >>> from srcgrad import nd
    >>> nd.zeros((2, 1))
    NDArray([[0.],
             [0.]])
    """
    return new(np.zeros(shape, dtype))


def ones(shape: Shape, dtype: npt.DTypeLike = float) -> NDArray:
    """An NDArray of ones."""
    return new(np.ones(shape, dtype))


def full(shape: Shape, fill_value: Any, dtype: npt.DTypeLike | None = None) -> NDArray:
    """An NDArray filled with one value, of that value's dtype unless one is given."""
    return new(np.full(shape, fill_value, dtype))


def empty(shape: Shape, dtype: npt.DTypeLike = float) -> NDArray:
    """An NDArray whose elements are not set yet."""
    return new(np.empty(shape, dtype))


def arange(start: float, stop: float | None = None, step: float = 1, dtype: npt.DTypeLike | None = None) -> NDArray:
    """Evenly spaced values in [start, stop), or in [0, start) where only one is given; dtypes as NumPy's.

    >>> from srcgrad import nd
    >>> nd.arange(3.0)
    NDArray([0., 1., 2.])
    """
    first, last = (0, start) if stop is None else (start, stop)
    return new(np.arange(first, last, step, dtype=dtype))


def zeros_like(other: Any, dtype: npt.DTypeLike | None = None) -> NDArray:
    """An NDArray of zeros in the shape and dtype of `other`, an NDArray or a NumPy array."""
    return _filled_like(other, dtype, 0)


def ones_like(other: Any, dtype: npt.DTypeLike | None = None) -> NDArray:
    """An NDArray of ones in the shape and dtype of `other`, an NDArray or a NumPy array."""
    return _filled_like(other, dtype, 1)


def _filled_like(other: Any, dtype: npt.DTypeLike | None, value: int) -> NDArray:
    model = other._data if isinstance(other, NDArray) else np.asarray(other)
    return new(np.full(model.shape, value, dtype or model.dtype))


constant(zeros, ones, empty, type=shapes.filled)
constant(zeros_like, ones_like, type=shapes.filled_like)
