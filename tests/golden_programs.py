"""The functions whose generated code is kept in tests/golden and read by people."""
import numpy as np


def shrink(w, x, n):
    y = x
    for i in range(n):
        a = w * y
        if np.sum(a) > 1.0:
            y = np.tanh(a)
        else:
            y = a * a
    return np.sum(y)


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


def cell(U, W, b, x, h):
    return np.tanh(x @ U + h @ W + b)


def rnn(U, W, b, xs, h):
    for i in range(len(xs)):
        h = cell(U, W, b, xs[i], h)
    return np.mean(h ** 2)


def moments(x):
    return np.mean(x), np.mean(x * x)


def spread(x):
    first, second = moments(x)
    return second - first * first


def table(a, n):
    total = 0.0
    for i in range(n):
        row = a[i] * 2
        for j in range(i):
            row = row + a[j] * row
        total = total + np.sum(row)
    return total


def history(x, n):
    states = [x]
    for i in range(n):
        states.append(np.sin(states[-1]) * x)
    return np.sum(states[-1] * states[0])


def cubic(x):
    return x ** 3 - 2.0 * x
