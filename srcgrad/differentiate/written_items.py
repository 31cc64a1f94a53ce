"""Loops over items that are written to, by their places: what is written is then seen to be part of the whole.

    for row in a:               n = len(a)
        row *= 2.0              for i in range(n):
                                    row = a[i]
                                    row *= 2.0
"""
from __future__ import annotations

from collections.abc import Collection

from ..analyse.activity import Activities
from ..analyse.alias import Aliases
from ..analyse.types import Types
from ..ir.nodes import Call, Expr, Fn, For, Function, Method, Ref, Stmt
from ..ir.types import Dict, List, Num
from ..ir.walk import flat, names_in, statements
from .loops import Loops


def by_places(f: Function, counters: dict[Stmt, str], types: Types,
              names: Collection[str]) -> tuple[Function, dict[Stmt, str]] | None:
    """The function with its loops whose items are among the names, which share memory that is written to, in terms of places;
    None where there are none."""
    engine = _WrittenItems(f, types, frozenset(names), counters)
    body = engine.block(f.body)
    return None if list(statements(body)) == list(statements(f.body)) else (engine.function(body), engine.moved)


class _WrittenItems(Loops):
    def __init__(self, f: Function, types: Types, names: frozenset[str], counters: dict[Stmt, str]) -> None:
        super().__init__(f, types, Activities({}, {}, False), Aliases(frozenset(), frozenset(), ()), counters)
        self.names = names

    def rewritten(self, s: For, new: For) -> list[Stmt]:
        self.loop, self.out = s, []
        wanted = self.names & set(flat(s.target)) and not names_in(s.iter) & self.resized()
        return self.over_items(new) if wanted and self.placed(s.iter) else [new]

    def placed(self, e: Expr) -> bool:
        """Arrays, lists, views of dicts, and what goes through several of them."""
        match e:
            case Call(Fn(value=function), args) if function in (enumerate, zip, reversed):
                return all(map(self.placed, args[:1] if function is enumerate else args))
            case Call(Fn(value=function)):
                return function is range
            case Call(Method("items" | "values"), (Ref(),)):
                return isinstance(self.type(e.args[0]), Dict)
        return isinstance(e, Ref) and isinstance(self.type(e), Num | List)
