"""Arrays of modules and captured ones: a derivative leaves them as one plain call does. Arrays that are two things at once."""
import numpy as np
import pytest

import srcgrad
from srcgrad.errors import AliasError

work = np.zeros(4)
count = np.zeros(1)


def power_sums(x):
    count[0] += 1.0
    work[0] = work[0] * x[0]
    for i in range(1, 4):
        work[i] = work[i - 1] * x[i - 1] + total()
    return work[1:] @ x


def total():
    return work[:2].sum()


def differences(f, x):
    return np.array([(f(x + h) - f(x - h)) / 2e-6 for h in 1e-6 * np.eye(len(x))])


def power_sums_from(start):
    def f(x):
        work[:] = start
        return power_sums(x)
    return f


def test_module_arrays():
    start, x = np.array([0.5, -1.0, 2.0, 3.0]), np.array([1.5, -0.5, 0.75])
    expected = differences(power_sums_from(start), x)
    work[:], count[:] = start, 0.0
    value = power_sums(x)
    after = work.copy()
    for run in (lambda: srcgrad.grad(power_sums)(x), lambda: srcgrad.vjp(power_sums, x)[1](1.0)[0]):
        work[:], count[:] = start, 0.0
        np.testing.assert_allclose(run(), expected, rtol=1e-6)
        np.testing.assert_array_equal(work, after)
        assert count[0] == 1.0
    work[:], count[:] = start, 0.0
    found, tangent = srcgrad.jvp(power_sums, (x,), (np.array([1.0, 2.0, -1.0]),))
    assert found == value
    assert tangent == pytest.approx(expected @ [1.0, 2.0, -1.0], rel=1e-6)
    np.testing.assert_array_equal(work, after)


def test_pullback_after_the_array_has_changed():
    x = np.array([1.5, -0.5, 0.75])
    work[:] = 1.0
    _, pullback = srcgrad.vjp(power_sums, x)
    first = pullback(1.0)[0]
    work[:] = 7.0
    np.testing.assert_array_equal(pullback(1.0)[0], first)
    np.testing.assert_array_equal(work, 7.0)


def test_captured_array():
    buffer = np.zeros(3)

    def f(x):
        buffer[1:] = x[:2] * x[1:]
        buffer[0] = buffer[1] * x[0]
        return np.sum(buffer * buffer)

    x = np.array([1.5, -0.5, 0.75])
    f(x)
    after = buffer.copy()
    expected = differences(f, x)
    buffer[:] = 9.0
    np.testing.assert_allclose(srcgrad.grad(f)(x), expected, rtol=1e-6)
    np.testing.assert_array_equal(buffer, after)


def test_module_array_as_an_argument():
    work[:] = 1.0
    with pytest.raises(AliasError):
        srcgrad.grad(power_sums)(work[:3])


def updated(ws, k):
    for w in ws:
        w *= k
    ws[0][0] = ws[1][0]
    return ws[0] @ ws[1]


def test_one_array_twice_in_a_list():
    a, b = np.array([1.0, 2.0]), np.array([0.5, -1.0])
    gradient = srcgrad.grad(updated)([a, b], 3.0)
    np.testing.assert_allclose(gradient, [[0.0, -9.0], [9.0, 18.0]])
    np.testing.assert_array_equal(a, [1.0, 2.0])
    with pytest.raises(AliasError):
        srcgrad.grad(updated)([a, a], 3.0)
    with pytest.raises(AliasError):
        srcgrad.grad(updated)([a, a[::-1]], 3.0)


def both(x, y):
    x[0] = y[1] * y[1]
    return np.sum(x * y)


def test_arguments_that_share():
    a = np.array([1.0, 2.0, 4.0])
    with pytest.raises(AliasError):
        srcgrad.grad(both)(a[:2], a[1:])
    np.testing.assert_allclose(srcgrad.grad(both)(a[:1], a[1:]), [0.0])
