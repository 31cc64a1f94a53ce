"""Where nodes come from, and the text of functions."""
from __future__ import annotations

import functools

from .record import dataclass


@dataclass(frozen=True)
class Origin:
    """Where in the user's source a node comes from. Lines count from 1, columns from 0."""

    filename: str
    line: int
    column: int = 0


NOWHERE = Origin("<generated>", 0)


@dataclass(frozen=True)
class Source:
    """The text a function was read from, `line` its first line in the file."""

    filename: str
    line: int
    text: str
    module: str = ""

    def at(self, line: int) -> str:
        """The stripped text of one line of the file, or "" where it lies outside.

        >>> Source("model.py", 7, "def f(x):\\n    return x").at(8)
        'return x'
        """
        lines = _lines(self.text)
        index = line - self.line
        return lines[index].strip() if 0 <= index < len(lines) else ""


@functools.lru_cache(maxsize=16)
def _lines(text: str) -> list[str]:
    return text.splitlines()
