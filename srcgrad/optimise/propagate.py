"""Folds temporaries that are used once back into expressions, and copies into their uses.

    before                          after
    t = w * y                       z = w * y + b
    z = t + b

Only names the compiler made are folded: the user's stay whole. A value never moves over a statement that binds a name it
reads, or writes to a buffer it may share.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import replace

from ..analyse.alias import mutated
from ..ir.nodes import (
    Assign, Attribute, Block, Build, Call, Choose, Comment, Const, Effect, Expr, Fn, For, Function, Global, Lazy, Method,
    Operator, Ref, Slice, Stmt, Store, Update, While,
)
from ..ir.tries import Try
from ..ir.walk import (
    blocks, bound, bound_in, expressions, flat, map_blocks, map_operands, names_in, operands, read_in, root_of, statements,
    substitute,
)
from ..rules import registry
from ..runtime import helpers
from .purity import pure

_PUT_BACK = Fn(helpers.__name__, "put_back", helpers.put_back)
WIDTH = 90  # expressions are not folded beyond about this many characters


def propagate(f: Function, split: bool = False) -> Function:
    """The function with single-use temporaries folded. `split`: nothing moves from the forward to the backward sweep."""
    return _Propagate(f, split).run()


class _Propagate:
    def __init__(self, f: Function, split: bool) -> None:
        self.f = f
        self.split = split
        self.changes: dict[Stmt, tuple[set[str], set[str]]] = {}  # what statements bind, and the buffers they write to
        self.inner: dict[Stmt, frozenset[str]] = {}  # what is read in the blocks of a statement

    def run(self) -> Function:
        f = self.f
        for _ in range(50):
            self.f = f
            self.uses, self.defs = self.count(f)
            self.user_names = {n for n in self.defs if n not in f.temporaries}
            self.shared = shared_memory(f)
            self.marks = {s.test.name for s in statements(f.body) if isinstance(s, Try) and isinstance(s.test, Ref)}
            body = self.block(f.body)
            if all(a is b for a, b in zip(body, f.body)) and len(body) == len(f.body):
                return f
            f = replace(f, body=body)
        return f

    def count(self, f: Function) -> tuple[Counter[str], Counter[str]]:
        uses: Counter[str] = Counter()
        defs: Counter[str] = Counter(p.name for p in f.params)
        for s in statements(f.body):
            defs.update(bound(s))
            if isinstance(s, Update):
                uses[s.name] += 1
            for e in operands(s):
                uses.update(x.name for x in expressions(e) if isinstance(x, Ref))
        return uses, defs

    def block(self, block: Block) -> Block:
        out = list(block)
        i = 0
        while i < len(out):
            s = out[i]
            if isinstance(s, Assign) and isinstance(s.target, str) and self.foldable(s):
                done = self.fold(s, out, i)
                if done:
                    del out[i]
                    i = max(i - 1, 0)
                    continue
            out[i] = map_blocks(s, self.block)
            i += 1
        return tuple(out)

    def foldable(self, s: Assign) -> bool:
        name = s.target
        assert isinstance(name, str)
        if name not in self.f.temporaries or self.defs[name] != 1:
            return False
        atom = isinstance(s.value, Ref | Const)
        if self.uses[name] != 1 and not atom:
            return False
        return atom or not self.named(name)

    def named(self, name: str) -> bool:
        """The adjoint or tangent of one of the user's own variables: it keeps its line."""
        return name[:2] in ("b_", "d_") and name[2:] in self.user_names

    def fold(self, s: Assign, out: list[Stmt], i: int) -> bool:
        """Puts the value where its name is used, in later statements of the block; False where it has to stay."""
        name, value = s.target, s.value
        assert isinstance(name, str)
        left = self.uses[name]
        reads = names_in(value)
        changed: dict[int, Stmt] = {}
        moved, live = pure(value), _reads_globals(value)
        for j in range(i + 1, len(out)):
            t = out[j]
            if self.split and isinstance(t, Comment) and t.text == "backward":
                return False
            if isinstance(t, Assign) and t.target in self.marks and not isinstance(value, Ref | Const):
                return False  # an exception from there would come too late
            here = _count(operands(t), name)
            if here and isinstance(t, Update) and t.name == name:
                return False
            if here and isinstance(t, While):
                return False
            inner = _count([e for b in blocks(t) for x in statements(b) for e in operands(x)], name) if name in self.within(
                t) else 0
            if inner and (not isinstance(value, Ref | Const) or self.disturbs(t, value, reads)):
                return False
            if here:
                if not self.fits(t, name, value):
                    return False
                changed[j] = map_operands(t, lambda e: substitute(e, {name: value}))
                left -= here
            if inner:
                changed[j] = _deep(changed.get(j, t), name, value)
                left -= inner
            if left == 0:
                if not moved and j != i + 1 and any(not all(map(pure, operands(x))) for x in out[i + 1:j]):
                    return False
                for k, new in changed.items():
                    out[k] = new
                if isinstance(value, Ref):  # what was read through the copy is read directly now
                    self.uses[value.name] += self.uses[name] - 1
                return True
            if self.disturbs(t, value, reads) or not moved and not all(map(pure, operands(t))) or live and _may_rebind(t):
                return False
        return False

    def within(self, s: Stmt) -> frozenset[str]:
        """The names that are read in the blocks of a statement."""
        if not blocks(s):
            return frozenset()
        if s not in self.inner:
            self.inner[s] = frozenset().union(*map(read_in, blocks(s)))
        return self.inner[s]

    def fits(self, s: Stmt, name: str, value: Expr) -> bool:
        if isinstance(value, Ref | Const):
            return not (isinstance(value, Const) and _based(s, name))
        if isinstance(s, Store) and name in names_in(s.base):
            return False
        if isinstance(value, Call) and value.target == Method("pop"):  # what is popped has a line of its own
            return isinstance(s, Assign) and s.value == Ref(name)
        return length(value) + max(length(e) for e in operands(s)) <= WIDTH

    def disturbs(self, s: Stmt, value: Expr, reads: Set[str]) -> bool:
        """Whether after s the value would be another."""
        if s not in self.changes:
            self.changes[s] = bound_in((s,)), written(s)
        changed, places = self.changes[s]
        if not changed.isdisjoint(reads):
            return True
        if not places:
            return False
        seen = {self.shared.get(n, n) for n in reads}
        return any(self.shared.get(n, n) in seen for n in places)


