"""Reverse mode: from NORMAL and facts to the plan of the backward sweep.

The statements are visited last to first; `State` knows which adjoints are present, and who owns their memory. Which values
of the forward sweep the lines need, and where those come from, is decided afterwards (saved.py).
"""
from __future__ import annotations


from ..analyse.activity import Activities, active
from ..analyse.types import Types
from ..errors import SrcgradError, combined
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Block, Break, Call, Effect, Fn, For, Function, If, Method, Operator, Ref, Stmt, Store, Update, While,
)
from ..ir.tries import Except
from ..ir.types import List
from ..ir.walk import certain, falls, flat, names_in, operands
from ..runtime import helpers
from .calls import PairOf
from .leaves import Part, name_of
from .plan import Region, Step
from .state import Leaf, State
from .writes import Writes


class Reverse(Writes):
    """Generates the backward lines of one function."""

    def __init__(self, f: Function, types: Types, activities: Activities, namer: Namer, pair_of: PairOf) -> None:
        super().__init__(f, types, activities, namer, pair_of)
        self.heads: list[State] = []
        self.problems: list[SrcgradError] = []

    # -------------------------------------------------------------- blocks
    def block(self, statements: Block, state: State) -> Region:
        """The plan of a block; `state` is that after it, and becomes that before it."""
        steps = []
        for s in reversed(statements):
            try:
                step = self.step(s, state)
            except SrcgradError as error:  # it is told together with those of other lines
                self.problems.append(error)
                step = self.skipped(s, state)
            step.lines[:0], self.pending = self.pending, []
            steps.append(step)
        return Region(steps[::-1])

    def all_of(self, statements: Block, state: State) -> Region:
        """The plan of all; where there are problems, they are one error. What goes wrong after the first says nothing."""
        try:
            plan = self.block(statements, state)
        except Exception:
            if not self.problems:
                raise
        if self.problems:
            raise combined(self.problems) from None
        return plan

    def skipped(self, s: Stmt, state: State) -> Step:
        """A statement that is refused: what it reads is taken to have an adjoint, so that the lines before it are seen."""
        for name in sorted({n for e in operands(s) for n in names_in(e)}):
            if active(self.activities.read(s, name)) and not state.has(name):
                state.put(name)
        return Step(s)

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
        if certain(s):
            return Step(s, regions=(self.block(s.body, state), self.block(s.orelse, State())))
        if isinstance(s, Except) and not falls(s.body):
            return Step(s, regions=(self.block(s.body, State()), self.block(s.orelse, state)))
        other = state.copy()
        then, orelse = self.block(s.body, state), self.block(s.orelse, other)
        for region, here, there in ((then, state, other), (orelse, other, state)):
            for leaf in [x for x in there.groups if not here.has(x)]:
                region.tail.append(Assign(self.adjoint(leaf), self.zeros(s, leaf, False)))
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
                region.tail.append(Assign(self.adjoint(leaf), zero))
                start.put(leaf, sparse=True)
            joined = head.joined(start)
            if joined.same(head):
                break
            head = joined
        state.groups, state.sparse = head.groups, head.sparse
        lines: list[Stmt] = [Assign(self.adjoint(leaf), self.zeros(s, leaf, True)) for leaf in before]
        return Step(s, lines, (region,))

    def loop_target(self, s: For, state: State, region: Region) -> None:
        """What a `for` binds is inactive (loops.py)."""
        for name in flat(s.target):
            for leaf in [x for x in state.groups if name_of(x) == name]:
                assert not active(self.activities.written(s, name))
                state.drop(leaf)

    # -------------------------------------------------------------- assignments
    def assign(self, s: Assign, state: State) -> Step:
        if isinstance(s.target, str):
            match s.value:
                case Call(Method("pop"), (Ref(name), *rest)) if isinstance(self.types.read(s, name), List):
                    return self.pop(s, s.target, name, rest, state)
                case Call(Fn(value=helpers.take), (Ref(name), key)):
                    return self.take(s, s.target, name, key, state)
                case Call():
                    return self.call(s, s.target, s.value, state)
        parts: list[Part] = []
        killed: list[Leaf] = []
        self.match(s, s.target, s.value, state, parts, killed)
        return Step(s, self.apply(s, killed, parts, state))
