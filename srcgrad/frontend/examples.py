"""Functions from pieces of text, for doctests and tests."""
from __future__ import annotations

import itertools
import linecache
from types import FunctionType
from typing import Any

from ..ir.nodes import Function
from .lower import lower
from .read import read

_numbers = itertools.count()


def define(text: str, **names: Any) -> Any:
    """The last function that a piece of source text defines; `names` are its globals.

    >>> define("def double(x): return k * x", k=2)(4)
    8
    """
    filename = f"<example-{next(_numbers)}>"
    text = text.strip("\n") + "\n"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    scope: dict[str, Any] = {"__name__": "example"} | names
    exec(compile(text, filename, "exec"), scope)
    return next(value for name, value in reversed(scope.items()) if isinstance(value, FunctionType))


def surface(text: str, **names: Any) -> Function:
    """The same, read and lowered."""
    return lower(read(define(text, **names)))


def normal(text: str, **names: Any) -> Function:
    """The same in NORMAL."""
    from .normalize import normalize  # whose examples come from here
    return normalize(surface(text, **names))
