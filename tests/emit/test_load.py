"""Generated text as functions: tracebacks, live names, cells, defaults."""
import re
import inspect
import linecache
import pickle
import sys
import traceback
import types

import numpy as np
import pytest

from srcgrad.emit.imports import DEFAULTS
from srcgrad.emit.load import annotate, bind_cells, bind_defaults, load
from srcgrad.emit.printer import print_module
from srcgrad.ir.nodes import (
    Assign, Build, Call, Const, Fn, Function, Global, Origin, Param, Ref, Return, Source, op, tup,
)

SOURCE = Source("model.py", 7, "", "model")
X = Ref("x")


def module(value, *before, name="f", params=(Param("x"),), **rest):
    return print_module([Function(name, tuple(params), (*before, Return(value)), SOURCE, **rest)])


def test_the_text_is_shown():
    text = module(op("truediv", Const(1), X))
    f = load(text)["f"]
    linecache.checkcache()
    assert inspect.getsource(f) == text.text
    assert re.fullmatch(r"srcgrad\.generated\.\d+\.f", f.__module__)
    with pytest.raises(ZeroDivisionError) as caught:
        f(0)
    assert "return 1 / x" in "".join(traceback.format_exception(caught.value))


def test_the_file_name_follows_the_content():
    names = [load(m)["f"].__code__.co_filename for m in [module(X), module(X), module(Const(1))]]
    assert names[0] == names[1] != names[2]
    assert names[0].startswith("<srcgrad f ") and len(names[0]) == len("<srcgrad f 01234567>")


def test_names_are_bound_to_modules():
    f = load(module(Call(Fn("numpy", "tanh"), (X,))))["f"]
    assert f(0.5) == np.tanh(0.5)
    assert f.__globals__["np"] is np


def test_globals_of_an_importable_module_are_live(monkeypatch):
    user = types.ModuleType("user_module_of_this_test")
    user.rate = 2
    monkeypatch.setitem(sys.modules, user.__name__, user)
    text = module(op("mul", X, Global(user.__name__, "rate", 2)))
    for f in [load(text)["f"], load(text, globals_of={user.__name__: user.__dict__})["f"]]:
        user.rate = 2
        assert f(3) == 6
        user.rate = 5
        assert f(3) == 15
        assert f.__globals__[user.__name__] is user


@pytest.mark.parametrize("name", ["__main__", "<string>", "no-such-module", "numpy"])
def test_globals_of_executed_code_are_live(name):
    names = {"rate": 2}
    f = load(module(op("mul", X, Global(name, "rate", 2))), globals_of={name: names})["f"]
    assert f(3) == 6
    names["rate"] = 5
    assert f(3) == 15
    del names["rate"]
    with pytest.raises(NameError, match="name 'rate' is not defined"):
        f(3)


def test_cells_are_live():
    def scope(k):
        def read(): return k
        def write(value):
            nonlocal k
            k = value
        return read.__closure__[0], write

    cell, write = scope(2)
    text = module(op("mul", X, Ref("k")), cells=("k",))
    namespace = load(text, cells={"f": {"k": cell}})
    assert namespace["f"](3) == 6
    write(5)
    assert namespace["f"](3) == 15
    assert inspect.getsource(namespace["f"]) == text.text
    assert namespace["f"].__qualname__ == "f"

    free = load(text)["f"]
    with pytest.raises(NameError, match="free variable 'k'"):
        free(3)
    assert bind_cells(free, {"k": cell})(3) == 15


def test_cells_may_be_rebound_and_named_like_the_function():
    cell = types.CellType(1)
    f = load(module(X, Assign("k", X), cells=("k",)), cells={"f": {"k": cell}})["f"]
    f(7)
    assert cell.cell_contents == 7
    own = types.CellType(abs)
    text = module(Call(Fn("builtins", "max"), (Ref("f"), X), ()), cells=("f",))
    assert load(text, cells={"f": {"f": own}})["f"].__closure__ == (own,)


def test_recursion_goes_through_the_module():
    calls = Return(tup(Ref("k"), Call(Fn("", "g"), (X,))))
    text = print_module([Function("f", (Param("x"),), (calls,), SOURCE, cells=("k",)),
                         Function("g", (Param("x"),), (Return(op("mul", Ref("k"), X)),), SOURCE, cells=("k",))])
    f = load(text, cells={"f": {"k": types.CellType(2)}, "g": {"k": types.CellType(3)}})["f"]
    assert f.__code__.co_freevars == ("k",)
    assert f(5) == (2, 15)


def test_defaults_are_the_original_objects():
    original, items = object(), []
    params = [Param("x", "either", Global(DEFAULTS, "x", original)), Param("y", "either", Build("list", ())),
              Param("z", "keyword", Global(DEFAULTS, "z", items))]
    f = load(module(X, params=params))["f"]
    assert f.__defaults__[0] is original and f.__kwdefaults__["z"] is items
    bind_defaults(f, {"y": items, "z": original, "w": 1})
    assert f.__defaults__ == (original, items) and f.__defaults__[1] is items
    assert f.__kwdefaults__ == {"z": original}


def test_defaults_survive_binding_cells():
    params = [Param("x", "either", Const(1)), Param("z", "keyword", Const(2))]
    f = load(module(Ref("k"), params=params, cells=("k",), doc="Doc."))["f"]
    assert (f.__defaults__, f.__kwdefaults__, f.__doc__) == ((1,), {"z": 2}, "Doc.")


def test_errors_name_the_users_line(tmp_path):
    path = tmp_path / "model.py"
    path.write_text("def f(x):\n    y = 1 / x\n    return y\n")
    first = Assign("y", op("truediv", Const(1), X), origin=Origin(str(path), 2))
    text = module(Ref("y"), first)
    with pytest.raises(ZeroDivisionError) as caught:
        load(text)["f"](0)
    annotate(caught.value, text.lines)
    annotate(caught.value)
    if sys.version_info >= (3, 11):
        assert caught.value.__notes__ == [f"differentiating {path}:2: y = 1 / x"]
    annotate(ValueError("raised elsewhere"))


def test_loading_leaves_nothing_behind():
    before = set(sys.modules)
    namespace = load(module(X, cells=("k",)))
    assert set(sys.modules) == before
    assert set(namespace) - {"__builtins__"} == {"__name__", "__file__", "__srcgrad_lines__", "__srcgrad_namespace__", "f"}
    with pytest.raises(pickle.PicklingError):
        pickle.dumps(namespace["f"])
