"""Writes through views and aliases, and callees that write to what they are given."""
import numpy as np

from tests.corpus.registry import case, mat, vec


def alias_is_written(x):
    y = x * 2
    z = y
    z[0] = x[1] * 5
    return np.sum(y * z)


case(alias_is_written, vec(3), smooth=True)


def view_is_written(x):
    y = x * 2
    v = y[1:]
    v[0] = x[0] ** 2
    v *= 3.0
    return np.sum(y * x)


case(view_is_written, vec(3), smooth=True)


def view_read_after_its_base(x):
    y = x * 2
    v = y[::2]
    y[0] = x[1] * x[1]
    y[1:] += v[0]
    return np.sum(v * v * y[2])


case(view_read_after_its_base, vec(5), smooth=True)


def alias_is_updated(x):
    y = x * 2
    z = y
    z += x
    z -= z * y
    return np.sum(y * z)


case(alias_is_updated, vec(3), smooth=True, typed=True)


def views_of_views(x):
    y = np.outer(x, x + 1.0)
    t = y.T
    t[0] += y[:, 1]
    row = t[1:][0]
    row[::-1][0] = x[0]
    y[1][2] = x[2] * y[2][1]
    return np.sum(y * np.sin(t))


case(views_of_views, vec(3), smooth=True)


def reshaped_view(x):
    y = np.outer(x, x * x)
    flat = y.reshape(-1)
    flat[3] = flat[0] * 2.0
    y[2, 1] *= flat[4]
    return np.sum(y * y)


case(reshaped_view, vec(3), smooth=True)


def rows_in_a_loop(x):
    y = np.zeros((3, 4))
    for i in range(3):
        row = y[i]
        for j in range(4):
            row[j] = x[j] * x[j - 1] + (row[j - 1] if j else 0.5)
    return np.sum(y * y)


case(rows_in_a_loop, vec(4), smooth=True)


def sliding_window(x, n):
    y = x * 1.0
    for i in range(n):
        window = y[i:i + 2]
        window += x[i] * window[::-1]
    return np.sum(y * y)


case(sliding_window, vec(5), 4, smooth=True)
case(sliding_window, vec(5), 0)


def through_a_dict(x):
    d = {"a": x * x, "b": x * 1.0}
    h = d["a"]
    d["a"] += x
    d["a"][0] = 2.0 * h[1]
    h[2] += 1.5
    return np.sum(h * d["b"])


case(through_a_dict, vec(3), smooth=True, typed=True)


def through_a_list(x):
    ys = [x * 1.0, x * 2.0]
    ys[0][1] = ys[1][0] * x[2]
    a = ys[0]
    a[0] = a[1] * 3
    return np.sum(ys[0] * ys[1])


case(through_a_list, vec(3), smooth=True)


def clamp(u):
    u[0] = 0.0
    u[-1] = u[-2]


def smooth(u, v, k):
    v[1:-1] = u[1:-1] + k * (u[2:] - 2 * u[1:-1] + u[:-2]) * u[1:-1]


def advance(u, v, k):
    smooth(u, v, k)
    clamp(v)
    smooth(v, u, k=k)
    clamp(u)


def callees_write(u0, k, steps):
    u = u0.copy()
    v = np.zeros_like(u)
    for _ in range(steps):
        advance(u, v, k)
    return np.sum(u * v)


case(callees_write, vec(6), 0.3, 3, wrt=(0, 1), smooth=True)


def callee_writes_to_views(x):
    y = x * 1.0
    clamp(y[1:])
    clamp(y[:3])
    return np.sum(y * np.arange(1.0, 1 + len(x)) * y)


case(callee_writes_to_views, vec(5), smooth=True)


def fill_and_return(out, x):
    out[1:] += x[:-1] * out[:-1]
    return out


def callee_returns_its_argument(x):
    y = x * x
    z = fill_and_return(y, x)
    z[0] = z[1] * 2.0
    return np.sum(y * z)


case(callee_returns_its_argument, vec(4), smooth=True)


def add_to(total, x):
    total += x
    return total


def callee_updates(x):
    y = np.zeros(3)
    add_to(y, x * x)
    z = add_to(y, x)
    return np.sum(y * z) + add_to(2.0, x[0])


case(callee_updates, vec(3), smooth=True)


def factor_in_place(a):
    n = a.shape[0]
    for k in range(n):
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]


def determinant(a):
    b = a + 4.0 * np.eye(a.shape[0])
    factor_in_place(b)
    result = 1.0
    for i in range(a.shape[0]):
        result = result * b[i, i]
    return result


case(determinant, mat(4, 4), smooth=True)


def argument_is_written(x, y):
    x[0] = y[1] * x[1]
    x[1:] *= y[0]
    return np.sum(x * y)


case(argument_is_written, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def view_of_an_argument(x):
    v = x[1:]
    v *= x[0]
    x[0] = v[1]
    return np.sum(x * x)


case(view_of_an_argument, vec(4), smooth=True)
