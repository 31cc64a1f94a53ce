"""Loops over active values: arrays, lists, tuples, dicts, enumerate, zip, reversed, and nested targets."""
import numpy as np

from tests.corpus.registry import case, mat, vec


def over_array(x):
    s = 0.0
    for v in x:
        s = s + np.sin(v) * v
    return s


case(over_array, vec(4), smooth=True)


def over_rows(A):
    h = np.zeros(3)
    for row in A:
        h = np.tanh(row + 0.5 * h)
    return np.sum(h * h)


case(over_rows, mat(4, 3), smooth=True)


def over_list(ws):
    s = 0.0
    for w in ws:
        s = s * 0.5 + np.sum(w * w)
    return s


case(over_list, [mat(2, 3), vec(2), vec(4, 1)], smooth=True)


def over_tuple(x, y):
    s = 0.0
    for v in (x, x * y, y):
        s = s + np.sin(v) * s + v
    return s


case(over_tuple, 0.7, -1.3, wrt=(0, 1), smooth=True)


def over_pairs(layers, x):
    h = x
    for W, b in layers:
        h = np.tanh(W @ h + b)
    return np.sum(h)


case(over_pairs, [(mat(3, 2), vec(3)), (mat(4, 3), vec(4))], vec(2), wrt=(0, 1), smooth=True)


def enumerated(x):
    s = 0.0
    for i, v in enumerate(x):
        s = s + v ** 2 * (i + 1)
    return s


case(enumerated, vec(4), smooth=True)


def enumerated_from_one(x):
    s = 1.0
    for i, v in enumerate(x, start=1):
        s = s * np.cos(v) + v / i
    return s


case(enumerated_from_one, vec(4), smooth=True)


def zipped(xs, ys):
    s = 0.0
    for a, b in zip(xs, ys):
        s = s * b + a * b * b
    return s


case(zipped, vec(4), vec(4, 1), wrt=(0, 1), smooth=True)


def zipped_unequal(xs, ys):
    s = 0.0
    for a, b in zip(xs, ys):
        s = s * b + a * b * b
    return s


case(zipped_unequal, vec(5), vec(3, 1), wrt=(0, 1), smooth=True)


def zipped_strictly(xs, ys):
    s = 0.0
    for a, b in zip(xs, ys, strict=True):
        s = s * b + a * b * b
    return s


case(zipped_strictly, [0.3, -1.2], [0.7, 2.0], wrt=(0, 1), smooth=True)


def zipped_with_inactive(x, names):
    s = 0.0
    for v, name in zip(x, names):
        if name == "b":
            s = s - v * v
        else:
            s = s * v + v
    return s


case(zipped_with_inactive, vec(3), ["a", "b", "c"], smooth=True)


def enumerated_zip(x, y):
    s = 0.0
    for i, (a, b) in enumerate(zip(x, y)):
        s = s + a * b ** 2 * (i - 0.5)
    return s


case(enumerated_zip, vec(4), vec(4, 1), wrt=(0, 1), smooth=True)


def zip_of_enumerate(x, y):
    s = 0.0
    for (i, a), b in zip(enumerate(x), y):
        s = s * a + a * b * i
    return s


case(zip_of_enumerate, vec(4), vec(3, 1), wrt=(0, 1), smooth=True)


def backwards(x):
    s = 0.0
    for v in reversed(x):
        s = s * 0.3 + np.sin(v)
    return s


case(backwards, vec(4), smooth=True)


def backwards_list(x):
    states = [x, x * x, np.sin(x)]
    s = x * 0.0
    for v in reversed(states):
        s = s * 0.3 + v * v
    return np.sum(s)


case(backwards_list, vec(3), smooth=True)


def zip_with_reversed(x):
    s = 0.0
    for a, b in zip(x, reversed(x)):
        s = s + a * np.sin(b)
    return s


case(zip_with_reversed, vec(4), smooth=True)


def dict_items(params, x):
    s = 0.0
    for name, w in params.items():
        s = s + np.sum(w * w) * (2.0 if name == "b" else 1.0) * x
    return s


