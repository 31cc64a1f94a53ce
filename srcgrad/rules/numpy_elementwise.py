"""NumPy functions that work element by element, and the operators that mean the same.

A line is the partial derivative by one operand. Where a function has a kink or two operands tie, the line says which
subgradient is taken: abs and sign 0 at 0, clip 1 at its bounds, maximum and minimum half for each of equal operands.
A complex function that is not holomorphic (real, imag, conj, abs, angle, sign) states both modes: the adjoint of a real
result `z` is that of Re(z), so it carries a conjugate where the tangent takes a real part.
"""
import math
import operator

import numpy as np

from ..runtime.helpers import (
    above, abs_slope, below, chosen, in_degrees, inside, log_or_zero, power_slope, ratio, sign_tangent, sinc_derivative,
    unbroadcast, where,
)
from . import shapes
from .dsl import adjoint, d, optional, singular, tangent
from .registry import constant, elementwise, structural


# ------------------------------------------------------------------ arithmetic
@elementwise(np.add, "operator.add", operator.add)
def add(z, x, y):
    d[z] += d[x]
    d[z] += d[y]


@elementwise(np.subtract, "operator.sub", operator.sub)
def subtract(z, x, y):
    d[z] += d[x]
    d[z] += -d[y]


@elementwise(np.multiply, "operator.mul", operator.mul)
def multiply(z, x, y):
    d[z] += y * d[x]
    d[z] += x * d[y]


@elementwise(np.divide, "operator.truediv", operator.truediv)
def divide(z, x, y):
    d[z] += singular(d[x] / y)
    d[z] += singular(-z * (d[y] / y))


@elementwise(np.power, np.float_power, "operator.pow", operator.pow, pow)
def power(z, x, y):
    d[z] += singular(power_slope(x, y) * d[x])
    d[z] += singular(log_or_zero(x) * z * d[y])


