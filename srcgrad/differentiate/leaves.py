"""Leaves: the parts of a value that have adjoints of their own; and contributions to them."""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

from ..analyse.activity import Activity, active, part
from ..ir.nodes import Build, Call, Const, Expr, Field, Fn, Operator, Ref, attr, item, op
from ..ir.parts import Element, components, part_type
from ..ir.types import Dict, Num, Object, Tuple, Type, Unknown
from ..ir.walk import rewrite
from .plan import At
from .inline import helper
from .state import FOREIGN, Leaf


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
    return project(At(leaf[0], out), path_of(leaf))


def path_of(leaf: Leaf) -> tuple[Element, ...]:
    """Which part of the name's value a leaf is: () for the value itself."""
    return () if isinstance(leaf, str) else leaf[1:]


def component(e: Expr, element: Element) -> Expr:
    """`e[0]`, `e["w"]`, `e.w`."""
    return attr(e, element.name) if isinstance(element, Field) else item(e, Const(element))


def project(e: Expr, path: tuple[Element, ...]) -> Expr:
    """The part `path` of a value."""
    for element in path:
        e = component(e, element)
    return e


def below(leaf: Leaf, element: Element) -> Leaf:
    return (leaf, element) if isinstance(leaf, str) else (*leaf, element)


def leaves(leaf: Leaf, t: Type) -> list[Leaf]:
    """The parts of a value that have adjoints of their own: those of a tuple, a dict, an object; else the value itself."""
    parts = components(t)
    return [leaf] if parts is None else [x for element, part in parts for x in leaves(below(leaf, element), part)]


def display(t: Type, value: Callable[[Element, Type], Expr], namespace: Callable[[Type, dict[str, Expr]], Expr]) -> Expr:
    """A value with the components of type t, as an expression. `namespace` makes that of an object."""
    if isinstance(t, Object):
        return namespace(t, {name: value(Field(name), x) for name, x in t.items})
    parts = components(t)
    assert parts is not None
    if isinstance(t, Dict):
        return Build("dict", tuple(e for k, x in parts for e in (Const(k), value(k, x))))
    assert isinstance(t, Tuple)
    return Build("tuple", tuple(value(k, x) for k, x in parts))


def displayed(e: Build, element: Element) -> Expr:
    """The item of a tuple or dict display."""
    if e.kind == "tuple":
        return e.items[element]
    return dict(zip(e.items[::2], e.items[1::2]))[Const(element)]


def namespace(t: Type, parts: dict[str, Expr]) -> Expr:
    """The adjoint of an object: its parts by their names."""
    return Call(Fn("types", "SimpleNamespace", SimpleNamespace), (), tuple(parts.items()))


def leaf_type(t: Type, leaf: Leaf) -> Type:
    """The type of a leaf, where t is that of its name."""
    for element in path_of(leaf):
        t = part_type(t, element)
    return t


def active_part(varied: Activity, leaf: Leaf) -> bool:
    """Whether a leaf varies, where `varied` is the activity of its name."""
    for element in path_of(leaf):
        varied = part(varied, element)
    return active(varied)


def spelled_leaf(letter: str, leaf: Leaf) -> str:
    """What to call the adjoint or tangent of a leaf: b_x, b_t_0, d_params_w.

    >>> spelled_leaf("b", ("params", "layer 1", Field("w")))
    'b_params_layer_1_w'
    """
    shown = [x.name if isinstance(x, Field) else str(x) for x in ((leaf,) if isinstance(leaf, str) else leaf)]
    return re.sub(r"\W", "_", "_".join([letter, *shown]))


def doubled(e: Expr) -> Expr:
    """2 * e, with the 2 in front."""
    match e:
        case Call(Operator("mul" | "truediv"), (a, b)):
            return Call(e.target, (doubled(a), b))
        case Call(Operator("neg"), (a,)):
            return op("neg", doubled(a))
    return op("mul", Const(2), e)


def total(a: Expr, b: Expr, t: Type) -> Expr:
    """The sum of two contributions to a value of type t; through a helper where they may be containers."""
    def handed(e: Expr) -> bool:
        return isinstance(e, Ref) or isinstance(e, Call) and e.target == Operator("getitem")
    if isinstance(t, Num) or isinstance(t, Unknown) and not (handed(a) or handed(b)):
        return doubled(a) if a == b else op("add", a, b)
    return helper("add", a, b)


def merged(parts: list[Part], type_of: Callable[[Leaf], Type]) -> list[Part]:
    """Contributions to one leaf from one statement become one sum; equal terms are counted."""
    out: list[Part] = []
    for new in parts:
        mates = [i for i, p in enumerate(out) if p.leaf == new.leaf and p.key is None and new.key is None]
        if not mates:
            out.append(new)
            continue
        mate = out[mates[0]]
        value = total(mate.value, new.value, type_of(new.leaf))
        group = FOREIGN if isinstance(value, Call) and isinstance(value.target, Fn) else None
        out[mates[0]] = Part(new.leaf, value, None, group, mate.sparse and new.sparse)
    return out


def renamed(e: Expr, names: dict[str, str]) -> Expr:
    return rewrite(e, lambda x: Ref(names.get(x.name, x.name)) if isinstance(x, Ref) else x)

