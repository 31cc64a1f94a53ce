"""Passes that rest on types: shapes, broadcasts, sums, factors. Pairs before and after, and what must stay."""
from dataclasses import replace

import numpy as np
import pytest

from srcgrad.emit.printer import print_function
from srcgrad.ir.nodes import Comment
from srcgrad.ir.types import FLOAT, INT, Num, Size
from srcgrad.optimise.broadcasts import broadcasts
from srcgrad.optimise.common import common
from srcgrad.optimise.deadcode import deadcode
from srcgrad.optimise.factors import factors
from srcgrad.optimise.propagate import propagate
from srcgrad.optimise.shapes import shapes
from srcgrad.optimise.sums import sums

from .test_passes import ARRAY, body, ir, text, typed

COLUMN = Num("array", "float64", (Size("m"), 1))
SINGLE = Num("array", "float32", (Size("n"),))
TYPES = {"x": ARRAY, "y": ARRAY, "r": COLUMN, "s": FLOAT, "x4": SINGLE, "i": INT, "z": Num("number", "float64", ())}
VALUES = {"x": np.array([0.5, -1.5, 2.0, 0.25]), "y": np.array([1.5, 3.0, -0.7, 0.1]), "r": np.array([[2.0], [-3.0], [0.3]]),
          "s": 0.3, "x4": np.array([0.5, -1.5, 2.0, 0.25], np.float32), "i": 2, "z": np.float64(-0.7)}


def changed(change, code, *, user=(), folded=True):
    """The statements of a function of x, y, r (a column), s, x4, i and z, after a pass that changes no value, and that leaves
    alone what it has made."""
    f = ir("def f(x, y, r, s, x4, i, z):\n" + "\n".join("    " + line for line in code.split("\n")), user=user)
    f = propagate(f) if folded else f
    g = change(f, typed(TYPES))
    assert body(change(g, typed(TYPES))) == body(g)
    assert same(f, g)
    return body(g)


def same(f, g):
    space = {"np": np}
    results = []
    for h in (f, g):
        exec(print_function(h), space)
        results.append(space["f"](**{n: np.copy(v) if np.ndim(v) else v for n, v in VALUES.items()}))
    a, b = results
    return type(a) is type(b) and np.asarray(a).dtype == np.asarray(b).dtype and np.array_equal(a, b)


# ------------------------------------------------------------------ shapes
@pytest.mark.parametrize(("code", "after"), [
    ("t = y * np.log(x * x)\nreturn np.zeros(t.shape) + t.size", "np.zeros(y.shape) + y.size"),
    ("t = r * x\nu = t + r * y\nreturn np.zeros(u.shape)", "np.zeros((r * x + r * y).shape)"),  # two lengths: not those of r
    ("return np.zeros((x * y).shape)", "np.zeros(x.shape)"),
    ("t = np.cumsum(x)\nreturn np.zeros_like(t)", "np.zeros_like(x)"),
    ("t = x4 * s\nreturn np.zeros_like(t)", "np.zeros_like(x4)"),
])
def test_shapes_come_from_arrays_that_are_there(code, after):
    assert text(after) in changed(lambda f, types: propagate(shapes(f, types)), code)


@pytest.mark.parametrize("code", [
    "t = x * y\nreturn np.zeros(t.shape) + t",  # the contents are read too
    "t = x4 > s\nreturn np.zeros_like(t)",  # another dtype
    "t = np.concatenate([x, y])\nreturn np.zeros(t.shape)",  # another shape
    "t = x * y\nx = x[1:]\nreturn np.zeros(t.shape)",  # x is rebound, y is the user's and would do: see below
    "return np.zeros(x[1:].shape)",
])
def test_shapes_that_stay(code):
    user = ("t",)
    before = body(ir("def f(x, y, r, s, x4, i, z):\n" + "\n".join("    " + line for line in code.split("\n")), user=user))
    after = changed(shapes, code, user=user, folded=False)
    assert after == before or "y.shape" in after


def test_a_pair_keeps_nothing_for_its_shape_alone():
    def half(last):
        f = ir("def f(x, y, r, s, x4, i, z):\n    t = x * y\n    v = np.mean(t)\n"
               f"    b = np.zeros(t.shape){last}\n    return v, b")
        return replace(f, body=(*f.body[:2], Comment("backward"), *f.body[2:]))

    assert "t.shape" in body(shapes(half(""), typed(TYPES), True))  # neither x nor y is kept
    assert "y.shape" in body(shapes(half(" + y"), typed(TYPES), True))
    assert "t.shape" in body(shapes(half(" + y"), typed(TYPES), False))  # in one function t is there anyway


