"""with around active values and around others."""
import contextlib
import warnings

import numpy as np

from tests.corpus.registry import case, vec


def errors_ignored(x):
    with np.errstate(all="ignore"):
        y = np.sin(x) / x
        s = np.sum(y * y)
    return s * y[0]


case(errors_ignored, vec(3), smooth=True)


def returned_from_a_context(x):
    with np.errstate(divide="ignore"), warnings.catch_warnings():
        y = x * x
        if y[0] > 100:
            return y[1]
        z = np.cos(y)
        return np.sum(z * x)


case(returned_from_a_context, vec(3), smooth=True)


def context_in_a_loop(x):
    s = 1.0
    for i in range(x.size):
        with np.errstate(over="ignore") as old:
            if i == 2:
                continue
            t = x[i] * s
            if old is not None and i > 3:
                break
        s = s * np.sin(t) + t
    return s


case(context_in_a_loop, vec(6), smooth=True)


def context_in_a_branch(x):
    y = x
    if x > 0:
        with contextlib.nullcontext(2.5) as k:
            y = y * y * k
            y = y * np.sin(y)
    with np.errstate(all="ignore"):
        while y > 1.0:
            y = y * 0.5
    return y * x


case(context_in_a_branch, 0.7, smooth=True)
case(context_in_a_branch, 1.7, smooth=True)


@contextlib.contextmanager
def _scale(k):
    yield k * 2


def context_around_inactive(x, n):
    with _scale(n) as k:
        m = k + 1
        sizes = [m, n]
    with contextlib.suppress(ValueError):
        m = m + 1
        int("no number")
        m = m + 100
    return x ** m * sizes[0]


case(context_around_inactive, 0.7, 2, smooth=True)
