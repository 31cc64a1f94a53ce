"""The notation rules are written in.

    @elementwise(np.divide, "operator.truediv")
    def divide(z, x, y):
        d[z] += singular(d[x] / y)
        d[z] += singular(-z * d[y] / y)

The first parameter is the result, those without default are operands, the others are keywords; `d[v]` is the tangent of
`v`. A line of an elementwise rule is a diagonal Jacobian, so the adjoint is the same line with `d[z]` and `d[operand]`
swapped. Other rules state both modes, in `with tangent:` and `with adjoint:` blocks; there, `d[x][key] += ...` adds to
a part. `singular(...)` marks a line that is infinite or undefined somewhere: where the incoming adjoint is a structural
zero (an entry that was masked out or not selected), the contribution is 0 instead of 0 * inf.

Rules are read as text, never executed: importing a rule file does not parse it, using a rule does.
"""
from __future__ import annotations

import ast
import builtins
import copy
import inspect
import linecache
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from ..errors import UnsupportedSyntax
from ..ir.nodes import (
    Attribute, Build, Call, Choose, Const, Expr, Fn, Global, Lazy, Method, Operator, Ref, Slice,
)
from ..ir.types import Type
from ..ir.walk import expressions, substitute
from .linear import linear
from .operands import _Optional, fixed as fixed, optional as optional

OPERATORS: dict[type, str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow", ast.MatMult: "matmul", ast.LShift: "lshift", ast.RShift: "rshift", ast.BitAnd: "and_",
    ast.BitOr: "or_", ast.BitXor: "xor", ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "invert", ast.Not: "not_",
    ast.Lt: "lt", ast.LtE: "le", ast.Eq: "eq", ast.NotEq: "ne", ast.Gt: "gt", ast.GtE: "ge", ast.Is: "is_",
    ast.IsNot: "is_not", ast.In: "in_", ast.NotIn: "not_in",
}

# d, tangent, adjoint and singular are notation: the functions that use them are never called.
d: Any = None
tangent = adjoint = d


def singular(value: Any) -> Any:
    """Marks a line that is infinite or undefined somewhere (notation)."""
    raise NotImplementedError("singular(...) is notation for rules; it is never called")


def dot(name: str) -> Ref:
    """How `d[name]` stands in the expression of a line."""
    return Ref(f"d[{name}]")


@dataclass(frozen=True)
class Line:
    """`d[target][key] += value`, where `value` is linear in `dot(of)`."""

    target: str
    of: str
    value: Expr
    key: Expr | None = None
    singular: bool = False


@dataclass(frozen=True)
class Body:
    """What a rule says, parsed."""

    tangent: tuple[Line, ...]
    adjoint: tuple[Line, ...]


TypeRule = Callable[[dict[str, Type], dict[str, Expr]], Type]


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule: its operands and keywords, and its lines (parsed on first use)."""

    name: str
    kind: Literal["elementwise", "structural", "constant"]
    function: Callable[..., Any] | None = None
    result: str = "z"
    operands: tuple[str, ...] = ()
    positional: tuple[str, ...] = ()  # operands and keywords in the order of positional arguments
    keywords: dict[str, Expr] = field(default_factory=dict)
    type: TypeRule | None = None
    fresh: bool = True  # the result is new memory, never a view of an operand
    variadic: str | None = None  # an operand that takes all remaining positional arguments, as a tuple
    optional: dict[str, Expr] = field(default_factory=dict)  # operands that a call may leave out, and what they then are
    fixed: tuple[str, ...] = ()  # operands that have no derivative, and must not be active

    @property
    def body(self) -> Body:
        """The lines. Raises UnsupportedSyntax at the rule's own line where it is not in the notation."""
        return Body((), ()) if self.function is None else _parse(self.function, self.kind)


def signature_of(function: Callable[..., Any], kind: Literal["elementwise", "structural"], type: TypeRule | None,
                 fresh: bool) -> Rule:
    """A rule from the signature of the function that states it."""
    params = list(inspect.signature(function).parameters.values())
    operands, positional, keywords, variadic = [], [], {}, None
    optionals: dict[str, Expr] = {}
    for p in params[1:]:
        if p.kind is p.VAR_POSITIONAL:
            variadic = p.name
            operands.append(p.name)
            continue
        if p.default is p.empty or isinstance(p.default, _Optional):
            operands.append(p.name)
            if isinstance(p.default, _Optional):
                optionals[p.name] = _constant(p.default.value)
        else:
            keywords[p.name] = _constant(p.default)
        if p.kind is not p.KEYWORD_ONLY:
            positional.append(p.name)
    return Rule(function.__name__.rstrip("_"), kind, function, params[0].name, tuple(operands), tuple(positional), keywords,
                type, fresh, variadic, optionals, tuple(p.name for p in params if p.annotation == fixed))


