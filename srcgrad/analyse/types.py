"""Abstract interpretation: the type of every name at every statement.

    y = x * 2.0        x: Num(array, float32, (n,))   gives   y: Num(array, float32, (n,))

Unknown is always sound. Facts hold for one signature: the types of the parameters, and of the module-level values the
function reads (they are listed in `Types.assumed`, and whoever uses the facts must check that they still hold).
"""
from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..ir.nodes import (
    Assign, Attribute, Build, Call, Choose, Closure, Const, Effect, Expr, Fn, For, Function, Global, If, Lazy, Method,
    Operator, Ref, Return, Slice, Stmt, Store, Update, While, With,
)
from ..ir.tries import Except
from ..ir.parts import as_whole, type_of_part, with_part
from ..ir.types import (
    INT, NEVER, UNKNOWN, Callee, Dict, List, Local, Num, Object, Opaque, Shape, Size, Tuple, Type, functions_in, integer,
    is_cut, join, without_cuts, without_values,
)
from ..ir.walk import bound, bound_in, flat, names_in, operands, root_of
from ..rules import registry
from .containers import container_call, container_item, dynamic, first_axis, item_type, key_type, target_of
from .flow import Env, Flow
from .targets import canonical as canonical, frame, has_stars as has_stars, rule_type as rule_type
from .values import PARTS, type_of_value

CalleeType = Callable[[Fn, Call, Mapping[str, Type]], Type]
Seen = dict[Stmt, tuple[Mapping[str, Type], Type]]  # the value that a statement last had, and for what types of what it reads


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

    def atom(self, s: Stmt, e: Expr) -> Type:
        """The type of an operand of s: of a name, a constant, or an object that s finds outside the function."""
        if isinstance(e, Ref):
            return self.read(s, e.name)
        return type_of_value(e.value) if isinstance(e, Const | Global) else UNKNOWN

    def written(self, s: Stmt, name: str) -> Type:
        return self.after.get(s, {}).get(name, UNKNOWN)


Infer = Callable[[Function, Mapping[str, Type]], Types]


def typing(env: Mapping[str, Type]) -> Callable[[Expr], Type]:
    """Gives the types of expressions where names have the types of `env`."""
    engine = _Inference(None, {}, False)
    return lambda e: engine.type(e, env)


def infer(f: Function, params: Mapping[str, Type], callee: CalleeType | None = None, seen: Seen | None = None) -> Types:
    """The types in a NORMAL function whose parameters have the given types (UNKNOWN where not given).

    `seen` is kept by whoever infers the types of one function after another that have statements in common: what a
    statement computes is found once for the same types of what it reads.
    """
    found = _infer(f, params, callee, {} if seen is None else seen, False)
    return found if not dynamic(f, found.read) else _infer(f, params, callee, {}, True)


def _infer(f: Function, params: Mapping[str, Type], callee: CalleeType | None, seen: Seen, whole: bool) -> Types:
    engine = _Inference(callee, seen, whole)
    env: Env[Type] = {name: engine.whole_of(params.get(name, UNKNOWN)) for name in (*(p.name for p in f.params), *f.cells)}
    flow: Flow[Type] = Flow(engine.transfer, join, NEVER, UNKNOWN, engine.leave)
    flow.run(f.body, dict(env))
    return Types(engine.before, engine.after, engine.body, env, engine.result, engine.assumed)


