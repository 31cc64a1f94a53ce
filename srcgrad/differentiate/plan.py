"""The plan of a reverse sweep: each statement with the lines that undo it.

Backward lines are ordinary statements, except that they name values of the forward sweep by `At(name, out)`: the value of
`name` before the statement they belong to (out=False) or after it (out=True). `saved.py` decides under which name that
value will be found when the line runs, and turns every `At` into a `Ref`.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from ..ir.nodes import Expr, Stmt
from ..ir.record import dataclass


@dataclass(frozen=True)
class At(Expr):
    """The value a name has in the forward sweep, before or after the statement at hand."""

    name: str
    out: bool = False


@dataclass(eq=False)
class Region:
    """A block of the plan. `tail`: lines at the end of its backward sweep; they see the values at its entry."""

    steps: list[Step] = field(default_factory=list)
    tail: list[Stmt] = field(default_factory=list)

    def lines(self) -> bool:
        """Whether there is anything to do in the backward sweep."""
        return bool(self.tail) or any(step.back() for step in self.steps)

    def walk(self) -> Iterator[Step]:
        for step in self.steps:
            yield step
            for region in step.regions:
                yield from region.walk()


@dataclass(eq=False)
class Step:
    """One statement. `lines` run before those of the regions inside (a loop's or branch's own), in backward order;
    `forward` replaces the statement in the forward sweep, where it binds more names (`binds`); `test` and `header` are
    what the mirrored branch or loop evaluates; `counted`: of a `for`, only the number of trips is known then; `keeps`: the
    arguments of a call that what it saves may be views of, by position, -1 for its result; `view`: its result may
    be a view of arguments."""

    stmt: Stmt
    lines: list[Stmt] = field(default_factory=list)
    regions: tuple[Region, ...] = ()
    forward: list[Stmt] | None = None
    binds: tuple[str, ...] = ()
    test: Expr | None = None
    header: Expr | None = None
    counted: bool = False
    keeps: frozenset[int] = frozenset()
    view: bool = True

    def back(self) -> bool:
        return bool(self.lines) or any(region.lines() for region in self.regions)
