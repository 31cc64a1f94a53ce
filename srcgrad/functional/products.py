"""Products with the Jacobian at a point: vjp and jvp."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

import numpy as np

from .. import pipeline
from ..derivative import Derivative, Dispatcher, maker
from ..emit.load import annotate
from ..errors import BadWrt
from ..outputs import Outputs, outputs_of
from ..runtime import helpers
from ..signature import types_of
from ..targets import differentiable, pinned, positions, signature_of, target_of


def _call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return function(*args, **kwargs)
    except Exception as error:
        annotate(error)
        raise


def vjp(f: Callable[..., Any], *args: Any, wrt: Any = None, of: Outputs = None,
        **kwargs: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The value of f at the arguments and its pullback.

    `pullback(b_value)` may be called many times. It returns gradients for `wrt`; with None, a tuple with one entry for
    each positional argument, None where the argument holds nothing differentiable. `of`: as in `grad`.

    ValueError where b_value has not the shape of the value.
    """
    target = pinned(outputs_of(target_of(f), of), args, kwargs)
    full, kw = (*target.args, *args), {**target.kwargs, **kwargs}
    bound = signature_of(target.function).bind(*full, **kw)
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
    if isinstance(value, np.ndarray) and np.shape(b) != value.shape:
        raise ValueError(f"the cotangent has shape {np.shape(b)}, the value {value.shape}")
    return b


def jvp(f: Callable[..., Any], args: Sequence[Any], tangents: Sequence[Any], *, wrt: Any = None, of: Outputs = None,
        **kwargs: Any) -> tuple[Any, Any]:
    """The value of f at `args` and its tangent.

    `tangents` align with `args` (None means zero), or with `wrt` where that is given. `of`: as in `grad`.

    ValueError where a tangent has not the shape of its argument.
    """
    args, tangents = tuple(args), tuple(tangents)
    target = pinned(outputs_of(target_of(f), of), args, kwargs)
    positional = list(target.signature.parameters)[:len(args)]
    if wrt is None:
        names: tuple[str, ...] = tuple(positional)
    else:
        names, single = positions(target, wrt)
    if len(names) != len(tangents):
        raise ValueError(f"{len(tangents)} tangents for {len(names)} arguments")
    given = {n: t for n, t in zip(names, tangents) if t is not None}
    full, kw = (*target.args, *args), {**target.kwargs, **kwargs}
    bound = signature_of(target.function).bind(*full, **kw)
    for n, t in given.items():
        _check_tangent(n, t, bound.arguments.get(n))
    if not given:
        raise BadWrt(f"{target.name}: no tangent is given", **target.place)
    dispatch = Dispatcher(target, tuple(given), lambda g, t: pipeline.tangent_code(g, tuple(given), t, value=True))
    code = dispatch.find(full, kw).code
    return _call(code[0], *full, **kw, **dict(zip(code.extra, given.values())))  # type: ignore[no-any-return]


def value_and_tangent(f: Callable[..., Any], wrt: Any) -> Derivative:
    """What `jvp(f, args, tangents)` calls where it stands in a function that is differentiated: the parameters of f, then
    `d_NAME` for each in wrt; returns (value, tangent)."""
    def make(g: FunctionType, names: Sequence[str], types: Any, single: bool) -> pipeline.Code:
        return pipeline.tangent_code(g, names, types, value=True)

    names, _ = positions(target_of(f), wrt)
    extra = tuple(inspect.Parameter(f"d_{n}", inspect.Parameter.KEYWORD_ONLY) for n in names)
    return Derivative(f, wrt, make, "jvp", extra, (value_and_tangent, (f, wrt)))


vjp = maker(vjp)
jvp = maker(jvp)
jvp.__srcgrad_inline__ = value_and_tangent  # type: ignore[attr-defined]


def _check_tangent(name: str, t: Any, x: Any) -> None:
    if isinstance(x, np.ndarray | float | np.generic) and np.shape(t) != np.shape(x):
        raise ValueError(f"the tangent of {name} has shape {np.shape(t)}, the argument {np.shape(x)}")
