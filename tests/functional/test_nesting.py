"""Derivatives of derivatives in every order of modes, and derivatives taken inside differentiated functions."""
import functools
import itertools

import numpy as np
import pytest

import srcgrad
from srcgrad import adjoint, elementwise_grad, grad, hessian, hvp, jacobian, jvp, tangent, value_and_grad, vjp
from srcgrad.errors import MissingRule, NonScalarOutput

from .test_jacobian import differences

X = np.array([0.3, -0.5, 0.9])


# ------------------------------------------------------------------ orders of modes
def polynomial(x):
    return x ** 5 * 2 - 3 * x ** 3 * np.sin(x)


def loop(x):
    s, y = 0.0, x
    for _ in range(3):
        y = np.sin(y) * x
        s = s + y * y
    return s


def branch(x):
    if x > 0.5:
        y = x ** 3
    else:
        y = np.exp(x)
    y = y * x
    return y * y


def helper(a, b):
    t = a * b
    return t * np.sin(a)


def calls(x):
    return helper(x, x * x) + helper(2.0, x)


def stores(x):
    a = np.zeros(4)
    a[0] = x
    for i in range(1, 4):
        a[i] = a[i - 1] * x + np.sin(a[i - 1])
    a[1] = a[3] * a[2]
    return np.sum(a * a)


def while_loop(x):
    y = x
    while y < 2.0:
        y = y * y + x
    return y * x


def lists(x):
    r = []
    for i in range(3):
        r.append(x ** (i + 1))
    s = 0.0
    for i in range(3):
        s = s + r[i] * np.sin(r[2 - i])
    return s


FUNCTIONS = [polynomial, loop, branch, calls, stores, while_loop, lists]
ORDERS = {}


def nested(f, modes):
    """The derivative of the given modes, inner ones first, as a function of a number."""
    extra = {}
    for mode in modes:
        if mode == "r":
            f = grad(f)
        else:
            f = tangent(f)
            extra[f.extra[0]] = 1.0
    return lambda x: f(x, **extra)


@pytest.mark.parametrize("f", FUNCTIONS)
def test_orders_agree(f):
    """Each derivative is the slope of the one below it, and the order of modes does not matter."""
    x, h = 0.7, 1e-5
    below = f
    for order in ORDERS.get(f, (1, 2, 3)):
        found = [nested(f, modes)(x) for modes in itertools.product("rf", repeat=order)]
        slope = (8 * (below(x + h) - below(x - h)) - (below(x + 2 * h) - below(x - 2 * h))) / (12 * h)
        np.testing.assert_allclose(found, slope, rtol=1e-6)
        below = nested(f, "r" * (order - 1) + "f")


@pytest.mark.parametrize("modes", ["rrrr", "ffff", "rfrf", "frfr", "rrff"])
@pytest.mark.parametrize("f", [polynomial, branch, stores])
def test_fourth_order(f, modes):
    x, h = 0.7, 1e-4
    below = nested(f, "rff")
    slope = (8 * (below(x + h) - below(x - h)) - (below(x + 2 * h) - below(x - 2 * h))) / (12 * h)
    np.testing.assert_allclose(nested(f, modes)(x), slope, rtol=1e-6)


def energy(x):
    return np.sum(np.sin(x) * x[0] ** 2) * x[1]


def pushed(x):
    """jvp of vjp, vjp of vjp, vjp of jvp."""
    value, pullback = vjp(grad(energy), x)
    return pullback(np.array([1.0, -2.0, 0.5]))[0]


def test_products_of_products():
    v = np.array([1.0, -2.0, 0.5])
    H = hessian(energy)(X)
    np.testing.assert_allclose(pushed(X), v @ H, atol=1e-12)
    np.testing.assert_allclose(jvp(grad(energy), (X,), (v,))[1], H @ v, atol=1e-12)
    _, pullback = vjp(tangent(energy), X, d_x=v, wrt=0)
    np.testing.assert_allclose(pullback(1.0), H @ v, atol=1e-12)


# ------------------------------------------------------------------ inside a function
GRADIENT = grad(energy)


def called(x):
    return np.sum(grad(energy)(x) ** 2)


def known(x):
    return np.sum(GRADIENT(x) ** 2)


def named(x):
    slope = grad(energy)
    return np.sum(slope(x) ** 2)


def with_value(x):
    value, slope = value_and_grad(energy)(x)
    return value * np.sum(slope ** 2)


def product(x):
    return np.sum(hvp(energy)(x, v=x * x) ** 2)


