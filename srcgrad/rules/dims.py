"""Arithmetic of dims."""
from __future__ import annotations

import math
from collections.abc import Iterable

from ..ir.types import Dim, Dims, Size


def product(dims: Dims) -> Dim:
    """How many entries: known where all dims are numbers, or all but one are 1.

    >>> product((2, 3)), product((1, Size("n"))), product((2, Size("n")))
    (6, Size(name='n', plus=0), None)
    """
    if dims is None:
        return None
    others = [d for d in dims if d != 1]
    if len(others) == 1:
        return others[0]
    return math.prod(d for d in others if isinstance(d, int)) if all(isinstance(d, int) for d in others) else None


def total(dims: Iterable[Dim]) -> Dim:
    """The sum of lengths.

    >>> total([Size("n", -2), 1, 1])
    Size(name='n', plus=0)
    """
    size, plus = None, 0
    for d in dims:
        if d is None or isinstance(d, Size) and (size is not None or d.plus < -2):
            return None  # below -2 a size stands for max(0, n - k)
        if isinstance(d, Size):
            size, plus = d.name, plus + d.plus
        else:
            plus += d
    return plus if size is None else Size(size, plus)


def first_known(dims: Iterable[Dim]) -> Dim:
    """Of lengths that are equal wherever the program does not fail, one that is known."""
    return next((d for d in dims if d is not None), None)


def reshaped(dims: Dims, shape: Dims, inferred: int | None) -> Dims:
    """The dims of a reshape to `shape`, whose entry `inferred` was written as -1.

    >>> reshaped((2, 6), (3, None), 1)
    (3, 4)
    """
    if shape is None or inferred is None:
        return shape
    rest = product(shape[:inferred] + shape[inferred + 1:])
    size = product(dims)
    length = size if rest == 1 else size // rest if isinstance(size, int) and isinstance(rest, int) and rest else None
    return shape[:inferred] + (length,) + shape[inferred + 1:]


def least(d: Dim) -> int:
    """The smallest value a length may have: named sizes are at least 2."""
    return d if isinstance(d, int) else 0 if d is None else max(0, 2 + d.plus)


def sliced(d: Dim, lower: int | None, upper: int | None, step: int | None) -> Dim:
    """The length of `x[lower:upper:step]`.

    >>> sliced(Size("n"), 1, -1, None), sliced(Size("n"), None, 2, None), sliced(Size("n"), None, 3, None)
    (Size(name='n', plus=-2), 2, None)
    """
    if isinstance(d, int):
        return len(range(*slice(lower, upper, step).indices(d)))
    if step == -1 and lower is None and upper is None:
        return d
    if d is None or step not in (None, 1):
        return None
    low = lower or 0
    if upper is None or upper < 0 <= low:
        if low >= 0:
            return Size(d.name, d.plus - low + (upper or 0))
        return -low if least(d) >= -low else None
    if upper == 0:
        return 0
    if (low >= 0) == (upper > 0):
        return max(0, upper - low) if least(d) >= max(abs(low), abs(upper)) else None
    return None


def arithmetic(name: str, values: list[Dim]) -> Dim:
    """The value of an operation on ints.

    >>> arithmetic("sub", [Size("n"), 1]), arithmetic("sub", [Size("n", 1), Size("n")]), arithmetic("mul", [2, 3])
    (Size(name='n', plus=-1), 1, 6)
    """
    match name, values:
        case "neg", [int() as x]:
            return -x
        case "add", [int() as x, int() as y]:
            return x + y
        case "sub", [int() as x, int() as y]:
            return x - y
        case "mul", [int() as x, int() as y]:
            return x * y
        case "floordiv", [int() as x, int() as y] if y:
            return x // y
        case ("add", [Size(n, plus), int() as y]) | ("add", [int() as y, Size(n, plus)]):
            return Size(n, plus + y)
        case "sub", [Size(n, plus), int() as y]:
            return Size(n, plus - y)
        case "sub", [Size(n, plus), Size(m, other)] if n == m:
            return plus - other
        case ("mul", [Size() as size, 1]) | ("mul", [1, Size() as size]):
            return size
    return None
