"""Programs that are refused for now: with which error, at which line, and never with a number."""
from __future__ import annotations

import numpy as np
import pytest

import srcgrad
from srcgrad import pipeline
from srcgrad.errors import AliasError, UnsupportedSyntax


def local_lambda(x):
    f = lambda t: t * np.sin(t)
    return np.sum(f(x) + f(2 * x))


def popped_from_the_front(x):
    queue = [x, x * 2, x * 3]
    first = queue.pop(0)
    return np.sum(first * queue[0] * queue[1])


def alias_is_written(x):
    y = x * 2
    z = y
    z[0] = x[1] * 5
    return np.sum(y * z)


def view_is_written(x):
    y = x * 2
    v = y[1:]
    v[0] = x[0] ** 2
    return np.sum(y * x)


def view_read_after_its_base(x):
    y = x * 2
    v = y[::2]
    y[0] = x[1] * x[1]
    return np.sum(v * v)


def alias_is_updated(x):
    y = x * 2
    z = y
    z += x
    return np.sum(y * z)


CASES = [
    (local_lambda, UnsupportedSyntax, "lambda t"),
    (popped_from_the_front, UnsupportedSyntax, "queue.pop(0)"),
    (alias_is_written, AliasError, "z[0] ="),
    (view_is_written, AliasError, "v[0] ="),
    (view_read_after_its_base, AliasError, "y[0] ="),
    (alias_is_updated, AliasError, "z += x"),
]


@pytest.mark.parametrize("generic", [False, True])
@pytest.mark.parametrize(("function", "error", "line"), CASES, ids=[f.__name__ for f, _, _ in CASES])
def test_refused(function, error, line, generic):
    with pipeline.options(generic=generic), pytest.raises(error) as caught:
        srcgrad.grad(function)(np.array([0.5, -1.5, 2.0]))
    assert caught.value.filename == __file__
    assert line in caught.value.text
    assert caught.value.hint
