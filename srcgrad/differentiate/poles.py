"""Where values may be infinite, and which rules select: there a structural zero must not become 0 * inf."""
from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache

import numpy as np

from ..analyse.types import Types
from ..ir.nodes import Assign, Call, Const, Expr, Fn, Function, Operator, Ref, Update, op
from ..ir.types import Num
from ..ir.walk import bound as bound_names, children, expressions, names_in, statements
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


@dataclass(frozen=True)
class Poles:
    """`unbounded`: the names whose values come, through whatever operations, from one that has poles (log, division, ...);
    `positive`: those that are certainly above 0, as `1 + np.exp(x)` is."""

    unbounded: frozenset[str]
    positive: frozenset[str]

    def finite(self, e: Call, target: str) -> bool:
        """`target = e` is a quotient without a pole, and so are its derivatives."""
        return target not in self.unbounded and _divides(e, self.positive)


def poles(f: Function, types: Types) -> Poles:
    """What the names of a function may be."""
    values = _values(f, types)
    found: set[str] = set()
    while True:
        size = len(found)
        positive = {n for n, e in values.items() if _positive(e, values, found)}
        for s in statements(f.body):
            if isinstance(s, Assign | Update):
                value = s.value if isinstance(s, Assign) else op(s.op, Ref(s.name), s.value)
                tame = _divides(value, positive)
                if names_in(children(value)[0] if tame else value) & found or not tame and _has_pole(value):
                    found |= set(bound_names(s))
        if len(found) == size:
            return Poles(frozenset(found), frozenset(positive))


def _values(f: Function, types: Types) -> dict[str, Call]:
    """What real names are, that are bound once."""
    binds = Counter(n for s in statements(f.body) for n in bound_names(s))
    binds.update(p.name for p in f.params)
    found = {}
    for s in statements(f.body):
        if isinstance(s, Assign) and isinstance(s.target, str) and isinstance(s.value, Call) and binds[s.target] == 1:
            t = types.written(s, s.target)
            if isinstance(t, Num) and t.dtype in ("float64", "float32"):
                found[s.target] = s.value
    return found


def _positive(e: Call, values: Mapping[str, Call], unbounded: set[str]) -> bool:
    """`1 + np.exp(x)`, where x is no NaN; it may be infinite."""
    match e:
        case Call(Operator("add"), (Const(int() | float() as c), Ref(n)) | (Ref(n), Const(int() | float() as c))):
            power = values.get(n)
            return c > 0 and isinstance(power, Call) and isinstance(power.target, Fn) and (
                power.target.value in (np.exp, np.exp2, math.exp)) and not names_in(power) & unbounded
    return False


def _divides(e: Expr, names: Set[str]) -> bool:
    """A quotient by one of the names."""
    match e:
        case Call(Operator("truediv"), (_, Ref(n))):
            return n in names
    return False


def _has_pole(e: Expr) -> bool:
    if not isinstance(e, Call) or e.target == Operator("truediv") and isinstance(e.args[1], Const):
        return False
    if e.target == Operator("pow") and isinstance(e.args[1], Const) and e.args[1].value >= 0:
        return False
    rule = registry.find(registry.target_of(e))
    return rule is not None and rule.name in POLES
