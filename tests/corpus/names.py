"""Names that generated code would like to have for itself, and names of builtins."""
import numpy as np

from tests.corpus.registry import case, vec


def likes_tape(tape, b_x):
    cond = tape * 2
    for i in range(3):
        if np.sum(cond) > 0:
            cond = cond * b_x
        else:
            cond = np.sin(cond) + b_x
    return np.sum(cond * tape)


case(likes_tape, vec(3), 0.7, wrt=(0, 1), smooth=True)


def likes_adjoints(x, b_x, b_b_x):
    b_y = x * b_x
    y = b_y * b_b_x
    b_b_y = y + b_y
    return np.sum(b_b_y * y)


case(likes_adjoints, vec(3), vec(3, 1), vec(3, 2), wrt=(0, 1, 2), smooth=True)


def likes_tangents(x, d_x):
    d_y = x * d_x
    y = np.sin(d_y)
    return np.sum(y * d_x)


case(likes_tangents, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def likes_outputs(out, b_out_2):
    value = out * b_out_2
    result = value * value
    return np.sum(result + out)


case(likes_outputs, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def has_b_out(x, b_out):
    return np.sum(x * b_out * x)


case(has_b_out, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def likes_helpers(seed, unbroadcast, zeros_like):
    add_at = seed * unbroadcast
    expand = add_at + zeros_like
    return np.sum(expand * expand[::-1])


case(likes_helpers, vec(3), 0.4, vec(3, 1), wrt=(0, 1, 2), smooth=True)


def likes_saved(y_in, x):
    y = y_in
    x_in = x
    for trips in range(3):
        y = y * x_in + trips
        x_in = np.sin(x_in * y)
    return np.sum(y * x_in)


case(likes_saved, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def shadows_builtins(sum, abs, list):
    max = sum * abs
    len = max + list
    return np.sum(len * max)


case(shadows_builtins, vec(3), vec(3, 1), vec(3, 2), wrt=(0, 1, 2), smooth=True)


def shadows_range_of_types(float, int):
    type = float * int
    id = type + float
    return np.sum(id * id)


case(shadows_range_of_types, vec(3), 0.6, wrt=(0, 1), smooth=True)


def underscore_names(_, __x, _y_):
    _z = _ * __x
    return np.sum(_z * _y_)


case(underscore_names, vec(3), vec(3, 1), 0.4, wrt=(0, 1, 2), smooth=True)


def capital_letters(X, W, B):
    H = np.tanh(X * W + B)
    return np.sum(H * H)


case(capital_letters, vec(3), vec(3, 1), 0.4, wrt=("W", "B"), smooth=True)


def numbered_names(x_2, x_3):
    x = x_2 * x_3
    x_4 = x * x_2
    x = x_4 + x
    return np.sum(x * x_3)


case(numbered_names, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def unicode_names(α, β):
    ω = np.sin(α * β)
    return np.sum(ω * α)


case(unicode_names, vec(3), 1.4, wrt=(0, 1), smooth=True)


def module_names(numpy, srcgrad, operator, math):
    helpers = numpy * srcgrad
    return np.sum(helpers * operator + math)


case(module_names, vec(3), vec(3, 1), 0.4, 0.3, wrt=(0, 1, 2, 3), smooth=True)
