"""What a user hands in as a function: functions, lambdas, methods, partials, callable objects, derivatives."""
from __future__ import annotations

import functools
import inspect
import sys
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import FunctionType, MethodType
from typing import Any

import numpy as np

from .emit.imports import identifier
from .emit.load import define
from .errors import BadWrt, NotDifferentiable, SourceUnavailable, did_you_mean
from .front import Front, front, remember
from .frontend.resolve import home
from .ir.names import Namer
from .ir.nodes import Assign, Build, Const, Param, Ref, Stmt
from .ir.types import Callee, Choice, Dict, List, Local, Num, Opaque, Tuple, Type
from .rules import registry


@dataclass(frozen=True)
class Target:
    """A callable taken apart: `function` is called with `args` before and `kwargs` beside the caller's own.

    `function` is a Python function, or a derivative, whose code exists only once the arguments are known.
    """

    function: Any
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(getattr(self.function, "__name__", type(self.function).__name__))

    @property
    def signature(self) -> inspect.Signature:
        """The parameters that are left to the caller."""
        full = signature_of(self.function)
        params = list(full.parameters.values())[len(self.args):]
        return full.replace(parameters=[p for p in params if p.name not in self.kwargs])

    @property
    def place(self) -> dict[str, Any]:
        """filename and lineno of the function, for errors."""
        code = getattr(getattr(self.function, "function", self.function), "__code__", None)
        return {} if code is None else {"filename": code.co_filename, "lineno": code.co_firstlineno}


def target_of(f: Any) -> Target:
    """Takes a callable apart. Raises SourceUnavailable for what has no Python source."""
    if isinstance(f, Target):
        return f
    if isinstance(f, FunctionType):
        return Target(f)
    if hasattr(type(f), "__srcgrad_derivative__"):
        return f.taken_apart()  # type: ignore[no-any-return]
    if hasattr(type(f), "__srcgrad_checkpoint__"):
        return target_of(f.function)
    if hasattr(type(f), "__srcgrad_own__"):
        return Target(calling(f))
    if isinstance(f, MethodType):
        inner = target_of(f.__func__)
        return Target(inner.function, (*inner.args, f.__self__), inner.kwargs)
    if isinstance(f, functools.partial):
        inner = target_of(f.func)
        return Target(inner.function, (*inner.args, *f.args), {**inner.kwargs, **f.keywords})
    if isinstance(getattr(f, "__wrapped__", None), FunctionType) and type(f).__module__.startswith("srcgrad."):
        return Target(f.__wrapped__)
    if isinstance(f, np.ufunc | type(np.sum)) and _has_operands(f):
        return Target(calling(f))
    call = next((vars(c)["__call__"] for c in type(f).__mro__ if "__call__" in vars(c)), None)
    if isinstance(call, FunctionType) and not isinstance(f, type):
        return Target(call, (f,))
    if callable(f) and _has_operands(f):
        return Target(calling(f))
    name = getattr(f, "__name__", repr(f))
    raise SourceUnavailable(f"{name} has no Python source", hint=f"wrap it: `lambda x: {name}(x)`")


def _has_operands(f: Any) -> bool:
    """The function has a rule from which its parameters are known."""
    rule = registry.find(f)
    return rule is not None and (rule.kind != "constant" or isinstance(f, np.ufunc))


_calling: dict[int, tuple[Any, FunctionType]] = {}


def calling(f: Any) -> FunctionType:
    """A Python function that calls f, for what has a rule or derivatives of its own but no source: with f's parameters, or
    those that its rule knows.

    >>> print(inspect.signature(calling(np.sum)))
    (x, *, axis=None, keepdims=False)
    """
    known = _calling.get(id(f))
    if known is None or known[0] is not f:
        known = _calling[id(f)] = f, _make_calling(f)
    return known[1]


