"""One compilation: the functions it makes, the facts they rest on, the callees they call."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

from . import optimise
from .analyse import alias, types as typing_
from .analyse.activity import Activities, Activity, active, vary
from .analyse.effects import check_effects
from .analyse.targets import static
from .differentiate.calls import Pair
from .differentiate.desugar import desugar
from .differentiate.forward import tangent
from .differentiate.functions import Source, resolve
from .differentiate.inlining import bind_arguments
from .differentiate.loops import straighten
from .differentiate.joint import Facts, adjoint, split as split_joint
from .differentiate.stores import rebind
from .emit.comments import with_comments
from .errors import AliasError, MissingRule, SrcgradError, UnsupportedSyntax
from .front import Options, checked, current_options, front, prepared
from .frontend.outside import captured_functions
from .ir.names import Namer
from .frontend.resolve import DEFAULTS
from .ir.nodes import Call, Expr, Fn, Function, Global, Ref, Stmt
from .ir.types import NEVER, UNKNOWN, Callee, Local, Num, Object, Type, functions_in, without_values
from .ir.walk import all_names
from .own import own_pair, own_tangent
from .settle import Settler, type_of_atom

RECURSIONS = 10  # rounds in which the result of a function that calls itself has to settle


@dataclass(frozen=True, eq=False)
class Made:
    """Stands for a generated function in the code that calls it. `tangents`: its tangent parameters, in order."""

    name: str
    tangents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prepared:
    """A function that is ready for the analyses, with the counters of its loops; `error`: why it cannot be differentiated
    on its own, because functions that it makes go out of it."""

    function: Function
    counters: dict[Stmt, str]
    error: SrcgradError | None = None


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
    methods: dict[tuple[type, str], Any] = field(default_factory=dict)  # what classes define, where code rests on it
    _codes: dict[Any, Prepared] = field(default_factory=dict)
    _types: dict[Any, typing_.Types | None] = field(default_factory=dict)
    _facts: dict[Any, Facts | None] = field(default_factory=dict)
    _recursive: set[Any] = field(default_factory=set)  # what calls itself
    _results: dict[Any, Type] = field(default_factory=dict)  # of functions that call themselves, as far as is known

    def __post_init__(self) -> None:
        self.settler = Settler(self.types, lambda code, params: typing_.infer(code, params, self.callee_type),
                               self.bound_types, self.own_code)

    # -------------------------------------------------------------- facts
    def code(self, f: FunctionType, params: Mapping[str, Type]) -> Prepared:
        """The function as it is differentiated: with the calls of functions that are known from the types resolved."""
        key = f, tuple(sorted(params.items()))
        if key not in self._codes:
            found = front(f)
            normal, error = resolve(found.normal, lambda g: typing_.infer(g, params, self.callee_type),
                                    Source(lambda g: front(g).normal, self.callees.add))
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
        params = {n: Callee(v) for n, v in captured_functions(f).items()} | dict(params)
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
                found = typing_.infer(self.code(f, params).function, params, self.callee_type)
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

    def forget(self, types: set[Any], codes: set[Any]) -> None:
        """Drops what was found on assumptions that did not hold."""
        for key in set(self._types) - types:
            del self._types[key]
        for key in set(self._codes) - codes:
            del self._codes[key]

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
        types = self.types(f, params)
        found = self.code(f, types.params)
        if found.error is not None:
            raise found.error
        params = types.params
        code, counters, types = self.settler.settle(found.function, found.counters, params, types)
        checks: set[Stmt] = set()
        while True:
            aliases = alias.examine(code, types, checks)
            if aliases.rebound or aliases.checks.keys() - checks:
                code, counters = rebind(code, counters, aliases, checks)
                types = typing_.infer(code, types.params, self.callee_type)
                checks |= aliases.checks.keys()
                aliases = alias.examine(code, types, checks)
            activities = vary(code, types, inputs, self.callee_activity(types))
            straight = desugar(code, types, activities, counters) or straighten(
                code, types, activities, aliases, counters)
            if straight is None:
                break
            code, counters = straight
            types = typing_.infer(code, types.params, self.callee_type)
        check_effects(code, types, activities, self.mutated_argument(types, activities))
        return Facts(code, types, activities, aliases, counters)

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
        return UNKNOWN if found.result == NEVER and found.before else found.result  # nothing yet of a call of itself

    def callee_activity(self, types: typing_.Types) -> Callable[[Fn, Call, list[Activity], Stmt], Activity]:
        def activity(fn: Fn, call: Call, acts: list[Activity], s: Stmt) -> Activity:
            def type_of(e: Expr) -> Type:
                return type_of_atom(e, types.before.get(s, {}))

            try:
                f = self.function(fn, call, type_of)
                if f is None:
                    return True
                params, inputs = self.arguments(f, call, acts, type_of)
                found = self.facts(f, params, inputs)
            except (SrcgradError, TypeError):
                return True
            return True if found is None else found.activities.result
        return activity

    def mutated_argument(self, types: typing_.Types, activities: Activities) -> Callable[[Stmt, Call], str | None]:
        """Names the argument that a user's function modifies; refuses what that function may do to active values."""
        def mutated(s: Stmt, call: Call) -> str | None:
            def type_of(e: Expr) -> Type:
                return type_of_atom(e, types.before.get(s, {}))

            f = self.function(call.target, call, type_of)
            if f is None:
                return None
            acts = [activities.read(s, e.name) if isinstance(e, Ref) else False
                    for e in (*call.args, *(v for _, v in call.kwargs))]
            params, inputs = self.arguments(f, call, acts, type_of)
            found = self.facts(f, params, inputs)
            return found.aliases.parameters[0] if found is not None and found.aliases.parameters else None
        return mutated

    def bound_types(self, f: Callable[..., Any], call: Call, type_of: Callable[[Expr], Type]) -> dict[str, Type]:
        given = {id(v) for v in (*call.args, *(v for _, v in call.kwargs))}
        found = {n: (id(v) in given, without_values(type_of(v))) for n, v in _bind(f, call).items()}
        return {n: self.argument_type(t) if passed else t for n, (passed, t) in found.items()}

    def argument_type(self, t: Type) -> Type:
        return UNKNOWN if self.options.generic and not isinstance(t, Callee | Local | Object) else t

    def arguments(self, f: FunctionType, call: Call, acts: Sequence[Activity],
                  type_of: Callable[[Expr], Type]) -> tuple[dict[str, Type], dict[str, Activity]]:
        """The types and activities of a callee's parameters in a call."""
        params = self.bound_types(f, call, type_of)
        values = (*call.args, *(v for _, v in call.kwargs))
        by_value = {id(v): a for v, a in zip(values, acts, strict=True)}
        return params, {n: by_value[id(v)] for n, v in _bind(f, call).items() if id(v) in by_value}

    # -------------------------------------------------------------- callees
    def function(self, fn: Any, call: Call, type_of: Callable[[Expr], Type]) -> FunctionType | None:
        """The Python function that a call runs: the user's, or the generated code of a derivative for these arguments."""
        value: Any = fn.value if isinstance(fn, Fn) else None
        if not hasattr(value, "__srcgrad_derivative__"):
            return value if isinstance(value, FunctionType) and not hasattr(value, "__srcgrad_maker__") else None
        found = value.compiled(self.bound_types(value, call, type_of))
        self.callees.update(found.functions())
        return found.entry  # type: ignore[no-any-return]

    def pair_of(self, types: typing_.Types) -> Callable[[Stmt, Call, list[Activity]], Pair | None]:
        """Makes forward/backward pairs for the user's functions that are called with active arguments."""
        def pair(s: Stmt, call: Call, acts: list[Activity]) -> Pair | None:
            own = _own(s, call, "backward", "custom_vjp")
            if own is not None:
                return self.own_pair(own, call, acts)
            found = self.callee(s, call, acts, types)
            if found is None:
                return None
            f, params, inputs, names, positions = found
            key = "pair", f, tuple(sorted(params.items())), repr(sorted(inputs.items()))
            if key not in self.pairs:
                forward, backward = self.names.fresh(f"{identifier(f)}_forward"), self.names.fresh(
                    f"{identifier(f)}_backward")
                self.pairs[key] = Pair(Fn("", forward, Made(forward)), Fn("", backward, Made(backward)), positions)
                self.make_pair(f, params, inputs, names, forward, backward)
            return self.pairs[key]
        return pair

    def callee(self, s: Stmt, call: Call, acts: list[Activity], types: typing_.Types) -> Any:
        f = self.function(call.target, call, lambda e: type_of_atom(e, types.before.get(s, {})))
        if f is None:
            return None
        try:
            params, inputs = self.arguments(f, call, acts, lambda e: type_of_atom(e, types.before.get(s, {})))
        except TypeError as error:
            raise UnsupportedSyntax(f"Python refuses this call: {error}", filename=s.origin.filename, lineno=s.origin.line,
                                    offset=s.origin.column, hint="give the arguments that the function takes") from None
        values = (*call.args, *(v for _, v in call.kwargs))
        place = {id(v): i for i, v in enumerate(values)}
        names = tuple(n for n, v in _bind(f, call).items() if active(inputs.get(n, False)))
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
                        trusted=True, final=False)
        for part in split_joint(self.optimised(joint, facts, True), forward, backward):
            self.keep(part, f)

    def tangent_of(self, types: typing_.Types) -> Callable[[Stmt, Call, list[Activity]], Any]:
        def found_tangent(s: Stmt, call: Call, acts: list[Activity]) -> tuple[Fn, tuple[int, ...]] | None:
            own = _own(s, call, "tangent", "custom_jvp")
            if own is not None:
                return self.own_tangent(own, call, acts)
            found = self.callee(s, call, acts, types)
            if found is None:
                return None
            f, params, inputs, names, positions = found
            key = "tangent", f, tuple(sorted(params.items())), repr(sorted(inputs.items()))
            if key not in self.tangents:
                name = self.names.fresh(f"{identifier(f)}_tangent")
                facts = self.facts(f, params, inputs)
                assert facts is not None
                made = Made(name, tangent_names(facts.f, names))
                self.tangents[key] = Fn("", name, made), positions
                code = tangent(facts, names, self.tangent_of(facts.types), name=name, value=True,
                               final=False)
                self.keep(self.optimised(code, facts, False), f)
            return self.tangents[key]
        return found_tangent

    # -------------------------------------------------------------- derivatives of the user's own
    def own_names(self, own: Any, call: Call, acts: Sequence[Activity]) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The active parameters, and the places of their arguments in the call."""
        values = (*call.args, *(v for _, v in call.kwargs))
        place = {id(v): i for i, v in enumerate(values)}
        found = {n: place[id(v)] for n, v in _bind(own, call).items() if id(v) in place and active(acts[place[id(v)]])}
        return tuple(found), tuple(found.values())

    def own_pair(self, own: Any, call: Call, acts: Sequence[Activity]) -> Pair:
        names, positions = self.own_names(own, call, acts)
        key = "own", own, names, positions
        if key not in self.pairs:
            forward, backward = self.names.fresh(f"{own.__name__}_forward"), self.names.fresh(f"{own.__name__}_backward")
            for part in own_pair(own, names, forward, backward):
                self.functions.append(with_comments(checked(part, "adjoint")))
            self.pairs[key] = Pair(Fn("", forward, Made(forward)), Fn("", backward, Made(backward)), positions)
        return self.pairs[key]

    def own_tangent(self, own: Any, call: Call, acts: Sequence[Activity]) -> tuple[Fn, tuple[int, ...]]:
        names, positions = self.own_names(own, call, acts)
        key = "own", own, names, positions
        if key not in self.tangents:
            name = self.names.fresh(f"{own.__name__}_tangent")
            function, extra = own_tangent(own, names, name)
            self.functions.append(with_comments(checked(function, "adjoint")))
            self.tangents[key] = Fn("", name, Made(name, extra)), positions
        return self.tangents[key]

    # -------------------------------------------------------------- whole functions
    def keep(self, f: Function, origin: FunctionType) -> None:
        self.functions.append(with_comments(checked(f, "adjoint")))
        self.origins[f.name] = origin

    def optimised(self, f: Function, facts: Facts, split: bool) -> Function:
        checked(f, "adjoint")
        if not self.options.optimise:
            return f
        params = facts.types.params | seed_type(f, facts)
        return optimise.run(f, params, split=split, skip=self.options.skip, check=lambda g: checked(g, "adjoint"))


def _own(s: Stmt, call: Call, part: str, maker: str) -> Any:
    """The function with derivatives of the user's own that a call runs, None for other calls."""
    value: Any = call.target.value if isinstance(call.target, Fn) else None
    if not hasattr(value, "__srcgrad_own__"):
        return None
    if getattr(value, part) is None:
        raise MissingRule(f"{value.__name__} has derivatives of its own, but no {part} function", filename=s.origin.filename,
                          lineno=s.origin.line, offset=s.origin.column, hint=f"give it one with {maker}")
    return value


