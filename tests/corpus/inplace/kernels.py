"""Solvers, stencils and data: the first twenty."""
import numpy as np

from tests.corpus.inplace.register import kernel
from tests.corpus.registry import mat, ten, vec


# ------------------------------------------------------------------ stencils
@kernel(vec(9), vec(9, 1), 3, wrt=("a", "b"), of="a")
def jacobi_1d(a, b, steps):
    for _ in range(steps):
        b[1:-1] = (a[:-2] + a[1:-1] + a[2:]) / 3.0
        a[1:-1] = (b[:-2] + b[1:-1] + b[2:]) / 3.0


@kernel(mat(5, 6), mat(5, 6, 1), 2, wrt=("a", "b"), of=("a", "b"))
def jacobi_2d(a, b, steps):
    for _ in range(steps):
        b[1:-1, 1:-1] = 0.2 * (a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1])
        a[1:-1, 1:-1] = 0.2 * (b[1:-1, 1:-1] + b[1:-1, :-2] + b[1:-1, 2:] + b[2:, 1:-1] + b[:-2, 1:-1])


@kernel(ten(4, 5, 4), ten(4, 5, 4, seed=1), 2, wrt=("u",), of="u")
def heat_3d(u, v, steps):
    inner = slice(1, -1)
    for _ in range(steps):
        v[1:-1, 1:-1, 1:-1] = u[1:-1, 1:-1, 1:-1] + 0.1 * (
            u[2:, 1:-1, 1:-1] + u[:-2, 1:-1, 1:-1] + u[1:-1, 2:, 1:-1] + u[1:-1, :-2, 1:-1]
            + u[1:-1, 1:-1, 2:] + u[1:-1, 1:-1, :-2] - 6.0 * u[1:-1, 1:-1, 1:-1])
        u[inner, inner, inner] = v[inner, inner, inner]


@kernel(mat(5, 4), 2, wrt=("a",), of="a")
def gauss_seidel(a, steps):
    n, m = a.shape
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                a[i, j] = (a[i - 1, j] + a[i, j - 1] + a[i, j] * a[i + 1, j] + a[i, j + 1]) / 4.0


@kernel(mat(4, 5), mat(4, 5, 1), mat(4, 5, 2), 2, wrt=("ex", "ey", "hz"), of=("ex", "hz"))
def waves(ex, ey, hz, steps):
    for t in range(steps):
        ey[0, :] = 0.1 * t
        ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])


@kernel(vec(8), 0.3, 0.05, 3, wrt=("u", "nu"), of="u")
def burgers(u, nu, dt, steps):
    for _ in range(steps):
        u[1:-1] -= dt * u[1:-1] * (u[2:] - u[:-2]) - nu * dt * (u[2:] - 2 * u[1:-1] + u[:-2])


@kernel(vec(9), vec(9, 2), 0.4, 2, wrt=("h", "q", "g"), of=("h", "q"))
def shallow_water(h, q, g, steps):
    flux = np.empty_like(h)
    for _ in range(steps):
        flux[:] = q * q / (h * h + 1.0) + 0.5 * g * h ** 2
        dq = np.zeros_like(q)
        dq[1:-1] = flux[2:] - flux[:-2]
        h[1:-1] -= 0.05 * (q[2:] - q[:-2])
        q -= 0.05 * dq


# ------------------------------------------------------------------ solvers and factorisations
@kernel(vec(5), vec(5, 1) + 4.0, vec(5, 2), vec(5, 3), wrt=("lower", "diagonal", "upper", "rhs"), of="rhs")
def thomas(lower, diagonal, upper, rhs):
    n = len(rhs)
    for i in range(1, n):
        w = lower[i] / diagonal[i - 1]
        diagonal[i] -= w * upper[i - 1]
        rhs[i] -= w * rhs[i - 1]
    rhs[-1] /= diagonal[-1]
    for i in range(n - 2, -1, -1):
        rhs[i] = (rhs[i] - upper[i] * rhs[i + 1]) / diagonal[i]


@kernel(mat(4, 4) @ mat(4, 4).T + 4.0 * np.eye(4), wrt=("a",), of="a")
def cholesky(a):
    n = a.shape[0]
    for j in range(n):
        for k in range(j):
            a[j:, j] -= a[j:, k] * a[j, k]
        a[j:, j] /= np.sqrt(a[j, j])


@kernel(mat(4, 4) + 5.0 * np.eye(4), wrt=("a",), of="a")
def lu(a):
    n = a.shape[0]
    for i in range(n):
        for j in range(i):
            a[i, j] -= a[i, :j] @ a[:j, j]
            a[i, j] /= a[j, j]
        for j in range(i, n):
            a[i, j] -= a[i, :i] @ a[:i, j]


@kernel(mat(4, 4) + 3.0 * np.eye(4), np.zeros(4), vec(4), wrt=("l", "b"), of="x")
def triangular_solve(l, x, b):
    for i in range(len(b)):
        x[i] = (b[i] - l[i, :i] @ x[:i]) / l[i, i]


