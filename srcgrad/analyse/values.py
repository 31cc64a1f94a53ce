"""The types of Python objects."""
from __future__ import annotations

import functools
import inspect
from types import (
    BuiltinFunctionType, ClassMethodDescriptorType, FunctionType, MethodDescriptorType, MethodType, MethodWrapperType,
    WrapperDescriptorType,
)
from typing import Any

import numpy as np

from ..ir.types import (
    BOOL, FLOAT, INT, NEVER, NONE, UNKNOWN, Callee, Dict, List, Num, Object, Opaque, Tuple, Type, join,
)
from ..runtime.helpers import is_named_tuple, is_plain_object

_PLAIN: dict[type, Type] = {
    bool: BOOL, int: INT, float: FLOAT, complex: Num("python", "complex128", ()), type(None): NONE}
PARTS = frozenset({"func", "args", "keywords", "__func__", "__self__"})  # of a partial or a bound method: they stay
FUNCTIONS = (FunctionType, BuiltinFunctionType, MethodType, MethodDescriptorType, WrapperDescriptorType, MethodWrapperType,
             ClassMethodDescriptorType, type, np.ufunc, type(np.sum), functools.partial)
_KEYS = (str, int)  # keys of dicts that can be written as literals


def type_of_value(x: Any) -> Type:
    """The type of a Python object, without the names of sizes (dims are its numbers).

    >>> type_of_value(np.ones((2, 3), "float32"))
    Num(kind='array', dtype='float32', dims=(2, 3))
    """
    plain = _PLAIN.get(type(x))
    return plain if plain is not None else _type(x, ())


def _type(x: Any, around: tuple[int, ...]) -> Type:
    """`around`: the ids of the containers and objects that x is in; one that holds itself is not looked into."""
    plain = _PLAIN.get(type(x))
    if plain is not None:
        return plain
    if isinstance(x, np.ndarray):
        return Num("array", x.dtype.name, x.shape) if x.dtype.kind in "biufc" else Opaque("array")
    if isinstance(x, np.generic):
        return Num("scalar", x.dtype.name, ()) if x.dtype.kind in "biufc" else Opaque("scalar")
    if isinstance(x, int | float | complex) or id(x) in around:
        return UNKNOWN  # of a class derived from one of these, or a cycle
    inside = (*around, id(x))
    if type(x) is tuple or is_named_tuple(x):
        return Tuple(tuple(_type(v, inside) for v in x), None if type(x) is tuple else type(x))
    if type(x) is list:
        item: Type = NEVER
        for value in x:
            item = join(item, _type(value, inside))
        return List(item)
    if type(x) is dict:
        return Dict(tuple((key, _type(value, inside)) for key, value in x.items()),
                    not all(type(key) in _KEYS for key in x))
    if isinstance(x, str | bytes | slice | range | np.dtype) or inspect.ismodule(x):
        return Opaque(type(x).__name__)
    if isinstance(x, FUNCTIONS) or _runs_python(x):
        return Callee(x)
    if is_plain_object(x):
        return Object(type(x), tuple((name, _type(value, inside)) for name, value in vars(x).items()))
    return UNKNOWN


def _runs_python(x: Any) -> bool:
    """An object of srcgrad's that stands for a function: a derivative, a checkpoint, a function with its own derivatives."""
    return any(hasattr(type(x), f"__srcgrad_{mark}__") for mark in ("derivative", "checkpoint", "own"))
