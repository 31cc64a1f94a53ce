"""The first NaN or infinity, and exceptions in generated code, show the user's line."""
import sys

import numpy as np
import pytest

import srcgrad
from srcgrad import debug, grad, jvp, vjp
from srcgrad.errors import NotFinite

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def forward_nan(x):
    y = x * 2.0
    z = np.log(y)  # not of a negative number
    return np.sum(z * z)


def backward_inf(x):
    y = np.sqrt(x)  # infinite slope at 0
    return np.sum(y)


def in_place(x):
    a = np.zeros(3)
    a[0] = x[0]
    for i in range(1, 3):
        a[i] = 1.0 / (a[i - 1] - x[i])  # 1 / 0
    x = x / a
    return np.sum(x)


def helper(x):
    return np.exp(x)  # too large


def calls(x):
    return np.sum(helper(x) * x)


CASES = [
    (forward_nan, np.array([1.0, -3.0]), "np.log(y)", "is nan at [1], with y in [-6, 2]"),
    (backward_inf, np.array([4.0, 0.0]), "np.sqrt(x)", "is inf at [1]"),
    (in_place, np.array([2.0, 2.0, 1.0]), "1.0 / (a[i - 1] - x[i])", "is inf"),
    (calls, np.array([1.0, 1000.0]), "np.exp(x)", "is inf at [1], with x in [1, 1000]"),
]


@pytest.mark.parametrize("options", [{}, {"optimise": False}, {"generic": True}])
@pytest.mark.parametrize("f, x, line, what", CASES, ids=[c[0].__name__ for c in CASES])
def test_the_first_is_shown(f, x, line, what, options):
    with srcgrad.pipeline.options(**options), debug():
        with pytest.raises(NotFinite) as error:
            grad(f)(x)
    message = str(error.value)
    assert line in message.splitlines()[1]
    assert error.value.filename == __file__
    assert what in message or options  # other options, other temporaries
    assert "is nan" in message or "is inf" in message
    grad(f)(x)  # without the scope all is as it was


def test_other_modes():
    x = np.array([1.0, -3.0])
    with debug():
        with pytest.raises(FloatingPointError):
            jvp(forward_nan, (x,), (x,))
        with pytest.raises(NotFinite):
            vjp(forward_nan, x)
        _, pullback = vjp(backward_inf, np.array([4.0, 0.0]))
        with pytest.raises(NotFinite, match="b_"):
            pullback(1.0)


def test_nothing_is_wrong():
    x = np.array([1.0, 3.0])
    with debug():
        found = grad(forward_nan)(x)
        second = srcgrad.hessian(forward_nan)(x)
    np.testing.assert_array_equal(found, grad(forward_nan)(x))
    np.testing.assert_allclose(second, srcgrad.hessian(forward_nan)(x))


def indexes(x):
    y = x * x
    return y[7]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="notes came with Python 3.11")
def test_exceptions_carry_a_note():
    with pytest.raises(IndexError) as error:
        grad(indexes)(np.ones(3))
    note, = error.value.__notes__
    assert "return y[7]" in note and f"{__file__}:" in note
