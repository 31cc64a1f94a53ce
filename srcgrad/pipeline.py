"""The ordered list of stages; the only owner of order and options.

    read -> lower -> normalize -> prepare -> (types, activity, alias) -> reverse | forward -> optimise -> print -> load
"""
from __future__ import annotations

import inspect
import os
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import Any

from . import optimise
from .analyse import alias, types as typing_
from .analyse.activity import Activities, Activity, active, vary
from .analyse.effects import check_effects
from .differentiate.forward import tangent
from .differentiate.inline import helper
from .differentiate.joint import Facts, adjoint, split as split_joint
from .differentiate.reverse import Pair
from .differentiate.stores import expand_stores, rebind
from .differentiate.trips import count_trips
from .emit import load as loading
from .emit.comments import with_comments
from .emit.printer import Module, print_module
from .errors import AliasError, NonScalarOutput, SourceUnavailable, SrcgradError, UnsupportedSyntax
from .frontend.lower import lower
from .frontend.normalize import normalize
from .frontend.read import read
from .ir.check import check
from .ir.names import Namer
from .ir.nodes import Call, Const, Expr, Fn, Function, Ref, Return, Stmt, item
from .ir.types import NEVER, UNKNOWN, Num, Tuple, Type, Unknown
from .ir.walk import all_names
from .signature import types_of


@dataclass(frozen=True)
class Options:
    """optimise: run the clean-up passes. generic: use no types of arguments. skip: passes to leave out, by name."""

    optimise: bool = True
    generic: bool = False
    skip: frozenset[str] = frozenset()


_options: ContextVar[Options] = ContextVar("srcgrad_options", default=Options())


@contextmanager
def options(**changes: Any) -> Iterator[None]:
    """Within the scope, code is generated with other options: `options(optimise=False)`."""
    token = _options.set(replace(_options.get(), **changes))
    try:
        yield
    finally:
        _options.reset(token)


def current_options() -> Options:
    """The options in force here."""
    return _options.get()


_checking = bool(os.environ.get("SRCGRAD_CHECK"))


def _checked(f: Function, dialect: str) -> Function:
    if _checking:
        check(f, dialect)  # type: ignore[arg-type]
    return f


# ------------------------------------------------------------------ front
@dataclass(frozen=True)
class Front:
    """A function as its source says: both early dialects. `prepared` has trip counters and plain stores."""

    surface: Function
    normal: Function
    prepared: Function
    counters: dict[Stmt, str]


_fronts: weakref.WeakKeyDictionary[Any, tuple[Any, Front]] = weakref.WeakKeyDictionary()
_lock = threading.RLock()


def front(f: FunctionType) -> Front:
    """Reads a function (cached as long as its code object stays the same)."""
    with _lock:
        known = _fronts.get(f)
        if known is not None and known[0] is f.__code__:
            return known[1]
        surface = _checked(lower(read(f)), "surface")
        normal = _checked(normalize(surface), "normal")
        plain = expand_stores(normal)
        prepared, counters = count_trips(plain, Namer(all_names(plain)))
        found = Front(surface, normal, _checked(prepared, "normal"), counters)
        _fronts[f] = f.__code__, found
        return found


def normal(f: Callable[..., Any]) -> Callable[..., Any]:
    """The NORMAL form of a function, as a function: it computes what the original computes."""
    function = _plain(f)
    found = front(function).normal
    return _load([found], {found.name: function})[0][_identifier(function)]  # type: ignore[no-any-return]


def _plain(f: Any) -> FunctionType:
    if isinstance(f, FunctionType):
        return f
    raise SourceUnavailable(f"{f!r} has no Python source", hint="pass a Python function")


# ------------------------------------------------------------------ one compilation
@dataclass(frozen=True, eq=False)
class Made:
    """Stands for a generated function in the code that calls it. `tangents`: its tangent parameters, in order."""

    name: str
    tangents: tuple[str, ...] = ()


