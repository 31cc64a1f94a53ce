"""Line by line: what is active and through what, what is saved and for whom, what is recomputed, which rules apply."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

from ..analyse.activity import active
from ..analyse.flow import Env, Flow
from ..analyse.values import type_of_value
from ..differentiate.joint import Facts
from ..entries import add_entry
from ..ir.nodes import Call, Effect, Expr, Fn, Function, Ref, Return, Stmt, Store
from ..ir.types import UNKNOWN, Num, Type
from ..ir.walk import all_names, expressions, names_in, operands
from ..own import identifier
from ..rules import registry
from ..rules.numpy_functions import as_other
from ..settle import type_of_atom
from ..targets import positions, target_of
from ..texts import default_wrt, given_types
from ..unit import Unit
from .costs import Amount, bytes_of, entries, name_of, operations
from .sweeps import Kept, leaves, sweeps_of, writes
from .views import Text, plain_function, text_of


@dataclass(frozen=True)
class Saved:
    """A value that is kept for the backward sweep. `readers`: the lines that want it back; `trips`: once for every trip of
    a loop; `size`: bytes, "" where nothing is known."""

    name: str
    readers: tuple[int, ...]
    trips: bool
    size: str


@dataclass
class LineFacts:
    """Of one line of the user's. `active`: the names that vary here with the inputs; `through`: the active names it reads,
    with the lines that gave them their values (the function's own line for arguments); `constant`: names it binds that do
    not vary. `operations` of both sweeps are estimates (costs.py); `trips`: they are for one trip of a loop."""

    number: int
    text: str
    active: list[str] = field(default_factory=list)
    through: dict[str, tuple[int, ...]] = field(default_factory=dict)
    constant: list[str] = field(default_factory=list)
    saved: list[Saved] = field(default_factory=list)
    recomputed: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    forward: str = ""
    backward: str = ""
    trips: bool = False
    varies: bool = False


@dataclass(frozen=True)
class Explanation:
    """A function explained. `lines`: those that do something; `notes`: (line, message) of what is probably a mistake;
    `wrt`: what it is differentiated by; `differentiated`: those of them that are no integers; `total`: bytes saved outside
    of loops, and for each trip."""

    source: Text
    wrt: tuple[str, ...]
    differentiated: tuple[str, ...]
    lines: tuple[LineFacts, ...]
    notes: tuple[tuple[int, str], ...]
    total: tuple[str, str]


def explain(f: Any, wrt: tuple[str, ...] | None = None, *, types: Mapping[str, str] | None = None,
            at: Sequence[Any] | None = None) -> Explanation:
    """Explains the gradient of a function. `at`: arguments, for types and lengths as numbers.

    Raises what `emit` raises.
    """
    from .mistakes import mistakes
    target = target_of(f)
    function = plain_function(f)
    names = positions(target, tuple(wrt))[0] if wrt else default_wrt(function)
    params = types_at(f, at) if at is not None else given_types(function, names, types)
    chosen = tuple(n for n in names if not _discrete(params[n]))
    unit = Unit()
    add_entry(unit, function, chosen, params, mode="reverse", value=False)
    facts = unit.facts(function, params, dict.fromkeys(chosen, True))
    assert facts is not None
    entry = next(g for g in unit.functions if g.name.startswith(f"{identifier(function)}_grad"))
    source = text_of(f)
    explainer = _Explainer(unit, facts, source)
    explained = explainer.run(entry)
    notes = mistakes(unit, function, facts, params, names, source)
    return Explanation(source, names, chosen, explained, notes, explainer.totals())


def types_at(f: Any, args: Sequence[Any]) -> dict[str, Type]:
    """The types of the parameters for these arguments, with their lengths as numbers."""
    bound = target_of(f).signature.bind(*args)
    bound.apply_defaults()
    return {n: type_of_value(v) for n, v in bound.arguments.items()}


def _discrete(t: Type) -> bool:
    return isinstance(t, Num) and t.discrete


class _Explainer:
    def __init__(self, unit: Unit, facts: Facts, source: Text) -> None:
        self.unit, self.facts, self.source = unit, facts, source
        self.lines = {n: LineFacts(n, text) for n, text in source.numbered()}
        self.user = {n for n in all_names(facts.f) if n not in facts.f.temporaries}
        self.ends = self.definitions()
        self.costs: dict[int, Amount] = {}
        self.widest: dict[int, Amount] = {}
        self.kept: dict[bool, list[Amount]] = {False: [], True: []}

    def totals(self) -> tuple[str, str]:
        """Bytes outside of loops, and in each trip: what is known of them."""
        found = []
        for trips in (False, True):
            known = sum((size for size in self.kept[trips] if size.known), Amount())
            found.append(("" if all(size.known for size in self.kept[trips]) else "at least ") + str(known))
        return found[0], found[1]

    def run(self, entry: Function) -> tuple[LineFacts, ...]:
        for s, depth in leaves(self.facts.f.body):
            line = self.at(s)
            if line is not None:
                self.statement(s, line)
                line.trips |= depth > 0
        self.backward(entry)
        shown = [line for line in self.lines.values() if line.active or line.constant or line.rules or line.saved or line.varies]
        return tuple(sorted(shown, key=lambda line: line.number))

    def at(self, s: Stmt) -> LineFacts | None:
        return self.lines.get(s.origin.line) if s.origin.filename == self.source.filename else None

    # -------------------------------------------------------------- forward
    def definitions(self) -> dict[Stmt, dict[str, frozenset[int]]]:
        """The lines that may have given names the values that vary, before each statement."""
        found: dict[Stmt, dict[str, frozenset[int]]] = {}
        acts, none = self.facts.activities, frozenset[int]()

        def transfer(s: Stmt, env: Env[frozenset[int]]) -> Env[frozenset[int]]:
            found[s] = dict(env)
            made = {n: frozenset({s.origin.line}) for n in writes(s)}
            if not isinstance(s, Store | Effect):
                return env | {n: lines if active(acts.written(s, n)) else none for n, lines in made.items()}
            return env | {n: env.get(n, none) | lines for n, lines in made.items() if self.varies(s, n)}

        flow: Flow[frozenset[int]] = Flow(transfer, frozenset.union, none)
        start = frozenset({self.facts.f.source.line})
        flow.run(self.facts.f.body, {p.name: start for p in self.facts.f.params})
        return found

    def varies(self, s: Stmt, name: str) -> bool:
        """Whether what a statement writes to a name varies; of an array that is written to, anything in it."""
        acts = self.facts.activities
        if isinstance(s, Store | Effect):
            return any(active(acts.read(s, n)) for e in operands(s) for n in names_in(e))
        return active(acts.written(s, name))

    def statement(self, s: Stmt, line: LineFacts) -> None:
        acts = self.facts.activities
        for name in writes(s):
            varies = self.varies(s, name)
            line.varies |= varies
            listed = line.active if varies else line.constant
            if name in self.user and name not in listed:
                listed.append(name)
        for name in sorted({n for e in operands(s) for n in names_in(e)}):
            if not active(acts.read(s, name)):
                continue
            line.varies |= isinstance(s, Return)
            if name in self.user:
                lines = tuple(sorted(self.ends.get(s, {}).get(name, frozenset()) - {0}))
                line.through[name] = tuple(sorted({*line.through.get(name, ()), *lines}))
        total = Amount()
        for e in operands(s):
            if isinstance(e, Call):
                rule = self.rule(s, e)
                if rule and rule not in line.rules:
                    line.rules.append(rule)
                total += operations(e, self.result(s), lambda a: type_of_atom(a, self.facts.types.before.get(s, {})))
        if total:
            self.costs[line.number] = self.costs.get(line.number, Amount()) + total
            self.widest[line.number] = max(self.widest.get(line.number, Amount()), entries(self.result(s)), key=Amount.rank)
            line.forward = str(self.costs[line.number])

    def result(self, s: Stmt) -> Type:
        names = writes(s)
        return self.facts.types.written(s, names[0]) if names else UNKNOWN

    def rule(self, s: Stmt, call: Call) -> str:
        """What differentiates a call: "" where nothing active goes in."""
        acts = self.facts.activities
        inside = (*call.args, *(v for _, v in call.kwargs))
        if not any(isinstance(a, Ref) and active(acts.read(s, a.name)) for a in inside):
            return ""
        plain = as_other(call)
        rule = registry.find(registry.target_of(plain))
        if rule is not None:
            return "" if rule.kind == "constant" else rule.name
        if isinstance(call.target, Fn) and isinstance(call.target.value, FunctionType):
            return f"{call.target.name} (from its source)"
        return name_of(call)

    # -------------------------------------------------------------- backward
    def backward(self, entry: Function) -> None:
        sweeps = sweeps_of(entry, frozenset(all_names(self.facts.f)))
        for kept in sweeps.kept:
            line = self.lines.get(kept.line)
            if line is not None:
                size = self.size(kept)
                self.kept[kept.trips].append(size)
                line.saved.append(Saved(kept.name, tuple(sorted(kept.readers)), kept.trips, str(size)))
        for again in sweeps.again:
            line = self.lines.get(again.line)
            if line is not None and again.name not in line.recomputed:
                line.recomputed.append(again.name)
        counts: dict[int, int] = {}
        for s, _ in leaves(sweeps.backward):
            counts[s.origin.line] = counts.get(s.origin.line, 0) + sum(_arithmetic(e) for e in operands(s))
        for number, count in counts.items():
            if number in self.widest and count:
                self.lines[number].backward = str(Amount.of(count) * self.widest[number])

    def size(self, kept: Kept) -> Amount:
        """The bytes of what is kept, by the type of the name at its line."""
        name = kept.name if kept.name in self.user else kept.name.removesuffix("_in")
        for s, _ in leaves(self.facts.f.body):
            if s.origin.line == kept.line and name in writes(s):
                t = self.facts.types.written(s, name)
                return bytes_of(t)
        return bytes_of(self.facts.types.params.get(name, UNKNOWN))


def _arithmetic(e: Expr) -> int:
    free = {"getitem", "append", "pop", "reversed", "range", "zeros_like", "copy"}
    return sum(1 for x in expressions(e) if isinstance(x, Call) and name_of(x) not in free)
