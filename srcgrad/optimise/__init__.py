"""Stage 4: ADJOINT to ADJOINT, keeping every value. One line per pass."""
from __future__ import annotations

from collections.abc import Callable, Mapping

from ..ir.nodes import Function
from ..ir.types import Type
from .broadcasts import broadcasts
from .casts import casts
from .deadcode import deadcode
from .names import names
from .propagate import propagate
from .simplify import simplify
from .slots import slots
from .tapes import tapes

PASSES = ("deadcode", "tapes", "casts", "propagate", "broadcasts", "deadcode", "simplify", "slots", "propagate", "tapes",
          "deadcode", "names")


def run(f: Function, params: Mapping[str, Type], *, split: bool = False, skip: frozenset[str] = frozenset(),
        check: Callable[[Function], Function] = lambda f: f) -> Function:
    """All passes in order. `split`: nothing may move from the forward to the backward sweep; `skip`: passes to leave out."""
    passes: dict[str, Callable[[Function], Function]] = {
        "deadcode": deadcode,
        "tapes": tapes,
        "broadcasts": lambda g: broadcasts(g, params),
        "casts": lambda g: casts(g, params),
        "propagate": lambda g: propagate(g, split),
        "simplify": simplify,
        "names": names,
        "slots": lambda g: slots(g, params),
    }
    for name in PASSES:
        if name not in skip:
            f = check(passes[name](f))
    return f
