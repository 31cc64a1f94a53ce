"""Arrays that can be marked and recorded: how to make them."""
from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from srcgrad import autograd as autograd  # connects the compiler, so that operations can be recorded
from srcgrad.runtime.ndarray import NDArray
from srcgrad.runtime.registry import CREATED

__all__ = ["NDArray", "arange", "array", "empty", "full", "ones", "ones_like", "zeros", "zeros_like"]

Shape = int | tuple[int, ...]


def array(source: Any, dtype: npt.DTypeLike | None = None) -> NDArray:
    """A new NDArray with the values of an array, a number or nested lists; the dtype is inferred as NumPy does.

    >>> from srcgrad import nd
    >>> nd.array([[1, 2], [3, 4]], dtype="float32")
    NDArray([[1., 2.],
             [3., 4.]], dtype=float32)
    """
    return NDArray._make(np.array(source._data if isinstance(source, NDArray) else source, dtype=dtype), CREATED)


def zeros(shape: Shape, dtype: npt.DTypeLike = float) -> NDArray:
    """An NDArray of zeros.

    >>> from srcgrad import nd
    >>> nd.zeros((2, 1))
    NDArray([[0.],
             [0.]])
    """
    return NDArray._make(np.zeros(shape, dtype), CREATED)


def ones(shape: Shape, dtype: npt.DTypeLike = float) -> NDArray:
    """An NDArray of ones."""
    return NDArray._make(np.ones(shape, dtype), CREATED)


def full(shape: Shape, fill_value: Any, dtype: npt.DTypeLike | None = None) -> NDArray:
    """An NDArray filled with one value, of that value's dtype unless one is given."""
    return NDArray._make(np.full(shape, fill_value, dtype), CREATED)


def empty(shape: Shape, dtype: npt.DTypeLike = float) -> NDArray:
    """An NDArray whose elements are not set yet."""
    return NDArray._make(np.empty(shape, dtype), CREATED)


def arange(start: float, stop: float | None = None, step: float = 1, dtype: npt.DTypeLike | None = None) -> NDArray:
    """Evenly spaced values in [start, stop), or in [0, start) where only one is given; dtypes as NumPy's.

    >>> from srcgrad import nd
    >>> nd.arange(3.0)
    NDArray([0., 1., 2.])
    """
    first, last = (0, start) if stop is None else (start, stop)
    return NDArray._make(np.arange(first, last, step, dtype=dtype), CREATED)


def zeros_like(other: Any, dtype: npt.DTypeLike | None = None) -> NDArray:
    """An NDArray of zeros in the shape and dtype of `other`, an NDArray or a NumPy array."""
    return _filled_like(other, dtype, 0)


def ones_like(other: Any, dtype: npt.DTypeLike | None = None) -> NDArray:
    """An NDArray of ones in the shape and dtype of `other`, an NDArray or a NumPy array."""
    return _filled_like(other, dtype, 1)


def _filled_like(other: Any, dtype: npt.DTypeLike | None, value: int) -> NDArray:
    model = other._data if isinstance(other, NDArray) else np.asarray(other)
    return NDArray._make(np.full(model.shape, value, dtype or model.dtype), CREATED)