@kernel(mat(5, 3), np.zeros((5, 3)), np.zeros((3, 3)), wrt=("a",), of=("q", "r"))
def gram_schmidt(a, q, r):
    for k in range(a.shape[1]):
        r[k, k] = np.sqrt(np.dot(a[:, k], a[:, k]))
        q[:, k] = a[:, k] / r[k, k]
        for j in range(k + 1, a.shape[1]):
            r[k, j] = np.dot(q[:, k], a[:, j])
            a[:, j] -= q[:, k] * r[k, j]


@kernel(0.3 * vec(5), wrt=("r",), of="return")
def durbin(r):
    y = np.empty_like(r)
    alpha = -r[0]
    beta = 1.0
    y[0] = -r[0]
    for k in range(1, len(r)):
        beta *= 1.0 - alpha * alpha
        alpha = -(r[k] + np.dot(np.flip(r[:k]), y[:k])) / beta
        y[:k] += alpha * np.flip(y[:k])
        y[k] = alpha
    return y


# ------------------------------------------------------------------ helpers that write, views, data
def step_pressure(p, b):
    old = p.copy()
    for _ in range(2):
        old[:] = p
        p[1:-1, 1:-1] = 0.25 * (old[1:-1, 2:] + old[1:-1, :-2] + old[2:, 1:-1] + old[:-2, 1:-1] - b[1:-1, 1:-1])
        walls(p)


def walls(p):
    p[:, -1] = p[:, -2]
    p[0, :] = p[1, :]
    p[-1, :] = 0.0


def source(b, u, v):
    b[1:-1, 1:-1] = (u[1:-1, 2:] - u[1:-1, :-2]) * (v[2:, 1:-1] - v[:-2, 1:-1]) - u[1:-1, 1:-1] ** 2


@kernel(mat(5, 5), mat(5, 5, 1), mat(5, 5, 2), 2, wrt=("u", "v", "p"), of=("u", "p"))
def cavity(u, v, p, steps):
    b = np.zeros_like(p)
    for _ in range(steps):
        source(b, u, v)
        step_pressure(p, b)
        u[1:-1, 1:-1] -= 0.1 * (p[1:-1, 2:] - p[1:-1, :-2])
        v[1:-1, 1:-1] -= 0.1 * (p[2:, 1:-1] - p[:-2, 1:-1])
        u[0, :] = 1.0


@kernel(mat(4, 6), np.array([1.0, 2.0, 0.5, 1.5]), 0.01, 3, wrt=("state", "mass"), of="state")
def bodies(state, mass, dt, steps):
    position, velocity = state[:, :3], state[:, 3:]
    for _ in range(steps):
        force = np.zeros_like(position)
        for i in range(len(mass)):
            d = position - position[i]
            r2 = np.sum(d * d, axis=1) + 0.1
            force[i] = np.sum((mass / r2 ** 1.5)[:, None] * d, axis=0)
        velocity += dt * force
        position += dt * velocity


@kernel(mat(6, 4), np.zeros(4), np.zeros((4, 4)), wrt=("data",), of=("mean", "corr"))
def correlation(data, mean, corr):
    mean[:] = np.mean(data, axis=0)
    data -= mean
    data /= np.sqrt(np.mean(data * data, axis=0) + 0.1)
    for i in range(data.shape[1]):
        corr[i, i] = 1.0
        for j in range(i + 1, data.shape[1]):
            corr[i, j] = corr[j, i] = np.dot(data[:, i], data[:, j])


@kernel(mat(5, 6), mat(2, 3, 1), np.zeros((4, 4)), wrt=("image", "weights"), of="out")
def convolution(image, weights, out):
    kh, kw = weights.shape
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i:i + kh, j:j + kw] * weights)
    np.maximum(out, 0.0, out=out)


@kernel(mat(4, 5), 0.4, wrt=("image", "k"), of="return")
def recursive_filter(image, k):
    y1, y2 = np.empty_like(image), np.empty_like(image)
    y1[:, 0] = k * image[:, 0]
    for j in range(1, image.shape[1]):
        y1[:, j] = k * image[:, j] + np.exp(-k) * y1[:, j - 1]
    y2[:, -1] = 0.0
    for j in range(image.shape[1] - 2, -1, -1):
        y2[:, j] = k * image[:, j + 1] + np.exp(-k) * y2[:, j + 1]
    return y1 + y2


GAMMA = np.array([0.3, 0.5, 0.2, 0.4])


@kernel(mat(3, 4), mat(3, 4, 1), wrt=("u", "w"), of="u")
def advection(u, w):
    c = np.zeros_like(u)
    d = np.zeros_like(u)
    for k in range(u.shape[1]):
        g = GAMMA[k] * w[:, k]
        c[:, k] = g / (2.0 + g * g)
        d[:, k] = u[:, k] - g * (d[:, k - 1] if k else 0.0)
    for k in range(u.shape[1] - 2, -1, -1):
        d[:, k] -= c[:, k] * d[:, k + 1]
    u[:, :] = d


@kernel(mat(4, 4), vec(4), wrt=("a", "x"), of=("a", "x"))
def rank_one(a, x):
    a += np.outer(x, x)
    x @= a.T
    a[np.diag_indices(4)] *= 2.0
    a[[0, 2]] = a[[2, 0]]
