"""Jacobians, Hessians and Hessian-vector products: shapes, modes, containers, complex numbers, effects, nesting."""
import numpy as np
import pytest

import srcgrad
from srcgrad import elementwise_grad, grad, hessian, hvp, jacobian
from srcgrad.errors import NotDifferentiable, UnsupportedSyntax

A = np.array([[0.2, -1.1, 0.7], [1.3, 0.4, -0.6]])
X = np.array([0.3, -0.5, 0.9])
M = np.array([[0.3, -0.5], [0.9, 1.4], [-0.2, 0.8]])


def differences(f, x, h=1e-6):
    """The Jacobian by central differences."""
    columns = []
    for index in np.ndindex(np.shape(x)):
        e = np.zeros(np.shape(x))
        e[index] = h
        columns.append((np.asarray(f(x + e)) - np.asarray(f(x - e))) / (2 * h))
    found = np.stack(columns, -1)
    return found.reshape(found.shape[:-1] + np.shape(x))


def wave(x):
    return np.sin(A @ x) * x[0]


def recur(x):
    a = np.zeros(4)
    a[0] = x[1]
    for i in range(1, 4):
        a[i] = a[i - 1] * x[0] + np.sin(a[i - 1] * x[2])
    if a[3] > 0.0:
        a[1] = a[3] * a[2]
    return a


def square(m):
    return m.T @ m * m[0, 1]


def number(x):
    return np.sum(np.sin(x)) * x[1]


def outer(s):
    return np.exp(s * M)


FUNCTIONS = [(wave, X), (recur, X), (square, M), (number, X), (outer, 0.7), (outer, np.array(0.7))]


@pytest.mark.parametrize("mode", [None, "forward", "reverse"])
@pytest.mark.parametrize("f, x", FUNCTIONS)
def test_jacobian(f, x, mode):
    found = jacobian(f, mode=mode)(x)
    expected = differences(f, x)
    assert np.shape(found) == np.shape(f(x)) + np.shape(x)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("options", [{}, {"optimise": False}, {"generic": True}])
@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_jacobian_of_jacobian(mode, options):
    with srcgrad.pipeline.options(**options):
        for inner in ("forward", "reverse"):
            first = jacobian(wave, mode=inner)
            np.testing.assert_allclose(jacobian(first, mode=mode)(X), differences(first, X), rtol=1e-6, atol=1e-8)


def test_the_mode_is_chosen_by_size():
    tall, wide = jacobian(lambda x: np.sin(A.T @ x)), jacobian(lambda x: np.sin(A @ x))
    tall(X[:2]), wide(X)
    assert "stack_columns" in tall.source
    assert "stack_rows" in wide.source


def test_unknown_mode():
    with pytest.raises(ValueError, match="sideways"):
        jacobian(wave, mode="sideways")


@pytest.mark.parametrize("mode", [None, "forward", "reverse"])
def test_containers(mode):
    def f(p, s):
        return {"a": p["w"] * s, "b": (np.sum(p["w"]) * p["c"], 3)}

    p = {"w": X, "c": 2.0, "n": 4}
    found = jacobian(f, mode=mode)(p, 1.5)
    np.testing.assert_allclose(found["a"]["w"], 1.5 * np.eye(3))
    np.testing.assert_allclose(found["a"]["c"], np.zeros(3))
    assert found["a"]["n"] is None
    np.testing.assert_allclose(found["b"][0]["w"], [2.0, 2.0, 2.0])
    assert found["b"][0]["c"] == pytest.approx(np.sum(X)) and np.ndim(found["b"][0]["c"]) == 0
    np.testing.assert_allclose(found["b"][1]["w"], np.zeros(3))
    np.testing.assert_allclose(jacobian(f, "s", mode=mode)(p, 1.5)["a"], X)


