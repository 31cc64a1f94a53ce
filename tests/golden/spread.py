import numpy as np
from srcgrad.runtime.helpers import cast


def moments_forward(x):
    t = (np.mean(x), np.mean(x * x))            # L42
    return t, (x,)


def moments_backward(saved, b_out):
    x, = saved
    b_x = 2 * (b_out[1] / x.size) * x + b_out[0] / x.size  # L42
    return b_x


def spread_grad(x, *, b_out=1.0):
    # forward
    moments_x, saved = moments_forward(x)       # L46
    first, second = moments_x

    # backward
    b_first = -2 * first * b_out                # L47: return second - first * first
    b_x = moments_backward(saved, (b_first, b_out))  # L46: first, second = moments(x)
    b_x = cast(b_x, x)
    return b_x
