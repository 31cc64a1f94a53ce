"""Loops whose items are active, or that cannot be gone through backwards as they stand, in simpler terms.

    for w, x in zip(ws, xs):            n = min(len(ws), len(xs))
        s = s + w * x                   for i in range(n):
                                            w = ws[i]
                                            x = xs[i]
                                            s = s + w * x

What has a length and items is indexed, dicts by their keys. A loop over anything else (a set, a file, a generator) stays,
but gets a counter (trips.py): the backward sweep finds what each trip was given on the tape.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..analyse.activity import Activities, active
from ..analyse.alias import Aliases
from ..analyse.types import Types
from ..errors import UnsupportedSyntax
from ..ir.nodes import Assign, Block, Call, Const, Expr, Fn, For, Function, Global, Method, Ref, Stmt, Update, item
from ..ir.types import Dict, List, Num, Opaque, Shape, Tuple, Type
from ..ir.walk import bound, flat, map_blocks, names_in, operands, statements
from .inline import helper
from .loop_items import SEQUENCES, LoopItems, call, is_call


def straighten(f: Function, types: Types, activities: Activities, aliases: Aliases,
               counters: dict[Stmt, str]) -> tuple[Function, dict[Stmt, str]] | None:
    """The function with all its loops in a form that both modes go through, None where they are."""
    engine = Loops(f, types, activities, aliases, counters)
    body = engine.block(f.body)
    if list(statements(body)) == list(statements(f.body)):
        return None
    return replace(f, body=body, temporaries=f.temporaries | frozenset(engine.made)), engine.moved


def reversible(e: Expr, type_of: Callable[[Expr], Type], written: frozenset[str]) -> bool:
    """The backward sweep can go through the same items last to first: `reversed(e)`."""
    match e:
        case Call(Fn(value=function)) if function is range:
            return True
        case Call(Fn(value=function), (inner,)) if function is reversed:
            return reversible(inner, type_of, written)
        case Call(Method("items" | "keys" | "values"), (Ref(name),)):
            return isinstance(type_of(e.args[0]), Dict) and name not in written
        case Ref(name):
            t = type_of(e)
            fixed = isinstance(t, Num | Tuple | Shape) or isinstance(t, Opaque) and t.what in ("range", "str")
            return fixed or isinstance(t, List | Dict) and name not in written
        case Global():
            return isinstance(type_of(e), SEQUENCES) or type_of(e) == Opaque("range")
    return False


class Loops(LoopItems):
    def __init__(self, f: Function, types: Types, activities: Activities, aliases: Aliases,
                 counters: dict[Stmt, str]) -> None:
        super().__init__(f, types, activities)
        self.aliases = aliases
        self.counters = counters
        self.moved: dict[Stmt, str] = {}
        self.varied = {n for facts in (activities.after, activities.before) for env in facts.values()
                       for n, a in env.items() if active(a)}

    # -------------------------------------------------------------- blocks
    def block(self, statements: Block) -> Block:
        out: list[Stmt] = []
        for s in statements:
            new = map_blocks(s, self.block)
            made = self.rewritten(s, new) if isinstance(s, For) and isinstance(new, For) else [new]
            if s in self.counters:
                self.moved[made[-1]] = self.counters[s]
            out += made
        return tuple(out)

    def rewritten(self, s: For, new: For) -> list[Stmt]:
        self.loop, self.out = s, []
        if any(active(self.activities.written(s, n)) for n in flat(s.target)):
            return self.over_items(new)
        if not self.works(s) or reversible(s.iter, self.type, self.aliases.written):
            return [new]
        return self.over_items(new) if self.indexable(s.iter) else self.counted(new)

    def works(self, s: For) -> bool:
        """The loop may have something to do in the backward sweep."""
        return any(n in self.varied for x in statements(s.body) for n in (
            *bound(x), *(m for e in operands(x) for m in names_in(e))))

    def counted(self, new: For) -> list[Stmt]:
        """The loop as it is, but its trips are counted."""
        if self.loop in self.counters:
            return [*self.out, new]
        trips = self.fresh("trips")
        new = replace(new, body=(Update(trips, "add", Const(1)), *new.body))
        self.moved[new] = trips
        return [*self.out, Assign(trips, Const(0)), new]

    # -------------------------------------------------------------- loops over places and keys
    def over_items(self, new: For) -> list[Stmt]:
        e, resized = new.iter, self.resized()
        if names_in(e) & resized:
            raise UnsupportedSyntax(f"in {self.f.name}: a loop over active values that changes the length of what it goes "
                                    "through", filename=new.origin.filename, lineno=new.origin.line,
                                    offset=new.origin.column, hint="loop over a copy: for x in list(xs)")
        if isinstance(e, Call) and isinstance(e.target, Method):
            return self.over_keys(new, e)
        bare = e.args[0] if isinstance(e, Call) and is_call(e, reversed) else e
        found = self.items(bare)
        heads: list[Stmt] = []
        if found.length is None:
            self.bind(new.target, found.tree, heads)
            assert found.header is not None
            return self.counted(replace(new, target=found.names, iter=found.header, body=(*heads, *new.body)))
        index = self.index_name(new, bare)
        self.bind(new.target, found.at(Ref(index)), heads)
        header: Expr = call(range, found.length)
        if bare is not e:
            header = call(reversed, header)
        return [*self.out, replace(new, target=index, iter=header, body=(*heads, *new.body))]

    def over_keys(self, new: For, view: Call) -> list[Stmt]:
        """`for name, w in ws.items()` is `for name in ws: w = ws[name]`."""
        d = self.fixed(view.args[0])
        heads: list[Stmt] = []
        if view.target == Method("items") and isinstance(new.target, tuple) and isinstance(new.target[0], str):
            key = new.target[0]
            self.bind(new.target[1], item(d, Ref(key)), heads)
        else:
            key = self.fresh("key")
            value = item(d, Ref(key))
            self.bind(new.target, (Ref(key), value) if view.target == Method("items") else value, heads)
        if not isinstance(self.type(view.args[0]), Dict) or names_in(d) & self.aliases.written:
            d = self.hold("keys", helper("keys_of", d))
        return [*self.out, replace(new, target=key, iter=d, body=(*heads, *new.body))]

    def index_name(self, new: For, e: Expr) -> str:
        """The user's own name where the loop counts already."""
        if isinstance(e, Call) and is_call(e, enumerate) and len(e.args) == 1 and not e.kwargs and isinstance(
                new.target, tuple) and isinstance(new.target[0], str) and new.iter is e:
            return new.target[0]
        return self.fresh("i")
