"""IR -> Python text: statements, functions and whole modules.

    for i in range(n):                          # L10
        a = w * y                               # L11

Every statement takes one line, so that a line of the text has one origin in the user's source.
"""
from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..ir.nodes import (
    Assign, Block, Break, Closure, Comment, Continue, Effect, Expr, For, Function, If, NOWHERE, Names, Origin, Param,
    Return, Stmt, Store, Update, While, With, slot,
)
from ..ir.tries import Except, Finally, Try
from ..ir.walk import all_names, bound_in
from .imports import Binding, Imports, definition_name
from .raising import BINARY, arguments, to_ast
from .unparse import Level, Unparser, text

Cells = Literal["keywords", "closure"]
COMMENT_COLUMN = 48


@dataclass(frozen=True)
class Module:
    """Generated text.

    imports: every name the text reads without defining it.
    lines: line of the text -> where in the user's source the line comes from.
    names: the functions defined, in order; cells: for each that needs them, its free variables.
    """

    text: str
    imports: tuple[Binding, ...] = ()
    lines: Mapping[int, Origin] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    cells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def expression(e: Expr, imports: Imports) -> str:
    """The text of an expression.

    >>> from srcgrad.ir.nodes import Const, Ref, op
    >>> expression(op("mul", Const(2), op("add", Ref("x"), Const(-1))), Imports())
    '2 * (x + -1)'
    """
    return text(to_ast(e, imports))


def print_function(fn: Function, imports: Imports | None = None, *, cells: Cells = "closure") -> str:
    """One `def`. With `cells="keywords"` captured variables are keyword-only parameters, else free variables."""
    rows = _rows(fn, Imports.of([fn]) if imports is None else imports, cells)
    return "\n".join(row for row, _ in rows) + "\n"


def print_module(functions: Sequence[Function], *, doc: str | None = None, cells: Cells = "closure",
                 imports: Imports | None = None) -> Module:
    """A module that defines the functions and imports what they read."""
    imports = Imports.of(functions) if imports is None else imports
    printed = [_rows(fn, imports, cells) for fn in functions]
    rows: list[_Row] = [(row, NOWHERE) for row in [*_docstring(doc), *imports.lines()]]
    for function_rows in [*map(_plain, imports.before()), *printed, *map(_plain, imports.after())]:
        gap = 0 if not rows else 1 if not function_rows[0][0].startswith(("def ", "class ", "@")) else 2
        rows += [("", NOWHERE)] * gap + function_rows
    free = {definition_name(fn): fn.cells for fn in functions if fn.cells} if cells == "closure" else {}
    return Module(
        text="\n".join(row for row, _ in rows) + "\n",
        imports=imports.bindings(),
        lines={number: origin for number, (_, origin) in enumerate(rows, 1) if origin != NOWHERE},
        names=tuple(map(definition_name, functions)),
        cells=free,
    )


_Row = tuple[str, Origin]


def _plain(text: str) -> list[_Row]:
    return [(row, NOWHERE) for row in text.split("\n")]


def _rows(fn: Function, imports: Imports, cells: Cells) -> list[_Row]:
    printer = _Printer(imports, fn.notes.get("comments", {}))
    imports.used.clear()
    printer.function(fn, cells)
    hidden = imports.used & all_names(fn)
    if hidden:
        raise ValueError(f"{fn.name}: local names hide what the module defines: {', '.join(sorted(hidden))}")
    return printer.rows


def _printable(comment: str) -> str:
    return "".join(c if c.isprintable() else " " for c in comment)


def _docstring(doc: str | None) -> list[str]:
    """The lines of a docstring, not indented."""
    if doc is None:
        return []
    clean = inspect.cleandoc(doc).replace("\\", "\\\\").replace('"""', r"\"\"\"")
    clean = "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in clean)
    if "\n" in clean:
        return ('"""' + clean + '\n"""').split("\n")
    return [f'"""{clean[:-1]}\\""""' if clean.endswith('"') else f'"""{clean}"""']


