"""The functional face: NumPy in, NumPy out."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

from . import pipeline
from .derivative import Derivative, Dispatcher
from .emit.load import annotate
from .errors import BadWrt, SrcgradError
from .runtime import helpers
from .functional.check_grads import compare
from .rules import register as register
from .signature import types_of
from .targets import differentiable, positions, target_of

_B_OUT = inspect.Parameter("b_out", inspect.Parameter.KEYWORD_ONLY, default=1.0)


def _native(compile: str | None) -> None:
    if compile is not None:
        raise ValueError(f"compile={compile!r}: there is no native back end yet; None runs the generated NumPy code")


def grad(f: Callable[..., Any], wrt: Any = 0, *, compile: str | None = None) -> Derivative:
    """The gradient of a function whose output is a real number.

    wrt: a position, a parameter name, or a tuple of those. One gives a bare gradient, a tuple gives a tuple.

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
    _native(compile)

    def make(g: FunctionType, names: Sequence[str], types: Any, single: bool) -> pipeline.Code:
        return pipeline.adjoint_code(g, names, types, single=single, scalar=True)

    return Derivative(f, wrt, make, "grad", rebuild=(grad, (f, wrt)))


def value_and_grad(f: Callable[..., Any], wrt: Any = 0, *, has_aux: bool = False, compile: str | None = None) -> Derivative:
    """As `grad`, returning (value, gradient). With `has_aux`, f returns (value, aux), and the result is
    ((value, aux), gradient)."""
    _native(compile)

    def make(g: FunctionType, names: Sequence[str], types: Any, single: bool) -> pipeline.Code:
        return pipeline.adjoint_code(g, names, types, single=single, scalar=True, value=True, aux=has_aux)

    return Derivative(f, wrt, make, "value_and_grad", rebuild=(_value_and_grad, (f, wrt, has_aux)))


def _value_and_grad(f: Callable[..., Any], wrt: Any, has_aux: bool) -> Derivative:
    return value_and_grad(f, wrt, has_aux=has_aux)


def adjoint(f: Callable[..., Any], wrt: Any = 0, *, compile: str | None = None) -> Derivative:
    """The generated reverse function: the parameters of f, then keyword-only `b_out=1.0`, the adjoint of the output,
    which is broadcast to the output's shape. Returns the gradient of sum(b_out * output)."""
    _native(compile)

    def make(g: FunctionType, names: Sequence[str], types: Any, single: bool) -> pipeline.Code:
        return pipeline.adjoint_code(g, names, types, single=single)

    return Derivative(f, wrt, make, "adjoint", (_B_OUT,), (adjoint, (f, wrt)))


def tangent(f: Callable[..., Any], wrt: Any = 0, *, compile: str | None = None) -> Derivative:
    """The generated forward function: the parameters of f, then keyword-only `d_NAME` for each parameter in `wrt`;
    returns the tangent of the output."""
    _native(compile)

    def make(g: FunctionType, names: Sequence[str], types: Any, single: bool) -> pipeline.Code:
        return pipeline.tangent_code(g, names, types)

    names, _ = positions(target_of(f), wrt)
    extra = tuple(inspect.Parameter(f"d_{n}", inspect.Parameter.KEYWORD_ONLY) for n in names)
    return Derivative(f, wrt, make, "tangent", extra, (tangent, (f, wrt)))


def _call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return function(*args, **kwargs)
    except Exception as error:
        if not isinstance(error, SrcgradError):
            annotate(error)
        raise


