"""NDArray as an array: creation, values, NumPy in both directions, and writing in place."""
import copy
import pickle

import numpy as np
import pytest

from srcgrad import autograd, nd
from srcgrad.errors import RecordError


def marked(value):
    return nd.array(value, dtype="float64").attach_grad()


# ------------------------------------------------------------------ creation
@pytest.mark.parametrize("made, expected", [
    (nd.array([1, 2]), np.array([1, 2])), (nd.array([1, 2.5]), np.array([1, 2.5])), (nd.array(3.0), np.array(3.0)),
    (nd.array([1, 2], dtype="float32"), np.array([1, 2], "float32")), (nd.array(nd.ones(2)), np.ones(2)),
    (nd.zeros((2, 3)), np.zeros((2, 3))), (nd.ones(2, dtype="int32"), np.ones(2, "int32")),
    (nd.full((2,), 7), np.full((2,), 7)), (nd.arange(3), np.arange(3)), (nd.arange(1, 2, 0.25), np.arange(1, 2, 0.25)),
    (nd.zeros_like(nd.ones((2, 2), "float32")), np.zeros((2, 2), "float32")),
    (nd.ones_like(np.zeros(3), dtype="int64"), np.ones(3, "int64")),
])
def test_creation(made, expected):
    assert type(made) is nd.NDArray
    assert (made.dtype, made.shape) == (expected.dtype, expected.shape)
    assert np.array_equal(made.asnumpy(), expected)


def test_empty():
    assert (nd.empty((2, 3)).shape, nd.empty(2, "float32").dtype) == ((2, 3), np.float32)


def test_array_copies():
    a = np.ones(2)
    x = nd.array(a)
    y = nd.array(x)
    a[0] = 7
    x[1] = 8
    assert (x.tolist(), y.tolist()) == ([1, 8], [1, 1])


# ------------------------------------------------------------------ values
def test_shape_and_size():
    x = nd.zeros((2, 3), "float32")
    assert (x.shape, x.dtype, x.ndim, x.size, x.itemsize, x.nbytes, len(x)) == ((2, 3), np.float32, 2, 6, 4, 24, 2)
    assert x.T.shape == (3, 2)
    with pytest.raises(TypeError, match="unsized"):
        len(nd.array(1.0))


def test_python_numbers():
    x = nd.array([[2.5]])
    assert (float(x), int(x), bool(x), complex(x), x.asscalar(), x.item()) == (2.5, 2, True, 2.5 + 0j, 2.5, 2.5)
    assert [10, 20, 30][nd.array(1)] == 20
    with pytest.raises(ValueError):
        float(nd.ones(2))
    with pytest.raises(ValueError):
        bool(nd.ones(2))
    with pytest.raises(TypeError):
        range(nd.array(1.0))


def test_asnumpy_is_a_copy():
    x = nd.ones(2)
    x.asnumpy()[0] = 5
    assert x.tolist() == [1, 1]


def test_iteration_and_membership():
    x = nd.array([[1, 2], [3, 4]])
    assert [row.tolist() for row in x] == [[1, 2], [3, 4]]
    assert 3 in x and 5 not in x


@pytest.mark.parametrize("value, text", [
    ([1.0, 2.5], "NDArray([1. , 2.5])"), ([[1, 2], [3, 4]], "NDArray([[1, 2],\n         [3, 4]])"),
    (2.0, "NDArray(2.)"),
])
def test_repr_is_that_of_numpy(value, text):
    assert repr(nd.array(value)) == text
    assert str(nd.array(value)) == str(np.array(value))


def test_repr_and_format():
    assert repr(nd.ones(2, "float32")) == "NDArray([1., 1.], dtype=float32)"
    assert f"{nd.array(2.0):.3f} {nd.ones(2)}" == "2.000 [1. 1.]"


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_hold_values_without_history(clone):
    x = marked([1, 2])
    with autograd.record():
        y = x * x
    z = clone(y)
    z[0] = 9
    assert (z.tolist(), y.tolist(), z.dtype) == ([9, 4], [1, 4], y.dtype)
    with pytest.raises(RecordError, match="`z` was never recorded"):
        z.backward()


def test_not_hashable():
    with pytest.raises(TypeError):
        hash(nd.ones(1))


# ------------------------------------------------------------------ NumPy
def test_numpy_functions_give_ndarrays():
    x = nd.array([1.0, 4.0])
    for y in (np.sqrt(x), np.ones(2) * x, np.float64(2) * x, np.sum(x), np.linalg.norm(x), np.concatenate([x, x]),
              np.add(x, 1, where=[True, False], out=None), np.fft.fft(x)):
        assert type(y) is nd.NDArray
    assert np.shape(x) == (2,)
    assert [type(part) for part in np.split(x, 2)] == [nd.NDArray, nd.NDArray]


def test_asarray_shares_memory_and_is_read_only():
    x = nd.ones(2)
    a = np.asarray(x)
    x[0] = 5
    assert a.tolist() == [5, 1]
    with pytest.raises(ValueError, match="read-only"):
        a[0] = 1
    b = np.array(x)
    b[0] = 3
    assert (x.tolist(), np.asarray(x, dtype="float32").dtype) == ([5, 1], np.float32)


# ------------------------------------------------------------------ in place
def test_row_32_in_place_outside_record():
    x = nd.array([1.0, 2.0, 3.0])
    y = x
    view = x[1:]
    x += 1
    x *= nd.array([1.0, 2.0, 3.0])
    x[0] = nd.array(9.0)
    x[nd.array([1])] -= 1
    assert y is x
    assert (x.tolist(), view.tolist()) == ([9, 5, 12], [5, 12])


