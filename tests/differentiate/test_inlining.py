"""Inlining a function into a frame of its own computes what the function computes, with the caller's names left alone."""
from dataclasses import replace

import pytest

from srcgrad.differentiate.inlining import bind_arguments, inline, taken
from srcgrad.emit.load import bind_cells, load
from srcgrad.emit.printer import print_function, print_module
from srcgrad.frontend.examples import define, normal
from srcgrad.frontend.lower import lower
from srcgrad.frontend.normalize import normalize
from srcgrad.frontend.read import read
from srcgrad.ir.check import check
from srcgrad.ir.nodes import Assign, Call, Closure, Const, Global, Ref, Return, Value
from srcgrad.ir.walk import all_names, bound_in, expressions, operands, statements
from tests.frontend import programs
from tests.frontend.test_programs import outcome, reset

def plain(f):
    """Parameters that can be given by position, and no functions inside, which are inlined and never printed elsewhere."""
    fn = normalize(lower(read(f)))
    return all(p.kind in ("positional", "either") for p in fn.params) and not any(
        isinstance(e, Closure) for s in statements(fn.body) for part in operands(s) for e in expressions(part))


CALLS = [(f, args) for f, args in programs.CASES if plain(f)]


def inlined(fn, steady):
    """A function that calls `fn` with its own parameters, whose names are those of fn's own variables, inlined."""
    arguments = {p.name: Ref(p.name) for p in fn.params}
    cells = {name: Ref(name) for name in fn.cells}
    found = inline(fn, arguments, taken(fn), fn.origin, steady=steady, outer=cells)
    assert not bound_in(found.body) & all_names(fn)
    return replace(fn, body=(*found.body, Return(found.value)), temporaries=found.temporaries)


@pytest.mark.parametrize("steady", [lambda e: True, lambda e: False], ids=["substituted", "copied"])
@pytest.mark.parametrize(("function", "args"), CALLS, ids=[f"{f.__name__}-{i}" for i, (f, _) in enumerate(CALLS)])
def test_computes_the_same(function, args, steady):
    fn = normalize(lower(read(function)))
    if bound_in(fn.body) & set(fn.cells):
        return  # writes to captured variables: those are the outer function's own
    module = print_module([check(inlined(fn, steady), "normal")])
    namespace = load(module, globals_of={fn.source.module: function.__globals__})
    cells = dict(zip(fn.cells, function.__closure__ or ()))
    expected = outcome(function, args)
    reset(function)
    assert outcome(bind_cells(namespace[module.names[0]], cells), args) == expected, module.text
    reset(function)


def test_a_parameter_that_is_rebound_is_a_copy():
    f = normal("def f(x, n):\n    x = x * n\n    return x")
    found = inline(f, {"x": Ref("x"), "n": Const(3)}, taken(f), f.origin)
    text = print_function(replace(f, body=(*found.body, Return(found.value))))
    assert text.splitlines()[1:] == ["    x_2 = x", "    x_2 = x_2 * 3", "    return x_2"]


def test_a_name_that_may_change_is_read_once():
    f = normal("def f(x):\n    return x")
    found = inline(f, {"x": Global("m", "rate", 1.0)}, taken(f), f.origin)
    assert isinstance(found.body[0], Assign) and found.value == Ref("x_2")


def test_every_statement_is_a_new_one():
    f = normal("def f(x):\n    for i in range(3):\n        x = x * 2\n    return x")
    namer = taken(f)
    first, second = (inline(f, {"x": Ref("x")}, namer, f.origin) for _ in range(2))
    every = [*first.moved.values(), *second.moved.values()]
    assert len(set(map(id, every))) == len(every) == 4
    assert not bound_in(first.body) & bound_in(second.body)


BOUND = [
    ("def f(a, b=2, *, k=3): return a", (1,), {}, {"a": 1, "b": 2, "k": 3}),
    ("def f(a, b=2, *, k=3): return a", (1, 5), {"k": 7}, {"a": 1, "b": 5, "k": 7}),
    ("def f(a, /, b): return a", (1,), {"b": 5}, {"a": 1, "b": 5}),
    ("def f(a, b): return a", (1,), {"a": 5}, None),
    ("def f(a, /, b): return a", (), {"a": 1, "b": 5}, None),
    ("def f(a): return a", (), {}, None),
    ("def f(a): return a", (1, 2), {}, None),
    ("def f(a): return a", (1,), {"c": 2}, None),
    ("def f(a, *, k): return a", (1, 2), {}, None),
]


@pytest.mark.parametrize(("text", "args", "kwargs", "expected"), BOUND)
def test_arguments_are_bound_as_python_does(text, args, kwargs, expected):
    call = Call(Value(), tuple(map(Const, args)), tuple((n, Const(v)) for n, v in kwargs.items()))
    f = normal(text)
    if expected is None:
        with pytest.raises(TypeError):
            define(text)(*args, **kwargs)
        with pytest.raises(TypeError):
            bind_arguments(f, call)
    else:
        assert {n: e.value for n, e in bind_arguments(f, call).items()} == expected
