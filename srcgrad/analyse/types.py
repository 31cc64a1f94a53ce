"""Abstract interpretation: the type of every name at every statement.

    y = x * 2.0        x: Num(array, float32, (n,))   gives   y: Num(array, float32, (n,))

Unknown is always sound. Facts hold for one signature: the types of the parameters, and of the module-level values the
function reads (they are listed in `Types.assumed`, and whoever uses the facts must check that they still hold).
"""
from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..ir.nodes import (
    Assign, Attribute, Build, Call, Choose, Const, Effect, Expr, Fn, For, Function, Global, If, Lazy, Method, Operator, Ref,
    Return, Slice, Stmt, Store, Update, While,
)
from ..ir.types import (
    BOOL, FLOAT, INT, NEVER, NONE, UNKNOWN, Callee, Dict, List, Num, Opaque, Shape, Tuple, Type, Unknown, elementwise, join,
)
from ..ir.walk import bound, names_in, operands
from ..rules import registry
from ..rules.numpy_functions import as_other
from ..rules.numpy_methods import ATTRIBUTES, METHODS
from ..rules.shapes import KnownShape
from .flow import Env, Flow

CalleeType = Callable[[Fn, Call, Mapping[str, Type]], Type]


@dataclass(frozen=True)
class Types:
    """`before[s]`: the types of the names that statement s reads; `after[s]`: of those it binds. For a compound
    statement, of all names there are; `body[s]`: at the start of a loop's body."""

    before: dict[Stmt, dict[str, Type]]
    after: dict[Stmt, dict[str, Type]]
    body: dict[Stmt, dict[str, Type]]
    params: dict[str, Type]
    result: Type
    assumed: dict[Global, Type] = field(default_factory=dict)

    def read(self, s: Stmt, name: str) -> Type:
        return self.before.get(s, {}).get(name, UNKNOWN)

    def written(self, s: Stmt, name: str) -> Type:
        return self.after.get(s, {}).get(name, UNKNOWN)


_PLAIN: dict[type, Type] = {
    bool: BOOL, int: INT, float: FLOAT, complex: Num("python", "complex128", ()), type(None): NONE}


def type_of_value(x: Any) -> Type:
    """The type of a Python object, without the names of sizes (dims are its numbers).

    >>> type_of_value(np.ones((2, 3), "float32"))
    Num(kind='array', dtype='float32', dims=(2, 3))
    """
    plain = _PLAIN.get(type(x))
    if plain is not None:
        return plain
    if isinstance(x, np.ndarray):
        return Num("array", x.dtype.name, x.shape) if x.dtype.kind in "biufc" else Opaque("array")
    if isinstance(x, np.generic):
        return Num("scalar", x.dtype.name, ()) if x.dtype.kind in "biufc" else Opaque("scalar")
    if isinstance(x, int | float | complex):
        return UNKNOWN  # of a class derived from one of these
    if type(x) is tuple:
        return Tuple(tuple(map(type_of_value, x)))
    if type(x) is list:
        item: Type = NEVER
        for value in x:
            item = join(item, type_of_value(value))
        return List(item)
    if type(x) is dict:
        return Dict(tuple((key, type_of_value(value)) for key, value in x.items()))
    if isinstance(x, str | bytes | slice | range | np.dtype) or inspect.ismodule(x):
        return Opaque(type(x).__name__)
    if inspect.isroutine(x) or isinstance(x, type | np.ufunc):
        return Callee(x)
    return UNKNOWN


def infer(f: Function, params: Mapping[str, Type], callee: CalleeType | None = None) -> Types:
    """The types in a NORMAL function whose parameters have the given types (UNKNOWN where not given)."""
    engine = _Inference(callee)
    env: Env[Type] = {p.name: params.get(p.name, UNKNOWN) for p in f.params}
    env.update({name: params.get(name, UNKNOWN) for name in f.cells})
    flow: Flow[Type] = Flow(engine.transfer, join, NEVER, UNKNOWN, engine.leave)
    flow.run(f.body, dict(env))
    return Types(engine.before, engine.after, engine.body, env, engine.result, engine.assumed)


