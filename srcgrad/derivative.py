"""The callables that the functional face returns: signatures, dispatch to specialised code, pickling, source."""
from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FunctionType
from typing import Any, TypeVar

from . import pipeline
from .alone import LOCK
from .analyse.targets import static
from .analyse.values import type_of_value
from .emit.html import Shown
from .emit.load import annotate
from .errors import MissingRule, NotDifferentiable, SrcgradError, trims
from .front import OPTIONS
from .frontend.outside import Outside
from .frontend.resolve import MISSING
from .ir.names import Namer
from .ir.types import Type
from .portable import pack, unpack
from .rules import registry
from .signature import key_of, keys_of, types_of
from .targets import (
    Target, check_differentiable, differentiable, is_variadic, pinned, positions, refuse_recorded, shifted,
    signature_of, target_of,
)

Make = Callable[..., pipeline.Code]  # of a function, the types of its parameters, and a variant where there are some
_options = OPTIONS.get
LIMIT = 512  # signatures remembered per derivative


class Specialised:
    """Generated code for one signature, and what must still hold for it to be right.

    `entry` is the function to call; `inner` the code that this is a derivative of, where that is generated code.
    """

    __slots__ = ("code", "entry", "inner", "_version", "_functions", "_same", "_alike", "_methods")

    def __init__(self, code: pipeline.Code, inner: Specialised | None = None) -> None:
        self.code = code
        self.entry = code[0]
        self.inner = inner
        self._version = registry.version()
        callees = sorted(code.callees, key=lambda f: (f.__module__ or "", f.__qualname__))
        self._functions = [(f, f.__code__) for f in callees]
        guards = _guards(callees) if code.guards is None else code.guards
        self._methods = list(code.methods.items())
        self._same = [(x.names, x.name, x.value) for x in guards if x.fixed]
        self._alike = [(x.names, x.name, _known(x.value), key_of(x.value)) for x in guards if not x.fixed]

    def functions(self) -> Iterator[FunctionType]:
        """All functions that the code rests on, also those that it is a derivative of."""
        yield from self.code.callees
        if self.inner is not None:
            yield from self.inner.functions()

    def holds(self) -> bool:
        """Whether no callee, global or rule that the code rests on has changed."""
        if self._version != registry._version or self.inner is not None and not self.inner.holds():
            return False
        for f, code in self._functions:
            if f.__code__ is not code:
                return False
        for (cls, name), value in self._methods:
            if static(cls, name) is not value:
                return False
        for names, name, value in self._same:
            if names.get(name, MISSING) is not value:
                return False
        for names, name, value, key in self._alike:
            found = names.get(name, MISSING)
            if found is not value and key_of(found) != key:
                return False
        return True


def _guards(callees: Iterable[FunctionType]) -> list[Outside]:
    """What the functions read from elsewhere, each once. Of names that are nowhere only those of builtins matter."""
    found: dict[tuple[int, str], Outside] = {}
    for f in callees:
        try:
            read = pipeline.front(f).outside
        except SrcgradError:  # a function that is called as it is, without derivative
            continue
        for x in read:
            if x.value is not MISSING or hasattr(builtins, x.name):
                found[id(x.names), x.name] = x
    return list(found.values())


def _known(value: Any) -> Any:
    """What need not be looked at again while it is the same object: not so a container, which may hold other things."""
    return MISSING if isinstance(value, list | tuple | dict) else value


