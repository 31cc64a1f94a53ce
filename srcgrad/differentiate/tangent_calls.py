"""The tangent lines of calls: by rule, or by the callee's own generated tangent function."""
from __future__ import annotations

from collections.abc import Callable

from ..analyse.activity import Activity, active
from ..analyse.containers import constructed, element_of, place_of
from ..analyse.types import canonical
from ..ir.nodes import (
    Assign, Attribute, Call, Const, Expr, Fn, Ref, Stmt, op,
)
from ..ir.types import UNKNOWN, Num, Type
from ..ir.walk import expressions, names_in, rewrite
from ..rules import registry
from ..rules.dsl import dot
from .calls import refuse_containers, refuse_stars
from .inline import bind, fill, helper, no_line, no_rule, specialise
from .leaves import name_of
from .state import Leaf

from .plan import At
from .tangents import Tangents

TangentOf = Callable[[Stmt, Call, list[Activity]], "tuple[Fn, tuple[int, ...]] | None"]
RESULT = At("result", True)


class TangentCalls(Tangents):
    """Calls."""

    # -------------------------------------------------------------- calls
    def call(self, s: Stmt, target: str, e: Call, primal: Stmt, present: set[Leaf]) -> list[Stmt]:
        receiver = self.types.atom(s, e.args[0]) if e.args else UNKNOWN
        plain = canonical(e, receiver)
        refuse_stars(self.facts.f.name, s, plain, self.facts.activities)
        args = (*plain.args, *(v for _, v in plain.kwargs))
        tangents = [self.tangent_at(s, a, (), present) for a in args]
        constant = isinstance(plain.target, Attribute) and not active(self.facts.activities.written(s, target))
        if constant or all(t is None for t in tangents):
            present -= {leaf for leaf in present if name_of(leaf) == target}
            return [primal]
        base_key = place_of(plain)
        element = None if base_key is None else element_of(receiver, base_key[1])
        made = constructed(e)
        if element is not None or made is not None:
            found: dict[Leaf, Expr] = {}
            value, path = (plain.args[0], (element,)) if made is None else (e, ())
            self.match(s, target, value, path, found, present)
            lines = [Assign(self.tangent(leaf), self.own(leaf, x), origin=s.origin) for leaf, x in found.items()]
            present -= {leaf for leaf in present if name_of(leaf) == target}
            present.update(found)
            return [primal, *lines]
        rule = registry.find(registry.target_of(plain))
        refuse_containers(self.facts.f.name, s, plain, rule, lambda n: self.types.read(s, n))
        if rule is None:
            return self.by_function(s, target, plain, primal, tangents, present)
        return self.by_rule(s, target, plain, rule, primal, present)

    def by_rule(self, s: Stmt, target: str, e: Call, rule: registry.Rule, primal: Stmt, present: set[Leaf]) -> list[Stmt]:
        terms: list[Expr] = []
        bound = bind(self.facts.f.name, s, e, rule)
        places = (*bound.keywords.items(), *((name, bound.operands[name]) for name in rule.fixed))
        for name, x in places if rule.kind != "constant" else ():
            if any(active(self.facts.activities.read(s, n)) for n in names_in(x)):
                raise no_line(self.facts.f.name, s, e, name)
        covered: set[str] = set()
        for line in rule.body.tangent if rule.kind != "constant" else ():
            d = self.tangent_at(s, bound.operands[line.of], (), present)
            if d is not None:
                terms.append(fill(line.value, bound, {**bound.operands, rule.result: RESULT}, {line.of: d}))
                covered |= {name for name, x in bound.operands.items()
                            if Ref(name) in _all(line.value) or dot(name) in _all(line.value)}
        if not terms:
            present -= {leaf for leaf in present if name_of(leaf) == target}
            return [primal]
        total = terms[0]
        container = rule.kind != "elementwise" and not isinstance(self.types.written(s, target), Num)  # `+` joins tuples
        for term in terms[1:]:
            total = helper("add", total, term) if container else op("add", total, term)
        if rule.kind == "elementwise" and not self.covers(s, bound, covered, rule):
            total = helper("broadcast_like", total, RESULT)
        return self.place(s, target, e, total, primal, present)

    def covers(self, s: Stmt, bound: registry.Bound, covered: set[str], rule: registry.Rule) -> bool:
        """The terms have the result's shape: they mention every operand that is not a plain number."""
        for name, e in bound.operands.items():
            number = isinstance(e, Const) or isinstance(e, Ref) and isinstance(
                t := self.types.read(s, e.name), Num) and t.scalar
            if name not in covered and not number:
                return False
        return True

    def place(self, s: Stmt, target: str, e: Call, total: Expr, primal: Stmt, present: set[Leaf]) -> list[Stmt]:
        """Computes value and tangent in an order in which neither reads what the other overwrote."""
        t = self.types.written(s, target)
        kinds = self.type_at(s)

        def type_of(x: Expr) -> Type:
            return t if isinstance(x, Ref) and x.name in (target, new) else kinds(x)

        new = target
        reads_result = RESULT in _all(total)
        d = self.tangent(target)
        present -= {leaf for leaf in present if name_of(leaf) == target}
        self.spread_after(s, target, t, present)
        if target not in names_in(total):
            value = specialise(_with_result(total, target), type_of)
            return [primal, Assign(d, self.own(target, value), origin=s.origin), *self.taken_apart(s, target, t)]
        if not reads_result:
            value = specialise(total, kinds)
            return [Assign(d, self.own(target, value), origin=s.origin), primal, *self.taken_apart(s, target, t)]
        new = self.fresh(s, f"{target}_new")
        value = specialise(_with_result(total, new), type_of)
        return [Assign(new, e, origin=s.origin), Assign(d, self.own(target, value), origin=s.origin),
                Assign(target, Ref(new), origin=s.origin), *self.taken_apart(s, target, t)]

    def by_function(self, s: Stmt, target: str, e: Call, primal: Stmt, tangents: list[Expr | None],
                    present: set[Leaf]) -> list[Stmt]:
        acts: list[Activity] = [t is not None for t in tangents]
        found = self.tangent_of(s, e, acts)
        if found is None:
            raise no_rule(self.facts.f.name, s, e)
        fn, positions = found
        given = [(self.keyword(fn, i), tangents[place]) for i, place in enumerate(positions)]
        call = Call(fn, e.args, (*e.kwargs, *((n, d) for n, d in given if d is not None)))
        t = self.types.written(s, target)
        present -= {leaf for leaf in present if name_of(leaf) == target}
        self.spread_after(s, target, t, present)
        return [Assign((target, self.tangent(target)), call, origin=s.origin), *self.taken_apart(s, target, t)]

    def keyword(self, fn: Fn, i: int) -> str:
        """The name of the i-th tangent parameter of a callee's tangent function (`fn.value` lists them)."""
        return str(fn.value.tangents[i])




def _with_result(e: Expr, name: str) -> Expr:
    return rewrite(e, lambda x: Ref(name) if x == RESULT else x)


def _all(e: Expr) -> list[Expr]:
    return list(expressions(e))
