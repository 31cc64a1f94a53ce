import numpy as np
from srcgrad.runtime.helpers import as_like, cast, count, expand, matmul_right, seed, unbroadcast


def logistic_grad(w, b, x, y, *, b_out=1.0):
    # forward
    t = x @ w                                   # L17
    z = t + b
    t_3 = np.exp(-z)                            # L18
    t_4 = 1 + t_3
    p = 1 / t_4
    log_p = np.log(p)                           # L19
    t_5 = y * log_p
    t_6 = 1 - y
    t_7 = 1 - p
    t_8 = np.log(t_7)
    t_9 = t_6 * t_8
    t_10 = t_5 + t_9

    # backward
    b_t_10 = expand(-(seed(b_out, -np.mean(t_10)) / count(t_10, None)), t_10, None, False)  # L19: return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    b_p = -(unbroadcast(t_6 * unbroadcast(b_t_10, t_9), t_8) / t_7)
    b_p += unbroadcast(y * unbroadcast(b_t_10, t_5), log_p) / p
    b_z = t_3 * (p * b_p / t_4)                 # L18: p = 1 / (1 + np.exp(-z))
    b_b = unbroadcast(b_z, b)                   # L17: z = x @ w + b
    b_w = matmul_right(unbroadcast(b_z, t), x, w)
    b_w = as_like(b_w, w)
    b_b = cast(b_b, b)
    return b_w, b_b
