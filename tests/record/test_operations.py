"""Eager operations: their values are NumPy's, their gradients are those of differences."""
import operator

import numpy as np
import pytest

from srcgrad import autograd, nd
from srcgrad.errors import MissingRule, RecordError
from srcgrad.runtime import operations

A = np.array([[0.3, 1.7, -0.6], [2.1, -1.2, 0.4]])
B = np.array([[1.1, 0.2, 0.9], [-0.7, 1.6, 2.3]])
V = np.array([0.5, 1.5, 2.5])
P = np.array([0.2, 0.7, 0.4])

ONE = [
    operator.neg, operator.pos, abs, np.exp, np.tanh, np.sin, np.square, np.negative,
    lambda x: x.sum(), lambda x: x.sum(axis=0), lambda x: x.sum(1, keepdims=True), np.sum, np.mean,
    lambda x: np.sum(x, axis=1, keepdims=True), lambda x: x.mean(axis=0), lambda x: x.max(axis=1), lambda x: x.min(),
    lambda x: x.var(), lambda x: x.prod(), lambda x: x.reshape(3, 2), lambda x: x.reshape((6,)),
    lambda x: np.reshape(x, (3, 2)), lambda x: x.ravel(), lambda x: x.flatten(), lambda x: x.T,
    lambda x: x.transpose(1, 0), lambda x: np.transpose(x), lambda x: x.swapaxes(0, 1), lambda x: x.copy(),
    lambda x: x[0], lambda x: x[:, 1:], lambda x: x[..., None], lambda x: x[[0, 0, 1]], lambda x: x[1, 2],
    lambda x: x[np.array([True, False])], lambda x: x.clip(-1, 1), lambda x: np.clip(x, -1, 1),
    lambda x: x.astype("float32"), lambda x: np.concatenate([x, x * 2], axis=1), lambda x: np.stack((x, x)),
    lambda x: np.where(x > 0, x, 0.1 * x), lambda x: 2 ** x, lambda x: x ** 2, lambda x: x ** 3.0, lambda x: 1 - x,
    lambda x: 2 * x, lambda x: 3 + x, lambda x: 1 / (x + 5), lambda x: x / 4, lambda x: x.cumsum(axis=1),
    lambda x: x * [1, 2, 3], lambda x: [1, 2, 3] - x, lambda x: np.float64(2) * x, lambda x: B * x,
    lambda x: np.maximum(x, 0.5), lambda x: np.broadcast_to(x, (2, 2, 3)), lambda x: sum(row for row in x),
]
TWO = [
    operator.add, operator.sub, operator.mul, operator.truediv, np.add, np.multiply, np.divide, np.maximum, np.minimum,
    lambda x, y: x @ y.T, lambda x, y: np.dot(x, y.T), lambda x, y: x.dot(y.T), lambda x, y: (x * x) ** y,
    lambda x, y: x * y[0], lambda x, y: x[0] / y, lambda x, y: np.where(x > y, x, y), lambda x, y: np.arctan2(x, y),
    lambda x, y: np.concatenate([x, y]), lambda x, y: np.stack([x, np.ones((2, 3)), y], axis=1),
    lambda x, y: np.logaddexp(x, y), lambda x, y: np.inner(x, y),
]


def differences(f, args, k, weights, step=1e-6):
    """The gradient of sum(weights * f(*args)) with respect to args[k], by central differences."""
    gradient = np.zeros_like(args[k])
    for i in np.ndindex(args[k].shape):
        values = []
        for sign in (1, -1):
            shifted = [a.copy() for a in args]
            shifted[k][i] += sign * step
            values.append(np.sum(weights * f(*shifted)))
        gradient[i] = (values[0] - values[1]) / (2 * step)
    return gradient


