"""Transfer functions of Fourier transforms. Their precision follows the operand's from NumPy 2 on."""
from __future__ import annotations

import numpy as np

from ..ir.nodes import Build, Const
from ..ir.types import UNKNOWN, Dim, Dims, Num, Type
from .shapes import ABSENT, Keywords, Operands, _array, _num, axes_of, dims_of, literal


def _dtype(x: Num, real: bool = False) -> str | None:
    if x.dtype is None:
        return None
    single = x.dtype in ("float32", "complex64") and np.lib.NumpyVersion(np.__version__) >= "2.0.0"
    if x.dtype not in ("float32", "complex64") and np.result_type(x.dtype, "float64") not in ("float64", "complex128"):
        return None
    if x.dtype == "float16":
        return None
    return ("float32" if single else "float64") if real else "complex64" if single else "complex128"


def _with(dims: Dims, axis: int, length: Dim) -> Dims:
    return None if dims is None else (*dims[:axis], length, *dims[axis + 1:])


def _length(keywords: Keywords) -> Dim | str:
    """What n says: "x's" where it is None."""
    n = literal(keywords.get("n", Const(None)))
    return "x's" if n is None else n if isinstance(n, int) else None


def _along(x: Num | None, keywords: Keywords) -> tuple[int, Dim] | None:
    """The axis of a transform and the length it is given, where they are known."""
    axes = None if x is None or x.dims is None else axes_of(keywords.get("axis", Const(-1)), len(x.dims))
    if x is None or x.dims is None or axes is None or len(axes) != 1:
        return None
    n = _length(keywords)
    return axes[0], x.dims[axes[0]] if n == "x's" else n  # type: ignore[return-value]


def fft(operands: Operands, keywords: Keywords) -> Type:
    x, along = _num(operands["x"]), _along(_num(operands["x"]), keywords)
    if x is None:
        return UNKNOWN
    return _array(_dtype(x), None if along is None else _with(x.dims, *along))


def rfft(operands: Operands, keywords: Keywords) -> Type:
    x, along = _num(operands["x"]), _along(_num(operands["x"]), keywords)
    if x is None:
        return UNKNOWN
    if along is None:
        return _array(_dtype(x), None)
    axis, n = along
    return _array(_dtype(x), _with(x.dims, axis, n // 2 + 1 if isinstance(n, int) else None))


def irfft(operands: Operands, keywords: Keywords) -> Type:
    x, along = _num(operands["x"]), _along(_num(operands["x"]), keywords)
    if x is None:
        return UNKNOWN
    if along is None:
        return _array(_dtype(x, True), None)
    axis, n = along
    if _length(keywords) == "x's":
        n = 2 * (n - 1) if isinstance(n, int) else None
    return _array(_dtype(x, True), _with(x.dims, axis, n))


def _lengths(x: Num, keywords: Keywords) -> list[tuple[int, Dim]] | None:
    """The axes of an n-dimensional transform and their lengths."""
    if x.dims is None:
        return None
    s, given = literal(keywords.get("s", Const(None))), keywords.get("axes", Const(None))
    rank = len(x.dims)
    if s is ABSENT or s is not None and -1 in s:
        return None
    if literal(given) is None:
        given = Build("tuple", tuple(Const(i) for i in range(-(rank if s is None else len(s)), 0)))
    axes = axes_of(given, rank)
    if axes is None or len(set(axes)) < len(axes) or s is not None and len(s) != len(axes):
        return None
    lengths = [x.dims[i] for i in axes] if s is None else dims_of(Build("tuple", tuple(map(Const, s))))
    return list(zip(axes, lengths or ()))


def _transformed(x: Num, lengths: list[tuple[int, Dim]] | None) -> Dims:
    dims = x.dims
    for axis, n in lengths or ():
        dims = _with(dims, axis, n)
    return None if lengths is None else dims


def fftn(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands["x"])
    return UNKNOWN if x is None else _array(_dtype(x), _transformed(x, _lengths(x, keywords)))


def real_fftn(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands["x"])
    if x is None:
        return UNKNOWN
    lengths = _lengths(x, keywords)
    if lengths:
        axis, n = lengths[-1]
        lengths[-1] = axis, n // 2 + 1 if isinstance(n, int) else None
    return _array(_dtype(x), _transformed(x, lengths))


def inverse_real_fftn(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands["x"])
    if x is None:
        return UNKNOWN
    lengths = _lengths(x, keywords)
    if lengths and literal(keywords.get("s", Const(None))) is None:
        axis, n = lengths[-1]
        lengths[-1] = axis, 2 * (n - 1) if isinstance(n, int) else None
    return _array(_dtype(x, True), _transformed(x, lengths))


def shifted(operands: Operands, keywords: Keywords) -> Type:
    x = _num(operands["x"])
    return UNKNOWN if x is None or x.kind != "array" else x