# ------------------------------------------------------------------ broadcasts
@pytest.mark.parametrize(("code", "after"), [
    ("b = np.broadcast_to(s / x.size, x.shape)\nc = y * b / x\nreturn c + b * y", "b = s / x.size\nreturn y * b / x + b * y"),
    ("b = np.broadcast_to(s, x.shape)\nc = -b\nd = 2 * c\nreturn d * y + c / x", "c = -s\nreturn 2 * c * y + c / x"),
    ("b = np.full_like(x, s)\nreturn x / b - b", "return x / s - s"),
    ("b = np.broadcast_to(s, x.shape)\nc = x * y\nc += b\nreturn c", "c = x * y\nc += s\nreturn c"),
    ("b = np.broadcast_to(s, x.shape)\nc = x * y\nc[:] = b\nreturn c", "c = x * y\nc[:] = s\nreturn c"),
    ("b = np.full_like(x4, s)\nreturn x4 * b", "return x4 * s"),
    ("b = np.broadcast_to(np.sum(r * x, axis=1)[:, None], (r * x).shape)\nreturn r * x - b",
     "return r * x - np.sum(r * x, axis=1)[:, None]"),
    ("b = np.broadcast_to(s, x.shape)\nc = np.broadcast_to(b[:, None], (x[:, None] * y).shape)\nreturn c * (x[:, None] * y)",
     "return s * (x[:, None] * y)"),
])
def test_broadcasts_of_scalars_that_only_meet_arrays(code, after):
    assert changed(lambda f, types: deadcode(propagate(broadcasts(f, types))), code) == text(after)


@pytest.mark.parametrize("code", [
    "b = np.broadcast_to(s, x.shape)\nc = y * b\nreturn c + np.cumsum(b)",  # read as a whole
    "b = np.broadcast_to(s, x.shape)\nreturn r * b",  # the other has another shape
    "b = np.full_like(x, s)\nb[1:] = 0\nreturn b * y",  # written to
    "b = np.full_like(x, s)\nc = b\nc *= 2.0\nreturn b * y",  # written to under another name
    "b = np.full_like(x4, s)\nreturn x * b",  # rounded to float32
    "b = np.broadcast_to(z, x4.shape)\nreturn x4 * b",  # a NumPy number makes doubles, as the array did, on some versions only
    "b = np.broadcast_to(s, x.shape)\nif i > 1:\n    b = y\nreturn b * y",  # bound twice
    "b = np.broadcast_to(s, x.shape)\nreturn b @ y",
    "b = np.broadcast_to(r[:, 0], (4, 3))\nreturn b * r[0, 0]",
    "b = np.broadcast_to(y, (3, 4))\nreturn b * r",  # no scalar
])
def test_broadcasts_that_stay(code):
    assert "broadcast_to(" in changed(broadcasts, code) or "full_like(" in changed(broadcasts, code)


# ------------------------------------------------------------------ sums
@pytest.mark.parametrize(("code", "after"), [
    ("b = -(x / y)\nb += y * x\nreturn b", "b = y * x - x / y\nreturn b"),
    ("b = x * y\nb -= 2.0 * x\nb += s\nreturn b", "b = x * y - 2.0 * x + s\nreturn b"),
    ("b = s * 2.0\nb += z\nreturn b", "b = s * 2.0 + z\nreturn b"),
    ("b = np.sum(x)\nc = x * 2.0\nb = float(b)\nreturn c * b + c", "b = float(np.sum(x))\nc = x * 2.0\nreturn c * b + c"),
])
def test_two_lines_for_one_name(code, after):
    assert changed(sums, code) == text(after)


@pytest.mark.parametrize("code", [
    "b = x\nb += y\nreturn b + x",  # writes into x
    "b = x[1:]\nb += y[1:]\nreturn x",
    "b = x4 * x4\nb += x\nreturn b",  # stays float32
    "b = np.reshape(x, (1, 4)) * x4\nb += y\nreturn b",  # of two shapes
    "b = x * y\nb += b\nreturn b",  # reads what it adds to
    "b = x * y\nc = b\nb += x\nreturn c",  # seen under another name
    "b = np.sum(x)\nc = b * x\nb = float(b)\nreturn b * c",  # read in between
    "b = x * y * x * y * x * y * x * y * x * y * x * y\nb += y * x * y * x * y * x * y * x * y * x * y\nreturn b",  # long
])
def test_lines_that_stay(code):
    before = body(propagate(ir("def f(x, y, r, s, x4, i, z):\n" + "\n".join("    " + line for line in code.split("\n")))))
    assert changed(sums, code) == before


def test_names_of_the_user_keep_their_lines():
    code = "b = x * y\nb += s\nc = np.sum(b)\nc = float(c)\nreturn c"
    assert changed(sums, code, user=("b", "c")) == text(code)


