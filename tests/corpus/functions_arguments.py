"""`*args` and `**kwargs`, in parameters and in calls; decorators; functions whose cells hold functions."""
import functools

import numpy as np

from tests.corpus.registry import case, vec

CALLS = []


def _affine(x, w=2.0, b=0.5, *, power=1):
    return (x * w + b) ** power


def starred_arguments(x, y):
    pair = (x, y)
    only = {"w": x}
    more = {"b": y, "power": 2}
    return np.sum(_affine(*pair) * _affine(x, *(y, x)) + _affine(*pair, **more) + _affine(y, **only))


case(starred_arguments, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def starred_rule(x, y):
    pair = (x * y, np.cos(y))
    return np.sum(np.maximum(*pair) + np.multiply(*pair))


case(starred_rule, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def starred_shape(x, shape):
    noise = np.zeros(max(*shape)) + 0.5
    return np.sum(noise * np.sum(x))


case(starred_shape, vec(3), [2, 4, 3], smooth=True)


def _total(first, *rest, scale=1.0, **named):
    s = np.sum(first) * scale
    for i in range(len(rest)):
        s = s + (i + 1) * np.sum(first)
    if len(rest) > 1:
        s = s * np.sum(rest[1])
    return s + np.sum(named["z"] * rest[0]) if named else s


def any_arguments(x, y):
    return _total(x) + _total(x, y) * _total(x, y, x, scale=2.0) + _total(x, y, z=np.sin(y), w=3)


case(any_arguments, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def nested_any(x, y):
    def weighted(*parts, **weights):
        return parts[0] * weights["a"] + parts[-1] * weights["b"]

    def forward(*args, **kwargs):
        return weighted(*args, **kwargs) * weighted(x, *args, b=2.0, a=args[0])
    return np.sum(forward(x, y, a=y, b=x * x))


case(nested_any, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def _logged(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        CALLS.append(fn.__name__)
        result = fn(*args, **kwargs)
        return result
    return wrapper


def _scaled(by):
    def decorator(fn):
        def wrapper(x, *rest):
            return by * fn(x, *rest)
        return wrapper
    return decorator


@_logged
def _cubed(x, w=0.5):
    return x ** 3 * w


@_scaled(3.0)
@_logged
@_scaled(np.array([1.0, -2.0, 0.5]))
def _decorated_often(x, y):
    return x * np.sin(y)


def decorated(x, y):
    return np.sum(_cubed(x) + _cubed(x, w=y) * _decorated_often(y, x))


case(decorated, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def decorated_inside(x):
    def doubled(fn):
        @functools.wraps(fn)
        def wrapper(*args):
            return 2.0 * fn(*args)
        return wrapper

    @doubled
    @_scaled(0.5)
    def inner(t):
        return t * x
    return np.sum(inner(np.sin(x)))


case(decorated_inside, vec(3), smooth=True)


def _mutable(x, history=[1.0, 2.0], *, table={"k": 3.0}):
    return x * history[1] + table["k"]


def mutable_defaults(x):
    return np.sum(_mutable(x) * _mutable(x, [x, x * x]))


case(mutable_defaults, vec(3), smooth=True)
