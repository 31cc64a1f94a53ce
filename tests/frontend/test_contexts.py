"""`with` in a function that is differentiated: what happens inside, and what is constant."""
import contextlib

import numpy as np
import pytest

import srcgrad
from srcgrad import autograd
from srcgrad.errors import UnsupportedSyntax


def paused(x):
    y = x ** 2
    with autograd.pause():
        z = 3 * y
    return y + z


def paused_stores(x):
    y = x * 2
    buffer = np.zeros(3)
    items = [y * 1.0]
    with autograd.pause():
        buffer[:] = y * x
        items.append(x * 5)
        y *= x
        for _ in range(3):
            y = y + x
    return np.sum(buffer * x) + np.sum(items[0]) + np.sum(items[1] * x) + np.sum(y)


def scoped(x):
    with Scope():
        n = 2
    return x * n


def active_scope(x):
    with Scope():
        y = x * 2
    return y


def left_early(x, n):
    with Scope():
        if n:
            return x
    return x * 2


def popped(x):
    items = [x, x * 2]
    with autograd.pause():
        items.pop()
    return items[0]


SAID = []


class Scope:
    def __enter__(self):
        SAID.append("in")

    def __exit__(self, *error):
        SAID.append("out")


@pytest.mark.parametrize("options", [{}, {"optimise": False}, {"generic": True}])
def test_pause_is_constant(options):
    """y = x**2, z = pause(3y), w = y + z: dw/dx = 2x."""
    with srcgrad.pipeline.options(**options):
        assert srcgrad.grad(paused)(3.0) == 6.0
        assert srcgrad.jvp(paused, (3.0,), (0.5,)) == (36.0, 3.0)
        x = np.array([0.5, -1.5, 2.0])
        value, gradient = srcgrad.value_and_grad(paused_stores)(x)
        assert value == paused_stores(x)
        np.testing.assert_allclose(gradient, 2 * x * x + 2 + 5 * x)
        np.testing.assert_allclose(srcgrad.jvp(paused_stores, (x,), (np.array([1.0, 0.0, 2.0]),))[1],
                                   (2 * x * x + 2 + 5 * x) @ [1.0, 0.0, 2.0])


def flags(x):
    with autograd.pause(train_mode=True):
        seen = autograd.is_training()
    return x * (2 if seen else 1)


def test_scopes_are_entered():
    assert srcgrad.grad(flags)(1.0) == 2.0 and not autograd.is_training()


def test_a_scope_around_what_is_not_active():
    SAID.clear()
    assert srcgrad.grad(scoped)(1.5) == 2.0 and SAID == ["in", "out"]


def raising(x):
    with np.errstate(divide="raise"):
        if x > 0:
            raise ValueError("positive")
    return x


def test_a_scope_is_left_when_its_body_raises():
    before = np.geterr()
    with pytest.raises(ValueError, match="positive"), contextlib.nullcontext():
        srcgrad.grad(raising)(1.0)
    assert np.geterr() == before


@pytest.mark.parametrize("function, what, line", [
    (active_scope, "`with` of this kind around active values", "with Scope()"),
    (lambda x: left_early(x, 1), "leaving a `with` early", "with Scope()"),
    (popped, "`pop`, `insert` or `extend` inside `autograd.pause()`", "with autograd.pause()"),
])
def test_refused(function, what, line):
    with pytest.raises(UnsupportedSyntax, match=what.replace("(", r"\(").replace(")", r"\)")) as caught:
        srcgrad.grad(function)(1.5)
    assert line in caught.value.text and caught.value.hint
