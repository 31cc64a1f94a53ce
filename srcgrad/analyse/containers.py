"""What is known of the items of containers, tuples, dicts and objects."""
from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from types import FunctionType, SimpleNamespace
from typing import Any

from ..ir.nodes import (
    Attribute, Build, Call, Const, Effect, Expr, Field, Fn, For, Function, Global, Method, Operator, Ref, Slice, Stmt, Store,
)
from ..ir.parts import Element, part_type, type_of_part
from ..ir.types import (
    INT, NEVER, NONE, UNKNOWN, Dict, List, Num, Object, Opaque, Shape, Tuple, Type, integer, is_int, join,
)
from ..ir.walk import expressions, operands, root_of, statements
from ..rules import registry
from ..runtime import helpers

Read = Callable[[Stmt, str], Type]  # the type of a name that a statement reads


def container_call(e: Call, args: list[Type], env: Mapping[str, Type]) -> Type | None:
    """Methods of lists (which change the list's type in env), and what is known of containers' items."""
    if isinstance(e.target, Method) and args and isinstance(args[0], List):
        receiver = e.args[0]
        if e.target.name == "append" and isinstance(receiver, Ref):
            assert isinstance(env, dict)
            env[receiver.name] = List(join(args[0].item, args[1]))
            return NONE
        if e.target.name in ("extend", "insert") and isinstance(receiver, Ref):
            assert isinstance(env, dict)
            env[receiver.name] = List(join(args[0].item, item_type(args[1]) if e.target.name == "extend" else args[2]))
            return NONE
        if e.target.name == "pop":
            return args[0].item
        return INT if e.target.name in ("index", "count") else UNKNOWN
    if e.target == Method("pop") and len(args) == 2 and isinstance(args[0], Dict) and isinstance(e.args[1], Const) and isinstance(
            e.args[0], Ref):
        assert isinstance(env, dict)
        env[e.args[0].name] = Dict(tuple((k, x) for k, x in args[0].items if k != e.args[1].value), args[0].whole)
        return container_item(args[0], e.args[1], UNKNOWN)
    if isinstance(e.target, Fn) and e.target.value is helpers.put_back and isinstance(args[0], Dict) and isinstance(
            e.args[0], Ref):
        assert isinstance(env, dict)
        env[e.args[0].name] = UNKNOWN
        return NONE
    if isinstance(e.target, Fn) and e.target.value is helpers.take and isinstance(e.args[0], Ref):
        assert isinstance(env, dict)
        env[e.args[0].name] = UNKNOWN
        return UNKNOWN
    if isinstance(e.target, Method) and args and isinstance(args[0], Dict) and e.target.name in (
            "update", "setdefault", "pop", "popitem", "clear") and isinstance(e.args[0], Ref):
        assert isinstance(env, dict)
        env[e.args[0].name] = UNKNOWN
        return UNKNOWN
    if e.target == Operator("getitem") and args[0] == Opaque("range") and (is_int(args[1]) or isinstance(e.args[1], Slice)):
        return args[0] if isinstance(e.args[1], Slice) else INT
    if isinstance(e.target, Attribute) and isinstance(args[0], Object | Tuple):
        element = element_of(args[0], Field(e.target.name))
        return UNKNOWN if element is None else part_type(args[0], element)
    made = constructed(e)
    if made is not None:
        known = dict(zip(map(id, (*e.args, *(x for _, x in e.kwargs))), args))
        found = {k: known.get(id(x), _default_type(x)) for k, x in made[1].items()}
        if issubclass(made[0], tuple):
            return Tuple(tuple(found.values()), made[0])
        return Object(made[0], tuple((k.name, t) for k, t in found.items()))
    if e.target == Operator("getitem") and isinstance(args[0], Shape):
        return _length(args[0], e.args[1]) if is_int(args[1]) else UNKNOWN
    if e.target == Operator("getitem") and isinstance(args[0], List | Tuple | Dict):
        return container_item(args[0], e.args[1], args[1])
    if isinstance(e.target, Fn) and e.target.value is len:
        return length_of(args[0]) if len(args) == 1 else INT
    if isinstance(e.target, Fn) and e.target.value is sorted and args and isinstance(args[0], List):
        return args[0]
    if isinstance(e.target, Fn) and e.target.value in (range, reversed):
        return args[0] if e.target.value is reversed and args[0] == Opaque("range") else Opaque("range") \
            if e.target.value is range else UNKNOWN
    return None


