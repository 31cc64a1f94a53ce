def cubic_grad_grad(x, *, b_out=1.0, b_out_2=1.0):
    # backward
    b_x = float(2 * x * (3 * (b_out * b_out_2)))  # L3: b_x = float(3 * x ** 2 * b_out - 2.0 * b_out)
    return b_x
