"""Derivatives in other processes and in threads."""
import functools
import multiprocessing
import pickle
import subprocess
import sys
import textwrap
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import joblib
import numpy as np
import pytest

from srcgrad import (
    adjoint, custom_vjp, elementwise_grad, grad, hessian, hvp, jacobian, tangent, value_and_grad,
)

X = np.array([0.3, -0.5, 0.9])
WEIGHTS = np.array([1.0, 2.0, 3.0])


def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)


def weighted(x):
    return np.sin(x) * WEIGHTS


def f(x, *, k=2.0):
    """What f is."""
    return np.sum(weighted(x)) * k * factorial(3)


def scaled(c):
    def g(x):
        return np.sum(weighted(x) * c)
    return g


def two(x, y):
    return np.sum(x * x * y)


class Model:
    def __init__(self, w):
        self.w = w

    def loss(self, x):
        return np.sum((self.w * x) ** 2)


cube = custom_vjp(lambda x: x ** 3, lambda x: (x ** 3, x), lambda x, b: 3 * x * x * b)
V = {"v": np.array([1.0, 2.0, -1.0])}
DERIVATIVES = [
    (grad(f), {}), (value_and_grad(f), {}), (grad(scaled(2.0)), {}), (grad(lambda x: np.sum(x ** 3)), {}), (hessian(f), {}),
    (hvp(f), V), (jacobian(grad(f), mode="forward"), {}), (elementwise_grad(np.tanh), {}), (grad(np.sum), {}),
    (grad(functools.partial(two, y=X)), {}), (adjoint(f), {"b_out": 2.0}), (tangent(f), {"d_x": X}),
    (grad(Model(WEIGHTS).loss), {}), (elementwise_grad(cube), {}), (jacobian(hessian(lambda x: np.sum(x ** 4))), {}),
]


@pytest.mark.parametrize("derivative, kwargs", DERIVATIVES, ids=[d.__name__ for d, _ in DERIVATIVES])
def test_round_trip(derivative, kwargs):
    expected = derivative(X, **kwargs)
    again = pickle.loads(pickle.dumps(derivative))
    for d in (again, pickle.loads(pickle.dumps(again))):
        found = d(X, **kwargs)
        for a, b in zip(expected, found, strict=True) if isinstance(expected, tuple) else [(expected, found)]:
            np.testing.assert_array_equal(a, b)
        assert d.__name__ == derivative.__name__
        assert d.__signature__.parameters.keys() == derivative.__signature__.parameters.keys()
        assert d.__doc__ == derivative.__doc__


def test_own_derivatives():
    again = pickle.loads(pickle.dumps(cube))
    assert again(2.0) == 8.0 and grad(again)(2.0) == 12.0


def test_the_source_travels(tmp_path):
    """Another process, which cannot import this module."""
    def g(x):
        return np.sum(x ** factorial(3)) * np.prod(SCALE)

    SCALE = np.array([2.0, 0.5, 3.0])
    file = tmp_path / "derivative"
    file.write_bytes(pickle.dumps(grad(g)))
    program = textwrap.dedent(f"""
        import pickle, numpy
        with open({str(file)!r}, "rb") as file:
            derivative = pickle.load(file)
        print(*derivative(numpy.array([1.0, 2.0])))
        print("x ** factorial(3)" in derivative.source or "factorial" in derivative.source)
    """)
    found = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["18.0", "576.0", "True"]


def test_processes():
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(grad(scaled(2.0)), [X, 2 * X]))
    np.testing.assert_array_equal(found, [2 * WEIGHTS * np.cos(X), 2 * WEIGHTS * np.cos(2 * X)])


def test_joblib():
    found = joblib.Parallel(2)(joblib.delayed(grad(scaled(2.0)))(x) for x in (X, 2 * X))
    np.testing.assert_array_equal(found, [2 * WEIGHTS * np.cos(X), 2 * WEIGHTS * np.cos(2 * X)])


def test_eight_threads():
    """Derivatives are made and called at once, with many signatures."""
    shared = grad(lambda x, n: np.sum(x ** n))

    def work(seed):
        rng = np.random.default_rng(seed)
        for i in range(12):
            x = rng.normal(size=(1 + i % 4,) * (1 + i % 2))
            np.testing.assert_allclose(shared(x, 3), 3 * x ** 2)
            np.testing.assert_allclose(grad(scaled(2.0))(X), 2 * WEIGHTS * np.cos(X))
            np.testing.assert_allclose(hessian(two)(x, 2.0), 4.0 * np.eye(x.size).reshape(x.shape * 2))
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))