class Dispatcher:
    """Finds the code for a call: by the exact signature first, then by its abstract values."""

    def __init__(self, target: Target, wrt: tuple[str, ...], make: Make) -> None:
        self.target = target
        self.wrt = wrt
        self.make = make
        self.exact: dict[Any, Specialised] = {}
        self.by_types: dict[Any, Specialised] = {}
        self.lock = LOCK
        self.signature = signature_of(target.function)
        self.last: tuple[Any, Any, Any] = (None, None, None)  # options, key and code of the last call
        self.variant: Callable[[FunctionType, Mapping[str, Type]], Any] | None = None  # one more thing that code depends on

    def find(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Specialised:
        """The code for a call of the target's function with these arguments."""
        options, key = _options(), keys_of(args)  # every call waits for what stands here
        if kwargs:
            key = *key, _KEYWORDS, *kwargs, *keys_of(kwargs.values())
        options_before, key_before, found = self.last
        if options is options_before and key == key_before and found.holds():
            return found  # type: ignore[no-any-return]
        found = self.exact.get((options, key))
        if found is None or not found.holds():
            found = self.specialise(args, kwargs)
            with self.lock:
                if len(self.exact) >= LIMIT:
                    self.exact.clear()
                self.exact[options, key] = found
        self.last = options, key, found
        return found

    def specialise(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Specialised:
        values = self.signature.bind(*args, **kwargs)
        values.apply_defaults()
        refuse_recorded(self.target, values.arguments)
        types = types_of(values.arguments)
        for name in self.wrt:
            assert name in types, name
            check_differentiable(self.target, name, values.arguments[name], types[name])
        function, inner = self.target.function, None
        if not isinstance(function, FunctionType):  # a derivative: its generated code at these arguments
            inner = function.specialised_for(args, kwargs)
        exact = {n: type_of_value(v) for n, v in values.arguments.items()} if self.variant else types
        return self.made(types, exact, inner)

    def compiled(self, types: Mapping[str, Type]) -> Specialised:
        """The code for arguments of these types, for a call that is itself being compiled."""
        for name in self.wrt:
            if not differentiable(types[name]):
                raise NotDifferentiable(f"{self.target.name}: argument {name} cannot be differentiated", **self.target.place,
                                        hint="pass floats, or leave it out of wrt")
        function = self.target.function
        return self.made(dict(types), types, None if isinstance(function, FunctionType) else function.compiled(types))

    def made(self, types: dict[str, Type], exact: Mapping[str, Type], inner: Specialised | None) -> Specialised:
        """The code at these types, generated unless there is some. `inner`: that of the derivative that this is one of."""
        function = self.target.function
        if inner is not None:
            function = inner.entry
            rest = {p.name: p.default for p in inspect.signature(function).parameters.values()
                    if p.name not in types and p.default is not p.empty}
            types |= types_of(rest)
        variant = () if self.variant is None else (self.variant(function, exact),)
        key = pipeline.current_options(), function, tuple(types.items()), variant
        with self.lock:
            found = self.by_types.get(key)
            if found is None or not found.holds():
                found = self.by_types[key] = Specialised(self.make(function, types, *variant), inner)
        return found


_KEYWORDS = object()  # stands between the keys of positional arguments and the names and keys of others


Maker = TypeVar("Maker", bound=Callable[..., Any])


def maker(function: Maker) -> Maker:
    """Marks a function that makes derivatives: a call of it in a differentiated function is carried out when that is compiled."""
    face = trims(function)
    face.__srcgrad_maker__ = True  # type: ignore[attr-defined]
    return face


class Derivative(Shown):
    """A derivative of a Python function: callable with the function's own parameters.

    `source` is the generated code: that of the last call, or generic code before the first.
    """

    __srcgrad_derivative__ = True

    def __init__(self, f: Any, wrt: Any, make: Callable[..., pipeline.Code], label: str,
                 extra: tuple[inspect.Parameter, ...] = (), rebuild: tuple[Any, ...] = ()) -> None:
        self.target = target_of(f)
        self._asked = wrt, extra
        self._variadic = is_variadic(self.target.function)
        self._pinned: dict[Any, Derivative] = {}
        self._bare: Derivative | None = None
        self.wrt, self.single = ((), False) if self._variadic else positions(self.target, wrt)
        self._curried = bool(self.target.args or self.target.kwargs)
        self._plain = not (self._curried or self._variadic)
        self.label = label
        self._make = make
        self._rebuild = rebuild
        self._last: Specialised | None = None
        taken = Namer(self.target.signature.parameters)
        extra = tuple(p.replace(name=taken.fresh(p.name)) for p in extra)
        self.extra = tuple(p.name for p in extra)
        if isinstance(self.target.function, FunctionType):
            pipeline.accept(self.target.function)  # refuses syntax now
        self._dispatch = Dispatcher(self.target, self.wrt, lambda g, types, *variant: make(
            g, self.wrt, types, self.single, *variant))
        self._front(extra)

    def taken_apart(self) -> Target:
        """For a derivative of this: where a method or partial fixes arguments, the plain function's derivative, and those."""
        if self._curried and self._bare is None:
            (wrt, extra), fixed = self._asked, len(self.target.args)
            wrt = shifted(wrt, fixed) if self._variadic else self.wrt[0] if self.single else self.wrt
            self._bare = Derivative(Target(self.target.function), wrt, self._make, self.label, extra, self._rebuild)
        return Target(self) if self._bare is None else Target(self._bare, self.target.args, self.target.kwargs)

    def _front(self, extra: tuple[inspect.Parameter, ...]) -> None:
        inner = self.target.function
        self.rename(self.target)
        self.__module__ = getattr(inner, "__module__", __name__)
        self.__doc__ = getattr(inner, "__doc__", None)
        signature = self.target.signature
        kept = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        self.__signature__ = signature.replace(parameters=[*kept, *extra], return_annotation=inspect.Signature.empty)

    def rename(self, target: Target) -> None:
        """Calls this the derivative of another function than it is made from: a Hessian is made from a gradient."""
        self.__name__ = self.__qualname__ = f"{target.name if target.name.isidentifier() else 'lambda'}_{self.label}"

    def pinned(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Derivative:
        """The derivative of a function of any number of arguments, for just these."""
        own = {n: v for n, v in kwargs.items() if n not in self.extra}
        target = pinned(self.target, args, own)
        if target.function not in self._pinned:
            wrt, extra = self._asked
            self._pinned[target.function] = Derivative(target, wrt, self._make, self.label, extra, self._rebuild)
        return self._pinned[target.function]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not kwargs and self._plain:  # the commonest call, which nothing should hold up
            options, key, found = self._dispatch.last
            if options is not _options() or keys_of(args) != key or not found.holds():
                found = self._found(args, kwargs)
            self._last = found
            try:
                return found.entry(*args)
            except Exception as error:
                annotate(error)
                raise
        if self._variadic:
            derivative = self.pinned(args, kwargs)
            value = derivative(*args, **kwargs)
            self._last = derivative._last
            return value
        given = {n: kwargs.pop(n) for n in self.extra if n in kwargs} if kwargs and self.extra else None
        if self._curried:
            args, kwargs = (*self.target.args, *args), {**self.target.kwargs, **kwargs}
        found = self._last = self._found(args, kwargs)
        if given:
            names = dict(zip(self.extra, found.code.extra))
            kwargs = {**kwargs, **{names[n]: value for n, value in given.items()}}
        try:
            return found.entry(*args, **kwargs)
        except Exception as error:
            annotate(error)
            raise

    @trims
    def _found(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Specialised:
        return self._dispatch.find(args, kwargs)

    def specialised_for(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Specialised:
        """The generated code for a call with these arguments (types and shapes matter, values do not)."""
        if self._variadic:
            return self.pinned(args, kwargs).specialised_for(args, kwargs)
        kwargs = {n: v for n, v in kwargs.items() if n not in self.extra}
        return self._dispatch.find((*self.target.args, *args), {**self.target.kwargs, **kwargs})

    def compiled(self, types: Mapping[str, Type]) -> Specialised:
        """The code for arguments of these types, by parameter, for a call that is itself being compiled."""
        if self._curried:
            raise MissingRule(f"{self.__name__} is the derivative of a method or partial, and is called in a function that is "
                              "differentiated", hint="differentiate the plain function", **self.target.place)
        own = {n: t for n, t in types.items() if n not in self.extra}
        found = self._dispatch.compiled(own)
        if self.extra and self.extra != found.code.extra:
            raise MissingRule(f"{self.__name__}: its parameters {', '.join(self.extra)} have other names in generated code",
                              hint="rename the variables of those names in the function", **self.target.place)
        return found

    def function_for(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> FunctionType:
        """The generated function for a call with these arguments."""
        return self.specialised_for(args, kwargs).entry  # type: ignore[return-value]

    def code(self) -> pipeline.Code:
        """The code of the last call, generic code where there was none."""
        if self._last is not None:
            return self._last.code
        f = self.target.function
        if self._variadic:
            raise SrcgradError(f"the code of {self.__name__} is known once it has been called", hint="call it once")
        if not isinstance(f, FunctionType):
            f = f.code()[0]
        from .ir.types import UNKNOWN, Num
        types: dict[str, Type] = {n: Num() if n in self.wrt else UNKNOWN for n in signature_of(f).parameters}
        return self._make(f, self.wrt, types, single=self.single)

    @property
    def source(self) -> str:
        """The generated source: a module's text that can be saved and imported."""
        return self.code().text

    def __repr__(self) -> str:
        return f"<{self.__name__}{self.__signature__}>"

    def __reduce__(self) -> Any:
        make, parts = self._rebuild
        return _restore, (make, *map(pack, parts))


def _restore(make: Callable[..., Any], *packed: Any) -> Any:
    """A derivative from its pickle: code is generated at the first call."""
    return make(*map(unpack, packed))
