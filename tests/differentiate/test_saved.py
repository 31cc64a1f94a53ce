"""What the forward sweep saves, and why; and programs in which a value is overwritten before its last use."""
import tracemalloc

import numpy as np
import pytest

import srcgrad
from srcgrad.analyse.saving import saved_facts
from srcgrad.analyse.types import infer
from srcgrad.frontend.examples import define, normal
from srcgrad.ir.types import INT, Num, Size, is_cut
from tests.corpus.inplace import kernels
from tests.corpus.registry import mat, vec


def generated(f, wrt, of, *args):
    """The adjoint function for these arguments, as text."""
    found = srcgrad.adjoint(f, wrt, of=of)
    found(*args)
    return found.source


# ------------------------------------------------------------------ what kernels save
def test_factorisations_save_nothing():
    a = mat(4, 4) + 5.0 * np.eye(4)
    assert "tape" not in generated(kernels.lu, ("a",), "a", a)
    assert "tape" not in generated(kernels.triangular_solve, ("l", "b"), "x", a, np.zeros(4), vec(4))


def test_cholesky_saves_one_number_a_column():
    source = generated(kernels.cholesky, ("a",), "a", mat(4, 4) @ mat(4, 4).T + 4.0 * np.eye(4))
    assert source.count("tape.append") == 1 and "tape.append(t)" in source and "_old" not in source
    assert "t = np.sqrt(a[j, j])" in source


def test_a_nonlinear_step_saves_its_state_once():
    source = generated(kernels.burgers, ("u", "nu"), "u", vec(8), 0.3, 0.05, 3)
    assert source.count("tape.append") == 1 and "tape.append(u_old)" in source
    assert source.count(".copy()") == 2  # of the argument, and of the state


@pytest.mark.parametrize("name", ["jacobi_1d", "jacobi_2d", "heat_3d"])
def test_linear_stencils_have_no_forward_sweep(name):
    cube = np.ones((4, 4, 4)) if name == "heat_3d" else mat(5, 6) if name == "jacobi_2d" else vec(7)
    first, second = getattr(kernels, name).__code__.co_varnames[:2]
    for of in (first, (first, second)):
        source = generated(getattr(kernels, name), (first,), of, cube, cube + 1.0, 2)
        assert "tape" not in source and "# forward" not in source
        assert "copy(b_" not in source


def test_memory_of_a_linear_stencil_does_not_grow_with_its_steps():
    a = np.random.default_rng(0).normal(size=20_000)
    gradient = srcgrad.adjoint(kernels.jacobi_1d, ("a", "b"), of="a")
    gradient(a, a + 1.0, 2)

    def peak(steps):
        tracemalloc.start()
        gradient(a, a + 1.0, steps)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(200) < peak(5) + 2 * a.nbytes < 12 * a.nbytes


# ------------------------------------------------------------------ why
def test_facts_name_the_lines():
    def step(u, steps):
        u = u.copy()
        for _ in range(steps):
            s = np.sum(u)
            u[1:] = u[:-1] * u[1:] * np.exp(s)
        return np.sum(u)

    line = step.__code__.co_firstlineno
    unit = srcgrad.pipeline.Unit()
    params = {"u": Num("array", "float64", (Size("n"),)), "steps": INT}
    facts = unit.facts(step, params, {"u": True})
    joint = srcgrad.unit.adjoint(facts, ("u",), unit.pair_of(facts.types), name="g")
    found = {x.name: x for x in saved_facts(unit.optimised(joint, facts, False))}
    assert found["u"].contents and found["u"].trips
    assert found["u"].lost.line == line + 4 and {o.line for o in found["u"].read} == {line + 4}
    assert found["u"].reason == f"u[...] is overwritten in line {line + 4}, and read by the backward part of line {line + 4}"


