import numpy as np


def cell_forward(U, W, b, x, h):
    t = np.tanh(x @ U + h @ W + b)              # L32
    return t, (W, h, t, x)


def cell_backward(saved, b_out):
    W, h, t, x = saved
    b_t_2 = (1 - t * t) * b_out                 # L32
    b_b = np.sum(b_t_2, axis=0)
    b_h = b_t_2 @ W.T
    b_W = h.T @ b_t_2
    b_U = x.T @ b_t_2
    return b_U, b_W, b_b, b_h


def rnn_grad(U, W, b, xs, h, *, b_out=1.0):
    # forward
    tape = []
    for i in range(len(xs)):                    # L36
        h, saved = cell_forward(U, W, b, xs[i], h)  # L37
        tape.append(saved)

    # backward
    b_h = 2 * (b_out / h.size) * h              # L38: return np.mean(h ** 2)
    b_U = np.zeros_like(U)
    b_W = np.zeros_like(W)
    b_b = np.zeros_like(b)
    for i in reversed(range(len(xs))):          # L36
        saved = tape.pop()
        b_U_of_call, b_W_of_call, b_b_of_call, b_h_of_call = cell_backward(saved, b_h)  # L37: h = cell(U, W, b, xs[i], h)
        b_U += b_U_of_call
        b_W += b_W_of_call
        b_b += b_b_of_call
        b_h = b_h_of_call
    return b_U, b_W, b_b
