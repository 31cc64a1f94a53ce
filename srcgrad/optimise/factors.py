"""Scalar factors of an array are multiplied first, and signs go to what is smaller, so that one product has the size of the
array.

    before                      after
    b_x = 2 * x * b_out         b_x = 2 * b_out * x
    b_x = -(x * b)              b_x = -b * x
    b_x = np.sum(-y, axis=0)    b_x = -np.sum(y, axis=0)
    b_y = -(y * b) - y * b      b_y = -2 * y * b

Only where the result is the same to the last bit: multiplying by 1, 2, 4 or 0.5 rounds nothing (where nothing over- or
underflows), and a sign never does.
"""
from __future__ import annotations

import math
from dataclasses import replace
from operator import is_

import numpy as np

from ..analyse.types import typing
from ..ir.nodes import Block, Call, Const, Expr, Fn, Function, Operator, Stmt, op
from ..ir.types import Num, Type
from ..ir.walk import expressions, map_blocks, map_operands, operands, rewrite, statements
from .broadcasts import TypeOf
from .known import Typed
from .purity import pure


def factors(f: Function, typed: Typed) -> Function:
    """The function with scalar factors first. `typed` gives the types of names."""
    if not any(_product(e) for s in statements(f.body) for x in operands(s) for e in expressions(x)):
        return f
    type_of = typing(typed(f))

    def block(b: Block) -> Block:
        return tuple(map_blocks(statement(s), block) for s in b)

    def statement(s: Stmt) -> Stmt:
        if not any(_product(x) for e in operands(s) for x in expressions(e)):
            return s
        return map_operands(s, lambda e: rewrite(e, lambda x: _first(x, type_of)))

    body = block(f.body)
    return f if all(map(is_, body, f.body)) else replace(f, body=body)


def _product(e: Expr) -> bool:
    """The form of what may be rewritten."""
    match e:
        case Call(Operator("mul"), (Call(Operator("mul"), (Const(), _)), _)):
            return True
        case Call(Operator("neg"), (Call(Operator("mul"), _),)):
            return True
        case Call(Fn(value=np.sum), (Call(Operator("neg"), _),)):
            return True
        case Call(Operator("add" | "sub"), (a, b)):
            return b in (a, _opposite(a))
    return False


def _opposite(e: Expr) -> Expr | None:
    return e.args[0] if isinstance(e, Call) and e.target == Operator("neg") else None


def _first(e: Expr, type_of: TypeOf) -> Expr:
    """One rewriting at the top of an expression.

    >>> from ..ir.nodes import Ref
    >>> types = {"x": Num("array", "float64", (3,)), "b": Num("python", "float64", ())}
    >>> e = op("mul", op("mul", Const(2), Ref("x")), Ref("b"))
    >>> _first(e, typing(types)) == op("mul", op("mul", Const(2), Ref("b")), Ref("x"))
    True
    """
    match e:
        case Call(Operator("mul"), (Call(Operator("mul"), (Const() as c, x)), s)):
            return op("mul", op("mul", c, s), x) if _exact(c) and _scales(type_of(s), type_of(x)) else e
        case Call(Operator("neg"), (Call(Operator("mul"), (a, b)),)):
            for s, x in ((a, b), (b, a)):
                if _scales(type_of(s), type_of(x)):
                    return op("mul", _minus(s), x)
            return op("mul", _minus(a), b) if _constant_first(a) else e
        case Call(Fn(value=np.sum), (Call(Operator("neg"), (x,)),)) if _floats(type_of(x)):
            return op("neg", replace(e, args=(x,)))
        case Call(Operator("add"), (a, b)) if a == b and _floats(type_of(a)) and pure(a):
            return _times(2, a)
        case Call(Operator("sub"), (a, b)) if b == _opposite(a) and _floats(type_of(b)) and pure(b):
            return _times(-2, b)
    return e


def _times(n: int, e: Expr) -> Expr:
    match e:
        case Call(Operator("mul" | "truediv" as name), (a, b)):
            return op(name, _times(n, a), b)
    return op("mul", Const(n), e)


def _floats(t: Type) -> bool:
    return isinstance(t, Num) and t.dtype is not None and not t.discrete


def _minus(s: Expr) -> Expr:
    """The scalar with the other sign, which goes to a constant in front."""
    match s:
        case Const(value) if _constant_first(s):
            return Const(-value)
        case Call(Operator("mul" | "truediv" as name), (a, b)):
            return op(name, _minus(a), b)
        case Call(Operator("neg"), (a,)):
            return a
    return op("neg", s)


def _constant_first(e: Expr) -> bool:
    """A product that starts with a number, which can have the sign."""
    match e:
        case Call(Operator("mul" | "truediv"), (a, _)):
            return _constant_first(a)
        case Const(int() | float() as value):
            return not isinstance(value, bool) and value != 0
    return False


def _exact(c: Const) -> bool:
    """Multiplying by it rounds nothing."""
    return isinstance(c.value, int | float) and not isinstance(c.value, bool) and math.frexp(c.value)[0] in (0.5, -0.5)


def _scales(s: Type, x: Type) -> bool:
    """A number, and an array of several numbers whose dtype it leaves as it is."""
    if not isinstance(s, Num) or not s.scalar or not isinstance(x, Num) or x.kind != "array" or not x.dims:
        return False
    return x.dtype is not None and not x.discrete and (s.dtype == x.dtype or s.kind == "python" and s.dtype in (
        "float64", "int64"))
