import numpy as np
from srcgrad.runtime.helpers import (
    as_like,
    cast,
    count,
    expand,
    matmul_right,
    seed,
    unbroadcast,
)


def logistic_grad(w, b, x, y, *, b_out=1.0):
    # forward
    t = x @ w                                   # L17
    z = t + b
    t_2 = np.exp(-z)                            # L18
    t_3 = 1 + t_2
    p = 1 / t_3
    log_p = np.log(p)                           # L19
    t_4 = y * log_p
    t_5 = 1 - y
    t_6 = 1 - p
    t_7 = np.log(t_6)
    t_8 = t_5 * t_7
    t_9 = t_4 + t_8

    # backward
    b_t_9 = expand(-(seed(b_out, -np.mean(t_9)) / count(t_9, None)), t_9, None, False)  # L19: return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    b_p = -(unbroadcast(t_5 * unbroadcast(b_t_9, t_8), t_7) / t_6)
    b_p += unbroadcast(y * unbroadcast(b_t_9, t_4), log_p) / p
    b_z = t_2 * (p * (b_p / t_3))               # L18: p = 1 / (1 + np.exp(-z))
    b_b = unbroadcast(b_z, b)                   # L17: z = x @ w + b
    b_w = as_like(matmul_right(unbroadcast(b_z, t), x, w), w)
    b_b = cast(b_b, b)
    return b_w, b_b
