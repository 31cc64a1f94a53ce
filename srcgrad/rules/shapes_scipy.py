"""Transfer functions of SciPy's functions."""
from __future__ import annotations

import numpy as np

from ..ir.nodes import Const
from ..ir.types import UNKNOWN, Num, Opaque, Tuple, Type, broadcast
from .shapes import Keywords, Operands, Transfer, _array, _num, literal, reduced_dims, unknown as unknown
from .shapes_items import adjoint_of
from .shapes_linalg import _dtype

parts = adjoint_of("parts")


def broadcast_floats(operands: Operands, keywords: Keywords) -> Type:
    """Elementwise, in double precision; the dtype is not said where it may be another."""
    nums = [_num(t) for t in operands.values() if t != Opaque("None")]
    if None in nums or not nums:
        return UNKNOWN
    dims = nums[0].dims  # type: ignore[union-attr]
    for x in nums[1:]:
        dims = broadcast(dims, x.dims)  # type: ignore[union-attr]
    return Num("array" if dims else None, None, dims)


def same_float(operands: Operands, keywords: Keywords) -> Type:
    """In x's shape, and dtype where that is a float."""
    x = _num(operands["x"])
    if x is None or x.kind != "array" or not x.dims:
        return UNKNOWN
    known = x.dtype in ("float32", "float64")
    return _array(x.dtype if known else None, x.dims)


def logsumexp(operands: Operands, keywords: Keywords) -> Type:
    a, b = _num(operands["a"]), operands["b"]
    if a is None or b != Opaque("None") or a.dtype not in ("float32", "float64") or not a.dims:
        return UNKNOWN
    dims = reduced_dims(a.dims, keywords.get("axis", Const(None)), keywords.get("keepdims"))
    kind = "array" if dims else "scalar" if dims == () and literal(keywords.get("keepdims", Const(False))) is False else None
    return Num(kind, np.dtype(a.dtype).name, dims)


def distribution(operands: Operands, keywords: Keywords) -> Type:
    """Elementwise, and of double precision for doubles and Python's numbers."""
    found = broadcast_floats(operands, keywords)
    nums = [_num(t) for t in operands.values() if t != Opaque("None")]
    double = all(x is not None and x.dtype in ("float64", "int64") for x in nums)
    if not isinstance(found, Num) or not double:
        return found
    return Num("array" if found.dims else "scalar" if found.dims == () and all(
        x is not None and x.scalar for x in nums) else None, "float64", found.dims)


def solved(name: str) -> Transfer:
    """In the shape of the right-hand side of a system with one matrix."""
    def transfer(operands: Operands, keywords: Keywords) -> Type:
        a, b = _num(operands[name]), _num(operands["b"])
        if a is None or b is None or a.dims is None or len(a.dims) != 2 or b.dims is None or len(b.dims) not in (1, 2):
            return UNKNOWN
        return _array(_dtype(a, b), b.dims)
    return transfer


def lu(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands["x"])
    if x is None or x.dims is None or len(x.dims) != 2 or x.dims[0] != x.dims[1] or x.dims[0] is None:
        return UNKNOWN
    factor = _array(_dtype(x), x.dims)
    return Tuple((_array(None, x.dims), factor, factor))


def sylvester(operands: Operands, keywords: Keywords) -> Type:
    """In q's shape."""
    a, b, q = (_num(operands[name]) for name in ("a", "b", "q"))
    return UNKNOWN if a is None or b is None or q is None else _array(_dtype(a, b, q), q.dims)
