"""Second derivatives of a scalar case: forward over reverse, reverse over reverse, and a `grad` inside a function."""
from __future__ import annotations

from typing import Any

import numpy as np

from tests.fuzz import trees
from tests.fuzz.case import Case, second
from tests.fuzz.check import Expected, Plan, close
from tests.fuzz.dual import Extreme, Kink, OracleGap
from tests.fuzz.source import module

NESTED = """\
import numpy as np
import srcgrad

INNER = None
V = None


def second({params}):
    return np.sum(srcgrad.grad(INNER, {wrt!r})({params}) * V)
"""


def second_order(case: Case, face: Any, plan: Plan, expected: Expected) -> None:
    """u H v with respect to the first parameter in `wrt`, in every way there is."""
    case = case.single()
    rng = np.random.default_rng(plan.seed + 1)
    u, v = (trees.random_like(case.points()[0], rng) for _ in range(2))
    try:
        derived = second(case, u, v, limit=plan.limit and plan.limit * 1e3)
    except (Kink, Extreme, OracleGap):
        return
    expected = Expected(expected.value, expected.directions, derived.deriv, 1.0, max(derived.largest, expected.largest))
    _forward_over_reverse(case, face, plan, expected, u, v)
    _reverse_over_reverse(case, face, plan, expected, u, v)
    if plan.nested and case.of is None and not trees.mapped(lambda x: None, case.points()[0]):
        _nested(case, face, plan, expected, u, v)


def _forward_over_reverse(case: Case, face: Any, plan: Plan, expected: Expected, u: Any, v: Any) -> None:
    gradient = face.grad(case.function, case.wrt, **case.options)
    _, product = face.jvp(gradient, case.args, (v,), wrt=(case.wrt,), **case.kwargs)
    close("second forward", trees.dot(u, product), expected.deriv, trees.magnitude(u, product), expected, plan)


def _reverse_over_reverse(case: Case, face: Any, plan: Plan, expected: Expected, u: Any, v: Any) -> None:
    gradient = face.grad(case.function, case.wrt, **case.options)
    _, pullback = face.vjp(gradient, *case.args, wrt=case.wrt, **case.kwargs)
    product = pullback(u)
    close("second reverse", trees.dot(v, product), expected.deriv, trees.magnitude(v, product), expected, plan)


def _nested(case: Case, face: Any, plan: Plan, expected: Expected, u: Any, v: Any) -> None:
    """`grad` called inside a differentiated function."""
    bound = case.bound()
    with module(NESTED.format(params=", ".join(bound), wrt=case.wrt)) as loaded:
        loaded.__dict__.update(INNER=case.function, V=v)
        product = face.grad(loaded.second, case.wrt)(*bound.values())
    close("second nested", trees.dot(u, product), expected.deriv, trees.magnitude(u, product), expected, plan)
