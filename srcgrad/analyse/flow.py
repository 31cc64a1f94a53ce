"""Forward data flow over the structured statement list.

An environment maps names to abstract values. `run` visits statements in order, joins at the ends of branches, and
iterates loops to a fixed point; `None` stands for a place that is not reached (after a break).
"""
from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ..ir.nodes import Block, Break, For, If, Stmt, While, With
from ..ir.tries import Try
from ..ir.walk import bound, falls, statements

V = TypeVar("V")
Env = dict[str, V]

ROUNDS = 8  # after so many visits of a loop, values that still change are widened to `top`


@dataclass
class Flow(Generic[V]):
    """One analysis: how values join, and what a simple statement (or the head of a loop) does to an environment.

    `transfer(statement, env)` returns the environment after a simple statement, or, for a For, that at the start of its
    body; it may record facts: the last visit of a statement sees the fixed point. It may change the environment it is
    given (and return that), so what it or `leave` records of it has to be a copy.
    """

    transfer: Callable[[Stmt, Env[V]], Env[V]]
    join: Callable[[V, V], V]
    missing: V  # the value of a name that is not bound on one of two joining paths
    top: V | None = None  # what values that keep changing in a loop are widened to; None: they can only change so often
    leave: Callable[[Stmt, Env[V]], None] = lambda s, env: None  # told the environment after a compound statement
    exits: list[list[Env[V]]] = field(default_factory=list)

    def run(self, block: Block, env: Env[V] | None) -> Env[V] | None:
        """The environment after a block, None where its end is not reached."""
        for s in block:
            if env is None:
                return None
            env = self.step(s, env)
        return env

    def step(self, s: Stmt, env: Env[V]) -> Env[V] | None:
        match s:
            case Break():
                self.exits[-1].append(env)
                return None
            case With(safe=True):
                return self.left(s, self.run(s.body, self.transfer(s, env)))
            case Try():
                env = self.transfer(s, env)
                start = dict(env)
                end = self.run(s.body, env)
                between = self.merge(start, end) or start  # wherever the body was left
                if self.top is not None:
                    between.update(dict.fromkeys(_often(s.body), self.top))
                handled = self.run(s.orelse, between)
                return self.left(s, self.merge(end, handled if falls(s.orelse) else None))
            case If():
                env = self.transfer(s, env)
                return self.left(s, self.merge(self.run(s.body, dict(env)), self.run(s.orelse, env)))
            case For() | While():
                return self.left(s, self.loop(s, env))
        return self.transfer(s, env)

    def left(self, s: Stmt, env: Env[V] | None) -> Env[V] | None:
        if env is not None:
            self.leave(s, env)
        return env

    def loop(self, s: For | While, env: Env[V]) -> Env[V] | None:
        head = env
        for count in itertools.count():
            self.exits.append([])
            end = self.run(s.body, self.transfer(s, dict(head)))
            exits = self.exits.pop()
            new = head if end is None else self.merge(head, end)
            assert new is not None
            if count >= ROUNDS and self.top is not None:
                new = {name: value if head.get(name) == value else self.top for name, value in new.items()}
            if new == head:
                break
            head = new
        out: Env[V] | None = head
        for other in exits:
            out = self.merge(out, other)
        return out

    def merge(self, a: Env[V] | None, b: Env[V] | None) -> Env[V] | None:
        if a is None or b is None or a is b:
            return b if a is None else a
        out = {}
        for name in {**a, **b}:
            x, y = a.get(name, self.missing), b.get(name, self.missing)
            out[name] = x if x is y else self.join(x, y)
        return out


def _often(block: Block) -> set[str]:
    """The names that are bound in more than one place."""
    counts = Counter(n for s in statements(block) for n in bound(s))
    return {n for n, count in counts.items() if count > 1}
