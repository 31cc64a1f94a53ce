"""Abstract values: what is known of a value before the program runs.

`UNKNOWN` is the top and always sound. A `Num` is a number or an array of numbers; each of its three facts may be
unknown (None) on its own. Dims are exact: an int, or a `Size`, a name for one length plus a constant; sizes named by a
signature are at least 2 (a length of 1 is recorded as 1, a length of 0 as 0), but `Size("n", -1)` may be anything.
"""
from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import field, replace
from typing import Any

import numpy as np

from .record import dataclass


@dataclass(frozen=True)
class Size:
    """The length called `name`, plus `plus`."""

    name: str
    plus: int = 0


Dim = int | Size | None
Dims = tuple[Dim, ...] | None


class Type:
    """Base of all abstract values; compared by structure."""

    __slots__ = ()


@dataclass(frozen=True)
class Unknown(Type):
    """Anything."""


@dataclass(frozen=True)
class Never(Type):
    """No value: what an unreachable or not yet analysed place holds. The bottom of the lattice."""


@dataclass(frozen=True)
class Num(Type):
    """A number or an array of numbers.

    kind: "python" (bool, int, float, complex), "scalar" (a NumPy scalar), "number" (one of the two), "array" (also 0-d),
    or None.
    dtype: NumPy's name ("float64"), for Python numbers "bool", "int64", "float64", "complex128" (and weak in promotion).
    value: of a Python int what it is, where the program says so: a constant, a length, or a sum of such. It never comes
    from the value of an argument.
    """

    kind: str | None = None
    dtype: str | None = None
    dims: Dims = None
    value: Dim = field(default=None, repr=False)

    @property
    def scalar(self) -> bool:
        """Known to be no array."""
        return self.kind in ("python", "scalar", "number")

    @property
    def discrete(self) -> bool:
        """Known to hold integers or truth values, which carry no derivative."""
        return self.dtype is not None and np.dtype(self.dtype).kind in "biu"

    @property
    def rank(self) -> int | None:
        return None if self.dims is None else len(self.dims)

    @property
    def exact(self) -> bool:
        """Every dim is known."""
        return self.dims is not None and None not in self.dims


@dataclass(frozen=True)
class Tuple(Type):
    """A tuple; `cls`: the class of a named tuple."""

    items: tuple[Type, ...]
    cls: Any = None


@dataclass(frozen=True)
class List(Type):
    """A list; `item` is the join of what it ever holds."""

    item: Type

    def __post_init__(self) -> None:
        object.__setattr__(self, "item", without_values(self.item))  # another name of the list may change it


@dataclass(frozen=True)
class Dict(Type):
    """A dict with known keys, in order; `whole`: keys are used that are known at run time only, so that its parts cannot
    be told apart."""

    items: tuple[tuple[Any, Type], ...]
    whole: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", tuple((k, without_values(t)) for k, t in self.items))


