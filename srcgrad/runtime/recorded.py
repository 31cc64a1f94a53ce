"""Functions under `@record`: each call runs generated code and leaves one entry in the record."""
from __future__ import annotations

import dis
import functools
import inspect
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from srcgrad.errors import AliasError, MissingRule, RecordError, SourceUnavailable, SrcgradError, UnsupportedSyntax
from srcgrad.runtime.nests import foreign_in, leaves, parts
from srcgrad.runtime.inputs import Inputs, entry_of, quick_inputs, source_of
from srcgrad.runtime.recording import Entry, Pair, epoch, keep, pair_of, record
from srcgrad.runtime.registry import Tracked, share
from srcgrad.runtime.scopes import GENERATED, RECORDING, TRAINING, Scope, exact, flags, generated
from srcgrad.runtime.targets import check_targets, write_back

_PLAIN = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_READS_GLOBAL = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"}
_MISSING = object()
_CODE = frozenset({types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type, np.ufunc})
_CONSTANT = frozenset({int, float, bool, complex, str, bytes, type(None)})
KNOWN = 512
_SUSPENDS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


class Recorded:
    """A function whose calls are recorded; what `autograd.record(f)` returns.

    A call works on the arrays inside the NDArrays in its arguments, in the variables that `f` captures and in the
    globals that it reads, in containers and objects as well; of these, the marked and recorded ones get gradients.
    Where no code can be generated for it, the function runs as it is, and is recorded operation by operation.
    `__wrapped__` is the user's function, `pair` the generated code of the last recorded call (None before it).
    """

    __srcgrad_recorded__ = True

    def __init__(self, function: types.FunctionType, scope: Scope) -> None:
        functools.update_wrapper(self, function)
        self._function = function
        self.pair: Pair | None = None
        self._refused: SrcgradError | None = None
        self._scope = scope
        self._signature = inspect.signature(function)
        parameters = self._signature.parameters.values()
        self._names = tuple(p.name for p in parameters if p.kind in _PLAIN)
        self._simple = len(self._names) == len(parameters)
        self._known: dict[Any, Pair] = {}
        self._epoch: Any = None
        self._open = Scope(scope._on | GENERATED, scope._off & ~GENERATED)
        self._globals = sorted(_global_names(function.__code__))

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __reduce__(self) -> str:
        return self._function.__qualname__  # found by name, as functions are

    def __repr__(self) -> str:
        return f"<recorded {self._function!r}>"

    def generated_source(self) -> str:
        """The generated code of the last recorded call, a module's text; `srcgrad.source` shows it.

        Raises what stood in the way where there is none.
        """
        if self.pair is not None:
            return self.pair.text
        if self._refused is not None:
            raise self._refused.with_traceback(None)
        raise RecordError(f"`{self._function.__name__}` has no recorded call yet, and so no generated code",
                          hint="call it once with a marked array; the code is specialised to its arguments")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._simple and not kwargs and len(args) == len(self._names):
            result = self._quickly(args)
            if result is not _MISSING:
                return result
        with self._scope:
            values = self._bind(args, kwargs)
            free, constants = self._free()
            names, count = (*values, *free), len(values)
            values.update(free)
            inputs = Inputs(values.values())
            if not inputs.active or inputs.endless:  # what the function reaches by other ways is recorded operation by operation
                return self._one_by_one(args, kwargs)
            raw = dict(zip(names, inputs.raw))
            pair = self._find(tuple([name for name, source in zip(names, inputs.sources) if source is not None]), raw)
            if pair is None or not _closed(pair, values):
                return self._one_by_one(args, kwargs)
            if pair.modified:
                check_targets(self._function, pair, values)
            self.pair = pair
            arguments, options = self._arguments(raw, count)
            with generated:
                value, saved = pair.forward(*arguments, **options)
            if inputs.containers:
                _check_containers(self._function, values, raw)
            inputs.foreign += constants
            if getattr(pair, "outside", ()):
                inputs.foreign += foreign_in(pair.elsewhere())  # type: ignore[attr-defined]
            entry = entry_of(self._function, pair, saved, inputs, arguments, options, flags() & TRAINING)
            result = record(inputs.kind or Tracked, entry, value)
            if pair.modified:
                return write_back(self._function, pair, entry, values, value, result)
            _share(result, inputs.raw, values)
            self._remember(values, free, pair)
            return result

    def _quickly(self, args: tuple[Any, ...]) -> Any:
        """A call with NDArrays, plain arrays and numbers whose generated code is known; _MISSING where it is not one."""
        key: list[Any] = []
        raw: list[Any] = []
        sources: list[Any] = []
        foreign: list[Any] = []
        kind = quick_inputs(args, key, raw, sources, foreign)
        if len(raw) < len(args):
            return _MISSING
        free: dict[str, Any] = {}
        for name, value in self._free_values():
            if type(value) in _CODE:
                continue
            if isinstance(value, Tracked):
                free[name] = value
                key.append(name)
            elif type(value) is np.ndarray:
                foreign.append(value)
            elif type(value) not in _CONSTANT and parts(value) is not None:
                return _MISSING
        if free:
            kind = quick_inputs(free.values(), key, raw, sources) or kind
        pair: Any = self._known.get(tuple(key))
        if pair is None or kind is None or not sources or epoch() != self._epoch or not pair.specialised.holds():
            return _MISSING
        with self._open:
            if free:
                value, saved = pair.forward(*raw[:len(args)], **dict(zip(free, raw[len(args):])))
            else:
                value, saved = pair.forward(*raw)
            training = flags() & TRAINING
        if foreign:
            _check_containers(self._function, dict(zip(self._names, args)), dict(zip(self._names, raw)))
            saved = keep(saved, foreign)
        self.pair = pair
        options = dict(zip(free, raw[len(args):])) if free else None
        result = record(kind, Entry(self._function, pair, saved, tuple(sources), raw[:len(args)], options, training), value)
        if type(value) is not np.ndarray or value.base is not None or any(value is x for x in raw):
            _share(result, raw, dict(zip((*self._names, *free), (*args, *free.values()))))
        return result

    def _remember(self, values: dict[str, Any], free: dict[str, Any], pair: Any) -> None:
        """Lets `_quickly` find the code of a call that has run."""
        if not self._simple or pair.modified or getattr(pair, "outside", True):
            return
        key: list[Any] = []
        raw: list[Any] = []
        arguments = [value for name, value in values.items() if name not in free]
        quick_inputs(arguments, key, raw, [], [])
        key += free
        quick_inputs(free.values(), key, raw, [])
        if len(raw) < len(values):
            return
        if self._epoch != epoch() or len(self._known) >= KNOWN:
            self._known.clear()
            self._epoch = epoch()
        self._known[tuple(key)] = pair

    def _find(self, active: tuple[str, ...], raw: dict[str, Any]) -> Pair | None:
        """The generated code for these inputs, None where there can be none."""
        try:
            return pair_of(self._function, active, raw)
        except (UnsupportedSyntax, MissingRule, SourceUnavailable, AliasError) as error:
            if self._function.__code__.co_flags & _SUSPENDS:
                raise
            self._refused, self.pair = error, None
            return None

    def _one_by_one(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The function as it is. What would cut a history unseen is refused: generated code would not have cut it."""
        with exact:
            return self._function(*args, **kwargs)

    def _bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The value of each parameter."""
        if self._simple and not kwargs and len(args) == len(self._names):
            return dict(zip(self._names, args))
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return dict(bound.arguments)

    def _arguments(self, raw: dict[str, Any], count: int) -> tuple[Sequence[Any], dict[str, Any]]:
        """How to call the forward code: the first `count` inputs are parameters, the others free variables."""
        if self._simple and count == len(raw):
            return tuple(raw.values()), {}
        items = list(raw.items())
        parameters, free = dict(items[:count]), dict(items[count:])
        if self._simple:
            return tuple(parameters.values()), free
        bound = inspect.BoundArguments(self._signature, parameters)
        return bound.args, {**bound.kwargs, **free}

    def _free(self) -> tuple[dict[str, Any], list[Any]]:
        """The captured variables and globals that hold NDArrays; the plain arrays and containers among the others."""
        found: dict[str, Any] = {}
        constants: list[Any] = []
        for name, value in self._free_values():
            if isinstance(value, np.ndarray):
                constants.append(value)
            elif isinstance(value, Tracked):
                found[name] = value
            elif parts(value) is not None:
                if any(isinstance(x, Tracked) for x in leaves(value)):
                    found[name] = value
                else:
                    constants += foreign_in(value)
        return found, constants

    def _free_values(self) -> Iterator[tuple[str, Any]]:
        function = self._function
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
            try:
                yield name, cell.cell_contents
            except ValueError:  # not assigned yet
                continue
        for name in self._globals:
            value = function.__globals__.get(name, _MISSING)
            if value is not _MISSING:
                yield name, value


def _global_names(code: types.CodeType) -> set[str]:
    """The globals that `code` and the functions defined in it read."""
    names = {i.argval for i in dis.get_instructions(code) if i.opname in _READS_GLOBAL}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _global_names(constant)
    return names


def _closed(pair: Pair, values: dict[str, Any]) -> bool:
    """Does the code reach no marked or recorded array but its inputs, call no decorated function, modify only arrays, and
    surely run to its end?"""
    if pair.modified and not pair.varies or getattr(pair, "records", False) or getattr(pair, "uncertain", False):
        return False
    outside = getattr(pair, "outside", ())
    return not outside or source_of(pair.elsewhere()) is None  # type: ignore[attr-defined]


def _share(result: Any, raw: Sequence[Any], values: dict[str, Any]) -> None:
    """An output that shares the memory of an input, or of another output, is a view of it."""
    outputs = [leaf for leaf in leaves(result) if isinstance(leaf, Tracked)]
    for leaf in outputs:
        if leaf._data.base is not None or any(leaf._data is x for x in raw):
            share(leaf, (*leaves(values), *(other for other in outputs if other._data.base is None)))


def _check_containers(function: types.FunctionType, inputs: dict[str, Any], raw: dict[str, Any]) -> None:
    """The function ran on copies of containers that hold NDArrays; refuse where it changed one."""
    for name, value in inputs.items():
        if not isinstance(value, Tracked) and parts(value) is not None and not _same(value, raw[name]):
            raise RecordError(f"`{function.__name__}` changes `{name}`, a container that holds NDArrays",
                              hint="return the new arrays instead, and change the container outside")


def _same(value: Any, raw: Any, around: tuple[int, ...] = ()) -> bool:
    """`raw` is still what unwrapping `value` gives."""
    if isinstance(value, Tracked):
        return value._data is raw
    held = parts(value)
    if held is None or id(value) in around:
        return value is raw
    other = parts(raw)
    if type(value) is not type(raw) or other is None or held.keys() != other.keys():
        return False
    return all(_same(v, other[k], (*around, id(value))) for k, v in held.items())


def recorded(function: Callable[..., Any], scope: Scope) -> Any:
    """`function` with every call recorded inside `scope`. Raises TypeError for what has no Python source."""
    if isinstance(function, Recorded):
        function = function._function
    if isinstance(function, types.MethodType):
        inner = recorded(function.__func__, scope)
        return types.MethodType(inner, function.__self__)
    if isinstance(function, (staticmethod, classmethod)):
        return type(function)(recorded(function.__func__, scope))
    if isinstance(function, functools.partial):
        return functools.partial(recorded(function.func, scope), *function.args, **function.keywords)
    call = getattr(type(function), "__call__", None)  # noqa: B004  (its code is wanted, not whether there is some)
    if isinstance(call, types.FunctionType) and not isinstance(function, type):  # an object that can be called
        return types.MethodType(recorded(call, scope), function)
    if not isinstance(function, types.FunctionType):
        raise TypeError(f"record decorates Python functions, not {type(function).__name__}; wrap it: "
                        "record(lambda *args: f(*args))")
    return Recorded(function, scope)


class Operation(Recorded):
    """A library function on arrays. Called with NDArrays while recording it is one entry; else it just runs.

    Generated code treats it as the function that it stands for.
    """

    __srcgrad_recorded__ = False

    def __init__(self, function: Callable[..., Any]) -> None:
        assert isinstance(function, types.FunctionType)
        super().__init__(function, Scope(0, 0))
        self.__srcgrad_function__ = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if flags() & (RECORDING | GENERATED) != RECORDING:
            return self._function(*args, **kwargs)
        return super().__call__(*args, **kwargs)
