"""Adjoints of stores at arrays of indices, imported through `srcgrad.runtime.helpers`."""
from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["last_stored", "store_last", "unstored"]


def last_stored(x: Any, key: Any) -> Any:
    """The adjoint of `v` in `a[key] = v`, where `x` is that of `a`: `x[key]` in memory of its own, but 0 for the values that
    others replaced, because their index comes again.

    >>> last_stored(np.array([1.0, 2.0, 3.0]), [0, 2, 0])
    array([0., 3., 1.])
    """
    slot = x[key]
    if not isinstance(slot, np.ndarray):
        return slot
    if not isinstance(x, np.ndarray):
        return slot.copy()
    if _once(key):
        return slot.copy()
    order = np.arange(slot.size).reshape(slot.shape)
    written = np.empty(x.shape, int)
    written[key] = order
    return np.where(written[key] == order, slot, np.zeros((), slot.dtype))


def store_last(g: Any, b: Any, key: Any) -> Any:
    """Zeros like `b` with `g` stored at `key`: what `last_stored` takes out, put back."""
    from .helpers import zeros_like
    out = np.zeros(b.shape, b.dtype) if isinstance(b, np.ndarray) else zeros_like(b)
    out[key] = g
    return out


def unstored(g: Any, x: Any) -> Any:
    """The adjoint of `x` where it was stored into an array or a list, and `g` is that of the place: a part of an array may
    have taken a number for all its entries.

    >>> unstored(np.ones(3), 0.5), unstored([1.0, 2.0], [0.5, 0.5])
    (3.0, [1.0, 2.0])
    """
    from .helpers import copy, unbroadcast
    return unbroadcast(g, x) if isinstance(x, np.ndarray | np.generic | bool | int | float | complex) else copy(g)


def _once(key: Any) -> bool:
    """No element is selected twice: slices, numbers and masks."""
    return all(isinstance(part, np.ndarray) and (part.dtype.kind == "b" or part.ndim == 0) or basic(part)
               for part in (key if isinstance(key, tuple) else (key,)))


def basic(key: Any) -> bool:
    """Slices and integers: each element is selected at most once."""
    parts = key if isinstance(key, tuple) else (key,)
    return all(part is None or part is Ellipsis or isinstance(part, slice | int | np.integer)
               and not isinstance(part, bool) for part in parts)
