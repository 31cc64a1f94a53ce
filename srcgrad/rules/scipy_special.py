"""scipy.special: one line for one partial derivative.

DLMF is the NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov. An operand that is marked `fixed` has no
closed derivative: the order of a Bessel function, the shape of an incomplete gamma function.
"""
import math

import numpy as np
from scipy import special

from ..runtime.helpers import expand, unbroadcast
from ..runtime.scipy_special import log_weights, multigammaln_slope, rgamma_slope, sign, terms
from . import shapes, shapes_items, shapes_scipy, specialise_scipy  # noqa: F401  (adds to the table of specialise)
from .dsl import adjoint, d, fixed, optional, singular, tangent
from .registry import constant, describe, elementwise, structural


# ------------------------------------------------------------------ gamma, beta and zeta functions (DLMF 5, 8, 25)
@elementwise(special.gamma)
def gamma(z, x):
    d[z] += singular(z * special.digamma(x) * d[x])


@elementwise(special.gammaln, special.loggamma)
def gammaln(z, x):
    d[z] += singular(special.digamma(x) * d[x])


@elementwise(special.rgamma)
def rgamma(z, x):
    d[z] += rgamma_slope(x) * d[x]


@elementwise(special.digamma, special.psi)
def digamma(z, x):
    """DLMF 25.11.12; of real x."""
    d[z] += singular(special.zeta(2, x) * d[x])


@elementwise(special.polygamma, type=shapes_scipy.broadcast_floats)
def polygamma(z, n: fixed, x):
    d[z] += singular(special.polygamma(n + 1, x) * d[x])


@elementwise(special.multigammaln, type=shapes.unknown)
def multigammaln(z, a, d_: fixed):
    d[z] += multigammaln_slope(a, d_) * d[a]


@elementwise(special.beta)
def beta(z, a, b):
    d[z] += z * (special.digamma(a) - special.digamma(a + b)) * d[a]
    d[z] += z * (special.digamma(b) - special.digamma(a + b)) * d[b]


@elementwise(special.betaln)
def betaln(z, a, b):
    d[z] += (special.digamma(a) - special.digamma(a + b)) * d[a]
    d[z] += (special.digamma(b) - special.digamma(a + b)) * d[b]


@elementwise(special.betainc)
def betainc(z, a: fixed, b: fixed, x):
    """DLMF 8.17.1."""
    d[z] += np.exp(special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x) - special.betaln(a, b)) * d[x]


@elementwise(special.gammainc)
def gammainc(z, a: fixed, x):
    """DLMF 8.8.13."""
    d[z] += np.exp(special.xlogy(a - 1, x) - x - special.gammaln(a)) * d[x]


@elementwise(special.gammaincc)
def gammaincc(z, a: fixed, x):
    d[z] += -np.exp(special.xlogy(a - 1, x) - x - special.gammaln(a)) * d[x]


@elementwise(special.zeta, type=shapes_scipy.broadcast_floats)
def zeta(z, x: fixed, q=optional):
    """DLMF 25.11.17; Riemann's function, without q, has no closed derivative."""
    d[z] += -x * special.zeta(x + 1, q) * d[q]


# ------------------------------------------------------------------ error functions and the normal distribution (DLMF 7)
@elementwise(special.erf)
def erf(z, x):
    d[z] += 2 / math.sqrt(math.pi) * np.exp(-x * x) * d[x]


@elementwise(special.erfc)
def erfc(z, x):
    d[z] += -2 / math.sqrt(math.pi) * np.exp(-x * x) * d[x]


@elementwise(special.erfcx)
def erfcx(z, x):
    d[z] += (2 * x * z - 2 / math.sqrt(math.pi)) * d[x]


@elementwise(special.erfi)
def erfi(z, x):
    d[z] += 2 / math.sqrt(math.pi) * np.exp(x * x) * d[x]


@elementwise(special.dawsn)
def dawsn(z, x):
    d[z] += (1 - 2 * x * z) * d[x]


@elementwise(special.erfinv)
def erfinv(z, x):
    d[z] += singular(math.sqrt(math.pi) / 2 * np.exp(z * z) * d[x])


@elementwise(special.erfcinv)
def erfcinv(z, x):
    d[z] += singular(-math.sqrt(math.pi) / 2 * np.exp(z * z) * d[x])


@elementwise(special.ndtr)
def ndtr(z, x):
    d[z] += np.exp(-x * x / 2) / math.sqrt(2 * math.pi) * d[x]


@elementwise(special.ndtri)
def ndtri(z, x):
    d[z] += singular(math.sqrt(2 * math.pi) * np.exp(z * z / 2) * d[x])


@elementwise(special.log_ndtr)
def log_ndtr(z, x):
    d[z] += np.exp(-x * x / 2 - z) / math.sqrt(2 * math.pi) * d[x]


# ------------------------------------------------------------------ logistic functions and entropies
@elementwise(special.expit)
def expit(z, x):
    d[z] += z * special.expit(-x) * d[x]


@elementwise(special.log_expit)
def log_expit(z, x):
    d[z] += special.expit(-x) * d[x]


@elementwise(special.logit)
def logit(z, x):
    d[z] += singular(d[x] / (x * (1 - x)))


@elementwise(special.entr)
def entr(z, x):
    d[z] += singular(-(np.log(x) + 1) * d[x])


