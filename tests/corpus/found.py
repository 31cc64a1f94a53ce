"""Minimised programs in which random testing found something wrong."""
import numpy as np

from tests.corpus.registry import case, mat, vec

TABLE = np.array(0.5)


def rebound_behind_the_branch(alpha):
    data = alpha if 0.5 < 0.5 else np.exp(alpha)
    data = -data
    return data


case(rebound_behind_the_branch, np.array(-1.6), smooth=True)


def rebound_behind_the_branch_by_a_product(x, out):
    m = x if out == 2 else np.maximum(np.ones((5, 2)) + x[3], 0.0)
    m = np.full((4, 2), 0.5) @ m[out, 0:2] @ x
    return m


case(rebound_behind_the_branch_by_a_product, np.array([0.3, -0.7, 0.6, 1.6]), 1)


def inactive_on_the_way_out(tape, d_x):
    w = d_x
    if 0.5:
        if w:
            return d_x
    return tape


case(inactive_on_the_way_out, np.array([[-1.8]]), np.array([0.7]), wrt=0)


def tuple_of_an_inactive_global(cond):
    w = TABLE
    for j in range(2):
        if j:
            return (cond, w)
        total, a = (cond, cond)
    return (total, total)


case(tuple_of_an_inactive_global, 1.56)


def list_made_in_a_loop_and_used_behind_it(theta):
    for _ in range(2):
        b = []
        w = theta
    b.append(w)
    return np.sum(b[0] * 2.0)


case(list_made_in_a_loop_and_used_behind_it, np.array([-1.06, 0.3]))


def _squashed(a, b=0.5):
    c = np.tanh(a)
    return c


def loop_variable_or_active(theta):
    for t in range(2):
        pass
    b_x = t if theta > 5.0 else theta
    b = _squashed(a=b_x * b_x)
    return b


case(loop_variable_or_active, -1.88, smooth=True)


def loop_variable_swapped_in(cond):
    for step in range(2):
        pass
    q = step
    cond, q = (q, cond)
    r = (q * np.ones((2, 1))).max(axis=-2) if q else 0.5
    m = r
    r = 0
    return m


case(loop_variable_swapped_in, np.array([1.5]))


def popped_after_being_read(cond, data):
    r = [np.concatenate((np.zeros(2) + data, cond))]
    seed = r[-1] + 0.0
    w = r.pop()
    return seed * 2.0 + w


case(popped_after_being_read, np.array([1.7]), 1.47, wrt=1, smooth=True)


def tuple_that_becomes_a_number(s):
    b_y = 0.5
    v = (b_y, s)
    if s > 0.5:
        total, v = [s, np.sin(s) / s]
    return v


case(tuple_that_becomes_a_number, 1.01, smooth=True)


def list_added_to_itself(x):
    z = [x for k in range(2)]
    z = z + z
    return np.sum(z[0] * z[3]) + z[1][0]


case(list_added_to_itself, vec(3), smooth=True)


def list_of_a_trip_summed(x):
    c = np.sum(x)
    for j in range(3):
        c = sum(c * v for v in x if v > 0)
    return c


case(list_of_a_trip_summed, vec(4), smooth=True)


def array_of_a_trip_stored_into(x):
    s = 0.0
    for j in range(3):
        a = x * (j + 1.0)
        s = s + np.sum(a * a)
        a[0] = x[1] * s
        s = s + np.sum(a * a * a)
    return s * 0.001


case(array_of_a_trip_stored_into, vec(2), smooth=True)


def parameter_in_a_list(x, y):
    """What a folded copy stood for was counted too seldom, and lost its definition."""
    return np.sum(np.concatenate([x * y, x]) ** 2)


case(parameter_in_a_list, vec(3), vec(3, 1), wrt=(0, 1), smooth=True)


def zero_dimensional_buffer(x):
    """Arithmetic on 0-d arrays gives numbers, which cannot be stored into."""
    y = np.zeros(())
    y[...] = x[0] + x[1] * x[1]
    y[...] += x[2]
    return y * y


case(zero_dimensional_buffer, vec(3), smooth=True)


def reversed_view(x):
    """A view of a view kept its memory to itself."""
    y = x * 2.0
    v = y[1:][::-1]
    y[2] = x[0] * 7.0
    return np.sum(v * v)


