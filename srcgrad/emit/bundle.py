"""Text that stands alone: what it would import of srcgrad, or of the user's modules, is written into it.

Python's own modules, NumPy and SciPy are imported as ever; every function, class or constant of another module comes along
as its module defines it, with all that it reads in turn.
"""
from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .. import errors
from ..errors import SourceUnavailable, SrcgradError
from .definitions import Foreign, Read, Table, Text, absolute, bound_names, plain, reads, short_doc, table_of
from .imports import DEFAULTS, HELPERS, Imports, identifier

ROOTS = {"numpy", "scipy"}
ERRORS = errors.__name__
Default = tuple[str, ast.expr]  # the module it stands in, and the expression


@dataclass(frozen=True)
class Definition:
    """Text that defines a name. `user`: it comes from a module of the user's."""

    text: str
    user: bool


class Bundle(Imports):
    """Imports that bring definitions along. `defaults`: where the defaults of parameters that are no literals are written."""

    def __init__(self, taken: Iterable[str] = (), defaults: Mapping[tuple[str, int], Default] | None = None) -> None:
        super().__init__(taken)
        self.defaults = defaults or {}
        self.definitions: list[Definition] = []
        self._names: dict[tuple[str, str], str] = {}

    # -------------------------------------------------------------- names
    def _path(self, module: str, name: str, value: Any) -> str:
        if not module or module in ("builtins", DEFAULTS, HELPERS) or _stays(module):
            return super()._path(module, name, value)
        if not name:
            raise SourceUnavailable(f"globals of {module} are written to, and a file that stands alone has no such module",
                                    hint="return the value instead, or emit without --standalone")
        first, dot, rest = name.partition(".")
        return self.bring(module, first) + dot + rest

    def _helper(self, name: str) -> str:
        return self.bring(HELPERS, name)

    def _default(self, name: str, value: Any) -> str:
        key = name, id(value)
        shown = self._names.get((DEFAULTS, str(key)))
        if shown is None:
            if key not in self.defaults:
                raise SourceUnavailable(f"the default of the parameter {name} is not written where it can be copied from",
                                        hint="give the parameter a literal or None as its default")
            module, e = self.defaults[key]
            shown = self._names[DEFAULTS, str(key)] = self._namer.fresh("_default_" + identifier(name))
            self._add(shown, module, e, prefix=f"{shown} = ")
        return shown

    def bring(self, module: str, name: str) -> str:
        """The name under which a name of another module is found in this text."""
        home, name = _home(module, name)
        if _stays(home):
            return ast.unparse(self.reference(home, name)) if name else self._module(home)
        key = home, name
        if key not in self._names:
            self._names[key] = self._namer.fresh(name)
            if home == ERRORS:
                self.definitions.append(Definition(_error(self._names[key], name), False))
            else:
                self._add(self._names[key], home, self._found(home, name))
        return self._names[key]

    def _found(self, module: str, name: str) -> ast.stmt:
        table = table_of(module)
        if name not in table.found or name in table.twice:
            why = "is bound more than once, or by another statement than a definition" if table.knows(name) else "is not defined"
            raise SourceUnavailable(f"{module}.{name} {why}, and can't be copied into a file that stands alone",
                                    filename=table.module.__file__, lineno=table.line(name),
                                    hint="pass it as an argument, or emit without --standalone")
        return table.found[name]

    # -------------------------------------------------------------- definitions
    def _add(self, shown: str, module: str, node: ast.stmt | ast.expr, prefix: str = "") -> None:
        table = table_of(module)
        text = Text(table, node)
        ours = module.partition(".")[0] == "srcgrad"
        if not isinstance(node, ast.ClassDef):
            plain(text, node, lambda s: not _stays(absolute(table.module, s)))
        if ours:
            short_doc(text, node)
        self._rename(text, node, shown)
        _refuse_globals(table, node)
        local = bound_names(node) if isinstance(node, ast.FunctionDef) else frozenset()
        for read in [*reads(node, _with_inner_imports(table, node))]:
            self._replace(text, table, node, read, local)
        self.definitions.append(Definition(prefix + text.done(), not ours))

    def _rename(self, text: Text, node: ast.AST, shown: str) -> None:
        """Puts the name it has here into a definition."""
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name != shown:
            start = text.data.index(node.name.encode(), text.place(node.lineno, node.col_offset) + 4)
            text.between(start, start + len(node.name.encode()), shown)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text.replace(node.targets[0], shown)
        elif isinstance(node, ast.AnnAssign):
            text.between(text.span(node.target)[0], text.span(node.annotation)[1], shown)

    def _replace(self, text: Text, table: Table, node: ast.AST, read: Read, local: frozenset[str]) -> None:
        if isinstance(read.node, ast.Name) and isinstance(read.node.ctx, ast.Store):
            return
        foreign = _with_inner_imports(table, node).imported.get(read.name)
        if foreign is None:
            shown = self.bring(table.module.__name__, read.name)
        elif foreign.name:
            shown = self.bring(foreign.module, foreign.name)
        elif _stays(foreign.module):
            shown = f"{self._module(foreign.module)}.{read.attribute}" if read.attribute else self._module(foreign.module)
        elif read.attribute:
            shown = self.bring(foreign.module, read.attribute)
        else:
            raise SourceUnavailable(f"{table.module.__name__} uses the module {foreign.module} as a value",
                                    hint="emit without --standalone")
        if shown.partition(".")[0] in local:
            raise ValueError(f"{shown} is a local name where it is read")
        start, end = text.span(read.node)
        if text.data[start:end].decode() != shown:
            text.between(start, end, shown)

    def before(self) -> list[str]:
        return [d.text for d in self.definitions if d.user]

    def after(self) -> list[str]:
        return [d.text for d in self.definitions if not d.user]


