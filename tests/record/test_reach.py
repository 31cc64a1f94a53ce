"""What decorated functions reach and change: objects, callees, themselves, arrays they write to; rows 7, 28 and 30."""
import dataclasses
import functools
import gc
import math
import weakref

import numpy as np
import pytest

import srcgrad
from srcgrad import autograd, nd
from srcgrad.errors import RecordError, UnsupportedSyntax

W = nd.array([2.0, 3.0]).attach_grad()


def marked(*values, **kw):
    found = [nd.array(v, dtype="float64").attach_grad(**kw) for v in values]
    return found[0] if len(found) == 1 else found


def entries(array):
    """How many calls lead to an array."""
    return int(srcgrad.source(array).split()[1])


# ------------------------------------------------------------------ objects
class Layer:
    def __init__(self, w, b):
        self.w, self.b, self.slope, self.name = marked(w), marked(b), 0.1, "layer"

    def linear(self, x):
        return self.w * x + self.b

    @autograd.record
    def __call__(self, x):
        z = self.w * x + self.b
        return np.where(z > 0, z, self.slope * z)


class Net:
    def __init__(self):
        self.layers = {"first": Layer([1.0, -2.0], [0.5, 0.5]), "second": Layer([3.0, 4.0], [0.0, 1.0])}
        self.scale = marked(2.0)

    @autograd.record
    def loss(self, x):
        h = np.tanh(self.layers["first"].w * x)
        return np.sum(self.layers["second"].w * h) * self.scale


def test_attributes_of_self_are_inputs_of_one_entry():
    layer = Layer([2.0, -3.0], [1.0, 1.0])
    x = nd.array([3.0, 5.0])
    y = layer(x)
    assert np.allclose(y.asnumpy(), [7, -1.4]) and entries(y) == 1
    y.backward()
    assert layer.w.grad.tolist() == [3, 0.5]
    assert layer.b.grad.tolist() == [1, 0.1]
    layer.slope = 1.0  # read at the call
    layer(x).backward()
    assert layer.b.grad.tolist() == [1, 1]


def test_attributes_may_change_their_shape():
    layer = Layer([2.0, -3.0], [1.0, 1.0])
    layer(nd.array([3.0, 5.0])).backward()
    layer.w, layer.b = marked([1.0, 2.0, 3.0]), marked(0.0)
    layer(nd.array([1.0, 1.0, 1.0])).backward()
    assert layer.w.grad.tolist() == [1, 1, 1] and layer.b.grad.tolist() == 3


def test_calls_again_see_what_changed():
    """The second call of a kind takes a short way: it must notice other kinds, marks and values."""
    layer, x = Layer([2.0, 3.0], [1.0, 1.0]), nd.array([3.0, 5.0])
    for _ in range(3):
        layer(x).backward()
        assert layer.w.grad.tolist() == [3, 5]
    x.attach_grad()
    layer(x).backward()
    assert x.grad.tolist() == [2, 3]
    layer.w.drop_grad()
    layer.w = nd.array([7.0, 9.0])
    for _ in range(2):
        layer(x).backward()
        assert (x.grad.tolist(), layer.w.grad) == ([7, 9], None)
    layer.slope = "steep"
    with pytest.raises(Exception, match="steep|str|dtype|ufunc"):
        layer(x)
    layer.slope, layer.w = 0.1, nd.array([1, 2], dtype="float32").attach_grad()
    for _ in range(2):
        y = layer(x)
        y.backward()
        assert layer.w.grad.dtype == np.float32 and layer.w.grad.tolist() == [3, 5]


def test_objects_inside_objects():
    net, x = Net(), marked([0.3, 0.7])
    y = net.loss(x)
    assert entries(y) == 1
    y.backward()
    w1, w2 = np.array([1.0, -2.0]), np.array([3.0, 4.0])
    h = np.tanh(w1 * x.asnumpy())
    assert np.allclose(net.scale.grad.asnumpy(), np.sum(w2 * h))
    assert np.allclose(net.layers["second"].w.grad.asnumpy(), 2 * h)
    assert np.allclose(net.layers["first"].w.grad.asnumpy(), 2 * w2 * (1 - h * h) * x.asnumpy())
    assert np.allclose(x.grad.asnumpy(), 2 * w2 * (1 - h * h) * w1)
    assert net.layers["first"].b.grad.tolist() == [0, 0]


def test_methods_that_call_methods():
    class Model(Layer):
        @autograd.record
        def squared(self, x):
            return self.linear(x) ** 2

    model = Model([2.0, 3.0], [0.0, 0.0])
    model.squared(nd.array([1.0, 2.0])).backward()
    assert model.w.grad.tolist() == [4, 24]
    assert model.b.grad.tolist() == [4, 12]


def test_dataclasses():
    @dataclasses.dataclass(frozen=True)
    class Parameters:
        w: nd.NDArray
        b: nd.NDArray

    @autograd.record
    def f(p, x):
        return p.w * x + p.b

    p = Parameters(marked([2.0]), marked([3.0]))
    f(p, nd.array([5.0])).backward()
    assert (p.w.grad.tolist(), p.b.grad.tolist()) == ([5], [1])


