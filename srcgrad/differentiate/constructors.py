"""Objects that are made, as an empty object and a call of its class's `__init__`, which is inlined like other methods.

    m = Model(w)            m = blank(Model)
                            m.w = w
"""
from __future__ import annotations

from types import FunctionType
from typing import Any

from ..analyse.containers import constructed
from ..ir.nodes import Assign, Call, Effect, Fn, Global, Ref, Stmt
from ..ir.types import Callee, Choice, Dict, List, Num, Opaque, Shape, Tuple, Type
from ..ir.walk import names_in
from ..runtime.helpers import is_plain_class
from .arguments import Arguments
from .inline import helper


class Constructors(Arguments):
    """What the resolver does with calls of classes."""

    def object_made(self, s: Stmt, e: Call, cls: type) -> list[Stmt] | None:
        """The statements for `s`, a call of a class; None where it stays."""
        init = initialiser(cls)
        given = (*e.args, *(v for _, v in e.kwargs))
        if init is None or not isinstance(s, Assign) or not isinstance(s.target, str) or constructed(e) is not None or (
                given and all(discrete(self.type(s, a)) for a in given)):
            return None
        assert isinstance(e.target, Fn)
        name = self.fresh(cls.__name__.lower()) if any(s.target in names_in(a) for a in given) else s.target
        target = Fn(init.__module__, init.__qualname__, init, (cls, "__init__"))
        made = helper("blank", Global(e.target.module, e.target.name, cls))
        out: list[Stmt] = [Assign(name, made, origin=s.origin),
                           Effect("expr", (Call(target, (Ref(name), *e.args), e.kwargs),), origin=s.origin)]
        return out if name == s.target else [*out, Assign(s.target, Ref(name), origin=s.origin)]


def initialiser(cls: type) -> FunctionType | None:
    """The `__init__` of a class whose objects are made by that alone."""
    init: Any = cls.__init__  # type: ignore[misc]
    plain = type(cls) is type and getattr(cls, "__new__") is getattr(object, "__new__") and is_plain_class(cls)  # noqa: B009
    return init if plain and isinstance(init, FunctionType) and not hasattr(cls, "__dataclass_fields__") else None


def discrete(t: Type) -> bool:
    """No value of the type holds anything that varies."""
    match t:
        case Num():
            return t.discrete
        case Tuple():
            return all(map(discrete, t.items))
        case List():
            return discrete(t.item)
        case Dict():
            return all(discrete(x) for _, x in t.items)
    return isinstance(t, Opaque | Shape | Callee | Choice)


