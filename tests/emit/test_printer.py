"""Statements, functions and modules as text."""
import ast
import textwrap

import numpy as np
import pytest

from srcgrad.emit.imports import DEFAULTS, HELPERS, Imports
from srcgrad.emit.printer import expression, print_function, print_module
from srcgrad.ir.nodes import (
    Assign, Break, Build, Call, Comment, Const, Continue, Effect, Fn, For, Function, Global, If, Origin, Param, Ref,
    Return, Slice, Source, Store, Update, While, item, op, tup,
)

SOURCE = Source("model.py", 7, "def f(x):\n    return x\n", "model")
X, Y = Ref("x"), Ref("y")


def function(*body, name="f", params=(Param("x"),), **rest):
    return Function(name, tuple(params), body, SOURCE, **rest)


def body_of(*statements, **rest):
    printed = print_function(function(*statements, **rest))
    ast.parse(printed)
    return textwrap.dedent(printed.split("\n", 1)[1])


def header_of(*params, **rest):
    printed = print_function(function(Return(X), params=params, **rest)).split("\n")[0]
    return printed.removeprefix("def f(").removesuffix("):")


def fn(path, value=None):
    return Fn(*path.rsplit(".", 1), value)


# ------------------------------------------------------------------ statements
@pytest.mark.parametrize("statement, text", [
    (Assign("y", X), "y = x"),
    (Assign(("a", "b"), tup(Y, X)), "a, b = y, x"),
    (Assign(("a", ("b", "c")), X), "a, (b, c) = x"),
    (Assign(("a",), X), "a, = x"),
    (Assign("a", tup(X)), "a = (x,)"),
    (Update("x", "add", tup(X, Y)), "x += (x, y)"),
    (Update("x", "pow", Const(2)), "x **= 2"),
    (Update("x", "and_", Y), "x &= y"),
    (Store(X, tup(Slice(Const(1), Const(-1)), Const(0)), Y), "x[1:-1, 0] = y"),
    (Store(item(X, Const("a")), Const(0), Y, "truediv"), 'x["a"][0] /= y'),
    (Return(tup(X, Y)), "return x, y"),
    (Return(tup()), "return ()"),
    (Return(Const(None)), "return None"),
    (Effect("expr", (Call(Fn("builtins", "print"), (X,)),)), "print(x)"),
    (Effect("assert", (X,)), "assert x"),
    (Effect("assert", (X, Const("no"))), 'assert x, "no"'),
    (Effect("raise", ()), "raise"),
    (Effect("raise", (X,)), "raise x"),
    (Effect("raise", (X, Y)), "raise x from y"),
    (For("i", X, (Break(),)), "for i in x:\n    break"),
    (For(("a", "b"), tup(X, Y), (Continue(),), (Return(X),)), "for a, b in (x, y):\n    continue\nelse:\n    return x"),
    (While(Const(True), (Break(),), (Break(),)), "while True:\n    break\nelse:\n    break"),
    (If(X, ()), "if x:\n    pass"),
    (If(X, (), (Break(),)), "if x:\n    pass\nelse:\n    break"),
    (If(X, (), (If(Y, (), (Return(X),)),)), "if x:\n    pass\nelif y:\n    pass\nelse:\n    return x"),
    (If(X, (), (If(Y, ()), Return(X))), "if x:\n    pass\nelse:\n    if y:\n        pass\n    return x"),
    (If(X, (Comment("none"),)), "if x:\n    # none\n    pass"),
])
def test_statement(statement, text):
    assert body_of(statement) == text + "\n"


def test_comments_stand_alone_after_a_blank_line():
    assert body_of(Comment("forward"), Assign("y", X), Comment("backward"), Return(Y)) == textwrap.dedent("""\
        # forward
        y = x

        # backward
        return y
        """)


def test_comments_on_the_right():
    short, long = Assign("y", X), Assign("y", Call(Fn("", "g"), (X,) * 14))
    edge = Assign("y" * 37, X)
    loop, inner = For("i", X, (short,)), If(X, (), (If(Y, (short,)),))
    notes = {"comments": {short: "L9", long: "L10", edge: "L11", loop: "L12", inner: "L13", inner.orelse[0]: "L14:\nx"}}
    printed = print_function(function(short, long, edge, loop, inner, notes=notes)).split("\n")
    commented = [line for line in printed if "#" in line]
    assert [line.index("#") for line in commented] == [48, 53, 48, 48, 48, 48, 48, 48]
    assert commented[0] == "    y = x" + 39 * " " + "# L9"
    assert commented[-2].split() == "elif y: # L14: x".split()


def test_docstrings():
    assert body_of(doc="One line.") == '"""One line."""\n'
    assert body_of(Return(X), doc="Two\n\n    lines.\n  ") == '"""Two\n\nlines.\n"""\nreturn x\n'
    for doc in ['ends in "quotes"', 'has """ in it', "back\\slash \\n", "form\x0cfeed", 'two\nlines """']:
        tree = ast.parse(print_function(function(Return(X), doc=doc)))
        assert ast.get_docstring(tree.body[0]).rstrip("\n") == doc
        assert "\x0c" not in print_function(function(Return(X), doc=doc))


# ------------------------------------------------------------------ functions
@pytest.mark.parametrize("params, text", [
    ((), ""),
    ((Param("a", "positional"), Param("b")), "a, /, b"),
    ((Param("a"), Param("b", "either", Const(-1.0))), "a, b=-1.0"),
    ((Param("a"), Param("b", "keyword", Const(None)), Param("c", "keyword")), "a, *, b=None, c"),
    ((Param("a"), Param("args", "varargs"), Param("b", "keyword"), Param("kw", "varkw")), "a, *args, b, **kw"),
    ((Param("a", "positional", Const(1)), Param("b", "either", Build("list", ()))), "a=1, /, b=[]"),
    ((Param("a", "either", Global(DEFAULTS, "a", object())),), "a=_default_a"),
])
def test_parameters(params, text):
    assert header_of(*params) == text


