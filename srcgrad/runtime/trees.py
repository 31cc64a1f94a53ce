"""Containers of numbers: their leaves, and the same structure over other leaves.

Lists, tuples, named tuples, dicts, dataclasses and plain objects are structure; float and complex numbers and arrays are
leaves; anything else (None, int, str) belongs to the structure. Gradients and tangents have the structure of their values
with None in place of what is no leaf; of plain objects they may hold the leaves only, in a SimpleNamespace.
"""
from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .structure import is_plain_object

__all__ = ["raveled", "unraveled"]

Array = np.ndarray[Any, Any]
Path = tuple[str, ...]


def is_leaf(x: Any) -> bool:
    """A float or complex number, or an array of such."""
    if isinstance(x, np.ndarray | np.generic):
        return x.dtype.kind in "fc"
    return isinstance(x, float | complex)


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves in order, each with its path.

    >>> list(leaves({"w": [1.0, 2], "b": 3.0}))
    [("['w'][0]", 1.0), ("['b']", 3.0)]
    """
    if is_leaf(tree):
        yield path, tree
        return
    for key, part in _parts(tree):
        yield from leaves(part, path + key)


def _parts(x: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(x, dict):
        yield from ((f"[{key!r}]", part) for key, part in x.items())
    elif isinstance(x, tuple) and hasattr(x, "_fields"):
        yield from ((f".{name}", part) for name, part in zip(x._fields, x))
    elif isinstance(x, list | tuple):
        yield from ((f"[{i}]", part) for i, part in enumerate(x))
    elif dataclasses.is_dataclass(x) and not isinstance(x, type):
        yield from ((f".{f.name}", getattr(x, f.name)) for f in dataclasses.fields(x))
    elif is_plain_object(x):
        yield from ((f".{name}", part) for name, part in vars(x).items())


def rebuild(tree: Any, new: Iterator[Any], other: Callable[[Any], Any] = lambda x: x) -> Any:
    """The structure of `tree` over new leaves; `other` gives what stands for a part that is no leaf and has no parts."""
    if is_leaf(tree):
        return next(new)
    if isinstance(tree, dict):
        return {key: rebuild(part, new, other) for key, part in tree.items()}
    if isinstance(tree, list | tuple):
        items = [rebuild(part, new, other) for part in tree]
        return items if isinstance(tree, list) else type(tree)(*items) if hasattr(tree, "_fields") else tuple(items)
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type) or is_plain_object(tree):
        made = copy.copy(tree)
        for key, part in _parts(tree):
            object.__setattr__(made, key[1:], rebuild(part, new, other))
        return made
    return other(tree)


def mapped(f: Callable[[Any], Any], tree: Any) -> Any:
    """f of each leaf, None for what is no leaf."""
    return rebuild(tree, (f(leaf) for _, leaf in leaves(tree)), lambda x: None)


def flat(tree: Any, like: Any | None = None) -> Array:
    """The entries of all leaves as one vector. `like`: a tree whose leaves say which there are; None there counts as zeros.

    >>> flat((1.0, np.array([[2.0, 3.0]]), 4))
    array([1., 2., 3.])
    """
    found = [leaf for _, leaf in leaves(tree)] if like is None else list(_aligned(tree, like))
    parts = [np.ravel(np.asarray(leaf)) for leaf in found]
    return np.concatenate(parts) if parts else np.zeros(0)


def _aligned(tree: Any, like: Any) -> Iterator[Any]:
    if is_leaf(like):
        yield np.zeros(np.shape(like), np.asarray(like).dtype) if tree is None else tree
        return
    for key, part in _parts(like):
        yield from _aligned(_item(tree, like, key), part)


def _item(tree: Any, like: Any, key: str) -> Any:
    if tree is None:
        return None
    if key.startswith("."):
        return getattr(tree, key[1:], None)
    if isinstance(like, dict):
        return tree[next(k for k in like if f"[{k!r}]" == key)]
    return tree[int(key[1:-1])]


def unflat(vector: Array, like: Any, keep: bool = True) -> Any:
    """A tree of the structure of `like` with the entries of a vector, in the kinds, shapes and dtypes of its leaves. What is
    no leaf stays (`keep`) or becomes None.

    >>> unflat(np.array([1.0, 2.0, 3.0]), {"w": np.zeros(2), "n": 4, "b": 0.0})
    {'w': array([1., 2.]), 'n': 4, 'b': 3.0}
    """
    total = sum(np.size(leaf) for _, leaf in leaves(like))
    if np.shape(vector) != (total,):
        raise ValueError(f"the vector has shape {np.shape(vector)}, and the tree {total} entries")
    return rebuild(like, _cut(vector, like), lambda x: x if keep else None)


def _cut(vector: Array, like: Any) -> Iterator[Any]:
    start = 0
    for _, leaf in leaves(like):
        size = np.size(leaf)
        part = np.reshape(vector[start:start + size], np.shape(leaf))
        start += size
        yield as_leaf(part, leaf)


def as_leaf(part: Any, leaf: Any) -> Any:
    """An array in the kind and dtype of a leaf, as memory of its own; the real part where the leaf is real."""
    if np.iscomplexobj(part) and not np.iscomplexobj(leaf):
        part = np.real(part)
    if isinstance(leaf, np.ndarray):
        return np.array(part, dtype=leaf.dtype)
    if isinstance(leaf, np.generic):
        return leaf.dtype.type(np.reshape(part, ()))
    return np.asarray(part).item()


# ------------------------------------------------------------------ in generated code
def unraveled(v: Any, like: Any) -> Any:
    """A tree of the structure of `like` with the entries of the vector `v` (see `srcgrad.ravel`)."""
    return unflat(np.asarray(v), like)


def raveled(t: Any, like: Any) -> Any:
    """The tree `t`, which has the structure of `like` or None in places, as a vector: the adjoint of `unraveled`."""
    return flat(t, like)
