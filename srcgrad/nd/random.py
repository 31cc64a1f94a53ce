"""Random arrays, drawn from one generator that `seed` restarts."""
from __future__ import annotations

import threading
from typing import Any

import numpy as np
import numpy.typing as npt

from srcgrad.nd.new import new
from srcgrad.runtime.ndarray import NDArray

__all__ = ["bernoulli", "normal", "permutation", "randint", "randn", "seed", "shuffle", "uniform"]

Shape = int | tuple[int, ...] | None

_lock = threading.Lock()
_generator = np.random.default_rng()


def seed(value: int | None = None) -> None:
    """Restart the generator: equal seeds give equal numbers."""
    global _generator
    with _lock:
        _generator = np.random.default_rng(value)


def uniform(low: Any = 0.0, high: Any = 1.0, shape: Shape = None, dtype: npt.DTypeLike = float) -> Any:
    """Numbers drawn evenly from [low, high). The limits may be marked arrays: gradients flow to them (pathwise).

    Without `shape`, one number for each element of the limits.
    """
    return low + (high - low) * _drawn(np.random.Generator.random, _shape(shape, low, high), dtype)


def normal(loc: Any = 0.0, scale: Any = 1.0, shape: Shape = None, dtype: npt.DTypeLike = float) -> Any:
    """Normally distributed numbers of mean `loc` and standard deviation `scale`, through which gradients flow (pathwise).

    >>> from srcgrad import autograd, nd
    >>> scale = nd.array(2.0).attach_grad()
    >>> with autograd.record():
    ...     x = nd.random.normal(1.0, scale, shape=3)
    >>> x.backward()
    >>> bool(abs(scale.grad - ((x - 1) / 2).sum()) < 1e-12)
    True
    """
    return loc + scale * _drawn(np.random.Generator.standard_normal, _shape(shape, loc, scale), dtype)


def randn(*shape: int) -> Any:
    """Numbers of mean 0 and standard deviation 1."""
    return normal(shape=shape)


def randint(low: int, high: int | None = None, shape: Shape = None, dtype: npt.DTypeLike = int) -> Any:
    """Whole numbers from [low, high), or [0, low) where only one is given."""
    with _lock:
        return new(_generator.integers(low, high, size=shape, dtype=dtype))


def bernoulli(p: float, shape: Shape) -> NDArray:
    """True with probability p."""
    with _lock:
        return new(_generator.random(shape) < p)


def permutation(n: int) -> NDArray:
    """The numbers 0 to n - 1 in random order."""
    with _lock:
        return new(_generator.permutation(n))


def shuffle(x: NDArray) -> None:
    """Put the rows of an array into random order, in place."""
    x[...] = np.array(x[permutation(len(x))])


def _shape(shape: Shape, *parameters: Any) -> Shape:
    return np.broadcast_shapes(*map(np.shape, parameters)) if shape is None else shape


def _drawn(draw: Any, shape: Shape, dtype: npt.DTypeLike) -> NDArray:
    with _lock:
        return new(np.asarray(draw(_generator, shape)).astype(dtype, copy=False))
