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
from dataclasses import dataclass
from typing import Any

from .analyse.activity import Activity, active
from .differentiate.calls import Pair
from .differentiate.inline import helper
from .emit.comments import with_comments
from .errors import MissingRule
from .front import checked, front
from .frontend.resolve import DEFAULTS, home
from .ir.names import Namer
from .ir.nodes import Assign, Block, Build, Call, Const, Effect, Expr, Fn, Function, Global, Param, Ref, Return, Source, Stmt
from .known import bind_call
from .repeatable import check_repeatable, generators

_KINDS = {"POSITIONAL_ONLY": "positional", "POSITIONAL_OR_KEYWORD": "either", "KEYWORD_ONLY": "keyword"}


def parameters(f: Callable[..., Any]) -> list[Param]:
    """The parameters of a user's function as those of a generated one."""
    return [Param(p.name, _KINDS[p.kind.name], None if p.default is p.empty else _default(p.name, p.default))  # type: ignore[arg-type]
            for p in inspect.signature(f).parameters.values()]


def _default(name: str, value: Any) -> Expr:
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


def checkpoint_pair(f: Callable[..., Any], params: Sequence[Param], generators: Sequence[str], inner: tuple[str, str], made: Any,
                    forward: str, backward: str) -> tuple[Function, Function]:
    """The forward function saves the arguments and runs f; the backward function runs f's own pair `inner` from there."""
    every = [p.name for p in params]
    namer = Namer(every)
    saved, value, trace, b_out = map(namer.fresh, ("saved", "value", "trace", "b_out"))
    keep = Build("tuple", tuple(helper("kept", Ref(n)) for n in every))
    tests = [Effect("expr", (helper("check_generators", Const(f.__name__), *map(Ref, generators)),))] if generators else []
    first: Block = (*tests, Assign(saved, keep), Assign(value, _call(f, params)),
                    Return(Build("tuple", (Ref(value), Ref(saved)))))
    again = Call(Fn("", inner[0], made(inner[0])), _call(f, params).args, _call(f, params).kwargs)
    second: Block = (Assign(tuple(every), Ref(saved)), *(Assign(n, helper("kept", Ref(n))) for n in generators),
                     Assign((value, trace), again), Return(Call(Fn("", inner[1], made(inner[1])), (Ref(trace), Ref(b_out)))))
    return (_function(forward, tuple(params), first, every),
            _function(backward, (Param(saved), Param(b_out)), second, [saved, b_out]))


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


# ------------------------------------------------------------------ in a compilation
@dataclass(frozen=True, eq=False)
class Made:
    """Stands for a generated function in the code that calls it. `tangents`: its tangent parameters, in order."""

    name: str
    tangents: tuple[str, ...] = ()


def own_of(s: Stmt, call: Call, part: str, maker: str) -> Any:
    """The function with derivatives of the user's own that a call runs, None for other calls."""
    value: Any = call.target.value if isinstance(call.target, Fn) else None
    if not hasattr(type(value), "__srcgrad_own__"):
        return None
    if getattr(value, part) is None:
        raise MissingRule(f"{value.__name__} has derivatives of its own, but no {part} function", filename=s.origin.filename,
                          lineno=s.origin.line, offset=s.origin.column, hint=f"give it one with {maker}")
    return value


def identifier(f: Any) -> str:
    """What the functions generated for f are called after: its name, for a method with that of the class."""
    name = f.__qualname__.rpartition("<locals>.")[2].replace(".", "_")
    return name if name.isidentifier() else "lambda_"


class OwnDerivatives:
    """The part of a compilation that makes pairs of these."""

    names: Namer
    functions: list[Function]
    pairs: dict[Any, Pair]
    tangents: dict[Any, tuple[Fn, tuple[int, ...]]]
    make_pair: Callable[..., None]
    keep: Callable[..., None]

    def checkpoint_pair(self, found: Any) -> Pair:
        """The pair of a function that is run again in the backward sweep instead of saving what it computes."""
        f, params, inputs, names, positions = found
        draws = generators(f)
        check_repeatable(f, "a checkpoint runs the function again in the backward sweep",
                         "take it out of the checkpoint, or pass random generators as arguments", draws)
        stem = identifier(f)
        forward, backward, *inner = tuple(self.names.fresh(f"{stem}_{part}") for part in (
            "checkpoint_forward", "checkpoint_backward", "forward", "backward"))
        self.make_pair(f, params, inputs, names, *inner)
        code = checkpoint_pair(f, front(f).prepared.params, draws, (inner[0], inner[1]), Made, forward, backward)
        for part in code:
            self.keep(part, f)
        return Pair(Fn("", forward, Made(forward)), Fn("", backward, Made(backward)), positions)

    def own_names(self, own: Any, call: Call, acts: Sequence[Activity]) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The active parameters, and the places of their arguments in the call."""
        values = (*call.args, *(v for _, v in call.kwargs))
        place = {id(v): i for i, v in enumerate(values)}
        found = {n: place[id(v)] for n, v in bind_call(own, call).items() if id(v) in place and active(acts[place[id(v)]])}
        return tuple(found), tuple(found.values())

    def own_pair(self, own: Any, call: Call, acts: Sequence[Activity]) -> Pair:
        names, positions = self.own_names(own, call, acts)
        key = "own", own, names, positions
        if key not in self.pairs:
            forward, backward = self.names.fresh(f"{identifier(own)}_forward"), self.names.fresh(
                f"{identifier(own)}_backward")
            for part in own_pair(own, names, forward, backward):
                self.functions.append(with_comments(checked(part, "adjoint")))
            self.pairs[key] = Pair(Fn("", forward, Made(forward)), Fn("", backward, Made(backward)), positions)
        return self.pairs[key]

    def own_tangent(self, own: Any, call: Call, acts: Sequence[Activity]) -> tuple[Fn, tuple[int, ...]]:
        names, positions = self.own_names(own, call, acts)
        key = "own", own, names, positions
        if key not in self.tangents:
            name = self.names.fresh(f"{identifier(own)}_tangent")
            function, extra = own_tangent(own, names, name)
            self.functions.append(with_comments(checked(function, "adjoint")))
            self.tangents[key] = Fn("", name, Made(name, extra)), positions
        return self.tangents[key]
