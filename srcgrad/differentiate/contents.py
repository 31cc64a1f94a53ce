"""Contents of buffers in the backward sweep.

Buffers that are written to are not versioned: a store saves the section it overwrites if a line may still read what stood
there, and its backward part puts it back, so that on the way back contents are as they were on the way out.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from ..analyse.containers import target_of
from ..analyse.memory import no_memory
from ..ir.nodes import (
    Assign, Attribute, Call, Const, Effect, Expr, Method, Operator, Ref, Stmt, Store, slot as slot_at,
)
from ..ir.parts import type_of_part
from ..ir.tries import Try
from ..ir.types import Dict, List, Num
from ..ir.walk import certain, expressions, map_blocks, map_operands, operands, rewrite, root_of, statements
from ..errors import UnsupportedSyntax
from .accesses import Point
from .inline import helper, specialise
from .leaves import name_of, path_of
from .plan import At, Region, Step
from .sections import Access, exclusive, follows, meet
from .shapes import Shapes
from .state import Leaf
from .typed import type_at
from .versions import Use, Version, at


class Contents(Shapes):
    """What concerns contents; the base of the engine in saved.py."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.written_to: dict[str, list[Access]] = {}
        self.held: dict[Step, Version] = {}  # what a statement modifies, and pops
        self.popped: dict[Step, Version] = {}
        self.stored: dict[Step, Version] = {}  # what a store writes
        self.versions: list[Version] = []
        self.restored: set[Step] = set()
        self.readers: dict[Step, Step] = {}  # for what is put back: whose lines read it
        self.disturbing: set[Step] = set()  # steps that write to what a call has saved

    def contents(self, plan: Region) -> None:
        """Stores that must put back what they overwrote: a line may read the buffer's contents of before."""
        for step in plan.walk():
            access = self.write(step)
            if access is not None:
                self.written_to.setdefault(name_of(access.leaf), []).append(access)
        self.compound = [step for step in plan.walk() if step.regions]
        for step in plan.walk():
            step.lines = [_mapped(line, self.shapes) for line in step.lines]
        if not self.written_to:
            return
        for step in plan.walk():
            self.keep_current(step)
        self.restore([step for step in plan.walk() if step in self.disturbing])
        self.restore_for([*self.read_by(plan)])

    def restore_for(self, reads: list[Access]) -> None:
        while reads:
            read = reads.pop()
            for write in self.written_to.get(name_of(read.leaf), ()):
                if write.step not in self.restored and overlap(read.leaf, write.leaf) and follows(write, read):
                    self.readers.setdefault(write.step, read.step)
                    self.restore([write.step])

    def restore(self, steps: list[Step]) -> None:
        """What these statements overwrite is saved and put back."""
        for step in steps:
            leaf = self.written(step.stmt)
            assert leaf is not None
            if step in self.restored:
                continue
            self.restored.add(step)
            self.put_back(step, name_of(leaf))
            self.restore_for([*self.read_to_restore(step), *self.read_on_the_way(step)])

    def read_on_the_way(self, step: Step) -> Iterator[Access]:
        """What the tests and headers around a statement read, which has something to do in the backward sweep now."""
        for outer in self.compound:
            if any(inner is step for region in outer.regions for inner in region.walk()):
                for e in (outer.test, outer.header):
                    if e is not None:
                        yield from self.reads(e, self.point(outer), self.homes[outer])

    def read_by(self, plan: Region) -> Iterator[Access]:
        """All that the backward lines read."""
        for step in plan.walk():
            region, point = self.homes[step], self.point(step)
            for e in self.evaluated(step):
                yield from self.reads(e, point, region)
            for inner in step.regions:
                entry = step, self.nests[inner], self.starts[inner]
                for e in self.operands_in(inner.tail):
                    yield from self.reads(e, entry, inner)

    @cached_property
    def places_written(self) -> set[Stmt]:
        """The statements that may come to put something back."""
        return {write.step.stmt for found in self.written_to.values() for write in found}

    def evaluated(self, step: Step) -> Iterator[Expr]:
        """The expressions that the backward part of a statement evaluates, blocks inside left out."""
        yield from self.operands_in(step.lines)
        if any(r.lines() or any(x.stmt in self.places_written for x in r.walk()) for r in step.regions):
            yield from (e for e in (step.test, step.header) if e is not None)

    def operands_in(self, lines: list[Stmt]) -> Iterator[Expr]:
        return (e for s in statements(tuple(lines)) for e in operands(s))

    def read_to_restore(self, step: Step) -> Iterator[Access]:
        """What putting contents back reads of other buffers: index arrays, and the containers on the way."""
        if step not in self.places:
            return
        base, key = self.places[step]
        region, point = self.homes[step], self.point(step)
        yield from self.reads(key, point, region)
        while isinstance(base, Call):
            for e in base.args[1:]:
                yield from self.reads(e, point, region)
            if base.target in (Operator("getitem"), Attribute("T")) or isinstance(base.target, Attribute):
                root = base.args[0]
                while isinstance(root, Call) and root.args:
                    root = root.args[0]
                if not (isinstance(root, Use) and isinstance(root.version.type, Num)):
                    yield from self.reads(base, point, region)
            base = base.args[0] if base.args else Const(None)

    # -------------------------------------------------------------- values that writes change
    def keep_current(self, step: Step) -> None:
        """A temporary that cannot be evaluated again, because what it is read from is written to before the lines of a
        statement run: a copy of it is kept there."""
        kept: dict[Version, Version] = {}
        point = self.point(step)

        def change(x: Expr) -> Expr:
            if not isinstance(x, Use) or x.version.again is None or not self.stale(x.version, point):
                return x
            if x.version not in kept:
                value = Ref(x.version.name)
                kept[x.version] = self.keep(step, value.name, value if no_memory(x.version.type) else helper("copy", value))
            return Use(kept[x.version])

        step.lines = [_mapped(line, lambda e: rewrite(e, change)) for line in step.lines]
        for name in ("test", "header"):
            e = getattr(step, name)
            if e is not None:
                setattr(step, name, rewrite(e, change))

    def stale(self, v: Version, point: Point) -> bool:
        """What a version would be evaluated from may be another by then."""
        assert v.again is not None and v.made is not None
        inner = [x.version for x in expressions(v.again) if isinstance(x, Use)]
        if any(x.again is not None and self.stale(x, point) for x in inner):
            return True
        region = self.homes[v.made]
        nest = self.nests[region]
        end = point[2] if len(point[1]) <= len(nest) else point[1][len(nest)].end
        if v.view:
            return False  # it is read as it is by then
        made = v.made, nest, self.number[v.made]
        return any(write.nest[:len(nest)] == nest and made[2] <= write.number < end and not exclusive(write, read)
                   and overlap(read.leaf, write.leaf) and meet(write, read, len(nest), ordered=False)
                   for read in self.reads(v.again, made, region) for write in self.written_to.get(name_of(read.leaf), ()))

    def keep(self, step: Step, name: str, value: Expr) -> Version:
        """A new name for a value as it is before a statement, for the backward sweep."""
        region = self.homes[step]
        kept = Version(self.namer.fresh(f"{name}_old"), region, len(self.nests[region]), made=step,
                       bound=self.in_loop[region] or not self.guarded[region])
        kept.of = name
        self.versions.append(kept)
        self.saved.before.setdefault(step, []).append(Assign(kept.name, value, origin=step.stmt.origin))
        return kept

    # -------------------------------------------------------------- putting back
    def put_back(self, step: Step, name: str) -> None:
        """Saves the section a store overwrites, and restores it first thing in its backward part."""
        s = step.stmt
        if s in self.caught:
            raise UnsupportedSyntax(f"in {self.f.name}: a write in place in a `try` that catches an exception, to what is "
                                    "needed to go backwards, is not supported", filename=s.origin.filename,
                                    lineno=s.origin.line, offset=s.origin.column, hint="move it out of the `try`")
        if isinstance(s, Store) and self.makes(s):
            undo = Effect("expr", (Call(Method("pop"), self.places[step]),), origin=s.origin)
            step.lines.insert(self.after_reads(step, name), undo)
        elif isinstance(s, Store) and self.may_make(s):
            self.put_all_back(step, name)
        elif isinstance(s, Store):
            slot = slot_at(s.base, s.key)
            target = target_of(s, self.types.read(s, name))
            box = type_of_part(self.types.read(s, name), target.path)
            replaced = isinstance(box, List) and not target.views and s.op is None  # by another item
            kept = target.component or replaced
            value: Expr = slot if kept else self.taken(s)
            old = self.keep(step, name, value)
            step.lines.insert(0, Store(*self.places[step], Use(old), origin=s.origin))
        elif not _at_the_end(s):
            self.put_all_back(step, name)
        elif isinstance(s, Effect):  # append
            undo = Effect("expr", (Call(Method("pop"), (Use(self.held[step]),)),), origin=s.origin)
            step.lines.insert(self.after_reads(step, name), undo)
        elif isinstance(s, Assign) and isinstance(s.target, str):  # pop
            undo = Effect("expr", (Call(Method("append"), (Use(self.held[step]), Use(self.popped[step]))),), origin=s.origin)
            step.lines.insert(self.after_reads(step, name), undo)

    @cached_property
    def caught(self) -> set[Stmt]:
        """The statements that an exception may keep from being reached, unseen."""
        return {x for s in statements(self.f.body) if isinstance(s, Try) and not certain(s) for x in statements(s.body)}

    def taken(self, s: Store) -> Expr:
        """What stands where a store writes to, in memory of its own."""
        known = type_at(self.types, s)
        taken = specialise(helper("copy", slot_at(at(s.base), at(s.key))), known)
        return rewrite(taken, lambda x: Ref(x.name) if isinstance(x, At) else x)

    def makes(self, s: Store) -> bool:
        """The store gives a dict a new key."""
        t = self.types.read(s, root_of(s.base) or "")
        target = target_of(s, t)
        parent = type_of_part(t, target.path[:-1])
        return target.component and isinstance(parent, Dict) and target.path[-1] not in dict(parent.items)

    def may_make(self, s: Store) -> bool:
        """The store may give a dict whose keys are known at run time only a new one."""
        t = self.types.read(s, root_of(s.base) or "")
        parent = type_of_part(t, target_of(s, t).path)
        return isinstance(parent, Dict) and parent.whole

    def put_all_back(self, step: Step, name: str) -> None:
        """What a method did to a container, undone from a copy of the container."""
        old = self.keep(step, name, helper("snapshot", Ref(name)))
        undo = Effect("expr", (helper("put_back", Use(self.held[step]), Use(old)),), origin=step.stmt.origin)
        step.lines.insert(self.after_reads(step, name), undo)

    def after_reads(self, step: Step, name: str) -> int:
        """The place behind the last line that reads the contents as they are after the statement."""
        last = 0
        for i, line in enumerate(step.lines):
            if any(isinstance(x, Use) and x.out and x.version.name == name for e in operands(line) for x in expressions(e)):
                last = i + 1
        return last


def overlap(a: Leaf, b: Leaf) -> bool:
    """One is the other, or part of it."""
    if name_of(a) != name_of(b):
        return False
    return all(x == y for x, y in zip(path_of(a), path_of(b)))


def _at_the_end(s: Stmt) -> bool:
    """`x.append(v)` and `v = x.pop()`, which undo each other."""
    match s:
        case Effect(args=(Call(Method("append"), (_, _)),)):
            return True
        case Assign(value=Call(Method("pop"), (_,))):
            return True
    return False


def _mapped(s: Stmt, change: Callable[[Expr], Expr]) -> Stmt:
    out = map_operands(s, change)
    return map_blocks(out, lambda b: tuple(_mapped(x, change) for x in b))
