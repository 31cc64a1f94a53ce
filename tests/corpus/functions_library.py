"""functools.reduce, map, filter, sorted, max and min with functions of all kinds; loops over functions."""
import functools
import operator
from functools import reduce

import numpy as np

from tests.corpus.registry import case, vec


def horner(coefficients, x):
    return reduce(lambda acc, c: acc * x + c, coefficients)


case(horner, [0.5, -1.5, 2.0, 0.25], 1.3, wrt=(0, 1), smooth=True)


def horner_of_an_array(coefficients, x):
    return functools.reduce(lambda acc, c: acc * x + c, coefficients, 0.0)


case(horner_of_an_array, vec(4), 1.3, wrt=(0, 1), smooth=True)


def _step(state, w):
    return np.tanh(state * w) + w


def reduced_by_a_module_function(x, ws):
    return np.sum(reduce(_step, ws, x)) + reduce(np.multiply, ws)


case(reduced_by_a_module_function, vec(3), [0.5, -1.5, 2.0], wrt=(0, 1), smooth=True)


def reduced_product(ws):
    return reduce(operator.mul, ws)


case(reduced_product, [0.5, -1.5, 2.0], smooth=True)


def _square(t):
    return t * t


def mapped(x, ws):
    squares = list(map(lambda w: w * w * x, ws))
    both = sum(map(lambda w, s: w * s, ws, squares))
    return both * x + max(map(_square, ws))


case(mapped, 0.7, [0.5, -1.5, 2.0], wrt=(0, 1), smooth=True)


def filtered(ws, limit):
    kept = list(filter(lambda w: w > limit, ws))
    return sum(kept) * limit + len(kept)


case(filtered, [0.5, -1.5, 2.0, 1.0], 0.7, wrt=(0, 1), smooth=True)


def sorted_by_a_key(ws, x):
    ordered = sorted(ws, key=lambda w: (w - x) ** 2)
    down = sorted(ws, key=_square, reverse=True)
    return ordered[0] * 2 + ordered[1] * x + down[0] ** 2 * down[2]


case(sorted_by_a_key, [0.5, -1.6, 2.0], 0.7, wrt=(0, 1), smooth=True)


def largest_by_a_key(ws, x):
    return max(ws, key=lambda w: -w * x) ** 2 * min(ws, key=abs)


case(largest_by_a_key, [0.5, -1.6, 2.0], 0.7, wrt=(0, 1), smooth=True)


def indices_by_a_key(x, n):
    order = sorted(range(n), key=lambda i: (i * 5) % 3)
    s = 0.0
    for k, i in enumerate(order):
        s = s + x[i] ** (k + 1)
    return s


case(indices_by_a_key, vec(4), 4, smooth=True)


def loop_over_a_map(ws, x):
    s = 0.0
    for square, double in map(lambda w: (w * w * x, w * 2), ws):
        s = s * double + square
    for y in map(np.sin, ws):
        s = s + y * x
    return s + sum([v * x for v in map(_square, ws)])


case(loop_over_a_map, [0.5, -1.5, 2.0], 0.7, wrt=(0, 1), smooth=True)
