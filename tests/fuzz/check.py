"""Does a face (srcgrad, or a stand-in) differentiate one case rightly? Every promise that can be checked on it."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.fuzz import trees
from tests.fuzz.case import Case, Derived, differences, directional
from tests.fuzz.dual import Extreme, Kink

VARIANTS: dict[str, dict[str, bool]] = {"": {}, "unoptimised": {"optimise": False}, "generic": {"generic": True}}


class Mismatch(Exception):
    """A promise that does not hold: which one, and the evidence."""

    def __init__(self, where: str, detail: str) -> None:
        super().__init__(f"{where}: {detail}")
        self.where, self.detail = where, detail


class Discard(Exception):
    """The program is no fair question at its sample point."""


@dataclass
class Plan:
    """What to check, and how closely. `limit` bounds every intermediate value of a random program."""

    variants: tuple[str, ...] = tuple(VARIANTS)
    full: bool = False
    second: bool = False
    nested: bool = False
    limit: float | None = None
    rtol: float = 1e-9
    seed: int = 0
    numeric: bool = False
    exact_calls: bool = True


@dataclass
class Expected:
    """The oracle's answer: the value, a direction, the derivative along it, a cotangent."""

    value: Any
    directions: tuple[Any, ...]
    deriv: Any
    cotangent: Any
    largest: float

    @property
    def scalar(self) -> bool:
        return not isinstance(self.value, (tuple, list, dict)) and trees.differentiable(self.value) \
            and np.shape(self.value) == ()


def expect(case: Case, plan: Plan) -> Expected:
    """Asks the oracle; raises Discard where the sample point is not smooth or not tame."""
    rng = np.random.default_rng(plan.seed)
    directions = tuple(trees.random_like(x, rng) for x in case.points())
    with np.errstate(all="ignore"):
        try:
            value = case.run()
            again = case.run()
            derived = _derived(case, directions, plan)
        except (Kink, Extreme) as error:
            raise Discard(str(error)) from None
    if not (trees.same(value, again) and _finite(value) and _finite(derived.deriv)):
        raise Discard("not finite, or not the same twice")
    if not any(trees.differentiable(x) for x in trees.leaves(value)):
        raise Discard("no real result")
    _compare("oracle", derived.value, value, plan.rtol, derived.largest)
    return Expected(value, directions, derived.deriv, trees.random_like(value, rng), derived.largest)


def _derived(case: Case, directions: tuple[Any, ...], plan: Plan) -> Derived:
    if plan.numeric:
        return Derived(case.run(), differences(case, directions), 0.0)
    return directional(case, directions, limit=plan.limit)


def _finite(tree: Any) -> bool:
    return all(bool(np.all(np.isfinite(x))) for x in trees.leaves(tree) if trees.differentiable(x))


@contextlib.contextmanager
def staged(name: str) -> Iterator[None]:
    """Notes on an exception during which check it came."""
    try:
        yield
    except Exception as error:
        error.stages = (name, *getattr(error, "stages", ()))  # type: ignore[attr-defined]
        raise


# -------------------------------------------------------------------- comparisons
def _compare(where: str, got: Any, want: Any, rtol: float, largest: float = 0.0) -> None:
    """Whether two trees agree, relative to the size of each leaf."""
    def one(y: Any, x: Any) -> None:
        if not trees.differentiable(y):
            return
        if np.shape(x) != np.shape(y):
            raise Mismatch(where, f"shape {np.shape(x)}, expected {np.shape(y)}")
        scale = float(np.max(np.abs(y), initial=0.0))
        if not np.allclose(np.asarray(x, float), np.asarray(y, float), rtol=0, atol=tolerance(scale, largest, rtol)):
            raise Mismatch(where, f"{x!r}, expected {y!r}")
    try:
        trees.mapped(one, want, got)
    except (TypeError, KeyError, AttributeError) as error:
        raise Mismatch(where, f"structure of {got!r}, expected {want!r} ({error})") from None


