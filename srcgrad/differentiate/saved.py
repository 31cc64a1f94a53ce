"""Which values of the forward sweep the backward lines read, and where they find them (to be recorded, TBR).

Every assignment makes a version of its name; so do the ends of branches and loops, and the start of a loop's body. A version
that a backward line reads is found

    under its own name      where no later statement of its block binds the name again
    under `x_in`            else: `x_in = x` goes right before the statement that does
    on the tape             for the versions of a loop's body (or of a branch in one): one append at the end of the
                            block's forward sweep, one pop at the start of its backward sweep

Temporaries that are cheap to evaluate again (subscripts, shapes, comparisons of numbers) are written out where they are read.
Buffers that are written to are not versioned: a store saves the section it overwrites if a line may still read the buffer's
earlier contents, and its backward part puts it back, so that on the way back contents are as they were on the way out.
"""
from __future__ import annotations

from dataclasses import dataclass, field

from ..analyse.alias import Aliases, mutated, plain_key
from ..analyse.types import Types
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Attribute, Break, Build, Call, Const, Effect, Expr, Fn, For, Function, Global, If, Lazy, Method, Operator, Ref, Slice,
    Stmt, Store, While, item,
)
from ..ir.types import List, Num, Tuple, Type
from ..ir.walk import bound, expressions, flat, map_blocks, map_operands, names_in, operands, rewrite, statements
from .inline import helper
from .plan import At, Region, Step


@dataclass(eq=False)
class Version:
    """One definition of a name. `home`: the block it belongs to; `lost`: the statement of that block that binds the name
    again; `bound`: surely bound; `given`: the loop header provides it; `again`: how to evaluate it afresh."""

    name: str
    home: Region
    depth: int
    bound: bool = True
    given: bool = False
    again: Expr | None = None
    needed: bool = False
    lost: Step | None = None
    hold: str | None = None


@dataclass(frozen=True)
class Use(Expr):
    """A version, in an expression."""

    version: Version


@dataclass
class Saved:
    """The decisions: what to hold before which step, what each block puts on its tape, which names start as None."""

    holds: dict[Step, list[Version]] = field(default_factory=dict)
    tapes: dict[Region, list[Version]] = field(default_factory=dict)
    unbound: dict[str, Expr] = field(default_factory=dict)
    before: dict[Step, list[Stmt]] = field(default_factory=dict)


RANGE = Fn("builtins", "range", range)
CHEAP_NUMBERS = frozenset({"add", "sub", "mul", "neg", "lt", "le", "gt", "ge", "eq", "ne", "mod", "floordiv", "not_"})


def decide(f: Function, plan: Region, types: Types, aliases: Aliases, counters: dict[Stmt, str], namer: Namer) -> Saved:
    """Resolves every `At` of the plan, in place, and says what has to be saved."""
    engine = _Decide(f, types, aliases, counters, namer)
    engine.contents(plan)
    engine.visit_function(plan)
    return engine.finish(plan)


