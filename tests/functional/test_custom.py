"""Derivatives of the user's own, marks in the user's code, and functions without Python source."""
import math
import sys
import types

import numpy as np
import pytest

import srcgrad
from srcgrad import custom_jvp, custom_vjp, grad, hessian, jacobian, jvp, on_backward, stop_gradient, vjp
from srcgrad.errors import MissingRule, SourceUnavailable, UnsupportedSyntax
from srcgrad.rules import adjoint, d, tangent

from .test_jacobian import differences

X = np.array([0.3, -0.5, 0.9])


# ------------------------------------------------------------------ stop_gradient and on_backward
def stopped(x):
    return np.sum(stop_gradient(x * x) * x)


def test_stop_gradient():
    np.testing.assert_allclose(grad(stopped)(X), X * X)
    np.testing.assert_allclose(jvp(stopped, (X,), (np.ones(3),))[1], np.sum(X * X))
    np.testing.assert_array_equal(hessian(stopped)(X), np.zeros((3, 3)))
    assert stop_gradient({"a": (1, "b")}) == {"a": (1, "b")}


def test_what_is_stopped_is_no_second_name():
    def f(x):
        y = stop_gradient(x)
        y[0] = 7.0
        return np.sum(x * y)

    x = X.copy()
    np.testing.assert_allclose(grad(f)(x), [7.0, -0.5, 0.9])
    np.testing.assert_array_equal(x, X)


def clip(b):
    return np.clip(b, -1, 1)


def clipped(x):
    y = on_backward(x * x, clip)
    return np.sum(10 * y * x)


def test_on_backward():
    np.testing.assert_allclose(grad(clipped)(X), 10 * X * X + 2 * X * np.clip(10 * X, -1, 1))
    assert clipped(X) == pytest.approx(np.sum(10 * X ** 3))
    np.testing.assert_allclose(jvp(clipped, (X,), (X,))[1], np.sum(30 * X ** 3))
    assert "clip" in srcgrad.source(clipped)


seen = []


def watched(x):
    y = on_backward(np.sin(x), seen.append)
    return np.sum(y * y)


def test_looking_changes_nothing():
    seen.clear()
    np.testing.assert_allclose(grad(watched)(X), 2 * np.sin(X) * np.cos(X))
    np.testing.assert_allclose(seen, [2 * np.sin(X)])


def test_the_adjoint_keeps_its_shape():
    def f(x):
        return np.sum(on_backward(x, np.sum) * x)

    with pytest.raises(ValueError, match=r"shape \(3,\)"):
        grad(f)(X)


# ------------------------------------------------------------------ custom_vjp, custom_jvp
class Simulator:
    """Stands for what srcgrad cannot look into."""

    def __call__(self, x, k):
        return eval("x ** 3 * k", {"x": x, "k": k})


simulate = Simulator()


def forward(x, k):
    return both(x, k), (x, k)  # with its own derivatives, so that it can be differentiated again


def backward(saved, b):
    x, k = saved
    return 3 * x ** 2 * k * b, np.sum(x ** 3 * b)


def along(args, d_args):
    x, k = args
    return simulate(x, k), 3 * x ** 2 * k * d_args[0] + x ** 3 * d_args[1]


reverse_only = custom_vjp(simulate, forward, backward)
forward_only = custom_jvp(simulate, along)
both = custom_jvp(reverse_only, along)


def use(x, k):
    return np.sum(both(x * x, k) * x) + both(x[0], 2.0)


def test_use_in_a_function():
    g = grad(use, (0, 1))(X, 1.5)
    np.testing.assert_allclose(g[0], 7 * X ** 6 * 1.5 + np.array([6 * X[0] ** 2, 0, 0]))
    assert g[1] == pytest.approx(np.sum(X ** 7))
    np.testing.assert_allclose(jvp(use, (X, 1.5), (np.ones(3), 0.3))[1], np.sum(g[0]) + 0.3 * g[1])
    np.testing.assert_allclose(jacobian(grad(use))(X, 1.5), differences(lambda x: grad(use)(x, 1.5), X), atol=1e-7)


