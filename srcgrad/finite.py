"""Code that stops at the first NaN or infinity.

    y = np.log(x)               y = np.log(x)
                                check_finite(y, 'y', 'np.log(x)', 'model.py', 7, 'x', x)
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .differentiate.inline import helper
from .emit.imports import Imports
from .emit.printer import expression
from .ir.names import Namer
from .ir.nodes import Assign, Block, Const, Effect, Expr, Function, Ref, Stmt, Store, Update, op
from .ir.walk import all_names, flat, map_blocks, names_in, root_of


def with_checks(f: Function) -> Function:
    """A generated function that checks what each of its lines computes. Operands that the line overwrites are looked at
    under another name; what is written in place is checked as a whole."""
    return _Checks(f).function()


class _Checks:
    def __init__(self, f: Function) -> None:
        self.f = f
        self.namer = Namer(all_names(f))
        self.made: set[str] = set()

    def function(self) -> Function:
        body = self.block(self.f.body)
        return replace(self.f, body=body, temporaries=self.f.temporaries | self.made)

    def block(self, block: Block) -> Block:
        return tuple(x for s in block for x in self.statement(map_blocks(s, self.block)))

    def statement(self, s: Stmt) -> Iterator[Stmt]:
        match s:
            case Assign(target, value) if not isinstance(value, Ref | Const):
                yield from self.assign(s, flat(target), value)
            case Update(name, operator, value):
                yield s
                yield self.check(s, name, op(operator, Ref(name), value), {n: n for n in sorted(names_in(value) - {name})})
            case Store(base, _, value) if (root := root_of(base)) is not None:
                yield s
                yield self.check(s, root, value, {n: n for n in sorted(names_in(value) - {root})})
            case _:
                yield s

    def assign(self, s: Assign, targets: tuple[str, ...], value: Expr) -> Iterator[Stmt]:
        shown = {n: n for n in sorted(names_in(value))}
        for n in sorted(set(targets) & names_in(value)):
            shown[n] = self.namer.fresh(f"{n}_before")
            self.made.add(shown[n])
            yield Assign(shown[n], Ref(n), origin=s.origin)
        yield s
        for target in targets:
            yield self.check(s, target, value, shown)

    def check(self, s: Stmt, target: str, value: Expr, operands: dict[str, str]) -> Stmt:
        text = expression(value, Imports.of([self.f]))
        parts = [x for n, place in operands.items() for x in (Const(n), Ref(place))]
        return Effect("expr", (helper("check_finite", Ref(target), Const(target), Const(text), Const(self.f.name),
                                      Const(s.origin.filename), Const(s.origin.line), *parts),), origin=s.origin)