def _stays(module: str) -> bool:
    """Whether a module is imported by a file that stands alone."""
    root = module.partition(".")[0]
    return root in ROOTS or root in sys.stdlib_module_names and root != "__main__"


def _home(module: str, name: str) -> tuple[str, str]:
    """Where a name that a module holds is defined."""
    if module == HELPERS:
        function = getattr(sys.modules[HELPERS], name, None)
        code = getattr(function, "__code__", None)
        if code is not None:
            return function.__globals__["__name__"], function.__name__  # type: ignore[union-attr]
    if module == ERRORS or _stays(module):
        return module, name
    table = table_of(module)
    if name in table.imported and name not in table.found:
        foreign = table.imported[name]
        return _home(foreign.module, foreign.name) if foreign.name else (foreign.module, "")
    for star in table.stars:
        if name not in table.found and hasattr(sys.modules[star], name):
            return _home(star, name)
    return module, name


def _with_inner_imports(table: Table, node: ast.AST) -> Table:
    """The table, with what the definition imports for itself from modules that come along."""
    inner = {alias.asname or alias.name: Foreign(absolute(table.module, s), alias.name) for s in ast.walk(node)
             if isinstance(s, ast.ImportFrom) and not _stays(absolute(table.module, s)) for alias in s.names}
    if not inner:
        return table
    return Table(table.module, table.text, table.found, table.imported | inner, table.stars, table.twice)


def _refuse_globals(table: Table, node: ast.AST) -> None:
    for s in ast.walk(node):
        if isinstance(s, ast.Global):
            raise SourceUnavailable(f"a function of {table.module.__name__} rebinds its global {s.names[0]}, and can't be "
                                    "copied into a file that stands alone", filename=table.module.__file__, lineno=s.lineno,
                                    hint="emit without --standalone")


def _error(shown: str, name: str) -> str:
    """An exception class like that of srcgrad's, with Python's own class as its only base."""
    kind: type[SrcgradError] = getattr(errors, name)
    base = next((b.__name__ for b in kind.__bases__ if not issubclass(b, SrcgradError)), "Exception")
    return (f'class {shown}({base}):\n    """{kind.__doc__}"""\n\n'
            "    def __init__(self, message, *, hint=\"\", **place):\n"
            '        super().__init__(f"{message}\\nhint: {hint}" if hint else message)')