def test_alone():
    np.testing.assert_allclose(vjp(reverse_only, X, 2.0)[1](np.ones(3))[0], 6 * X ** 2)
    np.testing.assert_allclose(jacobian(reverse_only)(X, 2.0), np.diag(6 * X ** 2))
    assert forward_only(2.0, 1.0) == 8.0
    with pytest.raises(MissingRule, match="no tangent function"):
        jvp(reverse_only, (2.0, 1.0), (1.0, None))
    with pytest.raises(MissingRule, match="no backward function") as error:
        grad(forward_only)(2.0, 1.0)
    assert "custom_vjp" in error.value.hint


def test_absent_and_wrong_adjoints():
    none = custom_vjp(simulate, forward, lambda saved, b: (saved[0] * b, None))
    np.testing.assert_array_equal(vjp(none, X, 2.0)[1](np.ones(3))[1], 0.0)
    wrong = custom_vjp(simulate, forward, lambda saved, b: (np.ones(2), None))
    with pytest.raises(ValueError, match=r"adjoint of shape \(2,\) for an argument of shape \(3,\)"):
        vjp(wrong, X, 2.0)[1](np.ones(3))


def test_one_parameter():
    np.testing.assert_array_equal(grad(uses_one)(X), [7.0, 7.0, 7.0])


one = custom_vjp(np.cbrt, lambda x: (np.cbrt(x), x), lambda x, b: b * 7.0)


def uses_one(x):
    return np.sum(one(x))


def test_parameters_must_have_names():
    with pytest.raises(TypeError, match="args"):
        custom_vjp(simulate, lambda *args: (0.0, None), backward)


# ------------------------------------------------------------------ rules of the user's own
library = types.ModuleType("library_of_test_custom")
sys.modules[library.__name__] = library


def _double_sine(x):
    return eval("2 * sin(x)", {"sin": np.sin, "x": x})


library.double_sine = _double_sine
library.weigh = lambda x, w: eval("w * x", {"w": w, "x": x})
library.level = lambda x: eval("x > 0", {"x": x})


@srcgrad.register(library.double_sine)
def double_sine(z, x):
    d[z] += 2 * np.cos(x) * d[x]


@srcgrad.register(library.weigh)
def weigh(z, x, w):
    with tangent:
        d[z] += w * d[x]
    with adjoint:
        d[x] += w * d[z]


srcgrad.rules.constant(library.level)


def uses_library(x, w):
    return np.sum(library.weigh(library.double_sine(x), w) * library.level(x))


def test_register():
    np.testing.assert_allclose(grad(uses_library)(X, 3.0), 6 * np.cos(X) * (X > 0))
    np.testing.assert_allclose(jvp(uses_library, (X, 3.0), (X, None))[1], np.sum(6 * np.cos(X) * (X > 0) * X))
    np.testing.assert_allclose(hessian(uses_library)(X, 3.0), np.diag(-6 * np.sin(X) * (X > 0)))


def test_a_rule_is_checked_when_it_is_registered():
    with pytest.raises(UnsupportedSyntax, match="not linear") as error:
        @srcgrad.register(object())
        def square(z, x):
            d[z] += d[x] * d[x]
    assert "d[z] += d[x] * d[x]" in str(error.value)


# ------------------------------------------------------------------ functions without Python source
@pytest.mark.parametrize("f, x", [(np.sin, 0.3), (np.sum, X), (np.prod, X), (abs, -2.0), (math.log, 2.0), (np.linalg.norm, X),
                                  (math.sin, 0.4)])
def test_functions_with_a_rule(f, x):
    np.testing.assert_allclose(grad(f)(x), differences(f, x), rtol=1e-7)
    assert grad(f).__name__ == f"{f.__name__}_grad"


def test_their_options():
    np.testing.assert_allclose(jacobian(np.sum)(np.ones((2, 3)), axis=1), np.kron(np.eye(2), np.ones(3)).reshape(2, 2, 3))
    assert grad(np.arctan2, (0, 1))(1.0, 2.0) == pytest.approx((0.4, -0.2))
    np.testing.assert_allclose(jacobian(np.cumsum)(X), np.tril(np.ones((3, 3))))


def test_functions_with_neither():
    with pytest.raises(SourceUnavailable):
        grad(math.gcd)
