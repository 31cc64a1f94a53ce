"""Definitions of Python modules as text that can stand in another file.

    def spread(g: Any, x: Any) -> Any:        def spread(g, x):
        from .helpers import zeros_like           return zeros_like_2(x) + g
        return zeros_like(x) + g

Annotations of functions go, and so do imports inside them of what comes along; names are replaced by those they have in the
other file. The text is edited in place, so that comments and layout stay.
"""
from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

Found = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True)
class Foreign:
    """A name that a module imports: `name` of `module`, "" for the module itself."""

    module: str
    name: str


@dataclass
class Table:
    """What a module defines and imports at its top level. `twice`: names bound more than once."""

    module: ModuleType
    text: str
    found: dict[str, Found] = field(default_factory=dict)
    imported: dict[str, Foreign] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    twice: set[str] = field(default_factory=set)

    def knows(self, name: str) -> bool:
        return name in self.found or name in self.imported or any(hasattr(sys.modules[m], name) for m in self.stars)

    def line(self, name: str) -> int:
        return self.found[name].lineno if name in self.found else 1


_tables: dict[str, Table] = {}


def table_of(name: str) -> Table:
    """The table of a module that is imported, or can be."""
    module = sys.modules.get(name) or importlib.import_module(name)
    known = _tables.get(name)
    if known is not None and known.module is module:
        return known
    text = Path(module.__file__ or "").read_text(encoding="utf-8")
    table = _tables[name] = Table(module, text)
    for s in ast.parse(text).body:
        _enter(table, s)
    return table


def _enter(table: Table, s: ast.stmt) -> None:
    match s:
        case ast.ImportFrom():
            source = absolute(table.module, s)
            for alias in s.names:
                if alias.name == "*":
                    table.stars.append(source)
                else:
                    table.imported[alias.asname or alias.name] = _foreign(source, alias.name)
        case ast.Import():
            for alias in s.names:
                shown = alias.asname or alias.name.partition(".")[0]
                table.imported[shown] = Foreign(alias.name if alias.asname else shown, "")
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            _define(table, name, s)
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            _define(table, name, s)
        case _:
            table.twice |= {n.id for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store | ast.Del)}


def _define(table: Table, name: str, s: Found) -> None:
    if name in table.found:
        table.twice.add(name)
    table.found[name] = s


def absolute(module: ModuleType, s: ast.ImportFrom) -> str:
    """The module that an import inside `module` names."""
    if not s.level:
        return s.module or ""
    package = str(module.__package__).split(".")
    return ".".join([*package[:len(package) - s.level + 1], *([s.module] if s.module else [])])


def _foreign(module: str, name: str) -> Foreign:
    """An imported name: a submodule, or what a module holds."""
    value = getattr(sys.modules.get(module), name, None)
    return Foreign(value.__name__, "") if isinstance(value, ModuleType) else Foreign(module, name)


# ------------------------------------------------------------------ what a definition reads
@dataclass(frozen=True)
class Read:
    """A place where a definition reads a name of its module: `node` is the name, or `module.name` where that is a module."""

    node: ast.Name | ast.Attribute
    name: str
    attribute: str = ""


def reads(node: ast.AST, table: Table) -> Iterator[Read]:
    """The names of its module that a definition reads, annotations of functions left out."""
    if isinstance(node, ast.AnnAssign):  # of a module: the annotation goes
        yield from (r for e in (node.target, node.value) if e is not None for r in _reads(e, table, frozenset()))
    else:
        yield from _reads(node, table, frozenset())


def _reads(node: ast.AST, table: Table, local: frozenset[str]) -> Iterator[Read]:
    match node:
        case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name not in local and name in table.imported \
                and not table.imported[name].name:
            yield Read(node, name, attribute)
        case ast.Name(id=name) if name not in local and table.knows(name):
            yield Read(node, name)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            inner = local | bound_names(node)
            outer = *node.args.defaults, *node.args.kw_defaults, *getattr(node, "decorator_list", ())
            for e in (e for e in outer if e is not None):
                yield from _reads(e, table, local)
            for s in node.body if isinstance(node.body, list) else [node.body]:
                yield from _reads(s, table, inner)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            inner = local | _stored(node)
            for child in ast.iter_child_nodes(node):
                yield from _reads(child, table, inner)
        case ast.AnnAssign() if local:  # inside a function
            yield from (r for e in (node.target, node.value) if e is not None for r in _reads(e, table, local))
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _reads(child, table, local)


