"""The functions to differentiate. Each is written once: HIPS autograd gets the same code over its own `np`."""
import numpy as np


def seed(x):
    return np.sum(x * x + 1)


def logistic(w, b, x, y):
    z = x @ w + b
    p = 1 / (1 + np.exp(-z))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def newton(a, x):
    while True:
        step = (x * x - a) / (2 * x)
        x = x - step
        if abs(step) < 1e-9:
            break
    return x


def cell(w, u, b, x, h):
    return np.tanh(x @ w + h @ u + b)


def recurrent(w, u, b, xs, h):
    for t in range(xs.shape[0]):
        h = cell(w, u, b, xs[t], h)
    return np.mean(h ** 2)


# ------------------------------------------------------------------ as short as can be, to measure dispatch
def one(x):
    return 2.0 * x


def three(x, y, z):
    return 2.0 * x


def first(x, y, z):
    return 2.0 * x[0]


def scaled(x, params):
    return 2.0 * x
