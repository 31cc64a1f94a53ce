"""Derivatives of the user's own for functions that srcgrad cannot look into: C extensions, simulators, solvers."""
from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..derivative import maker
from ..portable import pack, unpack


class Own:
    """A function with derivatives of its own; calls run the function."""

    __srcgrad_own__ = True

    def __init__(self, f: Callable[..., Any], forward: Any, backward: Any, tangent: Any) -> None:
        self.__name__ = self.__qualname__ = getattr(f, "__name__", type(f).__name__)
        self.__module__, self.__doc__ = getattr(f, "__module__", __name__), f.__doc__
        self.__signature__ = _signature(forward or f)
        self.function = f
        self.forward, self.backward, self.tangent = forward, backward, tangent

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<{self.__name__}{self.__signature__} with derivatives of its own>"

    def __reduce__(self) -> Any:
        return _restored, tuple(map(pack, (self.function, self.forward, self.backward, self.tangent)))


def _restored(*parts: Any) -> Own:
    return Own(*map(unpack, parts))


def _signature(f: Callable[..., Any]) -> inspect.Signature:
    found = inspect.signature(f)
    if isinstance(f, np.ufunc):
        found = found.replace(parameters=list(found.parameters.values())[:f.nin])
    for p in found.parameters.values():
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            raise TypeError(f"{f!r} takes {p}: wrap it in a function whose parameters have names")
    return found


@maker
def custom_vjp(f: Callable[..., Any], forward: Callable[..., Any], backward: Callable[..., Any]) -> Own:
    """`f` with a reverse derivative of its own.

    `forward(*args)` takes what f takes and returns `(value, saved)`. `backward(saved, b_value)` gets the adjoint of the
    value, in its structure and shape, and returns one adjoint for each parameter of f, in the parameter's shape: bare where
    f has one parameter, None for no derivative. Both are called as they are: only to differentiate twice must they be
    differentiable themselves. Forward mode needs `custom_jvp`; each may be put around the other.

    Raises ValueError in the backward sweep for an adjoint of another shape, MissingRule where forward mode meets f.

    >>> import numpy as np, srcgrad
    >>> def cube(x):
    ...     return x ** 3
    >>> def forward(x):
    ...     return x ** 3, x
    >>> def backward(x, b):
    ...     return 3 * x ** 2 * b
    >>> srcgrad.grad(custom_vjp(cube, forward, backward))(2.0)
    12.0
    """
    if isinstance(f, Own):
        return Own(f.function, forward, backward, f.tangent)
    return Own(f, forward, backward, None)


@maker
def custom_jvp(f: Callable[..., Any], tangent: Callable[..., Any]) -> Own:
    """`f` with a forward derivative of its own.

    `tangent(args, d_args)` gets two tuples, one item for each parameter of f, and returns `(value, d_value)`; the tangents
    of arguments without one are zeros in their shape. Reverse mode needs `custom_vjp`; each may be put around the other.

    >>> import srcgrad
    >>> def cube(x):
    ...     return x ** 3
    >>> def tangent(args, d_args):
    ...     x, = args
    ...     return x ** 3, 3 * x ** 2 * d_args[0]
    >>> srcgrad.jvp(custom_jvp(cube, tangent), (2.0,), (1.0,))
    (8.0, 12.0)
    """
    if isinstance(f, Own):
        return Own(f.function, f.forward, f.backward, tangent)
    return Own(f, None, None, tangent)
