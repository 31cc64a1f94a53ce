"""Transfer functions: the type of a result from the types of the operands.

Each takes `operands`, the types of the operands by their names in the rule, and `keywords`, the expressions of operands
and keywords by name (for a constant rule positional arguments are named "0", "1", ...). `Size("n", -4)` stands for
max(0, n - 4), which is what slicing gives. UNKNOWN is always sound; what is stated is exact.
"""
from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np

from ..ir.nodes import Build, Call, Const, Expr, Global, Operator
from ..ir.promotion import _result_dtype, elementwise
from ..ir.record import dataclass
from ..ir.types import BOOL, FLOAT, INT, UNKNOWN, Dim, Dims, Num, Opaque, Shape, Tuple, Type, broadcast, is_int
from .dims import product

Operands = dict[str, Type]
Keywords = dict[str, Expr]
Transfer = Callable[[Operands, Keywords], Type]

ABSENT = object()  # what `literal` gives for an expression whose value is not known


# ------------------------------------------------------------------ reading arguments
def literal(e: Expr | None) -> Any:
    """The value of an expression that is a literal (tuples and lists of them included), else ABSENT.

    >>> literal(Build("tuple", (Const(0), Const(1))))
    (0, 1)
    """
    match e:
        case Const():
            return e.value
        case Build("tuple" | "list", items):
            values = tuple(map(literal, items))
            return ABSENT if ABSENT in values else values
        case Call(Operator("neg"), (Const(value=builtins.int() as value),)):
            return -value
    return ABSENT


@dataclass(frozen=True)
class KnownShape(Expr):
    """Stands in a call for an expression whose value is known to be an array's shape."""

    dims: tuple[Dim, ...]


@dataclass(frozen=True)
class KnownInt(Expr):
    """Stands in a call for an int whose value is a length, or (None) not known."""

    value: Dim


def dims_of(e: Expr | None) -> Dims:
    """The dims a shape argument says: None where the rank is not known, unknown dims where an entry is not known."""
    if isinstance(e, KnownShape):
        return e.dims
    if isinstance(e, Build):
        return tuple(map(_length, e.items))
    return (_length(e),) if isinstance(e, KnownInt) or isinstance(literal(e), int) else None


def _length(e: Expr) -> Dim:
    if isinstance(e, KnownInt):
        return e.value
    value = literal(e)
    return value if isinstance(value, int) and value >= 0 else None


def dtype_of(e: Expr | None, default: str | None) -> str | None:
    """The dtype an argument names: `default` for None or no argument, None where it is not known."""
    value = None if e is None else literal(e)
    if isinstance(e, Global):  # of other values code does not notice that they become others
        value = e.value if isinstance(e.value, type) else ABSENT
    if value is None:
        return default
    if value is ABSENT or isinstance(value, np.ndarray):
        return None
    try:
        return np.dtype(value).name
    except TypeError:
        return None


def axes_of(e: Expr | None, rank: int | None) -> tuple[int, ...] | None:
    """The axes an argument names, from 0; None where they are not known."""
    value = literal(e)
    if rank is None or value is ABSENT or value is None:
        return None
    axes = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(i, int) and -rank <= i < rank for i in axes):
        return None
    return tuple(i % rank for i in axes)


def _num(t: Type | None) -> Num | None:
    return t if isinstance(t, Num) else None


def _array(dtype: str | None, dims: Dims) -> Num:
    return Num("array", dtype, dims)


def _tried(function: Callable[..., Any], *args: Num) -> str | None:
    if any(a.dtype is None or a.kind is None for a in args):
        return None
    return _result_dtype(function, args)[0]


def _result_type(nums: list[Num]) -> str | None:
    """The dtype of an array that holds them all (Python numbers count as arrays of their own)."""
    names = [a.dtype for a in nums]
    return None if None in names or not names else np.result_type(*map(np.dtype, names)).name


# ------------------------------------------------------------------ Python's kinds
def _always(t: Type) -> Transfer:
    return lambda operands, keywords: t


python_float = _always(FLOAT)
python_complex = _always(Num("python", "complex128", ()))
python_int = _always(INT)
python_bool = _always(BOOL)
opaque = _always(Opaque("value"))
unknown = _always(UNKNOWN)


def round_(operands: Operands, keywords: Keywords) -> Type:
    """`round(x)` is an int, `round(x, 2)` of x's kind."""
    if operands.get("0") == FLOAT or is_int(operands.get("0", UNKNOWN)):
        return operands["0"] if len(operands) + len(keywords.keys() - operands.keys()) > 1 else INT
    return UNKNOWN


# ------------------------------------------------------------------ element by element
def elementwise_of(function: Callable[..., Any]) -> Transfer:
    """Of a function whose operands come by position."""
    def transfer(operands: Operands, keywords: Keywords) -> Type:
        if {"out", "dtype", "where"} & keywords.keys():
            return UNKNOWN
        return elementwise(function, tuple(operands.values()))
    return transfer


def clip(operands: Operands, keywords: Keywords) -> Type:
    x, low, high = operands["x"], operands["min"], operands["max"]
    if isinstance(low, Opaque) or isinstance(high, Opaque):
        return elementwise(np.maximum, (x, low if isinstance(high, Opaque) else high))
    return elementwise(np.clip, (x, low, high))


def where(operands: Operands, keywords: Keywords) -> Type:
    """An array always, also of no dimensions."""
    mask, x, y = (_num(operands[name]) for name in ("mask", "x", "y"))
    if mask is None or x is None or y is None:
        return UNKNOWN
    return _array(_tried(np.where, BOOL, x, y), broadcast(mask.dims, broadcast(x.dims, y.dims)))


