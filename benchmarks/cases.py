"""What is measured: programs, their arguments, and the implementations that stand side by side."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

import srcgrad

from . import handwritten, handwritten_kernels as by_hand, kernels, programs
from .peers import Gradient, Made, made

HAND, GENERATED, OBJECT, PRIMAL = "hand-written", "generated", "grad object", "function"


@dataclass(frozen=True)
class Case:
    """One program at one size. `arguments(tiny)` makes its arguments.

    `large`: arithmetic costs more than calls; `faster`: how many times faster than autograd it is to be; `in_place`: writes
    into arrays, which the peers cannot do.
    """

    name: str
    program: FunctionType
    hand: Gradient
    wrt: tuple[int, ...]
    arguments: Callable[[bool], tuple[Any, ...]]
    large: bool = False
    faster: float = 0.0
    in_place: bool = False

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


def _mlp(tiny: bool) -> tuple[Any, ...]:
    batch, size, hidden, classes = (5, 4, 3, 2) if tiny else (64, 784, 256, 10)
    r = _random()
    w1, w2 = (r.normal(size=shape) / np.sqrt(shape[0]) for shape in ((size, hidden), (hidden, classes)))
    labels = np.eye(classes)[r.integers(0, classes, batch)]
    return w1, r.normal(size=hidden), w2, r.normal(size=classes), r.normal(size=(batch, size)), labels


def _lstm(tiny: bool) -> tuple[Any, ...]:
    steps, batch, width = (3, 2, 4) if tiny else (50, 8, 32)
    r = _random()
    w, u = (r.normal(size=(width, 4 * width)) / np.sqrt(width) for _ in range(2))
    h, c = np.zeros((batch, width)), np.zeros((batch, width))
    return w, u, r.normal(size=4 * width), r.normal(size=(steps, batch, width)), h, c


def _vector(n: int, scale: float = 1.0) -> Callable[[bool], tuple[Any, ...]]:
    return lambda tiny: (scale * _random().normal(size=9 if tiny else n),)


def _mixture(tiny: bool) -> tuple[Any, ...]:
    points, parts, size = (6, 3, 2) if tiny else (1000, 10, 8)
    r = _random()
    return (r.normal(size=parts), r.normal(size=(parts, size)), 0.1 * r.normal(size=(parts, size)),
            r.normal(size=(points, size)))


def _softmax(tiny: bool) -> tuple[Any, ...]:
    shape = (3, 4) if tiny else (64, 1000)
    r = _random()
    return r.normal(size=shape), r.random(shape)


def _jacobi(tiny: bool) -> tuple[Any, ...]:
    n, steps = (6, 2) if tiny else (150, 20)
    r = _random()
    return r.normal(size=(n, n)), r.normal(size=(n, n)), steps


def _heat(tiny: bool) -> tuple[Any, ...]:
    n, steps = (5, 2) if tiny else (25, 20)
    return _random().normal(size=(n, n + 1, n + 2)), steps


def _burgers(tiny: bool) -> tuple[Any, ...]:
    n, steps = (8, 3) if tiny else (1000, 50)
    return 0.1 * _random().normal(size=n), 0.1, 0.05, steps


def _definite(tiny: bool) -> tuple[Any, ...]:
    n = 5 if tiny else 40
    a = _random().normal(size=(n, n))
    return (a @ a.T + n * np.eye(n),)


def _random() -> np.random.Generator:
    return np.random.default_rng(11)


CASES = (
    Case("seed, 4 elements", programs.seed, handwritten.seed_grad, (0,), _seed, faster=20),
    Case("logistic 100 x 10", programs.logistic, handwritten.logistic_grad, (0, 1), _logistic(100, 10), faster=20),
    Case("logistic 10000 x 500", programs.logistic, handwritten.logistic_grad, (0, 1), _logistic(10000, 500), large=True),
    Case("newton, floats", programs.newton, handwritten.newton_grad, (0,), _newton, faster=300),
    Case("recurrent 50 x 8 x 32", programs.recurrent, handwritten.recurrent_grad, (0, 1, 2), _recurrent),
    Case("lstm 50 x 8 x 32", kernels.lstm, by_hand.lstm_grad, (0, 1, 2), _lstm, faster=10),
    Case("mlp 64/784/256/10", kernels.mlp, by_hand.mlp_grad, (0, 1, 2, 3), _mlp, large=True),
    Case("chain 1e6", kernels.chain, by_hand.chain_grad, (0,), _vector(1_000_000), large=True),
    Case("rosenbrock 1e5", kernels.rosenbrock, by_hand.rosenbrock_grad, (0,), _vector(100_000), large=True),
    Case("mixture 1000 x 10 x 8", kernels.mixture, by_hand.mixture_grad, (0, 1, 2), _mixture, large=True),
    Case("softmax 64 x 1000", kernels.softmax, by_hand.softmax_grad, (0,), _softmax, large=True),
    Case("jacobi_2d", kernels.jacobi_2d, by_hand.jacobi_2d_grad, (0, 1), _jacobi, in_place=True),
    Case("heat_3d", kernels.heat_3d, by_hand.heat_3d_grad, (0,), _heat, in_place=True),
    Case("burgers", kernels.burgers, by_hand.burgers_grad, (0, 1), _burgers, in_place=True),
    Case("cholesky 40", kernels.cholesky, by_hand.cholesky_grad, (0,), _definite, in_place=True),
    Case("durbin 200", kernels.durbin, by_hand.durbin_grad, (0,), _vector(200, 0.01), in_place=True),
)

DISPATCH = {
    "1 float": (programs.one, (1.5,)),
    "3 floats": (programs.three, (1.5, 2.5, 3.5)),
    "3 arrays": (programs.first, (np.ones(3), np.ones(3), np.ones(3))),
    "a float and a dict of 3 arrays": (programs.scaled, (1.5, {"u": np.ones(3), "v": np.ones(3), "w": np.ones(3)})),
}


# ------------------------------------------------------------------ implementations
def implementations(case: Case, args: tuple[Any, ...]) -> dict[str, Gradient]:
    """The gradients of a case that need no peer, by name."""
    derivative = srcgrad.grad(case.program, case.positions)
    return {HAND: case.hand, GENERATED: derivative.function_for(args, {}), OBJECT: derivative}


def by_peers(case: Case, args: tuple[Any, ...]) -> Made:
    """The gradients of a case by the peers that are installed and can do it."""
    return Made({}, {}, {}) if case.in_place else made(case.program, case.wrt, args)


# ------------------------------------------------------------------ agreement
def check_agreement(case: Case, found: dict[str, Gradient], args: tuple[Any, ...]) -> None:
    """Raises AssertionError where an implementation gives another gradient than the hand-written one."""
    expected = _tuple(case.hand(*args))
    for name, gradient in found.items():
        got = _tuple(gradient(*args))
        assert len(got) == len(expected), f"{case.name}: {name} gives {len(got)} gradients, not {len(expected)}"
        for x, y in zip(got, expected):
            np.testing.assert_allclose(x, y, rtol=1e-8, atol=1e-12, err_msg=f"{case.name}: {name}")


def _tuple(gradients: Any) -> tuple[Any, ...]:
    return tuple(gradients) if isinstance(gradients, tuple | list) else (gradients,)
