"""Functions under @record: what their inputs may be, what they may return, and what is refused."""
import collections
import copy
import pickle
import threading

import numpy as np
import pytest

import srcgrad
from srcgrad import autograd, nd
from srcgrad.errors import RecordError
from srcgrad.runtime import recording
from srcgrad.runtime.recorded import Recorded

W = nd.array([2.0, 3.0]).attach_grad()
SCALE = nd.array([10.0, 10.0])
PLAIN = np.array([5.0, 7.0])
PARAMETERS = {"w": nd.array([2.0, 3.0]).attach_grad(), "b": nd.array(1.0).attach_grad()}
Point = collections.namedtuple("Point", "u v")


def marked(*values):
    found = [nd.array(v, dtype="float64").attach_grad() for v in values]
    return found[0] if len(found) == 1 else found


def test_seed_program():
    x, g = nd.array([1, 2, 3, 4], dtype="float64"), nd.zeros(4)
    autograd.mark_variables(x, g)

    @autograd.record
    def f(x):
        return x * x + 1

    y = f(x)
    assert (type(y), y.tolist()) == (nd.NDArray, [2, 5, 10, 17])
    autograd.backward(y)
    assert g.tolist() == [2, 4, 6, 8]
    assert x.grad is g


def test_row_29_what_the_decorated_object_offers():
    @autograd.record(train_mode=False)
    def f(x):
        """Doc."""
        return x * x

    assert (f.__name__, f.__doc__, f.__module__) == ("f", "Doc.", __name__)
    assert isinstance(f, Recorded) and f.__wrapped__.__code__.co_name == "f"
    assert f.pair is None
    with pytest.raises(RecordError, match="`f` has no recorded call yet"):
        srcgrad.source(f)
    f(marked([1]))
    assert callable(f.pair.forward) and callable(f.pair.backward)
    text = srcgrad.source(f)
    compile(text, "f", "exec")
    assert "def f_forward(x)" in text and "def f_backward(" in text


def test_decorated_functions_are_pickled_by_name():
    assert pickle.loads(pickle.dumps(at_module_level)) is at_module_level
    assert copy.deepcopy(at_module_level) is at_module_level


@autograd.record
def at_module_level(x):
    return x * x


def test_one_call_is_one_entry():
    @autograd.record
    def f(x):
        return x * x + 1

    x = marked([3])
    y = f(x)
    entry = y._origin[0]
    assert entry.function is f.__wrapped__
    assert entry.sources == (x._origin,)


# ------------------------------------------------------------------ inputs
def test_positional_keyword_and_default_arguments():
    @autograd.record
    def f(x, y, *, k=2.0):
        return x * y * k

    x, y = marked([2], [3])
    for z in (f(x, y), f(x, y=y), f(y=y, x=x), f(x, y, k=2.0)):
        assert z.tolist() == [12]
        z.backward()
        assert (x.grad.tolist(), y.grad.tolist()) == ([6], [4])
        x.zero_grad()
    with pytest.raises(TypeError, match="missing a required argument: 'y'"):
        f(x)
    assert not autograd.is_recording()


def test_a_default_that_is_an_array():
    w = marked([2])

    @autograd.record
    def f(x, w=w):
        return x * w

    f(np.array([3.0])).backward()
    assert w.grad.tolist() == [3]


def test_closure_variables_are_read_at_the_call():
    x = marked([2])
    f = autograd.record(lambda: x * x + 1)
    f().backward()
    assert x.grad.tolist() == [4]
    x = marked([5])
    f().backward()
    assert x.grad.tolist() == [10]


def test_globals():
    @autograd.record
    def f(x):
        return W * SCALE * x + PLAIN

    y = f(np.array([1.0, 2.0]))
    assert y.tolist() == [25, 67]
    y.backward()
    assert W.grad.tolist() == [10, 20]


pi = nd.array([3.0]).attach_grad()


def test_a_global_that_is_named_like_a_constant_of_a_module():
    autograd.record(lambda: pi * np.pi)().backward()
    assert pi.grad.tolist() == [np.pi]


def test_the_ways_to_read_a_global():
    m = nd.array([[1.0, 2.0], [3.0, 4.0]]).attach_grad()
    x = np.array([1.0, 10.0])
    for f, expected in ((lambda: m.T @ x, [[1, 1], [10, 10]]), (lambda: m.sum() * m.shape[0], [[2, 2], [2, 2]]),
                        (lambda: m[0], [[1, 1], [0, 0]]), (lambda: [m[0], x][0] * len(m), [[2, 2], [0, 0]])):
        autograd.record(f)().backward()
        assert m.grad.tolist() == expected


def test_closures_made_in_a_loop_do_not_share_what_they_capture():
    def check(k):
        x = marked([1])
        y = autograd.record(lambda: x * k)()
        y.backward()
        assert (y.tolist(), x.grad.tolist()) == ([k], [k])

    check(2.0)
    check(3.0)


