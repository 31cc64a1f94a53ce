"""The user's line that called us, and the user's names for arrays: what error messages point at."""
from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

from srcgrad.errors import SrcgradError
from srcgrad.runtime.registry import Tracked

E = TypeVar("E", bound=SrcgradError)

_HERE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")


class Caller:
    """The innermost line outside srcgrad: where the user called us."""

    __slots__ = ("_frame", "filename", "lineno")

    def __init__(self) -> None:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename.startswith(_HERE):
            frame = frame.f_back
        self._frame = frame
        self.filename = frame.f_code.co_filename if frame else None
        self.lineno = frame.f_lineno if frame else None

    @property
    def place(self) -> str:
        """`FILE:LINE`."""
        return f"{self.filename}:{self.lineno}"

    def name_of(self, wanted: Callable[[Tracked], Any]) -> str | None:
        """The variable of the caller's for which `wanted(value)` holds, if there is one."""
        if self._frame is not None:
            for scope in (self._frame.f_locals, self._frame.f_globals):
                for name, value in list(scope.items()):
                    if isinstance(value, Tracked) and wanted(value):
                        return f"`{name}`"
        return None

    def error(self, kind: type[E], message: str, hint: str) -> E:
        """An error at the caller's line."""
        return kind(message, filename=self.filename, lineno=self.lineno, hint=hint)
