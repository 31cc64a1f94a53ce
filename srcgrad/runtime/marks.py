"""What users write into their functions to steer differentiation, imported through `srcgrad.runtime.helpers`."""
from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import UnsupportedSyntax
from .structure import mapped

__all__ = ["check_generators", "hooked", "kept", "on_backward", "own_adjoint", "own_parts", "stop_gradient"]


def stop_gradient(x: Any) -> Any:
    """`x`, in memory of its own, as a constant for differentiation: no derivative flows through it, in any mode.

    Containers stay what they are, with new arrays in them; an NDArray is detached.

    >>> stop_gradient([1.0, np.zeros(2)])
    [1.0, array([0., 0.])]
    """
    if hasattr(x, "detach") and hasattr(x, "attach_grad"):
        return x.detach()
    if isinstance(x, np.ndarray):
        return x.copy()
    return mapped(stop_gradient, x) if isinstance(x, list | dict | tuple) else x


def on_backward(x: Any, g: Callable[[Any], Any]) -> Any:
    """`x`; in the backward sweep the adjoint `b` of x becomes `g(b)`: to clip it, to print it, to stop there.

    g gets the adjoint in memory of its own; where it returns None the adjoint stays as it is. Forward mode takes no notice.
    Raises ValueError in the backward sweep where g returns another shape.

    >>> import srcgrad
    >>> def f(x):
    ...     y = srcgrad.on_backward(x * x, lambda b: np.clip(b, -1, 1))
    ...     return np.sum(10 * y)
    >>> on_backward(3.0, print)
    3.0
    """
    return x.on_backward(g) if hasattr(x, "attach_grad") else x


def hooked(b: Any, g: Callable[[Any], Any]) -> Any:
    """The adjoint that `on_backward` hands on."""
    given = b.copy() if isinstance(b, np.ndarray) else b
    found = g(given)
    if found is None:
        return b
    if np.shape(found) != np.shape(b):
        raise ValueError(f"on_backward: the adjoint has shape {np.shape(b)}, and the function returns {np.shape(found)}")
    return found


def own_adjoint(parts: Any, i: int | None, x: Any, name: str = "the function") -> Any:
    """The adjoint of argument `x` in what a user's backward function returns: item i, or the whole (None); zeros for None.

    >>> own_adjoint((None, 2.0), 0, np.zeros(2)), own_adjoint(2.0, None, 1.5)
    (array([0., 0.]), 2.0)
    """
    from .helpers import zeros_like
    b = parts if i is None else parts[i]
    if b is None:
        return zeros_like(x)
    if isinstance(x, np.ndarray | float | np.generic) and np.shape(b) != np.shape(x):
        raise ValueError(f"the backward function of {name} returns an adjoint of shape {np.shape(b)} for an argument of shape "
                         f"{np.shape(x)}")
    return b


def own_parts(g: Any, parts: Any, i: int | None) -> Any:
    """The adjoint of `parts` in `own_adjoint(parts, i, x)`."""
    from .helpers import zeros_like
    if i is None:
        return g
    items = [None if p is None else zeros_like(p) for p in parts]
    if parts[i] is not None:
        items[i] = g
    return tuple(items)


# ------------------------------------------------------------------ checkpoints
def kept(x: Any) -> Any:
    """`x` as it is now: what a checkpoint saves of an argument. Random generators are kept with their state."""
    if isinstance(x, np.ndarray):
        return x.copy()
    if isinstance(x, np.random.Generator | np.random.RandomState):
        return copy.deepcopy(x)
    return mapped(kept, x) if isinstance(x, list | dict | tuple) else x


def check_generators(name: str, *values: Any) -> None:
    """Raises UnsupportedSyntax unless all values are random generators, so that their state can be put back."""
    for value in values:
        if not isinstance(value, np.random.Generator | np.random.RandomState):
            raise UnsupportedSyntax(f"in {name}: a checkpoint cannot put the state of a {type(value).__name__} back",
                                    hint="pass a numpy.random.Generator, or take the call out of the checkpoint")
