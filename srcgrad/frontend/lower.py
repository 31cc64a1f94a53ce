"""gast -> SURFACE: statements, parameters, the function. Together with `expressions` the only place that refuses
syntax."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import gast

from ..errors import UnsupportedSyntax, combined
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Block, Break, Build, Call, Const, Continue, Effect, Expr, For, Function, Global, If, Kind, Method, Origin,
    Param, Ref, Return, Stmt, Store, While,
)
from ..ir.tries import Finally
from .assignments import LITERALS, Assignments
from .accepted import ACCEPTED, DELETED, FINAL, GLOBAL, Refusal, refused
from .comprehensions import apart
from .contexts import context
from .exits import own_exits
from .expressions import Expressions
from .matching import Matching, captured, held
from .read import Code, annotation_texts
from .resolve import DEFAULTS, own_nodes, scope_of
from .syntax import walk
from .trying import Trying


def lower(code: Code) -> Function:
    """A function in the SURFACE dialect.

    Raises UnsupportedSyntax, with the user's line, for whatever is not in `accepted.ACCEPTED`.
    """
    if isinstance(code.node, gast.AsyncFunctionDef):
        raise refused(code, code.node)
    fn = _body(code, tuple(_parameters(code)), list(_generators(code)))
    return replace(fn, notes={"globals": code.globals, "callable": code.function, "annotations": annotation_texts(code)})


def lower_nested(code: Code) -> Function:
    """A function inside another: the defaults of its parameters are evaluated where it is made."""
    return _body(code, tuple(Param(node.id, kind) for kind, nodes in _kinds(code.node.args) for node in nodes))


def _body(code: Code, params: tuple[Param, ...], problems: list[UnsupportedSyntax] | None = None) -> Function:
    """`problems`: what is known to be refused; it is told together with what else is."""
    statements = Statements(code)
    statements.problems += problems or []
    if isinstance(code.node, gast.Lambda):
        doc, body = None, statements.result(code.node.body)
    else:
        doc, rest = _docstring(code.node.body)
        body = statements.block(rest)
    if statements.problems:
        raise combined(statements.problems)
    return Function(
        name=code.name, params=params, body=body, source=code.source, cells=code.cells,
        temporaries=frozenset(statements.temporaries), doc=doc,
    )


def _generators(code: Code) -> Iterable[UnsupportedSyntax]:
    """What makes the whole function another kind of thing: `yield` and `await`."""
    for node in walk(code.node):
        if isinstance(node, gast.Yield | gast.YieldFrom | gast.Await):
            yield refused(code, node)


def _docstring(body: list[Any]) -> tuple[str | None, list[Any]]:
    match body:
        case [gast.Expr(value=gast.Constant(value=str() as doc)), *rest]:
            return doc, rest
    return None, body


# ------------------------------------------------------------------ parameters
def _kinds(a: Any) -> Iterable[tuple[Kind, list[Any]]]:
    """The nodes of the parameters, in order."""
    return (("positional", a.posonlyargs), ("either", a.args), ("varargs", [a.vararg] if a.vararg else []),
            ("keyword", a.kwonlyargs), ("varkw", [a.kwarg] if a.kwarg else []))


def _parameters(code: Code) -> Iterable[Param]:
    a = code.node.args
    nodes = {node.id: node for node in [*a.posonlyargs, *a.args]}
    values: Any = code.function.__defaults__ or ()
    written = dict(zip(reversed(nodes), reversed(a.defaults)))
    given = dict(zip(reversed(nodes), reversed(values)))
    for count, name in enumerate(nodes):
        default = _default(name, written, given)
        yield Param(name, "positional" if count < len(a.posonlyargs) else "either", default)
    if a.vararg:
        yield Param(a.vararg.id, "varargs")
    keywords = code.function.__kwdefaults__ or {}
    written = {node.id: d for node, d in zip(a.kwonlyargs, a.kw_defaults) if d is not None}
    for node in a.kwonlyargs:
        yield Param(node.id, "keyword", _default(node.id, written, keywords))
    if a.kwarg:
        yield Param(a.kwarg.id, "varkw")


def _default(name: str, written: dict[str, Any], given: dict[str, Any]) -> Expr | None:
    """The default that the function object holds; as a literal where the source has a literal."""
    if name not in given:
        return None
    literal = _literal(given[name]) if name in written and _is_literal(written[name]) else None
    return literal or Global(DEFAULTS, name, given[name])


def _is_literal(node: Any) -> bool:
    match node:
        case gast.Constant():
            return True
        case gast.UnaryOp():
            return _is_literal(node.operand)
        case gast.Tuple():
            return all(map(_is_literal, node.elts))
    return False


def _literal(value: Any) -> Expr | None:
    if type(value) in LITERALS:
        return Const(value)
    if type(value) is tuple:
        items = [_literal(each) for each in value]
        return Build("tuple", tuple(each for each in items if each)) if all(items) else None
    return None


# ------------------------------------------------------------------ statements
class Statements(Assignments, Matching, Trying):
    """Lowers the statements of one function; `temporaries` are the names it had to make."""

    def __init__(self, code: Code) -> None:
        apart(code.node, code.cells)
        self.code = code
        self.scope = scope_of(code)
        self.expression = Expressions(code, self.scope, lower_nested)
        self.namer = Namer({n.id for n in walk(code.node) if isinstance(n, gast.Name)} | set(code.cells)
                           | captured(code.node))
        self.expression.name, self.expression.pattern, self.expression.at = self.namer.fresh, self.pattern, self.at
        self.temporaries: list[str] = []
        self.problems: list[UnsupportedSyntax] = []

    def block(self, nodes: Iterable[Any]) -> Block:
        """The statements; what is refused is noted, so that all of it can be told together."""
        out: list[Stmt] = []
        for node in nodes:
            try:
                out += self.statement(node)
            except UnsupportedSyntax as error:
                self.problems.append(error)
        return tuple(out)

    def statement(self, node: Any) -> Iterable[Stmt]:
        if type(node) not in ACCEPTED:
            raise self.refused(node)
        lowered: Iterable[Stmt] = getattr(self, type(node).__name__)(node)
        return lowered

    def result(self, node: Any) -> Block:
        """The body of a lambda."""
        return (Return(self.expression(node), origin=self.at(node)),)

    def refused(self, node: Any, why: Refusal | None = None) -> Exception:
        return refused(self.code, node, why)

    def at(self, node: Any) -> Origin:
        return Origin(self.code.source.filename, node.lineno, node.col_offset)

    def temporary(self, hint: str) -> str:
        name = self.namer.fresh(hint)
        self.temporaries.append(name)
        return name

    # -------------------------------------------------------------- control flow
    def If(self, node: Any) -> Iterable[Stmt]:
        yield If(self.expression(node.test), self.block(node.body), self.block(node.orelse), origin=self.at(node))

    def For(self, node: Any) -> Iterable[Stmt]:
        iterable = self.expression.consumed(node.iter)
        stores: list[Stmt] = []
        target = self.pattern(node.target, stores)
        body = tuple(stores) + self.block(node.body)
        yield For(target, iterable, body, self.block(node.orelse), origin=self.at(node))

    def While(self, node: Any) -> Iterable[Stmt]:
        yield While(self.expression(node.test), self.block(node.body), self.block(node.orelse), origin=self.at(node))

    def With(self, node: Any) -> Iterable[Stmt]:
        body = self.block(node.body)
        for each in reversed(node.items):
            body = (context(self.code, each, self.expression(each.context_expr), body, self.at(each.context_expr)),)
        return body

    def Try(self, node: Any) -> Iterable[Stmt]:
        if not node.finalbody:
            return self.attempt(node)
        final, origin = self.block(node.finalbody), self.at(node)
        if own_exits(final):
            raise self.refused(node, FINAL)
        body = self.attempt(node) if node.handlers else self.block(node.body)
        return (Finally(Const(True), body, final, origin=origin),)

    def Break(self, node: Any) -> Iterable[Stmt]:
        yield Break(origin=self.at(node))

    def Continue(self, node: Any) -> Iterable[Stmt]:
        yield Continue(origin=self.at(node))

    def Return(self, node: Any) -> Iterable[Stmt]:
        value = Const(None) if node.value is None else self.expression(node.value)
        yield Return(value, origin=self.at(node))

    def Pass(self, node: Any) -> Iterable[Stmt]:
        return ()

    Nonlocal = Pass  # what it says of names is in the scope

    def Global(self, node: Any) -> Iterable[Stmt]:
        others = {n.name for n in own_nodes(self.code.node) if isinstance(n, gast.FunctionDef)} | captured(self.code.node) | {
            part.id for n in own_nodes(self.code.node) for part in _bound_otherwise(n) if isinstance(part, gast.Name)}
        if others & set(node.names) or self.scope.imports.keys() & set(node.names):
            raise self.refused(node, GLOBAL)
        return ()

    def Match(self, node: Any) -> Iterable[Stmt]:
        subject = self.expression(node.subject)
        if held(subject):
            name = self.temporary("subject")
            yield Assign(name, subject, origin=self.at(node))
            subject = Ref(name)
        yield from self.chain(node.cases, subject)

    def class_of(self, node: Any) -> type | None:
        place = self.scope.place(node)
        return place.value if place is not None and isinstance(place.value, type) else None

    def Import(self, node: Any) -> Iterable[Stmt]:
        return ()  # its names are looked up when the function is read

    ImportFrom = Import

    def Delete(self, node: Any) -> Iterable[Stmt]:
        """`del x[i]` is a pop, `del x[i:j]` is `x[i:j] = []`; a name that nothing reads any more needs no statement."""
        for target in node.targets:
            if isinstance(target, gast.Subscript) and isinstance(target.slice, gast.Slice) and target.slice.step is None:
                base, key = self.expression(target.value), self.expression(target.slice)
                yield Store(base, key, Build("list", ()), origin=self.at(node))
            elif isinstance(target, gast.Subscript) and not isinstance(target.slice, gast.Slice):
                base, key = self.expression(target.value), self.expression(target.slice)
                yield Effect("expr", (Call(Method("pop"), (base, key)),), origin=self.at(node))
            elif not isinstance(target, gast.Name):
                raise self.refused(target, DELETED)

    def FunctionDef(self, node: Any) -> Iterable[Stmt]:
        value = self.expression.closure(node, node.name)
        for decorator in reversed(node.decorator_list):
            value = self.expression.decorated(decorator, value)
        yield Assign(node.name, value, origin=self.at(node))

    # -------------------------------------------------------------- effects
    def Expr(self, node: Any) -> Iterable[Stmt]:
        value = self.expression(node.value)
        if not isinstance(value, Const):
            yield Effect("expr", (value,), origin=self.at(node))

    def Assert(self, node: Any) -> Iterable[Stmt]:
        parts = [part for part in (node.test, node.msg) if part is not None]
        yield Effect("assert", self.expression.all(parts), origin=self.at(node))

    def Raise(self, node: Any) -> Iterable[Stmt]:
        parts = [part for part in (node.exc, node.cause) if part is not None]
        yield Effect("raise", self.expression.all(parts), origin=self.at(node))


def _bound_otherwise(node: Any) -> list[Any]:
    """What a node binds that is neither an assignment nor a loop, or unbinds."""
    match node:
        case gast.With():
            return [item.optional_vars for item in node.items]
        case gast.Delete():
            return list(node.targets)
        case gast.NamedExpr():
            return [node.target]
    return []
