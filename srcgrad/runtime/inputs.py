"""What flows into a recorded call: the plain arrays it works on, and where the adjoints of its inputs go."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from srcgrad.errors import RecordError
from srcgrad.runtime.memory import writes
from srcgrad.runtime.nests import ENDLESS, foreign_in, leaves, parts, unwrap, with_parts
from srcgrad.runtime.operations import getitem
from srcgrad.runtime.recording import Entry, Leaf, Pair, Source, keep, pair_of
from srcgrad.runtime.registry import DETACHED, OPAQUE, Mark, Tracked, View, stale
from srcgrad.runtime.structure import is_plain_object

_NUMBERS = frozenset({int, float, complex, bool, str, bytes, slice, type(None), type(...), np.float64, np.float32, np.int64,
                      np.bool_})


def source_of(value: Any, around: tuple[int, ...] = ()) -> Source:
    """Where an adjoint of `value` would flow; None where nothing in it is marked or recorded."""
    if isinstance(value, Tracked):
        if value._view is not None:
            follow(value)
        if value._origin is not None and stale(value):
            raise RecordError("an array was overwritten in place after it was recorded, or shares memory with one "
                              "that was", hint="write into a copy, or mark the array again to make it a fresh start")
        return value._origin
    held = parts(value)
    if held is None or id(value) in around:
        return None
    inside = (*around, id(value))
    return {key: s for key, item in held.items() if (s := source_of(item, inside)) is not None} or None


def follow(array: Tracked) -> None:
    """Give a view the history of the array it shares memory with, where that was written on record since."""
    view = array._view
    if view is None or array._mark is not None and array._origin is not None and array._origin[0] is array._mark:
        return
    parent = view.parent
    follow(parent)
    origin = parent._origin
    if origin is None or origin is view.history or isinstance(origin[0], Mark):
        return
    if view.key is OPAQUE:
        if array._why == DETACHED:
            return
        raise RecordError("an array shares memory with one that was written in place on record since",
                          hint="make the view again after the write")
    pair = pair_of(getitem, ("x",), {"x": parent._data, "key": view.key})
    value, saved = pair.forward(parent._data, view.key)
    entry = Entry(getitem, pair, saved, (origin,), (parent._data, view.key), {})
    if not array._data.ndim:
        entry.template = Leaf((), array._data.dtype, 0, False)
    array._origin = (entry, 0)
    array._view = View(parent, view.key, origin)


def quick_inputs(values: Iterable[Any], key: list[Any], raw: list[Any], sources: list[Any],
                 foreign: list[Any] | None = None) -> type[Tracked] | None:
    """What `Inputs` does for NDArrays and numbers: fills `raw` and `sources`, and `key` with the kind of each value.

    Returns the class of the last NDArray, None where there is none. Stops at a value that is something else, so that
    `raw` is shorter than `values`; plain arrays, and nests of all that, are taken where there is a list `foreign`.
    """
    kind = None
    for value in values:
        found = type(value)
        if found in _NUMBERS:
            raw.append(value)
            key.append(found)
        elif isinstance(value, Tracked):
            data, origin = value._data, value._origin
            if value._view is not None or origin is not None and writes.last > origin[0].number:
                origin = source_of(value)  # type: ignore[assignment]
            if origin is not None:
                sources.append(origin)
            else:
                value._used = True
            kind = found
            raw.append(data)
            key += (data.dtype, data.shape, origin is None)
        elif foreign is None:
            return None
        elif found is np.ndarray:
            foreign.append(value)
            raw.append(value)
            key += (value.dtype, value.shape)
        else:
            nest = _Nest(key, foreign)
            try:
                plain, source = nest.take(value, 0)
            except _Other:
                return None
            raw.append(plain)
            if source is not None:
                sources.append(source)
            kind = nest.kind or kind
    return kind


class _Other(Exception):
    """A nest holds something that `quick_inputs` does not know."""


class _Nest:
    """Takes containers and objects apart, in one pass: see `quick_inputs`."""

    __slots__ = ("foreign", "key", "kind")

    def __init__(self, key: list[Any], foreign: list[Any]) -> None:
        self.key = key
        self.foreign = foreign
        self.kind: type[Tracked] | None = None

    def take(self, value: Any, depth: int) -> tuple[Any, Source]:
        """The value over plain arrays, and its source."""
        found = type(value)
        if found in _NUMBERS:
            self.key.append(found)
            return value, None
        if isinstance(value, Tracked):
            source = source_of(value)
            self.kind = found
            value._used = value._used or source is None
            self.key += (value._data.dtype, value._data.shape, source is None)
            return value._data, source
        if found is np.ndarray:
            self.foreign.append(value)
            self.key += (value.dtype, value.shape)
            return value, None
        if depth > DEEP or found not in (list, tuple, dict) and not is_plain_object(value):
            raise _Other
        held = value if found is dict else vars(value) if found not in (list, tuple) else dict(enumerate(value))
        self.key += (found, tuple(held))
        taken = {name: self.take(item, depth + 1) for name, item in held.items()}
        self.foreign.append(value)
        changed = any(t[0] is not held[name] for name, t in taken.items())
        raw = with_parts(value, {name: t[0] for name, t in taken.items()}) if changed else value
        return raw, {name: t[1] for name, t in taken.items() if t[1] is not None} or None


DEEP = 20


class Inputs:
    """The inputs of a call, taken apart in one pass.

    raw: the values with plain arrays in place of NDArrays. sources: where the adjoint of each flows to; active: is
    there one? kind: the class of the first NDArray, None where there is none. foreign: the plain NumPy arrays, and the
    containers and objects, which may be changed any time. containers: do some values hold NDArrays inside, so that
    `raw` has copies of them? endless: does one hold itself?
    """

    __slots__ = ("active", "containers", "endless", "foreign", "kind", "raw", "sources")

    def __init__(self, values: Iterable[Any]) -> None:
        self.raw: list[Any] = []
        self.sources: list[Source] = []
        self.active = False
        self.containers = self.endless = False
        self.foreign: list[Any] = []
        self.kind: type[Tracked] | None = None
        for value in values:
            source: Source = None
            if isinstance(value, Tracked):
                self.kind = self.kind or type(value)
                if value._origin is not None or value._view is not None:
                    source = source_of(value)
                value._used = value._used or source is None
                value = value._data
            elif isinstance(value, np.ndarray):
                self.foreign.append(value)
            elif type(value) not in _NUMBERS and parts(value) is not None:
                value, source = self._container(value)
            if source is not None:
                self.active = True
            self.raw.append(value)
            self.sources.append(source)

    def _container(self, value: Any) -> tuple[Any, Source]:
        for leaf in leaves(value):
            if leaf is ENDLESS:
                self.endless = True
            elif isinstance(leaf, Tracked):
                self.kind = self.kind or type(leaf)
                self.containers = leaf._used = True
        self.foreign += foreign_in(value)
        return unwrap(value), source_of(value)


def entry_of(function: Callable[..., Any], pair: Pair, saved: Any, inputs: Inputs, args: Sequence[Any],
             options: dict[str, Any], training: int) -> Entry:
    """The entry for a call that has run. Plain arrays among what was saved are copied."""
    if inputs.foreign:
        saved = keep(saved, inputs.foreign)
    sources = tuple([s for s in inputs.sources if s is not None])
    return Entry(function, pair, saved, sources, args, options, training)
