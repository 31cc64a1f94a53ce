"""What is known of a function that is about to be differentiated, and what it works on."""
from __future__ import annotations

from dataclasses import dataclass

from ..analyse.activity import Activities
from ..analyse.alias import Aliases
from ..analyse.memory import no_memory, owned
from ..analyse.types import Types
from ..ir.nodes import Assign, Effect, Expr, Function, Ref, Stmt
from ..ir.types import UNKNOWN, Num, Object
from .inline import helper, specialise


@dataclass(frozen=True)
class Facts:
    """A NORMAL function with everything known about it. `assumed`: parameters that are taken to be arrays, to be checked."""

    f: Function
    types: Types
    activities: Activities
    aliases: Aliases
    counters: dict[Stmt, str]
    assumed: frozenset[str] = frozenset()


def own_arguments(facts: Facts) -> list[Stmt]:
    """Copies of the arguments that the function modifies: the caller's stay as they are."""
    types = facts.types.params
    names = [n for n in facts.aliases.parameters if not isinstance(types.get(n), Object)]  # what is done to objects is an effect
    outside = list(owned(facts.f))
    if not names and not outside:
        return []
    others = [p.name for p in facts.f.params if p.name not in names and not no_memory(types.get(p.name, UNKNOWN))]
    out: list[Stmt] = []
    boxes = [n for n in names if not isinstance(types.get(n), Num)]  # which may hold one array twice
    if len(names) + len(others) + len(outside) + len(boxes) > 1:
        out.append(Effect("expr", (helper("check_distinct", *map(Ref, [*names, *others]), *outside),)))

    def copied(n: str) -> Expr:
        own = helper("copied_array" if n in facts.assumed else "copy", Ref(n))
        return specialise(own, lambda e: types.get(e.name, UNKNOWN) if isinstance(e, Ref) else UNKNOWN)

    return out + [Assign(n, copied(n)) for n in names]
