"""A function with sample arguments, and what the oracle says about it."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.fuzz import trees
from tests.fuzz.dual import Dual, lift, primal, watching

Wrt = int | str | tuple[int | str, ...]


@dataclass
class Case:
    """`oracle(depth)` gives the function to be run over dual numbers nested `depth` deep."""

    name: str
    function: Callable[..., Any]
    oracle: Callable[[int], Callable[..., Any]]
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)
    wrt: Wrt = 0
    smooth: bool = False
    of: str | tuple[str, ...] | None = None

    @property
    def options(self) -> dict[str, Any]:
        """What to tell a face of the outputs."""
        return {} if self.of is None else {"of": self.of}

    def outputs(self, bound: Mapping[str, Any], returned: Any) -> Any:
        """The outputs of a call, of its arguments as they are afterwards and of what it returned."""
        if self.of is None:
            return returned
        found = {**bound, "return": returned}
        return found[self.of] if isinstance(self.of, str) else tuple(found[name] for name in self.of)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters in `wrt`."""
        params = list(inspect.signature(self.function).parameters)
        wrt = self.wrt if isinstance(self.wrt, tuple) else (self.wrt,)
        return tuple(w if isinstance(w, str) else params[w] for w in wrt)

    def bound(self) -> dict[str, Any]:
        """The argument of each parameter, defaults included."""
        bound = inspect.signature(self.function).bind(*self.args, **self.kwargs)
        bound.apply_defaults()
        return dict(bound.arguments)

    def points(self) -> tuple[Any, ...]:
        """The arguments in `wrt`."""
        bound = self.bound()
        return tuple(bound[name] for name in self.names)

    def run(self) -> Any:
        """The function's own result, on copies of the arguments."""
        args, kwargs = trees.copied(self.args), trees.copied(self.kwargs)
        return trees.copied(self.outputs(self._named(args, kwargs), self.function(*args, **kwargs)))

    def _named(self, args: Any, kwargs: Any) -> dict[str, Any]:
        return dict(inspect.signature(self.function).bind(*args, **kwargs).arguments)

    def single(self) -> Case:
        """The same case with respect to its first parameter only."""
        return Case(self.name, self.function, self.oracle, self.args, self.kwargs, self.names[0], self.smooth, self.of)


@dataclass
class Derived:
    """A value, its derivative in one direction, and the largest derivative met on the way."""

    value: Any
    deriv: Any
    largest: float


def directional(case: Case, directions: tuple[Any, ...], *, limit: float | None = None, kinks: bool = True) -> Derived:
    """The derivative of the result when the arguments in `wrt` move along the directions."""
    seeds = [trees.mapped(_seed, x, d) for x, d in zip(case.points(), directions)]
    with watching(limit, kinks) as watch:
        result = _call(case, 1, dict(zip(case.names, seeds)))
        value = trees.mapped(primal, result)
        return Derived(value, trees.mapped(_first, result), watch.largest)


def second(case: Case, u: Any, v: Any, *, limit: float | None = None) -> Derived:
    """u H v: the second derivative of a scalar result along two directions of the one argument in `wrt`."""
    seeds = trees.mapped(_seed_twice, case.points()[0], u, v)
    with watching(limit) as watch:
        result = _call(case, 2, {case.names[0]: seeds})
        return Derived(primal(result), _second(result), watch.largest)


def _call(case: Case, depth: int, seeds: Mapping[str, Any]) -> Any:
    bound = inspect.signature(case.function).bind(*case.args, **case.kwargs)
    for name, value in bound.arguments.items():
        bound.arguments[name] = seeds[name] if name in seeds else trees.mapped(lambda x: _constant(x, depth), value)
    late = {name: seed for name, seed in seeds.items() if name not in bound.arguments}
    with np.errstate(all="ignore"):
        returned = case.oracle(depth)(*bound.args, **bound.kwargs, **late)
    return case.outputs({**bound.arguments, **late}, returned)


def _constant(x: Any, depth: int) -> Any:
    return lift(x.copy(), depth) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x


def _seed(x: Any, d: Any) -> Any:
    if not trees.differentiable(x):
        return x
    return Dual(x.copy(), np.array(d, float)) if isinstance(x, np.ndarray) else Dual(x, d)


def _seed_twice(x: Any, u: Any, v: Any) -> Any:
    if not trees.differentiable(x):
        return x
    return Dual(_seed(x, u), _seed(v, np.zeros(np.shape(x)) if isinstance(x, np.ndarray) else 0.0))


def _first(x: Any) -> Any:
    return x.deriv if isinstance(x, Dual) else 0.0 if np.ndim(x) == 0 else np.zeros(np.shape(x))


def _second(x: Any) -> Any:
    inner = x.deriv if isinstance(x, Dual) else 0.0
    return inner.deriv if isinstance(inner, Dual) else 0.0


def differences(case: Case, directions: tuple[Any, ...], h: float = 1e-5) -> Any:
    """The same derivative as `directional`, by central differences (fourth order) on the plain function."""
    def along(t: float) -> Any:
        moved = {name: trees.mapped(lambda x, d: _moved(x, d, t), x, d)
                 for name, x, d in zip(case.names, case.points(), directions)}
        bound = inspect.signature(case.function).bind(*trees.copied(case.args), **trees.copied(case.kwargs))
        bound.arguments.update({k: v for k, v in moved.items() if k in bound.arguments})
        late = {k: v for k, v in moved.items() if k not in bound.arguments}
        returned = case.function(*bound.args, **bound.kwargs, **late)
        return trees.copied(case.outputs({**bound.arguments, **late}, returned))
    rows = [along(k * h) for k in (-2, -1, 1, 2)]
    return trees.mapped(lambda a, b, c, d: (a - 8.0 * b + 8.0 * c - d) / (12.0 * h) if trees.differentiable(a) else 0.0,
                        *rows)


def _moved(x: Any, d: Any, t: float) -> Any:
    return x + t * d if trees.differentiable(x) else x
