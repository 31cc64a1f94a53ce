"""What is known, while generating the backward sweep, of each adjoint at the current place.

A leaf is a name, or a part of a tuple (`("t", 0)`): the adjoint of a tuple is never built, its parts are variables. An
adjoint is absent (zero, and no code says so), or present in a group: adjoints of one group may be the same memory, group 0
is memory of somebody else (a seed, a broadcast, a view). In-place `+=` needs a group of its own.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Leaf = Any  # str, or (str, int, ...)
FOREIGN = 0


@dataclass
class State:
    """`groups`: the present adjoints; `sparse`: those that may hold structural zeros."""

    groups: dict[Leaf, int] = field(default_factory=dict)
    sparse: set[Leaf] = field(default_factory=set)
    count: list[int] = field(default_factory=lambda: [FOREIGN])

    def copy(self) -> State:
        return State(dict(self.groups), set(self.sparse), self.count)

    def has(self, leaf: Leaf) -> bool:
        return leaf in self.groups

    def owned(self, leaf: Leaf) -> bool:
        """In-place addition is seen by nobody else."""
        group = self.groups[leaf]
        return group != FOREIGN and sum(g == group for g in self.groups.values()) == 1

    def new_group(self) -> int:
        self.count[0] += 1
        return self.count[0]

    def put(self, leaf: Leaf, group: int | None = None, sparse: bool = False) -> None:
        """The adjoint has a value now: new memory, unless a group is given."""
        self.groups[leaf] = self.new_group() if group is None else group
        self.sparse.discard(leaf)
        if sparse:
            self.sparse.add(leaf)

    def drop(self, leaf: Leaf) -> None:
        self.groups.pop(leaf, None)
        self.sparse.discard(leaf)

    def joined(self, other: State) -> State:
        """Covers both, for two states with the same adjoints present: memory shared in either is shared."""
        out = State({}, self.sparse | other.sparse, self.count)
        seen: dict[tuple[int, int], int] = {}
        for leaf, group in self.groups.items():
            pair = (group, other.groups[leaf])
            if FOREIGN in pair:
                out.groups[leaf] = FOREIGN
            else:
                out.groups[leaf] = seen.setdefault(pair, self.new_group())
        # two leaves that share on one side only must share in the result
        for side in (self.groups, other.groups):
            first: dict[int, Leaf] = {}
            for leaf, group in side.items():
                if group == FOREIGN or leaf not in out.groups:
                    continue
                mate = first.setdefault(group, leaf)
                old, new = out.groups[leaf], out.groups[mate]
                if old != new:
                    for name, g in out.groups.items():
                        if g == old:
                            out.groups[name] = new
        return out

    def same(self, other: State) -> bool:
        """Equal up to the numbering of groups."""
        if self.groups.keys() != other.groups.keys() or self.sparse != other.sparse:
            return False
        there: dict[int, int] = {}
        back: dict[int, int] = {}
        for leaf, group in self.groups.items():
            mate = other.groups[leaf]
            if (group == FOREIGN) != (mate == FOREIGN):
                return False
            if there.setdefault(group, mate) != mate or back.setdefault(mate, group) != group:
                return False
        return True
