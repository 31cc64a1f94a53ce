"""Programs that write, loop or index in ways that are refused for now."""
import numpy as np


def row_then_item(x):
    a = np.zeros((2, 2))
    a[0][1] = x[1]
    return np.sum(a)


def item_of_a_list(x):
    arrays = [x * 1.0, x * 2.0]
    arrays[0][1] = x[0] * x[2]
    return np.sum(arrays[0] * arrays[1])


def item_of_a_dict(x):
    arrays = {"a": x * 1.0}
    arrays["a"][0] = x[1] ** 2
    return np.sum(arrays["a"] ** 3)


def the_last_write_counts(x):
    y = np.zeros(2)
    y[np.array([0, 0, 1])] = x
    return np.sum(y * y)


def the_last_addition_counts(x):
    y = np.zeros(2)
    y[np.array([0, 0, 1])] += x
    return np.sum(y * y)


def tuple_at_a_variable_place(x):
    pair = x, x * x
    total = 0.0
    for i in range(2):
        total = total + np.sum(pair[i])
    return total


def repeated_list(x):
    items = [x[0]] * 3
    items[1] = x[1]
    return items[0] * items[1] * items[2]


def enumerated(x):
    total = 0.0
    for i, k in enumerate([2, 3, 1]):
        total = total + x[i] ** k
    return total


def zipped(x):
    total = 0.0
    for i, c in zip(range(3), [1.0, 2.0, 3.0]):
        total = total * x[i] + x[i] * c
    return total


def stack_of_tuples(x):
    stack = [(x[0], 1)]
    total = 0.0
    while stack:
        value, depth = stack.pop()
        total = total + value * depth
        if depth < 3:
            stack.append((value * 2, depth + 2))
    return total
