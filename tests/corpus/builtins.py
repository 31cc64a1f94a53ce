"""Builtins and methods of containers over active values."""
import numpy as np

from tests.corpus.registry import case, vec


def list_slices(x):
    items = [x, x * x, np.sin(x), x + 1]
    tail = items[1:]
    middle = items[1:3]
    back = items[::-1]
    return np.sum(tail[0] * middle[1] + back[0] * tail[-1])


case(list_slices, vec(3), smooth=True)


def list_concatenation(x):
    items = [x, x * x] + [np.sin(x)]
    items = items + [x[0]] + items
    return np.sum(items[2] * items[-1]) * items[3]


case(list_concatenation, vec(3), smooth=True)


def list_repetition(x):
    items = [x, x * x] * 3
    more = 2 * [x[0]]
    return np.sum(items[2] * items[-1]) * more[1]


case(list_repetition, vec(3), smooth=True)


def filled_then_stored(x):
    row = [0.0] * 4
    for i in range(4):
        row[i] = x[i] * x[i - 1]
    return row[0] * row[3] + row[1]


case(filled_then_stored, vec(4), smooth=True)


def list_extended(x):
    items = [x[0]]
    items.extend([v * v for v in x])
    items += [np.sin(x[1])]
    items.extend(x)
    return sum(items) * items[-4] * items[2]


case(list_extended, vec(3), smooth=True)


def list_inserted(x):
    items = [x[0], x[1] ** 2]
    items.insert(0, x[2] * 3)
    items.insert(2, np.sin(x[0]))
    items.insert(-1, x[1])
    items.insert(99, x[2])
    s = 0.0
    for i, v in enumerate(items):
        s = s + v * (i + 1) ** 2
    return s * items[0]


case(list_inserted, vec(3), smooth=True)


def queue(x):
    items = [x[0], x[1] ** 2, np.sin(x[2])]
    s = 1.0
    first = items.pop(0)
    s = s * first + items[0]
    items.append(s)
    second = items.pop(-2)
    return s * second + items[0] * items[1]


case(queue, vec(3), smooth=True)


def list_copied(x):
    items = [x, x * x]
    other = items.copy()
    other.append(np.sin(x))
    third = list(other)
    return np.sum(third[2] * items[1]) + len(items)


case(list_copied, vec(3), smooth=True)


def tuple_slices(x, y):
    t = (x, y, x * y, np.sin(y))
    a, b = t[1:3]
    return a * b + t[::2][1] * t[-1]


case(tuple_slices, 0.7, -1.2, wrt=(0, 1), smooth=True)


def tuple_concatenation(x, y):
    t = (x, y) + (x * y,)
    t = t * 2 + (y,)
    return t[0] * t[4] + t[5] * t[6]


case(tuple_concatenation, 0.7, -1.2, wrt=(0, 1), smooth=True)


def tuple_at_a_variable_place(x, y):
    t = (x, y, x * y)
    s = 0.0
    for i in range(3):
        s = s * 0.5 + t[i] ** 2
    return s


case(tuple_at_a_variable_place, 0.7, -1.2, wrt=(0, 1), smooth=True)


def tuple_from_list(x):
    t = tuple([v * v for v in x])
    a, b, c = t
    return a * b + c * t[0]


case(tuple_from_list, vec(3), smooth=True)


def tuple_with_star(x, y):
    t = (x, y)
    u = (*t, x * y)
    v = (0.5, *u)
    return u[2] * v[1] + v[-1] * len(v)


case(tuple_with_star, 0.7, -1.2, wrt=(0, 1), smooth=True)


def sorted_values(x):
    s = 0.0
    for i, v in enumerate(sorted(x)):
        s = s + v * v * i
    return s


case(sorted_values, vec(5), smooth=True)


def sorted_by_key(x):
    items = [v * np.sin(v) for v in x]
    down = sorted(items, key=abs, reverse=True)
    return down[0] * down[1] + down[-1] ** 2


case(sorted_by_key, vec(5), smooth=True)


def sorted_pairs(xs, names):
    s = 0.0
    for name, v in sorted(zip(names, xs)):
        s = s * v + v + len(name)
    return s


case(sorted_pairs, [0.3, -1.2, 0.8], ["ccc", "a", "bb"], smooth=True)


