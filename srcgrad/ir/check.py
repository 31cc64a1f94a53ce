"""What is legal in each dialect. Runs between stages in tests and under SRCGRAD_CHECK=1."""
from __future__ import annotations

from typing import Literal

from .nodes import (
    Assign, Block, Break, Build, Call, Choose, Closure, Comment, Const, Continue, Do, Effect, Expr, Field, Fn, For,
    Function, Global, If, Lazy, Method, Operator, Ref, Return, Slice, Starred, Stmt, Store, Update, While, With,
)
from .tries import Except, Finally, Try
from .walk import blocks, bound, bound_in, children, done_in, expressions, names_in, operands, rewrite, statements

Dialect = Literal["surface", "normal", "adjoint"]
OPERATORS = frozenset(
    "add sub mul truediv floordiv mod pow matmul lshift rshift and_ or_ xor neg pos invert not_ lt le eq ne gt ge is_ "
    "is_not in_ not_in getitem".split())
UPDATES = frozenset("add sub mul truediv floordiv mod pow matmul lshift rshift and_ or_ xor".split())
_ITERATORS = frozenset(("range", "enumerate", "zip", "reversed"))


class IRError(AssertionError):
    """A stage of the compiler produced what its dialect does not allow: a bug of the compiler, not of the user."""


def check(fn: Function, dialect: Dialect) -> Function:
    """The function itself, if it is legal in the dialect; else raises IRError.

    >>> from .nodes import Source, op
    >>> body = (Return(op("add", Ref("x"), Const(1))),)
    >>> fn = check(Function("f", (), body, Source("f.py", 1, "")), "surface")
    Traceback (most recent call last):
    srcgrad.ir.check.IRError: f, f.py:1: `x` is read but bound nowhere before, in Return
    """
    checker = _Checker(fn, dialect)
    checker.names()
    checker.shape()
    return fn


class _Checker:
    def __init__(self, fn: Function, dialect: Dialect) -> None:
        self.fn = fn
        self.dialect = dialect

    def fail(self, message: str, s: Stmt | None = None) -> IRError:
        place = self.fn.origin if s is None or not s.origin.line else s.origin
        where = "" if s is None else f", in {type(s).__name__}"
        return IRError(f"{self.fn.name}, {place.filename}:{place.line}: {message}{where}")

    # -------------------------------------------------------------- names
    def names(self) -> None:
        for s in statements(self.fn.body):
            for name in bound(s):
                if not name.isidentifier():
                    raise self.fail(f"`{name}` is no name", s)
        self.reads(self.fn.body, {p.name for p in self.fn.params} | set(self.fn.cells))

    def reads(self, block: Block, known: set[str]) -> set[str]:
        """Checks that what is read may be bound by then; returns the names that may be bound after the block."""
        for s in block:
            if self.dialect == "surface":
                known = known | done_in(*operands(s))
            if isinstance(s, For):
                self.read(s, (s.iter,), known)
            elif not isinstance(s, While):
                self.read(s, operands(s), known)
            if isinstance(s, If):
                known = self.reads(s.body, set(known) | set(bound(s))) | self.reads(s.orelse, set(known))
            elif isinstance(s, For | While):
                known = known | set(bound(s)) | bound_in(s.body)
                if isinstance(s, While):
                    self.read(s, (s.test,), known)
                self.reads(s.body, set(known))
                known = self.reads(s.orelse, known)
            else:
                known = known | set(bound(s))
        return known

    def read(self, s: Stmt, parts: tuple[Expr, ...], known: set[str]) -> None:
        for name in sorted({name for part in parts for name in names_in(rewrite(part, _made))}):
            if name not in known:
                raise self.fail(f"`{name}` is read but bound nowhere before", s)

    # -------------------------------------------------------------- shape
    def shape(self) -> None:
        self.exits(self.fn.body, loop=False, last=True)
        every = list(statements(self.fn.body))
        if len(set(map(id, every))) != len(every):
            raise self.fail("one statement object stands in two places")
        for s in every:
            self.statement(s)
        if self.dialect != "surface":
            self.ending(every)

    def ending(self, every: list[Stmt]) -> None:
        returns = [s for s in every if isinstance(s, Return)]
        if len(returns) != 1 or not self.fn.body or self.fn.body[-1] is not returns[0]:
            raise self.fail("there is not exactly one return, at the end", returns[0] if returns else None)

    def exits(self, block: Block, loop: bool, last: bool) -> None:
        """A break ends its block, and the statement it is in ends its own, up to the loop."""
        for k, s in enumerate(block):
            final = last and k == len(block) - 1
            if isinstance(s, Break | Continue) and not loop:
                raise self.fail("outside a loop", s)
            if isinstance(s, Break) and not final and self.dialect != "surface":
                raise self.fail("something follows a break", s)
            if isinstance(s, For | While):
                self.exits(s.body, loop=True, last=True)
                self.exits(s.orelse, loop, final)
            else:
                for inner in blocks(s):
                    self.exits(inner, loop, final)

    def statement(self, s: Stmt) -> None:
        if self.dialect == "surface":
            if isinstance(s, Comment):
                raise self.fail("not in this dialect", s)
            return
        self.common(s)
        if self.dialect == "normal":
            self.normal(s)

    def common(self, s: Stmt) -> None:
        """NORMAL and ADJOINT."""
        if isinstance(s, Continue | Finally):
            raise self.fail("not in this dialect", s)
        if isinstance(s, For | While) and s.orelse:
            raise self.fail("loop-else is not in this dialect", s)
        if isinstance(s, Update | Store) and s.op is not None and s.op not in UPDATES:
            raise self.fail(f"`{s.op}` is no operator to update with", s)
        for part in operands(s):
            for e in expressions(part):
                if isinstance(e, Call) and isinstance(e.target, Operator) and e.target.name not in OPERATORS:
                    raise self.fail(f"unknown operator `{e.target.name}`", s)

    def normal(self, s: Stmt) -> None:
        match s:
            case Comment():
                raise self.fail("not in this dialect", s)
            case Assign(target, value):
                self.expect(s, is_flat(value) if isinstance(target, str) else is_atom(value), "the value is not flat")
                self.expect(s, isinstance(target, str) or all(isinstance(part, str) for part in target),
                            "the target is nested")
            case Update() | Return():
                self.expect(s, is_atom(s.value), "the value is no atom")
            case Store():
                self.expect(s, is_place(s.base) and is_atom(s.value) and is_key(s.key), "an operand is no atom")
            case With():
                self.expect(s, is_flat(s.test), "the context is not flat")
            case Try() | Except():
                self.expect(s, is_tree(s.test), "the test holds a conditional expression")
            case If():
                self.expect(s, is_atom(s.test), "the test is no atom")
            case For():
                self.expect(s, is_iterable(s.iter), "the iterable is not flat")
            case While():
                self.expect(s, is_tree(s.test), "the test holds a conditional expression")
            case Effect(verb="expr"):
                self.expect(s, len(s.args) == 1 and (is_flat(s.args[0]) or is_place(s.args[0])), "the expression is not flat")
            case Effect():
                self.expect(s, all(map(is_tree, s.args)), "an operand holds a conditional expression")

    def expect(self, s: Stmt, legal: bool, otherwise: str) -> None:
        if not legal:
            raise self.fail(otherwise, s)


