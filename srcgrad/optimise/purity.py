"""Which expressions can be left out, moved or repeated without anybody noticing."""
from __future__ import annotations

from ..analyse.alias import MUTATORS
from ..analyse.containers import constructed
from ..ir.nodes import Block, Call, Effect, Expr, Fn, Method, Value
from ..ir.walk import blocks, expressions, operands
from ..rules import registry
from ..runtime import helpers

PURE_BUILTINS = frozenset({"len", "range", "reversed", "list", "tuple", "dict", "enumerate", "zip", "float", "int", "bool",
                           "abs", "isinstance", "sum", "max", "min"})


def pure(e: Expr) -> bool:
    """Evaluating it does nothing but give a value."""
    for x in expressions(e):
        if isinstance(x, Call):
            target = x.target
            if isinstance(target, Value) or isinstance(target, Method) and target.name in MUTATORS:
                return False
            if isinstance(target, Fn) and not known(target) and constructed(x) is None:
                return False
    return True


def known(target: Fn) -> bool:
    """A function that srcgrad knows to have no effect."""
    return (target.module == helpers.__name__ and not target.name.startswith("check_")
            and target.name not in ("add_at", "hooked", "take") or target.module == "builtins" and target.name in PURE_BUILTINS
            or registry.find(target.value) is not None)


def effects(block: Block) -> bool:
    """Whether a block does anything but bind names."""
    return any(isinstance(s, Effect) or not all(map(pure, operands(s))) or any(map(effects, blocks(s))) for s in block)


