"""scipy.stats: densities of continuous distributions, their integrals, and the logarithms of both.

A family of distributions needs its `score`, the derivative of the log-density by x, and the derivatives by its shapes. By
location and scale, with y = x - loc: `-score` and `-(1 + y * score) / scale`. Integrals have the density for a derivative, and
none in closed form by shapes (normal, exponential, Laplace and logistic distributions have no shapes).

Each template below serves every family of so many shapes: `law(...)` says what its names mean.
"""
import numpy as np
from scipy import stats

from ..ir.nodes import Global
from ..runtime import scipy_stats as s
from ..runtime.helpers import fitted
from . import shapes, shapes_scipy
from .dsl import adjoint, d, fixed, optional, tangent
from .registry import constant, elementwise, structural, templated

ZERO, ONE = optional(0.0), optional(1.0)
score = inside = slope = slope_2 = pdf = logpdf = pmf = None  # what the names in templates stand for comes from law(...)


# ------------------------------------------------------------------ families of no shape
def logpdf_0(z, x, loc=ZERO, scale=ONE):
    d[z] += score(x, loc, scale) * d[x]
    d[z] += -score(x, loc, scale) * d[loc]
    d[z] += -(inside(x, loc, scale) + (x - loc) * score(x, loc, scale)) / scale * d[scale]


def pdf_0(z, x, loc=ZERO, scale=ONE):
    d[z] += z * score(x, loc, scale) * d[x]
    d[z] += -z * score(x, loc, scale) * d[loc]
    d[z] += -z * (1 + (x - loc) * score(x, loc, scale)) / scale * d[scale]


def cdf_0(z, x, loc=ZERO, scale=ONE):
    d[z] += pdf(x, loc, scale) * d[x]
    d[z] += -pdf(x, loc, scale) * d[loc]
    d[z] += -(x - loc) / scale * pdf(x, loc, scale) * d[scale]


def sf_0(z, x, loc=ZERO, scale=ONE):
    d[z] += -pdf(x, loc, scale) * d[x]
    d[z] += pdf(x, loc, scale) * d[loc]
    d[z] += (x - loc) / scale * pdf(x, loc, scale) * d[scale]


def logcdf_0(z, x, loc=ZERO, scale=ONE):
    d[z] += s.quotient(logpdf(x, loc, scale), z) * d[x]
    d[z] += -s.quotient(logpdf(x, loc, scale), z) * d[loc]
    d[z] += -(x - loc) / scale * s.quotient(logpdf(x, loc, scale), z) * d[scale]


def logsf_0(z, x, loc=ZERO, scale=ONE):
    d[z] += -s.quotient(logpdf(x, loc, scale), z) * d[x]
    d[z] += s.quotient(logpdf(x, loc, scale), z) * d[loc]
    d[z] += (x - loc) / scale * s.quotient(logpdf(x, loc, scale), z) * d[scale]


# ------------------------------------------------------------------ families of one shape
def logpdf_1(z, x, a, loc=ZERO, scale=ONE):
    d[z] += score(x, a, loc, scale) * d[x]
    d[z] += slope(x, a, loc, scale) * d[a]
    d[z] += -score(x, a, loc, scale) * d[loc]
    d[z] += -(inside(x, a, loc, scale) + (x - loc) * score(x, a, loc, scale)) / scale * d[scale]


def pdf_1(z, x, a, loc=ZERO, scale=ONE):
    d[z] += z * score(x, a, loc, scale) * d[x]
    d[z] += z * slope(x, a, loc, scale) * d[a]
    d[z] += -z * score(x, a, loc, scale) * d[loc]
    d[z] += -z * (1 + (x - loc) * score(x, a, loc, scale)) / scale * d[scale]


def cdf_1(z, x, a: fixed, loc=ZERO, scale=ONE):
    d[z] += pdf(x, a, loc, scale) * d[x]
    d[z] += -pdf(x, a, loc, scale) * d[loc]
    d[z] += -(x - loc) / scale * pdf(x, a, loc, scale) * d[scale]


def sf_1(z, x, a: fixed, loc=ZERO, scale=ONE):
    d[z] += -pdf(x, a, loc, scale) * d[x]
    d[z] += pdf(x, a, loc, scale) * d[loc]
    d[z] += (x - loc) / scale * pdf(x, a, loc, scale) * d[scale]


def logcdf_1(z, x, a: fixed, loc=ZERO, scale=ONE):
    d[z] += s.quotient(logpdf(x, a, loc, scale), z) * d[x]
    d[z] += -s.quotient(logpdf(x, a, loc, scale), z) * d[loc]
    d[z] += -(x - loc) / scale * s.quotient(logpdf(x, a, loc, scale), z) * d[scale]


