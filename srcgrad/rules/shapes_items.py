"""Transfer functions of subscripts, and of the helpers on adjoints."""
from __future__ import annotations

import operator
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np

from ..ir.nodes import Build, Const, Expr, Global, Slice
from ..ir.promotion import elementwise
from ..ir.types import INT, UNKNOWN, Dict, Dim, Dims, List, Never, Num, Opaque, Size, Tuple, Type, broadcast, cut, join
from .dims import sliced
from .shapes import ABSENT, Keywords, KnownInt, Operands, Transfer, _num, literal


# ------------------------------------------------------------------ subscripts
def getitem(operands: Operands, keywords: Keywords) -> Type:
    """`x[key]` of containers and arrays."""
    x, key, at = operands["x"], operands["key"], keywords.get("key")
    match x:
        case Tuple():
            return _of_tuple(x, at)
        case List():
            return x.item if _integer(key) else x if isinstance(at, Slice) else UNKNOWN
        case Dict():
            value = literal(at)
            return next((t for k, t in x.items if type(k) is type(value) and k == value), UNKNOWN)
        case Num(kind="array"):
            return _of_array(x, key, at)
        case Num() if _has_slice(at):
            return Num("array", x.dtype, None)
    return UNKNOWN


def _has_slice(at: Expr | None) -> bool:
    """The result is an array, whatever else is in the subscript."""
    return any(isinstance(e, Slice) for e in (at.items if isinstance(at, Build) else (at,)))


def _of_tuple(x: Tuple, at: Expr | None) -> Type:
    value = literal(at)
    if isinstance(value, int) and -len(x.items) <= value < len(x.items):
        return x.items[value]
    if isinstance(at, Slice):
        bounds = [None if e is None else literal(e) for e in (at.lower, at.upper, at.step)]
        return UNKNOWN if ABSENT in bounds else Tuple(x.items[slice(*bounds)])
    return UNKNOWN


def _integer(t: Type) -> bool:
    return isinstance(t, Num) and t.scalar and t.dtype is not None and np.dtype(t.dtype).kind in "iu"


def _of_array(x: Num, key: Type, at: Expr | None) -> Type:
    anything = Num("array" if _has_slice(at) else None, x.dtype, None)
    types = key.items if isinstance(key, Tuple) else (key,)
    parts = at.items if isinstance(at, Build) else (at,) if len(types) == 1 and not isinstance(key, Tuple) \
        else (None,) * len(types)
    if x.dims is None or len(parts) != len(types):
        return anything
    if len(types) == 1 and isinstance(key, Num) and key.kind == "array" and key.dims and _whole(key):
        return Num("array", x.dtype, key.dims + x.dims[1:])
    forms = [_form(t, e) for t, e in zip(types, parts)]
    if None in forms:
        return anything
    used = sum(f in ("int", "slice") for f in forms)
    if used > len(x.dims) or forms.count("...") > 1:
        return anything
    dims = _selected(list(x.dims), forms, parts, used)
    scalar = all(f == "int" for f in forms) and used == len(x.dims)
    return Num("scalar" if scalar else "array", x.dtype, dims)


def _whole(key: Num) -> bool:
    return key.dtype is not None and np.dtype(key.dtype).kind in "iu"


def _form(t: Type, e: Expr | None) -> str | None:
    """What one part of a subscript is: "int", "slice", "new", "..." or None where it is not known."""
    if isinstance(e, Slice) or t == Opaque("slice"):
        return "slice"
    if isinstance(e, Const) and (e.value is None or e.value is Ellipsis):
        return "new" if e.value is None else "..."
    if isinstance(e, Const):
        return "int" if isinstance(e.value, int) and not isinstance(e.value, bool) else None
    return "int" if _integer(t) else None


def _selected(rest: list[Dim], forms: list[str | None], parts: tuple[Expr | None, ...], used: int) -> Dims:
    out: list[Dim] = []
    for form, e in zip(forms, parts):
        if form == "new":
            out.append(1)
        elif form == "...":
            kept = len(rest) - sum(f in ("int", "slice") for f in forms[forms.index("...") + 1:])
            out += rest[:kept]
            rest = rest[kept:]
        elif form == "int":
            rest = rest[1:]
        else:
            out.append(_slice_length(rest[0], e))
            rest = rest[1:]
    return tuple(out + rest)


