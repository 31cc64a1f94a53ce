"""Adjoints of kernels that work in place, as an expert writes them: by the first output, seeded with ones."""
import numpy as np


def jacobi_2d_adjoint(a, b, steps, *, b_out=1.0):
    b_a, b_b = np.full_like(a, b_out), np.full_like(b, b_out)
    for _ in range(steps):
        for x, y in ((b_a, b_b), (b_b, b_a)):
            t = 0.2 * x[1:-1, 1:-1]
            x[1:-1, 1:-1] = 0.0
            y[1:-1, 1:-1] += t
            y[1:-1, :-2] += t
            y[1:-1, 2:] += t
            y[2:, 1:-1] += t
            y[:-2, 1:-1] += t
    return b_a, b_b


def burgers_adjoint(u, nu, dt, steps, *, b_out=1.0):
    u = u.copy()
    tape = []
    for _ in range(steps):
        tape.append(u[1:-1].copy())
        u[1:-1] -= dt * u[1:-1] * (u[2:] - u[:-2]) - nu * dt * (u[2:] - 2 * u[1:-1] + u[:-2])
    b_u = np.full_like(u, b_out)
    b_nu = 0.0
    for _ in range(steps):
        u[1:-1] = tape.pop()
        b_t = -b_u[1:-1]
        b_slope = dt * u[1:-1] * b_t
        b_curve = -nu * dt * b_t
        b_nu -= dt * np.sum((u[2:] - 2 * u[1:-1] + u[:-2]) * b_t)
        b_u[1:-1] += dt * (u[2:] - u[:-2]) * b_t - 2 * b_curve
        b_u[2:] += b_slope + b_curve
        b_u[:-2] += b_curve - b_slope
    return b_u, b_nu


def lu_adjoint(a, *, b_out=1.0):
    a = a.copy()
    n = a.shape[0]
    for i in range(n):
        for j in range(i):
            a[i, j] -= a[i, :j] @ a[:j, j]
            a[i, j] /= a[j, j]
        for j in range(i, n):
            a[i, j] -= a[i, :i] @ a[:i, j]
    b_a = np.full_like(a, b_out)
    for i in reversed(range(n)):
        for j in reversed(range(i, n)):
            b_a[i, :i] -= b_a[i, j] * a[:i, j]
            b_a[:i, j] -= b_a[i, j] * a[i, :i]
        for j in reversed(range(i)):
            b_a[i, j] /= a[j, j]
            b_a[j, j] -= b_a[i, j] * a[i, j]
            b_a[i, :j] -= b_a[i, j] * a[:j, j]
            b_a[:j, j] -= b_a[i, j] * a[i, :j]
    return (b_a,)


def cholesky_adjoint(a, *, b_out=1.0):
    a = a.copy()
    n = a.shape[0]
    for j in range(n):
        for k in range(j):
            a[j:, j] -= a[j:, k] * a[j, k]
        a[j:, j] /= np.sqrt(a[j, j])
    b_a = np.full_like(a, b_out)
    for j in reversed(range(n)):
        b_a[j, j] -= 0.5 * (a[j:, j] @ b_a[j:, j]) / a[j, j]
        b_a[j:, j] /= a[j, j]
        for k in reversed(range(j)):
            b_a[j, k] -= a[j:, k] @ b_a[j:, j]
            b_a[j:, k] -= a[j, k] * b_a[j:, j]
    return (b_a,)


def thomas_adjoint(lower, diagonal, upper, rhs, *, b_out=1.0):
    diagonal, x = diagonal.copy(), rhs.copy()
    n = len(x)
    for i in range(1, n):
        w = lower[i] / diagonal[i - 1]
        diagonal[i] -= w * upper[i - 1]
        x[i] -= w * x[i - 1]
    eliminated = x.copy()
    x[-1] /= diagonal[-1]
    for i in range(n - 2, -1, -1):
        x[i] = (x[i] - upper[i] * x[i + 1]) / diagonal[i]
    b_lower, b_diagonal, b_upper = np.zeros_like(lower), np.zeros_like(diagonal), np.zeros_like(upper)
    b_x = np.full_like(x, b_out)
    for i in range(n - 1):
        b_x[i] /= diagonal[i]
        b_diagonal[i] -= x[i] * b_x[i]
        b_x[i + 1] -= upper[i] * b_x[i]
        b_upper[i] -= x[i + 1] * b_x[i]
    b_x[-1] /= diagonal[-1]
    b_diagonal[-1] -= x[-1] * b_x[-1]
    for i in range(n - 1, 0, -1):
        w = lower[i] / diagonal[i - 1]
        b_w = -(eliminated[i - 1] * b_x[i] + upper[i - 1] * b_diagonal[i])
        b_x[i - 1] -= w * b_x[i]
        b_upper[i - 1] -= w * b_diagonal[i]
        b_diagonal[i - 1] -= w * b_w / diagonal[i - 1]
        b_lower[i] += b_w / diagonal[i - 1]
    return b_lower, b_diagonal, b_upper, b_x
