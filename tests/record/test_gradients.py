"""Rows 26 to 29: autograd.grad, gradients of gradients, autograd.Function, srcgrad.source."""
import gc
import weakref

import numpy as np
import pytest

import srcgrad
from srcgrad import autograd, nd
from srcgrad.errors import RecordError


def marked(*values, **kw):
    found = [nd.array(v, dtype="float64").attach_grad(**kw) for v in values]
    return found[0] if len(found) == 1 else found


# ------------------------------------------------------------------ grad
def test_row_26_a_list_for_a_list_and_a_bare_array_for_one():
    x, w = marked([1, 2], [3, 4])
    with autograd.record():
        y = x * w
    both = autograd.grad(y, [x, w], retain_graph=True)
    assert type(both) is list and [g.tolist() for g in both] == [[3, 4], [1, 2]]
    one = autograd.grad([y], w, head_grads=[nd.array([1.0, 10.0])])
    assert type(one) is nd.NDArray and one.tolist() == [1, 20]
    assert (x.grad.tolist(), w.grad.tolist(), x.fresh_grad) == ([0, 0], [0, 0], False)


@pytest.mark.parametrize("request_", ["write", "add"])
def test_row_26_requests_make_no_difference(request_):
    x = marked([3], grad_req=request_)
    x.grad[:] = 7
    for _ in range(2):
        with autograd.record():
            y = x * x
        assert autograd.grad(y, x).tolist() == [6]
    assert x.grad.tolist() == [7]


def test_row_26_null_unmarked_and_unreached_variables():
    x, w, frozen, plain = *marked([1], [2]), marked([3], grad_req="null"), nd.array([4.0])
    with autograd.record():
        y = x * frozen * plain
    for variable, message in ((frozen, "`frozen` is marked with grad_req 'null'"), (plain, "`plain` is not marked"),
                              (w, "no head depends on `w`")):
        with pytest.raises(RecordError, match=message):
            autograd.grad(y, [x, variable], retain_graph=True)
    with pytest.raises(TypeError, match="needs NDArrays"):
        autograd.grad(y, [np.ones(1)])
    assert autograd.grad(y, x).tolist() == [12]


def test_row_26_a_recorded_array_is_a_variable_too():
    x = marked([2])
    with autograd.record():
        y = x * x
        z = y * y * x
    at_y, at_x = autograd.grad(z, [y, x])
    assert (at_y.tolist(), at_x.tolist()) == ([16], [80])


def test_row_26_retain_graph_is_create_graph_unless_given():
    x = marked([2])
    with autograd.record():
        y = x * x
    autograd.grad(y, x, create_graph=True)
    autograd.grad(y, x, retain_graph=True)
    autograd.grad(y, x)
    with pytest.raises(RecordError, match="already released by backward at .*test_gradients.py:"):
        autograd.grad(y, x)


def test_row_26_gradients_have_memory_of_their_own():
    x, w = marked([1, 2], [3, 4])
    with autograd.record():
        y = x + w
    a, b = autograd.grad(y, [x, w])
    a[:] = 9
    assert b.tolist() == [1, 1] and autograd.is_training() is False


# ------------------------------------------------------------------ gradients of gradients
def test_row_27_the_example():
    x = marked([1])
    with autograd.record():
        y = np.exp(x) + x
        slope = autograd.grad(y, x, create_graph=True)
    assert np.allclose(slope.asnumpy(), np.e + 1)
    slope.backward()
    assert np.allclose(x.grad.asnumpy(), np.e)


def test_row_27_every_order():
    x = marked([0.7])

    def f(x):
        return np.sin(x) * x ** 3

    with autograd.record():
        y = f(x)
        for _ in range(4):
            y = autograd.grad(y, x, create_graph=True)
    s, c, v = np.sin(0.7), np.cos(0.7), 0.7
    # Leibniz: sum over k of C(4, k) sin^(k) (x^3)^(4-k)
    fourth = 4 * c * 6 - 6 * s * 6 * v - 4 * c * 3 * v ** 2 + s * v ** 3
    assert np.allclose(y.asnumpy(), fourth)


def test_row_27_a_decorated_function():
    @autograd.record
    def f(x, w):
        y = x
        for _ in range(3):
            y = np.tanh(w * y) + x[0]
        return np.sum(y * y)

    x, w = marked([0.3, -0.4], [1.5, 0.8])
    with autograd.record():
        slope = autograd.grad(f(x, w), x, create_graph=True)
        loss = (slope * slope).sum()
    loss.backward()
    f = f.__wrapped__

    def squared(x, w):
        return float(np.sum(srcgrad.grad(f)(x, w) ** 2))

    for variable, at in ((x, lambda d: (x.asnumpy() + d, w.asnumpy())), (w, lambda d: (x.asnumpy(), w.asnumpy() + d))):
        expected = [(squared(*at(1e-6 * e)) - squared(*at(-1e-6 * e))) / 2e-6 for e in np.eye(2)]
        assert np.allclose(variable.grad.asnumpy(), expected, rtol=1e-5)


