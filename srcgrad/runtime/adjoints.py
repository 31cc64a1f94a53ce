"""Adjoints of operations that are no single NumPy call, imported through `srcgrad.runtime.helpers`.

A function whose first argument is `g` or `t` is linear in it: `g` is the adjoint of a result, `t` a tangent. `x` and
`y` are the operands, `z` is the result. A number in gives a number out, never a 0-d array. All of them have rules
(`srcgrad/rules/helpers.py`), so that generated code can be differentiated again.
"""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from .adjoints_linalg import (
    dot_left, dot_right, inner_left, inner_right, matmul_left, matmul_right, outer_left, outer_right, trace_adjoint,
    vdot_left, vdot_right,
)
from . import adjoints_linear as _linear, adjoints_select as _select, adjoints_special as _special
from .adjoints_linear import *  # noqa: F403
from .adjoints_reductions import (
    _taken, carry, count, expand, left_products, mean_ties, products_of_others, reversed_cumsum, share_ties, var_slope,
)
from .adjoints_select import *  # noqa: F403
from .adjoints_special import *  # noqa: F403
from .adjoints_shape import (
    arange_parts, arange_tangent, astype, converted, each, flatten, item, listed, scattered, split_like, tolist, unarray,
    unconverted, unreshape, unstack, untranspose,
)

__all__ = [
    "above", "abs_slope", "arange_parts", "arange_tangent", "astype", "below", "carry", "chosen", "chosen_parts",
    "chosen_tangent", "converted", "count", "dot_left", "dot_right", "each", "expand", "flatten", "in_degrees", "in_remainder",
    "inner_left", "inner_right", "inside", "item", "left_products", "listed", "log_or_zero", "matmul_left", "matmul_right",
    "mean_ties", "outer_left", "outer_right", "over_log", "power_slope", "power_slopes",
    "power_slopes_exponent", "products_of_others", "quotient", "ratio",
    "real_only", "reversed_cumsum", "scattered", "share_ties", "sign_curvature", "sign_tangent", "sinc_derivative",
    "split_like", "tolist", "trace_adjoint", "unarray", "unconverted", "unreshape", "unstack", "untranspose",
    "var_slope", "vdot_left", "vdot_right", "where", *_linear.__all__, *_select.__all__, *_special.__all__,
]


def _python(*values: Any) -> bool:
    return all(isinstance(v, bool | int | float) and not isinstance(v, np.generic) for v in values)


# ------------------------------------------------------------------ element by element
def where(mask: Any, a: Any, b: Any) -> Any:
    """`np.where`, but a number for numbers.

    >>> where(True, 2.0, 0) == 2.0, where(np.array([True, False]), 2.0, 0)
    (True, array([2., 0.]))
    """
    if isinstance(mask, bool | np.bool_) and not isinstance(a, np.ndarray) and not isinstance(b, np.ndarray):
        picked, other = (a, b) if mask else (b, a)
        return type(other)(picked) if isinstance(picked, int) and not isinstance(other, int) else picked
    return np.where(mask, a, b)[()]


def quotient(a: Any, b: Any) -> Any:
    """`a / b` as NumPy computes it: inf or nan where b is 0, also for Python numbers.

    >>> quotient(1.0, 0.0), quotient(1.0, 4.0)
    (inf, 0.25)
    """
    if _python(a, b):
        return a / b if b else math.nan if a == 0 or a != a else math.copysign(math.inf, a) * math.copysign(1.0, b)
    return a / b


def ratio(a: Any, b: Any) -> Any:
    """`a / b`, and 0 where b is 0.

    >>> ratio(np.array([1.0, 3.0]), np.array([0.0, 2.0]))
    array([0. , 1.5])
    """
    if np.ndim(a) == 0 and np.ndim(b) == 0 and not isinstance(a, np.ndarray) and not isinstance(b, np.ndarray):
        return a / b if b != 0 else a * 0 if abs(a) < math.inf else type(a)(0)
    zero = b == 0
    return np.where(zero, 0, a / np.where(zero, 1, b))[()]


def power_slope(x: Any, y: Any) -> Any:
    """The derivative of `x ** y` by x: `y * x ** (y - 1)`, and 0 where y is 0.

    >>> power_slope(3.0, 2), power_slope(0.0, 0), power_slope(0.0, 0.5)
    (6.0, 0.0, inf)
    """
    if _python(x, y):
        if y == 0:
            return 0.0
        return y * x ** (y - 1) if x != 0 or y >= 1 else math.copysign(math.inf, y)
    if np.ndim(y) == 0:
        return y * x ** (y - 1) if y != 0 else x * 0.0
    zero = np.equal(y, 0)
    return np.where(zero, 0, y * np.power(x * 1.0, np.where(zero, 1, y) - 1))


