"""Programs that are refused for now: with which error, at which line, and never with a number."""
from __future__ import annotations

import numpy as np
import pytest

import srcgrad
from srcgrad import pipeline
from srcgrad.errors import AliasError, UnsupportedSyntax


def set_of_active_values(x):
    s = 0.0
    for v in {x[0], x[1]}:
        s = s + v
    return s


def sum_of_lists(x):
    return sum([[x[0]], [x[1]]], [])[1]


def list_grows_in_its_own_loop(x):
    xs = [x[0], x[1]]
    for v in xs:
        if len(xs) < 4:
            xs.append(v * v)
    return xs[-1]


def alias_from_an_earlier_trip(x):
    y, w = x * 2, x * 3
    z = y
    for i in range(3):
        z[i] = x[1] * 5
        if x[i] > 0:
            z = w
    return np.sum(y * z * w)


def row_in_a_list(x):
    r = np.outer(x, x + 1.0)
    h = [x * 1.0, *r]
    h[1][0] = x[1] * 3.0
    return np.sum(r * r) + h[0][0]


def row_in_a_list_of_rows(x):
    r = np.outer(x, x + 1.0)
    h = list(r)
    h[1][0] = x[1] * 3.0
    return np.sum(r * r)


def item_of(boxes):
    return boxes[0]


def array_in_a_display(x):
    a = x * 2.0
    z = item_of([a, x])
    z[0] = x[1] * 3.0
    return np.sum(a * a)


CASES = [
    (row_in_a_list, AliasError, "h[1][0] ="),
    (row_in_a_list_of_rows, AliasError, "h[1][0] ="),
    (array_in_a_display, AliasError, "z[0] ="),
    (set_of_active_values, UnsupportedSyntax, "for v in {"),
    (sum_of_lists, UnsupportedSyntax, "sum(["),
    (list_grows_in_its_own_loop, UnsupportedSyntax, "for v in xs"),
    (alias_from_an_earlier_trip, AliasError, "z[i] ="),
]


@pytest.mark.parametrize("generic", [False, True])
@pytest.mark.parametrize(("function", "error", "line"), CASES, ids=[f.__name__ for f, _, _ in CASES])
def test_refused(function, error, line, generic):
    with pipeline.options(generic=generic), pytest.raises(error) as caught:
        srcgrad.grad(function)(np.array([0.5, -1.5, 2.0]))
    assert caught.value.filename == __file__
    assert line in caught.value.text
    assert caught.value.hint
