"""Arrays that are written to while lists, dicts, tuples, objects and loops hold views of them."""
from types import SimpleNamespace

import numpy as np

from tests.corpus.registry import case, mat, vec


def views_in_a_list(x):
    y = x * 1.0
    parts = [y[1:], y[:1]]
    parts.append(y[::2])
    parts[0][0] = x[1] * 2.0
    parts[2][:] *= parts[-2][0]
    return np.sum(y * y) * parts[0][1]


case(views_in_a_list, vec(4), smooth=True)


def views_in_a_dict(x):
    y = x * 1.0
    d = {"a": y[1:], "b": y[:1]}
    d["a"][0] = x[1] * 2.0
    d["c"] = d["a"][:2]
    y[1:] *= 1.5
    d["c"][1] = d["b"][0]
    return np.sum(d["a"] * x[1:]) + np.sum(y * y)


case(views_in_a_dict, vec(4), smooth=True)


def views_in_an_object(x):
    y = x * 1.0
    p = SimpleNamespace(a=y[1:], b=x[1])
    q = p
    q.a[0] = x[1] * 2.0
    y[2:] *= p.b
    p.b = q.a[1]
    return np.sum(y * y) * q.b + np.sum(q.a)


case(views_in_an_object, vec(4))


def views_in_a_tuple(x):
    y = np.outer(x, x)
    a, b = y[0], y[1]
    a, b = b, a
    a *= 2.0
    b += a
    t = (a, b)
    t[1][0] = x[0]
    return np.sum(y * y * np.sin(y))


case(views_in_a_tuple, vec(3), smooth=True)


def rows_in_turn(x):
    y = np.outer(x, x)
    for i, row in enumerate(y):
        row[i] = x[i]
        y[0] += row * 0.1
    for a, b in zip(y, y[::-1]):
        a -= 0.3 * b
    return np.sum(y * y)


case(rows_in_turn, vec(3), smooth=True)


def each_of_some_views(x):
    y = x * 1.0
    for v in (y[:1], y[1:], y):
        v *= x[1]
    for name, v in {"a": y[:2], "b": y[2:]}.items():
        v[0] += 1.0 if name == "a" else x[0]
    return np.sum(y * y)


case(each_of_some_views, vec(4), smooth=True, typed=True)


def arrays_changed_in_containers(x):
    y, z = x * 1.0, x * 2.0
    ys, d = [y, z], {"z": z}
    ys[0] *= x[1] * 2.0
    d["z"] -= y
    for i in range(2):
        ys[i] += x * x[i]
    return np.sum(y * y) + np.sum(z * ys[1]) * x[0]


case(arrays_changed_in_containers, vec(3), smooth=True, typed=True)


def arrays_changed_in_an_object(x):
    y = x * 1.0
    p = SimpleNamespace(a=y, b=x * 3.0)
    p.a *= x[1] * 2.0
    z = p.b
    p.b -= y
    z[0] = x[1]
    return np.sum(y * p.b) * z[1]


case(arrays_changed_in_an_object, vec(3), smooth=True, typed=True)


def split_and_written(a):
    top, bottom = np.split(a, 2)
    top += 2.0 * bottom
    left, right = np.hsplit(a, 2)
    right *= left
    for p in np.array_split(a, 3, axis=1):
        p[0] = p[1] * p[2]
    return np.sum(a * np.sin(a))


case(split_and_written, mat(4, 4), numeric=True, typed=True)


def columns_unpacked(a):
    b = a * 1.0
    u, v, w = b.T
    u *= v
    w -= u
    return np.sum(b * b)


case(columns_unpacked, mat(4, 3), smooth=True, typed=True)


def one_or_another(x):
    y, w = x * 2.0, x * 3.0
    z = y if x[0] > 0 else w
    z[0] = x[1] * 5.0
    for i in range(3):
        src, dst = (y, w) if i % 2 == 0 else (w, y)
        dst[1:] = src[:-1] * z[i]
    if x[1] > 0:
        v = y[1:]
    else:
        v = w[::-1]
    v *= x[2]
    return np.sum(y * z * w)


case(one_or_another, vec(4), smooth=True)
