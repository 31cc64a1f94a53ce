"""Joins what a name gets in two lines one after the other, where the line stays short.

    before                      after
    b_p = -(u / t)              b_p = v / p - u / t
    b_p += v / p

    b_b = np.sum(b_z)           b_b = float(np.sum(b_z))
    b_b = float(b_b)

    b_x = b_t                   b_x = b_t + y * b_z
    b_x = b_x + y * b_z

`x += v` writes into the array x, and `x + v` makes one: they are the same only where x is new memory of its own, and v does
not change the dtype or the shape.
"""
from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from operator import is_

from ..analyse.types import typing
from ..ir.nodes import NOWHERE, Assign, Block, Call, Expr, Fn, Function, Operator, Ref, Stmt, Update, op
from ..ir.types import UNKNOWN, Num, same_dims, same_dtype
from ..ir.walk import bound_in, expressions, map_blocks, names_in, read_in, statements, substitute
from ..runtime import helpers
from .casts import FLOAT
from .known import Env, Typed
from .propagate import WIDTH, length, shared_memory, written
from .purity import pure

SUM = WIDTH - 20  # a line that also holds a name and a sum
SHORT = 45  # what may be joined with a line of another origin


def sums(f: Function, typed: Typed) -> Function:
    """The function with fewer lines. `typed` gives the types of names."""
    if not any(isinstance(s, Update) and s.op in ("add", "sub") or _again(s) for s in statements(f.body)):
        return f
    engine = _Sums(f, typed(f))
    body = engine.block(f.body)
    return f if all(map(is_, body, f.body)) else replace(f, body=body)


class _Sums:
    def __init__(self, f: Function, env: Env) -> None:
        self.f = f
        self.env = env

    def block(self, b: Block) -> Block:
        out: list[Stmt] = []
        for s in b:
            s = map_blocks(s, self.block)
            if isinstance(s, Assign) and _conversion(s) and self.converted(out, s):
                continue
            joined = self.joined(out[-1], s) if out else None
            if joined is not None:
                out[-1] = joined
            else:
                out.append(self.continued(out, s))
        return tuple(out)

    def converted(self, out: list[Stmt], s: Assign) -> bool:
        """Converts a number where it is computed, if the statements after that do nothing with it."""
        name = s.target
        for i in reversed(range(len(out))):
            first = out[i]
            if isinstance(first, Assign) and first.target == name and isinstance(name, str):
                if s.value != Call(FLOAT, (Ref(name),)) or name not in self.f.temporaries or length(first.value) > SUM:
                    return False
                out[i] = replace(first, value=Call(FLOAT, (first.value,)))
                return True
            if name in bound_in((first,)) | read_in((first,)):
                return False
        return False

    def continued(self, out: list[Stmt], s: Stmt) -> Stmt:
        """`x = f(x)` where x was another name for something, or a short expression in the line before."""
        if not isinstance(s, Assign) or not isinstance(s.target, str) or s.target not in self.f.temporaries or not pure(s.value):
            return s
        if isinstance(s.value, Call) and isinstance(s.value.target, Fn) and s.value.target.value is helpers.add_at:
            return s  # one in a row of such lines
        name, reads = s.target, sum(x == Ref(s.target) for x in expressions(s.value))
        for i in reversed(range(len(out) if reads else 0)):
            first = out[i]
            if isinstance(first, Assign) and first.target == name:
                value, near = first.value, i == len(out) - 1
                alike = s.origin in (first.origin, NOWHERE) or first.origin.line == s.origin.line or length(value) <= SHORT
                if not (isinstance(value, Ref) or near and reads == 1 and alike and pure(value)):
                    return s
                total = substitute(s.value, {name: value})
                if length(total) > SUM or any(self.disturbs(x, value) for x in out[i + 1:]):
                    return s
                del out[i]
                return replace(s, value=total, origin=first.origin if s.origin == NOWHERE else s.origin)
            if name in bound_in((first,)) | read_in((first,)):
                return s
        return s

    def disturbs(self, s: Stmt, value: Expr) -> bool:
        """Whether after a statement the value is another."""
        seen = {self.shared.get(n, n) for n in names_in(value)}
        return bool(bound_in((s,)) & names_in(value)) or any(self.shared.get(n, n) in seen for n in written(s))

    @cached_property
    def shared(self) -> dict[str, str]:
        return shared_memory(self.f)

    def joined(self, first: Stmt, second: Stmt) -> Stmt | None:
        """One statement for two, None where they have to stay."""
        if not isinstance(first, Assign) or first.target not in self.f.temporaries:
            return None
        name, value = first.target, first.value
        if not isinstance(second, Update) or second.name != name or second.op not in ("add", "sub"):
            return None
        if name in names_in(second.value) or not pure(value) or not pure(second.value) or not self.fits(second, value):
            return None
        total = _total(value, second)
        return replace(first, value=total) if length(total) <= SUM else None

    def fits(self, s: Update, value: Expr) -> bool:
        """The sum is what the update leaves in the name."""
        t, added = self.env.get(s.name, UNKNOWN), typing(self.env)(s.value)
        if not isinstance(t, Num) or not isinstance(added, Num):
            return False
        if t.scalar:
            return added.scalar
        return t.kind == "array" and bool(t.dims) and _new(value) and same_dtype(t, added) and (
            added.scalar or added.kind == "array" and same_dims(t, added))


def _new(e: Expr) -> bool:
    """The value is memory of its own, which nobody else sees."""
    return isinstance(e, Call) and isinstance(e.target, Operator) and e.target.name in ARITHMETIC


ARITHMETIC = frozenset({"add", "sub", "mul", "truediv", "neg", "pow", "matmul"})


def _again(s: Stmt) -> bool:
    """`x = f(x)`."""
    return isinstance(s, Assign) and isinstance(s.target, str) and s.target in names_in(s.value)


def _conversion(s: Stmt) -> bool:
    """`x = float(y)`."""
    return isinstance(s, Assign) and isinstance(s.value, Call) and s.value.target == FLOAT


def _total(value: Expr, s: Update) -> Expr:
    match value:
        case Call(Operator("neg"), (inner,)) if s.op == "add":
            return op("sub", s.value, inner)
    return op(s.op, value, s.value)