def of_gradient(x):
    return np.sum(jacobian(grad(energy))(x) ** 2)


def row(x):
    return np.sum(srcgrad.hessian(energy)(x)[0] ** 2)


def seeded(x):
    return np.sum(adjoint(energy)(x, b_out=x[0]) ** 2)


def along(x):
    return np.sum(tangent(energy)(x, d_x=x * x) ** 2)


def pushforward(x):
    value, slope = jvp(energy, (x,), (x * x,))
    return value * slope


def slopes(x):
    return np.sum(elementwise_grad(np_sine)(x) * x)


def np_sine(x):
    return np.sin(x) * x


def descent(x):
    s = 0.0
    for i in range(3):
        x = x - 0.1 * grad(energy)(x)
        if x[i] > -10.0:
            s = s + x[i]
    return s


def twice(x):
    return np.sum(grad(called)(x) * x)


INSIDE = [called, known, named, with_value, product, of_gradient, row, seeded, along, pushforward, slopes, descent, twice]


@pytest.mark.parametrize("options", [{}, {"optimise": False}, {"generic": True}])
@pytest.mark.parametrize("g", INSIDE)
def test_inside(g, options):
    with srcgrad.pipeline.options(**options):
        np.testing.assert_allclose(grad(g)(X), differences(g, X), rtol=1e-6, atol=1e-8)
        v = np.array([0.2, 1.0, -0.4])
        np.testing.assert_allclose(jvp(g, (X,), (v,))[1], grad(g)(X) @ v, rtol=1e-10)


@pytest.mark.parametrize("g", [called, product, pushforward, descent])
def test_second_order_inside(g):
    np.testing.assert_allclose(hessian(g)(X), differences(grad(g), X), rtol=1e-6, atol=1e-8)


def inner(y, z):
    return y * z * z


def confused(x):
    """d/dx (x * d/dy (y * x^2)): the classical test of perturbation confusion, with x as a parameter of both."""
    return x * grad(inner)(1.0, x)


def test_levels_are_not_confused():
    assert grad(confused)(2.0) == 12.0
    assert tangent(confused)(2.0, d_x=1.0) == 12.0
    assert tangent(lambda x: x * tangent(inner)(1.0, x, d_y=1.0))(2.0, d_x=1.0) == 12.0


def test_captured_functions():
    def cube(x):
        return np.sum(x ** 3)

    def g(x):
        return np.sum(grad(cube)(x) ** 2)

    derivative = grad(g)
    np.testing.assert_allclose(derivative(X), 36 * X ** 3)

    def cube(x):  # noqa: F811  (the cell holds another function now)
        return np.sum(x ** 2)

    np.testing.assert_allclose(derivative(X), 8 * X)


def test_the_inner_function_has_changed(monkeypatch):
    derivative = grad(called)
    before = derivative(X)
    monkeypatch.setattr(energy, "__code__", (lambda x: np.sum(x ** 2)).__code__)
    np.testing.assert_allclose(derivative(X), 8 * X)
    monkeypatch.undo()
    np.testing.assert_array_equal(derivative(X), before)


def test_inactive_derivatives_run_as_they_are():
    def g(x, c):
        scale = grad(energy)(c)
        return np.sum(scale * x)

    np.testing.assert_allclose(grad(g)(X, 2 * X), GRADIENT(2 * X))


def makes(x, f):
    return np.sum(grad(f)(x) ** 2)


def pulls(x):
    value, pullback = vjp(energy, x)
    return np.sum(pullback(1.0)[0])


def not_scalar(x):
    return np.sum(grad(np_sine)(x))


def test_derivative_of_an_argument():
    np.testing.assert_allclose(grad(makes)(X, energy), differences(lambda x: np.sum(grad(energy)(x) ** 2), X), rtol=1e-6)


def test_what_is_only_known_at_run_time_is_refused():
    with pytest.raises(MissingRule) as error:
        grad(pulls)(X)
    assert "pullback" in str(error.value)
    with pytest.raises(NonScalarOutput):
        grad(not_scalar)(X)


# ------------------------------------------------------------------ functions that capture what is active
def confused_by_lambda(x):
    return x * grad(lambda y: x + y)(1.0)


def lambda_inside(x):
    return np.sum(grad(lambda t: np.sum(t ** 3 * x))(x * 2.0))


def nothing_captured(x):
    return np.sum(elementwise_grad(lambda t: t ** 3)(x) * x)


