"""Reverse mode: from NORMAL and facts to the plan of the backward sweep.

The statements are visited last to first; `State` knows which adjoints are present, and who owns their memory. Which values
of the forward sweep the lines need, and where those come from, is decided afterwards (saved.py).
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..analyse.activity import Activities, Activity, Items, active
from ..analyse.types import Types, canonical, rule_type, type_of_value
from ..errors import MissingRule, UnsupportedSyntax
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Attribute, Block, Break, Build, Call, Const, Effect, Expr, Fn, For, Function, Global, If, Method, Operator,
    Ref, Stmt, Store, Update, While, item, op,
)
from ..ir.types import INT, UNKNOWN, List, Num, Opaque, Tuple, Type
from ..ir.walk import bound as bound_names, expressions, flat, names_in, rewrite, statements
from ..rules import registry
from .inline import adjoint_lines, bind, fill, helper, specialise, spelled
from .plan import At, Region, Step
from .state import FOREIGN, Leaf, State

POLES = frozenset({"log", "log2", "log10", "log1p", "logaddexp", "divide", "truediv", "reciprocal", "power", "pow",
                   "float_power", "tan", "arctanh", "quotient", "exp", "exp2", "expm1", "sinh", "cosh"})
SELECTING = frozenset({"where", "maximum", "minimum", "fmax", "fmin", "clip", "max", "min", "amax", "amin", "getitem",
                       "take", "nan_to_num", "sort"})


@dataclass(frozen=True)
class Pair:
    """A callee's generated code: `forward(*args) -> (value, saved)`, `backward(saved, b_value) -> adjoints`, the bare
    adjoint where only one argument is active. `active` are positions among the call's arguments, keywords last."""

    forward: Fn
    backward: Fn
    active: tuple[int, ...]


PairOf = Callable[[Stmt, Call, list[Activity]], Pair | None]


@dataclass(frozen=True)
class Part:
    """One contribution: `value` is to be added to the adjoint of `leaf` (at `key`). `group`: whose memory it is."""

    leaf: Leaf
    value: Expr
    key: Expr | None = None
    group: int | None = None
    sparse: bool = False


def name_of(leaf: Leaf) -> str:
    return leaf if isinstance(leaf, str) else leaf[0]


def primal(leaf: Leaf, out: bool = False) -> Expr:
    """The value whose adjoint a leaf is."""
    if isinstance(leaf, str):
        return At(leaf, out)
    e: Expr = At(leaf[0], out)
    for i in leaf[1:]:
        e = item(e, Const(i))
    return e


def below(leaf: Leaf, i: int) -> Leaf:
    return (leaf, i) if isinstance(leaf, str) else (*leaf, i)


def leaves(leaf: Leaf, t: Type) -> list[Leaf]:
    """The parts of a value that have adjoints of their own: those of a tuple, else the value itself."""
    if isinstance(t, Tuple):
        return [x for i, part in enumerate(t.items) for x in leaves(below(leaf, i), part)]
    return [leaf]


def doubled(e: Expr) -> Expr:
    """2 * e, with the 2 in front."""
    match e:
        case Call(Operator("mul" | "truediv"), (a, b)):
            return Call(e.target, (doubled(a), b))
        case Call(Operator("neg"), (a,)):
            return op("neg", doubled(a))
    return op("mul", Const(2), e)


