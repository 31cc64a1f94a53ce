"""Looking for the first number that is none."""
from __future__ import annotations

from contextlib import AbstractContextManager

from .. import pipeline


def debug() -> AbstractContextManager[None]:
    """A scope in which derivatives stop at the first NaN or infinity, in the forward or the backward sweep.

    Raises NotFinite (a FloatingPointError) at the user's line: it names the operation, the entry, and the ranges of the
    operands. Code is generated anew for the scope, and checks every line: it is slow. Values that are infinite on purpose
    are found too. Holds for both faces, and for the thread that enters it.

    >>> import numpy as np, srcgrad
    >>> def f(x):
    ...     return np.sum(np.sqrt(x))
    >>> with np.errstate(divide="ignore"), debug():
    ...     srcgrad.grad(f)(np.array([4.0, 0.0]))
    Traceback (most recent call last):
    srcgrad.errors.NotFinite: ...in f_grad: b_x = ...
    """
    return pipeline.options(debug=True)