def tolerance(scale: float, largest: float, rtol: float) -> float:
    """How far two numbers of this scale may lie apart, when intermediate derivatives were as large as `largest`."""
    return rtol * (scale + 1e-4 * max(1.0, largest))


def close(where: str, got: float, want: float, scale: float, expected: Expected, plan: Plan) -> None:
    """Whether two inner products agree."""
    if not abs(got - want) <= tolerance(max(scale, abs(want)), expected.largest, plan.rtol):
        raise Mismatch(where, f"{got!r}, expected {want!r}")


def structure(where: str, gradient: Any, point: Any) -> None:
    """A gradient has the structure, the kinds, the shapes and the dtypes of its argument."""
    def one(x: Any, g: Any) -> None:
        if not trees.differentiable(x):
            if g is not None:
                raise Mismatch(where, f"gradient {g!r} of {x!r}, expected None")
            return
        kind = np.ndarray if isinstance(x, np.ndarray) else float if isinstance(x, float) else type(x)
        if not isinstance(g, kind) or np.shape(g) != np.shape(x) or np.asarray(g).dtype != np.asarray(x).dtype:
            raise Mismatch(where, f"gradient {g!r} of {type(g).__name__} for {type(x).__name__} of shape {np.shape(x)}")
    try:
        trees.mapped(one, point, gradient)
    except (TypeError, KeyError, AttributeError) as error:
        raise Mismatch(where, f"{gradient!r} for {point!r} ({error})") from None


def fresh(where: str, gradients: Any, case: Case, cotangent: Any) -> None:
    """Gradients are writable and share memory with nothing."""
    mine = [g for g in trees.leaves(gradients) if isinstance(g, np.ndarray)]
    others = [x for x in trees.leaves((case.args, case.kwargs, cotangent)) if isinstance(x, np.ndarray)]
    for i, g in enumerate(mine):
        if not g.flags.writeable:
            raise Mismatch(where, "a gradient that is not writable")
        if any(np.shares_memory(g, other) for other in (*mine[:i], *others)):
            raise Mismatch(where, "a gradient that shares memory with a gradient, an argument or the cotangent")


# -------------------------------------------------------------------- the checks
def first_order(case: Case, face: Any, plan: Plan, expected: Expected) -> None:
    """Reverse and forward mode, in every variant asked for."""
    for variant in plan.variants:
        label = f"@{variant}" if variant else ""
        with _options(face, variant):
            before = trees.copied((case.args, case.kwargs))
            with staged("reverse" + label):
                reverse(case, face, plan, expected, label)
            with staged("forward" + label):
                forward(case, face, plan, expected, label)
            if plan.exact_calls and not variant:
                with staged("adjoint, tangent"):
                    generated(case, face, plan, expected)
            if not trees.same(before, (case.args, case.kwargs)):
                raise Mismatch("arguments" + label, "an argument was modified")


def _options(face: Any, variant: str) -> contextlib.AbstractContextManager[Any]:
    pipeline = getattr(face, "pipeline", None)
    if not variant or pipeline is None:
        return contextlib.nullcontext()
    return pipeline.options(**VARIANTS[variant])  # type: ignore[no-any-return]


def reverse(case: Case, face: Any, plan: Plan, expected: Expected, label: str) -> None:
    """vjp (twice, and once doubled) and, for scalars, value_and_grad (twice)."""
    many = isinstance(case.wrt, tuple)
    points = case.points() if many else case.points()[0]
    directions = expected.directions if many else expected.directions[0]
    value, pullback = face.vjp(case.function, *case.args, wrt=case.wrt, **case.options, **case.kwargs)
    _compare("value" + label, value, expected.value, plan.rtol)
    gradient = pullback(expected.cotangent)
    _check_gradient("reverse" + label, gradient, points, directions, case, expected, plan)
    if not trees.same(gradient, pullback(expected.cotangent)):
        raise Mismatch("repeat" + label, "the pullback gives another result when called again")
    if expected.scalar:
        function = face.value_and_grad(case.function, case.wrt, **case.options)
        value, gradient = function(*case.args, **case.kwargs)
        _compare("value" + label, value, expected.value, plan.rtol)
        structure("structure" + label, gradient, points)
        fresh("sharing" + label, gradient, case, None)
        got, scale = trees.dot(gradient, directions), trees.magnitude(gradient, directions)
        close("grad" + label, got, trees.dot(expected.deriv, 1.0), scale, expected, plan)
        if not trees.same(gradient, function(*case.args, **case.kwargs)[1]):
            raise Mismatch("repeat" + label, "a second call gives another gradient")


