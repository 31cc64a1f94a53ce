"""if, elif, else, conditional expressions, boolean operators, early returns."""
import numpy as np

from tests.corpus.registry import case, mat, vec


def leaky(x):
    if x > 0:
        y = x * x
    else:
        y = 0.1 * x
    return y


case(leaky, 1.3, smooth=True)
case(leaky, -1.3, smooth=True)


def if_without_else(x, s):
    y = x * s
    if np.sum(y) > 0.0:
        y = np.sin(y)
    return np.sum(y)


case(if_without_else, vec(3), 1.2, wrt=(0, 1), smooth=True)
case(if_without_else, vec(3), -1.2, wrt=(0, 1), smooth=True)


def three_ways(x):
    if x < -1.0:
        r = x ** 3
    elif x < 1.0:
        r = np.sin(x)
    elif x < 2.0:
        r = x / 3
    else:
        r = np.log(x)
    return r * x


case(three_ways, -1.4, smooth=True)
case(three_ways, 0.4, smooth=True)
case(three_ways, 1.4, smooth=True)
case(three_ways, 2.4, smooth=True)


def nested_ifs(x, y):
    a = x * y
    if a > 0:
        if x > 0:
            a = a * x
        else:
            a = a * y
        b = a + 1
    else:
        b = a * a
        if y > 0.5:
            b = np.exp(b)
    return b * x


case(nested_ifs, 0.7, 0.4, wrt=(0, 1), smooth=True)
case(nested_ifs, -0.7, -0.4, wrt=(0, 1), smooth=True)
case(nested_ifs, -0.7, 0.9, wrt=(0, 1), smooth=True)


def early_return(x):
    if np.sum(x) < 0:
        return np.sum(x * x)
    y = np.sin(x)
    return np.sum(y) * 2


case(early_return, vec(4), smooth=True)
case(early_return, -vec(4), smooth=True)


def several_returns(x, mode):
    if mode == 0:
        return x * 2
    if mode == 1:
        y = x * x
        if y > 1:
            return y
        return y * x
    x = x + 1
    return np.exp(x)


case(several_returns, 0.6, 0, smooth=True)
case(several_returns, 0.6, 1, smooth=True)
case(several_returns, 1.6, 1, smooth=True)
case(several_returns, 0.6, 2, smooth=True)


def conditional_expression(x, y):
    big = x if x > y else y
    return big * x + (y * y if big > 1 else 3.0)


case(conditional_expression, 1.2, 0.3, wrt=(0, 1), smooth=True)
case(conditional_expression, 0.2, 0.3, wrt=(0, 1), smooth=True)


def condition_of_arrays(x, flag):
    y = x * 2 if flag else np.sin(x)
    return np.sum(y * x)


case(condition_of_arrays, vec(3), True, smooth=True)
case(condition_of_arrays, vec(3), False, smooth=True)


def and_or_not(x, y):
    if x > 0 and not y > 0:
        return x * y
    if x > 0 or y > 1:
        return x - y * y
    return x / (1 + y * y)


case(and_or_not, 0.7, -0.4, wrt=(0, 1), smooth=True)
case(and_or_not, 0.7, 0.4, wrt=(0, 1), smooth=True)
case(and_or_not, -0.7, 0.4, wrt=(0, 1), smooth=True)


def chained_comparison(x):
    if 0.0 < x < 1.0:
        return x * x
    return -x


case(chained_comparison, 0.5, smooth=True)
case(chained_comparison, 1.5, smooth=True)


def short_circuit(x, n):
    if n > 0 and x[n - 1] > 0:
        return np.sum(x[:n] ** 2)
    return np.sum(x)


case(short_circuit, vec(4), 0, smooth=True)
case(short_circuit, np.abs(vec(4)), 3, smooth=True)


def assigned_in_one_branch(x, flag):
    y = x
    if flag:
        z = np.sin(y)
        y = z * y
    return np.sum(y)


case(assigned_in_one_branch, vec(3), True, smooth=True)
case(assigned_in_one_branch, vec(3), False, smooth=True)


def branch_on_shape(x):
    if x.ndim == 2 and x.shape[0] > 2:
        x = x[:2]
    return np.sum(x * x)


case(branch_on_shape, mat(3, 2), smooth=True)
case(branch_on_shape, vec(3), smooth=True)


def branch_on_any(x):
    if np.any(x > 1.5):
        return np.sum(x)
    elif np.all(x < 1.4):
        return np.sum(x ** 3)
    return np.sum(x * 2)


case(branch_on_any, vec(4) * 0.3, smooth=True)
case(branch_on_any, np.abs(vec(4)) + 1.5, smooth=True)


def different_shapes(x, whole):
    if whole:
        y = x
    else:
        y = x[0]
    return np.sum(y * y)


case(different_shapes, mat(2, 3), True, smooth=True)
case(different_shapes, mat(2, 3), False, smooth=True)


def pass_branch(x):
    if x > 0:
        pass
    else:
        x = x * 3
    return x * x


case(pass_branch, 0.3, smooth=True)
case(pass_branch, -0.3, smooth=True)


def overwritten_before_use(x, flag):
    y = np.exp(x)
    if flag:
        y = x * 2
    else:
        y = x * 3
    return np.sum(y * y)


case(overwritten_before_use, vec(3), False, smooth=True)
