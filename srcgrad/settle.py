"""A function in the terms that both modes work in: what it calls inlined where that writes to what it is given, one name for
each buffer that is written to."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import Any

from .analyse import alias
from .analyse.memory import owned
from .analyse.types import Types, canonical
from .analyse.values import type_of_value
from .differentiate.inlining import bind_arguments, inline, taken
from .differentiate.items import settle_items
from .differentiate.mutators import expand_mutators
from .differentiate.nested import replace_nested
from .differentiate.own_globals import own_globals
from .differentiate.places import resolve
from .differentiate.rows import spread
from .differentiate.tails import duplicate_tails
from .differentiate.written_items import by_places
from .errors import AliasError, SrcgradError
from .front import front
from .ir.names import Namer
from .ir.nodes import (
    Assign, Block, Call, Const, Effect, Expr, Fn, For, Function, Global, Method, Ref, Stmt, Store, Update, Value, While,
)
from .ir.types import UNKNOWN, Type
from .ir.walk import expressions, map_blocks, operands, root_of, statements
from .rules import registry

ROUNDS = 20  # of rewriting a function in simpler terms
LONGEST = 20_000  # statements that a function may grow to


@dataclass
class Settler:
    """`types(f, params)`: the types in a function; `infer(code, params)`: those in code of one; `bound(f, call, type_of)`: the
    types of a callee's parameters in a call; `code(f, params)`: a function with its own calls resolved, and its counters.
    `writing`: what is known of functions, at types of their parameters."""

    types: Callable[[FunctionType, Mapping[str, Type]], Types]
    infer: Callable[[Function, Mapping[str, Type]], Types]
    bound: Callable[[FunctionType, Call, Callable[[Expr], Type]], dict[str, Type]]
    code: Callable[[FunctionType, Mapping[str, Type]], tuple[Function, dict[Stmt, str]]]
    writing: dict[Any, bool] = field(default_factory=dict)
    owned: frozenset[Expr] = frozenset()  # arrays from outside that the function works on copies of

    def settle(self, code: Function, counters: dict[Stmt, str], params: Mapping[str, Type],
               types: Types) -> tuple[Function, dict[Stmt, str], Types]:
        """The code of a function in simple terms, its counters and types."""
        for _ in range(ROUNDS):
            changed = (own_globals(code, counters, types) or expand_mutators(code, counters, types)
                       or settle_items(code, counters, types)
                       or self.inlined(code, counters, types) or self.nested(code, counters, types)
                       or self.resolved(code, counters, types))
            if changed is None:
                break
            code, counters = changed
            types = self.infer(code, params)
        return code, counters, types

    def nested(self, code: Function, counters: dict[Stmt, str], types: Types) -> tuple[Function, dict[Stmt, str]] | None:
        if not any(isinstance(e, Call) and e.target in (Method("append"), Method("pop")) for s in statements(code.body)
                   for e in operands(s)):
            return None
        return replace_nested(code, counters, types, alias.holders(code, types))

    def resolved(self, code: Function, counters: dict[Stmt, str], types: Types) -> tuple[Function, dict[Stmt, str]] | None:
        names = alias.conflicts(code, types)
        if not names:
            return None
        return (spread(code, counters, types, names) or by_places(code, counters, types, names)
                or resolve(code, counters, types, names) or duplicate_tails(code, counters, types, names))

    # -------------------------------------------------------------- callees that write
    def inlined(self, code: Function, counters: dict[Stmt, str], types: Types) -> tuple[Function, dict[Stmt, str]] | None:
        """The code with the bodies of the callees that write to their arguments in place of the calls."""
        self.owned = frozenset(owned(code))
        wanted = {s: call for s in statements(code.body) if (call := self.wanted(s, types)) is not None}
        if not wanted:
            return None
        engine = _Inlining(taken(code), wanted, dict(counters), lambda s, f, call: self.code(
            f, self.bound(f, call, lambda e: _type(s, e, types))))
        body = engine.block(code.body)
        if sum(1 for _ in statements(body)) > LONGEST:
            s = next(s for s in statements(code.body) if s in wanted)
            raise AliasError(f"in {code.name}: a function that calls itself modifies its arguments",
                             filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
                             hint="let it return new values instead")
        return replace(code, body=body, temporaries=code.temporaries | engine.made), engine.counters

    def wanted(self, s: Stmt, types: Types) -> Call | None:
        """The call that a statement makes of a function which writes."""
        call = called(s)
        if call is not None and call.args and isinstance(call.target, Value | Method):
            call = canonical(call, _type(s, call.args[0], types))
        if call is None or not isinstance(call.target, Fn):
            return None
        f = call.target.value
        return call if isinstance(f, FunctionType) and self.writes(f, call, lambda e: _type(s, e, types)) else None

    def writes(self, f: FunctionType, call: Call, type_of: Callable[[Expr], Type]) -> bool:
        """Whether a function may write to its arguments, or to what others see, in a call."""
        if registry.find(f) is not None or set(f.__code__.co_freevars) - {"__class__"} or self.recursive(f):
            if self.owned and self.mentions(f):
                raise AliasError(f"{f.__name__} cannot be inlined, and uses an array that its caller writes to",
                                 hint="pass the array as an argument")
            return False
        if self.owned and self.mentions(f):
            return True
        try:
            params = self.bound(f, call, type_of)
            key = f, tuple(sorted(params.items()))
            if key not in self.writing:
                self.writing[key] = False  # while it is being found out
                self.writing[key] = self.examined(self.code(f, params)[0], self.types(f, params))
            return self.writing[key]
        except (SrcgradError, TypeError):
            return False  # runs as it is, or is refused when it is differentiated

    def mentions(self, f: FunctionType) -> bool:
        """Whether a function, or one that it calls, uses an array from outside that its caller works on a copy of."""
        return any(e in self.owned for g in (f, *reached(f)) for s in statements(front(g).normal.body) for part in operands(s)
                   for e in expressions(part) if isinstance(e, Global))

    def recursive(self, f: FunctionType) -> bool:
        """Whether a function may call itself, by itself or through others: its body never ends."""
        return f in reached(f)

    def examined(self, code: Function, types: Types) -> bool:
        if any(isinstance(s, Store) and root_of(s.base) is None for s in statements(code.body)):
            return True
        expanded = expand_mutators(code, {}, types)
        if expanded is not None:
            code = expanded[0]
            types = self.infer(code, types.params)
        return alias.writes_outside(code, types) or any(self.wanted(s, types) is not None for s in statements(code.body))


def reached(f: FunctionType) -> set[FunctionType]:
    """The user's functions that a function calls by name, or that these call."""
    seen: set[FunctionType] = set()
    todo = [f]
    while todo:
        new = callees(todo.pop()) - seen
        seen |= new
        todo += new
    return seen