def definition_inside(x):
    total = 0.0
    for k in range(3):
        def inner(t):
            y = t * x[k]  # noqa: B023
            if k > 0:  # noqa: B023
                y = y * t
            return np.sum(y * x)

        total = total + grad(inner)(x[0] + k)
    return total


def two_levels(x):
    return grad(lambda t: grad(lambda u: u * u * t * x[1])(t * x[0]))(x[2])


def hessian_inside(x):
    return np.sum(srcgrad.hessian(lambda t: np.sum(t ** 3 * x))(x) ** 2)


def checkpoint_inside(x):
    def layer(y):
        return np.sin(y * x)

    y = srcgrad.checkpoint(layer)(x)
    return np.sum(srcgrad.checkpoint(layer)(y))


def rebound(x):
    scale = x[0]

    def inner(t):
        return t * t * scale

    first = grad(inner)(1.0)
    scale = x[1]  # the closure sees it
    return first + grad(inner)(1.0)


@pytest.mark.parametrize("g", [lambda_inside, nothing_captured, definition_inside, two_levels, hessian_inside, checkpoint_inside,
                               rebound])
def test_captured_variables_are_inputs(g):
    np.testing.assert_allclose(grad(g)(X), differences(g, X), rtol=1e-6, atol=1e-8)
    v = np.array([0.2, 1.0, -0.4])
    np.testing.assert_allclose(jvp(g, (X,), (v,))[1], grad(g)(X) @ v, rtol=1e-10)
    np.testing.assert_allclose(hvp(g)(X, v=v), differences(grad(g), X) @ v, rtol=1e-5, atol=1e-7)


def test_captured_levels_are_not_confused():
    assert grad(confused_by_lambda)(3.0) == 1.0
    assert tangent(confused_by_lambda)(3.0, d_x=1.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6.0


def power(x, k=2.0):
    return np.sum(x ** k)


class Scaled:
    def __init__(self, scale):
        self.scale = scale

    def cube(self, x):
        return self.scale * np.sum(x ** 3)

    def product(self, *xs):
        return self.scale * xs[0] ** 3 * xs[1]


@pytest.mark.parametrize("f", [functools.partial(power, k=3.0), Scaled(1.0).cube, functools.partial(Scaled.cube, Scaled(1.0))])
def test_what_a_method_or_partial_fixes_stays_fixed_at_any_order(f):
    np.testing.assert_allclose(grad(f)(X), 3 * X ** 2)
    np.testing.assert_allclose(hvp(f)(X, v=X), 6 * X ** 2)
    np.testing.assert_allclose(jvp(grad(f), (X,), (X,))[1], 6 * X ** 2)
    assert grad(grad(grad(f)))(1.5) == pytest.approx(6.0)


def test_fixed_arguments_before_any_number_of_others():
    product = Scaled(2.0).product
    assert grad(grad(product))(3.0, 5.0) == pytest.approx(2 * 6 * 3 * 5)
    assert grad(grad(product), 1)(3.0, 5.0) == grad(grad(product, 1))(3.0, 5.0) == pytest.approx(2 * 27)


# ------------------------------------------------------------------ of functions that are passed on
def descend(f, x, steps=2):
    for _ in range(steps):
        x = x - 0.1 * grad(f)(x)
    return x


def cubes(x):
    return np.sum(x ** 3)


def derivative_of_a_parameter(x):
    return np.sum(descend(cubes, x) * descend(lambda t: np.sum(t ** 3) * x[0], x, steps=1))


def newton_on_a_closure(x):
    def root(f, t):
        for _ in range(5):
            t = t - f(t) / grad(f)(t)
        return t
    return root(lambda t: t ** 2 - 2.0 - x[0], 1.0) * x[1]


def minimum_of_a_minimum(x):
    def cost(a, b):
        return np.sum(a ** 2) * np.sum(b ** 3)

    def smaller(f, t):
        for _ in range(2):
            t = t - 0.1 * grad(f)(t)
        return t

    def outer(a):
        return cost(a, smaller(lambda b: -cost(a, b), x[1:]))

    return np.sum(smaller(outer, x[:2]))


@pytest.mark.parametrize("g", [derivative_of_a_parameter, newton_on_a_closure, minimum_of_a_minimum])
def test_derivatives_of_functions_that_are_parameters(g):
    np.testing.assert_allclose(grad(g)(X), differences(g, X), rtol=1e-6, atol=1e-8)
    v = np.array([0.2, 1.0, -0.4])
    np.testing.assert_allclose(jvp(g, (X,), (v,))[1], grad(g)(X) @ v, rtol=1e-10)
