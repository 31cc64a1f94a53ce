"""From the plan and the decisions to statements: the forward sweep, the backward sweep."""
from __future__ import annotations

from dataclasses import replace

from ..analyse.alias import Aliases
from ..ir.names import Namer
from ..ir.nodes import Assign, Block, Build, Call, Comment, Effect, Expr, Fn, For, If, Method, Ref, Return, Stmt
from ..ir.tries import Except
from ..ir.walk import certain, falls, map_blocks, map_operands, rewrite
from .inline import helper
from .plan import Region, Step
from .versions import Saved, Use, Version
from .trips import breaks

REVERSED = Fn("builtins", "reversed", reversed)


class Assembler:
    """Prints a plan as two blocks. `tapes`: the names of the lists that hold what loops save."""

    def __init__(self, saved: Saved, aliases: Aliases, namer: Namer) -> None:
        self.saved = saved
        self.aliases = aliases
        self.namer = namer
        self.tapes: dict[Region, str] = {}

    def sweeps(self, plan: Region) -> tuple[Block, Block]:
        """(forward, backward)."""
        forward = self.forward(plan)
        backward = self.backward(plan)
        start = [Assign(name, value) for name, value in self.saved.unbound.items()]
        tapes = [Assign(name, Build("list", ())) for name in self.tapes.values()]
        return (*tapes, *start, *forward), tuple(backward)

    # -------------------------------------------------------------- forward
    def forward(self, region: Region) -> list[Stmt]:
        out: list[Stmt] = []
        last = len(region.steps) - 1
        for i, step in enumerate(region.steps):
            out += [self.hold(v) for v in self.saved.holds.get(step, [])]
            out += self.saved.before.get(step, [])
            if i == last and breaks((step.stmt,)):
                out += self.push(region)
            out += self.statement(step)
        if not region.steps or not breaks((region.steps[-1].stmt,)):
            out += self.push(region)
        return out

    def hold(self, v: Version) -> Stmt:
        assert v.hold is not None
        value: Expr = Ref(v.name)
        return Assign(v.hold, helper("copy", value) if v.name in self.aliases.updated else value)

    def statement(self, step: Step) -> list[Stmt]:
        s = step.stmt
        if isinstance(s, Comment | Return):
            return []
        if step.regions:
            bodies = [tuple(self.forward(region)) for region in step.regions]
            return [replace(s, body=bodies[0], orelse=bodies[1] if len(bodies) > 1 else ())]  # type: ignore[call-arg]
        return [s] if step.forward is None else step.forward

    def push(self, region: Region) -> list[Stmt]:
        versions = self.saved.tapes.get(region)
        if not versions:
            return []
        tape = self.tapes[region] = self.namer.fresh("tape")
        items = [self.kept(v) for v in versions]
        value = items[0] if len(items) == 1 else Build("tuple", tuple(items))
        return [Effect("expr", (Call(Method("append"), (Ref(tape), value)),))]

    def kept(self, v: Version) -> Expr:
        assert v.hold is not None
        if v.name in self.aliases.updated and v.hold == v.name:
            return helper("copy", Ref(v.hold))
        return Ref(v.hold)

    # -------------------------------------------------------------- backward
    def backward(self, region: Region) -> list[Stmt]:
        out: list[Stmt] = []
        versions = self.saved.tapes.get(region)
        if versions:
            names = tuple(v.hold or v.name for v in versions)
            pop = Call(Method("pop"), (Ref(self.tapes[region]),))
            out.append(Assign(names if len(names) > 1 else names[0], pop))
        out += [Assign(v.hold or v.name, self.names(v.load)) for v in self.saved.loads.get(region, []) if v.load is not None]
        for step in reversed(region.steps):
            out += [self.resolve(s) for s in step.lines]
            out += self.mirrored(step)
        return out + [self.resolve(s) for s in region.tail]

    def mirrored(self, step: Step) -> list[Stmt]:
        s = step.stmt
        if not any(region.lines() for region in step.regions):
            return []
        bodies = [tuple(self.backward(region)) for region in step.regions]
        if isinstance(s, If) and certain(s):
            return list(bodies[0])
        if isinstance(s, Except) and not falls(s.body):
            return list(bodies[1])
        if isinstance(s, If):
            assert step.test is not None
            return [If(self.names(step.test), bodies[0], bodies[1], origin=s.origin)]
        assert step.header is not None
        header = self.names(step.header)
        if step.counted:
            return [For("_", header, bodies[0], origin=s.origin)]
        assert isinstance(s, For)
        return [For(s.target, _reversed(header), bodies[0], origin=s.origin)]

    def names(self, e: Expr) -> Expr:
        return rewrite(e, lambda x: Ref(x.version.hold or x.version.name) if isinstance(x, Use) else x)

    def resolve(self, s: Stmt) -> Stmt:
        out = map_operands(s, self.names)
        return map_blocks(out, lambda b: tuple(map(self.resolve, b)))



def _reversed(header: Expr) -> Expr:
    if isinstance(header, Call) and header.target == REVERSED:
        return header.args[0]
    return Call(REVERSED, (header,))
