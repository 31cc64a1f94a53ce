"""Functions of neural networks, random arrays and files; rows 34 and 36."""
import numpy as np
import pytest

import srcgrad
from srcgrad import autograd, nd
from srcgrad.errors import RecordError

rng = np.random.default_rng(0)
X = rng.normal(size=(3, 4))
IMAGES = rng.normal(size=(2, 3, 5, 6))
FILTERS = rng.normal(size=(4, 3, 2, 3))
LABELS = np.array([1, 0, 3])


def norm_in_predict_mode(x, gamma, beta):
    mean, var = np.array([0.1, -0.2, 0.3]), np.array([0.5, 2.0, 1.0])
    wrap = nd.array if isinstance(x, nd.NDArray) else np.array
    return nd.batch_norm(x, gamma, beta, wrap(mean), wrap(var))


CASES = {
    "relu": (nd.relu, X), "leaky_relu": (nd.leaky_relu, X), "elu": (nd.elu, X), "gelu": (nd.gelu, X),
    "sigmoid": (nd.sigmoid, X), "softplus": (nd.softplus, X), "softmax": (nd.softmax, X),
    "softmax over rows": (lambda x: nd.softmax(x, axis=0), X), "log_softmax": (nd.log_softmax, X),
    "pick": (lambda x: nd.pick(x, LABELS), X), "pick from rows": (lambda x: nd.pick(x, np.array([1, 0, 2, 2]), axis=0), X),
    "fully_connected": (nd.fully_connected, IMAGES, rng.normal(size=(7, 90)), rng.normal(size=7)),
    "not flattened": (lambda x, w: nd.fully_connected(x, w, flatten=False), IMAGES, rng.normal(size=(7, 6))),
    "convolution": (lambda x, w, b: nd.convolution(x, w, b, stride=2, pad=1), IMAGES, FILTERS, rng.normal(size=4)),
    "dilated": (lambda x, w: nd.convolution(x, w, dilate=2), IMAGES, FILTERS),
    "max pooling": (lambda x: nd.pooling(x, 2, pad=1), IMAGES),
    "average pooling": (lambda x: nd.pooling(x, 3, "avg", stride=1), IMAGES),
    "embedding": (lambda w: nd.embedding(np.array([[0, 2], [2, 1]]), w), X),
    "softmax_cross_entropy": (lambda x: nd.softmax_cross_entropy(x, LABELS), X),
    "sigmoid_cross_entropy": (lambda x: nd.sigmoid_cross_entropy(x, np.where(X > 0.3, 1.0, 0.0)), X),
    "l2_loss": (lambda x: nd.l2_loss(x, X[::-1]), X), "l1_loss": (lambda x: nd.l1_loss(x, X[::-1]), X),
    "smooth_l1": (lambda x: nd.smooth_l1(x, 2.0), X), "huber": (nd.huber, X),
    "batch_norm": (norm_in_predict_mode, IMAGES, rng.normal(size=3), rng.normal(size=3)),
}


