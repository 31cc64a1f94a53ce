from srcgrad.runtime.helpers import uncast


def cubic_grad_grad(x, *, b_out=1.0, b_out_2=1.0):
    # forward
    b_x = -(2.0 * b_out)                        # L6
    b_x += 3 * x ** 2 * b_out                   # L7

    # backward
    b_b_x = b_out_2                             # L9: return b_x
    b_b_x = uncast(b_b_x, b_x)                  # L8: b_x = as_like(b_x, x)
    return 2 * x * (3 * (b_out * b_b_x))
