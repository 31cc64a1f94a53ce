"""Python floats and ints, the math module, NumPy scalars, 0-d arrays."""
import math

import numpy as np

from tests.corpus.registry import case, vec


def math_functions(x):
    return math.sin(x) * math.exp(-x) + math.sqrt(x * x + 1) + math.log(2 + math.cos(x)) * math.pi


case(math_functions, 0.7, smooth=True)


def math_powers(x, y):
    return math.pow(x * x + 1, y) + math.atan2(y, x) + math.hypot(x, y) + math.tanh(x) / math.cosh(y)


case(math_powers, 0.7, -0.4, wrt=(0, 1), smooth=True)


def float_of_a_sum(x):
    return float(np.sum(x * x)) * 0.5


case(float_of_a_sum, vec(3), smooth=True)


def floor_and_remainder(x):
    return x // 0.7 * x + x % 0.7 + divmod(x, 0.3)[1]


case(floor_and_remainder, 2.0, numeric=True)


def abs_and_sign(x):
    return np.sum(np.abs(x) * np.sign(x) + abs(x) ** 3)


case(abs_and_sign, vec(5), smooth=True)


def zero_d_argument(x, s):
    return np.sum(x) * s ** 2 + s.sum() + s.size * s


case(zero_d_argument, vec(3), np.array(1.3), wrt=(0, 1), smooth=True)


def zero_d_output(x):
    return np.sin(x) * x


case(zero_d_output, np.array(0.8), smooth=True)


def numpy_scalar_argument(s):
    return s * s * np.exp(s)


case(numpy_scalar_argument, np.float64(0.6), smooth=True)


def integer_exponents(x):
    return x ** 2 + x ** 1 + x ** 0 + x ** -1 + x ** 5


case(integer_exponents, -1.3, smooth=True)


def integer_exponents_of_arrays(x):
    return np.sum(x ** 2 + x ** 1 + x ** 3) + np.sum(x ** 0)


case(integer_exponents_of_arrays, np.array([-1.3, 0.0, 0.7]), smooth=True)


def exponent_as_argument(x, n):
    return np.sum(x ** n)


case(exponent_as_argument, np.array([-1.3, 0.6]), 3, smooth=True)
case(exponent_as_argument, np.array([-1.3, 0.6]), 2.0, smooth=True)


def constant_base(x):
    return 2 ** x + np.sum(0.5 ** (x * np.arange(3)))


case(constant_base, 0.7, smooth=True)


def ints_and_floats(x, n):
    k = n * 2 + 1
    m = k // 3
    return x * k / (m + 1) + x * x * (k % 2)


case(ints_and_floats, 0.7, 4, smooth=True)


def float_first_array_later(x):
    s = 0.0
    for i in range(x.shape[0]):
        s = s + x[i] * (i + 1)
    return np.sum(s * s)


case(float_first_array_later, np.arange(6.0).reshape(3, 2) - 2.3, smooth=True)


def int_first_float_later(x):
    s = 0
    p = 1
    for i in range(x.size):
        s += x[i]
        p *= x[i]
    return s * p


case(int_first_float_later, vec(4), smooth=True)


def int_first_array_later(x):
    s = 0
    for i in range(3):
        s = s + x * i
    return np.sum(s * x)


case(int_first_array_later, vec(3), smooth=True)


def booleans_as_numbers(x):
    return np.sum((x > 0) * x * x) + (x[0] > 0) * x[1] + True * x[2]


case(booleans_as_numbers, vec(4), smooth=True)


def constants_from_numpy(x):
    return x * np.pi + np.e ** x


case(constants_from_numpy, 0.4, smooth=True)


def item_of_array(x):
    return x[1].item() * 2 + float(x[0]) * x.sum().item()


case(item_of_array, vec(3), smooth=True)
