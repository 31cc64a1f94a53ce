"""ravel, check_grads and optimisers over containers of parameters."""
import dataclasses
from collections import namedtuple
from types import SimpleNamespace

import numpy as np
import pytest

import srcgrad
from srcgrad import check_grads, custom_vjp, grad, hessian, hvp, ravel
from srcgrad.errors import GradientMismatch
from srcgrad.rules import d

Pair = namedtuple("Pair", "a b")


@dataclasses.dataclass
class Layer:
    w: np.ndarray
    b: float
    name: str = "layer"


class Plain:
    def __init__(self):
        self.w, self.size, self.b = np.array([1.0, -2.0]), 2, 0.5


TREES = [
    (1.5, [1.5]),
    (np.array([[1.0, 2.0], [3.0, 4.0]]), [1, 2, 3, 4]),
    ({"w": [1.0, (np.array([2.0, 3.0]), 4)], "b": None}, [1, 2, 3]),
    (Pair(1.0, np.float32(2.0)), [1, 2]),
    (Layer(np.array([1.0, 2.0]), 3.0), [1, 2, 3]),
    (Plain(), [1, -2, 0.5]),
    (SimpleNamespace(a=1.0, b=np.array(2.0)), [1, 2]),
    ([], []),
    ((1.0 + 2.0j, 3.0), [1 + 2j, 3]),
]


@pytest.mark.parametrize("tree, expected", TREES, ids=[type(t).__name__ for t, _ in TREES])
def test_there_and_back(tree, expected):
    vector, unravel = ravel(tree)
    np.testing.assert_array_equal(vector, expected)
    again = unravel(vector)
    assert type(again) is type(tree)
    np.testing.assert_array_equal(ravel(again)[0], vector)
    vector += 1
    np.testing.assert_array_equal(ravel(again)[0], expected)
    with pytest.raises(ValueError, match="entries"):
        unravel(np.zeros(len(expected) + 1))


def test_kinds_are_kept():
    tree = {"x": 1.0, "y": np.float32(2.0), "z": np.array(3.0, "float32"), "n": 4, "s": "text"}
    again = ravel(tree)[1](ravel(tree)[0])
    assert {k: type(v) for k, v in again.items()} == {k: type(v) for k, v in tree.items()}
    assert again["z"].dtype == np.float32 and again["n"] == 4 and again["s"] == "text"


def loss(p):
    return np.sum(p["w"] ** 2 * p["c"]) * p["b"]


params = {"w": np.array([1.0, -2.0]), "c": np.array([0.5, 1.5]), "n": 3, "b": 2.0}
vector, unravel = ravel(params)


def loss_of_vector(v):
    return loss(unravel(v))


def test_unravel_is_differentiated():
    np.testing.assert_allclose(grad(loss_of_vector)(vector), ravel(grad(loss)(params))[0])
    H = hessian(loss_of_vector)(vector)
    np.testing.assert_allclose(H, H.T)
    np.testing.assert_allclose(hvp(loss_of_vector)(vector, v=vector), H @ vector)
    check_grads(loss_of_vector, (vector,))


# ------------------------------------------------------------------ check_grads
def test_what_passes():
    x = np.array([0.3, -0.7])
    check_grads(lambda x, n: {"a": x * n, "b": (np.sin(x), 2)}, (x, 3))
    check_grads(lambda p: p["w"] * p["b"] ** 2, ({"w": x, "b": 1.3},))
    check_grads(lambda z: z * z * np.conj(z), (np.array([0.3 + 0.2j, 1.0 - 0.5j]),))
    check_grads(lambda z: np.sum(np.abs(z) ** 2), (np.array([0.3 + 0.2j, 1.0 - 0.5j]),))
    check_grads(lambda x: x * (1 + 2j), (x,))
    check_grads(np.sin, (0.3,), order=3)
    check_grads(lambda x: x * x, (np.float32(0.3),), order=1)


def wrong_sine(x):
    return eval("np.sin(x)", {"np": np, "x": x})


@srcgrad.register(wrong_sine)
def sine(z, x):
    d[z] += np.where(x > 0.5, -np.cos(x), np.cos(x)) * d[x]


def uses_wrong(s, x):
    return s * wrong_sine(x)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_wrong_rule_is_found(mode):
    x = np.array([[0.1, 0.2, 0.3], [0.4, 0.9, 0.05]])
    with pytest.raises(GradientMismatch) as error:
        check_grads(uses_wrong, (2.0, x), modes=(mode,))
    message = str(error.value)
    assert f"{mode} mode, argument 1 (x)" in message
    assert "[1, 1]" in message and "1 of 6 entries differ" in message
    assert "expected" in message and "found" in message


def test_a_wrong_second_derivative_is_found():
    cube = custom_vjp(lambda x: x ** 3, lambda x: (x ** 3, x), lambda x, b: 3 * srcgrad.stop_gradient(x) ** 2 * b)
    with pytest.raises(GradientMismatch, match=r"gradient by argument 0 \(x\): reverse mode"):
        check_grads(cube, (1.5,), modes=("reverse",))
    check_grads(cube, (1.5,), modes=("reverse",), order=1)


def test_where_in_a_container():
    def f(p):
        return wrong_sine(p["w"]) + p["b"]

    with pytest.raises(GradientMismatch, match=r"\['w'\]\[1\]"):
        check_grads(f, ({"b": 1.0, "w": np.array([0.1, 0.8])},), modes=("reverse",))


def test_wrong_complex_parts_are_found():
    f = custom_vjp(lambda z: z * z, lambda z: (z * z, z), lambda z, b: 2 * np.conj(z) * b)
    with pytest.raises(GradientMismatch, match="j"):
        check_grads(f, (0.3 + 0.4j,), modes=("reverse",), order=1)


def test_unknown_modes():
    with pytest.raises(ValueError, match="sideways"):
        check_grads(np.sin, (0.3,), modes=("sideways",))
