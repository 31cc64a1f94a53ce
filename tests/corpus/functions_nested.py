"""Functions made inside functions: captured variables, defaults, functions that take and return functions, partials."""
import functools
from functools import partial

import numpy as np

from tests.corpus.registry import case, mat, vec

RATE = 0.3


def local_lambda(x):
    f = lambda t: t * np.sin(t)
    return np.sum(f(x) + f(2 * x))


case(local_lambda, vec(3), smooth=True)


def lambda_called_at_once(x):
    return np.sum((lambda t, s=2.0: t * t * s)(np.sin(x))) + (lambda: np.sum(x))()


case(lambda_called_at_once, vec(3), smooth=True)


def lambdas_on_one_line(x):
    f, g = (lambda t: t * x), (lambda t: t + x * x)
    return np.sum(f(g(x)) - g(f(np.sin(x))))


case(lambdas_on_one_line, vec(3), smooth=True)


def captures_as_it_is_by_then(x):
    k = 2.0

    def scaled(t, by=k):
        y = t * k
        return y * by
    k = np.sum(x)
    a = scaled(x)
    k = k * k
    return np.sum(a * scaled(x, 3.0))


case(captures_as_it_is_by_then, vec(3), smooth=True)


def captures_in_a_loop(x, n):
    s = 0.0
    for i in range(n):
        def power(t):
            return t ** (i + 1) * s  # noqa: B023  (both are meant)
        s = s + np.sum(power(x)) + np.sum(x)
    return s


case(captures_in_a_loop, vec(3), 3, smooth=True)


def defaults_are_evaluated_once(x, n):
    s, k = np.sum(x), 0.5
    f = lambda t, i=k, *, j=s: t * i + j
    for k in range(n):
        s = s * f(x[k]) + f(s, j=k)
    return s


case(defaults_are_evaluated_once, vec(3), 3, smooth=True)


def nested_twice(x, y):
    def outer(a):
        b = a * y

        def inner(c):
            return c * b + x
        return inner(a) + inner(b)
    return np.sum(outer(x) * outer(np.cos(y)))


