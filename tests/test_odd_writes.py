"""Odd programs: refused, or right."""
import numpy as np
import pytest

import srcgrad
from tests import odd_writes

X = np.array([0.3, -0.5, 0.7])
PROGRAMS = [f for f in vars(odd_writes).values() if getattr(f, "__module__", "") == odd_writes.__name__]


def slopes(f, x, step=1e-6):
    return np.array([(f(x + step * e) - f(x - step * e)) / (2 * step) for e in np.eye(len(x))])


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_refused_or_right(f):
    try:
        value, gradient = srcgrad.value_and_grad(f)(X)
    except srcgrad.errors.SrcgradError as error:
        assert error.lineno and error.hint
        return
    np.testing.assert_allclose(value, f(X), rtol=1e-12)
    np.testing.assert_allclose(gradient, slopes(f, X), rtol=1e-5, atol=1e-7)


def new_key(x):
    parts = {"a": x * 1.0}
    parts["b"] = parts["a"] * x
    return np.sum(parts["b"])


def test_new_keys():
    np.testing.assert_allclose(srcgrad.grad(new_key)(X), slopes(new_key, X), rtol=1e-5)
