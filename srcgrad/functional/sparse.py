"""Sparse Jacobians: columns (or rows) that share no row (column) are found by one product.

Columns are grouped greedily, the fullest first (Curtis, Powell and Reid, On the estimation of sparse Jacobian matrices,
1974): with structurally orthogonal columns, the product with the sum of their unit vectors holds each entry by itself.
"""
from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from ..errors import BadWrt, GradientMismatch, NotDifferentiable
from ..portable import pack, unpack
from ..repeatable import check_repeatable, repeatable
from ..targets import target_of
from .gradients import adjoint, tangent
from .products import vjp

Array = np.ndarray[Any, Any]


class SparseJacobian:
    """A Jacobian with a given pattern of entries; calls return a SciPy sparse matrix."""

    def __init__(self, f: Any, wrt: Any, mode: str | None, sparsity: Any) -> None:
        if isinstance(wrt, tuple | list):
            raise BadWrt("a sparse Jacobian is by one argument", hint="make one for each", **target_of(f).place)
        self.f, self.wrt, self.mode = f, wrt, mode
        self.pattern = _pattern(sparsity)
        self._tangent, self._adjoint = tangent(f, wrt), adjoint(f, wrt)
        self._columns = _groups(self.pattern)
        self._rows = _groups(self.pattern.T.tocsr())
        name = self._adjoint.__name__.removesuffix("_adjoint")
        self.__name__ = self.__qualname__ = f"{name}_jacobian"
        self.__doc__ = self._adjoint.__doc__
        self.__signature__ = target_of(f).signature

    @property
    def source(self) -> str:
        """The generated source of the products that were taken last."""
        return (self._tangent if self._forward(None) else self._adjoint).source

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        bound = self.__signature__.bind(*args, **kwargs)
        bound.apply_defaults()
        x = bound.arguments[self._adjoint.wrt[0]]
        if np.iscomplexobj(x):
            raise NotDifferentiable("a sparse Jacobian is by a real argument", hint="leave sparsity out")
        if np.size(x) != self.pattern.shape[1]:
            raise ValueError(f"the pattern has {self.pattern.shape[1]} columns, and the argument {np.size(x)} entries")
        function = self._plain(args, kwargs)
        if self._forward(function):
            return self._found(self._columns, self.pattern, x, self._pushed(args, kwargs, x))
        value, pullback = vjp(self.f, *args, wrt=self.wrt, **kwargs)
        if np.size(value) != self.pattern.shape[0]:
            raise ValueError(f"the pattern has {self.pattern.shape[0]} rows, and the output {np.size(value)} entries")
        transposed = self._found(self._rows, self.pattern.T.tocsr(), value, lambda b: np.ravel(pullback(b)))
        return transposed.T.tocsr()

    def _plain(self, args: Any, kwargs: Any) -> FunctionType:
        function = self._tangent.target.function
        found: FunctionType = function if isinstance(function, FunctionType) else function.function_for(args, kwargs)
        return found

    def _forward(self, function: FunctionType | None) -> bool:
        """Whether products with columns are taken: they are fewer, and f may be run for each."""
        if self.mode == "forward" and function is not None:
            check_repeatable(function)
        fewer = self._columns.max(initial=-1) <= self._rows.max(initial=-1)
        return self.mode == "forward" or self.mode is None and bool(fewer) and (function is None or repeatable(function))

    def _pushed(self, args: Any, kwargs: Any, x: Any) -> Callable[[Any], Array]:
        name, = self._tangent.extra

        def push(d: Any) -> Array:
            found = np.ravel(self._tangent(*args, **kwargs, **{name: d}))
            if found.size != self.pattern.shape[0]:
                raise ValueError(f"the pattern has {self.pattern.shape[0]} rows, and the output {found.size} entries")
            return found
        return push

    def _found(self, groups: Array, pattern: Any, like: Any, product: Callable[[Any], Array]) -> Any:
        """The entries of the pattern from the products with each group, and a check by one product more."""
        from scipy import sparse
        entries = pattern.tocoo()
        data = np.zeros(entries.nnz)
        for group in range(groups.max(initial=-1) + 1):
            mine = groups[entries.col] == group
            data[mine] = product(_shaped(groups == group, like))[entries.row[mine]]
        found = sparse.csr_matrix((data, (entries.row, entries.col)), shape=pattern.shape)
        v = np.random.default_rng(0).normal(size=pattern.shape[1])
        expected = product(_shaped(v, like))
        scale = 1e-6 if np.asarray(like).dtype != np.float32 else 1e-2
        largest = float(np.max(np.abs(expected), initial=0.0))
        if not np.allclose(found @ v, expected, rtol=scale, atol=scale * (1 + largest), equal_nan=True):
            raise GradientMismatch("the Jacobian has entries outside of the pattern", hint="give a pattern with all entries that "
                                   "may differ from zero")
        return found

    def __repr__(self) -> str:
        return f"<{self.__name__}{self.__signature__}, {self.pattern.nnz} entries>"

    def __reduce__(self) -> Any:
        return _restored, (pack(self.f), self.wrt, self.mode, self.pattern)


def _restored(packed: Any, wrt: Any, mode: str | None, pattern: Any) -> SparseJacobian:
    return SparseJacobian(unpack(packed), wrt, mode, pattern)


def _shaped(entries: Array, like: Any) -> Any:
    """A vector in the kind, shape and dtype of a value."""
    if isinstance(like, np.ndarray):
        return np.reshape(entries, like.shape).astype(like.dtype)
    return type(like)(entries[0])


def _pattern(sparsity: Any) -> Any:
    try:
        from scipy import sparse
    except ImportError as error:
        raise ImportError("sparse Jacobians need SciPy") from error
    if not sparse.issparse(sparsity) and np.ndim(sparsity) != 2:
        raise ValueError("sparsity is a SciPy sparse matrix or an array of shape (out.size, arg.size), whose entries that are "
                         "not zero may be not zero in the Jacobian")
    found = sparse.csr_matrix(sparsity, dtype=bool)
    found.eliminate_zeros()
    return found


def _groups(pattern: Any) -> Array:
    """The group of each column; columns of a group have no row in common."""
    columns = pattern.tocsc()
    rows_used: list[set[int]] = []
    groups = np.zeros(pattern.shape[1], dtype=int)
    for j in np.argsort(-np.diff(columns.indptr), kind="stable"):
        rows = columns.indices[columns.indptr[j]:columns.indptr[j + 1]].tolist()
        place = next((k for k, used in enumerate(rows_used) if used.isdisjoint(rows)), len(rows_used))
        if place == len(rows_used):
            rows_used.append(set())
        rows_used[place].update(rows)
        groups[j] = place
    return groups
