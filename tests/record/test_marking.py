"""Rows 8 to 15 of the record face: marks, gradient buffers and grad_reqs."""
import numpy as np
import pytest

from srcgrad import autograd, nd
from srcgrad.errors import NotDifferentiable, RecordError


def arrays(*values):
    return [nd.array(v, dtype="float64") for v in values]


def test_row_08_one_array():
    x, g = arrays([1, 2], [0, 0])
    autograd.mark_variables(x, g)
    assert x.grad is g


def test_row_08_lists_and_one_request_for_each():
    x, y, g, h = arrays([2], [3], [100], [100])
    autograd.mark_variables([x, y], [g, h], ["write", "add"])
    with autograd.record():
        z = x * y
    z.backward()
    assert (g.tolist(), h.tolist()) == ([3], [102])


def test_row_08_one_request_for_all():
    x, y, g, h = arrays([2], [3], [100], [100])
    autograd.mark_variables([x, y], [g, h], "add")
    with autograd.record():
        z = x * y
    z.backward()
    assert (g.tolist(), h.tolist()) == ([103], [102])


def test_row_08_empty_lists():
    autograd.mark_variables([], [])
    autograd.mark_variables([], [], [])


def refused(error, match, variables, gradients, requests="write"):
    """mark_variables raises, and nothing is marked."""
    with pytest.raises(error, match=match):
        autograd.mark_variables(variables, gradients, requests)
    for x in variables if isinstance(variables, list) else [variables]:
        assert getattr(x, "grad", None) is None


def test_row_09_counts():
    x, y, g = arrays([1], [2], [0])
    refused(ValueError, "2 variables, 1 gradients and 2 grad_reqs", [x, y], [g])
    refused(ValueError, "1 variables, 1 gradients and 2 grad_reqs", [x], [g], ["write", "add"])


@pytest.mark.parametrize("request_", ["wrong", "", 1, None])
def test_row_09_unknown_request_lists_the_known(request_):
    x, g = arrays([1], [0])
    refused(ValueError, "'write', 'add', 'null'", [x], [g], [request_])
    with pytest.raises(ValueError, match="'write', 'add', 'null'"):
        x.attach_grad("wrong")


def test_row_09_buffer_of_another_shape_or_dtype():
    x, g = arrays([1, 2], [0, 0, 0])
    refused(ValueError, r"shape \(3,\), its variable \(2,\)", x, g)
    refused(ValueError, "dtype float32, its variable float64", x, nd.zeros(2, "float32"))


def test_row_09_checked_before_anything_changes():
    x, y, g, h = arrays([1], [2], [0], [0, 0])
    refused(ValueError, "shape", [x, y], [g, h])


@pytest.mark.parametrize("dtype", ["int64", "bool"])
def test_row_09_integers_and_bools(dtype):
    x = nd.ones(2, dtype)
    refused(NotDifferentiable, f"{dtype}.*\nhint: .*astype", x, nd.zeros(2, dtype))
    with pytest.raises(NotDifferentiable):
        x.attach_grad()


def test_row_09_plain_arrays_are_refused():
    with pytest.raises(TypeError, match="a variable must be an NDArray, not ndarray"):
        autograd.mark_variables([np.ones(2)], [nd.zeros(2)])
    with pytest.raises(TypeError, match="a gradient must be an NDArray, not list"):
        autograd.mark_variables([nd.ones(2)], [[0, 0]])


def test_row_09_buffers_that_share_memory():
    x, y, g = arrays([1], [2], [0])
    refused(ValueError, "shares memory", [x, y], [g, g])
    refused(ValueError, "shares memory", [x], [x])
    refused(ValueError, "same variable", [x, x], [g, nd.zeros(1)])
    refused(ValueError, "shares memory", [x], [x.detach()])
    both = nd.zeros(2)
    autograd.mark_variables([x, y], [both[:1], both[1:]])


def test_row_10_backward_writes_into_the_buffer_of_the_caller():
    x, g = arrays([1, 2, 3, 4], [0, 0, 0, 0])
    autograd.mark_variables(x, g)
    view = g.detach()
    with autograd.record():
        y = x * x + 1
    autograd.backward(y)
    assert x.grad is g
    assert view.tolist() == [2, 4, 6, 8]


