"""Why the forward sweep saves what it saves."""
from __future__ import annotations

from dataclasses import dataclass

from ..ir.nodes import Function
from ..ir.source import Origin
from ..ir.walk import bound, statements


@dataclass(frozen=True)
class SavedFact:
    """One thing that the backward sweep finds only because it was saved.

    `name`: the variable, or the buffer a section of which is overwritten; `held`: what generated code calls it; `contents`:
    it is a section, as it was before the store at `lost`; `read`: the statements whose backward lines read it; `lost`: the
    statement that binds the variable again or overwrites the section, None where only the next trip of a loop does; `trips`:
    it is saved in every trip.
    """

    name: str
    held: str
    contents: bool
    read: tuple[Origin, ...]
    lost: Origin | None
    trips: bool

    @property
    def reason(self) -> str:
        """In words: `u[...] is overwritten in line 7, and read by the backward part of line 6`."""
        readers = ", ".join(str(n) for n in sorted({o.line for o in self.read}))
        what = f"{self.name}[...]" if self.contents else self.name
        end = f"is overwritten in line {self.lost.line}" if self.contents and self.lost else \
            f"is bound again in line {self.lost.line}" if self.lost else "is another in every trip"
        return f"{what} {end}, and read by the backward part of line{'s' * (',' in readers)} {readers}"


def saved_facts(joint: Function) -> tuple[SavedFact, ...]:
    """What a generated adjoint function saves, and why; what the optimiser found to be saved in vain is left out."""
    names = {n for s in statements(joint.body) for n in bound(s)} | {p.name for p in joint.params}
    found: tuple[SavedFact, ...] = joint.notes.get("saved", ())
    return tuple(x for x in found if x.held in names)
