"""Derivatives as functions: gradients, and the generated reverse and forward functions themselves."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

from .. import pipeline
from ..derivative import Derivative, maker
from ..outputs import Outputs, outputs_of
from ..targets import positions, target_of

_B_OUT = inspect.Parameter("b_out", inspect.Parameter.KEYWORD_ONLY, default=1.0)


def refuse_native(compile: str | None) -> None:
    """compile: None runs the generated NumPy code; other values are reserved for native back ends."""
    if compile is not None:
        raise ValueError(f"compile={compile!r}: there is no native back end yet; None runs the generated NumPy code")


@maker
def grad(f: Callable[..., Any], wrt: Any = 0, *, of: Outputs = None, compile: str | None = None) -> Derivative:
    """The gradient of a function whose output is a real number.

    wrt: a position, a parameter name, or a tuple of those. One gives a bare gradient, a tuple gives a tuple.
    of: what the output is: None, what f returns; the name of a parameter that f modifies in place, its final contents; or
    a tuple of such names, among them "return". Gradients are with respect to the values on entry.

    The result takes the parameters of `f` and returns gradients in the structure, shape and dtype of the arguments, in
    memory of their own; arguments are never modified. `.source` is the generated code.

    Raises BadWrt, UnsupportedSyntax and SourceUnavailable here; NonScalarOutput, NotDifferentiable, MissingRule and
    AliasError at the first call with arguments they concern.

    >>> import numpy as np
    >>> def f(x, n):
    ...     for i in range(n):
    ...         x = np.sin(x) * x
    ...     return np.sum(x)
    >>> grad(f)(np.array([1.0, 2.0]), 2).shape
    (2,)
    """
    refuse_native(compile)

    def make(g: FunctionType, names: Sequence[str], types: Any, single: bool) -> pipeline.Code:
        return pipeline.adjoint_code(g, names, types, single=single, scalar=True)

    return Derivative(outputs_of(target_of(f), of), wrt, make, "grad", rebuild=(_again, (grad, f, wrt, of)))


@maker
def value_and_grad(f: Callable[..., Any], wrt: Any = 0, *, of: Outputs = None, has_aux: bool = False,
                   compile: str | None = None) -> Derivative:
    """As `grad`, returning (value, gradient). With `has_aux`, f returns (value, aux), and the result is
    ((value, aux), gradient)."""
    refuse_native(compile)

    def make(g: FunctionType, names: Sequence[str], types: Any, single: bool) -> pipeline.Code:
        return pipeline.adjoint_code(g, names, types, single=single, scalar=True, value=True, aux=has_aux)

    return Derivative(outputs_of(target_of(f), of), wrt, make, "value_and_grad", rebuild=(_value_and_grad, (f, wrt, has_aux, of)))


def _value_and_grad(f: Callable[..., Any], wrt: Any, has_aux: bool, of: Outputs = None) -> Derivative:
    return value_and_grad(f, wrt, has_aux=has_aux, of=of)


def _again(make: Callable[..., Derivative], f: Callable[..., Any], wrt: Any, of: Outputs) -> Derivative:
    """What unpickling calls."""
    return make(f, wrt, of=of)


@maker
def elementwise_grad(f: Callable[..., Any], wrt: Any = 0, *, of: Outputs = None, compile: str | None = None) -> Derivative:
    """The gradient of the sum of f's output: for a function that works element by element, its derivative at each.

    The result has the structure, shape and dtype of the argument. A complex output is summed as it is: for a holomorphic
    f the result is f'.

    >>> import numpy as np
    >>> def f(x):
    ...     return x ** 3
    >>> elementwise_grad(f)(np.array([1.0, 2.0]))
    array([ 3., 12.])
    """
    refuse_native(compile)

    def make(g: FunctionType, names: Sequence[str], types: Any, single: bool) -> pipeline.Code:
        return pipeline.adjoint_code(g, names, types, single=single)

    return Derivative(outputs_of(target_of(f), of), wrt, make, "elementwise_grad",
                      rebuild=(_again, (elementwise_grad, f, wrt, of)))


@maker
def adjoint(f: Callable[..., Any], wrt: Any = 0, *, of: Outputs = None, compile: str | None = None) -> Derivative:
    """The generated reverse function: the parameters of f, then keyword-only `b_out=1.0`, the adjoint of the output,
    which is broadcast to the output's shape. Returns the gradient of sum(b_out * output).

    One function cannot fit all types: the result is called like one, and finds the plain function for the types and shapes
    of its arguments. `.function_for(args, kwargs)` gives that function, `.source` its text.

    >>> import numpy as np
    >>> def f(x):
    ...     return x * x
    >>> adjoint(f)(np.array([1.0, 2.0]), b_out=np.array([1.0, 10.0]))
    array([ 2., 40.])
    """
    refuse_native(compile)

    def make(g: FunctionType, names: Sequence[str], types: Any, single: bool) -> pipeline.Code:
        return pipeline.adjoint_code(g, names, types, single=single)

    return Derivative(outputs_of(target_of(f), of), wrt, make, "adjoint", (_B_OUT,), (_again, (adjoint, f, wrt, of)))


@maker
def tangent(f: Callable[..., Any], wrt: Any = 0, *, of: Outputs = None, compile: str | None = None) -> Derivative:
    """The generated forward function: the parameters of f, then keyword-only `d_NAME` for each parameter in `wrt`;
    returns the tangent of the output. As with `adjoint`, the plain function for a call is found by the types of its
    arguments.

    >>> def f(x, y):
    ...     return x * y
    >>> tangent(f, (0, 1))(2.0, 3.0, d_x=1.0, d_y=10.0)
    23.0
    """
    refuse_native(compile)

    def make(g: FunctionType, names: Sequence[str], types: Any, single: bool) -> pipeline.Code:
        return pipeline.tangent_code(g, names, types)

    names, _ = positions(target_of(f), wrt)
    extra = tuple(inspect.Parameter(f"d_{n}", inspect.Parameter.KEYWORD_ONLY) for n in names)
    return Derivative(outputs_of(target_of(f), of), wrt, make, "tangent", extra, (_again, (tangent, f, wrt, of)))
