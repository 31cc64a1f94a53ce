"""The adjoints of kernels.py as an expert writes them."""
import numpy as np


def mlp_grad(w1, b1, w2, b2, x, y, *, b_out=1.0):
    a = x @ w1 + b1
    h = np.maximum(a, 0.0)
    e = np.exp(h @ w2 + b2)
    b_z = (e / e.sum(axis=1, keepdims=True) - y * y.sum(axis=1, keepdims=True)) * (b_out / y.shape[0])
    b_a = (a > 0) * (b_z @ w2.T)
    return x.T @ b_a, b_a.sum(axis=0), h.T @ b_z, b_z.sum(axis=0)


def lstm_grad(w, u, b, xs, h, c, *, b_out=1.0):
    n = h.shape[1]
    tape = []
    for x in xs:
        z = x @ w + h @ u + b
        s = 1 / (1 + np.exp(-z[:, :3 * n]))
        i, f, o = s[:, :n], s[:, n:2 * n], s[:, 2 * n:]
        g = np.tanh(z[:, 3 * n:])
        c_in, c = c, f * c + i * g
        r = np.tanh(c)
        tape.append((h, c_in, s, g, r))
        h = o * r
    b_h = 2 * (b_out / h.size) * h
    b_c = np.zeros_like(c)
    b_w, b_u, b_b = np.zeros_like(w), np.zeros_like(u), np.zeros_like(b)
    b_z = np.empty((h.shape[0], 4 * n))
    for x in xs[::-1]:
        h, c_in, s, g, r = tape.pop()
        i, f, o = s[:, :n], s[:, n:2 * n], s[:, 2 * n:]
        b_c += (1 - r * r) * (o * b_h)
        b_z[:, :n] = g * b_c
        b_z[:, n:2 * n] = c_in * b_c
        b_z[:, 2 * n:3 * n] = r * b_h
        b_z[:, :3 * n] *= s * (1 - s)
        b_z[:, 3 * n:] = (1 - g * g) * (i * b_c)
        b_c *= f
        b_w += x.T @ b_z
        b_u += h.T @ b_z
        b_b += b_z.sum(axis=0)
        b_h = b_z @ u.T
    return b_w, b_u, b_b


def chain_grad(x, *, b_out=1.0):
    s = np.sin(x)
    y = s * x
    z = np.exp(-y * y)
    u = np.tanh(z + x)
    b_u = b_out * (1 - u * u)
    return b_u - 2 * y * z * b_u * (np.cos(x) * x + s)


def rosenbrock_grad(x, *, b_out=1.0):
    left = x[:-1]
    b_d = 200.0 * b_out * (x[1:] - left * left)
    b_x = np.empty_like(x)
    b_x[0] = 0
    b_x[1:] = b_d
    b_x[:-1] -= 2 * left * b_d + 2 * b_out * (1 - left)
    return b_x


def mixture_grad(a, m, s, x, *, b_out=1.0):
    scale = np.exp(-s)
    d = (x[:, None, :] - m) * scale
    q = np.exp(a - np.sum(s, axis=1) - 0.5 * np.sum(d * d, axis=2))
    b_z = q * (b_out / x.shape[0] / q.sum(axis=1, keepdims=True))
    e = np.exp(a)
    total = b_z.sum(axis=0)
    t = b_z[:, :, None] * d
    return total - e * (b_out / e.sum()), scale * t.sum(axis=0), np.sum(t * d, axis=0) - total[:, None]


def softmax_grad(x, y, *, b_out=1.0):
    e = np.exp(x)
    p = e / e.sum(axis=1, keepdims=True)
    t = p * y
    return b_out * (t - p * t.sum(axis=1, keepdims=True))


def jacobi_2d_grad(u, v, steps, *, b_out=1.0):
    u, v = u.copy(), v.copy()
    for _ in range(steps):
        v[1:-1, 1:-1] = 0.2 * (u[1:-1, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] + u[:-2, 1:-1] + u[2:, 1:-1])
        u[1:-1, 1:-1] = 0.2 * (v[1:-1, 1:-1] + v[1:-1, :-2] + v[1:-1, 2:] + v[:-2, 1:-1] + v[2:, 1:-1])
    b_u = 2 * b_out * u
    b_v = np.zeros_like(v)
    for _ in range(steps):
        for b_to, b_from in ((b_u, b_v), (b_v, b_u)):
            t = 0.2 * b_to[1:-1, 1:-1]
            b_to[1:-1, 1:-1] = 0
            b_from[1:-1, 1:-1] += t
            b_from[1:-1, :-2] += t
            b_from[1:-1, 2:] += t
            b_from[:-2, 1:-1] += t
            b_from[2:, 1:-1] += t
    return b_u, b_v