class _Inference:
    def __init__(self, callee: CalleeType | None) -> None:
        self.before: dict[Stmt, dict[str, Type]] = {}
        self.after: dict[Stmt, dict[str, Type]] = {}
        self.body: dict[Stmt, dict[str, Type]] = {}
        self.assumed: dict[Global, Type] = {}
        self.result: Type = NEVER
        self.callee = callee

    def leave(self, s: Stmt, env: Env[Type]) -> None:
        self.after[s] = dict(env)

    def transfer(self, s: Stmt, env: Env[Type]) -> Env[Type]:
        compound = isinstance(s, If | For | While)
        self.before[s] = dict(env) if compound else {
            n: env.get(n, UNKNOWN) for e in operands(s) for n in names_in(e)}
        match s:
            case Assign():
                value = self.type(s.value, env)
                _bind(env, s.target, value)
            case Update():
                before = env.get(s.name, UNKNOWN)
                found = self.type(Call(Operator(s.op), (Ref(s.name), s.value)), env)
                env[s.name] = _in_place(before, found)
            case For():
                _bind(env, s.target, item_type(self.type(s.iter, env)))
            case Store():
                self.store(s, env)
            case Effect(args=(e, *_)):
                self.type(e, env)
            case Return():
                self.result = join(self.result, self.type(s.value, env))
        if compound:
            self.body[s] = dict(env)
        else:
            self.after[s] = {n: env[n] for n in bound(s)}
        return env

    def store(self, s: Store, env: Env[Type]) -> None:
        """A store keeps an array's type; a list's item type grows, a dict becomes unknown where keys may be new."""
        if not isinstance(s.base, Ref):
            return
        t = env.get(s.base.name, UNKNOWN)
        value = UNKNOWN if s.op else self.type(s.value, env)
        if isinstance(t, List):
            env[s.base.name] = List(join(t.item, value))
        elif isinstance(t, Dict):
            env[s.base.name] = UNKNOWN

    def type(self, e: Expr, env: Mapping[str, Type]) -> Type:
        match e:
            case Ref():
                return env.get(e.name, UNKNOWN)
            case Const():
                return Opaque("ellipsis") if e.value is Ellipsis else type_of_value(e.value)
            case Global():
                return self.global_type(e)
            case Slice():
                return Opaque("slice")
            case Lazy():
                kinds = {self.type(item, env) for item in e.items}
                return kinds.pop() if len(kinds) == 1 else UNKNOWN
            case Choose():
                return join(self.type(e.then, env), self.type(e.orelse, env))
            case Build():
                return self.build(e, env)
            case Call():
                return self.call(e, env)
        return UNKNOWN

    def global_type(self, e: Global) -> Type:
        t = type_of_value(e.value)
        if not isinstance(t, Callee) and not (e.module == "numpy" or e.module == "math"):
            self.assumed[e] = t
        return t

    def build(self, e: Build, env: Mapping[str, Type]) -> Type:
        items = [self.type(item, env) for item in e.items]
        if e.kind == "tuple":
            return Tuple(tuple(items))
        if e.kind == "list":
            item: Type = NEVER
            for t in items:
                item = join(item, t)
            return List(item)
        if e.kind == "dict" and all(isinstance(k, Const) for k in e.items[::2]):
            keys = [k.value for k in e.items[::2] if isinstance(k, Const)]
            return Dict(tuple(zip(keys, items[1::2])))
        return Opaque("str") if e.kind == "fstring" else UNKNOWN

    def call(self, e: Call, env: Mapping[str, Type]) -> Type:
        args = [self.type(a, env) for a in e.args]
        found = container_call(e, args, env)
        if found is not None:
            return found
        plain = canonical(e, args[0] if args else UNKNOWN)
        rule = registry.find(registry.target_of(plain))
        if rule is None:
            if isinstance(plain.target, Fn) and self.callee is not None:
                return self.callee(plain.target, plain, env)
            return UNKNOWN
        known = dict(zip(map(id, e.args), args))  # else nested calls would be visited twice at every level

        def type_of(x: Expr) -> Type:
            found = known.get(id(x))
            return self.type(x, env) if found is None else found

        return rule_type(rule, plain, type_of)


def rule_type(rule: registry.Rule, e: Call, type_of: Callable[[Expr], Type]) -> Type:
    """The type of a call that has a rule."""
    function = e.target.value if isinstance(e.target, Fn) else _OPERATORS.get(getattr(e.target, "name", ""))
    if rule.kind == "constant":
        return UNKNOWN if rule.type is None else rule.type(
            {str(i): type_of(a) for i, a in enumerate(e.args)},
            {name: _shape_known(x, type_of) for name, x in (*e.kwargs, *((str(i), a) for i, a in enumerate(e.args)))})
    try:
        bound = registry.bind(rule, e, function)
    except registry.KeywordMissing:
        return UNKNOWN
    types = {name: type_of(value) for name, value in bound.operands.items()}
    if rule.type is not None:
        return rule.type(types, {n: _shape_known(x, type_of) for n, x in {**bound.operands, **bound.keywords}.items()})
    if rule.kind == "elementwise":
        found = elementwise(function, tuple(types.values())) if function is not None else UNKNOWN
        numeric = isinstance(e.target, Fn) or any(isinstance(t, Num) for t in types.values())
        return Num() if isinstance(found, Unknown) and numeric else found
    return UNKNOWN


