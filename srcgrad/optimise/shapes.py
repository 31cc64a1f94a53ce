"""Shapes are asked of arrays that are there anyway, not of ones that are computed for that.

    before                                              after
    t = y * np.log(p) + z                               b_t = np.broadcast_to(b / y.size, y.shape)
    b_t = np.broadcast_to(b / t.size, t.shape)

Done where the types show that both have one shape. No array is kept for the backward sweep of a pair only for its shape.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from operator import is_

from ..analyse.reads import ATTRIBUTES, SHAPES
from ..analyse.types import typing
from ..ir.nodes import Assign, Attribute, Block, Call, Expr, Fn, Function, Operator, Ref, Stmt
from ..ir.types import Num, Type, same_dims, same_dtype
from ..ir.walk import expressions, map_blocks, map_operands, operands, rewrite, statements, substitute
from .known import Env, Typed
from .purity import pure
from .uses import Uses, after_marker, read_names


def shapes(f: Function, typed: Typed, split: bool = False) -> Function:
    """The function with shapes read from the arrays they come from.

    `typed` gives the types of names; it is asked only where there is something to do. `split`: of a pair.
    """
    if not any(_asks(e) for s in statements(f.body) for e in operands(s)):
        return f
    return _Shapes(f, typed(f), split).run()


def _asks(e: Expr) -> bool:
    return any(asked(x) is not None for x in expressions(e))


def asked(e: Expr) -> Expr | None:
    """The array of which an expression reads the shape only, as its operand."""
    match e:
        case Call(Attribute(name), (x,)) if name in ATTRIBUTES:
            return x
        case Call(Fn(value=function), args) if args and callable(function) and SHAPES.get(function) == (0,):
            return args[0]
    return None


class _Shapes:
    def __init__(self, f: Function, env: Env, split: bool) -> None:
        self.f = f
        self.split = split
        self.type_of = typing(env)
        self.uses = Uses(f)
        self.late = {id(s) for s in statements(after_marker(f.body))}
        self.asked = only_asked(f.body)
        self.asked_late = only_asked(after_marker(f.body))
        self.everywhere: dict[str, Expr] = {}  # what to ask in place of a name
        self.afterwards: dict[str, Expr] = {}  # the same, in the backward sweep
        self.aliases: dict[Stmt, Expr] = {}  # what a statement may bind instead

    def run(self) -> Function:
        for s in statements(self.f.body):
            match s:
                case Assign(target=str() as name, value=Call() as value) if self.uses.once(name) and pure(value):
                    self.examine(s, name, value)

        def block(b: Block) -> Block:
            return tuple(map_blocks(self.statement(s), block) for s in b)

        body = block(self.f.body)
        return self.f if all(map(is_, body, self.f.body)) else replace(self.f, body=body)

    def examine(self, s: Stmt, name: str, value: Expr) -> None:
        """Finds what else has the shape of a name that is asked for nothing else."""
        kept = self.split and id(s) not in self.late and name in self.uses.backward  # one half of a pair gives it to the other
        if name not in self.asked:
            if kept and name in self.asked_late:
                found = next(filter(self.uses.once, self.like(value, True)), None)
                if found is not None:
                    self.afterwards[name] = Ref(found)
            return
        candidates = list(self.like(value, kept))
        lasting = next(filter(self.uses.once, candidates), None)
        if lasting is not None:
            self.everywhere[name] = Ref(lasting)
        elif candidates and name in self.f.temporaries:
            self.aliases[s] = Ref(candidates[0])

    def like(self, e: Expr, kept: bool) -> Iterator[str]:
        """The names in the expression that hold arrays of its shape and dtype. `kept`: those that are kept anyway."""
        t = self.type_of(e)
        for x in expressions(e):
            if isinstance(x, Ref) and _alike(self.type_of(x), t) and (not kept or x.name in self.uses.backward):
                yield x.name

    def statement(self, s: Stmt) -> Stmt:
        def change(e: Expr) -> Expr:
            x = asked(e)
            if not isinstance(e, Call) or not isinstance(x, Call) or _is_place(x) or not pure(x):
                return e
            like = next(self.like(x, False), None)
            return e if like is None else replace(e, args=(Ref(like), *e.args[1:]))

        if isinstance(s, Assign) and s in self.aliases:
            return replace(s, value=self.aliases[s])
        values = self.everywhere | self.afterwards if id(s) in self.late else self.everywhere
        return map_operands(s, lambda e: rewrite(substitute(e, values), change))


def _is_place(e: Call) -> bool:
    """An item or a part of something, which costs nothing."""
    return e.target == Operator("getitem") or isinstance(e.target, Attribute)


def _alike(a: Type, b: Type) -> bool:
    return isinstance(a, Num) and isinstance(b, Num) and a.kind == b.kind == "array" and same_dims(a, b) and same_dtype(a, b)


def only_asked(block: Block) -> set[str]:
    """The names of which all that a block reads is the shape."""
    found = Counter(x.name for s in statements(block) for e in operands(s) for y in expressions(e)
                    if isinstance(x := asked(y), Ref))
    every = Counter(read_names(block))
    return {n for n, count in found.items() if count == every[n]}