@pytest.mark.parametrize("name", CASES)
def test_gradients_are_those_of_differences_and_of_the_functional_face(name):
    f, *args = CASES[name]
    expected = f(*args)
    weights = np.cos(np.arange(expected.size, dtype=float)).reshape(expected.shape)
    arrays = [nd.array(a).attach_grad() for a in args]
    with autograd.record(train_mode=False):
        y = f(*arrays)
    assert type(expected) is np.ndarray and np.array_equal(y.asnumpy(), expected)
    assert srcgrad.source(y).startswith("# 1 recorded call,")
    y.backward(weights)
    for k, x in enumerate(arrays):
        places = list(np.ndindex(x.shape))[::1 + x.size // 25]
        for i in places:
            moved = []
            for sign in (1, -1):
                shifted = [a.copy() for a in args]
                shifted[k][i] += sign * 1e-6
                moved.append(np.sum(weights * f(*shifted)))
            assert np.isclose(x.grad.asnumpy()[i], (moved[0] - moved[1]) / 2e-6, rtol=1e-5, atol=1e-7)


def network(x, w):
    h = nd.relu(x) + nd.sigmoid(x) * nd.gelu(x)
    scores = nd.fully_connected(h, w)
    return np.sum(nd.softmax_cross_entropy(scores, LABELS)) + np.sum(nd.log_softmax(h) * X) + np.sum(nd.softmax(h) * X)


def test_the_functional_face_and_decorated_functions_see_through_them():
    w = rng.normal(size=(4, 4))
    slopes = srcgrad.grad(network, wrt=(0, 1))(X, w)
    x, v = nd.array(X).attach_grad(), nd.array(w).attach_grad()
    with autograd.record():
        network(x, v).backward()
    eager = x.grad.asnumpy(), v.grad.asnumpy()
    y = autograd.record(network)(x, v)
    assert srcgrad.source(y).startswith("# 1 recorded call,")
    y.backward()
    for found, one, other in zip(slopes, eager, (x, v)):
        assert np.allclose(found, one) and np.allclose(found, other.grad.asnumpy())


@pytest.mark.parametrize("name", ["relu", "sigmoid", "softmax", "softplus", "elu", "huber", "l1_loss"])
def test_float32_stays_float32(name):
    x = nd.array(X, dtype="float32").attach_grad()
    f = CASES[name][0] if name != "l1_loss" else lambda x: nd.l1_loss(x, X[::-1].astype("float32"))
    with autograd.record():
        y = f(x)
    y.backward()
    assert y.dtype == x.grad.dtype == np.float32
    assert f(X.astype("float32")).dtype == np.float32


def test_extreme_values_neither_overflow_nor_vanish():
    x = nd.array([-1000.0, -30.0, 0.0, 1000.0]).attach_grad()
    with np.errstate(all="raise", under="ignore"):
        with autograd.record():
            y = nd.sigmoid(x)
        y.backward()
    assert np.allclose(x.grad.asnumpy(), [0, np.exp(-30), 0.25, 0], rtol=1e-10)
    big = nd.array([[1000.0, 0.0]]).attach_grad()
    with autograd.record():
        loss = nd.softmax_cross_entropy(big, nd.array([1]))
    loss.backward()
    assert loss.tolist() == [1000] and big.grad.tolist() == [[1, -1]]


def test_row_34_kinks():
    x = nd.array([-1.0, 0.0, 1.0]).attach_grad()
    for f, expected in ((nd.relu, [0, 0, 1]), (abs, [-1, 0, 1]), (np.sign, [0, 0, 0]),
                        (lambda x: x.clip(-1, 1), [1, 1, 1]), (lambda x: np.maximum(x, 0), [0, 0.5, 1]),
                        (lambda x: np.minimum(x, x), [1, 1, 1])):
        with autograd.record():
            y = f(x)
        y.backward()
        assert x.grad.tolist() == expected
    ties = nd.array([2.0, 1.0, 2.0]).attach_grad()
    for f, expected in ((np.max, [0.5, 0, 0.5]), (np.min, [0, 1, 0])):
        with autograd.record():
            y = f(ties)
        y.backward()
        assert ties.grad.tolist() == expected


@pytest.mark.filterwarnings("ignore:divide by zero")
def test_row_34_infinite_slopes_and_masks():
    zero = nd.array([0.0]).attach_grad()
    for f, expected in ((np.sqrt, np.inf), (np.log, np.inf), (lambda x: 1 / x, -np.inf), (lambda x: x ** -1.0, -np.inf),
                        (lambda x: np.where(x > 0, np.sqrt(x), 0.0), 0), (lambda x: np.where(x > 0, np.log(x), x), 1),
                        (np.linalg.norm, 0), (lambda x: np.prod(np.concatenate([x, x + 2, x + 3])), 6)):
        with autograd.record():
            y = f(zero)
        y.backward()
        assert zero.grad.tolist() == [expected]


# ------------------------------------------------------------------ dropout and batch_norm
def test_row_36_dropout():
    nd.random.seed(3)
    x = nd.ones(10_000).attach_grad()
    with autograd.record():
        y = nd.dropout(x, p=0.2)
    values = y.asnumpy()
    assert set(values.round(12)) == {0, 1.25} and abs((values == 0).mean() - 0.2) < 0.02
    y.backward()
    assert np.array_equal(x.grad.asnumpy(), values)  # the mask of the forward
    with autograd.record(train_mode=False):
        assert nd.dropout(x, p=0.2) is x
    assert nd.dropout(x) is x and type(nd.dropout(np.ones(3))) is np.ndarray
    with autograd.train_mode():
        assert (nd.dropout(np.ones(100)) == 0).any()
        assert nd.dropout(x, 0) is x
        with pytest.raises(ValueError, match="probability"):
            nd.dropout(x, 1.0)


def test_row_36_dropout_in_a_decorated_function():
    @autograd.record
    def f(x):
        return nd.dropout(x * x, 0.5)

    @autograd.record(train_mode=False)
    def g(x):
        return nd.dropout(x * x, 0.5)

    x = nd.ones(1000).attach_grad()
    y = f(x)
    y.backward(train_mode=False)
    assert (y == 0).any() and np.array_equal(x.grad.asnumpy(), 2 * y.asnumpy())
    assert g(x).tolist() == [1] * 1000


def test_row_36_dropout_has_second_derivatives_with_the_same_mask():
    x = nd.full(1000, 2.0).attach_grad()
    with autograd.record():
        y = nd.dropout(x ** 3)
        slope = autograd.grad(y, x, create_graph=True)
    slope.backward()
    kept = y.asnumpy() != 0
    assert np.array_equal(x.grad.asnumpy(), np.where(kept, 2 * 6 * 2.0, 0)) and 0 < kept.sum() < 1000


@pytest.mark.parametrize("axis, shape", [(1, (4, 3)), (1, (4, 3, 2, 5)), (-1, (4, 2, 3))])
def test_row_36_batch_norm(axis, shape):
    x, gamma, beta = (nd.array(v).attach_grad() for v in (rng.normal(size=shape), rng.normal(size=3), rng.normal(size=3)))
    mean, var = nd.zeros(3), nd.ones(3)
    axes = tuple(i for i in range(len(shape)) if i != axis % len(shape))
    batch = x.asnumpy().mean(axes), x.asnumpy().var(axes)

    with autograd.record():
        y = nd.batch_norm(x, gamma, beta, mean, var, axis=axis)
    along = [1] * len(shape)
    along[axis] = 3
    normal = (x.asnumpy() - batch[0].reshape(along)) / np.sqrt(batch[1].reshape(along) + 1e-5)
    assert np.allclose(y.asnumpy(), gamma.asnumpy().reshape(along) * normal + beta.asnumpy().reshape(along))
    assert np.allclose(mean.asnumpy(), 0.1 * batch[0]) and np.allclose(var.asnumpy(), 0.9 + 0.1 * batch[1])
    y.backward(np.ones(shape))
    assert np.allclose(x.grad.asnumpy(), 0, atol=1e-12)  # adding to a whole batch changes nothing
    assert np.allclose(gamma.grad.asnumpy(), normal.sum(axes)) and np.allclose(beta.grad.asnumpy(), normal.size / 3)

    before = mean.tolist(), var.tolist()
    with autograd.record(train_mode=False):
        z = nd.batch_norm(x, gamma, beta, mean, var, axis=axis)
    z.backward()
    expected = gamma.asnumpy() / np.sqrt(var.asnumpy() + 1e-5)
    assert np.allclose(x.grad.asnumpy(), np.broadcast_to(expected.reshape(along), shape))
    assert (mean.tolist(), var.tolist()) == before


def test_row_36_running_statistics_carry_no_history():
    x, mean, var = nd.array(X).attach_grad(), nd.zeros(4), nd.ones(4)
    for _ in range(3):
        with autograd.record():
            nd.batch_norm(x, nd.ones(4), nd.zeros(4), mean, var)
    with autograd.record():
        y = mean * 2
    with pytest.raises(RecordError, match="no array that it depends on is marked"):
        y.backward()
    with autograd.train_mode():  # and outside record
        before = mean.tolist()
        nd.batch_norm(x, nd.ones(4), nd.zeros(4), mean, var)
    assert mean.tolist() != before


def test_one_hot():
    assert nd.one_hot(np.array([[0], [2]]), 3, 5, -1, int).tolist() == [[[5, -1, -1]], [[-1, -1, 5]]]
    hot = nd.one_hot(nd.array([1]), 2)
    assert type(hot) is nd.NDArray and hot.tolist() == [[0, 1]]


def test_numpy_functions_are_there_under_their_names():
    assert nd.exp is np.exp and nd.concatenate is np.concatenate
    with pytest.raises(AttributeError, match="no attribute 'frobnicate'"):
        nd.frobnicate


# ------------------------------------------------------------------ random
def test_random_arrays():
    nd.random.seed(1)
    first = nd.random.normal(2.0, 3.0, shape=(1000,))
    nd.random.seed(1)
    assert np.array_equal(first.asnumpy(), nd.random.normal(2.0, 3.0, shape=(1000,)).asnumpy())
    assert abs(first.mean() - 2) < 0.5 and abs(first.std() - 3) < 0.5
    u = nd.random.uniform(-1, 1, shape=(200, 2), dtype="float32")
    assert u.dtype == np.float32 and u.shape == (200, 2) and -1 <= u.min() and u.max() < 1
    n = nd.random.randint(3, shape=500)
    assert n.dtype.kind == "i" and set(n.tolist()) == {0, 1, 2}
    assert sorted(nd.random.permutation(5).tolist()) == [0, 1, 2, 3, 4]
    assert nd.random.randn(2, 3).shape == (2, 3)
    rows = nd.arange(10).reshape(5, 2)
    nd.random.shuffle(rows)
    assert sorted(rows[:, 0].tolist()) == [0, 2, 4, 6, 8] and (rows[:, 1] - rows[:, 0]).tolist() == [1] * 5


def test_gradients_flow_to_the_parameters_of_a_distribution():
    mu, sigma = nd.array([1.0, 2.0]).attach_grad(), nd.array([3.0, 4.0]).attach_grad()
    with autograd.record():
        x = nd.random.normal(mu, sigma)
    x.backward()
    assert mu.grad.tolist() == [1, 1]
    assert np.allclose(sigma.grad.asnumpy(), (x.asnumpy() - mu.asnumpy()) / sigma.asnumpy())


# ------------------------------------------------------------------ files
def test_save_and_load(tmp_path):
    a, b = nd.array([1, 2], dtype="int8"), nd.array([[1.5]]).attach_grad()
    nd.save(tmp_path / "list", [a, b])
    nd.save(tmp_path / "dict.npz", {"a": a, "b": b})
    found = nd.load(tmp_path / "list")
    assert [(x.dtype, x.tolist()) for x in found] == [(np.int8, [1, 2]), (np.float64, [[1.5]])]
    assert all(type(x) is nd.NDArray and x.grad is None for x in found)
    named = nd.load(str(tmp_path / "dict.npz"))
    assert list(named) == ["a", "b"] and named["b"].tolist() == [[1.5]]
    nd.save(tmp_path / "one", b)
    assert nd.load(tmp_path / "one")["0"].tolist() == [[1.5]]
    nd.save(tmp_path / "none", [])
    assert nd.load(tmp_path / "none") == []


def test_a_failed_save_leaves_the_file_alone(tmp_path):
    nd.save(tmp_path / "f", [nd.ones(1)])
    before = (tmp_path / "f").read_bytes()
    with pytest.raises(TypeError, match="save takes arrays"):
        nd.save(tmp_path / "f", [nd.ones(1), "text"])
    with pytest.raises(OSError):
        nd.save(tmp_path / "missing" / "f", [nd.ones(1)])
    assert (tmp_path / "f").read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_pooling_refuses_what_it_does_not_know():
    with pytest.raises(ValueError, match="'max' or 'avg'"):
        nd.pooling(IMAGES, 2, "sum")
