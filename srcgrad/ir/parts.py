"""The parts of tuples, dicts and objects that can be told apart when the code is compiled."""
from __future__ import annotations

from typing import Any

from .nodes import Field
from .types import UNKNOWN, Dict, List, Object, Tuple, Type

Element = Any  # an index of a tuple, a key of a dict, or a Field of an object


def components(t: Type) -> tuple[tuple[Element, Type], ...] | None:
    """The parts of a value that can be told apart when the code is compiled; None where it is one value.

    >>> from .types import FLOAT, INT
    >>> components(Dict((("w", FLOAT), ("n", INT))))
    (('w', Num(kind='python', dtype='float64', dims=())), ('n', Num(kind='python', dtype='int64', dims=())))
    """
    match t:
        case Tuple():
            return tuple(enumerate(t.items))
        case Dict() if not t.whole:
            return t.items
        case Object():
            return tuple((Field(name), x) for name, x in t.items)
    return None


def part_type(t: Type, element: Element) -> Type:
    """The type of one of the components, UNKNOWN where there is no such."""
    if isinstance(t, Tuple):
        return t.items[element] if isinstance(element, int) and element < len(t.items) else UNKNOWN
    found = components(t)
    return UNKNOWN if found is None else dict(found).get(element, UNKNOWN)


def type_of_part(t: Type, path: tuple[Element, ...]) -> Type:
    """The type of a part of a part."""
    for element in path:
        t = part_type(t, element)
    return t


def with_part(t: Type, path: tuple[Element, ...], value: Type) -> Type:
    """The type after a part has been replaced (or, in a dict or object, added)."""
    if not path:
        return value
    element, rest = path[0], path[1:]
    value = with_part(part_type(t, element), rest, value)
    if isinstance(t, Tuple):
        return Tuple(tuple(value if i == element else x for i, x in enumerate(t.items)), t.cls)
    if isinstance(t, Dict):
        return Dict(tuple({**dict(t.items), element: value}.items()), t.whole)
    if isinstance(t, Object):
        return Object(t.cls, tuple({**dict(t.items), element.name: value}.items()))
    return UNKNOWN


def as_whole(t: Type) -> Type:
    """The type with dicts whose keys may be used dynamically."""
    match t:
        case Tuple():
            return Tuple(tuple(map(as_whole, t.items)), t.cls)
        case List():
            return List(as_whole(t.item))
        case Dict():
            return Dict(tuple((k, as_whole(x)) for k, x in t.items), True)
        case Object():
            return Object(t.cls, tuple((k, as_whole(x)) for k, x in t.items))
    return t
