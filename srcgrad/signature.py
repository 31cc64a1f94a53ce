"""Signatures of calls: a cheap key to find specialised code by, and the abstract values it stands for."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .analyse.values import FUNCTIONS, type_of_value
from .ir.types import Dict, Dim, List, Num, Object, Size, Tuple, Type
from .runtime.helpers import is_named_tuple, is_plain_object

_ARRAY = np.ndarray
_PLAIN = frozenset({bool, int, float, complex, str, type(None), np.float64, np.float32, np.bool_, np.int64})


def key_of(x: Any) -> Any:
    """What specialised code depends on, of one argument: its kind, dtype, shape or structure.

    Values with equal keys have equal types. Of functions it is the function: code is specialised to it.
    """
    kind = type(x)
    if kind is np.ndarray:
        return x.dtype, x.shape
    if kind in _PLAIN:
        return kind
    if kind is tuple or kind is list:
        return kind, keys_of(x)
    if kind is dict:
        return dict, tuple([(k, key_of(v)) for k, v in x.items()])
    if isinstance(x, np.ndarray):
        return kind, x.dtype, x.shape
    if isinstance(x, FUNCTIONS):
        return kind, x
    if is_named_tuple(x):
        return kind, keys_of(x)
    if is_plain_object(x):
        return kind, type_of_value(x)
    return kind


def keys_of(values: Iterable[Any]) -> tuple[Any, ...]:
    """The keys of several arguments. Calls wait for this: the commonest kinds are treated on the spot."""
    return tuple([(x.dtype, x.shape) if type(x) is _ARRAY else type(x) if type(x) in _PLAIN else key_of(x)
                  for x in values])


def types_of(values: Mapping[str, Any]) -> dict[str, Type]:
    """The abstract values of arguments. Equal lengths get equal names, lengths 0 and 1 stay numbers.

    >>> types_of({"x": np.ones((3, 1)), "y": np.ones(3)})["y"]
    Num(kind='array', dtype='float64', dims=(Size(name='n', plus=0),))
    """
    sizes: dict[int, Size] = {}

    def name(d: Dim) -> Dim:
        if not isinstance(d, int) or d < 2:
            return d
        return sizes.setdefault(d, Size("nmklpqrstuvw"[len(sizes)] if len(sizes) < 12 else f"n{len(sizes)}"))

    def walk(t: Type) -> Type:
        match t:
            case Num() if t.dims:
                return replace(t, dims=tuple(map(name, t.dims)))
            case Tuple():
                return Tuple(tuple(map(walk, t.items)), t.cls)
            case List():
                return List(walk(t.item))
            case Dict():
                return Dict(tuple((k, walk(v)) for k, v in t.items), t.whole)
            case Object():
                return Object(t.cls, tuple((k, walk(v)) for k, v in t.items))
        return t

    return {n: walk(type_of_value(v)) for n, v in values.items()}
