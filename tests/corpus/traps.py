"""Programs that made some tool silently wrong: a class of them for every trap that the design names."""
import numpy as np

from tests.corpus.registry import case, mat, ten, vec


# ---------------------------------------------------------------- adjoints that share memory
def sum_then_augmented(x, y):
    z = x + y
    x = x + z
    return np.sum(z * z) + np.sum(x * x)


case(sum_then_augmented, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def copy_of_a_name(x):
    y = x
    z = y
    return np.sum(x * y) + np.sum(z * 3)


case(copy_of_a_name, vec(3), smooth=True)


def broadcast_result_added_to(x):
    s = np.sum(x)
    y = x * 2
    return s * 3 + np.sum(y) + np.sum(x * y)


case(broadcast_result_added_to, vec(3), smooth=True)


def both_operands_are_one(x):
    y = x + x
    z = y - x
    return np.sum(y * z) + np.sum(z + z)


case(both_operands_are_one, vec(3), smooth=True)


def transposed_adjoint(a):
    b = a.T
    c = b + a.T
    return np.sum(b * c) + np.sum(a)


case(transposed_adjoint, mat(3, 2), smooth=True)


def two_outputs_of_one(x):
    return x, x


case(two_outputs_of_one, vec(3))


def argument_and_its_double(x):
    return x, x * 2


case(argument_and_its_double, vec(3))


def only_a_sum(x, y):
    return x + y


case(only_a_sum, vec(3), vec(3, 1), wrt=(0, 1))


def sum_of_everything(x):
    return np.sum(x)


case(sum_of_everything, mat(3, 2), smooth=True)


# ---------------------------------------------------------------- simplifications
def times_one(x, s):
    y = x * 1.0
    y += s
    return np.sum(y * x * 1.0)


case(times_one, vec(3), 0.4, wrt=(0, 1), smooth=True)


def plus_zero(x):
    y = x + 0
    y += x
    return np.sum(y * (x + 0.0))


case(plus_zero, vec(3), smooth=True)


def times_zero(x, y):
    return np.sum(x * 0 * y) + np.sum(y * y)


case(times_zero, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def times_zero_keeps_the_shape(x, a):
    y = x * 0 + a * 0
    return np.sum(y + x * x)


case(times_zero_keeps_the_shape, vec(4), mat(3, 4), wrt=(0, 1), smooth=True)


def power_of_one_and_zero(x):
    y = x ** 1
    y += 1
    return np.sum(y * x) + np.sum(x ** 0 * x)


case(power_of_one_and_zero, vec(3), smooth=True)


def double_negation(x):
    return np.sum(-(-x) * x - -x)


case(double_negation, vec(3), smooth=True)


# ---------------------------------------------------------------- aliases and views, read only
def view_kept_while_the_name_moves(x):
    v = x[1:]
    x = x * 3
    return np.sum(v * v) + np.sum(x[:1] * v[0])


case(view_kept_while_the_name_moves, vec(4), smooth=True)


def reshape_is_a_view_or_a_copy(a):
    b = a.reshape(-1)
    c = a.T.reshape(-1)
    return np.sum(b * c)


case(reshape_is_a_view_or_a_copy, mat(3, 2), smooth=True)


def view_of_a_view(a):
    v = a[1:]
    w = v[:, ::2]
    u = w.T[0]
    return np.sum(u * u) + np.sum(w * 2) + np.sum(v * v)


case(view_of_a_view, mat(3, 4), smooth=True)


def alias_then_augmented_scalar(s):
    t = s
    t += s * s
    return t * s


case(alias_then_augmented_scalar, 0.7, smooth=True)


def same_array_as_two_arguments(x, y):
    return np.sum(x * y * y)


SHARED = vec(3, "shared")
case(same_array_as_two_arguments, SHARED, SHARED, wrt=(0, 1), smooth=True)


# ---------------------------------------------------------------- fancy indices
def repeated_indices(x):
    return np.sum(x[[1, 1, 0, 1]] * np.array([1.0, 2.0, 3.0, 4.0]))


case(repeated_indices, vec(3), numeric=True)


def repeated_slices(x):
    return np.sum(x[1:3] * x[0:2] + x[1:3])


case(repeated_slices, vec(4), smooth=True)


# ---------------------------------------------------------------- loops
def bound_is_active_name(x, n):
    for i in range(n):
        n = x * i
        x = x + 0.5 * n
    return x * n


case(bound_is_active_name, 0.8, 3, smooth=True)


def loop_variable_shadows_parameter(x, i):
    y = x * i
    for i in range(3):
        y = y + x * i
    return y * i


case(loop_variable_shadows_parameter, 0.6, 5, smooth=True)


def loop_variable_without_trips(x, i):
    for i in range(0):
        x = x * 2
    return x * x * i


case(loop_variable_without_trips, 0.6, 3.5, wrt=(0, 1), smooth=True)


def start_and_stop_change(x):
    a, b = 1, 4
    for i in range(a, b):
        a, b = a + 1, b - 1
        x = x * a + b * i
    return x * a * b


case(start_and_stop_change, 0.3, smooth=True)


def step_is_a_name(x, step):
    for i in range(5, 0, step):
        step = step - 1
        x = np.sin(x) * i + step
    return x * step


case(step_is_a_name, 0.3, -2, smooth=True)


def defined_in_a_loop_of_a_branch(x, n):
    y = x
    if n > 0:
        for i in range(n):
            t = y * i
            y = y + t
        y = y * t
    return y


case(defined_in_a_loop_of_a_branch, 0.4, 3, smooth=True)
case(defined_in_a_loop_of_a_branch, 0.4, 0, smooth=True)


def used_before_it_is_rebound(x):
    prev = x * 2
    for i in range(3):
        diff = x * i - prev
        prev = x * i
        x = x + diff * 0.1
    return np.sum(x * prev)


case(used_before_it_is_rebound, vec(3), smooth=True)


def overwritten_only_sometimes(x):
    y = x
    for i in range(4):
        z = y * y
        if i == 2:
            y = np.sin(z)
        x = x + y * z
    return np.sum(x)


case(overwritten_only_sometimes, vec(2), smooth=True)


# ---------------------------------------------------------------- types that change
def float_becomes_array(x, s):
    s = s * 2
    s = s + x
    s = s * x
    return np.sum(s)


case(float_becomes_array, vec(3), 0.7, wrt=(0, 1), smooth=True)


def array_becomes_float(x):
    x = x * 2
    x = np.sum(x * x)
    x = x / 3
    return x * x


case(array_becomes_float, vec(3), smooth=True)


def float_augmented_by_array(x):
    s = 0.0
    s += x
    s *= x
    return np.sum(s)


case(float_augmented_by_array, vec(3), smooth=True)


def none_first(x):
    prev = None
    s = 0.0
    for i in range(3):
        if prev is not None:
            s = s + np.sum(prev * x) * i
        prev = x * i
    return s


case(none_first, vec(3), smooth=True)


def scalar_or_array(x, flag):
    w = 2.0
    if flag:
        w = x * 2
    y = x * w
    return np.sum(y * w)


case(scalar_or_array, vec(3), True, smooth=True)
case(scalar_or_array, vec(3), False, smooth=True)


def shape_depends_on_branch(x, s, flag):
    y = x * s
    if flag:
        y = np.sum(y)
    return np.sum(y * x * s)


case(shape_depends_on_branch, vec(3), 0.7, True, wrt=(0, 1), smooth=True)
case(shape_depends_on_branch, vec(3), 0.7, False, wrt=(0, 1), smooth=True)


# ---------------------------------------------------------------- powers
def integer_powers_at_zero_and_below(x):
    return np.sum(x ** 3 + x ** 2 + x ** 1)


case(integer_powers_at_zero_and_below, np.array([-1.2, 0.0, 0.7]), smooth=True)


def power_loop_from_zero(x, n):
    s = 0.0
    for k in range(n):
        s += x ** k
    return s


case(power_loop_from_zero, -0.7, 4, smooth=True)
case(power_loop_from_zero, 0.0, 4, smooth=True)


def inactive_exponent_at_negative_base(x, n):
    return np.sum(x ** n * n)


case(inactive_exponent_at_negative_base, np.array([-1.2, 0.7]), np.array([2.0, 3.0]), smooth=True)


def negative_power(x):
    return np.sum(x ** -2 + 1 / x ** 3)


case(negative_power, np.array([-1.2, 0.7]), smooth=True)


# ---------------------------------------------------------------- inactive branches
def guarded_log(x):
    return np.sum(np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), 0.0) * x)


