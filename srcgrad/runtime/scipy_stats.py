"""Slopes of log-densities, for the rules of scipy.stats; imported by code that uses SciPy, and by nothing else.

`score` is the derivative of a log-density by x. Outside the support of a distribution, where the density is 0, all are 0.
"""
from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from ..errors import NotDifferentiable


# ------------------------------------------------------------------ where densities are positive
def everywhere(*args: Any) -> Any:
    """The whole line: 1."""
    return 1


def positive(x: Any, *args: Any) -> Any:
    """1 above the location, which comes last but one, else 0.

    >>> positive(np.array([-1.0, 2.0]), 0.0, 1.0)
    array([0., 1.])
    """
    return (x > args[-2]) * 1.0


def between(x: Any, a: Any, b: Any, loc: Any, scale: Any) -> Any:
    """1 from the location to the location plus the scale, else 0.

    >>> between(np.array([-1.0, 0.5, 2.0]), 1.0, 1.0, 0.0, 1.0)
    array([0., 1., 0.])
    """
    return ((x > loc) & (x < loc + scale)) * 1.0


def quotient(log_density: Any, log_integral: Any) -> Any:
    """A density over an integral, both given by their logarithms; 0 where the integral is 0.

    >>> float(quotient(-np.inf, -np.inf)), float(quotient(0.0, 0.0))
    (0.0, 1.0)
    """
    empty = log_integral == -np.inf
    return np.where(empty, 0.0, np.exp(log_density - np.where(empty, 0.0, log_integral)))[()]


# ------------------------------------------------------------------ scores
def norm_score(x: Any, loc: Any, scale: Any) -> Any:
    """Of the normal distribution.

    >>> norm_score(3.0, 1.0, 2.0)
    -0.5
    """
    return (loc - x) / scale ** 2


def expon_score(x: Any, loc: Any, scale: Any) -> Any:
    """Of the exponential distribution."""
    return -positive(x, loc, scale) / scale


def laplace_score(x: Any, loc: Any, scale: Any) -> Any:
    """Of the Laplace distribution; 0 at its kink."""
    return np.sign(loc - x) / scale


def logistic_score(x: Any, loc: Any, scale: Any) -> Any:
    """Of the logistic distribution."""
    return np.tanh((loc - x) / (2 * scale)) / scale


def t_score(x: Any, df: Any, loc: Any, scale: Any) -> Any:
    """Of Student's t distribution."""
    return (df + 1) * (loc - x) / (df * scale ** 2 + (x - loc) ** 2)


def chi2_score(x: Any, df: Any, loc: Any, scale: Any) -> Any:
    """Of the chi-squared distribution."""
    mask = positive(x, loc, scale)
    return mask * ((df / 2 - 1) / np.where(mask == 0, 1.0, x - loc) - 0.5 / scale)


def gamma_score(x: Any, a: Any, loc: Any, scale: Any) -> Any:
    """Of the gamma distribution."""
    mask = positive(x, loc, scale)
    return mask * ((a - 1) / np.where(mask == 0, 1.0, x - loc) - 1 / scale)


def beta_score(x: Any, a: Any, b: Any, loc: Any, scale: Any) -> Any:
    """Of the beta distribution."""
    mask = between(x, a, b, loc, scale)
    safe = np.where(mask == 0, loc + 0.5 * scale, x)
    return mask * ((a - 1) / (safe - loc) - (b - 1) / (loc + scale - safe))


# ------------------------------------------------------------------ slopes by shapes
def t_shape(x: Any, df: Any, loc: Any, scale: Any) -> Any:
    """The derivative of Student's log-density by its degrees of freedom."""
    y = ((x - loc) / scale) ** 2
    return 0.5 * (special.digamma((df + 1) / 2) - special.digamma(df / 2) - 1 / df - np.log1p(y / df)
                  + (df + 1) * y / (df * (df + y)))


def chi2_shape(x: Any, df: Any, loc: Any, scale: Any) -> Any:
    """The derivative of the chi-squared log-density by its degrees of freedom."""
    mask = positive(x, loc, scale)
    return mask * 0.5 * (np.log(np.where(mask == 0, 1.0, x - loc) / (2 * scale)) - special.digamma(df / 2))


def gamma_shape(x: Any, a: Any, loc: Any, scale: Any) -> Any:
    """The derivative of the gamma log-density by its shape."""
    mask = positive(x, loc, scale)
    return mask * (np.log(np.where(mask == 0, 1.0, x - loc) / scale) - special.digamma(a))


