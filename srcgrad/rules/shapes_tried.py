"""Transfer functions that try the function itself on small arrays.

For functions whose shapes follow from the shapes of their operands and from literal arguments. Lengths that are only known
by name, and large ones, are replaced by small ones: a length of the result is known where it differs from that of an
operand by the same number in two trials, in which the lengths stand in opposite orders.
"""
from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from ..ir.nodes import Build
from ..ir.types import NEVER, UNKNOWN, Dim, List, Num, Opaque, Size, Tuple, Type, join
from .shapes import ABSENT, Keywords, KnownInt, KnownShape, Operands, Transfer, dtype_of, literal

_SMALL = 12  # lengths up to here are tried as they are
_PRIMES = ((13, 17, 19, 23, 29, 31), (31, 29, 23, 19, 17, 13))


class _GiveUp(Exception):
    pass


class _Trial:
    """Stand-ins for the lengths of one trial, and for values of those lengths.

    A length of which nothing is known may be 1 and broadcast: its stand-in equals no other, so that such a trial fails.
    """

    def __init__(self, primes: tuple[int, ...]) -> None:
        self.lengths: dict[Size | int | str, int] = {}  # a text: a length of which nothing is known
        self.primes = primes
        self.no_dtype = False
        self.no_kind = False

    def length(self, d: Dim) -> int:
        if isinstance(d, int) and d <= _SMALL:
            return d
        key: Size | int | str
        key, plus = (Size(d.name), d.plus) if isinstance(d, Size) else (f"unknown {len(self.lengths)}" if d is None else d, 0)
        if key not in self.lengths:
            if len(self.lengths) == len(self.primes):
                raise _GiveUp
            self.lengths[key] = self.primes[len(self.lengths)]
        return self.lengths[key] + plus

    def value(self, t: Type) -> Any:
        match t:
            case Num():
                return self.number(t)
            case Tuple():
                return tuple(map(self.value, t.items))
            case List():
                return [self.value(t.item)] * self.length(None)
            case Opaque("None" | "NoneType"):
                return None
        raise _GiveUp

    def number(self, t: Num) -> Any:
        if t.dims is None or len(t.dims) > 4:
            raise _GiveUp
        either = t.kind is None or t.kind == "number"
        self.no_dtype |= t.dtype is None or either and not t.dims  # Python numbers promote in their own way
        self.no_kind |= either
        shape = tuple(map(self.length, t.dims))
        if min(shape, default=0) < 0:
            raise _GiveUp
        value = np.zeros(shape, t.dtype) if t.discrete else np.ones(shape, t.dtype or float)  # integers may be places
        return value if t.kind == "array" or shape else value[()] if t.kind == "scalar" else value.item()


def tried(function: Callable[..., Any], form: str) -> Transfer:
    """Of a function that is called as `form` says, with the rule's names: "x shift * axis" is `function(x, shift, axis=axis)`.

    >>> from ..ir.nodes import Const
    >>> x = Num("array", "float64", (Size("n"), 3))
    >>> tried(np.diff, "x n axis")({"x": x}, {"n": Const(1), "axis": Const(0)})
    Num(kind='array', dtype='float64', dims=(Size(name='n', plus=-1), 3))
    """
    before, _, after = form.partition("*")
    positional, named = before.split(), after.split()

    def transfer(operands: Operands, keywords: Keywords) -> Type:
        try:
            first, second = (_run(function, positional, named, operands, keywords, primes) for primes in _PRIMES)
            return _read(first[0], second[0], first[1], second[1])
        except Exception:  # the program fails there too, or nothing is known
            return UNKNOWN
    return transfer


def _run(function: Callable[..., Any], positional: list[str], named: list[str], operands: Operands, keywords: Keywords,
         primes: tuple[int, ...]) -> tuple[Any, _Trial]:
    trial = _Trial(primes)

    def value(name: str) -> Any:
        return trial.value(operands[name]) if name in operands else _literal(keywords[name], trial)
    args = [value(name) for name in positional]
    kwargs = {name: value(name) for name in named}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*args, **kwargs), trial


def _literal(e: Any, trial: _Trial) -> Any:
    if isinstance(e, KnownShape):
        return tuple(map(trial.length, e.dims))
    if isinstance(e, KnownInt):
        return trial.length(e.value)
    found = literal(e)
    if found is ABSENT:
        found = dtype_of(e, None)
        if found is None:
            raise _GiveUp
    return list(found) if isinstance(found, tuple) and isinstance(e, Build) and e.kind == "list" else found


def _read(a: Any, b: Any, first: _Trial, second: _Trial) -> Type:
    if isinstance(a, tuple | list):
        if len(a) != len(b):
            raise _GiveUp
        items = tuple(_read(p, q, first, second) for p, q in zip(a, b))
        return Tuple(items) if isinstance(a, tuple) else List(reduce(join, items, NEVER))
    if np.ndim(a) != np.ndim(b):
        raise _GiveUp
    dims = tuple(_dim(n, m, first, second) for n, m in zip(np.shape(a), np.shape(b)))
    kind = "array" if isinstance(a, np.ndarray) else "scalar" if isinstance(a, np.generic) else "python"
    dtype = None if first.no_dtype else np.asarray(a).dtype.name
    return Num(None if first.no_kind and not dims else kind, dtype, dims)


def _dim(n: int, m: int, first: _Trial, second: _Trial) -> Dim:
    if n == m:
        return n
    for key, length in first.lengths.items():
        plus = n - length
        if plus == m - second.lengths[key] and not isinstance(key, str):
            return Size(key.name, plus) if isinstance(key, Size) else key + plus
    return None
