"""From a Python object or a dotted name to its rule.

Built-in rule files are imported on first use. Every change of the table changes `version()`, which caches include.
"""
from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType, MethodType
from typing import Any


from ..ir.nodes import Build, Call, Const, Expr, Fn, Operator, Ref
from ..ir.record import dataclass
from . import dsl
from .dsl import Rule, TypeRule

BUILT_IN = ("python", "numpy_elementwise", "numpy_floats", "numpy_reductions", "numpy_shape", "numpy_select", "numpy_lines",
            "numpy_linalg", "numpy_products", "numpy_matrices", "numpy_fft", "numpy_constant", "numpy_methods", "helpers",
            "helpers_adjoint", "helpers_matrices")

ON_DEMAND = {"scipy.special": "scipy_special", "scipy.linalg": "scipy_linalg", "scipy.stats": "scipy_stats",
             "scipy.signal": "scipy_signal"}  # loaded once the user's program has the module

_waiting = dict(ON_DEMAND)
_by_object: dict[Any, tuple[Any, Rule]] = {}
_by_name: dict[str, Rule] = {}
_own: set[Any] = set()  # what users have registered
_late: dict[Any, tuple[Any, Rule]] = {}  # what was loaded on demand
_described: dict[Any, Rule] = {}
_lock = threading.RLock()
_loaded = False
_version = 0


def _load() -> None:
    global _loaded, _version
    if _loaded:
        return
    with _lock:
        if not _loaded:
            before = _version
            for name in BUILT_IN:
                importlib.import_module(f"{__package__}.{name}")
            _version, _loaded = before, True


def _load_on_demand() -> None:
    """The rules of optional packages that have been imported. Nothing rests on their absence: the version stays."""
    global _version
    for module in [m for m in _waiting if m in sys.modules]:
        with _lock:
            if _waiting.get(module) is None:
                continue
            before, own, name, old = _version, set(_own), _waiting.pop(module), set(_by_object)
            importlib.import_module(f"{__package__}.{name}")
            _late.update({key: _by_object[key] for key in _by_object.keys() - old})
            _version = before
            _own.intersection_update(own)


def _key(target: Any) -> Any:
    """What a function is found by: its identity, that of its owner for a method."""
    return (id(target.__self__), target.__name__) if isinstance(target, MethodType) else id(target)


def add(rule: Rule, *targets: Any) -> None:
    """Registers a rule for functions (by identity) or dotted names ("operator.add", "ndarray.sum", "numpy.sin")."""
    global _version
    with _lock:
        for target in targets:
            if _loaded:
                _own.add(_key(target))
            if isinstance(target, str):
                _by_name[target] = rule
            else:
                _by_object[_key(target)] = (target, rule)
        _version += 1


def version() -> int:
    """A number that changes with every registration; 0 where there are srcgrad's own rules only."""
    return _version