case(dict_items, {"w": vec(3), "b": vec(2, 1)}, 0.7, wrt=(0, 1), smooth=True)


def dict_values(params):
    s = 0.0
    for w in params.values():
        s = s * 0.5 + np.sum(w ** 3)
    return s


case(dict_values, {"w": vec(3), "b": vec(2, 1)}, smooth=True)


def dict_keys(params):
    s = 0.0
    for name in params:
        s = s * 0.5 + np.sum(params[name] ** 3)
    for name in params.keys():
        s = s * np.sum(params[name])
    return s


case(dict_keys, {"w": vec(3), "b": vec(2, 1)}, smooth=True)


def dict_in_step(params, scales):
    s = 0.0
    for (name, w), k in zip(params.items(), scales):
        s = s + np.sum(w ** 2) * k * len(name)
    return s


case(dict_in_step, {"w": vec(3), "bias": vec(2, 1)}, [0.5, -1.5], wrt=(0, 1), smooth=True)


def dict_of_pairs(layers, x):
    h = x
    for name, (W, b) in layers.items():
        h = np.tanh(W @ h + b)
    return np.sum(h)


case(dict_of_pairs, {"in": (mat(3, 2), vec(3)), "out": (mat(4, 3), vec(4))}, vec(2), wrt=(0, 1), smooth=True)


def nested_lists(rows):
    s = 0.0
    for row in rows:
        t = 1.0
        for v in row:
            t = t * v + 0.5
        s = s + t * t
    return s


case(nested_lists, [[0.3, -1.2], [0.7, 2.0], [1.1, 0.4]], smooth=True)


def with_break(x):
    s = 0.0
    for v in x:
        if s > 1.0:
            break
        s = s + v * v
    return s * s


case(with_break, vec(6), smooth=True)


def returned_from_inside(x):
    s = 1.0
    for i, v in enumerate(x):
        s = s * np.cos(v)
        if i == 2:
            return s * v
    return s


case(returned_from_inside, vec(5), smooth=True)


def target_bound_again(x):
    s = 0.0
    for v in x:
        v = v * v
        s = s + v * np.sin(v)
    return s + v


case(target_bound_again, vec(4), smooth=True)


def source_bound_again(x):
    s = 0.0
    for v in x:
        x = x * 0.5
        s = s + v * x[0]
    return s + np.sum(x)


case(source_bound_again, vec(3), smooth=True)


def inactive_pairs(x):
    for a, b in [(1.0, 2.0), (0.5, -1.0)]:
        x = a * x * x + b * x
    return np.sum(x)


case(inactive_pairs, vec(3), smooth=True)


def inactive_enumerate(x, data):
    s = 0.0
    for i, row in enumerate(data):
        s = s + np.sum(np.sin(row * x)) * i
    return s


case(inactive_enumerate, vec(3), mat(4, 3), smooth=True)


def inactive_set(x):
    for n in {2, 3}:
        x = x * x * n
    return x


case(inactive_set, 0.7, smooth=True)


def inactive_dict(x):
    scales = {"a": 0.5, "b": -1.5}
    for name, k in scales.items():
        x = x * x * k
    for name in scales:
        x = np.sin(x) * len(name)
    for k in sorted(scales.values()):
        x = x * k + x * x
    return x


case(inactive_dict, 0.7, smooth=True)


def inactive_generator(x, data):
    for k in map(abs, data):
        x = x * x * k
    return x


case(inactive_generator, 0.7, [0.5, -1.5, 2.0], smooth=True)


def any_step(x):
    s = 0.0
    for i in range(x.size - 1, -1, -2):
        s = s * x[i] + x[i] ** 2
    for i in range(1, x.size, 2):
        s = s * x[i]
    return s


case(any_step, vec(6), smooth=True)


def list_grows_afterwards(x):
    scales = [2.0, 3.0]
    for k in scales:
        x = x * x * k
    scales.extend([5.0, 6.0])
    scales.reverse()
    return x * scales[0]


case(list_grows_afterwards, 0.7, smooth=True)
