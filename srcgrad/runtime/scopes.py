"""What is switched on in this context: recording, training, and what a scope puts back on leaving.

The flags belong to the context (`contextvars`): a new thread starts with none, an async task inherits those of where
it was created and its changes do not leak back. The scopes themselves hold no state, so that one scope object may be
entered again while it is open, in several threads at once, and used as a decorator.
"""
from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar

RECORDING = 1
TRAINING = 2
PAUSED = 4       # inside pause(): tells its error messages from those of code outside every scope
GENERATED = 8    # generated code is running: it works on the arrays inside NDArrays
EXACT = 16       # a decorated function runs as it is: what would cut a history is refused

F = TypeVar("F", bound=Callable[..., Any])


class State(NamedTuple):
    """The flags, the scope that set them, and the state that this scope puts back."""

    flags: int
    scope: object = None
    outer: State | None = None


_OFF = State(0)
_state: ContextVar[State] = ContextVar("srcgrad_state", default=_OFF)


def flags() -> int:
    """The flags that are set here."""
    return _state.get().flags


def switch(on: int, off: int) -> int:
    """Set and clear flags until the innermost scope ends; returns the flags before."""
    state = _state.get()
    _state.set(State(state.flags & ~off | on, state.scope, state.outer))
    return state.flags


class Scope:
    """Sets and clears flags while it is open; a context manager and a decorator.

    Leaving it restores the flags as they were on entering, whatever changed them inside.
    """

    __slots__ = ("_off", "_on")

    def __init__(self, on: int, off: int) -> None:
        self._on = on
        self._off = off

    def __enter__(self) -> None:
        state = _state.get()
        _state.set(State(state.flags & ~self._off | self._on, self, state))

    def __exit__(self, *exception: object) -> None:
        state: State | None = _state.get()
        while state is not None and state.scope is not self:
            state = state.outer
        if state is not None and state.outer is not None:
            _state.set(state.outer)

    def __call__(self, function: F) -> F:
        def scoped(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        functools.update_wrapper(scoped, function)
        # Tools that read source follow __wrapped__, and what they find there runs without the scope.
        del scoped.__wrapped__  # type: ignore[attr-defined]
        return scoped  # type: ignore[return-value]


generated = Scope(GENERATED, 0)
exact = Scope(EXACT, 0)
