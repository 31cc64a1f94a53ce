"""`try` as branches: what follows an exception is one of them."""
from __future__ import annotations

from .nodes import If
from .record import dataclass


@dataclass(frozen=True, eq=False)
class Try(If):
    """`try: body`, with its handlers, from the first on, in `orelse` (an Except). Where a handler may go on after the
    statement, `test` is a variable that is True where the body came to its end."""


@dataclass(frozen=True, eq=False)
class Except(If):
    """`except test as target: body`; `orelse` is the next handler, or raises again."""

    target: str | None = None


@dataclass(frozen=True, eq=False)
class Finally(If):
    """`try: body`, `finally: orelse`. SURFACE only."""
