"""The types of names, whatever statement reads them: found once, they hold for all passes, which change no name's value."""
from __future__ import annotations

from collections.abc import Callable, Mapping

from ..analyse.types import CalleeType, Seen, infer
from ..ir.nodes import Assign, Const, Function, Store
from ..ir.types import Type, join
from ..ir.walk import bound, root_of, statements

Env = dict[str, Type]
Typed = Callable[[Function], Env]


def known(f: Function, params: Mapping[str, Type], callee: CalleeType | None = None, seen: Seen | None = None) -> Env:
    """For each name the type that covers all that it ever holds, but for the None that stands for no value yet. A pass that
    gives a name something else says so here.

    >>> from ..ir.nodes import Assign, Const, Param, Return, Ref
    >>> from ..ir.source import Source
    >>> from ..ir.types import FLOAT
    >>> body = Assign("y", Ref("x")), Assign("y", Const(1.5)), Return(Ref("y"))
    >>> known(Function("f", (Param("x"),), body, Source("f.py", 1, "")), {"x": FLOAT})["y"] == FLOAT
    True
    """
    types = infer(f, params, callee, seen)
    env = dict(types.params)
    for s in statements(f.body):
        if isinstance(s, Assign) and s.value == Const(None):
            continue
        for n in (root_of(s.base) or "",) if isinstance(s, Store) else bound(s):
            t = types.written(s, n)
            env[n] = join(env[n], t) if n in env else t
    return env
