"""Tuples: unpacking, swaps, tuples as values, arguments and results."""
from collections import namedtuple

import numpy as np

from tests.corpus.registry import case, mat, vec

Pair = namedtuple("Pair", ["left", "right"])


def unpacked(x):
    a, b, c = x * 2, np.sin(x), 3.0
    return np.sum(a * b * c)


case(unpacked, vec(3), smooth=True)


def swapped(x, y):
    x, y = y, x
    x, y = y * x, x - y
    return np.sum(x * x * y)


case(swapped, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def rotated(x):
    a, b, c = x[0], x[1], x[2]
    for i in range(4):
        a, b, c = b, c, a * b + 0.1 * i
    return a * b - c


case(rotated, vec(3), smooth=True)


def nested_unpacking(x, y):
    (a, b), c = (x, y), x * y
    [d, e] = a + c, b
    return np.sum(d * e)


case(nested_unpacking, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def tuple_in_a_name(x, y):
    pair = (x * y, x + y)
    a, b = pair
    return np.sum(a * pair[1]) + np.sum(pair[0] * pair[-1] * b)


case(tuple_in_a_name, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def tuple_chosen(x, y):
    pair = (x, y) if np.sum(x) > 0 else (y * 2, x)
    return np.sum(pair[0] ** 2 * pair[1])


case(tuple_chosen, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)
case(tuple_chosen, -vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def tuple_carried(x):
    state = (x, x * 2)
    for i in range(3):
        a, b = state
        state = (b, a * 0.5 + np.sin(b))
    return np.sum(state[0] * state[1])


case(tuple_carried, vec(3), smooth=True)


def tuple_result(x, y):
    return x * y, np.sum(x), y


case(tuple_result, vec(3), 0.7, wrt=(0, 1))


def unpacked_array(x):
    a, b, c = x
    return a * b + b * c * a


case(unpacked_array, vec(3), smooth=True)


def unpacked_rows(a):
    x, y = a
    return np.sum(x * np.sin(y))


case(unpacked_rows, mat(2, 3), smooth=True)


def unpacked_shape(a):
    m, n = a.shape
    total = 0.0
    for i in range(m):
        total += a[i, i % n] * n
    return total


case(unpacked_shape, mat(4, 3), smooth=True)


def tuple_argument(params, x):
    w, b = params
    return np.sum(np.tanh(x * w + b))


case(tuple_argument, (vec(3), 0.3), vec(3, 1), wrt=(0, 1), smooth=True)


def tuple_of_ints_and_floats(x):
    sizes = (2, 3, x)
    return sizes[0] * sizes[2] + sizes[1] * x * x


case(tuple_of_ints_and_floats, 0.6, smooth=True)
