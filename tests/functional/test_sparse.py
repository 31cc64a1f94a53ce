"""Sparse Jacobians: values, the number of products, wrong patterns."""
import pickle

import numpy as np
import pytest

import srcgrad
from srcgrad import jacobian
from srcgrad.errors import BadWrt, GradientMismatch

sparse = pytest.importorskip("scipy.sparse")
X = np.array([0.3, -0.5, 0.9, 1.4, -1.2, 0.2, 0.7])


def chain(x):
    """A band: each entry depends on its neighbours."""
    y = np.zeros(7)
    y[0] = x[0] ** 2
    for i in range(1, 6):
        y[i] = x[i - 1] * x[i + 1] + np.sin(x[i])
    y[6] = x[5] * x[6]
    return y


BAND = np.eye(7) + np.eye(7, k=1) + np.eye(7, k=-1)


def arrow(x):
    """Every output depends on the first entry: one row for each column, but few rows by which to differ."""
    return np.stack([x[0] * x[1], np.sum(x * x)])


@pytest.mark.parametrize("mode", [None, "forward", "reverse"])
@pytest.mark.parametrize("pattern", [BAND, sparse.csr_matrix(BAND), sparse.coo_matrix(np.ones((7, 7)))])
def test_values(mode, pattern):
    found = jacobian(chain, mode=mode, sparsity=pattern)(X)
    assert sparse.issparse(found)
    np.testing.assert_allclose(found.toarray(), jacobian(chain)(X), atol=1e-14)


def test_few_products():
    J = jacobian(chain, sparsity=BAND)
    assert J._columns.max() + 1 == 3  # the width of the band, not the number of columns
    J = jacobian(arrow, sparsity=np.array([[1, 1, 0, 0, 0, 0, 0], [1] * 7]))
    assert J._rows.max() + 1 == 2
    np.testing.assert_allclose(J(X).toarray(), jacobian(arrow)(X))


def test_shapes_other_than_vectors():
    def f(m, s):
        return np.sin(m) * s

    m = np.arange(6.0).reshape(2, 3) / 7 - 0.3
    np.testing.assert_allclose(jacobian(f, sparsity=np.eye(6))(m, 2.0).toarray(), np.diag(2 * np.cos(m).ravel()))
    np.testing.assert_allclose(jacobian(f, "s", sparsity=np.ones((6, 1)))(m, s=2.0).toarray()[:, 0], np.sin(m).ravel())


def test_sparse_hessian():
    def energy(x):
        return np.sum(x[1:] ** 2 * x[:-1])

    found = jacobian(srcgrad.grad(energy), sparsity=BAND)(X)
    np.testing.assert_allclose(found.toarray(), srcgrad.hessian(energy)(X))


def test_a_pattern_that_lacks_an_entry():
    pattern = BAND.copy()
    pattern[3, 2] = 0
    for mode in ("forward", "reverse"):
        with pytest.raises(GradientMismatch, match="outside of the pattern"):
            jacobian(chain, mode=mode, sparsity=pattern)(X)


def test_patterns_that_do_not_fit():
    with pytest.raises(ValueError, match="5 columns"):
        jacobian(chain, sparsity=np.ones((7, 5)))(X)
    for mode in ("forward", "reverse"):
        with pytest.raises(ValueError, match="3 rows"):
            jacobian(chain, mode=mode, sparsity=np.ones((3, 7)))(X)
    with pytest.raises(ValueError, match="sparsity is"):
        jacobian(chain, sparsity=True)
    with pytest.raises(BadWrt):
        jacobian(chain, (0,), sparsity=BAND)


def test_pickling():
    J = pickle.loads(pickle.dumps(jacobian(chain, sparsity=BAND)))
    np.testing.assert_allclose(J(X).toarray(), jacobian(chain)(X), atol=1e-14)
    assert "def chain" in J.source


def test_effects_happen_once(capsys):
    def prints(x):
        print("once")
        return x * x

    jacobian(prints, sparsity=np.eye(7))(X)
    assert capsys.readouterr().out == "once\n"
