"""Whether a function may be run more than once where the user's program runs it once."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from .errors import SrcgradError, UnsupportedSyntax
from .front import front
from .frontend.pure import HELPERS, is_pure
from .ir.nodes import Assign, Call, Const, Effect, Expr, Fn, For, Function, Global, Method, Ref, Stmt, Store, Update
from .ir.walk import bound, children, expressions, operands, statements
from .rules import registry

_IMMUTABLE = (bool, int, float, complex, str, bytes, type(None), np.generic, ModuleType, type)
_DRAWS = frozenset(n for n in dir(np.random.Generator) if not n.startswith("_") and n not in ("spawn", "bit_generator"))
_OWN_LISTS = frozenset({"append", "pop"})


def repeatable(f: FunctionType) -> bool:
    """Whether running f again has no effect and gives the same value. False where that cannot be seen."""
    return next(_effects(f, set()), None) is None


def generators(f: FunctionType) -> tuple[str, ...]:
    """The parameters of which methods are called that draw random numbers."""
    fn = front(f).prepared
    params = {p.name for p in fn.params}
    calls = [e for s in statements(fn.body) for part in operands(s) for e in expressions(part) if isinstance(e, Call)]
    found = [e.args[0].name for e in calls if isinstance(e.target, Method) and e.target.name in _DRAWS
             and isinstance(e.args[0], Ref) and e.args[0].name in params]
    return tuple(dict.fromkeys(found))


def check_repeatable(f: FunctionType, why: str = "forward mode runs the function once for each column",
                     hint: str = "use mode='reverse'", replayed: tuple[str, ...] = ()) -> None:
    """Raises UnsupportedSyntax at the first line that may have an effect, or give another value when it runs again.
    `replayed`: parameters that are random generators, whose state is put back before."""
    found = next(_effects(f, set(), replayed), None)
    if found is not None:
        fn, s, what = found
        raise UnsupportedSyntax(f"in {fn.name}: {why}, and {what} cannot be repeated", filename=s.origin.filename,
                                lineno=s.origin.line, offset=s.origin.column, hint=hint)


def _effects(f: FunctionType, seen: set[Any], replayed: tuple[str, ...] = ()) -> Iterator[tuple[Function, Stmt, str]]:
    if f in seen:
        return
    seen.add(f)
    fn = front(f).prepared
    every = list(statements(fn.body))
    for s in every:
        written = s.base if isinstance(s, Store) else Ref(s.name) if isinstance(s, Update) else None
        if written is not None and not (isinstance(written, Ref) and _own(written.name, fn, every)):
            yield fn, s, "a write to what may come from outside"
        if isinstance(s, Effect) and s.verb == "expr" and not (_own_append(s.args[0], fn, every) or _test(s.args[0])):
            yield fn, s, "what this line does"
        for part in operands(s):
            for e in expressions(part):
                if isinstance(e, Call) and not _drawn(e, replayed):
                    yield from _call(fn, s, e, every, seen)


def _own(name: str, fn: Function, every: Sequence[Stmt], seen: frozenset[str] = frozenset()) -> bool:
    """What the name stands for is made by the function itself, or given to it (arguments are copied)."""
    if name in seen:
        return True
    if name in fn.cells:
        return False
    return all(_made_here(_bound_to(s), fn, every, seen | {name}) for s in every if name in bound(s))


def _bound_to(s: Stmt) -> Expr:
    return s.value if isinstance(s, Assign) else s.iter if isinstance(s, For) else Const(None)


def _made_here(e: Expr, fn: Function, every: Sequence[Stmt], seen: frozenset[str]) -> bool:
    """The value is new memory, a number, or part of what the function may write to."""
    match e:
        case Ref(name):
            return _own(name, fn, every, seen)
        case Global(value=value):
            return isinstance(value, _IMMUTABLE) or callable(value)
        case Call(target):
            rule = registry.find(registry.target_of(e))
            if rule is not None and rule.fresh or _generated(target):
                return True
            if rule is None and not isinstance(target, Method):
                return False
    return all(_made_here(part, fn, every, seen) for part in children(e))


def _generated(target: Any) -> bool:
    """A function of a generated pair: it gives away nothing of its own, and its callers copy what they write to."""
    return str(getattr(getattr(target, "value", None), "__module__", "")).startswith("srcgrad.generated")


def _own_append(e: Expr, fn: Function, every: Sequence[Stmt]) -> bool:
    """A list of the function's own grows or shrinks."""
    match e:
        case Call(Method(name), (Ref(receiver), *_)):
            return name in _OWN_LISTS and _own(receiver, fn, every)
    return False


def _drawn(e: Call, replayed: tuple[str, ...]) -> bool:
    """Random numbers of a generator that is put back."""
    return isinstance(e.target, Method) and e.target.name in _DRAWS and isinstance(e.args[0], Ref) and e.args[0].name in replayed


def _test(e: Expr) -> bool:
    """A test of generated code, which passes or raises."""
    return isinstance(e, Call) and isinstance(e.target, Fn) and e.target.module == HELPERS and e.target.name.startswith("check_")


def _call(fn: Function, s: Stmt, e: Call, every: Sequence[Stmt], seen: set[Any]) -> Iterator[tuple[Function, Stmt, str]]:
    target = e.target
    if _own_append(e, fn, every) or _test(e):
        return
    if isinstance(target, Fn) and target.module.startswith("numpy.random"):
        yield fn, s, f"`{target.name}`, which draws random numbers,"
        return
    value: Any = getattr(target, "value", None)
    while hasattr(type(value), "__srcgrad_derivative__"):  # runs what its function runs
        value = value.target.function
    if registry.find(registry.target_of(e)) is not None:
        return
    if hasattr(type(value), "__srcgrad_own__"):
        return  # its derivatives are the user's, and so is the promise that it is a function of its arguments
    value = value.function if hasattr(type(value), "__srcgrad_checkpoint__") else value
    if isinstance(value, FunctionType) and (value.__module__ or "").partition(".")[0] not in ("numpy", "scipy"):
        try:
            yield from _effects(value, seen)
        except SrcgradError:
            yield fn, s, f"`{value.__name__}`"
    elif not is_pure(Call(target, tuple(Ref("x") for _ in e.args))):
        yield fn, s, f"`{getattr(target, 'name', 'a call')}`"
