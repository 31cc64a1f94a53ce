"""Every exception that srcgrad raises.

Each carries the user's place (`filename`, `lineno`, `offset`, the text of the line) and a `hint`, and prints as

    model.py:12: in f: `yield` is not differentiable
        yield x
        ^
    hint: return a list instead
"""
from __future__ import annotations

import functools
import linecache
import os
import re
from collections.abc import Callable, Iterable, Sequence
from types import FunctionType
from typing import Any, TypeVar


class SrcgradError(Exception):
    """Base of all errors.

    `filename`, `lineno` (from 1) and `offset` (from 0, like `ast.col_offset`) are None where no line of the user's is to
    blame; `hint` says what to do, "" where there is nothing to say. `others`: further problems of the same function, which
    are printed too.
    """

    others: tuple[SrcgradError, ...] = ()

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
                column = max((self.offset or 0) - (len(self.text) - len(stripped)), 0) if self.offset is not None else (
                    _name_column(stripped))
                lines += ["    " + stripped.rstrip(), "    " + " " * column + "^"]
        if self.hint:
            lines.append(f"hint: {self.hint}")
        for i, other in enumerate(self.others[:SHOWN]):
            lines += [""] * (i == 0) + [str(other)]
        if len(self.others) > SHOWN:
            lines.append(f"... and {len(self.others) - SHOWN} more")
        return "\n".join(lines)

    def locate(self, filename: str, lineno: int) -> None:
        """Says where, for an error that was raised without knowing."""
        self.filename, self.lineno, self.text = filename, lineno, linecache.getline(filename, lineno).rstrip("\n")
        self.args = (str(self),)

    def __reduce__(self) -> tuple[object, ...]:
        state = {"message": self.message, "filename": self.filename, "lineno": self.lineno, "offset": self.offset,
                 "hint": self.hint, "text": self.text}
        return _rebuild, (type(self), state, self.others)


def _rebuild(kind: type[SrcgradError], state: dict[str, Any], others: tuple[SrcgradError, ...] = ()) -> SrcgradError:
    message = state.pop("message")
    error = kind(message, **state)
    return combined([error, *others])


SHOWN = 9  # further problems that are printed


def _name_column(text: str) -> int:
    """Where the caret stands under a line without a column: at the name of a function that it defines."""
    found = re.match(r"(?:async\s+)?def\s+(?=\w)|", text)
    return found.end() if found else 0


def combined(errors: Sequence[SrcgradError]) -> SrcgradError:
    """The first of several problems, in the order of their lines (file by file), which tells of the others too."""
    unique = {(e.filename, e.lineno, e.message): e for e in [x for e in errors for x in (e, *e.others)]}
    files = list(dict.fromkeys(e.filename for e in unique.values()))
    ordered = sorted(unique.values(), key=lambda e: (files.index(e.filename), e.lineno or 0))
    first, *others = ordered
    if not others and not first.others:
        return first
    found = _alone(first)
    found.others = tuple(map(_alone, others))
    found.args = (str(found),)
    if isinstance(found, SyntaxError):
        found.msg = found.args[0]
    return found


def _alone(error: SrcgradError) -> SrcgradError:
    """The same error without the others."""
    return type(error)(error.message, filename=error.filename, lineno=error.lineno, offset=error.offset, hint=error.hint,
                       text=error.text)


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """The start of a hint about a name that is not there: "" where none is like it.

    >>> did_you_mean("wieghts", ["x", "weights"]), did_you_mean("q", ["x"])
    ("did you mean 'weights'? ", '')
    """
    from difflib import get_close_matches  # whoever makes no mistake need not wait for it
    near = get_close_matches(name, list(names), 1)
    return f"did you mean {near[0]!r}? " if near else ""


# ------------------------------------------------------------------ tracebacks
Function = TypeVar("Function", bound=Callable[..., Any])


def trimmed(error: SrcgradError) -> SrcgradError:
    """The error without the frames of the compiler in its traceback; with SRCGRAD_DEBUG=1 as it is."""
    if os.environ.get("SRCGRAD_DEBUG", "0") not in ("", "0"):
        return error
    error.__cause__, error.__context__, error.__suppress_context__ = None, None, True
    return error.with_traceback(None)


def trims(function: Function) -> Function:
    """Of a function that users call: its errors come without the frames of the compiler."""
    caught, cut = SrcgradError, trimmed

    def face(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        try:
            return function(*args, **kwargs)
        except caught as error:
            raise cut(error)  # noqa: B904  (it is the same error)

    # Over the globals of the function, by which doctest and others tell where a function comes from.
    found = FunctionType(face.__code__, function.__globals__, function.__name__, None, face.__closure__)
    return functools.update_wrapper(found, function)  # type: ignore[return-value]


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
