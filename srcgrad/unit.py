"""One compilation: the functions it makes, the facts they rest on, the callees they call."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import Any

from . import optimise
from .analyse import alias, types as typing_
from .analyse.activity import Activities, Activity, active, vary
from .analyse.effects import check_effects
from .differentiate.calls import Pair
from .differentiate.desugar import desugar
from .differentiate.forward import tangent
from .differentiate.kept import RESULT, VIEW, kept_by
from .differentiate.loops import straighten
from .differentiate.joint import Facts, adjoint, split as split_joint
from .differentiate.stores import rebind
from .emit.comments import with_comments
from .errors import AliasError, SrcgradError, UnsupportedSyntax
from .finite import with_checks
from .front import checked, front
from .ir.names import Namer
from .ir.nodes import Call, Expr, Fn, Function, Ref, Stmt
from .ir.types import UNKNOWN, Num, Tuple, Type
from .ir.walk import all_names, expressions, operands, statements
from .known import Known, assumed_arrays, bind_call
from .own import Made, OwnDerivatives, identifier, own_of
from .settle import Settler, type_of_atom


@dataclass
class Unit(Known, OwnDerivatives):
    """One compilation: the functions it makes, and what they rest on."""

    functions: list[Function] = field(default_factory=list)
    origins: dict[str, FunctionType] = field(default_factory=dict)
    pairs: dict[Any, Pair] = field(default_factory=dict)
    tangents: dict[Any, tuple[Fn, tuple[int, ...]]] = field(default_factory=dict)
    kept: dict[str, frozenset[str]] = field(default_factory=dict)  # what forward functions save may be views of
    results: dict[str, Type] = field(default_factory=dict)  # what generated functions return
    _facts: dict[Any, Facts | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.settler = Settler(self.types, self.infer,
                               self.bound_types, self.own_code)

    # -------------------------------------------------------------- facts
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
        found = self.code(f, params)
        if found.error is not None:
            raise found.error
        assumed, params = assumed_arrays(f, params), types.params
        code, counters, types = self.settler.settle(found.function, found.counters, params, types)
        checks: set[Stmt] = set()
        while True:
            aliases = alias.examine(code, types, checks)
            if aliases.rebound or aliases.checks.keys() - checks:
                code, counters = rebind(code, counters, aliases, checks)
                types = self.infer(code, types.params)
                checks |= aliases.checks.keys()
                aliases = alias.examine(code, types, checks)
            activities = vary(code, types, inputs, self.callee_activity(types))
            straight = desugar(code, types, activities, counters) or straighten(
                code, types, activities, aliases, counters)
            if straight is None:
                break
            code, counters = straight
            types = self.infer(code, types.params)
        check_effects(code, types, activities, self.mutated_argument(types, activities))
        return Facts(code, types, activities, aliases, counters, frozenset(assumed))

    def callee_activity(self, types: typing_.Types) -> Callable[[Fn, Call, list[Activity], Stmt], Activity]:
        def activity(fn: Fn, call: Call, acts: list[Activity], s: Stmt) -> Activity:
            def type_of(e: Expr) -> Type:
                return type_of_atom(e, types.before.get(s, {}))

            try:
                f = self.function(fn, call, type_of)
                if f is None:
                    return True
                params, inputs = self.arguments(f, call, acts, type_of)
                found = None if self.unfollowed(f, call, acts) else self.facts(f, params, inputs)
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

    def arguments(self, f: FunctionType, call: Call, acts: Sequence[Activity],
                  type_of: Callable[[Expr], Type]) -> tuple[dict[str, Type], dict[str, Activity]]:
        """The types and activities of a callee's parameters in a call."""
        params = self.bound_types(f, call, type_of)
        values = (*call.args, *(v for _, v in call.kwargs))
        by_value = {id(v): a for v, a in zip(values, acts, strict=True)}
        return params, {n: by_value[id(v)] for n, v in bind_call(f, call).items() if id(v) in by_value}

    @staticmethod
    def unfollowed(f: FunctionType, call: Call, acts: Sequence[Activity]) -> bool:
        """Whether an active argument goes into the `*args` or `**kwargs` of f."""
        bound = {id(v) for v in bind_call(f, call).values()}
        return any(active(a) and id(v) not in bound for v, a in zip((*call.args, *(v for _, v in call.kwargs)), acts))

    # -------------------------------------------------------------- callees
    def pair_of(self, types: typing_.Types) -> Callable[[Stmt, Call, list[Activity]], Pair | None]:
        """Makes forward/backward pairs for the user's functions that are called with active arguments."""
        def pair(s: Stmt, call: Call, acts: list[Activity]) -> Pair | None:
            own = own_of(s, call, "backward", "custom_vjp")
            if own is not None:
                return self.own_pair(own, call, acts)
            found = self.callee(s, call, acts, types)
            if found is None:
                return None
            f, params, inputs, names, positions = found
            again = isinstance(call.target, Fn) and hasattr(type(call.target.value), "__srcgrad_checkpoint__")
            key = "again" if again else "pair", f, tuple(sorted(params.items())), repr(sorted(inputs.items()))
            if key not in self.pairs and again:
                self.pairs[key] = self.checkpoint_pair(found)
            if key not in self.pairs:
                forward, backward = self.names.fresh(f"{identifier(f)}_forward"), self.names.fresh(
                    f"{identifier(f)}_backward")
                self.pairs[key] = Pair(Fn("", forward, Made(forward)), Fn("", backward, Made(backward)), positions)
                facts = self.facts(f, params, inputs)
                self.results[forward] = UNKNOWN if facts is None else Tuple((facts.types.result, UNKNOWN))
                self.make_pair(f, params, inputs, names, forward, backward)
            kept, bound = self.kept.get(self.pairs[key].forward.name), bind_call(f, call)
            places = {id(v): i for i, v in enumerate((*call.args, *(v for _, v in call.kwargs)))} | {None: -1}
            keeps = None if kept is None else frozenset(
                places.get(id(bound[n]) if n != RESULT else None, -2) for n in kept - {VIEW}) - {-2}
            return replace(self.pairs[key], active=positions, keeps=keeps, view=kept is None or VIEW in kept)
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
        names = tuple(n for n, v in bind_call(f, call).items() if active(inputs.get(n, False)))
        bound = bind_call(f, call)
        positions = tuple(place[id(bound[n])] for n in names)
        if self.unfollowed(f, call, acts):
            raise UnsupportedSyntax(f"`{f.__name__}` gets an active value through `*` or `**` parameters that cannot be "
                                    "followed here", filename=s.origin.filename, lineno=s.origin.line,
                                    offset=s.origin.column, hint="name the parameters of the function one by one")
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
        parts = split_joint(self.optimised(joint, facts, True), forward, backward)
        self.kept[forward] = kept_by(parts[0])
        for part in parts:
            self.keep(part, f)

    def tangent_of(self, types: typing_.Types) -> Callable[[Stmt, Call, list[Activity]], Any]:
        def found_tangent(s: Stmt, call: Call, acts: list[Activity]) -> tuple[Fn, tuple[int, ...]] | None:
            own = own_of(s, call, "tangent", "custom_jvp")
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
            return self.tangents[key][0], positions
        return found_tangent

    # -------------------------------------------------------------- whole functions
    def keep(self, f: Function, origin: FunctionType) -> None:
        self.keep_lifted(f)
        self.functions.append(with_comments(checked(with_checks(f) if self.options.debug else f, "adjoint")))
        self.origins[f.name] = origin

    def keep_lifted(self, f: Function) -> None:
        """Functions that were lifted out of others and are called as they are."""
        for s in statements(f.body):
            for part in operands(s):
                for e in expressions(part):
                    g: Any = e.target.value if isinstance(e, Call) and isinstance(e.target, Fn) else None
                    if hasattr(g, "__srcgrad_lifted__") and g.__name__ not in self.origins:
                        self.origins[g.__name__] = g
                        self.functions.append(front(g).normal)

    def optimised(self, f: Function, facts: Facts, split: bool) -> Function:
        checked(f, "adjoint")
        if not self.options.optimise:
            return f
        params = facts.types.params | seed_type(f, facts, split)
        return optimise.run(f, params, split=split, skip=self.options.skip, check=lambda g: checked(g, "adjoint"),
                            callee=self.result_type, seen=self.seen)

    def result_type(self, fn: Fn, call: Call, env: Mapping[str, Type]) -> Type:
        """What a generated function returns."""
        return self.results.get(fn.name, UNKNOWN) if isinstance(fn.value, Made) else UNKNOWN


def seed_type(f: Function, facts: Facts, trusted: bool) -> dict[str, Type]:
    """The adjoint of an output that is a real number is a number; that of a tuple holds those of its parts (`trusted`: it
    is no single number for all of them)."""
    t = facts.types.result
    found = _adjoint_type(t) if trusted or not isinstance(t, Tuple) else UNKNOWN
    return {p.name: found for p in f.params if p.name not in facts.types.params and found != UNKNOWN}


def _adjoint_type(t: Type) -> Type:
    if isinstance(t, Tuple) and t.cls is None:
        return Tuple(tuple(map(_adjoint_type, t.items)))
    return Num("number", "float64", ()) if isinstance(t, Num) and t.scalar and t.dtype == "float64" else UNKNOWN


def tangent_names(f: Function, names: Sequence[str]) -> tuple[str, ...]:
    namer = Namer(all_names(f))
    return tuple(namer.fresh(f"d_{n}") for n in names)
