"""Estimates of operations and bytes: sums of products of lengths, which may be names.

An elementwise function counts as one operation for each entry of its result, whatever it is; a matrix product of (n, k) and
(k, m) as 2nkm, a solution with an (n, n) matrix as 2n^3/3. Views, shapes and loads count nothing.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from ..ir.nodes import Build, Call, Expr, Fn, Method, Operator
from ..ir.types import Dim, List, Num, Size, Tuple, Type, is_cut

UNKNOWN_LENGTH = "?"
_MOVES = {"getitem", "is_", "is_not", "not_"}
_PRODUCTS = {"matmul", "dot", "tensordot", "inner", "vdot", "einsum", "outer", "kron"}
_CUBIC = {"solve", "inv", "det", "slogdet", "cholesky", "eigh", "eig", "svd", "qr", "lu_factor", "expm"}
_FREE = set("""reshape transpose ravel squeeze expand_dims broadcast_to shape ndim size len range swapaxes moveaxis zeros ones
    empty zeros_like ones_like empty_like full full_like enumerate zip append pop copy T""".split())
_REDUCTIONS = set("""sum mean prod max min amax amin var std any all cumsum cumprod sort argsort trace norm""".split())


class Amount:
    """A sum of products of lengths.

    >>> n, three = Amount.of(Size("n")), Amount.of(3)
    >>> print(n * three + n * n + three + three)
    n*n + 3*n + 6
    """

    def __init__(self, terms: Counter[tuple[str, ...]] | None = None) -> None:
        self.terms: Counter[tuple[str, ...]] = Counter() if terms is None else terms

    @classmethod
    def of(cls, d: Dim) -> Amount:
        match d:
            case int():
                return cls(Counter({(): d} if d else {}))
            case Size(name, plus) if not is_cut(d):
                return cls(Counter({(name,): 1}) + Counter({(): plus} if plus > 0 else {}))
        return cls(Counter({(UNKNOWN_LENGTH,): 1}))

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.terms + other.terms)

    def __mul__(self, other: Amount) -> Amount:
        found: Counter[tuple[str, ...]] = Counter()
        for a, x in self.terms.items():
            for b, y in other.terms.items():
                found[tuple(sorted(a + b))] += x * y
        return Amount(found)

    @property
    def known(self) -> bool:
        return not any(UNKNOWN_LENGTH in names for names in self.terms)

    def rank(self) -> tuple[int, int]:
        """Sorts by the highest product of lengths, then by its factor."""
        return max(((len(names), k) for names, k in self.terms.items()), default=(-1, 0))

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __str__(self) -> str:
        ordered = sorted(self.terms.items(), key=lambda item: (-len(item[0]), item[0]))
        parts = ["*".join([*([str(k)] if k != 1 or not names else []), *names]) for names, k in ordered]
        if not self.known:
            return UNKNOWN_LENGTH
        return " + ".join(parts) or "0"


def entries(t: Type) -> Amount:
    """The number of entries of a value."""
    match t:
        case Num() if t.scalar:
            return Amount.of(1)
        case Num(dims=tuple() as dims):
            total = Amount.of(1)
            for d in dims:
                total *= Amount.of(d)
            return total
        case Tuple():
            found = Amount()
            for x in t.items:
                found += entries(x)
            return found
        case List():
            return Amount.of(None)
    return Amount.of(None)


def bytes_of(t: Type) -> Amount:
    """The memory of a value."""
    if isinstance(t, Num) and t.dtype is not None:
        return entries(t) * Amount.of(np.dtype(t.dtype).itemsize)
    if isinstance(t, Tuple):
        found = Amount()
        for x in t.items:
            found += bytes_of(x)
        return found
    return Amount.of(None)


def name_of(call: Call) -> str:
    """The last part of what a call calls."""
    match call.target:
        case Fn(name=name) | Operator(name) | Method(name):
            return name.rpartition(".")[2]
    return str(getattr(call.target, "name", ""))


def operations(call: Call, result: Type, type_of: Callable[[Expr], Type]) -> Amount:
    """What one call takes. Its arguments are names and constants."""
    name = name_of(call)
    if name in _MOVES or name in _FREE:
        return Amount()
    types = [type_of(a) for a in call.args if not isinstance(a, Build)]
    if name in _PRODUCTS and len(types) > 1:
        first = types[0]
        inner = first.dims[-1] if isinstance(first, Num) and first.dims else None
        return Amount.of(2) * entries(result) * Amount.of(inner)
    if name in _CUBIC and types:
        dims = types[0].dims if isinstance(types[0], Num) else None
        n = Amount.of(dims[-1] if dims else None)
        return n * n * n
    if name in _REDUCTIONS and types:
        return entries(types[0])
    return entries(result)