def _make_calling(f: Any) -> FunctionType:
    name = identifier(getattr(f, "__name__", type(f).__name__))
    rule = registry.find(f)
    place = home(f)
    if rule is not None:
        names = ["x", "y", "z"][:f.nin] if isinstance(f, np.ufunc) else [
            n for n in rule.operands if n not in rule.optional and n != rule.variadic]
        names += [rule.variadic] if rule.variadic else []
        options = {n: e.value for n, e in rule.keywords.items() if isinstance(e, Const)}
        shown = [*names, *(["*"] if options else []), *(f"{n}={v!r}" for n, v in options.items())]
        given = [f"*{n}" if n == rule.variadic else n for n in names] + [f"{n}={n}" for n in options]
    else:
        params = inspect.signature(f).parameters.values()
        shown = [str(p.replace(annotation=p.empty)) for p in params]
        given = [f"{p.name}={p.name}" if p.kind is p.KEYWORD_ONLY else p.name for p in params]
    called, names_of = _reference(f, name, place, {n.partition("=")[0] for n in shown})
    text = f"def {name}({', '.join(shown)}):\n    return {called}({', '.join(given)})\n"
    return define(text, name, names_of)


def _reference(f: Any, name: str, place: tuple[str, str] | None, taken: set[str]) -> tuple[str, dict[str, Any]]:
    """How the text calls f, and the globals it needs."""
    namer = Namer({name, *taken})
    if place is None:
        called = namer.fresh(name)
        return called, {called: f}
    module = namer.fresh("numpy" if place[0] == "numpy" else place[0].rpartition(".")[2])
    return f"{module}.{place[1]}", {module: sys.modules[place[0]]}


def signature_of(f: Any) -> inspect.Signature:
    """The parameters that a function itself has, not those of one that it wraps."""
    return inspect.signature(f, follow_wrapped=False)


# ------------------------------------------------------------------ functions of any number of arguments
_Key = tuple[int, tuple[str, ...]]
_pinned: weakref.WeakKeyDictionary[FunctionType, tuple[Front, dict[_Key, FunctionType]]] = weakref.WeakKeyDictionary()


def is_variadic(f: Any) -> bool:
    """Whether a function takes `*args` or `**kwargs`."""
    return any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in signature_of(f).parameters.values())