def _slice_length(d: Dim, e: Expr | None) -> Dim:
    if not isinstance(e, Slice):
        return None
    if isinstance(e.upper, KnownInt) and isinstance(e.upper.value, Size) and d == e.upper.value and e.step is None:
        e = Slice(e.lower, None)
    bounds = [None if b is None else _bound(b, d) for b in (e.lower, e.upper, e.step)]
    found = sliced(d, *bounds) if all(b is None or isinstance(b, int) for b in bounds) else None
    if found is not None:
        return found
    spelled = [_spelled(b) for b in (e.lower, e.upper, e.step)]
    return None if None in spelled else cut(d, ":".join(map(str, spelled)))


def _spelled(e: Expr | None) -> str | None:
    """A bound of a slice, by the names in it."""
    match e:
        case None:
            return ""
        case Const(int() as value):
            return str(value)
        case KnownInt(Size(name, plus)):
            return f"{name}{plus:+d}"
    name = getattr(e, "name", None)  # of a variable, before the statement at hand
    return name if isinstance(name, str) and not isinstance(e, Global) and not getattr(e, "out", False) else None


def _bound(e: Expr, d: Dim) -> Any:
    """A bound of a slice of an axis of length d: `n - 1` is -1 where d is n."""
    if isinstance(e, KnownInt) and isinstance(e.value, Size) and isinstance(d, Size) and (
            e.value.name == d.name and e.value.plus < d.plus):
        return e.value.plus - d.plus  # both are at least 0: a size that is an int's value is no less than n - 2
    return literal(e)


def one_of(operands: Operands, keywords: Keywords) -> Type:
    """What `max(*values)` gives: one of them, or of the entries of the only one."""
    values = operands["values"]
    if not isinstance(values, Tuple) or not values.items:
        return UNKNOWN
    if len(values.items) > 1:
        return reduce(join, values.items)
    match values.items[0]:
        case List(item):
            return item
        case Tuple(items) if items:
            return reduce(join, items)
    return UNKNOWN


def quotient_and_remainder(operands: Operands, keywords: Keywords) -> Type:
    pair = operands["x"], operands["y"]
    return Tuple((elementwise(operator.floordiv, pair), elementwise(operator.mod, pair)))


# ------------------------------------------------------------------ helpers on adjoints
def adjoint_type(t: Type) -> Type:
    """The type of the zero adjoint of a value."""
    match t:
        case Num():
            return replace(t, dtype="float64" if t.discrete else t.dtype)
        case Tuple():
            return Tuple(tuple(map(adjoint_type, t.items)))
        case List():
            return List(adjoint_type(t.item))
        case Dict():
            return Dict(tuple((k, adjoint_type(v)) for k, v in t.items))
    return t if isinstance(t, Never) else UNKNOWN


def zeros_like(operands: Operands, keywords: Keywords) -> Type:
    return adjoint_type(operands["0"]) if "0" in operands else UNKNOWN


def adjoint_of(name: str) -> Transfer:
    """In the shape and dtype of an operand; a number of either kind for a number."""
    def transfer(operands: Operands, keywords: Keywords) -> Type:
        return _either_kind(adjoint_type(operands[name]))
    return transfer


def _either_kind(t: Type, kinds: tuple[str, ...] = ("scalar",)) -> Type:
    match t:
        case Num() if t.kind in kinds:
            return replace(t, kind="number")
        case Tuple():
            return Tuple(tuple(_either_kind(item, ("scalar", "python")) for item in t.items))
        case List():
            return List(_either_kind(t.item, ("scalar", "python")))
    return t


def same_as(name: str) -> Transfer:
    """The type of an operand."""
    return lambda operands, keywords: operands[name]


def shape_of(shape: str, dtype: str) -> Transfer:
    """In the shape of one operand and the dtype of another."""
    def transfer(operands: Operands, keywords: Keywords) -> Type:
        x, g = _num(operands[shape]), _num(operands[dtype])
        if x is None or g is None:
            return UNKNOWN
        return Num("array" if x.dims else None, g.dtype if not g.discrete else None, x.dims)
    return transfer


