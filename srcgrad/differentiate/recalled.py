"""Values that need not be saved because a buffer holds them: `t = ...; a[i, j] = t` leaves t in a[i, j].

Where the place is not written to again (or is put back before), the backward sweep looks there.
"""
from __future__ import annotations

from ..ir.nodes import Assign, Ref, Store, slot as slot_at
from ..ir.types import Num, same_dims
from .plan import Region, Step
from .recomputed import Recomputed
from .sections import Access, follows, meet
from .contents import overlap
from .leaves import name_of
from .typed import type_at
from .versions import Version, at


class Recalled(Recomputed):
    """Finds such values; a base of the engine in saved.py."""

    def recall(self, plan: Region) -> None:
        uses = self.uses(plan)
        for step in plan.walk():
            v = self.stored.get(step)
            if v is not None and v in uses and v.again is None and v.lost is None and v.load is None:
                self.recall_from(step, v, uses[v])

    def recall_from(self, step: Step, v: Version, uses: list[Step]) -> None:
        """Where a store leaves the value, and all that reads it is in the block of the store."""
        s, home = step.stmt, self.homes[step]
        write = self.write(step)
        assert isinstance(s, Store) and write is not None
        if v.home is not home or any(self.homes[x] is not home for x in uses) or not self.keeps(s, v):
            return
        after = Access(step, write.leaf, write.root, write.nest, write.branches, write.number + 1, write.axes, write.facts)
        others = [w for w in self.written_to[name_of(write.leaf)] if overlap(w.leaf, write.leaf)]
        if any(w.step not in self.restored and follows(w, after) for w in others):
            return
        first, last = (f(self.number[x] for x in uses) for f in (min, max))
        free = step not in self.restored and not any(
            w.step is not step and w.nest[:len(write.nest)] == write.nest and first <= w.number <= max(last, write.number)
            and meet(w, after, len(write.nest), ordered=False) for w in others)
        slot = slot_at(*self.places[step])
        if free and (len(uses) == 1 or last > self.number[step]):
            v.again = slot
        elif last <= self.number[step] and (free or isinstance(v.type, Num) and v.type.scalar):
            v.recalled = True
            step.lines.insert(0, Assign(v.name, slot, origin=s.origin))

    def keeps(self, s: Store, v: Version) -> bool:
        """What is stored is there as it was: nothing is converted, nothing broadcast."""
        t = type_at(self.types, s)(slot_at(at(s.base), at(s.key)))
        if s.op is not None or not isinstance(s.value, Ref) or not isinstance(t, Num) or not isinstance(v.type, Num):
            return False
        same = t.dtype is not None and t.dtype == v.type.dtype
        return same and t.kind == v.type.kind and (t.kind == "scalar" or t.kind == "array" and same_dims(t, v.type))
