"""What the backward function of a pair reads from globals: as it was when the forward function ran.

    b_x = SCALE * b_out           SCALE = model.SCALE       (at the end of the forward function, and saved)
                                  ...
                                  b_x = SCALE * b_out
"""
from __future__ import annotations

from dataclasses import replace
from types import ModuleType

from ..frontend.outside import LIBRARIES
from ..frontend.resolve import MISSING
from ..ir.names import Namer
from ..ir.nodes import Assign, Block, Expr, Function, Global, Ref
from ..ir.walk import all_names, expressions, map_blocks, map_operands, operands, rewrite, statements


def keep_globals(joint: Function, marker: int) -> tuple[Function, int]:
    """The joint function with the values of globals that its second half reads bound to names before place `marker`, and
    the new place."""
    second = joint.body[marker:]
    found = dict.fromkeys(e for s in statements(second) for part in operands(s) for e in expressions(part)
                          if isinstance(e, Global) and _data(e))
    if not found:
        return joint, marker
    namer = Namer(all_names(joint))
    names = {g: namer.fresh(g.name.rpartition(".")[2]) for g in found}

    def known(e: Expr) -> Expr:
        return Ref(names[e]) if isinstance(e, Global) and e in names else e

    def block(b: Block) -> Block:
        return tuple(map_blocks(map_operands(s, lambda e: rewrite(e, known)), block) for s in b)

    bound = tuple(Assign(name, g) for g, name in names.items())
    body = (*joint.body[:marker], *bound, *block(second))
    return replace(joint, body=body, temporaries=joint.temporaries | set(names.values())), marker + len(bound)


def _data(g: Global) -> bool:
    """A value that somebody may bind anew: no function, class or module, and nothing of a library."""
    return not (g.value is MISSING or isinstance(g.value, ModuleType) or callable(g.value)
                or g.module.partition(".")[0] in LIBRARIES)
