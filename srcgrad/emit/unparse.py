"""Python expressions as text, with only the parentheses that precedence needs.

astunparse does the work; what it gets wrong is put right here: tuples with slices inside subscripts, parentheses around
everything, f-strings before Python 3.12, and strings print in double quotes where they can.
"""
from __future__ import annotations

import ast
import io
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import astunparse


class Level(IntEnum):
    """How tightly an expression binds; a child that binds less than its place demands is put in parentheses."""

    TUPLE = 0
    TEST = 1
    OR = 2
    AND = 3
    NOT = 4
    COMPARE = 5
    BITOR = 6
    BITXOR = 7
    BITAND = 8
    SHIFT = 9
    ARITH = 10
    TERM = 11
    FACTOR = 12
    POWER = 13
    ATOM = 14


_BINARY: dict[type[ast.operator], Level] = {
    ast.BitOr: Level.BITOR, ast.BitXor: Level.BITXOR, ast.BitAnd: Level.BITAND,
    ast.LShift: Level.SHIFT, ast.RShift: Level.SHIFT, ast.Add: Level.ARITH, ast.Sub: Level.ARITH,
    ast.Mult: Level.TERM, ast.MatMult: Level.TERM, ast.Div: Level.TERM, ast.FloorDiv: Level.TERM, ast.Mod: Level.TERM,
    ast.Pow: Level.POWER,
}
_QUOTES = ('"', "'", '"""', "'''")


def text(tree: ast.AST, level: Level = Level.TEST) -> str:
    """The text of an expression (or of `ast.arguments`), in a place that demands `level`.

    >>> text(ast.parse("a[(i, slice(None))] - (b - (-1)**2)", mode="eval").body)
    'a[i, slice(None)] - (b - (-1) ** 2)'
    """
    out = io.StringIO()
    Unparser(tree, out, level)
    return out.getvalue().strip()


def level_of(tree: ast.AST) -> Level:
    """How tightly the expression binds when it is printed without parentheses."""
    match tree:
        case ast.BinOp():
            return _BINARY[type(tree.op)]
        case ast.UnaryOp():
            return Level.NOT if isinstance(tree.op, ast.Not) else Level.FACTOR
        case ast.Compare():
            return Level.COMPARE
        case ast.BoolOp():
            return Level.AND if isinstance(tree.op, ast.And) else Level.OR
        case ast.IfExp() | ast.Lambda():
            return Level.TEST
        case ast.Tuple(elts=[_, *_]):
            return Level.TUPLE
        case ast.Constant(value=int() | float() as number) if number < 0:
            return Level.FACTOR
    return Level.ATOM


