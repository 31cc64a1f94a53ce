"""Every program computes, in NORMAL, what Python computes: same results, same effects in the same order."""
import copy
from collections import namedtuple

import gast
import pytest

from srcgrad.emit.load import bind_cells, load
from srcgrad.emit.printer import print_function, print_module
from srcgrad.frontend import accepted
from srcgrad.frontend.exits import exits
from srcgrad.frontend.expressions import Expressions
from srcgrad.frontend.flatten import flatten
from srcgrad.frontend.lower import Statements, lower
from srcgrad.frontend.normalize import normalize
from srcgrad.frontend.read import read
from srcgrad.ir.check import check

from tests.frontend import programs, programs_syntax  # noqa: F401  (it registers its programs)
from tests.frontend.interpret import run

IDS = [f"{function.__name__}-{number}" for number, (function, _) in enumerate(programs.CASES)]
Outcome = namedtuple("Outcome", "value error said args")


def outcome(function, args):
    """What a call returns or raises, what it said, and what it made of its arguments."""
    args, value, error = copy.deepcopy(args), None, None
    programs.SAID.clear()
    try:
        value = function(*args)
    except Exception as raised:
        error = type(raised), str(raised), raised.__cause__
    return repr(Outcome(value, error, list(programs.SAID), args))


@pytest.mark.parametrize("function, args", programs.CASES, ids=IDS)
def test_normal_means_the_same(function, args):
    fn = check(normalize(check(lower(read(function)), "surface")), "normal")
    expected = outcome(function, args)
    reset(function)
    assert outcome(lambda *a: run(fn, *a), args) == expected
    reset(function)


@pytest.mark.parametrize("function, args", programs.CASES, ids=IDS)
def test_normal_prints_and_runs(function, args):
    fn = normalize(lower(read(function)))
    module = print_module([fn])
    namespace = load(module, globals_of={fn.source.module: function.__globals__})
    cells = dict(zip(fn.cells, function.__closure__ or ()))
    expected = outcome(function, args)
    reset(function)
    assert outcome(bind_cells(namespace[module.names[0]], cells), args) == expected, module.text
    reset(function)


def reset(function):
    """Puts captured state back."""
    for cell in function.__closure__ or ():
        if isinstance(cell.cell_contents, list):
            cell.cell_contents[:] = [0]
        elif isinstance(cell.cell_contents, int):
            cell.cell_contents = 1


@pytest.mark.parametrize("function", list(dict.fromkeys(f for f, _ in programs.CASES)), ids=lambda f: f.__name__)
def test_normalize_changes_nothing_twice(function):
    once = normalize(lower(read(function)))
    assert print_function(normalize(once)) == print_function(once)
    assert print_function(exits(once)) == print_function(once) == print_function(flatten(once))


def test_every_row_has_a_method():
    for kind in accepted.ACCEPTED:
        assert hasattr(Statements, kind.__name__) or hasattr(Expressions, kind.__name__)


def test_every_row_is_used():
    used = {type(node) for f, _ in programs.CASES for node in gast.walk(read(f).node)}
    assert set(accepted.ACCEPTED) <= used


def test_no_construct_is_accepted_and_refused():
    assert not set(accepted.ACCEPTED) & set(accepted.REFUSED)
