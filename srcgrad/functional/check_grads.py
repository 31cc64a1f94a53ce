"""Numerical checks of derivatives: central differences along each entry of each argument, in both modes, order by order."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import GradientMismatch, trims
from ..runtime import trees
from ..targets import target_of
from .gradients import adjoint
from .products import jvp, vjp

Array = np.ndarray[Any, Any]
_HINT = "a rule or custom derivative is wrong, or the function has a kink here"


@trims
def check_grads(f: Callable[..., Any], args: Sequence[Any], *, modes: Sequence[str] = ("forward", "reverse"), order: int = 2,
                rtol: float | None = None, atol: float | None = None,
                report: Callable[[Compared], None] | None = None) -> None:
    """Compares the derivatives of f at `args` with central differences, up to the given order.

    Arguments may be containers, and hold real and complex numbers and arrays; those that hold none are left alone. Where
    all is well the result is None. Tolerances are 1e-5 and 1e-6 for double precision and 2e-2 for single, and ten times
    that for each further order. `report` is called with each comparison, and then nothing is raised for what differs.

    Raises GradientMismatch, which names mode and order, the argument, the index of the worst entry in it, and the expected
    and the found number; ValueError for an unknown mode.

    >>> import numpy as np
    >>> def f(x, p):
    ...     return np.sin(x) * p["w"]
    >>> check_grads(f, (np.array([0.1, 0.7]), {"w": 2.0}))
    """
    unknown = set(modes) - {"forward", "reverse"}
    if unknown:
        raise ValueError(f"modes are 'forward' and 'reverse', not {sorted(unknown)}")
    single = any(np.asarray(leaf).dtype in (np.float32, np.complex64) for a in args for _, leaf in trees.leaves(a))
    tolerances = (2e-2 if single else 1e-5) if rtol is None else rtol, (2e-2 if single else 1e-6) if atol is None else atol
    step = 1e-2 if single else 1e-4
    _Check(f, tuple(args), step, tolerances, "", report).run(tuple(modes), order)


@dataclass(frozen=True)
class Compared:
    """One comparison. `shown`: of which derivative, "" for f itself; `argument`: its position and name (-1 and "all"
    where both modes are compared); `error`: the largest
    difference as a multiple of what is tolerated; `problem`: what is wrong, "" where nothing is."""

    mode: str
    shown: str
    argument: tuple[int, str]
    entries: int
    error: float
    problem: str


class _Check:
    """The checks of one function at one point. `step`: that of differences; `shown`: what is checked, for messages;
    `report`: is given what was compared, where a mismatch is not to be raised."""

    def __init__(self, f: Callable[..., Any], args: tuple[Any, ...], step: float, tolerances: tuple[float, float],
                 shown: str, report: Callable[[Compared], None] | None = None) -> None:
        self.f, self.args, self.step, self.tolerances, self.shown, self.report = f, args, step, tolerances, shown, report
        self.names = list(inspect.signature(f).parameters) if not hasattr(f, "nin") else list(
            target_of(f).signature.parameters)
        self.active = [i for i, a in enumerate(args) if next(trees.leaves(a), None) is not None]
        self.rng = np.random.default_rng(0)

    def run(self, modes: tuple[str, ...], order: int) -> None:
        if "forward" in modes:
            for i in self.active:
                self.forward(i)
        if "reverse" in modes:
            self.reverse()
        if len(modes) == 2 and self.active:
            self.product()
        if order > 1:
            for i in self.active:
                rtol, atol = self.tolerances
                shown = f"{self.shown}gradient by argument {i} ({self.name(i)}): "
                _Check(adjoint(self.f, i), self.args, self.step, (rtol * 10, atol * 10), shown, self.report).run(modes, order - 1)

    def random(self, shape: tuple[int, ...], is_complex: bool) -> Array:
        found: Array = self.rng.normal(size=shape)
        return found + 1j * self.rng.normal(size=shape) if is_complex else found

    def name(self, i: int) -> str:
        return self.names[i] if i < len(self.names) else str(i)

    # -------------------------------------------------------------- differences
    def moved(self, i: int, step: Array) -> tuple[Any, ...]:
        """The arguments with a step added to one, all in memory of their own."""
        new = [trees.rebuild(a, iter([trees.as_leaf(leaf, leaf) for _, leaf in trees.leaves(a)])) for a in self.args]
        new[i] = trees.unflat(trees.flat(new[i]) + step, new[i])
        return tuple(new)

    def slope(self, i: int, direction: Array) -> Array:
        """The derivative along a direction, by Richardson extrapolation of central differences."""
        h = self.step * max(1.0, float(np.max(np.abs(trees.flat(self.args[i])), initial=0.0)))

        def central(h: float) -> Array:
            up, down = (trees.flat(self.f(*self.moved(i, s * h * direction))) for s in (1, -1))
            return np.asarray((up - down) / (2 * h))

        found: Array = (4 * central(h / 2) - central(h)) / 3  # removes the term in h^2
        return found

    def directions(self, i: int) -> Iterator[tuple[str, Array]]:
        """Each entry of an argument with its name, as a unit vector."""
        total, k = trees.flat(self.args[i]).size, 0
        for path, leaf in trees.leaves(self.args[i]):
            for index in np.ndindex(np.shape(leaf)):
                e = np.zeros(total)
                e[k] = 1.0
                k += 1
                yield path + (f"[{', '.join(map(str, index))}]" if index else ""), e

    # -------------------------------------------------------------- modes
    def forward(self, i: int) -> None:
        """The tangent along a random direction."""
        x = trees.flat(self.args[i])
        direction = self.random(x.shape, np.iscomplexobj(x))
        direction = trees.flat(trees.unflat(direction, self.args[i]))  # the imaginary part of what is real is gone
        tangents = [trees.unflat(direction, a, keep=False) if j == i else None for j, a in enumerate(self.args)]
        value, tangent = jvp(self.f, self.moved(i, np.zeros(x.shape)), tangents)
        paths = [path + (f"[{', '.join(map(str, index))}]" if index else "") for path, leaf in trees.leaves(value)
                 for index in np.ndindex(np.shape(leaf))]
        self.compare("forward", i, [f"output{p}" for p in paths], self.slope(i, direction), trees.flat(tangent, value))

    def reverse(self) -> None:
        """The gradient of Re(sum(b * f)) for a random b: df/dx - i df/dy, entry by entry."""
        value, pullback = vjp(self.f, *self.args)
        size = trees.flat(value).size
        b = self.random((size,), np.iscomplexobj(trees.flat(value)))
        cotangent = trees.unflat(b, value, keep=False)
        b = trees.flat(cotangent)
        found = pullback(cotangent)
        for i in self.active:
            places = list(self.directions(i))
            parts = [x for _, leaf in trees.leaves(self.args[i]) for x in [np.iscomplexobj(leaf)] * np.size(leaf)]
            expected = [self.pulled(i, e, b, is_complex) for (_, e), is_complex in zip(places, parts)]
            self.compare("reverse", i, [p for p, _ in places], np.array(expected), trees.flat(found[i], self.args[i]))

    def product(self) -> None:
        """One mode against the other: the tangent along a direction, times a cotangent, is the gradient along it."""
        directions = {}
        for i in self.active:
            x = trees.flat(self.args[i])
            directions[i] = trees.flat(trees.unflat(self.random(x.shape, np.iscomplexobj(x)), self.args[i]))
        tangents = [trees.unflat(directions[j], a, keep=False) if j in directions else None for j, a in enumerate(self.args)]
        args = tuple(trees.rebuild(a, iter([trees.as_leaf(leaf, leaf) for _, leaf in trees.leaves(a)])) for a in self.args)
        value, tangent = jvp(self.f, args, tangents)
        _, pullback = vjp(self.f, *args)
        b = self.random((trees.flat(value).size,), np.iscomplexobj(trees.flat(value)))
        cotangent = trees.unflat(b, value, keep=False)
        found = pullback(cotangent)
        forward = np.real(np.dot(trees.flat(cotangent), trees.flat(tangent, value)))
        parts = [np.real(np.dot(trees.flat(found[i], self.args[i]), v)) for i, v in directions.items()]
        reverse = sum(parts)
        rtol, atol = self.tolerances[0] * 1e-2, self.tolerances[1] * 1e-2
        error = 0.0 if forward == reverse or np.isnan(forward) and np.isnan(reverse) else float(
            abs(forward - reverse) / (atol + rtol * max(map(abs, [forward, *parts]))))
        self.tell("dot product", -1, 1, error, "" if error <= 1 else (
            f": forward mode gives {_number(forward)}, reverse mode {_number(reverse)}"))

    def pulled(self, i: int, e: Array, b: Array, is_complex: bool) -> complex:
        slope = complex(np.real(np.dot(b, self.slope(i, e))))
        return slope - 1j * np.real(np.dot(b, self.slope(i, 1j * e))) if is_complex else slope

    def compare(self, mode: str, i: int, places: list[str], expected: Array, found: Array) -> None:
        rtol, atol = self.tolerances
        if expected.shape != found.shape:
            self.tell(mode, i, expected.size, np.inf, f": expected {expected.size} entries, found {found.size}")
            return
        wrong = ~np.isclose(found, expected, rtol=rtol, atol=atol, equal_nan=True)
        same = np.isnan(found) & np.isnan(expected) | (found == expected)
        with np.errstate(invalid="ignore"):
            error = np.where(same, 0.0, np.abs(found - expected) / (atol + rtol * np.abs(expected)))
        error = np.where(np.isnan(error), np.inf, error)
        if not wrong.any():
            self.tell(mode, i, expected.size, float(np.max(error, initial=0.0)), "")
            return
        k = int(np.argmax(np.where(wrong, error, -1.0)))
        at = f", {places[k]}" if mode == "forward" else f", index {places[k]}" if places[k] else ""
        self.tell(mode, i, expected.size, float(error[k]),
                  f"{at}: expected {_number(expected[k])} (central differences), found {_number(found[k])}; "
                  f"{int(wrong.sum())} of {wrong.size} entries differ")

    def tell(self, mode: str, i: int, entries: int, error: float, problem: str) -> None:
        name = self.name(i) if i >= 0 else "all"
        place = f"{mode} mode, argument {i} ({name})" if i >= 0 else f"{mode} of both modes"
        message = f"{self.shown}{place}{problem}" if problem else ""
        if self.report is not None:
            self.report(Compared(mode, self.shown, (i, name), entries, error, message))
        elif problem:
            raise GradientMismatch(message, hint=_HINT)


def _number(x: Any) -> str:
    return f"{complex(x):.9g}" if np.imag(x) else f"{float(np.real(x)):.9g}"