def test_attributes_that_a_function_sets():
    class Counter:
        def __init__(self):
            self.w, self.calls, self.last = marked([2.0]), 0, None

        @autograd.record
        def __call__(self, x):
            self.calls += 1
            self.last = self.w * x
            return self.last * x

    counter = Counter()
    for k in range(3):
        y = counter(nd.array([3.0]))
        assert counter.calls == k + 1
    y.backward(retain_graph=True)
    assert counter.w.grad.tolist() == [9]
    counter.last.backward()
    assert counter.w.grad.tolist() == [3]


def test_a_nest_that_holds_itself():
    class Node:
        pass

    @autograd.record
    def f(node, x):
        return node.w * x

    node = Node()
    node.w, node.me, node.all = marked([2.0]), node, [node]
    f(node, marked([3.0])).backward()
    assert node.w.grad.tolist() == [3]


# ------------------------------------------------------------------ calls
def reads_global(x):
    return x * W


@autograd.record
def square(x):
    return x * x


@autograd.record
def power(x, n):
    return x if n == 1 else x * power(x, n - 1)


def test_a_callee_that_reads_a_marked_global():
    @autograd.record
    def f(x):
        return reads_global(x)

    x = marked([5.0, 7.0])
    f(x).backward()
    assert (x.grad.tolist(), W.grad.tolist()) == ([2, 3], [5, 7])


def test_decorated_functions_call_each_other_and_themselves():
    @autograd.record
    def f(x):
        return square(square(x)) + x

    x = marked([2.0])
    f(x).backward()
    assert x.grad.tolist() == [33]
    power(x, 5).backward()
    assert x.grad.tolist() == [80]


def test_partials_and_callable_objects():
    class Scaled:
        w = 4.0

        def __call__(self, x):
            return x * self.w

    x = marked([2.0])
    for f, slope in ((functools.partial(lambda v, k: v * v * k, k=3.0), 12), (Scaled(), 4), (Scaled().__call__, 4)):
        y = autograd.record(f)(x)
        assert entries(y) == 1
        y.backward()
        assert x.grad.tolist() == [slope]


def test_derivatives_of_functions_refuse_ndarrays():
    """They would drop the history of what they are given."""
    slope = srcgrad.grad(lambda v: np.sum(v ** 3))
    x = marked([2.0])
    with autograd.record(), pytest.raises(TypeError, match="argument v is an NDArray.*\n(.*\n)*hint: pass v.asnumpy"):
        slope(x)


@autograd.record
def penalty():
    return (W * W).sum()


def test_a_decorated_callee_without_active_arguments():
    @autograd.record
    def loss(x):
        return x.sum() + penalty() * 2

    x = marked([5.0, 7.0])
    loss(x).backward()
    assert (x.grad.tolist(), W.grad.tolist()) == ([1, 1], [8, 12])


def test_a_decorated_callee_has_its_own_mode():
    @autograd.record(train_mode=False)
    def predict(x):
        return x * (3.0 if autograd.is_training() else 5.0)

    @autograd.record
    def both(x):
        return predict(x) * (7.0 if autograd.is_training() else 11.0)

    x = marked([1.0])
    both(x).backward()
    assert x.grad.tolist() == [35]


def test_a_call_is_one_entry_inside_record_and_under_pause():
    x = marked([3.0])
    with autograd.record():
        y = square(x)
        with autograd.pause():
            z = square(x)
    assert entries(y) == entries(z) == 1
    autograd.backward([y, z])
    assert x.grad.tolist() == [12]


def test_a_thousand_calls_in_a_loop():
    x = marked([0.5])

    @autograd.record
    def step(y, x):
        return np.sin(y) + x

    y = x
    for _ in range(1000):
        y = step(y, x)
    y.backward()
    value, slope = 0.5, 1.0
    for _ in range(1000):
        value, slope = np.sin(value) + 0.5, np.cos(value) * slope + 1
    assert np.allclose(x.grad.asnumpy(), slope, rtol=1e-12)


def test_a_thousand_steps_leave_nothing_behind():
    def step():
        y = square(w)
        with autograd.record():
            loss = (y * w).sum()
        loss.backward()
        w.__isub__(0.01 * w.grad)
        return weakref.ref(y)

    w = marked([0.5, 0.2])
    step()
    gc.collect()
    before = len(gc.get_objects())
    refs = [step() for _ in range(1000)]
    assert sum(r() is not None for r in refs) == 0
    del refs
    gc.collect()
    assert len(gc.get_objects()) - before < 50


def test_row_28_a_function_with_its_own_backward_in_a_decorated_function():
    class Twice(autograd.Function):
        def forward(self, x):
            return x * 2

        def backward(self, b):
            return b * 7  # not the derivative: it is seen that it was called

    @autograd.record
    def f(x):
        return Twice()(x * x) + 1

    x = marked([3.0])
    f(x).backward()
    assert x.grad.tolist() == [42]