@dataclass
class Unit:
    """One compilation: the functions it makes, and what they rest on."""

    options: Options = field(default_factory=current_options)
    functions: list[Function] = field(default_factory=list)
    origins: dict[str, FunctionType] = field(default_factory=dict)
    names: Namer = field(default_factory=Namer)
    pairs: dict[Any, Pair] = field(default_factory=dict)
    tangents: dict[Any, tuple[Fn, tuple[int, ...]]] = field(default_factory=dict)
    callees: set[FunctionType] = field(default_factory=set)
    _types: dict[Any, typing_.Types | None] = field(default_factory=dict)
    _facts: dict[Any, Facts | None] = field(default_factory=dict)

    # -------------------------------------------------------------- facts
    def types(self, f: FunctionType, params: Mapping[str, Type]) -> typing_.Types:
        """The types in f; for a call of itself while they are being found, nothing is known."""
        key = f, tuple(sorted(params.items()))
        if key not in self._types:
            self._types[key] = None
            self.callees.add(f)
            try:
                self._types[key] = typing_.infer(front(f).prepared, params, self.callee_type)
            except BaseException:
                del self._types[key]
                raise
        found = self._types[key]
        return found if found is not None else typing_.Types({}, {}, {}, dict(params), UNKNOWN)

    def facts(self, f: FunctionType, params: Mapping[str, Type], inputs: Mapping[str, Activity]) -> Facts | None:
        """Everything about f, None while it is being found (a recursive call)."""
        key = f, tuple(sorted(params.items())), tuple(sorted((n, repr(a)) for n, a in inputs.items()))
        if key not in self._facts:
            self._facts[key] = None
            try:
                self._facts[key] = self._examined(f, params, inputs)
            except BaseException:
                del self._facts[key]
                raise
        return self._facts[key]

    def _examined(self, f: FunctionType, params: Mapping[str, Type], inputs: Mapping[str, Activity]) -> Facts:
        types, found = self.types(f, params), front(f)
        code, counters = found.prepared, found.counters
        aliases = alias.examine(code, types)
        if aliases.rebound or aliases.checks:
            code, counters = rebind(code, counters, aliases)
            types = typing_.infer(code, params, self.callee_type)
            aliases = alias.examine(code, types, aliases.checks)
        activities = vary(code, types, inputs, self.callee_activity(types))
        check_effects(code, types, activities, self.mutated_argument(types, activities))
        return Facts(code, types, activities, aliases, counters)

    def callee_type(self, fn: Fn, call: Call, env: Mapping[str, Type]) -> Type:
        if not isinstance(fn.value, FunctionType):
            return UNKNOWN
        try:
            found = self.types(fn.value, self.bound_types(fn.value, call, lambda e: _type(e, env)))
        except (SrcgradError, TypeError):
            return UNKNOWN  # an inactive call runs as it is; an active one is refused when it is differentiated
        return UNKNOWN if found.result == NEVER else found.result

    def callee_activity(self, types: typing_.Types) -> Callable[[Fn, Call, list[Activity], Stmt], Activity]:
        def activity(fn: Fn, call: Call, acts: list[Activity], s: Stmt) -> Activity:
            if not isinstance(fn.value, FunctionType):
                return True
            try:
                params, inputs = self.arguments(fn.value, call, acts, lambda e: _type(e, types.before.get(s, {})))
                found = self.facts(fn.value, params, inputs)
            except (SrcgradError, TypeError):
                return True
            return True if found is None else found.activities.result
        return activity

    def mutated_argument(self, types: typing_.Types, activities: Activities) -> Callable[[Stmt, Call], str | None]:
        """Names the argument that a user's function modifies; refuses what that function may do to active values."""
        def mutated(s: Stmt, call: Call) -> str | None:
            fn = call.target
            assert isinstance(fn, Fn)
            acts = [activities.read(s, e.name) if isinstance(e, Ref) else False
                    for e in (*call.args, *(v for _, v in call.kwargs))]
            params, inputs = self.arguments(fn.value, call, acts, lambda e: _type(e, types.before.get(s, {})))
            found = self.facts(fn.value, params, inputs)
            return found.aliases.parameters[0] if found is not None and found.aliases.parameters else None
        return mutated

    def bound_types(self, f: FunctionType, call: Call, type_of: Callable[[Expr], Type]) -> dict[str, Type]:
        given = _bind(f, call)
        return {n: _default_type(v) if isinstance(v, _Default) else self.argument_type(type_of(v))
                for n, v in given.items()}

    def argument_type(self, t: Type) -> Type:
        return UNKNOWN if self.options.generic else t

    def arguments(self, f: FunctionType, call: Call, acts: Sequence[Activity],
                  type_of: Callable[[Expr], Type]) -> tuple[dict[str, Type], dict[str, Activity]]:
        """The types and activities of a callee's parameters in a call."""
        params = self.bound_types(f, call, type_of)
        values = (*call.args, *(v for _, v in call.kwargs))
        by_value = {id(v): a for v, a in zip(values, acts)}
        return params, {n: by_value.get(id(v), False) for n, v in _bind(f, call).items() if not isinstance(v, _Default)}

    # -------------------------------------------------------------- callees
    def pair_of(self, types: typing_.Types) -> Callable[[Stmt, Call, list[Activity]], Pair | None]:
        """Makes forward/backward pairs for the user's functions that are called with active arguments."""
        def pair(s: Stmt, call: Call, acts: list[Activity]) -> Pair | None:
            found = self.callee(s, call, acts, types)
            if found is None:
                return None
            f, params, inputs, names, positions = found
            key = "pair", f, tuple(sorted(params.items())), repr(sorted(inputs.items()))
            if key not in self.pairs:
                forward, backward = self.names.fresh(f"{_identifier(f)}_forward"), self.names.fresh(
                    f"{_identifier(f)}_backward")
                self.pairs[key] = Pair(Fn("", forward, Made(forward)), Fn("", backward, Made(backward)), positions)
                self.make_pair(f, params, inputs, names, forward, backward)
            return self.pairs[key]
        return pair

    def callee(self, s: Stmt, call: Call, acts: list[Activity], types: typing_.Types) -> Any:
        fn = call.target
        if not isinstance(fn, Fn) or not isinstance(fn.value, FunctionType):
            return None
        f = fn.value
        params, inputs = self.arguments(f, call, acts, lambda e: _type(e, types.before.get(s, {})))
        values = (*call.args, *(v for _, v in call.kwargs))
        place = {id(v): i for i, v in enumerate(values)}
        names = tuple(n for n, v in _bind(f, call).items() if not isinstance(v, _Default) and active(inputs[n]))
        bound = _bind(f, call)
        positions = tuple(place[id(bound[n])] for n in names)
        facts = self.facts(f, params, inputs)
        if facts is not None and facts.aliases.parameters:
            raise AliasError(f"{f.__name__} modifies its argument {facts.aliases.parameters[0]} in place",
                             filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
                             hint="let it return the new value instead")
        return f, params, inputs, names, positions

    def make_pair(self, f: FunctionType, params: Mapping[str, Type], inputs: Mapping[str, Activity],
                  names: Sequence[str], forward: str, backward: str) -> None:
        facts = self.facts(f, params, inputs)
        assert facts is not None
        joint = adjoint(facts, names, self.pair_of(facts.types), name=f.__name__, value=True, single=len(names) == 1,
                        trusted=True)
        for part in split_joint(self.optimised(joint, facts, True), forward, backward):
            self.keep(part, f)

    def tangent_of(self, types: typing_.Types) -> Callable[[Stmt, Call, list[Activity]], Any]:
        def found_tangent(s: Stmt, call: Call, acts: list[Activity]) -> tuple[Fn, tuple[int, ...]] | None:
            found = self.callee(s, call, acts, types)
            if found is None:
                return None
            f, params, inputs, names, positions = found
            key = "tangent", f, tuple(sorted(params.items())), repr(sorted(inputs.items()))
            if key not in self.tangents:
                name = self.names.fresh(f"{_identifier(f)}_tangent")
                facts = self.facts(f, params, inputs)
                made = Made(name, _tangent_names(front(f).prepared, names))
                self.tangents[key] = Fn("", name, made), positions
                assert facts is not None
                code = tangent(facts, names, self.tangent_of(facts.types), name=name, value=True)
                self.keep(self.optimised(code, facts, False), f)
            return self.tangents[key]
        return found_tangent

    # -------------------------------------------------------------- whole functions
    def keep(self, f: Function, origin: FunctionType) -> None:
        self.functions.append(with_comments(_checked(f, "adjoint")))
        self.origins[f.name] = origin

    def optimised(self, f: Function, facts: Facts, split: bool) -> Function:
        _checked(f, "adjoint")
        if not self.options.optimise:
            return f
        return optimise.run(f, facts.types.params, split=split, skip=self.options.skip, check=lambda g: _checked(g, "adjoint"))


