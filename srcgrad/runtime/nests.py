"""Containers and objects with arrays inside: taken apart, and put together with other contents."""
from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from srcgrad.runtime.registry import Tracked
from srcgrad.runtime.structure import is_plain_object

_PLAIN = frozenset({bool, int, float, complex, str, bytes, type(None), np.ndarray, np.float64, np.float32, np.int64, np.bool_})


def parts(value: Any) -> Mapping[Any, Any] | None:
    """What a list, tuple, dict or plain object holds, by index, key or attribute; None for anything else."""
    if type(value) in _PLAIN or isinstance(value, Tracked):
        return None
    if isinstance(value, (list, tuple)):
        return dict(enumerate(value))
    if isinstance(value, dict):
        return value
    return vars(value) if is_plain_object(value) else None


def part(value: Any, key: Any) -> Any:
    """The part of a nest by its key in `parts`."""
    return value[key] if isinstance(value, (list, tuple, dict)) else getattr(value, key)


def with_parts(value: Any, new: Mapping[Any, Any]) -> Any:
    """A nest of the same kind with other contents."""
    if isinstance(value, (list, tuple)):
        return rebuild(value, list(new.values()))
    if isinstance(value, dict):
        changed = copy.copy(value)  # of its own class
        changed.update(new)
        return changed
    made = object.__new__(type(value))
    vars(made).update(new)
    return made


def rebuild(like: Any, items: Sequence[Any]) -> Any:
    """A list, tuple or namedtuple as `like` is one, of `items`."""
    return type(like)(*items) if hasattr(like, "_fields") else type(like)(items)


def unwrap(value: Any, around: tuple[int, ...] = ()) -> Any:
    """`value` with the arrays inside its NDArrays; nests are copied only where they hold some. `around` are those that
    it is inside of: a nest that holds itself is not looked into again."""
    if isinstance(value, Tracked):
        return value._data
    held = parts(value)
    if held is None or id(value) in around:
        return value
    inside = (*around, id(value))
    changed = {key: unwrap(item, inside) for key, item in held.items()}
    if all(changed[key] is item for key, item in held.items()):
        return value
    return with_parts(value, changed)


ENDLESS = object()


def leaves(value: Any, around: tuple[int, ...] = ()) -> Iterator[Any]:
    """What stands at the leaves of a nest of lists, tuples, dicts and plain objects; ENDLESS where it holds itself."""
    held = parts(value)
    if held is None:
        yield value
    elif id(value) in around:
        yield ENDLESS
    else:
        inside = (*around, id(value))
        for item in held.values():
            yield from leaves(item, inside)


def foreign_in(value: Any, around: tuple[int, ...] = ()) -> Iterator[Any]:
    """The plain arrays in a value, and the containers and objects: what its owner may change any time."""
    if isinstance(value, np.ndarray):
        yield value
        return
    held = parts(value)
    if held is not None and id(value) not in around:
        yield value
        for item in held.values():
            yield from foreign_in(item, (*around, id(value)))
