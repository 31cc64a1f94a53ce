"""`match` as a chain of branches.

    match kind:                         if kind == "l1" or kind == "lasso":
        case "l1" | "lasso":                r = np.sum(abs(w))
            r = np.sum(abs(w))          elif is_sequence(kind) and len(kind) == 2 and kind[0] == "mix":
        case ["mix", rate]:                 rate = kind[1]
            r = rate * ...                  r = rate * ...
        case None:                      elif kind is None:
            r = 0.0                         r = 0.0
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from ..ir.nodes import (
    Assign, Block, Call, Const, Do, Expr, Fn, If, Lazy, Method, Origin, Ref, Slice, Stmt, attr, item, op,
)
from ..runtime import helpers
from .accepted import CAPTURES, CLASS_PATTERN, PATTERN, refused
from .read import Code
from .syntax import walk

_WHOLE = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)  # `int(x)` captures the subject itself


class Matching:
    """Lowers `match`; `class_of` gives the class that a node names, None where that is not known."""

    code: Code
    expression: Any
    class_of: Callable[[Any], type | None]
    block: Callable[[Any], Block]
    at: Callable[[Any], Origin]
    temporary: Callable[[str], str]

    def chain(self, cases: list[Any], subject: Expr) -> Block:
        """The branches of the cases, from the first on."""
        if not cases:
            return ()
        first, *others = cases
        captures: list[tuple[str, Expr]] = []
        test = _all(self.tests(first.pattern, subject, captures))
        origin = self.at(first.pattern)
        bind: tuple[Stmt, ...] = tuple(Assign(name, value, origin=origin) for name, value in captures)
        if first.guard is not None:
            guard = Do(bind, self.expression(first.guard)) if bind else self.expression(first.guard)
            test, bind = (guard if test is None else Lazy("and", (test, guard))), ()
        body = (*bind, *self.block(first.body))
        if test is None:
            return body
        return (If(test, body, self.chain(others, subject), origin=origin),)

    # -------------------------------------------------------------- patterns
    def tests(self, pattern: Any, subject: Expr, captures: list[tuple[str, Expr]]) -> list[Expr]:
        """What has to hold for a pattern to match, in order; what it binds goes to `captures`."""
        match pattern:
            case gast.MatchValue():
                return [op("eq", subject, self.expression(pattern.value))]
            case gast.MatchSingleton():
                return [op("is_", subject, Const(pattern.value))]
            case gast.MatchOr():
                return self.alternatives(pattern, subject)
            case gast.MatchAs():
                found = [] if pattern.pattern is None else self.tests(pattern.pattern, subject, captures)
                if pattern.name is not None:
                    captures.append((pattern.name, subject))
                return found
            case gast.MatchSequence():
                return self.sequence(pattern.patterns, subject, captures)
            case gast.MatchMapping():
                return self.mapping(pattern, subject, captures)
            case gast.MatchClass():
                return self.instance(pattern, subject, captures)
        raise refused(self.code, pattern, PATTERN)

    def alternatives(self, pattern: Any, subject: Expr) -> list[Expr]:
        captures: list[tuple[str, Expr]] = []
        found = [_all(self.tests(part, subject, captures)) for part in pattern.patterns]
        if captures:
            raise refused(self.code, pattern, CAPTURES)
        return [] if None in found else [Lazy("or", tuple(t for t in found if t is not None))]

    def sequence(self, patterns: list[Any], subject: Expr, captures: list[tuple[str, Expr]]) -> list[Expr]:
        star = next((i for i, p in enumerate(patterns) if isinstance(p, gast.MatchStar)), None)
        count = len(patterns)
        length = Call(Fn("builtins", "len", len), (subject,))
        enough = op("eq", length, Const(count)) if star is None else op("ge", length, Const(count - 1))
        found: list[Expr] = [_helper("is_sequence", subject), *([] if star is not None and count == 1 else [enough])]
        for i, p in enumerate(patterns):
            if i != star:
                found += self.tests(p, item(subject, Const(i if star is None or i < star else i - count)), captures)
            elif p.name is not None:
                after = count - 1 - i
                middle = item(subject, Slice(Const(i) if i else None, Const(-after) if after else None))
                captures.append((p.name, Call(Fn("builtins", "list", list), (middle,))))
        return found

    def mapping(self, pattern: Any, subject: Expr, captures: list[tuple[str, Expr]]) -> list[Expr]:
        found: list[Expr] = [_helper("is_mapping", subject)]
        keys = [self.expression(key) for key in pattern.keys]
        for key, p in zip(keys, pattern.patterns):
            found += [op("in_", key, subject), *self.tests(p, item(subject, key), captures)]
        if pattern.rest is not None:
            box, origin = self.temporary("rest"), self.at(pattern)
            taken: list[Stmt] = [Assign(box, Call(Fn("builtins", "dict", dict), (subject,)), origin=origin)]
            taken += [Assign(self.temporary("t"), Call(Method("pop"), (Ref(box), key)), origin=origin) for key in keys]
            captures.append((pattern.rest, Do(tuple(taken), Ref(box))))
        return found

    def instance(self, pattern: Any, subject: Expr, captures: list[tuple[str, Expr]]) -> list[Expr]:
        cls = self.class_of(pattern.cls)
        found: list[Expr] = [Call(Fn("builtins", "isinstance", isinstance), (subject, self.expression(pattern.cls)))]
        if not pattern.patterns and not pattern.kwd_patterns:
            return found
        if cls is None:
            raise refused(self.code, pattern, CLASS_PATTERN)
        if pattern.patterns and issubclass(cls, _WHOLE) and "__match_args__" not in vars(cls):
            return found + self.tests(pattern.patterns[0], subject, captures)
        names = (*getattr(cls, "__match_args__", ())[:len(pattern.patterns)], *pattern.kwd_attrs)
        if len(names) < len(pattern.patterns) + len(pattern.kwd_patterns):
            raise refused(self.code, pattern, CLASS_PATTERN)
        for name, p in zip(names, (*pattern.patterns, *pattern.kwd_patterns)):
            found.append(Call(Fn("builtins", "hasattr", hasattr), (subject, Const(name))))
            found += self.tests(p, attr(subject, name), captures)
        return found


def _all(tests: list[Expr]) -> Expr | None:
    """All of some tests hold; None where there are none."""
    return tests[0] if len(tests) == 1 else Lazy("and", tuple(tests)) if tests else None


def _helper(name: str, *args: Expr) -> Call:
    return Call(Fn(helpers.__name__, name, getattr(helpers, name)), args)


def captured(node: Any) -> set[str]:
    """The names that patterns bind."""
    found: set[str | None] = set()
    for n in walk(node):
        if isinstance(n, _PATTERNS):
            found.add(n.rest if isinstance(n, gast.MatchMapping) else n.name)
    return {name for name in found if name}


_PATTERNS = (gast.MatchAs, gast.MatchStar, gast.MatchMapping)


def held(subject: Expr) -> bool:
    """The subject has to be evaluated once, into a variable."""
    return not isinstance(subject, Ref | Const)