def sorted_items(params):
    s = 0.0
    for name, w in sorted(params.items()):
        s = s * 0.5 + np.sum(w * w)
    return s


case(sorted_items, {"w": vec(3), "b": vec(2, 1)}, smooth=True)


def largest_by_key(x):
    items = [v * v - v for v in x]
    a = max(items, key=abs)
    b = min(items, key=abs)
    c = max(items[0], items[1], key=abs)
    return a * b + c


case(largest_by_key, vec(5), smooth=True)


def largest_or_default(x):
    big = [v for v in x if v > 100]
    a = max(big, default=x[0] * 2)
    b = min([v * v for v in x], default=0.0)
    return a * b


case(largest_or_default, vec(4), smooth=True)


def of_several_numbers(x, y):
    return max(x, y, x * y) * min(x, y) + abs(y) + pow(x, 3) + x % 0.4


case(of_several_numbers, 0.7, -1.2, wrt=(0, 1), smooth=True)


def sum_of_arrays(x):
    total = sum([x, x * x, np.sin(x)])
    return np.sum(total * sum([x * 2], x))


case(sum_of_arrays, vec(3), smooth=True)


def sum_of_values(params):
    return sum(params.values()) * max(params.values())


case(sum_of_values, {"a": 0.7, "b": 1.2}, smooth=True)


def list_of_zip(x, y):
    pairs = list(zip(x, y))
    a, b = pairs[1]
    return a * b * b + pairs[0][0] * pairs[2][1]


case(list_of_zip, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def list_of_reversed(x):
    items = list(reversed([v * v for v in x]))
    return items[0] * items[1] + np.sin(items[-1])


case(list_of_reversed, vec(4), smooth=True)


def list_of_enumerate(x):
    items = list(enumerate(x))
    i, v = items[2]
    return v * v * i


case(list_of_enumerate, vec(4), smooth=True)


def dict_get(params, x):
    a = params.get("w", 1.0)
    b = params.get("missing", x * 2)
    c = params.get("missing")
    return np.sum(a * b) if c is None else np.sum(a)


case(dict_get, {"w": vec(3), "b": vec(2, 1)}, 0.7, wrt=(0, 1), smooth=True)


def dict_get_any(params, names):
    s = 0.0
    for name in names:
        s = s + np.sum(params.get(name, 0.5) ** 2)
    return s


case(dict_get_any, {"w": vec(3), "b": vec(2, 1)}, ["b", "c", "w"], smooth=True)


def dict_update(params, x):
    state = {"h": x, "n": 2}
    state.update({"h": x * x, "c": np.sin(x)})
    state.update(d=x * 3)
    return state["h"] * state["c"] * state["n"] + state["d"] * params["w"]


case(dict_update, {"w": 0.3}, 0.7, wrt=(0, 1), smooth=True)


def dict_setdefault(x):
    cache = {"a": x * x}
    a = cache.setdefault("a", 0.0)
    b = cache.setdefault("b", np.sin(x))
    return a * b + cache["b"]


case(dict_setdefault, 0.7, smooth=True)


def dict_from_pairs(x, names):
    d = dict(zip(names, x))
    return d["a"] * d["c"] + d["b"] ** 2


case(dict_from_pairs, vec(3), ["a", "b", "c"], smooth=True)


def dict_from_keywords(x):
    d = dict(a=x * x, b=2.0)
    e = dict(d, c=np.sin(x))
    f = d.copy()
    return e["a"] * e["c"] + f["a"] * f["b"]


case(dict_from_keywords, 0.7, smooth=True)


def membership(x, params):
    if "w" in params and "q" not in params:
        x = x * params["w"]
    if 3 in [1, 2, 3]:
        x = x * x
    return x


case(membership, 0.7, {"w": -1.2}, wrt=(0, 1), smooth=True)


def counted(x):
    items = [v * v for v in x]
    return sum(items) * len(items) + bool(items) * x[0] + float(x[1]) * 2


case(counted, vec(3), smooth=True)


def inactive_containers(x):
    names = ["b", "a"]
    names.insert(0, "c")
    names.extend(["d"])
    sizes = dict(zip(names, range(4)))
    sizes.update(e=5)
    for name in sorted(names):
        x = x * x + sizes.get(name, 1)
    names.pop(0)
    return x * len(names) * max(sizes.values())


case(inactive_containers, 0.3, smooth=True)
