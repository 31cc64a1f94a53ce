"""What a loop saves goes on the tape before it is lost, not held until the end of the trip.

    before                          after
    x_in = x                        tape.append((x, step))
    x = x - step                    x = x - step
    tape.append((x_in, step))

The append moves up to where the name is bound again, over statements that bind nothing else of what it keeps, write to none
of it, and cannot leave the loop.
"""
from __future__ import annotations

from dataclasses import replace
from operator import is_

from ..ir.nodes import Assign, Block, Break, Build, Call, Effect, Expr, Function, Method, Ref, Return, Stmt, With
from ..ir.tries import Try
from ..ir.walk import bound, bound_in, map_blocks, map_operands, read_in, statements, substitute
from .propagate import shared_memory, written


def pushes(f: Function) -> Function:
    """The function with appends to tapes as early as they spare a name."""
    if not any(_push(s) for s in statements(f.body)):
        return f
    engine = _Pushes(f)
    body = engine.block(f.body)
    return f if all(map(is_, body, f.body)) else replace(f, body=body)


def _push(s: Stmt) -> tuple[str, tuple[Expr, ...]] | None:
    """The list that a statement appends to, and what it appends to it, where that is names only."""
    match s:
        case Effect(args=(Call(Method("append"), (Ref(tape), value)),)):
            items = value.items if isinstance(value, Build) and value.kind == "tuple" else (value,)
            return (tape, items) if all(isinstance(x, Ref) for x in items) else None
    return None


class _Pushes:
    def __init__(self, f: Function) -> None:
        self.f = f
        self.shared = shared_memory(f)

    def block(self, block: Block) -> Block:
        out = [s if _may_end(s) else map_blocks(s, self.block) for s in block]
        j = 0
        while j < len(out):
            found = _push(out[j])
            if found is None or found[0] not in self.f.temporaries or not self.earlier(out, j, found[0]):
                j += 1
        return tuple(out)

    def earlier(self, out: list[Stmt], j: int, tape: str) -> bool:
        """Moves the append at j before the statement that binds a held name again."""
        kept = read_in((out[j],))
        for p in range(j - 1, -1, -1):
            match out[p]:
                case Assign(target=str() as held, value=Ref(name)) if held in self.f.temporaries & kept and name not in kept:
                    q = next((i for i in range(p + 1, j) if name in bound_in((out[i],))), None)
                    elsewhere = read_in((*out[p + 1:j], *out[j + 1:]))
                    if q is not None and held not in elsewhere and self.free(out[q:j], kept - {held}, tape):
                        out[p:j + 1] = [*out[p + 1:q], _renamed(out[j], held, name), *out[q:j]]
                        return True
        return False

    def free(self, between: list[Stmt], kept: set[str], tape: str) -> bool:
        """Statements that leave alone what is kept, and stay in the loop."""
        classes = {self.shared.get(n, n) for n in kept - {tape}}
        return not any(isinstance(x, Break | Return) or tape in set(bound(x)) | read_in((x,)) or kept & set(bound(x))
                       for x in statements(tuple(between))) and not any(
            self.shared.get(n, n) in classes for x in between for n in written(x))


def _may_end(s: Stmt) -> bool:
    """Its body may end anywhere, and the function go on: what it saves has to be saved at the end."""
    return isinstance(s, Try) or isinstance(s, With) and not s.safe


def _renamed(s: Stmt, old: str, new: str) -> Stmt:
    return map_operands(s, lambda e: substitute(e, {old: Ref(new)}))
