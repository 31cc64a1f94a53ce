"""Items of containers that an operator changes: an array changes in place, in the list and for whoever else holds it.

    xs[i] -= v              xs[i][...] -= v           (arrays)
                            t = xs[i]                 (numbers)
                            t_2 = t - v
                            xs[i] = t_2
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..analyse.memory import item_at, type_at
from ..analyse.types import Types
from ..ir.names import Namer
from ..ir.nodes import Assign, Block, Call, Const, Expr, Function, Ref, Stmt, Store, Update, op, slot
from ..ir.types import Dict, List, Num, Object, Tuple, Unknown
from ..ir.walk import all_names, map_blocks

CONTAINERS = (List, Tuple, Dict, Object)


def settle_items(f: Function, counters: Mapping[Stmt, str], types: Types) -> tuple[Function, dict[Stmt, str]] | None:
    """The function with operators on items of containers as stores into arrays, or as stores of new items; None where there
    are none. What may be an array or a number stays: it makes no difference where nobody else holds it."""
    engine = _Items(f, types, dict(counters))
    body = engine.block(f.body)
    if not engine.changed:
        return None
    return replace(f, body=body, temporaries=f.temporaries | frozenset(engine.made)), engine.counters


class _Items:
    def __init__(self, f: Function, types: Types, counters: dict[Stmt, str]) -> None:
        self.types = types
        self.counters = counters
        self.namer = Namer(all_names(f))
        self.made: list[str] = []
        self.changed = False

    def block(self, block: Block) -> Block:
        out: list[Stmt] = []
        for s in block:
            found = self.store(s) if isinstance(s, Store) and (s.op is not None or s.changed) else None
            if found is not None:
                self.changed = True
                out += found
                continue
            new = map_blocks(s, self.block)
            if s in self.counters:
                self.counters[new] = self.counters[s]
            out.append(new)
        return tuple(out)

    def store(self, s: Store) -> list[Stmt] | None:
        box = type_at(s, s.base, self.types)
        if not isinstance(box, CONTAINERS):
            return None
        item = item_at(box, s.key)
        if isinstance(item, Num) and item.kind == "array":
            return [replace(s, base=slot(s.base, s.key), key=Const(Ellipsis), changed=False)]
        if isinstance(item, Num) and item.scalar:
            return [replace(s, changed=False)] if s.op is None else self.number(s, s.op)
        return None if s.op is None or isinstance(item, Num | Unknown) else self.anything(s, s.op)

    def number(self, s: Store, operator: str) -> list[Stmt]:
        out, old = self.loaded(s)
        new = self.fresh()
        return [*out, Assign(new, op(operator, old, s.value), origin=s.origin), replace(s, value=Ref(new), op=None)]

    def anything(self, s: Store, operator: str) -> list[Stmt]:
        """What it is shows when it is updated."""
        out, old = self.loaded(s)
        assert isinstance(old, Ref)
        return [*out, Update(old.name, operator, s.value, origin=s.origin), replace(s, value=old, op=None)]

    def loaded(self, s: Store) -> tuple[list[Stmt], Expr]:
        out: list[Stmt] = []

        def load(e: Expr) -> Expr:
            if not isinstance(e, Call):
                return e
            value = replace(e, args=(load(e.args[0]), *e.args[1:]))
            name = self.fresh()
            out.append(Assign(name, value, origin=s.origin))
            return Ref(name)
        return out, load(slot(s.base, s.key))

    def fresh(self) -> str:
        self.made.append(self.namer.fresh("t"))
        return self.made[-1]
