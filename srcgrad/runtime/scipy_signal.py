"""Adjoints of the convolutions of scipy.signal; imported by code that uses SciPy, and by nothing else."""
from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal

from .adjoints_linalg import fitted


def _filled(g: Any, x: Any, y: Any, mode: str) -> Any:
    """`g` in its place in the full convolution of x and y, with zeros around it."""
    full = np.zeros([n + m - 1 for n, m in zip(np.shape(x), np.shape(y))], np.asarray(g).dtype)
    starts = [{"full": 0, "same": (m - 1) // 2, "valid": min(n, m) - 1}[mode] for n, m in zip(np.shape(x), np.shape(y))]
    full[tuple(slice(i, i + n) for i, n in zip(starts, np.shape(g)))] = g
    return full


def convolve_left(g: Any, x: Any, y: Any, mode: str = "full") -> Any:
    """The adjoint of x in `signal.convolve(x, y, mode)`, a correlation with y.

    >>> convolve_left(np.array([1.0, 2.0, 3.0]), np.zeros(2), np.array([1.0, 10.0]))
    array([21., 32.])
    """
    return fitted(signal.convolve(_filled(g, x, y, mode), np.flip(y), "valid"), x)


def convolve_right(g: Any, x: Any, y: Any, mode: str = "full") -> Any:
    """The adjoint of y in `signal.convolve(x, y, mode)`.

    >>> convolve_right(np.array([1.0, 2.0, 3.0]), np.array([1.0, 10.0]), np.zeros(2))
    array([21., 32.])
    """
    return fitted(signal.convolve(_filled(g, x, y, mode), np.flip(x), "valid"), y)


def reversed_conjugate(y: Any) -> Any:
    """What `signal.correlate` convolves with.

    >>> reversed_conjugate(np.array([1.0, 2.0]))
    array([2., 1.])
    """
    return np.conj(np.flip(y))
