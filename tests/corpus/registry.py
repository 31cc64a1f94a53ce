"""The register of corpus functions, and their sample data: random, asymmetric, not square, not positive."""
from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Entry:
    """One function with its arguments. smooth: also second derivatives. numeric: beyond the oracle, so central
    differences are the only judge. typed: needs types; without them it is refused with an AliasError."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)
    wrt: int | str | tuple[int | str, ...] = 0
    smooth: bool = False
    numeric: bool = False
    typed: bool = False
    attribute: str = ""                    # the function's name in its module; a lambda does not know its own
    number: int = 0

    @property
    def name(self) -> str:
        suffix = f"-{self.number}" if self.number else ""
        return f"{self.function.__module__.rsplit('.', 1)[-1]}.{self.attribute}{suffix}"


ENTRIES: list[Entry] = []
_places: set[tuple[str, int]] = set()      # pytest may import a file twice


def case(function: Callable[..., Any], *args: Any, wrt: int | str | tuple[int | str, ...] = 0, smooth: bool = False,
         numeric: bool = False, typed: bool = False, **kwargs: Any) -> None:
    """Registers a function; the oracle's own copies of the files register nothing."""
    caller = sys._getframe(1)
    place = caller.f_globals["__name__"].rsplit(".", 1)[-1], caller.f_lineno
    if function.__module__.startswith("oracle") or place in _places:
        return
    _places.add(place)
    attribute = next(name for name, value in caller.f_globals.items() if value is function)
    number = sum(e.function is function for e in ENTRIES)
    ENTRIES.append(Entry(function, args, kwargs, wrt, smooth, numeric, typed, attribute, number))


def vec(n: int, seed: int | str = 0) -> np.ndarray:
    """A vector."""
    return _data((n,), seed)


def mat(m: int, n: int, seed: int | str = 0) -> np.ndarray:
    """A matrix."""
    return _data((m, n), seed)


def ten(*shape: int, seed: int | str = 0) -> np.ndarray:
    """An array of any shape."""
    return _data(shape, seed)


def _data(shape: tuple[int, ...], seed: int | str) -> np.ndarray:
    rng = np.random.default_rng(zlib.crc32(f"{shape} {seed}".encode()))
    return np.asarray(rng.normal(size=shape)) + 0.05
