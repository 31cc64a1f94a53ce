"""Visiting and rebuilding trees of nodes."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from operator import is_
from typing import Any

from .nodes import (
    Assign, Block, Break, Build, Call, Choose, Closure, Const, Continue, Do, Effect, Expr, For, Function, If, Lazy, Names,
    Ref, Return, Slice, Starred, Stmt, Store, Update, While, With,
)
from .tries import Except, Finally, Try


class _ByClass(dict[type, Any]):
    """What holds for a class, also for classes derived from it; None for others."""

    def __missing__(self, cls: type) -> Any:
        self[cls] = found = next((self[c] for c in cls.__mro__[1:] if c in self), None)
        return found


_PARTS: dict[type[Expr], Callable[[Any], tuple[Expr, ...]]] = {
    Call: lambda e: e.args + tuple([value for _, value in e.kwargs]) if e.kwargs else e.args,
    Build: lambda e: e.items,
    Lazy: lambda e: e.items,
    Slice: lambda e: tuple([part for part in (e.lower, e.upper, e.step) if part is not None]),
    Choose: lambda e: (e.test, e.then, e.orelse),
    Do: lambda e: _done(e),
    Starred: lambda e: (e.value,),
    Closure: lambda e: (*(v for _, v in e.captured), *(v for _, v in e.defaults), *e.frame),
}


def _done(e: Do) -> tuple[Expr, ...]:
    """What the statements in an expression read, and the names they bind."""
    every = [*statements(e.body)]
    return (*(x for s in every for x in operands(s)), *(Ref(n) for s in every for n in bound(s)), e.value)


def done_in(*parts: Expr) -> set[str]:
    """The names that evaluating some expressions binds."""
    return {n for part in parts for e in expressions(part) if isinstance(e, Do) for n in bound_in(e.body)}


def children(e: Expr) -> tuple[Expr, ...]:
    """The direct sub-expressions of an expression, in order of evaluation."""
    parts = _PARTS.get(type(e))
    return () if parts is None else parts(e)


def map_children(e: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The same expression over changed sub-expressions; the same object where nothing changed."""
    mapped = _MAPPED.get(type(e))
    return e if mapped is None else mapped(e, change)


Change = Callable[[Expr], Expr]


def _map_call(e: Call, change: Change) -> Expr:
    args = tuple([change(x) for x in e.args])
    if not e.kwargs:
        return e if all(map(is_, args, e.args)) else Call(e.target, args)
    kwargs = tuple([(name, change(value)) for name, value in e.kwargs])
    same = all(map(is_, args, e.args)) and all(a[1] is b[1] for a, b in zip(kwargs, e.kwargs))
    return e if same else Call(e.target, args, kwargs)


def _map_items(e: Any, change: Change) -> Expr:
    items = tuple([change(x) for x in e.items])
    return e if all(map(is_, items, e.items)) else replace(e, items=items)  # type: ignore[no-any-return]


def _map_closure(e: Closure, change: Change) -> Expr:
    captured, defaults = (tuple((n, change(v)) for n, v in part) for part in (e.captured, e.defaults))
    new = Closure(e.function, captured, defaults, tuple(map(change, e.frame)))
    return e if all(map(is_, children(new), children(e))) else new


_MAPPED: dict[type[Expr], Callable[[Any, Change], Expr]] = {
    Call: _map_call,
    Build: _map_items,
    Lazy: _map_items,
    Slice: lambda e, change: Slice(*(None if part is None else change(part) for part in (e.lower, e.upper, e.step))),
    Choose: lambda e, change: Choose(change(e.test), change(e.then), change(e.orelse)),
    Do: lambda e, change: Do(map_block(e.body, change), change(e.value), e.made),
    Starred: lambda e, change: Starred(change(e.value)),
    Closure: _map_closure,
}


def map_block(block: Block, change: Callable[[Expr], Expr]) -> Block:
    """The same statements over changed expressions."""
    return tuple(map_blocks(map_operands(s, change), lambda inner: map_block(inner, change)) for s in block)