class Unparser(astunparse.Unparser):  # type: ignore[misc]
    """astunparse with precedence: every place says how tightly its expression must bind."""

    def __init__(self, tree: ast.AST, file: io.StringIO, level: Level = Level.TEST) -> None:
        self._level = level
        super().__init__(tree, file)

    def dispatch(self, tree: Any, level: Level | None = None) -> None:
        """Prints a tree into a place that demands `level`; without one, that of an argument."""
        demanded, self._level = (self._level if level is None else level), Level.TEST
        if isinstance(tree, ast.expr) and level_of(tree) < demanded:
            self.write("(")
            super().dispatch(tree)
            self.write(")")
        else:
            super().dispatch(tree)

    def _separated(self, trees: Sequence[ast.expr], separator: str, level: Level) -> None:
        for index, tree in enumerate(trees):
            if index:
                self.write(separator)
            self.dispatch(tree, level)

    # -------------------------------------------------------------- operators
    def _BinOp(self, t: ast.BinOp) -> None:
        level = _BINARY[type(t.op)]
        left, right = level, Level(level + 1)
        if isinstance(t.op, ast.Pow):  # binds to the right, and `2 ** -1` needs no parentheses
            left, right = Level.ATOM, Level.FACTOR
        self.dispatch(t.left, left)
        self.write(f" {self.binop[type(t.op).__name__]} ")
        self.dispatch(t.right, right)

    def _UnaryOp(self, t: ast.UnaryOp) -> None:
        sign = self.unop[type(t.op).__name__]
        self.write("not " if sign == "not" else sign)
        self.dispatch(t.operand, level_of(t))

    def _Compare(self, t: ast.Compare) -> None:
        self.dispatch(t.left, Level.BITOR)
        for op, operand in zip(t.ops, t.comparators):
            self.write(f" {self.cmpops[type(op).__name__]} ")
            self.dispatch(operand, Level.BITOR)

    def _BoolOp(self, t: ast.BoolOp) -> None:
        self._separated(t.values, f" {self.boolops[type(t.op)]} ", Level(level_of(t) + 1))

    def _IfExp(self, t: ast.IfExp) -> None:
        self.dispatch(t.body, Level.OR)
        self.write(" if ")
        self.dispatch(t.test, Level.OR)
        self.write(" else ")
        self.dispatch(t.orelse, Level.TEST)

    # -------------------------------------------------------------- trailers
    def _Attribute(self, t: ast.Attribute) -> None:
        if isinstance(t.value, ast.Constant) and type(t.value.value) is int:  # `1.real` is no number
            self.write(f"({t.value.value!r})")
        else:
            self.dispatch(t.value, Level.ATOM)
        self.write("." + t.attr)

    def _Call(self, t: ast.Call) -> None:
        self.dispatch(t.func, Level.ATOM)
        self.write("(")
        for index, argument in enumerate([*t.args, *t.keywords]):
            if index:
                self.write(", ")
            self.dispatch(argument, Level.TEST)
        self.write(")")

    def _Subscript(self, t: ast.Subscript) -> None:
        self.dispatch(t.value, Level.ATOM)
        self.write("[")
        self.dispatch(t.slice, Level.TUPLE)
        self.write("]")

    def _Tuple(self, t: ast.Tuple) -> None:
        if not t.elts:
            self.write("()")
            return
        self._separated(t.elts, ", ", Level.TEST)
        if len(t.elts) == 1:
            self.write(",")

    def _Starred(self, t: ast.Starred) -> None:
        self.write("*")
        self.dispatch(t.value, Level.BITOR)

    # -------------------------------------------------------------- literals
    def _write_constant(self, value: object) -> None:
        if isinstance(value, str | bytes):
            self.write(quoted(value))
        elif type(value) is int and value.bit_length() > 10_000:  # Python refuses to print these in decimal
            self.write(hex(value))
        elif isinstance(value, float | complex):
            self.write(_number(value))
        else:
            super()._write_constant(value)

    def _JoinedStr(self, t: ast.JoinedStr) -> None:
        fields = [v for v in t.values if isinstance(v, ast.FormattedValue)]
        printed = {id(field): _field(field) for field in fields}
        inner = "".join(printed.values())
        quote = next((q for q in _QUOTES if q not in inner), None)
        if quote is None or "\\" in inner:  # before Python 3.12 no f-string can say it
            self._format_call(t)
            return
        parts = [printed[id(v)] if isinstance(v, ast.FormattedValue) else _literal(v, quote) for v in t.values]
        self.write("f" + quote + "".join(parts) + quote)

    def _format_call(self, t: ast.JoinedStr) -> None:
        """`"{} and {!r}".format(a, b)`, which is the same as the f-string."""
        template, values = "", []
        for part in t.values:
            if isinstance(part, ast.FormattedValue):
                template += "{" + _suffix(part) + "}"
                values.append(part.value)
            else:
                template += _constant(part).replace("{", "{{").replace("}", "}}")
        self.write(quoted(template) + ".format(")
        self._separated(values, ", ", Level.TEST)
        self.write(")")


def _number(value: float | complex) -> str:
    """`1e-9` and `1e20`, where repr says `1e-09` and `1e+20`; infinity as a number that is too large."""
    return repr(value).replace("inf", "1e309").replace("e-0", "e-").replace("e+", "e")


def quoted(value: str | bytes) -> str:
    """The literal, in double quotes where that needs no escapes.

    >>> print(quoted("it"), quoted('say "it"'), quoted(b"it"))
    "it" 'say "it"' b"it"
    """
    printed = repr(value)
    if '"' in printed:
        return printed
    start = printed.index("'")
    return f'{printed[:start]}"{printed[start + 1:-1]}"'


def _constant(tree: ast.expr) -> str:
    assert isinstance(tree, ast.Constant) and isinstance(tree.value, str)
    return tree.value


def _literal(tree: ast.expr, quote: str) -> str:
    """A piece of text inside an f-string in the given quotes, always on one line."""
    escaped = repr('"' + _constant(tree))[2:-1]  # the leading quote makes repr choose single quotes
    escaped = escaped.replace("\\'", "'").replace(quote[0], "\\" + quote[0])
    return escaped.replace("{", "{{").replace("}", "}}")


def _suffix(field: ast.FormattedValue) -> str:
    """`!r:.3f` of a replacement field whose format is plain text."""
    conversion = "" if field.conversion == -1 else "!" + chr(field.conversion)
    if field.format_spec is None:
        return conversion
    assert isinstance(field.format_spec, ast.JoinedStr)
    return conversion + ":" + "".join(map(_constant, field.format_spec.values))


def _field(field: ast.FormattedValue) -> str:
    value = text(field.value)
    space = " " if value.startswith("{") else ""
    return "{" + space + value + _suffix(field) + "}"
