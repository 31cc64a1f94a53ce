"""Derivatives that users gave for their functions, as functions of a compilation.

    value, saved = forward(x, y)            def f_forward(x, y):
                                                value, kept = forward(x, y)
                                                return value, (kept, x, y)
    parts = backward(saved, b_value)        def f_backward(saved, b_out):
                                                kept, x, y = saved
                                                parts = backward(kept, b_out)
                                                return own_adjoint(parts, 0, x)

An object with `__srcgrad_own__` holds them: `forward` and `backward`, or `tangent`, None where there is none.
"""
from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from .differentiate.inline import helper
from .frontend.resolve import DEFAULTS, home
from .ir.names import Namer
from .ir.nodes import Assign, Block, Build, Call, Const, Expr, Fn, Function, Param, Ref, Return, Source

_KINDS = {"POSITIONAL_ONLY": "positional", "POSITIONAL_OR_KEYWORD": "either", "KEYWORD_ONLY": "keyword"}


def parameters(f: Callable[..., Any]) -> list[Param]:
    """The parameters of a user's function as those of a generated one."""
    return [Param(p.name, _KINDS[p.kind.name], None if p.default is p.empty else _default(p.name, p.default))  # type: ignore[arg-type]
            for p in inspect.signature(f).parameters.values()]


def _default(name: str, value: Any) -> Expr:
    from .ir.nodes import Global
    return Const(value) if isinstance(value, bool | int | float | complex | str | None) else Global(DEFAULTS, name, value)


def own_pair(own: Any, names: Sequence[str], forward: str, backward: str) -> tuple[Function, Function]:
    """The forward and the backward function; the adjoints are those of the parameters `names`, bare where that is one."""
    params = parameters(own)
    every = [p.name for p in params]
    namer = Namer(every)
    value, kept, saved, b_out, parts = map(namer.fresh, ("value", "kept", "saved", "b_out", "parts"))
    results = [helper("own_adjoint", Ref(parts), Const(None if len(every) == 1 else every.index(n)), Ref(n), Const(own.__name__))
               for n in names]
    first: Block = (Assign((value, kept), _call(own.forward, params)),
                    Return(Build("tuple", (Ref(value), Build("tuple", tuple(map(Ref, (kept, *every))))))))
    second: Block = (Assign((kept, *every), Ref(saved)), Assign(parts, Call(_fn(own.backward), (Ref(kept), Ref(b_out)))),
                     Return(results[0] if len(results) == 1 else Build("tuple", tuple(results))))
    return (_function(forward, tuple(params), first, every),
            _function(backward, (Param(saved), Param(b_out)), second, [saved, b_out]))


def own_tangent(own: Any, names: Sequence[str], name: str) -> tuple[Function, tuple[str, ...]]:
    """The function that gives (value, tangent), and the names of its tangent parameters."""
    params = parameters(own)
    every = [p.name for p in params]
    namer = Namer(every)
    d = {n: namer.fresh(f"d_{n}") for n in names}
    along = [Ref(d[n]) if n in d else helper("zeros_like", Ref(n)) for n in every]
    call = Call(_fn(own.tangent), (Build("tuple", tuple(map(Ref, every))), Build("tuple", tuple(along))))
    value, d_value = namer.fresh("value"), namer.fresh("d_value")
    body: Block = (Assign((value, d_value), call), Return(Build("tuple", (Ref(value), Ref(d_value)))))
    extra = tuple(Param(d[n], "keyword") for n in names)
    return _function(name, (*params, *extra), body, [p.name for p in (*params, *extra)]), tuple(d.values())


def _call(f: Any, params: Sequence[Param]) -> Call:
    return Call(_fn(f), tuple(Ref(p.name) for p in params if p.kind != "keyword"),
                tuple((p.name, Ref(p.name)) for p in params if p.kind == "keyword"))


def _fn(f: Any) -> Fn:
    place = home(f)
    return Fn(*place, f) if place is not None else Fn(DEFAULTS, getattr(f, "__name__", "function"), f)


def _function(name: str, params: tuple[Param, ...], body: Block, own_names: Sequence[str]) -> Function:
    from .ir.walk import all_names
    made = Function(name, params, body, Source("<own derivative>", 0, ""))
    return Function(name, params, body, made.source, temporaries=frozenset(all_names(made)) - set(own_names))
