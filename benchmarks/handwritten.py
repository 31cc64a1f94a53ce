"""The adjoints of programs.py as an expert writes them: the measure of the generated code.

They know the types of their arguments and use no other mathematics than the chain rule.
"""
import numpy as np


def seed_grad(x, *, b_out=1.0):
    return 2 * b_out * x


def logistic_grad(w, b, x, y, *, b_out=1.0):
    z = x @ w + b
    e = np.exp(-z)
    p = 1 / (1 + e)
    b_t = -b_out / y.size
    b_p = b_t * y / p - b_t * (1 - y) / (1 - p)
    b_z = b_p * p * p * e
    return x.T @ b_z, np.sum(b_z)


def newton_grad(a, x, *, b_out=1.0):
    tape = []
    while True:
        tape.append(x)
        step = (x * x - a) / (2 * x)
        x = x - step
        if abs(step) < 1e-9:
            break
    b_a = 0.0
    b_x = b_out
    while tape:
        x = tape.pop()
        b_a += b_x / (2 * x)
        b_x -= b_x * (0.5 + a / (2 * x * x))
    return b_a


def recurrent_grad(w, u, b, xs, h, *, b_out=1.0):
    tape = []
    for x in xs:
        tape.append(h)
        h = np.tanh(x @ w + h @ u + b)
    b_w = np.zeros_like(w)
    b_u = np.zeros_like(u)
    b_b = np.zeros_like(b)
    b_h = 2 * b_out / h.size * h
    for x in reversed(xs):
        b_t = (1 - h * h) * b_h
        h = tape.pop()
        b_w += x.T @ b_t
        b_u += h.T @ b_t
        b_b += b_t.sum(axis=0)
        b_h = b_t @ u.T
    return b_w, b_u, b_b