def pinned(target: Target, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Target:
    """The target with a parameter for each argument of one call, named as in the function that it wraps, if any. Raises
    TypeError where the function does not take them."""
    f, count, names = target.function, len(target.args) + len(args), (*target.kwargs, *kwargs)
    if not is_variadic(f):
        return target
    if not isinstance(f, FunctionType):  # a derivative of such a function
        return replace(target, function=f.pinned((*target.args, *args), {**target.kwargs, **kwargs}))
    signature_of(f).bind(*(None,) * count, **dict.fromkeys(names))
    found = front(f)
    known = _pinned.get(f)
    if known is None or known[0] is not found:
        known = _pinned[f] = found, {}
    if (count, names) not in known[1]:
        known[1][count, names] = _pin(f, found, count, names)
    return replace(target, function=known[1][count, names])


def _pin(f: FunctionType, found: Front, count: int, names: tuple[str, ...]) -> FunctionType:
    own = found.normal.params
    positional = [p for p in own if p.kind in ("positional", "either")]
    extra = max(count - len(positional), 0)
    namer = Namer({p.name for p in own} | set(found.normal.cells) | set(names))
    wrapped = list(inspect.signature(f).parameters) if hasattr(f, "__wrapped__") else []
    rest = next((p.name for p in own if p.kind == "varargs"), "")
    more = [namer.fresh(wrapped[i] if i < len(wrapped) else f"{rest}_{i - len(positional)}")
            for i in range(len(positional), len(positional) + extra)]
    named = [n for n in names if n not in {p.name for p in own if p.kind in ("either", "keyword")}]
    params = [replace(p, default=None) if extra else p for p in positional] + [Param(n) for n in more] + [
        p for p in own if p.kind == "keyword"] + [Param(n, "keyword") for n in named]
    start: list[Stmt] = []
    for p in own:
        if p.kind == "varargs":
            start.append(Assign(p.name, Build("tuple", tuple(map(Ref, more)))))
        elif p.kind == "varkw":
            start.append(Assign(p.name, Build("dict", tuple(e for n in named for e in (Const(n), Ref(n))))))
    copy = FunctionType(f.__code__, f.__globals__, f.__name__, f.__defaults__, f.__closure__)
    copy.__kwdefaults__, copy.__module__, copy.__qualname__, copy.__doc__ = (
        f.__kwdefaults__, f.__module__, f.__qualname__, f.__doc__)
    copy.__signature__ = _signature(f, params)  # type: ignore[attr-defined]
    remember(copy, *(replace(g, params=tuple(params), body=(*map(replace, start), *g.body))
                     for g in (found.surface, found.normal)))
    return copy


_KINDS = {"positional": inspect.Parameter.POSITIONAL_ONLY, "either": inspect.Parameter.POSITIONAL_OR_KEYWORD,
          "keyword": inspect.Parameter.KEYWORD_ONLY}


def _signature(f: FunctionType, params: Sequence[Param]) -> inspect.Signature:
    defaults = {n: p.default for n, p in signature_of(f).parameters.items()}
    return inspect.Signature([inspect.Parameter(
        p.name, _KINDS[p.kind], default=inspect.Parameter.empty if p.default is None else defaults[p.name]) for p in params])


# ------------------------------------------------------------------ what is differentiated by
def positions(target: Target, wrt: Any) -> tuple[tuple[str, ...], bool]:
    """The names of the parameters in `wrt`, and whether it is one (then gradients are bare). Raises BadWrt."""
    params = [p.name for p in target.signature.parameters.values()]
    single = not isinstance(wrt, tuple | list)
    chosen: list[str] = []
    for w in (wrt,) if single else wrt:
        chosen.append(_position(target, params, w))
    if not chosen:
        raise BadWrt(f"{target.name}: wrt is empty", hint=f"parameters: {', '.join(params)}", **target.place)
    if len(set(chosen)) != len(chosen):
        raise BadWrt(f"{target.name}: wrt names {next(n for n in chosen if chosen.count(n) > 1)} twice",
                     hint="name each parameter once", **target.place)
    return tuple(chosen), single


def shifted(wrt: Any, count: int) -> Any:
    """`wrt` of what is left of a function's parameters, seen from the function, of which `count` come before."""
    if isinstance(wrt, tuple | list):
        return tuple(shifted(w, count) for w in wrt)
    return wrt + count if isinstance(wrt, int) and wrt >= 0 else wrt


def _position(target: Target, params: Sequence[str], w: Any) -> str:
    listed = f"the parameters of {target.name} are: {', '.join(params) or 'none'}"
    if isinstance(w, str):
        if w not in params:
            raise BadWrt(f"{target.name} has no parameter {w!r}", **target.place,
                         hint=did_you_mean(w, params) + listed)
        return w
    if isinstance(w, bool) or not isinstance(w, int):
        raise BadWrt(f"{target.name}: wrt is a position, a parameter name, or a tuple of those, not {w!r}", hint=listed,
                     **target.place)
    if not -len(params) <= w < len(params):
        raise BadWrt(f"{target.name}: wrt position {w} is out of range", hint=listed, **target.place)
    return params[w]


def differentiable(t: Type) -> bool:
    """Whether a value of the type may hold a float."""
    match t:
        case Num():
            return not t.discrete
        case Tuple():
            return any(map(differentiable, t.items))
        case List():
            return differentiable(t.item)
        case Dict():
            return any(differentiable(v) for _, v in t.items)
        case Opaque() | Callee() | Choice() | Local():
            return False
    return True


def check_differentiable(target: Target, name: str, value: Any, t: Type) -> None:
    """Raises NotDifferentiable for an argument in `wrt` that holds nothing to differentiate."""
    if differentiable(t):
        return
    what = f"an array of dtype {value.dtype}" if hasattr(value, "dtype") else f"{value!r:.40}, of type {type(value).__name__}"
    hint = f"pass floats: {name}.astype(float)" if hasattr(value, "dtype") else f"pass a float: {name}=float({name})" \
        if isinstance(value, int) else "leave it out of wrt"
    raise NotDifferentiable(f"{target.name}: argument {name} is {what}, and cannot be differentiated", hint=hint,
                            **target.place)


def refuse_recorded(target: Target, arguments: Mapping[str, Any]) -> None:
    """Raises NotDifferentiable for an NDArray as an argument: these belong to the record."""
    for name, value in arguments.items():
        if hasattr(type(value), "attach_grad"):
            raise NotDifferentiable(f"{target.name}: argument {name} is an NDArray, and derivatives of functions take plain "
                                    "arrays", hint=f"pass {name}.asnumpy(), or record the computation and call backward "
                                    "or autograd.grad", **target.place)
