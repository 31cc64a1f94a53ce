"""Derivatives that a function takes of other functions, made when it is read.

    slope = grad(f)(x)          is a call of the derivative `grad(f)`, an object with generated code
    jvp(f, (x, y), (v, w))      is a call of the derivative of f that `jvp` itself would call

    grad(lambda t: t * x)(y)    is a call of the derivative of a function of t and x

The functions that make derivatives are marked: `__srcgrad_maker__`, and `__srcgrad_inline__` on what takes arguments too.
"""
from __future__ import annotations

import ast
from collections.abc import Callable
from types import FunctionType
from typing import Any

import gast

from ..ir.nodes import Call, Expr, Fn, Global, Ref
from .read import Code
from .resolve import DEFAULTS, Scope

_made: dict[Any, Any] = {}  # equal calls stand for one derivative, with one cache of code


def derivative(node: Any, scope: Scope) -> Global | None:
    """The derivative that a call of `grad` and the like makes, where all its arguments are known now."""
    place = scope.place(node.func)
    if place is None or not hasattr(place.value, "__srcgrad_maker__") or hasattr(place.value, "__srcgrad_solver__"):
        return None
    try:
        args = tuple(constant(a, scope) for a in node.args)
        kwargs = tuple((k.arg, constant(k.value, scope)) for k in node.keywords if k.arg is not None)
        key = place.value, args, kwargs
        value = _made.get(key)
    except (LookupError, TypeError):  # known at run time only, or not hashable
        return None
    if len(kwargs) != len(node.keywords):
        return None
    if value is None:
        value = _made[key] = place.value(*args, **dict(kwargs))
    return Global(DEFAULTS, value.__name__, value)


def lifted(node: Any, scope: Scope, code: Code, lower: Callable[[Any], Expr]) -> Call | None:
    """`grad(inner)(y)`, where `inner` is a lambda or nested function that captures local variables, as a call of the derivative
    of a function that takes these by keyword: they have the values that they have now, and may be active."""
    maker = node.func if isinstance(node.func, gast.Call) else None
    place = scope.place(maker.func) if maker is not None else None
    if maker is None or place is None or not hasattr(place.value, "__srcgrad_maker__") or not maker.args:
        return None
    found = _inner(maker.args[0], scope, code)
    if found is None or any(k.arg is None for k in (*maker.keywords, *node.keywords)) or any(
            isinstance(a, gast.Starred) for a in node.args):
        return None
    definition, captured = found
    try:
        rest = tuple(constant(a, scope) for a in maker.args[1:])
        kwargs = tuple((k.arg, constant(k.value, scope)) for k in maker.keywords)
        key = place.value, ast.unparse(definition), id(scope.globals), rest, kwargs
        value = _made.get(key)
    except (LookupError, TypeError):
        return None
    if value is None:
        value = _made[key] = place.value(scope.define(key[1], definition.name), *rest, **dict(kwargs))
    given = tuple((k.arg, lower(k.value)) for k in node.keywords)
    return Call(Fn(DEFAULTS, value.__name__, value), tuple(map(lower, node.args)),
                (*given, *((name, Ref(name)) for name in captured)))


def _inner(node: Any, scope: Scope, code: Code) -> tuple[ast.FunctionDef, tuple[str, ...]] | None:
    """The definition of a lambda or nested function with what it captures as keywords, and the names of that."""
    if isinstance(node, gast.Lambda):
        codes = [c for c in scope.codes if c.co_name == "<lambda>" and c.co_firstlineno == node.lineno]
        body, name, args = [gast.Return(node.body)], "lambda_", node.args
    else:
        made = [n for n in gast.walk(code.node) if isinstance(n, gast.FunctionDef) and n.name == getattr(node, "id", None)]
        bound = [n for n in gast.walk(code.node) if isinstance(n, gast.Name) and n.id == getattr(node, "id", None)
                 and not isinstance(n.ctx, gast.Load)]
        if len(made) != 1 or bound or made[0].decorator_list or made[0] is code.node:
            return None
        codes = [c for c in scope.codes if c.co_name == made[0].name]
        body, name, args = made[0].body, made[0].name, made[0].args
    if len(codes) != 1 or args.vararg or args.kwarg or args.defaults or args.kw_defaults or name in codes[0].co_freevars:
        return None
    inside = gast.FunctionDef(name, args, body, [], None, None, [])
    if any(isinstance(n, gast.Nonlocal | gast.Global) for n in gast.walk(inside)):
        return None
    definition = gast.gast_to_ast(gast.fix_missing_locations(inside))
    definition.args.kwonlyargs += [ast.arg(n) for n in codes[0].co_freevars]
    definition.args.kw_defaults += [None] * len(codes[0].co_freevars)
    return ast.fix_missing_locations(definition), codes[0].co_freevars


