"""Broadcasting in operators and functions."""
import numpy as np

from tests.corpus.registry import case, mat, ten, vec


def row_and_matrix(a, x):
    return np.sum((a + x) * (a - x) / (2 + np.cos(x)))


case(row_and_matrix, mat(3, 4), vec(4), wrt=(0, 1), smooth=True)


def column_and_matrix(a, c):
    return np.sum(a * c + c ** 2 * a)


case(column_and_matrix, mat(3, 4), mat(3, 1), wrt=(0, 1), smooth=True)


def row_and_column(r, c):
    return np.sum(np.sin(r * c) + r / (3 + c * c))


case(row_and_column, mat(1, 4), mat(3, 1), wrt=(0, 1), smooth=True)


def scalar_and_vector(s, x):
    return np.sum(s * x + x / (s * s + 1) - s) + np.sum((x * x + 1) ** s)


case(scalar_and_vector, 0.8, vec(4), wrt=(0, 1), smooth=True)


def zero_d_and_vector(s, x):
    return np.sum(s * x) + s * s


case(zero_d_and_vector, np.array(0.8), vec(4), wrt=(0, 1), smooth=True)


def size_one_vector(x, y):
    return np.sum(x * y) + np.sum(x - y * y)


case(size_one_vector, vec(1), vec(4), wrt=(0, 1), smooth=True)


def more_axes(x, a):
    return np.sum(a * x) + np.sum(np.maximum(a, x))


case(more_axes, mat(3, 1), ten(2, 1, 4), wrt=(0, 1), smooth=True)


def broadcast_power(x, n):
    return np.sum((x * x + 0.5) ** n)


case(broadcast_power, mat(3, 1), vec(4), wrt=(0, 1), smooth=True)


def broadcast_functions(x, y):
    return np.sum(np.arctan2(x, y) + np.hypot(y, x) + np.logaddexp(x, y) + np.power(np.abs(x) + 1, y))


case(broadcast_functions, mat(3, 1), vec(2), wrt=(0, 1), smooth=True)


def sum_that_broadcasts_back(x):
    return np.sum(x / np.sum(np.exp(x)) * x[0])


case(sum_that_broadcasts_back, vec(4), smooth=True)


def softmax_rows(a):
    e = np.exp(a - np.max(a, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    return np.sum(p * np.sin(a))


case(softmax_rows, mat(3, 4), smooth=True)


def where_broadcasts(x, s):
    y = np.where(x > 0, x, s)
    z = np.where(x[:, None] > 0.1, y, x * 2)
    return np.sum(y * y) + np.sum(z)


case(where_broadcasts, vec(5), 0.3, wrt=(0, 1), smooth=True)


def clip_and_maximum(x, low):
    return np.sum(np.clip(x, -0.4, 0.9) * x) + np.sum(np.maximum(x, low) * np.minimum(x, 0.8))


case(clip_and_maximum, vec(6), -0.2, wrt=(0, 1), smooth=True)


def augmented_broadcast(a, x):
    y = a * 2
    y += x
    y *= x[0]
    return np.sum(y * a)


case(augmented_broadcast, mat(3, 4), vec(4), wrt=(0, 1), smooth=True)


def grows_by_broadcasting(x, a):
    y = x
    y = y + a
    y = y * x
    return np.sum(y)


case(grows_by_broadcasting, vec(4), mat(3, 4), wrt=(0, 1), smooth=True)


def carried_and_broadcast(s, x):
    for i in range(3):
        s = s * x + 1
    return np.sum(s)


case(carried_and_broadcast, 0.7, vec(3), wrt=(0, 1), smooth=True)


def mean_and_deviation(a):
    m = np.mean(a, axis=0)
    d = a - m
    v = np.mean(d * d, axis=0)
    return np.sum(d / np.sqrt(v + 0.01))


case(mean_and_deviation, mat(4, 3), smooth=True)


def distances(x, y):
    d = x[:, None, :] - y[None, :, :]
    return np.sum(np.sqrt(np.sum(d * d, axis=2) + 0.1))


case(distances, mat(3, 2), mat(4, 2), wrt=(0, 1), smooth=True)


def ones_and_zeros(s):
    y = np.ones(3) * s + np.zeros((2, 3)) - np.full(3, 0.5) * s * s
    return np.sum(np.sin(y))


case(ones_and_zeros, 0.7, smooth=True)
