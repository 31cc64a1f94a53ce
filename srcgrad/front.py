"""A function as its source says, and the options in force: what every compilation starts from."""
from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from types import FunctionType
from typing import Any

from .alone import LOCK, alone
from .analyse.values import type_of_value
from .differentiate.stores import expand_stores
from .differentiate.trips import count_trips
from .frontend.lower import lower
from .frontend.normalize import normalize
from .frontend.outside import Outside, outside
from .frontend.read import read
from .ir.check import check
from .ir.names import Namer
from .ir.nodes import Function, Stmt
from .ir.walk import all_names


@dataclass(frozen=True)
class Options:
    """optimise: run the clean-up passes. generic: use no types of arguments. skip: passes to leave out, by name.
    debug: stop at the first NaN or infinity."""

    optimise: bool = True
    generic: bool = False
    skip: frozenset[str] = frozenset()
    debug: bool = False


OPTIONS: ContextVar[Options] = ContextVar("srcgrad_options", default=Options())  # noqa: B039  (it is frozen)


@contextmanager
def options(**changes: Any) -> Iterator[None]:
    """Within the scope, code is generated with other options: `options(optimise=False)`."""
    token = OPTIONS.set(replace(OPTIONS.get(), **changes))
    try:
        yield
    finally:
        OPTIONS.reset(token)


def current_options() -> Options:
    """The options in force here."""
    return OPTIONS.get()


_checking = bool(os.environ.get("SRCGRAD_CHECK"))


def checked(f: Function, dialect: str) -> Function:
    if _checking:
        check(f, dialect)  # type: ignore[arg-type]
    return f


# ------------------------------------------------------------------ front
@dataclass(frozen=True)
class Front:
    """A function as its source says: both early dialects. `prepared` has trip counters and plain stores; `outside` is what
    the names held that are read from elsewhere."""

    surface: Function
    normal: Function
    prepared: Function
    counters: dict[Stmt, str]
    outside: tuple[Outside, ...]
    given: bool = False  # by `remember`: there is nothing to read again

    def holds(self) -> bool:
        """Whether the names that are read from elsewhere stand for the same functions, and for values of the same type."""
        return self.given or all(x.value is now or not x.fixed and type_of_value(x.value) == type_of_value(now)
                                 for x, now in ((x, x.now()) for x in self.outside))


_fronts: weakref.WeakKeyDictionary[Any, tuple[Any, Front]] = weakref.WeakKeyDictionary()


def prepared(normal: Function) -> tuple[Function, dict[Stmt, str]]:
    """A NORMAL function with plain stores and counters for trips, and the counters of its loops."""
    plain = expand_stores(checked(normal, "normal"))
    code, counters = count_trips(plain, Namer(all_names(plain)))
    return checked(code, "normal"), counters


def remember(f: FunctionType, surface: Function, normal: Function, *, given: bool = True) -> Front:
    """Takes the dialects of a function from the caller, who changed them, instead of from its source (`given`)."""
    found = Front(surface, normal, *prepared(normal), outside(f, surface), given)
    with LOCK:
        _fronts[f] = f.__code__, found
    return found


_variants: weakref.WeakKeyDictionary[Any, tuple[FunctionType, Callable[[Function], Function], list[Front]]] = (
    weakref.WeakKeyDictionary())


def vary_front(made: FunctionType, f: FunctionType, change: Callable[[Function], Function]) -> None:
    """`made` is f, but for a change to its NORMAL form."""
    with LOCK:
        _variants[made] = f, change, []


def given(f: FunctionType) -> bool:
    """Whether the function is known otherwise than by its code and source."""
    known = _fronts.get(f)
    return f in _variants or known is not None and known[1].given


@alone
def front(f: FunctionType) -> Front:
    """Reads a function (cached as long as its code object and what its names stand for stay the same)."""
    variant = _variants.get(f)
    if variant is not None:
        base, change, seen = variant
        now = front(base)
        if seen != [now]:
            seen[:] = [now]
            remember(f, now.surface, checked(change(now.normal), "normal"))
        return _fronts[f][1]
    known = _fronts.get(f)
    if known is not None and known[0] is f.__code__ and known[1].holds():
        return known[1]
    surface = checked(lower(read(f)), "surface")
    normal = checked(normalize(surface), "normal")
    return remember(f, surface, normal, given=False)
