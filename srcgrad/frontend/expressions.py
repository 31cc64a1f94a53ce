"""gast expressions -> SURFACE expressions. One method for one row of `accepted.ACCEPTED`, of the same name."""
from __future__ import annotations

import builtins
import functools
from collections.abc import Callable
from dataclasses import replace
from types import FunctionType
from typing import Any

import gast

from ..ir.nodes import (
    STARS, Build, Call, Choose, Closure, Const, Expr, Fn, Function, Lazy, Method, Ref, Slice, Starred, Target, Value, attr,
    item, op,
)
from .accepted import ACCEPTED, REFUSED_CALLS, refused
from .comprehensions import Comprehensions
from .derivatives import derivative, lifted, product, solution
from .read import Code
from .resolve import Place, Scope, free_names

BINARY: dict[type, str] = {
    gast.Add: "add", gast.Sub: "sub", gast.Mult: "mul", gast.Div: "truediv", gast.FloorDiv: "floordiv",
    gast.Mod: "mod", gast.Pow: "pow", gast.MatMult: "matmul", gast.LShift: "lshift", gast.RShift: "rshift",
    gast.BitAnd: "and_", gast.BitOr: "or_", gast.BitXor: "xor",
}
UNARY: dict[type, str] = {gast.USub: "neg", gast.UAdd: "pos", gast.Invert: "invert", gast.Not: "not_"}
COMPARISON: dict[type, str] = {
    gast.Lt: "lt", gast.LtE: "le", gast.Eq: "eq", gast.NotEq: "ne", gast.Gt: "gt", gast.GtE: "ge", gast.Is: "is_",
    gast.IsNot: "is_not", gast.In: "in_", gast.NotIn: "not_in",
}
_CONVERSIONS = {ord("r"): "repr", ord("s"): "str", ord("a"): "ascii"}
CHAIN = "chain"  # the operator "chain lt le" of a, b, c is `a < b <= c`; SURFACE only


def builtin(name: str, *args: Expr) -> Call:
    """A call of a builtin function, whatever the user's names mean."""
    return Call(Fn("builtins", name, getattr(builtins, name)), args)


