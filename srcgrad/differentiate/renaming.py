"""The walk that gives every definition of a name its version, and resolves the lines of the plan to versions."""
from __future__ import annotations

from collections.abc import Mapping

from ..analyse.alias import Aliases, mutated, plain_key
from ..analyse.types import Types
from ..analyse.values import type_of_value
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Break, Call, Const, Expr, Fn, For, Function, Global, If, Operator, Ref, Slice, Stmt, Store,
    Update, While, item,
)
from ..ir.tries import Except, Try
from ..ir.types import UNKNOWN, Dict, List, Num, Opaque, Tuple, Type
from ..ir.walk import (
    bound, certain, expressions, flat, map_blocks, map_operands, names_in, operands, rewrite, root_of, statements,
)
from ..rules import registry
from .contents import Contents
from .loops import reversible
from .plan import At, Region, Step
from .sections import integral, linear, set_range, size
from .versions import Use, Version, at

RANGE = Fn("builtins", "range", range)


class Renaming(Contents):
    """Resolves every `At` of the plan, in place; the base of the engine in saved.py."""

    def __init__(self, f: Function, types: Types, aliases: Aliases, counters: dict[Stmt, str], namer: Namer) -> None:
        super().__init__(f, types, aliases, namer)
        self.counters = counters
        self.stack: list[tuple[Region, Step | None]] = []

    # -------------------------------------------------------------- versions
    def new(self, name: str, **facts: object) -> Version:
        region = self.stack[-1][0]
        version = Version(name, region, len(self.nests[region]), **facts)  # type: ignore[arg-type]
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
        env = {p.name: self.new(p.name, type=self.types.params.get(p.name, UNKNOWN)) for p in self.f.params}
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
            region.tail[:] = [self.resolve(s, entry, entry) for s in region.tail]
        if enter:
            self.stack.pop()
        return reached

    def step(self, step: Step, env: dict[str, Version]) -> bool:
        s = step.stmt
        if isinstance(s, Break):
            return False
        if isinstance(s, If):
            return self.branch(step, s, env)
        if isinstance(s, For | While):
            self.loop(step, s, env)
            return True
        mentioned = self.mentioned(step)
        before = {n: env[n] for n in mentioned if n in env}
        for name in sorted(self.aliases.spoils.get(s, ())):
            self.lose(name, env)
            env[name] = self.new(name)
        old = {n: env[n] for n in mentioned if n in env}
        again = self.again(s) if isinstance(s, Assign) else None
        for name in (*bound(s), *step.binds):
            self.lose(name, env)
            env[name] = self.new(name, type=self.types.written(s, name), made=step)
            if isinstance(s, Assign) and again is not None:
                env[name].again = self.expand(again, old)
                env[name].view = self.views(s)
            elif isinstance(s, Assign):
                env[name].load = self.load(s, name, old)
            if isinstance(s, Assign) and isinstance(s.target, str):
                env[name].witness = self.witness(env[name], s.value, old)
                self.describe(env[name], s.value, old)
        self.note(step, old, env)
        step.lines = [self.resolve(line, before, env) for line in step.lines]
        return True

    def mentioned(self, step: Step) -> list[str]:
        """The names that a simple statement and its lines are about: all of them would take time with every statement."""
        found = dict.fromkeys((*bound(step.stmt), *step.binds))
        for e in operands(step.stmt):
            found |= dict.fromkeys(names_in(e))
        found |= dict.fromkeys(x.name for s in statements(tuple(step.lines)) for e in operands(s) for x in expressions(e)
                               if isinstance(x, At))
        return [*found, *([step.stmt.name] if isinstance(step.stmt, Update) else ())]

    def describe(self, v: Version, value: Expr, env: dict[str, Version]) -> None:
        """What is known of an int that is assigned, and of memory that is made."""
        t = v.type
        if integral(t):
            assert isinstance(t, Num)
            v.value = size(t.value)
            if v.value is None:
                v.value = linear(self.unfold(self.expand(at(value), env)))
        elif isinstance(t, Num) and isinstance(value, Call):
            if self.cheap_array(t, value):
                v.formula = self.expand(at(value), env)
            rule = registry.described(registry.target_of(value))
            v.fresh = rule is not None and registry.is_new(rule, value)

    def note(self, step: Step, old: dict[str, Version], env: dict[str, Version]) -> None:
        """Over which versions a statement writes."""
        s = step.stmt
        if isinstance(s, Store):
            self.places[step] = self.expand(at(s.base), old), self.expand(at(s.key), old)
            if isinstance(s.value, Ref) and s.value.name in old:
                self.stored[step] = old[s.value.name]
        name = root_of(s.base) if isinstance(s, Store) else mutated(s)
        if name is not None and name in old:
            self.held[step] = old[name]
            if isinstance(s, Assign) and isinstance(s.target, str):
                self.popped[step] = env[s.target]

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
        if not certain(s) and not isinstance(s, Try | Except):
            test = self.expand(at(s.test), env)
            self.tests[step] = self.unfold(test)
            step.test = test
        inside = self.in_loop[self.stack[-1][0]]
        ends: list[dict[str, Version]] = []
        before = dict(env)
        for region in step.regions:
            self.in_loop[region] = inside
            branch_env = dict(before)
            if self.region(region, branch_env) and not (ends and certain(s)):
                ends.append(branch_env)
        step.lines = [self.resolve(line, before, before) for line in step.lines]
        if not ends:
            return False
        self.join(s, ends, env)
        if isinstance(s, Try) and not certain(s):
            step.test = self.expand(at(s.test), env)  # known at its end
        return True

    def type_in(self, facts: Mapping[Stmt, Mapping[str, Type]], s: Stmt, name: str) -> Type:
        return facts.get(s, {}).get(name, UNKNOWN)

    def join(self, s: If, ends: list[dict[str, Version]], env: dict[str, Version]) -> None:
        names = {name for end in ends for name in end}
        for name in sorted(names):
            found = {id(end.get(name)): end.get(name) for end in ends}
            versions = list(found.values())
            if len(versions) == 1 and versions[0] is not None and versions[0].home in [r for r, _ in self.stack]:
                env[name] = versions[0]
            else:
                env[name] = self.new(name, type=self.type_in(self.types.after, s, name),
                                     bound=all(v is not None and v.bound for v in versions))
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
            inner_env[name] = self.new(name, type=self.type_in(self.types.body, s, name),
                                       given=name in targets and not step.counted,
                                       bound=name in targets or known is not None and known.bound)
        body_env = inner_env
        self.stack.pop()
        if isinstance(s, For):
            set_range(self.loops[step], self.unfold(self.expand(at(s.iter), before)),
                      inner_env[s.target] if isinstance(s.target, str) else None)
        self.region(region, body_env)
        for name in sorted(changed | targets):
            known = before.get(name)
            env[name] = self.new(name, type=self.type_in(self.types.after, s, name), bound=known is not None and known.bound)
        if region.lines() or not step.counted or s in self.counters:
            step.header = self.header(step, s, before, env)
        step.lines = [self.resolve(line, before, env) for line in step.lines]

    def type_before(self, s: Stmt, e: Expr) -> Type:
        return type_of_value(e.value) if isinstance(e, Global) else self.types.read(s, e.name) if isinstance(
            e, Ref) else UNKNOWN

    def header(self, step: Step, s: For | While, before: dict[str, Version], after: dict[str, Version]) -> Expr | None:
        """What the backward sweep loops over: the same range as far as it was gone through, or the number of trips."""
        counter = self.counters.get(s)
        trips = None if counter is None else Use(after[counter])
        if step.counted:
            return None if trips is None else Call(RANGE, (trips,))  # no counter: there is nothing to do inside
        assert isinstance(s, For)
        header = self.expand(at(s.iter), before)
        if trips is None:
            return header
        called = s.iter.target.value if isinstance(s.iter, Call) and isinstance(s.iter.target, Fn) else None
        if called is reversed and isinstance(header, Call):
            header = item(header.args[0], Slice(None, None, Const(-1)))
        elif called is not range and (isinstance(s.iter, Call) or isinstance(self.type_before(s, s.iter), Dict)):
            header = Call(Fn("builtins", "list", list), (header,))  # a view or an iterator has no slices
        return item(header, Slice(None, trips))

    # -------------------------------------------------------------- resolving reads
    def resolve(self, s: Stmt, before: dict[str, Version], after: dict[str, Version]) -> Stmt:
        def change(x: Expr) -> Expr:
            if isinstance(x, At):
                return Use(self.version(x.name, after if x.out else before), x.out)
            return x

        out = map_operands(s, lambda e: rewrite(e, change))
        return map_blocks(out, lambda b: tuple(self.resolve(x, before, after) for x in b))

    def version(self, name: str, env: dict[str, Version]) -> Version:
        if name not in env:
            env[name] = self.new(name, bound=False)
        return env[name]

    def expand(self, e: Expr, env: dict[str, Version]) -> Expr:
        """An expression over versions, evaluated when (and if) it is used."""
        return rewrite(e, lambda x: Use(self.version(x.name, env)) if isinstance(x, At) else x)


def steady_load(s: Stmt, e: Call, types: Types) -> bool:
    """An item of a container or array, at a constant, an integer or a string: looked up again, it is the same."""
    if e.target != Operator("getitem") or not isinstance(e.args[0], Ref):
        return False
    base, key = types.read(s, e.args[0].name), e.args[1]
    named = isinstance(key, Ref) and types.read(s, key.name) == Opaque("str")
    return isinstance(base, Num | List | Tuple | Dict) and (named or plain_key(s, key, types))
