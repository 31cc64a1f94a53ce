"""Programs for each item of "What it refuses today" in the README, by how the item starts."""
import numpy as np

import srcgrad


def comprehension(x):
    return sum([t * t for t in x])


def scope(x):
    with np.errstate(all="ignore"):
        return np.sum(x)


def caught(x):
    try:
        return np.sum(x)
    except ValueError:
        return 0.0


class Model:
    def __init__(self, w):
        self.w = w


def attribute_store(x):
    model.w = x
    return np.sum(model.w)


def over_items(x):
    total = 0.0
    for t in x:
        total = total + t * t
    return total


def attribute(model):
    return np.sum(model.w * model.w)


def view_written(x):
    y = x * x
    view = y[1:]
    view[0] = x[0]
    return np.sum(y)


def bincount(x):
    return np.sum(np.bincount([0, 1, 1], weights=x))


def square(t):
    return t * t


def pullback_inside(x):
    value, pullback = srcgrad.vjp(np.sin, x)
    return np.sum(pullback(x)[0]) + np.sum(value)


def two_subscripts(x):
    a = np.zeros((2, 2))
    a[0][1] = x[1]
    return np.sum(a)


def array_of_indices(x):
    y = np.zeros(2)
    y[np.array([0, 0, 1])] = x
    return np.sum(y * y)


def variable_place(x):
    pair = x, x * x
    total = 0.0
    for i in range(2):
        total = total + np.sum(pair[i])
    return total


def multiplied_list(x):
    items = [x[0]] * 3
    return items[0] * items[1]


def filled_and_emptied(x):
    stack = [x[0]]
    total = 0.0
    while stack:
        value = stack.pop()
        total = total + value
        if value > 0.1:
            stack.append(value * 0.5)
    return total


x = np.array([0.3, 0.5, 0.2])
model = Model(x)

REFUSED = {
    "comprehensions inside": (comprehension, scope, caught, attribute_store),
    "a loop over the items of an active value": (over_items,),
    "gradients by the attributes of an object": (attribute,),
    "writes to a buffer that another variable shares": (view_written,),
    "stores through two subscripts": (two_subscripts, array_of_indices),
    "a tuple at a place": (variable_place, multiplied_list, filled_and_emptied),
    "functions without a rule": (bincount,),
    "`vjp` inside": (pullback_inside,),
}


def argument_of(function):
    return model if function is attribute else x
