"""match, del, imports inside functions."""
import numpy as np

from tests.corpus.registry import case, vec


def match_constants(x, kind):
    match kind:
        case "square" | "quadratic":
            y = x * x
        case "sine":
            y = np.sin(x)
        case None:
            y = x
        case 3 | -1:
            y = x ** 3
        case _:
            y = x * 0.5
    return y * x


case(match_constants, 0.7, "quadratic", smooth=True)
case(match_constants, 0.7, None, smooth=True)
case(match_constants, 0.7, -1, smooth=True)
case(match_constants, 0.7, "other", smooth=True)


def match_with_guards(x, n):
    match n * 2:
        case 0:
            return x
        case k if k > 4:
            x = x * k
        case (2 | 4) as k if x > 100:
            x = x + k
        case k:
            x = np.sin(x) * k
    return x * x


case(match_with_guards, 0.7, 1, smooth=True)
case(match_with_guards, 0.7, 3, smooth=True)
case(match_with_guards, 0.7, 0, smooth=True)


def match_on_active(x):
    match x:
        case 0.0:
            y = x * 2
        case v if v > 1:
            y = v * v
        case v:
            y = np.sin(v) * x
    return y


case(match_on_active, 0.7, smooth=True)
case(match_on_active, 1.7, smooth=True)


def match_in_a_loop(x, codes):
    for code in codes:
        match code:
            case "stop":
                break
            case "skip":
                continue
            case "sin":
                x = np.sin(x)
            case _:
                x = x * x
        x = x + 0.1
    return x


case(match_in_a_loop, 0.7, ["sin", "skip", "square", "sin", "stop", "square"], smooth=True)


def deleted(x):
    y = x * x
    z = np.sin(y)
    del y
    items = [z, x, z * x]
    del items[1]
    return items[0] * items[1]


case(deleted, 0.7, smooth=True)


def imported_inside(x):
    import math
    import numpy as numerics
    from math import exp as e, pi
    return math.sin(x) * e(x) + numerics.tanh(x) * pi


case(imported_inside, 0.7, smooth=True)


def imported_in_a_branch(x):
    if x > 0:
        from math import log
        x = log(x)
    return np.sum(x * x)


case(imported_in_a_branch, 0.7, smooth=True)


def lazy_values(x, y):
    a = x or y
    b = x and y
    c = (x > 0 and x * y) or y
    d = None or x
    return a * b + c * d


case(lazy_values, 0.7, -1.2, wrt=(0, 1), smooth=True)
case(lazy_values, 0.0, -1.2, wrt=1, smooth=True)


def conditional_values(x, y):
    a = x if x > y else y * y
    b = (a if a > 0 else -a) if y else x
    return a * b + (np.sin(x) if a < 0 else y)


case(conditional_values, 0.7, -1.2, wrt=(0, 1), smooth=True)


def loop_else(x):
    for v in x:
        if v > 100:
            break
        x = x * 0.9
    else:
        x = x * x
    n = 0
    while n < 2:
        n += 1
        if n > 5:
            break
    else:
        x = np.sin(x)
    return np.sum(x)


case(loop_else, vec(3), smooth=True)