case(nested_twice, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def returns_early(x):
    def smooth_abs(t):
        if t > 0:
            return t * t
        for k in range(3):
            if k == 2:
                return -t * k
        return t
    return smooth_abs(x[0]) * smooth_abs(x[1]) + smooth_abs(x[2])


case(returns_early, vec(3), smooth=True)


def called_in_conditions(x):
    error = lambda t: t * t - 2.0
    count = 0
    while abs(error(x)) > 1e-2 and count < 30:
        x = x - error(x) / (2 * x)
        count += 1
    return x if error(x) > -1 else x * x


case(called_in_conditions, 3.0, smooth=True)


def _rk4(rhs, t, y, dt):
    k1 = rhs(t, y)
    k2 = rhs(t + dt / 2, y + dt / 2 * k1)
    k3 = rhs(t + dt / 2, y + dt / 2 * k2)
    k4 = rhs(t + dt, y + dt * k3)
    return y + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def runge_kutta(p, y, n):
    def rhs(t, u):
        return np.array([[0.0, 1.0], [-1.0, 0.0]]) @ u * p[0] - p[1] * u ** 3 + np.cos(t)
    dt = 0.1
    for i in range(n):
        y = _rk4(rhs, i * dt, y, dt)
    return np.sum(y * y)


case(runge_kutta, vec(2), vec(2, 1), 3, wrt=(0, 1), smooth=True)


def _damped(t, u):
    return -u * RATE + t * np.sin(u)


def runge_kutta_of_a_module_function(y):
    return np.sum(_rk4(_damped, 0.3, y, 0.2))


case(runge_kutta_of_a_module_function, vec(2), smooth=True)


def _descend(loss_gradient, w, *, rate=0.1, steps=3):
    for _ in range(steps):
        w = w - rate * loss_gradient(w)
    return w


def optimiser(w, data):
    def gradient(v):
        return data.T @ (np.tanh(data @ v) - 1.0)
    w = _descend(gradient, w)
    w = _descend(lambda v: gradient(v) + 0.1 * v, w, steps=2, rate=0.05)
    return np.sum(w * w)


case(optimiser, vec(2), mat(3, 2), wrt=(0, 1), smooth=True)


def _line(a, b):
    slope = a * b

    def line(t):
        return slope * t + a
    return line


def returned_function(x):
    f = _line(x, 2.0)
    g = _line(x * x, x)
    return np.sum(f(x) * g(f(x)))


case(returned_function, vec(3), smooth=True)


def returned_function_in_a_loop(x, n):
    s = x
    for i in range(n):
        f = _line(s, i + 1.0)
        s = np.sin(f(x)) + f(0.5)
    return np.sum(s)


case(returned_function_in_a_loop, vec(3), 3, smooth=True)


def returned_function_keeps_its_argument(x):
    s = x * 2
    f = _line(s, 2.0)
    g = (lambda t: lambda: t * s)(s)
    s = np.cos(s) * 3
    return np.sum(f(s) * f(x) * g())


case(returned_function_keeps_its_argument, vec(3), smooth=True)


def composed(x):
    def compose(*fs):
        def both(t):
            return fs[0](fs[1](t))
        return both
    f = compose(np.sin, lambda t: t * x)
    g = compose(f, f)
    return np.sum(g(x))


case(composed, vec(3), smooth=True)


def twice_of_twice(x):
    def twice(f):
        return lambda t: f(f(t))
    return np.sum(twice(twice(lambda t: np.sin(t) * x))(x))


case(twice_of_twice, vec(3), smooth=True)


def curried(x, y):
    add = lambda a: lambda b: lambda c: a * b + c
    return np.sum(add(x)(y)(x * y) * add(y)(2.0)(1.0))


case(curried, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def in_a_tuple(x):
    k = np.sum(x)
    pair = (lambda t: t * k, np.cos, x)
    f, g, y = pair
    return np.sum(f(g(y)) * pair[0](x) + pair[1](k) * pair[2])


case(in_a_tuple, vec(3), smooth=True)


def in_a_dict(x):
    ops = {"square": lambda t: t * t, "tanh": np.tanh, "scale": 2.0}
    return np.sum(ops["square"](x) * ops["tanh"](x)) * ops["scale"]


case(in_a_dict, vec(3), smooth=True)


def _affine(x, w=2.0, b=0.5, *, power=1):
    return (x * w + b) ** power


def partials(x):
    s = np.sum(x)
    f = partial(_affine, w=s)
    g = functools.partial(_affine, x, power=2)
    h = partial(f, b=x)
    s = s * 3
    return np.sum(f(x) * g(s) + h(x) + h(x, w=1.0)) + s


case(partials, vec(3), smooth=True)


def partial_of_a_lambda(x):
    f = partial(lambda a, b, c: a * b + c, x, c=np.sum(x))
    return np.sum(_descend(f, np.sin(x)))


case(partial_of_a_lambda, vec(3), smooth=True)


def partial_in_a_loop(x, n):
    s = x
    for i in range(n):
        step = partial(_affine, w=s, power=i)
        s = step(x) * 0.5
    return np.sum(s)


case(partial_in_a_loop, vec(3), 3, smooth=True)


MODULE_PARTIAL = partial(_affine, w=1.5, power=2)


def module_partial(x):
    return np.sum(MODULE_PARTIAL(x) + MODULE_PARTIAL(x, b=x, power=1))


case(module_partial, vec(3), smooth=True)


def takes_a_function(x, f, g=np.tanh):
    return np.sum(f(x) * g(f(x * 0.5)))


case(takes_a_function, vec(3), np.sin, smooth=True)
case(takes_a_function, vec(3), _affine, smooth=True)
case(takes_a_function, vec(3), lambda t: t * t * RATE, np.cos, smooth=True)
case(takes_a_function, vec(3), partial(_affine, b=vec(3, 5), power=2), smooth=True)
case(takes_a_function, vec(3), _line(vec(3, 2), 0.5), smooth=True)


def mean_field(x, f):
    def step(state):
        return f(state) + x
    s = x
    for _ in range(3):
        s = step(s)
    return np.sum(s)


case(mean_field, vec(3), np.tanh, smooth=True)
case(mean_field, vec(3), _affine, smooth=True)


def simpson(a, b, n):
    def integral(f, lo, hi):
        h = (hi - lo) / n
        s = f(lo) + f(hi)
        for i in range(1, n):
            s += (4 if i % 2 else 2) * f(lo + i * h)
        return s * h / 3
    return integral(lambda t: np.exp(-a * t * t), 0.0, b) * integral(np.sin, a, b)


case(simpson, 0.7, 1.9, 4, wrt=(0, 1), smooth=True)


def in_place_inside(x):
    y = np.zeros(3)

    def put(i, value):
        y[i] = value * value
        return y[i] * 2
    s = put(0, x[1]) + put(2, x[0])
    return np.sum(y * x) + s


case(in_place_inside, vec(3), smooth=True)


def list_from_inside(x):
    out = []

    def note(value):
        out.append(value * 2)
    note(x[0])
    note(np.sum(x * x))
    return out[0] * out[1]


case(list_from_inside, vec(3), smooth=True)
