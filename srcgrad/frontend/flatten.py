"""Flattening: every right-hand side becomes one call over atoms."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..ir.nodes import (
    Assign, Block, Break, Build, Call, Choose, Const, Do, Effect, Expr, Field, Fn, For, Function, If, Lazy, Method, Names,
    Operator, Ref, Return, Stmt, Store, Update, While, With, slot,
)
from ..ir.tries import Except, Try
from ..ir.walk import flat, names_in
from .hints import hint
from .pure import is_chain, is_pure, is_tree
from .writer import Writer

_ITERATORS = ("range", "enumerate", "zip", "reversed")
_VIEWS = ("items", "keys", "values")


def flatten(fn: Function) -> Function:
    """A function whose every statement computes at most one thing.

    >>> from .examples import surface; from ..emit.printer import print_function
    >>> print(print_function(flatten(surface("def f(x, y): return x * y + 1"))), end="")
    def f(x, y):
        t = x * y
        t_2 = t + 1
        return t_2
    """
    flattener = Flattener(fn)
    body = flattener.block(fn.body)
    return replace(fn, body=body, temporaries=fn.temporaries | flattener.temporaries)


class Flattener(Writer):
    """Flattens statements; `Writer` does their expressions."""

    def block(self, block: Block) -> Block:
        with self.collecting() as out:
            self.write(block)
        return tuple(out)

    def write(self, block: Block) -> None:
        """Flattens statements one after another."""
        for s in block:
            self.origin = s.origin
            self.statement(s)

    def statement(self, s: Stmt) -> None:
        match s:
            case Assign():
                self.bind(s.target, s.value)
            case Update():
                self.out.append(replace(s, value=self.atom(s.value)))
            case Store():
                self.store(s)
            case With():
                self.out.append(replace(s, test=self.flat(s.test), body=self.block(s.body)))
            case Try() | Except():
                self.out.append(replace(s, body=self.block(s.body), orelse=self.block(s.orelse)))
            case If():
                self.choose(s)
            case For():
                self.out.append(replace(s, iter=self.iterable(s.iter), body=self.block(s.body)))
            case While():
                self.loop(s)
            case Return():
                wish = "out" if isinstance(s.value, Choose | Lazy) else ""
                self.out.append(replace(s, value=self.atom(s.value, wish)))
            case Effect():
                self.effect(s)
            case _:
                self.out.append(s)

    def bind(self, target: Names, value: Expr) -> None:
        """`target = value`; nested targets are taken apart, displays assigned item by item."""
        if isinstance(target, str):
            return self.into(target, value)
        if isinstance(value, Build) and value.kind in ("tuple", "list") and len(value.items) == len(target):
            return self.exchange(target, value.items)
        if isinstance(value, Choose):
            ways = (lambda: self.bind(target, value.then)), (lambda: self.bind(target, value.orelse))
            return self.fork(self.test(value.test), *ways)
        whole = self.atom(value)
        inner = [(part, part if isinstance(part, str) else self.fresh("t")) for part in target]
        self.out.append(Assign(tuple(name for _, name in inner), whole, origin=self.origin))
        for part, name in inner:
            if not isinstance(part, str):
                self.bind(part, Ref(name))
        return None

    def exchange(self, targets: tuple[Names, ...], values: tuple[Expr, ...]) -> None:
        """`a, b = b, a`: a value whose target is still to be read (or assigned) waits in a temporary."""
        late: list[tuple[Names, Expr]] = []
        for k, (target, value) in enumerate(zip(targets, values)):
            bound = set(flat(target))
            if bound & {name for later in values[k + 1:] for name in names_in(later)} or \
                    bound & {name for each, _ in late for name in flat(each)}:
                late.append((target, self.waiting(value)))
            else:
                self.bind(target, value)
        for target, value in late:
            self.bind(target, value)

    def waiting(self, value: Expr) -> Expr:
        """An atom that the assignments in between leave alone."""
        atom = self.atom(value)
        if isinstance(atom, Const) or (isinstance(atom, Ref) and not isinstance(value, Ref | Do)):
            return atom
        name = self.fresh("t")
        self.assign(name, atom)
        return Ref(name)

    def store(self, s: Store) -> None:
        """The value comes first, then base and key; with an operator the old item is read before the value.

        `a.h += v` and `d["h"] += v` load, update and store what is there: an array is changed in place.
        """
        if s.op is None:
            value = self.before(s.value, (s.base, s.key))
            self.out.append(replace(s, base=self.before(s.base, (s.key,)), key=self.key(s.key), value=value))
            return
        base, key = self.before(s.base, (s.key, s.value)), self.key(s.key)
        if isinstance(key, Field) or isinstance(key, Const) and isinstance(key.value, str):
            part = self.fresh(hint(slot(base, key), self.temporaries))
            self.assign(part, slot(base, key))
            self.out.append(Update(part, s.op, self.atom(s.value), origin=s.origin))
            self.out.append(Store(base, key, Ref(part), origin=s.origin))
            return
        if is_pure(s.value):
            self.out.append(replace(s, base=base, key=key, value=self.atom(s.value)))
            return
        old = self.atom(Call(Operator("getitem"), (base, key)))
        new = self.atom(Call(Operator(s.op), (old, s.value)))
        self.out.append(Store(base, key, new, changed=True, origin=s.origin))

    def choose(self, s: If) -> None:
        test, body, orelse = self.test(s.test), self.block(s.body), self.block(s.orelse)
        if body or orelse:
            self.out.append(replace(s, test=test, body=body, orelse=orelse))

    def iterable(self, e: Expr) -> Expr:
        """range, enumerate, zip and reversed stay in sight, and so do views of dicts."""
        match e:
            case Call(Fn("builtins", name)) if name in _ITERATORS:
                return replace(e, args=tuple(map(self.iterable, e.args)),
                               kwargs=tuple((name, self.atom(value)) for name, value in e.kwargs))
            case Call(Method(name), (_,), ()) if name in _VIEWS:
                return self.flat(e)
        return self.atom(e)

    def loop(self, s: While) -> None:
        """A test that is no plain computation moves into the body, in front of a break."""
        if is_tree(s.test):
            self.out.append(replace(s, body=self.block(s.body)))
            return
        with self.collecting() as out:
            test = self.test(s.test)
            out.append(If(test, self.block(s.body), (Break(origin=s.origin),), origin=s.origin))
        self.out.append(replace(s, test=Const(True), body=tuple(out)))

    # -------------------------------------------------------------- effects
    def effect(self, s: Effect) -> None:
        if s.verb == "expr":
            self.evaluate(s, s.args[0])
        elif s.verb == "assert":
            self.check(s)
        elif all(map(is_tree, s.args)):
            self.out.append(s)
        else:
            self.out.append(replace(s, args=tuple(self.atom(e) if k else self.flat(e) for k, e in enumerate(s.args))))

    def evaluate(self, s: Effect, e: Expr) -> None:
        """An expression for its effect; what is lazy in it becomes branches."""
        match e:
            case Choose():
                self.fork(self.test(e.test), lambda: self.evaluate(s, e.then), lambda: self.evaluate(s, e.orelse))
            case Lazy(items=(only,)):
                self.evaluate(s, only)
            case Lazy():
                test = self.test(e.items[0])
                rest = replace(e, items=e.items[1:])
                ways: tuple[Callable[[], None], ...] = (lambda: self.evaluate(s, rest), lambda: None)
                self.fork(test, *(ways if e.op == "and" else reversed(ways)))
            case Call() if not is_chain(e):
                self.out.append(replace(s, args=(self.flat(e),)))
            case _:
                self.atom(e)

    def check(self, s: Effect) -> None:
        """The message of an assert is evaluated only where it fails."""
        test = s.args[0] if is_tree(s.args[0]) else self.test(s.args[0])
        if all(map(is_tree, s.args[1:])):
            self.out.append(replace(s, args=(test, *s.args[1:])))
            return
        holds = self.test(test)
        self.fork(holds, lambda: None, lambda: self.out.append(replace(s, args=(holds, self.atom(s.args[1])))))
