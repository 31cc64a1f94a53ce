"""Calls that are the same as calls of other functions.

`np.fliplr(x)` is `np.flip(x, 1)`; `np.average(x, weights=w)` is a Python function of `library.py`, which srcgrad
differentiates through its source. `FUNCTIONS` says what a call is the same as. A function that has a rule is listed here
for the arguments which the rule does not know. A call with arguments that the other function does not have comes back as
it is, and is refused where it is active.
"""
from __future__ import annotations

import inspect
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

from ..ir.nodes import Build, Call, Const, Expr, Fn, Global, Operator, Slice, tup
from ..runtime import helpers
from . import library, registry

Rewrite = Callable[[Call], Call]


def _numpy(name: str) -> Fn:
    return Fn("numpy", name, getattr(np, name))


def _without_harmless(call: Call) -> Call:
    given = tuple((k, v) for k, v in call.kwargs
                  if not (k in ("out", "dtype") and v == Const(None) or k == "where" and v == Const(True)))
    return call if given == call.kwargs else Call(call.target, call.args, given)


def _takes(function: Callable[..., Any], call: Call) -> bool:
    try:
        inspect.signature(function).bind(*call.args, **dict(call.kwargs))
    except TypeError:
        return False
    return True


def through(function: FunctionType) -> Rewrite:
    """Always the function of `library.py`."""
    target = Fn(library.__name__, function.__name__, function)

    def rewrite(call: Call) -> Call:
        plain = _without_harmless(call)
        return Call(target, plain.args, plain.kwargs) if _takes(function, plain) else call
    return rewrite


def through_if(**functions: FunctionType) -> Rewrite:
    """The function of `library.py` that belongs to the first of the keywords that is given."""
    changes = {name: through(function) for name, function in functions.items()}

    def rewrite(call: Call) -> Call:
        given = dict(_without_harmless(call).kwargs)
        found = next((changes[name] for name in changes if name in given), None)
        return call if found is None else found(call)
    return rewrite


def _first(*rewrites: Rewrite) -> Rewrite:
    def rewrite(call: Call) -> Call:
        return next((found for found in (change(call) for change in rewrites) if found is not call), call)
    return rewrite


def _renamed(target: Fn, *more: Expr, names: tuple[str, ...] = (), **defaults: Expr) -> Rewrite:
    """Another function with the same arguments, after `more`; `defaults` where it has others. `names`: its positional ones."""
    def rewrite(call: Call) -> Call:
        given = dict(call.kwargs)
        missing = tuple((k, v) for k, v in defaults.items()
                        if k not in given and not (k in names and len(call.args) > names.index(k)))
        return Call(target, (*call.args, *more), (*call.kwargs, *missing))
    return rewrite


def _correction(call: Call) -> Call:
    """`correction` is NumPy 2's name for ddof."""
    if "correction" not in dict(call.kwargs):
        return call
    return Call(call.target, call.args, tuple(("ddof" if k == "correction" else k, v) for k, v in call.kwargs))


def _append(call: Call) -> Call:
    """`np.append(x, y, axis)` is `np.concatenate((x, y), axis)`."""
    names = ("arr", "values", "axis")
    given = {**dict(zip(names, call.args)), **dict(call.kwargs)}
    if len(call.args) > 3 or given.keys() - set(names) or not {"arr", "values"} <= given.keys():
        return call
    return Call(_numpy("concatenate"), (tup(given["arr"], given["values"]),), (("axis", given.get("axis", Const(None))),))


def _cumulative(name: str, from_start: FunctionType) -> Rewrite:
    """`np.cumulative_sum(x, axis=0)`; a vector needs no axis."""
    def rewrite(call: Call) -> Call:
        given = dict(_without_harmless(call).kwargs)
        initial = given.pop("include_initial", Const(False))
        if len(call.args) != 1 or given.keys() - {"axis"} or initial not in (Const(False), Const(True)):
            return call
        if initial == Const(True):
            return through(from_start)(call)
        return Call(_numpy(name), call.args, (("axis", given.get("axis", Const(None))),))
    return rewrite


def _average(call: Call) -> Call:
    given = {**dict(zip(("a", "axis", "weights", "returned"), call.args)), **dict(call.kwargs)}
    if given.get("weights", Const(None)) != Const(None):
        if given.pop("returned", Const(False)) != Const(False):
            return call
        given["x"] = given.pop("a")
        return through(library.average)(Call(call.target, (given.pop("x"),), tuple(given.items())))
    if given.keys() <= {"a", "axis", "weights", "keepdims"}:
        return Call(_numpy("mean"), (given["a"],), tuple((k, v) for k, v in given.items() if k in ("axis", "keepdims")))
    return call


def _trapezoid(call: Call) -> Call:
    given = {**dict(zip(("y", "x", "dx", "axis"), call.args)), **dict(call.kwargs)}
    plain = given.get("x", Const(None)) == Const(None)
    return through(library.trapezoid if plain else library.trapezoid_over)(call)


def _diff(call: Call) -> Call:
    given = {**dict(zip(("a", "n", "axis", "prepend", "append"), call.args)), **dict(call.kwargs)}
    return through(library.diff_between)(call) if given.keys() & {"prepend", "append"} else call


def _astype(call: Call) -> Call:
    """`np.astype(x, dtype)`."""
    if len(call.args) == 2 and (not call.kwargs or call.kwargs == (("copy", Const(True)),)):
        return Call(Fn(helpers.__name__, "astype", helpers.astype), call.args)
    return call