class Weights:
    def __init__(self, w, scale):
        self.w, self.scale, self.name = w, scale, "weights"


def test_row_27_objects_and_written_arguments():
    @autograd.record
    def f(model, x, out):
        out[0] = x[0] * model.w[0]
        return (out * model.w * x).sum() * model.scale

    x, w = marked([2.0, 3.0], [1.5, 0.5])
    with autograd.record():
        slopes = autograd.grad(f(Weights(w, 3.0), x, nd.ones(2)), [x, w], create_graph=True)
        total = (slopes[0] ** 2).sum() + (slopes[1] ** 3).sum()
    total.backward()

    def expected(x, w):  # f = 3 (x0^2 w0^2 + w1 x1)
        return (9 * (4 * x[0] ** 2 * w[0] ** 4 + w[1] ** 2)) + 27 * (8 * x[0] ** 6 * w[0] ** 3 + x[1] ** 3)

    at, h = (np.array([2.0, 3.0]), np.array([1.5, 0.5])), 1e-6
    for k, variable in enumerate((x, w)):
        for i in range(2):
            moved = [[v.copy() for v in at] for _ in range(2)]
            moved[0][k][i] += h
            moved[1][k][i] -= h
            assert np.isclose(variable.grad.asnumpy()[i], (expected(*moved[0]) - expected(*moved[1])) / (2 * h), rtol=1e-6)


def test_row_27_several_outputs():
    @autograd.record
    def f(x):
        return x * x, (np.sin(x), 3)

    x = marked([0.5])
    with autograd.record():
        y, (z, _) = f(x)
        slope = autograd.grad([y, z], x, create_graph=True)
        second = autograd.grad(slope, x, create_graph=True)
    assert np.allclose(second.asnumpy(), 2 - np.sin(0.5))
    with autograd.record():
        only = autograd.grad(f(x)[1][0], x, create_graph=True)
        assert np.allclose(autograd.grad(only, x).asnumpy(), -np.sin(0.5))


def test_row_27_head_gradients_have_gradients():
    x, g = marked([2], [5])
    with autograd.record():
        slope = autograd.grad(x ** 3, x, head_grads=g, create_graph=True)
    slope.backward()
    assert (x.grad.tolist(), g.grad.tolist()) == ([60], [12])


def second_by_differences(f, x, step=1e-5):
    """Differences of the gradients of sum(sin(f(x))), summed."""
    def slope(v):
        a = nd.array(v).attach_grad()
        with autograd.record():
            y = np.sin(f(a)).sum()
        return autograd.grad(y, a).asnumpy()
    return np.array([(slope(x + step * e.reshape(x.shape)) - slope(x - step * e.reshape(x.shape))).sum() / (2 * step)
                     for e in np.eye(x.size)]).reshape(x.shape)


A = np.array([[0.3, 1.7, -0.6], [2.1, -1.2, 0.4]])
B = np.array([[1.1, 0.2, 0.9], [-0.7, 1.6, 2.3]])
POSITIVE = np.array([[0.2, 0.7, 0.4], [0.9, 0.35, 0.6]])
FUNCTIONS = """exp expm1 exp2 square sin cos tan arctan sinh cosh tanh arcsinh sinc deg2rad rad2deg negative positive copy
    transpose ravel prod var std mean sum cumsum cumprod""".split()