case(guarded_log, np.array([-0.4, 0.7, 1.9]), smooth=True)


def log_outside_its_domain(x):
    return np.sum(np.where(x > 0, np.log(x), 0.0))


case(log_outside_its_domain, np.array([-0.4, 0.7, 1.9]), smooth=True)


def root_of_zero_not_chosen(x):
    return np.sum(np.where(x > 0, np.sqrt(np.abs(x)), 0.0) * 2)


case(root_of_zero_not_chosen, np.array([0.4, 0.7, 1.9]), smooth=True)


def division_not_chosen(x, y):
    return np.sum(np.where(y != 0, x / y, x * 3))


case(division_not_chosen, vec(3), np.array([0.5, 0.0, -2.0]), smooth=True)


def reciprocal_of_zero_masked(x):
    return np.sum(np.where(x == 0, 1.0, 1 / x) * np.arange(3))


case(reciprocal_of_zero_masked, np.array([0.5, 1.4, -2.0]), smooth=True)


# ---------------------------------------------------------------- callees
def _both(x, y):
    return x, y


def callee_returns_its_arguments(x, y):
    a, b = _both(y, x)
    a = a * b
    return np.sum(a * b + a)


case(callee_returns_its_arguments, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def sin(x):
    return x * x


def named_like_a_numpy_function(x):
    return np.sum(sin(x) + np.sin(x))


case(named_like_a_numpy_function, vec(3), smooth=True)


def _augments_a_scalar(s):
    s += s * s
    return s


def callee_augments_a_scalar(x):
    y = _augments_a_scalar(x)
    return y * x


case(callee_augments_a_scalar, 0.7, smooth=True)


def _view(x):
    return x[1:]


def callee_returns_a_view(x):
    v = _view(x)
    return np.sum(v * x[:-1]) + np.sum(v)


case(callee_returns_a_view, vec(4), smooth=True)


# ---------------------------------------------------------------- dtypes
def integer_like_buffer(x):
    count = np.zeros(3, dtype=int)
    y = x * (count + 2)
    return np.sum(y * y)


case(integer_like_buffer, vec(3), smooth=True)


def comparison_as_weight(x):
    w = x > 0.1
    return np.sum(w * x) + np.sum((x * x)[1] * w)


case(comparison_as_weight, vec(4), smooth=True)


# ---------------------------------------------------------------- test data
def swapped_operands(x, y):
    return np.sum(x - 2 * y) + np.sum(x / (3 + y * y)) + np.sum((x * x + 1) ** y)


case(swapped_operands, vec(4), vec(4, 1), wrt=(1, 0), smooth=True)


def transposed_operands(a, b):
    return np.sum((a @ b)[0] * np.arange(5)) + np.sum((b.T @ a.T)[:, 0])


case(transposed_operands, mat(3, 4), mat(4, 5), wrt=(1, 0), smooth=True)


def order_of_axes(a):
    return np.sum(a.sum(axis=0)[1] * a.sum(axis=2)[0, 1]) + np.sum(a[1, 2] * a[0, 0])


case(order_of_axes, ten(2, 3, 4), smooth=True)


# ---------------------------------------------------------------- effects happen once
def prints_and_asserts(x):
    assert x.size > 0, "empty"
    y = x * x
    if np.sum(y) < 0:
        raise ValueError("negative")
    return np.sum(y)


case(prints_and_asserts, vec(3), smooth=True)
