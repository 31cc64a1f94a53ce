"""Refuses what may change an active value behind the back of the analysis.

Kept as it is: what only looks (print, logging, warnings, assert) and what gets numbers, which nobody can modify. A call that
may write into an active array or container, and is not one of the forms that are differentiated (stores, augmented
assignment, append, pop), is an error at the user's line.
"""
from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from types import FunctionType

from ..errors import AliasError
from ..ir.nodes import (
    Assign, Build, Call, Const, Effect, Expr, Fn, Function, Global, Method, Operator, Ref, Starred, Stmt, Store, Value,
    With,
)
from ..ir.tries import Try
from ..ir.types import Callee, Dict, List, Local, Num, Object, Opaque
from ..ir.walk import bound, certain, expressions, operands, root_of, statements
from ..rules import registry
from ..runtime import helpers
from .activity import Activities, active
from .alias import MUTATORS
from .containers import constructed
from .memory import is_returned
from .caught import check_caught, refusal, varied
from .types import Types, canonical, has_stars

LOOKING = frozenset({print, warnings.warn})
_COMPARING = frozenset("is_ is_not in_ not_in eq ne not_".split())
Mutates = Callable[[Stmt, Call], str | None]


def check_effects(f: Function, types: Types, activities: Activities, mutates: Mutates) -> None:
    """Raises UnsupportedSyntax or AliasError for a call that may modify an active value.

    `mutates(s, call)` names the argument that a user's function modifies, None where it modifies none.
    """
    for s in statements(f.body):
        for e in operands(s):
            if isinstance(e, Build) and e.kind == "set" and any(_active(s, x, activities) for x in e.items):
                raise refusal(f, s, "a set of active values", "use a list or a tuple")
        if isinstance(s, With) and not s.safe and varied(s.body, activities):
            raise refusal(f, s, "`with` of this kind around active values",
                           "enter the context outside, or keep the active values out of it")
        if isinstance(s, Try) and not certain(s):
            check_caught(f, s, activities)
        if isinstance(s, Store) and root_of(s.base) is None and _active(s, s.value, activities) and not is_returned(s, f):
            raise refusal(f, s, "storing an active value in a global", "make it an argument, or return the new value")
        if any(n in f.cells and active(activities.written(s, n)) for n in bound(s)):
            raise refusal(f, s, "storing an active value in a captured variable", "make it an argument, or return the new value")
        for e in operands(s):
            for call in expressions(e):
                if isinstance(call, Call):
                    _check(f, s, call, types, activities, mutates)


def _check(f: Function, s: Stmt, call: Call, types: Types, activities: Activities, mutates: Mutates) -> None:
    if call.args:
        receiver = types.atom(s, call.args[0])
        if isinstance(call.target, Value) or isinstance(receiver, Object):
            call = canonical(call, receiver)
    args = (*call.args, *(v for _, v in call.kwargs))
    if isinstance(call.target, Operator) and call.target.name not in _COMPARING and any(
            isinstance(a, Ref) and isinstance(types.read(s, a.name), Object) and _active(s, a, activities) for a in args):
        raise refusal(f, s, "an operator on an object that holds active values", "call a method of it")
    if not any(_active(s, a, activities) for a in args) or not any(_modifiable(s, a, types) for a in args):
        return
    if constructed(call) is not None:  # makes an object that holds them, and does nothing else
        return
    out = dict(call.kwargs).get("out", Const(None))
    if out != Const(None):
        raise refusal(f, s, "`out=` with active values", "assign the result: y[...] = ...")
    match call.target:
        case Method(name) if name in MUTATORS and not _handled(s, call, types):
            raise refusal(f, s, f"`.{name}(...)` on an active value", "build a new value, or assign to its items")
        case Fn(value=helpers.take):
            return
        case Fn(value=FunctionType()) if registry.find(call.target.value) is None and not has_stars(call):
            argument = mutates(s, call)
            if argument is not None:
                raise AliasError(f"in {f.name}: {call.target.name} modifies its argument `{argument}` in place",
                                 filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
                                 hint="let it return the new value instead")
        case Fn(value=derivative) if hasattr(type(derivative), "__srcgrad_derivative__"):
            pass  # arguments are never modified
        case Fn() | Method() if isinstance(s, Effect) and s.verb == "expr" and not (_looks(call) or _handled(s, call, types)):
            shown = call.target.name
            raise refusal(f, s, f"`{shown}(...)`, called for its effect on an active value,",
                           "assign what it computes, or pass it a copy")


def _active(s: Stmt, e: Expr, activities: Activities) -> bool:
    e = e.value if isinstance(e, Starred) else e
    return isinstance(e, Ref) and active(activities.read(s, e.name))


def _modifiable(s: Stmt, e: Expr, types: Types) -> bool:
    """A value that a call could write to: no number, no string, no literal."""
    if not isinstance(e, Ref):
        return isinstance(e, Global) and not isinstance(e.value, FunctionType)
    t = types.read(s, e.name)
    return not (isinstance(t, Num) and t.scalar or isinstance(t, Opaque | Callee | Local))


def _handled(s: Stmt, call: Call, types: Types) -> bool:
    """append and pop on a list, as statements of their own."""
    receiver = call.args[0] if call.args else None
    if isinstance(receiver, Ref) and isinstance(types.read(s, receiver.name), Dict) and isinstance(s, Effect):
        return call.target == Method("pop") and isinstance(call.args[1], Const)
    if not isinstance(receiver, Ref) or not isinstance(types.read(s, receiver.name), List):
        return False
    if isinstance(s, Assign):
        return call.target == Method("pop") and s.value is call
    return isinstance(s, Effect) and call.target == Method("append") and s.args[0] is call


def _looks(call: Call) -> bool:
    """A call that prints or logs."""
    if isinstance(call.target, Fn):
        value = call.target.value
        return value in LOOKING or call.target.module in ("logging", helpers.__name__) or registry.find(value) is not None
    receiver = call.args[0]
    if isinstance(receiver, Global):
        return isinstance(receiver.value, logging.Logger)
    return call.target == Method("append")
