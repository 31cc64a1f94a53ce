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
