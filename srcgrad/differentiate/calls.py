"""The backward lines of calls: by rule, or by the callee's own generated pair."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..analyse.activity import Activities, Activity, active
from ..analyse.containers import constructed, element_of, place_of
from ..analyse.types import Types, canonical, has_stars
from ..errors import UnsupportedSyntax
from ..ir.names import Namer
from ..ir.nodes import Assign, Build, Call, Const, Expr, Fn, Function, Operator, Ref, Stmt, item
from ..ir.parts import Element, components
from ..ir.types import UNKNOWN, Dict, List, Num, Opaque, Tuple, Type
from ..ir.walk import expressions, names_in
from ..rules import registry
from .adjoints import Adjoints
from .inline import adjoint_lines, bind, fill, helper, no_line, no_rule, specialise
from .leaves import Part, active_part, below, component, display, displayed, leaves, namespace, path_of, project
from .plan import At, Step
from .poles import poles, selects
from .shared import share
from .state import FOREIGN, Leaf, State


@dataclass(frozen=True)
class Pair:
    """A callee's generated code: `forward(*args) -> (value, saved)`, `backward(saved, b_value) -> adjoints`, the bare
    adjoint where only one argument is active. `active` are positions among the call's arguments, keywords last; so are
    `keeps`: what is saved may be views of these, -1 for the value (None: of all); `view`: the value may be
    a view of an argument."""

    forward: Fn
    backward: Fn
    active: tuple[int, ...]
    keeps: frozenset[int] | None = None
    view: bool = True


PairOf = Callable[[Stmt, Call, list[Activity]], Pair | None]


class Calls(Adjoints):
    """Calls, and plain values handed on."""

    def __init__(self, f: Function, types: Types, activities: Activities, namer: Namer, pair_of: PairOf) -> None:
        super().__init__(f, types, activities, namer)
        self.pair_of = pair_of
        self.poles = poles(f, types)

    # -------------------------------------------------------------- values handed on
    def match(self, s: Stmt, target: Any, value: Expr, state: State, parts: list[Part], killed: list[Leaf]) -> None:
        """Contributions of `target = value` for a value that is no call."""
        if isinstance(target, tuple):
            self.unpack(s, target, value, state, parts, killed)
            return
        found = self.present(s, target, state)
        killed += found
        for leaf in found:
            self.trace(s, value, path_of(leaf), leaf, state, parts)

    def trace(self, s: Stmt, value: Expr, path: tuple[Element, ...], leaf: Leaf, state: State, parts: list[Part]) -> None:
        """The adjoint of `leaf` belongs to the part `path` of `value`."""
        adjoint, sparse = Ref(self.adjoint(leaf)), leaf in state.sparse
        group = state.groups.get(leaf, FOREIGN)  # it is handed on: the leaf's own adjoint ends here
        match value:
            case Ref(name) if active(self.activities.read(s, name)):
                target: Leaf = name if not path else (name, *path)
                wanted = leaves(name, self.types.read(s, name))
                if target in wanted:
                    parts.append(Part(target, adjoint, None, group, sparse))
                elif not path:  # a whole whose parts are separate there
                    varied = self.activities.read(s, name)
                    parts += [Part(x, project(adjoint, path_of(x)), None, FOREIGN, True) for x in wanted
                              if active_part(varied, x)]
                else:
                    parts.append(Part(name, adjoint, Const(path[0]), FOREIGN, True))
            case Build("tuple" | "dict") if path:
                self.trace(s, displayed(value, path[0]), path[1:], leaf, state, parts)
            case Call() if (made := constructed(value)) is not None:
                for element, x in made[1].items():
                    if path and path[0] == element:
                        self.trace(s, x, path[1:], leaf, state, parts)
                    elif not path:
                        self.element(s, x, component(adjoint, element), parts)
            case Build("tuple" | "list"):
                for i, element in enumerate(value.items):
                    self.element(s, element, item(adjoint, Const(i)), parts)
            case Build("dict"):
                for key, element in zip(value.items[::2], value.items[1::2]):
                    self.element(s, element, item(adjoint, self.at(key)), parts)

    def unpack(self, s: Stmt, target: tuple[Any, ...], value: Expr, state: State, parts: list[Part],
               killed: list[Leaf]) -> None:
        t = self.types.read(s, value.name) if isinstance(value, Ref) else UNKNOWN
        for i, part in enumerate(target):
            found = self.present(s, part, state)
            killed += found
            for leaf in found:
                path = (i, *path_of(leaf))
                if isinstance(t, Tuple):
                    self.trace(s, value, path, leaf, state, parts)
                elif isinstance(value, Ref) and active(self.activities.read(s, value.name)):
                    parts.append(Part(value.name, Ref(self.adjoint(leaf)), Const(i), FOREIGN, True))

    # -------------------------------------------------------------- calls
    def call(self, s: Stmt, target: str, e: Call, state: State) -> Step:
        killed = self.present(s, target, state)
        if not killed:
            return Step(s)
        receiver = self.types.atom(s, e.args[0]) if e.args else UNKNOWN
        plain = canonical(e, receiver)
        refuse_stars(self.f.name, s, plain, self.activities)
        args = [*plain.args, *(v for _, v in plain.kwargs)]
        acts = [self.activities.read(s, a.name) if isinstance(a, Ref) else False for a in args]
        if not any(map(active, acts)) and not self.active_builds(s, args):
            return Step(s, self.apply(s, killed, [], state))
        if constructed(e) is not None:
            made: list[Part] = []
            for leaf in killed:
                self.trace(s, e, path_of(leaf), leaf, state, made)
            return Step(s, self.apply(s, killed, made, state))
        place = place_of(plain)
        element = None if place is None else element_of(receiver, place[1])
        if element is not None:
            parts: list[Part] = []
            for leaf in killed:
                self.trace(s, plain.args[0], (element, *path_of(leaf)), leaf, state, parts)
            return Step(s, self.apply(s, killed, parts, state))
        rule = registry.find(registry.target_of(plain))
        refuse_containers(self.f.name, s, plain, rule, lambda n: self.types.read(s, n))
        if rule is not None:
            return Step(s, self.by_rule(s, target, plain, rule, killed, state))
        pair = self.pair_of(s, plain, acts)
        if pair is None:
            raise no_rule(self.f.name, s, e)
        return self.by_pair(s, target, plain, pair, killed, state)

    def active_builds(self, s: Stmt, args: list[Expr]) -> bool:
        return any(active(self.activities.read(s, x.name)) for a in args if isinstance(a, Build)
                   for x in a.items if isinstance(x, Ref))

    def by_rule(self, s: Stmt, target: str, e: Call, rule: registry.Rule, killed: list[Leaf],
                state: State) -> list[Stmt]:
        bound = bind(self.f.name, s, e, rule)
        if rule.kind == "constant" or killed != [target]:
            return self.apply(s, killed, [], state) if rule.kind == "constant" else self.whole(
                s, target, e, rule, killed, state)
        adjoint = Ref(self.adjoint(target))
        sparse = target in state.sparse or selects(rule) or self.masks(s, rule, e)
        values: dict[str, Expr] = {rule.result: At(target, True)}
        values |= {name: self.at(x) for name, x in bound.operands.items()}
        keywords = {name: self.at(x) for name, x in bound.keywords.items()}
        self.check_keywords(s, e, bound)
        bound = registry.Bound(rule, bound.operands, keywords)
        lines: list[Stmt] = []
        parts: list[Part] = []
        for name, rows in adjoint_lines(rule):
            place = bound.operands[name]
            if isinstance(place, Ref) and active(self.activities.read(s, place.name)) or isinstance(place, Build):
                for row in rows:
                    value = fill(row.value, bound, values, {rule.result: adjoint})
                    key = None if row.key is None else fill(row.key, bound, values, {})
                    if target in state.sparse and not self.poles.finite(e, target) and (
                            row.singular or self.infinite(s, value, rule)):
                        value = helper("masked", value, adjoint)
                    self.contribute(s, target, rule, place, value, key, sparse, lines, parts,
                                    isinstance(place, Ref) and isinstance(self.types.read(s, place.name), Num)
                                    and alone(bound, place))
        shared, parts = share(s, parts, self.adjoint, lambda leaf: not state.has(leaf) and leaf not in killed, self.temporary)
        return lines + shared + self.apply(s, killed, parts, state)

    def check_keywords(self, s: Stmt, e: Call, bound: registry.Bound) -> None:
        """A keyword has no line in the rule: an active value there would lose its derivative."""
        for name, x in (*bound.keywords.items(), *((n, bound.operands[n]) for n in bound.rule.fixed)):
            if any(active(self.activities.read(s, n)) for n in names_in(x)):
                raise no_line(self.f.name, s, e, name)

    def infinite(self, s: Stmt, value: Expr, rule: registry.Rule) -> bool:
        """A factor of a product may be infinite or NaN where the adjoint is a structural zero."""
        return rule.name == "multiply" and any(isinstance(x, At) and x.name in self.poles.unbounded for x in expressions(value))

    def whole(self, s: Stmt, target: str, e: Call, rule: registry.Rule, killed: list[Leaf],
              state: State) -> list[Stmt]:
        """A rule's result that is used as a tuple: its adjoint is put together first."""
        t = self.types.written(s, target)
        value = self.gather(s, target, t, state)
        for leaf in killed:
            state.drop(leaf)
        state.put(target, FOREIGN, True)
        line = Assign(self.adjoint(target), value, origin=s.origin)
        return [line, *self.by_rule(s, target, e, rule, [target], state)]

    def masks(self, s: Stmt, rule: registry.Rule, e: Call) -> bool:
        """A product with truth values selects."""
        if rule.name not in ("multiply", "mul"):
            return False
        types = [self.types.read(s, a.name) for a in e.args if isinstance(a, Ref)]
        return any(isinstance(t, Num) and t.dtype == "bool" for t in types)

    def contribute(self, s: Stmt, target: str, rule: registry.Rule, place: Expr, value: Expr, key: Expr | None,
                   sparse: bool, lines: list[Stmt], parts: list[Part], alone: bool) -> None:
        result = self.types.written(s, target)
        special = self.type_at(s, {Ref(self.adjoint(target)): result})
        if isinstance(place, Build):
            self.sequence(s, place, specialise(value, special), lines, parts)
            return
        assert isinstance(place, Ref)
        if rule.kind == "elementwise":
            value = specialise(value, special)
            if not alone:
                known = self.type_at(s, {value: result})
                value = specialise(helper("unbroadcast", value, At(place.name)), known)
        else:
            value = specialise(value, special)
        wanted = leaves(place.name, self.types.read(s, place.name))
        if wanted == [place.name]:
            group = None if key is not None else self.memory(value, self.types.read(s, place.name))
            parts.append(Part(place.name, value, key, group, sparse))
            return
        base = self.temporary(s, f"b_{place.name}_parts")
        lines.append(Assign(base, value, origin=s.origin))
        if key is not None and isinstance(key, Const):
            wanted = [x for x in wanted if x[1] == key.value]
            parts.extend(Part(x, project(Ref(base), x[2:]), None, FOREIGN, True) for x in wanted)
        else:
            parts.extend(Part(x, project(Ref(base), path_of(x)), None, FOREIGN, sparse) for x in wanted)

    def sequence(self, s: Stmt, place: Build, value: Expr, lines: list[Stmt], parts: list[Part]) -> None:
        """The adjoint of an operand that is a display of several values."""
        base = self.temporary(s, "b_parts")
        lines.append(Assign(base, value, origin=s.origin))
        for i, element in enumerate(place.items):
            self.element(s, element, item(Ref(base), Const(i)), parts)

    def memory(self, e: Expr, t: Type) -> int | None:
        """Whose memory a value is: None for new memory, or FOREIGN."""
        if isinstance(t, Num) and t.scalar:
            return None
        match e:
            case Call(Fn(name="unbroadcast"), (inner, *_)):
                return self.memory(inner, UNKNOWN)
            case Call(Operator(name)):
                return FOREIGN if name == "getitem" else None
            case Call(Fn(value=function)):
                rule = registry.described(function)
                return None if rule is not None and registry.is_new(rule, e) else FOREIGN
        return FOREIGN

    def by_pair(self, s: Stmt, target: str, e: Call, pair: Pair, killed: list[Leaf], state: State) -> Step:
        saved = self.temporary(s, "saved")
        forward = Assign((target, saved), Call(pair.forward, e.args, e.kwargs), origin=s.origin)
        adjoint = self.gather(s, target, self.types.written(s, target), state)
        found = Call(pair.backward, (At(saved, True), adjoint))
        args = [*e.args, *(v for _, v in e.kwargs)]
        places = [args[i] for i in pair.active]
        shown = [place.name if isinstance(place, Ref) else f"arg_{i}" for i, place in enumerate(places)]
        names = tuple(self.temporary(s, f"b_{n}_of_call" + (f"_{i}" if shown.count(n) > 1 else ""))
                      for i, n in enumerate(shown))
        lines: list[Stmt] = [Assign(names if len(names) > 1 else names[0], found, origin=s.origin)]
        parts: list[Part] = []
        for name, place in zip(names, places):
            self.element(s, place, Ref(name), parts)
        return Step(s, lines + self.apply(s, killed, parts, state), forward=[forward], binds=(saved,),
                    keeps=frozenset(range(-1, len(args))) if pair.keeps is None else pair.keeps, view=pair.view)

    def gather(self, s: Stmt, leaf: Leaf, t: Type, state: State) -> Expr:
        """The adjoint of a whole value as one expression, zeros where it is absent."""
        if components(t) is not None:
            return display(t, lambda element, x: self.gather(s, below(leaf, element), x, state), namespace)
        if state.has(leaf):
            return Ref(self.adjoint(leaf))
        if isinstance(t, Opaque) or isinstance(t, Num) and t.discrete:
            return Const(None)
        return self.zeros(s, leaf, True)


