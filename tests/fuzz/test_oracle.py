"""The oracle alone: against central differences, and against itself nested."""
from __future__ import annotations

import numpy as np
import pytest

from tests.fuzz import check, trees
from tests.fuzz.case import Case, differences, directional, second
from tests.fuzz.dual import Dual, Extreme, Kink
from tests.fuzz.features import DEFAULT
from tests.fuzz.program import generate, loaded

MANY = 300


def _tame(seed: int, number: int, limit: float = 1e4) -> tuple[Case, check.Expected] | None:
    """A program with its expected derivative, if it is a fair question."""
    with loaded(generate(seed, number, DEFAULT)) as case:
        try:
            return case, check.expect(case, check.Plan(limit=limit, seed=number))
        except check.Mismatch:
            raise
        except Exception:
            return None


def test_agrees_with_central_differences() -> None:
    checked = 0
    for number in range(MANY):
        found = _tame(77, number)
        if found is not None:
            case, expected = found
            numeric = differences(case, expected.directions)
            check._compare("differences", numeric, expected.deriv, 1e-6, 1e2 * max(1.0, expected.largest))
            checked += 1
    assert checked > 0.7 * MANY


def test_nested_agrees_with_differences_of_first_order() -> None:
    checked = 0
    for number in range(MANY // 2):
        found = _tame(78, number, 1e3)
        if found is None or not found[1].scalar:
            continue
        case = found[0].single()
        rng = np.random.default_rng(number)
        u, v = (trees.random_like(case.points()[0], rng) for _ in range(2))
        try:
            want = second(case, u, v, limit=1e4)
        except (Kink, Extreme):
            continue
        got = _differences_of_first_order(case, u, v)
        assert abs(got - want.deriv) <= 1e-5 * max(1.0, abs(want.deriv), want.largest), number
        checked += 1
    assert checked > MANY // 6


def _differences_of_first_order(case: Case, u: object, v: object, h: float = 1e-5) -> float:
    def along(t: float) -> float:
        bound = case.bound()
        bound[case.names[0]] = trees.mapped(lambda x, d: x + t * d, bound[case.names[0]], u)
        moved = Case(case.name, case.function, case.oracle, tuple(bound.values()), {}, case.wrt)
        return float(directional(moved, (v,), kinks=False).deriv)
    return (along(-2 * h) - 8 * along(-h) + 8 * along(h) - along(2 * h)) / (12 * h)


@pytest.mark.parametrize("name, x", [
    ("sin", 0.7), ("cos", -0.7), ("tan", 0.4), ("arcsin", 0.3), ("arccos", -0.3), ("arctan", 2.1), ("sinh", 0.5),
    ("cosh", 0.5), ("tanh", -0.8), ("exp", 0.2), ("exp2", 1.2), ("expm1", -0.2), ("log", 2.2), ("log2", 0.4),
    ("log10", 3.0), ("log1p", 0.3), ("sqrt", 1.7), ("cbrt", -1.7), ("square", -1.3), ("reciprocal", -0.6),
    ("negative", 0.3), ("positive", 0.3), ("absolute", -0.3), ("sign", -0.3), ("floor", 1.3)])
def test_unary(name: str, x: float) -> None:
    f, h = getattr(np, name), 1e-6
    assert f(Dual(x, 2.0)).deriv == pytest.approx((f(x + 2 * h) - f(x - 2 * h)) / (2 * h), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide", "power", "arctan2", "hypot", "maximum",
                                  "minimum", "logaddexp", "remainder"])
def test_binary(name: str) -> None:
    f, h, x, y = getattr(np, name), 1e-6, 1.3, -0.8
    x, y = (x, 1.8) if name == "remainder" else (x, y)
    want = (f(x + 3 * h, y - 2 * h) - f(x - 3 * h, y + 2 * h)) / (2 * h)
    assert f(Dual(x, 3.0), Dual(y, -2.0)).deriv == pytest.approx(want, rel=1e-6)


def test_views_and_stores_reach_both_halves() -> None:
    x = Dual(np.arange(6.0).reshape(2, 3), np.ones((2, 3)))
    view = x.T[1:]
    view[0] = Dual(np.array([9.0, 8.0]), np.array([5.0, 4.0]))
    assert x.value[:, 1].tolist() == [9.0, 8.0] and x.deriv[:, 1].tolist() == [5.0, 4.0]
    x[0, 0] = 7.0
    assert x.value[0, 0] == 7.0 and x.deriv[0, 0] == 0.0


def test_kinks_are_found_unless_both_sides_move_together() -> None:
    x = Dual(np.array([1.0, 2.0]), np.array([1.0, 3.0]))
    assert np.max(np.concatenate([x, x])).deriv == 3.0
    with pytest.raises(Kink):
        np.max(np.concatenate([x, Dual(np.array([2.0]), np.array([1.0]))]))
    with pytest.raises(Kink):
        bool(x[0] < 1.0)
