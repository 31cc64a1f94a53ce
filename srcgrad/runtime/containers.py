"""What generated code asks of containers whose kind is only known at run time, imported through `srcgrad.runtime.helpers`."""
from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import NotDifferentiable

__all__ = ["check_lengths", "keys_of", "put_back", "sequence", "sequence_tangent", "snapshot", "unsequence"]


def keys_of(x: Any) -> list[Any]:
    """The keys of a dict.

    >>> keys_of({"w": 1.0, "b": 2.0})
    ['w', 'b']
    """
    if isinstance(x, dict):
        return list(x)
    raise NotDifferentiable(f"items(), keys() or values() of a {type(x).__name__}: a dict was expected")


def sequence(x: Any) -> Any:
    """What a loop goes through, with a length and with items at places: arrays, lists and tuples as they are, of a dict the
    keys.

    >>> sequence([1.5, 2.5]), sequence({"w": 1.5})
    ([1.5, 2.5], ['w'])
    """
    return x if isinstance(x, np.ndarray | list | tuple | range | str) else list(x)


def sequence_tangent(t: Any, x: Any) -> Any:
    """The tangent of `sequence(x)`: `t` itself; keys have none."""
    return _of_sequence(t, x, [None] * len(x))


def unsequence(g: Any, x: Any) -> Any:
    """The adjoint of x in `sequence(x)`: `g` itself; nothing comes to a dict from its keys.

    >>> unsequence([0.5, 0.25], [1.5, 2.5]), unsequence([None], {"w": 1.5})
    ([0.5, 0.25], {'w': 0.0})
    """
    from .helpers import zeros_like
    return _of_sequence(g, x, zeros_like(x) if isinstance(x, dict) else None)


def _of_sequence(g: Any, x: Any, otherwise: Any) -> Any:
    if isinstance(x, dict):
        return otherwise
    if isinstance(x, np.ndarray | list | tuple):
        return g
    raise NotDifferentiable(f"a loop over a {type(x).__name__} that holds active values: an array, list, tuple or dict was "
                            "expected")


def check_lengths(strict: Any, *lengths: int) -> None:
    """Raises ValueError as `zip(..., strict=True)` does."""
    short = next((i for i, n in enumerate(lengths) if n != lengths[0]), None)
    if strict and short is not None:
        word = "shorter" if lengths[short] < lengths[0] else "longer"
        before = "argument 1" if short == 1 else f"arguments 1-{short}"
        raise ValueError(f"zip() argument {short + 1} is {word} than {before}")


def snapshot(x: Any) -> Any:
    """A copy of a container or array, for `put_back`."""
    if isinstance(x, np.ndarray | list | dict | set):
        return x.copy()
    raise NotDifferentiable(f"a {type(x).__name__} is modified, and what it held before is needed to go backwards")


def put_back(x: Any, old: Any) -> None:
    """Gives `x` the contents that it had.

    >>> x = [1, 2, 3]; old = snapshot(x); x.reverse(); put_back(x, old); x
    [1, 2, 3]
    """
    if isinstance(x, np.ndarray):
        x[...] = old
    elif isinstance(x, list):
        x[:] = old
    else:
        x.clear()
        x.update(old)