def test_a_global_that_changes_its_shape_or_type():
    x = marked([1, 2])
    scale = np.array([3.0, 4.0])
    f = autograd.record(lambda x: x * scale)
    f(x).backward()
    assert x.grad.tolist() == [3, 4]
    scale = 5.0
    f(x).backward()
    assert x.grad.tolist() == [5, 5]
    scale = nd.array([7.0])
    f(x).backward()
    assert x.grad.tolist() == [7, 7]


def test_only_marked_inputs_are_active():
    @autograd.record
    def f(x, y, z):
        return x * y * z

    x, y, z = marked([2]), nd.array([3.0]), 4.0
    w = f(x, y, z)
    assert len(w._origin[0].sources) == 1
    w.backward()
    assert x.grad.tolist() == [12]


def test_containers_as_arguments():
    @autograd.record
    def f(parameters, pair):
        return parameters["w"] * pair[0] + parameters["b"] + pair[1]

    p = {"w": marked([2, 3]), "b": nd.array([1.0, 1.0])}
    pair = (np.array([5.0, 7.0]), marked([1, 1]))
    f(p, pair).backward()
    assert (p["w"].grad.tolist(), p["b"].grad, pair[1].grad.tolist()) == ([5, 7], None, [1, 1])


def test_containers_as_globals():
    @autograd.record
    def f(x):
        return PARAMETERS["w"] * x + PARAMETERS["b"]

    f(np.array([5.0, 7.0])).backward()
    assert PARAMETERS["w"].grad.tolist() == [5, 7]
    assert float(PARAMETERS["b"].grad) == 2


def test_an_array_given_twice():
    @autograd.record
    def f(x, y):
        return x * y

    x = marked([3])
    f(x, x).backward()
    assert x.grad.tolist() == [6]


def test_calls_chain_with_each_other_and_with_eager_operations():
    @autograd.record
    def f(x):
        return x * x

    x = marked([2])
    with autograd.record():
        y = f(x) * 3
    f(y).backward()
    assert x.grad.tolist() == [2 * 12 * 12]


def test_plain_arrays_in_give_plain_arrays():
    @autograd.record
    def f(x):
        return x * x

    y = f(np.array([2.0]))
    assert type(y) is np.ndarray
    z = f(nd.array([2.0]))
    assert type(z) is nd.NDArray
    with pytest.raises(RecordError, match="`z` was recorded, but no array that it depends on is marked"):
        z.backward()


# ------------------------------------------------------------------ outputs
def test_several_outputs():
    @autograd.record
    def f(x):
        return x * 2, x * x

    x = marked([3])
    y, z = f(x)
    y.backward(retain_graph=True)
    assert x.grad.tolist() == [2]
    z.backward(retain_graph=True)
    assert x.grad.tolist() == [6]
    autograd.backward([y, z], [10.0 * nd.ones(1), None])
    assert x.grad.tolist() == [26]


def test_outputs_of_all_kinds():
    @autograd.record
    def f(x):
        return {"all": [x * x], "count": 3, "name": "f", "none": None}

    x = marked([3])
    y = f(x)
    assert (y["count"], y["name"], y["none"]) == (3, "f", None)
    y["all"][0].backward()
    assert x.grad.tolist() == [6]


def test_scalars_become_arrays():
    @autograd.record
    def f(x):
        return x[0] * x[1]

    x = marked([3, 4])
    y = f(x)
    assert (type(y), y.shape, float(y)) == (nd.NDArray, (), 12)
    y.backward()
    assert x.grad.tolist() == [4, 3]


def test_the_argument_returned():
    x = marked([3])
    y = autograd.record(lambda x: x)(x)
    y.backward()
    assert x.grad.tolist() == [1]


# ------------------------------------------------------------------ the contract with generated code
class Generated:
    """A pair of hand-written functions in place of generated ones."""

    modified = ()

    def __init__(self, forward, backward=None):
        self.forward = forward
        self.backward = backward


@pytest.fixture
def use(monkeypatch):
    return lambda *pair: monkeypatch.setattr(recording, "_split", lambda function, active, inputs: Generated(*pair))


def test_an_object_returned_is_refused(use):
    use(lambda x: (object(), None))
    with pytest.raises(RecordError, match="`f_of_x` returned a object.*\nhint: return arrays"):
        autograd.record(f_of_x)(marked([3]))


def f_of_x(x):
    return x


def test_a_gradient_of_the_wrong_shape_is_refused(use):
    use(lambda x: (x * 2, None), lambda saved, b: (np.ones(3),))
    x = marked([3])
    with pytest.raises(RecordError, match=r"gradient of shape \(3,\).*shape \(1,\).*\n.*\n?hint: this is a bug"):
        autograd.record(lambda x: x * 2)(x).backward()
    assert x.grad.tolist() == [0]


