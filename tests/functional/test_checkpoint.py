"""Functions that are run again in the backward sweep."""
import pickle
import tracemalloc

import numpy as np
import pytest

from srcgrad import checkpoint, custom_vjp, grad, hessian, jvp, pipeline, value_and_grad
from srcgrad.errors import UnsupportedSyntax

from .test_jacobian import differences

X = np.array([0.3, -0.5, 0.9])
W = np.array([[0.5, -0.2, 0.1], [0.3, 0.8, -0.4], [-0.6, 0.2, 0.7]])
runs = []


def _counted(x):
    runs.append(None)
    return np.tanh(x)


counted = custom_vjp(_counted, lambda x: (_counted(x), x), lambda x, b: b * (1 - np.tanh(x) ** 2))


def layer(x, w):
    y = np.tanh(w @ x)
    if y[0] > 0.0:
        y = y * x
    for i in range(3):
        y[i] = y[i] * y[i - 1]
    return counted(w @ y)


again = checkpoint(layer)


def net(f):
    def loss_plain(x, w):
        s = 0.0
        for i in range(4):
            x = layer(x, w)
            s = s + x[i % 3]
        return s

    def loss_again(x, w):
        s = 0.0
        for i in range(4):
            x = again(x, w)
            s = s + x[i % 3]
        return s

    return loss_plain if f is layer else loss_again


@pytest.mark.parametrize("options", [{}, {"optimise": False}, {"generic": True}])
def test_gradients_are_the_same(options):
    with pipeline.options(**options):
        for a, b in zip(grad(net(layer), (0, 1))(X, W), grad(net(again), (0, 1))(X, W)):
            np.testing.assert_allclose(a, b, rtol=1e-14)
    np.testing.assert_allclose(grad(net(again))(X, W), differences(lambda x: net(layer)(x, W), X), atol=1e-8)


def test_it_runs_twice():
    value_and_grad(net(again))(X, W)
    runs.clear()
    value_and_grad(net(layer))(X, W)
    assert len(runs) == 4
    runs.clear()
    value_and_grad(net(again))(X, W)
    assert len(runs) == 8


def smooth(x):
    for _ in range(30):
        x = np.sin(x) * x + 0.1
    return x


again_smooth = checkpoint(smooth)


def long(x):
    for _ in range(20):
        x = smooth(x)
    return np.sum(x)


def long_again(x):
    for _ in range(20):
        x = again_smooth(x)
    return np.sum(x)


def test_memory():
    """600 steps: all of them are saved, or 20 and then 30 at a time."""
    x = np.linspace(0.1, 0.9, 2000)
    peaks = []
    for f in (long, long_again):
        derivative = grad(f)
        derivative(x)
        tracemalloc.start()
        derivative(x)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] / 6
    np.testing.assert_allclose(grad(long_again)(x), grad(long)(x), rtol=1e-13)


def test_other_derivatives():
    x = np.array([0.4, 0.8])
    np.testing.assert_allclose(hessian(long_again)(x), hessian(long)(x), rtol=1e-10)
    np.testing.assert_allclose(jvp(long_again, (x,), (x,))[1], jvp(long, (x,), (x,))[1], rtol=1e-14)
    assert grad(lambda x: np.sum(x * x)).__name__ == "lambda_grad"
    np.testing.assert_array_equal(grad(checkpoint(long))(x), grad(long)(x))


# ------------------------------------------------------------------ random numbers and effects
def noisy(x, rng):
    return np.sin(x * rng.normal(size=3)) * rng.uniform(size=3)


again_noisy = checkpoint(noisy)


def sampled(x, rng):
    return np.sum(again_noisy(again_noisy(x, rng), rng))


def sampled_plain(x, rng):
    return np.sum(noisy(noisy(x, rng), rng))


def test_random_numbers_are_replayed():
    first, second = np.random.default_rng(5), np.random.default_rng(5)
    np.testing.assert_array_equal(grad(sampled)(X, first), grad(sampled_plain)(X, second))
    assert first.normal() == second.normal()


def test_what_is_no_generator():
    class Counter:
        def normal(self, size):
            return np.ones(size)

        def uniform(self, size):
            return np.ones(size)

    with pytest.raises(UnsupportedSyntax, match="state of a Counter"):
        grad(sampled)(X, Counter())


def prints(x):
    print("again")
    return x * x


RNG = np.random.default_rng(1)


def draws(x):
    return x * RNG.normal()


again_prints, again_draws = checkpoint(prints), checkpoint(draws)


def uses_prints(x):
    return np.sum(again_prints(x))


def uses_draws(x):
    return np.sum(again_draws(x))


@pytest.mark.parametrize("f, line", [(uses_prints, 'print("again")'), (uses_draws, "RNG.normal()")])
def test_effects_are_refused(f, line):
    with pytest.raises(UnsupportedSyntax, match="runs the function again in the backward sweep") as error:
        grad(f)(X)
    assert line in str(error.value)


def shifts(x):
    y = again_smooth(x)
    x[0] = 5.0  # after the call: the checkpoint has kept what x was
    return np.sum(y * x)


def test_arguments_are_kept_as_they_were():
    x = X.copy()
    np.testing.assert_allclose(grad(shifts)(x), differences(lambda v: shifts(v.copy()), X), atol=1e-7)
    np.testing.assert_array_equal(x, X)


def test_pickling():
    f = pickle.loads(pickle.dumps(again_smooth))
    np.testing.assert_array_equal(f(X), smooth(X))