@elementwise(np.remainder, "operator.mod", operator.mod)
def remainder(z, x, y):
    d[z] += d[x]
    d[z] += singular(-(x // y) * d[y])


@elementwise(np.fmod)
def fmod(z, x, y):
    d[z] += d[x]
    d[z] += singular(-np.trunc(x / y) * d[y])


@elementwise(np.negative, "operator.neg", operator.neg)
def negative(z, x):
    d[z] += -d[x]


@elementwise(np.positive, "operator.pos", operator.pos)
def positive(z, x):
    d[z] += d[x]


@elementwise(np.reciprocal)
def reciprocal(z, x):
    d[z] += singular(-z * z * d[x])


@elementwise(np.square)
def square(z, x):
    d[z] += 2 * x * d[x]


# ------------------------------------------------------------------ roots, exponentials, logarithms
@elementwise(np.sqrt)
def sqrt(z, x):
    d[z] += singular(0.5 * d[x] / z)


@elementwise(np.cbrt)
def cbrt(z, x):
    d[z] += singular(d[x] / (3 * z * z))


@elementwise(np.exp)
def exp(z, x):
    d[z] += singular(z * d[x])


@elementwise(np.exp2)
def exp2(z, x):
    d[z] += singular(math.log(2) * z * d[x])


@elementwise(np.expm1)
def expm1(z, x):
    d[z] += singular((z + 1) * d[x])


@elementwise(np.log)
def log(z, x):
    d[z] += singular(d[x] / x)


@elementwise(np.log2)
def log2(z, x):
    d[z] += singular(d[x] / (math.log(2) * x))


@elementwise(np.log10)
def log10(z, x):
    d[z] += singular(d[x] / (math.log(10) * x))


@elementwise(np.log1p)
def log1p(z, x):
    d[z] += singular(d[x] / (1 + x))


@elementwise(np.logaddexp)
def logaddexp(z, x, y):
    d[z] += singular(np.exp(x - z) * d[x])
    d[z] += singular(np.exp(y - z) * d[y])


@elementwise(np.logaddexp2)
def logaddexp2(z, x, y):
    d[z] += singular(np.exp2(x - z) * d[x])
    d[z] += singular(np.exp2(y - z) * d[y])


# ------------------------------------------------------------------ trigonometric and hyperbolic functions
@elementwise(np.sin)
def sin(z, x):
    d[z] += np.cos(x) * d[x]


@elementwise(np.cos)
def cos(z, x):
    d[z] += -np.sin(x) * d[x]


@elementwise(np.tan)
def tan(z, x):
    d[z] += (1 + z * z) * d[x]


@elementwise(np.arcsin)
def arcsin(z, x):
    d[z] += singular(d[x] / np.sqrt(1 - x * x))


@elementwise(np.arccos)
def arccos(z, x):
    d[z] += singular(-d[x] / np.sqrt(1 - x * x))


@elementwise(np.arctan)
def arctan(z, x):
    d[z] += d[x] / (1 + x * x)


@elementwise(np.arctan2)
def arctan2(z, x, y):
    d[z] += singular(y * d[x] / (x * x + y * y))
    d[z] += singular(-x * d[y] / (x * x + y * y))


@elementwise(np.hypot)
def hypot(z, x, y):
    d[z] += ratio(x, z) * d[x]
    d[z] += ratio(y, z) * d[y]


@elementwise(np.sinh)
def sinh(z, x):
    d[z] += singular(np.cosh(x) * d[x])


@elementwise(np.cosh)
def cosh(z, x):
    d[z] += singular(np.sinh(x) * d[x])


@elementwise(np.tanh)
def tanh(z, x):
    d[z] += (1 - z * z) * d[x]


@elementwise(np.arcsinh)
def arcsinh(z, x):
    d[z] += d[x] / np.sqrt(x * x + 1)


@elementwise(np.arccosh)
def arccosh(z, x):
    d[z] += singular(d[x] / np.sinh(z))


@elementwise(np.arctanh)
def arctanh(z, x):
    d[z] += singular(d[x] / (1 - x * x))


@elementwise(np.deg2rad, np.radians)
def deg2rad(z, x):
    d[z] += np.pi / 180 * d[x]


@elementwise(np.rad2deg, np.degrees)
def rad2deg(z, x):
    d[z] += 180 / np.pi * d[x]


@elementwise(np.sinc)
def sinc(z, x):
    d[z] += sinc_derivative(x, 1) * d[x]


# ------------------------------------------------------------------ selection
@elementwise(np.maximum, np.minimum, np.fmax, np.fmin)
def maximum(z, x, y):
    d[z] += chosen(d[x], x, y, z)
    d[z] += chosen(d[y], y, x, z)


@elementwise(np.clip, type=shapes.clip)
def clip(z, x, min=optional, max=optional):
    d[z] += where(inside(x, min, max), d[x], 0)
    d[z] += where(below(x, min, max), d[min], 0)
    d[z] += where(above(x, min, max), d[max], 0)


@elementwise(np.where, type=shapes.where)
def where_(z, mask, x, y):
    d[z] += np.where(mask, d[x], 0)
    d[z] += np.where(mask, 0, d[y])


@elementwise(np.heaviside)
def heaviside(z, x, y):
    d[z] += where(x == 0, d[y], 0)


@elementwise(np.copysign)
def copysign(z, x, y):
    d[z] += np.sign(x) * np.sign(z) * d[x]


@elementwise(np.fabs)
def fabs(z, x):
    d[z] += np.sign(x) * d[x]


# ------------------------------------------------------------------ not holomorphic
@elementwise(np.abs, abs, "operator.abs", operator.abs)
def absolute(z, x):
    with tangent:
        d[z] += np.real(abs_slope(x) * d[x])
    with adjoint:
        d[x] += abs_slope(x) * d[z]


if np.lib.NumpyVersion(np.__version__) < "2.0.0b1":
    constant(np.sign)
else:
    @elementwise(np.sign)
    def sign(z, x):
        with tangent:
            d[z] += sign_tangent(d[x], x)
        with adjoint:
            d[x] += np.conj(sign_tangent(np.conj(d[z]), x))


@structural(np.real, type=shapes.real_part, fresh=False)
def real(z, x):
    with tangent:
        d[z] += np.real(d[x])
    with adjoint:
        d[x] += unbroadcast(d[z], x)


@structural(np.imag, type=shapes.real_part, fresh=False)
def imag(z, x):
    with tangent:
        d[z] += np.imag(d[x])
    with adjoint:
        d[x] += unbroadcast(-1j * d[z], x)


@elementwise(np.conj)
def conj(z, x):
    with tangent:
        d[z] += np.conj(d[x])
    with adjoint:
        d[x] += np.conj(d[z])


@elementwise(np.angle, type=shapes.elementwise_of(np.angle))
def angle(z, x, deg=False):
    with tangent:
        d[z] += singular(in_degrees(np.imag(d[x] / x), deg))
    with adjoint:
        d[x] += singular(in_degrees(-1j * d[z] / x, deg))


# ------------------------------------------------------------------ zero derivative
for _function in (np.floor, np.ceil, np.trunc, np.rint, np.floor_divide, np.round, np.around, np.fix, np.isnan,
                  np.isinf, np.isfinite, np.signbit, np.less, np.less_equal, np.greater, np.greater_equal, np.equal,
                  np.not_equal, np.logical_and, np.logical_or, np.logical_not, np.logical_xor, np.bitwise_and,
                  np.bitwise_or, np.bitwise_xor, np.invert, np.isclose, np.isreal, np.iscomplex):
    constant(_function, type=shapes.elementwise_of(_function))
for _name in ("lt", "le", "gt", "ge", "eq", "ne", "floordiv", "and_", "or_", "xor", "invert", "lshift", "rshift"):
    constant(f"operator.{_name}", getattr(operator, _name), type=shapes.elementwise_of(getattr(operator, _name)))
del _function, _name
