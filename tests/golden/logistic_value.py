import numpy as np


def logistic_value_and_grad(w, b, x, y, *, b_out=1.0):
    # forward
    z = x @ w + b                               # L17
    t = np.exp(-z)                              # L18
    t_2 = 1 + t
    p = 1 / t_2
    t_3 = 1 - y                                 # L19
    t_4 = 1 - p
    t_5 = y * np.log(p) + t_3 * np.log(t_4)

    # backward
    b_t_5 = -(b_out / t_5.size)                 # L19: return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    b_p = y * b_t_5 / p - t_3 * b_t_5 / t_4
    b_z = t * (p * (b_p / t_2))                 # L18: p = 1 / (1 + np.exp(-z))
    b_w = x.T @ b_z                             # L17: z = x @ w + b
    return -np.mean(t_5), b_w
