"""What the backward lines read of buffers that are written to, and what the statements write to them."""
from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from ..analyse.alias import Aliases, mutated
from ..analyse.containers import element_of, place_of, target_of
from ..analyse.integers import Linear
from ..analyse.reads import arrays_in, places_read
from ..analyse.types import Types
from ..ir.names import Namer
from ..ir.nodes import Attribute, Call, Expr, For, Function, If, Operator, Ref, Stmt, Store, While, With
from ..ir.tries import Except, Try
from ..ir.parts import type_of_part
from ..ir.types import Num, Type, is_cut
from ..ir.walk import certain, rewrite, root_of, statements
from .again import Again
from .leaves import below, name_of, path_of
from .plan import At, Region, Step
from .sections import Access, Loop, condition, satisfiable
from .state import Leaf
from .subscripts import Subscripts
from .versions import Use

Point = tuple[Step, tuple[Loop, ...], int]  # where lines are evaluated: the statement, the loops around, the place in the text


class Accesses(Again):
    """Numbers the statements, and finds the accesses; the base of contents.py."""

    def __init__(self, f: Function, types: Types, aliases: Aliases, namer: Namer) -> None:
        super().__init__(f, types, aliases, namer)
        self.number: dict[Step, int] = {}
        self.end: dict[Step, int] = {}
        self.starts: dict[Region, int] = {}
        self.nests: dict[Region, tuple[Loop, ...]] = {}
        self.homes: dict[Step, Region] = {}
        self.loops: dict[Step, Loop] = {}
        self.guarded: dict[Region, bool] = {}  # it may be left out
        self.branches: dict[Region, dict[Step, int]] = {}
        self.tests: dict[Step, Expr] = {}
        self.in_loop: dict[Region, bool] = {}
        self.places: dict[Step, tuple[Expr, Expr]] = {}  # base and key of a store, over versions

    # -------------------------------------------------------------- order
    def arrange(self, plan: Region) -> None:
        """The place of every statement in the text, and the loops and branches that it is in."""
        last = 0

        def walk(region: Region, nest: tuple[Loop, ...], branches: dict[Step, int], guarded: bool) -> None:
            nonlocal last
            self.guarded[region] = guarded
            self.starts[region], self.nests[region], self.branches[region] = last, nest, branches
            for step in region.steps:
                self.homes[step], self.number[step] = region, last
                last += 2
                loop = isinstance(step.stmt, For | While)
                if loop:
                    self.loops[step] = Loop(len(nest) + 1)
                for i, inner in enumerate(step.regions):
                    side = {step: i} if isinstance(step.stmt, If) and not isinstance(step.stmt, With | Try | Except) else {}
                    walk(inner, (*nest, self.loops[step]) if loop else nest, branches | side,
                         guarded or isinstance(step.stmt, If) and not certain(step.stmt))
                self.end[step] = last
                if loop:
                    self.loops[step].end = last

        walk(plan, (), {}, False)

    def point(self, step: Step) -> Point:
        """Where the lines of a statement are evaluated: those of a loop or branch when all inside is still done."""
        compound = isinstance(step.stmt, If | For | While)
        return step, self.nests[self.homes[step]], self.end[step] if compound else self.number[step]

    # -------------------------------------------------------------- accesses
    def reads(self, e: Expr, point: Point, region: Region) -> Iterator[Access]:
        """The buffers, and parts of containers, whose contents an expression over versions reads."""
        for place in places_read(self.unfold(e), self.is_array, self.is_part):
            keys: list[Expr | Attribute] = []
            while isinstance(place, Call) and self.leaf_at(place) is None:
                keys.insert(0, place.args[1] if place.target == Operator("getitem") else Attribute("T"))
                place = place.args[0]
            leaf = self.leaf_at(place)
            if leaf is not None and name_of(leaf) in self.aliases.stored:
                yield self.access(place, leaf, keys, point, region)

    def unfold(self, e: Expr) -> Expr:
        """The expression with all that is evaluated again written out."""
        return rewrite(e, lambda x: self.unfold(x.version.again) if isinstance(x, Use) and x.version.again is not None else x)

    def access(self, root: Expr, leaf: Leaf, keys: list[Expr | Attribute], point: Point, region: Region) -> Access:
        """The section of what a leaf holds that the subscripts `keys` select."""
        step, nest, number = point
        branches = self.branches[region]
        use = root
        while isinstance(use, Call):
            use = use.args[0]
        version = use.version if isinstance(use, Use) else None
        if isinstance(use, Use) and use.out and not isinstance(step.stmt, If | For | While):
            number += 1  # the lines of a loop or branch are evaluated at its end as it is
        if version is None or self.crowded:
            return Access(step, leaf, None, nest, branches, number)
        facts = [s for loop in nest for s in loop.facts()]
        facts += [condition(self.tests[x], side == 0) for x, side in branches.items() if x in self.tests]

        def sure(e: Linear) -> bool:
            return e.const >= 0 if not e.terms else not satisfiable([*facts, ((), (-e - 1,))])

        axes = Subscripts(version, type_of_part(version.type, path_of(leaf)), sure).read(keys)
        return Access(step, leaf, version, nest, branches, number, axes, tuple(s for s in facts if s != ((), ())))

    @cached_property
    def crowded(self) -> bool:
        """There are too many stores to compare each with each read."""
        return sum(1 for x in statements(self.f.body) if isinstance(x, Store)) > 150

    def write(self, step: Step) -> Access | None:
        """What a statement writes to."""
        s = step.stmt
        leaf = self.written(s)
        if leaf is None:
            return None
        region = self.homes[step]
        point = step, self.nests[region], self.number[step]
        if not isinstance(s, Store):
            return Access(step, leaf, None, point[1], self.branches[region], point[2])
        base, key = self.places[step]
        keys: list[Expr | Attribute] = [key]
        while isinstance(base, Call) and self.leaf_at(base) != leaf:
            view = base.target in (Operator("getitem"), Attribute("T"))
            keys = [base.args[1] if base.target == Operator("getitem") else Attribute("T"), *keys] if view else []
            base = base.args[0]
        if self.leaf_at(base) != leaf:
            return Access(step, leaf, None, point[1], self.branches[region], point[2])
        return self.access(base, leaf, keys, point, region)

    def written(self, s: Stmt) -> Leaf | None:
        if isinstance(s, Store):
            target = target_of(s, self.types.read(s, root_of(s.base) or ""))
            return (target.name, *target.path) if target.path else target.name
        return mutated(s)

    # -------------------------------------------------------------- what expressions are
    def leaf_at(self, e: Expr) -> Leaf | None:
        """The name, or the part of what it holds, that an expression is."""
        if isinstance(e, At | Ref):
            return e.name
        if isinstance(e, Use):
            return e.version.name
        place = place_of(e) if isinstance(e, Call) else None
        base = None if place is None else self.leaf_at(place[0])
        if place is None or base is None:
            return None
        found = {element_of(type_of_part(t, path_of(base)), place[1]) for t in self.kinds.get(name_of(base), ())}
        element = found.pop() if len(found) == 1 else None
        return None if element is None else below(base, element)

    def is_part(self, e: Expr) -> bool:
        return isinstance(e, Call) and self.leaf_at(e) is not None

    def is_array(self, e: Expr) -> bool:
        """What an expression stands for has the same shape and dtype wherever it stands."""
        leaf = self.leaf_at(e)
        if leaf is None or isinstance(leaf, str):
            return leaf in self.arrays
        found = {type_of_part(t, path_of(leaf)) for t in self.kinds[leaf[0]]}
        return len(found) == 1 and all(isinstance(t, Num) and t.exact and not any(map(is_cut, t.dims or ())) for t in found)

    @cached_property
    def kinds(self) -> dict[str, set[Type]]:
        """The types that each name ever has."""
        found: dict[str, set[Type]] = {}
        for facts in (self.types.before, self.types.after, self.types.body):
            for env in facts.values():
                for name, t in env.items():
                    found.setdefault(name, set()).add(t)
        return found

    @cached_property
    def arrays(self) -> frozenset[str]:
        """The names that only ever hold arrays and numbers."""
        return arrays_in(self.types)