def seed_type(f: Function, facts: Facts) -> dict[str, Type]:
    """The adjoint of an output that is a real number is a number."""
    t = facts.types.result
    extra = [p.name for p in f.params if p.name not in facts.types.params]
    number = isinstance(t, Num) and t.scalar and t.dtype == "float64"
    return {n: Num("number", "float64", ()) for n in extra} if number else {}


def tangent_names(f: Function, names: Sequence[str]) -> tuple[str, ...]:
    namer = Namer(all_names(f))
    return tuple(namer.fresh(f"d_{n}") for n in names)


def _bind(f: Callable[..., Any], call: Call) -> dict[str, Expr]:
    """The expression (or default) each parameter of a callee gets. Raises TypeError as Python would."""
    if typing_.has_stars(call):
        raise TypeError("the number of arguments is not known")
    if isinstance(f, FunctionType):
        return bind_arguments(front(f).normal, call)
    signature = inspect.signature(f)  # of a derivative
    given = dict(signature.bind(*call.args, **dict(call.kwargs)).arguments)
    return given | {p.name: Global(DEFAULTS, p.name, p.default) for p in signature.parameters.values()
                    if p.name not in given and p.default is not p.empty}


def identifier(f: FunctionType) -> str:
    """What the functions generated for f are called after: its name, for a method with that of the class."""
    name = f.__qualname__.rpartition("<locals>.")[2].replace(".", "_")
    return name if name.isidentifier() else "lambda_"
