"""Adjoints of tensor products: einsum, tensordot, kron, cross, convolutions, polynomials.

`left` is the adjoint of the first operand, `right` that of the second; each has the shape and dtype of its operand.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from .adjoints_linalg import fitted

__all__ = [
    "convolve_left", "convolve_right", "correlate_left", "correlate_right", "cross_left", "cross_right", "einsum_of",
    "einsum_part", "einsum_part_with", "einsum_terms", "einsum_with", "kron_left", "kron_right",
    "polyval_coefficients", "polyval_slope", "tensordot_left", "tensordot_right", "vecdot_left", "vecdot_right",
]

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


# ------------------------------------------------------------------ einsum
def einsum_terms(*args: Any) -> tuple[list[str], str, list[Any]]:
    """What a call of np.einsum says, in one form: the letters of each operand, those of the result, and the operands.

    Letters are written out for ellipses and for the numbers of the form `np.einsum(x, [0, 1], y, [1])`; arguments that are
    None are left out.

    >>> einsum_terms("...i,i", np.ones((2, 3)), np.ones(3))[:2]
    (['ai', 'i'], 'a')
    """
    given = [a for a in args if a is not None]
    if isinstance(given[0], str):
        left, arrow, out = given[0].replace(" ", "").partition("->")
        terms, arrays = left.split(","), given[1:]
    else:
        arrays = given[:len(given) // 2 * 2:2]
        terms = [_spelled(sub) for sub in given[1::2]]
        arrow, out = ("->", _spelled(given[-1])) if len(given) % 2 else ("", "")
    if not arrow:
        out = "..." * any("..." in term for term in terms) + _implicit("".join(terms).replace(".", ""))
    return _written_out(terms, out, arrays)


def _spelled(sub: Any) -> str:
    return "".join("..." if i is Ellipsis else _LETTERS[i] for i in sub)


def _implicit(letters: str) -> str:
    """The letters that occur once, in order."""
    return "".join(sorted(c for c in letters if letters.count(c) == 1))


def _written_out(terms: list[str], out: str, arrays: Any) -> tuple[list[str], str, list[Any]]:
    ranks = [np.ndim(x) - len(term.replace("...", "")) if "..." in term else 0 for term, x in zip(terms, arrays)]
    most = max(ranks, default=0)
    free = [c for c in _LETTERS if c not in "".join(terms) + out]
    dots = "".join(free[:most])
    full = [term.replace("...", dots[most - rank:]) for term, rank in zip(terms, ranks)]
    return full, out.replace("...", dots), list(arrays)


def einsum_of(*args: Any) -> Any:
    """`np.einsum(*args)` without the arguments that are None."""
    return np.einsum(*(a for a in args if a is not None))


def einsum_part(g: Any, place: int, *args: Any) -> Any:
    """The adjoint of the array `args[place]` in `np.einsum(*args)`, where `g` is that of the result.

    It is an einsum itself, of `g` and the other operands. A letter that occurs twice in the operand stands for a diagonal:
    an identity matrix spreads it; one that occurs nowhere else is summed over: ones repeat it.

    >>> einsum_part(2.0, 1, "ii", np.zeros((2, 2)))
    array([[2., 0.],
           [0., 2.]])
    """
    terms, out, arrays = einsum_terms(*args)
    k = place - 1 if isinstance(args[0], str) else place // 2
    size = _sizes(terms, arrays)
    factors = [(out, np.reshape(g, [size[c] for c in out]))]
    factors += [(term, a) for i, (term, a) in enumerate(zip(terms, arrays)) if i != k]
    free = iter([c for c in _LETTERS if c not in "".join(terms)])
    target = ""
    for c in terms[k]:
        if c in target:
            twin = next(free)
            factors.append((c + twin, np.eye(size[c], dtype=np.result_type(g))))
            c = twin
        elif not any(c in term for term, _ in factors):
            factors.append((c, np.ones(size[c], np.result_type(g))))
        target += c
    subscripts = ",".join(term for term, _ in factors) + "->" + target
    found = np.einsum(subscripts, *(a for _, a in factors), optimize=len(factors) > 2)
    whole = tuple(size[c] for c in terms[k])
    return fitted(found if found.shape == whole else np.broadcast_to(found, whole), arrays[k])


def _sizes(terms: list[str], arrays: list[Any]) -> dict[str, int]:
    """The length that each letter stands for."""
    size: dict[str, int] = {}
    for term, x in zip(terms, arrays):
        for c, n in zip(term, np.shape(x)):
            size[c] = n if size.get(c, 1) == 1 else size[c]
    return size


def einsum_with(v: Any, place: int, s: Any, a: Any = None, b: Any = None, c: Any = None, e: Any = None, f: Any = None,
                g: Any = None, h: Any = None, i: Any = None) -> Any:
    """`np.einsum(s, a, b, ...)` with `v` at a place.

    >>> float(einsum_with(np.ones(2), 2, "i,i", np.array([1.0, 2.0]), np.zeros(2)))
    3.0
    """
    return einsum_of(v if place == 0 else s, v if place == 1 else a, v if place == 2 else b, v if place == 3 else c,
                     v if place == 4 else e, v if place == 5 else f, v if place == 6 else g, v if place == 7 else h,
                     v if place == 8 else i)


def einsum_part_with(t: Any, at: int, v: Any, place: int, s: Any, a: Any = None, b: Any = None, c: Any = None, e: Any = None,
                     f: Any = None, g: Any = None, h: Any = None, i: Any = None) -> Any:
    """`einsum_part(t, at, s, a, b, ...)` with `v` at another place; 0 at the same place, whose value does not count.

    >>> einsum_part_with(2.0, 1, np.ones(2), 2, "i,i", np.array([1.0, 2.0]), np.zeros(2))
    array([2., 2.])
    """
    if at == place:
        return 0 * einsum_part(t, at, s, a, b, c, e, f, g, h, i)
    return einsum_part(t, at, v if place == 0 else s, v if place == 1 else a, v if place == 2 else b,
                       v if place == 3 else c, v if place == 4 else e, v if place == 5 else f, v if place == 6 else g,
                       v if place == 7 else h, v if place == 8 else i)


# ------------------------------------------------------------------ tensordot and kron
def _contracted(x: Any, y: Any, axes: Any) -> tuple[list[int], list[int]]:
    """The axes of x and y that `np.tensordot(x, y, axes)` sums over, from 0."""
    if np.ndim(axes) == 0 and not isinstance(axes, tuple | list):
        return list(range(np.ndim(x) - axes, np.ndim(x))), list(range(axes))
    first, second = ([a] if np.ndim(a) == 0 else list(a) for a in axes)
    return [a % np.ndim(x) for a in first], [a % np.ndim(y) for a in second]


def tensordot_left(g: Any, x: Any, y: Any, axes: Any = 2) -> Any:
    """The adjoint of x in `np.tensordot(x, y, axes)`.

    >>> tensordot_left(2.0, np.zeros(2), np.array([1.0, 3.0]), 1)
    array([2., 6.])
    """
    first, second = _contracted(x, y, axes)
    rest = [i for i in range(np.ndim(y)) if i not in second]
    kept = [i for i in range(np.ndim(x)) if i not in first]
    found = np.tensordot(g, y, (list(range(len(kept), len(kept) + len(rest))), rest))
    order = kept + [first[second.index(i)] for i in sorted(second)]
    return fitted(np.transpose(found, np.argsort(order)), x)


def tensordot_right(g: Any, x: Any, y: Any, axes: Any = 2) -> Any:
    """The adjoint of y in `np.tensordot(x, y, axes)`.

    >>> tensordot_right(2.0, np.array([1.0, 3.0]), np.zeros(2), 1)
    array([2., 6.])
    """
    first, second = _contracted(x, y, axes)
    rest = [i for i in range(np.ndim(x)) if i not in first]
    kept = [i for i in range(np.ndim(y)) if i not in second]
    found = np.tensordot(x, g, (rest, list(range(len(rest)))))
    order = [second[first.index(i)] for i in sorted(first)] + kept
    return fitted(np.transpose(found, np.argsort(order)), y)


def kron_left(g: Any, x: Any, y: Any) -> Any:
    """The adjoint of x in `np.kron(x, y)`.

    >>> kron_left(np.array([1.0, 1.0, 2.0, 2.0]), np.zeros(2), np.array([1.0, 3.0]))
    array([4., 8.])
    """
    blocks, b = _blocks(g, x, y)
    rank = b.ndim
    return fitted(np.tensordot(blocks, b, (range(1, 2 * rank, 2), range(rank))).reshape(np.shape(x)), x)


def kron_right(g: Any, x: Any, y: Any) -> Any:
    """The adjoint of y in `np.kron(x, y)`.

    >>> kron_right(np.array([1.0, 1.0, 2.0, 2.0]), np.array([1.0, 3.0]), np.zeros(2))
    array([7., 7.])
    """
    blocks, _ = _blocks(g, x, y)
    rank = blocks.ndim // 2
    a = np.reshape(x, (1,) * (rank - np.ndim(x)) + np.shape(x))
    return fitted(np.tensordot(blocks, a, (range(0, 2 * rank, 2), range(rank))).reshape(np.shape(y)), y)


def _blocks(g: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """`g` with a pair of axes (x's, y's) for each of its own, and y with as many axes."""
    rank = max(np.ndim(x), np.ndim(y))
    a, b = ((1,) * (rank - np.ndim(v)) + np.shape(v) for v in (x, y))
    return np.reshape(g, [n for pair in zip(a, b) for n in pair]), np.reshape(y, b)


# ------------------------------------------------------------------ cross products
def cross_left(g: Any, x: Any, y: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None) -> Any:
    """The adjoint of x in `np.cross(x, y, axisa, axisb, axisc, axis)`: `np.cross(y, g)`.

    >>> cross_left(np.array([0.0, 0.0, 1.0]), np.zeros(3), np.array([1.0, 2.0, 0.0]))
    array([ 2., -1.,  0.])
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    b = _space(np.moveaxis(y, axisb, -1))
    plane = np.shape(x)[axisa] == np.shape(y)[axisb] == 2
    c = np.stack([g * 0, g * 0, g], -1) if plane else np.moveaxis(g, axisc, -1)
    a = np.moveaxis(x, axisa, -1)
    return np.moveaxis(fitted(np.cross(b, c)[..., :a.shape[-1]], a), -1, axisa)