def _check_gradient(where: str, gradient: Any, points: Any, directions: Any, case: Case, expected: Expected,
                    plan: Plan) -> None:
    structure("structure " + where, gradient, points)
    fresh("sharing " + where, gradient, case, expected.cotangent)
    got, scale = trees.dot(gradient, directions), trees.magnitude(gradient, directions)
    close(where, got, trees.dot(expected.cotangent, expected.deriv), scale, expected, plan)


def forward(case: Case, face: Any, plan: Plan, expected: Expected, label: str) -> None:
    """jvp."""
    value, tangent = face.jvp(case.function, case.args, expected.directions, wrt=case.names, **case.options, **case.kwargs)
    _compare("value forward" + label, value, expected.value, plan.rtol)
    _compare("forward" + label, tangent, _typed(expected), plan.rtol, expected.largest)


def _typed(expected: Expected) -> Any:
    """The expected tangent, None where the value is not differentiable."""
    return trees.mapped(lambda v, d: d if trees.differentiable(v) else None, expected.value, expected.deriv)


def generated(case: Case, face: Any, plan: Plan, expected: Expected) -> None:
    """The generated functions themselves, adjoint and tangent."""
    many = isinstance(case.wrt, tuple)
    if "b_out" not in case.bound():
        gradient = face.adjoint(case.function, case.wrt, **case.options)(*case.args, **case.kwargs, b_out=expected.cotangent)
        points, directions = (case.points(), expected.directions)
        if not many:
            gradient = (gradient,)
        _check_gradient("adjoint", gradient, points, directions, case, expected, plan)
    seeds = {f"d_{name}": d for name, d in zip(case.names, expected.directions)}
    if not set(seeds) & set(case.bound()):
        tangent = face.tangent(case.function, case.wrt, **case.options)(*case.args, **case.kwargs, **seeds)
        _compare("tangent", tangent, _typed(expected), plan.rtol, expected.largest)


def full(case: Case, face: Any, plan: Plan, expected: Expected) -> None:
    """Every element of the gradient of a scalar, by unit directions."""
    gradient = face.grad(case.function, case.names, **case.options)(*case.args, **case.kwargs)
    single = [np.max(np.abs(g), initial=0.0) for g in trees.leaves(gradient) if np.asarray(g).dtype == np.float32]
    scale = float(max(single, default=0.0))  # rounding errors of float32 are those of the largest element
    for unit in units(case.points()):
        want = directional(case, unit, kinks=False).deriv
        close("full", trees.dot(gradient, unit), float(want), scale, expected, plan)


def units(points: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The unit directions of the arguments."""
    zeros = trees.mapped(lambda x: np.zeros(np.shape(x)) if trees.differentiable(x) else None, points)
    found = []
    for number, leaf in enumerate(trees.leaves(zeros)):
        for index in (np.ndindex(leaf.shape) if leaf is not None else ()):
            found.append(_unit(zeros, number, index))
    return found


def _unit(zeros: Any, number: int, index: Any) -> Any:
    counter = iter(range(10 ** 6))

    def one(leaf: Any) -> Any:
        if next(counter) != number:
            return leaf
        leaf = leaf.copy()
        leaf[index] = 1.0
        return leaf
    return trees.mapped(one, zeros)
