import numpy as np
from srcgrad.runtime.helpers import as_like


def logistic_grad(w, b, x, y, *, b_out=1.0):
    # forward
    z = x @ w + b                               # L17
    t_3 = np.exp(-z)                            # L18
    t_4 = 1 + t_3
    p = 1 / t_4
    t_6 = 1 - y                                 # L19
    t_7 = 1 - p
    t_10 = y * np.log(p) + t_6 * np.log(t_7)

    # backward
    b_t_10 = np.broadcast_to(-(b_out / t_10.size), t_10.shape)  # L19: return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    b_p = -(t_6 * b_t_10 / t_7)
    b_p += y * b_t_10 / p
    b_z = t_3 * (p * b_p / t_4)                 # L18: p = 1 / (1 + np.exp(-z))
    b_b = np.sum(b_z)                           # L17: z = x @ w + b
    b_w = x.T @ b_z
    b_b = as_like(b_b, b)
    return b_w, b_b