def _constant(value: Any) -> Expr:
    return Build("tuple", tuple(map(_constant, value))) if isinstance(value, tuple) else Const(value)


def states_modes(function: Callable[..., Any]) -> bool:
    """Whether the function that states a rule has `with` blocks."""
    return any(isinstance(s, ast.With) for s in _Reader(function).node.body)


@cache
def _parse(function: Callable[..., Any], kind: str) -> Body:
    reader = _Reader(function)
    return reader.body(kind)


@cache
def _definitions(filename: str) -> dict[int, ast.FunctionDef]:
    """The functions of a file by the line of their first decorator or `def`."""
    tree = ast.parse("".join(linecache.getlines(filename)))
    return {min([n.lineno, *(x.lineno for x in n.decorator_list)]): n
            for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}


def renamed(node: ast.FunctionDef, names: dict[str, str]) -> ast.FunctionDef:
    """A rule's text with other names for its parameters."""
    if names:
        node = copy.deepcopy(node)
        for n in ast.walk(node):
            if isinstance(n, ast.arg):
                n.arg = names.get(n.arg, n.arg)
            elif isinstance(n, ast.Name):
                n.id = names.get(n.id, n.id)
    return node


class _Reader:
    """Reads one rule."""

    def __init__(self, function: Callable[..., Any]) -> None:
        code = function.__code__
        self.function = function
        self.filename = code.co_filename
        node = _definitions(self.filename).get(code.co_firstlineno)
        if node is None:
            raise UnsupportedSyntax(f"no source text for the rule {function.__name__}", filename=self.filename,
                                    lineno=code.co_firstlineno, hint="define rules in a file")
        self.node = renamed(node, getattr(function, "__renamed__", {}))
        node = self.node
        self.locals = {a.arg for a in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]}
        if node.args.vararg:
            self.locals.add(node.args.vararg.arg)
        self.result = node.args.args[0].arg
        self.globals = function.__globals__

    def refuse(self, message: str, node: ast.AST) -> UnsupportedSyntax:
        return UnsupportedSyntax(f"in rule {self.function.__name__}: {message}", filename=self.filename,
                                 lineno=getattr(node, "lineno", None), offset=getattr(node, "col_offset", None),
                                 hint="see CONTRIBUTING.md, 'Add a rule in three lines'")

    def body(self, kind: str) -> Body:
        found: dict[str, list[Line]] = {"both": [], "tangent": [], "adjoint": []}
        for s in self.node.body:
            if isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant):
                continue  # docstring
            if isinstance(s, ast.With) and isinstance(s.items[0].context_expr, ast.Name):
                mode = s.items[0].context_expr.id
                if mode not in ("tangent", "adjoint"):
                    raise self.refuse("only `with tangent:` and `with adjoint:`", s)
                found[mode] += [self.formed(x, mode) for x in s.body if not isinstance(x, ast.Pass)]
            else:
                if kind != "elementwise":
                    raise self.refuse("a structural rule states its lines under `with tangent:` or `with adjoint:`", s)
                found["both"].append(self.formed(s, "tangent"))
        return Body(tuple(found["both"] + found["tangent"]),
                    tuple([self.swap(line) for line in found["both"]] + found["adjoint"]))

    def formed(self, s: ast.stmt, mode: str) -> Line:
        line = self.line(s)
        if mode == "tangent" and (line.target != self.result or line.of == self.result):
            raise self.refuse("a tangent line has the form d[result] += ... d[operand] ...", s)
        if mode == "adjoint" and (line.of != self.result or line.target == self.result):
            raise self.refuse("an adjoint line has the form d[operand] += ... d[result] ...", s)
        return line

    def swap(self, line: Line) -> Line:
        value = substitute(line.value, {dot(line.of).name: dot(line.target)})
        return Line(line.of, line.target, value, None, line.singular)

    def line(self, s: ast.stmt) -> Line:
        if not (isinstance(s, ast.AugAssign) and isinstance(s.op, ast.Add)):
            raise self.refuse("a line has the form d[v] += ...", s)
        target, key = self.target(s.target)
        value, is_singular = s.value, False
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "singular":
            value, is_singular = value.args[0], True
        e = self.expr(value)
        of = sorted({n.name[2:-1] for n in expressions(e) if isinstance(n, Ref) and n.name.startswith("d[")})
        if len(of) != 1:
            raise self.refuse("a line is linear in exactly one d[...]", s)
        if not linear(e, dot(of[0])):
            raise self.refuse(f"not linear in d[{of[0]}]", s)
        return Line(target, of[0], e, key, is_singular)

    def target(self, node: ast.expr) -> tuple[str, Expr | None]:
        name = self.tangent_name(node)
        if name is not None:
            return name, None
        if isinstance(node, ast.Subscript):
            name = self.tangent_name(node.value)
            if name is not None:
                return name, self.expr(node.slice)
        raise self.refuse("a line has the form d[v] += ...", node)

    def tangent_name(self, node: ast.expr) -> str | None:
        if (isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "d"
                and isinstance(node.slice, ast.Name)):
            if node.slice.id not in self.locals:
                raise self.refuse(f"{node.slice.id} is not a parameter of the rule", node)
            return node.slice.id
        return None

    def expr(self, node: ast.expr) -> Expr:
        name = self.tangent_name(node)
        if name is not None:
            return dot(name)
        match node:
            case ast.Constant():
                return Const(node.value)
            case ast.Name():
                return Ref(node.id) if node.id in self.locals else self.named(node.id, node)
            case ast.BinOp():
                return Call(Operator(OPERATORS[type(node.op)]), (self.expr(node.left), self.expr(node.right)))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return Const(-value)
            case ast.UnaryOp():
                return Call(Operator(OPERATORS[type(node.op)]), (self.expr(node.operand),))
            case ast.Compare(ops=[comparison]):
                return Call(Operator(OPERATORS[type(comparison)]),
                            (self.expr(node.left), self.expr(node.comparators[0])))
            case ast.BoolOp():
                return Lazy("and" if isinstance(node.op, ast.And) else "or", tuple(map(self.expr, node.values)))
            case ast.IfExp():
                return Choose(self.expr(node.test), self.expr(node.body), self.expr(node.orelse))
            case ast.Tuple() | ast.List():
                return Build("tuple" if isinstance(node, ast.Tuple) else "list", tuple(map(self.expr, node.elts)))
            case ast.Subscript():
                return Call(Operator("getitem"), (self.expr(node.value), self.expr(node.slice)))
            case ast.Slice():
                return Slice(*(None if part is None else self.expr(part)
                               for part in (node.lower, node.upper, node.step)))
            case ast.Attribute():
                return self.attribute(node)
            case ast.Call():
                return self.call(node)
        raise self.refuse("not in the notation for rules", node)

    def call(self, node: ast.Call) -> Expr:
        kwargs = tuple((k.arg or "", self.expr(k.value)) for k in node.keywords)
        args = tuple(map(self.expr, node.args))
        if isinstance(node.func, ast.Attribute):
            found = self.attribute(node.func)
            if isinstance(found, Call):
                return Call(Method(node.func.attr), (found.args[0], *args), kwargs)
        else:
            found = self.expr(node.func)
        if not isinstance(found, Global):
            raise self.refuse("only module functions and methods can be called in a rule", node)
        return Call(Fn(found.module, found.name, found.value), args, kwargs)

    def attribute(self, node: ast.Attribute) -> Expr:
        chain: list[str] = [node.attr]
        value: ast.expr = node.value
        while isinstance(value, ast.Attribute):
            chain.append(value.attr)
            value = value.value
        if isinstance(value, ast.Name) and value.id not in self.locals and inspect.ismodule(
                self.globals.get(value.id)):
            found = module = self.globals[value.id]
            path: list[str] = []
            for part in reversed(chain):
                found = getattr(found, part)
                path.append(part)
                if inspect.ismodule(found):
                    module, path = found, []
            return Global(module.__name__, ".".join(path), found)
        return Call(Attribute(node.attr), (self.expr(node.value),))

    def named(self, name: str, node: ast.expr) -> Global:
        if name in self.globals:
            value = self.globals[name]
            if isinstance(value, Global):
                return value
            return Global(getattr(value, "__module__", None) or self.globals["__name__"],
                          getattr(value, "__name__", name), value)
        if hasattr(builtins, name):
            return Global("builtins", name, getattr(builtins, name))
        raise self.refuse(f"unknown name {name}", node)
