"""What is measured: programs, their arguments, and the implementations that stand side by side."""
from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

import srcgrad

from . import handwritten, programs

Gradient = Callable[..., Any]
HAND, GENERATED, OBJECT, AUTOGRAD = "hand-written", "generated", "grad object", "autograd"


@dataclass(frozen=True)
class Case:
    """One program at one size. `arguments(tiny)` makes its arguments; `small`: calls cost more than the arithmetic."""

    name: str
    program: FunctionType
    hand: Gradient
    wrt: tuple[int, ...]
    arguments: Callable[[bool], tuple[Any, ...]]
    small: bool = False

    @property
    def positions(self) -> int | tuple[int, ...]:
        """`wrt` as one gives it to grad: a bare position asks for a bare gradient."""
        return self.wrt[0] if len(self.wrt) == 1 else self.wrt


def _seed(tiny: bool) -> tuple[Any, ...]:
    return (_random().normal(size=4),)


def _logistic(n: int, m: int) -> Callable[[bool], tuple[Any, ...]]:
    def arguments(tiny: bool) -> tuple[Any, ...]:
        rows, columns = (7, 3) if tiny else (n, m)
        r = _random()
        x = r.normal(size=(rows, columns)) / np.sqrt(columns)
        return r.normal(size=columns), 0.3, x, (r.random(rows) < 0.4).astype(float)
    return arguments


def _newton(tiny: bool) -> tuple[Any, ...]:
    return 2.7, 40.0


def _recurrent(tiny: bool) -> tuple[Any, ...]:
    steps, batch, width = (3, 2, 4) if tiny else (50, 8, 32)
    r = _random()
    w, u = (r.normal(size=(width, width)) / np.sqrt(width) for _ in range(2))
    return w, u, r.normal(size=width), r.normal(size=(steps, batch, width)), np.zeros((batch, width))


def _random() -> np.random.Generator:
    return np.random.default_rng(11)


CASES = (
    Case("seed, 4 elements", programs.seed, handwritten.seed_grad, (0,), _seed, small=True),
    Case("logistic 100 x 10", programs.logistic, handwritten.logistic_grad, (0, 1), _logistic(100, 10), small=True),
    Case("logistic 10000 x 500", programs.logistic, handwritten.logistic_grad, (0, 1), _logistic(10000, 500)),
    Case("newton, floats", programs.newton, handwritten.newton_grad, (0,), _newton, small=True),
    Case("recurrent 50 x 8 x 32", programs.recurrent, handwritten.recurrent_grad, (0, 1, 2), _recurrent),
)

DISPATCH = {
    "1 float": (programs.one, (1.5,)),
    "3 floats": (programs.three, (1.5, 2.5, 3.5)),
    "3 arrays": (programs.first, (np.ones(3), np.ones(3), np.ones(3))),
    "a float and a dict of 3 arrays": (programs.scaled, (1.5, {"u": np.ones(3), "v": np.ones(3), "w": np.ones(3)})),
}


# ------------------------------------------------------------------ implementations
def implementations(case: Case, args: tuple[Any, ...]) -> dict[str, Gradient]:
    """The gradients of a case, by name; autograd only where it is installed."""
    derivative = srcgrad.grad(case.program, case.positions)
    found = {HAND: case.hand, GENERATED: derivative.function_for(args, {}), OBJECT: derivative}
    if has_autograd():
        found[AUTOGRAD] = autograd_gradient(case)
    return found


def has_autograd() -> bool:
    return importlib.util.find_spec("autograd") is not None


def autograd_gradient(case: Case) -> Gradient:
    import autograd
    import autograd.numpy
    gradient = autograd.grad(over(case.program, autograd.numpy), case.positions)
    if len(case.wrt) == 1:
        return gradient  # type: ignore[no-any-return]
    return lambda *args: tuple(gradient(*args))


def over(f: FunctionType, np_module: Any) -> FunctionType:
    """The same code with `np` meaning another module, in the functions it calls too."""
    names = {**f.__globals__, "np": np_module}
    for name, value in f.__globals__.items():
        if isinstance(value, FunctionType) and value.__globals__ is f.__globals__:
            names[name] = FunctionType(value.__code__, names, name, value.__defaults__, value.__closure__)
    return names[f.__name__]  # type: ignore[no-any-return]


# ------------------------------------------------------------------ agreement
def check_agreement(case: Case, found: dict[str, Gradient], args: tuple[Any, ...]) -> None:
    """Raises AssertionError where an implementation gives another gradient than the hand-written one."""
    expected = _tuple(found[HAND](*args))
    for name, gradient in found.items():
        got = _tuple(gradient(*args))
        assert len(got) == len(expected), f"{case.name}: {name} gives {len(got)} gradients, not {len(expected)}"
        for x, y in zip(got, expected):
            np.testing.assert_allclose(x, y, rtol=1e-8, atol=1e-12, err_msg=f"{case.name}: {name}")


def _tuple(gradients: Any) -> tuple[Any, ...]:
    return gradients if isinstance(gradients, tuple) else (gradients,)
