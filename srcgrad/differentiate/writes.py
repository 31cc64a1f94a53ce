"""The backward lines of writes: append and pop on lists, stores into buffers and containers."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..analyse.activity import Activity, active, part
from ..analyse.containers import Target, target_of
from ..analyse.types import rule_type
from ..errors import UnsupportedSyntax
from ..ir.nodes import Assign, Call, Const, Effect, Expr, Method, Operator, Ref, Stmt, Store, item, op
from ..ir.parts import components, type_of_part
from ..ir.types import UNKNOWN, List, Num, Tuple, Type, Unknown
from ..ir.walk import root_of
from ..rules import registry
from .adjoints import basic
from .calls import Calls
from .inline import helper, specialise
from .leaves import Part, active_part, below, display, leaves, name_of, namespace, path_of, primal, project
from .plan import At, Step
from .state import FOREIGN, Leaf, State


class Writes(Calls):
    """Statements that write into what a name holds."""

    # -------------------------------------------------------------- lists
    def append(self, s: Effect, name: str, value: Expr, state: State) -> Step:
        """The adjoint of `tape.append(v)` takes what the adjoint of `pop` left on `b_tape`."""
        if not state.has(name):
            return Step(s)
        found = Call(Method("pop"), (Ref(self.adjoint(name)),))
        t = self.types.read(s, value.name) if isinstance(value, Ref) else UNKNOWN
        varied = self.activities.read(s, value.name) if isinstance(value, Ref) else False
        if not isinstance(value, Ref) or not active(varied):
            return Step(s, [Effect("expr", (found,), origin=s.origin)])
        parts: list[Part] = []
        pattern = self.pattern(s, value.name, t, varied, parts)
        return Step(s, [Assign(pattern, found, origin=s.origin), *self.apply(s, [], parts, state)])

    def pattern(self, s: Stmt, leaf: Leaf, t: Type, varied: Activity, parts: list[Part]) -> Any:
        if isinstance(t, Tuple):
            return tuple(self.pattern(s, below(leaf, i), x, part(varied, i), parts) for i, x in enumerate(t.items))
        if components(t) is not None and active(varied):
            name = self.temporary(s, self.adjoint(leaf) + "_popped")
            parts += [Part(x, project(Ref(name), path_of(x)[len(path_of(leaf)):]), None, FOREIGN, True)
                      for x in leaves(leaf, t) if active_part(varied, x)]
            return name
        if not active(varied):
            return "_"
        name = self.temporary(s, self.adjoint(leaf) + "_popped")
        parts.append(Part(leaf, Ref(name), None, FOREIGN, True))
        return name

    def pop(self, s: Assign, target: str, name: str, rest: list[Expr], state: State) -> Step:
        killed = self.present(s, target, state)
        varied = self.activities.read(s, name)
        if not active(varied) or not killed and not state.has(name):
            return Step(s, self.apply(s, killed, [], state))
        if rest and rest != [Const(-1)]:
            raise UnsupportedSyntax(f"in {self.f.name}: pop from a position of a list that holds active values",
                                    filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
                                    hint="pop() from the end")
        lines = self.own(s, name, state, True)
        value = self.record(s, target, self.types.written(s, target), self.activities.written(s, target), state)
        lines.append(Effect("expr", (Call(Method("append"), (Ref(self.adjoint(name)), value)),), origin=s.origin))
        return Step(s, lines + self.apply(s, killed, [], state))

    def take(self, s: Assign, target: str, name: str, key: Expr, state: State) -> Step:
        """What is taken out of a dict leaves its adjoint behind when that comes back."""
        killed = self.present(s, target, state)
        if not active(self.activities.read(s, name)) or not killed and not state.has(name):
            return Step(s, self.apply(s, killed, [], state))
        lines = self.own(s, name, state, True)
        value = self.record(s, target, self.types.written(s, target), self.activities.written(s, target), state)
        lines.append(Store(Ref(self.adjoint(name)), self.at(key), value, origin=s.origin))
        return Step(s, lines + self.apply(s, killed, [], state))

    def record(self, s: Stmt, leaf: Leaf, t: Type, varied: Activity, state: State) -> Expr:
        if components(t) is not None:
            return display(t, lambda k, x: self.record(s, below(leaf, k), x, part(varied, k), state), namespace)
        if not active(varied):
            return Const(None)
        return Ref(self.adjoint(leaf)) if state.has(leaf) else self.zeros(s, leaf, True)

    # -------------------------------------------------------------- stores
    def store(self, s: Store, state: State) -> Step:
        target = target_of(s, self.types.read(s, root_of(s.base) or ""))
        leaf: Leaf = (target.name, *target.path) if target.path else target.name
        if target.component:
            return self.component(s, leaf, state)
        if not state.has(leaf):
            return Step(s)
        lines = self.own(s, leaf, state, True)
        buffer, key = self.view(Ref(self.adjoint(leaf)), target.views), self.at(s.key)
        numeric = isinstance(self.leaf_type(s, leaf), Num)
        parts: list[Part] = []
        if isinstance(s.value, Ref) and active(self.activities.read(s, s.value.name)):
            if numeric or s.op is not None or target.views or isinstance(self.leaf_type(s, leaf), Unknown):
                lines += self.stored(s, s.value, buffer, target, numeric, parts)
            else:
                held = self.temporary(s, "b_slot")
                self.element(s, s.value, Ref(held), parts)
                lines.append(Assign(held, helper("copy", item(buffer, key)), origin=s.origin))
        if s.op is None:
            slot = item(buffer, key)
            if isinstance(self.leaf_type(s, leaf), List):  # whose items may hold more or less than before
                slot = item(self.view(primal(leaf), target.views), key)
            lines.append(Store(buffer, key, Const(0) if numeric else helper("zeros_like", slot), origin=s.origin))
        return Step(s, lines + self.apply(s, [], parts, state))

    def stored(self, s: Store, value: Ref, buffer: Expr, target: Target, numeric: bool, parts: list[Part]) -> list[Stmt]:
        """What the adjoint of a buffer holds at the place of a store, as that of the value stored; in memory of its own,
        because the place is about to change. Where it is not known to be a buffer (not `numeric`), it may be a list."""
        slot, held = item(buffer, self.at(s.key)), Ref(self.temporary(s, "b_slot"))
        single = numeric and basic(s.key, lambda e: self.key_type(s, e))
        t, type_of = self.slot_type(s, target), self.type_at(s)
        known = self.type_at(s, {slot: t, held: t})
        taken = helper("copy", slot) if single else helper("last_stored", buffer, self.at(s.key))
        if s.op == "sub":
            taken = op("neg", slot if single else taken)
        elif single and isinstance(t, Num) and t.scalar:
            taken = slot
        t_value = self.types.read(s, value.name)
        if s.op is None and not numeric and components(t_value) is not None:
            self.element(s, value, held, parts)
            return [Assign(held.name, helper("taken", buffer, self.at(s.key)), origin=s.origin)]
        fits = "unbroadcast" if numeric or s.op is not None or isinstance(t_value, Num) else "unstored"
        found = specialise(helper(fits, held, At(value.name)), lambda x: t if x == held else type_of(x))
        parts.append(Part(value.name, found, None, None if fits == "unbroadcast" else FOREIGN))
        return [Assign(held.name, specialise(taken, known), origin=s.origin)]

    def view(self, buffer: Expr, views: tuple[Call, ...]) -> Expr:
        """The same view of an adjoint as that of the buffer that a store goes through."""
        for step in views:
            buffer = replace(step, args=(buffer, *map(self.at, step.args[1:])))
        return buffer

    def component(self, s: Store, leaf: Leaf, state: State) -> Step:
        """A dict or object gets another value at one place: what was there before has no adjoint any more."""
        after, depth = self.types.written(s, name_of(leaf)), len(path_of(leaf))
        killed = [x for x in leaves(leaf, type_of_part(after, path_of(leaf))) if state.has(x)]
        parts: list[Part] = []
        for x in killed:
            self.trace(s, s.value, path_of(x)[depth:], x, state, parts)
        return Step(s, self.apply(s, killed, parts, state))

    def key_type(self, s: Store, e: Expr) -> Type:
        return self.types.read(s, e.name) if isinstance(e, Ref) else self.type_at(s)(e)

    def slot_type(self, s: Store, target: Target) -> Type:
        """The type of what the store replaces."""
        rule = registry.find("operator.getitem")
        assert rule is not None
        base = self.view(primal((target.name, *target.path) if target.path else target.name), target.views)
        return rule_type(rule, Call(Operator("getitem"), (base, self.at(s.key))), self.type_at(s))
