import numpy as np
from srcgrad.runtime.helpers import cast


def moments_forward(x):
    t = x * x                                   # L42
    t_2 = (np.mean(x), np.mean(t))
    return t_2, (t, x)


def moments_backward(saved, b_out):
    t, x = saved
    b_x = 2 * x * np.broadcast_to(b_out[1] / t.size, t.shape)  # L42
    b_x += np.broadcast_to(b_out[0] / x.size, x.shape)
    return b_x


def spread_grad(x, *, b_out=1.0):
    # forward
    moments_x, saved = moments_forward(x)       # L46
    first, second = moments_x

    # backward
    b_first = -(2 * first * b_out)              # L47: return second - first * first
    b_x = moments_backward(saved, (b_first, b_out))  # L46: first, second = moments(x)
    b_x = cast(b_x, x)
    return b_x