@pytest.mark.parametrize("shape, dtype", [((2, 3), "float32"), ((), "float64"), ((0,), "complex128")])
def test_row_11_attach_grad_makes_zeros(shape, dtype):
    x = nd.ones(shape, dtype)
    assert x.grad is None
    assert x.attach_grad() is x
    assert (x.grad.shape, x.grad.dtype, bool((x.grad == 0).all())) == (shape, dtype, True)


def test_row_11_attach_grad_honours_the_request():
    x = nd.array([2.0]).attach_grad("add")
    for expected in (3, 6):
        with autograd.record():
            y = x * 3
        y.backward()
        assert x.grad.tolist() == [expected]


def test_row_12_null_leaves_its_buffer():
    x, y, g, h = arrays([2], [3], [7], [7])
    autograd.mark_variables([x, y], [g, h], ["null", "write"])
    with autograd.record():
        z = x * y
    z.backward()
    assert (g.tolist(), h.tolist(), x.fresh_grad) == ([7], [2], False)


def test_row_12_only_null():
    x = nd.array([2.0]).attach_grad("null")
    with autograd.record():
        z = x * x
        w = z + 1
    for head in (z, w, x):
        with pytest.raises(RecordError, match="only .*'null'"):
            head.backward()


def test_row_13_the_buffer_installed_when_the_forward_ran():
    x, g, h = arrays([2], [0], [0])
    autograd.mark_variables(x, g)
    with autograd.record():
        y = x * x
    autograd.mark_variables(x, h)
    y.backward()
    assert (g.tolist(), h.tolist(), x.grad is h) == ([4], [0], True)


def test_row_13_marked_again_with_the_same_buffer():
    x, g = arrays([2], [9])
    autograd.mark_variables(x, g)
    with autograd.record():
        y = x * x
    autograd.mark_variables(x, g)
    with autograd.record():
        z = 3 * x
    autograd.backward([y, z])
    assert g.tolist() == [7]


def test_row_14_marking_an_intermediate_keeps_its_history():
    x = nd.array([2.0]).attach_grad()
    with autograd.record():
        y = x * x
        y.attach_grad()
        z = 3 * y
    z.backward()
    assert (x.grad.tolist(), y.grad.tolist()) == ([12], [3])


def test_row_14_marked_twice_and_used_before():
    x = nd.array([2.0]).attach_grad()
    with autograd.record():
        y = x * x
        before = 3 * y
        y.attach_grad()
        first = y.grad
        y.attach_grad()
        after = 5 * y
    autograd.backward([before, after])
    assert (x.grad.tolist(), y.grad.tolist(), first.tolist()) == ([32], [5], [0])


def test_row_14_detach_cuts():
    x = nd.array([2.0]).attach_grad()
    with autograd.record():
        y = x * x
        d = y.detach()
        z = d * x
    z.backward()
    assert x.grad.tolist() == [4]
    assert d.grad is None
    y[:] = 7
    assert d.tolist() == [7]


def test_row_15_drop_grad():
    x, y = (nd.array([v]).attach_grad() for v in (2.0, 3.0))
    buffer = x.grad
    with autograd.record():
        z = x * y
        x.drop_grad()
        w = z + x
    w.backward()
    assert (x.grad, buffer.tolist(), y.grad.tolist()) == (None, [0], [2])
    x.drop_grad()


def test_row_15_drop_grad_of_an_intermediate_keeps_its_history():
    x = nd.array([2.0]).attach_grad()
    with autograd.record():
        y = x * x
        y.attach_grad()
        y.drop_grad()
        z = 3 * y
    z.backward()
    assert (x.grad.tolist(), y.grad) == ([12], None)


def test_row_15_zero_grad_inside_record():
    x, g = arrays([2], [5])
    autograd.mark_variables(x, g)
    with autograd.record():
        y = x * x
        x.zero_grad()
    assert g.tolist() == [0]
    y.backward()
    assert g.tolist() == [4]
    nd.ones(1).zero_grad()
