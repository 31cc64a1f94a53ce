"""What a function reads from outside itself, by name: what is known of the function holds as long as those names do."""
from __future__ import annotations

import dis
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType
from typing import Any

from ..ir.nodes import Call, Fn, Function, Global
from ..ir.walk import expressions, operands, statements
from .read import captured
from .resolve import MISSING

LIBRARIES = frozenset({"builtins", "math", "numpy", "scipy", "srcgrad"})  # nobody rebinds what is in these


@dataclass(frozen=True, eq=False)
class Outside:
    """A name, what it is looked up in (a dict, or anything with its `get`), and what it held: MISSING where a builtin is
    meant, which a global of the name would hide."""

    names: Any
    name: str
    value: Any

    @property
    def fixed(self) -> bool:
        """Code depends on this very object, and not only on its kind and shape."""
        return self.value is MISSING or isinstance(self.value, ModuleType) or callable(self.value)

    def now(self) -> Any:
        return self.names.get(self.name, MISSING)


def outside(f: FunctionType, surface: Function) -> tuple[Outside, ...]:
    """The globals that a function reads, then what it reads from modules and classes by `module.name`."""
    found = [Outside(f.__globals__, name, f.__globals__.get(name, MISSING)) for name in global_names(f.__code__)]
    return (*found, *_cells(f), *_attributes(surface))


def captured_functions(f: FunctionType) -> dict[str, Any]:
    """The captured variables of f that hold functions: code depends on which."""
    return {name: value for name, value in captured(f).items() if callable(value)}


def _cells(f: FunctionType) -> Iterator[Outside]:
    """Captured functions: a derivative of one is made when the function is read; and what the function binds again."""
    own = {i.argval for i in dis.get_instructions(f.__code__) if i.opname == "STORE_DEREF"}
    for name, value in captured(f).items():
        if not callable(value) and name not in own:
            continue
        yield Outside(_Cells(f), name, value)


class _Cells:
    """Lets captured variables be looked up like the items of a dict."""

    __slots__ = ("function",)

    def __init__(self, function: FunctionType) -> None:
        self.function = function

    def get(self, name: str, default: Any) -> Any:
        return captured(self.function).get(name, default)


def global_names(code: CodeType) -> dict[str, None]:
    """The global names in a code object and those inside it (and the names of attributes: nothing tells them apart)."""
    found = dict.fromkeys(code.co_names)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            found |= global_names(inner)
    return found


def _attributes(surface: Function) -> Iterator[Outside]:
    seen: set[tuple[str, str]] = set()
    for s in statements(surface.body):
        for part in operands(s):
            for e in expressions(part):
                place = e.target if isinstance(e, Call) else e
                if isinstance(place, Fn | Global) and (place.module, place.name) not in seen:
                    seen.add((place.module, place.name))
                    if place.module.partition(".")[0] not in LIBRARIES:
                        yield from _attribute(place.module, place.name)


def _attribute(module: str, path: str) -> Iterator[Outside]:
    *classes, name = path.split(".")
    owner: Any = sys.modules.get(module)
    for part in classes:
        owner = getattr(owner, part, None)
    if owner is not None and hasattr(owner, name):
        names = owner.__dict__ if isinstance(owner, ModuleType) and name in owner.__dict__ else _Attributes(owner)
        yield Outside(names, name, getattr(owner, name))


class _Attributes:
    """Lets an object's attributes be looked up like the items of a dict."""

    __slots__ = ("owner",)

    def __init__(self, owner: Any) -> None:
        self.owner = owner

    def get(self, name: str, default: Any) -> Any:
        return getattr(self.owner, name, default)