@pytest.mark.parametrize(("code", "after"), [
    ("b = x\nc = np.sum(y)\nb = b * c + y\nreturn b", "c = np.sum(y)\nb = x * c + y\nreturn b"),
    ("b = x * y\nb = b - x\nreturn b", "b = x * y - x\nreturn b"),
])
def test_names_that_go_on(code, after):
    assert changed(sums, code, user=("c",)) == text(after)


@pytest.mark.parametrize("code", [
    "b = x\nx = y\nb = b * x\nreturn b",  # x is another by then
    "b = x\nx[0] = s\nb = b * y\nreturn b",  # and here it has other contents, which b has too: nothing is moved over a store
    "b = x * y\nb = b * b\nreturn b",  # would be computed twice
])
def test_names_that_do_not(code):
    before = body(propagate(ir("def f(x, y, r, s, x4, i, z):\n" + "\n".join("    " + line for line in code.split("\n")))))
    assert changed(sums, code) == before


# ------------------------------------------------------------------ common
@pytest.mark.parametrize(("code", "after"), [
    ("b = x / y\nc = np.sum(s * (x / y))\nreturn b * c", "b = x / y\nc = np.sum(s * b)\nreturn b * c"),
    ("b = x / y\nb -= np.sum(s * (x / y))\nreturn b", "b = x / y\nb -= np.sum(s * b)\nreturn b"),
    ("b = np.exp(x)\nc = y\nif i > 1:\n    c = 2.0 * np.exp(x)\nreturn b * c", "if i > 1:\n    c = 2.0 * b"),
])
def test_values_that_are_there(code, after):
    assert text(after) in changed(lambda f, types: common(f), code, user=("b", "c"))


@pytest.mark.parametrize("code", [
    "b = x / y\ny = x\nreturn b * (x / y)",  # y is another
    "b = x / y\ny[0] = s\nreturn b * (x / y)",  # or has other contents
    "b = x / y\nc = b\nc *= s\nreturn s * (x / y)",  # b has
    "b = x / y\nc = x / y\nc *= s\nreturn b * c",  # c is memory of its own
    "b = x / y\nc = (x / y)[1:]\nc *= s\nreturn b[1:] * c",  # and so is what c is part of
    "if i > 1:\n    b = x / y\n    y = b * s\nc = s * (x / y)\nreturn c",  # b need not be there
    "b = x / y\nfor k in range(i):\n    c = s * (x / y)\n    y = y * c\nreturn b * c",  # the second trip finds another y
])
def test_values_that_are_not(code):
    f = ir("def f(x, y, r, s, x4, i, z):\n" + "\n".join("    " + line for line in code.split("\n")), user="bc")
    before = body(propagate(f))
    assert changed(lambda f, types: common(f), code, user=("b", "c")) == before


def test_a_pair_hands_over_nothing_more():
    f = propagate(ir("def f(x, y):\n    b = x / y\n    v = np.sum(b)\n    c = 2.0 * (x / y)\n    return v, c", user="bvc"))
    f = replace(f, body=(*f.body[:2], Comment("backward"), *f.body[2:]))
    assert "x / y" in body(common(f, True)).partition("v = ")[2]
    assert "x / y" not in body(common(f, False)).partition("v = ")[2]


# ------------------------------------------------------------------ factors
@pytest.mark.parametrize(("code", "after"), [
    ("return 2 * x * s", "return 2 * s * x"),
    ("return -4.0 * x * (s / x.size)", "return -4.0 * (s / x.size) * x"),
    ("return -(x * z)", "return -z * x"),
    ("return -(2 * x * z)", "return -2 * z * x"),
    ("return 2 * x4 * s", "return 2 * s * x4"),
    ("return np.sum(-r, axis=0) * y", "return -np.sum(r, axis=0) * y"),
    ("return -(y * x) - y * x", "return -2 * y * x"),
    ("return x4 + x4", "return 2 * x4"),
    ("return r.T.T * y", "return r * y"),
    ("return -(3 * x * y)", "return -3 * x * y"),
])
def test_scalars_come_first(code, after):
    assert changed(factors, code) == text(after)


@pytest.mark.parametrize("code", ["return 3 * x * s", "return 2 * x * y", "return 2 * s * z", "return -(x * y)",
                                  "return 2 * r * x", "return 2 * x4 * z", "return 0 * x * s",
                                  "return i + i", "return x + y", "return (x > s) + (x > s)", "return -(0 * x * y)",
                                  "return y * x - x * y"])
def test_factors_that_stay(code):
    assert changed(factors, code) == text(code)
