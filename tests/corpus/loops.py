"""for over range, while, break, continue, nested loops, the loop variable."""
import numpy as np

from tests.corpus.registry import case, mat, vec


def power_by_loop(x, n):
    y = 1.0
    for i in range(n):
        y = y * x
    return y


case(power_by_loop, 1.3, 4, smooth=True)
case(power_by_loop, 1.3, 0, smooth=True)


def shrink(w, x, n):
    y = x
    for i in range(n):
        a = w * y
        if np.sum(a) > 1.0:
            y = np.tanh(a)
        else:
            y = a * a
    return np.sum(y)


case(shrink, vec(4), vec(4, 1), 3, wrt=(0, 1), smooth=True)
case(shrink, vec(4) + 2, vec(4, 1) + 2, 3, wrt=(0, 1), smooth=True)


def loop_variable_in_arithmetic(x, n):
    s = 0.0
    for i in range(1, n + 1):
        s = s + x ** i / i
    return s


case(loop_variable_in_arithmetic, -0.8, 5, smooth=True)


def loop_variable_as_index(x):
    s = 0.0
    for i in range(x.shape[0]):
        s += x[i] * x[-1 - i] * (i + 1)
    return s


case(loop_variable_as_index, vec(5), smooth=True)


def backwards(x):
    h = 0.0
    for i in range(len(x) - 1, -1, -1):
        h = x[i] + np.tanh(h) * 0.7
    return h


case(backwards, vec(5), smooth=True)


def steps_of_two(x):
    s = 0.0
    for i in range(1, x.size, 2):
        s += x[i] ** 2 * x[i - 1]
    return s


case(steps_of_two, vec(6), smooth=True)


def used_after_the_loop(x):
    s = x
    for i in range(4):
        s = s * 1.1 + i
    return s * x + i * x


case(used_after_the_loop, 0.4, smooth=True)


def reassigned_in_the_body(x):
    s = x
    for i in range(4):
        i = i * 2
        s = s + i * np.sin(s)
    return s * i


case(reassigned_in_the_body, 0.4, smooth=True)


def bound_changed_in_the_body(x, n):
    for i in range(n):
        x = x * np.cos(x) + 0.1 * n
        n = n - 1
    return x * n


case(bound_changed_in_the_body, 0.9, 4, smooth=True)


def zero_trips(x):
    y = x * 3
    for i in range(2, 2):
        y = np.exp(y)
    return y * x


case(zero_trips, 0.6, smooth=True)


def nested(a):
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(i, a.shape[1]):
            s += a[i, j] * a[i, j] * (i + 2 * j + 1)
    return s


case(nested, mat(3, 4), smooth=True)


def nested_carried(x):
    y = x
    for i in range(2):
        z = y * 0.5
        for j in range(3):
            z = np.sin(z) + y * j
        y = z * x
    return np.sum(y)


case(nested_carried, vec(3), smooth=True)


def same_variable_twice(x):
    s = x
    for i in range(2):
        for i in range(3):
            s = s * 0.5 + i * np.sin(s)
        s = s + i * x
    return s


case(same_variable_twice, 0.7, smooth=True)


def while_counter(x, n):
    k = 0
    while k < n:
        x = np.sin(x) * 1.2 + k
        k += 1
    return np.sum(x) * k


case(while_counter, vec(3), 3, smooth=True)
case(while_counter, vec(3), 0, smooth=True)


def while_on_values(x):
    y = x
    while np.sum(y * y) < 20.0:
        y = y * 1.7
    return np.sum(y)


case(while_on_values, vec(3), smooth=True)


def newton(x, a, tol, limit):
    k = 0
    while k < limit:
        step = (x * x - a) / (2 * x)
        x = x - step
        if abs(step) < tol:
            break
        k += 1
    return x


case(newton, 1.0, 2.7, 1e-3, 20, wrt="a", smooth=True)
case(newton, 1.0, 2.7, 1e-12, 2, wrt=("a", "x"), smooth=True)


def for_with_break(x):
    s = 0.0
    for i in range(10):
        s = s + x * x
        if s > 2.0:
            break
        x = x * 1.3
    return s * x + i


case(for_with_break, 0.8, smooth=True)


def for_with_continue(x):
    s = 0.0
    for i in range(x.size):
        if x[i] < 0:
            continue
        y = x[i] * i
        s = s + y * y
    return s


case(for_with_continue, vec(6), smooth=True)


def break_in_inner_loop(a):
    s = 0.0
    for i in range(a.shape[0]):
        t = 1.0
        for j in range(a.shape[1]):
            if a[i, j] < 0:
                break
            t = t * a[i, j]
        s += t * i
    return s


case(break_in_inner_loop, np.abs(mat(3, 4)) * np.array([1, 1, -1, 1.0]), smooth=True)


def return_from_a_loop(x, limit):
    y = x
    for i in range(8):
        y = y * 1.5 + 0.1 * i
        if y > limit:
            return y * x
    return y - x


case(return_from_a_loop, 0.7, 5.0, smooth=True)
case(return_from_a_loop, 0.7, 500.0, smooth=True)


def return_from_nested_loops(a, limit):
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s = s + a[i, j] ** 2
            if s > limit:
                return s * a[i, j]
    return s


case(return_from_nested_loops, mat(3, 4), 1.5, smooth=True)
case(return_from_nested_loops, mat(3, 4), 1e6, smooth=True)


def first_defined_inside(x):
    for i in range(3):
        if i == 0:
            y = x * x
        else:
            y = y * np.sin(x) + i
    return np.sum(y)


case(first_defined_inside, vec(3), smooth=True)


def defined_inside_used_after(x):
    for i in range(3):
        t = x * (i + 1)
    return np.sum(t * t)


case(defined_inside_used_after, vec(3), smooth=True)


def carried_under_if(x):
    y = x
    z = 0.0
    for i in range(4):
        if i % 2 == 0:
            z = z + y
        y = y * 0.9 + z * 0.1
    return np.sum(y * z)


case(carried_under_if, vec(3), smooth=True)


def fibonacci(x, y):
    for i in range(5):
        x, y = y, x * 0.6 + y * y * 0.1
    return y


case(fibonacci, 0.4, 0.9, wrt=(0, 1), smooth=True)


def shifted_history(x):
    older = x
    old = x * 2
    for i in range(4):
        new = old * 1.5 - older * np.sin(old)
        older = old
        old = new
    return np.sum(new)


case(shifted_history, vec(2), smooth=True)


def condition_carried(x):
    done = False
    s = x
    for i in range(6):
        if not done:
            s = s * 1.6
            done = np.sum(s * s) > 9.0
    return np.sum(s)


case(condition_carried, vec(3), smooth=True)


def linear_loop(x, n):
    for i in range(n):
        x = 0.5 * x + 2.0
    return np.sum(x)


case(linear_loop, vec(3), 4, smooth=True)


def while_and_for(x):
    n = 3
    s = 0.0
    while n > 0:
        for i in range(n):
            s = s + np.sin(x * n) * (i + 1)
        n -= 1
    return np.sum(s)


case(while_and_for, vec(3), smooth=True)


def while_with_continue(x):
    k = 0
    s = 0.0
    while k < 6:
        k += 1
        if k % 3 == 0:
            continue
        s += x ** k
    return s


case(while_with_continue, 0.8, smooth=True)
