"""Whole Jacobians from their rows or columns, imported through `srcgrad.runtime.helpers`.

The rows are the pullbacks of the unit vectors of a value, the columns the tangents along those of an argument. A complex
entry has two, e and i e. Where the other side is real, they combine to row(e) - i row(i e), which is df/dx - i df/dy for a
real function; where both are complex, the second must be i times the first: the Cauchy-Riemann equations.
"""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..errors import NotDifferentiable
from .structure import is_plain_object, mapped

__all__ = ["stack_columns", "stack_rows", "unit_vectors", "unstack_columns", "unstack_rows"]

Array = np.ndarray[Any, Any]
_NUMBERS = np.generic | bool | int | float | complex


def unit_vectors(x: Any) -> list[Any]:
    """The unit vectors in the space of `x`, each in x's structure; twice as many, e and then i e, for a complex leaf.

    >>> unit_vectors((1.5, np.zeros(2)))
    [(1.0, array([0., 0.])), (0.0, array([1., 0.])), (0.0, array([0., 1.]))]
    """
    leaves = list(_leaves(x))
    found: list[Any] = []
    for i, leaf in enumerate(leaves):
        if _discrete(leaf):
            continue
        size, shape = np.size(leaf), np.shape(leaf)
        units = np.eye(size, dtype=np.asarray(leaf).dtype).reshape(size, *shape)
        for factor in (1, 1j) if np.iscomplexobj(leaf) else (1,):
            for unit in units * factor:
                zeros = [_like(np.zeros(np.shape(other), np.asarray(other).dtype), other) for other in leaves]
                zeros[i] = _like(unit, leaf)
                found.append(_rebuilt(x, iter(zeros)))
    return found


def stack_rows(rows: list[Any], value: Any, x: Any, check: bool = True) -> Any:
    """The Jacobian of `value` by `x` from its rows: value's structure, in it x's, in it arrays of shape
    `value.shape + x.shape`.

    >>> stack_rows([np.array([1.0, 2.0]), np.array([3.0, 4.0])], np.zeros(2), np.zeros(2))
    array([[1., 2.],
           [3., 4.]])
    """
    if isinstance(value, np.ndarray) and isinstance(x, np.ndarray) and rows and not np.iscomplexobj(value):
        return np.reshape(np.array(rows), value.shape + x.shape)
    out, start = [], 0
    for v in _leaves(value):
        count = _count(v)
        block = [list(_below(row, x)) for row in rows[start:start + count]]
        start += count
        parts = []
        for j, leaf in enumerate(_leaves(x)):
            stacked = _paired(_column(block, j, leaf), v, leaf, check)
            parts.append(_shaped(stacked, v, leaf))
        out.append(_rebuilt(x, iter(parts)))
    return _rebuilt(value, iter(out), keep=True)


def stack_columns(columns: list[Any], value: Any, x: Any, check: bool = True) -> Any:
    """The Jacobian of `value` by `x` from its columns: as `stack_rows`."""
    if isinstance(value, np.ndarray) and isinstance(x, np.ndarray) and columns and not np.iscomplexobj(x):
        return np.reshape(np.stack(columns, axis=-1), value.shape + x.shape)
    values, found = list(_leaves(value)), []
    start = 0
    for leaf in _leaves(x):
        count = _count(leaf)
        block = [list(_below(column, value)) for column in columns[start:start + count]]
        start += count
        stacked = [_paired(_column(block, j, v), leaf, v, check) for j, v in enumerate(values)]
        found.append([_shaped(np.moveaxis(s, 0, -1), v, leaf) for s, v in zip(stacked, values)])
    return _rebuilt(value, (_rebuilt(x, (row[j] for row in found)) for j in range(len(values))), keep=True)


def unstack_rows(g: Any, value: Any, x: Any) -> list[Any]:
    """The adjoint of the rows in `stack_rows(rows, value, x)`."""
    rows: list[Any] = []
    for v, part in zip(_leaves(value), _below(g, value)):
        blocks = [_unpaired(np.reshape(_zero_if_none(p, v, leaf), (np.size(v), *np.shape(leaf))), v, leaf)
                  for leaf, p in zip(_leaves(x), _below(part, x))]
        for i in range(_count(v)):
            rows.append(_rebuilt(x, (_like(block[i], leaf) for block, leaf in zip(blocks, _leaves(x)))))
    return rows


