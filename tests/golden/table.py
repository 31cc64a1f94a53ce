import numpy as np


def table_grad(a, n, *, b_out=1.0):
    # forward
    tape = []
    tape_2 = []
    for i in range(n):                          # L52
        row = a[i] * 2                          # L53
        for j in range(i):                      # L54
            tape.append(row)
            row = row + a[j] * row              # L55
        tape_2.append(row)

    # backward
    b_a = np.zeros_like(a)
    for i in reversed(range(n)):                # L52
        row = tape_2.pop()
        b_row = np.broadcast_to(b_out, row.shape)  # L56: total = total + np.sum(row)
        for j in reversed(range(i)):            # L54
            row_in = tape.pop()
            b_a_j = row_in * b_row              # L55: row = row + a[j] * row
            b_row = b_row + a[j] * b_row
            b_a[j] += b_a_j
        b_a[i] += 2 * b_row                     # L53: row = a[i] * 2
    return b_a
