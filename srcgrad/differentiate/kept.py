"""What the saved values of a generated forward function may be views of: some of its arguments, or its result. A caller that
writes to those later puts back what it overwrites before the backward function runs.

    def scaled_forward(x, k):
        y = x * k
        return y, (x, k)            keeps x and k, and not y
"""
from __future__ import annotations

from collections.abc import Set

from ..analyse.targets import canonical
from ..ir.nodes import Assign, Call, Effect, Expr, Fn, For, Function, Method, Operator, Return, Build, Store
from ..ir.types import UNKNOWN
from ..ir.walk import flat, names_in, root_of, statements
from ..rules import registry

RESULT = "<result>"


def kept_by(forward: Function) -> frozenset[str]:
    """The parameters of `forward(*args) -> (value, saved)` whose memory `saved` may hold, and RESULT if it may hold that of
    the value. No types are looked at: what is not certainly new memory counts."""
    sources = _sources(forward)
    ret = forward.body[-1]
    assert isinstance(ret, Return) and isinstance(ret.value, Build)
    value, saved = (_closure(names_in(e), sources) for e in ret.value.items)
    found = saved & {p.name for p in forward.params}
    return frozenset(found | ({RESULT} if saved & value else set()))


def _sources(f: Function) -> dict[str, set[str]]:
    """For each name those that it may share memory with, or hold."""
    found: dict[str, set[str]] = {}
    for s in statements(f.body):
        match s:
            case Assign():
                for target in flat(s.target):
                    found.setdefault(target, set()).update(_held(s.value))
            case For():
                for target in flat(s.target):
                    found.setdefault(target, set()).update(names_in(s.iter))
            case Store() if (base := root_of(s.base)) is not None:
                found.setdefault(base, set()).update(_held(s.value))
            case Effect(args=(Call(Method(), args), *_)):
                names = {n for a in args for n in names_in(a)}
                for name in names:
                    found.setdefault(name, set()).update(names)
    return found


def _held(e: Expr) -> Set[str]:
    return frozenset() if isinstance(e, Call) and _is_new(e) else names_in(e)


def _is_new(e: Call) -> bool:
    """The value is certainly memory of its own, or a number."""
    plain = canonical(e, UNKNOWN)
    if isinstance(plain.target, Operator):
        return plain.target.name != "getitem"
    rule = registry.described(registry.target_of(plain)) if isinstance(plain.target, Fn) else None
    return rule is not None and registry.is_new(rule, plain)


def _closure(names: Set[str], sources: dict[str, set[str]]) -> set[str]:
    found, todo = set(names), list(names)
    while todo:
        new = sources.get(todo.pop(), set()) - found
        found |= new
        todo += new
    return found
