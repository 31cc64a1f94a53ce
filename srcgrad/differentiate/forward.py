"""Forward mode: each statement is followed by the statement that computes its tangent.

    y = np.tanh(x)          y = np.tanh(x)
                            d_y = (1 - y * y) * d_x

A tangent that is absent is zero, and no code says so; where paths meet it is made on those that lack it. Nothing is saved.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..analyse.activity import Activity, active
from ..analyse.types import canonical
from ..errors import MissingRule, UnsupportedSyntax
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Block, Break, Build, Call, Const, Effect, Expr, Fn, For, Function, If, Method, Operator, Param, Ref, Return,
    Stmt, Store, Update, While, item, op,
)
from ..ir.types import UNKNOWN, Dict, List, Num, Tuple, Type
from ..ir.walk import all_names, expressions, flat, names_in, rewrite
from ..rules import registry
from ..rules.dsl import dot
from .inline import bind, fill, helper, specialise, spelled
from .joint import Facts, own_arguments
from .plan import At
from .reverse import below, leaves, name_of
from .state import Leaf

TangentOf = Callable[[Stmt, Call, list[Activity]], "tuple[Fn, tuple[int, ...]] | None"]


def tangent(facts: Facts, wrt: Sequence[str], tangent_of: TangentOf, *, name: str, value: bool = False) -> Function:
    """The tangent function: the parameters of f, then a keyword `d_NAME` for each of `wrt`; returns the tangent of the
    output, with `value` the pair (value, tangent)."""
    f = facts.f
    namer = Namer(all_names(f))
    engine = _Forward(facts, namer, tangent_of)
    params = [Param(engine.tangent(n), "keyword") for n in wrt]
    present: set[Leaf] = set()
    start: list[Stmt] = []
    for n in wrt:
        engine.spread(n, n, Ref(engine.tangent(n)), facts.types.params.get(n, UNKNOWN), present, start)
    engine.bound = {p.name for p in f.params} | set(f.cells)
    body = engine.block(f.body[:-1], present)
    ret = f.body[-1]
    assert isinstance(ret, Return)
    found, lines = engine.result(ret, present)
    result = Build("tuple", (ret.value, found)) if value else found
    made = frozenset(namer.taken - all_names(f))
    return replace(f, name=name, params=(*f.params, *params), temporaries=f.temporaries | made, doc=None,
                   body=(*own_arguments(facts), *start, *body, *lines, Return(result, origin=ret.origin)))


class _Forward:
    def __init__(self, facts: Facts, namer: Namer, tangent_of: TangentOf) -> None:
        self.facts = facts
        self.types = facts.types
        self.namer = namer
        self.tangent_of = tangent_of
        self.names: dict[Any, str] = {}
        self.heads: list[tuple[set[Leaf], list[set[Leaf]]]] = []
        self.loops: list[Mapping[str, Type]] = []
        self.bound: set[str] = set()

    def tangent(self, leaf: Leaf) -> str:
        if leaf not in self.names:
            parts = (leaf,) if isinstance(leaf, str) else leaf
            self.names[leaf] = self.namer.fresh("d_" + "_".join(map(str, parts)))
        return self.names[leaf]

    def fresh(self, s: Stmt, hint: str) -> str:
        if (s, hint) not in self.names:
            self.names[s, hint] = self.namer.fresh(hint)
        return self.names[s, hint]

    def spread(self, name: str, leaf: Leaf, value: Expr, t: Type, present: set[Leaf], out: list[Stmt]) -> None:
        """Takes a tangent that is one value apart into those of the leaves."""
        if isinstance(t, Tuple):
            for i, x in enumerate(t.items):
                if not (isinstance(x, Num) and x.discrete):
                    self.spread(name, below(leaf, i), item(value, Const(i)), x, present, out)
            return
        present.add(leaf)
        if value != Ref(self.tangent(leaf)):
            out.append(Assign(self.tangent(leaf), value))

    def type_at(self, s: Stmt) -> Callable[[Expr], Type]:
        def type_of(e: Expr) -> Type:
            return self.types.read(s, e.name) if isinstance(e, Ref) else UNKNOWN
        return type_of

    def zeros(self, leaf: Leaf, t: Callable[[Expr], Type]) -> Expr:
        return specialise(helper("zeros_like", self.value_of(leaf)), t)

    # -------------------------------------------------------------- blocks
    def block(self, statements: Block, present: set[Leaf]) -> Block:
        out: list[Stmt] = []
        for s in statements:
            out += self.statement(s, present)
        return tuple(out)

    def statement(self, s: Stmt, present: set[Leaf]) -> list[Stmt]:
        match s:
            case If():
                return self.branch(s, present)
            case For() | While():
                return self.loop(s, present)
            case Break():
                head, exits = self.heads[-1]
                loose = self.unify(s, self.loops[-1], present)
                exits.append(set(present))
                zeros = [self.make(leaf, s) for leaf in sorted(head - present, key=str)]
                return [*loose, *zeros, s]
            case Assign():
                out = self.assign(s, present)
                self.bound |= set(flat(s.target))
                return out
            case Update():
                return self.call(s, s.name, Call(Operator(s.op), (Ref(s.name), s.value)), s, present)
            case Store(base=Ref(name)):
                return self.store(s, name, present)
            case Effect(args=(Call(Method("append"), (Ref(name), value)),)) if isinstance(self.types.read(s, name), List):
                return self.append(s, name, value, present)
        return [s]

    def make(self, leaf: Leaf, s: Stmt) -> Stmt:
        """A zero tangent, None where its name may not be bound yet (and is not read before it is)."""
        zero = self.zeros(leaf, lambda e: UNKNOWN) if name_of(leaf) in self.bound else Const(None)
        return Assign(self.tangent(leaf), zero, origin=s.origin)

    def branch(self, s: If, present: set[Leaf]) -> list[Stmt]:
        known = set(self.bound)
        ends, bodies, bounds = [], [], []
        for block in (s.body, s.orelse):
            self.bound = set(known)
            inside = set(present)
            bodies.append(self.block(block, inside))
            ends.append(inside)
            bounds.append(self.bound)
        for i in (0, 1):
            bodies[i] += self.unify(s, self.types.after.get(s, {}), ends[i])
        left = [bool(b) and isinstance(b[-1], Break) for b in (s.body, s.orelse)]
        union = set().union(*(end for end, gone in zip(ends, left) if not gone)) if not all(left) else set(present)
        for i in (0, 1):
            if not left[i]:
                self.bound = bounds[i]
                bodies[i] += tuple(self.make(leaf, s) for leaf in sorted(union - ends[i], key=str))
        self.bound = bounds[0] & bounds[1]
        present.clear()
        present |= union
        return [replace(s, body=bodies[0], orelse=bodies[1])]

    def unify(self, s: Stmt, types: Mapping[str, Type], present: set[Leaf]) -> Block:
        """Where paths meet and a name is not known to be a tuple any more, its tangent becomes one value."""
        out: list[Stmt] = []
        for name in sorted({name_of(leaf) for leaf in present if not isinstance(leaf, str)}):
            if name in types and leaves(name, types[name]) == [name]:
                parts = {leaf for leaf in present if not isinstance(leaf, str) and name_of(leaf) == name}
                out.append(Assign(self.tangent(name), self.gathered(name, parts), origin=s.origin))
                present -= parts
                present.add(name)
        return tuple(out)

    def gathered(self, leaf: Leaf, parts: set[Leaf]) -> Expr:
        """The tangent of a tuple from those of its parts; the parts that have none are asked for their zeros."""
        if leaf in parts:
            return Ref(self.tangent(leaf))
        depth = 1 if isinstance(leaf, str) else len(leaf)
        below_here = {part[depth] for part in parts if len(part) > depth and (depth == 1 or part[:depth] == leaf)}
        if not below_here:
            return self.zeros(leaf, lambda e: UNKNOWN)
        return helper("with_parts", self.value_of(leaf), *(
            x for i in sorted(below_here) for x in (Const(i), self.gathered(below(leaf, i), parts))))

    def value_of(self, leaf: Leaf) -> Expr:
        e: Expr = Ref(name_of(leaf))
        for i in () if isinstance(leaf, str) else leaf[1:]:
            e = item(e, Const(i))
        return e

    def loop(self, s: For | While, present: set[Leaf]) -> list[Stmt]:
        known = set(self.bound)
        start = self.unify(s, self.types.body.get(s, {}), present)
        head = set(present)
        if isinstance(s, For):
            self.check_iterable(s)
        while True:
            exits: list[set[Leaf]] = []
            self.heads.append((head, exits))
            self.loops.append(self.types.after.get(s, {}))
            self.bound = known | (set(flat(s.target)) if isinstance(s, For) else set())
            targets = set(flat(s.target)) if isinstance(s, For) else set()
            inside = {leaf for leaf in head if name_of(leaf) not in targets}
            body = self.block(s.body, inside)
            body += self.unify(s, self.types.body.get(s, {}), inside)
            self.heads.pop()
            self.loops.pop()
            new = set().union(inside, *exits) - head
            if not new:
                break
            head |= new
        ended = bool(s.body) and isinstance(s.body[-1], Break)
        if not ended:
            body += tuple(self.make(leaf, s) for leaf in sorted(head - inside, key=str))
        self.bound = known
        before = [self.make(leaf, s) for leaf in sorted(head - present, key=str)]
        present |= head
        return [*start, *before, replace(s, body=body)]

    def check_iterable(self, s: For) -> None:
        if any(active(self.facts.activities.written(s, n)) for n in flat(s.target)):
            raise UnsupportedSyntax(f"in {self.facts.f.name}: a loop over an active value", filename=s.origin.filename,
                                    lineno=s.origin.line, offset=s.origin.column,
                                    hint="loop over range(len(...)) and index")

    # -------------------------------------------------------------- assignments
    def assign(self, s: Assign, present: set[Leaf]) -> list[Stmt]:
        if isinstance(s.target, str):
            match s.value:
                case Call(Method("pop"), (Ref(name), *_)) if isinstance(self.types.read(s, name), List):
                    return self.pop(s, s.target, name, present)
                case Call():
                    return self.call(s, s.target, s.value, s, present)
        found: dict[Leaf, Expr] = {}
        self.match(s, s.target, s.value, (), found, present)
        held: list[Stmt] = []
        lines: list[Stmt] = []
        for leaf, e in found.items():
            if len(found) > 1:
                name = self.fresh(s, self.tangent(leaf) + "_new")
                held.append(Assign(name, e, origin=s.origin))
                e = Ref(name)
            lines.append(Assign(self.tangent(leaf), self.own(leaf, e), origin=s.origin))
        self.kill(s, present)
        present.update(found)
        return [*held, s, *lines]

    def own(self, leaf: Leaf, e: Expr) -> Expr:
        """A tangent that is written in place has memory of its own, and nobody else has that."""
        written = self.facts.aliases.written
        if isinstance(e, Call) and isinstance(e.target, Operator) and e.target.name != "getitem":
            return e
        shared = {self.tangent(n) for n in written} & names_in(e)
        return helper("copy", e) if name_of(leaf) in written or shared else e

    def kill(self, s: Assign, present: set[Leaf]) -> None:
        names = set(flat(s.target))
        present -= {leaf for leaf in present if name_of(leaf) in names}

    def match(self, s: Stmt, target: Any, value: Expr, path: tuple[int, ...], found: dict[Leaf, Expr],
              present: set[Leaf]) -> None:
        """The tangents of the leaves of `target = value[path]` for a value that is no call."""
        if isinstance(target, tuple):
            for i, part in enumerate(target):
                self.match(s, part, value, (*path, i), found, present)
            return
        for leaf in leaves(target, self.types.written(s, target)):
            e = self.tangent_at(s, value, (*path, *(() if isinstance(leaf, str) else leaf[1:])), present)
            if e is not None:
                found[leaf] = e

    def tangent_at(self, s: Stmt, value: Expr, path: tuple[int, ...], present: set[Leaf]) -> Expr | None:
        """The tangent of the part `path` of a value, None where it is zero."""
        match value:
            case Ref(name):
                leaf: Leaf = (name, *path) if path else name
                if leaf in present:
                    return Ref(self.tangent(leaf))
                if name in present:
                    e: Expr = Ref(self.tangent(name))
                    for i in path:
                        e = item(e, Const(i))
                    return e
                return None if path else self.whole(s, name, self.types.read(s, name), present)
            case Build("tuple") if path:
                return self.tangent_at(s, value.items[path[0]], path[1:], present)
            case Build("tuple" | "list" | "dict"):
                values = value.items[1::2] if value.kind == "dict" else value.items
                parts = [self.tangent_at(s, e, (), present) for e in values]
                if all(p is None for p in parts):
                    return None
                filled = [helper("zeros_like", e) if p is None else p for p, e in zip(parts, values)]
                if value.kind == "dict":
                    return Build("dict", tuple(x for pair in zip(value.items[::2], filled) for x in pair))
                return Build(value.kind, tuple(filled))
        return None

    def whole(self, s: Stmt, leaf: Leaf, t: Type, present: set[Leaf]) -> Expr | None:
        """The tangent of a value whose parts have tangents of their own, put together."""
        if leaf in present:
            return Ref(self.tangent(leaf))
        if not isinstance(t, Tuple) or not any(name_of(x) == name_of(leaf) for x in present):
            return None
        return Build("tuple", tuple(self.whole(s, below(leaf, i), x, present) or self.zeros(below(leaf, i), self.type_at(s))
                                    for i, x in enumerate(t.items)))

    # -------------------------------------------------------------- calls
    def call(self, s: Stmt, target: str, e: Call, primal: Stmt, present: set[Leaf]) -> list[Stmt]:
        receiver = self.types.read(s, e.args[0].name) if e.args and isinstance(e.args[0], Ref) else UNKNOWN
        plain = canonical(e, receiver)
        args = (*plain.args, *(v for _, v in plain.kwargs))
        tangents = [self.tangent_at(s, a, (), present) for a in args]
        if all(t is None for t in tangents):
            present -= {leaf for leaf in present if name_of(leaf) == target}
            return [primal]
        if plain.target == Operator("getitem") and isinstance(receiver, Tuple) and isinstance(plain.args[1], Const):
            index = plain.args[1].value % len(receiver.items)
            found: dict[Leaf, Expr] = {}
            self.match(s, target, plain.args[0], (index,), found, present)
            lines = [Assign(self.tangent(leaf), self.own(leaf, x), origin=s.origin) for leaf, x in found.items()]
            present -= {leaf for leaf in present if name_of(leaf) == target}
            present.update(found)
            return [primal, *lines]
        rule = registry.find(registry.target_of(plain))
        if rule is None:
            return self.by_function(s, target, plain, primal, tangents, present)
        return self.by_rule(s, target, plain, rule, primal, present)

    def by_rule(self, s: Stmt, target: str, e: Call, rule: registry.Rule, primal: Stmt, present: set[Leaf]) -> list[Stmt]:
        terms: list[Expr] = []
        bound = bind(self.facts.f.name, s, e, rule)
        covered: set[str] = set()
        for line in rule.body.tangent if rule.kind != "constant" else ():
            d = self.tangent_at(s, bound.operands[line.of], (), present)
            if d is not None:
                terms.append(fill(line.value, bound, {**bound.operands, rule.result: RESULT}, {line.of: d}))
                covered |= {name for name, x in bound.operands.items()
                            if Ref(name) in _all(line.value) or dot(name) in _all(line.value)}
        if not terms:
            present -= {leaf for leaf in present if name_of(leaf) == target}
            return [primal]
        total = terms[0]
        container = isinstance(self.types.written(s, target), List | Dict)
        for term in terms[1:]:
            total = helper("add", total, term) if container else op("add", total, term)
        if rule.kind == "elementwise" and not self.covers(s, bound, covered, rule):
            total = helper("broadcast_like", total, RESULT)
        return self.place(s, target, e, total, primal, present)

    def covers(self, s: Stmt, bound: registry.Bound, covered: set[str], rule: registry.Rule) -> bool:
        """The terms have the result's shape: they mention every operand that is not a plain number."""
        for name, e in bound.operands.items():
            number = isinstance(e, Const) or isinstance(e, Ref) and isinstance(
                t := self.types.read(s, e.name), Num) and t.scalar
            if name not in covered and not number:
                return False
        return True

    def place(self, s: Stmt, target: str, e: Call, total: Expr, primal: Stmt, present: set[Leaf]) -> list[Stmt]:
        """Computes value and tangent in an order in which neither reads what the other overwrote."""
        t = self.types.written(s, target)
        kinds = self.type_at(s)

        def type_of(x: Expr) -> Type:
            return t if isinstance(x, Ref) and x.name in (target, new) else kinds(x)

        new = target
        reads_result = RESULT in _all(total)
        d = self.tangent(target)
        present -= {leaf for leaf in present if name_of(leaf) == target}
        self.spread_after(s, target, t, present)
        if target not in names_in(total):
            value = specialise(_with_result(total, target), type_of)
            return [primal, Assign(d, self.own(target, value), origin=s.origin), *self.taken_apart(s, target, t)]
        if not reads_result:
            value = specialise(total, kinds)
            return [Assign(d, self.own(target, value), origin=s.origin), primal, *self.taken_apart(s, target, t)]
        new = self.fresh(s, f"{target}_new")
        value = specialise(_with_result(total, new), type_of)
        return [Assign(new, e, origin=s.origin), Assign(d, self.own(target, value), origin=s.origin),
                Assign(target, Ref(new), origin=s.origin), *self.taken_apart(s, target, t)]

    def spread_after(self, s: Stmt, target: str, t: Type, present: set[Leaf]) -> None:
        present.update(leaves(target, t))

    def taken_apart(self, s: Stmt, target: str, t: Type) -> list[Stmt]:
        """Where a call gives a tuple, its tangent becomes those of the parts."""
        out: list[Stmt] = []
        for leaf in leaves(target, t):
            if leaf != target:
                e: Expr = Ref(self.tangent(target))
                for i in leaf[1:]:
                    e = item(e, Const(i))
                out.append(Assign(self.tangent(leaf), e, origin=s.origin))
        return out

    def by_function(self, s: Stmt, target: str, e: Call, primal: Stmt, tangents: list[Expr | None],
                    present: set[Leaf]) -> list[Stmt]:
        acts: list[Activity] = [t is not None for t in tangents]
        found = self.tangent_of(s, e, acts)
        if found is None:
            raise MissingRule(f"in {self.facts.f.name}: {spelled(e)} has neither a rule nor readable source",
                              filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
                              hint="register a rule for it (see CONTRIBUTING.md), or call a function that has one")
        fn, positions = found
        given = [(self.keyword(fn, i), tangents[place]) for i, place in enumerate(positions)]
        call = Call(fn, e.args, (*e.kwargs, *((n, d) for n, d in given if d is not None)))
        t = self.types.written(s, target)
        present -= {leaf for leaf in present if name_of(leaf) == target}
        self.spread_after(s, target, t, present)
        return [Assign((target, self.tangent(target)), call, origin=s.origin), *self.taken_apart(s, target, t)]

    def keyword(self, fn: Fn, i: int) -> str:
        """The name of the i-th tangent parameter of a callee's tangent function (`fn.value` lists them)."""
        return str(fn.value.tangents[i])

    # -------------------------------------------------------------- lists and stores
    def append(self, s: Effect, name: str, value: Expr, present: set[Leaf]) -> list[Stmt]:
        d = self.tangent_at(s, value, (), present)
        if d is None and name not in present:
            return [s]
        start = [] if name in present else [self.make(name, s)]
        present.add(name)
        tangent_value = helper("zeros_like", value) if d is None else d
        return [*start, s, Effect("expr", (Call(Method("append"), (Ref(self.tangent(name)), tangent_value)),),
                                  origin=s.origin)]

    def pop(self, s: Assign, target: str, name: str, present: set[Leaf]) -> list[Stmt]:
        self.kill(s, present)
        if name not in present:
            return [s]
        t = self.types.written(s, target)
        assert isinstance(s.value, Call)
        call = Call(s.value.target, (Ref(self.tangent(name)), *s.value.args[1:]))
        self.spread_after(s, target, t, present)
        return [s, Assign(self.tangent(target), call, origin=s.origin), *self.taken_apart(s, target, t)]

    def store(self, s: Store, name: str, present: set[Leaf]) -> list[Stmt]:
        d = self.tangent_at(s, s.value, (), present)
        if d is None and name not in present:
            return [s]
        start = [] if name in present else [self.make(name, s)]
        present.add(name)
        buffer = Ref(self.tangent(name))
        if s.op is not None and d is None:
            return [*start, s]
        numeric = isinstance(self.types.read(s, name), Num)
        zero: Expr = Const(0) if numeric else helper("zeros_like", s.value)
        return [*start, s, Store(buffer, s.key, zero if d is None else d, s.op, origin=s.origin)]

    # -------------------------------------------------------------- result
    def result(self, ret: Return, present: set[Leaf]) -> tuple[Expr, list[Stmt]]:
        d = self.tangent_at(ret, ret.value, (), present)
        if d is None:
            return helper("zeros_like", ret.value), []
        return helper("as_like", d, ret.value), []


RESULT = At("result", True)


def _with_result(e: Expr, name: str) -> Expr:
    return rewrite(e, lambda x: Ref(name) if x == RESULT else x)


def _all(e: Expr) -> list[Expr]:
    return list(expressions(e))