class _Printer:
    """Prints one function into `rows`."""

    def __init__(self, imports: Imports, comments: Mapping[Stmt, str]) -> None:
        self.imports = imports
        self.comments = comments
        self.rows: list[_Row] = []
        self.depth = 0

    def write(self, line: str, origin: Origin = NOWHERE) -> None:
        self.rows.append(("    " * self.depth + line if line else "", origin))

    def line(self, s: Stmt, line: str) -> None:
        """A statement's line, with its comment on the right."""
        comment = self.comments.get(s, "")
        if comment:
            start = "    " * self.depth + line
            line += " " * max(COMMENT_COLUMN - len(start), 2) + "# " + _printable(comment)
        self.write(line, s.origin)

    def text(self, e: Expr, level: Level = Level.TEST) -> str:
        return text(to_ast(e, self.imports), level)

    # -------------------------------------------------------------- functions
    def function(self, fn: Function, cells: Cells) -> None:
        keywords = fn.cells if cells == "keywords" else ()
        self.write(f"def {definition_name(fn)}({self.parameters(fn.params, keywords)}):", fn.origin)
        self.depth += 1
        for row in _docstring(fn.doc):
            self.write(row)
        rebound = sorted(set(fn.cells) & bound_in(fn.body)) if cells == "closure" else []
        if rebound:
            self.write("nonlocal " + ", ".join(rebound))
        if fn.body or not (fn.doc or rebound):
            self.statements(fn.body)
        self.depth -= 1

    def parameters(self, params: Sequence[Param], cells: Sequence[str]) -> str:
        return text(arguments(params, cells, lambda e: to_ast(e, self.imports)))

    def nested(self, s: Assign, closure: Closure) -> None:
        """A nested function: what it captures are the variables of the same names around it."""
        fn = closure.whole
        self.line(s, f"def {s.target}({self.parameters(fn.params, ())}):")
        self.depth += 1
        rebound = sorted(bound_in(fn.body) & set(fn.cells))
        if rebound:
            self.write("nonlocal " + ", ".join(rebound))
        self.statements(fn.body)
        self.depth -= 1

    # -------------------------------------------------------------- statements
    def statements(self, block: Block) -> None:
        for index, s in enumerate(block):
            if isinstance(s, Comment):
                if index:
                    self.write("")
                self.write("# " + _printable(s.text))
            else:
                self.statement(s)
        if all(isinstance(s, Comment) for s in block):
            self.write("pass")

    def statement(self, s: Stmt) -> None:
        match s:
            case With():
                name = "" if s.target is None else f" as {s.target}"
                self.block(s, f"with {self.text(s.test)}{name}:", s.body)
            case Try():
                self.attempt(s)
            case Finally():
                self.block(s, "try:", s.body)
                self.write("finally:")
                self.depth += 1
                self.statements(s.orelse)
                self.depth -= 1
            case If():
                self.branch(s, "if")
            case For():
                self.block(s, f"for {target(s.target)} in {self.text(s.iter)}:", s.body)
                self.otherwise(s.orelse)
            case While():
                self.block(s, f"while {self.text(s.test)}:", s.body)
                self.otherwise(s.orelse)
            case Assign(str(), Closure() as closure):
                self.nested(s, closure)
            case _:
                self.line(s, self.simple(s))

    def simple(self, s: Stmt) -> str:
        match s:
            case Assign():
                unpacks = not isinstance(s.target, str)
                return f"{target(s.target)} = {self.text(s.value, Level.TUPLE if unpacks else Level.TEST)}"
            case Update():
                return f"{s.name} {_sign(s.op)} {self.text(s.value)}"
            case Store():
                return f"{self.text(slot(s.base, s.key))} {_sign(s.op)} {self.text(s.value)}"
            case Return():
                return f"return {self.text(s.value, Level.TUPLE)}"
            case Break():
                return "break"
            case Continue():
                return "continue"
            case Effect():
                return self.effect(s)
        raise TypeError(f"cannot print {s!r}")

    def effect(self, s: Effect) -> str:
        parts = list(map(self.text, s.args))
        match s.verb:
            case "expr":
                return parts[0]
            case "assert":
                return "assert " + ", ".join(parts)
        return " ".join(["raise", " from ".join(parts)]).rstrip()

    def block(self, s: Stmt, header: str, body: Block) -> None:
        self.line(s, header)
        self.depth += 1
        self.statements(body)
        self.depth -= 1

    def branch(self, s: If, keyword: str) -> None:
        self.block(s, f"{keyword} {self.text(s.test)}:", s.body)
        match s.orelse:
            case (If() as only,):
                self.branch(only, "elif")
            case orelse:
                self.otherwise(orelse)

    def attempt(self, s: Try) -> None:
        """A `try` with its handlers; what the last of them raises again is left out."""
        self.block(s, "try:", s.body)
        handlers = s.orelse
        while handlers and isinstance(first := handlers[0], Except):
            name = "" if first.target is None else f" as {first.target}"
            self.block(first, f"except {self.text(first.test)}{name}:", first.body)
            handlers = first.orelse

    def otherwise(self, block: Block) -> None:
        if block:
            self.write("else:")
            self.depth += 1
            self.statements(block)
            self.depth -= 1


def _sign(op: str | None) -> str:
    """`+=` for "add"; `=` for None."""
    return "=" if op is None else f"{Unparser.binop[BINARY[op].__name__]}="


def target(names: Names) -> str:
    """What stands on the left of an assignment.

    >>> target("a"), target(("a", ("b", "c"))), target(("a",))
    ('a', 'a, (b, c)', 'a,')
    """
    if isinstance(names, str):
        return names
    parts = [part if isinstance(part, str) else f"({target(part)})" for part in names]
    return ", ".join(parts) + ("," if len(parts) == 1 else "") if parts else "()"