class _Decide:
    def __init__(self, f: Function, types: Types, aliases: Aliases, counters: dict[Stmt, str], namer: Namer) -> None:
        self.f = f
        self.counters = counters
        self.types = types
        self.aliases = aliases
        self.namer = namer
        self.saved = Saved()
        self.stack: list[tuple[Region, Step | None]] = []
        self.versions: list[Version] = []
        self.in_loop: dict[Region, bool] = {}

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
            if any(after.get(r, order[r]) < order[step] or loops[r] & loops[step] for r in reads.get(name, []) if r is not step) or any(
                    r is step and (loops[r] or self.reads_before(step, name)) for r in reads.get(name, [])):
                self.put_back(step, name)

    def written(self, s: Stmt) -> str | None:
        if isinstance(s, Store) and isinstance(s.base, Ref):
            return s.base.name
        return mutated(s)

    def note_reads(self, lines: list[Stmt], step: Step, reads: dict[str, list[Step]]) -> None:
        for s in statements(tuple(lines)):
            for e in operands(s):
                self.note(e, step, reads)

    def note(self, e: Expr, step: Step, reads: dict[str, list[Step]]) -> None:
        for x in expressions(e):
            if isinstance(x, At | Ref) and x.name in self.aliases.stored:
                reads.setdefault(x.name, []).append(step)
            elif isinstance(x, At | Ref) and x.name in self.f.temporaries:
                for name in self.behind(x.name):
                    reads.setdefault(name, []).append(step)

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
        if isinstance(s, Store):
            old = self.namer.fresh(f"{name}_old")
            slot = item(s.base, s.key)
            t = self.types.before.get(s, {}).get(name)
            value: Expr = slot if isinstance(t, List) else helper("copy", slot)
            self.saved.before.setdefault(step, []).append(Assign(old, value, origin=s.origin))
            key = rewrite(s.key, lambda x: At(x.name) if isinstance(x, Ref) else x)
            step.binds = (*step.binds, old)
            step.lines.insert(0, Store(At(name), key, At(old, True), origin=s.origin))
        elif isinstance(s, Effect):  # append
            undo = Effect("expr", (Call(Method("pop"), (At(name),)),), origin=s.origin)
            step.lines.insert(self.after_reads(step, name), undo)
        elif isinstance(s, Assign) and isinstance(s.target, str):  # pop
            undo = Effect("expr", (Call(Method("append"), (At(name), At(s.target, True))),), origin=s.origin)
            step.lines.insert(self.after_reads(step, name), undo)

    def after_reads(self, step: Step, name: str) -> int:
        """The place behind the last line that reads the contents as they are after the statement."""
        last = 0
        for i, line in enumerate(step.lines):
            if any(x == At(name, True) for e in operands(line) for x in expressions(e)):
                last = i + 1
        return last

    # -------------------------------------------------------------- versions
    def new(self, name: str, **facts: object) -> Version:
        region = self.stack[-1][0]
        version = Version(name, region, len(self.stack), **facts)  # type: ignore[arg-type]
        self.versions.append(version)
        return version

    def lose(self, name: str, env: dict[str, Version]) -> None:
        """The name is about to be bound again by the statements the walk is in."""
        old = env.get(name)
        if old is not None and old.lost is None:
            for region, step in self.stack:
                if region is old.home:
                    old.lost = step

    def visit_function(self, plan: Region) -> None:
        self.stack = [(plan, None)]
        self.in_loop[plan] = False
        env = {p.name: self.new(p.name) for p in self.f.params}
        env.update({name: self.new(name) for name in self.f.cells})
        self.region(plan, env, enter=False)

    def region(self, region: Region, env: dict[str, Version], enter: bool = True) -> bool:
        """Visits a block; env becomes that at its end. False where the end is not reached."""
        if enter:
            self.stack.append((region, None))
        entry = dict(env) if region.tail else {}
        reached = True
        for step in region.steps:
            self.stack[-1] = (region, step)
            reached = self.step(step, env)
        if region.tail:
            region.tail[:] = [self.resolve(s, entry, entry, None) for s in region.tail]
        if enter:
            self.stack.pop()
        return reached

    def step(self, step: Step, env: dict[str, Version]) -> bool:
        s = step.stmt
        before = dict(env) if step.lines else env
        if isinstance(s, Break):
            return False
        if isinstance(s, If):
            return self.branch(step, s, env)
        if isinstance(s, For | While):
            self.loop(step, s, env)
            return True
        for name in sorted(self.aliases.spoils.get(s, ())):
            self.lose(name, env)
            env[name] = self.new(name)
        old = dict(env)
        again = self.again(s) if isinstance(s, Assign) else None
        for name in (*bound(s), *step.binds):
            self.lose(name, env)
            env[name] = self.new(name)
            if again is not None:
                env[name].again = self.expand(again, old)
        step.lines = [self.resolve(line, before, env, step) for line in step.lines]
        return True

    def branch(self, step: Step, s: If, env: dict[str, Version]) -> bool:
        if any(r.lines() for r in step.regions):
            step.test = self.expand(_at(s.test), env)
        inside = self.in_loop[self.stack[-1][0]]
        ends = []
        before = dict(env)
        for region in step.regions:
            self.in_loop[region] = inside
            branch_env = dict(before)
            if self.region(region, branch_env):
                ends.append(branch_env)
        step.lines = [self.resolve(line, before, before, step) for line in step.lines]
        if not ends:
            return False
        self.join(ends, env)
        return True

    def join(self, ends: list[dict[str, Version]], env: dict[str, Version]) -> None:
        names = {name for end in ends for name in end}
        for name in sorted(names):
            found = {id(end.get(name)): end.get(name) for end in ends}
            versions = list(found.values())
            if len(versions) == 1 and versions[0] is not None and versions[0].home in [r for r, _ in self.stack]:
                env[name] = versions[0]
            else:
                env[name] = self.new(name, bound=all(v is not None and v.bound for v in versions))

    def loop(self, step: Step, s: For | While, env: dict[str, Version]) -> None:
        region = step.regions[0]
        before = dict(env)
        targets = set(flat(s.target)) if isinstance(s, For) else set()
        changed = {n for inner in region.walk() for n in (*bound(inner.stmt), *inner.binds)}
        for name in sorted(changed | targets):
            self.lose(name, env)
        self.in_loop[region] = True
        self.stack.append((region, None))
        inner_env = dict(env)
        for name in sorted(changed | targets):
            known = before.get(name)
            inner_env[name] = self.new(name, given=name in targets,
                                       bound=name in targets or known is not None and known.bound)
        body_env = inner_env
        self.stack.pop()
        self.region(region, body_env)
        for name in sorted(changed | targets):
            known = before.get(name)
            env[name] = self.new(name, bound=known is not None and known.bound)
        if region.lines():
            step.header = self.header(s, before, env)
        step.lines = [self.resolve(line, before, env, step) for line in step.lines]

    def header(self, s: For | While, before: dict[str, Version], after: dict[str, Version]) -> Expr:
        """What the backward sweep loops over: the same range as far as it was gone through, or the number of trips."""
        counter = self.counters.get(s)
        trips = None if counter is None else Use(after[counter])
        if isinstance(s, While):
            assert trips is not None
            return Call(RANGE, (trips,))
        header = self.expand(_at(s.iter), before)
        return header if trips is None else item(header, Slice(None, trips))

    # -------------------------------------------------------------- resolving reads
    def resolve(self, s: Stmt, before: dict[str, Version], after: dict[str, Version], step: Step | None) -> Stmt:
        def change(x: Expr) -> Expr:
            if isinstance(x, At):
                version = (after if x.out else before).get(x.name)
                if version is None:
                    version = self.new(x.name, bound=False)
                    (after if x.out else before)[x.name] = version
                return self.use(version)
            return x

        out = map_operands(s, lambda e: rewrite(e, change))
        return map_blocks(out, lambda b: tuple(self.resolve(x, before, after, step) for x in b))

    def use(self, version: Version) -> Expr:
        if version.again is not None:
            return rewrite(version.again, lambda x: self.use(x.version) if isinstance(x, Use) else x)
        version.needed = True
        return Use(version)

    def expand(self, e: Expr, env: dict[str, Version]) -> Expr:
        """An expression over versions, evaluated when (and if) it is used."""
        def change(x: Expr) -> Expr:
            if isinstance(x, At):
                version = env.get(x.name)
                if version is None:
                    version = env[x.name] = self.new(x.name, bound=False)
                return version.again if version.again is not None else Use(version)
            return x
        return rewrite(e, change)

    def again(self, s: Assign) -> Expr | None:
        """The right side of a temporary that is cheaper to evaluate again than to keep."""
        if not isinstance(s.target, str) or s.target not in self.f.temporaries:
            return None
        e = s.value
        if isinstance(e, Ref | Const | Global):
            return _at(e)
        if not isinstance(e, Call):
            return _at(e) if isinstance(e, Lazy) and self.pure(s, e) else None
        match e.target:
            case Operator("getitem"):
                return _at(e) if plain_key(s, e.args[1], self.types) else None
            case Operator("neg"):
                return _at(e)
            case Attribute("shape" | "size" | "ndim" | "dtype" | "T"):
                return _at(e)
            case Operator(name) if name in CHEAP_NUMBERS and self.pure(s, e):
                return _at(e)
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

    # -------------------------------------------------------------- decisions
    def finish(self, plan: Region) -> Saved:
        self.mark_headers(plan)
        for v in self.versions:
            if not v.needed:
                continue
            v.hold = v.name
            if v.lost is not None:
                v.hold = self.namer.fresh(f"{v.name}_in")
                self.saved.holds.setdefault(v.lost, []).append(v)
            if self.in_loop[v.home] and not (v.given and v.lost is None):
                self.saved.tapes.setdefault(v.home, []).append(v)
            if not v.bound and v.name not in self.saved.unbound:
                self.saved.unbound[v.name] = nothing(self.types, v.name)
        return self.saved

    def mark_headers(self, plan: Region) -> None:
        """Tests and loop headers are read by the backward sweep where there is something to do inside."""
        for step in plan.walk():
            for name in ("test", "header"):
                e = getattr(step, name, None)
                if e is not None:
                    setattr(step, name, rewrite(e, lambda x: self.use(x.version) if isinstance(x, Use) else x))


def nothing(types: Types, name: str) -> Expr:
    """What a name holds that is read before it is bound (and whose value is then not used): None, in the right shape."""
    def none(t: Type | None) -> Expr:
        return Build("tuple", tuple(map(none, t.items))) if isinstance(t, Tuple) else Const(None)
    return none(next((t[name] for t in types.after.values() if isinstance(t.get(name), Tuple)), None))


def _at(e: Expr) -> Expr:
    return rewrite(e, lambda x: At(x.name) if isinstance(x, Ref) else x)