class Expressions(Comprehensions):
    """Lowers the expressions of one function."""

    def __init__(self, code: Code, scope: Scope, inside: Callable[[Code], Function]) -> None:
        self.code = code
        self.scope = scope
        self.inside = inside  # lowers a nested function

    def __call__(self, node: Any) -> Expr:
        if type(node) not in ACCEPTED:
            raise refused(self.code, node)
        lowered: Expr = getattr(self, type(node).__name__)(node)
        return lowered

    def all(self, nodes: Any) -> tuple[Expr, ...]:
        return tuple(self(node) for node in nodes)

    # -------------------------------------------------------------- leaves
    def Constant(self, node: Any) -> Expr:
        return Const(node.value)

    def Name(self, node: Any) -> Expr:
        return self.scope.name(node.id)

    def Attribute(self, node: Any) -> Expr:
        place = self.scope.place(node)
        return place.read() if place else attr(self(node.value), node.attr)

    # -------------------------------------------------------------- operators
    def Subscript(self, node: Any) -> Expr:
        return item(self(node.value), self(node.slice))

    def Slice(self, node: Any) -> Expr:
        return Slice(*(None if part is None else self(part) for part in (node.lower, node.upper, node.step)))

    def BinOp(self, node: Any) -> Expr:
        return op(BINARY[type(node.op)], self(node.left), self(node.right))

    def UnaryOp(self, node: Any) -> Expr:
        operand = self(node.operand)
        if isinstance(node.op, gast.USub) and isinstance(operand, Const) and type(operand.value) in (int, float):
            return Const(-operand.value)
        return op(UNARY[type(node.op)], operand)

    def BoolOp(self, node: Any) -> Expr:
        return Lazy("and" if isinstance(node.op, gast.And) else "or", self.all(node.values))

    def Compare(self, node: Any) -> Expr:
        """`a < b < c` is `a < b and b < c` where evaluating b twice is evaluating it once, else a "chain"."""
        names = [COMPARISON[type(each)] for each in node.ops]
        operands = self.all([node.left, *node.comparators])
        if len(names) == 1:
            return op(names[0], *operands)
        if all(self._steady(middle) for middle in operands[1:-1]):
            return Lazy("and", tuple(op(*each) for each in zip(names, operands, operands[1:])))
        return op(" ".join([CHAIN, *names]), *operands)

    def _steady(self, e: Expr) -> bool:
        """A literal or a local name, which nothing that runs in between can change."""
        return isinstance(e, Const) or (isinstance(e, Ref) and e.name not in self.scope.cells)

    def IfExp(self, node: Any) -> Expr:
        return Choose(self(node.test), self(node.body), self(node.orelse))

    # -------------------------------------------------------------- calls
    def Call(self, node: Any) -> Expr:
        inherited = self._inherited(node)
        if inherited is not None:
            return inherited
        self._refuse_frames(node)
        made = (derivative(node, self.scope) or lifted(node, self.scope, self.code, self)
                or product(node, self.scope, self) or solution(node, self.scope, self))
        if made is not None:
            return made
        target, receiver = self._callee(node.func)
        early = self.consuming(node, target)
        if early is not None:
            return early
        args = tuple(self._argument(arg, target) for arg in node.args)
        return Call(target, receiver + args, tuple(self._keyword(k) for k in node.keywords))

    def _callee(self, node: Any) -> tuple[Target, tuple[Expr, ...]]:
        place = self.scope.place(node)
        if place and callable(place.value):
            return place.function(), ()
        made = derivative(node, self.scope) if isinstance(node, gast.Call) else None
        if made is not None:
            return Fn(made.module, made.name, made.value), ()
        if isinstance(node, gast.Attribute) and place is None:
            return Method(node.attr), (self(node.value),)
        return Value(), (self(node),)

    def _argument(self, node: Any, target: Target) -> Expr:
        return Starred(self(node.value)) if isinstance(node, gast.Starred) else self.argument(node, target)

    def _keyword(self, node: Any) -> tuple[str, Expr]:
        return node.arg or STARS, self(node.value)

    # -------------------------------------------------------------- functions
    def Lambda(self, node: Any) -> Expr:
        return self.closure(node, "<lambda>")

    def closure(self, node: Any, name: str) -> Expr:
        """A nested function: what it reads of the variables around it is captured."""
        around = self.scope.locals | self.scope.cells
        cells = tuple(sorted(free_names(node) & around))
        function = self.inside(replace(self.code, node=node, cells=cells, label=name))
        a = node.args
        positional = [*a.posonlyargs, *a.args]
        written = dict(zip([p.id for p in positional][len(positional) - len(a.defaults):], a.defaults))
        written |= {p.id: d for p, d in zip(a.kwonlyargs, a.kw_defaults) if d is not None}
        return Closure(function, tuple((c, Ref(c)) for c in cells), tuple((n, self(d)) for n, d in written.items()))

    def decorated(self, node: Any, value: Expr) -> Expr:
        """`@node` over a function; `functools.wraps` changes nothing that is computed."""
        place = self.scope.place(node.func) if isinstance(node, gast.Call) else None
        if place is not None and place.value is functools.wraps:
            return value
        target, receiver = self._callee(node)
        return Call(target, (*receiver, value))

    def _inherited(self, node: Any) -> Expr | None:
        """`super().name(...)` as a call of the function of that name in the next class, where every subclass agrees on it."""
        cls, f = self.scope.captured.get("__class__"), node.func
        if not (isinstance(cls, type) and isinstance(f, gast.Attribute) and isinstance(f.value, gast.Call)
                and not f.value.args and isinstance(f.value.func, gast.Name) and f.value.func.id == "super"):
            return None
        owner = next((c for c in cls.__mro__[1:] if f.attr in vars(c)), None)
        found = None if owner is None else vars(owner)[f.attr]
        if owner is object and f.attr == "__init__" and not node.args:
            return Const(None)
        if owner is None or not isinstance(found, FunctionType) or not _linear(cls):
            return None
        args = tuple(self._argument(arg, Value()) for arg in node.args)
        target = Fn(found.__module__, found.__qualname__, found, (owner, f.attr))
        return Call(target, (Ref(self.code.node.args.args[0].id), *args), tuple(self._keyword(k) for k in node.keywords))

    def _refuse_frames(self, node: Any) -> None:
        """Refuses builtins that look into the running frame."""
        place: Place | None = self.scope.place(node.func)
        if place is None or place.module != "builtins" or place.name not in REFUSED_CALLS:
            return
        if place.name in ("super", "vars", "dir") and node.args:
            return
        raise refused(self.code, node, REFUSED_CALLS[place.name])

    # -------------------------------------------------------------- displays
    def Tuple(self, node: Any) -> Expr:
        return self.sequence(node.elts) if _stars(node) else Build("tuple", self.all(node.elts))

    def List(self, node: Any) -> Expr:
        return self.joined(node.elts) if _stars(node) else Build("list", self.all(node.elts))

    def Set(self, node: Any) -> Expr:
        return builtin("set", self.joined(node.elts)) if _stars(node) else Build("set", self.all(node.elts))

    def Dict(self, node: Any) -> Expr:
        if None in node.keys:
            return self.merged(node)
        return Build("dict", self.all(part for pair in zip(node.keys, node.values) for part in pair))

    def JoinedStr(self, node: Any) -> Expr:
        return Build("fstring", self.all(node.values))

    def FormattedValue(self, node: Any) -> Expr:
        value = self(node.value)
        if node.conversion in _CONVERSIONS:
            value = builtin(_CONVERSIONS[node.conversion], value)
        return value if node.format_spec is None else builtin("format", value, self._format(node.format_spec))

    def _format(self, node: Any) -> Expr:
        """A format is itself an f-string: usually a plain one."""
        spec = self(node)
        assert isinstance(spec, Build)
        texts = [part.value for part in spec.items if isinstance(part, Const)]
        return Const("".join(texts)) if len(texts) == len(spec.items) else spec


def _linear(cls: type) -> bool:
    """No class below has another one between this and the next."""
    below: list[type] = cls.__subclasses__()
    return len(cls.__bases__) == 1 and all(map(_linear, below))


def _stars(node: Any) -> bool:
    return any(isinstance(part, gast.Starred) for part in node.elts)