def cross_right(g: Any, x: Any, y: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None) -> Any:
    """The adjoint of y in `np.cross(x, y, axisa, axisb, axisc, axis)`: `np.cross(g, x)`.

    >>> cross_right(np.array([0.0, 0.0, 1.0]), np.array([1.0, 2.0, 0.0]), np.zeros(3)) + 0.0
    array([-2.,  1.,  0.])
    """
    return -cross_left(g, y, x, axisb, axisa, axisc, axis)


def _space(x: Any) -> Any:
    """Vectors of the plane as vectors of space."""
    return x if x.shape[-1] == 3 else np.concatenate([x, x[..., :1] * 0], -1)


def vecdot_left(g: Any, x: Any, y: Any, axis: int = -1) -> Any:
    """The adjoint of x in `np.vecdot(x, y, axis=axis)`, which takes the conjugate of x.

    >>> vecdot_left(2.0, np.zeros(2), np.array([1.0, 3.0]))
    array([2., 6.])
    """
    found = np.conj(np.expand_dims(g, -1) * np.moveaxis(y, axis, -1))
    return np.moveaxis(fitted(found, np.moveaxis(x, axis, -1)), -1, axis)


def vecdot_right(g: Any, x: Any, y: Any, axis: int = -1) -> Any:
    """The adjoint of y in `np.vecdot(x, y, axis=axis)`.

    >>> vecdot_right(2.0, np.array([1.0, 3.0]), np.zeros(2))
    array([2., 6.])
    """
    found = np.expand_dims(g, -1) * np.conj(np.moveaxis(x, axis, -1))
    return np.moveaxis(fitted(found, np.moveaxis(y, axis, -1)), -1, axis)


