"""Arguments to try the rules of SciPy on."""
import numpy as np
from scipy import linalg, signal, special, stats

from srcgrad.runtime import scipy_blocks as hb, scipy_linalg as hl, scipy_signal as hs, scipy_special as hp

from .evaluate import Case
from .samples import array, pair
from .samples_linalg import complex_definite, definite, f4, regular

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
COMPLEX = [special.gamma, special.loggamma, special.rgamma, special.erf, special.erfc, special.erfcx,
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


# ------------------------------------------------------------------ linear algebra
def equations():
    z = regular(3, 3) + 1j * array(3, 3)
    for a, b in [(regular(3, 3), array(3)), (regular(3, 3), array(3, 2)), (z, pair(3)), (regular(3, 3), pair(3, 2)),
                 (regular(2, 2).astype("f4"), f4(2))]:
        yield case(linalg.solve, a, b)
        for trans in (0, 1, 2, "N", "T", "C"):
            for lower in (False, True):
                yield case(linalg.solve_triangular, a, b, trans, lower)
                yield case(linalg.solve_triangular, a, b, trans=trans, lower=lower, unit_diagonal=True)
    for assume in ("pos", "sym"):
        yield Case(linalg.solve, (definite(3, 3), array(3)), {"assume_a": assume}, smooth=False)
    yield Case(linalg.solve, (complex_definite(3), pair(3)), {"assume_a": "her"}, smooth=False)
    yield case(linalg.solve, regular(3, 3), array(3), assume_a="gen")
    for bands, b in [((1, 1), array(4)), ((2, 1), array(4, 2)), ((0, 1), array(4)), ((1, 2), pair(4))]:
        ab = array(sum(bands) + 1, 4)
        ab[bands[1]] += 5
        yield case(linalg.solve_banded, bands, ab, b)
    for x in (regular(3, 3), z, regular(2, 2).astype("f4")):
        yield case(linalg.inv, x)
        yield case(linalg.det, x)
    yield case(linalg.det, np.array([[1.0, 2.0], [2.0, 4.0]]))
    yield case(linalg.solve_sylvester, regular(3, 3), regular(2, 2), array(3, 2))
    yield case(linalg.solve_sylvester, z, regular(2, 2), pair(3, 2))


def factors():
    for x in (definite(3, 3), complex_definite(3), definite(2, 2).astype("f4")):
        for args in ((), (True,), (False,)):
            yield Case(linalg.cholesky, (x, *args), smooth=False)
            yield Case(linalg.cho_factor, (x, *args), smooth=False)
        for lower in (True, False):
            c = linalg.cho_factor(x, lower)[0]
            for b in (array(len(x), 2), array(len(x))):
                yield case(linalg.cho_solve, (c, lower), b.astype(x.dtype))
    for x in (array(3, 3), pair(3, 3), f4(2, 2)):
        yield case(linalg.lu, x)
    for x in (array(3, 3), pair(3, 3), f4(2, 2), array(2, 3, 3), array(1, 1)):
        yield case(linalg.expm, x)
        yield case(hl.frechet, x.copy()[..., ::-1], x)
    yield case(linalg.sqrtm, definite(3, 3) + 0.3 * array(3, 3))
    yield case(linalg.sqrtm, complex_definite(3) + 0.3 * pair(3, 3))


def parts():
    yield case(linalg.block_diag, array(2, 3), array(1, 2), array(2))
    yield case(linalg.block_diag, array(2, 2))
    yield case(linalg.block_diag, pair(2, 2), array(1, 3))
    yield case(hb.block_diag_of, (array(2, 3), array(2)))
    yield case(hb.block_parts, array(3, 5), (array(2, 3), array(2)))
    for c, r in [(array(3), array(4)), (array(4), array(2)), (pair(3), pair(2)), (array(3), None), (pair(3), None),
                 (f4(2), f4(3))]:
        yield case(linalg.toeplitz, c) if r is None else case(linalg.toeplitz, c, r)
        g = pair(*linalg.toeplitz(c, r).shape) if np.iscomplexobj(c) else array(*linalg.toeplitz(c, r).shape)
        yield case(hb.toeplitz_column, c, r)
        yield case(hb.toeplitz_sums, g, c, r)
        if r is not None:
            yield case(hb.row_sums, g, r)
            yield case(hb.toeplitz_row, r, g)


# ------------------------------------------------------------------ distributions
PARTS = ("pdf", "logpdf", "cdf", "sf", "logcdf", "logsf")
LAWS = {"norm": (0, WHOLE), "laplace": (0, WHOLE), "logistic": (0, WHOLE), "expon": (0, POSITIVE), "t": (1, WHOLE),
        "chi2": (1, POSITIVE), "gamma": (1, POSITIVE), "beta": (2, UNIT)}


def distributions():
    for name, (many, (low, high)) in LAWS.items():
        for part in PARTS:
            f = getattr(getattr(stats, name), part)
            x = real(3, low=low, high=high)
            shape = [real(3, low=1.3, high=4) for _ in range(many)]
            yield case(f, x, *shape)
            yield case(f, x, *(2.5 + i for i in range(many)), 0.02, 1.3)
            yield case(f, real(2, 1, low=low, high=high), *shape, -real(3, low=0.01, high=0.04), real(3, low=1.1, high=2))
            yield case(f, float(x[0]), *(2.5 + i for i in range(many)))
            everywhere = name in ("norm", "laplace", "logistic", "t")
            yield Case(f, (np.array([-7.0, 0.5, 9.0]), *(2.5 + i for i in range(many))), smooth=everywhere)
    for part in ("pmf", "logpmf", "cdf", "sf", "logcdf", "logsf"):
        f = getattr(stats.poisson, part)
        yield case(f, np.array([0, 2, 5]), real(3, low=0.5, high=6))
        yield case(f, 3, 2.5)
        yield case(f, np.array([1, 2, 3])[:, None], real(2, low=0.5, high=6), 1)
    for f in (stats.multivariate_normal.logpdf, stats.multivariate_normal.pdf):
        for x in (array(3), array(4, 3), array(2, 2, 3)):
            yield case(f, x, array(3), 1.7)
            yield case(f, x, array(3), real(3, low=0.5, high=2))
            yield Case(f, (x, array(3), definite(3, 3)), smooth=False)
        yield Case(f, (array(4, 3), None, definite(3, 3)), smooth=False)
    for f in (stats.dirichlet.logpdf, stats.dirichlet.pdf):
        yield Case(f, (np.array([0.2, 0.3, 0.5]), real(3, low=0.5, high=3)), smooth=False)
        yield Case(f, (np.array([[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]]).T, real(3, low=0.5, high=3)), smooth=False)


# ------------------------------------------------------------------ convolutions
def convolutions():
    for mode in ("full", "same", "valid"):
        for a, b in [((5,), (3,)), ((5,), (2,)), ((3, 5), (2, 3)), ((4, 3), (2, 2)), ((3,), (3,)), ((2,), (5,)),
                     ((2, 2), (3, 4))]:
            x, y = array(*a), array(*b)
            for f in (signal.convolve, signal.fftconvolve, signal.correlate):
                yield case(f, x, y, mode)
            g = array(*signal.convolve(x, y, mode).shape)
            yield case(hs.convolve_left, g, x, y, mode)
            yield case(hs.convolve_right, g, x, y, mode)
        for x, y in [(pair(4), pair(3)), (array(2, 3), pair(2, 2)), (pair(3), array(2)), (f4(4), f4(2))]:
            for f in (signal.convolve, signal.fftconvolve, signal.correlate):
                yield case(f, x, y, mode)
    yield case(signal.convolve, array(4), array(2), "same", "direct")
    yield case(signal.correlate, array(4), array(2), method="fft")


def scipy_cases():
    yield from convolutions()
    yield from distributions()
    yield from equations()
    yield from factors()
    yield from parts()
    yield from one_operand()
    yield from several_operands()
    yield from sums()


# ------------------------------------------------------------------ what generated code says where types are known
def specialised_cases():
    """Arguments of the helpers that become a simpler expression."""
    x, a, b = array(2, 3), regular(3, 3), array(3)
    yield case(hp.terms, x, None)
    for args in [(None, None, False), (1, None, False), (1, None, True), (0, x, False)]:
        yield case(hp.log_weights, x, special.logsumexp(x, args[0], args[1], args[2]), *args)
    for lower in (False, True):
        z = linalg.solve_triangular(a, b, lower=lower)
        yield case(hl.triangular_tangent, a.T, a, z, 0, lower, False)
        yield case(hl.triangular_left, b, a, z, 1, lower, False)
        yield case(hl.triangular_right, b, a, 0, lower, False)
