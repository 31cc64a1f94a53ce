"""Scalars need no broadcast under a product of the full shape, and a seed of a total is a seed of the whole.

    before                                              after
    b_u = 2 * u * np.broadcast_to(b_out, u.shape)       b_u = 2 * u * b_out
    b_y = expand(seed(b_out, np.sum(y)), y, None, False)    b_y = seed(b_out, y)

A broadcast is left out only where the types show that the other factor has that very shape and dtype.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from ..analyse.types import Types, canonical, infer, rule_type
from ..analyse.values import type_of_value
from ..ir.nodes import Attribute, Block, Call, Const, Expr, Fn, Function, Global, Method, Operator, Ref, Stmt
from ..ir.types import UNKNOWN, Num, Type, same_dims, same_dtype
from ..ir.walk import map_blocks, map_operands, rewrite
from ..rules import registry
from ..runtime import helpers

TypeOf = Callable[[Expr], Type]


def broadcasts(f: Function, params: Mapping[str, Type]) -> Function:
    """The function with broadcasts of scalars left out where they change nothing."""
    types = infer(f, params)

    def block(b: Block) -> Block:
        return tuple(map_blocks(_statement(s, types), block) for s in b)

    return replace(f, body=block(f.body))


def _statement(s: Stmt, types: Types) -> Stmt:
    type_of = typing(types.before.get(s, {}))
    return map_operands(s, lambda e: rewrite(e, lambda x: _smaller(x, type_of)))


def typing(env: Mapping[str, Type]) -> TypeOf:
    def type_of(e: Expr) -> Type:
        match e:
            case Ref():
                return env.get(e.name, UNKNOWN)
            case Const() | Global():
                return type_of_value(e.value)
            case Call():
                plain = canonical(e, type_of(e.args[0])) if isinstance(e.target, Method | Attribute) else e
                rule = registry.find(registry.target_of(plain))
                return UNKNOWN if rule is None else rule_type(rule, plain, type_of)
        return UNKNOWN
    return type_of


def _smaller(e: Expr, type_of: TypeOf) -> Expr:
    match e:
        case Call(Fn(value=helpers.expand), (Call(Fn(value=helpers.seed), (b, Call(Fn(value=np.sum), (y,), ()))), x,
                                             Const(None), Const(False))) if x == y:
            return Call(_SEED, (b, x))
        case Call(Operator("mul"), (a, b)):
            scalar = _scalar(b, a, type_of)
            if scalar is not None:
                return Call(e.target, (a, scalar))
            scalar = _scalar(a, b, type_of)
            return e if scalar is None else Call(e.target, (scalar, b))
        case Call(Operator("truediv"), (a, b)):
            scalar = _scalar(a, b, type_of)
            return e if scalar is None else Call(e.target, (scalar, b))
    return e


_SEED = Fn(helpers.__name__, "seed", helpers.seed)


def _scalar(e: Expr, other: Expr, type_of: TypeOf) -> Expr | None:
    """The scalar that e repeats to the shape that `other` has anyway, None where it is not that."""
    match e:
        case Call(Fn(value=np.broadcast_to), (scalar, _)):
            pass
        case _:
            return None
    s, whole, t = type_of(scalar), type_of(e), type_of(other)
    if isinstance(s, Num) and s.scalar and isinstance(t, Num) and same_dims(whole, t) and same_dtype(whole, t):
        return scalar
    return None
