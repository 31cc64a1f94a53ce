"""Functions that are chosen at run time, and loops over functions."""
import numpy as np

from tests.corpus.registry import case, vec


def _square(t):
    return t * t


ACTIVATIONS = {"tanh": np.tanh, "sin": np.sin, "square": _square}
LAYERS = (np.tanh, _square, np.sin)


def chosen(x, kind):
    act = np.tanh if kind == "tanh" else _square
    return np.sum(act(x) * act(x * 0.5))


case(chosen, vec(3), "tanh", smooth=True)
case(chosen, vec(3), "square", smooth=True)


def from_a_table(x, kind):
    f = ACTIVATIONS[kind]
    return np.sum(f(x) * ACTIVATIONS["sin"](x))


case(from_a_table, vec(3), "tanh", smooth=True)
case(from_a_table, vec(3), "square", smooth=True)


def changed_on_the_way(x, n):
    f, s = np.tanh, x
    for i in range(n):
        s = f(s) * x
        if i == 1:
            f = _square
    return np.sum(s)


case(changed_on_the_way, vec(3), 4, smooth=True)


def loop_over_functions(x, w):
    for f in (np.tanh, lambda t: t * w, _square):
        x = f(x) + w
    for f in [np.sin, np.cos]:
        x = f(x * w)
    return np.sum(x)


case(loop_over_functions, vec(3), 1.3, wrt=(0, 1), smooth=True)


def loop_over_pairs(x):
    s, k = 0.0, np.sum(x)
    for name, f, weight in (("a", np.sin, 2.0), ("b", lambda t: t * k, 0.5)):
        s = s + weight * np.sum(f(x)) * len(name)
    return s


case(loop_over_pairs, vec(3), smooth=True)


def loop_over_a_global(x):
    for layer in LAYERS:
        x = layer(x) * 1.5
    return np.sum(x)


case(loop_over_a_global, vec(3), smooth=True)


def first_that_fits(x):
    for f in (np.sin, _square, np.cos):
        y = np.sum(f(x))
        if y > 1.0:
            return y * x[0]
    return np.sum(x)


case(first_that_fits, vec(3), smooth=True)