def rewrite(e: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """Applies `change` to every node, from the leaves up."""
    def inner(node: Expr) -> Expr:
        mapped = _MAPPED.get(type(node))
        return change(node if mapped is None else mapped(node, inner))
    return inner(e)


def substitute(e: Expr, values: dict[str, Expr]) -> Expr:
    """Replaces references by expressions.

    >>> from .nodes import op, Const
    >>> substitute(op("add", Ref("x"), Ref("y")), {"y": Const(2)}) == op("add", Ref("x"), Const(2))
    True
    """
    return rewrite(e, lambda node: values.get(node.name, node) if isinstance(node, Ref) else node)


def expressions(e: Expr) -> tuple[Expr, ...]:
    """The expression and everything in it, outer ones first, in order of evaluation."""
    if e.parts is None:
        found: list[Expr] = []
        left = [e]
        while left:
            node = left.pop()
            found.append(node)
            parts = _PARTS.get(type(node))
            if parts is not None:
                left.extend(parts(node)[::-1])
        object.__setattr__(e, "parts", tuple(found))
    return e.parts  # type: ignore[return-value]


def names_in(e: Expr) -> frozenset[str]:
    """The local names an expression reads."""
    if e.names is None:
        object.__setattr__(e, "names", frozenset([node.name for node in expressions(e) if isinstance(node, Ref)]))
    return e.names  # type: ignore[return-value]


def root_of(e: Expr) -> str | None:
    """The name that a place belongs to: x for `x`, `x[1:]`, `x.w[0]`, `np.transpose(x)[2]`; None for other expressions."""
    while isinstance(e, Call) and e.args:
        e = e.args[0]
    return e.name if isinstance(e, Ref) else None


def flat(target: Names) -> tuple[str, ...]:
    """The names a target binds: `flat(("a", ("b", "c")))` is `("a", "b", "c")`."""
    if isinstance(target, str):
        return (target,)
    found: list[str] = []
    for part in target:
        found += (part,) if isinstance(part, str) else flat(part)
    return tuple(found)


_OPERANDS = _ByClass({
    Assign: lambda s: (s.value,),
    Return: lambda s: (s.value,),
    Update: lambda s: (Ref(s.name), s.value),
    Store: lambda s: (s.base, s.key, s.value),
    If: lambda s: (s.test,),
    Try: lambda s: (),
    Finally: lambda s: (),
    While: lambda s: (s.test,),
    For: lambda s: (s.iter,),
    Effect: lambda s: s.args,
})
_BOUND = _ByClass({
    Assign: lambda s: flat(s.target),
    For: lambda s: flat(s.target),
    Update: lambda s: (s.name,),
    With: lambda s: () if s.target is None else (s.target,),
    Except: lambda s: () if s.target is None else (s.target,),
})
_COMPOUND = frozenset({If, With, Try, Except, Finally, For, While})


def operands(s: Stmt) -> tuple[Expr, ...]:
    """The expressions a statement itself evaluates (not those of the blocks inside it)."""
    found = _OPERANDS[type(s)]
    return () if found is None else found(s)


def blocks(s: Stmt) -> tuple[Block, ...]:
    """The blocks inside a statement."""
    return (s.body, s.orelse) if type(s) in _COMPOUND else ()  # type: ignore[attr-defined]


def bound(s: Stmt) -> tuple[str, ...]:
    """The names a statement itself binds (a store binds none)."""
    found = _BOUND[type(s)]
    return () if found is None else found(s)


def falls(block: Block) -> bool:
    """Whether control can reach the end of the block."""
    return all(map(passes, block))


def passes(s: Stmt) -> bool:
    """Whether control can go on behind the statement."""
    match s:
        case Return() | Break() | Continue() | Effect(verb="raise"):
            return False
        case With():
            return falls(s.body)
        case Finally():
            return falls(s.body) and falls(s.orelse)
        case If():
            return falls(s.body) or falls(s.orelse)
        case While(Const(value)) if value:
            return leaves(s.body)
    return True


def leaves(block: Block) -> bool:
    """Whether a break in the block may leave the loop that it is the body of."""
    return any(isinstance(s, Break) or isinstance(s, If) and (leaves(s.body) or leaves(s.orelse)) or
               isinstance(s, For | While) and leaves(s.orelse) for s in block)


def certain(s: If) -> bool:
    """Whatever follows the statement, its body has run to the end: `with`, and `try` whose handlers raise."""
    return isinstance(s, With) or isinstance(s, Try | Except) and not falls(s.orelse)


def statements(block: Block) -> list[Stmt]:
    """Every statement, outer ones first."""
    found: list[Stmt] = []
    left = list(block[::-1])
    while left:
        s: Any = left.pop()
        found.append(s)
        if type(s) in _COMPOUND:
            left += s.orelse[::-1]
            left += s.body[::-1]
    return found


def bound_in(block: Block) -> set[str]:
    """All names bound anywhere in a block."""
    return {name for s in statements(block) for name in bound(s)}


def read_in(block: Block) -> set[str]:
    """All names read anywhere in a block."""
    return {name for s in statements(block) for e in operands(s) for name in names_in(e)}


def rebound_inside(f: Function) -> frozenset[str]:
    """The variables that a nested function binds again: a call may change them."""
    return frozenset(v.name for s in statements(f.body) for part in operands(s) for e in expressions(part)
                     if isinstance(e, Closure) for n, v in e.captured if isinstance(v, Ref) and n in (
                         bound_in(e.function.body) | rebound_inside(e.function)))


def map_operands(s: Stmt, change: Change) -> Stmt:
    """The same statement over changed expressions; blocks inside it are left alone. `Update.name` is not an operand."""
    match s:
        case Assign():
            value = change(s.value)
            return s if value is s.value else Assign(s.target, value, origin=s.origin)
        case Update() | Return():
            value = change(s.value)
            return s if value is s.value else replace(s, value=value)
        case Store():
            parts = change(s.base), change(s.key), change(s.value)
            same = all(map(is_, parts, (s.base, s.key, s.value)))
            return s if same else replace(s, base=parts[0], key=parts[1], value=parts[2])
        case If() | While():
            test = change(s.test)
            return s if test is s.test else replace(s, test=test)
        case For():
            iterable = change(s.iter)
            return s if iterable is s.iter else replace(s, iter=iterable)
        case Effect():
            args = tuple(map(change, s.args))
            return s if all(map(is_, args, s.args)) else Effect(s.verb, args, origin=s.origin)
    return s


def map_blocks(s: Stmt, change: Callable[[Block], Block]) -> Stmt:
    """The same statement over changed inner blocks."""
    if type(s) not in _COMPOUND:
        return s
    old: Any = s
    body, orelse = change(old.body), change(old.orelse)
    same = (len(body) == len(old.body) and len(orelse) == len(old.orelse)
            and all(map(is_, body, old.body)) and all(map(is_, orelse, old.orelse)))
    return s if same else replace(old, body=body, orelse=orelse)


def all_names(f: Function) -> frozenset[str]:
    """Every local name of a function and those inside it: parameters, cells, bound and read names."""
    if f.names is None:
        found = {p.name for p in f.params}.union(f.cells)
        for s in statements(f.body):
            found.update(bound(s))
            for e in operands(s):
                found |= names_in(e)
            if isinstance(s, Assign) and isinstance(s.value, Closure):
                found |= all_names(s.value.function)
        object.__setattr__(f, "names", frozenset(found))
    return f.names  # type: ignore[return-value]


def renamed(block: Block, old: str, new: str) -> Block:
    """The same statements with another name for a variable."""
    def target(names: Names) -> Names:
        return tuple(map(target, names)) if isinstance(names, tuple) else new if names == old else names

    def change(s: Stmt) -> Stmt:
        if isinstance(s, Assign | For):
            s = replace(s, target=target(s.target))
        elif isinstance(s, With | Except) and s.target == old:
            s = replace(s, target=new)
        elif isinstance(s, Update) and s.name == old:
            s = replace(s, name=new)
        s = map_operands(s, lambda e: rewrite(e, lambda x: Ref(new) if x == Ref(old) else x))
        return map_blocks(s, lambda inner: renamed(inner, old, new))
    return tuple(map(change, block))
