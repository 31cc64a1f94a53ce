"""Operations on containers of active values, in terms of loops, items and displays, where the types say what they are.

    xs.extend(ys)               for y in ys:
                                    xs.append(y)

    w = params.get("w", 0.0)    w = params["w"]

    out = sorted(xs)            order = order_of(xs, None, False)
                                out = []
                                for i in order:
                                    x = xs[i]
                                    out.append(x)

What touches no active value stays as it is.
"""
from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..analyse.activity import Activities, active
from ..analyse.types import Types
from ..ir.nodes import (
    Assign, Block, Build, Call, Const, Effect, Expr, Fn, Function, If, Method, Operator, Ref, Slice, Stmt, Store, Update,
    item, op,
)
from ..ir.types import Dict, List, Num, Tuple, Unknown, is_int
from ..ir.walk import map_blocks, names_in, operands
from ..runtime import helpers
from .desugar_iterators import Iterators
from .desugar_lists import Lists
from .inline import helper
from .terms import call

BUILTINS: dict[Any, str] = {
    sorted: "ordered", max: "extreme", min: "extreme", dict: "made_dict", tuple: "made_tuple", zip: "iterator",
    enumerate: "iterator", reversed: "iterator", itertools.chain: "chained", itertools.chain.from_iterable: "chained_all",
    itertools.pairwise: "pairs", itertools.combinations: "chosen", itertools.permutations: "chosen", itertools.islice: "begun",
    itertools.combinations_with_replacement: "chosen", itertools.product: "crossed", itertools.accumulate: "summed",
    sum: "total", helpers.sequence: "sequence", helpers.merged: "merged",
}
METHODS: dict[str, str] = {
    "extend": "extend", "insert": "insert", "get": "get", "setdefault": "setdefault", "update": "update", "copy": "copy",
    "items": "iterator", "values": "iterator", "pop": "pop", "reverse": "reverse", "sort": "sort", "remove": "remove",
    "clear": "clear", "popitem": "popitem", "index": "index", "count": "times",
}
OPERATORS: dict[str, str] = {"getitem": "item", "add": "concatenation", "mul": "repetition"}


def desugar(f: Function, types: Types, activities: Activities,
            counters: dict[Stmt, str]) -> tuple[Function, dict[Stmt, str]] | None:
    """The function in simpler terms, None where nothing changes."""
    engine = _Desugar(f, types, activities)
    moved: dict[Stmt, str] = {}

    def block(statements: Block) -> Block:
        out: list[Stmt] = []
        for s in statements:
            new = engine.changed(s)
            if new is None:
                new = [map_blocks(s, block)]
            if s in counters:
                moved[new[-1]] = counters[s]
            out += new
        return tuple(out)

    body = block(f.body)
    made = (f.temporaries | engine.made) - engine.boxes
    return (replace(f, body=body, temporaries=made), moved) if engine.count else None


