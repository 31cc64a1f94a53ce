"""From a Python function to the syntax tree of its source."""
from __future__ import annotations

import ast
import inspect
import linecache
from collections.abc import Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import gast

from ..errors import SourceUnavailable
from ..ir.nodes import Source
from .locate import Candidate, locate

_HINT = "put the function in a file, register its text with linecache, or register a rule for it"
_STALE = "reload the module (or restart), so that what runs is what the file says"


@dataclass(frozen=True, eq=False)
class Code:
    """A function and its source: what the rest of the front end works on.

    `node` is a gast FunctionDef, AsyncFunctionDef or Lambda with line numbers of the file, private names already
    mangled; `globals` is the function's real dictionary; `module` is the name of the module that owns it. For a nested
    function `label` is its name, and `function` the one around it.
    """

    function: FunctionType
    node: Any
    source: Source
    globals: dict[str, Any]
    cells: tuple[str, ...]
    module: str
    label: str = ""

    @property
    def name(self) -> str:
        return self.label or self.function.__name__

    def line(self, number: int) -> str:
        """One line of the file, as it stands there."""
        lines, index = self.source.text.splitlines(), number - self.source.line
        return lines[index] if 0 <= index < len(lines) else ""


def read(function: Any) -> Code:
    """The source of a plain function or lambda. Decorators are looked through nowhere: pass what they wrap.

    Raises SourceUnavailable where there is no text, or where the text is not (any more) that of the function.
    """
    if not isinstance(function, FunctionType):
        raise SourceUnavailable(f"{_describe(function)} has no Python source", hint="register a rule for it")
    code, filename = function.__code__, function.__code__.co_filename
    lines = _lines(function, filename)
    try:
        candidate = locate("".join(lines), code)
    except (SyntaxError, ValueError) as error:
        raise _unavailable(function, f"cannot be parsed ({error})", _STALE) from None
    if candidate is None:
        raise _unavailable(function, "does not match the code that runs: it was edited after the import, or the "
                                     "code did not come from it", _STALE)
    return Code(function, _gast(candidate), _source(function, candidate, filename, lines), function.__globals__,
                tuple(n for n in code.co_freevars if n != "__class__"), _module(function))


def _lines(function: FunctionType, filename: str) -> list[str]:
    """The lines of the file that the function comes from; works for notebooks and whatever is in linecache."""
    linecache.checkcache(filename)
    lines = linecache.getlines(filename, function.__globals__)
    if not lines:
        try:
            lines = list(inspect.findsource(function)[0])
        except (OSError, TypeError):
            raise _unavailable(function, "is not available", _HINT) from None
    return lines


def _unavailable(function: FunctionType, why: str, hint: str) -> SourceUnavailable:
    code = function.__code__
    return SourceUnavailable(f"the source of {function.__qualname__} {why}", filename=code.co_filename,
                             lineno=code.co_firstlineno, hint=hint)


def _describe(function: Any) -> str:
    return getattr(function, "__qualname__", None) or getattr(function, "__name__", None) or repr(function)


def _module(function: FunctionType) -> str:
    """The module whose names the function sees; `__module__` may have been overwritten by a decorator."""
    return str(function.__globals__.get("__name__") or function.__module__ or "")


def _source(function: FunctionType, candidate: Candidate, filename: str, lines: list[str]) -> Source:
    first, last = candidate.node.lineno, candidate.node.end_lineno
    return Source(filename, first, "".join(lines[first - 1:last]), _module(function))


def _gast(candidate: Candidate) -> Any:
    node = gast.ast_to_gast(candidate.node)
    if candidate.owner.strip("_"):
        for inner in ast.walk(node):
            _mangle(inner, "_" + candidate.owner.lstrip("_"))
    return node


def _mangle(node: Any, prefix: str) -> None:
    """Private names of a class, as Python's own compiler spells them: `self.__w` is `self._Model__w`."""
    field = {gast.Name: "id", gast.Attribute: "attr", gast.keyword: "arg"}.get(type(node))
    name = getattr(node, field) if field else None
    if field and name and name.startswith("__") and not name.endswith("__"):
        setattr(node, field, prefix + name)


def captured(function: FunctionType) -> dict[str, Any]:
    """What the captured variables of a function hold."""
    found: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # nothing yet
            continue
    return found


def annotation_texts(code: Code) -> Mapping[str, str]:
    """The text of each parameter's annotation."""
    arguments = code.node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return {a.id: ast.unparse(gast.gast_to_ast(a.annotation)) for a in every if a.annotation is not None}
