"""The callables that the functional face returns: signatures, dispatch to specialised code, pickling, source."""
from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Mapping
from types import FunctionType, ModuleType
from typing import Any

from . import pipeline
from .emit.load import annotate
from .errors import SrcgradError
from .ir.names import Namer
from .ir.types import Type
from .rules import registry
from .signature import key_of, types_of
from .targets import Target, check_differentiable, positions, target_of

Make = Callable[[FunctionType, Mapping[str, Type]], pipeline.Code]
LIMIT = 512  # signatures remembered per derivative


class Specialised:
    """Generated code for one signature, and what must still hold for it to be right."""

    __slots__ = ("code", "guards", "version")

    def __init__(self, code: pipeline.Code) -> None:
        self.code = code
        self.guards = _guards(code)
        self.version = registry.version()

    def holds(self) -> bool:
        """Whether no callee, global or rule that the code rests on has changed."""
        if self.version != registry.version():
            return False
        for names, name, value, kind in self.guards:
            found = names.get(name, _GONE)
            if found is not value and (kind is None or key_of(found) != kind):
                return False
        return True


_GONE = object()


def _guards(code: pipeline.Code) -> list[tuple[Any, str, Any, Any]]:
    """(namespace, name, value, key): functions and modules by identity, other values by their signature."""
    guards: list[tuple[Any, str, Any, Any]] = []
    seen: set[tuple[int, str]] = set()
    for f in sorted(code.callees, key=lambda f: (f.__module__ or "", f.__qualname__)):
        guards.append((_CodeOf(f), "__code__", f.__code__, None))
        for name in f.__code__.co_names:
            if name in f.__globals__ and (id(f.__globals__), name) not in seen:
                seen.add((id(f.__globals__), name))
                value = f.__globals__[name]
                fixed = isinstance(value, ModuleType) or callable(value)
                guards.append((f.__globals__, name, value, None if fixed else key_of(value)))
    return guards


class _CodeOf:
    """Lets a function's code object be looked up like a name."""

    __slots__ = ("function",)

    def __init__(self, function: FunctionType) -> None:
        self.function = function

    def get(self, name: str, default: Any) -> Any:
        return getattr(self.function, name, default)


class Dispatcher:
    """Finds the code for a call: by the exact signature first, then by its abstract values."""

    def __init__(self, target: Target, wrt: tuple[str, ...], make: Make) -> None:
        self.target = target
        self.wrt = wrt
        self.make = make
        self.exact: dict[Any, Specialised] = {}
        self.by_types: dict[Any, Specialised] = {}
        self.lock = threading.Lock()
        self.signature = inspect.signature(target.function)
        params = list(self.signature.parameters.values())
        self.plain = all(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in params)
        self.names = [p.name for p in params]

    def find(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Specialised:
        """The code for a call of the target's function with these arguments."""
        key = (pipeline.current_options(), tuple(map(key_of, args)), tuple((n, key_of(v)) for n, v in kwargs.items()))
        try:
            found = self.exact.get(key)
        except TypeError:  # an unhashable key of a dict argument
            return self.specialise(args, kwargs)
        if found is not None and found.holds():
            return found
        found = self.specialise(args, kwargs)
        with self.lock:
            if len(self.exact) >= LIMIT:
                self.exact.clear()
            self.exact[key] = found
        return found

    def specialise(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Specialised:
        values = self.signature.bind(*args, **kwargs)
        values.apply_defaults()
        types = types_of(values.arguments)
        for name in self.wrt:
            check_differentiable(self.target, name, values.arguments[name], types[name])
        function = self.function_at(args, kwargs)
        if function is not self.target.function:
            rest = {p.name: p.default for p in inspect.signature(function).parameters.values()
                    if p.name not in types and p.default is not p.empty}
            types |= types_of(rest)
        key = pipeline.current_options(), function, tuple(types.items())
        with self.lock:
            found = self.by_types.get(key)
            if found is None or not found.holds():
                found = self.by_types[key] = Specialised(self.make(function, types))
        return found

    def function_at(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> FunctionType:
        """The Python function to differentiate: for a derivative, its generated code at these arguments."""
        f = self.target.function
        return f if isinstance(f, FunctionType) else f.function_for(args, kwargs)


class Derivative:
    """A derivative of a Python function: callable with the function's own parameters.

    `source` is the generated code: that of the last call, or generic code before the first.
    """

    __srcgrad_derivative__ = True

    def __init__(self, f: Any, wrt: Any, make: Callable[..., pipeline.Code], label: str,
                 extra: tuple[inspect.Parameter, ...] = (), rebuild: tuple[Any, ...] = ()) -> None:
        self.target = target_of(f)
        self.wrt, self.single = positions(self.target, wrt)
        self.label = label
        self._make = make
        self._rebuild = rebuild
        self._last: Specialised | None = None
        taken = Namer(self.target.signature.parameters)
        extra = tuple(p.replace(name=taken.fresh(p.name)) for p in extra)
        self._extra = tuple(p.name for p in extra)
        if isinstance(self.target.function, FunctionType):
            pipeline.front(self.target.function)  # refuses syntax now
        self._dispatch = Dispatcher(self.target, self.wrt, lambda g, types: make(g, self.wrt, types, single=self.single))
        self._front(extra)

    def _front(self, extra: tuple[inspect.Parameter, ...]) -> None:
        inner = self.target.function
        self.__name__ = f"{self.target.name}_{self.label}" if self.target.name.isidentifier() else f"lambda_{self.label}"
        self.__qualname__ = self.__name__
        self.__module__ = getattr(inner, "__module__", __name__)
        self.__doc__ = getattr(inner, "__doc__", None)
        signature = self.target.signature
        kept = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        self.__signature__ = signature.replace(parameters=[*kept, *extra], return_annotation=inspect.Signature.empty)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        given = {n: kwargs.pop(n) for n in self._extra if n in kwargs} if self._extra and kwargs else None
        args, kwargs = (*self.target.args, *args), {**self.target.kwargs, **kwargs} if self.target.kwargs else kwargs
        found = self._dispatch.find(args, kwargs)
        self._last = found
        if given:
            names = dict(zip(self._extra, found.code.extra))
            kwargs = {**kwargs, **{names[n]: value for n, value in given.items()}}
        try:
            return found.code[0](*args, **kwargs)
        except Exception as error:
            if not isinstance(error, SrcgradError):
                annotate(error)
            raise

    def function_for(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> FunctionType:
        """The generated function for a call with these arguments (types and shapes matter, values do not)."""
        kwargs = {n: v for n, v in kwargs.items() if n not in self._extra}
        found = self._dispatch.find((*self.target.args, *args), {**self.target.kwargs, **kwargs})
        return found.code[0]  # type: ignore[return-value]

    def code(self) -> pipeline.Code:
        """The code of the last call, generic code where there was none."""
        if self._last is not None:
            return self._last.code
        f = self.target.function
        if not isinstance(f, FunctionType):
            raise SrcgradError(f"the code of {self.__name__} is known once it has been called",
                               hint="call it once, or look at the source of the inner derivative")
        from .ir.types import UNKNOWN, Num
        types: dict[str, Type] = {n: Num() if n in self.wrt else UNKNOWN for n in inspect.signature(f).parameters}
        return self._make(f, self.wrt, types, single=self.single)

    @property
    def source(self) -> str:
        """The generated source: a module's text that can be saved and imported."""
        return self.code().text

    def __repr__(self) -> str:
        return f"<{self.__name__}{self.__signature__}>"

    def __reduce__(self) -> Any:
        return self._rebuild
