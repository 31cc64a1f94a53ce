"""The part of SPECIALISE about products, shapes, methods and default arguments."""
from __future__ import annotations

from typing import Any

import numpy as np

from ..ir.nodes import Call, Const, Expr, Fn, Method, attr, item, op, tup
from ..ir.types import Num, Type, same_dims
from ..runtime import helpers as h
from .shapes import ABSENT, literal
from .specialise import TypeOf, _arguments, _inexact, _known, _numpy, _of, _real, _shape


# ------------------------------------------------------------------ products
def _dense(*types: Type) -> str | None:
    """The ranks of arrays of one dtype: "12" for a vector and a matrix."""
    ranks = ""
    for t in types:
        if not isinstance(t, Num) or t.kind != "array" or t.dims is None or t.dtype is None:
            return None
        ranks += str(len(t.dims))
    dtypes = {t.dtype for t in types if isinstance(t, Num)}
    return ranks if len(dtypes) == 1 and all(_inexact(t) for t in types) else None


def _transposed(x: Expr) -> Expr:
    return attr(x, "T")


@_of(h.matmul_left, h.dot_left)
def matmul_left(call: Call, type_of: TypeOf) -> Expr | None:
    g, x, y = call.args
    match _dense(type_of(x), type_of(y)):
        case "11":
            return op("mul", g, y)
        case "21":
            return _numpy("outer", g, y)
        case "12":
            return op("matmul", y, g)
        case "22":
            return op("matmul", g, _transposed(y))
    return None


@_of(h.matmul_right, h.dot_right)
def matmul_right(call: Call, type_of: TypeOf) -> Expr | None:
    g, x, y = call.args
    match _dense(type_of(x), type_of(y)):
        case "11":
            return op("mul", g, x)
        case "12":
            return _numpy("outer", x, g)
        case "21" | "22":
            return op("matmul", _transposed(x), g)
    return None


@_of(h.inner_left)
def inner_left(call: Call, type_of: TypeOf) -> Expr | None:
    g, x, y = call.args
    match _dense(type_of(x), type_of(y)):
        case "11":
            return op("mul", g, y)
        case "22" | "12":
            return op("matmul", g, y)
        case "21":
            return _numpy("outer", g, y)
    return None


@_of(h.inner_right)
def inner_right(call: Call, type_of: TypeOf) -> Expr | None:
    g, x, y = call.args
    match _dense(type_of(x), type_of(y)):
        case "11":
            return op("mul", g, x)
        case "12":
            return _numpy("outer", g, x)
        case "21":
            return op("matmul", g, x)
        case "22":
            return op("matmul", _transposed(g), x)
    return None


@_of(h.outer_left)
def outer_left(call: Call, type_of: TypeOf) -> Expr | None:
    g, x, y = call.args
    return op("matmul", g, y) if _dense(type_of(x), type_of(y)) == "11" else None


@_of(h.outer_right)
def outer_right(call: Call, type_of: TypeOf) -> Expr | None:
    g, x, y = call.args
    return op("matmul", x, g) if _dense(type_of(x), type_of(y)) == "11" else None


@_of(h.vdot_left)
def vdot_left(call: Call, type_of: TypeOf) -> Expr | None:
    g, x, y = call.args
    return op("mul", g, y) if _same_real(type_of(x), type_of(y)) else None


@_of(h.vdot_right)
def vdot_right(call: Call, type_of: TypeOf) -> Expr | None:
    g, x, y = call.args
    return op("mul", g, x) if _same_real(type_of(x), type_of(y)) else None


def _same_real(x: Type, y: Type) -> bool:
    return _dense(x, y) is not None and isinstance(x, Num) and isinstance(y, Num) and _real(x) and x.rank == y.rank \
        and x.rank != 0 and (same_dims(x, y) or x.rank == 1)


@_of(h.trace_adjoint)
def trace_adjoint(call: Call, type_of: TypeOf) -> Expr | None:
    """`g * np.eye(n, m)` for the diagonal of a matrix of doubles."""
    g, x, offset, axis1, axis2 = _arguments(call, "g", "x", "offset", "axis1", "axis2")
    assert g is not None and x is not None
    t = type_of(x)
    plain = (offset is None or literal(offset) == 0) and (axis1 is None or (literal(axis1), literal(axis2)) == (0, 1))
    if not _known(t, 2) or not isinstance(t, Num) or t.dtype != "float64" or not plain:
        return None
    return op("mul", g, _numpy("eye", item(_shape(x), Const(0)), item(_shape(x), Const(1))))