def power_slopes(x: Any, y: Any, n: int = 2) -> Any:
    """The n-th derivative of `x ** y` by x: `y (y - 1) ... (y - n + 1) x ** (y - n)`, and 0 where that product is 0.

    >>> power_slopes(0.0, 1, 2), power_slopes(0.0, 2, 2), power_slopes(2.0, 3, 2)
    (0.0, 2.0, 12.0)
    """
    product = math.prod(y - k for k in range(n))
    if _python(x, y):
        if product == 0:
            return 0.0
        return product * (x * 1.0) ** (y - n) if x != 0 or y >= n else math.copysign(math.inf, product)
    zero = np.equal(product, 0)
    return np.where(zero, 0, product * np.power(x * 1.0, np.where(zero, 1, y - n)))[()]


def power_slopes_exponent(x: Any, y: Any, n: int = 2) -> Any:
    """The derivative of `power_slopes(x, y, n)` by y.

    >>> float(power_slopes_exponent(1.0, 3.0, 2))
    5.0
    """
    rise = sum(math.prod(y - j for j in range(n) if j != k) for k in range(n))
    return rise * np.power(x * 1.0, y - n) + power_slopes(x, y, n) * log_or_zero(x)


def log_or_zero(x: Any) -> Any:
    """`log(x)`, and 0 where x is 0: the factor in the derivative of `x ** y` by y.

    >>> log_or_zero(0.0), log_or_zero(1.0)
    (0.0, 0.0)
    """
    if _python(x) and x >= 0:
        return math.log(x) if x else 0.0
    if not np.ndim(x):
        return np.log(x) if x != 0 else x * 0.0
    return np.log(np.where(x == 0, 1, x))


def over_log(t: Any, x: Any, base: Any = None) -> Any:
    """`t / (x * log(base))`: the tangent of `math.log(x, base)`, of the natural logarithm where base is None.

    >>> over_log(3.0, 2.0)
    1.5
    """
    return t / x if base is None else t / (math.log(base) * x)


def in_degrees(t: Any, deg: Any) -> Any:
    """The angle `t`, in degrees if `deg`.

    >>> in_degrees(np.pi, True)
    180.0
    """
    return 180 / math.pi * t if deg else t


def abs_slope(x: Any) -> Any:
    """The derivative of `abs(x)`: the sign of x, `conj(x) / abs(x)` where x is complex; 0 at 0.

    >>> abs_slope(np.array([-2.0, 0.0])), abs_slope(3 + 4j)
    (array([-1.,  0.]), (0.6-0.8j))
    """
    if _python(x):
        return 0.0 if x == 0 else math.copysign(1.0, x) if x == x else x
    if not np.iscomplexobj(x):
        return np.sign(x)
    return ratio(x.conjugate(), abs(x))


def _zero(t: Any) -> Any:
    return t * 0.0 if _python(t) else np.zeros_like(t)[()]


def sign_tangent(t: Any, x: Any) -> Any:
    """The tangent of `np.sign(x)`: 0, except that NumPy 2 has `x / abs(x)` for complex numbers.

    >>> sign_tangent(1.0, -3.0)
    0.0
    """
    if not np.iscomplexobj(x):
        return _zero(t)
    return ratio(1j * x * (x.conjugate() * t).imag, abs(x) ** 3)


def sign_curvature(s: Any, t: Any, x: Any) -> Any:
    """The second derivative of `x / abs(x)` in the directions s and t, 0 where x is real; linear in both.

    >>> sign_curvature(1.0, 1.0, -3.0)
    0.0
    """
    if not np.iscomplexobj(x):
        return _zero(t)
    c = x.conjugate()
    turn = (c * t).imag
    return 1j * ratio(s * turn + x * (s.conjugate() * t).imag - 3 * x * turn * ratio((c * s).real, abs(x) ** 2),
                      abs(x) ** 3)


def real_only(g: Any, x: Any) -> Any:
    """Zeros like `g`. Raises NotImplementedError where x is complex, whose fourth derivative is not stated."""
    if np.iscomplexobj(x):
        raise NotImplementedError("the fourth derivative of the absolute value of a complex number")
    return _zero(g)


