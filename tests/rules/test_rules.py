"""Every rule of the tables: both modes agree with each other and with differences, in shape and dtype too."""
import numpy as np
import pytest

from srcgrad.rules import registry
from srcgrad.runtime import helpers as h
from srcgrad.runtime.helpers import unbroadcast

from .evaluate import Applied, Case, combine, difference, holds_floats, inner, largest, leaves, random_like
from .samples import COMPLEX, POSITIVE, TWO, WHOLE, all_cases, of_srcgrad
from .samples_arrays import array

CASES = list(all_cases())
H = 1e-6
# Operands that another is compared with, or that follow from it: flat, except where only one of them is moved.
EQUAL = {("heaviside", "x"), *((rule, name) for rule in ("mean_ties", "share_ties", "chosen_parts", "chosen_tangent")
                               for name in ("x", "values", "result")),
         ("cofactors", "determinant")}


def key(target):
    return target if isinstance(target, str) else registry._key(target)


def names(cases):
    return [f"{i}-{case}" for i, case in enumerate(cases)]


def single(*values):
    """Whether any number in the values is of single precision, or half of that."""
    return any(np.asarray(leaf).dtype in (np.float16, np.float32, np.complex64) for leaf in leaves(list(values)))


def test_every_rule_has_samples():
    sampled = {key(case.target) for case in CASES}
    missing = [rule.name for target, rule in registry.rules()
               if rule.kind != "constant" and key(target) not in sampled and of_srcgrad(target, rule)]
    assert not missing


def test_every_line_is_read():
    """Each operand that has a line is active in some sample, so that no line is untested."""
    read = {(id(a.rule), name) for a in map(Applied, CASES) for name in a.active}
    stated = {(id(rule), line.of) for target, rule in registry.rules() for line in rule.body.tangent
              if of_srcgrad(target, rule)}
    named = {id(rule): rule.name for _, rule in registry.rules()}
    unread = {(named[r], name) for r, name in stated - read} - {("sign_curvature", "x")}
    assert not unread


@pytest.fixture(params=CASES, ids=names(CASES))
def applied(request):
    return Applied(request.param)


def rng():
    return np.random.default_rng(8)


def test_modes_agree(applied):
    """<b, J t> = <J' b, t>."""
    random = rng()
    tangents = {name: random_like(applied.values[name], random) for name in applied.active}
    b = random_like(applied.result, random)
    found = applied.adjoint(b)
    left = inner(b, applied.tangent(tangents))
    right = sum(inner(found[name], tangents[name]) for name in applied.active)
    size = max(1.0, largest([found[name] for name in applied.active]), abs(left))
    tolerance = 2e-5 if single(applied.values, applied.result, list(applied.case.args)) else 1e-10
    assert abs(left - right) <= tolerance * size


def test_differences(applied):
    """J t = (f(x + h t) - f(x - h t)) / 2h."""
    case = applied.case
    if not case.smooth or single(list(case.args), applied.result):
        return
    for name in applied.active:
        t = random_like(applied.values[name], rng())
        values = [moved(applied, name, combine(1.0, applied.values[name], step, t)) for step in (H, -H)]
        differences = [(np.asarray(p) - q) / (2 * H) for p, q in zip(*map(leaves, values))]
        exact = leaves(applied.tangent({name: t}))
        for p, q in zip(differences, exact):
            assert np.shape(q) == np.shape(p)
            assert np.allclose(p, q, rtol=1e-6, atol=1e-6 * max(1.0, largest(exact)))


NOT_ANALYTIC = {np.abs, abs, np.sign, np.conj, np.real, np.imag, np.angle, h.abs_slope, h.ratio}
ANALYTIC = [f for f in COMPLEX if f not in NOT_ANALYTIC] + [
    np.sum, np.mean, np.prod, np.cumsum, np.cumprod, np.diff, np.triu, np.tril, np.vander]


@pytest.mark.parametrize("f", ANALYTIC, ids=lambda f: f.__name__)
def test_complex_step(f):
    """J t = Im(f(x + i h t)) / h to the last digits (Squire and Trapp 1998), where f is analytic."""
    shape, low = (3,) if f is np.vander else (2, 3), 1.2 if f is np.arccosh else 0.2
    args = [array(*shape, low=low, high=low + 0.7) for _ in range(1 + (f in TWO[POSITIVE] + TWO[WHOLE]))]
    applied = Applied(Case(f, tuple(args)))
    tangents = {name: random_like(applied.values[name], rng()) for name in applied.active}
    exact = f(*(x + 1e-30j * t for x, t in zip(args, tangents.values()))).imag / 1e-30
    found = applied.tangent(tangents)
    assert np.max(np.abs(found - exact)) <= 1e-13 * max(1.0, largest(exact))


