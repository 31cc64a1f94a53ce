"""Outputs by name, and objects that functions write to."""
import numpy as np
import pytest

import srcgrad


class Cell:
    """A recurrent cell that keeps its state."""

    def __init__(self, h):
        rng = np.random.default_rng(0)
        self.W, self.b, self.h, self.count = rng.normal(size=(3, 3)), rng.normal(size=3), h, 0

    def step(self, x):
        self.h = np.tanh(self.W @ self.h + self.b * x)
        self.count += 1
        return np.sum(self.h)

    def run(self, xs):
        total = 0.0
        for x in xs:
            total = total + self.step(x) * x
        return total


def run(cell, xs):
    return cell.run(xs)


def in_place(cell, xs):
    cell.h[0] += xs[0]
    cell.h *= xs[1]
    cell.scaled = cell.h * cell.W[0]
    return np.sum(cell.h * cell.scaled)


XS = np.array([0.3, -0.5, 0.7, 0.2])


def cell():
    return Cell(np.array([0.1, 0.2, 0.3]))


def slopes(f):
    return np.array([(f(cell(), XS + 1e-6 * e) - f(cell(), XS - 1e-6 * e)) / 2e-6 for e in np.eye(4)])


@pytest.mark.parametrize("f", [run, in_place])
def test_objects_that_are_written_to(f):
    model, plain = cell(), cell()
    f(plain, XS)
    np.testing.assert_allclose(srcgrad.grad(f, "xs")(model, XS), slopes(f), rtol=1e-5, atol=1e-8)
    assert model.count == plain.count  # what was done to the object stays done, once
    np.testing.assert_allclose(model.h, plain.h)


def test_the_gradient_of_an_object():
    found = srcgrad.grad(run)(cell(), XS)
    assert sorted(vars(found)) == ["W", "b", "h"]
    step = np.zeros((3, 3))
    step[0, 1] = 1e-6
    up, down = cell(), cell()
    up.W, down.W = up.W + step, down.W - step
    assert found.W[0, 1] == pytest.approx((run(up, XS) - run(down, XS)) / 2e-6, rel=1e-5)


def worked(x, k):
    x *= k
    y = x
    x = x + 1.0
    y[0] = x[1]
    return np.sum(x)


def test_the_buffer_counts_not_the_name():
    x = np.array([1.0, 2.0, 3.0])
    (buffer, total), pullback = srcgrad.vjp(worked, x, 3.0, of=("x", "return"))
    np.testing.assert_array_equal(buffer, [7.0, 6.0, 9.0])
    assert total == 21.0
    np.testing.assert_array_equal(x, [1.0, 2.0, 3.0])
    b_x, b_k = pullback((np.array([1.0, 10.0, 100.0]), 1.0))
    np.testing.assert_allclose(b_x, [3.0, 36.0, 303.0])
    assert b_k == pytest.approx(1.0 + 12.0 * 2 + 101.0 * 3)


def test_one_array_as_two_arguments():
    def shift(a, b):
        a[1:] = b[:-1]

    x = np.ones(3)
    with pytest.raises(srcgrad.errors.AliasError):
        srcgrad.adjoint(shift, of="a")(x, x)
    with pytest.raises(srcgrad.errors.AliasError):
        srcgrad.adjoint(shift, of="a")(x[:2], x[1:])


@pytest.mark.parametrize("of", ["q", (), ("x", "q")])
def test_outputs_that_are_none(of):
    with pytest.raises(srcgrad.errors.BadWrt) as caught:
        srcgrad.grad(worked, of=of)
    assert "x, k" in caught.value.hint


def test_gradients_of_outputs_are_gradients_of_numbers():
    with pytest.raises(srcgrad.errors.NonScalarOutput):
        srcgrad.grad(worked, of="x")(np.ones(3), 2.0)


def buffer_under_a_name_of_its_own(x):
    """The argument's name gets a number, and its buffer is written to through a view."""
    view, x = x[0:3], x[0] * 0.6
    view[...] = view[1]
    view[-1, ...] *= abs(x) - view[-3]
    return np.sum(view * view) * x


def test_a_buffer_whose_name_is_bound_again():
    x, weights = np.array([-1.033, -0.606, -1.477]), (np.array([0.3, -0.7, 0.2]), 0.4)

    def weighed(x):
        x = x.copy()
        value = buffer_under_a_name_of_its_own(x)
        return weights[0] @ x + weights[1] * value

    slopes = [(weighed(x + e) - weighed(x - e)) / 2e-6 for e in 1e-6 * np.eye(3)]
    _, pullback = srcgrad.vjp(buffer_under_a_name_of_its_own, x, wrt=(0,), of=("x", "return"))
    np.testing.assert_allclose(pullback(weights)[0], slopes, rtol=1e-6, atol=1e-8)