def _reads_globals(e: Expr) -> bool:
    """It reads a global that is no function: a call may bind that again."""
    return any(isinstance(x, Global) and not callable(x.value) for x in expressions(e))


def _may_rebind(s: Stmt) -> bool:
    """Runs code of the user's, or binds a global."""
    return any(isinstance(x, Store) and root_of(x.base) is None or not all(map(pure, operands(x))) for x in statements((s,)))


def _count(parts: Iterable[Expr], name: str) -> int:
    """How often the name is read."""
    return sum(1 for e in parts if name in names_in(e) for x in expressions(e) if isinstance(x, Ref) and x.name == name)


def _based(s: Stmt, name: str) -> bool:
    return isinstance(s, Store) and name in names_in(s.base)


def _deep(s: Stmt, name: str, value: Expr) -> Stmt:
    def change(block: Block) -> Block:
        return tuple(_deep(map_operands(x, lambda e: substitute(e, {name: value})), name, value) for x in block)
    return map_blocks(s, change)


def written(s: Stmt) -> set[str]:
    """The names whose buffers a statement may write to."""
    found: set[str] = set()
    for x in statements((s,)):
        if isinstance(x, Store):
            found |= names_in(x.base)
        elif isinstance(x, Update):
            found.add(x.name)
        name = mutated(x)
        if name is not None:
            found.add(name)
        if isinstance(x, Assign) and isinstance(x.value, Call) and isinstance(x.value.target, Fn) \
                and x.value.target.name == "add_at":
            found |= names_in(x.value.args[0])
        if isinstance(x, Effect) and x.args and isinstance(x.args[0], Call) and x.args[0].target == _PUT_BACK:
            found |= names_in(x.args[0].args[0])
    return found


def shared_memory(f: Function) -> dict[str, str]:
    """A representative for each name of those that may share memory with it."""
    parent: dict[str, str] = {}
    arrays = f.notes.get("arrays", frozenset())

    def find(n: str) -> str:
        while parent.get(n, n) != n:
            n = parent[n]
        return n

    for s in statements(f.body):
        if isinstance(s, Assign | For):
            sources = _memory(s.value if isinstance(s, Assign) else s.iter)
            for target in flat(s.target):
                for n in sources:
                    parent[find(target)] = find(n)
        elif isinstance(s, Store) and root_of(s.base) not in arrays:  # a container holds what is put into it
            for n in _memory(s.value):
                parent[find(root_of(s.base) or n)] = find(n)
        elif isinstance(s, Effect) and mutated(s) is not None:
            for n in names_in(s.args[0]):
                parent[find(n)] = find(mutated(s) or n)
    return {n: find(n) for n in parent}


def _memory(e: Expr) -> set[str]:
    """The names whose memory the value of e may be part of."""
    match e:
        case Ref():
            return {e.name}
        case Choose():
            return _memory(e.then) | _memory(e.orelse)
        case Build() | Lazy():
            return set().union(*map(_memory, e.items)) if e.items else set()
        case Call(Operator("getitem"), (base, _)):
            return _memory(base)
        case Call(Operator()):
            return set()
        case Call(Attribute("shape" | "size" | "ndim" | "dtype")) | Call(Method("copy")):
            return set()
        case Call(Fn(name=name, value=function)):
            rule = registry.described(function)
            if name == "copy" or name not in ("unbroadcast", "as_like") and rule is not None and (
                    registry.is_new(rule, e) or rule.kind == "constant"):
                return set()
    return set().union(*map(_memory, (*e.args, *(v for _, v in e.kwargs)))) if isinstance(e, Call) else set()


def length(e: Expr) -> int:
    """About the number of characters an expression prints to."""
    match e:
        case Ref():
            return len(e.name)
        case Const():
            return len(repr(e.value))
        case Global():
            return len(e.name) + 3
        case Slice():
            return 2 + sum(length(p) for p in (e.lower, e.upper, e.step) if p is not None)
        case Call():
            own = len(getattr(e.target, "name", "")) + 5 if isinstance(e.target, Fn | Method | Attribute) else 3
            return own + sum(map(length, e.args)) + sum(len(n) + 3 + length(v) for n, v in e.kwargs)
        case Build() | Lazy():
            return 4 + sum(length(x) + 2 for x in e.items)
        case Choose():
            return 10 + length(e.test) + length(e.then) + length(e.orelse)
    return 1

