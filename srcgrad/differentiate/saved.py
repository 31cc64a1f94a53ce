"""Which values of the forward sweep the backward lines read, and where they find them (to be recorded, TBR).

Every assignment makes a version of its name; so do the ends of branches and loops, and the start of a loop's body. A version
that a backward line reads is found

    under its own name      where no later statement of its block binds the name again
    under `x_in`            else: `x_in = x` goes right before the statement that does
    on the tape             for the versions of a loop's body (or of a branch in one): one append at the end of the
                            block's forward sweep, one pop at the start of its backward sweep

Temporaries that are cheap to evaluate again (subscripts, shapes, comparisons of numbers) are written out where they are
read.
Contents of buffers are not versioned (contents.py).
"""
from __future__ import annotations

from ..analyse.alias import Aliases
from ..analyse.saving import SavedFact
from ..analyse.types import Types
from ..ir.names import Namer
from ..ir.nodes import Expr, Function, Stmt
from ..ir.walk import expressions, map_blocks, map_operands, rewrite
from .kept import part_from_calls
from .plan import Region, Step
from .recalled import Recalled
from .versions import Saved, Use, Version, nothing


def decide(f: Function, plan: Region, types: Types, aliases: Aliases, counters: dict[Stmt, str], namer: Namer) -> Saved:
    """Resolves every `At` of the plan, in place, and says what has to be saved."""
    engine = _Decide(f, types, aliases, counters, namer)
    engine.disturbing, engine.saved.kept = part_from_calls(plan, aliases, types)
    engine.arrange(plan)
    engine.visit_function(plan)
    engine.contents(plan)
    return engine.finish(plan)


class _Decide(Recalled):
    def use(self, e: Expr) -> Expr:
        """The expression as it is evaluated; what it reads is needed."""
        def change(x: Expr) -> Expr:
            if not isinstance(x, Use):
                return x
            if x.version.again is not None:
                return self.use(x.version.again)
            x.version.needed = True
            return x
        return rewrite(e, change)

    def use_in(self, s: Stmt) -> Stmt:
        return map_blocks(map_operands(s, self.use), lambda b: tuple(map(self.use_in, b)))

    # -------------------------------------------------------------- decisions
    def finish(self, plan: Region) -> Saved:
        if self.written_to:
            self.recompute(plan)
            self.recall(plan)
        self.mark(plan)
        read = self.read_where(plan)
        following = self.following()
        loaded = self.loaded()
        for v in self.versions:
            if not v.needed or v in following:
                continue
            v.hold = v.name
            if v.recalled:
                continue
            if v in loaded:
                v.hold = v.name if v.lost is None else self.namer.fresh(f"{v.name}_in")
                self.saved.loads.setdefault(v.home, []).append(v)
                continue
            if v.lost is not None:
                v.hold = self.namer.fresh(f"{v.name}_in")
                self.saved.holds.setdefault(v.lost, []).append(v)
            if self.in_loop[v.home] and not (v.given and v.lost is None):
                self.saved.tapes.setdefault(v.home, []).append(v)
            if not v.bound and v.name not in self.saved.unbound:
                self.saved.unbound[v.name] = nothing(self.types, v.name)
        for v in reversed(following):
            assert v.into is not None
            v.hold = v.into.hold
        self.saved.facts = tuple(self.fact(v, read) for v in self.versions if self.is_saved(v))
        return self.saved

    def is_saved(self, v: Version) -> bool:
        kept = any(v in found for found in (self.saved.tapes.get(v.home, ()), self.saved.holds.get(v.lost, ()) if v.lost else ()))
        return kept or v.needed and v.of is not None

    def fact(self, v: Version, read: dict[Version, list[Step]]) -> SavedFact:
        """Why a version is saved, over the user's lines."""
        reader = self.readers.get(v.made) if v.made is not None and v.of is not None else None
        steps = read.get(v, []) if reader is None else [reader]
        lost = v.made if v.of is not None else v.lost
        return SavedFact(v.of or v.name, v.hold or v.name, reader is not None, tuple(x.stmt.origin for x in steps),
                         None if lost is None else lost.stmt.origin, v in self.saved.tapes.get(v.home, ()))

    def read_where(self, plan: Region) -> dict[Version, list[Step]]:
        """The statements whose lines read each version."""
        found: dict[Version, list[Step]] = {}
        for step in plan.walk():
            tails = [line for region in step.regions for line in region.tail]
            for e in (*self.evaluated(step), *self.operands_in(tails)):
                for v in {x.version for x in expressions(e) if isinstance(x, Use)}:
                    found.setdefault(v, []).append(step)
        return found

    def loaded(self) -> set[Version]:
        """Versions that a loop's backward sweep looks up again; what it needs for that is marked."""
        found = set()
        for v in reversed(self.versions):
            if v.needed and v.load is not None and self.in_loop[v.home] and v.into is None:
                v.load = self.use(v.load)
                found.add(v)
        return found

    def following(self) -> list[Version]:
        """Versions made in a branch that is no loop's, which are found where what the branches end with is found: a
        statement behind the branch may bind the name again."""
        found = []
        for v in self.versions:  # in order of their making: a version comes before what it becomes part of
            if v.needed and v.lost is None and v.into is not None and not self.in_loop[v.home]:
                v.into.needed = True
                found.append(v)
        return found

    def mark(self, plan: Region) -> None:
        """What lines evaluate is needed; tests and loop headers where there is something to do inside."""
        plan.tail[:] = map(self.use_in, plan.tail)
        for step in plan.walk():
            step.lines = [self.use_in(s) for s in step.lines]
            for region in step.regions:
                region.tail[:] = map(self.use_in, region.tail)
            inside = any(region.lines() for region in step.regions)
            step.test = self.use(step.test) if inside and step.test is not None else None
            step.header = self.use(step.header) if inside and step.header is not None else None