def unstack_columns(g: Any, value: Any, x: Any) -> list[Any]:
    """The adjoint of the columns in `stack_columns(columns, value, x)`."""
    values = list(_leaves(value))
    parts = [list(_below(part, x)) for part in _below(g, value)]
    columns: list[Any] = []
    for j, leaf in enumerate(_leaves(x)):
        flat = [np.reshape(_zero_if_none(part[j], v, leaf), (*np.shape(v), np.size(leaf))) for v, part in zip(values, parts)]
        blocks = [_unpaired(np.moveaxis(g_leaf, -1, 0), leaf, v) for v, g_leaf in zip(values, flat)]
        for i in range(_count(leaf)):
            columns.append(_rebuilt(value, (_like(block[i], v) for block, v in zip(blocks, values))))
    return columns


# ------------------------------------------------------------------ leaves
def _leaves(x: Any) -> Iterator[Any]:
    """The arrays and numbers in a container, in order."""
    return _below(x, x)


def _below(g: Any, value: Any) -> Iterator[Any]:
    """What a container `g` holds in the places of the leaves of `value`."""
    if isinstance(value, np.ndarray | _NUMBERS):
        yield g
    elif isinstance(value, dict):
        for key in value:
            yield from _below(g[key], value[key])
    elif isinstance(value, list | tuple):
        for i, part in enumerate(value):
            yield from _below(g[i], part)
    elif is_plain_object(value):
        for name, part in vars(value).items():
            yield from _below(getattr(g, name, None), part)


def _zero_if_none(g: Any, v: Any, x: Any) -> Any:
    return np.zeros(np.shape(v) + np.shape(x)) if g is None else g


def _rebuilt(x: Any, leaves: Iterator[Any], keep: bool = False) -> Any:
    """The structure of `x` over other leaves; None for what is no number, and (not with `keep`) for integers."""
    if isinstance(x, np.ndarray | _NUMBERS):
        found = next(leaves)
        return None if _discrete(x) and not keep else found
    return mapped(lambda part: _rebuilt(part, leaves, keep), x)


def _discrete(x: Any) -> bool:
    return np.asarray(x).dtype.kind not in "fc"


def _count(x: Any) -> int:
    """How many unit vectors a leaf has."""
    return 0 if _discrete(x) else np.size(x) * (2 if np.iscomplexobj(x) else 1)


def _like(a: Any, x: Any) -> Any:
    """`a` as the kind of value that `x` is."""
    if isinstance(x, np.ndarray):
        return np.asarray(a)
    return np.asarray(a)[()] if isinstance(x, np.generic) else np.asarray(a).item()


# ------------------------------------------------------------------ stacking
def _column(block: list[list[Any]], j: int, leaf: Any) -> Array:
    """The j-th leaves of some vectors as one array."""
    if not block:
        return np.zeros((0, *np.shape(leaf)), np.asarray(leaf).dtype if not _discrete(leaf) else float)
    return np.array([np.zeros(np.shape(leaf)) if vector[j] is None else vector[j] for vector in block])


def _paired(stacked: Array, unit: Any, other: Any, check: bool) -> Array:
    """The vectors of e, from those of e and i e."""
    if not np.iscomplexobj(unit):
        return stacked
    a, b = np.split(stacked, 2)
    if not np.iscomplexobj(other):
        return a - 1j * b
    if check and not np.allclose(b, 1j * a, rtol=1e-6, atol=1e-12, equal_nan=True):
        raise NotDifferentiable("the function is not holomorphic, and has no complex Jacobian",
                                hint="differentiate its real and imaginary parts by real arguments")
    return a


def _unpaired(g: Array, unit: Any, other: Any) -> Array:
    if not np.iscomplexobj(unit):
        return np.real(g) if not np.iscomplexobj(other) else g
    return np.concatenate([g, np.zeros_like(g)] if np.iscomplexobj(other) else [np.real(g), np.imag(g)])


def _shaped(stacked: Array, v: Any, x: Any) -> Any:
    shape = np.shape(v) + np.shape(x)
    if _discrete(v) or _discrete(x):
        return np.zeros(shape)
    found = np.reshape(stacked, shape)
    return found if shape or isinstance(v, np.ndarray) or isinstance(x, np.ndarray) else found[()] if isinstance(
        v, np.generic) or isinstance(x, np.generic) else found.item()
