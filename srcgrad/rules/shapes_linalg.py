"""Transfer functions of linear algebra and tensor products."""
from __future__ import annotations

from typing import Any

import numpy as np

from ..ir.nodes import Build, Const
from ..ir.types import UNKNOWN, Dim, Dims, Num, Tuple, Type, broadcast
from ..runtime.helpers import einsum_terms
from .dims import first_known
from .shapes import ABSENT, Keywords, Operands, Transfer, _array, _num, literal, reduced_dims
from .shapes_arrays import _product, _reordered


def _dtype(*nums: Num) -> str | None:
    """The dtype that LAPACK works in: single precision for float32 and complex64 alone."""
    names = [x.dtype for x in nums]
    if None in names or not nums:
        return None
    whole = ["float64" if np.dtype(n).kind in "biu" else n for n in names]
    found = np.result_type(*map(str, whole)).name
    return found if found in ("float32", "float64", "complex64", "complex128") else None


def _real(dtype: str | None) -> str | None:
    return None if dtype is None else np.zeros(1, dtype).real.dtype.name


def _number(dtype: str | None, dims: Dims) -> Num:
    return Num("array" if dims else "scalar" if dims == () else None, dtype, dims)


def _matrix(operands: Operands, name: str = "x") -> Num | None:
    """An operand that is certainly an array with at least two axes, or of which less is known."""
    x = _num(operands[name])
    return None if x is None or x.dims is not None and len(x.dims) < 2 else x


# ------------------------------------------------------------------ matrices
def square(operands: Operands, keywords: Keywords) -> Type:
    x = _matrix(operands)
    return UNKNOWN if x is None else _array(_dtype(x), x.dims)


def transposed(operands: Operands, keywords: Keywords) -> Type:
    return _reordered(_num(operands["x"]), lambda a: np.swapaxes(a, -1, -2))


def pinv(operands: Operands, keywords: Keywords) -> Type:
    x = _matrix(operands)
    if x is None:
        return UNKNOWN
    return _array(_dtype(x), None if x.dims is None else (*x.dims[:-2], x.dims[-1], x.dims[-2]))


def det(operands: Operands, keywords: Keywords) -> Type:
    x = _matrix(operands)
    return UNKNOWN if x is None else _number(_dtype(x), None if x.dims is None else x.dims[:-2])


def slogdet(operands: Operands, keywords: Keywords) -> Type:
    x = _matrix(operands)
    if x is None:
        return UNKNOWN
    dims = None if x.dims is None else x.dims[:-2]
    return Tuple((_number(_dtype(x), dims), _number(_real(_dtype(x)), dims)))


def solve(operands: Operands, keywords: Keywords) -> Type:
    a, b = _matrix(operands, "a"), _num(operands["b"])
    if a is None or b is None:
        return UNKNOWN
    if a.dims is None or b.dims is None or len(b.dims) == 0:
        return _array(_dtype(a, b), None)
    if len(b.dims) == 1:
        dims: Dims = (*a.dims[:-2], first_known((a.dims[-2], b.dims[0])))
        return _array(_dtype(a, b), dims if len(a.dims) == 2 or np.lib.NumpyVersion(np.__version__) >= "2.0.0" else None)
    if len(b.dims) == len(a.dims) - 1 and np.lib.NumpyVersion(np.__version__) < "2.0.0":
        return _array(_dtype(a, b), None)
    batch = broadcast(a.dims[:-2], b.dims[:-2])
    return _array(_dtype(a, b), None if batch is None else (*batch, first_known((a.dims[-1], b.dims[-2])), b.dims[-1]))


def _least(m: Dim, n: Dim) -> Dim:
    """The smaller of two lengths, where it is known which that is."""
    if m == n or isinstance(m, int) and isinstance(n, int):
        return min(m, n) if isinstance(m, int) and isinstance(n, int) else m
    return None


def qr(operands: Operands, keywords: Keywords) -> Type:
    x, mode = _matrix(operands), literal(keywords.get("mode", Const("reduced")))
    if x is None or x.dims is None or mode not in ("reduced", "r"):
        return UNKNOWN
    *batch, m, n = x.dims
    k = _least(m, n)
    r = _array(_dtype(x), (*batch, k, n))
    return r if mode == "r" else Tuple((_array(_dtype(x), (*batch, m, k)), r))


