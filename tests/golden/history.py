import numpy as np
from srcgrad.runtime.helpers import add_at, zeros_like


def history_grad(x, n, *, b_out=1.0):
    # forward
    tape = []
    states = [x]                                # L61
    for i in range(n):                          # L62
        t = np.sin(states[-1])                  # L63
        states.append(t * x)
        tape.append(t)

    # backward
    b_states = zeros_like(states)               # L64: return np.sum(states[-1] * states[0])
    b_states = add_at(b_states, 0, states[-1] * b_out)
    b_states = add_at(b_states, -1, states[0] * b_out)
    b_x = np.zeros_like(x)
    for i in reversed(range(n)):                # L62
        t = tape.pop()
        states.pop()                            # L63: states.append(np.sin(states[-1]) * x)
        b_t_2 = b_states.pop()
        b_x += t * b_t_2
        b_states = add_at(b_states, -1, np.cos(states[-1]) * (x * b_t_2))
    b_x += b_states[0]                          # L61: states = [x]
    return b_x