def callees(f: FunctionType) -> set[FunctionType]:
    """The user's functions that a function calls by name."""
    try:
        body = front(f).normal.body
    except SrcgradError:
        return set()
    return {e.target.value for s in statements(body) for part in operands(s) for e in expressions(part)
            if isinstance(e, Call) and isinstance(e.target, Fn) and isinstance(e.target.value, FunctionType)
            and registry.find(e.target.value) is None}


def called(s: Stmt) -> Call | None:
    """The call that a statement makes."""
    match s:
        case Assign(value=Call() as call) | Effect(verb="expr", args=(Call() as call,)):
            return call
    return None


def _type(s: Stmt, e: Expr, types: Types) -> Type:
    return type_of_atom(e, types.before.get(s, {}))


def type_of_atom(e: Expr, env: Mapping[str, Type]) -> Type:
    match e:
        case Ref():
            return env.get(e.name, UNKNOWN)
        case Const():
            return type_of_value(e.value)
        case Global():
            return type_of_value(e.value)
    return UNKNOWN


@dataclass
class _Inlining:
    namer: Namer
    wanted: Mapping[Stmt, Call]
    counters: dict[Stmt, str]
    code: Callable[[Stmt, FunctionType, Call], tuple[Function, dict[Stmt, str]]]
    made: frozenset[str] = frozenset()

    def block(self, block: Block) -> Block:
        out: list[Stmt] = []
        for s in block:
            if s in self.wanted:
                out += self.body(s)
                continue
            new = map_blocks(s, self.block)
            if s in self.counters:
                self.counters[new] = self.counters[s]
            out.append(new)
        return tuple(out)

    def body(self, s: Stmt) -> list[Stmt]:
        call = self.wanted[s]
        assert isinstance(call.target, Fn)
        code, counters = self.code(s, call.target.value, call)
        result = inline(code, bind_arguments(code, call), self.namer, s.origin)
        self.made |= result.temporaries
        for old in counters:
            new = result.moved[old]
            assert isinstance(new, For | While) and isinstance(new.body[0], Update)
            self.counters[new] = new.body[0].name
        if isinstance(s, Assign):
            return [*result.body, replace(s, value=result.value)]
        return list(result.body)
