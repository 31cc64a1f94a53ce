"""Expressions -> statements over atoms, in Python's order of evaluation."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import ModuleType

from ..ir.check import is_atom
from ..ir.nodes import (
    NOWHERE, Assign, Block, Build, Call, Choose, Closure, Const, Do, Expr, Field, Function, Global, If, Lazy, Operator, Origin,
    Ref, Slice, Starred, Stmt, op,
)
from ..ir.walk import done_in, names_in, rebound_inside, renamed
from .expressions import CHAIN
from .hints import hint
from .naming import namer_of
from .pure import is_chain, is_pure, is_tree, is_truth


class Writer:
    """Writes flat statements to `out`, the block under construction."""

    def __init__(self, fn: Function) -> None:
        self.namer = namer_of(fn)
        self.cells = frozenset(fn.cells) | rebound_inside(fn)
        self.temporaries: set[str] = set(fn.temporaries)
        self.out: list[Stmt] = []
        self.origin: Origin = NOWHERE

    # -------------------------------------------------------------- blocks and names
    @contextmanager
    def collecting(self) -> Iterator[list[Stmt]]:
        """Statements written inside go to a list of their own."""
        outer, origin, self.out = self.out, self.origin, []
        try:
            yield self.out
        finally:
            self.out, self.origin = outer, origin

    def branch(self, write: Callable[[], None]) -> Block:
        with self.collecting() as out:
            write()
        return tuple(out)

    def fresh(self, wish: str) -> str:
        name = self.namer.fresh(wish)
        self.temporaries.add(name)
        return name

    def assign(self, name: str, value: Expr) -> None:
        if value != Ref(name):
            self.out.append(Assign(name, value, origin=self.origin))

    # -------------------------------------------------------------- expressions
    def atom(self, e: Expr, wish: str = "") -> Expr:
        """An atom that holds the value of the expression."""
        if is_atom(e):
            return e
        if isinstance(e, Do):
            self.done(e.body)
            return self.atom(e.value, wish)
        if isinstance(e, Choose | Lazy) or is_chain(e):
            name = self.fresh(wish or "t")
            self.into(name, e)
            return Ref(name)
        value = self.flat(e)
        name = self.fresh(wish or hint(value, self.temporaries))
        self.assign(name, value)
        return Ref(name)

    def kept(self, e: Expr) -> Expr:
        """An atom that later code cannot change: captured names and globals are copied."""
        atom = self.atom(e)
        return self.copied(atom) if self._rebindable(atom) else atom

    def copied(self, atom: Expr) -> Expr:
        name = self.fresh("t")
        self.assign(name, atom)
        return Ref(name)

    def _rebindable(self, atom: Expr) -> bool:
        if isinstance(atom, Global):
            return not (callable(atom.value) or isinstance(atom.value, ModuleType))
        return isinstance(atom, Ref) and atom.name in self.cells

    def flat(self, e: Expr) -> Expr:
        """The expression over atoms, of one level."""
        match e:
            case Call(Operator("getitem"), (base, key)):
                return replace(e, args=(self.before(base, (key,)), self.key(key)))
            case Call(Operator("not_"), (operand,)):
                return replace(e, args=(self.test(operand),))
            case Call():
                atoms = self.atoms(e.args + tuple(value for _, value in e.kwargs))
                count = len(e.args)
                kwargs = tuple((name, atom) for (name, _), atom in zip(e.kwargs, atoms[count:]))
                return Call(e.target, atoms[:count], kwargs)
            case Build():
                return replace(e, items=self.atoms(e.items))
            case Closure():
                return self.closure(e)
        return self.atom(e)

    def closure(self, e: Closure) -> Closure:
        """A nested function: its defaults are kept in variables of their own."""
        from .normalize import normalize  # which comes after this
        own = set(e.frame)
        defaults = tuple((n, v if v in own or isinstance(v, Const) else self.kept_as(n, v)) for n, v in e.defaults)
        frame = tuple(v for _, v in defaults if isinstance(v, Ref))
        return replace(e, function=normalize(e.function), defaults=defaults, frame=frame)

    def kept_as(self, wish: str, e: Expr) -> Ref:
        name = self.fresh(wish)
        self.into(name, e)
        return Ref(name)

    def atoms(self, items: tuple[Expr, ...]) -> tuple[Expr, ...]:
        """The items from left to right; one that a later item could change is copied first."""
        return tuple(Starred(self.before(e.value, items[k + 1:])) if isinstance(e, Starred) else
                     self.before(e, items[k + 1:]) for k, e in enumerate(items))

    def before(self, e: Expr, later: tuple[Expr, ...]) -> Expr:
        """An atom for an operand that is evaluated before others, whatever those do."""
        atom = self.atom(e)
        if isinstance(atom, Ref) and atom.name in done_in(*later):
            return self.copied(atom)
        return self.kept(atom) if self._rebindable(atom) and not all(map(is_pure, later)) else atom

    def key(self, e: Expr) -> Expr:
        """A subscript: slices stay, also inside a tuple."""
        match e:
            case Field():
                return e
            case Slice():
                return Slice(*(None if part is None else self.atom(part) for part in (e.lower, e.upper, e.step)))
            case Build(kind="tuple"):
                return replace(e, items=tuple(self.key(part) if isinstance(part, Slice) else self.atom(part)
                                              for part in e.items))
        return self.atom(e)

    # -------------------------------------------------------------- lazy expressions
    def into(self, name: str, e: Expr) -> None:
        """`name = e`, with branches for what is evaluated lazily."""
        if isinstance(e, Do):
            self.done_into(name, e)
        elif isinstance(e, Choose):
            test = self.test(e.test)
            self.fork(test, lambda: self.into(name, e.then), lambda: self.into(name, e.orelse))
        elif isinstance(e, Lazy) and not (is_tree(e) and all(map(is_truth, e.items))):
            self.lazily(name, e)
        elif is_chain(e):
            assert isinstance(e, Call)
            self.chain(name, e)
        else:
            self.assign(name, e if isinstance(e, Lazy) else self.flat(e))

    def done_into(self, name: str, e: Do) -> None:
        """`name = [... for ...]` fills the list under that name, where nothing in it reads the name."""
        if not e.made or not isinstance(e.value, Ref) or name in names_in(e) or name in self.cells:
            self.done(e.body)
            return self.into(name, e.value)
        return self.done(renamed(e.body, e.value.name, name))

    def done(self, block: Block) -> None:
        """Statements that stand in an expression."""
        origin = self.origin
        self.write(block)
        self.origin = origin

    def write(self, block: Block) -> None:
        """Flattens statements; `Flattener` knows how."""
        raise NotImplementedError

    def fork(self, test: Expr, then: Callable[[], None], orelse: Callable[[], None]) -> None:
        body, other = self.branch(then), self.branch(orelse)
        if other and not body:
            test, body, other = self.atom(op("not_", test)), other, ()
        if body:
            self.out.append(If(test, body, other, origin=self.origin))

    def lazily(self, name: str, e: Lazy) -> None:
        """`name = first or rest` is `if first: name = first else: name = rest`."""
        first, *rest = e.items
        if not rest:
            return self.into(name, first)
        value = self.atom(first)
        others = Lazy(e.op, tuple(rest))
        ways: tuple[Callable[[], None], ...]
        ways = (lambda: self.into(name, others), lambda: self.assign(name, value))
        self.fork(value, *(ways if e.op == "and" else reversed(ways)))
        return None

    def chain(self, name: str, e: Call) -> None:
        """`name = a < b < c`, each operand evaluated at most once."""
        assert isinstance(e.target, Operator)
        first, second, *others = e.target.name.split()[1:]
        left, right = (self.before(part, e.args[k + 1:]) for k, part in enumerate(e.args[:2]))
        begin, end = op(first, left, right), op(second, right, e.args[2])
        if not others and is_tree(end):
            return self.assign(name, Lazy("and", (begin, end)))
        self.assign(name, begin)
        rest = op(" ".join([CHAIN, second, *others]), right, *e.args[2:]) if others else end
        return self.fork(Ref(name), lambda: self.into(name, rest), lambda: None)

    def test(self, e: Expr) -> Expr:
        """An atom whose truth is that of the expression."""
        if isinstance(e, Lazy) and is_tree(e):
            name = self.fresh("cond")
            self.assign(name, e)
            return Ref(name)
        return self.atom(e, "cond")