def svdvals(operands: Operands, keywords: Keywords) -> Type:
    x = _matrix(operands)
    if x is None:
        return UNKNOWN
    return _array(_real(_dtype(x)), None if x.dims is None else (*x.dims[:-2], _least(*x.dims[-2:])))


def svd(operands: Operands, keywords: Keywords) -> Type:
    x = _matrix(operands)
    full, vectors = (literal(keywords.get(name, Const(True))) for name in ("full_matrices", "compute_uv"))
    if x is None or vectors is ABSENT:
        return UNKNOWN
    s = svdvals(operands, keywords)
    if not vectors:
        return s
    if x.dims is None or full is ABSENT:
        return Tuple((_array(_dtype(x), None), s, _array(_dtype(x), None)))
    *batch, m, n = x.dims
    k = _least(m, n)
    return Tuple((_array(_dtype(x), (*batch, m, m if full else k)), s, _array(_dtype(x), (*batch, n if full else k, n))))


def eigvalsh(operands: Operands, keywords: Keywords) -> Type:
    x = _matrix(operands)
    return UNKNOWN if x is None else _array(_real(_dtype(x)), None if x.dims is None else x.dims[:-1])


def eigh(operands: Operands, keywords: Keywords) -> Type:
    x = _matrix(operands)
    return UNKNOWN if x is None else Tuple((eigvalsh(operands, keywords), _array(_dtype(x), x.dims)))


def eigenvector_matrix(operands: Operands, keywords: Keywords) -> Type:
    """Like the second item of a result that is given as operand 1."""
    z = operands.get("1")
    return z.items[1] if isinstance(z, Tuple) and len(z.items) == 2 else UNKNOWN


def slope_of(place: str) -> Transfer:
    """In the shape and dtype of an operand, an array."""
    def transfer(operands: Operands, keywords: Keywords) -> Type:
        x = _num(operands[place])
        return x if x is not None and x.kind == "array" and not x.discrete and x.dims else UNKNOWN
    return transfer


def matrix_norm(operands: Operands, keywords: Keywords) -> Type:
    x = _matrix(operands)
    if x is None:
        return UNKNOWN
    axes = Build("tuple", (Const(-2), Const(-1)))
    dims = None if x.dims is None else reduced_dims(x.dims, axes, keywords.get("keepdims"))
    return Num("array" if dims else None, _real(_dtype(x)), dims)


# ------------------------------------------------------------------ products
def _pair(operands: Operands) -> tuple[Num, Num] | None:
    x, y = _num(operands["x"]), _num(operands["y"])
    return None if x is None or y is None else (x, y)


def tensordot(operands: Operands, keywords: Keywords) -> Type:
    pair, axes = _pair(operands), literal(keywords.get("axes", Const(2)))
    if pair is None:
        return UNKNOWN
    x, y = pair
    if x.dims is None or y.dims is None or axes is ABSENT:
        return _array(_multiplied(x, y), None)
    m, n = len(x.dims), len(y.dims)
    if isinstance(axes, int):
        if not 0 <= axes <= min(m, n):
            return UNKNOWN
        return _array(_multiplied(x, y), x.dims[:m - axes] + y.dims[axes:])
    if not isinstance(axes, tuple) or len(axes) != 2:
        return UNKNOWN
    first, second = ({i % r for i in (a if isinstance(a, tuple) else (a,))} for a, r in zip(axes, (m, n)))
    kept = [d for i, d in enumerate(x.dims) if i not in first] + [d for i, d in enumerate(y.dims) if i not in second]
    return _array(_multiplied(x, y), tuple(kept))


def _multiplied(x: Num, y: Num) -> str | None:
    found = _product(x, y, None)
    return found.dtype if isinstance(found, Num) and x.kind == y.kind == "array" else None


def kron(operands: Operands, keywords: Keywords) -> Type:
    pair = _pair(operands)
    if pair is None or not pair[0].dims or not pair[1].dims:
        return UNKNOWN
    x, y = pair
    rank = max(len(x.dims or ()), len(y.dims or ()))
    a, b = ((1,) * (rank - len(v.dims or ())) + (v.dims or ()) for v in pair)
    return _array(_multiplied(x, y), tuple(_times(m, n) for m, n in zip(a, b)))