def first(name: str) -> Transfer:
    """In the shape and dtype of an operand, as a number of either kind where that is a number."""
    def transfer(operands: Operands, keywords: Keywords) -> Type:
        t = _num(operands[name])
        return UNKNOWN if t is None else t if t.dims else replace(t, kind=None)
    return transfer


def expand(operands: Operands, keywords: Keywords) -> Type:
    x, g = _num(operands["x"]), _num(operands["g"])
    if x is None or g is None:
        return UNKNOWN
    return Num("array" if x.dims or x.dims == () and x.kind == "array" else "scalar" if x.scalar else None, g.dtype, x.dims)


def masked(operands: Operands, keywords: Keywords) -> Type:
    e, b = _num(operands["e"]), _num(operands["b"])
    if e is None or b is None:
        return UNKNOWN
    dims = broadcast(e.dims, b.dims)
    return Num("array" if dims else None, e.dtype, dims)


def added(operands: Operands, keywords: Keywords) -> Type:
    """Adjoints of one structure."""
    return _sum(operands["a"], operands["b"])


def _sum(a: Type, b: Type) -> Type:
    match a, b:
        case List(), List():
            return List(_sum(a.item, b.item))
        case Tuple(), Tuple() if len(a.items) == len(b.items):
            return Tuple(tuple(map(_sum, a.items, b.items)))
        case (Never(), _) | (_, Never()):
            return join(a, b)
        case Num(), Num():
            return elementwise(operator.add, (a, b))
    return UNKNOWN


def copied_helper(operands: Operands, keywords: Keywords) -> Type:
    return operands["x"]


def list_of(operands: Operands, keywords: Keywords) -> Type:
    """list(x)."""
    t = operands["x"]
    if isinstance(t, Tuple):
        return List(reduce(join, t.items, Never()))
    if isinstance(t, Num) and t.kind == "array" and t.dims:
        return List(Num("scalar" if len(t.dims) == 1 else "array", t.dtype, t.dims[1:]))
    return t if isinstance(t, List) else List(INT) if t == Opaque("range") else List(UNKNOWN)


def tuple_of(operands: Operands, keywords: Keywords) -> Type:
    """tuple(x)."""
    return operands["x"] if isinstance(operands["x"], Tuple) else UNKNOWN


def bounds(operands: Operands, keywords: Keywords) -> Type:
    """Two ints."""
    return Tuple((INT, INT))


def keys_of(operands: Operands, keywords: Keywords) -> Type:
    """The keys of a dict, as a list."""
    t = operands["0"]
    kinds = {type(key) for key, _ in t.items} if isinstance(t, Dict) else set()
    return List(Opaque("str") if kinds == {str} else INT if kinds == {int} else UNKNOWN)


def sequence(operands: Operands, keywords: Keywords) -> Type:
    """What a loop over a value goes through."""
    return operands["x"] if isinstance(operands["x"], Num | List | Tuple) else UNKNOWN


def places(operands: Operands, keywords: Keywords) -> Type:
    """A list of integers."""
    return List(INT)


def joined(operands: Operands, keywords: Keywords) -> Type:
    """The items of several lists in one."""
    parts = operands["parts"]
    items = [t.item if isinstance(t, List) else UNKNOWN for t in (parts.items if isinstance(parts, Tuple) else (UNKNOWN,))]
    return List(reduce(join, items))


def joined_parts(operands: Operands, keywords: Keywords) -> Type:
    """The same, of a tuple of lists."""
    return joined({"parts": operands["t"]}, keywords)


def merged(operands: Operands, keywords: Keywords) -> Type:
    """The items of several dicts in one."""
    parts = operands["parts"]
    found: dict[Any, Type] = {}
    for t in parts.items if isinstance(parts, Tuple) else (UNKNOWN,):
        if not isinstance(t, Dict):
            return UNKNOWN
        found |= dict(t.items)
    return Dict(tuple(found.items()), True)


def total_of(operands: Operands, keywords: Keywords) -> Type:
    """sum(values): 0 + v + v + ..., or 0 where there are none."""
    t = list_of({"x": operands["values"]}, keywords)
    item = t.item if isinstance(t, List) else UNKNOWN
    if not isinstance(item, Num) or not item.scalar:
        return UNKNOWN
    return join(INT, elementwise(operator.add, (item, item)))