@pytest.mark.parametrize("mode", [None, "forward", "reverse"])
def test_several_arguments(mode):
    def f(x, m, s):
        return m @ (x[:2] * s)

    J = jacobian(f, (1, "x"), mode=mode)(X, M, 2.0)
    np.testing.assert_allclose(J[0], differences(lambda m: f(X, m, 2.0), M), atol=1e-8)
    np.testing.assert_allclose(J[1], differences(lambda x: f(x, M, 2.0), X), atol=1e-8)


@pytest.mark.parametrize("mode", [None, "forward", "reverse"])
def test_nothing_in_or_out(mode):
    assert jacobian(lambda x: x * 2.0, mode=mode)(np.zeros(0)).shape == (0, 0)
    assert jacobian(lambda x: x[:0], mode=mode)(X).shape == (0, 3)
    assert jacobian(lambda x: np.stack([x, x]), mode=mode)(np.zeros((0, 2))).shape == (2, 0, 2, 0, 2)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_dtypes_and_memory(mode):
    J = jacobian(lambda x: x * x, mode=mode)(X.astype("float32"))
    assert J.dtype == np.float32
    J[0, 0] = 7.0  # writable, and nobody else's
    identity = jacobian(lambda x: x, mode=mode)(X)
    identity += 1.0
    assert isinstance(jacobian(lambda x: x * x, mode=mode)(1.5), float)
    np.testing.assert_array_equal(jacobian(lambda x: np.argmax(x), mode=mode)(X), np.zeros(3))


# ------------------------------------------------------------------ complex numbers
Z = np.array([0.3 + 0.4j, -1.1 + 0.2j])


@pytest.mark.parametrize("mode", [None, "forward", "reverse"])
def test_complex(mode):
    holomorphic = jacobian(lambda z: np.array([z[0] * z[1], z[1] ** 2]), mode=mode)(Z)
    np.testing.assert_allclose(holomorphic, [[Z[1], Z[0]], [0, 2 * Z[1]]])
    real = jacobian(lambda z: np.real(z * z), mode=mode)(Z)
    np.testing.assert_allclose(real, np.diag(2 * Z))  # d/dx - i d/dy of x^2 - y^2
    of_real = jacobian(lambda x: x * (1 + 2j), mode=mode)(X)
    np.testing.assert_allclose(of_real, (1 + 2j) * np.eye(3))
    with pytest.raises(NotDifferentiable, match="holomorphic"):
        jacobian(lambda z: np.conj(z) * z, mode=mode)(Z)


# ------------------------------------------------------------------ effects
def test_effects_are_not_repeated(capsys):
    def f(x):
        print("once")
        return np.outer(x, x)

    jacobian(f)(X)
    assert capsys.readouterr().out == "once\n"
    with pytest.raises(UnsupportedSyntax, match="forward mode runs the function once for each column") as error:
        jacobian(f, mode="forward")(X)
    assert 'print("once")' in str(error.value)


def test_random_numbers_are_not_drawn_again():
    rng = np.random.default_rng(3)

    def f(x):
        return np.outer(x * rng.normal(size=3), X)

    np.testing.assert_allclose(jacobian(f)(X), np.einsum("i,ik,j->ijk", np.random.default_rng(3).normal(size=3), np.eye(3), X))
    with pytest.raises(UnsupportedSyntax):
        jacobian(f, mode="forward")(X)


def test_arguments_stay_as_they_are():
    def f(x):
        x[1] = x[0] * x[2]
        return x * x[1]

    for mode in ("forward", "reverse"):
        x = X.copy()
        np.testing.assert_allclose(jacobian(f, mode=mode)(x), differences(lambda x: f(x.copy()), X), atol=1e-8)
        np.testing.assert_array_equal(x, X)


# ------------------------------------------------------------------ second derivatives
def energy(x, y):
    return np.sum(np.sin(x) * y ** 2) * x[1] * y[0]


def chain(x):
    s = 0.0
    y = x * x
    for i in range(3):
        y = np.sin(y) * x[0]
        s = s + y[i] * y[2 - i]
    return s


