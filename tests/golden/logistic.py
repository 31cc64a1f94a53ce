import numpy as np


def logistic_grad(w, b, x, y, *, b_out=1.0):
    # forward
    z = x @ w + b                               # L17
    t = np.exp(-z)                              # L18
    t_2 = 1 + t
    p = 1 / t_2

    # backward
    b_t_3 = -(b_out / y.size)                   # L19: return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    b_p = y * b_t_3 / p - (1 - y) * b_t_3 / (1 - p)
    b_z = t * (p * (b_p / t_2))                 # L18: p = 1 / (1 + np.exp(-z))
    b_b = float(np.sum(b_z))                    # L17: z = x @ w + b
    b_w = x.T @ b_z
    return b_w, b_b
