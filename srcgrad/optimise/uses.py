"""How often names are read and bound."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from ..ir.nodes import Block, Comment, Function, Ref, Stmt
from ..ir.walk import bound, expressions, operands, statements


class Uses:
    """`reads`: how often each name is read, `binds`: how often it is bound, with parameters and cells once at the start.

    >>> from ..ir.nodes import Assign, Param, Return, op
    >>> from ..ir.source import Source
    >>> body = Assign("y", op("mul", Ref("x"), Ref("x"))), Return(Ref("y"))
    >>> uses = Uses(Function("f", (Param("x"),), body, Source("f.py", 1, "")))
    >>> uses.reads["x"], uses.binds["x"], uses.binds["y"]
    (2, 1, 1)
    """

    def __init__(self, f: Function) -> None:
        self.f = f
        self.binds = Counter((*(p.name for p in f.params), *f.cells))
        self.binds.update(n for s in statements(f.body) for n in bound(s))
        self.reads = Counter(read_names(f.body))

    @cached_property
    def backward(self) -> set[str]:
        """The names that the backward sweep reads."""
        return set(read_names(after_marker(self.f.body)))

    def once(self, name: str) -> bool:
        """Whenever it is read, the name holds what its only binding gave it."""
        return self.binds[name] == 1


def read_names(block: Block) -> Iterator[str]:
    """Every reading of a name in a block."""
    for s in statements(block):
        for e in operands(s):
            yield from (x.name for x in expressions(e) if isinstance(x, Ref))


def marked(s: Stmt) -> bool:
    """The comment before the backward sweep."""
    return isinstance(s, Comment) and s.text == "backward"


def after_marker(block: Block) -> Block:
    """The backward sweep of a function's body, nothing where it has no mark."""
    place = next((i for i, s in enumerate(block) if marked(s)), len(block))
    return block[place:]

