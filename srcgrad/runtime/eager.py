"""Operations on NDArrays one by one: recorded as entries of their own, or just computed."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from srcgrad.errors import MissingRule, RecordError
from srcgrad.runtime import scopes
from srcgrad.runtime.caller import Caller
from srcgrad.runtime.operations import getitem
from srcgrad.runtime.inputs import Inputs, entry_of, quick_inputs, source_of
from srcgrad.runtime.recording import Entry, Pair, epoch, pair_of, record
from srcgrad.runtime.nests import leaves, rebuild, unwrap
from srcgrad.runtime.registry import ONLY_NULL, OUTSIDE, UNDER_PAUSE, UNMARKED, OPAQUE, Tracked, share


def apply(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """`function(*args, **options)` on NDArrays; recorded where recording is on and an argument is marked or recorded.

    `function` is one of `operations`; `options` are its keyword-only parameters and hold no NDArrays.
    """
    flags = scopes.flags()
    if flags & _BUSY == scopes.RECORDING and not options:
        result = _recorded_quickly(function, args, flags)
        if result is not None:
            return result
    inputs = Inputs(args) if flags & _BUSY else None
    if inputs is None:
        result = wrap(kind_of(args), function(*map(unwrap, args), **options), constant_because(flags, args))
    elif flags & scopes.GENERATED:
        if inputs.active:
            raise _refuse_inside_generated()
        return function(*inputs.raw, **options)
    elif inputs.active:
        result = _record_operation(function, inputs, options)
    else:
        result = wrap(inputs.kind or Tracked, function(*inputs.raw, **options), constant_because(flags, args))
    _share(function, args, result)
    return result


def _share(function: Callable[..., Any], args: tuple[Any, ...], result: Any) -> None:
    """Results that look at the memory of an argument are views of it."""
    for leaf in leaves(result):
        if isinstance(leaf, Tracked) and (leaf._data.base is not None or any(leaf._data is unwrap(a) for a in args)):
            share(leaf, leaves(args), unwrap(args[1]) if function is getitem else OPAQUE)


_BUSY = scopes.RECORDING | scopes.GENERATED
_known: dict[Any, Pair] = {}
_epoch: Any = None
KNOWN = 4096


def _recorded_quickly(function: Callable[..., Any], args: tuple[Any, ...], flags: int) -> Any:
    """What `apply` does where the operation was recorded before for arguments of these kinds; None where it was not."""
    global _epoch
    key: list[Any] = [function]
    raw: list[Any] = []
    sources: list[Any] = []
    kind = quick_inputs(args, key, raw, sources)
    if not sources or kind is None:
        return None
    if (now := epoch()) != _epoch:
        _known.clear()
        _epoch = now
    pair = _known.get(tuple(key))
    if pair is None:
        pair = _pair(function, Inputs(args), {})[0]
        if len(_known) >= KNOWN:
            _known.clear()
        _known[tuple(key)] = pair
    if len(raw) < function.__code__.co_argcount:
        raw += function.__defaults__[len(raw) - function.__code__.co_argcount:]  # type: ignore[index]
    value, saved = pair.forward(*raw)
    result = record(kind, Entry(function, pair, saved, tuple(sources), raw, None, flags & scopes.TRAINING), value)
    if type(value) is not np.ndarray or value.base is not None or value is raw[0]:
        _share(function, args, result)
    return result


def _record_operation(function: Callable[..., Any], inputs: Inputs, options: dict[str, Any]) -> Any:
    pair, raw, options = _pair(function, inputs, options)
    value, saved = pair.forward(*raw, **options)
    entry = entry_of(function, pair, saved, inputs, raw, options, scopes.flags() & scopes.TRAINING)
    return record(inputs.kind or Tracked, entry, value)


def _pair(function: Callable[..., Any], inputs: Inputs, options: dict[str, Any]) -> tuple[Pair, list[Any], dict[str, Any]]:
    """The generated code for an operation, and all its arguments, with defaults."""
    code = function.__code__
    raw = inputs.raw
    missing = code.co_argcount - len(raw)
    if missing and function.__defaults__:
        raw += function.__defaults__[-missing:]
    if function.__kwdefaults__:
        options = {**function.__kwdefaults__, **options}
    names = code.co_varnames
    active = tuple([name for name, source in zip(names, inputs.sources) if source is not None])
    return _operation_pair(function, active, {**dict(zip(names, raw)), **options}), raw, options


def _operation_pair(function: Callable[..., Any], active: tuple[str, ...], inputs: dict[str, Any]) -> Pair:
    try:
        return pair_of(function, active, inputs)
    except MissingRule as error:  # at a line of ours; the user's is the one to show
        raise Caller().error(MissingRule, error.message, error.hint) from None


def constant(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`function` on the arrays inside the NDArrays in `args`, for what carries no derivative."""
    flags = scopes.flags()
    if flags & scopes.GENERATED and source_of((args, kwargs)) is not None:
        raise _refuse_inside_generated()
    value = function(*map(unwrap, args), **{k: unwrap(v) for k, v in kwargs.items()})
    if flags & scopes.GENERATED:
        return value
    result = wrap(kind_of((args, kwargs)), value, constant_because(flags, args))
    for leaf in leaves(result):
        if isinstance(leaf, Tracked):
            share(leaf, leaves(args))
    return result


def kind_of(args: Iterable[Any]) -> type[Tracked]:
    """The class of the first NDArray in `args`."""
    for arg in args:
        if isinstance(arg, Tracked):
            return type(arg)
        if isinstance(arg, (list, tuple, dict)) and (kind := kind_of(leaves(arg))) is not Tracked:
            return kind
    return Tracked


# ------------------------------------------------------------------ results without history
def constant_because(flags: int, inputs: Iterable[Any]) -> int:
    """Why a result that is not recorded has no history."""
    if flags & scopes.PAUSED:
        return UNDER_PAUSE
    if not flags & scopes.RECORDING:
        return OUTSIDE
    for leaf in leaves(tuple(inputs)):
        if isinstance(leaf, Tracked) and leaf._origin is None and leaf._why == ONLY_NULL:
            return ONLY_NULL
    return UNMARKED


def wrap(kind: type[Tracked], value: Any, why: int) -> Any:
    """`value` with every array and NumPy scalar in it as an NDArray without history."""
    if isinstance(value, (np.ndarray, np.generic)):
        return kind._make(value, why)
    if isinstance(value, (list, tuple)):
        return rebuild(value, [wrap(kind, item, why) for item in value])
    return value


# ------------------------------------------------------------------ refusals
def _refuse_inside_generated() -> RecordError:
    return RecordError("a decorated function reached a marked or recorded array that is not one of its inputs",
                       hint="pass the array as an argument, or read it from a global or closure variable in the "
                            "decorated function itself")