CASES = [(name, getattr(np, name), A) for name in FUNCTIONS] + [
    (name, getattr(np, name), POSITIVE) for name in "log log1p log2 log10 sqrt cbrt reciprocal arcsin arccos arctanh".split()] + [
    ("arccosh", lambda x: np.arccosh(x + 1), POSITIVE), ("divide", lambda x: B / x, POSITIVE), ("divided", lambda x: x / B, A),
    ("power", lambda x: x ** 2.5, POSITIVE), ("integer power", lambda x: x ** 3, A), ("exponent", lambda x: 2.0 ** x, A),
    ("multiply", lambda x: x * x * B, A), ("matmul", lambda x: x @ x.T, A), ("dot", lambda x: np.dot(x.T, x), A),
    ("arctan2", lambda x: np.arctan2(x, B), A), ("hypot", lambda x: np.hypot(x, B), A),
    ("logaddexp", lambda x: np.logaddexp(x, B), A), ("inner", lambda x: np.inner(x, x), A),
    ("outer", lambda x: np.outer(x, x), A),
    ("where", lambda x: np.where(x > 0, x * x, x), A), ("clip", lambda x: np.clip(x, -1, 1) ** 2, A),
    ("maximum", lambda x: np.maximum(x, B) * x, A), ("minimum", lambda x: np.minimum(x, B) * x, A),
    ("max", lambda x: x.max(axis=1) * x[:, 0], A), ("abs", lambda x: abs(x) * x, A),
    ("getitem", lambda x: x[[0, 0, 1]] * x[0], A),
    ("concatenate", lambda x: np.concatenate([x, x * x]), A), ("stack", lambda x: np.stack([x * x, x]), A),
    ("reshape", lambda x: (x * x).reshape(3, 2), A), ("broadcast", lambda x: np.broadcast_to(x[0], (2, 3)) * x, A),
    ("astype", lambda x: x.astype("float64") * x, A), ("sums", lambda x: x.sum(axis=0) * x.mean(axis=1, keepdims=True), A)]


@pytest.mark.parametrize("name, f, at", CASES, ids=[f"{i}-{c[0]}" for i, c in enumerate(CASES)])
def test_row_27_every_operation_has_a_second_derivative(name, f, at):
    x = nd.array(at).attach_grad()
    with autograd.record():
        slope = autograd.grad(np.sin(f(x)).sum(), x, create_graph=True)
        total = slope.sum()
    total.backward()
    assert np.allclose(x.grad.asnumpy(), second_by_differences(f, at), rtol=1e-4, atol=1e-5)


def test_row_27_what_can_not_be_run_again_is_refused():
    noise = [1.0]

    @autograd.record
    def f(x):
        noise[0] += 1.0
        return np.sin(x * noise[0])

    rng = np.random.default_rng(0)

    @autograd.record
    def g(x):
        return np.sin(x * rng.normal())

    x = marked([2])
    for h in (g,):
        y = h(x)
        with autograd.record(), pytest.raises(RecordError, match="`g` can't be differentiated again: run a second time"):
            autograd.grad(y, x, create_graph=True)
        y.backward()  # the first derivative is there
        assert x.fresh_grad


def test_row_27_overwritten_inputs_are_noticed():
    x, w = marked([2, 3]), nd.array([5.0, 7.0])
    with autograd.record():
        y = np.exp(x * w)
    w[:] = 1
    with autograd.record(), pytest.raises(RecordError, match="`w` was overwritten"):
        autograd.grad(y, x, create_graph=True)


def test_row_27_the_graph_is_freed():
    x = marked([2])
    with autograd.record():
        slope = autograd.grad(x ** 3, x, create_graph=True)
    slope.backward()
    entry = weakref.ref(slope)
    del slope
    gc.collect()
    assert entry() is None


# ------------------------------------------------------------------ Function
class Sigmoid(autograd.Function):
    def forward(self, x):
        y = 1 / (1 + np.exp(-x))
        self.save_for_backward(y)
        return y

    def backward(self, b_y):
        y, = self.saved_tensors
        return b_y * y * (1 - y)


class Swapped(autograd.Function):
    """Two in, two out."""

    def forward(self, x, w):
        self.save_for_backward(x, w)
        return x * w, w - x

    def backward(self, b_product, b_difference):
        x, w = self.saved_tensors
        return b_product * w - b_difference, b_product * x + b_difference


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def test_row_28_sigmoid_and_a_chain_of_them():
    x = marked([0.5, -1.0])
    with autograd.record():
        y = Sigmoid()(Sigmoid()(x) * 2)
    y.backward()
    s = sigmoid(x.asnumpy())
    t = sigmoid(2 * s)
    assert np.allclose(y.asnumpy(), t)
    assert np.allclose(x.grad.asnumpy(), t * (1 - t) * 2 * s * (1 - s))


def test_row_28_two_in_two_out():
    x, w = marked([2, 3], [5, 7])
    with autograd.record():
        y, z = Swapped()(x, w)
        loss = y * 10 + z
    loss.backward()
    assert (x.grad.tolist(), w.grad.tolist()) == ([49, 69], [21, 31])
    with autograd.record():
        y, z = Swapped()(x, w)
    z.backward()
    assert (x.grad.tolist(), w.grad.tolist()) == ([-1, -1], [1, 1])


def test_row_28_add_accumulates_and_one_instance_is_called_twice():
    x, f = marked([0.5], grad_req="add"), Sigmoid()
    with autograd.record():
        y = f(x) + f(2 * x)
    y.backward(retain_graph=True)
    y.backward()
    a, b = sigmoid(0.5), sigmoid(1.0)
    assert np.allclose(x.grad.asnumpy(), 2 * (a * (1 - a) + 2 * b * (1 - b)))