# ------------------------------------------------------------------ convolutions
def _start(mode: str, n: int, m: int, correlate: bool) -> int:
    """Where the result of a mode begins in the full convolution (or correlation) of lengths n and m."""
    if mode == "full":
        return 0
    short = min(n, m)
    if mode == "valid":
        return short - 1
    return short // 2 if correlate and m > n else (short - 1) // 2


def _filled(g: Any, n: int, m: int, mode: str, correlate: bool = False) -> Any:
    """`g` in its place in the full result, with zeros around it."""
    full = np.zeros(n + m - 1, np.result_type(g))
    start = _start(mode, n, m, correlate)
    full[start:start + len(g)] = g
    return full


def convolve_left(g: Any, x: Any, y: Any, mode: str = "full") -> Any:
    """The adjoint of x in `np.convolve(x, y, mode)`; with x and y exchanged, that of y.

    >>> convolve_left(np.array([1.0, 2.0, 3.0]), np.zeros(2), np.array([1.0, 10.0]))
    array([21., 32.])
    """
    return fitted(np.convolve(_filled(g, len(x), len(y), mode), y[::-1], "valid"), x)


def convolve_right(g: Any, x: Any, y: Any, mode: str = "full") -> Any:
    """The adjoint of y in `np.convolve(x, y, mode)`.

    >>> convolve_right(np.array([1.0, 2.0, 3.0]), np.array([1.0, 10.0]), np.zeros(2))
    array([21., 32.])
    """
    return convolve_left(g, y, x, mode)


