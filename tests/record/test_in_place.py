"""Rows 30 and 31: programs that write into arrays, recorded operation by operation, against differences."""
import gc

import numpy as np
import pytest

from srcgrad import autograd, nd
from srcgrad.errors import RecordError

POINT = np.array([0.5, -1.2, 2.0])


def slopes(f, v, step=1e-6):
    """Central differences of f at the vector v."""
    moved = [(v + step * e, v - step * e) for e in np.eye(len(v))]
    return np.array([(f(a, np.zeros) - f(b, np.zeros)) / (2 * step) for a, b in moved])


def recurrence(x, zeros):
    h = zeros((4, 3))
    h[0] = x
    for t in range(1, 4):
        h[t] = h[t - 1] * x + 1
    return (h * h).sum()


def augmented(x, zeros):
    s = zeros((3,))
    s += x
    s *= x
    s[1:] -= x[:-1] ** 2
    s[0] += x[2]
    return (s * s).sum()


def views(x, zeros):
    b = zeros((2, 3))
    r = b[0]
    r += x
    r *= 2
    b[1] = r * x
    q = b[1]
    q[1:] *= x[0]
    return (b ** 2).sum() + r.sum() * q.sum()


def views_of_views(x, zeros):
    b = zeros((2, 2, 3))
    inner = b[1][0]
    row = b[1]
    inner[...] = x * x
    row *= 3
    b[:, 0] += inner
    return (b * b).sum() + (inner * x).sum()


def outputs(x, zeros):
    b = zeros((3,))
    np.multiply(x, x, out=b)
    np.add(b, x, out=b)
    b[[0, 0, 2]] = x * 5
    b[b > 3] = x[0]
    return (b * x).sum()


def a_view_made_before(x, zeros):
    b = zeros((3,))
    r = b[1:]
    b += x
    return (r * r).sum() + (b * x).sum()


def copied(x, zeros):
    b = zeros((2, 3))
    np.copyto(b, x)
    np.copyto(b, x * x, where=np.array([True, False, True]))
    b **= 2
    b /= 3.0
    return b.sum()


def overwritten_after_use(x, zeros):
    y = x * x
    z = y * y
    y[0] = 7.0
    y *= y
    return (y * x).sum() + z.sum()


def a_constant_stored_in_a_view(x, zeros):
    b = zeros((3,))
    b += x
    head = b[:2]
    np.multiply(2.0, np.array([3.0, 4.0]), out=head) if zeros is np.zeros else np.multiply(
        nd.array([2.0, 2.0]), np.array([3.0, 4.0]), out=head)
    return (b * b * x).sum()


PROGRAMS = [recurrence, augmented, views, views_of_views, outputs, a_view_made_before, copied, overwritten_after_use,
            a_constant_stored_in_a_view]


@pytest.mark.parametrize("program", PROGRAMS)
def test_row_30_in_place_operations_are_recorded(program):
    x = nd.array(POINT).attach_grad()
    with autograd.record():
        y = program(x, nd.zeros)
    assert np.allclose(y.asnumpy(), program(POINT, np.zeros))
    y.backward()
    assert np.allclose(x.grad.asnumpy(), slopes(program, POINT), rtol=1e-6, atol=1e-7)
    assert x.tolist() == POINT.tolist()


def iadd(x, v):
    x += v


def setitem(x, v):
    x[0] = v


WRITES = [iadd, setitem, lambda x, v: np.add(x, v, out=x), lambda x, v: np.copyto(x, v), lambda x, v: iadd(x[:1], v),
          lambda x, v: iadd(x.reshape(1, -1)[0], v)]


@pytest.mark.parametrize("write", WRITES)
def test_row_30_a_marked_array_is_refused(write):
    x = nd.array([1.0, 2.0]).attach_grad()
    with autograd.record():
        y = x * x
        with pytest.raises(RecordError, match="marked array in place while recording: .*unclear"):
            write(x, 5.0)
    assert x.tolist() == [1, 2]
    y.backward()
    assert x.grad.tolist() == [2, 4]


@pytest.mark.parametrize("write", WRITES[:5])
def test_row_30_a_recorded_array(write):
    """The old value stays what it was for those who used it."""
    x = nd.array([1.0, 2.0]).attach_grad()
    with autograd.record():
        y = x * x
        z = y * y
        write(y, 5.0)
        w = (y * x).sum() + z.sum()
    expected = np.array([1.0, 4.0])
    write(expected, 5.0)
    assert y.tolist() == expected.tolist()
    kept = {iadd: [1, 1], WRITES[2]: [1, 1], WRITES[4]: [1, 1]}.get(write, [0, 1] if write is setitem else [0, 0])
    w.backward()
    # d(y * x) = x * 2x where y kept its history, plus y; d(z) = 4 x^3
    assert x.grad.tolist() == [k * 2 * v * v + e + 4 * v ** 3 for k, v, e in zip(kept, (1, 2), expected)]


