"""Gives temporaries the shortest free name of their family, in order of first binding.

    before                                      after
    t_4 = np.exp(x)                             t = np.exp(x)
    t_7 = 1 + t_4                               t_2 = 1 + t
    b_t_7 = b_out / t_7                         b_t_2 = b_out / t_2
    b_p_b_2 = np.sum(b_t_7)                     b_p_b = np.sum(b_t_2)

The adjoint and the tangent of a temporary stay called after it. The names of the user and of parameters stay, and so does
the number of a part of a tuple, `b_t_2` where there is a `b_t_0`.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import replace

from ..ir.names import Namer
from ..ir.nodes import Assign, Block, Expr, Fn, For, Function, Global, Names, Ref, Stmt, Update
from ..ir.walk import all_names, bound, expressions, map_blocks, map_operands, operands, rewrite, statements

_NUMBERED = re.compile(r"(.+?)_\d+")
_PREFIXES = ("b_", "d_")


def names(f: Function) -> Function:
    """The function with shorter names.

    >>> from ..ir.nodes import Const, NOWHERE, Param, Return, op
    >>> from ..ir.source import Source
    >>> body = Assign("t_7", op("add", Const(1), Ref("x"))), Return(op("mul", Ref("t_7"), Ref("t_7")))
    >>> f = Function("f", (Param("x"),), body, Source("f.py", 1, ""), temporaries=frozenset({"t_7"}))
    >>> names(f).body[0].target
    't'
    """
    new = _chosen(f)
    if not new:
        return f
    notes = dict(f.notes)
    if "arrays" in notes:
        notes["arrays"] = frozenset(new.get(n, n) for n in notes["arrays"] & all_names(f))
    if "kept" in notes:
        notes["kept"] = frozenset(new.get(n, n) for n in notes["kept"])
    if "nothing" in notes:
        old, nothing = {b: a for a, b in new.items()}, notes["nothing"]
        notes["nothing"] = lambda n: nothing(old.get(n, n))
    temporaries = frozenset(new.get(n, n) for n in f.temporaries)
    return replace(f, body=_renamed(f.body, new), temporaries=temporaries, notes=notes)


def _chosen(f: Function) -> dict[str, str]:
    """The new names of those that get another."""
    every = all_names(f)
    fixed = {p.name for p in f.params} | set(f.cells)
    first = dict.fromkeys(n for s in statements(f.body) for n in bound(s) if n in f.temporaries and n not in fixed | {"_"})
    users = every - first.keys()
    namer = Namer(users.union(_outside(f)))
    new: dict[str, str] = {}
    derived = [n for n in first if _primal(n) in every]
    rest = [n for n in first if _primal(n) not in every]
    for name in rest:
        if name[:2] not in _PREFIXES:
            new[name] = namer.fresh(_family(name, every))
    for name in sorted(derived, key=len):  # b_t before b_b_t
        primal = _primal(name)
        new[name] = namer.fresh(name[:2] + new.get(primal, primal))
    namer.reserve(p + new.get(n, n) for n in every for p in _PREFIXES
                  if n in first or _NUMBERED.fullmatch(n))
    for name in rest:
        if name not in new:
            new[name] = namer.fresh(_family(name, every))
    return {a: b for a, b in new.items() if a != b}


def _outside(f: Function) -> Iterable[str]:
    """What the function reads from modules, by the last part of its name: it may be printed so."""
    for s in statements(f.body):
        for e in operands(s):
            for x in expressions(e):
                target = getattr(x, "target", x)
                if isinstance(target, Fn | Global):
                    yield from target.name.split(".")


def _primal(name: str) -> str:
    """The name that an adjoint or a tangent is called after, the empty name for others."""
    return name[2:] if name[:2] in _PREFIXES else ""


def _family(name: str, every: Set[str]) -> str:
    """The name without its number, which is kept where it may be that of a part."""
    found = _NUMBERED.fullmatch(name)
    if found is None or f"{found[1]}_0" in every or f"{found[1]}_1" in every:
        return name
    return found[1]


def _renamed(block: Block, new: Mapping[str, str]) -> Block:
    def target(old: Names) -> Names:
        return tuple(map(target, old)) if isinstance(old, tuple) else new.get(old, old)

    def expression(e: Expr) -> Expr:
        return rewrite(e, lambda x: Ref(new[x.name]) if isinstance(x, Ref) and x.name in new else x)

    def change(s: Stmt) -> Stmt:
        s = map_blocks(map_operands(s, expression), lambda inner: tuple(map(change, inner)))
        if isinstance(s, Assign | For):
            found = target(s.target)
            return s if found == s.target else replace(s, target=found)
        return replace(s, name=new[s.name]) if isinstance(s, Update) and s.name in new else s

    return tuple(map(change, block))