def inside(x: Any, low: Any, high: Any) -> Any:
    """Where `np.clip(x, low, high)` leaves x as it is, the bounds included.

    >>> inside(np.array([-1.0, 0.0, 5.0]), 0, None)
    array([False,  True,  True])
    """
    if low is None or high is None:
        return x <= high if low is None else x >= low
    return (x >= low) & (x <= high)


def above(x: Any, low: Any, high: Any) -> Any:
    """Where `np.clip(x, low, high)` is the upper bound. That bound is the last word where the two are in disorder.

    >>> above(np.array([-1.0, 0.0, 5.0]), 0, 3)
    array([False, False,  True])
    """
    return (x if low is None else np.maximum(x, low)) > high


def below(x: Any, low: Any, high: Any) -> Any:
    """Where `np.clip(x, low, high)` is the lower bound.

    >>> below(np.array([-1.0, 0.0, 5.0]), 0, 3)
    array([ True, False, False])
    """
    return x < low if high is None else (x < low) & (low <= high)


def in_remainder(t: Any, z: Any) -> Any:
    """`t` as the tangent of the remainder in `z = divmod(x, y)`; that of the quotient is 0.

    >>> in_remainder(2.0, (3.0, 0.5))
    (0.0, 2.0)
    """
    if not np.ndim(z[1]):
        return 0.0, t
    return np.zeros(np.shape(z[0])), np.broadcast_to(t, np.shape(z[1]))


def chosen(g: Any, x: Any, y: Any, z: Any) -> Any:
    """`g` where the maximum or minimum `z` of x and y is x, half of it where they tie, else 0.

    >>> chosen(1.0, np.array([1.0, 2.0, 3.0]), 2.0, np.array([2.0, 2.0, 3.0]))
    array([0. , 0.5, 1. ])
    """
    return np.where(_taken(x, z), np.where(_taken(y, z), 0.5 * g, g), 0)[()]


def chosen_parts(g: Any, values: Any, z: Any) -> Any:
    """The adjoint `g` of `z = max(*values)`, or of min, shared equally by those that are equal to z.

    >>> chosen_parts(1.0, (2.0, 5.0, 5.0), 5.0)
    (0.0, 0.5, 0.5)
    """
    if isinstance(values, tuple) and len(values) == 1 and not np.isscalar(values[0]) and np.ndim(values[0]):
        return (chosen_parts(g, values[0], z),)
    weight = 1.0 / sum(1 for v in values if v == z)
    parts = [weight * g if v == z else g * 0.0 for v in values]
    return np.array(parts, np.asarray(values).dtype) if isinstance(values, np.ndarray) else type(values)(parts)


def chosen_tangent(t: Any, values: Any, z: Any) -> Any:
    """The tangent of `z = max(*values)`, or of min: the mean of the tangents of those that are equal to z.

    >>> chosen_tangent((7.0, 1.0, 3.0), (2.0, 5.0, 5.0), 5.0)
    2.0
    """
    if isinstance(values, tuple) and len(values) == 1 and not np.isscalar(values[0]) and np.ndim(values[0]):
        return chosen_tangent(t[0], values[0], z)
    tied = [b for b, v in zip(t, values) if v == z]
    return sum(tied[1:], tied[0]) / len(tied)


def sinc_derivative(x: Any, n: int = 1) -> Any:
    """The n-th derivative of `np.sinc(x)`, right also at 0.

    With s(y) = sin(y) / y: y s[n] + n s[n - 1] = sin(y + n pi / 2), and the power series where that recurrence would
    cancel.

    >>> float(sinc_derivative(0.0, 1)), bool(np.isclose(sinc_derivative(0.0, 2), -np.pi ** 2 / 3))
    (0.0, True)
    """
    y = np.asarray(np.pi * np.asarray(x))
    small = abs(y) < n + 1
    near, far = np.where(small, y, 0), np.where(small, 1, y)
    s = np.sin(far) / far
    for k in range(1, n + 1):
        s = (np.sin(far + k * np.pi / 2) - k * s) / far
    series = near * 0
    for k in reversed(range((n + 1) // 2, n + 16)):
        m = 2 * k - n
        series = series + (-1.0) ** k / ((2 * k + 1) * math.factorial(m)) * near ** m
    value = np.pi ** n * np.where(small, series, s)
    return float(value) if _python(x) else value.astype(np.result_type(np.asarray(x).dtype, np.float16), copy=False)[()]
