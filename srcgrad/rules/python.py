"""Python's builtins, the `math` module, and subscripts.

The lines of `math` functions call `math`, so that Python floats stay Python floats. Operators that NumPy has as well
are in numpy_elementwise.py.
"""
import math
import operator

import numpy as np

from ..runtime.helpers import (
    abs_slope, chosen_parts, chosen_tangent, each, in_fraction, in_remainder, listed, log_or_zero, mantissa, over_log, polygamma,
    power_slope, products_of_others, quotient, ratio, unarray, unbroadcast,
)
from . import shapes, shapes_items
from .dsl import adjoint, d, optional, singular, tangent
from .registry import constant, elementwise, structural
from .shapes_tried import tried


# ------------------------------------------------------------------ subscripts
@structural("operator.getitem", operator.getitem, type=shapes_items.getitem, fresh=False)
def getitem(z, x, key):
    with tangent:
        d[z] += d[x][key]
    with adjoint:
        d[x][key] += d[z]


# ------------------------------------------------------------------ builtins
@elementwise(float, type=shapes.python_float)
def float_(z, x):
    with tangent:
        d[z] += float(d[x])
    with adjoint:
        d[x] += d[z]


@elementwise(complex, type=shapes.python_complex)
def complex_(z, x, y=optional):
    d[z] += d[x]
    d[z] += 1j * d[y]


@structural(max, min, type=shapes_items.one_of)
def max_(z, *values):
    with tangent:
        d[z] += chosen_tangent(d[values], values, z)
    with adjoint:
        d[values] += chosen_parts(d[z], values, z)


@structural(sum, type=shapes_items.total_of, fresh=False)
def sum_(z, values, start=optional):
    with tangent:
        d[z] += sum(d[values])
        d[z] += d[start]
    with adjoint:
        d[values] += each(d[z], values)
        d[start] += unbroadcast(d[z], start)


@structural(list, type=shapes_items.list_of, fresh=False)
def list_(z, x):
    with tangent:
        d[z] += list(d[x])
    with adjoint:
        d[x] += listed(d[z], x)


@structural(tuple, type=shapes_items.tuple_of, fresh=False)
def tuple_(z, x):
    with tangent:
        d[z] += tuple(d[x])
    with adjoint:
        d[x] += listed(d[z], x)


@structural(divmod, type=shapes_items.quotient_and_remainder)
def divmod_(z, x, y):
    with tangent:
        d[z] += in_remainder(d[x], z)
        d[z] += singular(in_remainder(-z[0] * d[y], z))
    with adjoint:
        d[x] += unbroadcast(d[z][1], x)
        d[y] += singular(unbroadcast(-z[0] * d[z][1], y))


# ------------------------------------------------------------------ math
@elementwise(math.sin, type=shapes.python_float)
def sin(z, x):
    d[z] += math.cos(x) * d[x]


@elementwise(math.cos, type=shapes.python_float)
def cos(z, x):
    d[z] += -math.sin(x) * d[x]


@elementwise(math.tan, type=shapes.python_float)
def tan(z, x):
    d[z] += (1 + z * z) * d[x]


@elementwise(math.asin, type=shapes.python_float)
def asin(z, x):
    d[z] += singular(quotient(d[x], math.sqrt(1 - x * x)))


@elementwise(math.acos, type=shapes.python_float)
def acos(z, x):
    d[z] += singular(-quotient(d[x], math.sqrt(1 - x * x)))


@elementwise(math.atan, type=shapes.python_float)
def atan(z, x):
    d[z] += d[x] / (1 + x * x)


@elementwise(math.atan2, type=shapes.python_float)
def atan2(z, x, y):
    d[z] += singular(quotient(y * d[x], x * x + y * y))
    d[z] += singular(quotient(-x * d[y], x * x + y * y))


@elementwise(math.hypot, type=shapes.python_float)
def hypot(z, x, y):
    d[z] += ratio(x, z) * d[x]
    d[z] += ratio(y, z) * d[y]


@elementwise(math.sinh, type=shapes.python_float)
def sinh(z, x):
    d[z] += math.cosh(x) * d[x]


@elementwise(math.cosh, type=shapes.python_float)
def cosh(z, x):
    d[z] += math.sinh(x) * d[x]


@elementwise(math.tanh, type=shapes.python_float)
def tanh(z, x):
    d[z] += (1 - z * z) * d[x]


@elementwise(math.asinh, type=shapes.python_float)
def asinh(z, x):
    d[z] += d[x] / math.sqrt(x * x + 1)


@elementwise(math.acosh, type=shapes.python_float)
def acosh(z, x):
    d[z] += singular(quotient(d[x], math.sinh(z)))


@elementwise(math.atanh, type=shapes.python_float)
def atanh(z, x):
    d[z] += d[x] / (1 - x * x)


@elementwise(math.exp, type=shapes.python_float)
def exp(z, x):
    d[z] += z * d[x]


@elementwise(math.expm1, type=shapes.python_float)
def expm1(z, x):
    d[z] += (z + 1) * d[x]


@elementwise(math.log, type=shapes.python_float)
def log(z, x, base=optional):
    d[z] += over_log(d[x], x, base)
    d[z] += -z * d[base] / (math.log(base) * base)


@elementwise(math.log2, type=shapes.python_float)
def log2(z, x):
    d[z] += d[x] / (math.log(2) * x)


