"""The ordered list of stages; the only owner of order and options.

    read -> lower -> normalize -> prepare -> (types, activity, alias) -> reverse | forward -> optimise -> print -> load
"""
from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import Any, TypeVar

from .alone import alone
from .differentiate.joint import adjoint
from .drivers import hvp_entry, jacobian_entry, pair_entry
from .emit import load as loading
from .emit.printer import Module, print_module
from .errors import SourceUnavailable
from .entries import adjoint_entry, tangent_entry
from .front import Options, current_options, front, options
from .frontend.outside import Outside
from .ir.nodes import Block, Call, Expr, Fn, Function
from .ir.types import UNKNOWN, Callee, Num, Object, Type
from .ir.walk import map_blocks, map_operands, rewrite
from .outputs import Outputs
from .runtime.helpers import gradient_object
from .stored import accept, place_of
from .texts import emit_text, stage_texts
from .own import identifier
from .unit import Unit


@alone
def normal(f: Callable[..., Any]) -> Callable[..., Any]:
    """The NORMAL form of a function, as a function: it computes what the original computes."""
    function = _plain(f)
    found = front(function).normal
    return _load([found], {found.name: function})[0][identifier(function)]  # type: ignore[no-any-return]


def _plain(f: Any) -> FunctionType:
    if isinstance(f, FunctionType):
        return f
    raise SourceUnavailable(f"{f!r} has no Python source", hint="pass a Python function")


# ------------------------------------------------------------------ what the faces ask for
@dataclass(frozen=True, eq=False)
class Code:
    """Generated code: the entry function (or functions), the text, and the module-level values whose types it rests on.

    `extra`: the entry's parameters beyond the user's own: the seed, or the tangents in the order of wrt; `origins`: what each
    generated function was made from.
    """

    functions: dict[str, Any]
    entry: tuple[str, ...]
    module: Module
    callees: frozenset[FunctionType]
    methods: Mapping[tuple[type, str], Any]
    assumed: dict[Any, Type]
    extra: tuple[str, ...] = ()
    origins: Mapping[str, FunctionType] = field(default_factory=dict)
    guards: tuple[Outside, ...] | None = None  # what the callees read from elsewhere, where that is known

    def __getitem__(self, i: int) -> Callable[..., Any]:
        return self.functions[self.entry[i]]  # type: ignore[no-any-return]

    @property
    def text(self) -> str:
        return self.module.text


Make = TypeVar("Make", bound=Callable[..., Code])


def kept(make: Make) -> Make:
    """One at a time, and only what is not on the disk."""
    @alone
    @functools.wraps(make)
    def found(f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type], **how: Any) -> Code:
        place = place_of(make.__name__, f, wrt, params, how)
        stored = None if place is None else place.read()
        if stored is not None:
            functions = _loaded(stored.module, stored.callees, stored.origins)
            return Code(functions, stored.entry, stored.module, frozenset(stored.callees), {}, {}, stored.extra, stored.origins,
                        stored.guards)
        code = make(f, wrt, params, **how)
        if place is not None and not code.methods:
            place.write(code.module, code.entry, code.extra, code.callees, code.origins)
        return code
    return found  # type: ignore[return-value]


@kept
def adjoint_code(f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type], *, value: bool = False,
                 single: bool = True, scalar: bool = False, aux: bool = False) -> Code:
    """The joint adjoint function of f at one signature. `scalar`: refuse outputs that are not a real number."""
    unit = Unit()
    name, extra = adjoint_entry(unit, f, wrt, _known(unit, params), value, single, scalar, aux)
    return replace(_finish(unit, (name,)), extra=(extra,))


@kept
def split_code(f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type]) -> Code:
    """The pair (forward, backward) of f at one signature; backward gives a tuple of adjoints."""
    unit = Unit()
    names = pair_entry(unit, f, wrt, _known(unit, params))
    return _finish(unit, names)


@alone
def gradient_code(f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type]) -> Code:
    """The pair of `split_code` as one function, with the adjoint of the output as its last parameter."""
    unit = Unit()
    facts = unit.facts(f, _known(unit, params), dict.fromkeys(wrt, True))
    assert facts is not None
    name = unit.names.fresh(f"{identifier(f)}_gradient")
    joint = adjoint(facts, wrt, unit.pair_of(facts.types), name=name, single=False, trusted=True)
    unit.keep(unit.optimised(_by_attribute(joint), facts, False), f)
    return _finish(unit, (name,))


