"""Questions that generated code asks at run time, imported through `srcgrad.runtime.helpers`: each passes or raises."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..errors import AliasError, NonScalarOutput, NotFinite
from .structure import is_plain_object

__all__ = ["check_distinct", "check_finite", "check_scalar", "check_unshared", "check_view"]


def check_scalar(x: Any, name: str, filename: str, line: int) -> None:
    """Raises NonScalarOutput unless `x` is a real number or a 0-d real array."""
    if isinstance(x, np.ndarray | np.generic | bool | int | float | complex) and np.ndim(x) == 0 and not np.iscomplexobj(x):
        return
    what = f"an array of shape {x.shape}" if isinstance(x, np.ndarray) and x.ndim else f"a {type(x).__name__}"
    raise NonScalarOutput(
        f"{name} returns {what}, and a gradient is of a real number", filename=filename, lineno=line,
        hint="use jacobian, vjp or elementwise_grad, or return a number (np.sum(...), item 0 of the array)")


def check_distinct(*arrays: Any) -> None:
    """Raises AliasError where two of the arrays share memory, or two that are in lists, dicts or objects."""
    every = [a for x in arrays for a in _arrays(x)]
    for i, a in enumerate(every):
        for b in every[:i]:
            if np.shares_memory(a, b):
                raise AliasError("two arguments share memory and one of them is modified", hint="pass a copy of one")


def _arrays(x: Any) -> Iterator[np.ndarray[Any, Any]]:
    if isinstance(x, np.ndarray):
        yield x
    parts = x.values() if isinstance(x, dict) else vars(x).values() if is_plain_object(x) else x if isinstance(
        x, list | tuple) else ()
    for part in parts:
        yield from _arrays(part)


def check_unshared(name: str, filename: str, line: int, x: Any, *others: Any) -> None:
    """Raises AliasError where `x`, which is about to be modified, shares memory with one of the others."""
    if not (isinstance(x, np.ndarray | list | dict) or is_plain_object(x)):
        return
    for other in others:
        if _shares(x, other):
            raise AliasError(
                f"{name} is modified in place, and another variable shares its memory", filename=filename, lineno=line,
                hint=f"write `{name} = {name} + ...` instead of updating in place, or work on a copy: {name}.copy()")


def check_view(name: str, filename: str, line: int, x: Any, base: Any) -> None:
    """Raises AliasError where `x` is a copy of `base`: what is written to one would not be seen in the other."""
    if isinstance(x, np.ndarray) and x.size and not np.may_share_memory(x, base):
        raise AliasError(f"{name} is a copy here, because of the layout in memory, and a view for other layouts",
                         filename=filename, lineno=line, hint="make it a copy for every layout: .copy()")


def check_finite(value: Any, name: str, text: str, function: str, filename: str, line: int, *operands: Any) -> None:
    """Raises NotFinite where `value`, which the user's line computed as `text`, holds a NaN or an infinity. `operands` are
    names and values in turn."""
    found = _first_bad(value)
    if found is None:
        return
    index, number = found
    shown = [f"{n} {_range(v)}" for n, v in zip(operands[::2], operands[1::2]) if _range(v)]
    place = f" at {index}" if index else ""
    raise NotFinite(f"in {function}: {name} = {text} is {number}{place}" + (f", with {', '.join(shown)}" if shown else ""),
                    filename=filename, lineno=line, hint="guard the operation, or change what goes into it")


def _first_bad(x: Any) -> tuple[str, Any] | None:
    """Index and value of the first entry that is not finite."""
    if isinstance(x, float | complex | np.generic | np.ndarray):
        if not isinstance(x, np.ndarray | np.generic) or x.dtype.kind in "fc":
            bad = np.argwhere(~np.isfinite(np.asarray(x)))
            if len(bad):
                index = tuple(int(i) for i in bad[0])
                return "".join(f"[{i}]" for i in index), np.asarray(x)[index]
        return None
    parts = x.items() if isinstance(x, dict) else enumerate(x) if isinstance(x, list | tuple) else ()
    for key, part in parts:
        found = _first_bad(part)
        if found is not None:
            return f"[{key!r}]{found[0]}", found[1]
    return None


def _range(x: Any) -> str:
    """The range of a real value: `in [0, 2.5]`, `= 3.0`."""
    if isinstance(x, float | int | np.generic) and not isinstance(x, bool | np.bool_):
        return f"= {x}"
    if isinstance(x, np.ndarray) and x.size and x.dtype.kind in "fiu":
        return f"in [{np.min(x):.6g}, {np.max(x):.6g}]"
    return ""


def _shares(x: Any, other: Any) -> bool:
    if x is other:
        return True
    if isinstance(other, list | tuple):
        return any(_shares(x, item) for item in other)
    if isinstance(other, dict):
        return any(_shares(x, item) for item in other.values())
    if is_plain_object(other):
        return any(_shares(x, item) for item in vars(other).values())
    if not (isinstance(x, np.ndarray) and isinstance(other, np.ndarray)):
        return False
    try:
        return bool(np.shares_memory(x, other, max_work=10_000))  # type: ignore[arg-type]  # NumPy's stub knows two values
    except np.exceptions.TooHardError:
        return True
