"""Comprehensions, generator expressions, assignment expressions, stars."""
import math

import numpy as np

from tests.corpus.registry import case, mat, vec

x_scale = 1.5


def squares(x):
    return sum([v * v for v in x])


case(squares, vec(4), smooth=True)


def filtered(x):
    kept = [v ** 3 for v in x if v > 0]
    return sum(kept) * len(kept)


case(filtered, vec(6), smooth=True)


def two_loops(x, y):
    products = [a * b * b for a in x for b in y]
    return sum(products) + products[1] * products[-1]


case(two_loops, vec(3), vec(2, 1), wrt=(0, 1), smooth=True)


def two_loops_with_conditions(x):
    return sum(x[i] * np.sin(x[j]) for i in range(x.size) if i != 1 for j in range(i) if j % 2 == 0)


case(two_loops_with_conditions, vec(5), smooth=True)


def nested_lists(rows):
    doubled = [[2 * v * v for v in row] for row in rows]
    return doubled[0][1] * doubled[1][0] + sum(sum(row) for row in doubled)


case(nested_lists, [[0.3, -1.2], [0.7, 2.0]], smooth=True)


def generator_sum(x):
    return sum(np.sin(v) for v in x) ** 2


case(generator_sum, vec(4), smooth=True)


def generator_with_start(x):
    return sum((v * v for v in x[1:]), x[0])


case(generator_with_start, vec(4), smooth=True)


def generator_max(x):
    return max(v * v for v in x) + min(np.sin(v) for v in x)


case(generator_max, vec(4), smooth=True)


def generator_any(x):
    s = np.sum(x * x)
    if any(v > 1 for v in x):
        s = s * x[0]
    if all(v > -10 for v in x):
        s = np.sin(s)
    return s


case(generator_any, vec(5), smooth=True)


def generator_first(x):
    first = next((v * v for v in x if v > 0), 0.0)
    return first * x[1]


case(generator_first, vec(5), smooth=True)


def generator_unpacked(x):
    a, b, c = (v * v for v in x)
    return a * b - c


case(generator_unpacked, vec(3), smooth=True)


def generator_in_for(x):
    s = 1.0
    for v in (u * u for u in x):
        s = s * v + v
    return s


case(generator_in_for, vec(3), smooth=True)


def names_do_not_leak(x):
    v = x * 2
    squares = [v * v for v in x]
    return np.sum(v) * sum(squares)


case(names_do_not_leak, vec(3), smooth=True)


def same_name_twice(x):
    rows = [[x * x for x in row] for row in [x, 2 * x]]
    return rows[0][1] * rows[1][0] + x[2]


case(same_name_twice, vec(3), smooth=True)


def global_of_the_same_name(x):
    scaled = [x_scale * v for v in x]
    total = sum(x_scale for x_scale in x)
    return sum(scaled) * total


case(global_of_the_same_name, vec(3), smooth=True)


def array_from_list(x):
    y = np.array([np.sin(v) * i for i, v in enumerate(x)])
    return y @ x


case(array_from_list, vec(4), smooth=True)


def stacked(ws, x):
    return np.sum(np.stack([np.tanh(w @ x) for w in ws]) ** 2)


case(stacked, [mat(3, 2), mat(3, 2, 1)], vec(2), wrt=(0, 1), smooth=True)


def dict_comprehension(params, x):
    scaled = {name: w * x for name, w in params.items()}
    return np.sum(scaled["w"]) * np.sum(scaled["b"] ** 2)


case(dict_comprehension, {"w": vec(3), "b": vec(2, 1)}, 0.7, wrt=(0, 1), smooth=True)


def updated_params(params, rate):
    new = {name: w - rate * w * w for name, w in params.items() if name != "skip"}
    return sum(np.sum(v) for v in new.values()) * len(new)


case(updated_params, {"w": vec(3), "skip": vec(1), "b": vec(2, 1)}, 0.7, wrt=(0, 1), smooth=True)


def set_comprehension(x):
    lengths = {n % 3 for n in range(7)}
    for n in sorted(lengths):
        x = x * x + n
    return x


case(set_comprehension, 0.7, smooth=True)


def inactive_comprehension(x):
    scales = [k / 2 for k in range(1, 4)]
    for k in scales:
        x = x * x * k
    return np.sum(x) * len([k for k in scales if k > 0.7])


case(inactive_comprehension, vec(3), smooth=True)


def of_pairs(points):
    return sum(math.hypot(a, b) * a for a, b in points)


case(of_pairs, [(0.3, -1.2), (0.7, 2.0)], smooth=True)


def zip_in_comprehension(x, y):
    return sum(a * b for a, b in zip(x, y)) / math.sqrt(sum(a * a for a in x))


case(zip_in_comprehension, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def walrus(x):
    if (y := x * x) > 0.1:
        y = y * np.sin(x)
    return y + (z := y * 2) * z


case(walrus, 0.7, smooth=True)


def walrus_in_while(x):
    while (y := x * x) > 0.3:
        x = x * 0.7 - y * 0.1
    return x + y


case(walrus_in_while, 1.9, smooth=True)


def walrus_in_comprehension(x):
    kept = [y * v for v in x if (y := np.sin(v)) > 0]
    return sum(kept) * y


case(walrus_in_comprehension, vec(5), smooth=True)


def walrus_between_operands(x):
    y = x + 1
    return y * (y := x * x) + y


case(walrus_between_operands, 0.7, smooth=True)


def starred_target(x):
    first, *middle, last = x
    return first * last + sum(v * v for v in middle)


case(starred_target, vec(5), smooth=True)


def starred_list_target(xs):
    first, *rest = xs
    for v in rest:
        first = first * v + np.sin(v)
    return np.sum(first)


case(starred_list_target, [vec(3), vec(3, 1), vec(3, 2)], smooth=True)


def starred_tuple_target(x, y):
    a, *rest = x, y, x * y
    return a * rest[0] + np.sin(rest[1])


case(starred_tuple_target, 0.7, -1.2, wrt=(0, 1), smooth=True)


def starred_nothing(x):
    a, b, *rest = x
    return a * b + len(rest)


case(starred_nothing, vec(2), smooth=True)


def starred_in_loop(rows):
    s = 0.0
    for first, *rest in rows:
        s = s + first * sum(rest)
    return s


case(starred_in_loop, [[0.3, -1.2, 0.5], [0.7, 2.0, 1.1]], smooth=True)


def starred_display(x, y):
    items = [*x, y, *x]
    return sum(items) * items[0] * items[-1]


case(starred_display, [0.3, -1.2], 0.7, wrt=(0, 1), smooth=True)


def starred_array(x):
    items = [*x, 1.0]
    return items[0] * items[1] + items[-1]


case(starred_array, vec(3), smooth=True)


def merged_dicts(params, b):
    new = {**params, "b": b * 2}
    return np.sum(new["w"]) * np.sum(new["b"] ** 2)


case(merged_dicts, {"w": vec(3), "b": vec(2, 1)}, vec(2, 2), wrt=(0, 1), smooth=True)