@pytest.mark.parametrize("write", [
    lambda x, v: np.add.at(x, 0, v), lambda x, v: np.put(x, 0, v), lambda x, v: np.fill_diagonal(x.reshape(1, 2), v),
])
def test_row_30_writes_that_are_not_recorded(write):
    x = nd.array([1.0, 2.0]).attach_grad()
    with autograd.record():
        y = x * x
        with pytest.raises(RecordError, match=r"in place while it is recorded\n(.*\n)*hint: use x\[...\] = "):
            write(y, 5.0)
        assert y.tolist() == [1, 4]
    y.backward()
    assert x.grad.tolist() == [2, 4]


def test_row_30_an_opaque_view_is_refused_when_it_would_cut_a_history():
    x = nd.array([1.0, 2.0]).attach_grad()
    with autograd.record():
        b = nd.zeros((2, 2))
        turned = b.T
        with pytest.raises(RecordError, match="through a view of another array that is no subscript"):
            turned[0] = x
        assert b.tolist() == [[0, 0], [0, 0]]
        b[0] = x
        with pytest.raises(RecordError, match="written in place on record since\nhint: make the view again"):
            turned * 2
        assert turned.tolist() == [[1, 0], [2, 0]]  # reading is fine
        y = (b.T * 2).sum()
    y.backward()
    assert x.grad.tolist() == [2, 2]


def test_row_30_numpy_refuses_what_it_refuses():
    x = nd.array([1.0, 2.0]).attach_grad()
    with autograd.record():
        y = x * x
        for write in (lambda: iadd(y, x.reshape(2, 1)), lambda: y.__setitem__(7, x[0]), lambda: y.__setitem__(0, x)):
            with pytest.raises((ValueError, IndexError)):
                write()
        assert y.tolist() == [1, 4]
    y.backward()
    assert x.grad.tolist() == [2, 4]


def test_row_30_whole_numbers_are_constants():
    x = nd.array([1.7, 2.7]).attach_grad()
    with autograd.record():
        n = nd.array([0, 0])
        n[:] = x
        y = n * x
    assert n.tolist() == [1, 2]
    y.backward()
    assert x.grad.tolist() == [1, 2]


def test_row_30_float32_keeps_its_dtype():
    x = nd.array([1.0, 2.0]).attach_grad()
    with autograd.record():
        s = nd.zeros(2, dtype="float32")
        s += x * x
        y = (s * s).sum()
    assert s.dtype == y.dtype == np.float32
    y.backward()
    assert x.grad.dtype == np.float64 and x.grad.tolist() == [4, 32]


def test_row_30_gradients_of_gradients_through_stores():
    x = nd.array([2.0, 3.0]).attach_grad()
    with autograd.record():
        s = nd.zeros(2)
        s[0] = x[0] ** 3
        s[1] = x[1] * x[0]
        slope = autograd.grad((s * s).sum(), x, create_graph=True)
        slope.sum().backward()
    # f = x0^6 + x1^2 x0^2
    assert np.allclose(x.grad.asnumpy(), [30 * 16 + 2 * 9 + 4 * 6, 4 * 6 + 2 * 4])


def test_row_31_detached_memory_is_shared_and_its_writes_are_found():
    x = nd.array([1.0, 2.0]).attach_grad()
    with autograd.record():
        y = x * x
        d = y.detach()
        z = y * x
        d[0] = 100.0
    assert y.tolist() == [100, 4]
    with pytest.raises(RecordError, match="was overwritten"):
        z.backward()
    assert x.grad.tolist() == [0, 0]


def test_row_31_sections_are_told_apart():
    """Writes beside what was saved do not matter."""
    w = nd.array([3.0, 4.0, 5.0])
    x = nd.array([1.0]).attach_grad()
    with autograd.record():
        y = x * w[:1]
    w[1:] = 0
    y.backward()
    assert x.grad.tolist() == [3]


@autograd.record
def overlapping(x):
    y = x * x
    return y[:3], y[1:], y


@autograd.record
def hidden(x):
    y = x * x
    return y[:3], y[1:]


class Reshaped(autograd.Function):
    def forward(self, x):
        return x.reshape(2, 2)

    def backward(self, b):
        return b.reshape(4)


def test_row_31_a_write_into_a_part_reaches_the_whole():
    x = nd.array([1.0, 2.0, 3.0, 4.0]).attach_grad()
    with autograd.record():
        y = x * x
        first, _ = np.split(y, 2)
        with pytest.raises(RecordError, match="through a view of another array"):
            first *= 10
        assert y.tolist() == [1, 4, 9, 16]
        a, b, whole = overlapping(x)
        with pytest.raises(RecordError, match="through a view of another array"):
            a *= 10
        whole *= 10
        assert a.tolist() == [10, 40, 90] and b.tolist() == [40, 90, 160]
        c, d = hidden(x)
        c *= 10
        assert d.tolist() == [40, 90, 16]
        with pytest.raises(RecordError, match="overwritten in place after it was recorded"):
            d * 2
        flat = x * x
        square = Reshaped()(flat)
        with pytest.raises(RecordError, match="through a view of another array"):
            square *= 10


def test_views_are_forgotten():
    b = nd.zeros(3)
    for _ in range(5):
        b[1:]
    gc.collect()
    assert not b._sharing