def _tangent_names(f: Function, names: Sequence[str]) -> tuple[str, ...]:
    namer = Namer(all_names(f))
    return tuple(namer.fresh(f"d_{n}") for n in names)


@dataclass(frozen=True)
class _Default:
    value: Any


def _default_type(d: _Default) -> Type:
    return typing_.type_of_value(d.value)


def _bind(f: FunctionType, call: Call) -> dict[str, Any]:
    """The expression (or default) each parameter of a callee gets. Raises TypeError as Python would."""
    bound = inspect.signature(f).bind(*call.args, **dict(call.kwargs))
    given = dict(bound.arguments)
    for p in inspect.signature(f).parameters.values():
        if p.name not in given and p.default is not p.empty:
            given[p.name] = _Default(p.default)
    return given


def _type(e: Expr, env: Mapping[str, Type]) -> Type:
    from .ir.nodes import Global
    match e:
        case Ref():
            return env.get(e.name, UNKNOWN)
        case Const():
            return typing_.type_of_value(e.value)
        case Global():
            return typing_.type_of_value(e.value)
    return UNKNOWN


def _identifier(f: FunctionType) -> str:
    return f.__name__ if f.__name__.isidentifier() else "lambda_"


# ------------------------------------------------------------------ what the faces ask for
@dataclass(frozen=True, eq=False)
class Code:
    """Generated code: the entry function (or functions), the text, and the module-level values whose types it rests on.

    `extra`: the entry's parameters beyond the user's own: the seed, or the tangents in the order of wrt.
    """

    functions: dict[str, Any]
    entry: tuple[str, ...]
    module: Module
    callees: frozenset[FunctionType]
    assumed: dict[Any, Type]
    extra: tuple[str, ...] = ()

    def __getitem__(self, i: int) -> Callable[..., Any]:
        return self.functions[self.entry[i]]  # type: ignore[no-any-return]

    @property
    def text(self) -> str:
        return self.module.text


