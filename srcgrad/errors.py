"""Every exception that srcgrad raises.

Each carries the user's place (`filename`, `lineno`, `offset`, the text of the line) and a `hint`, and prints as

    model.py:12: in f: `yield` is not differentiable
        yield x
        ^
    hint: return a list instead
"""
from __future__ import annotations

import linecache


class SrcgradError(Exception):
    """Base of all errors.

    `filename`, `lineno` (from 1) and `offset` (from 0, like `ast.col_offset`) are None where no line of the user's is to
    blame; `hint` says what to do, "" where there is nothing to say.
    """

    def __init__(self, message: str, *, filename: str | None = None, lineno: int | None = None,
                 offset: int | None = None, hint: str = "", text: str | None = None) -> None:
        self.message = message
        self.filename = filename
        self.lineno = lineno
        self.offset = offset
        self.hint = hint
        if text is None and filename and lineno:
            text = linecache.getline(filename, lineno).rstrip("\n")
        self.text = text or ""
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [self.message]
        if self.filename and self.lineno:
            lines[0] = f"{self.filename}:{self.lineno}: {self.message}"
            stripped = self.text.lstrip()
            if stripped:
                lines.append("    " + stripped.rstrip())
                if self.offset is not None:
                    column = max(self.offset - (len(self.text) - len(stripped)), 0)
                    lines.append("    " + " " * column + "^")
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        state = {"message": self.message, "filename": self.filename, "lineno": self.lineno, "offset": self.offset,
                 "hint": self.hint, "text": self.text}
        return _rebuild, (type(self), state)


def _rebuild(kind: type[SrcgradError], state: dict[str, object]) -> SrcgradError:
    message = state.pop("message")
    return kind(message, **state)  # type: ignore[arg-type]


class UnsupportedSyntax(SrcgradError, SyntaxError):  # type: ignore[misc]  # SyntaxError.text may be None
    """A construct outside the accepted language."""


class MissingRule(SrcgradError, NotImplementedError):
    """A function with neither rule nor readable source, or a keyword its rule lacks."""


class SourceUnavailable(SrcgradError, OSError):
    """No source text: `exec`, a REPL without source, a C function without a rule."""


class NotDifferentiable(SrcgradError, TypeError):
    """An integer, bool or string argument in `wrt`; an integer array marked."""


class NonScalarOutput(SrcgradError, TypeError):
    """`grad` of a function whose output is not a real scalar."""


class BadWrt(SrcgradError, ValueError):
    """A `wrt` position out of range, or an unknown name."""


class AliasError(SrcgradError, NotImplementedError):
    """Memory sharing that can't be decided, or one array passed as two arguments of which one is modified."""


class RecordError(SrcgradError, RuntimeError):
    """backward on what was not recorded, was released, or has no marked input."""


class NotFinite(SrcgradError, FloatingPointError):
    """The first NaN or infinity, under `debug()`."""


class GradientMismatch(SrcgradError, AssertionError):
    """`check_grads` found a derivative that disagrees with differences."""
