"""Containers of floats and arrays: arguments, results, gradients. The tests' own, independent of srcgrad's."""
from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.fuzz.dual import Dual


def differentiable(x: Any) -> bool:
    """Whether a leaf has a gradient: floats and arrays of floats."""
    if isinstance(x, (np.ndarray, np.generic)):
        return x.dtype.kind == "f"
    return isinstance(x, (float, Dual))


def mapped(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """The tree with `function` applied to its leaves; `others` have the same structure, or None for a leaf."""
    if isinstance(tree, dict):
        return {k: mapped(function, v, *(o[k] for o in others)) for k, v in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(mapped(function, *row) for row in zip(tree, *others)))
    if isinstance(tree, (list, tuple)):
        return type(tree)(mapped(function, *row) for row in zip(tree, *others))
    if dataclasses.is_dataclass(tree):
        new = copy.copy(tree)
        for f in dataclasses.fields(tree):
            row = [getattr(o, f.name) for o in (tree, *others)]
            object.__setattr__(new, f.name, mapped(function, *row))
        return new
    return function(tree, *others)


def leaves(tree: Any) -> list[Any]:
    """All leaves, in order."""
    found: list[Any] = []
    mapped(found.append, tree)
    return found


def same(a: Any, b: Any) -> bool:
    """Whether two trees have equal structure, kinds, dtypes and contents, bit by bit."""
    try:
        pairs: list[bool] = []
        mapped(lambda x, y: pairs.append(_same_leaf(x, y)), a, b)
        return all(pairs)
    except (TypeError, KeyError, AttributeError):
        return False


def _same_leaf(x: Any, y: Any) -> bool:
    if isinstance(x, (np.ndarray, np.generic)) or isinstance(y, (np.ndarray, np.generic)):
        return (np.shape(x) == np.shape(y) and np.asarray(x).dtype == np.asarray(y).dtype
                and np.array_equal(x, y, equal_nan=np.asarray(x).dtype.kind == "f"))
    return type(x) is type(y) and (x == y or x is y or x != x)


def copied(tree: Any) -> Any:
    """A deep copy of the containers and arrays."""
    return mapped(lambda x: x.copy() if isinstance(x, np.ndarray) else x, tree)


def random_like(tree: Any, rng: np.random.Generator) -> Any:
    """Random values for the differentiable leaves, of their kind and dtype; None for the others."""
    return mapped(lambda x: _random_leaf(x, rng) if differentiable(x) else None, tree)


def _random_leaf(x: Any, rng: np.random.Generator) -> Any:
    if isinstance(x, np.ndarray):
        return np.asarray(rng.normal(size=x.shape).astype(x.dtype))
    draw = float(rng.normal())
    return draw if type(x) is float else x.dtype.type(draw)


def dot(a: Any, b: Any) -> float:
    """The inner product of two trees; None counts as zero."""
    terms: list[float] = [0.0]

    def multiply(x: Any, y: Any) -> None:
        if x is not None and y is not None:
            terms.append(float(np.sum(np.asarray(x, float) * np.asarray(y, float))))
    mapped(multiply, a, b)
    return sum(terms)


def magnitude(a: Any, b: Any) -> float:
    """The same with absolute values: the scale to which an error in `dot` is compared."""
    return dot(mapped(_size, a), mapped(_size, b))


def _size(x: Any) -> Any:
    return None if x is None else np.abs(x)
