"""What a call calls."""
from __future__ import annotations

from typing import Any

from .record import dataclass


@dataclass(frozen=True)
class Operator:
    """A Python operator; `name` is that of the `operator` module: add, sub, truediv, neg, lt, getitem, contains..."""

    name: str


@dataclass(frozen=True, eq=False)
class Fn:
    """A function known when the code is compiled: `value` is the object, `module.name` where it is printed from. `owner`: the
    class and the name it was found by, for methods."""

    module: str
    name: str
    value: Any = None
    owner: tuple[type, str] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fn) and self.value is other.value and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)

    @property
    def path(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True)
class Method:
    """A method of the first argument: `args[0].name(*args[1:])`."""

    name: str


@dataclass(frozen=True)
class Attribute:
    """An attribute of the only argument: `args[0].name`."""

    name: str


@dataclass(frozen=True)
class Value:
    """A callable that is only known at run time: `args[0](*args[1:])`."""


Target = Operator | Fn | Method | Attribute | Value