class _Desugar(Lists, Iterators):
    def changed(self, s: Stmt) -> list[Stmt] | None:
        """What stands for a statement instead, None where it stays."""
        if not any(active(self.activities.read(s, n)) for e in operands(s) for n in names_in(e)):
            return None
        self.s, self.out = s, []
        match s:
            case Assign(str() as target, Call() as e) | Assign(target=str() as target, value=Call() as e):
                done = self.rewritten(target, e)
            case Effect(verb="expr", args=(Call() as e,)):
                done = self.rewritten("", e)
            case Update(name, "add", value) if isinstance(self.type(Ref(name)), List):
                done = self.extend("", Call(Method("extend"), (Ref(name), value)))
            case Store(Ref(), Slice() as key, _, None) if isinstance(self.type(s.base), List):
                done = self.replaced(s.base, key, s.value)
            case _:
                return None
        self.count += done
        return self.out if done else None

    def rewritten(self, target: str, e: Call) -> bool:
        """Writes the statements for `target = e`; whether there are any."""
        match e.target:
            case Fn():
                name = BUILTINS.get(e.target.value) if _hashable(e.target.value) else None
            case Method(method):
                name = METHODS.get(method)
            case Operator(operator):
                name = OPERATORS.get(operator)
            case _:
                name = None
        rewrite: Callable[[str, Call], bool] | None = None if name is None else getattr(self, name)
        return rewrite is not None and rewrite(target, e)

    # -------------------------------------------------------------- tuples
    def loads(self, base: Expr, places: range) -> list[Expr]:
        return [self.hold("t", item(base, Const(i))) for i in places]

    def item(self, target: str, e: Call) -> bool:
        base, key = e.args
        t = self.type(base)
        if not isinstance(t, Tuple) or isinstance(key, Const):
            return False
        if not isinstance(key, Slice):
            return is_int(self.type(key)) and self.assign(target, item(self.hold("items", call(list, base)), key))
        bounds: list[Any] = [x.value if isinstance(x, Const) else x for x in (key.lower, key.upper, key.step)]
        if not all(x is None or isinstance(x, int) for x in bounds):
            return False
        return self.assign(target, Build("tuple", tuple(self.loads(base, range(len(t.items))[slice(*bounds)]))))

    def concatenation(self, target: str, e: Call) -> bool:
        types = [self.type(a) for a in e.args]
        if not all(isinstance(t, Tuple) for t in types):
            return False
        parts = [x for a, t in zip(e.args, types) for x in self.loads(a, range(len(t.items)))]  # type: ignore[attr-defined]
        return self.assign(target, Build("tuple", tuple(parts)))

    def repetition(self, target: str, e: Call) -> bool:
        a, n = e.args if not isinstance(self.type(e.args[1]), Tuple | List) else e.args[::-1]
        t = self.type(a)
        if isinstance(t, Tuple) and isinstance(n, Const):
            return self.assign(target, Build("tuple", tuple(self.loads(a, range(len(t.items)))) * n.value))
        return isinstance(t, List) and a is not e.args[0] and self.assign(target, op("mul", a, n))

    def made_tuple(self, target: str, e: Call) -> bool:
        return isinstance(self.type(e.args[0]), Tuple) and self.assign(target, e.args[0])

    def sequence(self, target: str, e: Call) -> bool:
        return isinstance(self.type(e.args[0]), Num | List | Tuple) and self.assign(target, e.args[0])

    # -------------------------------------------------------------- iterators that are consumed on the spot
    def iterator(self, target: str, e: Call) -> bool:
        if target not in self.f.temporaries:
            return False
        if isinstance(e.target, Method) and not isinstance(self.type(e.args[0]), Dict | Unknown):
            return False
        self.boxes.add(target)
        self.assign(target, Build("list", ()))
        return self.each(e, lambda x: [self.append(Ref(target), x)])

    # -------------------------------------------------------------- order
    def ordered(self, target: str, e: Call) -> bool:
        options = dict(e.kwargs)
        xs = self.listed(e.args[0])
        order = self.hold("order", helper("order_of", xs, options.get("key", Const(None)), options.get("reverse", Const(False))))
        box = self.box("items", Build("list", ()))
        value = self.fresh("t")
        return self.each(order, lambda i: [Assign(value, item(xs, i), origin=self.s.origin),
                                                 self.append(box, Ref(value))]) and self.assign(target, box)

    def total(self, target: str, e: Call) -> bool:
        """sum() of numbers and arrays has a rule."""
        t = self.type(e.args[0])
        items = t.items if isinstance(t, Tuple) else (t.item,) if isinstance(t, List) else ()
        if any(isinstance(x, List | Tuple | Dict) for x in items):
            raise self.refuse("the sum of lists or tuples", "use a comprehension: [x for part in parts for x in part]")
        return False

    def listed(self, e: Expr) -> Expr:
        """What can be indexed: the value itself, or a list of its items."""
        return e if isinstance(self.type(e), Num | List) else self.hold("items", call(list, e))

    def extreme(self, target: str, e: Call) -> bool:
        """max and min with key= or default=."""
        options = dict(e.kwargs)
        if not options:
            return False
        xs = self.listed(e.args[0]) if len(e.args) == 1 else self.hold("items", Build("list", e.args))
        assert isinstance(e.target, Fn)
        value: Expr = replace(e, args=(xs,), kwargs=())
        body: list[Stmt] = []
        if "key" in options:
            place = self.fresh("place")
            greatest = Const(e.target.value is max)
            body.append(Assign(place, helper("place_of_extreme", xs, options["key"], greatest), origin=self.s.origin))
            value = item(xs, Ref(place))
        body.append(Assign(target, value, origin=self.s.origin))
        if "default" not in options:
            self.out += body
            return True
        n = self.hold("n", call(len, xs))
        test = self.hold("cond", op("gt", n, Const(0)))
        other = Assign(target, options["default"], origin=self.s.origin)
        self.out.append(If(test, tuple(body), (other,), origin=self.s.origin))
        return True



def _hashable(x: Any) -> bool:
    try:
        hash(x)
    except TypeError:
        return False
    return True