def vjp(f: Callable[..., Any], *args: Any, wrt: Any = None, **kwargs: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The value of f at the arguments and its pullback.

    `pullback(b_value)` may be called many times. It returns gradients for `wrt`; with None, a tuple with one entry for
    each positional argument, None where the argument holds nothing differentiable. ValueError where b_value has not the
    shape of the value.
    """
    target = target_of(f)
    full, kw = (*target.args, *args), {**target.kwargs, **kwargs}
    bound = inspect.signature(target.function).bind(*full, **kw)
    bound.apply_defaults()
    types = types_of(bound.arguments)
    positional = list(target.signature.parameters)[:len(args)]
    names: tuple[str, ...]
    if wrt is None:
        names, single = tuple(n for n in positional if differentiable(types[n])), False
    else:
        names, single = positions(target, wrt)
    dispatch = Dispatcher(target, names, lambda g, t: pipeline.split_code(g, names, t))
    code = dispatch.find(full, kw).code
    value, saved = _call(code[0], *map(helpers.copy, full), **{n: helpers.copy(v) for n, v in kw.items()})
    value = helpers.copy(value)

    def pullback(b_value: Any) -> Any:
        found = _call(code[1], saved, helpers.seed(_cotangent(b_value, value), value))
        if wrt is None:
            return tuple(found[names.index(n)] if n in names else None for n in positional)
        return found[0] if single else found

    return value, pullback


def _cotangent(b: Any, value: Any) -> Any:
    """Refuses a number for an array: a cotangent has the shape of its value."""
    import numpy as np
    if isinstance(value, np.ndarray) and np.shape(b) != value.shape:
        raise ValueError(f"the cotangent has shape {np.shape(b)}, the value {value.shape}")
    return b


def jvp(f: Callable[..., Any], args: Sequence[Any], tangents: Sequence[Any], *, wrt: Any = None,
        **kwargs: Any) -> tuple[Any, Any]:
    """The value of f at `args` and its tangent.

    `tangents` align with `args` (None means zero), or with `wrt` where that is given. ValueError where a tangent has not
    the shape of its argument.
    """
    target = target_of(f)
    args, tangents = tuple(args), tuple(tangents)
    positional = list(target.signature.parameters)[:len(args)]
    if wrt is None:
        names: tuple[str, ...] = tuple(positional)
    else:
        names, single = positions(target, wrt)
    if len(names) != len(tangents):
        raise ValueError(f"{len(tangents)} tangents for {len(names)} arguments")
    given = {n: t for n, t in zip(names, tangents) if t is not None}
    full, kw = (*target.args, *args), {**target.kwargs, **kwargs}
    bound = inspect.signature(target.function).bind(*full, **kw)
    for n, t in given.items():
        _check_tangent(n, t, bound.arguments.get(n))
    if not given:
        raise BadWrt(f"{target.name}: no tangent is given", **target.place)
    dispatch = Dispatcher(target, tuple(given), lambda g, t: pipeline.tangent_code(g, tuple(given), t, value=True))
    code = dispatch.find(full, kw).code
    return _call(code[0], *full, **kw, **dict(zip(code.extra, given.values())))  # type: ignore[no-any-return]


def _check_tangent(name: str, t: Any, x: Any) -> None:
    import numpy as np
    if isinstance(x, np.ndarray | float | np.generic) and np.shape(t) != np.shape(x):
        raise ValueError(f"the tangent of {name} has shape {np.shape(t)}, the argument {np.shape(x)}")


def source(f: Any, wrt: Any = 0) -> str:
    """The generated source: of a derivative, of a decorated function, or of the gradient of a function.

    A str that can be saved and imported.
    """
    if isinstance(f, Derivative):
        return f.source
    shown = getattr(f, "generated_source", None)
    if callable(shown):
        return str(shown())
    return grad(f, wrt).source


def check_grads(f: Callable[..., Any], args: Sequence[Any], *, modes: Sequence[str] = ("forward", "reverse"), order: int = 2,
                rtol: float = 1e-5, atol: float = 1e-6) -> None:
    """Compares derivatives with central differences; returns None, or raises GradientMismatch that names the argument,
    the index, the expected and the found number."""
    compare(f, tuple(args), tuple(modes), order, rtol, atol, vjp, jvp, adjoint)
