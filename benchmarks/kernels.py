"""More functions to differentiate: models, statistics, and scientific kernels that work in place."""
import numpy as np


# ------------------------------------------------------------------ whole arrays
def mlp(w1, b1, w2, b2, x, y):
    h = np.maximum(x @ w1 + b1, 0.0)
    z = h @ w2 + b2
    return np.mean(np.log(np.sum(np.exp(z), axis=1)) - np.sum(y * z, axis=1))


def lstm(w, u, b, xs, h, c):
    n = h.shape[1]
    for t in range(xs.shape[0]):
        z = xs[t] @ w + h @ u + b
        i = 1 / (1 + np.exp(-z[:, :n]))
        f = 1 / (1 + np.exp(-z[:, n:2 * n]))
        o = 1 / (1 + np.exp(-z[:, 2 * n:3 * n]))
        g = np.tanh(z[:, 3 * n:])
        c = f * c + i * g
        h = o * np.tanh(c)
    return np.mean(h * h)


def chain(x):
    y = np.sin(x) * x
    z = np.exp(-y * y)
    return np.sum(np.tanh(z + x))


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def mixture(a, m, s, x):
    d = (x[:, None, :] - m) * np.exp(-s)
    z = a - np.sum(s, axis=1) - 0.5 * np.sum(d * d, axis=2)
    return np.mean(np.log(np.sum(np.exp(z), axis=1))) - np.log(np.sum(np.exp(a)))


def softmax(x, y):
    e = np.exp(x)
    p = e / np.sum(e, axis=1, keepdims=True)
    return np.sum(p * y)


# ------------------------------------------------------------------ in place
def jacobi_2d(u, v, steps):
    u, v = u.copy(), v.copy()
    for _ in range(steps):
        v[1:-1, 1:-1] = 0.2 * (u[1:-1, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] + u[:-2, 1:-1] + u[2:, 1:-1])
        u[1:-1, 1:-1] = 0.2 * (v[1:-1, 1:-1] + v[1:-1, :-2] + v[1:-1, 2:] + v[:-2, 1:-1] + v[2:, 1:-1])
    return np.sum(u * u)


def heat_3d(u, steps):
    u = u.copy()
    for _ in range(steps):
        u[1:-1, 1:-1, 1:-1] += (
            0.125 * (u[2:, 1:-1, 1:-1] - 2.0 * u[1:-1, 1:-1, 1:-1] + u[:-2, 1:-1, 1:-1])
            + 0.1 * (u[1:-1, 2:, 1:-1] - 2.0 * u[1:-1, 1:-1, 1:-1] + u[1:-1, :-2, 1:-1])
            + 0.075 * (u[1:-1, 1:-1, 2:] - 2.0 * u[1:-1, 1:-1, 1:-1] + u[1:-1, 1:-1, :-2]))
    return np.sum(u * u)


def burgers(u, nu, dt, steps):
    u = u.copy()
    for _ in range(steps):
        u[1:-1] -= dt * u[1:-1] * (u[2:] - u[:-2]) - nu * dt * (u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u * u)


def cholesky(a):
    a = a.copy()
    n = a.shape[0]
    for j in range(n):
        a[j, j] = np.sqrt(a[j, j] - a[j, :j] @ a[j, :j])
        for i in range(j + 1, n):
            a[i, j] = (a[i, j] - a[i, :j] @ a[j, :j]) / a[j, j]
    return np.sum(np.log(np.diag(a)))


def durbin(r):
    n = r.shape[0]
    y = np.zeros(n)
    alpha = -r[0]
    beta = 1.0
    y[0] = -r[0]
    for k in range(1, n):
        beta = (1 - alpha * alpha) * beta
        alpha = -(r[k] + r[:k][::-1] @ y[:k]) / beta
        y[:k] += alpha * y[:k][::-1]
        y[k] = alpha
    return np.sum(y * y)
