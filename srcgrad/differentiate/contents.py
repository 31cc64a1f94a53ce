"""Contents of buffers in the backward sweep, and values that are evaluated again instead of saved.

Buffers that are written to are not versioned: a store saves the section it overwrites if a line may still read the buffer's
earlier contents, and its backward part puts it back, so that on the way back contents are as they were on the way out.
"""
from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from ..analyse.alias import Aliases, mutated, plain_key
from ..analyse.containers import element_of, place_of, target_of
from ..analyse.reads import arrays_in, contents_read
from ..analyse.types import Types
from ..errors import UnsupportedSyntax
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Attribute, Call, Const, Effect, Expr, Field, For, Function, Global, If, Lazy, Method, Operator, Ref, Stmt,
    Store, While, slot as slot_at,
)
from ..ir.tries import Try
from ..ir.parts import components, type_of_part
from ..ir.types import Dict, List, Num, Object, Tuple, Type
from ..ir.walk import certain, expressions, names_in, operands, rewrite, root_of, statements
from .inline import helper, specialise
from .leaves import below, name_of, path_of
from .plan import At, Region, Step
from .state import Leaf
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
        reads: dict[str, list[tuple[Step, Leaf]]] = {}
        writes: list[tuple[Step, Leaf]] = []

        def note(step: Step, found: Iterator[Leaf]) -> None:
            for leaf in found:
                reads.setdefault(name_of(leaf), []).append((step, leaf))

        def walk(region: Region, around: frozenset[Step]) -> None:
            for step in region.steps:
                order[step], loops[step] = len(order), around
                inner = around | {step} if isinstance(step.stmt, For | While) else around
                for region_in in step.regions:
                    walk(region_in, inner)
                    after[step] = len(order) - 1
                    note(step, self.reads(region_in.tail))
                note(step, self.reads(step.lines))
                if isinstance(step.stmt, If | For) and operands(step.stmt) and any(r.lines() for r in step.regions):
                    note(step, self.read_in(operands(step.stmt)[0]))
                leaf = self.written(step.stmt)
                if leaf is not None:
                    writes.append((step, leaf))

        walk(plan, frozenset())
        for step, leaf in writes:
            found = [r for r, read in reads.get(name_of(leaf), ()) if _overlap(read, leaf)]
            earlier = any(after.get(r, order[r]) < order[step] or loops[r] & loops[step] for r in found if r is not step)
            if earlier or step in found and (loops[step] or self.reads_before(step, name_of(leaf))):
                self.put_back(step, name_of(leaf))

    def written(self, s: Stmt) -> Leaf | None:
        if isinstance(s, Store):
            target = target_of(s, self.types.read(s, root_of(s.base) or ""))
            return (target.name, *target.path) if target.path else target.name
        return mutated(s)

    def reads(self, lines: list[Stmt]) -> Iterator[Leaf]:
        """The buffers, and parts of containers, whose contents lines read."""
        for s in statements(tuple(lines)):
            for e in operands(s):
                yield from self.read_in(e)

    def read_in(self, e: Expr) -> Iterator[Leaf]:
        for x in contents_read(e, self.is_array, self.is_part):
            leaf = self.leaf_at(x)
            if leaf is not None and name_of(leaf) in self.aliases.stored:
                yield leaf
            elif leaf is not None and name_of(leaf) in self.f.temporaries:
                yield from self.behind(name_of(leaf))

    def leaf_at(self, e: Expr) -> Leaf | None:
        """The name, or the part of what it holds, that an expression is."""
        if isinstance(e, At | Ref):
            return e.name
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
        return len({type_of_part(t, path_of(leaf)) for t in self.kinds[leaf[0]]}) == 1 and all(
            isinstance(t := type_of_part(k, path_of(leaf)), Num) and t.exact for k in self.kinds[leaf[0]])

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

    def behind(self, name: str) -> Iterator[Leaf]:
        """The written buffers that a temporary may be evaluated from again."""
        for s in statements(self.f.body):
            if isinstance(s, Assign) and s.target == name and name not in names_in(s.value) and (
                    again := self.again(s)) is not None:
                yield from self.read_in(again)

    def reads_before(self, step: Step, name: str) -> bool:
        return any(isinstance(x, At) and x.name == name and not x.out for s in statements(tuple(step.lines))
                   for e in operands(s) for x in expressions(e))

    def put_back(self, step: Step, name: str) -> None:
        """Saves the section a store overwrites, and restores it first thing in its backward part."""
        s = step.stmt
        if s in self.caught:
            raise UnsupportedSyntax(f"in {self.f.name}: a write in place in a `try` that catches an exception, to what is "
                                    "needed to go backwards, is not supported", filename=s.origin.filename,
                                    lineno=s.origin.line, offset=s.origin.column, hint="move it out of the `try`")
        if isinstance(s, Store) and self.makes(s):
            undo = Effect("expr", (Call(Method("pop"), (at(s.base), s.key)),), origin=s.origin)
            step.lines.insert(self.after_reads(step, name), undo)
        elif isinstance(s, Store) and self.may_make(s):
            self.put_all_back(step, name)
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
                if isinstance(base, Ref) and components(self.types.read(s, base.name)) and not self.lasts(s, e):
                    return None
                return at(e) if plain_key(s, e.args[1], self.types) else None
            case Operator("neg"):
                return at(e)
            case Attribute(name) if isinstance(e.args[0], Ref) and element_of(
                    self.types.read(s, e.args[0].name), Field(name)) is not None:
                return at(e) if self.lasts(s, e) else None
            case Attribute("shape" | "size" | "ndim" | "dtype" | "T") if not (
                    isinstance(e.args[0], Ref) and isinstance(self.types.read(s, e.args[0].name), Object)
                    or isinstance(e.args[0], Global)):
                return at(e)
            case Operator(name) if name in CHEAP_NUMBERS and self.pure(s, e):
                return at(e)
        return None

    def lasts(self, s: Stmt, e: Call) -> bool:
        """A part of a container or object that nothing replaces, so that it is the same whenever it is looked up."""
        place = place_of(e)
        assert place is not None and isinstance(place[0], Ref)
        if isinstance(self.types.read(s, place[0].name), Tuple):
            return True
        return place[1] not in self.replaced

    @cached_property
    def replaced(self) -> set[Expr]:
        """The keys and attributes under which something is stored in a container or object."""
        return {x.key for x in statements(self.f.body) if isinstance(x, Store)}

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


def _overlap(a: Leaf, b: Leaf) -> bool:
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