class Reverse:
    """Generates the backward lines of one function."""

    def __init__(self, f: Function, types: Types, activities: Activities, namer: Namer, pair_of: PairOf) -> None:
        self.f = f
        self.types = types
        self.activities = activities
        self.namer = namer
        self.pair_of = pair_of
        self.names: dict[Any, str] = {}
        self.heads: list[State] = []
        self.pending: list[Stmt] = []
        self.unbounded = unbounded(f)

    # -------------------------------------------------------------- names and types
    def adjoint(self, leaf: Leaf) -> str:
        """The variable that holds the adjoint of a leaf: b_x, b_t_0."""
        if leaf not in self.names:
            parts = (leaf,) if isinstance(leaf, str) else leaf
            self.names[leaf] = self.namer.fresh("b_" + "_".join(map(str, parts)))
        return self.names[leaf]

    def temporary(self, s: Stmt, hint: str) -> str:
        """A name that is the same each time the statement is visited."""
        if (s, hint) not in self.names:
            self.names[s, hint] = self.namer.fresh(hint)
        return self.names[s, hint]

    def type_at(self, s: Stmt) -> Callable[[Expr], Type]:
        """The types of expressions in backward lines of a statement."""
        def type_of(e: Expr) -> Type:
            match e:
                case At(name, out):
                    return self.types.written(s, name) if out else self.types.read(s, name)
                case Const():
                    return type_of_value(e.value)
                case Global():
                    return type_of_value(e.value)
                case Call():
                    plain = canonical(e, type_of(e.args[0])) if isinstance(e.target, Method | Attribute) else e
                    rule = registry.find(registry.target_of(plain))
                    return UNKNOWN if rule is None else rule_type(rule, plain, type_of)
                case Build("tuple"):
                    return Tuple(tuple(map(type_of, e.items)))
            return UNKNOWN
        return type_of

    def zeros(self, s: Stmt, leaf: Leaf, out: bool, types: dict[str, Type] | None = None) -> Expr:
        """The zero of a leaf's kind and shape. `types`: where not those of the statement."""
        type_of = self.type_at(s)

        def special(e: Expr) -> Type:
            if types is not None and isinstance(e, At):
                return types.get(e.name, UNKNOWN)
            return type_of(e)
        return specialise(helper("zeros_like", primal(leaf, out)), special)

    # -------------------------------------------------------------- blocks
    def block(self, statements: Block, state: State) -> Region:
        """The plan of a block; `state` is that after it, and becomes that before it."""
        steps = []
        for s in reversed(statements):
            step = self.step(s, state)
            step.lines[:0], self.pending = self.pending, []
            steps.append(step)
        return Region(steps[::-1])

    def step(self, s: Stmt, state: State) -> Step:
        match s:
            case Assign():
                return self.assign(s, state)
            case Update():
                return self.call(s, s.name, Call(Operator(s.op), (Ref(s.name), s.value)), state)
            case Store():
                return self.store(s, state)
            case Effect(args=(Call(Method("append"), (Ref(name), value)),)) if isinstance(self.types.read(s, name), List):
                return self.append(s, name, value, state)
            case If():
                return self.branch(s, state)
            case For() | While():
                return self.loop(s, state)
            case Break():
                state.groups, state.sparse = dict(self.heads[-1].groups), set(self.heads[-1].sparse)
        return Step(s)

    def branch(self, s: If, state: State) -> Step:
        other = state.copy()
        then, orelse = self.block(s.body, state), self.block(s.orelse, other)
        for region, here, there in ((then, state, other), (orelse, other, state)):
            for leaf in [x for x in there.groups if not here.has(x)]:
                region.tail.append(Assign(self.adjoint(leaf), self.zeros(s, leaf, False), origin=s.origin))
                here.put(leaf, sparse=True)
        joined = state.joined(other)
        state.groups, state.sparse = joined.groups, joined.sparse
        return Step(s, regions=(then, orelse))

    def loop(self, s: For | While, state: State) -> Step:
        head, before = state.copy(), []
        while True:
            start = head.copy()
            self.heads.append(head)
            region = self.block(s.body, start)
            self.heads.pop()
            if isinstance(s, For):
                self.loop_target(s, start, region)
            new = [leaf for leaf in start.groups if not head.has(leaf)]
            for leaf in new:
                before.append(leaf)
                head.put(leaf, sparse=True)
            if new:
                continue
            for leaf in [x for x in head.groups if not start.has(x)]:
                zero = self.zeros(s, leaf, False, self.types.body.get(s))
                region.tail.append(Assign(self.adjoint(leaf), zero, origin=s.origin))
                start.put(leaf, sparse=True)
            joined = head.joined(start)
            if joined.same(head):
                break
            head = joined
        state.groups, state.sparse = head.groups, head.sparse
        lines: list[Stmt] = [Assign(self.adjoint(leaf), self.zeros(s, leaf, True), origin=s.origin) for leaf in before]
        return Step(s, lines, (region,))

    def loop_target(self, s: For, state: State, region: Region) -> None:
        """What a `for` binds comes from its iterable: only inactive ones are handled here."""
        for name in flat(s.target):
            for leaf in [x for x in state.groups if name_of(x) == name]:
                if active(self.activities.written(s, name)):
                    raise UnsupportedSyntax(
                        f"in {self.f.name}: a loop over an active value", filename=s.origin.filename,
                        lineno=s.origin.line, offset=s.origin.column, hint="loop over range(len(...)) and index")
                state.drop(leaf)

    # -------------------------------------------------------------- assignments
    def assign(self, s: Assign, state: State) -> Step:
        if isinstance(s.target, str):
            match s.value:
                case Call(Method("pop"), (Ref(name), *rest)) if isinstance(self.types.read(s, name), List):
                    return self.pop(s, s.target, name, rest, state)
                case Call():
                    return self.call(s, s.target, s.value, state)
        parts: list[Part] = []
        killed: list[Leaf] = []
        self.match(s, s.target, s.value, state, parts, killed)
        return Step(s, self.apply(s, killed, parts, state))

    def present(self, s: Stmt, name: str, state: State) -> list[Leaf]:
        """The leaves of what the statement binds that have an adjoint. Where later statements could not tell that it is a
        tuple, the adjoint is one value, and is taken apart first."""
        wanted = leaves(name, self.types.written(s, name))
        if wanted != [name] and state.has(name):
            for leaf in wanted:
                if not self.varied_part(s, leaf):
                    continue
                part = self.project(Ref(self.adjoint(name)), leaf)
                value = helper("add", Ref(self.adjoint(leaf)), part) if state.has(leaf) else part
                self.pending.append(Assign(self.adjoint(leaf), value, origin=s.origin))
                state.put(leaf, FOREIGN, True)
            state.drop(name)
        return [leaf for leaf in wanted if state.has(leaf)]

    def varied_part(self, s: Stmt, leaf: Leaf) -> bool:
        a: Activity = self.activities.written(s, name_of(leaf))
        for i in () if isinstance(leaf, str) else leaf[1:]:
            a = a[i] if isinstance(a, tuple) and i < len(a) else active(a)
        return active(a)

    def match(self, s: Stmt, target: Any, value: Expr, state: State, parts: list[Part], killed: list[Leaf]) -> None:
        """Contributions of `target = value` for a value that is no call."""
        if isinstance(target, tuple):
            self.unpack(s, target, value, state, parts, killed)
            return
        found = self.present(s, target, state)
        killed += found
        for leaf in found:
            path = () if isinstance(leaf, str) else leaf[1:]
            self.trace(s, value, path, leaf, state, parts)

    def trace(self, s: Stmt, value: Expr, path: tuple[int, ...], leaf: Leaf, state: State, parts: list[Part]) -> None:
        """The adjoint of `leaf` belongs to the part `path` of `value`."""
        adjoint, sparse = Ref(self.adjoint(leaf)), leaf in state.sparse
        group = FOREIGN  # a second name for the same memory
        match value:
            case Ref(name) if active(self.activities.read(s, name)):
                target: Leaf = name if not path else (name, *path)
                wanted = leaves(name, self.types.read(s, name))
                if target in wanted:
                    parts.append(Part(target, adjoint, None, group, sparse))
                elif not path:  # a whole whose parts are separate there
                    parts += [Part(x, self.project(adjoint, x), None, FOREIGN, True) for x in wanted]
                else:
                    parts.append(Part(name, adjoint, Const(path[0]), FOREIGN, True))
            case Build("tuple") if path:
                self.trace(s, value.items[path[0]], path[1:], leaf, state, parts)
            case Build("tuple" | "list"):
                for i, element in enumerate(value.items):
                    self.element(s, element, item(adjoint, Const(i)), parts)
            case Build("dict"):
                for key, element in zip(value.items[::2], value.items[1::2]):
                    self.element(s, element, item(adjoint, self.at(key)), parts)

    def element(self, s: Stmt, element: Expr, adjoint: Expr, parts: list[Part]) -> None:
        if isinstance(element, Ref) and active(self.activities.read(s, element.name)):
            for x in leaves(element.name, self.types.read(s, element.name)):
                parts.append(Part(x, self.project(adjoint, x), None, FOREIGN, True))

    def project(self, adjoint: Expr, leaf: Leaf) -> Expr:
        for i in () if isinstance(leaf, str) else leaf[1:]:
            adjoint = item(adjoint, Const(i))
        return adjoint

    def unpack(self, s: Stmt, target: tuple[Any, ...], value: Expr, state: State, parts: list[Part],
               killed: list[Leaf]) -> None:
        t = self.types.read(s, value.name) if isinstance(value, Ref) else UNKNOWN
        for i, part in enumerate(target):
            found = self.present(s, part, state)
            killed += found
            for leaf in found:
                path = (i,) if isinstance(leaf, str) else (i, *leaf[1:])
                if isinstance(t, Tuple):
                    self.trace(s, value, path, leaf, state, parts)
                elif isinstance(value, Ref) and active(self.activities.read(s, value.name)):
                    parts.append(Part(value.name, Ref(self.adjoint(leaf)), Const(i), FOREIGN, True))

    # -------------------------------------------------------------- calls
    def at(self, e: Expr) -> Expr:
        """An expression of the program, as of before the statement."""
        return rewrite(e, lambda x: At(x.name) if isinstance(x, Ref) else x)

    def call(self, s: Stmt, target: str, e: Call, state: State) -> Step:
        killed = self.present(s, target, state)
        if not killed:
            return Step(s)
        receiver = self.types.read(s, e.args[0].name) if e.args and isinstance(e.args[0], Ref) else UNKNOWN
        plain = canonical(e, receiver)
        args = [a for a in (*plain.args, *(v for _, v in plain.kwargs))]
        acts = [self.activities.read(s, a.name) if isinstance(a, Ref) else False for a in args]
        if not any(map(active, acts)) and not self.active_builds(s, args):
            return Step(s, self.apply(s, killed, [], state))
        if plain.target == Operator("getitem") and isinstance(receiver, Tuple) and isinstance(plain.args[1], Const):
            parts: list[Part] = []
            index = plain.args[1].value % len(receiver.items)
            for leaf in killed:
                path = () if isinstance(leaf, str) else leaf[1:]
                self.trace(s, plain.args[0], (index, *path), leaf, state, parts)
            return Step(s, self.apply(s, killed, parts, state))
        rule = registry.find(registry.target_of(plain))
        if rule is not None:
            return Step(s, self.by_rule(s, target, plain, rule, killed, state))
        pair = self.pair_of(s, plain, acts)
        if pair is None:
            raise MissingRule(f"in {self.f.name}: {spelled(e)} has neither a rule nor readable source",
                              filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
                              hint="register a rule for it (see CONTRIBUTING.md), or call a function that has one")
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
        sparse = target in state.sparse or rule.name in SELECTING or self.masks(s, rule, e)
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
                    if target in state.sparse and (row.singular or self.infinite(s, value, rule)):
                        value = helper("masked", value, adjoint)
                    self.contribute(s, target, rule, place, value, key, sparse, lines, parts, state)
        return lines + self.apply(s, killed, parts, state)

    def check_keywords(self, s: Stmt, e: Call, bound: registry.Bound) -> None:
        """A keyword has no line in the rule: an active value there would lose its derivative."""
        for name, x in bound.keywords.items():
            if any(active(self.activities.read(s, n)) for n in names_in(x)):
                raise MissingRule(f"in {self.f.name}: the rule of {spelled(e)} has no derivative for the argument `{name}`",
                                  filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
                                  hint=f"stop the gradient there, or register a rule that has a line for `{name}`")

    def infinite(self, s: Stmt, value: Expr, rule: registry.Rule) -> bool:
        """A factor of a product may be infinite or NaN where the adjoint is a structural zero."""
        return rule.name == "multiply" and any(isinstance(x, At) and x.name in self.unbounded for x in expressions(value))

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
                   sparse: bool, lines: list[Stmt], parts: list[Part], state: State) -> None:
        type_of = self.type_at(s)
        result = self.types.written(s, target)

        def special(x: Expr) -> Type:
            return result if x == raw or x == Ref(self.adjoint(target)) else type_of(x)

        raw = value
        if isinstance(place, Build):
            self.sequence(s, place, specialise(value, special), lines, parts)
            return
        assert isinstance(place, Ref)
        if rule.kind == "elementwise":
            value = raw = specialise(raw, special)
            value = specialise(helper("unbroadcast", raw, At(place.name)), special)
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
            parts.extend(Part(x, self.project(Ref(base), (x[0], *x[2:])), None, FOREIGN, True) for x in wanted)
        else:
            parts.extend(Part(x, self.project(Ref(base), x), None, FOREIGN, sparse) for x in wanted)

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
            case Call(Fn(), (inner, *_)) if e.target.name == "unbroadcast":
                return self.memory(inner, UNKNOWN)
            case Call(Operator(name)):
                return FOREIGN if name == "getitem" else None
            case Call(Fn()):
                rule = registry.find(e.target.value)
                return None if rule is not None and rule.fresh else FOREIGN
        return FOREIGN

    def by_pair(self, s: Stmt, target: str, e: Call, pair: Pair, killed: list[Leaf], state: State) -> Step:
        saved = self.temporary(s, "saved")
        forward = Assign((target, saved), Call(pair.forward, e.args, e.kwargs), origin=s.origin)
        adjoint = self.gather(s, target, self.types.written(s, target), state)
        found = Call(pair.backward, (At(saved, True), adjoint))
        args = [a for a in (*e.args, *(v for _, v in e.kwargs))]
        places = [args[i] for i in pair.active]
        shown = [place.name if isinstance(place, Ref) else f"arg_{i}" for i, place in enumerate(places)]
        names = tuple(self.temporary(s, f"b_{n}_of_call" + (f"_{i}" if shown.count(n) > 1 else ""))
                      for i, n in enumerate(shown))
        lines: list[Stmt] = [Assign(names if len(names) > 1 else names[0], found, origin=s.origin)]
        parts: list[Part] = []
        for name, place in zip(names, places):
            self.element(s, place, Ref(name), parts)
        return Step(s, lines + self.apply(s, killed, parts, state), forward=[forward], binds=(saved,))

    def gather(self, s: Stmt, leaf: Leaf, t: Type, state: State) -> Expr:
        """The adjoint of a whole value as one expression, zeros where it is absent."""
        if isinstance(t, Tuple):
            return Build("tuple", tuple(self.gather(s, below(leaf, i), x, state) for i, x in enumerate(t.items)))
        if state.has(leaf):
            return Ref(self.adjoint(leaf))
        if isinstance(t, Opaque) or isinstance(t, Num) and t.discrete:
            return Const(None)
        return self.zeros(s, leaf, True)

    # -------------------------------------------------------------- lists
    def append(self, s: Effect, name: str, value: Expr, state: State) -> Step:
        """The adjoint of `tape.append(v)` takes what the adjoint of `pop` left on `b_tape`."""
        if not state.has(name):
            return Step(s)
        found = Call(Method("pop"), (Ref(self.adjoint(name)),))
        t = self.types.read(s, value.name) if isinstance(value, Ref) else UNKNOWN
        varied = self.activities.read(s, value.name) if isinstance(value, Ref) else False
        if not isinstance(value, Ref) or not active(varied):
            return Step(s, [Effect("expr", (found,), origin=s.origin)])
        parts: list[Part] = []
        pattern = self.pattern(s, value.name, t, varied, parts)
        return Step(s, [Assign(pattern, found, origin=s.origin), *self.apply(s, [], parts, state)])

    def pattern(self, s: Stmt, leaf: Leaf, t: Type, varied: Activity, parts: list[Part]) -> Any:
        if isinstance(t, Tuple):
            acts = varied if isinstance(varied, tuple) else (active(varied),) * len(t.items)
            return tuple(self.pattern(s, below(leaf, i), x, acts[i], parts) for i, x in enumerate(t.items))
        if not active(varied):
            return "_"
        name = self.temporary(s, self.adjoint(leaf) + "_popped")
        parts.append(Part(leaf, Ref(name), None, FOREIGN, True))
        return name

    def pop(self, s: Assign, target: str, name: str, rest: list[Expr], state: State) -> Step:
        killed = self.present(s, target, state)
        varied = self.activities.read(s, name)
        if not active(varied) or not killed and not state.has(name):
            return Step(s, self.apply(s, killed, [], state))
        if rest and rest != [Const(-1)]:
            raise UnsupportedSyntax(f"in {self.f.name}: pop from a position of a list that holds active values",
                                    filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
                                    hint="pop() from the end")
        lines = self.own(s, name, state, True)
        value = self.record(s, target, self.types.written(s, target), self.activities.written(s, target), state)
        lines.append(Effect("expr", (Call(Method("append"), (Ref(self.adjoint(name)), value)),), origin=s.origin))
        return Step(s, lines + self.apply(s, killed, [], state))

    def record(self, s: Stmt, leaf: Leaf, t: Type, varied: Activity, state: State) -> Expr:
        if isinstance(t, Tuple):
            acts = varied if isinstance(varied, tuple) else (active(varied),) * len(t.items)
            return Build("tuple", tuple(self.record(s, below(leaf, i), x, acts[i], state)
                                        for i, x in enumerate(t.items)))
        if not active(varied):
            return Const(None)
        return Ref(self.adjoint(leaf)) if state.has(leaf) else self.zeros(s, leaf, True)

    # -------------------------------------------------------------- stores
    def store(self, s: Store, state: State) -> Step:
        assert isinstance(s.base, Ref)
        name = s.base.name
        if not state.has(name):
            return Step(s)
        lines = self.own(s, name, state, True)
        buffer, key = Ref(self.adjoint(name)), self.at(s.key)
        slot = item(buffer, key)
        parts: list[Part] = []
        if isinstance(s.value, Ref) and active(self.activities.read(s, s.value.name)):
            taken: Expr = helper("copy", slot)
            if isinstance(self.types.read(s, name), Num):
                t = self.slot_type(s)
                if isinstance(t, Num) and t.scalar:
                    taken = slot
                if s.op == "sub":
                    taken = op("neg", slot)
                type_of = self.type_at(s)
                held = Ref(self.temporary(s, "b_slot"))
                lines.append(Assign(held.name, taken, origin=s.origin))
                value = specialise(helper("unbroadcast", held, At(s.value.name)),
                                   lambda x: t if x == held else type_of(x))
                parts.append(Part(s.value.name, value, None, None))
            else:
                held = Ref(self.temporary(s, "b_slot"))
                lines.append(Assign(held.name, taken, origin=s.origin))
                self.element(s, s.value, held, parts)
        if s.op is None:
            zero: Expr = Const(0) if isinstance(self.types.read(s, name), Num) else helper("zeros_like", slot)
            lines.append(Store(buffer, key, zero, origin=s.origin))
        return Step(s, lines + self.apply(s, [], parts, state))

    def slot_type(self, s: Store) -> Type:
        rule = registry.find("operator.getitem")
        assert rule is not None
        return rule_type(rule, Call(Operator("getitem"), (self.at(s.base), self.at(s.key))), self.type_at(s))

    def own(self, s: Stmt, leaf: Leaf, state: State, out: bool) -> list[Stmt]:
        """Makes the adjoint of a leaf a buffer that may be written to."""
        name = self.adjoint(leaf)
        if not state.has(leaf):
            state.put(leaf, sparse=True)
            return [Assign(name, self.zeros(s, leaf, out), origin=s.origin)]
        if state.owned(leaf):
            return []
        sparse = leaf in state.sparse
        state.put(leaf, sparse=sparse)
        return [Assign(name, helper("copy", Ref(name)), origin=s.origin)]

    # -------------------------------------------------------------- accumulation
    def apply(self, s: Stmt, killed: list[Leaf], parts: list[Part], state: State) -> list[Stmt]:
        """The lines that add the parts and end the adjoints that the statement's result had."""
        lines: list[Stmt] = []
        own: dict[Leaf, list[Part]] = {}
        for part in merged(parts):
            if part.leaf in killed:
                own.setdefault(part.leaf, []).append(part)
            else:
                lines += self.add(s, part, state)
        if len(own) > 1 or any(part.key is not None for found in own.values() for part in found):
            renamed = {self.adjoint(leaf): self.temporary(s, self.adjoint(leaf) + "_out") for leaf in killed}
            lines += [Assign(new, Ref(old), origin=s.origin) for old, new in renamed.items()]
            for leaf, found in own.items():
                own[leaf] = [Part(p.leaf, _renamed(p.value, renamed), p.key, FOREIGN if p.group is not None else None,
                                  p.sparse) for p in found]
            for leaf in killed:
                state.drop(leaf)
            for found in own.values():
                for part in found:
                    lines += self.add(s, part, state)
            return lines
        for leaf in killed:
            if leaf not in own:
                state.drop(leaf)
        for leaf, found in own.items():
            lines += self.replace(s, leaf, found, state, len(parts) > len(found))
        return lines

    def replace(self, s: Stmt, leaf: Leaf, found: list[Part], state: State, shared: bool) -> list[Stmt]:
        """`b_x` becomes the sum of its own terms, for `x = f(..., x, ...)`. `shared`: other adjoints got theirs from it too,
        and may be the same memory."""
        total, group = found[0].value, found[0].group
        for part in found[1:]:
            total, group = op("add", total, part.value), None
        name = self.adjoint(leaf)
        if total == Ref(name):
            if shared:
                state.groups[leaf] = FOREIGN
            return []
        state.put(leaf, group, any(p.sparse for p in found))
        return [Assign(name, total, origin=s.origin)]

    def add(self, s: Stmt, part: Part, state: State) -> list[Stmt]:
        leaf, name = part.leaf, self.adjoint(part.leaf)
        if part.key is not None:
            lines = self.own(s, leaf, state, False)
            state.sparse.add(leaf)
            return [*lines, self.add_item(s, leaf, part.key, part.value)]
        if not state.has(leaf):
            state.put(leaf, part.group, part.sparse)
            return [Assign(name, part.value, origin=s.origin)]
        sparse = part.sparse and leaf in state.sparse
        numeric = isinstance(self.leaf_type(s, leaf), Num)
        if numeric and state.owned(leaf):
            state.put(leaf, state.groups[leaf], sparse)
            return [Update(name, "add", part.value, origin=s.origin)]
        total = op("add", Ref(name), part.value) if numeric else helper("add", Ref(name), part.value)
        state.put(leaf, None if numeric else FOREIGN, sparse)
        return [Assign(name, total, origin=s.origin)]

    def leaf_type(self, s: Stmt, leaf: Leaf) -> Type:
        t = self.types.read(s, name_of(leaf))
        for i in () if isinstance(leaf, str) else leaf[1:]:
            t = t.items[i] if isinstance(t, Tuple) and i < len(t.items) else UNKNOWN
        return t

    def add_item(self, s: Stmt, leaf: Leaf, key: Expr, value: Expr) -> Stmt:
        """`b_x[key] += value`, through a helper where the kind of x or of the index is not known."""
        name = self.adjoint(leaf)
        if isinstance(self.leaf_type(s, leaf), Num) and basic(key, self.type_at(s)):
            return Store(Ref(name), key, value, "add", origin=s.origin)
        return Assign(name, helper("add_at", Ref(name), key, value), origin=s.origin)


