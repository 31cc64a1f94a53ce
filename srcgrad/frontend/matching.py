"""`match` as a chain of branches.

    match kind:                         if kind == "l1" or kind == "lasso":
        case "l1" | "lasso":                r = np.sum(abs(w))
            r = np.sum(abs(w))          elif kind is None:
        case None:                          r = 0.0
            r = 0.0
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..ir.nodes import Assign, Block, Const, Do, Expr, If, Lazy, Origin, Ref, Stmt, op
from .accepted import PATTERN, refused
from .read import Code


def chain(code: Code, cases: list[Any], subject: Expr, expression: Callable[[Any], Expr], block: Callable[[Any], Block],
          at: Callable[[Any], Origin]) -> Block:
    """The branches of the cases, from the first on."""
    if not cases:
        return ()
    first, *others = cases
    names: list[str] = []
    test = _test(code, first.pattern, subject, expression, names)
    origin = at(first.pattern)
    bind: tuple[Stmt, ...] = tuple(Assign(name, subject, origin=origin) for name in names)
    if first.guard is not None:
        guard = Do(bind, expression(first.guard)) if bind else expression(first.guard)
        test, bind = (guard if test is None else Lazy("and", (test, guard))), ()
    body = (*bind, *block(first.body))
    if test is None:
        return body
    return (If(test, body, chain(code, others, subject, expression, block, at), origin=origin),)


def _test(code: Code, pattern: Any, subject: Expr, expression: Callable[[Any], Expr], names: list[str]) -> Expr | None:
    """Whether a pattern matches, None where it always does; what it captures goes to `names`."""
    match pattern:
        case gast.MatchValue():
            return op("eq", subject, expression(pattern.value))
        case gast.MatchSingleton():
            return op("is_", subject, Const(pattern.value))
        case gast.MatchOr() if not any(isinstance(n, gast.MatchAs) for n in gast.walk(pattern)):
            tests = [_test(code, part, subject, expression, names) for part in pattern.patterns]
            return Lazy("or", tuple(t for t in tests if t is not None))
        case gast.MatchAs():
            if pattern.name is not None:
                names.append(pattern.name)
            return None if pattern.pattern is None else _test(code, pattern.pattern, subject, expression, names)
    raise refused(code, pattern, PATTERN)


def captured(node: Any) -> set[str]:
    """The names that patterns bind."""
    return {n.name for n in gast.walk(node) if isinstance(n, gast.MatchAs | gast.MatchStar) and n.name}


def held(subject: Expr) -> bool:
    """The subject has to be evaluated once, into a variable."""
    return not isinstance(subject, Ref | Const)