def beta_first(x: Any, a: Any, b: Any, loc: Any, scale: Any) -> Any:
    """The derivative of the beta log-density by its first shape."""
    mask = between(x, a, b, loc, scale)
    safe = np.where(mask == 0, loc + 0.5 * scale, x)
    return mask * (np.log((safe - loc) / scale) - special.digamma(a) + special.digamma(a + b))


def beta_second(x: Any, a: Any, b: Any, loc: Any, scale: Any) -> Any:
    """The derivative of the beta log-density by its second shape."""
    mask = between(x, a, b, loc, scale)
    safe = np.where(mask == 0, loc + 0.5 * scale, x)
    return mask * (np.log((loc + scale - safe) / scale) - special.digamma(b) + special.digamma(a + b))


# ------------------------------------------------------------------ several dimensions
def covariance(cov: Any, n: int) -> Any:
    """The covariance of `stats.multivariate_normal` as a matrix: a number times the identity, a diagonal, or as it is.

    >>> covariance(2.0, 2)
    array([[2., 0.],
           [0., 2.]])
    """
    return cov if np.ndim(cov) == 2 else np.where(np.eye(n, dtype=bool), cov, 0)


def dimensions(x: Any, mean: Any, cov: Any) -> int:
    """How many, from 2. Raises NotDifferentiable in one dimension, which is also what no mean and no covariance mean.

    >>> dimensions(np.zeros((5, 2)), np.zeros(2), 1.0)
    2
    """
    n = int(np.size(mean)) if mean is not None else np.shape(cov)[-1] if np.ndim(cov) else 1
    if n == 1 or np.ndim(x) == 0 or np.shape(x)[-1] != n:
        raise NotDifferentiable("stats.multivariate_normal in one dimension", hint="use stats.norm")
    return n


def normal_score(x: Any, mean: Any, cov: Any) -> Any:
    """The score of the multivariate normal distribution, `-inv(cov) @ (x - mean)` for each x.

    >>> normal_score(np.array([2.0, 4.0]), None, np.array([2.0, 1.0]))
    array([-1., -4.])
    """
    n = dimensions(x, mean, cov)
    r = x if mean is None else x - mean
    return -r @ np.linalg.inv(covariance(cov, n))


def normal_covariance_tangent(t: Any, x: Any, mean: Any, cov: Any) -> Any:
    """The tangent of the log-density where that of the covariance is `t`: half of `s @ t @ s - trace(inv(cov) @ t)`."""
    s = normal_score(x, mean, cov)
    change = covariance(t, np.shape(s)[-1])
    return 0.5 * (np.sum((s @ change) * s, axis=-1) - np.sum(np.linalg.inv(covariance(cov, np.shape(s)[-1])) * change))


def normal_covariance_adjoint(g: Any, x: Any, mean: Any, cov: Any) -> Any:
    """The adjoint of the covariance in the log-density, in the form that it is given in."""
    s = normal_score(x, mean, cov)
    points = np.reshape(s, (-1, np.shape(s)[-1]))
    weights = np.reshape(g, (-1, 1))
    inverse = np.linalg.inv(covariance(cov, np.shape(s)[-1]))
    found = 0.5 * (np.swapaxes(points, 0, 1) @ (weights * points) - np.sum(weights) * inverse)
    if np.ndim(cov) == 2:
        return found
    return np.trace(found) if np.ndim(cov) == 0 else np.einsum("ii->i", found)


def dirichlet_columns(alpha: Any, x: Any) -> Any:
    """The parameters, one for each entry of x along its first axis. Raises NotDifferentiable where the last is left out.

    >>> dirichlet_columns(np.array([1.0, 2.0]), np.zeros((2, 3))).shape
    (2, 1)
    """
    if np.shape(x)[0] != np.shape(alpha)[0]:
        raise NotDifferentiable("stats.dirichlet of points without their last entry", hint="give all entries")
    return alpha if np.ndim(x) == 1 else alpha[:, None]


def dirichlet_slope(x: Any, alpha: Any) -> Any:
    """The derivative of the Dirichlet log-density by its parameters."""
    a = dirichlet_columns(alpha, x)
    return np.log(x) - special.digamma(a) + special.digamma(np.sum(alpha))