def adjoint_code(f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type], *, value: bool = False,
                 single: bool = True, scalar: bool = False, aux: bool = False) -> Code:
    """The joint adjoint function of f at one signature. `scalar`: refuse outputs that are not a real number."""
    unit = Unit()
    name, extra = _adjoint(unit, f, wrt, _known(unit, params), value, single, scalar, aux)
    return replace(_finish(unit, (name,)), extra=(extra,))


def _adjoint(unit: Unit, f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type], value: bool, single: bool,
             scalar: bool, aux: bool) -> tuple[str, str]:
    """Adds the adjoint function to a unit; its name, and that of its seed."""
    facts = unit.facts(f, params, {n: True for n in wrt})
    assert facts is not None
    test = _scalar_check(f, facts, aux) if scalar else None
    name = unit.names.fresh(f"{_identifier(f)}_{'value_and_grad' if value else 'grad'}")
    joint = adjoint(facts, wrt, unit.pair_of(facts.types), name=name, value=value, single=single, check=test, aux=aux)
    unit.keep(unit.optimised(joint, facts, False), f)
    return name, joint.params[-1].name


def split_code(f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type]) -> Code:
    """The pair (forward, backward) of f at one signature; backward gives a tuple of adjoints."""
    unit = Unit()
    facts = unit.facts(f, _known(unit, params), {n: True for n in wrt})
    assert facts is not None
    names = unit.names.fresh(f"{_identifier(f)}_forward"), unit.names.fresh(f"{_identifier(f)}_backward")
    joint = adjoint(facts, wrt, unit.pair_of(facts.types), name=_identifier(f), value=True, single=False,
                    trusted=True)
    for part in split_joint(unit.optimised(joint, facts, True), *names):
        unit.keep(part, f)
    return _finish(unit, names)


def tangent_code(f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type], *, value: bool = False) -> Code:
    """The tangent function of f at one signature."""
    unit = Unit()
    name = _tangent(unit, f, wrt, _known(unit, params), value)
    return replace(_finish(unit, (name,)), extra=_tangent_names(front(f).prepared, wrt))


def _tangent(unit: Unit, f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type], value: bool) -> str:
    facts = unit.facts(f, params, {n: True for n in wrt})
    assert facts is not None
    name = unit.names.fresh(f"{_identifier(f)}_tangent")
    code = tangent(facts, wrt, unit.tangent_of(facts.types), name=name, value=value)
    unit.keep(unit.optimised(code, facts, False), f)
    return name


def _known(unit: Unit, params: Mapping[str, Type]) -> dict[str, Type]:
    if not unit.options.generic:
        return dict(params)
    return {n: Num() if isinstance(t, Num) else UNKNOWN for n, t in params.items()}


