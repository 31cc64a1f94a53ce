"""Sources are found where Python found them, and never taken for another function's."""
import functools
import importlib.util
import linecache
import math
import sys
import textwrap

import gast
import numpy as np
import pytest

from srcgrad.errors import SourceUnavailable
from srcgrad.frontend.examples import define
from srcgrad.frontend.read import read


def plain(x):
    return x + 1


@functools.lru_cache
@functools.wraps(plain)
def decorated(x):
    return x + 2


def outer(scale):
    def inner(x):
        return x * scale
    return inner


PAIR = (lambda x: x + 1, lambda x: x + 2, lambda x, y=(lambda z: z + 1): y(x))
TWINS = (lambda x: x, lambda x: x)
MAKERS = [(lambda a: lambda b: a + b), (lambda a: lambda b: a - b)]


@pytest.fixture
def module(tmp_path):
    """`module(text)` writes a file and imports it."""
    def load(text, name="written"):
        path = tmp_path / f"{name}.py"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, path)
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
        return loaded, path
    return load


def body(function):
    node = read(function).node
    return gast.dump(node.body if isinstance(node, gast.Lambda) else node)


def test_plain():
    code = read(plain)
    assert isinstance(code.node, gast.FunctionDef) and code.node.name == "plain"
    assert code.source.text == "def plain(x):\n    return x + 1\n"
    assert code.source.at(code.source.line + 1) == "return x + 1" == code.line(code.source.line + 1).strip()
    assert code.source.filename == __file__ and code.source.line == plain.__code__.co_firstlineno
    assert code.function is plain and code.globals is globals() and code.cells == () and code.module == __name__


def test_decorated():
    code = read(decorated.__wrapped__)
    assert code.source.text.startswith("def decorated") and code.line(code.source.line).startswith("def decorated")


def test_closures():
    code = read(outer(2))
    assert code.cells == ("scale",) and code.node.name == "inner" and code.source.text.startswith("    def inner")


def test_lambdas_on_one_line():
    assert "value=1" in gast.dump(read(PAIR[0]).node) and "value=2" in gast.dump(read(PAIR[1]).node)
    assert read(PAIR[2]).node.args.args[1].id == "y"
    assert read(PAIR[2].__defaults__[0]).node.args.args[0].id == "z"


def test_lambdas_in_lambdas():
    plus, minus = MAKERS[0](1), MAKERS[1](1)
    assert "Add" in body(plus) and "Sub" in body(minus) and read(minus).cells == ("a",)
    assert "Lambda" in body(MAKERS[0]) and "Sub" in body(MAKERS[1])


def test_equal_lambdas_are_the_same_function():
    assert body(TWINS[0]) == body(TWINS[1])


def test_lambda_over_several_lines(module):
    text = """
        f = [
            (lambda x:
                x +
                1), lambda x: x]
    """
    loaded, _ = module(text)
    assert "BinOp" in body(loaded.f[0]) and "BinOp" not in body(loaded.f[1])


def test_private_names():
    class Model:
        def f(self, __x):
            return self.__w * __x + self.__dunder__
    names = [n.attr for n in gast.walk(read(Model.f).node) if isinstance(n, gast.Attribute)]
    assert sorted(names) == ["_Model__w", "__dunder__"]
    assert read(Model.f).node.args.args[1].id == "_Model__x"


def test_text_in_linecache():
    f = define("\n\ndef f(x):\n    return x\n")
    assert read(f).source.line == 1 and read(f).module == "example"


def test_functions_with_asserts_that_pytest_rewrites():
    def check(x):
        assert x > 0, "rewritten"
        return x
    assert isinstance(read(check).node.body[0], gast.Assert)


def test_redefinition_on_other_lines(module):
    loaded, _ = module("def f(x): return x\ng = f\ndef f(x): return -x\n")
    assert "UnaryOp" in body(loaded.f) and "UnaryOp" not in body(loaded.g)


@pytest.mark.parametrize("change", [
    lambda text: text.replace("x * 2", "x * 3"),
    lambda text: text.replace("x * 2", "x + 2"),
    lambda text: "# a line more\n" + text,
    lambda text: text.replace("sin", "cos"),
    lambda text: "",
    lambda text: "def f(x:",
])
def test_edited_after_import(module, change):
    loaded, path = module("import math\ndef f(x):\n    return math.sin(x * 2)\n")
    assert read(loaded.f)
    path.write_text(change(path.read_text()))
    with pytest.raises(SourceUnavailable) as info:
        read(loaded.f)
    error = info.value
    assert error.filename == str(path) and error.lineno == 2 and "source of f" in error.message
    assert error.hint


def test_edited_elsewhere(module):
    loaded, path = module("def f(x):\n    return x\n")
    path.write_text(path.read_text() + "\ndef g(x):\n    return 2\n")
    assert read(loaded.f)


def test_no_source():
    scope = {}
    exec("def f(x):\n    return x", scope)
    with pytest.raises(SourceUnavailable, match="source of f is not available") as info:
        read(scope["f"])
    assert isinstance(info.value, OSError) and "linecache" in info.value.hint and info.value.lineno == 1


@pytest.mark.parametrize("thing", [math.exp, np.exp, len, 3, functools.partial(plain), print])
def test_not_a_function(thing):
    with pytest.raises(SourceUnavailable, match="has no Python source") as info:
        read(thing)
    assert "rule" in info.value.hint


def test_future_annotations(module):
    loaded, _ = module("""
        from __future__ import annotations
        def f(x: Unknown) -> Unknown:
            y: Unknown = x
            return y
    """)
    assert read(loaded.f)


def test_cache_is_keyed_by_content():
    first, second = define("def f(x): return x"), define("def f(x): return 2 * x")
    code = second.__code__.replace(co_filename=first.__code__.co_filename)
    second.__code__ = code
    with pytest.raises(SourceUnavailable):
        read(second)
    linecache.cache[code.co_filename] = linecache.cache[read(define("def f(x): return 2 * x")).source.filename]
    assert read(second)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of 3.12")
def test_type_parameters():
    f = define("def f[T](x: T) -> T:\n    return x\n")
    assert read(f).node.name == "f"
