"""What is written to the disk of generated code, and how it is found again."""
from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from types import FunctionType
from typing import Any

from . import disk
from .emit.imports import DEFAULTS, Binding
from .emit.load import GENERATED
from .emit.printer import Module
from .fingerprint import Fingerprint, Unkeyed, fingerprint, is_library, of_types
from .front import current_options, front
from .frontend.outside import Outside
from .frontend.resolve import home
from .ir.nodes import Origin
from .ir.types import Type
from .rules import registry


@dataclass(frozen=True)
class Stored:
    """Generated text, and what it rests on. `origins`: the user's function that each function in it was made from."""

    module: Module
    entry: tuple[str, ...]
    extra: tuple[str, ...]
    callees: tuple[FunctionType, ...]
    origins: Mapping[str, FunctionType]
    guards: tuple[Outside, ...]


@dataclass(frozen=True)
class Place:
    """Where the code that was asked for is, or will be."""

    prints: Fingerprint
    key: str

    def read(self) -> Stored | None:
        """What is there."""
        content = disk.read(self.prints.digest, self.key)
        try:
            return None if content is None else _unpacked(content, self.prints)
        except (AttributeError, ImportError, IndexError, KeyError, TypeError, ValueError):
            return None  # it was written in another way

    def write(self, module: Module, entry: Sequence[str], extra: Sequence[str], callees: Iterable[FunctionType],
              origins: Mapping[str, FunctionType]) -> None:
        """Writes code, unless it rests on what the fingerprint does not cover, or that has changed since."""
        try:
            content = _packed(module, entry, extra, callees, origins, self.prints)
            if fingerprint(self.prints.functions[0]).digest != self.prints.digest:
                return
        except Unkeyed:
            return
        disk.write(self.prints.digest, self.key, content)


def accept(f: FunctionType) -> None:
    """Refuses a function that cannot be differentiated, which code on disk shows that it can."""
    prints = _fingerprint(f)
    if prints is None or not disk.known(prints.digest):
        front(f)


def place_of(maker: str, f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type], how: Mapping[str, Any]) -> Place | None:
    """Where the code is that `maker` makes; None where it is not kept."""
    prints = _fingerprint(f)
    options = current_options()
    try:
        asked = (maker, tuple(wrt), of_types(params), sorted(how.items()), options.optimise, options.generic,
                 sorted(options.skip), options.debug)
    except Unkeyed:
        return None
    return None if prints is None else Place(prints, hashlib.sha256(repr(asked).encode()).hexdigest())


def _fingerprint(f: FunctionType) -> Fingerprint | None:
    """None also where rules have been registered: what they say is known in this process only."""
    if registry.version() or disk.folder() is None:
        return None
    try:
        return fingerprint(f)
    except Unkeyed:
        return None


# ------------------------------------------------------------------ as data
def _packed(module: Module, entry: Sequence[str], extra: Sequence[str], callees: Iterable[FunctionType],
            origins: Mapping[str, FunctionType], prints: Fingerprint) -> dict[str, Any]:
    numbers = {id(g): i for i, g in enumerate(prints.functions)}

    def number(g: FunctionType) -> Any:
        if id(g) in numbers:
            return numbers[id(g)]
        place = home(g)
        if place is None or not is_library(place[0]):
            raise Unkeyed(g.__qualname__)
        return place

    if any(b.module == DEFAULTS or b.module.startswith(GENERATED) for b in module.imports):
        raise Unkeyed("what the text reads is in this process only")
    return {"text": module.text, "imports": [(b.name, b.module, b.attribute) for b in module.imports],
            "lines": [(n, *astuple(origin)) for n, origin in module.lines.items()], "names": module.names,
            "cells": dict(module.cells), "entry": list(entry), "extra": list(extra),
            "callees": sorted(map(number, callees), key=repr), "origins": {name: number(g) for name, g in origins.items()}}


def _unpacked(content: Mapping[str, Any], prints: Fingerprint) -> Stored:
    def function(found: Any) -> FunctionType:
        if isinstance(found, int):
            return prints.functions[found]
        importlib.import_module(found[0])
        value: Any = sys.modules[found[0]]
        for part in found[1].split("."):
            value = getattr(value, part)
        if not isinstance(value, FunctionType):
            raise TypeError(found)
        return value

    module = Module(content["text"], tuple(Binding(*b) for b in content["imports"]),
                    {n: Origin(*origin) for n, *origin in content["lines"]}, tuple(content["names"]),
                    {name: tuple(free) for name, free in content["cells"].items()})
    return Stored(module, tuple(content["entry"]), tuple(content["extra"]), tuple(map(function, content["callees"])),
                  {name: function(g) for name, g in content["origins"].items()}, prints.guards)
