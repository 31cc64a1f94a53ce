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

from ..analyse.alias import Aliases, plain_key
from ..analyse.types import Types
from ..analyse.values import type_of_value
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Break, Call, Const, Expr, Fn, For, Function, Global, If, Operator, Ref, Slice, Stmt, While, item,
)
from ..ir.tries import Except, Try
from ..ir.types import UNKNOWN, Dict, List, Num, Opaque, Tuple, Type
from ..ir.walk import bound, certain, expressions, flat, map_blocks, map_operands, rewrite
from .contents import Contents
from .loops import reversible
from .plan import At, Region, Step
from .versions import Saved, Use, Version, at, nothing

RANGE = Fn("builtins", "range", range)


def decide(f: Function, plan: Region, types: Types, aliases: Aliases, counters: dict[Stmt, str], namer: Namer) -> Saved:
    """Resolves every `At` of the plan, in place, and says what has to be saved."""
    engine = _Decide(f, types, aliases, counters, namer)
    engine.contents(plan)
    engine.visit_function(plan)
    return engine.finish(plan)


class _Decide(Contents):
    def __init__(self, f: Function, types: Types, aliases: Aliases, counters: dict[Stmt, str], namer: Namer) -> None:
        super().__init__(f, types, aliases, namer)
        self.counters = counters
        self.stack: list[tuple[Region, Step | None]] = []
        self.versions: list[Version] = []
        self.in_loop: dict[Region, bool] = {}

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
            elif isinstance(s, Assign):
                env[name].load = self.load(s, name, old)
        step.lines = [self.resolve(line, before, env, step) for line in step.lines]
        return True

    def load(self, s: Assign, name: str, env: dict[str, Version]) -> Expr | None:
        """`x = xs[i]` or `a, b = xs[i]`, where nothing writes to what that reads."""
        e = s.value
        if not isinstance(s.target, str) and isinstance(e, Ref) and isinstance(self.types.read(s, e.name), Tuple):
            known = env.get(e.name)
            again = None if known is None else known.again
            e = item(again, Const(s.target.index(name))) if again is not None and s.target.count(name) == 1 else e
        elif not isinstance(e, Call) or not steady_load(s, e, self.types):
            return None
        else:
            e = self.expand(at(e), env)
        used = [x.version for x in expressions(e) if isinstance(x, Use)]
        return e if isinstance(e, Call) and used and not any(map(self.changes, used)) else None

    def changes(self, v: Version) -> bool:
        """What the version holds may be written to."""
        inner = [x.version for x in expressions(v.load or v.again or Const(None)) if isinstance(x, Use)]
        return v.name in self.aliases.written or any(map(self.changes, inner))

    def branch(self, step: Step, s: If, env: dict[str, Version]) -> bool:
        if any(r.lines() for r in step.regions) and not certain(s) and not isinstance(s, Try | Except):
            step.test = self.expand(at(s.test), env)
        inside = self.in_loop[self.stack[-1][0]]
        ends: list[dict[str, Version]] = []
        before = dict(env)
        for region in step.regions:
            self.in_loop[region] = inside
            branch_env = dict(before)
            if self.region(region, branch_env) and not (ends and certain(s)):
                ends.append(branch_env)
        step.lines = [self.resolve(line, before, before, step) for line in step.lines]
        if not ends:
            return False
        self.join(ends, env)
        if isinstance(s, Try) and any(r.lines() for r in step.regions) and not certain(s):
            step.test = self.expand(at(s.test), env)  # known at its end
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
                for v in versions:
                    if v is not None and v.into is None and v.home not in [r for r, _ in self.stack]:
                        v.into = env[name]

    def loop(self, step: Step, s: For | While, env: dict[str, Version]) -> None:
        region = step.regions[0]
        before = dict(env)
        targets = set(flat(s.target)) if isinstance(s, For) else set()
        step.counted = isinstance(s, While) or not reversible(s.iter, lambda e: self.type_before(s, e), self.aliases.written)
        changed = {n for inner in region.walk() for n in (*bound(inner.stmt), *inner.binds)}
        for name in sorted(changed | targets):
            self.lose(name, env)
        self.in_loop[region] = True
        self.stack.append((region, None))
        inner_env = dict(env)
        for name in sorted(changed | targets):
            known = before.get(name)
            inner_env[name] = self.new(name, given=name in targets and not step.counted,
                                       bound=name in targets or known is not None and known.bound)
        body_env = inner_env
        self.stack.pop()
        self.region(region, body_env)
        for name in sorted(changed | targets):
            known = before.get(name)
            env[name] = self.new(name, bound=known is not None and known.bound)
        if region.lines():
            step.header = self.header(step, s, before, env)
        step.lines = [self.resolve(line, before, env, step) for line in step.lines]

    def type_before(self, s: Stmt, e: Expr) -> Type:
        return type_of_value(e.value) if isinstance(e, Global) else self.types.read(s, e.name) if isinstance(
            e, Ref) else UNKNOWN

    def header(self, step: Step, s: For | While, before: dict[str, Version], after: dict[str, Version]) -> Expr:
        """What the backward sweep loops over: the same range as far as it was gone through, or the number of trips."""
        counter = self.counters.get(s)
        trips = None if counter is None else Use(after[counter])
        if step.counted:
            assert trips is not None
            return Call(RANGE, (trips,))
        assert isinstance(s, For)
        header = self.expand(at(s.iter), before)
        if trips is None:
            return header
        plain = isinstance(s.iter, Call) and isinstance(s.iter.target, Fn) and s.iter.target.value is range
        if not plain and (isinstance(s.iter, Call) or isinstance(self.type_before(s, s.iter), Dict)):
            header = Call(Fn("builtins", "list", list), (header,))  # a view or an iterator has no slices
        return item(header, Slice(None, trips))

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

    # -------------------------------------------------------------- decisions
    def finish(self, plan: Region) -> Saved:
        self.mark_headers(plan)
        following = self.following()
        loaded = self.loaded()
        for v in self.versions:
            if not v.needed or v in following:
                continue
            v.hold = v.name
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
        return self.saved

    def loaded(self) -> set[Version]:
        """Versions that a loop's backward sweep looks up again; what it needs for that is marked."""
        found = set()
        for v in reversed(self.versions):
            if v.needed and v.load is not None and self.in_loop[v.home] and v.into is None:
                v.load = rewrite(v.load, lambda x: self.use(x.version) if isinstance(x, Use) else x)
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

    def mark_headers(self, plan: Region) -> None:
        """Tests and loop headers are read by the backward sweep where there is something to do inside."""
        for step in plan.walk():
            for name in ("test", "header"):
                e = getattr(step, name, None)
                if e is not None:
                    setattr(step, name, rewrite(e, lambda x: self.use(x.version) if isinstance(x, Use) else x))


def steady_load(s: Stmt, e: Call, types: Types) -> bool:
    """An item of a container or array, at a constant, an integer or a string: looked up again, it is the same."""
    if e.target != Operator("getitem") or not isinstance(e.args[0], Ref):
        return False
    base, key = types.read(s, e.args[0].name), e.args[1]
    named = isinstance(key, Ref) and types.read(s, key.name) == Opaque("str")
    return isinstance(base, Num | List | Tuple | Dict) and (named or plain_key(s, key, types))
