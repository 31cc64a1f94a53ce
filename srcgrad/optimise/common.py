"""What a name holds already is not computed again.

    before                                      after
    b_e = b_p / s                               b_e = b_p / s
    b_e -= np.sum(p * (b_p / s), axis=1)        b_e -= np.sum(p * b_e, axis=1)

Only inside an expression that makes something new of the value, so that nobody but the name gets hold of its memory, and where
nothing since has bound what the value is computed from or written to it.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from operator import is_

from ..ir.nodes import Assign, Attribute, Block, Call, Expr, Fn, For, Function, Method, Operator, Ref, Stmt, While
from ..ir.walk import bound_in, expressions, map_blocks, map_children, map_operands, names_in, operands, statements
from ..rules import registry
from .propagate import shared_memory, written
from .purity import pure
from .uses import marked

FREE = frozenset({"getitem", "is_", "is_not", "not_"})  # operators that compute nothing, or whose result may be a view


def common(f: Function, split: bool = False) -> Function:
    """The function without values that are computed twice. `split`: the forward sweep hands nothing more to the backward one."""
    if not _twice(f):
        return f
    engine = _Common(shared_memory(f), split)
    body = engine.block(f.body)
    return f if all(map(is_, body, f.body)) else replace(f, body=body)


def _twice(f: Function) -> bool:
    """Whether what a name gets is anywhere else in the function, inside an expression."""
    made = {s.value for s in statements(f.body) if isinstance(s, Assign) and isinstance(s.target, str) and _fresh(s.value)}
    return bool(made) and any(x in made for s in statements(f.body) for e in operands(s) for x in _inner(e))


def _inner(e: Expr) -> Iterator[Expr]:
    return (x for x in expressions(e)[1:] if _fresh(x))


def _fresh(e: Expr) -> bool:
    """A computation whose result is memory of its own."""
    if not isinstance(e, Call) or isinstance(e.target, Attribute | Method):
        return False
    if isinstance(e.target, Operator):
        return e.target.name not in FREE
    rule = registry.described(e.target.value) if isinstance(e.target, Fn) else None
    return rule is not None and rule.kind != "constant" and registry.is_new(rule, e)


class _Common:
    """`known`: what is computed already, and the name that holds it; `about`: by class of memory, the values that are made of
    or held in it; `reading`: the same by name."""

    def __init__(self, shared: dict[str, str], split: bool) -> None:
        self.shared = shared
        self.split = split
        self.known: dict[Expr, str] = {}
        self.reading: dict[str, list[Expr]] = {}
        self.about: dict[str, list[Expr]] = {}

    def block(self, block: Block) -> Block:
        out, made = [], []
        for s in block:
            if self.split and marked(s):
                self.known.clear()
            if not isinstance(s, For | While):
                s = map_operands(s, lambda e: self.found(e, False))
            self.forget(s)
            out.append(map_blocks(s, self.block))
            match s:
                case Assign(target=str() as name, value=value) if _fresh(value) and pure(value) and name not in names_in(value):
                    if value not in self.known:
                        self.learn(value, name)
                        made.append(value)
        for value in made:
            self.known.pop(value, None)
        return tuple(out)

    def found(self, e: Expr, consumed: bool) -> Expr:
        """The expression over the names of what is known. `consumed`: something new is made of its value."""
        if consumed and isinstance(e, Call) and e in self.known:
            return Ref(self.known[e])
        return map_children(e, lambda x: self.found(x, consumed or _fresh(e)))

    def learn(self, value: Expr, name: str) -> None:
        self.known[value] = name
        for n in names_in(value) | {name}:
            self.reading.setdefault(n, []).append(value)
            self.about.setdefault(self.shared.get(n, n), []).append(value)

    def forget(self, s: Stmt) -> None:
        """Leaves out what is no longer so after a statement."""
        for n in bound_in((s,)):
            for value in self.reading.pop(n, ()):
                self.known.pop(value, None)
        for n in written(s):
            for value in self.about.pop(self.shared.get(n, n), ()):
                self.known.pop(value, None)
