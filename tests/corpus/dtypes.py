"""float32, mixed precision, integer and boolean data beside active floats."""
import numpy as np

from tests.corpus.registry import case, mat, vec


def single_precision(x):
    return np.sum(np.sin(x) * x)


case(single_precision, vec(4).astype(np.float32))


def single_and_python_float(x, s):
    y = x * s + 0.5
    return np.sum(y * y)


case(single_and_python_float, vec(4).astype(np.float32), 0.7, wrt=(0, 1))


def single_and_double(x, y):
    return np.sum(x * y + x)


case(single_and_double, vec(4).astype(np.float32), vec(4, 1), wrt=(0, 1))


def single_matrix(w, x):
    return np.sum(np.tanh(w @ x))


case(single_matrix, mat(3, 4).astype(np.float32), vec(4).astype(np.float32), wrt=(0, 1))


def single_in_a_loop(x):
    y = x
    for i in range(3):
        y = np.cos(y) * x + np.float32(0.1)
    return np.sum(y)


case(single_in_a_loop, vec(3).astype(np.float32))


def single_mean(a):
    return np.mean(a, axis=0)


case(single_mean, mat(3, 2).astype(np.float32))


def integer_data(x, k):
    return np.sum(x * k) + np.sum(x[k] ** 2) * 0 + np.sum(x ** k)


case(integer_data, vec(3), np.array([2, 0, 1]), numeric=True)


def integer_array_made_inside(x):
    k = np.arange(x.size)
    return np.sum(x * k + x / (k + 1))


case(integer_array_made_inside, vec(4), smooth=True)


def boolean_data(x, m):
    return np.sum(x * m) + np.sum(np.where(m, x * x, 0.0))


case(boolean_data, vec(4), np.array([True, False, True, True]), smooth=True)


def double_accumulator(x):
    total = np.zeros(2)
    for i in range(3):
        total = total + x * x
    return np.sum(total)


case(double_accumulator, vec(2).astype(np.float32))


def string_argument(x, kind):
    if kind == "sin":
        return np.sum(np.sin(x))
    return np.sum(x)


case(string_argument, vec(3), "sin", smooth=True)
case(string_argument, vec(3), "no", smooth=True)


def none_argument(x, bias=None):
    y = x * 2
    if bias is not None:
        y = y + bias
    return np.sum(y * x)


case(none_argument, vec(3), smooth=True)
case(none_argument, vec(3), bias=vec(3, 1), wrt=(0, "bias"), smooth=True)