def product(node: Any, scope: Scope, lower: Callable[[Any], Expr]) -> Call | None:
    """`jvp(f, (x, y), (v, w))` of a known function, with the tuples written out, as a call of one derivative."""
    place = scope.place(node.func)
    make = getattr(place.value, "__srcgrad_inline__", None) if place else None
    if make is None:
        return None
    match node.args:
        case [f, gast.Tuple() | gast.List() as args, gast.Tuple() | gast.List() as tangents]:
            pass
        case _:
            return None
    kwargs = {k.arg: k.value for k in node.keywords}
    if any(isinstance(n, gast.Starred) for n in (*args.elts, *tangents.elts)) or None in kwargs:
        return None
    given = [(i, n) for i, n in enumerate(tangents.elts) if not (isinstance(n, gast.Constant) and n.value is None)]
    try:
        names: Any = constant(kwargs.pop("wrt"), scope) if "wrt" in kwargs else tuple(range(len(args.elts)))
        key = make, constant(f, scope), tuple(names[i] for i, _ in given) if isinstance(names, tuple) else names
        value = _made[key] = _made.get(key) or make(*key[1:])
    except (LookupError, TypeError):
        return None
    along = tuple((name, lower(n)) for name, (_, n) in zip(value.extra, given))
    rest = tuple((n, lower(v)) for n, v in kwargs.items())
    return Call(Fn(DEFAULTS, value.__name__, value), tuple(map(lower, args.elts)), (*rest, *along))


def solution(node: Any, scope: Scope, lower: Callable[[Any], Expr]) -> Call | None:
    """`fixed_point(g, x0, a, b)` of a known function as a call of the function of x0, a and b that it stands for."""
    place = scope.place(node.func)
    make = getattr(place.value, "__srcgrad_solver__", None) if place else None
    if place is None or make is None or len(node.args) < 2 or any(isinstance(n, gast.Starred) for n in node.args):
        return None
    try:
        options = tuple((k.arg, constant(k.value, scope)) for k in node.keywords)
        key = place.value, constant(node.args[0], scope), len(node.args) - 2, options
        value = _made[key] = _made.get(key) or make(*key)
    except (LookupError, TypeError):
        return None
    return Call(Fn(DEFAULTS, value.__name__, value), tuple(map(lower, node.args[1:])))


def constant(node: Any, scope: Scope) -> Any:
    """A literal, a function, a derivative, or a tuple of such. Raises LookupError for what is only known at run time."""
    match node:
        case gast.Constant():
            return node.value
        case gast.UnaryOp(op=gast.USub(), operand=gast.Constant(value=int() as number)):
            return -number
        case gast.Tuple():
            return tuple(constant(n, scope) for n in node.elts)
        case gast.Lambda():
            return _lambda(node, scope)
        case gast.Call():
            found: Any = derivative(node, scope)
        case _:
            found = scope.place(node)
    value = scope.captured.get(getattr(node, "id", "")) if found is None else found.value
    if not callable(value):
        raise LookupError
    return value


def _lambda(node: Any, scope: Scope) -> FunctionType:
    """The function that a lambda makes, where it captures nothing and has no defaults, so that it is always the same."""
    codes = [c for c in scope.codes if c.co_name == "<lambda>" and c.co_firstlineno == node.lineno and not c.co_freevars]
    if len(codes) != 1 or node.args.defaults or node.args.kw_defaults:
        raise LookupError
    key = codes[0], id(scope.globals)
    if key not in _made:
        _made[key] = FunctionType(codes[0], scope.globals)
    return _made[key]  # type: ignore[no-any-return]