def refuse_containers(function: str, s: Stmt, e: Call, rule: registry.Rule | None,
                      type_of: Callable[[str], Type]) -> None:
    """Arithmetic on containers (`[x] * 3`, `a + b` of lists) and tuples at a variable place have no lines."""
    types = [type_of(a.name) if isinstance(a, Ref) else UNKNOWN for a in e.args]
    what = ""
    if rule is not None and rule.kind == "elementwise" and any(isinstance(t, List | Tuple | Dict) for t in types):
        what = "an operator or function of numbers on a list, tuple or dict"
    elif e.target == Operator("getitem") and isinstance(types[0], Tuple) and not isinstance(e.args[1], Const):
        what = "a tuple at a variable place"
    if what:
        raise UnsupportedSyntax(f"in {function}: {what}, with active values, is not supported",
                                filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
                                hint="use a list and append, or an array (np.stack, np.concatenate)")


def refuse_stars(function: str, s: Stmt, e: Call, activities: Activities) -> None:
    """A call of which the arguments are not known one by one."""
    if has_stars(e) and any(active(activities.read(s, n)) for n in names_in(e)):
        raise UnsupportedSyntax(f"in {function}: `*` or `**` arguments of unknown number, with active values, are not supported",
                                filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
                                hint="pass a tuple or a dict that is written out, or the arguments one by one")


def alone(bound: registry.Bound, place: Expr) -> bool:
    """The other operands are literals (or the same variable), so that the result has the operand's shape and dtype."""
    return all(x == place or isinstance(x, Const) and isinstance(x.value, bool | int | float | None)
               for x in bound.operands.values())
