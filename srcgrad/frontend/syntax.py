"""Going through syntax trees."""
from __future__ import annotations

from ast import AST
from typing import Any

import gast

_IDLE = (gast.Load, gast.Store, gast.Del, gast.Param, gast.operator, gast.unaryop, gast.cmpop, gast.boolop)


def children(node: Any) -> list[Any]:
    """The nodes directly inside a node, in order; what only says which operator or context is left out.

    >>> [type(n).__name__ for n in children(gast.parse("x = y").body[0])]
    ['Name', 'Name']
    """
    found = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [x for x in value if isinstance(x, AST)]
        elif isinstance(value, AST) and not isinstance(value, _IDLE):
            found.append(value)
    return found


def walk(node: Any) -> list[Any]:
    """A node and all those inside it, outer ones first."""
    found = [node]
    for x in found:  # which grows meanwhile
        found += children(x)
    return found
