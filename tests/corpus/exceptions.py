"""try, with handlers that go on and handlers that raise; globals and variables around that are written."""
import logging

import numpy as np

from tests.corpus.registry import case, mat, vec

log = logging.getLogger(__name__)
CALLS = 0
SCALE = 2.0


class Depth:
    now = 0


def option_or_default(x, options):
    try:
        rate = options["rate"]
    except KeyError as error:
        log.debug("no %s", error)
        rate = 0.1
    else:
        rate = rate * 2
    return np.sum(x * x) * rate


case(option_or_default, vec(3), {"rate": 0.5})
case(option_or_default, vec(3), {}, smooth=True)


def solved_or_told(x, a):
    try:
        y = np.linalg.solve(a, x)
    except np.linalg.LinAlgError as error:
        raise ValueError(f"singular: {a}") from error
    return np.sum(y * y)


case(solved_or_told, vec(3), mat(3, 3), numeric=True)


def left_in_the_end(x, n):
    Depth.now += 1
    try:
        for i in range(n):
            x = np.sin(x) * x
            if i == 1:
                return np.sum(x) * 2
        return np.sum(x * x)
    finally:
        Depth.now -= 1


case(left_in_the_end, vec(3), 1, smooth=True)
case(left_in_the_end, vec(3), 4)


def _safe_log(v):
    if v <= 0:
        raise ValueError("negative")
    return np.log(v)


def caught_in_a_loop(x):
    s = 0.0
    for v in x:
        try:
            t = _safe_log(v)
        except ValueError:
            t = v * v
        s = s + t * v
    return s


case(caught_in_a_loop, vec(6), smooth=True)


def tried_again(x, tries):
    for k in range(tries):
        try:
            if k < 2:
                raise RuntimeError("not yet")
            x = np.sin(x) * x
            break
        except RuntimeError:
            log.debug("again")
    return np.sum(x)


case(tried_again, vec(3), 4, smooth=True)


def jitter_until_it_works(a, jitter):
    a = a @ a.T
    while True:
        try:
            factor = np.linalg.cholesky(a + jitter * np.eye(3))
            break
        except np.linalg.LinAlgError:
            jitter = jitter * 10
    return 2 * np.sum(np.log(np.diag(factor)))


case(jitter_until_it_works, mat(3, 4), 1e-3, numeric=True)


def next_until_the_end(x, items):
    s, i = 1.0, 0
    while True:
        try:
            v = items[i]
        except IndexError:
            break
        s = s * (x[i] + v)
        i += 1
    return s


case(next_until_the_end, vec(4), [1.0, 2.0, 3.0], smooth=True)


def counted_and_scaled(x, k):
    global CALLS, SCALE
    CALLS += 1
    SCALE = k
    y = x * SCALE
    SCALE = k + 1
    return np.sum(y * y) * SCALE


case(counted_and_scaled, vec(3), 2.5, smooth=True)


def _toggle():
    global SCALE
    SCALE = 5.0 - SCALE
    return 1.0


def global_changed_by_a_call(x):
    global SCALE
    SCALE = 2.0
    return np.sum(x * x) * SCALE + _toggle() * x[0] * SCALE + SCALE * (_toggle() * x[0] ** 2)


case(global_changed_by_a_call, vec(3), smooth=True)


def added_up_around(x):
    total, count = 0.0, 0

    def add(value):
        nonlocal total, count
        total = total + value * value
        count += 1
    for i in range(x.size):
        add(x[i] * x[0])
    return total * count


case(added_up_around, vec(3), smooth=True)


def order_around(x):
    k = x[0]

    def double():
        nonlocal k
        k = k * 2
        return 1.0
    y = k + double() * k
    return y * (k, double(), k)[2] + (lambda v: double() * v * k)(k)


case(order_around, vec(3), smooth=True)
