"""Abstract interpretation: the type of every name at every statement.

    y = x * 2.0        x: Num(array, float32, (n,))   gives   y: Num(array, float32, (n,))

Unknown is always sound. Facts hold for one signature: the types of the parameters, and of the module-level values the
function reads (they are listed in `Types.assumed`, and whoever uses the facts must check that they still hold).
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..ir.nodes import (
    Assign, Attribute, Build, Call, Choose, Const, Effect, Expr, Fn, For, Function, Global, If, Lazy, Method,
    Operator, Ref, Return, Slice, Stmt, Store, Update, While,
)
from ..ir.parts import as_whole, with_part
from ..ir.types import (
    INT, NEVER, UNKNOWN, Callee, Dict, List, Num, Object, Opaque,
    Shape, Tuple, Type, Unknown, elementwise, join,
)
from ..ir.walk import bound, names_in, operands
from ..rules import registry
from ..rules.numpy_methods import ATTRIBUTES, METHODS
from ..rules.shapes import KnownShape
from .containers import container_call, container_item, dynamic, element_of, first_axis, item_type, key_type
from .flow import Env, Flow
from .values import type_of_value

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


def infer(f: Function, params: Mapping[str, Type], callee: CalleeType | None = None) -> Types:
    """The types in a NORMAL function whose parameters have the given types (UNKNOWN where not given)."""
    found = _infer(f, params, callee, False)
    return found if not dynamic(f, found.read) else _infer(f, params, callee, True)


def _infer(f: Function, params: Mapping[str, Type], callee: CalleeType | None, whole: bool) -> Types:
    engine = _Inference(callee, whole)
    env: Env[Type] = {name: engine.seen(params.get(name, UNKNOWN)) for name in (*(p.name for p in f.params), *f.cells)}
    flow: Flow[Type] = Flow(engine.transfer, join, NEVER, UNKNOWN, engine.leave)
    flow.run(f.body, dict(env))
    return Types(engine.before, engine.after, engine.body, env, engine.result, engine.assumed)


class _Inference:
    """`whole`: dicts are one value, because keys are used that are known at run time only."""

    def __init__(self, callee: CalleeType | None, whole: bool) -> None:
        self.whole = whole
        self.before: dict[Stmt, dict[str, Type]] = {}
        self.after: dict[Stmt, dict[str, Type]] = {}
        self.body: dict[Stmt, dict[str, Type]] = {}
        self.assumed: dict[Global, Type] = {}
        self.result: Type = NEVER
        self.callee = callee

    def seen(self, t: Type) -> Type:
        return as_whole(t) if self.whole else t

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
                _bind(env, s.target, self.iterated(s.iter, env))
            case Store():
                self.store(s, env)
            case Effect(args=(e, *_)):
                self.type(e, env)
            case Return():
                self.result = join(self.result, self.type(s.value, env))
        if compound:
            self.body[s] = dict(env)
        else:
            changed = (s.base.name,) if isinstance(s, Store) and isinstance(s.base, Ref) else bound(s)
            self.after[s] = {n: env.get(n, UNKNOWN) for n in changed}
        return env

    def iterated(self, e: Expr, env: Mapping[str, Type]) -> Type:
        """What a `for` over e gives."""
        match e:
            case Call(Fn(value=function), args) if function is zip and not e.kwargs:
                return Tuple(tuple(self.iterated(a, env) for a in args))
            case Call(Fn(value=function), (inner, *_)) if function is enumerate:
                return Tuple((INT, self.iterated(inner, env)))
            case Call(Fn(value=function), (inner,)) if function is reversed:
                return self.iterated(inner, env)
            case Call(Method(name), (d,), ()) if isinstance(t := self.type(d, env), Dict):
                pair = key_type(t), container_item(t, d, UNKNOWN)
                return {"keys": pair[0], "values": pair[1], "items": Tuple(pair)}.get(name, UNKNOWN)
        return item_type(self.type(e, env))

    def store(self, s: Store, env: Env[Type]) -> None:
        """A store keeps an array's type; a list's item type grows, a dict becomes unknown where it may get any key."""
        if not isinstance(s.base, Ref):
            return
        t = env.get(s.base.name, UNKNOWN)
        value = UNKNOWN if s.op else self.type(s.value, env)
        if isinstance(t, List):
            env[s.base.name] = List(join(t.item, value))
        elif isinstance(t, Dict | Object):
            element = element_of(t, s.key, new=True)
            env[s.base.name] = UNKNOWN if element is None else with_part(t, element, self.type(s.value, env))

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
        t = self.seen(type_of_value(e.value))
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
            return Dict(tuple(zip(keys, items[1::2])), self.whole)
        return Opaque("str") if e.kind == "fstring" else UNKNOWN

    def call(self, e: Call, env: Mapping[str, Type]) -> Type:
        args = [self.type(a, env) for a in (*e.args, *(x for _, x in e.kwargs))]
        found = container_call(e, args, env)
        if found is not None:
            return found
        plain = canonical(e, args[0] if args else UNKNOWN)
        rule = registry.find(registry.target_of(plain))
        if rule is None:
            rule = registry.described(registry.target_of(plain))
        if rule is None:
            if isinstance(plain.target, Fn) and self.callee is not None:
                return self.seen(self.callee(plain.target, plain, env))
            return UNKNOWN
        known = dict(zip(map(id, (*e.args, *(x for _, x in e.kwargs))), args))  # else nested calls would be visited twice

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
    """An array's method or attribute as the function it is the same as; other calls as they are."""
    if isinstance(e.target, Method | Attribute) and isinstance(receiver, Num | Unknown):
        table = METHODS if isinstance(e.target, Method) else ATTRIBUTES
        change = table.get(e.target.name)
        if change is not None:
            return change(e)
    return e


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
