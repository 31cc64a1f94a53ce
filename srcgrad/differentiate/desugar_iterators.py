"""Iterators of `itertools` over active items, consumed on the spot, as lists that loops fill."""
from __future__ import annotations

from ..ir.nodes import Assign, Block, Build, Call, Const, Expr, Fn, For, Ref, Stmt, item, op
from ..ir.types import is_int
from ..rules import library
from .terms import Terms, call


class Iterators(Terms):
    """Each method writes `target = e`, and says whether it could."""

    def listed(self, e: Expr) -> Expr:
        """What can be indexed."""
        raise NotImplementedError

    def started(self, target: str) -> bool:
        """An iterator has no name that anybody else could ask for its items."""
        if target not in self.f.temporaries:
            return False
        self.boxes.add(target)
        return self.assign(target, Build("list", ()))

    def tupled(self, target: str, xs: Expr, places: list[Expr]) -> list[Stmt]:
        """Appends the items at some places, as a tuple."""
        names = [self.fresh("t") for _ in places]
        pair = self.fresh("pair")
        return [*(Assign(n, item(xs, i), origin=self.s.origin) for n, i in zip(names, places)),
                Assign(pair, Build("tuple", tuple(map(Ref, names))), origin=self.s.origin), self.append(Ref(target), Ref(pair))]

    def chained(self, target: str, e: Call) -> bool:
        return self.started(target) and all(self.each(part, lambda x: [self.append(Ref(target), x)]) for part in e.args)

    def chained_all(self, target: str, e: Call) -> bool:
        def inner(part: Ref) -> list[Stmt]:
            x = self.fresh("item")
            return [For(x, part, (self.append(Ref(target), Ref(x)),), origin=self.s.origin)]
        return self.started(target) and self.each(e.args[0], inner)

    def pairs(self, target: str, e: Call) -> bool:
        if not self.started(target):
            return False
        xs = self.listed(e.args[0])
        last = self.hold("last", op("sub", self.hold("n", call(len, xs)), Const(1)))
        i, following = self.fresh("i"), self.fresh("following")
        body: Block = (Assign(following, op("add", Ref(i), Const(1)), origin=self.s.origin),
                       *self.tupled(target, xs, [Ref(i), Ref(following)]))
        self.out.append(For(i, call(range, last), body, origin=self.s.origin))
        return True

    def chosen(self, target: str, e: Call) -> bool:
        """combinations and permutations of a number that stands there."""
        if len(e.args) != 2 or not isinstance(e.args[1], Const) or not self.started(target):
            return False
        xs = self.listed(e.args[0])
        places = self.hold("places", call(list, self.hold("t", Call(e.target, (self.hold("t", call(range, self.hold(
            "n", call(len, xs)))), e.args[1])))))
        names = tuple(self.fresh("i") for _ in range(e.args[1].value))
        body = tuple(self.tupled(target, xs, list(map(Ref, names))))
        self.out.append(For(names, places, body, origin=self.s.origin))
        return True

    def crossed(self, target: str, e: Call) -> bool:
        if e.kwargs or not e.args or not self.started(target):
            return False
        names = [self.fresh("item") for _ in e.args]
        pair = self.fresh("pair")
        body: Block = (Assign(pair, Build("tuple", tuple(map(Ref, names))), origin=self.s.origin),
                       self.append(Ref(target), Ref(pair)))
        for name, part in reversed(list(zip(names, e.args))):
            body = (For(name, part, body, origin=self.s.origin),)
        self.out += body
        return True

    def begun(self, target: str, e: Call) -> bool:
        """islice from the start."""
        if len(e.args) != 2 or not is_int(self.type(e.args[1])) or not self.started(target):
            return False
        xs = self.listed(e.args[0])
        n = self.hold("n", call(min, self.hold("n", call(len, xs)), e.args[1]))
        i, t = self.fresh("i"), self.fresh("t")
        body = Assign(t, item(xs, Ref(i)), origin=self.s.origin), self.append(Ref(target), Ref(t))
        self.out.append(For(i, call(range, n), body, origin=self.s.origin))
        return True

    def summed(self, target: str, e: Call) -> bool:
        function = Fn(library.__name__, "accumulated", library.accumulated)
        return len(e.args) == 1 and not e.kwargs and target in self.f.temporaries and self.assign(
            target, Call(function, (self.listed(e.args[0]),)))
