"""Stores into arrays that the function made itself."""
import numpy as np

from tests.corpus.registry import case, mat, vec


def filled_by_a_loop(x):
    y = np.zeros(4)
    for i in range(4):
        y[i] = x[i] * x[i - 1]
    return np.sum(y * y)


case(filled_by_a_loop, vec(4), smooth=True)


def empty_then_filled(x):
    y = np.empty(3)
    y[0] = x[1] ** 2
    y[1:] = x[:2] * 3
    return np.sum(y * np.sin(y))


case(empty_then_filled, vec(3), smooth=True)


def augmented_element(x):
    y = x * 2
    y[0] += x[1] * x[2]
    y[1:] *= x[0]
    return np.sum(y * y)


case(augmented_element, vec(3), smooth=True)


def constant_over_active(x):
    y = x * x
    y[1] = 3.0
    return np.sum(y * x)


case(constant_over_active, vec(4), smooth=True)


def overwritten_element(x):
    y = np.zeros(3)
    y[0] = x[0] ** 2
    z = y[0] * x[1]
    y[0] = np.sin(x[2])
    return np.sum(y) * z


case(overwritten_element, vec(3), smooth=True)


def scan(x, a):
    h = np.zeros_like(x)
    h[0] = x[0]
    for t in range(1, x.shape[0]):
        h[t] = np.tanh(a * h[t - 1] + x[t])
    return np.sum(h * h)


case(scan, vec(5), 0.7, wrt=(0, 1), smooth=True)


def stencil(u, steps):
    v = u.copy()
    for t in range(steps):
        v[1:-1] = 0.25 * v[:-2] + 0.5 * v[1:-1] * v[1:-1] + 0.25 * v[2:]
    return np.sum(v * v)


case(stencil, vec(6), 3, smooth=True)


def triangular_solve(a, b):
    x = np.zeros(3)
    for i in range(3):
        x[i] = (b[i] - a[i, :i] @ x[:i]) / a[i, i]
    return np.sum(x * b)


case(triangular_solve, mat(3, 3) + 3 * np.eye(3), vec(3), wrt=(0, 1), smooth=True)


def matrix_filled(x):
    a = np.zeros((3, 2))
    for i in range(3):
        for j in range(2):
            a[i, j] = x[i] * x[j] + i - j
    a[0] = a[1] * 2
    a[:, 1] -= x
    return np.sum(a * a)


case(matrix_filled, vec(3), smooth=True)


def indexed_store(x):
    y = x * x
    y[[2, 0]] = y[[0, 1]] * x[:2]
    return np.sum(y * y)


case(indexed_store, vec(4), smooth=True)


def repeated_indices(x):
    y = x * 1.0
    index = np.array([1, 3, 1, 0])
    y[index] = x * x
    y[index] += 2.0 * x[::-1]
    return np.sum(y * x)


case(repeated_indices, vec(4), smooth=True)


def rows_by_index(x):
    a = np.outer(x, x + 2.0)
    a[[0, 2]] = a[[2, 0]]
    a[:, [1, 1]] -= a[:, :2] * x[0]
    return np.sum(a * np.sin(a))


case(rows_by_index, vec(3), smooth=True)


def swapped_elements(x):
    y = x * 2.0
    y[0], y[2] = y[2], y[0] * y[1]
    return np.sum(y * np.arange(1.0, 4.0))


case(swapped_elements, vec(3), smooth=True)


def mask_store(x):
    y = x * x
    y[y > 0.5] = 0.25 * np.sum(x)
    y[x < 0] *= 3.0
    return np.sum(y * y)


case(mask_store, vec(5), smooth=True)


def into_out(x):
    y = np.empty_like(x)
    np.multiply(x, x, out=y)
    np.add(y, x, y)
    np.sin(y, out=y, where=x > 0)
    z = np.exp(x, out=np.zeros(3))
    return np.sum(y * z)


case(into_out, vec(3), numeric=True)


def writing_calls(x):
    y = x * 3.0
    z = np.zeros(4)
    np.copyto(z, y)
    y.fill(2.0)
    np.add.at(z, [0, 1, 0], x[:3] * x[1:])
    np.subtract.at(z, np.array([3, 3]), y[0] * x[0])
    np.putmask(z, x < 0, x * x)
    np.put(z, [1], x[2])
    return np.sum(z * z * y)


case(writing_calls, vec(4), numeric=True)


def overlapping_diagonal(x):
    c = np.outer(x, x)
    e = x * 2.0
    for i in range(3):
        c[i:, i] = c[i, i:] = e[i:] * x[i]
    return np.sum(c * np.arange(9.0).reshape(3, 3))


case(overlapping_diagonal, vec(3), smooth=True)


def updates_itself(x):
    y = x * 1.0
    for k in range(1, 4):
        y[:k] += 0.5 * np.flip(y[:k])
        y[k] = y[:k] @ x[:k]
    return np.sum(y * y)


case(updates_itself, vec(4), smooth=True)


def zero_length(x):
    a = np.outer(x, x)
    y = x * 1.0
    for i in range(3):
        y[i] = (y[i] - a[i, :i] @ y[:i]) / (2.0 + a[i, i])
    return np.sum(y * y)


case(zero_length, vec(3), smooth=True)


def items_of_lists_are_updated(x):
    xs, ys = [x[0] * 1.0, x[1] * 2.0], [x * 1.0, x * 2.0]
    xs[0] -= x[2] * x[1]
    ys[1] -= x[0] * x[2]
    ys[0] += xs[0] * x
    return np.sum(ys[0] * ys[1]) * xs[1]


case(items_of_lists_are_updated, vec(3))  # its second derivative is refused: AliasError


def stores_into_a_copy(x):
    v = x.copy()
    v[[0, 2, 0]] = x[1:] * x[:-1]
    v[1:] -= x[0] * x[0]
    v[[3, 1, 1]] -= x[1:] * 2.0
    return np.sum(v * v)


case(stores_into_a_copy, vec(4), smooth=True)