def test_operands_without_a_line_are_flat(applied):
    """Where a rule has no line, the derivative is zero."""
    case = applied.case
    if not case.smooth or single(list(case.args), applied.result) or applied.rule.kind == "constant":
        return
    stated = {line.of for line in applied.lines("tangent")}
    for name in applied.bound.operands:
        known = name in stated or name in applied.rule.fixed or (applied.rule.name, name) in EQUAL
        if known or not holds_floats(applied.values[name]):
            continue
        t = random_like(applied.values[name], rng())
        values = [moved(applied, name, combine(1.0, applied.values[name], step, t)) for step in (H, -H)]
        assert max([np.max(np.abs(np.asarray(p) - q), initial=0.0) for p, q in zip(*map(leaves, values))] + [0.0]) < 1e-9


def kinds_of(x):
    """The containers of a structure; arrays and numbers are leaves, and so is None."""
    kind = next((k for k in (list, tuple) if isinstance(x, k)), None)
    return (kind, *map(kinds_of, x)) if kind else "leaf"


def moved(applied, name, value):
    """The function where one operand has another value."""
    values = {**applied.values, name: value}
    args = []
    rule, case = applied.rule, applied.case
    for i, a in enumerate(case.args):
        if rule.variadic is not None and i >= len(rule.positional):
            args.append(values[rule.variadic][i - len(rule.positional)])
        else:
            place = rule.positional[i]
            args.append(values[place] if place in applied.bound.operands else a)
    with np.errstate(all="ignore"):
        return case.run(args)


def test_shapes_and_dtypes(applied):
    """An adjoint is like its operand, a tangent like the result: an array for an array, a number for a number."""
    random = rng()
    b = random_like(applied.result, random)
    for name, g in applied.adjoint(b).items():
        assert kinds_of(g) == kinds_of(applied.values[name])
        for x, found in zip(leaves(applied.values[name]), leaves(g)):
            assert np.shape(found) == np.shape(x)
            if isinstance(x, np.ndarray) and x.dtype.kind in "fc":
                assert isinstance(found, np.ndarray) or not x.ndim
                assert found.dtype == x.dtype or applied.rule.kind == "structural" and np.can_cast(
                    found.dtype, x.dtype, "same_kind")
            elif not isinstance(x, np.ndarray):
                assert not isinstance(found, np.ndarray)
    tangents = {name: random_like(applied.values[name], random) for name in applied.active}
    assert not applied.active or kinds_of(applied.tangent(tangents)) == kinds_of(applied.result)
    for z, found in zip(leaves(applied.result), leaves(applied.tangent(tangents))):
        assert np.shape(found) == np.shape(z)
        assert np.iscomplexobj(z) or not np.iscomplexobj(found)
        if single(z) and all(single(applied.values[name]) for name in applied.active):
            assert single(found) or isinstance(found, float)


def test_linear(applied):
    """f(a + 2 b) = f(a) + 2 f(b), in both modes."""
    random = rng()
    a, b = random_like(applied.result, random), random_like(applied.result, random)
    whole, first, second = (applied.adjoint(g) for g in (combine(1.0, a, 2.0, b), a, b))
    tolerance = 1e-4 if single(applied.values, applied.result, list(applied.case.args)) else 1e-10
    for name in applied.active:
        sums = [p + 2 * np.asarray(q) for p, q in zip(leaves(first[name]), leaves(second[name]))]
        assert difference(leaves(whole[name]), sums) <= tolerance * max(1.0, largest(sums))


def test_freshness(applied):
    """A rule that calls its result fresh never gives a view, and no line writes into what it is given."""
    arrays = [leaf for v in applied.values.values() for leaf in leaves(v) if isinstance(leaf, np.ndarray)]
    if applied.rule.fresh:
        for z in leaves(applied.result):
            assert not any(isinstance(z, np.ndarray) and np.shares_memory(z, x) for x in arrays)
    before = [x.copy() for x in arrays]
    b = random_like(applied.result, rng())
    saved = [np.copy(leaf) for leaf in leaves(b)]
    applied.adjoint(b)
    assert all(np.array_equal(x, y, equal_nan=x.dtype.kind in "fc") for x, y in zip(arrays, before))
    assert all(np.array_equal(x, y) for x, y in zip(leaves(b), saved))


def test_unbroadcast_is_its_own_transpose():
    g, x = np.ones((2, 3)), np.ones(3)
    assert np.array_equal(unbroadcast(unbroadcast(g, x), g), np.full((2, 3), 2.0))