def _made(e: Expr) -> Expr:
    """What a nested function captures is read when it is called, not when it is made."""
    return Build("tuple", tuple(value for _, value in e.defaults)) if isinstance(e, Closure) else e


# ------------------------------------------------------------------ kinds of expressions
def is_atom(e: Expr) -> bool:
    return isinstance(e, Ref | Const | Global)


def is_place(e: Expr) -> bool:
    """An atom, or part of one: a subscript, an attribute, a view, of a place."""
    if isinstance(e, Call):
        return bool(e.args) and is_place(e.args[0]) and all(is_key(x) for x in e.args[1:])
    return is_atom(e)


def is_key(e: Expr) -> bool:
    """An atom, a slice of atoms, or a tuple of those."""
    match e:
        case Field():
            return True
        case Build("tuple", items):
            return all(is_key(part) and not isinstance(part, Build) for part in items)
        case Slice():
            return all(part is None or is_atom(part) for part in (e.lower, e.upper, e.step))
    return is_atom(e)


def is_flat(e: Expr) -> bool:
    """An atom, one call or display over atoms, or a lazy tree."""
    match e:
        case Call(Operator("getitem"), (base, key), ()):
            return is_atom(base) and is_key(key)
        case Call():
            return all(map(is_argument, e.args)) and all(is_atom(value) for _, value in e.kwargs)
        case Closure():
            return all(map(is_atom, children(e)))
        case Build():
            return all(map(is_atom, e.items))
        case Lazy():
            return is_tree(e)
    return is_atom(e)


def is_argument(e: Expr) -> bool:
    return is_atom(e.value if isinstance(e, Starred) else e)


def is_iterable(e: Expr) -> bool:
    """An atom, a view of a dict, or range, enumerate, zip and reversed of those."""
    match e:
        case Call(Fn("builtins", name)) if name in _ITERATORS:
            return all(map(is_iterable, e.args)) and all(is_atom(value) for _, value in e.kwargs)
        case Call(Method()):
            return is_flat(e)
    return is_atom(e)


def is_tree(e: Expr) -> bool:
    """No conditional expression and no function anywhere; slices only in subscripts."""
    return not any(isinstance(part, Choose | Closure | Do) for part in expressions(e))
