"""Each dialect refuses what it does not allow, naming function, line and statement."""
import pytest

from srcgrad.ir.check import IRError, check
from srcgrad.ir.nodes import (
    Assign, Break, Build, Call, Choose, Comment, Const, Continue, Effect, Fn, For, Function, If, Lazy, Operator, Origin,
    Param, Ref, Return, Slice, Source, Store, Update, While, item, op, tup,
)

X, Y, ONE = Ref("x"), Ref("y"), Const(1)
HERE = Origin("f.py", 3)
END = Return(X)
NESTED = op("add", op("mul", X, X), ONE)
RANGE = Call(Fn("builtins", "range", range), (X,))


def function(*body):
    return Function("f", (Param("x"),), body, Source("f.py", 1, ""))


BAD = {
    "read before any binding": (
        (Assign("z", Y, origin=HERE), END), "`y` is read but bound nowhere", "surface normal adjoint"),
    "read in its own definition": ((Assign("y", Y, origin=HERE), END), "`y` is read", "surface normal adjoint"),
    "updated before bound": ((Update("y", "add", ONE, origin=HERE), END), "`y` is read", "surface normal adjoint"),
    "nested value": ((Assign("y", NESTED, origin=HERE), END), "not flat", "normal"),
    "nested return": ((Return(NESTED, origin=HERE),), "no atom", "normal"),
    "nested test": ((If(NESTED, (Assign("y", X),), origin=HERE), END), "no atom", "normal"),
    "nested key": ((Store(X, tup(NESTED), ONE, origin=HERE), END), "no atom", "normal"),
    "nested slice": ((Assign("y", item(X, Slice(NESTED)), origin=HERE), END), "not flat", "normal"),
    "slice as value": ((Assign("y", op("add", X, Slice(X)), origin=HERE), END), "not flat", "normal"),
    "nested iterable": ((For("i", NESTED, (), origin=HERE), END), "iterable", "normal"),
    "nested target": ((Assign(("a", ("b", "c")), X, origin=HERE), END), "nested", "normal"),
    "unpacked call": ((Assign(("a", "b"), op("add", X, X), origin=HERE), END), "not flat", "normal"),
    "choose": ((While(Choose(X, X, X), (), origin=HERE), END), "conditional", "normal"),
    "chain": ((Assign("y", op("chain lt lt", X, X, X), origin=HERE), END), "unknown operator", "normal adjoint"),
    "comment": ((Comment("text", origin=HERE), END), "not in this dialect", "surface normal"),
    "continue": ((For("i", X, (Continue(origin=HERE),)), END), "not in this dialect", "normal adjoint"),
    "break outside": ((Break(origin=HERE), END), "outside a loop", "surface normal adjoint"),
    "break in the middle": ((For("i", X, (Break(origin=HERE), Assign("y", X))), END), "follows", "normal adjoint"),
    "break in a branch in the middle": (
        (For("i", X, (If(X, (Break(origin=HERE),)), Assign("y", X))), END), "follows", "normal adjoint"),
    "loop-else": ((For("i", X, (), (Assign("y", X),), origin=HERE), END), "loop-else", "normal adjoint"),
    "two returns": ((If(X, (Return(X, origin=HERE),)), END), "exactly one return", "normal adjoint"),
    "no return": ((Assign("y", X),), "exactly one return", "normal adjoint"),
    "return in the middle": ((Return(X, origin=HERE), Assign("y", X)), "exactly one return", "normal adjoint"),
    "strange update": ((Update("x", "lt", ONE, origin=HERE), END), "no operator", "normal adjoint"),
    "no name": ((Assign("a b", X, origin=HERE), END), "no name", "surface normal adjoint"),
}
GOOD = {
    "straight": (Assign("y", op("add", X, ONE)), Return(Y)),
    "maybe bound": (If(X, (Assign("y", X),)), Return(Y)),
    "bound by a loop": (For("i", RANGE, (Assign("y", X),)), Return(Y)),
    "bound in an earlier trip": (For("i", RANGE, (If(X, (Assign("z", Y),)), Assign("y", X))), Return(Y)),
    "nested iterables": (For(("i", ("a", "b")), Call(Fn("builtins", "zip", zip), (RANGE, X)), ()), END),
    "lazy trees": (Assign("y", Lazy("and", (NESTED, NESTED))), Return(Y)),
    "while trees": (While(op("gt", NESTED, ONE), ()), END),
    "keys": (Store(X, tup(Slice(None, ONE), ONE), ONE, "add"), Assign("y", item(X, Slice())), Return(Y)),
    "breaks": (For("i", X, (If(X, (Assign("y", X), Break()), (If(X, (), (Break(),)),)),)), END),
    "effects": (Effect("expr", (Call(Operator("add"), (X, X)),)), Effect("assert", (NESTED,)), END),
    "displays": (Assign("y", Build("dict", (X, ONE))), Assign(("a", "b"), Y), Return(Y)),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("dialect", ["surface", "normal", "adjoint"])
def test_bad(name, dialect):
    body, message, dialects = BAD[name]
    if dialect not in dialects.split():
        check(function(*body), dialect)
        return
    with pytest.raises(IRError, match=message) as info:
        check(function(*body), dialect)
    assert str(info.value).startswith("f, f.py:") and isinstance(info.value, AssertionError)
    if any(s.origin == HERE for s in body):
        kind = next(type(s).__name__ for s in body if s.origin == HERE)
        assert str(info.value).startswith("f, f.py:3:") and str(info.value).endswith(f"in {kind}")


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("dialect", ["surface", "normal", "adjoint"])
def test_good(name, dialect):
    fn = function(*GOOD[name])
    assert check(fn, dialect) is fn


def test_shared_statements():
    s = Assign("y", X)
    with pytest.raises(IRError, match="two places"):
        check(function(s, s, END), "normal")