def _times(m: Dim, n: Dim) -> Dim:
    if m == 1 or n == 1:
        return n if m == 1 else m
    return m * n if isinstance(m, int) and isinstance(n, int) else None


def vecdot(operands: Operands, keywords: Keywords) -> Type:
    pair = _pair(operands)
    if pair is None or literal(keywords.get("axis", Const(-1))) != -1 or not pair[0].dims or not pair[1].dims:
        return UNKNOWN
    return _product(*pair, broadcast(pair[0].dims[:-1], pair[1].dims[:-1]))


def matvec(operands: Operands, keywords: Keywords) -> Type:
    pair = _pair(operands)
    if pair is None or pair[0].dims is None or len(pair[0].dims) < 2 or not pair[1].dims:
        return UNKNOWN
    batch = broadcast(pair[0].dims[:-2], pair[1].dims[:-1])
    return _product(*pair, None if batch is None else (*batch, pair[0].dims[-2]))


def vecmat(operands: Operands, keywords: Keywords) -> Type:
    pair = _pair(operands)
    if pair is None or pair[1].dims is None or len(pair[1].dims) < 2 or not pair[0].dims:
        return UNKNOWN
    batch = broadcast(pair[0].dims[:-1], pair[1].dims[:-2])
    return _product(*pair, None if batch is None else (*batch, pair[1].dims[-1]))


def convolve(operands: Operands, keywords: Keywords) -> Type:
    return _convolved(operands, literal(keywords.get("mode", Const("full"))))


def correlate(operands: Operands, keywords: Keywords) -> Type:
    return _convolved(operands, literal(keywords.get("mode", Const("valid"))))


def _convolved(operands: Operands, mode: Any) -> Type:
    pair = _pair(operands)
    if pair is None:
        return UNKNOWN
    x, y = pair
    dims = [v.dims[0] if v.dims is not None and len(v.dims) == 1 else None for v in pair]
    length = None
    if all(isinstance(n, int) for n in dims):
        m, n = max(dims), min(dims)
        length = {"full": m + n - 1, "same": m, "valid": m - n + 1}.get(mode)
    return _array(_multiplied(x, y), (length,))


# ------------------------------------------------------------------ einsum
class _Shaped:
    """Stands for an array of known rank."""

    def __init__(self, rank: int) -> None:
        self.shape, self.ndim = (0,) * rank, rank

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.zeros(self.shape)


def einsum_letters(subscripts: Any, nums: list[Type]) -> tuple[list[str], str] | None:
    """The letters of operands and result where the subscripts are a literal and the ranks are known."""
    if not isinstance(subscripts, str) or not nums:
        return None
    if not all(isinstance(x, Num) and x.dims is not None for x in nums):
        return None
    terms, out, _ = einsum_terms(subscripts, *(_Shaped(len(x.dims or ())) for x in nums if isinstance(x, Num)))
    return terms, out


def einsum(operands: Operands, keywords: Keywords) -> Type:
    places = list(operands)
    given = [operands[name] for name in places[1:] if literal(keywords.get(name)) is not None]
    found = einsum_letters(literal(keywords.get(places[0])), given)
    if found is None or any(len(term) != len(x.dims) for term, x in zip(found[0], given)):  # type: ignore[attr-defined]
        return UNKNOWN
    size: dict[str, Dim] = {}
    for term, x in zip(found[0], given):
        for c, n in zip(term, x.dims):  # type: ignore[attr-defined]
            size[c] = n if size.get(c, 1) == 1 else first_known((size[c], n)) if n != 1 else size[c]
    dims = tuple(size[c] for c in found[1])
    names = [x.dtype for x in given]  # type: ignore[attr-defined]
    dtype = np.result_type(*names).name if None not in names and all(x.kind == "array" for x in given) else None
    return Num("array" if dims else "scalar", dtype, dims)


def einsum_part(operands: Operands, keywords: Keywords) -> Type:
    place = literal(keywords.get("k"))
    names = list(operands)
    k = names.index("s") + place if isinstance(place, int) else None
    x = _num(operands[names[k]]) if k is not None and k < len(names) else None
    return UNKNOWN if x is None or x.kind != "array" or x.discrete else x
