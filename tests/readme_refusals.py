"""Programs for each item of "What it refuses today" in the README, by how the item starts."""
import numpy as np

import srcgrad

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
    "assignments of active values to globals": (global_name,),
    "functions without a rule": (bincount,),
    "`vjp` inside": (pullback_inside,),
}
