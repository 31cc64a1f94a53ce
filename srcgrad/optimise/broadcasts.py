"""Scalars need no broadcast where they meet an array of the full shape, and a seed of a total is a seed of the whole.

    before                                              after
    b_u = 2 * u * np.broadcast_to(b_out, u.shape)       b_u = 2 * u * b_out
    b_y = expand(seed(b_out, np.sum(y)), y, None, False)    b_y = seed(b_out, y)

    b_t = np.broadcast_to(b_out / x.size, x.shape)      b_t = b_out / x.size
    b_x = y * b_t / p                                   b_x = y * b_t / p

A broadcast is left out only where the types show that what it meets has that very shape and dtype; that of a name, only
where all that read the name can do without.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import is_

import numpy as np

from ..analyse.types import Types, canonical, rule_type
from ..analyse.values import type_of_value
from ..ir.nodes import (
    Assign, Attribute, Block, Call, Const, Expr, Fn, Function, Global, Method, Operator, Ref, Stmt, Store, Update, op,
)
from ..ir.types import UNKNOWN, Num, Type, same_dims, same_dtype
from ..ir.walk import expressions, map_blocks, map_operands, names_in, operands, rewrite, statements
from ..rules import registry
from ..runtime import helpers
from .uses import Uses

TypeOf = Callable[[Expr], Type]


@dataclass(frozen=True)
class Spread(Expr):
    """A scalar in place of an array that holds it everywhere: `array` is the expression for that, `whole` its type."""

    scalar: Expr
    array: Expr
    whole: Num


def broadcasts(f: Function, typed: Callable[[Function], Types]) -> Function:
    """The function with broadcasts of scalars left out where they change nothing.

    `typed` gives the types in a function; it is asked only where there is something to do.
    """
    if not any(_spreads(x) for s in statements(f.body) for e in operands(s) for x in expressions(e)):
        return f
    engine = _Broadcasts(f, typed(f))
    body = engine.block(f.body)
    return f if all(map(is_, body, f.body)) else replace(f, body=body)


def _spreads(e: Expr) -> bool:
    return isinstance(e, Call) and isinstance(e.target, Fn) and e.target.value in (
        np.broadcast_to, np.full_like, helpers.expand)


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


class _Broadcasts:
    """`scalars`: the names that hold a scalar in place of an array, with the array's type."""

    def __init__(self, f: Function, types: Types) -> None:
        self.f = f
        self.types = types
        self.uses = Uses(f)
        self.scalars: dict[str, Num] = {}
        self.refused: set[str] = set()
        while True:
            known, refused = len(self.scalars), len(self.refused)
            for s in statements(f.body):
                self.examine(s)
            if (known, refused) == (len(self.scalars), len(self.refused)):
                break

    def block(self, b: Block) -> Block:
        return tuple(map_blocks(self.statement(s), self.block) for s in b)

    # -------------------------------------------------------------- which names can be scalars
    def examine(self, s: Stmt) -> None:
        """Takes the name that a statement binds for a scalar where it might be one; refuses those of which it needs the whole."""
        new = self.reduced(s)
        value = new.value if isinstance(new, Assign) else None
        if isinstance(s, Assign) and isinstance(s.target, str) and isinstance(value, Spread):
            if s.target in self.f.temporaries and self.uses.once(s.target) and s.target not in self.refused:
                self.scalars[s.target] = value.whole
                return
        whole = {n for e in operands(new) for x in expressions(e) if isinstance(x, Spread) for n in names_in(x.array)}
        whole &= self.scalars.keys()
        self.refused |= whole
        for n in whole:
            del self.scalars[n]

    def statement(self, s: Stmt) -> Stmt:
        """The statement without the broadcasts that it can do without."""
        new = self.reduced(s)
        if isinstance(s, Assign) and s.target in self.scalars and isinstance(new, Assign) and isinstance(new.value, Spread):
            return replace(s, value=new.value.scalar)
        return map_operands(new, lambda e: rewrite(e, lambda x: x.array if isinstance(x, Spread) else x))

    def reduced(self, s: Stmt) -> Stmt:
        """The statement with scalars where they meet arrays, and `Spread` for other arrays that could be scalars."""
        env = self.types.before.get(s, {})
        known = typing(env)

        def type_of(e: Expr) -> Type:
            return e.whole if isinstance(e, Spread) else known(e)

        def change(e: Expr) -> Expr:
            if isinstance(e, Ref) and e.name in self.scalars:
                return Spread(e, e, self.scalars[e.name])
            return _reduced(e, type_of) if isinstance(e, Call) else e

        new = map_operands(s, lambda e: rewrite(e, change))
        if isinstance(new, Update) and isinstance(new.value, Spread) and new.op in ELEMENTWISE and _meets(
                new.value, env.get(new.name, UNKNOWN)):
            return replace(new, value=new.value.scalar)
        if isinstance(new, Store) and isinstance(new.value, Spread) and (new.op is None or new.op in ELEMENTWISE) and _meets(
                new.value, known(op("getitem", new.base, new.key))):
            return replace(new, value=new.value.scalar)
        return new


ELEMENTWISE = frozenset({"add", "sub", "mul", "truediv"})
_SEED = Fn(helpers.__name__, "seed", helpers.seed)


def _reduced(e: Call, type_of: TypeOf) -> Expr:
    match e:
        case Call(Fn(value=helpers.expand), (Call(Fn(value=helpers.seed), (b, Call(Fn(value=np.sum), (y,), ()))), x,
                                             Const(None), Const(False))) if x == y:
            return Call(_SEED, (b, x))
        case Call(Fn(value=np.broadcast_to), (scalar, _), ()) | Call(Fn(value=np.full_like), (_, scalar), ()):
            whole = type_of(e)
            if isinstance(whole, Num) and whole.exact and whole.kind == "array" and _mixes(type_of(scalar), whole):
                return Spread(scalar, e, whole)
        case Call(Operator("neg"), (Spread(scalar, array, whole),)):
            return Spread(op("neg", scalar), op("neg", array), whole)
        case Call(Operator(name), (Spread() as a, b)) if name in ELEMENTWISE:
            return _met(e, a, b, type_of)
        case Call(Operator(name), (a, Spread() as b)) if name in ELEMENTWISE:
            return _met(e, b, a, type_of)
    return e


def _met(e: Call, spread: Spread, other: Expr, type_of: TypeOf) -> Expr:
    """An operation on an array that could be a scalar, and something else."""
    if _meets(spread, type_of(other)) and not isinstance(other, Spread):
        return replace(e, args=tuple(x.scalar if x is spread else x for x in e.args))
    if _mixes(type_of(other), spread.whole):
        return Spread(replace(e, args=tuple(x.scalar if x is spread else x for x in e.args)),
                      replace(e, args=tuple(x.array if x is spread else x for x in e.args)), spread.whole)
    return e


def _meets(spread: Spread, t: Type) -> bool:
    """An operation on the two has the shape and dtype of both."""
    return isinstance(t, Num) and t.kind == "array" and same_dims(spread.whole, t) and same_dtype(spread.whole, t)


def _mixes(t: Type, whole: Num) -> bool:
    """A scalar that leaves the dtype of the array as it is."""
    if not isinstance(t, Num) or not t.scalar or t.dtype is None or whole.discrete:
        return False
    return t.dtype == whole.dtype or t.kind == "python" and t.dtype in ("float64", "int64")
