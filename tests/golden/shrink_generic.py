import numpy as np
from srcgrad.runtime.helpers import seed, unbroadcast, zeros_like


def shrink_grad(w, x, n, *, b_out=1.0):
    # forward
    tape = []
    tape_2 = []
    y = x                                       # L6
    for i in range(n):                          # L7
        a = w * y                               # L8
        cond = np.sum(a) > 1.0                  # L9
        y_in = y
        if cond:
            y = np.tanh(a)                      # L10
            tape.append(y)
        else:
            y = a * a                           # L12
        tape_2.append((y_in, a, cond))

    # backward
    b_y = seed(b_out, y)                        # L13: return np.sum(y)
    b_w = zeros_like(w)
    for i in reversed(range(n)):                # L7
        y_in, a, cond = tape_2.pop()
        if cond:                                # L9
            y = tape.pop()
            b_a = (1 - y * y) * b_y             # L10: y = np.tanh(a)
        else:
            b_a = 2 * a * b_y                   # L12: y = a * a
        b_w += unbroadcast(y_in * b_a, w)       # L8: a = w * y
        b_y = unbroadcast(w * b_a, y_in)
    return b_w
