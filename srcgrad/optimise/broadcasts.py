"""What meets an array of the full shape needs no broadcast to it, and a seed of a total is a seed of the whole.

    before                                              after
    b_u = 2 * u * np.broadcast_to(b_out, u.shape)       b_u = 2 * u * b_out
    b_y = expand(seed(b_out, np.sum(y)), y, None, False)    b_y = seed(b_out, y)

    b_t = np.broadcast_to(b_out / x.size, x.shape)      b_t = b_out / x.size
    b_x = y * b_t / p                                   b_x = y * b_t / p
    b_e += np.broadcast_to(v[:, None], e.shape)         b_e += v[:, None]

A broadcast is left out only where the types show that what it meets has that very shape and dtype; that of a name, only
where all that read the name can do without.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import is_

import numpy as np

from ..analyse.types import typing
from ..ir.nodes import (
    Assign, Block, Build, Call, Const, Expr, Fn, Function, Operator, Ref, Slice, Stmt, Store, Update,
    op,
)
from ..ir.types import UNKNOWN, Num, Type, same_dims, same_dtype
from ..ir.walk import expressions, map_blocks, map_operands, names_in, operands, rewrite, statements
from ..runtime import helpers
from .known import Env, Typed
from .uses import Uses

TypeOf = Callable[[Expr], Type]


@dataclass(frozen=True)
class Spread(Expr):
    """A `number` or a smaller array in place of the array that it is broadcast to: `array` is the expression for that,
    `whole` its type."""

    small: Expr
    array: Expr
    whole: Num
    number: bool


def broadcasts(f: Function, typed: Typed) -> Function:
    """The function with broadcasts left out where they change nothing.

    `typed` gives the types of names; it is asked only where there is something to do.
    """
    if not any(_spreads(x) for s in statements(f.body) for e in operands(s) for x in expressions(e)):
        return f
    engine = _Broadcasts(f, typed(f))
    body = engine.block(f.body)
    engine.tell(body)
    return f if all(map(is_, body, f.body)) else replace(f, body=body)


def _spreads(e: Expr) -> bool:
    f = e.target.value if isinstance(e, Call) and isinstance(e.target, Fn) else None
    return f is np.broadcast_to or f is np.full_like or f is helpers.expand


class _Broadcasts:
    """`small`: the names that hold what is broadcast in place of the array, each with its whole, and whether it is a number."""

    def __init__(self, f: Function, env: Env) -> None:
        self.f = f
        self.env = env
        self.uses = Uses(f)
        self.small: dict[str, tuple[Num, bool]] = {}
        self.refused: set[str] = set()
        while True:
            known, refused = len(self.small), len(self.refused)
            for s in statements(f.body):
                self.examine(s)
            if (known, refused) == (len(self.small), len(self.refused)):
                break

    def block(self, b: Block) -> Block:
        return tuple(map_blocks(self.statement(s), self.block) for s in b)

    def tell(self, body: Block) -> None:
        """The types of the names that hold something smaller now."""
        for s in statements(body):
            if isinstance(s, Assign) and s.target in self.small and isinstance(s.target, str):
                self.env[s.target] = typing(self.env)(s.value)

    # -------------------------------------------------------------- names
    def examine(self, s: Stmt) -> None:
        """Takes the name that a statement binds where it might do; refuses those of which the statement needs the whole."""
        new = self.reduced(s)
        value = new.value if isinstance(new, Assign) else None
        if isinstance(s, Assign) and isinstance(s.target, str) and isinstance(value, Spread):
            if s.target in self.f.temporaries and self.uses.once(s.target) and s.target not in self.refused:
                self.small[s.target] = value.whole, value.number
                return
        whole = {n for e in operands(new) for x in expressions(e) if isinstance(x, Spread) for n in names_in(x.array)}
        whole &= self.small.keys()
        self.refused |= whole
        for n in whole:
            del self.small[n]

    def statement(self, s: Stmt) -> Stmt:
        """The statement without the broadcasts that it can do without."""
        new = self.reduced(s)
        if new is s:
            return s
        if isinstance(s, Assign) and s.target in self.small and isinstance(new, Assign) and isinstance(new.value, Spread):
            return replace(s, value=new.value.small)
        return map_operands(new, lambda e: rewrite(e, lambda x: x.array if isinstance(x, Spread) else x))

    def reduced(self, s: Stmt) -> Stmt:
        """The statement with what is broadcast where it meets arrays, and `Spread` for other arrays that are broadcast."""
        if not any(_spreads(x) or isinstance(x, Ref) and x.name in self.small for e in operands(s) for x in expressions(e)):
            return s
        known = typing(self.env)

        def type_of(e: Expr) -> Type:
            return e.whole if isinstance(e, Spread) else known(e)

        def change(e: Expr) -> Expr:
            if isinstance(e, Ref) and e.name in self.small:
                return Spread(e, e, *self.small[e.name])
            return _reduced(e, type_of) if isinstance(e, Call) else e

        new = map_operands(s, lambda e: rewrite(e, change))
        if isinstance(new, Update) and isinstance(new.value, Spread) and new.op in ELEMENTWISE and _meets(
                new.value, self.env.get(new.name, UNKNOWN)):
            return replace(new, value=new.value.small)
        if isinstance(new, Store) and isinstance(new.value, Spread) and (new.op is None or new.op in ELEMENTWISE) and _meets(
                new.value, known(op("getitem", new.base, new.key))):
            return replace(new, value=new.value.small)
        return new


ELEMENTWISE = frozenset({"add", "sub", "mul", "truediv"})
_SEED = Fn(helpers.__name__, "seed", helpers.seed)


def _reduced(e: Call, type_of: TypeOf) -> Expr:
    match e:
        case Call(Fn(value=helpers.expand), (Call(Fn(value=helpers.seed), (b, Call(Fn(value=np.sum), (y,), ()))), x,
                                             Const(None), Const(False))) if x == y:
            return Call(_SEED, (b, x))
        case Call(Fn(value=np.broadcast_to), (Spread(number=True) as x, shape), ()):
            return _again(x, replace(e, args=(x.array, shape)), type_of) or e
        case Call(Fn(value=np.broadcast_to), (small, _), ()):
            return _spread(small, e, type_of) or e
        case Call(Fn(value=np.full_like), (_, small), ()) if _is_number(type_of(small)):
            return _spread(small, e, type_of) or e
        case Call(Operator("getitem"), (Spread(number=True) as x, key)) if _adds_axes(key):
            return _again(x, replace(e, args=(x.array, key)), type_of) or e
        case Call(Operator("neg"), (Spread() as x,)):
            return replace(x, small=op("neg", x.small), array=op("neg", x.array))
        case Call(Operator(name), (Spread() as a, b)) if name in ELEMENTWISE:
            return _met(e, a, b, type_of)
        case Call(Operator(name), (a, Spread() as b)) if name in ELEMENTWISE:
            return _met(e, b, a, type_of)
    return e


def _spread(small: Expr, array: Expr, type_of: TypeOf) -> Spread | None:
    """The array as something smaller, where its shape is known and it has the dtype of that."""
    whole, t = type_of(array), type_of(small)
    if not isinstance(whole, Num) or not whole.exact or whole.kind != "array" or isinstance(small, Spread):
        return None
    fits = same_dtype(t, whole) and not whole.discrete or _mixes(t, whole)
    return Spread(small, array, whole, _is_number(t)) if fits else None


def _again(x: Spread, array: Expr, type_of: TypeOf) -> Spread | None:
    """The same number, broadcast to another shape."""
    whole = type_of(array)
    if not isinstance(whole, Num) or not whole.exact or whole.kind != "array" or not same_dtype(whole, x.whole):
        return None
    return Spread(x.small, array, whole, True)


def _adds_axes(key: Expr) -> bool:
    """A subscript that only adds axes of length 1."""
    parts = key.items if isinstance(key, Build) else (key,)
    return all(x in (Slice(), Const(None)) for x in parts)


def _is_number(t: Type) -> bool:
    return isinstance(t, Num) and t.scalar


def _met(e: Call, spread: Spread, other: Expr, type_of: TypeOf) -> Expr:
    """An operation on an array that is broadcast, and something else."""
    if _meets(spread, type_of(other)) and not isinstance(other, Spread):
        return replace(e, args=tuple(x.small if x is spread else x for x in e.args))
    if _mixes(type_of(other), spread.whole):
        small, array = (replace(e, args=tuple(new if x is spread else x for x in e.args)) for new in (spread.small, spread.array))
        return replace(spread, small=small, array=array)
    return e


def _meets(spread: Spread, t: Type) -> bool:
    """An operation on the two has the shape and dtype of both."""
    return isinstance(t, Num) and t.kind == "array" and same_dims(spread.whole, t) and same_dtype(spread.whole, t)


def _mixes(t: Type, whole: Num) -> bool:
    """A scalar that leaves the dtype of the array as it is."""
    if not isinstance(t, Num) or not t.scalar or t.dtype is None or whole.discrete:
        return False
    return t.dtype == whole.dtype or t.kind == "python" and t.dtype in ("float64", "int64")
