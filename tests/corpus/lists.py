"""Lists: displays, append and pop, items, lists as arguments."""
import numpy as np

from tests.corpus.registry import case, mat, vec


def display(x):
    parts = [x, x * x, np.sin(x)]
    return np.sum(parts[0] * parts[2] + parts[-2])


case(display, vec(3), smooth=True)


def appended_in_a_loop(x):
    states = []
    h = x
    for i in range(4):
        h = np.tanh(h) * 1.2
        states.append(h)
    return np.sum(np.stack(states))


case(appended_in_a_loop, vec(3), smooth=True)


def scalars_appended(x):
    terms = []
    for i in range(x.size):
        terms.append(x[i] * x[i - 1])
    return sum(terms) * terms[0]


case(scalars_appended, vec(4), smooth=True)


def popped(x):
    stack = [x]
    stack.append(x * 2)
    stack.append(np.sin(x))
    top = stack.pop()
    under = stack.pop()
    return np.sum(top * under) + np.sum(stack[0])


case(popped, vec(3), smooth=True)


def pushed_and_popped_in_loops(x):
    stack = []
    y = x
    for i in range(3):
        stack.append(y)
        y = y * np.cos(y)
    s = 0.0
    while len(stack) > 0:
        s = s + stack.pop() * y
    return np.sum(s)


case(pushed_and_popped_in_loops, vec(3), smooth=True)


def appended_under_if(x):
    kept = [0.0]
    for i in range(x.size):
        if x[i] > 0:
            kept.append(x[i] ** 2)
    return sum(kept) + len(kept) * x[0]


case(appended_under_if, vec(6), smooth=True)


def concatenated_pieces(x):
    pieces = []
    for i in range(3):
        pieces.append(x * (i + 1))
    y = np.concatenate(pieces)
    return np.sum(y * y[::-1])


case(concatenated_pieces, vec(2), smooth=True)


def list_argument(ws, x):
    h = x
    for i in range(len(ws)):
        h = np.tanh(ws[i] @ h)
    return np.sum(h)


case(list_argument, [mat(3, 2), mat(4, 3), mat(2, 4)], vec(2), wrt=(0, 1), smooth=True)


def same_array_stored_twice(x):
    y = x * 2
    both = [y, y]
    return np.sum(both[0] * both[1])


case(same_array_stored_twice, vec(3), smooth=True)


def read_and_append(x):
    seq = [x, x * 0.5]
    for i in range(4):
        seq.append(seq[-1] * seq[-2] + seq[i])
    return np.sum(seq[-1] + seq[2])


case(read_and_append, vec(2), smooth=True)


def list_returned(x):
    out = [x * 2]
    out.append(np.sin(x))
    return out


case(list_returned, vec(3))


def list_built_by_callee(x):
    states = _trajectory(x, 3)
    return np.sum(states[0] * states[-1])


def _trajectory(x, n):
    states = [x]
    for i in range(n):
        states.append(np.sin(states[-1]) * 1.1)
    return states


case(list_built_by_callee, vec(3), smooth=True)


def weighted_list(x):
    weights = [0.3, -0.5, 2.0]
    s = 0.0
    for i in range(3):
        s += weights[i] * x ** i
    return s


case(weighted_list, 0.7, smooth=True)
