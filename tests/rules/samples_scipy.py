"""Arguments to try the rules of SciPy on."""
import numpy as np
from scipy import special

from srcgrad.runtime import scipy_special as hs

from .evaluate import Case
from .samples import array, pair

WHOLE, POSITIVE, UNIT, ABOVE_1 = (-2.0, 2.0), (0.3, 3.0), (0.05, 0.95), (1.2, 4.0)
ONE = {
    WHOLE: [special.erf, special.erfc, special.erfcx, special.erfi, special.dawsn, special.ndtr, special.log_ndtr, special.expit,
            special.log_expit, special.j0, special.j1, special.i0, special.i1, special.i0e, special.i1e, special.rgamma,
            special.gamma, special.gammaln, special.digamma],
    POSITIVE: [special.loggamma, special.entr, special.exp1, special.expi, special.y0, special.y1, special.k0, special.k1,
               special.k0e, special.k1e],
    UNIT: [special.logit, special.erfinv, special.erfcinv, special.ndtri],
}
ORDERS = {special.jv: WHOLE, special.iv: WHOLE, special.ive: WHOLE, special.yn: POSITIVE, special.yv: POSITIVE,
          special.kn: POSITIVE, special.kv: POSITIVE, special.kve: POSITIVE, special.polygamma: POSITIVE, special.expn: POSITIVE}
COMPLEX = [special.gamma, special.loggamma, special.digamma, special.rgamma, special.erf, special.erfc, special.erfcx,
           special.erfi, special.dawsn, special.exp1, special.expi, special.ndtr]


def case(f, *args, **kwargs):
    return Case(f, args, kwargs)


def real(*shape, low, high, dtype=float):
    return array(*shape, low=low, high=high, dtype=dtype)


def one_operand():
    for (low, high), functions in ONE.items():
        for f in functions:
            for x in (real(4, low=low, high=high), real(2, 3, low=low, high=high).T, float(real(low=low, high=high)),
                      real(3, low=low, high=high, dtype="f4"), real(0, low=low, high=high), real(low=low, high=high)):
                yield case(f, x)
    for f in COMPLEX:
        yield case(f, pair(3))
    yield case(special.rgamma, np.array([-2.0, -1.0, 0.0, 0.3, 0.5, 0.7]))
    yield case(special.j1, np.zeros(2))
    yield case(special.log_ndtr, np.array([-30.0, -5.0, 3.0]))
    yield case(special.expit, np.array([-40.0, 40.0]))


def several_operands():
    for f, (low, high) in ORDERS.items():
        x = real(3, low=low, high=high)
        for n in (1, 2, np.arange(1, 4), np.arange(1, 3)[:, None]):
            yield case(f, n, x)
        yield case(f, 1, float(x[0]))
        yield case(f, 1, x.astype("f4"))
        if f is not special.polygamma:
            yield case(f, 0 if f is not special.expn else 2, x)
    yield case(special.jv, 1.5, real(3, low=0.3, high=3))
    for f in (special.beta, special.betaln):
        yield from pairs(f, POSITIVE, POSITIVE)
    for f in (special.xlogy, special.xlog1py):
        yield from pairs(f, WHOLE, POSITIVE)
        yield case(f, np.zeros(2), real(2, low=0.3, high=2))
    yield case(special.xlogy, pair(2), pair(2))
    for f in (special.gammainc, special.gammaincc):
        for a in (0.7, real(3, low=0.5, high=3), real(2, 1, low=0.5, high=3)):
            yield case(f, a, real(3, low=0.3, high=3))
    yield case(special.betainc, 0.7, 2.5, real(3, low=0.05, high=0.95))
    yield case(special.betainc, real(3, low=0.5, high=3), real(2, 1, low=0.5, high=3), real(3, low=0.05, high=0.95))
    yield case(special.zeta, 2.5, real(3, low=0.5, high=3))
    yield case(special.zeta, real(2, 1, low=1.5, high=4), real(3, low=0.5, high=3))
    yield case(special.multigammaln, 3.7, 4)
    yield case(special.multigammaln, real(3, low=2.5, high=5), 2)


def pairs(f, first, second):
    for a, b in [((3,), (3,)), ((2, 1), (3,)), ((), (2,)), ((2,), ())]:
        yield case(f, real(*a, low=first[0], high=first[1]), real(*b, low=second[0], high=second[1]))
    yield case(f, real(2, low=first[0], high=first[1], dtype="f4"), real(2, low=second[0], high=second[1], dtype="f4"))


def sums():
    for kwargs in ({}, {"axis": 0}, {"axis": 1, "keepdims": True}, {"axis": (0, 1)}, {"axis": -1}):
        yield case(special.logsumexp, array(2, 3), **kwargs)
        for b in (array(2, 3, low=0.2), array(3, low=0.2)):
            yield case(special.logsumexp, array(2, 3), kwargs.get("axis"), b, kwargs.get("keepdims", False))
        if not isinstance(kwargs.get("axis"), tuple):
            kwargs.pop("keepdims", None)
            yield case(special.softmax, array(2, 3), **kwargs)
            yield case(special.log_softmax, array(2, 3), **kwargs)
    yield case(special.logsumexp, array(3, dtype="f4"))
    yield case(special.softmax, array(3, dtype="f4"))
    yield case(special.log_softmax, array(3, dtype="f4"), 0)
    yield Case(special.logsumexp, (np.array([-np.inf, 1.0]),), smooth=False)
    yield Case(special.logsumexp, (np.array([-np.inf, -np.inf]),), smooth=False)
    yield case(special.logsumexp, np.array([700.0, 710.0]))


def scipy_cases():
    assert hs
    yield from one_operand()
    yield from several_operands()
    yield from sums()