case(reversed_view, vec(4), smooth=True)


def rows_change_places(b):
    """The right-hand side holds views while the left-hand side is written to."""
    b[0], b[-1] = 0.5 * b[1], b[0]
    b[1], b[0] = b[0], b[1]
    return np.sum(b * b)


case(rows_change_places, mat(3, 2), smooth=True, typed=True)
case(rows_change_places, mat(2, 3), smooth=True, typed=True)
case(rows_change_places, vec(4), smooth=True)


def array_updated_while_gone_through(x):
    """The loop sees the write: no rebinding will do."""
    for v in x:
        if v < 0.5:
            x **= 2
            x -= 0.3
    return np.sum(x * x)


case(array_updated_while_gone_through, np.array([-0.4, -1.4, 0.3]), smooth=True, typed=True)


def written_in_a_tuple(y, s, w):
    b = (s, w)
    b[0][:] = s + w * y
    return np.sum(s * s) + b[1][0]


case(written_in_a_tuple, vec(3), vec(3, 1), vec(3, 2), wrt=(0, 1, 2), smooth=True)


def buffers_change_places(x):
    """What was saved of one buffer is what the other name writes to two trips later."""
    u, v = x * 1.0, x * 0.5
    for t in range(4):
        v[1:] = u[1:] + 0.1 * u[:-1] * u[1:]
        u[0] = v[1] * u[0] * v[0]
        u, v = v, u
    return np.sum(u * v * u)


case(buffers_change_places, vec(3), smooth=True)


def three_buffers_change_places(x):
    a, b, c = x * 1.0, x * 0.5, x * x
    for t in range(4):
        c[1:] = 2.0 * b[1:] - a[1:] * b[:-1]
        c *= b[1]
        w = a
        a = b
        b = c
        c = w
        c[0] = a[1] * b[0]
    return np.sum(a * b) + np.sum(c * c)


case(three_buffers_change_places, vec(3))


def reversed_loop_is_left(x):
    s = 0.0
    for v in reversed(x):
        s = s * 0.5 + v * v
        if s > 0.5:
            break
    return s


case(reversed_loop_is_left, vec(4), smooth=True)


def copies_by_index(x):
    """Lists and masks as subscripts take copies."""
    a = x * 2.0
    b, c = a[[0, 1, 2]], a[a > -9.0]
    a[0] = x[1] * 3.0
    b[1] = 2.0 * x[2]
    return np.sum(a * b * c)


case(copies_by_index, vec(3), smooth=True)


def rows_written_in_a_loop(x):
    m = np.outer(x, x + 1.0)
    for i, row in enumerate(m):
        row *= x[i]
        if i == 2:
            break
        row[0] = row[1] * x[2]
    for row, v in zip(m, reversed(x)):
        row -= v * row[::-1]
    return np.sum(m * m)


case(rows_written_in_a_loop, vec(3))
case(rows_written_in_a_loop, vec(4))


def items_written_in_a_loop(x):
    us = [x * 1.0, x * 2.0]
    d = {"a": x * 1.0, "b": x * x}
    for u in us:
        u[0] = u[1] * x[2]
    for k, e in d.items():
        e -= 0.1 * x * e
    for e in d.values():
        e[1] *= us[0][1] * e[0]
    return np.sum(us[0] * us[1]) + np.sum(d["a"] * d["b"])


case(items_written_in_a_loop, vec(3), typed=True)


def sorted_then_popped(x):
    acc = [x[0] * 2.0, x[1], x[2] * x[0]]
    acc = sorted(acc, reverse=True)
    u = acc.pop(1)
    return u * acc[0]


case(sorted_then_popped, vec(3), smooth=True)


def constant_put_into_a_list(d, n):
    """The one thing to do inside the branch is to put back what was there."""
    if n > 1:
        d[0] = 1.0
    return np.sum(d[1] * d[1]) * n


case(constant_put_into_a_list, [vec(2), vec(3)], 2)


def one_or_another_returned(x, n):
    z = x * 1.0
    w = x[:1] * 2.0
    v = z if n else w
    v[0] = x[0] * x[0]
    return v * v


case(one_or_another_returned, vec(3), 1)
