"""Where values may be infinite, and which rules select: there a structural zero must not become 0 * inf."""
from __future__ import annotations

from functools import cache

from ..ir.nodes import Assign, Call, Const, Expr, Fn, Function, Operator, Ref, Update, op
from ..ir.walk import bound as bound_names, expressions, names_in, statements
from ..rules import registry

POLES = frozenset({"log", "log2", "log10", "log1p", "logaddexp", "divide", "truediv", "reciprocal", "power", "pow",
                   "float_power", "tan", "arctanh", "quotient", "exp", "exp2", "expm1", "sinh", "cosh"})
SELECTING = frozenset({"where", "maximum", "minimum", "fmax", "fmin", "clip", "max", "min", "amax", "amin", "getitem"})
LEAVING_OUT = frozenset({"where", "scatter", "tril", "triu", "undiag", "trace_adjoint", "quantile_adjoint"})


@cache
def selects(rule: registry.Rule) -> bool:
    """Entries of an operand may receive nothing, because they were not taken."""
    called = {e.target.name for line in rule.body.adjoint for e in expressions(line.value)
              if isinstance(e, Call) and isinstance(e.target, Fn)}
    return rule.name in SELECTING or bool(called & LEAVING_OUT)


def unbounded(f: Function) -> frozenset[str]:
    """The names whose values come, through whatever operations, from one that has poles (log, division, ...)."""
    found: set[str] = set()
    while True:
        size = len(found)
        for s in statements(f.body):
            if isinstance(s, Assign | Update):
                value = s.value if isinstance(s, Assign) else op(s.op, Ref(s.name), s.value)
                if _has_pole(value) or names_in(value) & found:
                    found |= set(bound_names(s))
        if len(found) == size:
            return frozenset(found)


def _has_pole(e: Expr) -> bool:
    if not isinstance(e, Call) or e.target == Operator("truediv") and isinstance(e.args[1], Const):
        return False
    if e.target == Operator("pow") and isinstance(e.args[1], Const) and e.args[1].value >= 0:
        return False
    rule = registry.find(registry.target_of(e))
    return rule is not None and rule.name in POLES
