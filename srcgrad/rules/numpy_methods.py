"""Methods and attributes of arrays as the functions that they are the same as.

`METHODS["sum"]` turns `x.sum(axis=0)` into `np.sum(x, axis=0)`. A call with arguments that the function does not have
in the same place comes back as it is.
"""
from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..ir.nodes import Build, Call, Const, Expr, Fn
from ..runtime import helpers

Rewrite = Callable[[Call], Call]


def _numpy(name: str) -> Fn:
    return Fn("numpy", name, getattr(np, name))


def _helper(name: str) -> Fn:
    return Fn("srcgrad.runtime.helpers", name, getattr(helpers, name))


def _same(target: Fn) -> Rewrite:
    """The function takes what the method takes."""
    return lambda call: Call(target, call.args, call.kwargs)


def _reduction(name: str) -> Rewrite:
    """Axis may come by position; what follows it differs between functions and methods, and must come by name."""
    def rewrite(call: Call) -> Call:
        if len(call.args) > 2:
            return call
        return Call(_numpy(name), call.args, call.kwargs)
    return rewrite


def _gathered(name: str) -> Rewrite:
    """`x.reshape(2, 3)` is `np.reshape(x, (2, 3))`, and so is `x.reshape((2, 3))`."""
    def rewrite(call: Call) -> Call:
        x, *rest = call.args
        kwargs = tuple((k, v) for k, v in call.kwargs if k != "shape")
        rest += [v for k, v in call.kwargs if k == "shape"]
        if not rest:
            return Call(_numpy(name), (x,), kwargs)
        single = len(rest) == 1 and not (name == "transpose" and _integer(rest[0]))
        return Call(_numpy(name), (x, rest[0] if single else Build("tuple", tuple(rest))), kwargs)
    return rewrite


def _integer(e: Expr) -> bool:
    return isinstance(e, Const) and isinstance(e.value, int)


def _astype(call: Call) -> Call:
    """A conversion is a new array; the ways in which it may not be are not differentiated."""
    args = call.args + tuple(v for k, v in call.kwargs if k == "dtype")
    if len(args) != 2 or any(k not in ("dtype", "copy") or k == "copy" and v != Const(True) for k, v in call.kwargs):
        return call
    return Call(_helper("astype"), args)


def _item(call: Call) -> Call:
    x, *index = call.args
    return Call(_helper("item"), (x, Build("tuple", tuple(index))) if len(index) > 1 else call.args, call.kwargs)


def _alone(target: Fn) -> Rewrite:
    """Takes no arguments."""
    def rewrite(call: Call) -> Call:
        if len(call.args) > 1 or call.kwargs:
            return call
        return Call(target, call.args)
    return rewrite


def _compress(call: Call) -> Call:
    """`x.compress(condition)` is `np.compress(condition, x)`."""
    if len(call.args) < 2:
        return call
    x, condition, *axis = call.args
    return Call(_numpy("compress"), (condition, x, *axis), call.kwargs)


METHODS: dict[str, Rewrite] = {
    **{name: _reduction(name) for name in ("sum", "mean", "prod", "min", "max", "var", "std", "cumsum", "cumprod",
                                           "argmax", "argmin", "any", "all", "argsort")},
    **{name: _same(_numpy(name)) for name in ("dot", "ravel", "squeeze", "swapaxes", "clip", "trace", "round", "take", "repeat",
                                              "diagonal", "choose", "nonzero", "searchsorted", "argpartition", "ptp")},
    "compress": _compress,
    **{name: _gathered(name) for name in ("reshape", "transpose")},
    **{name: _alone(_helper(name)) for name in ("copy", "flatten", "tolist")},
    **{name: _alone(_numpy("conj")) for name in ("conj", "conjugate")},
    "astype": _astype,
    "item": _item,
}

ATTRIBUTES: dict[str, Rewrite] = {
    "T": _same(_numpy("transpose")),
    "mT": lambda call: Call(_numpy("swapaxes"), (*call.args, Const(-1), Const(-2))),
    **{name: _same(_numpy(name)) for name in ("real", "imag", "shape", "size", "ndim")},
    "dtype": _same(_numpy("result_type")),
}


def as_function(call: Call, table: dict[str, Rewrite], name: str) -> Call | None:
    """The call of a function that a method call or attribute is the same as; None where there is none."""
    found = table[name](call) if name in table else call
    return None if found is call else found
