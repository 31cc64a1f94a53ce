"""Functions of the standard library that take functions, in Python: they are inlined in place of the calls."""
from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

from ..ir.nodes import Call
from ..runtime import helpers


def _reduce(function, items):  # type: ignore[no-untyped-def]
    out = items[0]
    for i in range(1, len(items)):
        out = function(out, items[i])
    return out


def _reduce_from(function, items, initial):  # type: ignore[no-untyped-def]
    out = initial
    for item in items:
        out = function(out, item)
    return out


def _map(function, items):  # type: ignore[no-untyped-def]
    out = []
    for item in items:
        out.append(function(item))
    return out


def _map_two(function, items, others):  # type: ignore[no-untyped-def]
    out = []
    for item, other in zip(items, others):
        out.append(function(item, other))
    return out


def _filter(function, items):  # type: ignore[no-untyped-def]
    out = []
    for item in items:
        if function(item):
            out.append(item)
    return out


def _accumulate(items, function):  # type: ignore[no-untyped-def]
    out: list = []  # type: ignore[type-arg]
    for i in range(len(items)):
        out.append(items[i] if i == 0 else function(out[-1], items[i]))
    return out


def _starmap(function, items):  # type: ignore[no-untyped-def]
    out = []
    for item in items:
        out.append(function(*item))
    return out


def _takewhile(function, items):  # type: ignore[no-untyped-def]
    out = []
    for item in items:
        if not function(item):
            break
        out.append(item)
    return out


def transposed(rows):  # type: ignore[no-untyped-def]
    """`zip(*rows)`."""
    n = min([len(row) for row in rows], default=0)
    columns = []
    for j in range(n):
        columns.append([row[j] for row in rows])
    return columns


def _sorted(items, *, key, reverse=False):  # type: ignore[no-untyped-def]
    keys = []
    for item in items:
        keys.append(key(item))
    out = []
    for i in helpers.order_of(keys, None, reverse):
        out.append(items[i])
    return out


def _sort(items, *, key, reverse=False):  # type: ignore[no-untyped-def]
    old = list(items)
    keys = []
    for item in old:
        keys.append(key(item))
    order = helpers.order_of(keys, None, reverse)
    for i in range(len(old)):
        items[i] = old[order[i]]


def _max(items, *, key):  # type: ignore[no-untyped-def]
    keys = []
    for item in items:
        keys.append(key(item))
    return items[helpers.place_of_extreme(keys, None, True)]


def _min(items, *, key):  # type: ignore[no-untyped-def]
    keys = []
    for item in items:
        keys.append(key(item))
    return items[helpers.place_of_extreme(keys, None, False)]


# by the number of positional arguments and the names of keywords
_FUNCTIONS: Mapping[tuple[Any, int, frozenset[str]], Callable[..., Any]] = {
    (functools.reduce, 2, frozenset()): _reduce,
    (functools.reduce, 3, frozenset()): _reduce_from,
    (map, 2, frozenset()): _map,
    (map, 3, frozenset()): _map_two,
    (filter, 2, frozenset()): _filter,
    (itertools.accumulate, 2, frozenset()): _accumulate,
    (itertools.starmap, 2, frozenset()): _starmap,
    (itertools.takewhile, 2, frozenset()): _takewhile,
    (sorted, 1, frozenset({"key"})): _sorted,
    (sorted, 1, frozenset({"key", "reverse"})): _sorted,
    (list.sort, 1, frozenset({"key"})): _sort,
    (list.sort, 1, frozenset({"key", "reverse"})): _sort,
    (max, 1, frozenset({"key"})): _max,
    (min, 1, frozenset({"key"})): _min,
}
# what they compute is computed when it is asked for
LAZY = (map, filter, itertools.accumulate, itertools.starmap, itertools.takewhile)


def in_python(e: Call, value: Any) -> FunctionType | None:
    """The function to inline for a call of `value`, None where the library has none."""
    if not any(value is known for known, _, _ in _FUNCTIONS):
        return None
    found = _FUNCTIONS.get((value, len(e.args), frozenset(n for n, _ in e.kwargs)))
    return found if isinstance(found, FunctionType) else None
