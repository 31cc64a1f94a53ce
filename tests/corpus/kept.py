"""What a callee saves for its backward sweep may be views of its arguments, or its result, and the caller writes to those."""
import numpy as np

from tests.corpus.registry import case, mat, vec


def bumps(a):
    return np.sin(a) * a


def bumps_of_items(items):
    return np.sin(items[0]) * items[1]


def squashed(a):
    y = np.tanh(a)
    return y


def both(h, c, x):
    c = c * np.tanh(x) + h * x
    return np.tanh(c), c


def an_entry_after(x):
    y = x.copy()
    z = bumps(y)
    y[0] = 3.0
    return np.sum(z)


def through_a_slice(x):
    y = x.copy()
    v = y[:2]
    z = bumps(y[1:]) * bumps(v)
    y[0] = np.sum(z)
    y[1] = 2.0
    return np.sum(z * y[:2])


def rows_in_a_loop(x):
    y = np.stack([x, x * 2, np.cos(x)])
    for i in range(2):
        y[i + 1] = bumps(y[i]) + y[i + 1]
        y[i] = bumps(y[i + 1])
    return np.sum(y * y)


def in_a_list(x):
    y = [x * 1, x * 2]
    z = bumps(y[0])
    y[0][1] = 3.0
    return np.sum(z * y[0])


def in_a_display(x):
    y = x.copy()
    z = bumps_of_items([y, x]) * bumps_of_items((y[:], x))
    y[0] = 3.0
    return np.sum(z * y)


def the_whole_in_place(x):
    y = x * 1
    z = bumps(y)
    y += 1.0
    z = z + bumps(y)
    y *= z
    return np.sum(z * y)


def the_result(x):
    y = x * 1
    z = squashed(y)
    z[0] = 0.5
    z *= y
    return np.sum(z * z)


def reshaped_before(x):
    y = x.copy()
    flat = y.reshape(-1)
    z = bumps(flat)
    y[0] = 2.0
    return np.sum(z)


def state_of_layers(w, x):
    state = np.stack([x, x * 2, np.sin(x), x * x])
    out = x
    for layer in range(2):
        h, c = both(state[2 * layer], state[2 * layer + 1], out * w[layer])
        state[2 * layer] = h
        state[2 * layer + 1] = c
        out = h
    return np.sum(out) + np.sum(np.cos(state))


def keywords_in_another_order(x):
    return scaled(a=x[0], b=x[1]) + 3 * scaled(b=x[1], a=x[0]) + scaled(x[2], b=x[1])


def scaled(a, b):
    return np.sin(a) * b ** 2


for f in (an_entry_after, through_a_slice, rows_in_a_loop, in_a_list, in_a_display, the_whole_in_place, the_result,
          reshaped_before, keywords_in_another_order):
    case(f, vec(3), smooth=True)
case(state_of_layers, mat(2, 3), vec(3), smooth=True)
