"""Names and chains become the objects Python would find, at the place they can be imported from."""
import math
import sys

import numpy as np
import numpy.linalg as LA
import pytest
from numpy import tanh
from numpy.linalg import norm

from srcgrad.frontend.lower import lower
from srcgrad.frontend.read import read
from srcgrad.frontend.resolve import MISSING, home
from srcgrad.ir.nodes import Assign, Attribute, Call, Const, Effect, Fn, Global, Method, Ref, Return, Value
from tests.frontend import programs

SCALE = 2.0
HOLDER = type("Holder", (), {"w": 1.0})()
alias = programs.helper
sum = lambda x: x  # hides the builtin


class Model:
    rate = 0.5

    @staticmethod
    def forward(x):
        return x


def value_of(function):
    """The expression that a one-line function returns."""
    (s,) = lower(read(function)).body
    assert isinstance(s, Return)
    return s.value


ME = __name__
CALLEES = [
    (lambda x: np.exp(x), Fn("numpy", "exp", np.exp)),
    (lambda x: tanh(x), Fn("numpy", "tanh", np.tanh)),
    (lambda x: np.linalg.norm(x), Fn("numpy.linalg", "norm", np.linalg.norm)),
    (lambda x: LA.norm(x), Fn("numpy.linalg", "norm", np.linalg.norm)),
    (lambda x: norm(x), Fn("numpy.linalg", "norm", np.linalg.norm)),
    (lambda x: math.exp(x), Fn("math", "exp", math.exp)),
    (lambda x: len(x), Fn("builtins", "len", len)),
    (lambda x: sum(x), Fn(ME, "sum", sum)),
    (lambda x: programs.helper(x), Fn(programs.__name__, "helper", programs.helper)),
    (lambda x: alias(x), Fn(programs.__name__, "helper", programs.helper)),
    (lambda x: np.add.reduce(x), Fn("numpy", "add.reduce", None)),
    (lambda x: float.fromhex(x), Fn("builtins", "float.fromhex", None)),
    (lambda x: np.random.normal(x), Fn("numpy.random", "normal", np.random.normal)),
]


@pytest.mark.parametrize("function, target", CALLEES, ids=[fn.path for _, fn in CALLEES])
def test_callees(function, target):
    call = value_of(function)
    assert isinstance(call, Call) and call.args == (Ref("x"),) and call.target.path == target.path
    if target.value is not None:
        assert call.target.value is target.value


def test_classes_of_the_module():
    assert value_of(lambda x: Model.forward(x)).target.name == "Model.forward"
    assert value_of(lambda: Model.rate) == Global(ME, "Model.rate", 0.5)
    assert value_of(lambda: Model()).target == Fn(ME, "Model", Model)


def test_values():
    assert value_of(lambda: SCALE) == Global(ME, "SCALE", SCALE)
    assert value_of(lambda: np.pi) == Global("numpy", "pi", np.pi)
    assert value_of(lambda: np) == Global(ME, "np", np)
    assert value_of(lambda: np.tanh) == Global("numpy", "tanh", np.tanh)
    assert value_of(lambda: True) == Const(True)


def test_objects_are_state():
    assert value_of(lambda: HOLDER.w) == Call(Attribute("w"), (Global(ME, "HOLDER", HOLDER),))
    assert value_of(lambda x: HOLDER.f(x)) == Call(Method("f"), (Global(ME, "HOLDER", HOLDER), Ref("x")))


def test_methods_of_locals():
    assert value_of(lambda x: x.sum(axis=0)) == Call(Method("sum"), (Ref("x"),), (("axis", Const(0)),))
    assert value_of(lambda np: np.exp(3)) == Call(Method("exp"), (Ref("np"), Const(3)))
    assert value_of(lambda len: len(3)) == Call(Value(), (Ref("len"), Const(3)))


def test_cells():
    def make(f, unit):
        return lambda x: f(x) + unit
    fn = lower(read(make(np.exp, 2)))
    assert fn.cells == ("f", "unit")
    assert fn.body[0].value.args == (Call(Value(), (Ref("f"), Ref("x"))), Ref("unit"))


def test_missing_names():
    value = value_of(lambda: nowhere)  # noqa: F821
    assert value == Global(ME, "nowhere", MISSING) and repr(value.value) == "MISSING"
    assert value_of(lambda x: nowhere(x)).target == Value()  # noqa: F821
    assert value_of(lambda: np.nowhere) == Call(Attribute("nowhere"), (Global(ME, "np", np),))


def test_names_are_local_everywhere_in_a_function():
    def f(x):
        if x:
            SCALE = 3.0
        return SCALE
    assert lower(read(f)).body[-1].value == Ref("SCALE")


def test_not_importable():
    local = lambda x: x
    assert home(local) is None and home(HOLDER) is None and home(math) is None
    assert home(Model.forward) == (ME, "Model.forward")


def test_public_home_of_private_functions():
    special = pytest.importorskip("scipy.special")
    assert home(special.logsumexp) == ("scipy.special", "logsumexp")


def test_notes_and_origins():
    def f(x: float, y: "np.ndarray"):
        print(x)
        z = y
        return z
    fn = lower(read(f))
    assert fn.notes["globals"] is globals() and fn.notes["callable"] is f
    assert fn.notes["annotations"] == {"x": "float", "y": "'np.ndarray'"}
    first = f.__code__.co_firstlineno
    assert [(type(s), s.origin.line - first, s.origin.column) for s in fn.body] == [
        (Effect, 1, 8), (Assign, 2, 8), (Return, 3, 8)]
    assert fn.origin.line == first and fn.source.module == ME and ME in sys.modules
