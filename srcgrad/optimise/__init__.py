"""Stage 4: ADJOINT to ADJOINT, keeping every value. One line per pass."""
from __future__ import annotations

from collections.abc import Callable, Mapping

from ..analyse.types import CalleeType, Seen
from ..ir.nodes import Function
from ..ir.types import Type
from .broadcasts import broadcasts
from .casts import casts
from .common import common
from .copies import copies
from .deadcode import deadcode
from .factors import factors
from .known import Env, known
from .names import names
from .propagate import propagate
from .pushes import pushes
from .shapes import shapes
from .simplify import simplify
from .slots import slots
from .sums import sums
from .tapes import tapes

PASSES = ("deadcode", "tapes", "casts", "propagate", "shapes", "broadcasts", "deadcode", "factors", "simplify", "slots",
          "copies", "pushes", "propagate", "common", "sums", "broadcasts", "factors", "simplify", "tapes", "deadcode", "names")


def run(f: Function, params: Mapping[str, Type], *, split: bool = False, skip: frozenset[str] = frozenset(),
        check: Callable[[Function], Function] = lambda f: f, callee: CalleeType | None = None,
        seen: Seen | None = None) -> Function:
    """All passes in order. `split`: nothing may move from the forward to the backward sweep; `skip`: passes to leave out;
    `callee`: the types of what generated functions return; `seen`: what is known of the types of statements."""
    found: Env = {}

    def typed(g: Function) -> Env:
        if not found:
            found.update(known(g, params, callee, seen))
        return found

    passes: dict[str, Callable[[Function], Function]] = {
        "deadcode": deadcode,
        "tapes": tapes,
        "shapes": lambda g: shapes(g, typed, split),
        "broadcasts": lambda g: broadcasts(g, typed),
        "casts": lambda g: casts(g, typed),
        "propagate": lambda g: propagate(g, split),
        "simplify": simplify,
        "common": lambda g: common(g, split),
        "copies": copies,
        "pushes": pushes,
        "sums": lambda g: sums(g, typed),
        "factors": lambda g: factors(g, typed),
        "names": names,
        "slots": lambda g: slots(g, typed),
    }
    for name in PASSES:
        if name not in skip:
            f = check(passes[name](f))
    return f