@dataclass(frozen=True)
class Object(Type):
    """An instance of a class, with the attributes that it holds itself, in order."""

    cls: Any
    items: tuple[tuple[str, Type], ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", tuple((k, without_values(t)) for k, t in self.items))


@dataclass(frozen=True)
class Shape(Type):
    """The shape of an array: a tuple of ints of which is known whose they are."""

    dims: tuple[Dim, ...]


@dataclass(frozen=True)
class Opaque(Type):
    """A value of a class that holds no derivative: None, str, slice, range, function, module, dtype..."""

    what: str


@dataclass(frozen=True)
class Callee(Type):
    """A function value that is known when the code is compiled."""

    value: Any


@dataclass(frozen=True)
class Choice(Type):
    """One of several functions that are known when the code is compiled; which one is known at run time."""

    values: tuple[Any, ...]


CHOICES = 8  # of more functions nothing is known


@dataclass(frozen=True)
class Local(Type):
    """A function made while the program runs, by a nested def, a lambda or functools.partial: the expression that makes it.
    Of the several that one expression makes, it is the last."""

    node: Any


def functions_in(t: Type) -> Iterator[Any]:
    """The expressions that make the functions which a value of type t is or holds."""
    match t:
        case Local():
            yield t.node
        case Tuple():
            for item in t.items:
                yield from functions_in(item)
        case List():
            yield from functions_in(t.item)
        case Dict() | Object():
            for _, item in t.items:
                yield from functions_in(item)


UNKNOWN, NEVER, NONE = Unknown(), Never(), Opaque("None")
FLOAT, INT, BOOL = (Num("python", name, ()) for name in ("float64", "int64", "bool"))


def is_int(t: Type) -> bool:
    """A Python int, whatever its value."""
    return isinstance(t, Num) and t.kind == "python" and t.dtype == "int64"


def integer(value: Dim) -> Num:
    """A Python int of that value.

    Below -2 a size stands for max(0, n - k), as lengths do, and numbers do not: such a value is not known.
    """
    return INT if isinstance(value, Size) and value.plus < -2 else Num("python", "int64", (), value)


def without_values(t: Type) -> Type:
    """The same type of ints of any value."""
    match t:
        case Num() if t.value is not None:
            return replace(t, value=None)
        case Tuple():
            items = tuple(map(without_values, t.items))
            return t if all(a is b for a, b in zip(items, t.items)) else Tuple(items, t.cls)
    return t


def join(a: Type, b: Type) -> Type:
    """The least type that covers both.

    >>> join(FLOAT, INT)
    Num(kind='python', dtype=None, dims=())
    >>> join(FLOAT, Tuple((INT,)))
    Unknown()
    """
    if a == b or isinstance(b, Never):
        return a
    if isinstance(a, Shape) or isinstance(b, Shape):
        return join(_as_tuple(a), _as_tuple(b))
    if isinstance(a, Never):
        return b
    match a, b:
        case Callee() | Choice(), Callee() | Choice():
            values = tuple(dict.fromkeys((*_functions(a), *_functions(b))))
            return Choice(values) if len(values) <= CHOICES else UNKNOWN
        case Num(), Num():
            kind = a.kind if a.kind == b.kind else "number" if a.scalar and b.scalar else None
            return Num(kind, a.dtype if a.dtype == b.dtype else None,
                       _join_dims(a.dims, b.dims))
        case Tuple(), Tuple() if len(a.items) == len(b.items):
            return Tuple(tuple(map(join, a.items, b.items)), a.cls if a.cls is b.cls else None)
        case List(), List():
            return List(join(a.item, b.item))
        case Dict(), Dict() if [k for k, _ in a.items] == [k for k, _ in b.items]:
            return Dict(tuple((k, join(x, y)) for (k, x), (_, y) in zip(a.items, b.items)), a.whole or b.whole)
        case Object(), Object() if a.cls is b.cls and [k for k, _ in a.items] == [k for k, _ in b.items]:
            return Object(a.cls, tuple((k, join(x, y)) for (k, x), (_, y) in zip(a.items, b.items)))
    return UNKNOWN


def _functions(t: Callee | Choice) -> tuple[Any, ...]:
    return t.values if isinstance(t, Choice) else (t.value,)


def _as_tuple(t: Type) -> Type:
    return Tuple(tuple(map(integer, t.dims))) if isinstance(t, Shape) else t


def _join_dims(a: Dims, b: Dims) -> Dims:
    if a is None or b is None or len(a) != len(b):
        return None
    return tuple(x if x == y else None for x, y in zip(a, b))


CUT = -10 ** 6


def cut(d: Dim, bounds: str) -> Dim:
    """The length of a slice with bounds that are known at run time only, as a size of its own: equal for equal bounds, for as
    long as no variable in them is bound again. As lengths do, it stands for max(0, its name's value + CUT)."""
    return None if d is None else Size(f"{d.name}{d.plus:+d}[{bounds}]" if isinstance(d, Size) else f"{d}[{bounds}]", CUT)


def is_cut(d: Dim) -> bool:
    return isinstance(d, Size) and "[" in d.name


def without_cuts(t: Type, names: Collection[str] | None = None) -> Type:
    """The same type without the lengths of such slices, or of those with certain variables in their bounds."""
    def lost(d: Dim) -> bool:
        return isinstance(d, Size) and "[" in d.name and (
            names is None or not set(re.findall(r"\w+", d.name[d.name.index("["):])).isdisjoint(names))

    match t:
        case Num() if t.dims and any(map(lost, t.dims)):
            return replace(t, dims=tuple(None if lost(d) else d for d in t.dims))
        case Tuple():
            items = tuple(without_cuts(x, names) for x in t.items)
            return t if all(a is b for a, b in zip(items, t.items)) else Tuple(items, t.cls)
        case List():
            item = without_cuts(t.item, names)
            return t if item is t.item else List(item)
        case Dict():
            pairs = tuple((k, without_cuts(x, names)) for k, x in t.items)
            return t if pairs == t.items else Dict(pairs, t.whole)
        case Object():
            held = tuple((k, without_cuts(x, names)) for k, x in t.items)
            return t if held == t.items else Object(t.cls, held)
    return t


def many(d: Dim) -> bool:
    """The length is certainly not 1."""
    return (isinstance(d, int) and d != 1) or (isinstance(d, Size) and d.plus == 0)


def broadcast(a: Dims, b: Dims) -> Dims:
    """The dims of an elementwise result (where the program does not fail)."""
    if a is None or b is None:
        return None
    if len(a) < len(b):
        a, b = b, a
    short = (1,) * (len(a) - len(b)) + b
    return tuple(map(_broadcast_dim, a, short))


def _broadcast_dim(x: Dim, y: Dim) -> Dim:
    if x == y or y == 1:
        return x
    if x == 1:
        return y
    if many(x) and not many(y):
        return x
    if many(y) and not many(x):
        return y
    return None


def same_dims(a: Type, b: Type) -> bool:
    """Both certainly have the same shape."""
    return isinstance(a, Num) and isinstance(b, Num) and a.exact and a.dims == b.dims


def same_dtype(a: Type, b: Type) -> bool:
    return isinstance(a, Num) and isinstance(b, Num) and a.dtype is not None and a.dtype == b.dtype
