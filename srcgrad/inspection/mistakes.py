"""What is probably a mistake in a function that is differentiated: nothing here is an error."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import FunctionType

from ..analyse.activity import active
from ..differentiate.joint import Facts
from ..errors import SrcgradError
from ..ir.nodes import Assign, Call, Expr, Ref, Stmt
from ..ir.types import Num, Type
from ..ir.walk import operands, statements
from ..unit import Unit
from .costs import name_of
from .views import Text

Note = tuple[int, str]

# What is computed from what, where NaN or infinity is near: (function, function of its operand) -> advice.
_PAIRS = {
    ("log", "sum"): "log of a sum of exponentials overflows: np.logaddexp, or scipy.special.logsumexp",
    ("log", "softmax"): "log of a softmax is -inf where that is 0: use log_softmax",
    ("sqrt", "sum"): "the slope of a square root is infinite at 0: NaN where all entries are 0; np.linalg.norm has slope 0 there",
    ("sqrt", "abs"): "the slope of sqrt(abs(x)) is infinite at 0",
    ("arccos", "dot"): "the slope of arccos is infinite at 1 and -1: use arctan2",
    ("arcsin", "dot"): "the slope of arcsin is infinite at 1 and -1: use arctan2",
    ("log", "subtract"): "log of a difference loses digits near 0: np.log1p, or np.log(-np.expm1(x))",
    ("log", "sub"): "log of a difference loses digits near 0: np.log1p, or np.log(-np.expm1(x))",
}
_NEEDS = {("log", "sum"): "exp"}
_SINGULAR = {"sqrt", "log", "log2", "log10", "truediv", "divide", "arccos", "arcsin", "power", "pow"}


def mistakes(unit: Unit, f: FunctionType, facts: Facts, params: Mapping[str, Type], wrt: tuple[str, ...],
             source: Text) -> tuple[Note, ...]:
    """(line, message) of each."""
    line = f.__code__.co_firstlineno
    found: list[Note] = []
    for name in wrt:
        t = params[name]
        if isinstance(t, Num) and t.discrete:
            found.append((line, f"{name} is an integer, and has no derivative: pass a float, or leave it out of --wrt"))
        elif not _reaches(unit, f, params, name):
            found.append((line, f"the output does not depend on {name}: its gradient is zero"))
    found += _expressions(facts, source)
    return tuple(dict.fromkeys(found))


def _reaches(unit: Unit, f: FunctionType, params: Mapping[str, Type], name: str) -> bool:
    try:
        facts = unit.facts(f, params, {name: True})
    except SrcgradError:
        return True
    return facts is None or active(facts.activities.result)


def _expressions(facts: Facts, source: Text) -> Iterator[Note]:
    made: dict[str, tuple[str, Call]] = {}
    for s in statements(facts.f.body):
        if isinstance(s, Assign) and isinstance(s.target, str) and isinstance(s.value, Call):
            made[s.target] = name_of(s.value), s.value
        if s.origin.filename != source.filename:
            continue
        for e in operands(s):
            if isinstance(e, Call) and e.args and _active(facts, s, e):
                yield from ((s.origin.line, text) for text in _of_call(e, made))


def _active(facts: Facts, s: Stmt, e: Call) -> bool:
    return any(isinstance(a, Ref) and active(facts.activities.read(s, a.name)) for a in e.args)


def _of_call(e: Call, made: Mapping[str, tuple[str, Call]]) -> Iterator[str]:
    name = name_of(e)
    inner = _made(e.args[0], made)
    if inner is not None and (name, inner[0]) in _PAIRS:
        needed = _NEEDS.get((name, inner[0]))
        below = _made(inner[1].args[0], made) if inner[1].args else None
        if needed is None or below is not None and below[0] == needed:
            yield _PAIRS[name, inner[0]]
    if name == "where" and len(e.args) == 3:
        for branch in e.args[1:]:
            chosen = _made(branch, made)
            if chosen is not None and chosen[0] in _SINGULAR:
                yield (f"where does not keep `{chosen[0]}` from being computed where it is not selected: NumPy warns, and "
                       "the value may be NaN; its derivative is 0 there all the same")


def _made(e: Expr, made: Mapping[str, tuple[str, Call]]) -> tuple[str, Call] | None:
    return made.get(e.name) if isinstance(e, Ref) else None
