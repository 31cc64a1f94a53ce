"""`dataclass(frozen=True)` at the cost of a plain one.

Nodes and types are made by the hundred thousand, and a frozen dataclass takes three times as long to make. Type checkers see
the ordinary decorator, and refuse assignments to fields; while a program runs, they are refused under `SRCGRAD_CHECK=1`.
Classes derived from nodes take this decorator too.
"""
from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses

    def dataclass(cls: Any = None, /, *, frozen: bool = False, eq: bool = True) -> Any:
        """As `dataclasses.dataclass`."""
        really = frozen and bool(os.environ.get("SRCGRAD_CHECK"))
        make = dataclasses.dataclass(frozen=really, eq=eq, unsafe_hash=frozen and eq and not really)
        return make if cls is None else make(cls)
