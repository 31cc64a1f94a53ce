"""Programs that are refused for now: with which error, at which line, and never with a number."""
from __future__ import annotations

import numpy as np
import pytest

import srcgrad
from srcgrad import pipeline
from srcgrad.errors import AliasError, UnsupportedSyntax


def popped_from_the_front(x):
    queue = [x, x * 2, x * 3]
    first = queue.pop(0)
    return np.sum(first * queue[0] * queue[1])


def alias_of_one_or_another(x):
    y, w = x * 2, x * 3
    z = y if x[0] > 0 else w
    z[0] = x[1] * 5
    return np.sum(y * z * w)


CASES = [
    (popped_from_the_front, UnsupportedSyntax, "queue.pop(0)"),
    (alias_of_one_or_another, AliasError, "z[0] ="),
]


@pytest.mark.parametrize("generic", [False, True])
@pytest.mark.parametrize(("function", "error", "line"), CASES, ids=[f.__name__ for f, _, _ in CASES])
def test_refused(function, error, line, generic):
    with pipeline.options(generic=generic), pytest.raises(error) as caught:
        srcgrad.grad(function)(np.array([0.5, -1.5, 2.0]))
    assert caught.value.filename == __file__
    assert line in caught.value.text
    assert caught.value.hint
