"""Operations on lists of active values, in terms of items, `append` and `pop`."""
from __future__ import annotations

from ..ir.nodes import Assign, Call, Const, Expr, For, Method, Ref, Slice, Stmt, Store, item, op
from ..ir.types import Dict, List, Num, Tuple, Unknown
from .desugar_dicts import Dicts
from .inline import helper
from .terms import call


class Lists(Dicts):
    """Each method writes `target = e`, and says whether it could."""

    def extend(self, target: str, e: Call) -> bool:
        box, more = e.args
        return isinstance(self.type(box), List) and self.each(more, lambda x: [self.append(box, x)])

    def insert(self, target: str, e: Call) -> bool:
        """The items behind the place move up, last to first."""
        box, place, value = e.args
        if not isinstance(self.type(box), List):
            return False
        n = self.hold("n", call(len, box))
        at = place if place == Const(0) else self.hold("place", helper("from_front", place, n))
        i, before, moved = (self.fresh(name) for name in ("i", "i_before", "t"))
        start = self.hold("t", op("add", at, Const(1)))
        end = self.hold("t", op("add", n, Const(1)))
        self.out.append(self.append(box, value))
        body = (Assign(before, op("sub", Ref(i), Const(1)), origin=self.s.origin),
                Assign(moved, item(box, Ref(before)), origin=self.s.origin),
                Store(box, Ref(i), Ref(moved), origin=self.s.origin))
        self.out.append(For(i, call(reversed, call(range, start, end)), body, origin=self.s.origin))
        self.out.append(Store(box, at, value, origin=self.s.origin))
        return True

    def pop(self, target: str, e: Call) -> bool:
        """The items behind the place move down."""
        if isinstance(self.type(e.args[0]), Dict | Unknown) and len(e.args) > 1:
            return bool(target) and self.taken(target, e)  # without a target it is what that writes
        if len(e.args) != 2 or e.args[1] == Const(-1) or not isinstance(self.type(e.args[0]), List):
            return False
        box, place = e.args
        n = self.hold("n", call(len, box))
        at = self.hold("place", helper("place_in", place, n))
        last = self.hold("last", op("sub", n, Const(1)))
        self.assign(target or self.fresh("popped"), item(box, at))
        i, behind, moved = (self.fresh(name) for name in ("i", "i_behind", "t"))
        body = (Assign(behind, op("add", Ref(i), Const(1)), origin=self.s.origin),
                Assign(moved, item(box, Ref(behind)), origin=self.s.origin),
                Store(box, Ref(i), Ref(moved), origin=self.s.origin))
        self.out.append(For(i, call(range, at, last), body, origin=self.s.origin))
        return self.assign(self.fresh("popped"), Call(Method("pop"), (box,)))

    def reverse(self, target: str, e: Call) -> bool:
        box = e.args[0]
        if not isinstance(self.type(box), List):
            return False
        old = self.hold("items", call(list, box))
        n = self.hold("n", call(len, box))
        last = self.hold("last", op("sub", n, Const(1)))
        i, place, moved = (self.fresh(name) for name in ("i", "place", "t"))
        body = (Assign(place, op("sub", last, Ref(i)), origin=self.s.origin), *self.moved(box, old, i, place, moved))
        self.out.append(For(i, call(range, n), body, origin=self.s.origin))
        return True

    def sort(self, target: str, e: Call) -> bool:
        box, options = e.args[0], dict(e.kwargs)
        if not isinstance(self.type(box), List):
            return False
        key, reverse = options.get("key", Const(None)), options.get("reverse", Const(False))
        order = self.hold("order", helper("order_of", box, key, reverse))
        old = self.hold("items", call(list, box))
        n = self.hold("n", call(len, box))
        i, place, moved = (self.fresh(name) for name in ("i", "place", "t"))
        body = (Assign(place, item(order, Ref(i)), origin=self.s.origin), *self.moved(box, old, i, place, moved))
        self.out.append(For(i, call(range, n), body, origin=self.s.origin))
        return True

    def moved(self, box: Expr, old: Expr, i: str, place: str, moved: str) -> list[Stmt]:
        """`box[i] = old[place]`."""
        return [Assign(moved, item(old, Ref(place)), origin=self.s.origin), Store(box, Ref(i), Ref(moved), origin=self.s.origin)]

    def remove(self, target: str, e: Call) -> bool:
        if not isinstance(self.type(e.args[0]), List):
            return False
        place = self.hold("place", helper("index_of", *e.args))
        return self.pop("", Call(Method("pop"), (e.args[0], place)))

    def emptied(self, box: Expr) -> None:
        """`box.clear()`."""
        n = self.hold("n", call(len, box))
        body = (Assign(self.fresh("popped"), Call(Method("pop"), (box,)), origin=self.s.origin),)
        self.out.append(For(self.fresh("i"), call(range, n), body, origin=self.s.origin))

    def replaced(self, box: Expr, key: Slice, value: Expr) -> bool:
        """`box[lower:upper] = value`: the list is filled anew."""
        t = self.type(value)
        if key.step is not None or not isinstance(t, List | Tuple | Num):
            return False
        lower, upper = (Const(None) if x is None else x for x in (key.lower, key.upper))
        n = self.hold("n", call(len, box))
        bounds = self.hold("bounds", helper("slice_bounds", lower, upper, n))
        start, end = (self.hold(name, item(bounds, Const(i))) for i, name in enumerate(("start", "end")))
        old = self.hold("items", call(list, box))
        new = self.hold("items", call(list, value)) if isinstance(t, List) else value
        self.emptied(box)
        self.refill(box, old, call(range, start))
        self.each(new, lambda x: [self.append(box, x)])
        self.refill(box, old, call(range, end, n))
        return True

    def refill(self, box: Expr, old: Expr, places: Expr) -> None:
        i, moved = self.fresh("i"), self.fresh("t")
        body = Assign(moved, item(old, Ref(i)), origin=self.s.origin), self.append(box, Ref(moved))
        self.out.append(For(i, places, body, origin=self.s.origin))

    def index(self, target: str, e: Call) -> bool:
        return isinstance(self.type(e.args[0]), List) and self.assign(target, helper("index_of", *e.args))

    def times(self, target: str, e: Call) -> bool:
        return isinstance(self.type(e.args[0]), List) and self.assign(target, helper("count_of", *e.args))
