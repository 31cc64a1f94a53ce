"""A stand-in for srcgrad, made from the oracle: right, or broken on purpose. It tests the tests."""
from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.fuzz import trees
from tests.fuzz.case import Case, directional
from tests.fuzz.check import units
from tests.fuzz.dual import depth_of
from tests.fuzz.source import oracle_module

Bug = Callable[[str, Any], Any]


class StandIn:
    """The functional face over dual numbers; `bug(source, gradient leaf)` may spoil every gradient."""

    def __init__(self, bug: Bug = lambda text, leaf: leaf) -> None:
        self.bug = bug

    def _case(self, f: Callable[..., Any], args: Any, kwargs: Any, wrt: Any, of: Any = None) -> Case:
        text = inspect.getsource(inspect.getmodule(f))  # type: ignore[arg-type]
        return Case(f.__name__, f, lambda depth: getattr(oracle_module(text, "standin", depth), f.__name__), args,
                    kwargs, wrt, of=of)

    def _pull(self, case: Case, cotangent: Any) -> Any:
        """The gradient of the inner product with a cotangent, one unit direction after the other."""
        rows = iter([trees.dot(cotangent, directional(case, unit, kinks=False).deriv)
                     for unit in units(case.points())])
        text = inspect.getsource(inspect.getmodule(case.function))  # type: ignore[arg-type]
        found = trees.mapped(lambda x: self.bug(text, _filled(x, rows)), case.points())
        return found if isinstance(case.wrt, tuple) else found[0]

    def vjp(self, f: Callable[..., Any], *args: Any, wrt: Any = 0, of: Any = None, **kwargs: Any) -> Any:
        case = self._case(f, args, kwargs, wrt, of)
        return case.run(), lambda cotangent: self._pull(case, cotangent)

    def value_and_grad(self, f: Callable[..., Any], wrt: Any = 0, of: Any = None) -> Callable[..., Any]:
        def function(*args: Any, **kwargs: Any) -> Any:
            case = self._case(f, args, kwargs, wrt, of)
            return case.run(), self._pull(case, 1.0)
        return function

    def grad(self, f: Callable[..., Any], wrt: Any = 0, of: Any = None) -> Callable[..., Any]:
        return lambda *args, **kwargs: self.value_and_grad(f, wrt, of)(*args, **kwargs)[1]

    def adjoint(self, f: Callable[..., Any], wrt: Any = 0, of: Any = None) -> Callable[..., Any]:
        def function(*args: Any, b_out: Any, **kwargs: Any) -> Any:
            return self._pull(self._case(f, args, kwargs, wrt, of), b_out)
        return function

    def jvp(self, f: Callable[..., Any], args: Any, tangents: Any, *, wrt: Any, of: Any = None, **kwargs: Any) -> Any:
        derived = directional(self._case(f, args, kwargs, wrt, of), tangents, kinks=False)
        return derived.value, trees.mapped(lambda v, d: d if trees.differentiable(v) else None, derived.value,
                                           derived.deriv)

    def tangent(self, f: Callable[..., Any], wrt: Any = 0, of: Any = None) -> Callable[..., Any]:
        def function(*args: Any, **kwargs: Any) -> Any:
            params = inspect.signature(f).parameters
            case = self._case(f, args, {k: v for k, v in kwargs.items() if k in params}, wrt)
            return self.jvp(f, args, tuple(kwargs[f"d_{n}"] for n in case.names), wrt=wrt, of=of, **case.kwargs)[1]
        return function


def _filled(x: Any, rows: Any) -> Any:
    """A gradient leaf of the kind of x."""
    if not trees.differentiable(x):
        return None
    assert depth_of(x) == 0
    if isinstance(x, np.ndarray):
        return np.array([next(rows) for _ in range(x.size)], x.dtype).reshape(x.shape)
    return type(x)(next(rows))
