"""What a call is, seen from its types: the function it calls, and the type of the result where that has a rule."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import numpy as np

from ..frontend.outside import LIBRARIES
from ..frontend.resolve import home
from ..ir.nodes import (
    STARS, Attribute, Build, Call, Closure, Const, Expr, Fn, Global, Method, Operator, Ref, Slice, Starred,
    Value,
)
from ..ir.promotion import elementwise
from ..ir.types import (
    UNKNOWN, Callee, Dim, List, Num, Object, Shape,
    Size, Tuple, Type, Unknown, integer, is_int, without_values,
)
from ..rules import registry
from ..rules.numpy_functions import as_other
from ..rules.numpy_methods import ATTRIBUTES, METHODS
from ..rules.dims import arithmetic, product
from ..rules.shapes import KnownInt, KnownShape
from ..runtime import helpers


LISTS = {"add": Fn(helpers.__name__, "joined", helpers.joined), "mul": Fn(helpers.__name__, "repeated", helpers.repeated)}


def canonical(e: Call, receiver: Type) -> Call:
    """An array's method or attribute as the function it is the same as, a method, a property or a value that is a known
    function as that function; other calls as they are."""
    if isinstance(receiver, Object) or isinstance(receiver, Callee) and isinstance(e.target, Method):
        return _of_class(e, receiver) or e
    if isinstance(receiver, List) and isinstance(e.target, Operator) and e.target.name in LISTS:
        return Call(LISTS[e.target.name], e.args)
    if isinstance(e.target, Value) and isinstance(receiver, Callee) and hasattr(type(receiver.value), "__srcgrad_derivative__"):
        return Call(Fn("", receiver.value.__name__, receiver.value), e.args[1:], e.kwargs)
    if isinstance(e.target, Value) and isinstance(receiver, Callee):
        return Call(_function(e.args[0], receiver.value), e.args[1:], e.kwargs)
    if isinstance(e.target, Method | Attribute) and isinstance(receiver, Num | Unknown):
        table = METHODS if isinstance(e.target, Method) else ATTRIBUTES
        change = table.get(e.target.name)
        if change is not None:
            return as_other(change(e))
    return as_other(e)


def _of_class(e: Call, receiver: Object | Callee) -> Call | None:
    """A call of what an object's class (or a class) defines."""
    name = "__call__" if isinstance(e.target, Value) else getattr(e.target, "name", "")
    if isinstance(e.target, Operator):
        name = f"__{name.strip('_')}__"
    if isinstance(receiver, Object) and name in dict(receiver.items):
        t = dict(receiver.items)[name]
        known = isinstance(t, Callee) and isinstance(e.target, Method)
        return Call(_function(Ref(name), t.value), e.args[1:], e.kwargs) if known and isinstance(t, Callee) else None
    cls = receiver.cls if isinstance(receiver, Object) else receiver.value
    if not isinstance(cls, type):
        return None
    found, rest = static(cls, name), e.args[1:]
    if isinstance(e.target, Attribute):
        return _method(cls, name, found.fget, e.args, e.kwargs) if isinstance(found, property) else None
    if isinstance(found, staticmethod):
        return _method(cls, name, found.__func__, rest, e.kwargs)
    if isinstance(found, classmethod):
        place = home(cls)
        return None if place is None else _method(cls, name, found.__func__, (Global(*place, cls), *rest), e.kwargs)
    return _method(cls, name, found, e.args if isinstance(receiver, Object) else rest, e.kwargs)


def _method(cls: type, name: str, f: Any, args: tuple[Expr, ...], kwargs: tuple[tuple[str, Expr], ...]) -> Call | None:
    if not isinstance(f, FunctionType):
        return None
    return Call(Fn(f.__module__, f.__qualname__, f, (cls, name)), args, kwargs)


def static(cls: type, name: str) -> Any:
    """What a class defines under a name, as it stands there; None where it does not."""
    return next((vars(c)[name] for c in cls.__mro__ if name in vars(c)), None)


def class_data(t: Type, name: str) -> bool:
    """The attribute is not the object's own, but plain data that its class holds: a constant."""
    found = static(t.cls, name) if isinstance(t, Object) and name not in dict(t.items) else None
    return found is not None and not hasattr(found, "__get__")