@elementwise(math.log10, type=shapes.python_float)
def log10(z, x):
    d[z] += d[x] / (math.log(10) * x)


@elementwise(math.log1p, type=shapes.python_float)
def log1p(z, x):
    d[z] += d[x] / (1 + x)


@elementwise(math.sqrt, type=shapes.python_float)
def sqrt(z, x):
    d[z] += singular(quotient(0.5 * d[x], z))


@elementwise(math.pow, type=shapes.python_float)
def pow_(z, x, y):
    d[z] += singular(power_slope(x, y) * d[x])
    d[z] += singular(log_or_zero(x) * z * d[y])


@elementwise(math.erf, type=shapes.python_float)
def erf(z, x):
    d[z] += 2 / math.sqrt(math.pi) * math.exp(-x * x) * d[x]


@elementwise(math.erfc, type=shapes.python_float)
def erfc(z, x):
    d[z] += -2 / math.sqrt(math.pi) * math.exp(-x * x) * d[x]


@elementwise(math.degrees, type=shapes.python_float)
def degrees(z, x):
    d[z] += 180 / math.pi * d[x]


@elementwise(math.radians, type=shapes.python_float)
def radians(z, x):
    d[z] += math.pi / 180 * d[x]


@elementwise(math.fabs, type=shapes.python_float)
def fabs(z, x):
    d[z] += abs_slope(x) * d[x]


@elementwise(math.copysign, type=shapes.python_float)
def copysign(z, x, y):
    d[z] += abs_slope(x) * math.copysign(1.0, y) * d[x]


@elementwise(math.fmod, type=shapes.python_float)
def fmod(z, x, y):
    d[z] += d[x]
    d[z] += -math.trunc(x / y) * d[y]


@elementwise(math.gamma, type=shapes.python_float)
def gamma(z, x):
    """With the digamma function psi: gamma' = gamma psi (Abramowitz and Stegun 6.3.1)."""
    d[z] += z * polygamma(x) * d[x]


@elementwise(math.lgamma, type=shapes.python_float)
def lgamma(z, x):
    d[z] += polygamma(x) * d[x]


@elementwise(math.remainder, type=shapes.python_float)
def remainder(z, x, y):
    d[z] += d[x]
    d[z] += -round((x - z) / y) * d[y]


@elementwise(math.nextafter, type=shapes.python_float)
def nextafter(z, x, y):
    d[z] += d[x]


@structural(math.modf, type=tried(math.modf, "x"))
def modf(z, x):
    with tangent:
        d[z] += in_fraction(d[x], z)
    with adjoint:
        d[x] += d[z][0]


@structural(math.frexp, type=tried(math.frexp, "x"))
def frexp(z, x):
    with tangent:
        d[z] += in_fraction(mantissa(d[x], z[1]), z)
    with adjoint:
        d[x] += mantissa(d[z][0], z[1])


@structural(math.fsum, type=shapes.python_float)
def fsum(z, values):
    with tangent:
        d[z] += sum(d[values])
    with adjoint:
        d[values] += each(d[z], values)


@structural(math.prod)
def prod(z, values, *, start=1):
    with tangent:
        d[z] += float(np.sum(start * products_of_others(np.asarray(values)) * np.asarray(d[values])))
    with adjoint:
        d[values] += unarray(start * products_of_others(np.asarray(values)) * d[z], values, np.asarray(values))


@structural(math.dist, type=shapes.python_float)
def dist(z, p, q):
    with tangent:
        d[z] += float(np.sum(ratio(np.asarray(p) - np.asarray(q), z) * np.asarray(d[p])))
        d[z] += float(np.sum(ratio(np.asarray(q) - np.asarray(p), z) * np.asarray(d[q])))
    with adjoint:
        d[p] += unarray(ratio(np.asarray(p) - np.asarray(q), z) * d[z], p, np.asarray(p))
        d[q] += unarray(ratio(np.asarray(q) - np.asarray(p), z) * d[z], q, np.asarray(q))


if hasattr(math, "cbrt"):  # Python 3.11
    @elementwise(math.cbrt, type=shapes.python_float)
    def cbrt(z, x):
        d[z] += singular(quotient(d[x], 3 * z * z))

    @elementwise(math.exp2, type=shapes.python_float)
    def exp2(z, x):
        d[z] += math.log(2) * z * d[x]


# ------------------------------------------------------------------ zero derivative
constant(math.floor, math.ceil, math.trunc, type=shapes.python_int)
constant(math.comb, math.perm, math.factorial, math.isqrt, math.gcd, math.lcm, operator.index, operator.indexOf,
         operator.countOf, type=shapes.python_int)
constant(math.ulp, type=shapes.python_float)
constant(operator.inv, type=shapes.elementwise_of(operator.inv))
constant(hex, oct, type=shapes.opaque)
constant(math.isnan, math.isinf, math.isfinite, math.isclose, type=shapes.python_bool)
constant(len, int, id, hash, ord, type=shapes.python_int)
constant(bool, isinstance, issubclass, callable, hasattr, any, all, type=shapes.python_bool)
constant(round, type=shapes.round_)
constant(range, str, repr, type, print, format, chr, bin, type=shapes.opaque)
for _name in ("is_", "is_not", "in_", "not_in", "not_", "contains", "truth"):
    constant(f"operator.{_name}", type=shapes.python_bool)
    if hasattr(operator, _name):
        constant(getattr(operator, _name), type=shapes.python_bool)
del _name
