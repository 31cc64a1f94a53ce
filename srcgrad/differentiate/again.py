"""Values that are evaluated again in the backward sweep instead of saved."""
from __future__ import annotations

from functools import cached_property

import numpy as np

from ..analyse.alias import Aliases, plain_key
from ..analyse.containers import element_of, place_of
from ..analyse.types import Types
from ..ir.names import Namer
from ..ir.nodes import Assign, Attribute, Call, Const, Expr, Field, Fn, Function, Global, Lazy, Operator, Ref, Stmt, Store
from ..ir.parts import components
from ..ir.types import UNKNOWN, Num, Object, Tuple
from ..ir.walk import expressions, statements
from .versions import Saved, at

CHEAP_NUMBERS = frozenset({"add", "sub", "mul", "neg", "lt", "le", "gt", "ge", "eq", "ne", "mod", "floordiv", "not_"})
CHEAP_ARRAYS = frozenset({"add", "sub", "mul", "neg", "truediv"})


class Again:
    """Which temporaries are cheaper to evaluate again than to keep; the base of contents.py."""

    def __init__(self, f: Function, types: Types, aliases: Aliases, namer: Namer) -> None:
        self.f = f
        self.types = types
        self.aliases = aliases
        self.namer = namer
        self.saved = Saved()

    def again(self, s: Assign) -> Expr | None:
        """The right side of a temporary that is cheaper to evaluate again than to keep."""
        if not isinstance(s.target, str) or s.target not in self.f.temporaries:
            return None
        e = s.value
        if isinstance(e, Ref | Const | Global):
            return None if s.target in self.aliases.written else at(e)  # what is written to is the buffer, not what it held
        if not isinstance(e, Call):
            return at(e) if isinstance(e, Lazy) and self.pure(s, e) else None
        match e.target:
            case Operator("getitem"):
                base = e.args[0]
                if isinstance(base, Ref) and components(self.types.read(s, base.name)) and not self.lasts(s, e):
                    return None
                return at(e) if plain_key(s, e.args[1], self.types) else None
            case Operator("neg"):
                return at(e)
            case Fn(value=f) if f is len and isinstance(e.args[0], Ref) and isinstance(
                    self.types.read(s, e.args[0].name), Num | Tuple):
                return at(e)
            case Fn(value=np.flip) if isinstance(e.args[0], Ref) and isinstance(self.types.read(s, e.args[0].name), Num):
                return at(e)
            case Attribute(name) if isinstance(e.args[0], Ref) and element_of(
                    self.types.read(s, e.args[0].name), Field(name)) is not None:
                return at(e) if self.lasts(s, e) else None
            case Attribute("shape" | "size" | "ndim" | "dtype" | "T") if not (
                    isinstance(e.args[0], Ref) and isinstance(self.types.read(s, e.args[0].name), Object)
                    or isinstance(e.args[0], Global)):
                return at(e)
            case Operator(name) if name in CHEAP_NUMBERS and self.pure(s, e):
                return at(e)
        return None

    def lasts(self, s: Stmt, e: Call) -> bool:
        """A part of a container or object that nothing replaces, so that it is the same whenever it is looked up."""
        place = place_of(e)
        assert place is not None and isinstance(place[0], Ref)
        if isinstance(self.types.read(s, place[0].name), Tuple):
            return True
        return place[1] not in self.replaced

    @cached_property
    def replaced(self) -> set[Expr]:
        """The keys and attributes under which something is stored in a container or object."""
        return {x.key for x in statements(self.f.body) if isinstance(x, Store)}

    def pure(self, s: Stmt, e: Expr) -> bool:
        """Every operand is a Python number, and every operation a cheap one on them."""
        for x in expressions(e):
            match x:
                case Ref(name):
                    t = self.types.read(s, name)
                    if not (isinstance(t, Num) and t.kind == "python"):
                        return False
                case Const():
                    if not isinstance(x.value, bool | int | float):
                        return False
                case Call(Operator(name)):
                    if name not in CHEAP_NUMBERS:
                        return False
                case Lazy():
                    pass
                case _:
                    return False
        return True

    def cheap_array(self, t: Num, e: Call) -> bool:
        """An array that takes one cheap operation for each element."""
        squared = e.target == Operator("pow") and e.args[1] == Const(2)
        cheap = squared or isinstance(e.target, Operator) and e.target.name in CHEAP_ARRAYS
        return cheap and t.kind == "array" and t.dims != ()

    def views(self, s: Assign) -> bool:
        """The value is a view of an array: what it holds is read where it is used."""
        e: Expr = s.value
        t = self.types.written(s, s.target) if isinstance(s.target, str) else UNKNOWN
        while isinstance(e, Call) and (e.target in (Operator("getitem"), Attribute("T")) or isinstance(
                e.target, Fn) and e.target.value is np.flip):
            e = e.args[0]
        return isinstance(e, Ref) and isinstance(t, Num) and t.kind == "array" and t.dims != ()
