"""Contents of buffers in the backward sweep, and values that are evaluated again instead of saved.

Buffers that are written to are not versioned: a store saves the section it overwrites if a line may still read the buffer's
earlier contents, and its backward part puts it back, so that on the way back contents are as they were on the way out.
"""
from __future__ import annotations

from functools import cached_property

from ..analyse.alias import Aliases, mutated, plain_key
from ..analyse.containers import target_of
from ..analyse.reads import arrays_in, contents_read
from ..analyse.types import Types
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Attribute, Call, Const, Effect, Expr, For, Function, Global, If, Lazy, Method, Operator, Ref, Stmt, Store, While,
    slot as slot_at,
)
from ..ir.parts import components, type_of_part
from ..ir.types import Dict, List, Num, Object
from ..ir.walk import expressions, names_in, operands, rewrite, root_of, statements
from .inline import helper, specialise
from .plan import At, Region, Step
from .typed import type_at
from .versions import Saved, at

CHEAP_NUMBERS = frozenset({"add", "sub", "mul", "neg", "lt", "le", "gt", "ge", "eq", "ne", "mod", "floordiv", "not_"})


class Contents:
    """What concerns contents; the base of the engine in saved.py."""

    def __init__(self, f: Function, types: Types, aliases: Aliases, namer: Namer) -> None:
        self.f = f
        self.types = types
        self.aliases = aliases
        self.namer = namer
        self.saved = Saved()

    # -------------------------------------------------------------- contents of buffers
    def contents(self, plan: Region) -> None:
        """Stores that must put back what they overwrote: a line may read the buffer's contents of before."""
        order: dict[Step, int] = {}
        after: dict[Step, int] = {}  # compound statements read what is there when they have ended
        loops: dict[Step, frozenset[Step]] = {}
        reads: dict[str, list[Step]] = {}
        writes: list[tuple[Step, str]] = []

        def walk(region: Region, around: frozenset[Step]) -> None:
            for step in region.steps:
                order[step], loops[step] = len(order), around
                inner = around | {step} if isinstance(step.stmt, For | While) else around
                for region_in in step.regions:
                    walk(region_in, inner)
                    after[step] = len(order)
                    self.note_reads(region_in.tail, step, reads)
                self.note_reads(step.lines, step, reads)
                if isinstance(step.stmt, If | For) and any(r.lines() for r in step.regions):
                    self.note(operands(step.stmt)[0], step, reads)
                name = self.written(step.stmt)
                if name is not None:
                    writes.append((step, name))

        walk(plan, frozenset())
        for step, name in writes:
            found = reads.get(name, [])
            earlier = any(after.get(r, order[r]) < order[step] or loops[r] & loops[step] for r in found if r is not step)
            if earlier or step in found and (loops[step] or self.reads_before(step, name)):
                self.put_back(step, name)

    def written(self, s: Stmt) -> str | None:
        if isinstance(s, Store):
            return root_of(s.base)
        return mutated(s)

    def note_reads(self, lines: list[Stmt], step: Step, reads: dict[str, list[Step]]) -> None:
        for s in statements(tuple(lines)):
            for e in operands(s):
                self.note(e, step, reads)

    def note(self, e: Expr, step: Step, reads: dict[str, list[Step]]) -> None:
        for x in contents_read(e, lambda x: isinstance(x, At | Ref) and x.name in self.arrays):
            if isinstance(x, At | Ref) and x.name in self.aliases.stored:
                reads.setdefault(x.name, []).append(step)
            elif isinstance(x, At | Ref) and x.name in self.f.temporaries:
                for name in self.behind(x.name):
                    reads.setdefault(name, []).append(step)

    @cached_property
    def arrays(self) -> frozenset[str]:
        """The names that only ever hold arrays and numbers."""
        return arrays_in(self.types)

    def behind(self, name: str) -> set[str]:
        """The written buffers that a temporary may be evaluated from again."""
        found: set[str] = set()
        for s in statements(self.f.body):
            if isinstance(s, Assign) and s.target == name and self.again(s) is not None:
                for n in names_in(s.value):
                    found |= {n} & self.aliases.stored
                    if n in self.f.temporaries and n != name:
                        found |= self.behind(n)
        return found

    def reads_before(self, step: Step, name: str) -> bool:
        return any(isinstance(x, At) and x.name == name and not x.out for s in statements(tuple(step.lines))
                   for e in operands(s) for x in expressions(e))

    def put_back(self, step: Step, name: str) -> None:
        """Saves the section a store overwrites, and restores it first thing in its backward part."""
        s = step.stmt
        if isinstance(s, Store) and self.makes(s):
            undo = Effect("expr", (Call(Method("pop"), (at(s.base), s.key)),), origin=s.origin)
            step.lines.insert(self.after_reads(step, name), undo)
        elif isinstance(s, Store):
            old = self.namer.fresh(f"{name}_old")
            slot = slot_at(s.base, s.key)
            target = target_of(s, self.types.read(s, name))
            kept = target.component or isinstance(type_of_part(self.types.read(s, name), target.path), List)
            value: Expr = slot if kept else self.taken(s)
            self.saved.before.setdefault(step, []).append(Assign(old, value, origin=s.origin))
            base, key = at(s.base), at(s.key)
            step.binds = (*step.binds, old)
            step.lines.insert(0, Store(base, key, At(old, True), origin=s.origin))
        elif not _at_the_end(s):
            self.put_all_back(step, name)
        elif isinstance(s, Effect):  # append
            undo = Effect("expr", (Call(Method("pop"), (At(name),)),), origin=s.origin)
            step.lines.insert(self.after_reads(step, name), undo)
        elif isinstance(s, Assign) and isinstance(s.target, str):  # pop
            undo = Effect("expr", (Call(Method("append"), (At(name), At(s.target, True))),), origin=s.origin)
            step.lines.insert(self.after_reads(step, name), undo)

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

    def put_all_back(self, step: Step, name: str) -> None:
        """What a method did to a container, undone from a copy of the container."""
        s = step.stmt
        old = self.namer.fresh(f"{name}_old")
        self.saved.before.setdefault(step, []).append(Assign(old, helper("snapshot", Ref(name)), origin=s.origin))
        step.binds = (*step.binds, old)
        undo = Effect("expr", (helper("put_back", At(name), At(old, True)),), origin=s.origin)
        step.lines.insert(self.after_reads(step, name), undo)

    def after_reads(self, step: Step, name: str) -> int:
        """The place behind the last line that reads the contents as they are after the statement."""
        last = 0
        for i, line in enumerate(step.lines):
            if any(x == At(name, True) for e in operands(line) for x in expressions(e)):
                last = i + 1
        return last

    # -------------------------------------------------------------- evaluated again
    def again(self, s: Assign) -> Expr | None:
        """The right side of a temporary that is cheaper to evaluate again than to keep."""
        if not isinstance(s.target, str) or s.target not in self.f.temporaries:
            return None
        e = s.value
        if isinstance(e, Ref | Const | Global):
            return at(e)
        if not isinstance(e, Call):
            return at(e) if isinstance(e, Lazy) and self.pure(s, e) else None
        match e.target:
            case Operator("getitem"):
                base = e.args[0]
                if isinstance(base, Ref) and base.name in self.aliases.stored and components(self.types.read(s, base.name)):
                    return None  # to keep what is there costs nothing
                return at(e) if plain_key(s, e.args[1], self.types) else None
            case Operator("neg"):
                return at(e)
            case Attribute("shape" | "size" | "ndim" | "dtype" | "T") if not (
                    isinstance(e.args[0], Ref) and isinstance(self.types.read(s, e.args[0].name), Object)):
                return at(e)
            case Operator(name) if name in CHEAP_NUMBERS and self.pure(s, e):
                return at(e)
        return None

    def pure(self, s: Stmt, e: Expr) -> bool:
        """Every operand is a Python number, and every operation a cheap one on them."""
        for x in expressions(e):
            match x:
                case Ref(name):
                    t = self.types.read(s, name)
                    if not (isinstance(t, Num) and t.kind == "python"):
                        return False
                case Const():
                    if not isinstance(x.value, bool | int | float):
                        return False
                case Call(Operator(name)):
                    if name not in CHEAP_NUMBERS:
                        return False
                case Lazy():
                    pass
                case _:
                    return False
        return True


def _at_the_end(s: Stmt) -> bool:
    """`x.append(v)` and `v = x.pop()`, which undo each other."""
    match s:
        case Effect(args=(Call(Method("append"), (_, _)),)):
            return True
        case Assign(value=Call(Method("pop"), (_,))):
            return True
    return False
