"""Functions that are run again in the backward sweep instead of saving what they compute."""
from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..derivative import maker
from ..portable import pack, unpack


class Checkpoint:
    """A function that reverse mode runs twice; calls run it once."""

    __srcgrad_checkpoint__ = True

    def __init__(self, f: Callable[..., Any]) -> None:
        self.function = f
        functools.update_wrapper(self, f)
        del self.__wrapped__  # type: ignore[attr-defined]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<checkpoint of {self.__name__}>"  # type: ignore[attr-defined]

    def __reduce__(self) -> Any:
        return _restored, (pack(self.function),)


def _restored(packed: Any) -> Checkpoint:
    return Checkpoint(unpack(packed))


@maker
def checkpoint(f: Callable[..., Any]) -> Checkpoint:
    """`f`, of which reverse mode saves the arguments only: what it computes on the way is computed again when the backward
    sweep comes to it. Memory for time, one more run of f. Forward mode takes no notice.

    A call inside a function that is differentiated is a checkpoint; `grad(checkpoint(f))` itself is `grad(f)`. Arguments are
    kept as they are at the call. A `numpy.random.Generator` that is an argument is put back to its state, so that both
    runs draw the same numbers; it ends up where one run leaves it.

    Raises UnsupportedSyntax, at the line, where f has an effect (prints, writes to what it did not make) or draws from a
    generator that it is not given: that cannot be repeated.

    >>> import numpy as np, srcgrad
    >>> @srcgrad.checkpoint
    ... def layer(x, w):
    ...     return np.tanh(w @ np.tanh(w @ x))
    >>> def loss(x, w):
    ...     for _ in range(100):
    ...         x = layer(x, w)             # saves x, not the two arrays inside
    ...     return np.sum(x)
    >>> srcgrad.grad(loss)(np.ones(2), np.eye(2)).shape
    (2,)
    """
    return Checkpoint(f)
