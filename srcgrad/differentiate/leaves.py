"""Leaves: the parts of a value that have adjoints of their own; and contributions to them."""
from __future__ import annotations

from dataclasses import dataclass

from ..ir.nodes import Call, Const, Expr, Operator, Ref, item, op
from ..ir.types import Tuple, Type
from ..ir.walk import rewrite
from .plan import At
from .state import Leaf


@dataclass(frozen=True)
class Part:
    """One contribution: `value` is to be added to the adjoint of `leaf` (at `key`). `group`: whose memory it is."""

    leaf: Leaf
    value: Expr
    key: Expr | None = None
    group: int | None = None
    sparse: bool = False


def name_of(leaf: Leaf) -> str:
    return leaf if isinstance(leaf, str) else leaf[0]


def primal(leaf: Leaf, out: bool = False) -> Expr:
    """The value whose adjoint a leaf is."""
    if isinstance(leaf, str):
        return At(leaf, out)
    e: Expr = At(leaf[0], out)
    for i in leaf[1:]:
        e = item(e, Const(i))
    return e


def below(leaf: Leaf, i: int) -> Leaf:
    return (leaf, i) if isinstance(leaf, str) else (*leaf, i)


def leaves(leaf: Leaf, t: Type) -> list[Leaf]:
    """The parts of a value that have adjoints of their own: those of a tuple, else the value itself."""
    if isinstance(t, Tuple):
        return [x for i, part in enumerate(t.items) for x in leaves(below(leaf, i), part)]
    return [leaf]


def doubled(e: Expr) -> Expr:
    """2 * e, with the 2 in front."""
    match e:
        case Call(Operator("mul" | "truediv"), (a, b)):
            return Call(e.target, (doubled(a), b))
        case Call(Operator("neg"), (a,)):
            return op("neg", doubled(a))
    return op("mul", Const(2), e)


def merged(parts: list[Part]) -> list[Part]:
    """Contributions to one leaf from one statement become one sum; equal terms are counted."""
    out: list[Part] = []
    for part in parts:
        mates = [i for i, p in enumerate(out) if p.leaf == part.leaf and p.key is None and part.key is None]
        if not mates:
            out.append(part)
            continue
        mate = out[mates[0]]
        value = doubled(part.value) if mate.value == part.value else op("add", mate.value, part.value)
        out[mates[0]] = Part(part.leaf, value, None, None, mate.sparse and part.sparse)
    return out


def renamed(e: Expr, names: dict[str, str]) -> Expr:
    return rewrite(e, lambda x: Ref(names.get(x.name, x.name)) if isinstance(x, Ref) else x)

