"""The types of elementwise results: dtypes are found by trying the function on small values."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .types import NEVER, UNKNOWN, Dims, Num, Type, broadcast, join

_SAMPLES: dict[tuple[str, str], Any] = {}


def _promotes_as(t: Num) -> str:
    """Before NumPy 2, numbers and 0-d arrays promote by category only; Python numbers always do."""
    return "python" if t.kind == "python" else "scalar" if t.kind == "scalar" or t.dims == () else "array"


def _sample(t: Num) -> Any:
    """A small value that promotes as a value of type t does (Python numbers promote weakly, NEP 50)."""
    assert t.dtype is not None
    key = (_promotes_as(t), t.dtype)
    if key not in _SAMPLES:
        value = np.ones((), t.dtype)[()]
        _SAMPLES[key] = {"python": value.item(), "scalar": value, "array": np.ones(1, t.dtype)}[key[0]]
    return _SAMPLES[key]


def elementwise(function: Callable[..., Any], args: tuple[Type, ...]) -> Type:
    """The type of `function(*args)` for a function that works element by element: the dtype is found by trying it."""
    if not all(isinstance(a, Num) for a in args):
        return UNKNOWN
    nums = [a for a in args if isinstance(a, Num)]
    dims: Dims = ()
    for a in nums:
        dims = broadcast(dims, a.dims)
    kinds = {a.kind for a in nums}
    if "number" in kinds:
        return _either(function, nums)
    kind: str | None
    if any(a.kind == "array" and a.dims not in ((), None) for a in nums):
        kind = "array"
    elif kinds == {"python"}:
        kind = "python"
    elif kinds <= {"python", "scalar"} or (dims == () and None not in kinds):
        kind = "scalar"
    else:
        kind = None
    dtype: str | None = None
    if all(a.dtype is not None and a.kind is not None for a in nums):
        dtype, python = _result_dtype(function, tuple(nums))
        if dtype is None and kind != "array":
            kind = None  # a failure on the samples says nothing of the kind
        elif kind == "python" and not python:
            kind = "scalar"
    elif kind == "python":
        kind = None
    return Num(kind, dtype, dims)


def _either(function: Callable[..., Any], nums: list[Num]) -> Type:
    """The type where some operands are Python numbers or NumPy scalars: that of both cases."""
    found: Type = NEVER
    for kind in ("python", "scalar"):
        case = tuple(Num(kind, a.dtype, a.dims) if a.kind == "number" else a for a in nums)
        found = join(found, elementwise(function, case))
    return found


_DTYPES: dict[Any, tuple[str | None, bool]] = {}


def _result_dtype(function: Callable[..., Any], nums: tuple[Num, ...]) -> tuple[str | None, bool]:
    key = (function, tuple((_promotes_as(a), a.dtype) for a in nums))
    if key not in _DTYPES:
        try:
            with np.errstate(all="ignore"):
                value = function(*map(_sample, nums))
            _DTYPES[key] = (np.asarray(value).dtype.name, isinstance(value, bool | int | float | complex)
                            and not isinstance(value, np.generic))
        except Exception:  # the program fails there too; nothing is known
            _DTYPES[key] = (None, False)
    return _DTYPES[key]
