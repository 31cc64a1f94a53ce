"""What values are made of: containers, named tuples, dataclasses and plain objects."""
from __future__ import annotations

import dataclasses
import enum
import sys
import weakref
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
__all__ = ["gradient_object", "is_named_tuple", "is_plain_object", "mapped", "private"]

_LIBRARIES = (sys.stdlib_module_names - {"__main__"}) | {"numpy", "scipy", "srcgrad"}
_plain_classes: weakref.WeakKeyDictionary[type, bool] = weakref.WeakKeyDictionary()


def is_named_tuple(x: Any) -> bool:
    """A tuple of a class with named fields."""
    return isinstance(x, tuple) and hasattr(type(x), "_fields")


def is_plain_object(x: Any) -> bool:
    """An instance of a class written in Python that keeps its attributes in a dict and finds them in the usual way; what
    libraries and the standard library define is left alone, but for SimpleNamespace."""
    cls = type(x)
    found = _plain_classes.get(cls)
    if found is None:
        found = _plain_classes[cls] = is_plain_class(cls)
    return found and type(getattr(x, "__dict__", None)) is dict


def is_plain_class(cls: type) -> bool:
    if cls is SimpleNamespace:
        return True
    library = cls.__module__.partition(".")[0]
    return (library not in _LIBRARIES and _inherits(cls, "__getattribute__") and not hasattr(cls, "__getattr__")
            and (_inherits(cls, "__setattr__") or dataclasses.is_dataclass(cls))
            and not issubclass(cls, type | BaseException | list | dict | tuple | set | str | enum.Enum | np.ndarray))


def _inherits(cls: type, name: str) -> bool:
    return getattr(cls, name) is getattr(object, name)


def gradient_object(x: Any, parts: Mapping[str, Any]) -> Any:
    """An object that holds derivatives by the attributes of `x`: a dataclass of the same class, for other objects a
    SimpleNamespace of those that are not None.

    >>> gradient_object(SimpleNamespace(w=1.0, name="layer"), {"w": 2.0, "name": None})
    namespace(w=2.0)
    """
    if not dataclasses.is_dataclass(x):
        return SimpleNamespace(**{name: value for name, value in parts.items() if value is not None})
    made = object.__new__(type(x))
    for name, value in parts.items():
        object.__setattr__(made, name, value)
    return made


def private(x: Any) -> Any:
    """A copy of an array, container or object, with copies of what is in it; one array in several places stays one array: a
    write through one of them is seen through the others. Going backwards, contents are put back into such copies.

    >>> a = np.zeros(2)
    >>> b, c = private([a, SimpleNamespace(w=a)])
    >>> b is c.w and b is not a
    True
    >>> b, c = private([a, a[1:]])
    >>> b[1] = 5.0
    >>> c
    array([5.])
    """
    return _private(x, {})


def _private(x: Any, seen: dict[int, Any]) -> Any:
    if id(x) in seen:
        return seen[id(x)]
    if isinstance(x, np.ndarray):
        made: Any = _private_array(x, seen)
    elif is_plain_object(x):
        made = seen[id(x)] = SimpleNamespace() if type(x) is SimpleNamespace else object.__new__(type(x))
        made.__dict__.update({name: _private(value, seen) for name, value in vars(x).items()})
    elif isinstance(x, list | dict | tuple):
        made = mapped(lambda value: _private(value, seen), x)
    else:
        return x
    seen[id(x)] = made
    return made


def _private_array(x: Array, seen: dict[int, Any]) -> Array:
    """A view of a copy of the array that x is a view of: of one copy for all its views."""
    whole = _whole(x)
    if id(whole) not in seen:
        seen[id(whole)] = whole.copy(order="K")
    copied: Array = seen[id(whole)]
    if whole is x:
        return copied
    if x.size == 0 or x.dtype.hasobject or copied.strides != whole.strides:
        return np.array(x)
    start = x.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    view: Array = np.ndarray(x.shape, x.dtype, copied.ravel(order="K").view(np.uint8), start, x.strides)
    return view


def _whole(x: Array) -> Array:
    """The array that owns the memory of x."""
    base: Any = x
    while base is not None:
        if isinstance(base, np.ndarray):
            x = base
        base = getattr(base, "base", None)  # np.lib.stride_tricks puts an object in between
    return x


def mapped(f: Callable[[Any], Any], x: Any) -> Any:
    """`x` with f applied to what it holds; None for what holds nothing that is known.

    >>> mapped(abs, {"a": [-1.0]}["a"])
    [1.0]
    """
    if isinstance(x, dict):
        return {key: f(value) for key, value in x.items()}
    if isinstance(x, list):
        return [f(value) for value in x]
    if isinstance(x, tuple):
        items = [f(value) for value in x]
        return type(x)(*items) if hasattr(x, "_fields") else tuple(items)
    return gradient_object(x, {n: f(value) for n, value in vars(x).items()}) if is_plain_object(x) else None
