"""Contributions of one statement that are made of one another.

    b_A = -np.outer(np.linalg.solve(A.T, b_z), z)        b_b = np.linalg.solve(A.T, b_z)
    b_b = np.linalg.solve(A.T, b_z)                      b_A = -np.outer(b_b, z)
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..ir.nodes import Assign, Call, Expr, Fn, Ref, Stmt
from ..ir.walk import expressions, rewrite
from .leaves import Part, name_of
from .state import Leaf


def share(s: Stmt, parts: Sequence[Part], adjoint_of: Callable[[Leaf], str], fresh: Callable[[Leaf], bool],
          temporary: Callable[[Stmt, str], str]) -> tuple[list[Stmt], list[Part]]:
    """The lines and contributions in which a call that is one contribution, and occurs in others, is made once.

    Only where the others go elsewhere: the adjoint that the call becomes may be added to in place. `fresh` says which
    adjoints have no value yet: such a one comes first, and the others read it.
    """
    lines: list[Stmt] = []
    found = list(parts)
    for part in parts:
        users = [p for p in found if p is not part and part.value in expressions(p.value)]
        if not users or part.key is not None or not isinstance(part.value, Call) or not isinstance(part.value.target, Fn):
            continue
        if name_of(part.leaf) in {name_of(p.leaf) for p in found if p is not part}:
            continue
        first = part
        name = Ref(adjoint_of(part.leaf))
        if not fresh(part.leaf):
            name = Ref(temporary(s, "t"))
            lines.append(Assign(name.name, part.value, origin=s.origin))
            first = replace(part, value=name)
        found = [first, *(replace(p, value=_put(p.value, part.value, name)) for p in found if p is not part)]
    return lines, found


def _put(e: Expr, call: Expr, name: Ref) -> Expr:
    return rewrite(e, lambda x: name if x == call else x)
