"""What generated code calls for functions of scipy.special; imported by code that uses SciPy, and by nothing else.

These are ordinary functions over NumPy and SciPy, and are differentiated by their source.
"""
from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special


def sign(x: Any) -> Any:
    """The sign of a real x. Raises NotImplementedError for complex x, of which scaled functions are not holomorphic."""
    if np.iscomplexobj(x):
        raise NotImplementedError("the derivative of an exponentially scaled Bessel function of a complex number")
    return np.sign(x)


def rgamma_slope(x: Any) -> Any:
    """The derivative of `1 / gamma(x)`, right also at the poles of gamma, by the reflection formula (DLMF 5.5.3).

    >>> bool(np.isclose(rgamma_slope(-2.0), 2.0)), float(rgamma_slope(0.0))
    (True, 1.0)
    """
    left = np.real(x) < 0.5
    far = np.where(left, 1.0, x)
    near = np.where(left, 1 - x, 1.0)
    turned = special.gamma(near) * (np.cos(math.pi * (1 - near))
                                    - special.digamma(near) * np.sin(math.pi * (1 - near)) / math.pi)
    return np.where(left, turned, -special.digamma(far) * special.rgamma(far))[()]


def multigammaln_slope(a: Any, d: int) -> Any:
    """The derivative of `special.multigammaln(a, d)`: the sum of digamma(a - j / 2) (Muirhead 1982, 2.1.12).

    >>> bool(np.isclose(multigammaln_slope(3.0, 1), special.digamma(3.0)))
    True
    """
    total = special.digamma(a)
    for j in range(1, d):
        total = total + special.digamma(a - 0.5 * j)
    return total


def terms(a: Any, b: Any) -> Any:
    """Something of the shape of the terms of `special.logsumexp(a, b=b)`.

    >>> terms(np.zeros(3), None).shape
    (3,)
    """
    return a if b is None else a + b


def log_weights(a: Any, z: Any, axis: Any = None, b: Any = None, keepdims: bool = False) -> Any:
    """The slopes of `z = special.logsumexp(a, axis, b, keepdims)`: `b * exp(a - z)`, and 0 where the sum is 0.

    >>> log_weights(np.zeros(2), np.log(2.0))
    array([0.5, 0.5])
    """
    if axis is not None and not keepdims:
        z = np.expand_dims(z, axis)
    sure = np.isfinite(z)
    found = np.where(sure, np.exp(a - np.where(sure, z, 0)), 0)
    return found if b is None else b * found