def _default_type(e: Expr) -> Type:
    """The type of a default value."""
    match e:
        case Build("list"):
            return List(NEVER)
        case Build("dict"):
            return Dict(())
    return UNKNOWN


def _length(t: Shape, key: Expr) -> Type:
    """One of the lengths of a shape."""
    i = key.value if isinstance(key, Const) else None
    return integer(t.dims[i]) if type(i) is int and -len(t.dims) <= i < len(t.dims) else INT


def length_of(t: Type) -> Type:
    """What `len` gives."""
    match t:
        case Num(kind="array", dims=(first, *_)):
            return integer(first)
        case Tuple(items) | Shape(items):
            return integer(len(items))
    return INT


def container_item(t: Type, key: Expr, key_type: Type) -> Type:
    if isinstance(t, Tuple):
        if isinstance(key, Const) and type(key.value) is int and -len(t.items) <= key.value < len(t.items):
            return t.items[key.value]
        item: Type = NEVER
        for x in t.items:
            item = join(item, x)
        return item if is_int(key_type) else UNKNOWN
    if isinstance(t, List):
        return t.item if is_int(key_type) else t if key_type == Opaque("slice") else UNKNOWN
    if isinstance(t, Dict) and isinstance(key, Const):
        found: Type = dict(t.items).get(key.value, UNKNOWN)
        return found
    return reduce(join, [x for _, x in t.items]) if isinstance(t, Dict) and t.items else UNKNOWN


def element_of(t: Type, key: Expr, new: bool = False) -> Element | None:
    """The component of a value that a subscript or attribute (a Field) names; `new`: a dict or object may lack it.

    >>> element_of(Tuple((INT, INT)), Const(-1))
    1
    """
    match t, key:
        case Tuple(), Const(int() as i) if type(i) is int and -len(t.items) <= i < len(t.items):
            return i % len(t.items)
        case Tuple(cls=cls), Field(name) if cls is not None and name in cls._fields:
            return cls._fields.index(name)
        case Dict(whole=False), Const(str() | int() as k) if new or k in dict(t.items):
            return k
        case Object(), Field(name) if new or name in dict(t.items):
            return key
    return None


def place_of(e: Call) -> tuple[Expr, Expr] | None:
    """Base and key of a subscript or attribute."""
    if e.target == Operator("getitem"):
        return e.args[0], e.args[1]
    return (e.args[0], Field(e.target.name)) if isinstance(e.target, Attribute) else None


def constructed(e: Expr) -> tuple[type, dict[Element, Expr]] | None:
    """Class and components of an object that a call makes and that holds its arguments as they are: a named tuple, a
    dataclass without code of its own, a SimpleNamespace."""
    if isinstance(e, Call) and isinstance(e.target, Fn) and e.target.value is helpers.blank and isinstance(e.args[0], Global):
        return e.args[0].value, {}
    if not isinstance(e, Call) or not isinstance(e.target, Fn) or not isinstance(e.target.value, type):
        return None
    cls = e.target.value
    if cls is SimpleNamespace:
        return None if e.args else (cls, {Field(name): x for name, x in e.kwargs})
    named = issubclass(cls, tuple) and str(getattr(cls.__new__, "__module__", "")).startswith("namedtuple_")
    if not named and not _plain_dataclass(cls):
        return None
    signature = inspect.signature(cls)
    try:
        given = signature.bind(*e.args, **dict(e.kwargs)).arguments
    except TypeError:
        return None  # the program fails there
    parts: dict[Element, Expr] = {}
    for i, (name, p) in enumerate(signature.parameters.items()):
        if name not in given and type(p.default) not in _LITERALS:
            default = _FACTORIES.get(getattr(cls, "__dataclass_fields__", {})[name].default_factory) if not named else None
            if default is None or name in given:
                return None
            parts[Field(name)] = default
            continue
        parts[i if named else Field(name)] = given.get(name, Const(p.default))
    return cls, parts