# ------------------------------------------------------------------ what no code is generated for
def test_row_07_paused_code_in_a_decorated_function():
    @autograd.record
    def f(x):
        y = x * x
        with autograd.pause():
            z = 3 * y
        return y + z * x

    x = marked([2.0])
    f(x).backward()
    assert x.grad.tolist() == [2 * 2 + 12]


def test_functions_without_generated_code_are_recorded_operation_by_operation():
    @autograd.record
    def f(x):
        class Inside:
            pass

        y = x * x
        return y + 1

    x = marked([3.0])
    y = f(x)
    assert entries(y) == 2
    y.backward()
    assert x.grad.tolist() == [6]
    with pytest.raises(UnsupportedSyntax, match="a class definition inside a function is not supported"):
        srcgrad.source(f)


@pytest.mark.parametrize("cut", [math.exp, float, lambda x: x.item(), lambda x: x.tolist()[0], np.asarray])
def test_what_would_cut_a_history_unseen_is_refused(cut):
    """Generated code differentiates float(x) and math.exp(x); what runs as it is must not lose them."""
    @autograd.record
    def f(x):
        class Inside:
            pass

        return x * cut(x)

    x = marked(0.0)
    with pytest.raises(RecordError, match="cut (its|their) history"):
        f(x)
    assert not autograd.is_recording()
    with autograd.record():
        x * x.item()  # outside decorated functions that is for the user to say


def test_generators_are_refused():
    @autograd.record
    def f(x):
        yield x * x

    with pytest.raises(UnsupportedSyntax, match="`yield`"):
        f(marked([1.0]))


# ------------------------------------------------------------------ writes
def test_row_30_an_argument_that_is_written():
    @autograd.record
    def f(x, out):
        out[0] = x[0] * x[1]
        out[1:] += x[1:]
        return out * 2

    x = marked([2.0, 3.0])
    with autograd.record():
        out = nd.zeros(2) + x * 10
        y = f(x, out)
        z = (y + out).sum()
    assert (y.tolist(), out.tolist()) == ([12, 66], [6, 33])
    assert entries(y) == 3
    z.backward()
    # z = 3 x0 x1 + 3 (10 x1 + x1)
    assert x.grad.tolist() == [9, 6 + 33]


def test_row_30_the_written_argument_returned_is_the_same_array():
    @autograd.record
    def f(x, out):
        out[...] = x * x
        return out

    x, out = marked([2.0, 3.0]), nd.zeros(2)
    view = out[1:]
    assert f(x, out) is out and out.tolist() == [4, 9] and view.tolist() == [9]
    with autograd.record():
        y = view * 1.0
    y.backward(retain_graph=True)
    assert x.grad.tolist() == [0, 6]
    out.backward()
    assert x.grad.tolist() == [4, 6]


def test_row_30_a_name_bound_to_something_else_after_the_write():
    @autograd.record
    def f(x, out):
        out[0] = x[0]
        out = out * 5
        return out + x

    x, out = marked([2.0, 3.0]), nd.array([1.0, 1.0])
    y = f(x, out)
    assert (y.tolist(), out.tolist()) == ([12, 8], [2, 1])
    with autograd.record():
        z = y.sum() + out.sum()
    z.backward()
    assert x.grad.tolist() == [5 + 1 + 1, 1]


def test_row_30_marked_arguments_are_refused():
    @autograd.record
    def f(x):
        x[0] = 3.0
        return x * 2

    x = marked([1, 2])
    with pytest.raises(RecordError, match="`f`, which modifies `x`, writes into a marked array in place while recording"):
        f(x)
    assert x.tolist() == [1, 2] and not autograd.is_recording()


def test_row_30_plain_arrays_as_targets():
    @autograd.record
    def f(x, out):
        out[0] = x[0]
        return x * x

    @autograd.record
    def g(x, out):
        out[0] = 5.0
        return x * out

    x, out = marked([2.0, 3.0]), np.zeros(2)
    with pytest.raises(RecordError, match="`f` writes a recorded array into `out`, a plain NumPy array, which would cut"):
        f(x, out)
    assert out.tolist() == [0, 0]
    y = g(x, out)
    assert out.tolist() == [5, 0]
    out[:] = 100
    y.backward()
    assert x.grad.tolist() == [5, 0]


def test_row_30_captured_arrays_and_containers():
    buffer, held = nd.zeros(2), [nd.array([1.0])]

    @autograd.record
    def f(x):
        buffer[0] = x[0] * 3
        held[0] = x * x
        held.append(x)
        return x * 2

    x = marked([2.0, 4.0])
    y = f(x)
    assert buffer.tolist() == [6, 0] and held[0].tolist() == [4, 16] and held[1] is x
    with autograd.record():
        z = buffer.sum() + held[0].sum() + y.sum()
    z.backward()
    assert x.grad.tolist() == [3 + 4 + 2, 8 + 2]


def test_row_31_an_argument_keeps_what_was_saved_of_it():
    @autograd.record
    def f(x, out):
        y = out * x
        out[...] = 0.0
        return y

    x, out = marked([2.0, 3.0]), nd.array([5.0, 7.0])
    y = f(x, out)
    assert out.tolist() == [0, 0]
    y.backward()
    assert x.grad.tolist() == [5, 7]