# ------------------------------------------------------------------ shapes and methods
@_of(h.unreshape)
def unreshape(call: Call, type_of: TypeOf) -> Expr | None:
    """`np.reshape(g, x.shape)` for arrays."""
    g, x, order = _arguments(call, "g", "x", "order")
    assert g is not None and x is not None
    if not (order is None or literal(order) == "C") or not _known(type_of(x)):
        return None
    return _numpy("reshape", g, _shape(x))


@_of(h.untranspose)
def untranspose(call: Call, type_of: TypeOf) -> Expr | None:
    """`g.T`, or `np.transpose` with the inverse order."""
    g, axes = _arguments(call, "g", "axes")
    assert g is not None
    order = None if axes is None else literal(axes)
    if order is None:
        return _transposed(g) if isinstance(type_of(g), Num) else None
    if order is ABSENT or not isinstance(order, tuple):
        return None
    inverse = np.argsort([i % len(order) for i in order]).tolist()
    return _numpy("transpose", g, tup(*map(Const, inverse)))


@_of(h.copy, h.flatten)
def method(call: Call, type_of: TypeOf) -> Expr | None:
    """`x.copy()` for arrays; numbers need no copy."""
    assert isinstance(call.target, Fn)
    t = type_of(call.args[0])
    if call.target.value is h.copy and isinstance(t, Num) and t.scalar:
        return call.args[0]
    return Call(Method(call.target.name), call.args) if isinstance(t, Num) and t.kind == "array" else None


@_of(h.astype)
def astype(call: Call, type_of: TypeOf) -> Expr | None:
    t = type_of(call.args[0])
    return Call(Method("astype"), call.args) if isinstance(t, Num) and t.kind in ("array", "scalar") else None


@_of(h.converted)
def converted(call: Call, type_of: TypeOf) -> Expr | None:
    """The tangent itself where it has the type of the result."""
    g, z = call.args
    return g if _equal_arrays(type_of(g), type_of(z)) else None


@_of(h.unconverted, h.unarray)
def unconverted(call: Call, type_of: TypeOf) -> Expr | None:
    """The adjoint itself where operand and result have the same type."""
    g, x, z = call.args
    return g if _equal_arrays(type_of(x), type_of(z)) else None


def _equal_arrays(a: Type, b: Type) -> bool:
    return isinstance(a, Num) and a.kind == "array" and isinstance(b, Num) and b.kind == "array" \
        and a.dtype == b.dtype and _inexact(a) and same_dims(a, b)


# ------------------------------------------------------------------ defaults
_DEFAULTS: dict[str, Any] = {"axis": None, "keepdims": False, "order": "C", "dtype": None, "axes": None, "mode": "raise", "k": 0}


@_of(h.negated)
def negated(call: Call, type_of: TypeOf) -> Expr | None:
    """`-shift` for an integer."""
    value = literal(call.args[0])
    if isinstance(value, int):
        return Const(-value)
    t = type_of(call.args[0])
    return op("neg", call.args[0]) if isinstance(t, Num) and t.scalar else None


@_of(np.sum, np.mean, np.prod, np.max, np.min, np.cumsum, np.squeeze, np.flip, np.reshape, np.ravel, np.roll, np.take,
     np.repeat, np.compress, np.tril, np.triu, np.diag)
def defaults(call: Call, type_of: TypeOf) -> Expr | None:
    """The same call without the keyword arguments that say what is so anyway."""
    kwargs = tuple((k, v) for k, v in call.kwargs if not (k in _DEFAULTS and v == Const(_DEFAULTS[k])))
    return Call(call.target, call.args, kwargs) if len(kwargs) < len(call.kwargs) else None


@_of(np.transpose)
def transpose(call: Call, type_of: TypeOf) -> Expr | None:
    """`x.T`."""
    axes = call.args[1] if len(call.args) > 1 else dict(call.kwargs).get("axes", Const(None))
    t = type_of(call.args[0])
    return _transposed(call.args[0]) if axes == Const(None) and isinstance(t, Num) and t.kind == "array" else None