_FACTORIES: dict[Any, Expr] = {list: Build("list", ()), dict: Build("dict", ())}
_LITERALS = (bool, int, float, complex, str, type(None))


def _plain_dataclass(cls: type) -> bool:
    """Its constructor stores its arguments under their names, and does nothing else."""
    return ("__dataclass_params__" in vars(cls) and "__init__" in vars(cls) and vars(cls)["__dataclass_params__"].init
            and not hasattr(cls, "__post_init__") and "__new__" not in vars(cls)
            and all(f.init and f.default_factory in (dataclasses.MISSING, list, dict) for f in dataclasses.fields(cls)))


@dataclass(frozen=True)
class Target:
    """What a store writes to: the part `path` of what `name` holds. `component`: that part is replaced as a whole; else a
    view of it is written to, which the calls `views` give one after the other."""

    name: str
    path: tuple[Element, ...]
    views: tuple[Call, ...] = ()
    component: bool = False


def target_of(s: Store, t: Type) -> Target:
    """Takes the target of a store apart; t is the type of the name that it belongs to."""
    steps: list[Call] = []
    base = s.base
    while isinstance(base, Call):
        steps.insert(0, base)
        base = base.args[0]
    name = base.name if isinstance(base, Ref) else ""
    path: list[Element] = []
    for i, step in enumerate(steps):
        place = place_of(step)
        element = None if place is None else element_of(t, place[1])
        if element is None:
            return Target(name, tuple(path), tuple(steps[i:]))
        path.append(element)
        t = part_type(t, element)
    element = element_of(t, s.key, new=True)
    return Target(name, tuple(path)) if element is None else Target(name, (*path, element), (), True)


def dynamic(f: Function, read: Read) -> bool:
    """Whether a dict is used otherwise than by keys that stand in the program."""
    for s in statements(f.body):
        for part in operands(s):
            for e in expressions(part):
                if isinstance(e, Call) and any(_separable(read(s, a.name)) for a in e.args if isinstance(a, Ref)):
                    if not _static(s, e, read):
                        return True
        if isinstance(s, For) and isinstance(s.iter, Ref) and _separable(read(s, s.iter.name)):
            return True
        if isinstance(s, Store):
            t = read(s, root_of(s.base) or "")
            target = target_of(s, t)
            if not target.component and _separable(type_of_part(t, target.path)) or target.component and s.op is not None:
                return True
    return False


def _separable(t: Type) -> bool:
    return isinstance(t, Dict) and not t.whole


def _static(s: Stmt, e: Call, read: Read) -> bool:
    place = place_of(e)
    if place is not None and isinstance(place[0], Ref):
        t = read(s, place[0].name)
        return not _separable(t) or element_of(t, place[1]) is not None
    match e.target:
        case Method("pop"):
            return len(e.args) == 2 and isinstance(e.args[1], Const) and isinstance(s, Effect)
        case Operator(name):
            return name in ("in_", "not_in", "is_", "is_not")
        case Fn(value=FunctionType()):
            return registry.find(e.target.value) is None
        case Fn():
            return e.target.value is len or isinstance(s, Effect) or constructed(e) is not None
    return False


def key_type(t: Dict) -> Type:
    """Any key of a dict."""
    kinds = {type(key) for key, _ in t.items}
    return Opaque("str") if kinds == {str} else INT if kinds == {int} else UNKNOWN


def item_type(t: Type) -> Type:
    """What iterating over a value of type t gives."""
    match t:
        case Opaque("range") | Shape():
            return INT
        case List(item):
            return item
        case Tuple(items) if items:
            return reduce(join, items)
        case Dict():
            return key_type(t)
        case Num(kind="array"):
            return first_axis(t)
        case Opaque("str"):
            return t
    return UNKNOWN


def first_axis(t: Type) -> Type:
    """One item of an array."""
    if isinstance(t, Num) and t.dims is not None and len(t.dims) >= 1:
        return Num("scalar" if len(t.dims) == 1 else "array", t.dtype, t.dims[1:])
    return Num() if isinstance(t, Num) else UNKNOWN
