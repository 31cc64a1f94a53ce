"""IR expressions -> Python expressions."""
from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ..ir.nodes import (
    STARS, Attribute, Build, Call, Choose, Closure, Const, Expr, Fn, Function, Global, Lazy, Method, Operator, Param, Ref,
    Return, Slice, Starred, Value,
)

BINARY: dict[str, type[ast.operator]] = {
    "add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "truediv": ast.Div, "floordiv": ast.FloorDiv, "mod": ast.Mod,
    "pow": ast.Pow, "matmul": ast.MatMult, "and_": ast.BitAnd, "or_": ast.BitOr, "xor": ast.BitXor,
    "lshift": ast.LShift, "rshift": ast.RShift,
}
UNARY: dict[str, type[ast.unaryop]] = {
    "neg": ast.USub, "pos": ast.UAdd, "invert": ast.Invert, "not_": ast.Not,
}
COMPARE: dict[str, type[ast.cmpop]] = {
    "lt": ast.Lt, "le": ast.LtE, "eq": ast.Eq, "ne": ast.NotEq, "ge": ast.GtE, "gt": ast.Gt,
    "is_": ast.Is, "is_not": ast.IsNot, "in_": ast.In, "not_in": ast.NotIn,
}
_CONVERSIONS = {"str": ord("s"), "repr": ord("r"), "ascii": ord("a")}
_LOAD = ast.Load()


class Places(Protocol):
    """Says how an object of a module is written in the generated text."""

    def reference(self, module: str, name: str, value: Any = None) -> ast.expr: ...


def to_ast(e: Expr, places: Places) -> ast.expr:
    """The Python expression that says the same."""
    return _Raiser(places).expression(e)


class _Raiser:
    def __init__(self, places: Places) -> None:
        self.places = places

    def expression(self, e: Expr) -> ast.expr:
        match e:
            case Ref():
                return ast.Name(e.name, _LOAD)
            case Const():
                return constant(e.value, self.builtin)
            case Global():
                return self.places.reference(e.module, e.name, e.value)
            case Call(target=Operator(name)):
                return self.operator(name, e.args)
            case Call():
                return self.call(e)
            case Build():
                return self.build(e)
            case Lazy():
                return self.lazy(e)
            case Choose():
                return ast.IfExp(*map(self.expression, (e.test, e.then, e.orelse)))
            case Slice():  # outside a subscript a slice is an ordinary object
                parts = (Const(None) if part is None else part for part in (e.lower, e.upper, e.step))
                return self.builtin("slice", *map(self.expression, parts))
            case Starred():
                return ast.Starred(self.expression(e.value), _LOAD)
            case Closure(Function(body=(Return(value),))):
                return ast.Lambda(arguments(e.whole.params, (), self.expression), self.expression(value))
        raise TypeError(f"cannot print {e!r}")

    def builtin(self, name: str, *args: ast.expr) -> ast.expr:
        return ast.Call(self.places.reference("builtins", name), list(args), [])

    # -------------------------------------------------------------- calls
    def operator(self, name: str, args: tuple[Expr, ...]) -> ast.expr:
        if name == "getitem":
            base, key = args
            return ast.Subscript(self.expression(base), self.key(key), _LOAD)
        operands = [self.expression(arg) for arg in args]
        if name in UNARY:
            (operand,) = operands
            return ast.UnaryOp(UNARY[name](), operand)
        left, right = operands
        if name in BINARY:
            return ast.BinOp(left, BINARY[name](), right)
        return ast.Compare(left, [COMPARE[name]()], [right])

    def key(self, key: Expr) -> ast.expr:
        """What stands between the brackets of a subscript."""
        match key:
            case Slice():
                lower, upper, step = (None if part is None else self.expression(part)
                                      for part in (key.lower, key.upper, key.step))
                return ast.Slice(lower, upper, step)
            case Build(kind="tuple"):
                return ast.Tuple(list(map(self.key, key.items)), _LOAD)
        return self.expression(key)

    def call(self, e: Call) -> ast.expr:
        args = e.args
        match e.target:
            case Attribute():
                return ast.Attribute(self.expression(args[0]), e.target.name, _LOAD)
            case Fn():
                function = self.places.reference(e.target.module, e.target.name, e.target.value)
            case Method():
                function, args = ast.Attribute(self.expression(args[0]), e.target.name, _LOAD), args[1:]
            case Value():
                function, args = self.expression(args[0]), args[1:]
        keywords = [ast.keyword(None if name == STARS else name, self.expression(value)) for name, value in e.kwargs]
        return ast.Call(function, list(map(self.expression, args)), keywords)

    # -------------------------------------------------------------- displays
    def build(self, e: Build) -> ast.expr:
        if e.kind == "fstring":
            return self.fstring(e)
        items = list(map(self.expression, e.items))
        match e.kind:
            case "tuple":
                return ast.Tuple(items, _LOAD)
            case "list":
                return ast.List(items, _LOAD)
            case "dict":
                return ast.Dict(list(items[::2]), items[1::2])
        return ast.Set(items) if items else self.builtin("set")

    def fstring(self, e: Build) -> ast.expr:
        parts: list[ast.expr] = []
        literal = ""
        for item in e.items:
            if isinstance(item, Const) and isinstance(item.value, str):
                literal += item.value
                continue
            parts += [ast.Constant(literal)] * bool(literal) + [self.field(item)]
            literal = ""
        return ast.JoinedStr(parts + [ast.Constant(literal)] * bool(literal))

    def field(self, e: Expr) -> ast.expr:
        """One replacement field; `format(x, ".3f")` in it is `{x:.3f}`, and `repr(x)` is `{x!r}`."""
        match e:
            case Call(Fn("builtins", "format"), (value, Const(str() as form)), ()) if not set("{}\\'\"\n") & set(form):
                field = self.field(value)
                assert isinstance(field, ast.FormattedValue)
                if field.format_spec is None:
                    field.format_spec = ast.JoinedStr([ast.Constant(form)] if form else [])
                    return field
            case Call(Fn("builtins", "str" | "repr" | "ascii" as name), (value,), ()):
                return ast.FormattedValue(self.expression(value), _CONVERSIONS[name], None)
        return ast.FormattedValue(self.expression(e), -1, None)

    def lazy(self, e: Lazy) -> ast.expr:
        """`(a and b) and c` prints as `a and b and c`."""
        kind = ast.And if e.op == "and" else ast.Or
        values: list[ast.expr] = []
        for item in map(self.expression, e.items):
            nested = isinstance(item, ast.BoolOp) and isinstance(item.op, kind)
            values.extend(item.values if nested and isinstance(item, ast.BoolOp) else [item])
        return ast.BoolOp(kind(), values)