def _shape_known(e: Expr, type_of: Callable[[Expr], Type]) -> Expr:
    """An argument that is the shape of an array, as that."""
    if isinstance(e, Const | Build):
        return e
    t = type_of(e)
    return KnownShape(t.dims) if isinstance(t, Shape) else e


def _operator_functions() -> dict[str, Callable[..., Any]]:
    import operator
    return {name: getattr(operator, name) for name in dir(operator) if not name.startswith("__")} | {
        "in_": lambda a, b: a in b, "not_in": lambda a, b: a not in b}


_OPERATORS = _operator_functions()


def canonical(e: Call, receiver: Type) -> Call:
    """A call as that of the function it is the same as: an array's method or attribute, np.fliplr; others as they are."""
    if isinstance(e.target, Method | Attribute) and isinstance(receiver, Num | Unknown):
        table = METHODS if isinstance(e.target, Method) else ATTRIBUTES
        change = table.get(e.target.name)
        if change is not None:
            return as_other(change(e))
    return as_other(e)


def container_call(e: Call, args: list[Type], env: Mapping[str, Type]) -> Type | None:
    """Methods of lists (which change the list's type in env), and what is known of containers' items."""
    if isinstance(e.target, Method) and args and isinstance(args[0], List):
        receiver = e.args[0]
        if e.target.name == "append" and isinstance(receiver, Ref):
            assert isinstance(env, dict)
            env[receiver.name] = List(join(args[0].item, args[1]))
            return NONE
        if e.target.name == "pop":
            return args[0].item
        return UNKNOWN
    if e.target == Operator("getitem") and isinstance(args[0], Shape):
        return INT if args[1] == INT else UNKNOWN
    if e.target == Operator("getitem") and isinstance(args[0], List | Tuple | Dict):
        return _container_item(args[0], e.args[1], args[1])
    if isinstance(e.target, Fn) and e.target.value is len:
        return INT
    if isinstance(e.target, Fn) and e.target.value in (range, reversed):
        return args[0] if e.target.value is reversed and args[0] == Opaque("range") else Opaque("range") \
            if e.target.value is range else UNKNOWN
    return None


def _container_item(t: Type, key: Expr, key_type: Type) -> Type:
    if isinstance(t, Tuple):
        if isinstance(key, Const) and type(key.value) is int and -len(t.items) <= key.value < len(t.items):
            return t.items[key.value]
        item: Type = NEVER
        for x in t.items:
            item = join(item, x)
        return item if key_type == INT else UNKNOWN
    if isinstance(t, List):
        return t.item if key_type == INT else t if key_type == Opaque("slice") else UNKNOWN
    if isinstance(t, Dict) and isinstance(key, Const):
        found: Type = dict(t.items).get(key.value, UNKNOWN)
        return found
    return UNKNOWN


def item_type(t: Type) -> Type:
    """What iterating over a value of type t gives."""
    if t == Opaque("range"):
        return INT
    if isinstance(t, List):
        return t.item
    return UNKNOWN


def _in_place(before: Type, after: Type) -> Type:
    """`x op= v` keeps an array's kind, dtype and shape."""
    if isinstance(before, Num) and before.kind == "array" and before.dims != ():
        return before
    if isinstance(before, Num) and before.scalar:
        return after
    return after if before == after else UNKNOWN


def _bind(env: Env[Type], target: Any, value: Type) -> None:
    if isinstance(target, str):
        env[target] = value
        return
    if isinstance(value, Shape):
        value = Tuple((INT,) * len(value.dims))
    items = value.items if isinstance(value, Tuple) and len(value.items) == len(target) else None
    for i, part in enumerate(target):
        _bind(env, part, items[i] if items is not None else value.item if isinstance(value, List)
              else first_axis(value))


def first_axis(t: Type) -> Type:
    """One item of an array."""
    if isinstance(t, Num) and t.dims is not None and len(t.dims) >= 1:
        return Num("scalar" if len(t.dims) == 1 else "array", t.dtype, t.dims[1:])
    return Num() if isinstance(t, Num) else UNKNOWN
