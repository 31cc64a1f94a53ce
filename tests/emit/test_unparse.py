"""Expressions as text: what is printed parses back to the tree it came from."""
import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srcgrad.emit.imports import Imports
from srcgrad.emit.raising import BINARY, COMPARE, UNARY, to_ast
from srcgrad.emit.unparse import text
from srcgrad.ir.nodes import (
    Attribute, Build, Call, Choose, Const, Expr, Fn, Lazy, Method, Operator, Ref, Slice, Value, item,
)

SAME = [
    "(-1) ** 2", "-1 ** 2", "2 ** -1", "2 ** 3 ** 4", "(2 ** 3) ** 4", "-x ** -y", "(-x) ** 2", "--x", "-(x + y)",
    "a - (b - c)", "a - b - c", "a * (b / c)", "a / b / c", "a @ (b @ c)", "a + b * c", "(a + b) * c", "a // b % c",
    "a << b + c", "a & b | c ^ d", "(a | b) & c", "~x & y", "~(x & y)", "not a", "not (a and b)", "(not a) == b",
    "not a == b", "a < b", "(a < b) < c", "a < (b < c)", "a < b < c", "a in b", "a not in b", "a is None", "a is not b",
    "a and b or c", "a and (b or c)", "a or b and c", "(a if b else c) if d else e", "a if b else c if d else e",
    "a if (b if c else d) else e", "(a if b else c) + d", "f(a if b else c)", "(a, b)[0]", "a[b, c]", "a[b,]", "a[()]",
    "a[(b, c), d]", "a[1:-1, 0]", "a[:]", "a[::2]", "a[i:, ..., None]", "a[i + 1:n]", "a[1:2, (3, 4)]", "a[i][j]",
    "(a + b)[i]", "(a + b).T", "a.b.c", "(1).real", "1.5.real", "(-1).bit_length()", "f(x)(y)", "(a or b)(c)",
    "f((a, b), c)",
    "f(a, k=(b, c))", "[(a, b), c]", "[]", "()", "(a,)", "{}", '{"a": 1, b: (c, d)}', "{a, b}",
    '"it\'s"', "'say \"it\"'", 'b"x"', '"\\n\\\\"', "f'a{x}b'", 'f"{x!r:>10}"', "f'{a[\"k\"]}'", "f'{ {1: 2}[1] }'",
    "1e400 * x", "2j * x", "(1 + 2j) ** 2", "10 ** 20", "a[f(b, c):d]", "(lambda x: x)(1)", "f(*a, **b)",
    "x if y else -z",
    "(x, y) if z else (y, x)", "-x[0]", "(-x)[0]", "x.T @ y", "(x @ y).T", "not x in y", "- 1 .real",
]


@pytest.mark.parametrize("source", SAME)
def test_round_trip(source):
    tree = ast.parse(source, mode="eval").body
    printed = text(tree)
    assert ast.dump(ast.parse(printed, mode="eval").body) == ast.dump(tree), printed


@pytest.mark.parametrize("source", [
    "1 / (1 + np.exp(-z))", "-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))", "dt * u[1:-1] * (u[2:] - u[:-2])",
    "A[i, :j] @ A[:j, j]", "b_a @ params[\"W\"].T", "abs(step) < 1e-9",
    "1e20 * x + 1.5e-300 * 1e-10j", "x ** -2", "(-1) ** n", "a if b else c",
    "f\"{x:.3f}\"", "not (a or b)", "x[(a, b), :]", "x[:, None] if x.ndim == 1 else x",
])
def test_prints_as_written(source):
    assert text(ast.parse(source, mode="eval").body) == source


# ------------------------------------------------------------------ random trees
NAMES = st.sampled_from("abcxyz")
KEYS = st.sampled_from(["a", "it's", 'say "it"', "{}", "\n", "\\", "", "é", "\x0c", "'''\"\"\"", "#"])
NUMBERS = st.one_of(st.integers(-3, 3), st.integers(), st.floats(), st.complex_numbers(), st.booleans())
LEAVES = st.one_of(
    NAMES.map(Ref), NUMBERS.map(Const), st.sampled_from([None, ..., b"'\"\x00"]).map(Const), KEYS.map(Const),
    st.sampled_from([1.5, -0.0, complex(-0.0, 1), 2j, -2j, complex(0, -1), complex(1, -0.0)]).map(Const),
)
FORMATS = st.sampled_from([".3f", ">10", "", "{"]).map(Const)


