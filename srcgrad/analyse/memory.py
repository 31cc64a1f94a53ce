"""What names may point to, and what subscripts and calls do to it."""
from __future__ import annotations

from typing import Any

from ..ir.nodes import Assign, Build, Call, Const, Effect, Expr, Fn, Function, Method, Operator, Ref, Slice, Stmt, Store
from ..ir.parts import part_type
from ..ir.record import dataclass
from ..ir.types import UNKNOWN, Callee, List, Local, Num, Opaque, Shape, Type, is_int
from ..runtime import helpers
from .containers import element_of, place_of
from .types import Types

MUTATORS = frozenset({"append", "pop", "extend", "insert", "clear", "remove", "reverse", "sort", "update", "setdefault",
                      "popitem", "fill", "put", "resize", "setfield", "setflags", "partition", "byteswap", "itemset"})


@dataclass(frozen=True)
class Memory:
    """What a name may point to: objects and buffers it may itself be (or be a view of), and those it may hold inside."""

    own: frozenset[Any] = frozenset()
    inside: frozenset[Any] = frozenset()

    @property
    def all(self) -> frozenset[Any]:
        return self.own | self.inside

    def join(self, other: Memory) -> Memory:
        return Memory(self.own | other.own, self.inside | other.inside)

    def older(self, s: Stmt) -> Memory:
        """After s makes a new object: what it made before is another."""
        if s not in self.own and s not in self.inside:
            return self
        return Memory(*(frozenset((s, "before") if x is s else x for x in part) for part in (self.own, self.inside)))


NOTHING = Memory()


def mutated(s: Stmt) -> str | None:
    """The name whose object a mutating call modifies."""
    value = s.value if isinstance(s, Assign) else s.args[0] if isinstance(s, Effect) and s.args else None
    match value:
        case Call(Fn(value=helpers.add_at | helpers.take), (Ref(receiver), *_)):
            return receiver
        case Call(Method(name), (Ref(receiver), *_)) if name in MUTATORS:
            return receiver
    return None


def is_load(s: Assign, types: Types) -> bool:
    """A subscript that is cheap to evaluate again."""
    e = s.value
    return isinstance(e, Call) and e.target == Operator("getitem") and plain_key(s, e.args[1], types)


def plain_key(s: Stmt, key: Expr, types: Types) -> bool:
    """A subscript made of slices, constants and integer names: evaluating it again is cheap and gives the same place."""
    if isinstance(key, Build):
        return all(plain_key(s, part, types) for part in key.items)
    if isinstance(key, Slice):
        return all(part is None or plain_key(s, part, types) for part in (key.lower, key.upper, key.step))
    if isinstance(key, Ref):
        return is_int(types.read(s, key.name))
    return isinstance(key, Const)


def type_at(s: Stmt, e: Expr, types: Types) -> Type:
    """The type of what stands at a place, before a statement."""
    if not isinstance(e, Call):
        return types.read(s, e.name) if isinstance(e, Ref) else UNKNOWN
    t, place = type_at(s, e.args[0], types), place_of(e)
    return Num() if isinstance(t, Num) else UNKNOWN if place is None else item_at(t, place[1])


def item_at(t: Type, key: Expr) -> Type:
    """The type of an item of a container, or of an attribute; UNKNOWN where it is not known which it is."""
    if isinstance(t, List):
        return UNKNOWN if isinstance(key, Slice) else t.item
    element = element_of(t, key)
    return UNKNOWN if element is None else part_type(t, element)


def copies(s: Stmt, key: Expr, types: Types) -> bool:
    """A subscript of an array that holds lists or arrays takes a copy, and no view."""
    if isinstance(key, Build):
        return key.kind == "list" or key.kind == "tuple" and any(copies(s, part, types) for part in key.items)
    t = types.read(s, key.name) if isinstance(key, Ref) else None
    array = isinstance(t, Num) and t.kind == "array" and t.rank is not None and (t.rank > 0 or t.dtype == "bool")
    return isinstance(t, List) or array


def no_memory(t: Type) -> bool:
    return isinstance(t, Num) and t.scalar or isinstance(t, Opaque | Callee | Local | Shape)


OWN = "own"  # the note of a function that says which arrays from outside it works on, and under which names


def owned(f: Function) -> dict[Expr, str]:
    """The arrays from outside that a function works on copies of, with the names of those."""
    found: dict[Expr, str] = f.notes.get(OWN, {})
    return found


def is_returned(s: Stmt, f: Function) -> bool:
    """The statement puts the contents of such a copy back."""
    return isinstance(s, Store) and s.key == Const(Ellipsis) and s.value == Ref(owned(f).get(s.base, ""))
