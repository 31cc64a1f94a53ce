"""Functions as values: what is refused and where, that live things stay live, entries of any number of arguments."""
from __future__ import annotations

import functools

import numpy as np
import pytest

import srcgrad
from srcgrad.errors import BadWrt, MissingRule, NotDifferentiable, UnsupportedSyntax

X = np.array([0.5, -1.5, 2.0])


# ------------------------------------------------------------------ refused
def returned_out(x):
    scale = np.sum(x)
    return lambda t: t * scale


def one_of_two(x):
    f = (lambda t: t * x) if x[0] > 0 else (lambda t: t + x)
    return np.sum(f(x))


def kept_in_a_list(x):
    fs = []
    for i in range(2):
        fs.append(lambda t, i=i: t * i)
    return np.sum(fs[0](x))


def of_an_earlier_trip(x):
    old, s = (lambda t: t), np.sum(x)
    for i in range(3):
        new = lambda t, k=i: t * k
        s = s + np.sum(old(x))
        old = new
    return s


def _iterate(f, x, n):
    if n == 0:
        return f(x)
    return _iterate(lambda t: f(t) * x, x, n - 1)


def calls_itself(x):
    return np.sum(_iterate(lambda t: t, x, 2))


def to_a_library(x):
    return np.sum(np.apply_along_axis(lambda row: row * x, 0, np.ones((3, 2))))


def unknown_number(x):
    items = [v for v in x]
    return np.maximum(*items)


def too_many(x):
    square = lambda t: t * t
    return np.sum(square(x, 2.0))


def writes_around(x):
    total = 0.0

    def add(i):
        nonlocal total
        total = total + x[i]
        if i > 0:
            add(i - 1)
    add(1)
    return total


REFUSED = [
    (returned_out, "`a lambda`, a function made inside another, as a value", "return lambda t"),
    (one_of_two, "`f`, which may be one of several functions,", "np.sum(f(x))"),
    (kept_in_a_list, "a function made inside another, as a value", "fs.append"),
    (of_an_earlier_trip, "`old`, which may be one of several functions,", "old(x)"),
    (calls_itself, "`_iterate`, a function that calls itself with functions made inside another,", "_iterate(lambda"),
    (to_a_library, "`a lambda`, a function made inside another, as a value", "apply_along_axis"),
    (unknown_number, "`*` or `**` arguments of unknown number", "np.maximum(*items)"),
    (too_many, "a call that Python refuses (<lambda>() got too many positional arguments)", "square(x, 2.0)"),
    (writes_around, "`add`, a function that calls itself and assigns to variables around it,", "add(1)"),
]


@pytest.mark.parametrize("make", [srcgrad.grad, lambda f: lambda x: srcgrad.jvp(f, (x,), (x,))], ids=["reverse", "forward"])
@pytest.mark.parametrize(("function", "message", "line"), REFUSED, ids=[f.__name__ for f, _, _ in REFUSED])
def test_refused(function, message, line, make):
    with pytest.raises(UnsupportedSyntax) as caught:
        make(function)(X)
    assert message in caught.value.message
    assert caught.value.filename == __file__ and caught.value.hint
    assert line in str(caught.value).splitlines()[1]
    assert "^" in str(caught.value)


# ------------------------------------------------------------------ live
def slope(f, *args):
    e = 1e-6
    return (f(args[0] + e, *args[1:]) - f(args[0] - e, *args[1:])) / (2 * e)


def test_captured_values_are_live():
    rate = 2.0

    def loss(x):
        return x * x * rate
    gradient = srcgrad.grad(lambda x: loss(x) + loss(2 * x))
    assert gradient(1.5) == pytest.approx(2 * 1.5 * 2.0 * 5)
    rate = 3.0
    assert gradient(1.5) == pytest.approx(2 * 1.5 * 3.0 * 5)


def test_captured_functions_are_live():
    inner = np.sin

    def logged(*args):
        return inner(*args)
    gradient = srcgrad.grad(lambda x: logged(x))
    assert gradient(0.5) == pytest.approx(np.cos(0.5))
    inner = np.cos
    assert gradient(0.5) == pytest.approx(-np.sin(0.5))


def apply(x, f):
    return f(x) * f(2 * x)


