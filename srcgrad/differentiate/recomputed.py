"""Arrays that a step computes from its state are computed again, where that saves memory: the state is saved once, instead of
everything that was made from it.

    t = dt * u[1:-1]                          the tape holds u[1:-1], and not t and t_2; the backward
    t_2 = u[2:] - u[:-2]                      lines read u[1:-1] and u[2:] - u[:-2]
    u[1:-1] -= t * t_2
"""
from __future__ import annotations

from ..ir.nodes import Assign, Expr, Store
from ..ir.walk import expressions, rewrite
from .contents import overlap
from .leaves import name_of
from .plan import Region, Step
from .renaming import Renaming
from .sections import follows
from .versions import Use, Version

MOST = 6  # operations that are done again for one array


class Recomputed(Renaming):
    """Chooses such arrays; a base of the engine in saved.py."""

    def recompute(self, plan: Region) -> None:
        """Arrays for which nothing more has to be saved, or several for each section that then is."""
        uses = self.uses(plan)
        formulas = {v: e for v in uses if self.on_tape(v) and (e := self.formula_of(v, uses)) is not None}
        found = {v: cost for v, e in formulas.items() if (cost := self.added(v, e, uses[v])) is not None}
        groups = sorted({frozenset(cost) for cost in found.values()}, key=lambda g: (len(g), sorted(self.number[x] for x in g)))
        paid: frozenset[Step] = frozenset()
        for group in groups:
            members = [v for v, cost in found.items() if cost <= group | paid]
            if len(group - paid) < len(members):
                for v in members:
                    del found[v]
                    self.compute_again(v, formulas[v], uses[v])
                self.restore(sorted(group - paid, key=lambda x: self.number[x]))
                paid |= group

    def uses(self, plan: Region) -> dict[Version, list[Step]]:
        """The statements whose lines read a version; those of versions that are read elsewhere too are left out."""
        found: dict[Version, list[Step]] = {}
        elsewhere: set[Version] = set()
        for step in plan.walk():
            for e in self.evaluated(step):
                for v in self.versions_in(e):
                    found.setdefault(v, []).append(step)
            for region in step.regions:
                elsewhere.update(v for line in region.tail for e in self.operands_in([line]) for v in self.versions_in(e))
            if step.regions:
                elsewhere.update(v for e in (*self.operands_in(step.lines), step.test, step.header) if e is not None
                                 for v in self.versions_in(e))
        elsewhere.update(x for v in self.versions if v.load is not None for x in self.versions_in(v.load))
        return {v: steps for v, steps in found.items() if v not in elsewhere}

    def versions_in(self, e: Expr) -> list[Version]:
        return [x.version for x in expressions(self.unfold(e)) if isinstance(x, Use)]

    def on_tape(self, v: Version) -> bool:
        """The version would be saved in every trip of a loop."""
        return self.in_loop[v.home] and v.formula is not None and v.again is None and v.lost is None and v.load is None \
            and v.name not in self.aliases.written and v not in self.stored.values()

    def formula_of(self, v: Version, uses: dict[Version, list[Step]]) -> Expr | None:
        """How to compute the version from what is there in the backward sweep; None where that takes too much."""
        left = MOST

        def written_out(x: Expr) -> Expr:
            nonlocal left
            if isinstance(x, Use) and x.version.again is not None:
                return rewrite(x.version.again, written_out)
            if not isinstance(x, Use) or x.version.formula is None or x.version in uses and not self.on_tape(x.version):
                return x
            left -= 1
            return rewrite(x.version.formula, written_out) if left >= 0 else x

        e = written_out(Use(v))
        read = {x.version for x in expressions(e) if isinstance(x, Use)}
        there = all(x in uses and not self.on_tape(x) or x.given or not self.in_loop[x.home] and x.lost is None for x in read)
        return e if left >= 0 and there else None

    def added(self, v: Version, formula: Expr, steps: list[Step]) -> set[Step] | None:
        """The stores that would have to save what they overwrite; None where that is no gain."""
        made = Version(v.name, v.home, v.nest, made=v.made, again=formula)
        if any(self.homes[x] is not v.home or self.stale(made, self.point(x)) for x in steps):
            return None
        found: set[Step] = set()
        for read in (access for x in steps for access in self.reads(formula, self.point(x), v.home)):
            for write in self.written_to.get(name_of(read.leaf), ()):
                if write.step in self.restored or not overlap(read.leaf, write.leaf) or not follows(write, read):
                    continue
                if not isinstance(write.step.stmt, Store) or len(write.nest) > v.nest:
                    return None
                found.add(write.step)
        return found

    def compute_again(self, v: Version, formula: Expr, steps: list[Step]) -> None:
        """Where a line reads it, or, if several do, before the first of them."""
        if len(steps) == 1:
            v.again = formula
            return
        v.recalled = True
        last = max(steps, key=lambda x: self.number[x])
        last.lines.insert(1 if last in self.restored else 0, Assign(v.name, formula, origin=last.stmt.origin))