def check(f, *args):
    expected = f(*args)
    weights = np.cos(np.arange(np.size(expected), dtype=float) + 1).reshape(np.shape(expected))
    arrays = [nd.array(a).attach_grad() for a in args]
    with autograd.record():
        y = f(*arrays)
    assert (type(y), y.shape, y.dtype) == (nd.NDArray, np.shape(expected), expected.dtype)
    assert np.array_equal(y.asnumpy(), expected)
    y.backward(weights.astype(y.dtype))
    tolerance = 1e-6 if y.dtype == np.float64 else 1e-1
    for k, x in enumerate(arrays):
        assert np.allclose(x.grad.asnumpy(), differences(f, args, k, weights), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("k", range(len(ONE)))
def test_operations_of_one_array(k):
    check(ONE[k], A)


@pytest.mark.parametrize("k", range(len(TWO)))
def test_operations_of_two_arrays(k):
    check(TWO[k], A, B)


@pytest.mark.parametrize("name", ["sqrt", "log", "log1p", "arcsin", "arctanh", "reciprocal", "arccos", "cbrt"])
def test_operations_of_positive_arrays(name):
    check(getattr(np, name), P)


def test_vectors():
    check(lambda x, y: x @ y, V, P)
    check(lambda x, y: np.outer(x, y), V, P)


def test_every_operation_stands_for_the_numpy_function_of_its_name():
    for function, operation in operations.NUMPY.items():
        assert operation.__module__ == operations.__name__
        assert callable(function)


@pytest.mark.parametrize("operation", [operator.lt, operator.ge, operator.eq, np.isnan, np.argmax, np.sign, np.any,
                                       np.shape, np.zeros_like, lambda *x: x[0].argmin(axis=0)])
def test_operations_without_derivative(operation):
    x = nd.array(A).attach_grad()
    args = (x, nd.array(B)) if operation in (operator.lt, operator.ge, operator.eq) else (x,)
    with autograd.record():
        found = operation(*args)
    expected = operation(*(a.asnumpy() for a in args))
    assert np.array_equal(nd.array(found).asnumpy(), expected)


def test_outside_record_nothing_is_kept():
    x = nd.array(A).attach_grad()
    assert (x * x)._origin is None
    with autograd.record():
        assert (nd.array(A) * 2)._origin is None
        assert (x * 2)._origin is not None


def test_plain_operands_may_be_written_before_backward():
    x, a = nd.array(V).attach_grad(), V.copy()
    with autograd.record():
        y = x * a + a * x
    a[:] = 100
    y.backward()
    assert np.array_equal(x.grad.asnumpy(), 2 * V)


@pytest.mark.parametrize("call", [
    np.frompyfunc(lambda v: v * v, 1, 1), lambda x: np.add(x, 1, where=x.asnumpy() > 0),
])
def test_what_is_not_recorded_is_refused(call):
    x = nd.array(A).attach_grad()
    with autograd.record(), pytest.raises(MissingRule, match="(?s)is not recorded as an eager op.*hint: register a rule.*detach"):
        call(x)
    call(x)
    with autograd.record():
        call(x.detach())


def test_numpy_asking_for_values_is_refused():
    x = nd.array(A).attach_grad()
    with autograd.record(), pytest.raises(RecordError, match="cut its history\nhint: .*asnumpy"):
        np.asarray(x)
    with autograd.record():
        assert np.array_equal(x.asnumpy(), A)
        assert np.array_equal(np.asarray(x.detach()), A)


def test_row_33_dtypes():
    x = nd.ones(2, "float32").attach_grad()
    w = nd.ones(2, "float64").attach_grad()
    with autograd.record():
        y, z = x * 2.0, x * w
    assert (y.dtype, z.dtype) == (np.float32, np.float64)
    autograd.backward([y, z])
    assert (x.grad.dtype, w.grad.dtype) == (np.float32, np.float64)
    assert (x.grad.tolist(), w.grad.tolist()) == ([3, 3], [1, 1])


def test_row_35_repeated_indices_accumulate():
    x = nd.array(V).attach_grad()
    with autograd.record():
        y = x[nd.array([0, 0, 2])]
    y.backward(nd.array([1.0, 10.0, 100.0]))
    assert x.grad.tolist() == [11, 0, 100]
