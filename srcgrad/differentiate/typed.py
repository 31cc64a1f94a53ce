"""The types of expressions in backward lines."""
from __future__ import annotations

from collections.abc import Callable, Mapping

from ..analyse.containers import element_of, place_of
from ..analyse.types import Types, canonical, rule_type
from ..analyse.values import type_of_value
from ..ir.nodes import Attribute, Build, Call, Const, Expr, Global, Method, Operator, Stmt
from ..ir.parts import part_type
from ..ir.types import UNKNOWN, List, Tuple, Type
from ..rules import registry
from .plan import At


def type_at(types: Types, s: Stmt, known: Mapping[Expr, Type] | None = None) -> Callable[[Expr], Type]:
    """Gives the types of expressions in the backward lines of a statement. `known`: those of some, among them adjoints."""
    def type_of(e: Expr) -> Type:
        if known and e in known:
            return known[e]
        match e:
            case At(name, out):
                return types.written(s, name) if out else types.read(s, name)
            case Const() | Global():
                return type_of_value(e.value)
            case Call():
                return of_call(e)
            case Build("tuple"):
                return Tuple(tuple(map(type_of, e.items)))
        return UNKNOWN

    def of_call(e: Call) -> Type:
        place = place_of(e)
        if place is not None:
            t = type_of(place[0])
            element = element_of(t, place[1])
            if element is not None:
                return part_type(t, element)
            if isinstance(t, List) and e.target == Operator("getitem"):
                return t.item
        plain = canonical(e, type_of(e.args[0])) if isinstance(e.target, Method | Attribute) else e
        rule = registry.described(registry.target_of(plain))
        return UNKNOWN if rule is None else rule_type(rule, plain, type_of)

    return type_of
