"""Programs for each item of "What it refuses today" in the README, by how the item starts."""
import numpy as np
import scipy.special

import srcgrad


def nested(x):
    def square(t):
        return t * t
    return square(x[0])


def local_lambda(x):
    square = lambda t: t * t
    return square(x[0])


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


def more_arguments(x, *more):
    return np.sum(x)


def more_keywords(x, **more):
    return np.sum(x)


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


def einsum(x):
    return np.sum(np.einsum("i,i->i", x, x))


def sort(x):
    return np.sum(np.sort(x) * x)


def solve(x):
    return np.sum(np.linalg.solve(np.eye(3) * x, x))


def fourier(x):
    return np.sum(np.abs(np.fft.fft(x)))


def error_function(x):
    return np.sum(scipy.special.erf(x))


def square(t):
    return t * t


def derivative_inside(x):
    return srcgrad.grad(square)(x[0])


x = np.array([0.3, 0.5, 0.2])
model = Model(x)

REFUSED = {
    "functions, lambdas and comprehensions inside": (nested, local_lambda, comprehension, scope, caught, more_arguments,
                                                     more_keywords, attribute_store),
    "a loop over the items of an active value": (over_items,),
    "gradients by the attributes of an object": (attribute,),
    "writes to a buffer that another variable shares": (view_written,),
    "functions without a rule": (einsum, sort, solve, fourier, error_function),
    "derivatives that are taken inside": (derivative_inside,),
    "`np.sin` itself": (np.sin,),
}


def argument_of(function):
    return model if function is attribute else x