def heat_3d_grad(u, steps, *, b_out=1.0):
    u = u.copy()
    for _ in range(steps):
        u[1:-1, 1:-1, 1:-1] += (
            0.125 * (u[2:, 1:-1, 1:-1] - 2.0 * u[1:-1, 1:-1, 1:-1] + u[:-2, 1:-1, 1:-1])
            + 0.1 * (u[1:-1, 2:, 1:-1] - 2.0 * u[1:-1, 1:-1, 1:-1] + u[1:-1, :-2, 1:-1])
            + 0.075 * (u[1:-1, 1:-1, 2:] - 2.0 * u[1:-1, 1:-1, 1:-1] + u[1:-1, 1:-1, :-2]))
    b_u = 2 * b_out * u
    for _ in range(steps):
        inner = b_u[1:-1, 1:-1, 1:-1].copy()
        b_u[1:-1, 1:-1, 1:-1] -= 0.6 * inner
        t = 0.125 * inner
        b_u[2:, 1:-1, 1:-1] += t
        b_u[:-2, 1:-1, 1:-1] += t
        t = 0.1 * inner
        b_u[1:-1, 2:, 1:-1] += t
        b_u[1:-1, :-2, 1:-1] += t
        t = 0.075 * inner
        b_u[1:-1, 1:-1, 2:] += t
        b_u[1:-1, 1:-1, :-2] += t
    return b_u


def burgers_grad(u, nu, dt, steps, *, b_out=1.0):
    tape = []
    u = u.copy()
    for _ in range(steps):
        tape.append(u[1:-1].copy())
        u[1:-1] -= dt * u[1:-1] * (u[2:] - u[:-2]) - nu * dt * (u[2:] - 2 * u[1:-1] + u[:-2])
    b_u = 2 * b_out * u
    b_nu = 0.0
    while tape:
        u[1:-1] = tape.pop()
        b_t = -b_u[1:-1]
        b_slope = dt * u[1:-1] * b_t
        b_curve = -nu * dt * b_t
        b_nu -= dt * np.sum((u[2:] - 2 * u[1:-1] + u[:-2]) * b_t)
        b_u[1:-1] += dt * (u[2:] - u[:-2]) * b_t - 2 * b_curve
        b_u[2:] += b_slope + b_curve
        b_u[:-2] += b_curve - b_slope
    return b_u, b_nu


def cholesky_grad(a, *, b_out=1.0):
    a = a.copy()
    n = a.shape[0]
    for j in range(n):
        a[j, j] = np.sqrt(a[j, j] - a[j, :j] @ a[j, :j])
        for i in range(j + 1, n):
            a[i, j] = (a[i, j] - a[i, :j] @ a[j, :j]) / a[j, j]
    b_a = np.diag(b_out / np.diag(a))
    for j in reversed(range(n)):
        for i in reversed(range(j + 1, n)):
            b_t = b_a[i, j] / a[j, j]
            b_a[i, j] = b_t
            b_a[j, j] -= b_t * a[i, j]
            b_a[i, :j] -= b_t * a[j, :j]
            b_a[j, :j] -= b_t * a[i, :j]
        b_t = b_a[j, j] / (2 * a[j, j])
        b_a[j, j] = b_t
        b_a[j, :j] -= 2 * b_t * a[j, :j]
    return b_a


def durbin_grad(r, *, b_out=1.0):
    n = r.shape[0]
    tape = []
    y = np.zeros(n)
    alpha = -r[0]
    beta = 1.0
    y[0] = -r[0]
    for k in range(1, n):
        alpha_in, beta_in = alpha, beta
        beta = (1 - alpha * alpha) * beta
        alpha = -(r[k] + r[:k][::-1] @ y[:k]) / beta
        tape.append((alpha_in, beta_in, alpha, beta, y[:k].copy()))
        y[:k] += alpha * y[:k][::-1]
        y[k] = alpha
    b_y = 2 * b_out * y
    b_r = np.zeros_like(r)
    b_alpha = b_beta = 0.0
    for k in reversed(range(1, n)):
        alpha_in, beta_in, alpha, beta, y_in = tape.pop()
        b_new = b_y[:k].copy()
        b_alpha += b_y[k] + y_in[::-1] @ b_new
        b_t = b_alpha / beta
        b_beta -= alpha * b_t
        b_r[k] -= b_t
        b_r[:k] -= b_t * y_in[::-1]
        b_y[:k] += alpha * b_new[::-1]
        b_y[:k] -= b_t * r[:k][::-1]
        b_alpha = -2 * alpha_in * beta_in * b_beta
        b_beta *= 1 - alpha_in * alpha_in
    b_r[0] -= b_y[0] + b_alpha
    return b_r