@elementwise(special.xlogy)
def xlogy(z, x, y):
    d[z] += singular(np.log(y) * d[x])
    d[z] += singular(x / y * d[y])


@elementwise(special.xlog1py)
def xlog1py(z, x, y):
    d[z] += singular(np.log1p(y) * d[x])
    d[z] += singular(x / (1 + y) * d[y])


# ------------------------------------------------------------------ exponential integrals (DLMF 6, 8.19)
@elementwise(special.exp1)
def exp1(z, x):
    d[z] += singular(-np.exp(-x) / x * d[x])


@elementwise(special.expi)
def expi(z, x):
    d[z] += singular(np.exp(x) / x * d[x])


@elementwise(special.expn)
def expn(z, n: fixed, x):
    d[z] += singular(-special.expn(n - 1, x) * d[x])


# ------------------------------------------------------------------ Bessel functions (DLMF 10.6, 10.29)
@elementwise(special.j0)
def j0(z, x):
    d[z] += -special.j1(x) * d[x]


@elementwise(special.j1)
def j1(z, x):
    d[z] += 0.5 * (special.j0(x) - special.jv(2, x)) * d[x]


@elementwise(special.jv)
def jv(z, v: fixed, x):
    d[z] += 0.5 * (special.jv(v - 1, x) - special.jv(v + 1, x)) * d[x]


@elementwise(special.y0)
def y0(z, x):
    d[z] += singular(-special.y1(x) * d[x])


@elementwise(special.y1)
def y1(z, x):
    d[z] += singular(0.5 * (special.y0(x) - special.yv(2, x)) * d[x])


@elementwise(special.yn, special.yv)
def yn(z, n: fixed, x):
    d[z] += singular(0.5 * (special.yv(n - 1, x) - special.yv(n + 1, x)) * d[x])


@elementwise(special.i0)
def i0(z, x):
    d[z] += special.i1(x) * d[x]


@elementwise(special.i1)
def i1(z, x):
    d[z] += 0.5 * (special.i0(x) + special.iv(2, x)) * d[x]


@elementwise(special.iv)
def iv(z, v: fixed, x):
    d[z] += 0.5 * (special.iv(v - 1, x) + special.iv(v + 1, x)) * d[x]


@elementwise(special.i0e)
def i0e(z, x):
    d[z] += (special.i1e(x) - sign(x) * z) * d[x]


@elementwise(special.i1e)
def i1e(z, x):
    d[z] += (0.5 * (special.i0e(x) + special.ive(2, x)) - sign(x) * z) * d[x]


@elementwise(special.ive)
def ive(z, v: fixed, x):
    """Of real x; the scaled function of complex x is not holomorphic."""
    d[z] += (0.5 * (special.ive(v - 1, x) + special.ive(v + 1, x)) - sign(x) * z) * d[x]


@elementwise(special.k0)
def k0(z, x):
    d[z] += singular(-special.k1(x) * d[x])


@elementwise(special.k1)
def k1(z, x):
    d[z] += singular(-0.5 * (special.k0(x) + special.kv(2, x)) * d[x])


@elementwise(special.kn, special.kv)
def kv(z, v: fixed, x):
    d[z] += singular(-0.5 * (special.kv(v - 1, x) + special.kv(v + 1, x)) * d[x])


@elementwise(special.k0e)
def k0e(z, x):
    d[z] += singular((z - special.k1e(x)) * d[x])


@elementwise(special.k1e)
def k1e(z, x):
    d[z] += singular((z - 0.5 * (special.k0e(x) + special.kve(2, x))) * d[x])


@elementwise(special.kve)
def kve(z, v: fixed, x):
    d[z] += singular((z - 0.5 * (special.kve(v - 1, x) + special.kve(v + 1, x))) * d[x])


# ------------------------------------------------------------------ sums of exponentials
@structural(special.logsumexp, type=shapes_scipy.logsumexp)
def logsumexp(z, a, axis=None, b=optional, keepdims=False):
    with tangent:
        d[z] += np.sum(log_weights(a, z, axis, b, keepdims) * d[a], axis=axis, keepdims=keepdims)
        d[z] += np.sum(log_weights(a, z, axis, None, keepdims) * d[b], axis=axis, keepdims=keepdims)
    with adjoint:
        d[a] += unbroadcast(log_weights(a, z, axis, b, keepdims) * expand(d[z], terms(a, b), axis, keepdims), a)
        d[b] += unbroadcast(log_weights(a, z, axis, None, keepdims) * expand(d[z], terms(a, b), axis, keepdims), b)


@structural(special.softmax, type=shapes_scipy.same_float)
def softmax(z, x, axis=None):
    with tangent:
        d[z] += z * (d[x] - np.sum(z * d[x], axis=axis, keepdims=True))
    with adjoint:
        d[x] += z * (d[z] - np.sum(z * d[z], axis=axis, keepdims=True))


@structural(special.log_softmax, type=shapes_scipy.same_float)
def log_softmax(z, x, axis=None):
    with tangent:
        d[z] += d[x] - np.sum(np.exp(z) * d[x], axis=axis, keepdims=True)
    with adjoint:
        d[x] += d[z] - np.exp(z) * np.sum(d[z], axis=axis, keepdims=True)


describe(shapes_items.shape_of("0", "0"), log_weights)
constant(terms, type=shapes.unknown)
constant(special.gammasgn, type=shapes.unknown)
constant(sign, type=shapes.unknown)