# ------------------------------------------------------------------ parameters
def arguments(params: Sequence[Param], keywords: Sequence[str], expression: Callable[[Expr], ast.expr]) -> ast.arguments:
    """What stands between the parentheses of a `def`; `keywords` are keyword parameters besides."""
    positional = [p for p in params if p.kind == "positional"]
    either = [p for p in params if p.kind == "either"]
    keyword_only = [p for p in params if p.kind == "keyword"]
    names = {kind: next((ast.arg(p.name) for p in params if p.kind == kind), None) for kind in ("varargs", "varkw")}
    return ast.arguments(
        posonlyargs=[ast.arg(p.name) for p in positional],
        args=[ast.arg(p.name) for p in either],
        defaults=[expression(p.default) for p in positional + either if p.default is not None],
        vararg=names["varargs"],
        kwonlyargs=[ast.arg(p.name) for p in keyword_only] + [ast.arg(name) for name in keywords],
        kw_defaults=[None if p.default is None else expression(p.default) for p in keyword_only] + [None] * len(keywords),
        kwarg=names["varkw"],
    )


# ------------------------------------------------------------------ constants
def constant(value: object, builtin: Callable[..., ast.expr]) -> ast.expr:
    """An expression that evaluates to exactly the value, sign of zero included."""
    kind = type(value)
    if isinstance(value, float) and kind is float:
        return _float(value, builtin)
    if isinstance(value, complex) and kind is complex:
        return _complex(value, builtin)
    if isinstance(value, int) and kind is int:
        return ast.Constant(value) if value >= 0 else _minus(-value)
    if value is None or value is Ellipsis or kind in (bool, str, bytes):
        return ast.Constant(value)  # type: ignore[arg-type]
    raise TypeError(f"{kind.__name__} has no literal: {value!r}")


def _minus(value: float | complex) -> ast.expr:
    return ast.UnaryOp(ast.USub(), ast.Constant(value))


def _float(value: float, builtin: Callable[..., ast.expr]) -> ast.expr:
    if not math.isfinite(value):
        return builtin("float", ast.Constant(repr(value)))
    return _minus(-value) if math.copysign(1.0, value) < 0 else ast.Constant(value)


def _complex(value: complex, builtin: Callable[..., ast.expr]) -> ast.expr:
    """`2j`, `-2j`, `1.0 + 2j`, or `complex(real, imag)` where the sign of a zero would be lost."""
    real, size = value.real, abs(value.imag)
    if math.isfinite(real) and math.isfinite(size):
        literal = complex(0.0, size)
        whole = _float(real, builtin)
        for result, tree in [
            (literal, ast.Constant(literal)), (-literal, _minus(literal)),
            (real + literal, ast.BinOp(whole, ast.Add(), ast.Constant(literal))),
            (real - literal, ast.BinOp(whole, ast.Sub(), ast.Constant(literal))),
        ]:
            if repr(result) == repr(value):
                return tree
    return builtin("complex", _float(real, builtin), _float(value.imag, builtin))
