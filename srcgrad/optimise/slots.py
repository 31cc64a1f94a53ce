"""Adjoints of stores in fewer lines: what takes the adjoint of a place and clears it.

    before                                      after
    b[k] = 0                                    b[k] = v
    b[k] += v

    s = b[k].copy()                             b_t = 0.5 * b[k]
    b[k] = 0                                    b[k] = 0
    b_t = 0.5 * s

    s = b[k]                                    b[k] *= 0.5
    b[k] = 0.5 * s

Outside loops a place is not cleared where nobody reads the array any more. b is an array that the compiler made; between the
lines nothing may read or write memory that it may share, or change what k reads.
"""
from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cached_property

from ..analyse.types import typing
from ..ir.nodes import (
    Assign, Block, Call, Const, Expr, Fn, Function, Method, Operator, Ref, Stmt, Store, Update, op,
)
from ..ir.types import Num, Type, same_dims
from ..ir.walk import bound, expressions, map_blocks, map_operands, names_in, operands, root_of, statements, substitute
from ..runtime import helpers
from .known import Env, Typed
from .propagate import shared_memory, written
from .purity import pure

ARITHMETIC = frozenset({"add", "sub", "mul", "truediv", "neg"})


def slots(f: Function, typed: Typed) -> Function:
    """The function with the adjoints of stores in fewer lines. `typed` gives the types of names."""
    engine = _Slots(f, typed)
    if not any(map(engine.cleared, statements(f.body))):
        return f
    body = engine.unread(engine.block(f.body))
    return f if body == f.body else replace(f, body=body)