def test_a_container_changed_by_generated_code_is_refused(use):
    held = [marked([1])]

    def forward(x):
        x[0] = x[0] * 2
        return x[0], None

    use(forward)
    with pytest.raises(RecordError, match="`f_of_x` changes `x`, a container"):
        autograd.record(f_of_x)(held)
    assert held[0].tolist() == [1]


def test_adjoints_of_several_outputs(use):
    """One adjoint for each output, zeros for those that nothing flowed into, None for what is no number."""
    given = []
    use(lambda x: ({"y": x * 2, "z": (x[0], 3, "name")}, None), lambda saved, b: (given.append(b) or b["y"] * 2,))
    x = marked([1, 2])
    autograd.record(f_of_x)(x)["y"].backward()
    assert given[0]["y"].tolist() == [1, 1]
    assert given[0]["z"] == (0, 0, None)
    assert x.grad.tolist() == [2, 2]


def test_only_arrays_inside_ndarrays_reach_generated_code(use):
    seen = []
    use(lambda **inputs: (seen.append(inputs) or inputs["x"] * 1, None))
    x = marked([1])
    autograd.record(lambda *, x, rows, scale: x)(x=x, rows={"a": [nd.ones(1), x]}, scale=2)
    assert seen[0]["x"] is x._data and seen[0]["scale"] == 2
    assert [type(row) for row in seen[0]["rows"]["a"]] == [np.ndarray, np.ndarray]


# ------------------------------------------------------------------ what is kept
def test_row_31_plain_arrays_may_be_written_before_backward():
    x, a = marked([3]), np.array([5.0])

    @autograd.record
    def f(x, a):
        return x * a

    y, z = f(x, a), f(x, nd.array(a))
    a[:] = 100
    y.backward()
    assert x.grad.tolist() == [5]
    z.backward()
    assert x.grad.tolist() == [5]


def test_row_31_free_plain_arrays_too():
    x, a = marked([3]), np.array([5.0])
    y = autograd.record(lambda: x * a)()
    a[:] = 100
    y.backward()
    assert x.grad.tolist() == [5]


@pytest.mark.parametrize("held", [lambda a: [a], lambda a: {"a": (a,)}])
def test_row_31_plain_arrays_in_containers_too(held):
    x, a = marked([3]), np.array([5.0])
    kept = held(a)

    @autograd.record
    def f(x, kept):
        inner = kept["a"] if isinstance(kept, dict) else kept
        return np.sin(x * inner[0])

    @autograd.record
    def g(x):
        return np.sin(x * kept["a"][0]) if isinstance(kept, dict) else np.sin(x * kept[0])

    for _ in range(2):  # the second call takes the short way
        for y in (f(x, kept), g(x)):
            a[:] = 100
            y.backward()
            assert np.allclose(x.grad.asnumpy(), 5 * np.cos(15))
            a[:] = 5


class Settings:
    def __init__(self):
        self.factor, self.factors = 2.0, [2.0]


FACTOR, FACTORS, SETTINGS, TABLE = 2.0, [2.0], Settings(), np.array([2.0])


def times(x):
    return np.sin(x * FACTOR) * FACTORS[0]


def reads_globals(x):
    y = x * FACTOR * FACTORS[0] * SETTINGS.factor * SETTINGS.factors[0] * TABLE[0]
    return y + times(x)


def reads_arguments(x, factors, settings):
    for factor in factors["all"]:
        x = x * factor
    return x * settings.factor * settings.factors[0]


def test_row_31_everything_may_change_before_backward():
    """The gradient is that of what ran, whatever happens to globals, containers and objects afterwards."""
    f, g = autograd.record(reads_globals), autograd.record(reads_arguments)
    x, factors, settings, captured = marked([3]), {"all": [2.0, 5.0]}, Settings(), 2.0
    h = autograd.record(lambda x: x * captured)
    for _ in range(2):  # the second calls take the short way
        results = f(x), g(x, factors, settings), h(x)
        globals().update(FACTOR=7.0, TABLE=np.array([7.0]))
        FACTORS[0] = SETTINGS.factor = SETTINGS.factors[0] = 7.0
        factors["all"][1] = settings.factor = settings.factors[0] = captured = 7.0
        try:
            found = []
            for y in results:
                y.backward()
                found += x.grad.tolist()
        finally:
            globals().update(FACTOR=2.0, TABLE=np.array([2.0]))
            FACTORS[0] = SETTINGS.factor = SETTINGS.factors[0] = 2.0
            settings.factor = settings.factors[0] = captured = 2.0
            factors["all"][1] = 5.0
        assert np.allclose(found, [32 + 4 * np.cos(6), 40, 2])


def test_calls_in_many_threads():
    @autograd.record
    def f(x):
        return x * x

    def work(k):
        x = marked([k])
        for _ in range(20):
            f(x).backward()
        found[k] = x.grad.tolist()

    found = {}
    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {k: [2 * k] for k in range(8)}