def unbounded(f: Function) -> frozenset[str]:
    """The names whose values come, through whatever operations, from one that has poles (log, division, ...)."""
    found: set[str] = set()
    while True:
        size = len(found)
        for s in statements(f.body):
            if isinstance(s, Assign | Update):
                value = s.value if isinstance(s, Assign) else op(s.op, Ref(s.name), s.value)
                if _has_pole(value) or names_in(value) & found:
                    found |= set(bound_names(s))
        if len(found) == size:
            return frozenset(found)


def _has_pole(e: Expr) -> bool:
    if not isinstance(e, Call) or e.target == Operator("truediv") and isinstance(e.args[1], Const):
        return False
    if e.target == Operator("pow") and isinstance(e.args[1], Const) and e.args[1].value >= 0:
        return False
    rule = registry.find(registry.target_of(e))
    return rule is not None and rule.name in POLES


def basic(key: Expr, type_of: Callable[[Expr], Type]) -> bool:
    """The subscript is certainly basic: each element is selected at most once."""
    if isinstance(key, Build):
        return all(basic(part, type_of) for part in key.items)
    from ..ir.nodes import Slice
    if isinstance(key, Slice) or isinstance(key, Const) and (key.value is None or key.value is Ellipsis):
        return True
    t = type_of(key)
    return t == INT or t == Opaque("slice") or isinstance(t, Num) and t.scalar and t.discrete and t.dtype != "bool"


def merged(parts: list[Part]) -> list[Part]:
    """Contributions to one leaf from one statement become one sum; equal terms are counted."""
    out: list[Part] = []
    for part in parts:
        mates = [i for i, p in enumerate(out) if p.leaf == part.leaf and p.key is None and part.key is None]
        if not mates:
            out.append(part)
            continue
        mate = out[mates[0]]
        value = doubled(part.value) if mate.value == part.value else op("add", mate.value, part.value)
        out[mates[0]] = Part(part.leaf, value, None, None, mate.sparse and part.sparse)
    return out


def _renamed(e: Expr, names: dict[str, str]) -> Expr:
    return rewrite(e, lambda x: Ref(names.get(x.name, x.name)) if isinstance(x, Ref) else x)


__all__ = ["Items", "Pair", "PairOf", "Reverse", "leaves", "primal"]
