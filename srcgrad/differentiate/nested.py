"""Lists inside other containers and objects: what fills or empties one makes a new list, and puts that in its place.

    t = acc.items               t = acc.items
    t.append(v)                 t_2 = [v]
                                t_3 = joined(t, t_2)
                                acc.items = t_3

Where nobody else holds the list, nobody can tell.
"""
from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from ..analyse.containers import place_of
from ..analyse.types import Types
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Block, Build, Call, Const, Effect, Expr, Field, Function, Method, Ref, Slice, Stmt, Store, item,
)
from ..ir.types import Dict, List, Object
from ..ir.walk import all_names, bound, map_blocks, names_in, operands, root_of, statements
from .choices import counted
from .inline import helper


def replace_nested(f: Function, counters: dict[Stmt, str], types: Types,
                   others: Callable[[Stmt], Collection[str] | None]) -> tuple[Function, dict[Stmt, str]] | None:
    """The function with such statements, None where there are none. `others(s)`: the names that hold what s writes to, None
    where somebody else does."""
    engine = _Nested(f, types, others)
    body = engine.block(f.body)
    if not engine.made:
        return None
    return replace(f, body=body, temporaries=f.temporaries | engine.made), counters | {
        new: counters[old] for old, new in engine.moved.items() if old in counters}


class _Nested:
    def __init__(self, f: Function, types: Types, others: Callable[[Stmt], Collection[str] | None]) -> None:
        self.types = types
        self.others = others
        self.namer = Namer(all_names(f))
        self.made: set[str] = set()
        self.moved: dict[Stmt, Stmt] = {}
        reads = counted(f)
        bindings = [n for s in statements(f.body) for n in bound(s)]
        self.single = {n for n in f.temporaries if reads.get(n) == 1 and bindings.count(n) == 1}

    def block(self, block: Block) -> Block:
        out: list[Stmt] = []
        for i, s in enumerate(block):
            name = self.receiver(s)
            place = None if name is None else self.place(name, block[:i])
            if name is not None and place is not None:
                out += self.replaced(s, name, *place)
                continue
            new = map_blocks(s, self.block)
            self.moved[s] = new
            out.append(new)
        return tuple(out)

    def receiver(self, s: Stmt) -> str | None:
        """The temporary that holds the list which a statement fills or empties."""
        e = s.value if isinstance(s, Assign) else s.args[0] if isinstance(s, Effect) and s.args else None
        match e:
            case Call(Method("append"), (Ref(name), _)) | Call(Method("pop"), (Ref(name),)):
                return name if name in self.single and isinstance(self.types.read(s, name), List) else None
        return None

    def place(self, name: str, before: Block) -> tuple[Expr, Expr] | None:
        """The container and the key that the temporary was looked up with, where both are what they were."""
        changed: set[str] = set()
        for s in reversed(before):
            if isinstance(s, Assign) and s.target == name:
                found = place_of(s.value) if isinstance(s.value, Call) else None
                plain = found is not None and isinstance(found[0], Ref) and isinstance(found[1], Ref | Const | Field)
                if found is None or not plain or (names_in(found[0]) | names_in(found[1])) & changed:
                    return None
                return found if isinstance(self.types.read(s, root_of(found[0]) or ""), Object | Dict | List) else None
            for x in statements((s,)):
                changed |= set(bound(x)) | ({root_of(x.base) or ""} if isinstance(x, Store) else set())
                changed |= {n for e in operands(x) for n in names_in(e)} if isinstance(x, Effect) else set()
        return None

    def replaced(self, s: Stmt, name: str, base: Expr, key: Expr) -> list[Stmt]:
        others = self.others(s)
        if others is None or set(others) - {root_of(base)}:
            self.moved[s] = s
            return [s]
        new = self.fresh(name)
        if isinstance(s, Assign):
            last = self.fresh(name)
            lines = [Assign(last, item(Ref(name), Const(-1)), origin=s.origin),
                     Assign(new, item(Ref(name), Slice(None, Const(-1))), origin=s.origin),
                     Store(base, key, Ref(new), origin=s.origin), Assign(s.target, Ref(last), origin=s.origin)]
            return lines
        assert isinstance(s, Effect) and isinstance(s.args[0], Call)
        one = self.fresh(name)
        return [Assign(one, Build("list", (s.args[0].args[1],)), origin=s.origin),
                Assign(new, helper("joined", Ref(name), Ref(one)), origin=s.origin),
                Store(base, key, Ref(new), origin=s.origin)]

    def fresh(self, wish: str) -> str:
        name = self.namer.fresh(wish)
        self.made.add(name)
        return name

