"""Functions that call themselves and each other."""
import numpy as np

from tests.corpus.registry import case, vec


def _power(x, n):
    if n == 0:
        return 1.0
    half = _power(x, n // 2)
    return half * half * x if n % 2 else half * half


def power(x, n):
    return _power(x, n) + _power(np.sin(x), 3)


case(power, 1.3, 5, smooth=True)


def direct(x, n):
    if n <= 0:
        return np.sum(x)
    return np.sum(x * n) * direct(x * 0.5, n - 1)


case(direct, vec(3), 2, smooth=True)


def _split(x, n):
    if n == 0:
        return x, x * x
    a, b = _split(x * 0.7, n - 1)
    return a + b, np.sin(b)


def tuple_result(x, n):
    a, b = _split(x, n)
    return np.sum(a * b)


case(tuple_result, vec(3), 3, smooth=True)


def _even(x, n):
    return x if n == 0 else _odd(x * np.cos(x), n - 1)


def _odd(x, n):
    if n == 0:
        return -x
    y = _even(x + 1.0, n - 1)
    return y * x


def mutual(x, n):
    return np.sum(_even(x, n)) * np.sum(_odd(x, n + 1))


case(mutual, vec(3), 3, smooth=True)


def _total(x, lo, hi):
    if hi - lo == 1:
        return x[lo] * x[lo]
    mid = (lo + hi) // 2
    return _total(x, lo, mid) * np.cos(_total(x, mid, hi))


def halves(x):
    return _total(x, 0, len(x))


case(halves, vec(5), smooth=True)


def _fibonacci(a, b, n):
    return a if n == 0 else _fibonacci(b, a + b * 0.5, n - 1)


def tail_calls(a, b):
    return _fibonacci(a, b, 6) * b


case(tail_calls, 0.7, 1.3, wrt=(0, 1), smooth=True)


def _adaptive(f, a, b, depth):
    m = (a + b) / 2
    whole = (b - a) / 6 * (f(a) + 4 * f(m) + f(b))
    if depth == 0:
        return whole
    return _adaptive(f, a, m, depth - 1) + _adaptive(f, m, b, depth - 1)


def quadrature(a, b):
    return _adaptive(np.sin, a, b, 2) * _adaptive(_gauss, a, b, 1)


def _gauss(t):
    return np.exp(-t * t)


case(quadrature, 0.3, 1.9, wrt=(0, 1), smooth=True)


def nested(x):
    def power(n):
        return x if n == 0 else x * power(n - 1)
    return np.sum(power(3) - power(1))


case(nested, vec(3), smooth=True)


def nested_mutual(x, n):
    k = np.sum(x)

    def even(y, m, by=2.0):
        return y * k if m == 0 else odd(y * by, m - 1)

    def odd(y, m):
        return y + x if m == 0 else even(np.sin(y), m - 1)
    k = k * 2
    return np.sum(even(x, n) * odd(x, n))


case(nested_mutual, vec(3), 3, smooth=True)


def nested_inactive(x):
    def factorial(n):
        return 1 if n <= 1 else n * factorial(n - 1)
    return np.sum(x * x) * factorial(4)


case(nested_inactive, vec(3), smooth=True)


def nested_with_a_lambda(a, b, w):
    f = lambda t: np.exp(-w * t * t)

    def adaptive(lo, hi, depth):
        m = (lo + hi) / 2
        if depth == 0:
            return (hi - lo) / 6 * (f(lo) + 4 * f(m) + f(hi))
        return adaptive(lo, m, depth - 1) + adaptive(m, hi, depth - 1)
    return adaptive(a, b, 2)


case(nested_with_a_lambda, 0.1, 1.2, 0.7, wrt=(0, 1, 2), smooth=True)
