"""Transfer functions of SciPy's functions."""
from __future__ import annotations

import numpy as np

from ..ir.nodes import Const
from ..ir.types import UNKNOWN, Num, Opaque, Tuple, Type, broadcast
from .shapes import Keywords, Operands, _array, _num, reduced_dims, unknown as unknown
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
    return Num("array" if dims else None, np.dtype(a.dtype).name, dims)


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
