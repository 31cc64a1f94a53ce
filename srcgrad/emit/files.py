"""Imports of text that is written to a file, where nothing can be bound but what an import finds.

    _default_w = model.f.__defaults__[0]

Objects that have no name of their own, as defaults and captured values, are read from a function that holds them.
"""
from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator
from types import FunctionType
from typing import Any

from ..errors import SourceUnavailable
from .bundle import Default
from .definitions import table_of
from .imports import Imports

Place = tuple[str, str, str]  # the module, the function's path in it, and what follows


class FileImports(Imports):
    """Reads objects without a name through the functions that hold them."""

    def __init__(self, taken: Iterable[str], functions: Iterable[FunctionType]) -> None:
        super().__init__(taken)
        self.places = dict(held(functions))
        self._lines: dict[str, str] = {}

    def _default(self, name: str, value: Any) -> str:
        key = name, id(value)
        known = self._defaults.get(key)
        if known is not None:
            return known.name
        if id(value) not in self.places:
            raise SourceUnavailable(f"{name} has no place in a module from which a file could read it",
                                    hint="make it a module-level name, or pass it as an argument")
        module, path, rest = self.places[id(value)]
        shown = super()._default(name, value)
        self._lines[shown] = f"{shown} = {ast.unparse(self.reference(module, path))}{rest}"
        return shown

    def before(self) -> list[str]:
        return ["\n".join(self._lines.values())] if self._lines else []


def held(functions: Iterable[FunctionType]) -> Iterator[tuple[int, Place]]:
    """Where the defaults and captured values of functions that modules name are found, by id."""
    for f in sorted(functions, key=lambda f: (f.__module__, f.__qualname__)):
        place = path_of(f)
        if place is not None:
            yield from ((id(v), (*place, rest)) for rest, v in _inside(f))


def _inside(f: FunctionType) -> Iterator[tuple[str, Any]]:
    for i, value in enumerate(f.__defaults__ or ()):
        yield f".__defaults__[{i}]", value
    for name, value in (f.__kwdefaults__ or {}).items():
        yield f".__kwdefaults__[{name!r}]", value
    for i, cell in enumerate(f.__closure__ or ()):
        yield f".__closure__[{i}]", cell
        try:
            yield f".__closure__[{i}].cell_contents", cell.cell_contents
        except ValueError:  # not bound yet
            continue


def path_of(f: FunctionType) -> tuple[str, str] | None:
    """The module and the path in it under which a function is found."""
    names = dict.fromkeys((f.__qualname__, f.__name__, *_names(f)))
    for path in names:
        found: Any = sys.modules.get(f.__module__)
        for part in path.split("."):
            found = getattr(found, part, None)
        if found is f:
            return f.__module__, path
        if getattr(found, "__wrapped__", None) is f:
            return f.__module__, f"{path}.__wrapped__"
    return None


def _names(f: FunctionType) -> Iterator[str]:
    """The names of a module that hold the function."""
    yield from (name for name, value in f.__globals__.items() if value is f)


def written_defaults(functions: Iterable[FunctionType]) -> dict[tuple[str, int], Default]:
    """The expressions in modules' own functions that give parameters their defaults, by name and id of the value."""
    found: dict[tuple[str, int], Default] = {}
    for f in functions:
        try:
            node = table_of(f.__module__).found.get(f.__name__)
        except (OSError, ImportError, TypeError):
            continue
        if not isinstance(node, ast.FunctionDef) or f.__qualname__ != f.__name__:
            continue
        positional = [*node.args.posonlyargs, *node.args.args]
        pairs = [*zip(positional[len(positional) - len(node.args.defaults):], node.args.defaults),
                 *zip(node.args.kwonlyargs, node.args.kw_defaults)]
        values = inspect.signature(f).parameters
        for a, e in pairs:
            if e is not None and a.arg in values:
                found[a.arg, id(values[a.arg].default)] = f.__module__, e
    return found
