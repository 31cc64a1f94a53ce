import numpy as np
from srcgrad.runtime.helpers import as_like, zeros_like


def shrink_tangent(w, x, n, *, d_w):
    a = None
    sum_a = None
    y = x                                       # L6
    d_a = zeros_like(a)                         # L7
    d_y = zeros_like(y)
    for i in range(n):
        a = w * y                               # L8
        d_a = y * d_w + w * d_y
        sum_a = np.sum(a)                       # L9
        if sum_a > 1.0:
            y = np.tanh(a)                      # L10
            d_y = (1 - y * y) * d_a
        else:
            y = a * a                           # L12
            d_y = a * d_a + a * d_a
    return as_like(np.sum(d_y), np.sum(y))      # L13
