"""What helper calls become once types are known: the expression that a person would write.

`SPECIALISE[function](call, type_of)` gives a simpler expression of equal value, shape and dtype for a call of a helper
in generated code, or None. `type_of` gives the type of any expression, UNKNOWN where nothing is known. The result may
share memory with an operand where the call did not: `unbroadcast(b_z, x)` becomes `b_z`.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..ir.nodes import Call, Const, Expr, Fn, Global, Slice, attr, item, op, tup
from ..ir.types import Num, Type, same_dims
from ..runtime import helpers as h
from .shapes import axes_of, literal

TypeOf = Callable[[Expr], Type]
Specialise = Callable[[Call, TypeOf], "Expr | None"]

SPECIALISE: dict[Any, Specialise] = {}


def _of(*functions: Any) -> Callable[[Specialise], Specialise]:
    def register(rewrite: Specialise) -> Specialise:
        for function in functions:
            SPECIALISE[function] = rewrite
        return rewrite
    return register


def _numpy(name: str, *args: Expr, **kwargs: Expr) -> Call:
    return Call(Fn("numpy", name, getattr(np, name)), args, tuple(kwargs.items()))


def _arguments(call: Call, *names: str) -> list[Expr | None]:
    given: dict[str, Expr] = {**dict(zip(names, call.args)), **dict(call.kwargs)}
    return [given.get(name) for name in names]


def _known(t: Type, rank: int | None = None) -> bool:
    """A NumPy array of known rank (of that rank)."""
    return isinstance(t, Num) and t.kind == "array" and t.dims is not None and (rank is None or len(t.dims) == rank)


def _inexact(t: Type) -> bool:
    return isinstance(t, Num) and t.dtype is not None and not t.discrete


def _real(t: Type) -> bool:
    return isinstance(t, Num) and t.dtype is not None and np.dtype(t.dtype).kind != "c"


def _is(e: Expr | None, value: Any) -> bool:
    return e is None or literal(e) is value


def _shape(x: Expr) -> Expr:
    return attr(x, "shape")


# ------------------------------------------------------------------ made for adjoints
@_of(h.zeros_like)
def zeros_like(call: Call, type_of: TypeOf) -> Expr | None:
    """0.0 for a float, `np.zeros_like(x)` for an array of floats."""
    x = call.args[0]
    t = type_of(x)
    if not isinstance(t, Num) or t.dtype is None:
        return None
    if t.kind == "python":
        return Const(0j) if t.dtype == "complex128" else Const(0.0)
    if t.kind != "array":
        return None
    return _numpy("zeros", _shape(x)) if t.discrete else _numpy("zeros_like", x)


@_of(h.seed)
def seed(call: Call, type_of: TypeOf) -> Expr | None:
    """`b` for a float, `np.full_like(x, b)` for an array of floats."""
    b, x = call.args
    given, t = type_of(b), type_of(x)
    if isinstance(t, Num) and t.scalar and t.dtype == "float64":
        return b
    if not isinstance(t, Num) or not isinstance(given, Num) or not _inexact(t):
        return None
    if t.kind == "python":
        return b if given.kind == "python" and given.dtype == t.dtype else None
    fits = _real(given) or not _real(t)
    return _numpy("full_like", x, b) if t.kind == "array" and given.dims == () and fits else None


@_of(h.unbroadcast)
def unbroadcast(call: Call, type_of: TypeOf) -> Expr | None:
    """`g` where shapes are equal, else a sum over the axes that were broadcast."""
    g, x = call.args
    a, t = type_of(g), type_of(x)
    if not isinstance(a, Num) or not isinstance(t, Num) or a.dtype != t.dtype or not _inexact(t):
        return None
    if t.dims == ():
        if t.scalar:
            return g if a.scalar else _numpy("sum", g) if _real(t) or a.kind == "array" else None
        return g if a.dims == () and a.kind == t.kind == "array" else None
    if a.kind != "array" or t.kind != "array":
        return None
    if same_dims(a, t):
        return g
    return _summed(g, a, t)


def _summed(g: Expr, a: Num, t: Num) -> Expr | None:
    if a.dims is None or t.dims is None or None in t.dims or len(a.dims) < len(t.dims):
        return None
    lead = len(a.dims) - len(t.dims)
    inner = [i for i, (n, m) in enumerate(zip(a.dims[lead:], t.dims)) if n != m]
    if any(t.dims[i] != 1 for i in inner):
        return None
    if not inner:
        axes = tuple(range(lead))
        return _numpy("sum", g, axis=Const(0) if lead == 1 else tup(*map(Const, axes)))
    if lead:
        return None
    return _numpy("sum", g, axis=Const(inner[0]) if len(inner) == 1 else tup(*map(Const, inner)), keepdims=Const(True))


# ------------------------------------------------------------------ reductions
@_of(h.expand)
def expand(call: Call, type_of: TypeOf) -> Expr | None:
    """`g` for a number, else a `np.broadcast_to` of `g` with the reduced axis put back."""
    g, x, axis, keepdims = _arguments(call, "g", "x", "axis", "keepdims")
    assert g is not None and x is not None
    a, t = type_of(g), type_of(x)
    if not isinstance(t, Num) or t.dims is None:
        return None
    if t.dims == ():
        return g if t.scalar and isinstance(a, Num) and a.scalar else None
    if t.kind != "array":
        return None
    rank = len(t.dims)
    if literal(keepdims) is True or rank and isinstance(a, Num) and a.dims == () and _is(axis, None):
        return _numpy("broadcast_to", g, _shape(x))
    axes = axes_of(axis, rank)
    if axes is None or not _is(keepdims, False):
        return None
    if len(axes) == rank:
        return _numpy("broadcast_to", g, _shape(x))
    reduced = [i for i in range(rank) if i in axes]
    if reduced == list(range(len(reduced))):
        return _numpy("broadcast_to", g, _shape(x))
    key = tuple(Const(None) if i in axes else Slice() for i in range(rank))
    return _numpy("broadcast_to", item(g, tup(*key)), _shape(x))


@_of(h.count)
def count(call: Call, type_of: TypeOf) -> Expr | None:
    """`x.size`, or the lengths of the axes."""
    x, axis = _arguments(call, "x", "axis")
    assert x is not None
    t = type_of(x)
    if not isinstance(t, Num):
        return None
    if t.kind == "python":
        return Const(1)
    if t.kind != "array":
        return None
    if _is(axis, None):
        return attr(x, "size")
    axes = axes_of(axis, t.rank)
    if not axes:
        return None
    sizes: list[Expr] = [item(_shape(x), Const(i)) for i in axes]
    product = sizes[0]
    for size in sizes[1:]:
        product = op("mul", product, size)
    return product


@_of(h.var_slope)
def var_slope(call: Call, type_of: TypeOf) -> Expr | None:
    """`2 / x.size * (x - np.mean(x))` for real arrays."""
    x, axis, ddof = _arguments(call, "x", "axis", "ddof")
    assert x is not None
    n = count(Call(call.target, (x,) if axis is None else (x, axis)), type_of)
    t = type_of(x)
    if n is None or not _real(t) or not isinstance(t, Num) or t.kind != "array" or t.dims == ():
        return None
    mean = _numpy("mean", x) if _is(axis, None) else _numpy("mean", x, axis=axis, keepdims=Const(True))
    if ddof is not None and literal(ddof) != 0:
        n = op("sub", n, ddof)
    return op("mul", op("truediv", Const(2), n), op("sub", x, mean))


@_of(h.reversed_cumsum)
def reversed_cumsum(call: Call, type_of: TypeOf) -> Expr | None:
    """`np.cumsum(g[::-1])[::-1]` for vectors."""
    g, x, axis = _arguments(call, "g", "x", "axis")
    assert g is not None and x is not None
    back = Slice(None, None, Const(-1))
    if not _known(type_of(x), 1) or not _is(axis, None) and literal(axis) not in (0, -1):
        return None
    return item(_numpy("cumsum", item(g, back)), back)


# ------------------------------------------------------------------ element by element
@_of(h.power_slope)
def power_slope(call: Call, type_of: TypeOf) -> Expr | None:
    """`2 * x`, `3 * x ** 2`; for a power below 1 only where x is no Python number (which would raise at 0)."""
    x, n = call.args[0], literal(call.args[1])
    if isinstance(n, bool) or not isinstance(n, int | float):
        return None
    if n in (0, 1):
        return Const(n)
    if n == 2:
        return op("mul", Const(n), x)
    t = type_of(x)
    if n < 1 and not (isinstance(t, Num) and t.kind in ("array", "scalar")):
        return None
    return op("mul", Const(n), op("pow", x, Const(n - 1)))


@_of(h.log_or_zero)
def log_or_zero(call: Call, type_of: TypeOf) -> Expr | None:
    """`math.log(2)` for a literal base."""
    value = literal(call.args[0])
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return None
    return Call(Fn("math", "log", math.log), call.args)


@_of(h.over_log)
def over_log(call: Call, type_of: TypeOf) -> Expr | None:
    """`t / x` for the natural logarithm, else `t / (math.log(2) * x)`."""
    t, x, base = _arguments(call, "t", "x", "base")
    assert t is not None and x is not None
    if base is None or literal(base) is None:
        return op("truediv", t, x)
    if not isinstance(type_of(base), Num):
        return None
    return op("truediv", t, op("mul", Call(Fn("math", "log", math.log), (base,)), x))


@_of(h.in_degrees)
def in_degrees(call: Call, type_of: TypeOf) -> Expr | None:
    """The angle itself, or the angle times `180 / np.pi`."""
    t, deg = call.args
    if literal(deg) is False:
        return t
    pi = Global("numpy", "pi", np.pi)
    return op("mul", op("truediv", Const(180), pi), t) if literal(deg) is True else None


@_of(h.abs_slope)
def abs_slope(call: Call, type_of: TypeOf) -> Expr | None:
    """`np.sign(x)` for real arrays."""
    t = type_of(call.args[0])
    return _numpy("sign", *call.args) if _real(t) and isinstance(t, Num) and t.kind in ("array", "scalar") else None


@_of(np.real, np.conj)
def real(call: Call, type_of: TypeOf) -> Expr | None:
    """The number or array itself, where it is real."""
    return call.args[0] if _real(type_of(call.args[0])) else None


@_of(h.quotient)
def quotient(call: Call, type_of: TypeOf) -> Expr | None:
    """`a / b` where b is no Python number."""
    t = type_of(call.args[1])
    return op("truediv", *call.args) if isinstance(t, Num) and t.kind in ("array", "scalar") else None


@_of(h.where)
def where(call: Call, type_of: TypeOf) -> Expr | None:
    """`np.where` where the result is an array."""
    if any(_known(type_of(e)) and not _known(type_of(e), 0) for e in call.args):
        return _numpy("where", *call.args)
    return None


@_of(h.inside)
def inside(call: Call, type_of: TypeOf) -> Expr | None:
    """Comparisons."""
    x, low, high = call.args
    lower, upper = op("ge", x, low), op("le", x, high)
    none = [literal(e) is None for e in (low, high)]
    if any(none):
        return upper if none[0] else lower
    bounds = [type_of(e) for e in (low, high)]
    return op("and_", lower, upper) if all(isinstance(t, Num) for t in bounds) else None


from . import specialise_arrays, specialise_linalg  # noqa: E402, F401  (add products, shapes, defaults, matrices to the table)
