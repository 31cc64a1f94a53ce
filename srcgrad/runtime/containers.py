"""What generated code asks of containers whose kind is only known at run time, imported through `srcgrad.runtime.helpers`."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import NotDifferentiable

__all__ = [
    "blank", "check_dict", "check_items", "check_lengths", "count_of", "from_front", "index_of", "is_mapping", "is_sequence",
    "joined", "joined_tangent", "keys_of", "merged", "merged_tangent", "order_of", "place_in", "place_of_extreme",
    "put_back", "repeated", "sequence", "sequence_tangent", "slice_bounds", "snapshot", "take", "unjoined",
    "unmerged", "unrepeated", "unsequence",
]


def is_sequence(x: Any) -> bool:
    """Whether a pattern `[...]` may match.

    >>> is_sequence((1.5, 2.5)), is_sequence("ab"), is_sequence(np.ones(2))
    (True, False, False)
    """
    return isinstance(x, Sequence) and not isinstance(x, str | bytes | bytearray)


def is_mapping(x: Any) -> bool:
    """Whether a pattern `{...}` may match."""
    return isinstance(x, Mapping)


def blank(cls: type) -> Any:
    """An object of a class, without attributes of its own."""
    return object.__new__(cls)


def check_dict(x: Any) -> None:
    """Raises NotDifferentiable for what is no dict, and has methods of its own."""
    if not isinstance(x, dict):
        raise NotDifferentiable(f"a method of a {type(x).__name__} that holds active values: a dict was expected")


def keys_of(x: Any) -> list[Any]:
    """The keys of a dict.

    >>> keys_of({"w": 1.0, "b": 2.0})
    ['w', 'b']
    """
    check_dict(x)
    return list(x)


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


def check_items(x: Any, before: int, after: int) -> None:
    """Raises ValueError where `a, *b, c = x` does."""
    if len(x) < before + after:
        raise ValueError(f"not enough values to unpack (expected at least {before + after}, got {len(x)})")


def joined(*parts: list[Any]) -> list[Any]:
    """The items of some lists in one.

    >>> joined([1.5], [2.5, 3.5])
    [1.5, 2.5, 3.5]
    """
    return [x for part in parts for x in part]


def joined_tangent(t: tuple[list[Any], ...]) -> list[Any]:
    """The tangent of `joined(*parts)` from those of the parts."""
    return joined(*t)


def unjoined(g: list[Any], parts: tuple[list[Any], ...]) -> tuple[list[Any], ...]:
    """The adjoints of the lists that were joined.

    >>> unjoined([0.1, 0.2, 0.3], ([1.5], [2.5, 3.5]))
    ([0.1], [0.2, 0.3])
    """
    out, start = [], 0
    for part in parts:
        out.append(g[start:start + len(part)])
        start += len(part)
    return tuple(out)


def merged(*parts: dict[Any, Any]) -> dict[Any, Any]:
    """`{**a, **b}`.

    >>> merged({"w": 1.5, "b": 2.5}, {"b": 3.5})
    {'w': 1.5, 'b': 3.5}
    """
    return {key: x for part in parts for key, x in part.items()}


def merged_tangent(t: tuple[dict[Any, Any], ...]) -> dict[Any, Any]:
    """The tangent of `merged(*parts)` from those of the parts."""
    return merged(*t)


def unmerged(g: dict[Any, Any], parts: tuple[dict[Any, Any], ...]) -> tuple[dict[Any, Any], ...]:
    """The adjoints of the dicts that were merged: nothing comes to an item that a later one replaced.

    >>> unmerged({"w": 0.1, "b": 0.2}, ({"w": 1.5, "b": 2.5}, {"b": 3.5}))
    ({'w': 0.1, 'b': 0.0}, {'b': 0.2})
    """
    from .helpers import zeros_like
    last = {key: i for i, part in enumerate(parts) for key in part}
    return tuple({key: g[key] if last[key] == i else zeros_like(x) for key, x in part.items()}
                 for i, part in enumerate(parts))


def repeated(x: list[Any], n: int) -> list[Any]:
    """`x * n`."""
    return x * n


def unrepeated(g: list[Any], x: list[Any]) -> list[Any]:
    """The adjoint of the list in `x * n`.

    >>> unrepeated([0.1, 0.2, 1.0, 2.0], [1.5, 2.5])
    [1.1, 2.2]
    """
    from .helpers import add, zeros_like
    total = zeros_like(x)
    for start in range(0, len(g), len(x) or 1):
        total = add(total, g[start:start + len(x)])
    return total  # type: ignore[no-any-return]


def order_of(x: Any, key: Any, reverse: Any) -> list[int]:
    """The places of the items of `x` in the order of `sorted(x, key=key, reverse=reverse)`.

    >>> order_of([2.5, 0.5, 1.5], None, False)
    [1, 2, 0]
    """
    keys = list(x) if key is None else [key(item) for item in x]
    return sorted(range(len(keys)), key=keys.__getitem__, reverse=bool(reverse))


def place_of_extreme(x: Any, key: Any, greatest: bool) -> int:
    """Where `max(x, key=key)`, or min, finds its result.

    >>> place_of_extreme([1.5, -2.5, 2.5], abs, True)
    1
    """
    keys = list(x) if key is None else [key(item) for item in x]
    return (max if greatest else min)(range(len(keys)), key=keys.__getitem__)


def place_in(place: int, n: int) -> int:
    """The place of one of n items counted from the front; IndexError where there is no such."""
    if not -n <= place < n:
        raise IndexError("pop index out of range")
    return place + n if place < 0 else place


def index_of(x: list[Any], *sought: Any) -> int:
    """`x.index(...)`."""
    return x.index(*sought)


def count_of(x: list[Any], sought: Any) -> int:
    """`x.count(sought)`."""
    return x.count(sought)


def take(x: Any, key: Any) -> Any:
    """`x.pop(key)` of a dict.

    >>> d = {"w": 1.5, "b": 2.5}
    >>> take(d, "w"), d
    (1.5, {'b': 2.5})
    """
    check_dict(x)
    return x.pop(key)


def slice_bounds(lower: Any, upper: Any, n: int) -> tuple[int, int]:
    """Where the items that `x[lower:upper] = ...` replaces start and end, in a list of n.

    >>> slice_bounds(1, -1, 4), slice_bounds(3, 1, 4)
    ((1, 3), (3, 3))
    """
    start, end, _ = slice(lower, upper).indices(n)
    return start, max(start, end)


def from_front(place: int, n: int) -> int:
    """The place of a new item in a list of n, counted from the front.

    >>> from_front(-1, 4), from_front(9, 4)
    (3, 4)
    """
    return max(place + n, 0) if place < 0 else min(place, n)


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
