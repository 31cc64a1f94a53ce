"""Programs for each item of "What it refuses today" in the README, by how the item starts."""
import numpy as np

import srcgrad

TABLE = np.zeros(3)
TOTAL = 0.0


def caught(x):
    y = 0.0
    try:
        for v in x:
            y = y + v * v
    except ValueError:
        y = x[0]
    return y


def generated(x):
    yield np.sum(x)


def class_inside(x):
    class Model:
        w = 1.0
    return np.sum(x * Model.w)


def one_of_two(x):
    y, w = x * 2, x * 3
    z = y if x[0] > 0 else w
    z[0] = x[1] * 5
    return np.sum(y * z * w)


def global_array(x):
    TABLE[0] = x[1]
    return np.sum(TABLE * x)


def global_name(x):
    global TOTAL
    TOTAL = np.sum(x)
    return TOTAL * x[0]


def bincount(x):
    return np.sum(np.bincount([0, 1, 1], weights=x))


def pullback_inside(x):
    value, pullback = srcgrad.vjp(np.sin, x)
    return np.sum(pullback(x)[0]) + np.sum(value)


x = np.array([0.3, 0.5, 0.2])

REFUSED = {
    "generators and classes": (generated, class_inside),
    "loops over and writes to active values": (caught,),
    "writes to a buffer that another variable may share": (one_of_two,),
    "stores of active values into globals": (global_array, global_name),
    "functions without a rule": (bincount,),
    "`vjp` inside": (pullback_inside,),
}
