"""Forward mode: each statement is followed by the statement that computes its tangent.

    y = np.tanh(x)          y = np.tanh(x)
                            d_y = (1 - y * y) * d_x

A tangent that is absent is zero, and no code says so; where paths meet it is made on those that lack it. Nothing is saved.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..analyse.containers import target_of
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Block, Break, Build, Call, Const, Effect, Expr, Fn, For, Function, If, Method, Operator, Param, Ref, Return,
    Stmt, Store, Update, While,
)
from ..ir.parts import type_of_part
from ..ir.types import UNKNOWN, List, Num
from ..ir.walk import all_names, bound_in, certain, flat, root_of
from ..runtime import helpers
from .inline import helper
from .facts import Facts, own_arguments
from .leaves import leaf_type, leaves, name_of, path_of
from .state import Leaf

from .versions import nothing
from .tangent_calls import TangentCalls, TangentOf


def tangent(facts: Facts, wrt: Sequence[str], tangent_of: TangentOf, *, name: str, value: bool = False,
            final: bool = True) -> Function:
    """The tangent function: the parameters of f, then a keyword `d_NAME` for each of `wrt`; returns the tangent of the
    output, with `value` the pair (value, tangent). `final`: it is handed out, in the kind of its value."""
    f = facts.f
    namer = Namer(all_names(f))
    engine = _Forward(facts, namer, tangent_of)
    params = [Param(engine.tangent(n), "keyword") for n in wrt]
    present: set[Leaf] = set()
    start: list[Stmt] = []
    for n in wrt:
        engine.spread(n, n, Ref(engine.tangent(n)), facts.types.params.get(n, UNKNOWN), present, start)
    engine.bound = {p.name for p in f.params} | set(f.cells)
    start += [Assign(engine.tangent(leaf), helper("copy", Ref(engine.tangent(leaf))))  # the caller's stay as they are
              for leaf in sorted(present, key=str) if name_of(leaf) in facts.aliases.parameters]
    body = engine.block(f.body[:-1], present)
    ret = f.body[-1]
    assert isinstance(ret, Return)
    found, lines = engine.result(ret, present, final)
    result = Build("tuple", (ret.value, found)) if value else found
    made = frozenset(namer.taken - all_names(f))
    unbound = [Assign(n, nothing(facts.types, n)) for n in engine.unbound]
    return replace(f, name=name, params=(*f.params, *params), temporaries=f.temporaries | made, doc=None,
                   body=(*own_arguments(facts), *unbound, *start, *body, *lines, Return(result, origin=ret.origin)))


class _Forward(TangentCalls):
    """Visits the statements in order."""

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
                self.maybe |= set(flat(s.target))
                return out
            case Update():
                return self.call(s, s.name, Call(Operator(s.op), (Ref(s.name), s.value)), s, present)
            case Store():
                return self.store(s, present)
            case Effect(args=(Call(Method("append"), (Ref(name), value)),)) if isinstance(self.types.read(s, name), List):
                return self.append(s, name, value, present)
        return [s]

    def branch(self, s: If, present: set[Leaf]) -> list[Stmt]:
        if certain(s):
            return [replace(s, body=self.block(s.body, present))]
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

    def loop(self, s: For | While, present: set[Leaf]) -> list[Stmt]:
        known = set(self.bound)
        if self.loops:
            self.maybe |= bound_in(s.body)  # from an earlier trip of the loop around
        start = self.unify(s, self.types.body.get(s, {}), present)
        head = set(present)
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

    # -------------------------------------------------------------- assignments
    def assign(self, s: Assign, present: set[Leaf]) -> list[Stmt]:
        if isinstance(s.target, str):
            match s.value:
                case Call(Method("pop"), (Ref(name), *_)) if isinstance(self.types.read(s, name), List):
                    return self.pop(s, s.target, name, present)
                case Call(Fn(value=helpers.take), (Ref(name), _)):
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

    def kill(self, s: Assign, present: set[Leaf]) -> None:
        names = set(flat(s.target))
        present -= {leaf for leaf in present if name_of(leaf) in names}

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

    def store(self, s: Store, present: set[Leaf]) -> list[Stmt]:
        t = self.types.read(s, root_of(s.base) or "")
        target = target_of(s, t)
        leaf: Leaf = (target.name, *target.path) if target.path else target.name
        if target.component:
            return self.component(s, leaf, present)
        d = self.tangent_at(s, s.value, (), present)
        if d is None and leaf not in present:
            return [s]
        start = [] if leaf in present else [self.make(leaf, s)]
        present.add(leaf)
        buffer: Expr = Ref(self.tangent(leaf))
        for step in target.views:
            buffer = replace(step, args=(buffer, *step.args[1:]))
        if s.op is not None and d is None:
            return [*start, s]
        numeric = isinstance(type_of_part(t, target.path), Num)
        zero: Expr = Const(0) if numeric else helper("zeros_like", s.value)
        return [*start, s, Store(buffer, s.key, zero if d is None else d, s.op, origin=s.origin)]

    def component(self, s: Store, place: Leaf, present: set[Leaf]) -> list[Stmt]:
        """A dict or object gets another value at one place, and with it another tangent."""
        found: dict[Leaf, Expr] = {}
        for leaf in leaves(place, leaf_type(self.types.written(s, name_of(place)), place)):
            d = self.tangent_at(s, s.value, path_of(leaf)[len(path_of(place)):], present)
            if d is not None:
                found[leaf] = d
        present -= {x for x in present if not isinstance(x, str) and x[:len(place)] == place}
        present.update(found)
        return [s, *(Assign(self.tangent(x), self.own(x, d), origin=s.origin) for x, d in found.items())]

    # -------------------------------------------------------------- result
    def result(self, ret: Return, present: set[Leaf], final: bool) -> tuple[Expr, list[Stmt]]:
        d = self.tangent_at(ret, ret.value, (), present)
        if d is None:
            return helper("zeros_like", ret.value), []
        return helper("as_like", d, ret.value) if final else d, []