def test_another_function_is_another_specialisation():
    gradient = srcgrad.grad(apply)
    for f in (np.sin, np.cos, lambda t: t * t, lambda t: t * t * t):
        assert gradient(0.7, f) == pytest.approx(slope(apply, 0.7, f), rel=1e-6)


def test_captured_values_of_an_argument_are_its_own():
    def scaled(k):
        return lambda t: k * t * t
    gradient = srcgrad.grad(apply)
    for k in (2.0, 3.0):
        assert gradient(0.7, scaled(k)) == pytest.approx(slope(apply, 0.7, scaled(k)), rel=1e-6)


class Model:
    rate = 0.5

    def __init__(self, w):
        self.w = w

    def loss(self, x):
        return self.step(x) * self.rate

    def step(self, x):
        return self.w * x * x


def test_methods_and_class_data_are_live(monkeypatch):
    def f(x, model):
        return model.loss(x)
    gradient = srcgrad.grad(f)
    assert gradient(1.5, Model(2.0)) == pytest.approx(slope(f, 1.5, Model(2.0)), rel=1e-6)
    monkeypatch.setattr(Model, "rate", 2.0)
    assert gradient(1.5, Model(2.0)) == pytest.approx(slope(f, 1.5, Model(2.0)), rel=1e-6)
    monkeypatch.setattr(Model, "step", lambda self, x: self.w * x ** 3)
    assert gradient(1.5, Model(2.0)) == pytest.approx(slope(f, 1.5, Model(2.0)), rel=1e-6)


def test_gradient_of_an_object_with_methods():
    found = srcgrad.grad(lambda model, x: model.loss(x))(Model(2.0), 1.5)
    assert found.w == pytest.approx(0.5 * 1.5 ** 2)


# ------------------------------------------------------------------ entries
def many(a, *rest, k=1.0, **named):
    s = np.sum(a) * k
    for i in range(len(rest)):
        s = s + i * k
    if rest:
        s = s + np.sum(rest[0] * rest[-1])
    return s * named["z"] if named else s * 2.0


def logged(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        return fn(*args, **kwargs)
    return wrapper


@logged
def squares(x, w=2.0):
    return np.sum(x * x * w)


def test_any_number_of_arguments():
    np.testing.assert_allclose(srcgrad.grad(many)(X), [2, 2, 2])
    np.testing.assert_allclose(srcgrad.grad(many, 1)(X, X), 4 * X)
    a, c = srcgrad.grad(many, (0, 2))(X, X, 3 * X, k=2.0)
    np.testing.assert_allclose(a, [4, 4, 4])
    np.testing.assert_allclose(c, 2 * X)
    k, z = srcgrad.grad(many, ("k", "z"))(X, z=3.0, k=2.0)
    assert (k, z) == pytest.approx((3.0, 2.0))
    with pytest.raises(BadWrt, match="position 3 is out of range"):
        srcgrad.grad(many, 3)(X, X)


def test_decorated_functions():
    np.testing.assert_allclose(srcgrad.grad(squares)(X), 4 * X)
    for gradient in (srcgrad.grad(squares, "w")(X, 3.0), srcgrad.grad(squares, 1)(X, 3.0), srcgrad.grad(squares, "w")(X, w=3.0)):
        assert gradient == pytest.approx(np.sum(X * X))
    value, pullback = srcgrad.vjp(squares, X, 3.0)
    assert value == pytest.approx(3 * np.sum(X * X))
    np.testing.assert_allclose(pullback(2.0)[0], 12 * X)
    np.testing.assert_allclose(srcgrad.jvp(srcgrad.grad(squares), (X,), (X,))[1], 4 * X)
    srcgrad.check_grads(squares, (X, 2.0))


def starred(pair, s):
    return np.sum(np.multiply(*pair)) * s


def test_a_tuple_argument_is_spread():
    (a, b), s = srcgrad.grad(starred, (0, 1))((X, 2 * X), 1.5)
    np.testing.assert_allclose(a, 3 * X)
    np.testing.assert_allclose(b, 1.5 * X)
    assert s == pytest.approx(2 * np.sum(X * X))


def test_a_function_is_no_argument_to_differentiate_by():
    with pytest.raises(NotDifferentiable, match="argument f"):
        srcgrad.grad(apply, 1)(0.5, np.sin)


def test_a_function_without_rule_or_source():
    with pytest.raises(MissingRule):
        srcgrad.grad(apply)(0.5, np.frompyfunc(abs, 1, 1))
