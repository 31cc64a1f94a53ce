"""Which values vary with the differentiated inputs.

The activity of a value is a bool, or a structure of them: a tuple for a tuple, `Items` for a list, so that the parts of
`tape.append((cond, y))` keep their own.

    n = x.shape[0]     inactive: a shape does not depend differentiably on anything
    y = x * n          active where x is
    t = (n, y)         (False, True)

"Useful to the output" needs no analysis here: what is not useful receives no adjoint.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Union

from ..ir.nodes import (
    Assign, Attribute, Build, Call, Choose, Const, Effect, Expr, Field, Fn, For, Function, Method, Operator, Ref, Return,
    Starred, Stmt, Store, Update, With,
)
from ..ir.tries import Except
from ..ir.parts import Element, components, part_type, type_of_part
from ..ir.types import UNKNOWN, Callee, Choice, Dict, List, Num, Object, Opaque, Shape, Tuple, Type
from ..ir.walk import bound, names_in, operands, root_of, statements
from ..rules import registry
from ..rules.numpy_functions import as_other
from .containers import constructed, element_of, target_of
from .flow import Env, Flow
from .targets import class_data
from .types import Types, canonical


@dataclass(frozen=True)
class Items:
    """The activity of a list: that of any item."""

    item: Activity


@dataclass(frozen=True)
class Parts:
    """The activities of the components of a dict or object, by key or Field."""

    items: tuple[tuple[Element, Activity], ...]


Activity = Union[bool, tuple["Activity", ...], Items, Parts]  # noqa: UP007  (recursive)
CalleeActivity = Callable[[Fn, Call, list["Activity"], Stmt], Activity]


def active(a: Activity) -> bool:
    """Whether any part is."""
    if isinstance(a, Items):
        return active(a.item)
    if isinstance(a, Parts):
        return any(active(x) for _, x in a.items)
    return any(map(active, a)) if isinstance(a, tuple) else a


def part(a: Activity, element: Element) -> Activity:
    """The activity of a component."""
    if isinstance(a, tuple):
        return a[element] if isinstance(element, int) and element < len(a) else active(a)
    return dict(a.items).get(element, False) if isinstance(a, Parts) else active(a)


def part_of(a: Activity, path: tuple[Element, ...]) -> Activity:
    """The activity of a part of a part."""
    for element in path:
        a = part(a, element)
    return a


def with_activity(a: Activity, t: Type, path: tuple[Element, ...], value: Activity) -> Activity:
    """The activity of a value of type t after a part of it has been replaced."""
    if not path:
        return value
    element, rest = path[0], path[1:]
    parts = {k: part(a, k) for k, _ in components(t) or ()}
    parts[element] = with_activity(parts.get(element, False), part_type(t, element), rest, value)
    if not any(map(active, parts.values())):
        return False
    return tuple(parts.values()) if isinstance(t, Tuple) else Parts(tuple(parts.items()))


def join(a: Activity, b: Activity) -> Activity:
    """The activity of a value that is one or the other.

    >>> join((True, False), (False, False)), join((True, False), False)
    ((True, False), (True, False))
    """
    if a is b or a == b:
        return a
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return tuple(map(join, a, b))
    if isinstance(a, Items) and isinstance(b, Items):
        return Items(join(a.item, b.item))
    if isinstance(a, Parts) and isinstance(b, Parts):
        return Parts(tuple((k, join(part(a, k), part(b, k))) for k in {**dict(a.items), **dict(b.items)}))
    if not active(a) or not active(b):
        return a if active(a) else b if active(b) else a
    return True


def of_type(a: Activity, t: Type) -> Activity:
    """Activity cut down to what a value of type t can carry."""
    if not active(a):
        return False
    if isinstance(t, Num) and t.discrete or isinstance(t, Opaque | Shape | Callee | Choice):
        return False
    if isinstance(t, Tuple):
        parts = a if isinstance(a, tuple) and len(a) == len(t.items) else (True,) * len(t.items)
        return tuple(map(of_type, parts, t.items))
    if isinstance(t, Dict | Object) and (found := components(t)) is not None:
        return Parts(tuple((k, of_type(part(a, k), x)) for k, x in found))
    if isinstance(t, List):
        return Items(of_type(a.item if isinstance(a, Items) else True, t.item))
    return a


@dataclass(frozen=True)
class Activities:
    """`before[s]`: the activity of the names that statement s reads; `after[s]`: of those it binds."""

    before: dict[Stmt, dict[str, Activity]]
    after: dict[Stmt, dict[str, Activity]]
    result: Activity

    def read(self, s: Stmt, name: str) -> Activity:
        return self.before.get(s, {}).get(name, False)

    def written(self, s: Stmt, name: str) -> Activity:
        return self.after.get(s, {}).get(name, False)


def vary(f: Function, types: Types, inputs: Mapping[str, Activity], callee: CalleeActivity | None = None) -> Activities:
    """The activities in a NORMAL function when the given names vary."""
    engine = _Activity(types, callee, constant_in(f))
    flow: Flow[Activity] = Flow(engine.transfer, join, False, True)
    names = [p.name for p in f.params] + list(f.cells)
    flow.run(f.body, {name: of_type(inputs.get(name, False), types.params.get(name, UNKNOWN)) for name in names})
    return Activities(engine.before, engine.after, engine.result)


def constant_in(f: Function) -> frozenset[Stmt]:
    """The statements under `autograd.pause()`."""
    return frozenset(x for s in statements(f.body) if isinstance(s, With) and s.constant for x in statements(s.body))


class _Activity:
    def __init__(self, types: Types, callee: CalleeActivity | None, constant: frozenset[Stmt]) -> None:
        self.types = types
        self.callee = callee
        self.before: dict[Stmt, dict[str, Activity]] = {}
        self.after: dict[Stmt, dict[str, Activity]] = {}
        self.result: Activity = False
        self.constant = constant

    def paused(self, s: Stmt, env: Env[Activity]) -> Env[Activity]:
        """What is computed under `autograd.pause()` is constant; containers keep what they hold."""
        self.before[s] = {n: False for e in operands(s) for n in names_in(e)}
        self.after[s] = dict.fromkeys(bound(s), False)
        return {**env, **self.after[s]}

    def transfer(self, s: Stmt, env: Env[Activity]) -> Env[Activity]:
        if s in self.constant:
            return self.paused(s, env)
        self.before[s] = {n: env.get(n, False) for e in operands(s) for n in names_in(e)}
        new = env
        match s:
            case Assign():
                self.bind(s, new, s.target, self.of(s, s.value, new))
            case Update():
                value = join(active(env.get(s.name, False)), active(self.of(s, s.value, new)))
                self.bind(s, new, s.name, value)
            case With(target=str() as name) | Except(target=str() as name):
                new[name] = False
            case For():
                self.bind(s, new, s.target, self.iterated(s, s.iter, new))
            case Store():
                self.store(s, root_of(s.base) or "", new)
            case Effect(args=(e, *_)):
                self.effect(s, e, new)
            case Return():
                self.result = join(self.result, self.of(s, s.value, new))
        self.after[s] = {n: new[n] for n in bound(s)}
        return new

    def iterated(self, s: Stmt, e: Expr, env: Mapping[str, Activity]) -> Activity:
        """The activity of an item of what a `for` goes through; keys have none (see of_type)."""
        match e:
            case Call(Fn(value=function), args) if function is zip and not e.kwargs:
                return tuple(self.iterated(s, a, env) for a in args)
            case Call(Fn(value=function), (inner, *_)) if function is enumerate:
                return False, self.iterated(s, inner, env)
            case Call(Fn(value=function), (inner,)) if function is reversed:
                return self.iterated(s, inner, env)
            case Call(Method("keys"), (_,), ()):
                return False
            case Ref(name) if isinstance(self.types.read(s, name), Dict):
                return False
            case Call(Method("items"), (Ref(name),), ()) if isinstance(self.types.read(s, name), Dict):
                return False, active(self.of(s, e.args[0], env))
        value = self.of(s, e, env)
        return value.item if isinstance(value, Items) else active(value)

    def bind(self, s: Stmt, env: Env[Activity], target: object, value: Activity) -> None:
        if isinstance(target, str):
            env[target] = of_type(value, self.types.written(s, target))
        elif isinstance(target, tuple):
            for i, part in enumerate(target):
                match value:
                    case tuple() if len(value) == len(target):
                        self.bind(s, env, part, value[i])
                    case Items():
                        self.bind(s, env, part, value.item)
                    case _:
                        self.bind(s, env, part, active(value))

    def store(self, s: Store, name: str, env: Env[Activity]) -> None:
        """A store can make a container active, never inactive: only some of its elements are replaced."""
        value, old, t = self.of(s, s.value, env), env.get(name, False), self.types.read(s, name)
        target = target_of(s, t)
        if target.component:
            env[name] = with_activity(old, t, target.path, value)
            return
        if target.path:
            inner = of_type(join(active(part_of(old, target.path)), active(value)), type_of_part(t, target.path))
            env[name] = with_activity(old, t, target.path, inner)
            return
        if not active(value):
            return
        if isinstance(old, Items) or isinstance(self.types.read(s, name), List):
            env[name] = join(old, Items(value))
        else:
            env[name] = of_type(join(active(old), True), self.types.read(s, name))

    def effect(self, s: Stmt, e: Expr, env: Env[Activity]) -> None:
        match e:
            case Call(Method("append"), (Ref(name), value)) if isinstance(self.types.read(s, name), List):
                old = env.get(name, False)
                new = Items(self.of(s, value, env))
                env[name] = join(old, new) if isinstance(old, Items) else new if not active(old) else old

    def of(self, s: Stmt, e: Expr, env: Mapping[str, Activity]) -> Activity:
        match e:
            case Ref():
                return env.get(e.name, False)
            case Build("tuple"):
                return tuple(self.of(s, item, env) for item in e.items)
            case Build("list"):
                found: Activity = False
                for item in e.items:
                    found = join(found, self.of(s, item, env))
                return Items(found)
            case Build("dict") if all(isinstance(k, Const) for k in e.items[::2]):
                return Parts(tuple((k.value, self.of(s, x, env)) for k, x in zip(e.items[::2], e.items[1::2])
                                   if isinstance(k, Const)))
            case Build("dict" | "set"):
                return any(active(self.of(s, item, env)) for item in e.items)
            case Choose():
                return join(self.of(s, e.then, env), self.of(s, e.orelse, env))
            case Call():
                return self.call(s, e, env)
            case Starred():
                return active(self.of(s, e.value, env))
        return False

    def call(self, s: Stmt, e: Call, env: Mapping[str, Activity]) -> Activity:
        first = e.args[0] if e.args else None
        plain = as_other(e) if first is None else canonical(e, self.types.atom(s, first))
        args = [self.of(s, a, env) for a in (*plain.args, *(value for _, value in plain.kwargs))]
        if not any(map(active, args)):
            return False
        made = constructed(e)
        if made is not None:
            found = [(k, self.of(s, x, env)) for k, x in made[1].items()]
            return tuple(a for _, a in found) if issubclass(made[0], tuple) else Parts(tuple(found))
        match plain:
            case Call(Operator("getitem"), (_, key)):
                base = args[0]
                element = element_of(self.types.read(s, first.name), key) if isinstance(first, Ref) else None
                if element is None and isinstance(base, tuple) and isinstance(key, Const) and type(key.value) is int:
                    element = key.value % len(base)
                if element is not None:
                    return part(base, element)
                return base.item if isinstance(base, Items) else active(base)
            case Call(Attribute(name), (Ref(base_name),)):
                element = element_of(self.types.read(s, base_name), Field(name))
                if element is not None:
                    return part(args[0], element)
                if class_data(self.types.read(s, base_name), name):
                    return False
            case Call(Method("pop"), (Ref(), *_)) if isinstance(args[0], Items):
                return args[0].item
        rule = registry.find(registry.target_of(plain))
        if rule is not None:
            return rule.kind != "constant"
        if isinstance(plain.target, Fn) and self.callee is not None:
            return self.callee(plain.target, plain, args, s)
        return True