def where_helper(operands: Operands, keywords: Keywords) -> Type:
    """np.where, but a number for numbers."""
    t, x, y = where(operands, keywords), operands["x"], operands["y"]
    if not isinstance(t, Num) or t.dims:
        return t
    return Num(None, t.dtype if isinstance(x, Num) and isinstance(y, Num) and x.dtype == y.dtype else None, t.dims)


def real_part(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands["x"])
    return UNKNOWN if x is None else Num(x.kind, None if x.dtype is None else np.zeros(1, x.dtype).real.dtype.name,
                                         x.dims)


# ------------------------------------------------------------------ reductions
def reduced_dims(dims: Dims, axis: Expr | None, keepdims: Expr | None) -> Dims:
    """The dims that are left."""
    keep = literal(keepdims) if keepdims is not None else False
    if keep is ABSENT:
        return None
    if axis is None or literal(axis) is None:
        return () if not keep else None if dims is None else (1,) * len(dims)
    if dims == ():
        return ()
    axes = axes_of(axis, None if dims is None else len(dims))
    if axes is None or dims is None:
        return None
    return tuple(1 if i in axes else n for i, n in enumerate(dims) if keep or i not in axes)


def reduction(function: Callable[..., Any]) -> Transfer:
    """Of `function(x, axis, keepdims=...)`."""
    def transfer(operands: Operands, keywords: Keywords) -> Type:
        x = _num(operands["x"])
        if x is None:
            return UNKNOWN
        dims = reduced_dims(x.dims, keywords.get("axis"), keywords.get("keepdims"))
        kept = literal(keywords.get("keepdims", Const(False)))
        kind = "array" if dims else "scalar" if dims == () and kept is False else None
        return Num(kind, _tried(function, x), dims)
    return transfer


def reduced(function: Callable[..., Any]) -> Transfer:
    """The same for a constant rule."""
    def transfer(operands: Operands, keywords: Keywords) -> Type:
        if "0" not in operands or keywords.keys() - {"0", "1", "axis", "keepdims"}:
            return UNKNOWN
        named = {"axis": keywords.get("axis", keywords.get("1", Const(None))),
                 "keepdims": keywords.get("keepdims", Const(False))}
        t = reduction(function)({"x": operands["0"]}, named)
        return Num(None, t.dtype, t.dims) if isinstance(t, Num) and t.dims == () else t
    return transfer


def cumulative(function: Callable[..., Any]) -> Transfer:
    """Of `np.cumsum(x, axis)`, which flattens where axis is None."""
    def transfer(operands: Operands, keywords: Keywords) -> Type:
        x = _num(operands["x"])
        if x is None:
            return UNKNOWN
        axis = literal(keywords.get("axis", Const(None)))
        dims = (product(x.dims),) if axis is None or x.dims == () else None if axis is ABSENT else x.dims
        return _array(_tried(function, x), dims)
    return transfer


def norm(operands: Operands, keywords: Keywords) -> Type:
    return reduction(np.linalg.norm)(operands, keywords)


# ------------------------------------------------------------------ made from sizes
def filled(operands: Operands, keywords: Keywords) -> Type:
    """np.zeros(shape, dtype)."""
    shape = keywords.get("shape", keywords.get("0"))
    return _array(dtype_of(keywords.get("dtype", keywords.get("1")), "float64"), dims_of(shape))


def filled_like(operands: Operands, keywords: Keywords) -> Type:
    """np.zeros_like(x, dtype)."""
    x = _num(operands.get("0"))
    if x is None or "shape" in keywords:
        return UNKNOWN
    return _array(dtype_of(keywords.get("dtype", keywords.get("1")), x.dtype), x.dims)


def full(operands: Operands, keywords: Keywords) -> Type:
    """np.full(shape, x, dtype)."""
    x = _num(operands["x"])
    return _array(dtype_of(keywords.get("dtype"), x.dtype if x else None), dims_of(keywords.get("shape")))


def like(operands: Operands, keywords: Keywords) -> Type:
    """np.full_like(like, x, dtype)."""
    t = _num(operands["like"])
    return UNKNOWN if t is None else _array(dtype_of(keywords.get("dtype"), t.dtype), t.dims)


def eye(operands: Operands, keywords: Keywords) -> Type:
    rows = dims_of(keywords.get("0", keywords.get("N"))) or (None,)
    columns = keywords.get("1", keywords.get("M", Const(None)))
    width = rows if literal(columns) is None else dims_of(columns) or (None,)
    return _array(dtype_of(keywords.get("dtype", keywords.get("3")), "float64"), rows + width)


def identity(operands: Operands, keywords: Keywords) -> Type:
    rows = dims_of(keywords.get("0", keywords.get("n"))) or (None,)
    return _array(dtype_of(keywords.get("dtype", keywords.get("1")), "float64"), rows + rows)


def arange(operands: Operands, keywords: Keywords) -> Type:
    bounds = operands["bounds"]
    if not isinstance(bounds, Tuple):
        return _array(dtype_of(keywords.get("dtype"), None), (None,))
    values = literal(keywords.get("bounds"))
    known = values is not ABSENT and values is not None and all(isinstance(v, int) for v in values)
    length: Dim = len(range(*values)) if known else None
    match keywords.get("bounds"):
        case Build(items=(KnownInt(value),)) | Build(items=(Const(0), KnownInt(value))):
            length = value
    nums = [t for t in bounds.items if isinstance(t, Num)]
    found = _tried(np.arange, *nums) if len(nums) == len(bounds.items) else None
    return _array(dtype_of(keywords.get("dtype"), found), (length,))


def shape(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands.get("0"))
    return UNKNOWN if x is None or x.dims is None else Shape(x.dims)
