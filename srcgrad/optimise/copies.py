"""Leaves out assignments that give a name what it holds already.

    before                      after
    b_t = b_x                   b_t = b_x
    b_y = 2 * b_t               b_y = 2 * b_t
    b_x = b_t
"""
from __future__ import annotations

from dataclasses import replace
from operator import is_

from ..ir.nodes import Assign, Block, Function, Ref, Stmt
from ..ir.walk import bound_in, map_blocks, statements


def copies(f: Function) -> Function:
    """The function without assignments of what is there.

    >>> from ..ir.nodes import Param, Return
    >>> from ..ir.source import Source
    >>> body = Assign("y", Ref("x")), Assign("x", Ref("y")), Return(Ref("x"))
    >>> len(copies(Function("f", (Param("x"),), body, Source("f.py", 1, ""))).body)
    2
    """
    if not any(isinstance(s, Assign) and isinstance(s.value, Ref) for s in statements(f.body)):
        return f
    body = _block(f.body)
    return f if len(body) == len(f.body) and all(map(is_, body, f.body)) else replace(f, body=body)


def _block(block: Block) -> Block:
    same: dict[str, set[str]] = {}  # names, with all that hold the same object
    out: list[Stmt] = []
    for s in block:
        match s:
            case Assign(target=str() as name, value=Ref(other)) if name == other or other in same.get(name, ()):
                continue
        for n in bound_in((s,)):
            for m in same.pop(n, ()):
                same[m].discard(n)
        match s:
            case Assign(target=str() as name, value=Ref(other)):
                mates = same.get(other, set()) | {other}
                same[name] = set(mates)
                for m in mates:
                    same.setdefault(m, set()).add(name)
        out.append(map_blocks(s, _block))
    return tuple(out)