def test_row_28_inputs_that_are_not_marked_are_skipped():
    class Scaled(autograd.Function):
        def forward(self, k, x, w, name):
            self.k = k
            return x * w * k

        def backward(self, b):
            return "no number", None, b * self.k, None

    w = marked([2])
    with autograd.record():
        y = Scaled()(3, nd.array([5.0]), w, "name")
    y.backward()
    assert w.grad.tolist() == [3]


def test_row_28_a_raising_forward_restores_the_flags():
    class Raises(autograd.Function):
        def forward(self, x):
            assert not autograd.is_recording() and autograd.is_training()
            raise KeyError

    x = marked([1])
    with autograd.record():
        with pytest.raises(KeyError):
            Raises()(x)
        assert autograd.is_recording() and autograd.is_training()


@pytest.mark.parametrize("returned, message", [
    ((1,), "Wrong.backward returned 1 gradients, but Wrong.forward took 2 inputs"),
    ((1, 2, 3), "returned 3 gradients"),
    ((np.ones(3), np.ones(2)), r"gradient of shape \(3,\) for input 0, which has shape \(2,\)"),
])
def test_row_28_wrong_gradients_change_nothing(returned, message):
    class Wrong(autograd.Function):
        def forward(self, x, w):
            return x * w

        def backward(self, b):
            return returned

    x, w = marked([1, 2], [3, 4])
    with autograd.record():
        y = Wrong()(x, w)
    with pytest.raises(ValueError, match=message):
        y.backward()
    assert (x.grad.tolist(), w.grad.tolist(), x.fresh_grad) == ([0, 0], [0, 0], False)


def test_row_28_gradients_of_its_gradients():
    x = marked([0.5])
    with autograd.record():
        slope = autograd.grad(Sigmoid()(x), x, create_graph=True)
        second = autograd.grad(slope, x, create_graph=True)
    s = sigmoid(0.5)
    assert np.allclose(slope.asnumpy(), s * (1 - s))
    assert np.allclose(second.asnumpy(), s * (1 - s) * (1 - 2 * s))


def test_row_28_outside_record_it_just_computes():
    x = marked([0.0])
    y = Sigmoid()(x)
    assert y.tolist() == [0.5]
    with pytest.raises(RecordError, match="outside record"):
        y.backward()


def test_row_28_what_is_saved_goes_with_the_result():
    x = marked([0.5])
    with autograd.record():
        y = Sigmoid()(x)
    data = weakref.ref(y._data)
    del y
    assert data() is None


# ------------------------------------------------------------------ source
def test_row_29_source_of_a_recorded_array():
    @autograd.record
    def f(x):
        return x * 2, x + 1

    x, w = marked([1], [2])
    with autograd.record():
        a, b = f(x * w)
        y = np.exp(a) + b * x + x * x
    text = srcgrad.source(y)
    compile(text, "y", "exec")
    assert text.splitlines()[:8] == [
        "# 7 recorded calls, the arrays that they got gradients for in parentheses", "# v1 = multiply(x, w)", "# v2 = f(v1)",
        "# v3 = exp(v2[0])", "# v4 = multiply(v2[1], x)", "# v5 = add(v3, v4)", "# v6 = multiply(x, x)", "# v7 = add(v5, v6)"]
    for name in ("multiply", "f", "exp", "add"):
        assert text.count(f"def {name}_forward(") == text.count(f"def {name}_backward(") == 1
    y.backward()
    with pytest.raises(RecordError, match="already released"):
        srcgrad.source(y)
    with pytest.raises(RecordError, match="never recorded"):
        srcgrad.source(nd.ones(1))


# ------------------------------------------------------------------ marks in the middle of a computation
def test_stop_gradient_and_on_backward_one_by_one_and_decorated():
    def f(x):
        y = srcgrad.on_backward(x * x, lambda b: b * 10)
        return y + srcgrad.stop_gradient(x) * x

    x = marked([1, 3])
    with autograd.record():
        y = f(x)
    y.backward()
    assert x.grad.tolist() == [20 + 1, 60 + 3]
    seen = []

    @autograd.record
    def watched(x):
        return srcgrad.stop_gradient(x) * x

    watched(x).backward()
    assert x.grad.tolist() == [1, 3]
    with autograd.record():
        y = srcgrad.on_backward(x * 2, seen.append)
    y.backward()
    assert x.grad.tolist() == [2, 2] and seen[0].tolist() == [1, 1]
