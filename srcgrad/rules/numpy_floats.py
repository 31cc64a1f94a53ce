"""NumPy functions of the parts and neighbours of floating point numbers, and others that work element by element."""
import math

import numpy as np

from ..runtime.helpers import bessel_i, converted, in_fraction, in_remainder, mantissa, unbroadcast, unconverted, where
from . import shapes
from .dsl import adjoint, d, singular, tangent
from .registry import constant, elementwise, structural
from .shapes_tried import tried


@elementwise(np.nan_to_num)
def nan_to_num(z, x, *, nan=0.0, posinf=None, neginf=None):
    """What was replaced has slope 0."""
    d[z] += where(np.isfinite(x), d[x], 0)


@elementwise(np.i0, type=tried(np.i0, "x"))
def i0(z, x):
    d[z] += bessel_i(x, 1) * d[x]


@elementwise(np.ldexp, math.ldexp)
def ldexp(z, x, exponent):
    d[z] += mantissa(d[x], -exponent)


@elementwise(np.nextafter)
def nextafter(z, x, y):
    d[z] += d[x]


@structural(np.divmod, type=tried(np.divmod, "x y"))
def divmod_(z, x, y):
    with tangent:
        d[z] += in_remainder(d[x], z)
        d[z] += singular(in_remainder(-z[0] * d[y], z))
    with adjoint:
        d[x] += unbroadcast(d[z][1], x)
        d[y] += singular(unbroadcast(-z[0] * d[z][1], y))


@structural(np.modf, type=tried(np.modf, "x"))
def modf(z, x):
    """The whole part has slope 0."""
    with tangent:
        d[z] += in_fraction(d[x], z)
    with adjoint:
        d[x] += d[z][0]


@structural(np.frexp, type=tried(np.frexp, "x"))
def frexp(z, x):
    with tangent:
        d[z] += in_fraction(mantissa(d[x], z[1]), z)
    with adjoint:
        d[x] += mantissa(d[z][0], z[1])


@structural(np.real_if_close, type=shapes.unknown, fresh=False)
def real_if_close(z, x, tol=100):
    with tangent:
        d[z] += unbroadcast(d[x], z)
    with adjoint:
        d[x] += unbroadcast(d[z], x)


def _convert(z, x):
    with tangent:
        d[z] += converted(d[x], z)
    with adjoint:
        d[x] += unconverted(d[z], x, z)


for _function in (np.float64, np.float32, np.complex128, np.complex64):
    structural(_function, type=tried(_function, "x"), fresh=False)(_convert)
for _function in (np.spacing, np.isposinf, np.isneginf, np.left_shift, np.right_shift, np.gcd, np.lcm):
    constant(_function, type=shapes.elementwise_of(_function))
del _function
