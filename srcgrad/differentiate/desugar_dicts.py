"""Operations on dicts of active values, in terms of items and displays."""
from __future__ import annotations

from typing import Any

from ..ir.nodes import Assign, Build, Call, Const, Expr, For, If, Method, Ref, Store, item, op
from ..ir.types import Dict, List, Tuple, Type, Unknown
from .inline import helper
from .terms import Terms, call


class Dicts(Terms):
    """Each method writes `target = e`, and says whether it could."""

    def known(self, e: Expr) -> dict[Any, Type] | None:
        t = self.type(e)
        return dict(t.items) if isinstance(t, Dict) else None

    def display(self, parts: dict[Any, Expr]) -> Build:
        return Build("dict", tuple(x for k, v in parts.items() for x in (Const(k), v)))

    def all_items(self, *dicts: Expr) -> dict[Any, Expr] | None:
        """The items of several dicts, later ones first."""
        found: dict[Any, Expr] = {}
        for d in dicts:
            if self.known(d) is None:
                return None
            found |= {k: item(d, Const(k)) for k in self.known(d) or ()}
        return {k: self.hold("t", x) for k, x in found.items()}

    def merged(self, target: str, e: Call) -> bool:
        parts = self.all_items(*e.args)
        return parts is not None and self.assign(target, self.display(parts))

    def copy(self, target: str, e: Call) -> bool:
        if isinstance(self.type(e.args[0]), List):
            return self.assign(target, call(list, e.args[0]))
        return self.merged(target, e)

    def made_dict(self, target: str, e: Call) -> bool:
        given = dict(e.kwargs)
        if not e.args:
            return self.assign(target, self.display(given))
        parts = self.all_items(e.args[0])
        if parts is not None:
            return self.assign(target, self.display(parts | given))
        if not isinstance(self.type(e.args[0]), List | Tuple):
            return False
        box = self.box("table", Build("dict", ()))
        key, value = self.fresh("key"), self.fresh("value")
        body = (Store(box, Ref(key), Ref(value), origin=self.s.origin),)
        self.out.append(For((key, value), e.args[0], body, origin=self.s.origin))
        self.out += [Store(box, Const(k), v, origin=self.s.origin) for k, v in given.items()]
        return self.assign(target, box)

    def get(self, target: str, e: Call) -> bool:
        d, key, *default = e.args
        known = self.known(d)
        other = default[0] if default else Const(None)
        if known is None:
            if not isinstance(self.type(d), Unknown):
                return False
            self.out.append(self.effect(helper("check_dict", d)))
        if known is not None and isinstance(key, Const):
            return self.assign(target, item(d, key) if key.value in known else other)
        test = self.hold("cond", op("in_", key, d))
        then, orelse = (Assign(target, x, origin=self.s.origin) for x in (item(d, key), other))
        self.out.append(If(test, (then,), (orelse,), origin=self.s.origin))
        return True

    def setdefault(self, target: str, e: Call) -> bool:
        d, key, *default = e.args
        known = self.known(d)
        if known is None or not isinstance(key, Const):
            return False
        if key.value not in known:
            self.out.append(Store(d, key, default[0] if default else Const(None), origin=self.s.origin))
        return self.assign(target, item(d, key))

    def update(self, target: str, e: Call) -> bool:
        d, *others = e.args
        if self.known(d) is None:
            return False
        parts = self.all_items(*others)
        if parts is None:
            return False
        self.out += [Store(d, Const(k), v, origin=self.s.origin) for k, v in (parts | dict(e.kwargs)).items()]
        return True

    def taken(self, target: str, e: Call) -> bool:
        """`d.pop(key)`, with or without a default."""
        d, key, *default = e.args
        known = self.known(d)
        if known is None or not isinstance(key, Const):
            return self.taken_from(target, d, key, *default)
        if key.value not in known:
            return bool(default) and self.assign(target, default[0])
        self.assign(target, item(d, key))
        self.out.append(self.effect(Call(Method("pop"), (d, key))))
        return True

    def taken_from(self, target: str, d: Expr, key: Expr, *default: Expr) -> bool:
        """The same with a key that is known at run time only."""
        name = target or self.fresh("popped")
        take = Assign(name, helper("take", d, key), origin=self.s.origin)
        if not default:
            self.out.append(take)
            return True
        test = self.hold("cond", op("in_", key, d))
        self.out.append(If(test, (take,), (Assign(name, default[0], origin=self.s.origin),), origin=self.s.origin))
        return True

    def popitem(self, target: str, e: Call) -> bool:
        d, = e.args
        known, value = self.known(d), self.fresh("value")
        if known:
            key: Expr = Const(list(known)[-1])
            return self.taken(value, Call(Method("pop"), (d, key))) and self.assign(target, Build("tuple", (key, Ref(value))))
        key = self.hold("key", item(self.hold("keys", helper("keys_of", d)), Const(-1)))
        return self.taken_from(value, d, key) and self.assign(target, Build("tuple", (key, Ref(value))))

    def clear(self, target: str, e: Call) -> bool:
        d, = e.args
        t = self.type(d)
        if isinstance(t, List):
            self.emptied(d)
        elif isinstance(t, Dict):
            self.out += [self.effect(Call(Method("pop"), (d, Const(k)))) for k, _ in t.items]
        elif isinstance(t, Unknown):
            self.each(self.hold("keys", helper("keys_of", d)), lambda key: [
                Assign(self.fresh("popped"), helper("take", d, key), origin=self.s.origin)])
        return isinstance(t, List | Dict | Unknown)

    def emptied(self, box: Expr) -> None:
        """`box.clear()` for a list."""
        raise NotImplementedError