def test_cells_as_keywords_or_free():
    f = function(Return(op("add", X, Ref("k"))), params=(Param("x"), Param("b", "keyword", Const(1))), cells=("k",))
    assert print_function(f).startswith("def f(x, *, b=1):")
    assert print_function(f, cells="keywords").startswith("def f(x, *, b=1, k):")


def test_a_rebound_cell_is_nonlocal():
    f = function(Assign("k", X), Return(X), cells=("k",))
    assert print_function(f) == "def f(x):\n    nonlocal k\n    k = x\n    return x\n"


def test_lambdas_get_a_name():
    assert print_function(function(Return(X), name="<lambda>")).startswith("def lambda_(x):")


# ------------------------------------------------------------------ modules
def test_module():
    first = Assign("y", Call(fn("numpy.tanh", np.tanh), (X,)), origin=Origin("model.py", 8))
    g = function(first, Return(Y), name="g")
    call = Call(fn("srcgrad.runtime.helpers.unbroadcast"), (Call(Fn("", "g"), (X,)), Y))
    f = function(Return(call), params=(Param("x"), Param("y")))
    module = print_module([g, f], doc="Generated.")
    assert module.text == textwrap.dedent('''\
        """Generated."""
        import numpy as np
        from srcgrad.runtime.helpers import unbroadcast


        def g(x):
            y = np.tanh(x)
            return y


        def f(x, y):
            return unbroadcast(g(x), y)
        ''')
    assert module.lines == {6: Origin("model.py", 7), 7: Origin("model.py", 8), 11: Origin("model.py", 7)}
    assert module.names == ("g", "f") and not module.cells
    assert [(b.name, b.module) for b in module.imports] == [("np", "numpy"), ("unbroadcast", HELPERS)]


def test_nothing_to_import():
    assert print_module([function(Return(X))]).text == "def f(x):\n    return x\n"


def imports_of(*exprs, locals=()):
    body = [Assign(name, Const(0)) for name in locals] + [Return(tup(*exprs))]
    *lines, last = print_module([function(*body)]).text.rstrip("\n").split("\n")
    return [line for line in lines if "import" in line], last.strip().removeprefix("return ")


def test_names_of_modules():
    pi, erf = Global("numpy", "pi", np.pi), Call(fn("scipy.special.erf"), (X,))
    assert imports_of(pi, erf) == (["import numpy as np", "from scipy import special"], "np.pi, special.erf(x)")
    assert imports_of(Global("model", "settings.rate")) == (["import model"], "model.settings.rate,")
    assert imports_of(Global("__main__", "rate")) == (["import __main__"], "__main__.rate,")
    assert imports_of(Global("math", "pi")) == (["import math"], "math.pi,")
    assert imports_of(Global("pkg.math", "pi")) == (["import pkg.math as math_2"], "math_2.pi,")
    assert imports_of(Call(fn("numpy.linalg.solve"), (X,))) == (["import numpy as np"], "np.linalg.solve(x),")
    assert imports_of(Global("a.m", "p"), Global("b.m", "p"))[0] == ["import b.m as m_2", "from a import m"]


def test_collisions_with_local_names():
    assert imports_of(Global("numpy", "pi"), locals=["np"]) == (["import numpy as np_2"], "np_2.pi,")
    assert imports_of(Global("model", "pi"), locals=["model"]) == (["import model as model_2"], "model_2.pi,")
    total = Call(Fn("builtins", "sum"), (X,))
    assert imports_of(total) == ([], "sum(x),")
    assert imports_of(total, locals=["sum"]) == (["import builtins"], "builtins.sum(x),")
    assert imports_of(Const(float("inf")), locals=["float"])[1] == 'builtins.float("inf"),'
    helper = Call(fn("srcgrad.runtime.helpers.zeros_like"), (X,))
    assert imports_of(helper, locals=["zeros_like"]) == (
        ["from srcgrad.runtime.helpers import zeros_like as zeros_like_2"], "zeros_like_2(x),")


def test_long_helper_imports_wrap():
    calls = [Call(fn(f"srcgrad.runtime.helpers.helper_number_{i:02}"), (X,)) for i in range(9)]
    text = print_module([function(Return(tup(*calls)))]).text
    assert text.startswith("from srcgrad.runtime.helpers import (\n    helper_number_00,\n    helper_number_01,\n")
    assert len(ast.parse(text).body[0].names) == 9


def test_functions_hidden_by_locals_are_refused():
    with pytest.raises(ValueError, match="hide what the module defines: g"):
        print_function(function(Assign("g", X), Return(Call(Fn("", "g"), (X,)))))
    with pytest.raises(ValueError, match="np"):
        print_function(function(Assign("np", X), Return(Global("numpy", "pi"))), Imports())


def test_different_defaults_of_one_name():
    default = [Param("a", "either", Global(DEFAULTS, "a", object())) for _ in "12"]
    module = print_module([function(Return(Ref("a")), name="f", params=default[:1]),
                           function(Return(Ref("a")), name="g", params=default[1:])])
    assert "def f(a=_default_a):" in module.text and "def g(a=_default_a_2):" in module.text
    assert [b.value for b in module.imports] == [p.default.value for p in default]


def test_printing_is_deterministic():
    module = function(Return(tup(Global("b", "x"), Global("a", "x"), Global("numpy", "pi"))))
    assert print_module([module]).text == print_module([module]).text


def test_contains_in_the_order_of_operator():
    assert expression(op("in_", X, Y), Imports()) == "x in y"