def logsf_1(z, x, a: fixed, loc=ZERO, scale=ONE):
    d[z] += -s.quotient(logpdf(x, a, loc, scale), z) * d[x]
    d[z] += s.quotient(logpdf(x, a, loc, scale), z) * d[loc]
    d[z] += (x - loc) / scale * s.quotient(logpdf(x, a, loc, scale), z) * d[scale]


# ------------------------------------------------------------------ families of two shapes
def logpdf_2(z, x, a, b, loc=ZERO, scale=ONE):
    d[z] += score(x, a, b, loc, scale) * d[x]
    d[z] += slope(x, a, b, loc, scale) * d[a]
    d[z] += slope_2(x, a, b, loc, scale) * d[b]
    d[z] += -score(x, a, b, loc, scale) * d[loc]
    d[z] += -(inside(x, a, b, loc, scale) + (x - loc) * score(x, a, b, loc, scale)) / scale * d[scale]


def pdf_2(z, x, a, b, loc=ZERO, scale=ONE):
    d[z] += z * score(x, a, b, loc, scale) * d[x]
    d[z] += z * slope(x, a, b, loc, scale) * d[a]
    d[z] += z * slope_2(x, a, b, loc, scale) * d[b]
    d[z] += -z * score(x, a, b, loc, scale) * d[loc]
    d[z] += -z * (1 + (x - loc) * score(x, a, b, loc, scale)) / scale * d[scale]


def cdf_2(z, x, a: fixed, b: fixed, loc=ZERO, scale=ONE):
    d[z] += pdf(x, a, b, loc, scale) * d[x]
    d[z] += -pdf(x, a, b, loc, scale) * d[loc]
    d[z] += -(x - loc) / scale * pdf(x, a, b, loc, scale) * d[scale]


def sf_2(z, x, a: fixed, b: fixed, loc=ZERO, scale=ONE):
    d[z] += -pdf(x, a, b, loc, scale) * d[x]
    d[z] += pdf(x, a, b, loc, scale) * d[loc]
    d[z] += (x - loc) / scale * pdf(x, a, b, loc, scale) * d[scale]


def logcdf_2(z, x, a: fixed, b: fixed, loc=ZERO, scale=ONE):
    d[z] += s.quotient(logpdf(x, a, b, loc, scale), z) * d[x]
    d[z] += -s.quotient(logpdf(x, a, b, loc, scale), z) * d[loc]
    d[z] += -(x - loc) / scale * s.quotient(logpdf(x, a, b, loc, scale), z) * d[scale]


def logsf_2(z, x, a: fixed, b: fixed, loc=ZERO, scale=ONE):
    d[z] += -s.quotient(logpdf(x, a, b, loc, scale), z) * d[x]
    d[z] += s.quotient(logpdf(x, a, b, loc, scale), z) * d[loc]
    d[z] += (x - loc) / scale * s.quotient(logpdf(x, a, b, loc, scale), z) * d[scale]


def law(name, inside, score, *slopes, renamed=None):
    """The rules of one family. `renamed`: what SciPy calls the shapes, where that is not a and b."""
    family = getattr(stats, name)
    names = {"inside": inside, "score": score, **dict(zip(("slope", "slope_2"), slopes))}
    names |= {part: Global("scipy.stats", f"{name}.{part}", getattr(family, part)) for part in ("pdf", "logpdf")}
    for part in ("pdf", "logpdf", "cdf", "sf", "logcdf", "logsf"):
        template = globals()[f"{part}_{len(slopes)}"]
        rule = templated(template, f"{name}_{part}", names, renamed or {})
        elementwise(getattr(family, part), type=shapes_scipy.distribution)(rule)


law("norm", s.everywhere, s.norm_score)
law("expon", s.positive, s.expon_score)
law("laplace", s.everywhere, s.laplace_score)
law("logistic", s.everywhere, s.logistic_score)
law("t", s.everywhere, s.t_score, s.t_shape, renamed={"a": "df"})
law("chi2", s.positive, s.chi2_score, s.chi2_shape, renamed={"a": "df"})
law("gamma", s.positive, s.gamma_score, s.gamma_shape)
law("beta", s.between, s.beta_score, s.beta_first, s.beta_second)
constant(s.everywhere, s.positive, s.between, s.dimensions, type=shapes.unknown)