class _Inference:
    """`whole`: dicts are one value, because keys are used that are known at run time only."""

    def __init__(self, callee: CalleeType | None, seen: Seen, whole: bool) -> None:
        self.whole = whole
        self.seen = seen
        self.lasting = True  # the type of the last expression follows from those of the names in it
        self.before: dict[Stmt, dict[str, Type]] = {}
        self.after: dict[Stmt, dict[str, Type]] = {}
        self.body: dict[Stmt, dict[str, Type]] = {}
        self.assumed: dict[Global, Type] = {}
        self.result: Type = NEVER
        self.callee = callee
        self.recursive = False
        self.cutting: set[str] = set()  # variables in the bounds of slices
        self.frames: dict[str, set[Any]] = {}  # the functions that are made anew where a name is bound

    def whole_of(self, t: Type) -> Type:
        return as_whole(t) if self.whole else t

    def leave(self, s: Stmt, env: Env[Type]) -> None:
        if isinstance(s, With) and not s.safe:
            env.update((n, UNKNOWN) for n in bound_in(s.body))  # it may end at any place
        self.after[s] = dict(env)

    def transfer(self, s: Stmt, env: Env[Type]) -> Env[Type]:
        compound = isinstance(s, If | For | While)
        self.before[s] = dict(env) if compound else {
            n: env.get(n, UNKNOWN) for e in operands(s) for n in names_in(e)}
        match s:
            case Assign():
                value = self.value(s, s.value, env)
                self.cuts(value)
                self.rebound(flat(s.target), env)
                value = without_cuts(value, flat(s.target)) if isinstance(value, Tuple) else value
                if value == NEVER and self.recursive:
                    env.update(dict.fromkeys(flat(s.target), NEVER))
                    self.after[s] = dict.fromkeys(flat(s.target), NEVER)
                    return env
                self.made(s, value, env)
                _bind(env, s.target, value)
            case Update():
                before = env.get(s.name, UNKNOWN)
                found = self.value(s, Call(Operator(s.op), (Ref(s.name), s.value)), env)
                self.cuts(found)
                self.rebound((s.name,), env)
                before = env.get(s.name, UNKNOWN)
                env[s.name] = _in_place(before, found)
            case With(target=str() as name) | Except(target=str() as name):
                self.rebound((name,), env)
                env[name] = UNKNOWN
            case For():
                items = self.iterated(s.iter, env)
                self.rebound(flat(s.target), env)
                _bind(env, s.target, items)
            case Store():
                self.store(s, env)
            case Effect(args=(e, *_)):
                self.type(e, env)
            case Return():
                self.result = join(self.result, self.value(s, s.value, env))
        if compound:
            self.body[s] = dict(env)
        else:
            changed = (root_of(s.base) or "",) if isinstance(s, Store) else bound(s)
            self.after[s] = {n: env.get(n, UNKNOWN) for n in changed}
        return env

    def value(self, s: Stmt, e: Expr, env: Env[Type]) -> Type:
        """The type of what a statement computes."""
        if self.recursive:
            return self.type(e, env)
        known = self.seen.get(s)
        if known is not None and known[0] == self.before[s]:
            return known[1]
        self.lasting = True
        found = self.type(e, env)
        if self.lasting:
            self.seen[s] = self.before[s], found
        return found

    def rebound(self, names: Collection[str], env: Env[Type]) -> None:
        """What is as long as a slice up to a variable is no longer so, once that is bound again."""
        names = self.cutting.intersection(names)
        if names:
            for name, t in env.items():
                env[name] = without_cuts(t, names)

    def cuts(self, t: Type) -> None:
        for d in t.dims or () if isinstance(t, Num) else ():
            if is_cut(d) and isinstance(d, Size):
                self.cutting.update(re.findall(r"\w+", d.name))

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

    def made(self, s: Assign, value: Type, env: Env[Type]) -> None:
        """Where another function is made by the same expression, what held the older one holds another function."""
        for node in functions_in(value):
            for name in frame(node):
                self.frames.setdefault(name, set()).add(node)
        old = set().union(*(self.frames.get(n, ()) for n in flat(s.target)))
        if old:
            for name, t in env.items():
                if not old.isdisjoint(functions_in(t)):
                    env[name] = UNKNOWN

    def store(self, s: Store, env: Env[Type]) -> None:
        """A store keeps an array's type; a list's item type grows, a dict becomes unknown where it may get any key."""
        name = root_of(s.base) or ""
        t = env.get(name, UNKNOWN)
        target = target_of(s, t)
        value = UNKNOWN if s.op else self.value(s, s.value, env)
        part = type_of_part(t, target.path)
        if target.component:
            env[name] = with_part(t, target.path, value)
        elif isinstance(part, List) and not target.views:
            env[name] = with_part(t, target.path, List(join(part.item, value)))
        elif isinstance(part, Dict) and isinstance(s.key, Const) and not target.views:
            env[name] = with_part(t, (*target.path, s.key.value), value)
        elif isinstance(part, Dict | Object):
            env[name] = with_part(t, target.path, UNKNOWN)

    def type(self, e: Expr, env: Mapping[str, Type]) -> Type:
        match e:
            case Ref():
                return env.get(e.name, UNKNOWN)
            case Const():
                return Opaque("ellipsis") if e.value is Ellipsis else integer(e.value) if type(
                    e.value) is int else type_of_value(e.value)
            case Global():
                return self.global_type(e)
            case Slice():
                return Opaque("slice")
            case Closure():
                return Local(e)
            case Lazy():
                kinds = {without_values(self.type(item, env)) for item in e.items}
                return kinds.pop() if len(kinds) == 1 else UNKNOWN
            case Choose():
                return join(self.type(e.then, env), self.type(e.orelse, env))
            case Build():
                return self.build(e, env)
            case Call():
                return self.call(e, env)
        return UNKNOWN

    def global_type(self, e: Global) -> Type:
        t = self.whole_of(type_of_value(e.value))
        if not isinstance(t, Callee) and not (e.module == "numpy" or e.module == "math"):
            self.assumed[e] = t
            self.lasting = False
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
        if has_stars(e):
            return UNKNOWN
        if self.recursive and NEVER in args:
            return NEVER  # it follows a call of the function itself, of which nothing is known yet
        if isinstance(e.target, Fn) and e.target.value is functools.partial:
            return Local(e)
        if args and isinstance(args[0], Local | Callee) and isinstance(e.target, Fn) and hasattr(
                e.target.value, "__srcgrad_maker__") and not hasattr(e.target.value, "__srcgrad_solver__"):
            return Local(e)  # a derivative
        if isinstance(e.target, Attribute) and isinstance(args[0], Callee) and e.target.name in PARTS:
            return type_of_value(getattr(args[0].value, e.target.name, None))
        found = container_call(e, args, env)
        if found is not None:
            self.lasting &= not isinstance(e.target, Method)  # which may change the type of its object
            return found
        plain = canonical(e, args[0] if args else UNKNOWN)
        rule = registry.find(registry.target_of(plain))
        if rule is None:
            rule = registry.described(registry.target_of(plain))
        if rule is None:
            self.lasting = False
            if isinstance(plain.target, Fn) and self.callee is not None:
                found = without_values(self.whole_of(self.callee(plain.target, plain, env)))
                self.recursive |= found == NEVER
                return found
            return UNKNOWN
        known = dict(zip(map(id, (*e.args, *(x for _, x in e.kwargs))), args))  # else nested calls would be visited twice

        def type_of(x: Expr) -> Type:
            found = known.get(id(x))
            return self.type(x, env) if found is None else found

        return rule_type(rule, plain, type_of)




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
        value = Tuple(tuple(map(integer, value.dims)))
    items = value.items if isinstance(value, Tuple) and len(value.items) == len(target) else None
    for i, part in enumerate(target):
        _bind(env, part, items[i] if items is not None else value.item if isinstance(value, List)
              else first_axis(value))