def _scalar_check(f: FunctionType, facts: Facts, aux: bool) -> Call | None:
    """The test to make on the output at run time; None where its type is known to be a real number."""
    ret = facts.f.body[-1]
    assert isinstance(ret, Return)
    t, value = facts.types.result, ret.value
    if aux:
        t, value = t.items[0] if isinstance(t, Tuple) and t.items else UNKNOWN, item(value, Const(0))
    place = {"filename": ret.origin.filename, "lineno": ret.origin.line, "offset": ret.origin.column}
    hint = "use jacobian, vjp or elementwise_grad, or return a number (np.sum(...), item 0 of the array)"
    if isinstance(t, Num) and t.dims == ():
        if t.dtype is not None and t.dtype.startswith("complex"):
            raise NonScalarOutput(f"{f.__name__} returns a complex number, and a gradient is of a real one",
                                  hint="return its real part or its abs", **place)
        return None
    if isinstance(t, Num) and t.dims:
        raise NonScalarOutput(f"{f.__name__} returns an array with {len(t.dims)} dimension(s), and a gradient is of a "
                              "real number", hint=hint, **place)
    if not isinstance(t, Num | Unknown):
        raise NonScalarOutput(f"{f.__name__} returns a {type(t).__name__.lower()}, and a gradient is of a real number",
                              hint=hint, **place)
    return helper("check_scalar", value, Const(f.__name__), Const(ret.origin.filename), Const(ret.origin.line))


def _finish(unit: Unit, entry: tuple[str, ...]) -> Code:
    loaded, module = _load(unit.functions, unit.origins)
    assumed: dict[Any, Type] = {}
    for types in unit._types.values():
        if types is not None:
            assumed |= types.assumed
    return Code(loaded, entry, module, frozenset(unit.callees), assumed)


def _load(functions: Sequence[Function], origins: Mapping[str, FunctionType]) -> tuple[dict[str, Any], Module]:
    module = print_module(functions)
    globals_of = {f.__module__: f.__globals__ for f in origins.values() if f.__module__}
    cells = {name: dict(zip(f.__code__.co_freevars, f.__closure__ or ())) for name, f in origins.items()}
    namespace = loading.load(module, globals_of=globals_of, cells=cells)
    return namespace, module


# ------------------------------------------------------------------ the record face
@dataclass(frozen=True)
class Split:
    """A forward and a backward function for one signature: what the record face stores."""

    forward: Callable[..., tuple[Any, Any]]
    backward: Callable[[Any, Any], tuple[Any, ...]]
    code: Code


def split(f: Callable[..., Any], active: tuple[str, ...], args: Mapping[str, Any]) -> Split:
    """The pair for f with the named inputs active; `args` are sample values of all inputs.

    `forward(*args) -> (value, saved)`; `backward(saved, adjoint of the value)` gives one adjoint for each active input,
    and may be called many times.
    """
    code = split_code(_plain(f), active, types_of(args))
    return Split(code[0], code[1], code)


# ------------------------------------------------------------------ the command line
def emit(f: Any, wrt: tuple[str, ...] | None = None, *, mode: str = "reverse", value: bool = False,
         types: Mapping[str, str] | None = None, command: str = "", filename: str = "") -> str:
    """The text of a gradient module for one function, or for several (a tuple), with a header."""
    from .texts import emit_text
    return emit_text(f, wrt, mode=mode, value=value, types=types, command=command, filename=filename)


def add_entry(unit: Unit, f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type], *, mode: str,
              value: bool) -> None:
    """Adds what the command line asks for to a unit."""
    if mode == "forward":
        _tangent(unit, f, wrt, params, value)
    else:
        _adjoint(unit, f, wrt, params, value, len(wrt) == 1, False, False)


def module_text(unit: Unit, doc: str | None) -> str:
    """The unit as the text of a file: captured variables are keyword parameters."""
    return print_module(unit.functions, doc=doc, cells="keywords").text


def function_text(f: Function) -> str:
    """One function in any dialect."""
    return print_module([f], cells="keywords").text


def stages(f: Any, wrt: tuple[str, ...] | None = None) -> dict[str, str]:
    """The function in every dialect, and its gradient: keys surface, normal, adjoint, final."""
    from .texts import stage_texts
    return stage_texts(f, wrt)


__all__ = ["Code", "Options", "UnsupportedSyntax", "adjoint_code", "front", "normal", "options", "split_code",
           "tangent_code"]