# ------------------------------------------------------------------ counts
@elementwise(stats.poisson.logpmf, type=shapes_scipy.distribution)
def logpmf(z, k: fixed, mu, loc: fixed = ZERO):
    d[z] += ((k - loc) / mu - 1) * d[mu]


@elementwise(stats.poisson.pmf, type=shapes_scipy.distribution)
def pmf(z, k: fixed, mu, loc: fixed = ZERO):
    d[z] += z * ((k - loc) / mu - 1) * d[mu]


@elementwise(stats.poisson.cdf, type=shapes_scipy.distribution)
def cdf(z, k: fixed, mu, loc: fixed = ZERO):
    d[z] += -stats.poisson.pmf(np.floor(k), mu, loc) * d[mu]


@elementwise(stats.poisson.sf, type=shapes_scipy.distribution)
def sf(z, k: fixed, mu, loc: fixed = ZERO):
    d[z] += stats.poisson.pmf(np.floor(k), mu, loc) * d[mu]


@elementwise(stats.poisson.logcdf, type=shapes_scipy.distribution)
def logcdf(z, k: fixed, mu, loc: fixed = ZERO):
    d[z] += -s.quotient(stats.poisson.logpmf(np.floor(k), mu, loc), z) * d[mu]


@elementwise(stats.poisson.logsf, type=shapes_scipy.distribution)
def logsf(z, k: fixed, mu, loc: fixed = ZERO):
    d[z] += s.quotient(stats.poisson.logpmf(np.floor(k), mu, loc), z) * d[mu]


# ------------------------------------------------------------------ several dimensions
@structural(stats.multivariate_normal.logpdf)
def multivariate_logpdf(z, x, mean=optional, cov=ONE):
    """The gradient by a covariance matrix is symmetric."""
    with tangent:
        d[z] += np.sum(s.normal_score(x, mean, cov) * d[x], axis=-1)
        d[z] += -np.sum(s.normal_score(x, mean, cov) * d[mean], axis=-1)
        d[z] += s.normal_covariance_tangent(d[cov], x, mean, cov)
    with adjoint:
        d[x] += fitted(s.normal_score(x, mean, cov) * np.expand_dims(d[z], -1), x)
        d[mean] += fitted(-s.normal_score(x, mean, cov) * np.expand_dims(d[z], -1), mean)
        d[cov] += fitted(s.normal_covariance_adjoint(d[z], x, mean, cov), cov)


@structural(stats.multivariate_normal.pdf)
def multivariate_pdf(z, x, mean=optional, cov=ONE):
    with tangent:
        d[z] += z * np.sum(s.normal_score(x, mean, cov) * d[x], axis=-1)
        d[z] += -z * np.sum(s.normal_score(x, mean, cov) * d[mean], axis=-1)
        d[z] += z * s.normal_covariance_tangent(d[cov], x, mean, cov)
    with adjoint:
        d[x] += fitted(s.normal_score(x, mean, cov) * np.expand_dims(z * d[z], -1), x)
        d[mean] += fitted(-s.normal_score(x, mean, cov) * np.expand_dims(z * d[z], -1), mean)
        d[cov] += fitted(s.normal_covariance_adjoint(z * d[z], x, mean, cov), cov)


@structural(stats.dirichlet.logpdf)
def dirichlet_logpdf(z, x, alpha):
    """By the entries of x as if they were independent."""
    with tangent:
        d[z] += np.sum((s.dirichlet_columns(alpha, x) - 1) / x * d[x], axis=0)
        d[z] += np.sum(s.dirichlet_slope(x, alpha) * s.dirichlet_columns(d[alpha], x), axis=0)
    with adjoint:
        d[x] += (s.dirichlet_columns(alpha, x) - 1) / x * d[z]
        d[alpha] += np.sum(np.reshape(s.dirichlet_slope(x, alpha) * d[z], (np.shape(x)[0], -1)), axis=1)


@structural(stats.dirichlet.pdf)
def dirichlet_pdf(z, x, alpha):
    with tangent:
        d[z] += z * np.sum((s.dirichlet_columns(alpha, x) - 1) / x * d[x], axis=0)
        d[z] += z * np.sum(s.dirichlet_slope(x, alpha) * s.dirichlet_columns(d[alpha], x), axis=0)
    with adjoint:
        d[x] += (s.dirichlet_columns(alpha, x) - 1) / x * (z * d[z])
        d[alpha] += np.sum(np.reshape(s.dirichlet_slope(x, alpha) * (z * d[z]), (np.shape(x)[0], -1)), axis=1)
