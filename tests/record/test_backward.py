"""Rows 16 to 25 of the record face: heads, requests, released graphs and refusals."""
import gc
import threading
import weakref

import numpy as np
import pytest

from srcgrad import autograd, nd
from srcgrad.errors import RecordError


def marked(*values):
    found = [nd.array(v, dtype="float64").attach_grad() for v in values]
    return found[0] if len(found) == 1 else found


# ------------------------------------------------------------------ heads
def test_row_16_ones_by_default():
    x = marked([[1, 2, 3], [4, 5, 6]])
    for gradients in (None, [None], [nd.ones((2, 3))], np.ones((2, 3)), nd.ones((2, 3)), [[1, 1, 1], [1, 1, 1]]):
        with autograd.record():
            y = x * x
        autograd.backward(y, gradients)
        assert x.grad.tolist() == [[2, 4, 6], [8, 10, 12]]
        x.zero_grad()


def test_row_16_several_heads_sum_into_one_write():
    x, y = marked([2], [3])
    with autograd.record():
        a, b = x * y, x * x
    autograd.backward([a, b], [None, nd.array([10.0])])
    assert (x.grad.tolist(), y.grad.tolist()) == ([43], [2])


def test_row_16_numbers_and_lists_are_converted():
    x = marked(3)
    with autograd.record():
        y = x * x
    y.backward(10)
    assert float(x.grad) == 60
    v = marked([1, 2])
    with autograd.record():
        y = v * v
    autograd.backward([y], [[1, 10]])
    assert v.grad.tolist() == [2, 40]


def test_row_16_the_method_takes_out_grad():
    x = marked([1, 2])
    with autograd.record():
        y = x * x
    y.backward(nd.array([1.0, 10.0]), retain_graph=True)
    assert x.grad.tolist() == [2, 40]
    y.backward(out_grad=[10.0, 1.0])
    assert x.grad.tolist() == [20, 4]


def test_row_16_the_head_gradient_may_be_the_buffer():
    x, y = marked([1, 2], [3, 4])
    x.grad[:] = [5, 7]
    with autograd.record():
        z = x + y
    z.backward(x.grad)
    assert (x.grad.tolist(), y.grad.tolist()) == ([5, 7], [5, 7])


def test_row_17_the_same_head_twice():
    x = marked([2])
    with autograd.record():
        y = 3 * x
    autograd.backward([y, y], [nd.array([1.0]), nd.array([10.0])])
    assert x.grad.tolist() == [33]


@pytest.mark.parametrize("gradients, message", [
    ([np.ones(2), np.ones(2)], r"shape \(2, 2\), the output \(2,\)"), (np.ones(3), r"shape \(3,\), the output \(2,\)"),
    (1.0, r"shape \(\), the output \(2,\)"), (np.ones(2, "float32"), "dtype float32, the output float64"),
    (nd.ones(2, "int64"), "dtype int64, the output float64"), ([], r"shape \(0,\)"),
])
def test_row_17_wrong_head_gradients_change_nothing(gradients, message):
    x = marked([1, 2])
    with autograd.record():
        y = x * x
    with pytest.raises(ValueError, match=message):
        autograd.backward(y, gradients)
    assert (x.grad.tolist(), x.fresh_grad) == ([0, 0], False)
    y.backward()
    assert x.grad.tolist() == [2, 4]


def test_row_17_counts():
    x = marked([1, 2])
    with autograd.record():
        y, z = x * x, x + x
    with pytest.raises(ValueError, match="2 outputs, but 1 head gradients"):
        autograd.backward([y, z], [nd.ones(2)])
    with pytest.raises(ValueError, match="a list of 2 head gradients"):
        autograd.backward([y, z], np.ones(2))
    with pytest.raises(ValueError, match="at least one output"):
        autograd.backward([])
    with pytest.raises(TypeError, match="NDArrays, not ndarray"):
        autograd.backward([y.asnumpy()])


# ------------------------------------------------------------------ requests
def test_row_18_write_sums_the_uses_and_overwrites():
    x = marked([2])
    for _ in range(3):
        with autograd.record():
            y = x * x + x + 3 * x
        y.backward()
        assert x.grad.tolist() == [8]


def test_row_18_add_accumulates():
    x = nd.array([2.0]).attach_grad("add")
    for expected in (5, 10):
        with autograd.record():
            y = x * x + x
        y.backward()
        assert x.grad.tolist() == [expected]


def test_row_18_many_uses_do_not_disturb_each_other():
    x, y = marked([2], [5])
    with autograd.record():
        s = x + y      # the adjoints of x, y and s may be one array
        z = s + x + x + x + y
    z.backward()
    assert (x.grad.tolist(), y.grad.tolist()) == ([4], [2])


def test_row_19_not_reached_keeps_its_gradient():
    x, y = marked([2], [3])
    y.grad[:] = 7
    with autograd.record():
        z = x * x
        y * y
    z.backward()
    assert (y.grad.tolist(), y.fresh_grad) == ([7], False)
    assert (x.grad.tolist(), x.fresh_grad) == ([4], True)
    x.fresh_grad = False
    assert not x.fresh_grad


@pytest.mark.parametrize("zero", [lambda x: x * 0.0, np.floor])
def test_row_20_reached_with_zero_derivative(zero):
    x = marked([2.5])
    x.grad[:] = 7
    with autograd.record():
        y = zero(x)
    y.backward()
    assert (x.grad.tolist(), x.fresh_grad) == ([0], True)


# ------------------------------------------------------------------ released graphs
def test_row_21_retain_graph():
    x = nd.array([2.0]).attach_grad("add")
    with autograd.record():
        y = x * x * x
    y.backward(retain_graph=True)
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == [36]


