"""The part of SPECIALISE about linear algebra and Fourier transforms."""
from __future__ import annotations

import numpy as np

from ..ir.nodes import Call, Const, Expr, Fn, attr, item, op
from ..ir.types import Num, Type
from ..runtime import helpers as h
from .shapes import literal
from .shapes_linalg import einsum_letters
from .specialise import SPECIALISE, TypeOf, _arguments, _inexact, _known, _numpy, _of, _real


def _helper(name: str, *args: Expr) -> Call:
    return Call(Fn(h.__name__, name, getattr(h, name)), args)


def _again(call: Expr, type_of: TypeOf) -> Expr:
    """A call as it is after its own rewrite."""
    rewrite = SPECIALISE.get(call.target.value) if isinstance(call, Call) and isinstance(call.target, Fn) else None
    found = rewrite(call, type_of) if rewrite is not None and isinstance(call, Call) else None
    return call if found is None else found


def _linalg(name: str, *args: Expr) -> Call:
    return Call(Fn("numpy.linalg", name, getattr(np.linalg, name)), args)


def _alike(*types: Type) -> bool:
    """Arrays of one dtype, real or complex."""
    return all(isinstance(t, Num) and t.kind == "array" and _inexact(t) for t in types) and len(
        {t.dtype for t in types if isinstance(t, Num)}) == 1


# ------------------------------------------------------------------ matrices
@_of(h.transposed)
def transposed(call: Call, type_of: TypeOf) -> Expr | None:
    """`x.T` for a matrix, `np.swapaxes(x, -1, -2)` for a stack of them."""
    x = call.args[0]
    t = type_of(x)
    if _known(t, 2):
        return attr(x, "T")
    return _numpy("swapaxes", x, Const(-1), Const(-2)) if _known(t) else None


@_of(h.per_matrix)
def per_matrix(call: Call, type_of: TypeOf) -> Expr | None:
    """The number itself."""
    t = type_of(call.args[0])
    return call.args[0] if isinstance(t, Num) and t.scalar else None


@_of(h.slogdet_weight)
def slogdet_weight(call: Call, type_of: TypeOf) -> Expr | None:
    """The adjoint of the logarithm, where the matrix is real."""
    g, x, _ = call.args
    return item(g, Const(1)) if _real(type_of(x)) else None


@_of(h.solve_right)
def solve_right(call: Call, type_of: TypeOf) -> Expr | None:
    """`np.linalg.solve(a.T, g)` for one matrix."""
    g, a, b = call.args
    plain = _known(type_of(a), 2) and (_known(type_of(b), 1) or _known(type_of(b), 2)) and _alike(type_of(a), type_of(b))
    return _linalg("solve", attr(a, "T"), g) if plain else None


@_of(h.solve_left)
def solve_left(call: Call, type_of: TypeOf) -> Expr | None:
    """`-np.outer(np.linalg.solve(a.T, g), z)` for a vector, `-np.linalg.solve(a.T, g) @ z.T` for a matrix."""
    g, a, z, b = call.args
    if not _known(type_of(a), 2) or not _alike(type_of(a), type_of(b)):
        return None
    found = _linalg("solve", attr(a, "T"), g)
    if _known(type_of(b), 1):
        return op("neg", _numpy("outer", found, z))
    return op("matmul", op("neg", found), attr(z, "T")) if _known(type_of(b), 2) else None


@_of(h.solve_tangent)
def solve_tangent(call: Call, type_of: TypeOf) -> Expr | None:
    """`-np.linalg.solve(a, t @ z)` for one matrix."""
    t, a, z, b = call.args
    if _known(type_of(a), 2) and (_known(type_of(b), 1) or _known(type_of(b), 2)):
        return op("neg", _linalg("solve", a, op("matmul", t, z)))
    return None


@_of(h.fitted)
def fitted(call: Call, type_of: TypeOf) -> Expr | None:
    """What unbroadcast becomes."""
    return SPECIALISE[h.unbroadcast](call, type_of)


# ------------------------------------------------------------------ decompositions and norms
@_of(h.svd_tangent, h.svd_adjoint)
def svd(call: Call, type_of: TypeOf) -> Expr | None:
    """By whether vectors are computed."""
    g, x, z, compute_uv = call.args
    tangent = isinstance(call.target, Fn) and call.target.value is h.svd_tangent
    if literal(compute_uv) is True:
        return _helper("svd_vectors_tangent" if tangent else "svd_vectors_adjoint", g, x, z)
    if literal(compute_uv) is False:
        return _helper("svdvals_tangent" if tangent else "svdvals_adjoint", g, x)
    return None


@_of(h.qr_tangent, h.qr_adjoint)
def qr(call: Call, type_of: TypeOf) -> Expr | None:
    """By the mode."""
    g, x, z, mode = call.args
    tangent = isinstance(call.target, Fn) and call.target.value is h.qr_tangent
    if literal(mode) == "reduced":
        return _helper("qr_pair_tangent", g, z) if tangent else _helper("qr_pair_adjoint", g, x, z)
    return _helper("qr_r_tangent" if tangent else "qr_r_adjoint", g, x) if literal(mode) == "r" else None


