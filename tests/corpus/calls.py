"""Functions that call functions: arguments of all kinds, tuples, aliases, helpers of helpers, lambdas, recursion."""
import numpy as np

from tests.corpus.registry import case, mat, vec

GAIN = 1.7
WEIGHTS = np.array([0.3, -1.2, 0.8])


def _square(x):
    return x * x


def simple_call(x):
    return np.sum(_square(np.sin(x)))


case(simple_call, vec(3), smooth=True)


def _affine(x, w=2.0, b=0.5):
    return x * w + b


def keywords_and_defaults(x, s):
    a = _affine(x)
    b = _affine(x, s)
    c = _affine(b, b=s, w=1.5)
    d = _affine(x=a, w=c)
    return np.sum(c * d)


case(keywords_and_defaults, vec(3), 0.6, wrt=(0, 1), smooth=True)


def _both(x, y):
    total = x + y
    return total * x, total - y * 2


def tuple_result(x, y):
    a, b = _both(x, np.sin(y))
    pair = _both(a, b)
    return np.sum(pair[0] * b) + np.sum(pair[1])


case(tuple_result, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def _twice(x):
    return _square(_square(x)) + _affine(x, b=x)


def helper_of_helper(x):
    return np.sum(_twice(x * 0.5))


case(helper_of_helper, vec(4), smooth=True)


def _identity(x):
    return x


def returns_its_argument(x):
    y = _identity(x)
    z = _identity(y) * x
    return np.sum(y * z)


case(returns_its_argument, vec(3), smooth=True)


def _rebinds(x, s):
    x = x * s
    s = s + 1
    return x * s


def callee_rebinds_parameters(x, s):
    y = _rebinds(x, s)
    return np.sum(y * x) * s


case(callee_rebinds_parameters, vec(3), 0.7, wrt=(0, 1), smooth=True)


def _branching(x):
    if np.sum(x) > 0:
        return np.sin(x)
    return x * x * x


def callee_with_returns(x):
    return np.sum(_branching(x) - _branching(-x))


case(callee_with_returns, vec(3), smooth=True)


def _looping(x, n):
    y = x
    for i in range(n):
        y = y * np.cos(x) + i
    return y


def callee_with_loop(x):
    s = 0.0
    for k in range(3):
        s = s + np.sum(_looping(x, k))
    return s


case(callee_with_loop, vec(3), smooth=True)


def scalar_and_array(x, s):
    return np.sum(_square(x)) * _square(s) + _square(np.sum(x))


case(scalar_and_array, vec(3), 1.4, wrt=(0, 1), smooth=True)


def inactive_argument(x, y):
    return np.sum(_affine(x, y, 2.0) * _affine(y, 3.0))


case(inactive_argument, vec(3), vec(3, 1), wrt=0, smooth=True)
case(inactive_argument, vec(3), vec(3, 1), wrt=1, smooth=True)


def literal_arguments(x):
    return np.sum(_affine(x, 3)) + _affine(2.0, 0.5) * np.sum(x)


case(literal_arguments, vec(3), smooth=True)


def same_argument_twice(x):
    a, b = _both(x, x)
    return np.sum(a * b)


case(same_argument_twice, vec(3), smooth=True)


def reads_globals(x):
    return np.sum(WEIGHTS * x * GAIN) + np.dot(WEIGHTS, x) ** 2


case(reads_globals, vec(3), smooth=True)


def _uses_global(x):
    return x * GAIN + WEIGHTS[0]


def callee_reads_globals(x):
    return np.sum(_uses_global(x) ** 2)


case(callee_reads_globals, vec(4), smooth=True)


def called_in_condition(x):
    if _square(x) > 1.0:
        return _affine(x)
    return _square(x)


case(called_in_condition, 1.4, smooth=True)
case(called_in_condition, 0.4, smooth=True)


def nested_calls_in_expression(x, w):
    return np.sum(np.tanh(_affine(_square(x) @ w, b=_square(x[0])) - _identity(x)[1]))


case(nested_calls_in_expression, vec(3), mat(3, 2), wrt=(0, 1), smooth=True)


def _shadow(np_, sum_):
    return np_ * sum_


def keyword_order(x, y):
    return np.sum(_shadow(sum_=x, np_=np.sin(y)) * y)


case(keyword_order, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def own_keyword_arguments(x, scale=1.5, shift=0.2):
    return np.sum(np.sin(x * scale + shift))


case(own_keyword_arguments, vec(3), wrt=(0, "scale"), scale=0.7, smooth=True)
case(own_keyword_arguments, vec(3), 0.9, wrt=("x", 2), shift=-0.4, smooth=True)
case(own_keyword_arguments, vec(3), smooth=True)
case(own_keyword_arguments, vec(3), wrt="shift", smooth=True)


def keyword_only(x, *, rate, steps=2):
    for i in range(steps):
        x = x - rate * np.sin(x)
    return np.sum(x)


case(keyword_only, vec(3), wrt=("rate", "x"), rate=0.3, smooth=True)


def _ignores(x, unused):
    return x * 2


def ignored_argument(x, y):
    return np.sum(_ignores(x, np.exp(y)) * x)


case(ignored_argument, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def _constant(x):
    return 3.0


def constant_callee(x):
    return np.sum(x * _constant(x))


case(constant_callee, vec(3), smooth=True)


def _factorial_like(x, n):
    if n <= 0:
        return x
    return x * _factorial_like(x * 0.9 + 0.1, n - 1)


def recursion(x):
    return _factorial_like(x, 3)


case(recursion, 1.2, smooth=True)


module_lambda = lambda x, y: np.sum(x * np.cos(y))


case(module_lambda, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def builtin_functions(x, y):
    return abs(x) * max(x, y) + min(x * y, 3.0) + pow(x, 2) + sum([x, y, x * y])


case(builtin_functions, -0.7, 0.4, wrt=(0, 1), smooth=True)