def test_row_21_a_second_backward_names_the_first():
    x = marked([2])
    with autograd.record():
        y = x * x
    y.backward()
    with pytest.raises(RecordError, match=r"history of `y` was already released by backward at .*test_backward.py:\d+\n"
                                          r"    y.backward\(\)\n    \^\nhint: pass retain_graph=True"):
        y.backward()
    assert x.grad.tolist() == [4]


def test_row_21_entries_are_freed():
    x = marked([2])
    with autograd.record():
        y = x * x
        z = y * y
    entries = [weakref.ref(y), weakref.ref(z)]
    origin = z._origin[0]
    z.backward()
    assert (origin.saved, origin.sources) == (None, ())
    del y, z
    gc.collect()
    assert [e() for e in entries] == [None, None]


def test_row_21_a_graph_without_arrays_is_freed():
    x = marked([2])
    with autograd.record():
        y = x * x
    watch = weakref.ref(y)
    with autograd.record():
        z = y * 2
    del y
    assert watch() is None  # an entry keeps what backward needs, not the NDArrays
    z.backward()
    assert x.grad.tolist() == [8]


# ------------------------------------------------------------------ refusals
def computed_outside():
    return marked([2]) * 3


def computed_under_pause():
    x = marked([2])
    with autograd.record(), autograd.pause():
        return x * 3


def computed_from_nothing_marked():
    with autograd.record():
        return nd.array([2.0]) * 3


def detached():
    x = marked([2])
    with autograd.record():
        return (x * x).detach()


def rebuilt():
    x = marked([2])
    with autograd.record():
        return nd.array((x * x).asnumpy())


def integers():
    x = marked([2])
    with autograd.record():
        return x.astype("int64")


def overwritten():
    x = marked([2])
    with autograd.record():
        y = x * x
    y += 1
    return y


@pytest.mark.parametrize("make, message", [
    (computed_outside, "`y` was computed outside record"),
    (computed_under_pause, "`y` was computed under pause"),
    (computed_from_nothing_marked, "`y` was recorded, but no array that it depends on is marked"),
    (detached, "`y` was detached"),
    (rebuilt, "`y` was never recorded.*asnumpy"),
    (integers, "`y` holds int64"),
    (overwritten, "`y` was overwritten in place outside record"),
])
def test_row_22_each_cause_has_its_message(make, message):
    y = make()
    with pytest.raises(RecordError, match="(?s)" + message) as caught:
        y.backward()
    assert caught.value.filename == __file__
    assert caught.value.text.strip() == "y.backward()"
    assert caught.value.hint


def test_row_22_one_bad_head_among_good_ones_changes_nothing():
    x = marked([2])
    with autograd.record():
        y = x * x
    z = x * 3
    with pytest.raises(RecordError, match="`z` was computed outside"):
        autograd.backward([y, z])
    assert x.grad.tolist() == [0]
    y.backward()
    assert x.grad.tolist() == [4]


# ------------------------------------------------------------------ where and what
def test_row_23_inside_record_leaves_the_flags():
    x = marked([2])
    with autograd.record(train_mode=False):
        y = x * x
        y.backward()
        assert autograd.is_recording() and not autograd.is_training()
        z = x * 3
    assert x.grad.tolist() == [4]
    z.backward()
    assert x.grad.tolist() == [3]


def test_row_23_a_marked_leaf_and_its_alias():
    x = marked([2, 3])
    y = x
    y.backward()
    assert x.grad.tolist() == [1, 1]
    autograd.backward([x, y], [nd.array([1.0, 2.0]), nd.array([10.0, 20.0])])
    assert x.grad.tolist() == [11, 22]


def test_row_24_heads_that_share_an_intermediate():
    x = marked([2])
    with autograd.record():
        h = x * x
        a, b = 3 * h, 5 * h
    a.backward()
    assert x.grad.tolist() == [12]
    with pytest.raises(RecordError, match="history of `h` was already released by backward at .*test_backward.py"):
        b.backward()
    assert x.grad.tolist() == [12]


def test_row_24_heads_that_share_only_a_leaf():
    x = marked([2])
    with autograd.record():
        a, b = 3 * x, 5 * x
    a.backward()
    b.backward()
    assert x.grad.tolist() == [5]


def test_row_25_train_mode_during_backward():
    seen = []

    class Spy:
        def forward(self, x):
            return x * 1.0, None

        def backward(self, saved, b):
            seen.append((autograd.is_recording(), autograd.is_training()))
            return (b,)

    x = marked([2])
    with autograd.record(train_mode=False):
        y = x * 1.0
    y._origin[0].pair = Spy()
    y.backward(retain_graph=True)
    y.backward(retain_graph=True, train_mode=False)
    assert seen == [(False, True), (False, False)]


# ------------------------------------------------------------------ size
def test_chains_of_any_length():
    x = marked([1])
    with autograd.record():
        y = x
        for _ in range(100_000):
            y = y * 1.0
        z = y + 0.0
    z.backward(retain_graph=True)
    assert x.grad.tolist() == [1]
    done = []
    thread = threading.Thread(target=lambda: done.append(gc.collect()))
    del y, z  # frees the chain, without recursion
    thread.start()
    thread.join()
    assert done


def test_an_error_in_generated_code_changes_nothing():
    class Broken:
        def backward(self, saved, b):
            raise FloatingPointError

    x, w = marked([2], [3])
    with autograd.record():
        y = x * x
        z = y * w
    pair, y._origin[0].pair = y._origin[0].pair, Broken()
    with pytest.raises(FloatingPointError):
        z.backward()
    assert (w.grad.tolist(), autograd.is_training()) == ([0], False)
    y._origin[0].pair = pair
    z.backward()
    assert (x.grad.tolist(), w.grad.tolist()) == ([12], [4])
