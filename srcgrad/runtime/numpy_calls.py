"""NumPy functions called on NDArrays: which are recorded, which compute a constant, which write in place."""
from __future__ import annotations

import functools
import linecache
from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.errors import MissingRule, RecordError, SrcgradError
from srcgrad.runtime import scopes
from srcgrad.runtime.operations import NUMPY
from srcgrad.runtime import operations as ops
from srcgrad.runtime.caller import Caller
from srcgrad.runtime.eager import apply, constant
from srcgrad.runtime.inputs import source_of
from srcgrad.runtime.memory import writes
from srcgrad.runtime.nests import leaves, unwrap
from srcgrad.runtime.registry import Tracked, forget
from srcgrad.runtime.stores import store

_WRITERS = {np.copyto, np.put, np.place, np.putmask, np.fill_diagonal, np.put_along_axis}
_CONSTANT = {np.zeros_like, np.ones_like, np.empty_like, np.full_like}


def array_ufunc(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`ufunc(*inputs, **kwargs)`, or one of its methods, where an input or output is an NDArray."""
    if method == "at":
        return _write_plainly(ufunc.at, f"np.{ufunc.__name__}.at", inputs, kwargs)
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
        return _write(function, args, kwargs)
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
    given = kwargs["out"]
    targets = given if isinstance(given, tuple) else (given,)
    rest = {k: v for k, v in kwargs.items() if k != "out"}
    target = targets[0]
    operation = NUMPY.get(function)
    call = None if operation is None or len(targets) > 1 else _bind(operation, args, rest)
    if operation is None or call is None or not isinstance(target, Tracked):
        _write_plainly(function, "out=", (*targets, *args), kwargs, positional=args)
    else:
        store(target, lambda: function(*map(unwrap, args), out=target._data, **{k: unwrap(v) for k, v in rest.items()}),
              "out=", operation, *call[0], **call[1])
    return target if len(targets) == 1 else targets


def _write(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """np.copyto and its kin."""
    target = args[0]
    if function is np.copyto and isinstance(target, Tracked) and len(args) == 2 and kwargs.keys() <= {"where", "casting"}:
        value, where = args[1], unwrap(kwargs.get("where", True))
        plain = {k: unwrap(v) for k, v in kwargs.items()}

        def write() -> None:
            np.copyto(target._data, unwrap(value), **plain)

        if where is True:
            store(target, write, "np.copyto", ops.copied, target, value)
        else:
            store(target, write, "np.copyto", ops.where, where, value, target)
        return
    _write_plainly(function, f"np.{function.__name__}", args, kwargs)


def _write_plainly(function: Callable[..., Any], what: str, args: tuple[Any, ...], kwargs: dict[str, Any],
                   positional: tuple[Any, ...] | None = None) -> None:
    """A write that can't be recorded: fine where nothing of it is on record."""
    if scopes.flags() & (scopes.RECORDING | scopes.GENERATED) and source_of((args, kwargs)) is not None:
        plain = any(isinstance(t, np.ndarray) for t in args[:1])
        if plain:
            raise RecordError(f"{what} writes a recorded array into a plain NumPy array, which would cut its history",
                              hint="use the returned value instead, or x.detach() to say so")
        raise Caller().error(RecordError, f"{what} writes into an array in place while it is recorded",
                             "use x[...] = ..., or make a new array, or write under autograd.pause()")
    for target in args[:1]:
        if isinstance(target, Tracked):
            forget(target)
            writes.note(target._data)
    function(*map(unwrap, args if positional is None else positional), **{k: unwrap(v) for k, v in kwargs.items()})


def _not_recorded(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A function that is no eager operation of ours: recorded where it has a rule, or where no derivative flows."""
    if function in _CONSTANT or not _on_record((args, kwargs)):
        return constant(function, *args, **kwargs)
    try:
        return apply(_operation(function, len(args), tuple(kwargs)), *args, *kwargs.values())
    except SrcgradError as error:
        value = constant(function, *args, **kwargs)
        if not any(map(_smooth, leaves(value))):
            return value
        name = getattr(function, "__name__", str(function))
        with_these = " with these arguments" if function in NUMPY else ""
        raise Caller().error(MissingRule, f"np.{name}{with_these} is not recorded as an eager operation",
                             "register a rule for it (see CONTRIBUTING.md), or call it on x.detach() for a constant") from error


@functools.lru_cache(maxsize=1024)
def _operation(function: Callable[..., Any], count: int, keywords: tuple[str, ...]) -> Callable[..., Any]:
    """A Python function that calls `function` with so many positional arguments and these keywords: `np.median(x, axis)`
    becomes `def median(x, axis): return function(x, axis=axis)`."""
    name = getattr(function, "__name__", "")
    name = name if name.isidentifier() else "call"
    positional = [f"x{i}" if i else "x" for i in range(count)]
    given = [*positional, *(f"{k}={k}" for k in keywords)]
    text = f"def {name}({', '.join([*positional, *keywords])}): return function({', '.join(given)})\n"
    filename = f"<srcgrad operation {name} {count} {' '.join(keywords)}>"
    linecache.cache[filename] = len(text), None, [text], filename
    namespace: dict[str, Any] = {"function": function, "__name__": "srcgrad.operations"}
    exec(compile(text, filename, "exec"), namespace)
    return namespace[name]  # type: ignore[no-any-return]


def _on_record(values: Any) -> bool:
    return bool(scopes.flags() & scopes.RECORDING) and source_of(values) is not None


def _smooth(leaf: Any) -> bool:
    return isinstance(leaf, Tracked) and leaf._data.dtype.kind in "fcO"