# ------------------------------------------------------------------ overwritten before the last use
PROGRAMS = ["""
def writes(a):
    a[0] = a[0] * 3.0
    return a[1] * 2.0

def f(a):
    a = a.copy()
    y = a[0] * writes(a)
    return y * y
""", """
def f(a):
    a = a.copy()
    if a[0]:
        a[0] = 0.0 * a[1] * a[1]
        a[2] = a[1] * a[1]
    else:
        a[2] = 5.0 * a[1]
    return np.sum(a * a)
""", """
def f(a):
    a = a.copy()
    total = 0.0
    for i in range(len(a)):
        y = -a[i] * np.sin(a[0])
        a[0] = y * a[i]
        total = total + a[0] * y
    return total
""", """
def f(a):
    a = a.copy()
    for i in range(1, len(a)):
        t = a[i - 1] * a[i]
        a[i] = t
        a[i - 1] = np.sin(t) * t
    return np.sum(a ** 3)
""", """
def f(a):
    a = a.copy()
    b = a[:3] * 0.0
    for i in range(3):
        b[i] = a[i] * a[i + 1]
        a[i + 1] = b[i] * b[i - 1] + b[0]
    return np.sum(a * a)
""", """
def f(a):
    a = a.copy()
    k = 1
    for i in range(2):
        t = a[:k] * a[0]
        k = k + 1
        a[:k] = np.sum(t * t) * a[1:k + 1]
    return np.sum(a * a)
""", """
def f(a):
    a = a.copy()
    for i in range(3):
        b = a[:2] * 2.0
        b[0] = b[1] * a[i]
        for j in range(2):
            b[j] = b[j] * b[1 - j] + a[j]
            a[j] = a[j] * b[j]
    return np.sum(a)
""", """
def f(a):
    a = a.copy()
    i = 0
    while i < 3:
        i += 1
        a[i] = a[i - 1] * a[i] * a[-i]
    return np.sum(a * a)
""", """
def f(a):
    a = a.copy()
    y = np.sum(a * a * a)
    for i in range(2):
        a[i] = 1.0
        if i:
            a[2] = 2.0
    for k in {0, 1}:
        y = y + 0 * k
    return y
"""]


@pytest.mark.parametrize("text", PROGRAMS)
@pytest.mark.parametrize("generic", [False, True])
def test_overwritten_before_the_last_use(text, generic):
    f = define(text, np=np)
    a, d = np.array([1.3, 0.7, -0.4, 0.9]), np.array([0.3, -1.1, 0.8, 0.5])
    slope = f(a + 1e-30j * d).imag / 1e-30
    with srcgrad.pipeline.options(generic=generic):
        assert np.sum(srcgrad.grad(f)(a) * d) == pytest.approx(slope, rel=1e-12)
        pullback = srcgrad.vjp(f, a)[1]
        assert np.sum(pullback(1.0) * d) == pytest.approx(slope, rel=1e-12)
        assert np.sum(pullback(1.0) * d) == pytest.approx(slope, rel=1e-12)


# ------------------------------------------------------------------ lengths of slices up to variables
def dims(body):
    """The dims of what a function of x, k and m returns."""
    text = "def f(x, k, m):\n" + "".join(f"    {line}\n" for line in body)
    params = {"x": Num("array", "float64", (Size("n"),)), "k": INT, "m": INT}
    return infer(normal(text, np=np), params).result.dims


def test_equal_bounds_give_equal_lengths():
    assert is_cut(dims(["return x[:k] * np.flip(x[:k])"])[0])
    assert dims(["return x[:k] * x[:m]"]) == (None,)
    assert dims(["return x[:k] * x[k:]"]) == (None,)


@pytest.mark.parametrize("rebinding", [["k = k + 1"], ["k += 1"], ["for k in range(m):", "    pass"],
                                       ["k, m = m, k"], ["if m:", "    k = 2"], ["while m:", "    m -= 1", "    k = m"]])
def test_a_variable_that_is_bound_again_gives_another_length(rebinding):
    assert dims(["y = x[:k] * 2.0", *rebinding, "return y * x[:k]"]) == (None,)
    assert dims(["y = x[:k] * 2.0", *rebinding, "return y"]) == (None,)


def test_a_length_in_a_loop_is_that_of_its_trip():
    assert dims(["y = x", "for i in range(m):", "    z = y * x[:i]", "    y = x[:i] + 1.0", "return z"]) == (None,)
