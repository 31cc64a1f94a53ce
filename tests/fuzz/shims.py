"""What a program sees in place of NumPy, math and float when the oracle runs it.

Arrays that a program makes are dual numbers from the start, so that it can store dual numbers in them; conversions
and the math module, which no protocol reaches, go through the oracle's operations.
"""
from __future__ import annotations

import builtins
import math
import types
from typing import Any

import numpy as np

from tests.fuzz import dual as D

MADE = ("zeros", "ones", "empty", "full", "eye", "identity", "linspace", "arange", "zeros_like", "ones_like", "empty_like",
        "full_like")
ELSEWHERE = {"asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "atan2": np.arctan2, "pow": np.power,
             "fabs": np.abs}


class NumpyShim(types.ModuleType):
    """NumPy, with creation functions that make dual numbers nested `depth` deep."""

    def __init__(self, depth: int) -> None:
        super().__init__("numpy")
        self.__dict__["depth"] = depth

    def __getattr__(self, name: str) -> Any:
        found = getattr(np, name)
        if name in MADE:
            return lambda *args, **kwargs: self._made(found, *args, **kwargs)
        return found

    def _made(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        args = tuple(float if a is FloatShim else a for a in args)  # as a dtype
        if any(isinstance(a, D.Dual) for a in args):
            filled = D.Dual if function is np.full else None
            return np.zeros(args[0]) + args[1] if filled else function(*args, **kwargs)
        return _lifted(function(*args, **kwargs), self.depth)

    def array(self, items: Any, dtype: Any = None) -> Any:
        """`np.array`, also of sequences that hold dual numbers."""
        if isinstance(items, D.Dual):
            return items.copy()
        if holds_dual(items):
            return np.stack([self.array(item) if isinstance(item, (list, tuple)) else item for item in items])
        return _lifted(np.array(items, dtype), self.depth)

    def asarray(self, items: Any, dtype: Any = None) -> Any:
        """`np.asarray`."""
        return items if isinstance(items, D.Dual) else self.array(items, dtype)


def _lifted(x: np.ndarray, depth: int) -> Any:
    return D.lift(x, depth) if x.dtype.kind == "f" else x


def holds_dual(tree: Any) -> bool:
    """Whether a dual number lies anywhere in nested sequences."""
    if isinstance(tree, (list, tuple)):
        return any(holds_dual(item) for item in tree)
    return isinstance(tree, D.Dual)


class MathShim(types.ModuleType):
    """The math module, on dual numbers too."""

    def __getattr__(self, name: str) -> Any:
        plain = getattr(math, name)
        if not callable(plain):
            return plain
        over = ELSEWHERE.get(name) or getattr(np, name, None)

        def either(*args: Any) -> Any:
            return over(*args) if any(isinstance(a, D.Dual) for a in args) else plain(*args)
        return either


class _FloatMeta(type):
    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(D.primal(x), float)


class FloatShim(metaclass=_FloatMeta):
    """`float`: the value and the derivative of a dual number converted alike."""

    def __new__(cls, x: Any = 0.0) -> Any:
        if isinstance(x, D.Dual):
            return D.Dual(cls(x.value), cls(x.deriv))
        return builtins.float(x)


def oracle_builtins(depth: int) -> dict[str, Any]:
    """The builtins under which a module's text runs over dual numbers nested `depth` deep."""
    shims = {"numpy": NumpyShim(depth), "math": MathShim("math")}

    def importer(name: str, *args: Any) -> Any:
        return shims.get(name) or builtins.__import__(name, *args)
    return {**vars(builtins), "__import__": importer, "float": FloatShim}
