"""Ints whose value the program says: where they are known, where they give dims, and where they must be lost."""
import textwrap

import numpy as np
import pytest

from srcgrad.analyse.types import infer
from srcgrad.frontend.examples import define
from srcgrad.frontend.lower import lower
from srcgrad.frontend.normalize import normalize
from srcgrad.frontend.read import read
from srcgrad.ir.types import INT, List, Num, Size, Tuple, integer, join, without_values, is_cut

N, M = Size("n"), Size("m")
PARAMS = {"A": Num("array", "float64", (N, M)), "x": Num("array", "float64", (N,)), "k": INT}


def result(code):
    """The type of what a function of A, x and k returns."""
    body = textwrap.indent(textwrap.dedent(code), "    ")
    f = normalize(lower(read(define(f"def f(A, x, k):\n{body}", np=np))))
    return infer(f, PARAMS).result


KNOWN = [
    ("return A.shape[0]", N),
    ("n, m = A.shape\nreturn m - 1", Size("m", -1)),
    ("return A.shape[-1] + 2", Size("m", 2)),
    ("return len(A)", N),
    ("return len(A.shape) * 3", 6),
    ("return x.size - len(x)", 0),
    ("t = (3, 4)\nreturn t[1] - t[0]", 1),
    ("n = 7\nif k > 1:\n    n = 9 - 2\nreturn n", 7),
    ("return -(7 // 2)", -3),
]


@pytest.mark.parametrize(("code", "value"), KNOWN, ids=[c for c, _ in KNOWN])
def test_known(code, value):
    assert result(code) == integer(value)


LOST = [
    "return k",
    "return k + 1",
    "return len(x) * len(A)",
    "return len(x) - 3",  # may be negative, where a length would be 0
    "return A.shape[0] - A.shape[1]",
    "n = 1\nif k > 1:\n    n = 2\nreturn n",
    "n = 0\nfor i in range(k):\n    n = n + 1\nreturn n",
    "n = 3\nwhile n < k:\n    n += 1\nreturn n",
    "s = [0]\ns.append(4)\nreturn s[0]",
    "s = [2]\nt = s\nt[0] = 5\nreturn s[0]",
    "return max(1, k)",
    "return abs(-3)",
    "return int(np.floor(2.5))",
    "return 2 ** 3",
]


@pytest.mark.parametrize("code", LOST)
def test_lost(code):
    t = result(code)
    assert not isinstance(t, Num) or t.value is None


DIMS = [
    ("n = A.shape[0]\nm = A.shape[1]\nreturn np.zeros((n, m))", (N, M)),
    ("t = (3, 4)\nreturn np.ones(t)", (3, 4)),
    ("return np.zeros(len(x))", (N,)),
    ("n = len(x)\nreturn x[1:n - 1]", (Size("n", -2),)),
    ("n = len(x)\nreturn x[:n]", (N,)),
    ("n = len(x)\nreturn x[n - 2:]", (2,)),
    ("n = len(x)\nreturn x[:n + 1]", (None,)),
    ("n = len(x)\nreturn x[:n:2]", (None,)),
    ("n = len(x)\nreturn x[n::-1]", (None,)),
    ("n = len(x)\nreturn x[:n - 3]", (None,)),
    ("n, m = A.shape\nreturn x[:m]", (None,)),
    ("n = 2\nreturn x[:n]", (2,)),
    ("n, m = A.shape\nreturn np.zeros((n - 3, k))", (None, None)),
    ("return np.eye(A.shape[1])", (M, M)),
    ("n = len(x)\nreturn np.arange(1, n)", (None,)),
    ("n = len(x)\nreturn np.arange(n)", (N,)),
    ("i = 1\nreturn np.sum(A, axis=i)", (N,)),
]


@pytest.mark.parametrize(("code", "dims"), DIMS, ids=[c for c, _ in DIMS])
def test_dims(code, dims):
    t = result(code)
    assert isinstance(t, Num) and tuple(None if is_cut(d) else d for d in t.dims or ()) == dims


def test_joins_and_containers_lose_what_differs():
    assert join(integer(2), integer(2)) == integer(2)
    assert join(integer(2), integer(3)) == INT != integer(2)
    assert List(integer(2)) == List(INT)
    assert without_values(Tuple((integer(2), Num("array", "float64", (N,))))) == Tuple((INT, Num("array", "float64", (N,))))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5])
def test_dims_are_those_at_run_time(n):
    """Each program on arrays of small sizes: lengths of 0 and 1 are no names."""
    def dim(length, name):
        return Size(name) if length >= 2 else length
    m = n + 1
    params = {"A": Num("array", "float64", (dim(n, "n"), dim(m, "m"))), "x": Num("array", "float64", (dim(n, "n"),)), "k": INT}
    for code in [c for c, _ in KNOWN + DIMS]:
        body = textwrap.indent(textwrap.dedent(code), "    ")
        function = define(f"def f(A, x, k):\n{body}", np=np)
        t = infer(normalize(lower(read(function))), params).result
        try:
            value = function(np.ones((n, m)), np.ones(n), 2)
        except (ValueError, IndexError):
            continue
        actual = {"n": n, "m": m}
        known = t.dims if isinstance(value, np.ndarray) else (t.value,)
        shape = np.shape(value) if isinstance(value, np.ndarray) else (value,)
        for d, length in zip(known or (), shape):
            if d is not None and not is_cut(d):
                exact = d if isinstance(d, int) else actual[d.name] + d.plus
                assert exact == length or isinstance(value, np.ndarray) and max(0, exact) == length, (code, n)