def bound_names(f: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    """The local names of a function; those that it imports from elsewhere are not among them."""
    names = {a.arg for a in (*f.args.posonlyargs, *f.args.args, *f.args.kwonlyargs, f.args.vararg, f.args.kwarg) if a}
    for s in f.body if isinstance(f.body, list) else []:
        names |= _stored(s)
    return frozenset(names)


def _stored(node: ast.AST) -> frozenset[str]:
    """The names bound in a statement or comprehension, those of nested functions' own left out."""
    found: set[str] = set()
    stack = [node]
    while stack:
        n = stack.pop()
        if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(n.name)
            continue
        if isinstance(n, ast.Lambda):
            continue
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store | ast.Del):
            found.add(n.id)
        if isinstance(n, ast.ExceptHandler) and n.name:
            found.add(n.name)
        stack += ast.iter_child_nodes(n)
    return frozenset(found)


# ------------------------------------------------------------------ editing
Edit = tuple[int, int, str]


class Text:
    """The text of a definition, with edits of it in bytes, as `ast` counts them."""

    def __init__(self, table: Table, node: ast.stmt | ast.expr) -> None:
        data = table.text.encode()
        self._starts = [0]
        for line in data.split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        decorated = getattr(node, "decorator_list", ())
        first = min([node.lineno, *(d.lineno for d in decorated)])
        self.start = self._starts[first - 1] if decorated else self.place(node.lineno, node.col_offset)
        self.end = self.place(node.end_lineno or node.lineno, node.end_col_offset or 0)
        self.data = data
        self.edits: list[Edit] = []

    def place(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column

    def replace(self, node: ast.expr, text: str) -> None:
        self.edits.append((*self.span(node), text))

    def span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, ast.expr | ast.stmt | ast.arg)
        return (self.place(node.lineno, node.col_offset), self.place(node.end_lineno or node.lineno, node.end_col_offset or 0))

    def cut_line(self, s: ast.stmt) -> None:
        """Removes the lines of a statement."""
        self.edits.append((self._starts[s.lineno - 1], self._starts[s.end_lineno or s.lineno], ""))

    def between(self, start: int, end: int, text: str = "") -> None:
        self.edits.append((start, end, text))

    def done(self) -> str:
        out, here = [], self.start
        for start, end, text in sorted(self.edits):
            if start < here:
                continue  # inside what an edit before it took away
            out += [self.data[here:start].decode(), text]
            here = end
        return "".join([*out, self.data[here:self.end].decode()]).rstrip()


def plain(text: Text, node: ast.AST, own: Callable[[ast.ImportFrom], bool]) -> None:
    """Takes out the annotations of functions, and the imports inside them that `own` says are of what comes along."""
    for f in ast.walk(node):
        if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef):
            _bare(text, f)
            for s in ast.walk(f):
                if isinstance(s, ast.ImportFrom) and own(s):
                    text.cut_line(s)
                elif isinstance(s, ast.AnnAssign):
                    start, (_, end) = text.span(s.target)[1], text.span(s.annotation)
                    text.between(start, end)


def _bare(text: Text, f: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    args = (*f.args.posonlyargs, *f.args.args, *f.args.kwonlyargs, f.args.vararg, f.args.kwarg)
    given = {id(a) for a, d in zip(f.args.kwonlyargs, f.args.kw_defaults) if d is not None}
    positional = (*f.args.posonlyargs, *f.args.args)
    defaults = dict(zip((id(a) for a in positional[len(positional) - len(f.args.defaults):]), f.args.defaults))
    defaults |= {id(a): d for a, d in zip(f.args.kwonlyargs, f.args.kw_defaults) if d is not None and id(a) in given}
    for a in args:
        if a is not None and a.annotation is not None:
            start = text.span(a)[0] + len(a.arg.encode())
            default = defaults.get(id(a))
            if default is None:
                text.between(start, text.span(a.annotation)[1])
            else:  # `x: int = 3` becomes `x=3`
                text.between(start, text.span(default)[0], "=")
    if f.returns is not None:
        end = text.span(f.returns)[1]
        text.between(text.data.rindex(b"->", 0, text.span(f.returns)[0]), end)
        before = text.data.rindex(b"->", 0, text.span(f.returns)[0])
        if text.data[before - 1:before] == b" ":
            text.edits[-1] = (before - 1, end, "")


def short_doc(text: Text, node: ast.AST) -> None:
    """Leaves of a docstring what stands before its example."""
    body = getattr(node, "body", None)
    if not body or not isinstance(body[0], ast.Expr) or not isinstance(body[0].value, ast.Constant):
        return
    first = body[0]
    start, end = text.span(first)
    shown = text.data[start:end].decode()
    if "\n\n" in shown and ">>>" in shown:
        paragraphs = shown.partition(">>>")[0].rstrip()
        text.between(start, end, paragraphs + '"""')
