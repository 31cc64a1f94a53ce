"""Transfer functions of operations that move, join, select and multiply."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..ir.nodes import Build, Const
from ..ir.promotion import elementwise
from ..ir.types import UNKNOWN, Dim, Dims, List, Num, Tuple, Type, broadcast
from .dims import first_known, product, reshaped, total
from .shapes import (
    Keywords, Operands, _array, _num, _result_type, _tried, axes_of, dims_of, dtype_of, literal,
)


# ------------------------------------------------------------------ shapes and orders
def reshape(operands: Operands, keywords: Keywords) -> Type:
    x, shape = _num(operands["x"]), keywords.get("shape")
    if x is None:
        return UNKNOWN
    items = shape.items if isinstance(shape, Build) else (shape,)
    inferred = next((i for i, e in enumerate(items) if literal(e) == -1), None)
    return _array(x.dtype, reshaped(x.dims, dims_of(shape), inferred))


def ravel(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands["x"])
    return UNKNOWN if x is None else _array(x.dtype, (product(x.dims),))


def squeeze(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands["x"])
    if x is None or x.kind != "array" or x.dims is None:
        return UNKNOWN
    axis = keywords.get("axis", Const(None))
    if literal(axis) is None:
        known = all(isinstance(d, int) or d is not None and d.plus == 0 for d in x.dims)
        return _array(x.dtype, tuple(d for d in x.dims if d != 1) if known else None)
    axes = axes_of(axis, len(x.dims))
    return _array(x.dtype, None if axes is None else tuple(d for i, d in enumerate(x.dims) if i not in axes))


def expand_dims(operands: Operands, keywords: Keywords) -> Type:
    x, axis = _num(operands["x"]), literal(keywords.get("axis"))
    if x is None:
        return UNKNOWN
    count = len(axis) if isinstance(axis, tuple) else 1
    axes = axes_of(keywords.get("axis"), None if x.dims is None else len(x.dims) + count)
    if x.dims is None or axes is None:
        return _array(x.dtype, None)
    rest = iter(x.dims)
    return _array(x.dtype, tuple(1 if i in axes else next(rest) for i in range(len(x.dims) + count)))


def atleast_1d(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands["x"])
    return UNKNOWN if x is None else _array(x.dtype, (1,) if x.dims == () else x.dims)


def _permuted(x: Num | None, order: Any) -> Type:
    if x is None:
        return UNKNOWN
    return replace(x, dims=None if x.dims is None or order is None else tuple(x.dims[i] for i in order),
                   kind=x.kind if x.kind == "array" else None)


def transpose(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands["x"])
    axes = keywords.get("axes", Const(None))
    rank = None if x is None or x.dims is None else len(x.dims)
    if rank is not None and literal(axes) is None:
        return _permuted(x, range(rank)[::-1])
    return _permuted(x, axes_of(axes, rank))


def untranspose(operands: Operands, keywords: Keywords) -> Type:
    g = _num(operands["g"])
    axes = keywords.get("axes", Const(None))
    rank = None if g is None or g.dims is None else len(g.dims)
    if rank is not None and literal(axes) is None:
        return _permuted(g, range(rank)[::-1])
    order = axes_of(axes, rank)
    return _permuted(g, None if order is None else np.argsort(order).tolist())


def _reordered(x: Num | None, move: Any) -> Type:
    """The order of axes found by moving those of a small array whose lengths tell them apart."""
    if x is None or x.dims is None:
        return _permuted(x, None)
    try:
        return _permuted(x, [n - 1 for n in move(np.zeros(tuple(range(1, len(x.dims) + 1)), np.int8)).shape])
    except (TypeError, ValueError):
        return _permuted(x, None)


def moveaxis(operands: Operands, keywords: Keywords) -> Type:
    source, destination = literal(keywords.get("source")), literal(keywords.get("destination"))
    return _reordered(_num(operands["x"]), lambda a: np.moveaxis(a, source, destination))


def swapaxes(operands: Operands, keywords: Keywords) -> Type:
    first, second = literal(keywords.get("axis1")), literal(keywords.get("axis2"))
    return _reordered(_num(operands["x"]), lambda a: np.swapaxes(a, first, second))


def same_shape(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands["x"])
    return UNKNOWN if x is None else replace(x, kind=x.kind if x.kind == "array" else None)


def broadcast_to(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands["x"])
    return UNKNOWN if x is None else _array(x.dtype, dims_of(keywords.get("shape")))


# ------------------------------------------------------------------ joined
def _parts(t: Type) -> tuple[list[Num] | None, Dim]:
    """The entries of a tuple or list, or one that stands for all of them, and how many they are."""
    items: Any = t.items if isinstance(t, Tuple) else (t.item,) if isinstance(t, List) else ()
    if not items or not all(isinstance(a, Num) for a in items):
        return None, None
    return list(items), len(items) if isinstance(t, Tuple) else None


def _common(nums: list[Num]) -> Dims:
    """The dims that entries of equal shape have."""
    known = [a.dims for a in nums if a.dims is not None]
    if not known or len({len(d) for d in known}) > 1:
        return None
    return tuple(first_known(d) for d in zip(*known))


def concatenate(operands: Operands, keywords: Keywords) -> Type:
    nums, many = _parts(operands["parts"])
    if nums is None:
        return UNKNOWN
    dims = _common(nums)
    axis = keywords.get("axis", Const(0))
    if literal(axis) is None:
        return _array(_result_type(nums), (None,))
    axes = axes_of(axis, None if dims is None else len(dims))
    if dims is None or axes is None:
        return _array(_result_type(nums), None)
    along = axes[0]
    length = None if many is None or any(a.dims is None for a in nums) else total(
        a.dims[along] for a in nums if a.dims is not None)
    return _array(_result_type(nums), dims[:along] + (length,) + dims[along + 1:])


def stack(operands: Operands, keywords: Keywords) -> Type:
    nums, many = _parts(operands["parts"])
    if nums is None:
        return UNKNOWN
    dims = _common(nums)
    axes = axes_of(keywords.get("axis", Const(0)), None if dims is None else len(dims) + 1)
    if dims is None or axes is None:
        return _array(_result_type(nums), None)
    return _array(_result_type(nums), dims[:axes[0]] + (many,) + dims[axes[0]:])


def array(operands: Operands, keywords: Keywords) -> Type:
    """np.array of a number, an array, or nested lists and tuples of numbers."""
    found = _nested(operands["x"])
    return _array(dtype_of(keywords.get("dtype"), found.dtype if found else None), found.dims if found else None)


def _nested(t: Type) -> Num | None:
    if isinstance(t, Num):
        return t
    if isinstance(t, List):
        inner = _nested(t.item)
        return inner and Num("array", inner.dtype, None if inner.dims is None else (None, *inner.dims))
    if isinstance(t, Tuple) and t.items:
        inners = [_nested(item) for item in t.items]
        nums = [a for a in inners if a is not None]
        if len(nums) == len(inners):
            dims = _common(nums) if all(a.dims is not None for a in nums) else None
            return Num("array", _result_type(nums), None if dims is None else (len(nums), *dims))
    return None


# ------------------------------------------------------------------ copied and converted
def copied(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands["x"])
    return UNKNOWN if x is None else _array(x.dtype, x.dims)


def astype(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands["x"])
    return UNKNOWN if x is None else replace(x, dtype=dtype_of(keywords.get("dtype"), None))


def item(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands["x"])
    kinds = {"f": "float64", "i": "int64", "u": "int64", "b": "bool", "c": "complex128"}
    return Num("python", None if x is None or x.dtype is None else kinds.get(np.dtype(x.dtype).kind), ())


# ------------------------------------------------------------------ products
def _pair(operands: Operands) -> tuple[Num | None, Num | None]:
    return _num(operands["x"]), _num(operands["y"])


def _product(x: Num, y: Num, dims: Dims) -> Type:
    return Num("array" if dims else "scalar" if dims == () else None, _tried(np.multiply, x, y), dims)


def matmul(operands: Operands, keywords: Keywords) -> Type:
    x, y = _pair(operands)
    if x is None or y is None:
        return UNKNOWN
    if not x.dims or not y.dims:
        return _product(x, y, None)
    batch = broadcast(x.dims[:-2], y.dims[:-2])
    return _product(x, y, None if batch is None else batch + x.dims[-2:-1] + (y.dims[-1:] if len(y.dims) > 1 else ()))


def dot(operands: Operands, keywords: Keywords) -> Type:
    x, y = _pair(operands)
    if x is None or y is None:
        return UNKNOWN
    if x.dims == () or y.dims == ():
        return replace(elementwise(np.multiply, (x, y)), kind=None)  # type: ignore[type-var]
    if x.dims is None or y.dims is None:
        return _product(x, y, None)
    return _product(x, y, x.dims[:-1] + y.dims[:-2] + (y.dims[-1:] if len(y.dims) > 1 else ()))


def inner(operands: Operands, keywords: Keywords) -> Type:
    x, y = _pair(operands)
    if x is None or y is None or not x.dims or not y.dims:
        return UNKNOWN
    return _product(x, y, x.dims[:-1] + y.dims[:-1])


def outer(operands: Operands, keywords: Keywords) -> Type:
    x, y = _pair(operands)
    return UNKNOWN if x is None or y is None else _product(x, y, (product(x.dims), product(y.dims)))


def vdot(operands: Operands, keywords: Keywords) -> Type:
    x, y = _pair(operands)
    return UNKNOWN if x is None or y is None else _product(x, y, ())


def trace(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands["x"])
    if x is None or x.dims is None:
        return UNKNOWN
    axes = axes_of(Build("tuple", (keywords.get("axis1", Const(0)), keywords.get("axis2", Const(1)))), len(x.dims))
    dims = None if axes is None else tuple(d for i, d in enumerate(x.dims) if i not in axes)
    return Num("array" if dims else "scalar" if dims == () else None, _tried(np.sum, x), dims)