def test_pullbacks_of_tapes_are_called_many_times():
    """The backward function restores into what it popped: each call must find it as it was."""
    _, pullback = srcgrad.vjp(grad(chain), X)
    rows = [pullback(e)[0] for e in np.eye(3)]
    for e, row in zip(np.eye(3), rows):
        np.testing.assert_array_equal(pullback(e)[0], row)
    np.testing.assert_allclose(rows, np.transpose(rows), atol=1e-12)


@pytest.mark.parametrize("f, x", [(number, X), (chain, X), (lambda m: np.sum(square(m)), M), (lambda s: s ** 3, 1.5)])
def test_hessian(f, x):
    H = hessian(f)(x)
    assert np.shape(H) == np.shape(x) * 2
    np.testing.assert_allclose(H, differences(grad(f), x), rtol=1e-6, atol=1e-8)
    v = np.cos(np.arange(np.size(x)) + 1.0).reshape(np.shape(x))
    product = hvp(f)(x, v=v)
    np.testing.assert_allclose(product, np.tensordot(H, v, np.ndim(x)), rtol=1e-10, atol=1e-12)
    np.testing.assert_array_equal(product, hvp(f)(x, v))


def test_blocks_of_a_hessian():
    y = np.array([0.2, 0.4, -0.7])
    H = hessian(energy, (0, "y"))(X, y)
    np.testing.assert_allclose(H[0][1], differences(lambda b: grad(energy)(X, b), y), atol=1e-8)
    np.testing.assert_allclose(H[1][0], differences(lambda a: grad(energy, 1)(a, y), X), atol=1e-8)
    np.testing.assert_allclose(H[0][1], H[1][0].T, atol=1e-12)
    v, w = np.array([1.0, 2.0, -1.0]), np.array([0.1, 0.5, 0.2])
    found = hvp(energy, (0, 1))(X, y, v=(v, w))
    np.testing.assert_allclose(found[0], H[0][0] @ v + H[0][1] @ w, atol=1e-12)
    np.testing.assert_allclose(found[1], H[1][0] @ v + H[1][1] @ w, atol=1e-12)


def test_a_parameter_called_v():
    def f(v):
        return np.sum(v ** 3)

    np.testing.assert_allclose(hvp(f)(X, np.ones(3)), 6 * X)
    np.testing.assert_allclose(hvp(f)(v=X, v_2=np.ones(3)), 6 * X)


def test_containers_in_second_derivatives():
    def f(p):
        return np.sum(p["w"] ** 3) * p["c"]

    p = {"w": X, "c": 2.0}
    H = hessian(f)(p)
    np.testing.assert_allclose(H["w"]["w"], np.diag(12.0 * X))
    np.testing.assert_allclose(H["w"]["c"], 3 * X ** 2)
    np.testing.assert_allclose(H["c"]["w"], 3 * X ** 2)
    assert H["c"]["c"] == 0.0
    v = hvp(f)(p, v={"w": np.ones(3), "c": 0.5})
    np.testing.assert_allclose(v["w"], 12.0 * X + 1.5 * X ** 2)
    assert v["c"] == pytest.approx(np.sum(3 * X ** 2))


def test_third_order():
    np.testing.assert_allclose(jacobian(hessian(number))(X), differences(hessian(number), X), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("options", [{}, {"optimise": False}, {"generic": True}])
def test_elementwise(options):
    with srcgrad.pipeline.options(**options):
        np.testing.assert_allclose(elementwise_grad(lambda x, n: np.sin(x) ** n)(X, 3), 3 * np.sin(X) ** 2 * np.cos(X))
        np.testing.assert_allclose(elementwise_grad(elementwise_grad(np_cubed))(X), 6 * X)
        np.testing.assert_allclose(elementwise_grad(lambda z: z ** 3)(Z), 3 * Z ** 2)


def np_cubed(x):
    return x ** 3


def test_the_front_of_each():
    for derivative, name in ((jacobian(wave), "wave_jacobian"), (hessian(number), "number_hessian"), (hvp(number), "number_hvp"),
                             (elementwise_grad(np_cubed), "np_cubed_elementwise_grad")):
        assert derivative.__name__ == name
        assert "def " in derivative.source