def _joined(name: str) -> Rewrite:
    """`np.r_[x, y]` of values; slices in it make ranges, and strings change the axis."""
    target = Fn(helpers.__name__, name, getattr(helpers, name))

    def rewrite(call: Call) -> Call:
        parts = _parts(call)
        if any(isinstance(e, Slice) or isinstance(e, Const) and isinstance(e.value, str) for e in parts):
            return _made(name)(call)
        return Call(target, (tup(*parts),))
    return rewrite


def _made(name: str) -> Rewrite:
    """`np.mgrid[a:b:n]` as a call with a, b and n, for which there is no rule."""
    def rewrite(call: Call) -> Call:
        bounds = [b for e in _parts(call) for b in ((e.lower, e.upper, e.step) if isinstance(e, Slice) else (e,))]
        return Call(Fn("numpy", name, getattr(np, name)), tuple(b for b in bounds if b is not None))
    return rewrite


def _parts(call: Call) -> tuple[Expr, ...]:
    key = call.args[1]
    return key.items if isinstance(key, Build) and key.kind == "tuple" else (key,)


_REDUCTIONS = {
    name: through_if(**{key: getattr(library, f"{name}_where") for key in keys}, dtype=getattr(library, f"{name}_as"))
    for name, keys in {"sum": ("where", "initial"), "prod": ("where", "initial"), "mean": ("where",)}.items()}
_SPREADS = {name: through_if(where=getattr(library, f"{name}_where"), dtype=getattr(library, f"{name}_as"))
            for name in ("var", "std")}
_EXTREMES = {name: through_if(initial=getattr(library, f"{name}_where")) for name in ("max", "min")}


def _then(first: Rewrite, second: Rewrite) -> Rewrite:
    return lambda call: second(first(call))


_NAMED: dict[str, Rewrite] = {
    **_REDUCTIONS,
    **{name: _then(_correction, change) for name, change in _SPREADS.items()},
    **_EXTREMES, "amax": _EXTREMES["max"], "amin": _EXTREMES["min"],
    "cumsum": through_if(dtype=library.cumsum_as), "cumprod": through_if(dtype=library.cumprod_as),
    **{name: through(getattr(library, name)) for name in (
        "nanprod", "nanmean", "nancumsum", "nancumprod", "ptp", "cov", "corrcoef", "ediff1d", "logspace", "interp")},
    **{name: _then(_correction, through(getattr(library, name))) for name in ("nanvar", "nanstd")},
    "average": _average, "trapezoid": _trapezoid, "trapz": _trapezoid, "diff": _diff, "append": _append, "astype": _astype,
    "cumulative_sum": _cumulative("cumsum", library.cumulative_sum_from_zero),
    "cumulative_prod": _cumulative("cumprod", library.cumulative_prod_from_one),
    "fliplr": _renamed(_numpy("flip"), Const(1)), "flipud": _renamed(_numpy("flip"), Const(0)),
    "matrix_transpose": _renamed(_numpy("swapaxes"), Const(-1), Const(-2)),
}


def _reduce(name: str) -> Rewrite:
    """`np.add.reduce(x)` is `np.sum(x, axis=0)`."""
    return _then(_renamed(_numpy(name), names=("x", "axis"), axis=Const(0)), as_other)


def as_other(call: Call) -> Call:
    """The call of another function that a call is the same as; itself where there is none.

    >>> as_other(Call(_numpy("fliplr"), (Const(1),))).target.name
    'flip'
    """
    if isinstance(call.target, Fn):
        change = FUNCTIONS.get(_key(call.target.value))
        return call if change is None or registry.is_own(call.target.value) else change(call)
    if call.target == Operator("getitem") and isinstance(call.args[0], Global):
        change = _SUBSCRIPTS.get(id(call.args[0].value))
        return call if change is None else change(call)
    return call


def unknown_keyword(call: Call) -> str | None:
    """The keyword argument for which a function of the table is the same as no other function."""
    if not isinstance(call.target, Fn) or _key(call.target.value) not in FUNCTIONS:
        return None
    for name, _ in call.kwargs:
        fewer = Call(call.target, call.args, tuple((k, v) for k, v in call.kwargs if k != name))
        if as_other(fewer) is not fewer:
            return name
    return None


def _key(function: Any) -> Any:
    """What a function is found by: itself, a ufunc's method by both their names."""
    owner = getattr(function, "__self__", None) if isinstance(function, BuiltinFunctionType) else None
    return (owner.__name__, function.__name__) if isinstance(owner, np.ufunc) else id(function)


FUNCTIONS: dict[Any, Rewrite] = {
    **{id(getattr(np, name)): change for name, change in _NAMED.items() if hasattr(np, name)},
    **{(ufunc, "reduce"): _reduce(name) for ufunc, name in {
        "add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min"}.items()},
    **{(ufunc, "reduce"): _reduce(name) for ufunc, name in {"logical_and": "all", "logical_or": "any"}.items()},
    **{(ufunc, "accumulate"): _reduce(name) for ufunc, name in {"add": "cumsum", "multiply": "cumprod"}.items()},
    **{(ufunc, "accumulate"): _renamed(Fn(helpers.__name__, f"running_{short}", getattr(helpers, f"running_{short}")))
       for ufunc, short in {"maximum": "max", "minimum": "min"}.items()},
    **{(ufunc, "outer"): through(getattr(library, f"{ufunc}_outer")) for ufunc in (
        "add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "hypot", "arctan2", "logaddexp")},
}
_SUBSCRIPTS: dict[int, Rewrite] = {
    id(np.r_): _joined("r_"), id(np.c_): _joined("c_"), id(np.mgrid): _made("mgrid"), id(np.ogrid): _made("ogrid")}