def elementwise(*targets: Any, type: TypeRule | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers a rule for functions that work element by element and broadcast."""
    return _decorator("elementwise", targets, type, True)


def structural(*targets: Any, type: TypeRule | None = None,
               fresh: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers a rule that states both modes. `fresh=False`: the result may be a view of an operand."""
    return _decorator("structural", targets, type, fresh)


def _decorator(kind: Any, targets: tuple[Any, ...], type: TypeRule | None, fresh: bool) -> Callable[..., Any]:
    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        rule = dsl.signature_of(function, kind, type, fresh)
        if _loaded:
            rule.body  # a user's rule is checked when it is registered
        add(rule, *targets)
        return function
    return register


def register(*targets: Any, type: TypeRule | None = None,
             fresh: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A rule of your own, for functions or their dotted names; it takes the place of a rule that is there, and of the source.

    The rule is written as those of srcgrad (CONTRIBUTING.md): its first parameter is the result, the others are operands and
    keywords, each line is a partial derivative. With `with tangent:` and `with adjoint:` it states both modes; without, it is
    for a function that works element by element. `fresh=True` promises that the result never shares memory with an operand.

    Raises UnsupportedSyntax where a line is not in the notation, or not linear; ImportError or AttributeError where a name is
    that of nothing.

    >>> import numpy as np
    >>> from srcgrad.rules import d
    >>> def softplus(x):
    ...     return np.logaddexp(0.0, x)
    >>> @register(softplus)
    ... def rule(z, x):
    ...     d[z] += d[x] / (1 + np.exp(-x))
    """
    found = tuple(pkgutil.resolve_name(t) if isinstance(t, str) and not t.startswith("operator.") else t for t in targets)

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        _load()
        _load_on_demand()
        kind: Any = "structural" if dsl.states_modes(function) else "elementwise"
        return _decorator(kind, found, type, fresh)(function)
    return decorate


@contextmanager
def local() -> Iterator[None]:
    """Rules that are registered within the scope are forgotten at its end, and what they replaced is back.

    It holds for the whole process, not for one thread.
    """
    global _version
    _load()
    with _lock:
        before = dict(_by_object), dict(_by_name), set(_own)
    try:
        yield
    finally:
        with _lock:
            for table, old in zip((_by_object, _by_name), before):
                table.clear()
                table.update(old)  # type: ignore[call-overload]
            _by_object.update({key: value for key, value in _late.items() if key not in _by_object})
            _own.clear()
            _own.update(before[2])
            _version += 1


def is_own(target: Any) -> bool:
    """Whether a user has registered a rule for the function."""
    return _key(target) in _own


def templated(function: Callable[..., Any], name: str, names: dict[str, Any],
              renamed: dict[str, str]) -> Callable[..., Any]:
    """A rule's function under another name, in which global names mean something else; `renamed` are parameters."""
    found: Any = FunctionType(function.__code__, {**function.__globals__, **names}, name, function.__defaults__)
    signature = inspect.signature(function)
    found.__signature__ = signature.replace(
        parameters=[p.replace(name=renamed.get(p.name, p.name)) for p in signature.parameters.values()])
    found.__renamed__ = renamed
    return found  # type: ignore[no-any-return]


def constant(*targets: Any, type: TypeRule | None = None) -> None:
    """Registers functions whose result does not depend differentiably on anything."""
    for target in targets:
        name = target if isinstance(target, str) else getattr(target, "__name__", "constant")
        add(Rule(name, "constant", type=type), target)


def describe(type: TypeRule | None, *targets: Callable[..., Any]) -> None:
    """States the type of what helpers without a rule give, which is new memory: they are differentiated by their source.
    Operands have the names "0", "1", ..., as in a constant rule."""
    for target in targets:
        _described[target] = Rule(target.__name__, "constant", type=type)


def described(target: Any) -> Rule | None:
    """The rule of a Python object, or what is said of a helper that has none."""
    found = find(target)
    return found if found is not None or not isinstance(target, FunctionType) else _described.get(target)


def is_new(rule: Rule, call: Call) -> bool:
    """Whether a call gives new memory. An einsum of several operands does, one of a single operand may be a view of it."""
    return rule.fresh or rule.name == "einsum" and len(call.args) > 2 and isinstance(call.args[0], Const)


def find(target: Any) -> Rule | None:
    """The rule of a Python object, or of a dotted name."""
    _load()
    if isinstance(target, str):
        return _by_name.get(target)
    if _waiting:
        _load_on_demand()
    found = _by_object.get(_key(target))
    return found[1] if found is not None else None


def has_method(owner: Any, name: str) -> bool:
    """Whether there is a rule for a method of this very object (`scipy.stats.norm` has some)."""
    if _waiting:
        _load_on_demand()
    return (id(owner), name) in _by_object


def rules() -> Iterator[tuple[Any, Rule]]:
    """All (target, rule) pairs, those of optional packages where they have been imported."""
    _load()
    _load_on_demand()
    yield from _by_name.items()
    yield from _by_object.values()


@dataclass(frozen=True)
class Bound:
    """A call matched with its rule: an expression for each operand and each keyword."""

    rule: Rule
    operands: dict[str, Expr]
    keywords: dict[str, Expr]


class KeywordMissing(Exception):
    """A call uses an argument that its rule does not know. `name` is the argument's."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


# Arguments that say what is so anyway, where a rule does not name them.
HARMLESS: dict[str, tuple[Expr, ...]] = {
    "out": (Const(None),), "dtype": (Const(None),), "where": (Const(True),), "order": (Const("K"), Const("C")),
    "casting": (Const("same_kind"),), "subok": (Const(False), Const(True)), "like": (Const(None),),
}


def bind(rule: Rule, call: Call, function: Any = None) -> Bound:
    """Matches a call with a rule. Raises KeywordMissing for an argument that the rule does not name."""
    if rule.kind == "constant":
        places: dict[str, Expr] = {str(i): a for i, a in enumerate(call.args)}
        return Bound(rule, places, dict(call.kwargs))
    given: dict[str, Expr] = dict(rule.optional)
    free = set(rule.optional)
    positional = rule.positional
    args = call.args
    if rule.variadic is not None and len(args) >= len(positional):
        given[rule.variadic] = Build("tuple", args[len(positional):])
        args = args[:len(positional)]
    if len(args) > len(positional):
        raise KeywordMissing(_numpy_name(function, len(positional)))
    given.update(zip(positional, args))
    free -= set(positional[:len(args)])
    for name, value in call.kwargs:
        place = _place(rule, function, name)
        if place is None and name in HARMLESS and value in HARMLESS[name]:
            continue
        if place is None or place in given and place not in free:
            raise KeywordMissing(name)
        given[place] = value
        free.discard(place)
    missing = [name for name in rule.operands if name not in given]
    if missing:
        raise KeywordMissing(missing[0])
    return Bound(rule, {name: given[name] for name in rule.operands},
                 {name: given.get(name, default) for name, default in rule.keywords.items()})


def _place(rule: Rule, function: Any, name: str) -> str | None:
    """The rule's name for a keyword argument: its own, or that at the same position of the function's signature."""
    if name in rule.keywords:
        return name
    try:
        names = [p.name for p in inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):
        names = []
    if name in names and names.index(name) < len(rule.positional):
        return rule.positional[names.index(name)]
    return name if name in rule.operands else None


def _numpy_name(function: Any, position: int) -> str:
    try:
        return [p.name for p in inspect.signature(function).parameters.values()][position]
    except (TypeError, ValueError, IndexError):
        return f"argument {position + 1}"


def target_of(call: Call) -> Any:
    """What a call is looked up by: the object of a function, the dotted name of an operator."""
    if isinstance(call.target, Fn):
        return call.target.value
    if isinstance(call.target, Operator):
        return f"operator.{call.target.name}"
    return None


def result_ref(rule: Rule) -> Ref:
    return Ref(rule.result)
