"""Functions whose output is what they leave in their arguments: `of="A"`.

    def f(A, n):                def f(A, n):
        A[0] = n                    A[0] = n
                                    return A

The function that stands for f with such outputs is a function of its own, with the code of f; `front` knows it.
"""
from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import replace
from types import FunctionType
from typing import Any

from .errors import BadWrt, did_you_mean
from .front import vary_front
from .ir.names import Namer
from .ir.nodes import Assign, Build, Const, Expr, Function, Ref, Return
from .ir.walk import all_names, bound_in

Outputs = str | tuple[str, ...] | None
RETURN = "return"


def with_outputs(f: FunctionType, of: Outputs) -> FunctionType:
    """The function whose outputs are the final contents of the arguments named, "return" standing for what f returns.

    One name gives one output, a tuple a tuple. Raises BadWrt for what is no parameter.
    """
    if of is None or of == RETURN:
        return f
    names = (of,) if isinstance(of, str) else tuple(of)
    place: dict[str, Any] = {"filename": f.__code__.co_filename, "lineno": f.__code__.co_firstlineno}
    listed = ", ".join(inspect.signature(f).parameters)
    if not names:
        raise BadWrt(f"{f.__name__}: of is empty", hint=f'the parameters of {f.__name__} are: {listed}; or "return"', **place)
    for name in names:
        if name != RETURN and name not in inspect.signature(f).parameters:
            raise BadWrt(f"{f.__name__} has no parameter {name!r} to be an output",
                         hint=did_you_mean(name, inspect.signature(f).parameters) + (
                             f'the parameters of {f.__name__} are: {listed}; "return" is what it returns'), **place)
    made = FunctionType(f.__code__, f.__globals__, f.__name__, f.__defaults__, f.__closure__)
    made.__srcgrad_outputs__ = names  # type: ignore[attr-defined]
    made.__kwdefaults__, made.__doc__, made.__qualname__, made.__module__ = (
        f.__kwdefaults__, f.__doc__, f.__qualname__, f.__module__)
    vary_front(made, f, lambda normal: returning(normal, names, isinstance(of, str)))
    return made


def returning(f: Function, names: Sequence[str], single: bool) -> Function:
    """A NORMAL function that returns the buffers its parameters had when it was called."""
    namer = Namer(all_names(f))
    *body, ret = f.body
    assert isinstance(ret, Return)
    start: list[Assign] = []
    made: list[str] = []
    found: dict[str, Expr] = {RETURN: ret.value}
    for name in names:
        if name != RETURN and name not in found:
            found[name] = Ref(name)
            if name in bound_in(f.body):  # the name may come to stand for something else
                made.append(namer.fresh(f"{name}_buffer"))
                start.append(Assign(made[-1], Ref(name), origin=f.origin))
                found[name] = Ref(made[-1])
    value: Expr = found[names[0]]
    end: list[Assign] = []
    if not single:
        made.append(namer.fresh("out"))
        end.append(Assign(made[-1], Build("tuple", tuple(found[n] for n in names)), origin=ret.origin))
        value = Ref(made[-1])
    last = replace(ret, value=value, origin=f.origin if ret.value == Const(None) else ret.origin)
    return replace(f, body=(*start, *body, *end, last), temporaries=f.temporaries | frozenset(made))


def outputs_of(target: Any, of: Outputs) -> Any:
    """A target whose function has the outputs named."""
    if of is None or of == RETURN:
        return target
    if not isinstance(target.function, FunctionType):
        raise BadWrt(f"{target.name}: of= names arguments of a Python function, not of a derivative",
                     hint="leave of= out", **target.place)
    return replace(target, function=with_outputs(target.function, of))