def grow(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    some = st.lists(inner, max_size=3).map(tuple)
    part = st.none() | inner
    slices = st.builds(Slice, part, part, part)
    keys = st.lists(st.one_of(inner, slices), max_size=3).map(lambda k: Build("tuple", tuple(k)))
    keys = st.one_of(inner, slices, keys)
    binary = st.sampled_from([*BINARY, *COMPARE]).map(Operator)
    formatted = st.one_of(inner, st.builds(lambda e, f: Call(Fn("builtins", "format"), (e, f)), inner, FORMATS),
                          st.builds(lambda e: Call(Fn("builtins", "repr"), (e,)), inner), KEYS.map(Const))
    return st.one_of(
        st.builds(lambda o, a, b: Call(o, (a, b)), binary, inner, inner),
        st.builds(lambda o, a: Call(Operator(o), (a,)), st.sampled_from([*UNARY]), inner),
        st.builds(item, inner, keys),
        st.builds(lambda a, n: Call(Attribute(n), (a,)), inner, NAMES),
        st.builds(lambda a, n, r, k: Call(Method(n), (a, *r), k), inner, NAMES, some, st.just((("axis", Ref("x")),))),
        st.builds(lambda a, r: Call(Value(), (a, *r)), inner, some),
        st.builds(lambda n, r: Call(Fn("numpy", n), r), NAMES, some),
        st.builds(Build, st.sampled_from(["tuple", "list", "set"]), some),
        st.builds(lambda a, b: Build("dict", (a, b, b, a)), inner, inner),
        st.builds(lambda parts: Build("fstring", tuple(parts)), st.lists(formatted, max_size=4)),
        st.builds(lambda o, a, b: Lazy(o, (a, b)), st.sampled_from(["and", "or"]), inner, inner),
        st.builds(Choose, inner, inner, inner),
        slices,
    )


def has_fallback(printed: str) -> bool:
    """An f-string that older versions of Python cannot say is printed as a call of str.format."""
    return ".format(" in printed


@settings(max_examples=400, deadline=None)
@given(st.recursive(LEAVES, grow, max_leaves=12))
def test_random_expressions_round_trip(e):
    tree = to_ast(e, Imports())
    printed = text(tree)
    parsed = ast.parse(printed, mode="eval").body
    assert has_fallback(printed) or ast.dump(parsed) == ast.dump(tree)
    assert "\n" not in printed


@settings(max_examples=300, deadline=None)
@given(NUMBERS)
def test_constants_evaluate_to_themselves(value):
    result = eval(text(to_ast(Const(value), Imports())))
    assert (type(result), repr(result)) == (type(value), repr(value))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(KEYS.map(Const), st.just(Ref("x")), st.just(item(Ref("d"), Const("it's"))),
                          st.just(item(Ref("d"), Const('"\\'))))))
def test_fstrings_evaluate(parts):
    names = {"x": 1.5, "d": {"it's": 2, '"\\': 3}}
    wanted = "".join(str(eval(text(to_ast(p, Imports())), {}, dict(names))) for p in parts)
    printed = text(to_ast(Build("fstring", tuple(parts)), Imports()))
    assert eval(printed, {}, names) == wanted


def test_other_values_are_no_literals():
    with pytest.raises(TypeError, match="object has no literal"):
        to_ast(Const(object()), Imports())


def test_numpy_scalars_are_no_literals():
    import numpy as np
    with pytest.raises(TypeError, match="float64 has no literal"):
        to_ast(Const(np.float64(1)), Imports())


def test_huge_integers():
    value = 7 ** 10_000
    assert eval(text(to_ast(Const(value), Imports()))) == value


def test_format_specs():
    x = Ref("x")
    form = Call(Fn("builtins", "format"), (Call(Fn("builtins", "repr"), (x,)), Const(">8")))
    assert text(to_ast(Build("fstring", (Const("= "), form)), Imports())) == 'f"= {x!r:>8}"'
