"""`with`: which contexts may stand around active values."""
from __future__ import annotations

from typing import Any

import gast

from ..ir.nodes import Block, Break, Call, Continue, Expr, Fn, Origin, Return, With
from ..ir.walk import expressions, operands, statements
from .accepted import WITH_EXIT, WITH_POP, WITH_TARGET, refused
from .read import Code

PAUSE = "srcgrad.autograd.pause"
SAFE = frozenset({PAUSE, "srcgrad.autograd.record", "srcgrad.autograd.train_mode", "srcgrad.autograd.predict_mode",
                  "numpy.errstate", "numpy.printoptions", "warnings.catch_warnings", "contextlib.nullcontext"})


def context(code: Code, item: Any, manager: Expr, body: Block, origin: Origin) -> With:
    """One context manager around a block; SAFE ones let every exception through."""
    target, place = item.optional_vars, item.context_expr
    if not isinstance(target, gast.Name | None):
        raise refused(code, target, WITH_TARGET)
    name = manager.target.path if isinstance(manager, Call) and isinstance(manager.target, Fn) else ""
    if name not in SAFE and any(isinstance(s, Return | Break | Continue) for s in statements(body)):
        raise refused(code, place, WITH_EXIT)
    if name == PAUSE and any(isinstance(e, Call) and getattr(e.target, "name", "") in ("pop", "insert", "extend")
                             for s in statements(body) for part in operands(s) for e in expressions(part)):
        raise refused(code, place, WITH_POP)
    return With(manager, body, origin=origin, target=None if target is None else str(target.id), safe=name in SAFE,
                constant=name == PAUSE)
