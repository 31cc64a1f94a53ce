def newton_grad(a, x, *, b_out=1.0):
    # forward
    tape = []
    while True:                                 # L23
        step = (x * x - a) / (2 * x)            # L24
        tape.append((x, step))
        x = x - step                            # L25
        if abs(step) < 1e-9:                    # L26
            break                               # L27

    # backward
    b_x = b_out                                 # L28: return x
    b_a = 0.0
    while tape:                                 # L23
        x_in, step = tape.pop()
        b_step = -b_x                           # L25: x = x - step
        b_t = b_step / (2 * x_in)               # L24: step = (x * x - a) / (2 * x)
        b_x = b_x - 2 * (step * b_t)
        b_a -= b_t
        b_x += 2 * x_in * b_t
    b_a = float(b_a)
    return b_a
