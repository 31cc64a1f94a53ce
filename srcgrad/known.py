"""What is known of functions before anything is differentiated: their code, with the calls of functions that are known from
the types resolved, and their types."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import Any

from .analyse import types as typing_
from .analyse.targets import static
from .differentiate.functions import Source, resolve
from .differentiate.inlining import bind_arguments
from .differentiate.lifting import Lifting
from .errors import SrcgradError
from .front import Options, current_options, front, prepared, remember
from .frontend.outside import captured_functions
from .frontend.resolve import DEFAULTS
from .ir.names import Namer
from .ir.nodes import Call, Expr, Fn, Function, Global, Stmt
from .ir.types import (
    NEVER, UNKNOWN, Callee, Choice, Local, Num, Object, Type, Unknown, functions_in, without_cuts, without_values,
)
from .settle import type_of_atom

_KEYWORD, _EITHER = inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
RECURSIONS = 10  # rounds in which the result of a function that calls itself has to settle


def assumed_arrays(f: FunctionType, params: Mapping[str, Type]) -> dict[str, Type]:
    """The parameters that are outputs have buffers: of what is not known, it is taken to be an array, and checked."""
    outputs = [n for n in getattr(f, "__srcgrad_outputs__", ()) if n != "return"]
    found = {n: params.get(n, UNKNOWN) for n in outputs}
    return {n: replace(t, kind="array") if isinstance(t, Num) else Num("array") for n, t in found.items()
            if t == UNKNOWN or isinstance(t, Num) and t.kind is None}


def _nothing() -> None:
    """The code of functions that only stand for others."""


@dataclass(frozen=True)
class Prepared:
    """A function that is ready for the analyses, with the counters of its loops; `error`: why it cannot be differentiated
    on its own, because functions that it makes go out of it."""

    function: Function
    counters: dict[Stmt, str]
    error: SrcgradError | None = None


@dataclass
class Known:
    """The functions that a compilation has looked at. `callees`: all that it rests on; `methods`: what classes define, where
    code rests on it; `seen`: the types of statements."""

    options: Options = field(default_factory=current_options)
    callees: set[FunctionType] = field(default_factory=set)
    methods: dict[tuple[type, str], Any] = field(default_factory=dict)
    _codes: dict[Any, Prepared] = field(default_factory=dict)
    _types: dict[Any, typing_.Types | None] = field(default_factory=dict)
    names: Namer = field(default_factory=Namer)
    _recursive: set[Any] = field(default_factory=set)  # what calls itself
    seen: typing_.Seen = field(default_factory=dict)
    _results: dict[Any, Type] = field(default_factory=dict)  # of functions that call themselves, as far as is known

    def __post_init__(self) -> None:
        self.lifting = Lifting(self.made)

    def code(self, f: FunctionType, params: Mapping[str, Type]) -> Prepared:
        """The function as it is differentiated: with the calls of functions that are known from the types resolved."""
        params = _with_captured(f, params)
        key = f, tuple(sorted(params.items()))
        if key not in self._codes:
            found = front(f)
            normal, error = resolve(found.normal, lambda g: self.infer(g, params),
                                    Source(lambda g: front(g).normal, self.callees.add, self.lifting),
                                    not all(isinstance(t, Num | Unknown) for t in params.values()))
            code, counters = (found.prepared, found.counters) if normal is found.normal else prepared(normal)
            self._codes[key] = Prepared(code, counters, error)
        return self._codes[key]

    def own_code(self, f: FunctionType, params: Mapping[str, Type]) -> tuple[Function, dict[Stmt, str]]:
        """The same, as what is inlined."""
        found = self.code(f, params)
        if found.error is not None:
            raise found.error
        return found.function, found.counters

    def types(self, f: FunctionType, params: Mapping[str, Type]) -> typing_.Types:
        """The types in f. Its calls of itself have no result at first, then the one that was found, until that stays."""
        params = _with_captured(f, params) | assumed_arrays(f, params)
        key = f, tuple(sorted(params.items()))
        found = self._types.get(key)
        if found is not None:
            return found
        if key in self._types:  # which are being found
            self._recursive.add(key)
            return typing_.Types({}, {}, {}, dict(params), self._results.get(key, NEVER))
        self.callees.add(f)
        for count in range(RECURSIONS):
            before = set(self._types), set(self._codes)
            self._recursive.discard(key)
            self._types[key] = None
            try:
                found = self.infer(self.code(f, params).function, params)
            except BaseException:
                del self._types[key]
                raise
            if key not in self._recursive or found.result == self._results.get(key, NEVER):
                break
            self._results[key] = found.result if count < RECURSIONS - 2 else UNKNOWN
            self.forget(*before)
        assert found is not None
        self._types[key] = found
        return found

    def infer(self, code: Function, params: Mapping[str, Type]) -> typing_.Types:
        """The types in a NORMAL function."""
        return typing_.infer(code, params, self.callee_type, self.seen)

    def forget(self, types: set[Any], codes: set[Any]) -> None:
        """Drops what was found on assumptions that did not hold."""
        for key in set(self._types) - types:
            del self._types[key]
        for key in set(self._codes) - codes:
            del self._codes[key]

    def made(self, f: Function) -> FunctionType:
        """A Python function that stands for one that was lifted out of another: it is never called."""
        name = self.names.fresh(f.name if f.name.isidentifier() else "lambda_")
        found = FunctionType(_nothing.__code__, {"__name__": f.source.module}, name)
        found.__module__, found.__qualname__ = f.source.module, name
        found.__srcgrad_lifted__ = True  # type: ignore[attr-defined]
        found.__signature__ = inspect.Signature([  # type: ignore[attr-defined]
            inspect.Parameter(p.name, _KEYWORD if p.kind == "keyword" else _EITHER) for p in f.params])
        remember(found, replace(f, name=name), replace(f, name=name))
        return found

    # -------------------------------------------------------------- calls
    def function(self, fn: Any, call: Call, type_of: Callable[[Expr], Type]) -> FunctionType | None:
        """The Python function that a call runs: the user's, or the generated code of a derivative for these arguments."""
        value: Any = fn.value if isinstance(fn, Fn) else None
        if hasattr(type(value), "__srcgrad_checkpoint__"):
            value = value.function
        if not hasattr(type(value), "__srcgrad_derivative__"):
            return value if isinstance(value, FunctionType) and not hasattr(value, "__srcgrad_maker__") else None
        found = value.compiled(self.bound_types(value, call, type_of))
        self.callees.update(found.functions())
        return found.entry  # type: ignore[no-any-return]

    def callee_type(self, fn: Fn, call: Call, env: Mapping[str, Type]) -> Type:
        if fn.owner is not None:
            self.methods[fn.owner] = static(*fn.owner)
        try:
            f = self.function(fn, call, lambda e: type_of_atom(e, env))
            if f is None:
                return UNKNOWN
            params = self.bound_types(f, call, lambda e: type_of_atom(e, env))
            if any(any(True for _ in functions_in(t)) for t in params.values()):
                return UNKNOWN  # it is inlined, as what it is given are functions made here
            found = self.types(f, params)
        except (SrcgradError, TypeError):
            return UNKNOWN  # an inactive call runs as it is; an active one is refused when it is differentiated
        waits = found.result == NEVER and found.before  # nothing is known yet of a call of itself
        return UNKNOWN if waits else without_cuts(found.result)

    def bound_types(self, f: Callable[..., Any], call: Call, type_of: Callable[[Expr], Type]) -> dict[str, Type]:
        given = {id(v) for v in (*call.args, *(v for _, v in call.kwargs))}
        found = {n: (id(v) in given, without_cuts(without_values(type_of(v)))) for n, v in bind_call(f, call).items()}
        return {n: self.argument_type(t) if passed else t for n, (passed, t) in found.items()}

    def argument_type(self, t: Type) -> Type:
        return UNKNOWN if self.options.generic and not isinstance(t, Callee | Choice | Local | Object) else t


def _with_captured(f: FunctionType, params: Mapping[str, Type]) -> dict[str, Type]:
    """The types of the parameters and of the captured functions."""
    return {n: Callee(v) for n, v in captured_functions(f).items()} | dict(params)


def bind_call(f: Callable[..., Any], call: Call) -> dict[str, Expr]:
    """The expression (or default) each parameter of a callee gets. Raises TypeError as Python would."""
    if typing_.has_stars(call):
        raise TypeError("the number of arguments is not known")
    if isinstance(f, FunctionType):
        return bind_arguments(front(f).normal, call)
    signature = inspect.signature(f)  # of a derivative
    given = dict(signature.bind(*call.args, **dict(call.kwargs)).arguments)
    return given | {p.name: Global(DEFAULTS, p.name, p.default) for p in signature.parameters.values()
                    if p.name not in given and p.default is not p.empty}
