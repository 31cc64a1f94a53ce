"""Straight-line code: arithmetic, elementwise functions, names bound once and again."""
import numpy as np

from tests.corpus.registry import case, mat, vec


def square(x):
    return x * x


case(square, 1.7, smooth=True)


def polynomial(x):
    return 3.0 * x ** 3 - 2 * x ** 2 + x / 4 - 7


case(polynomial, -1.3, smooth=True)


def sum_of_squares(x):
    return np.sum(x ** 2)


case(sum_of_squares, vec(5), smooth=True)


def quotient(x, y):
    return np.sum(x / (1 + y * y))


case(quotient, vec(4), vec(4, 1), wrt=(0, 1), smooth=True)


def many_steps(x):
    a = np.sin(x)
    b = np.exp(a) * x
    c = b - a / 3
    d = c * c + b
    return np.mean(d)


case(many_steps, vec(6), smooth=True)


def rebound(x):
    y = x * 2
    y = y * x
    y = np.tanh(y)
    y = y + x
    return np.sum(y)


case(rebound, vec(3), smooth=True)


def parameter_rebound(x, s):
    x = np.cos(x) * s
    s = s * s
    x = x + s
    return np.sum(x * s)


case(parameter_rebound, vec(4), 0.8, wrt=(0, 1), smooth=True)


def used_many_times(x):
    return np.sum(x * x + x * np.sin(x) - x / (x * x + 1))


case(used_many_times, vec(4), smooth=True)


def chained_assignment(x):
    a = b = x * 3
    return np.sum(a * np.sin(b))


case(chained_assignment, vec(3), smooth=True)


def annotated(x: np.ndarray, s: float) -> float:
    y: np.ndarray = x * s
    total: float = np.sum(y * y)
    return total


case(annotated, vec(3), 1.4, wrt=("s", "x"), smooth=True)


def unary_operators(x):
    y = -x
    z = +y
    return np.sum(-(z * x) + -z)


case(unary_operators, vec(4), smooth=True)


def augmented_names(x, s):
    t = s * 2
    t += np.sum(x)
    t *= s
    t -= 0.5
    t /= 3 + s * s
    t **= 2
    return t


case(augmented_names, vec(3), 0.9, wrt=(0, 1), smooth=True)


def augmented_array(x):
    y = x * 2
    y += x
    y *= np.sin(x)
    y -= 0.3
    y /= 2 + np.cos(x)
    return np.sum(y * x)


case(augmented_array, vec(5), smooth=True)


def elementwise_zoo(x):
    y = np.sqrt(x * x + 1) + np.log(x * x + 2) + np.arctan(x)
    z = np.tanh(y) * np.exp(-y) + np.log1p(y * y) + np.expm1(-y)
    return np.sum(z + np.sinh(x) / np.cosh(x) + np.square(x) + np.reciprocal(y + 4))


case(elementwise_zoo, vec(5), smooth=True)


def two_argument_functions(x, y):
    a = np.hypot(x, y) + np.arctan2(y, x)
    b = np.logaddexp(x, y) * np.power(x * x + 1, y)
    return np.sum(a * b) + np.sum(np.subtract(x, y) * np.divide(x, 3 + y * y))


case(two_argument_functions, vec(4), vec(4, 1), wrt=(0, 1), smooth=True)


def docstring_and_comments(x):
    """The sum of sines."""
    # a comment of the user's
    y = np.sin(x)  # another

    return np.sum(y)


case(docstring_and_comments, vec(3), smooth=True)


def long_expression(x, w, b):
    return (
        np.sum(np.tanh(w @ x + b))
        - 0.5 * np.sum(w * w)
        + np.mean(b) / (1 + np.sum(x ** 2))
    )


case(long_expression, vec(4), mat(3, 4), vec(3), wrt=(1, 2, 0), smooth=True)


def independent_of_x(x, y):
    return np.sum(y * y)


case(independent_of_x, vec(3), vec(4), wrt=(0, 1), smooth=True)


def returns_argument(x):
    return x


case(returns_argument, vec(3))


def returns_constant(x):
    return 2.5


case(returns_constant, vec(3))


def vector_output(x, y):
    return np.sin(x) * y


case(vector_output, vec(4), 0.7, wrt=(0, 1))


def matrix_output(a, b):
    return a @ b - a[:, :1]


case(matrix_output, mat(3, 2), mat(2, 4)[:, :1], wrt=(0, 1))


def python_numbers_only(x, y):
    z = x * y + 3
    return z * z / (1.0 + x * x) - y ** 3


case(python_numbers_only, 1.2, -0.4, wrt=(0, 1), smooth=True)


def unused_results(x):
    unused = np.exp(x)
    also_unused = unused * 2
    y = x * x
    return np.sum(y)


case(unused_results, vec(3), smooth=True)