class _Slots:
    def __init__(self, f: Function, typed: Typed) -> None:
        self.f = f
        self.typed = typed
        self.shared = shared_memory(f)
        self.arrays = f.notes.get("arrays", frozenset()) & f.temporaries
        self.uses = Counter(x.name for s in statements(f.body) for e in operands(s) for x in expressions(e) if isinstance(x, Ref))
        self.defs = Counter(n for s in statements(f.body) for n in bound(s))

    def block(self, block: Block) -> Block:
        out = [map_blocks(s, self.block) for s in block]
        i = 0
        while i < len(out):
            if self.assigned(out, i) or self.scaled(out, i) or self.delayed(out, i):
                i = max(i - 1, 0)
            else:
                i += 1
        return tuple(out)

    # -------------------------------------------------------------- what may share memory
    def class_of(self, name: str) -> str:
        return f"number {name}" if name in self.numbers else self.shared.get(name, name)  # no class is called after it

    @cached_property
    def known(self) -> Env:
        return self.typed(self.f)

    @cached_property
    def numbers(self) -> set[str]:
        """Names that never hold an array."""
        return {n for n, t in self.known.items() if isinstance(t, Num) and t.scalar and n in self.f.temporaries}

    def touches(self, e: Expr, name: str, but: str = "") -> bool:
        """Whether an expression reads memory that the array may share."""
        return any(self.class_of(n) == self.class_of(name) for n in names_in(e) if n != but)

    def plain(self, s: Stmt, place: Store, but: str = "") -> bool:
        """A statement that neither reads nor writes the array of a place, and changes nothing that its key reads."""
        name = root_of(place.base) or ""
        reads = names_in(place.key) | names_in(place.base)
        if not isinstance(s, Assign | Update | Store) or not all(map(pure, operands(s))) or reads & set(bound(s)):
            return False
        classes = {self.class_of(n) for n in reads}
        return not (any(self.touches(e, name, but) for e in operands(s)) or any(self.class_of(n) in classes for n in written(s)))

    def cleared(self, s: Stmt) -> Store | None:
        """The statement, where it clears a place of an array that the compiler made."""
        if isinstance(s, Store) and s.op is None and s.value == Const(0) and root_of(s.base) in self.arrays and (
                pure(s.key) and isinstance(s.base, Ref)):
            return s
        return None

    def later(self, out: list[Stmt], i: int, place: Store, name: str) -> int | None:
        """The place in the block of the first statement after i that is not plain, or that reads `name`."""
        for j in range(i + 1, len(out)):
            if any(name in names_in(e) for e in operands(out[j])) or not self.plain(out[j], place):
                return j
        return None

    # -------------------------------------------------------------- rewritings
    def assigned(self, out: list[Stmt], i: int) -> bool:
        """`b[k] = 0` and `b[k] += v` as `b[k] = v`."""
        clear = self.cleared(out[i])
        j = None if clear is None else self.later(out, i, clear, "")
        if clear is None or j is None:
            return False
        match out[j]:
            case Store(base=base, key=key, value=value, op="add" | "sub" as sign) as s if base == clear.base and key == clear.key:
                if self.touches(value, root_of(base) or "") or not pure(value):
                    return False
                out[j] = replace(s, value=value if sign == "add" else op("neg", value), op=None)
                del out[i]
                return True
        return False

    def number(self, e: Expr) -> bool:
        t = self.type(e)
        return isinstance(t, Num) and t.scalar

    def type(self, e: Expr) -> Type:
        return typing(self.known)(e)

    def read(self, s: Stmt, place: Store) -> str | None:
        """The name that an assignment gives to what stands at a place, where it is used once."""
        if not isinstance(s, Assign) or not isinstance(s.target, str) or s.target not in self.f.temporaries:
            return None
        if self.defs[s.target] != 1 or self.uses[s.target] != 1:
            return None
        return s.target if _without_copy(s.value) == op("getitem", place.base, place.key) else None

    def scaled(self, out: list[Stmt], i: int) -> bool:
        """`s = b[k]` and `b[k] = c * s` as `b[k] *= c`."""
        if i + 1 == len(out) or not isinstance(s := out[i + 1], Store) or s.op is not None or root_of(s.base) not in self.arrays:
            return False
        name = self.read(out[i], s)
        match s.value:
            case Call(Operator("mul" | "truediv" as kind), (Ref(x), c)) if x == name:
                pass
            case Call(Operator("mul" as kind), (c, Ref(x))) if x == name:
                pass
            case _:
                return False
        fits = isinstance(c, Const) or self.number(c) or same_dims(self.type(c), self.type(Ref(x)))
        if self.touches(c, root_of(s.base) or "") or not pure(c) or not fits:
            return False
        out[i:i + 2] = [replace(s, value=c, op=kind)]
        return True

    def delayed(self, out: list[Stmt], i: int) -> bool:
        """`s = b[k].copy()`, `b[k] = 0` and a use of s as that use of b[k], and `b[k] = 0` after it."""
        clear = self.cleared(out[i + 1]) if i + 1 < len(out) else None
        name = None if clear is None else self.read(out[i], clear)
        if clear is None or name is None:
            return False
        j = self.later(out, i + 1, clear, name)
        if j is None or not self.plain(out[j], clear, name) or not any(name in names_in(e) for e in operands(out[j])):
            return False
        s, taken = out[j], out[i]
        assert isinstance(taken, Assign)
        value = _without_copy(taken.value)
        if value is taken.value and name not in self.numbers:
            return False  # a view, which is cleared too
        if isinstance(s, Assign) and s.value == Ref(name):
            value = taken.value
        elif not _consumed(s):
            return False
        new = map_operands(s, lambda e: substitute(e, {name: value}))
        out[i:j + 1] = [*out[i + 2:j], new, clear]
        return True

    def unread(self, block: Block) -> Block:
        """Statements outside loops without those that clear a place of an array that nobody reads after them."""
        read: set[str] = set()
        out: list[Stmt] = []
        made = {self.class_of(n) for n in self.f.temporaries}
        made -= {self.class_of(n) for n in {p.name for p in self.f.params} | set(self.f.cells)}
        for s in reversed(block):
            clear = self.cleared(s)
            group = None if clear is None else self.class_of(root_of(clear.base) or "")
            if group is not None and group in made and group not in read:
                continue
            out.append(s)
            read |= {self.class_of(n) for x in statements((s,)) for e in operands(x) for n in names_in(e)}
        return tuple(out[::-1])


def _without_copy(e: Expr) -> Expr:
    match e:
        case Call(Method("copy"), (x,), ()) | Call(Fn(value=helpers.copy), (x,), ()):
            return x
    return e


def _consumed(s: Stmt) -> bool:
    """What the statement reads is done with when it ends: it computes a new value, or adds to one."""
    if isinstance(s, Update | Store) and s.op is not None:
        return True
    if isinstance(s, Assign) and isinstance(s.value, Call) and isinstance(s.value.target, Operator):
        return s.value.target.name in ARITHMETIC
    return False