def _function(e: Expr, value: Any) -> Fn:
    """A function that is the value of an atom, by its own name where nobody rebinds that."""
    place = home(value)
    if place is not None and place[0].partition(".")[0] in LIBRARIES:
        return Fn(*place, value)
    return Fn(e.module, e.name, value) if isinstance(e, Global) else Fn("", getattr(e, "name", ""), value)


def has_stars(e: Call) -> bool:
    """The number of arguments is not known."""
    return any(isinstance(a, Starred) for a in e.args) or any(n == STARS for n, _ in e.kwargs)


def frame(node: Any) -> Iterator[str]:
    """The names of which a function keeps the value that they had when it was made."""
    kept = node.frame if isinstance(node, Closure) else (*node.args, *(v for _, v in node.kwargs))
    return (e.name for e in kept if isinstance(e, Ref))


def rule_type(rule: registry.Rule, e: Call, type_of: Callable[[Expr], Type]) -> Type:
    """The type of a call that has a rule. Its value is known only where it is computed here: a rule may say that the type
    of a result is that of an operand."""
    t = without_values(_rule_type(rule, e, type_of))
    return integer(_value(e, type_of)) if is_int(t) else t


def _value(e: Call, type_of: Callable[[Expr], Type]) -> Dim:
    """The value of an int that is computed from ints and shapes of known value."""
    match e:
        case Call(Operator("add" | "sub" | "mul" | "neg" | "floordiv" as name), args):
            found = [t.value if isinstance(t := type_of(a), Num) and is_int(t) else None for a in args]
            return arithmetic(name, found)
        case Call(Fn(value=np.size), (x,), ()) if isinstance(t := type_of(x), Num) and t.kind == "array":
            return product(t.dims)
        case Call(Fn(value=np.ndim), (x,), ()) if isinstance(t := type_of(x), Num) and t.kind == "array":
            return t.rank
    return None


def _rule_type(rule: registry.Rule, e: Call, type_of: Callable[[Expr], Type]) -> Type:
    function = e.target.value if isinstance(e.target, Fn) else _OPERATORS.get(getattr(e.target, "name", ""))
    if rule.kind == "constant":
        return UNKNOWN if rule.type is None else rule.type(
            {str(i): type_of(a) for i, a in enumerate(e.args)},
            {name: _known(x, type_of) for name, x in (*e.kwargs, *((str(i), a) for i, a in enumerate(e.args)))})
    try:
        bound = registry.bind(rule, e, function)
    except registry.KeywordMissing:
        return UNKNOWN
    types = {name: type_of(value) for name, value in bound.operands.items()}
    if rule.type is not None:
        return rule.type(types, {n: _known(x, type_of) for n, x in {**bound.operands, **bound.keywords}.items()})
    if rule.kind == "elementwise":
        found = elementwise(function, tuple(types.values())) if function is not None else UNKNOWN
        numeric = isinstance(e.target, Fn) or any(isinstance(t, Num) for t in types.values())
        return Num() if isinstance(found, Unknown) and numeric else found
    return UNKNOWN


def _known(e: Expr, type_of: Callable[[Expr], Type]) -> Expr:
    """An argument that is the shape of an array, or made of ints of known value, as that."""
    match e:
        case Const():
            return e
        case Build("tuple" | "list", items):
            return Build(e.kind, tuple(_known(x, type_of) for x in items))
        case Slice():
            return Slice(*(None if x is None else _known(x, type_of) for x in (e.lower, e.upper, e.step)))
        case Build():
            return e
    return _as_known(type_of(e)) or e


def _as_known(t: Type) -> Expr | None:
    """An expression for a value of type t, None where nothing is known of it."""
    match t:
        case Shape():
            return KnownShape(t.dims)
        case Num(value=int() as value):
            return Const(value)
        case Num(value=Size() as size):
            return KnownInt(size)
        case Tuple(items, None) if items and all(map(is_int, items)):
            return Build("tuple", tuple(_as_known(x) or KnownInt(None) for x in items))
    return None


def _operator_functions() -> dict[str, Callable[..., Any]]:
    import operator
    return {name: getattr(operator, name) for name in dir(operator) if not name.startswith("__")} | {
        "in_": lambda a, b: a in b, "not_in": lambda a, b: a not in b}


_OPERATORS = _operator_functions()
