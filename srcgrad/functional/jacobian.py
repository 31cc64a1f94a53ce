"""Jacobians, Hessians, and products with Hessians."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import Any

from .. import pipeline
from ..derivative import Derivative, maker
from ..errors import MissingRule
from ..ir.types import Dict, List, Num, Tuple, Type
from ..repeatable import check_repeatable, repeatable
from ..targets import target_of
from .gradients import grad
from .sparse import SparseJacobian

MODES = (None, "forward", "reverse")
FEW = 4  # columns that are cheap, however many rows there are


@maker
def jacobian(f: Callable[..., Any], wrt: Any = 0, *, mode: str | None = None, sparsity: Any = None) -> Any:
    """The Jacobian of a function: an array of shape `out.shape + arg.shape`.

    Where the output or the argument is a container, the result has the output's structure, in it that of the argument, in
    it arrays. With a tuple `wrt`, one such result for each argument.

    mode: "reverse" makes one pullback and calls it for each entry of the output, "forward" calls the tangent function for
    each entry of the argument. None takes the one with fewer calls, as far as sizes are known before f runs, and never
    repeats effects or random numbers. One generated function serves all rows or columns.

    sparsity: a SciPy sparse matrix or array of shape (out.size, arg.size) that is not zero where the Jacobian may be not
    zero. The result is a SciPy sparse matrix of that shape; columns (or rows) that have no row in common are found by one
    product. One product more, with a random vector, finds patterns that lack entries.

    Complex: where f is real, entries are df/dx - i df/dy; where argument and output are complex f must be holomorphic.

    Raises ValueError for an unknown mode or a pattern of another shape, GradientMismatch where the pattern lacks entries,
    UnsupportedSyntax where forward mode would repeat an effect,
    NotDifferentiable for a complex function that is not holomorphic.

    >>> import numpy as np
    >>> def f(x):
    ...     return np.array([x[0] * x[1], x[0] ** 2])
    >>> jacobian(f)(np.array([2.0, 3.0]))
    array([[3., 2.],
           [4., 0.]])
    """
    if mode not in MODES:
        raise ValueError(f"mode is 'forward', 'reverse' or None, not {mode!r}")
    return Jacobian(f, wrt, mode) if sparsity is None else SparseJacobian(f, wrt, mode, sparsity)


class Jacobian(Derivative):
    """A Jacobian, whose mode is chosen for each signature."""

    def __init__(self, f: Any, wrt: Any, mode: str | None, *, by_argument: bool = True, label: str = "jacobian",
                 rebuild: tuple[Any, ...] = ()) -> None:
        def code(g: FunctionType, names: Sequence[str], types: Any, single: bool, chosen: str) -> pipeline.Code:
            if chosen == "forward":
                check_repeatable(g)
            return pipeline.jacobian_code(g, names, types, mode=chosen, single=single, by_argument=by_argument, label=label)

        def make(g: FunctionType, names: Sequence[str], types: Any, single: bool, chosen: str = "reverse") -> pipeline.Code:
            try:
                return code(g, names, types, single, chosen)
            except MissingRule:  # a derivative of the user's own, in the other mode only
                other = "reverse" if chosen == "forward" else "forward"
                if mode is not None or other == "forward" and not repeatable(g):
                    raise
                return code(g, names, types, single, other)

        super().__init__(f, wrt, make, label, rebuild=rebuild or (_jacobian, (f, wrt, mode)))
        if not by_argument:
            self.rename(self.target.function.target)
        self.mode = mode
        self._dispatch.variant = self._chosen

    def _chosen(self, g: FunctionType, exact: Mapping[str, Type]) -> str:
        """Forward mode where the output is known to have more entries than the arguments, and f may be repeated."""
        inputs = [_size(exact[n]) for n in self.wrt]
        total = sum(n for n in inputs if n is not None)
        if 0 in inputs or self.mode is None and None in inputs:
            return "reverse"  # without columns the value would not be known
        if self.mode is not None:
            return self.mode
        output = _size(pipeline.Unit().types(g, exact).result)
        forward = total <= FEW if output is None else total < output
        return "forward" if forward and repeatable(g) else "reverse"


def _size(t: Type) -> int | None:
    """How many numbers a value of this type holds; None where that is not known."""
    match t:
        case Num() if t.dims is not None and all(isinstance(d, int) for d in t.dims):
            total = 1
            for d in t.dims:
                total *= d  # type: ignore[operator]
            return total
        case Tuple(items) | List(Tuple(items)):
            sizes = [_size(x) for x in items]
        case Dict(items):
            sizes = [_size(x) for _, x in items]
        case _:
            return None
    return None if isinstance(t, List) or None in sizes else sum(n for n in sizes if n is not None)


def _jacobian(f: Any, wrt: Any, mode: str | None) -> Any:
    return jacobian(f, wrt, mode=mode)


# ------------------------------------------------------------------ second derivatives
@maker
def hessian(f: Callable[..., Any], wrt: Any = 0) -> Derivative:
    """The Hessian of a function whose output is a real number: the Jacobian of its gradient, of shape
    `arg.shape + arg.shape`.

    With a tuple `wrt`, a tuple of rows: item [i][j] holds the derivatives by argument i and then j.

    >>> import numpy as np
    >>> def f(x):
    ...     return x[0] ** 2 * x[1]
    >>> hessian(f)(np.array([2.0, 3.0]))
    array([[6., 4.],
           [4., 0.]])
    """
    return Jacobian(grad(f, wrt), wrt, None, by_argument=False, label="hessian", rebuild=(hessian, (f, wrt)))


class Hvp(Derivative):
    """A Hessian-vector product: takes `v` by name, or after all other arguments."""

    def __init__(self, f: Any, wrt: Any) -> None:
        def make(g: FunctionType, names: Sequence[str], types: Any, single: bool) -> pipeline.Code:
            return pipeline.hvp_code(g, names, types, single=single, label="hvp")

        extra = inspect.Parameter("v", inspect.Parameter.KEYWORD_ONLY)
        super().__init__(grad(f, wrt), wrt, make, "hvp", (extra,), (hvp, (f, wrt)))
        self.rename(target_of(f))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        name, = self.extra
        if name not in kwargs and args:
            *args, kwargs[name] = args  # type: ignore[assignment]
        return super().__call__(*args, **kwargs)


@maker
def hvp(f: Callable[..., Any], wrt: Any = 0) -> Derivative:
    """The product of the Hessian of f with a vector, by forward mode over reverse mode: no Hessian is formed.

    The result takes the parameters of f and then `v`, by name or as the last argument: in the structure and shape of the
    argument in `wrt`. With a tuple `wrt`, v and the result are tuples.

    >>> import numpy as np
    >>> def f(x):
    ...     return x[0] ** 2 * x[1]
    >>> hvp(f)(np.array([2.0, 3.0]), v=np.array([1.0, 0.0]))
    array([6., 4.])
    """
    return Hvp(f, wrt)