@pytest.mark.parametrize("write", [
    lambda x: np.add(x, 1, out=x), lambda x: np.add.at(x, [0, 1], 1), lambda x: np.copyto(x, x + 1),
    lambda x: np.put(x, [0, 1], x + 1), lambda x: np.sum([x, nd.ones(2)], axis=0, out=x),
])
def test_row_32_numpy_functions_that_write(write):
    x = nd.array([1.0, 2.0])
    write(x)
    assert x.tolist() == [2, 3]


def test_out_returns_what_was_given():
    x, a = nd.ones(2), np.zeros(2)
    assert np.add(x, 1, out=x) is x
    assert np.add(x, 1, out=a) is a
    a += x
    assert a.tolist() == [5, 5]


def iadd(x, v):
    x += v


def setitem(x, v):
    x[0] = v


def test_row_30_a_plain_array_as_target_is_refused():
    x, a = marked([1, 2]), np.zeros(2)
    with autograd.record():
        with pytest.raises(RecordError, match="out= writes a recorded array into a plain NumPy array"):
            a += x
        with pytest.raises(RecordError, match="cut its history"):
            a[:] = x
    assert a.tolist() == [0, 0]


@pytest.mark.parametrize("overwrite", [iadd, setitem, lambda x, v: iadd(x[:1], v), lambda x, v: iadd(x.detach(), v)])
def test_row_31_an_input_overwritten_before_backward(overwrite):
    x, w = marked([1, 2]), nd.array([3.0, 4.0])
    with autograd.record():
        y, z = x * w, x + w
    overwrite(w, 5.0)
    with pytest.raises(RecordError, match="`w` was overwritten in place after `multiply` was recorded"):
        y.backward()
    assert x.grad.tolist() == [0, 0]
    z.backward()  # does not need the values
    assert x.grad.tolist() == [1, 1]


def test_row_31_a_result_overwritten_before_backward():
    x = marked([1, 2])
    with autograd.record():
        y = np.exp(x)
        z = y + 1
    y[:] = 0
    with pytest.raises(RecordError, match="`y` was overwritten in place after `(exp|add)` was recorded"):
        z.backward()


def test_row_31_the_view_of_an_overwritten_array_is_refused():
    x = marked([1, 2])
    with autograd.record():
        y = x * x
        v = y[1:]
    y += 1
    with autograd.record(), pytest.raises(RecordError, match="overwritten in place after it was recorded"):
        v * 2
    with pytest.raises(RecordError, match="`v` was overwritten"):
        v.backward()


def test_row_31_updates_between_steps_are_fine():
    w = marked([1, 2])
    for _ in range(3):
        with autograd.record():
            y = (w * w).sum()
        y.backward()
        w -= 0.25 * w.grad
    assert np.allclose(w.asnumpy(), [0.125, 0.25])


def test_row_31_an_overwritten_array_counts_as_constant():
    x = marked([2])
    with autograd.record():
        y = x * x
    y += 1
    with autograd.record():
        z = y * x
    z.backward()
    assert x.grad.tolist() == [5]


# ------------------------------------------------------------------ what MXNet's arrays have
def test_copies_and_contexts():
    x = nd.array([1.5, 2.5]).attach_grad()
    y = nd.zeros(2, "float32")
    assert x.copyto(y) is y and y.tolist() == [1.5, 2.5] and y.dtype == np.float32
    assert x.copyto("cpu").tolist() == [1.5, 2.5]
    assert x.as_in_context("gpu") is x and x.context == x.ctx == "cpu" and x.wait_to_read() is None
    z = x.copy()
    z[0] = 9
    assert x.tolist() == [1.5, 2.5] and z.grad is None
    assert x.astype("int64").tolist() == [1, 2] and nd.array(3.5).asscalar() == 3.5
    with autograd.record():
        w = nd.zeros(2)
        (x * x).copyto(w)
    w.backward()
    assert x.grad.tolist() == [3, 5]


def test_methods_are_those_of_numpy():
    a = np.array([[3.0, 1.0, 2.0], [0.5, 4.0, -1.0]])
    x = nd.array(a).attach_grad()
    for method, args in (("round", (1,)), ("argsort", (1,)), ("repeat", (2, 1)), ("trace", ()), ("cumprod", (1,)),
                         ("diagonal", ()), ("conj", ()), ("nonzero", ()), ("ptp", (0,)), ("argmax", (0,)), ("std", ()),
                         ("squeeze", ()), ("swapaxes", (0, 1)), ("take", ([0, 2], 1)), ("clip", (0, 2)), ("any", ())):
        expected = getattr(np, method)(a, *args)
        found = getattr(x, method)(*args)
        for f, e in zip(found, expected) if method == "nonzero" else [(found, expected)]:
            assert type(f) is nd.NDArray and np.array_equal(f.asnumpy(), e), method
    x.fill(2.0)
    assert x.tolist() == [[2, 2, 2], [2, 2, 2]] and nd.array([-4.0]).abs().sqrt().exp().tolist() == [np.exp(2.0)]


def test_plain_arrays_and_ndarrays_mix():
    a, x = np.array([1.0, 2.0]), nd.array([3.0, 4.0]).attach_grad()
    with autograd.record():
        for y in (a * x, x * a, np.multiply(a, x), np.float64(2) * x * a / 2, a @ x * a, np.stack([a, x])):
            assert type(y) is nd.NDArray and y._origin is not None
        y = (a - x) * a
    y.backward()
    assert x.grad.tolist() == [-1, -2]
    assert (a == x).tolist() == [False, False] and type(a < x) is nd.NDArray
    a += x.detach()  # as NumPy does where nothing is recorded
    assert a.tolist() == [4, 6]
    assert f"{nd.array(1.5):.3f} {nd.array([1.0])}" == "1.500 [1.]"
    assert [1, 2, 3][nd.array(1)] == 2 and max(nd.array([1.0, 5.0])) == 5
