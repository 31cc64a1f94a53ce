"""Derivatives of special functions: Bessel functions, polygamma functions, columns of powers."""
from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["bessel_i", "in_fraction", "mantissa", "polygamma", "vander_slopes"]


def bessel_i(x: Any, n: int = 0) -> Any:
    """The modified Bessel function of the first kind of integer order n.

    The trapezoidal rule for its integral over a period, exp(x cos t) cos(n t) / pi, converges geometrically (Trefethen and
    Weideman 2014, section 5).

    >>> round(float(bessel_i(1.0, 0)), 12), round(float(bessel_i(1.0, 1)), 12)
    (1.266065877752, 0.565159103992)
    """
    value = np.asarray(x, float)
    many = 2 * int(20 + abs(n) + 10 * math.sqrt(float(np.max(np.abs(value), initial=0.0))))
    t = 2 * np.pi * np.arange(many) / many
    found = np.exp(value[..., None] * np.cos(t)) @ np.cos(n * t) / many
    return found.astype(np.result_type(np.asarray(x).dtype, np.float16))[()]


_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)


def polygamma(x: float, n: int = 0) -> float:
    """The derivative of order n + 1 of `math.lgamma(x)`: digamma for n = 0.

    The recurrence up to a large argument, and the asymptotic series there (Abramowitz and Stegun 6.4.6 and 6.4.11). At the
    poles, 0 and the negative integers, NaN.

    >>> round(polygamma(1.0), 12), round(polygamma(1.0, 1) - np.pi ** 2 / 6, 12)
    (-0.577215664902, 0.0)
    """
    x, sign, total = float(x), (-1.0) ** n, 0.0
    if x <= 0 and x == math.floor(x) or not math.isfinite(x):
        return x if x == math.inf and n == 0 else 0.0 if x == math.inf else math.nan
    while x < 20 + n:
        total -= sign * math.factorial(n) / x ** (n + 1)
        x += 1
    if n == 0:
        found = math.log(x) - 1 / (2 * x)
    else:
        found = -sign * (math.factorial(n - 1) / x ** n + math.factorial(n) / (2 * x ** (n + 1)))
    for k, b in enumerate(_BERNOULLI, 1):
        found -= sign * b * math.factorial(2 * k + n - 1) / (math.factorial(2 * k) * x ** (2 * k + n))
    return total + found


def mantissa(t: Any, e: Any) -> Any:
    """`t / 2 ** e`, exactly.

    >>> mantissa(3.0, 1)
    1.5
    """
    if isinstance(t, float) and not isinstance(t, np.generic) and np.ndim(e) == 0:
        return math.ldexp(t, -int(e))
    return np.ldexp(t, -np.asarray(e))


def in_fraction(t: Any, z: Any) -> Any:
    """`t` as the tangent of the first part of `z = math.modf(x)`, a fraction; that of the whole part is 0.

    >>> in_fraction(2.0, (0.5, 3.0))
    (2.0, 0.0)
    """
    return (t, 0.0) if not np.ndim(z[1]) else (t, np.zeros(np.shape(z[1])))


def vander_slopes(x: Any, N: Any = None, increasing: bool = False, n: int = 1) -> Any:
    """The n-th derivatives of the columns of `np.vander(x, N, increasing)` by x.

    >>> vander_slopes(np.array([5.0]), 3)
    array([[10.,  1.,  0.]])
    """
    x = np.asarray(x)
    columns = len(x) if N is None else N
    powers = np.arange(columns) if increasing else np.arange(columns)[::-1]
    factors = np.array([math.perm(int(k), n) for k in powers], dtype=float)
    left = np.maximum(powers - n, 0)
    return (factors * x[:, None] ** left).astype(np.result_type(x.dtype, np.float16))