def correlate_left(g: Any, x: Any, y: Any, mode: str = "valid") -> Any:
    """The adjoint of x in `np.correlate(x, y, mode)`, which takes the conjugate of y.

    >>> correlate_left(np.array([2.0]), np.zeros(2), np.array([1.0, 3.0]))
    array([2., 6.])
    """
    full = _filled(g, len(x), len(y), mode, True)
    return fitted(np.convolve(full, np.conj(y), "full")[len(y) - 1:len(y) - 1 + len(x)], x)


def correlate_right(g: Any, x: Any, y: Any, mode: str = "valid") -> Any:
    """The adjoint of y in `np.correlate(x, y, mode)`.

    >>> correlate_right(np.array([2.0]), np.array([1.0, 3.0]), np.zeros(2))
    array([2., 6.])
    """
    full = _filled(g, len(x), len(y), mode, True)
    return fitted(np.conj(np.convolve(full[::-1], x, "full")[len(x) - 1:len(x) - 1 + len(y)]), y)


# ------------------------------------------------------------------ polynomials
def polyval_slope(p: Any, x: Any) -> Any:
    """The derivative of `np.polyval(p, x)` by x.

    >>> float(polyval_slope(np.array([1.0, 0.0, 5.0]), 3.0))
    6.0
    """
    n = len(p)
    return np.polyval(p[:n - 1] * np.arange(n - 1, 0, -1).astype(p.dtype), x) if n > 1 else 0 * x


def polyval_coefficients(g: Any, p: Any, x: Any) -> Any:
    """The adjoint of p in `np.polyval(p, x)`: the sums of `g * x ** k`.

    >>> polyval_coefficients(2.0, np.zeros(3), 3.0)
    array([18.,  6.,  2.])
    """
    powers = np.reshape(x, (-1, 1)) ** np.arange(len(p) - 1, -1, -1)
    return fitted(np.reshape(g, -1) @ powers, p)
