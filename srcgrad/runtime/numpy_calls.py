"""NumPy functions called on NDArrays: which are recorded, which compute a constant, which write in place."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from srcgrad.errors import MissingRule, RecordError
from srcgrad.runtime import scopes
from srcgrad.runtime.operations import NUMPY
from srcgrad.runtime.eager import about_to_write, apply, constant
from srcgrad.runtime.recording import source_of
from srcgrad.runtime.registry import Tracked, leaves, unwrap

_WRITERS = {np.copyto, np.put, np.place, np.putmask, np.fill_diagonal, np.put_along_axis}
_CONSTANT = {np.zeros_like, np.ones_like, np.empty_like, np.full_like, np.round, np.fix}


def array_ufunc(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`ufunc(*inputs, **kwargs)`, or one of its methods, where an input or output is an NDArray."""
    if method == "at":
        _about_to_write(inputs[:1], inputs[1:], f"np.{ufunc.__name__}.at")
        return ufunc.at(*map(unwrap, inputs))
    function = ufunc if method == "__call__" else getattr(ufunc, method)
    if kwargs.get("out"):
        return _into(function, inputs, kwargs)
    operation = NUMPY.get(function)
    if operation is None or kwargs:
        return _not_recorded(function, inputs, kwargs)
    return apply(operation, *(np.asarray(x) if isinstance(x, (list, tuple)) else x for x in inputs))


def array_function(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`function(*args, **kwargs)` where an argument is an NDArray."""
    if function in _WRITERS:
        _about_to_write(args[:1], (args[1:], kwargs), f"np.{function.__name__}")
        return function(*map(unwrap, args), **{k: unwrap(v) for k, v in kwargs.items()})
    if kwargs.get("out") is not None:
        return _into(function, args, kwargs)
    operation = NUMPY.get(function)
    given = None if operation is None else _bind(operation, args, kwargs)
    if operation is None or given is None:
        return _not_recorded(function, args, kwargs)
    return apply(operation, *given[0], **given[1])


def _bind(operation: Callable[..., Any], args: tuple[Any, ...],
          kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]] | None:
    """The positional and keyword-only arguments of `operation`; None where it does not take these."""
    code = operation.__code__
    names = code.co_varnames[:code.co_argcount]
    options = code.co_varnames[code.co_argcount:code.co_argcount + code.co_kwonlyargcount]
    if len(args) > len(names) or not kwargs.keys() <= {*names[len(args):], *options}:
        return None
    defaults = dict(zip(reversed(names), reversed(operation.__defaults__ or ())))
    values = {**defaults, **dict(zip(names, args)), **{k: v for k, v in kwargs.items() if k in names}}
    if len(values) < len(names):
        return None
    return [values[name] for name in names], {k: v for k, v in kwargs.items() if k in options}


def _into(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A call with `out=`; returns what was given as `out`, as NumPy does."""
    out = kwargs["out"]
    targets = out if isinstance(out, tuple) else (out,)
    _about_to_write(targets, args, "out=")
    function(*map(unwrap, args), **{k: unwrap(v) for k, v in kwargs.items()})
    return targets[0] if len(targets) == 1 else targets


def _about_to_write(targets: Iterable[Any], values: Any, what: str) -> None:
    for target in targets:
        if isinstance(target, Tracked):
            about_to_write(target, values, what)
        elif _on_record(values):
            raise RecordError(f"{what} writes a recorded array into a plain NumPy array, which would cut its history",
                              hint="use the returned value instead, or x.detach() to say so")


def _not_recorded(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A function that is no eager operation: fine where no derivative flows through it."""
    value = constant(function, *args, **kwargs)
    if function not in _CONSTANT and _on_record((args, kwargs)) and any(map(_smooth, leaves(value))):
        name = getattr(function, "__name__", str(function))
        with_these = " with these arguments" if function in NUMPY else ""
        raise MissingRule(f"np.{name}{with_these} is not recorded as an eager operation",
                          hint="call it in a function under @autograd.record, or on x.detach() for a constant")
    return value


def _on_record(values: Any) -> bool:
    return bool(scopes.flags() & scopes.RECORDING) and source_of(values) is not None


def _smooth(leaf: Any) -> bool:
    return isinstance(leaf, Tracked) and leaf._data.dtype.kind in "fc"
