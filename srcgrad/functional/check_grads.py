"""Numerical checks of derivatives: central differences, and the dot-product identity between the modes."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import GradientMismatch


def compare(f: Callable[..., Any], args: tuple[Any, ...], modes: tuple[str, ...], order: int, rtol: float, atol: float,
            vjp: Callable[..., Any], jvp: Callable[..., Any], adjoint: Callable[..., Any]) -> None:
    """Raises GradientMismatch where a derivative of f at args is not what central differences say."""
    unknown = set(modes) - {"forward", "reverse"}
    if unknown:
        raise ValueError(f"modes are 'forward' and 'reverse', not {sorted(unknown)}")
    floats = [i for i, a in enumerate(args) if _float(a)]
    rng = np.random.default_rng(0)
    if "forward" in modes:
        for i in floats:
            _forward(f, args, i, rng, rtol, atol, jvp)
    if "reverse" in modes:
        _reverse(f, args, floats, rng, rtol, atol, vjp)
    if order > 1:
        for i in floats:
            derivative = adjoint(f, i)
            compare(derivative, args, modes, order - 1, rtol * 10, atol * 10, vjp, jvp, adjoint)


def _float(a: Any) -> bool:
    return isinstance(a, float | np.floating) or isinstance(a, np.ndarray) and a.dtype.kind == "f"


def _moved(args: tuple[Any, ...], i: int, step: Any) -> tuple[Any, ...]:
    """The arguments with step added to one, all in memory of their own."""
    new = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
    new[i] = new[i] + step
    return tuple(new)


def _flat(value: Any) -> np.ndarray[Any, Any]:
    if isinstance(value, tuple | list):
        parts = [_flat(v) for v in value]
        return np.concatenate(parts) if parts else np.zeros(0)
    if isinstance(value, dict):
        return _flat(list(value.values()))
    return np.ravel(np.asarray(0.0 if value is None else value, dtype=float))


def _difference(f: Callable[..., Any], args: tuple[Any, ...], i: int, direction: Any) -> np.ndarray[Any, Any]:
    """The derivative along a direction, by Richardson extrapolation of central differences."""
    scale = 1e-4 * max(1.0, float(np.max(np.abs(args[i]), initial=0.0)))

    def central(h: float) -> np.ndarray[Any, Any]:
        up, down = _flat(f(*_moved(args, i, h * direction))), _flat(f(*_moved(args, i, -h * direction)))
        return np.asarray((up - down) / (2 * h))

    found: np.ndarray[Any, Any] = (4 * central(scale / 2) - central(scale)) / 3  # removes the term in h^2
    return found


def _units(x: Any) -> Sequence[tuple[tuple[int, ...], Any]]:
    if not isinstance(x, np.ndarray):
        return [((), 1.0)]
    units = []
    for index in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[index] = 1.0
        units.append((index, e))
    return units


def _forward(f: Any, args: tuple[Any, ...], i: int, rng: Any, rtol: float, atol: float, jvp: Any) -> None:
    x = args[i]
    direction = rng.normal(size=x.shape).astype(x.dtype) if isinstance(x, np.ndarray) else type(x)(1.0)
    tangents = [direction if j == i else None for j in range(len(args))]
    found = _flat(jvp(f, _moved(args, i, 0), tangents)[1])
    expected = _difference(f, args, i, direction)
    _same("forward", i, None, expected, found, rtol, atol)


def _reverse(f: Any, args: tuple[Any, ...], floats: list[int], rng: Any, rtol: float, atol: float, vjp: Any) -> None:
    value, pullback = vjp(f, *args)
    weights = _random_like(value, rng)
    found = pullback(weights)
    w = _flat(weights)
    for i in floats:
        gradient = np.asarray(found[i])
        for index, e in _units(args[i]):
            expected = float(np.dot(w, _difference(f, args, i, e)))
            _same("reverse", i, index, np.array([expected]), np.array([gradient[index]]), rtol, atol)


def _random_like(value: Any, rng: Any) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(_random_like(v, rng) for v in value)
    if isinstance(value, dict):
        return {k: _random_like(v, rng) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return rng.normal(size=value.shape).astype(value.dtype) if value.dtype.kind == "f" else np.zeros(value.shape)
    return float(rng.normal())


def _same(mode: str, i: int, index: tuple[int, ...] | None, expected: np.ndarray[Any, Any], found: np.ndarray[Any, Any],
          rtol: float, atol: float) -> None:
    if expected.shape == found.shape and np.allclose(found, expected, rtol=rtol, atol=atol, equal_nan=True):
        return
    place = f"argument {i}" + (f", index {index}" if index else "")
    k = int(np.argmax(np.abs(found - expected))) if expected.shape == found.shape and expected.size else 0
    raise GradientMismatch(
        f"{mode} mode, {place}: expected {expected.ravel()[k]:.9g} (central differences), found {found.ravel()[k]:.9g}",
        hint="a rule or custom derivative is wrong, or the function has a kink here")