def _by_attribute(f: Function) -> Function:
    """Derivatives of objects as dicts by attribute: generated code that makes objects can't be differentiated again."""
    def plain(e: Expr) -> Expr:
        made = isinstance(e, Call) and isinstance(e.target, Fn) and e.target.value is gradient_object
        return e.args[1] if made else e  # type: ignore[attr-defined]

    def block(b: Block) -> Block:
        return tuple(map_blocks(map_operands(s, lambda e: rewrite(e, plain)), block) for s in b)

    return replace(f, body=block(f.body))


@kept
def tangent_code(f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type], *, value: bool = False) -> Code:
    """The tangent function of f at one signature."""
    unit = Unit()
    name, extra = tangent_entry(unit, f, wrt, _known(unit, params), value)
    return replace(_finish(unit, (name,)), extra=extra)


@kept
def jacobian_code(f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type], *, mode: str, single: bool,
                  by_argument: bool = True, label: str = "jacobian") -> Code:
    """The Jacobian of f at one signature, by mode "forward" or "reverse"."""
    unit = Unit()
    return _finish(unit, (jacobian_entry(unit, f, wrt, _known(unit, params), mode, single, by_argument, label),))


@alone
def hvp_code(gradient: FunctionType, wrt: Sequence[str], params: Mapping[str, Type], *, single: bool, label: str) -> Code:
    """The tangent of a gradient function at one signature, along the parameter `v`."""
    unit = Unit()
    name, v = hvp_entry(unit, gradient, wrt, _known(unit, params), single, label)
    return replace(_finish(unit, (name,)), extra=(v,))


def _known(unit: Unit, params: Mapping[str, Type]) -> dict[str, Type]:
    if not unit.options.generic:
        return dict(params)
    return {n: _generic(t) for n, t in params.items()}


def _generic(t: Type) -> Type:
    """What has to be known all the same: which function a value is, of which class an object."""
    if isinstance(t, Object):
        return Object(t.cls, tuple((name, _generic(x)) for name, x in t.items))
    return Num() if isinstance(t, Num) else t if isinstance(t, Callee) else UNKNOWN


def _finish(unit: Unit, entry: tuple[str, ...]) -> Code:
    loaded, module = _load(unit.functions, unit.origins, unit.callees)
    assumed: dict[Any, Type] = {}
    for types in unit._types.values():
        if types is not None:
            assumed |= types.assumed
    return Code(loaded, entry, module, frozenset(unit.callees), unit.methods, assumed, origins=unit.origins)


def _load(functions: Sequence[Function], origins: Mapping[str, FunctionType],
          callees: Iterable[FunctionType] = ()) -> tuple[dict[str, Any], Module]:
    module = print_module(functions)
    return _loaded(module, callees, origins), module


def _loaded(module: Module, callees: Iterable[FunctionType], origins: Mapping[str, FunctionType]) -> dict[str, Any]:
    globals_of = {str(f.__globals__.get("__name__") or f.__module__): f.__globals__ for f in (*callees, *origins.values())}
    cells = {name: dict(zip(f.__code__.co_freevars, f.__closure__ or ())) for name, f in origins.items()}
    return loading.load(module, globals_of=globals_of, cells=cells)


# ------------------------------------------------------------------ the command line
@alone
def emit(f: Any, wrt: tuple[str, ...] | None = None, *, mode: str = "reverse", value: bool = False,
         types: Mapping[str, str] | None = None, of: Outputs = None, standalone: bool = False, command: str = "",
         filename: str = "", progress: Callable[[], None] | None = None) -> str:
    """The text of a gradient module for one function, or for several (a tuple), with a header.

    mode, value: the gradient, or with "forward" the tangent; `value` returns what f returns too. types: texts like
    "f8[n, m]" by parameter. of: what the output is, as in `grad`. standalone: the text needs NumPy and SciPy alone.
    progress: called after each function.
    """
    return emit_text(f, wrt, mode=mode, value=value, types=types, of=of, standalone=standalone, command=command,
                     filename=filename, progress=progress)


@alone
def stages(f: Any, wrt: tuple[str, ...] | None = None) -> dict[str, str]:
    """The function in every dialect, and its gradient: keys surface, normal, adjoint, final."""
    return stage_texts(f, wrt)


__all__ = ["Code", "Options", "Unit", "accept", "adjoint_code", "current_options", "emit", "front", "gradient_code", "hvp_code",
           "jacobian_code", "normal", "options", "split_code", "stages", "tangent_code"]
