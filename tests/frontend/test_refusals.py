"""What is refused says where, what and what to do instead."""
import inspect

import pytest

from srcgrad.errors import SrcgradError, UnsupportedSyntax
from srcgrad.frontend import accepted
from srcgrad.frontend.examples import define, surface
from srcgrad.frontend.normalize import normalize

REFUSALS = [
    # body, construct, the text under the caret, a word of the hint
    ("yield x", "`yield`", "yield x", "list"),
    ("y = yield from x", "`yield from`", "yield from", "list"),
    ("with x as (a, b): pass", "a `with` that binds anything but a name", "(a, b)", "one name"),
    ("with x: return 1", "leaving a `with` early (return, break, continue) where it may also swallow exceptions", "x", "after"),
    ("try: pass\n    except* E: pass", "`except*`", "try", "`if`"),
    ("try: pass\n    finally: return x", "leaving a `finally` by return, break or continue", "try", "after"),
    ("class A: pass", "a class definition inside a function", "class", "module level"),
    ("global g\n    def g(): pass", "a global that is bound otherwise than by an assignment", "global", "NAME = value"),
    ("async def g(): pass", "`async def`", "async def g", "ordinary function"),
    ("def g():\n        yield 1", "`yield`", "yield 1", "list"),
    ("y = super().f(x)", "`super()` without arguments", "super()", "super(TheClass, self)"),
    ("y = locals()['x']", "`locals()`", "locals()", "name the variables"),
    ("y = f(z for z in x)", "a generator expression that is not consumed on the spot", "(z", "list comprehension"),
    ("y = (z for z in x)", "a generator expression that is not consumed on the spot", "(z", "list comprehension"),
    ("del x[1:9:2]", "`del` of a slice with a step, or of an attribute", "x[1:9:2]", "new value"),
    ("del x.h", "`del` of a slice with a step, or of an attribute", "x.h", "new value"),
    ("match x:\n        case [a, 1] | [1, a]: pass", "a pattern of alternatives that bind names", "[a, 1]", "each alternative"),
    ("match x:\n        case C(a): pass", "a pattern of a class whose positional patterns are not known", "C(a)", "attributes"),
    ("import no_such_module", "an import that fails", "import", "top of the file"),
    ("import math\n    math = x", "a name that is both imported and assigned in a function", "import", "another name"),
    ("if x:\n        y = (z for z in x)", "a generator expression that is not consumed on the spot", "(z", "list"),
    ("y = eval('x')", "`eval`", "eval", "expression itself"),
]


def raised(text):
    with pytest.raises(UnsupportedSyntax) as info:
        surface(text)
    return info.value


@pytest.mark.parametrize("body, construct, under, hint", REFUSALS, ids=[row[0] for row in REFUSALS])
def test_refused(body, construct, under, hint):
    text = f"# a comment\ndef f(x):\n    {body}\n    return x\n"
    error = raised(text)
    assert isinstance(error, SrcgradError) and isinstance(error, SyntaxError)
    assert error.message == f"in f: {construct} is not supported"
    line = text.splitlines()[error.lineno - 1]
    assert line[error.offset:].startswith(under) and error.text == line
    assert hint in error.hint
    assert error.filename.startswith("<example-")
    caret = str(error).splitlines()[2]
    assert str(error).splitlines()[1][caret.index("^"):].startswith(under)


@pytest.mark.parametrize("header, construct, under", [
    ("async def f(x)", "`async def`", "async def"),
])
def test_refused_headers(header, construct, under):
    text = f"{header}:\n    return x\n"
    error = raised(text)
    assert error.message == f"in f: {construct} is not supported" and error.lineno == 1
    assert text[error.offset:].startswith(under) and error.hint


def test_names_that_look_refused_are_not():
    assert surface("def f(eval, locals): return eval(locals())").params[0].name == "eval"


def test_the_whole_message():
    error = raised("def f(x):\n    y = é(é for é in x)\n    return y\n")
    assert str(error).split(":", 1)[1] == inspect.cleandoc("""
        2: in f: a generator expression that is not consumed on the spot is not supported
            y = é(é for é in x)
                 ^
        hint: write a list comprehension: [... for ...]""")


def test_carets_count_characters():
    error = raised("def f(x):\n    y = 'é', (z for z in x)\n    return y\n")
    assert error.text[error.offset:].startswith("(z")


def test_inside_a_nested_function():
    error = raised("def f(x):\n    def g():\n        class A: pass\n    return x\n")
    assert error.message == "in g: a class definition inside a function is not supported" and error.lineno == 3


def test_every_refusal_has_a_hint():
    rows = [*accepted.REFUSED.values(), *accepted.REFUSED_CALLS.values()]
    assert all(row.construct and row.hint for row in rows)


def test_lines_are_those_of_the_file():
    f = define("\n\n@property\ndef f(x):\n    return x\n\ndef g(x):\n    return x\n")
    assert f.__code__.co_firstlineno == 5


def test_names_that_nothing_binds():
    with pytest.raises(UnsupportedSyntax, match="local variable `y` is read but never bound") as info:
        normalize(surface("def f(x):\n    return y\n    y = 1\n", y=5))
    assert info.value.lineno == 2 and info.value.hint
