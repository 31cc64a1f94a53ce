"""Solutions of equations, differentiated implicitly."""
import numpy as np
import pytest

import srcgrad
from srcgrad import check_grads, fixed_point, grad, hessian, jvp, root
from srcgrad.errors import MissingRule

from .test_jacobian import differences

A = np.array([[0.2, -0.3, 0.1], [0.15, 0.1, -0.2], [-0.1, 0.25, 0.3]])
B = np.array([0.7, -0.4, 1.1])


def step(x, a, b):
    return np.tanh(a @ x) + b


def settled(a, b):
    x = fixed_point(step, np.zeros(3), a, b)
    return np.sum(x * x[::-1] ** 2)


def heron(x, a):
    return 0.5 * (x + a / x)


def square_root(a):
    return fixed_point(heron, 1.0, a)


def balance(x, a, k):
    return x ** 3 + a * x - k


def solved(a, k):
    return root(balance, 1.0, a, k)


def system(x, a):
    return np.array([x[0] ** 2 + x[1] * a[0] - 2.0, x[0] * x[1] - a[1]])


def solved_system(a):
    x = root(system, np.array([1.0, 1.0]), a)
    return x[0] * x[1] ** 2 + np.sum(x)


def test_values():
    x = fixed_point(step, np.zeros(3), A, B)
    np.testing.assert_allclose(step(x, A, B), x, rtol=1e-11)
    assert root(balance, 1.0, 2.0, 3.0) == pytest.approx(1.0)
    x = root(system, np.array([1.0, 1.0]), np.array([0.5, 0.8]))
    np.testing.assert_allclose(system(x, np.array([0.5, 0.8])), 0.0, atol=1e-12)


def test_gradients():
    np.testing.assert_allclose(grad(settled, 1)(A, B), differences(lambda b: settled(A, b), B), atol=1e-7)
    np.testing.assert_allclose(grad(settled)(A, B), differences(lambda a: settled(a, B), A), atol=1e-7)
    np.testing.assert_allclose(jvp(settled, (A, B), (None, B))[1], grad(settled, 1)(A, B) @ B, rtol=1e-8)
    assert grad(square_root)(4.0) == pytest.approx(0.25)
    assert grad(solved)(2.0, 3.0) == pytest.approx(-1.0 / 5.0)
    assert jvp(solved, (2.0, 3.0), (None, 1.0))[1] == pytest.approx(1.0 / 5.0)
    a = np.array([0.5, 0.8])
    np.testing.assert_allclose(grad(solved_system)(a), differences(solved_system, a), rtol=1e-7)


def test_second_order():
    assert grad(grad(square_root))(4.0) == pytest.approx(-0.25 * 4.0 ** -1.5)
    assert grad(grad(grad(square_root)))(4.0) == pytest.approx(0.375 * 4.0 ** -2.5)
    a = np.array([0.5, 0.8])
    np.testing.assert_allclose(hessian(solved_system)(a), differences(grad(solved_system), a), rtol=1e-6)
    H = differences(lambda b: grad(settled, 1)(A, b), B)
    np.testing.assert_allclose(srcgrad.hvp(settled, 1)(A, B, v=B), H @ B, rtol=1e-6)
    check_grads(solved_system, (a,))


def powers(x, a, n):
    return a * x ** n + 0.1


def of_integer(a, n):
    return fixed_point(powers, 0.5, a, n, tol=1e-13)


def test_integer_arguments():
    h = 1e-6
    assert grad(of_integer)(0.5, 2) == pytest.approx((of_integer(0.5 + h, 2) - of_integer(0.5 - h, 2)) / (2 * h))


def test_the_way_there_does_not_matter():
    def from_start(x0, a):
        return fixed_point(heron, x0, a)

    assert grad(from_start)(1.0, 4.0) == 0.0
    assert grad(from_start, 1)(3.0, 4.0) == pytest.approx(0.25)


def test_without_arguments():
    def f(x0):
        return fixed_point(np.cos, x0)

    assert grad(f)(0.5) == 0.0


def test_what_does_not_converge():
    with pytest.raises(ArithmeticError, match="double"):
        fixed_point(double, 1.0)
    with pytest.raises(ArithmeticError, match="positive"):
        root(positive, 0.7)


def double(x):
    return 2 * x + 1


def positive(x):
    return x * x + 1.0


def any_function(g, a):
    return fixed_point(g, 1.0, a)


def test_functions_known_at_run_time_are_refused():
    with pytest.raises(MissingRule):
        grad(any_function, 1)(heron, 4.0)