@_of(h.cholesky_tangent, h.cholesky_adjoint, h.eigvalsh_tangent, h.eigvalsh_adjoint, h.fft_adjoint, h.ifft_adjoint,
     h.hfft_adjoint, h.ihfft_adjoint, h.fftn_adjoint, h.ifftn_adjoint, np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.irfft,
     np.fft.hfft, np.fft.ihfft)
def without_defaults(call: Call, type_of: TypeOf) -> Expr | None:
    """The call without the last arguments that say what is so anyway."""
    args, usual = list(call.args), (None, -1, False, "L")
    while len(args) > 1 and isinstance(args[-1], Const) and any(
            args[-1].value is v or type(v) in (int, str) and args[-1].value == v for v in usual):
        args.pop()
    return Call(call.target, tuple(args), call.kwargs) if len(args) < len(call.args) else None


@_of(h.norm_adjoint)
def norm_adjoint(call: Call, type_of: TypeOf) -> Expr | None:
    """`x * expand(ratio(g, z), x)` for 2-norms."""
    g, x, z, ord, axis, keepdims = call.args
    if literal(ord) is not None:
        return None
    slope = _helper("ratio", g, z)
    whole = _helper("expand", slope, x, axis, keepdims)
    t = type_of(z)

    def known(e: Expr) -> Type:
        return t if e == slope else type_of(e)
    return op("mul", _again(_numpy("conj", x), type_of), _again(whole, known))


@_of(np.linalg.norm)
def norm(call: Call, type_of: TypeOf) -> Expr | None:
    """Without the arguments that say what is so anyway."""
    kwargs = tuple((k, v) for k, v in call.kwargs if (k, v) not in (("axis", Const(None)), ("keepdims", Const(False))))
    return Call(call.target, call.args, kwargs) if len(kwargs) < len(call.kwargs) else None


# ------------------------------------------------------------------ products
def _einsum_arguments(args: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """Without the operands that are not there."""
    return tuple(e for e in args if e != Const(None))


@_of(h.einsum_of)
def einsum_of(call: Call, type_of: TypeOf) -> Expr | None:
    return _numpy("einsum", *_einsum_arguments(call.args))


@_of(h.einsum_with)
def einsum_with(call: Call, type_of: TypeOf) -> Expr | None:
    """`np.einsum("ij,jk->ik", v, y)`."""
    v, place, *args = call.args
    at = literal(place)
    if not isinstance(at, int):
        return None
    return _numpy("einsum", *_einsum_arguments((*args[:at], v, *args[at + 1:])))


@_of(h.einsum_part)
def einsum_part(call: Call, type_of: TypeOf) -> Expr | None:
    """`np.einsum("ik,jk->ij", g, y)` where the subscripts and ranks are known, and no letter is special."""
    g, place, *rest = call.args
    args, at = _einsum_arguments(tuple(rest)), literal(place)
    types = [type_of(e) for e in args[1:]]
    found = einsum_letters(literal(args[0]), types)
    shorter = Call(call.target, (g, place, *args)) if len(args) < len(rest) else None
    if not isinstance(at, int) or found is None or not _alike(*types) or not found[0][at - 1] or "..." in str(literal(args[0])):
        return shorter
    terms, out = found
    target, others = terms[at - 1], [t for i, t in enumerate(terms) if i != at - 1]
    available = set(out).union(*others)
    if len(set(target)) < len(target) or not set(target) <= available or _ones(types):
        return shorter
    factors = [e for i, e in enumerate(args[1:]) if i != at - 1]
    return _numpy("einsum", Const(",".join([out, *others]) + "->" + target), g, *factors)


def _ones(types: list[Type]) -> bool:
    """An axis may have length 1 and be repeated."""
    return any(d in (1, None) for t in types if isinstance(t, Num) for d in t.dims or ())


@_of(h.tensordot_left, h.tensordot_right)
def tensordot(call: Call, type_of: TypeOf) -> Expr | None:
    """Of two matrices: `g @ y.T`, `x.T @ g`."""
    g, x, y, axes = _arguments(call, "g", "x", "y", "axes")
    assert g is not None and x is not None and y is not None
    if literal(axes) != 1 or not _known(type_of(x), 2) or not _known(type_of(y), 2) or not _alike(type_of(x), type_of(y)):
        return None
    left = isinstance(call.target, Fn) and call.target.value is h.tensordot_left
    return op("matmul", g, attr(y, "T")) if left else op("matmul", attr(x, "T"), g)


# ------------------------------------------------------------------ Fourier transforms
@_of(h.resized)
def resized(call: Call, type_of: TypeOf) -> Expr | None:
    """The adjoint itself, or its real part, where the length does not change."""
    g, x = call.args
    a, t = type_of(g), type_of(x)
    if not isinstance(a, Num) or not isinstance(t, Num) or a.dims != t.dims or not a.exact or a.kind != "array":
        return None
    if a.dtype == t.dtype:
        return g
    return attr(g, "real") if _real(t) and _inexact(t) and a.dtype in ("complex128", "complex64") and np.zeros(
        1, a.dtype).real.dtype.name == t.dtype else None
