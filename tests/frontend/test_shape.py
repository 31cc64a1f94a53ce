"""The shape of NORMAL: what a reader sees, (before, after)."""
import inspect

import numpy as np
import pytest

from srcgrad.emit.printer import print_function
from srcgrad.frontend.examples import define, surface
from srcgrad.frontend.normalize import normalize
from srcgrad.frontend.pure import is_pure
from srcgrad.ir.check import check
from srcgrad.ir.nodes import Call, Fn, Ref

PAIRS = {
    "names of temporaries": ("""
        def f(z, x, i):
            return np.exp(z) * x[i] + x.shape[0] + x[i, 0] + x.sum() + np.exp(z + 1) + x[1:]
        """, """
        def f(z, x, i):
            exp_z = np.exp(z)
            x_i = x[i]
            t = exp_z * x_i
            x_shape = x.shape
            t_2 = x_shape[0]
            t_3 = t + t_2
            x_i_0 = x[i, 0]
            t_4 = t_3 + x_i_0
            sum_x = x.sum()
            t_5 = t_4 + sum_x
            t_6 = z + 1
            t_7 = np.exp(t_6)
            t_8 = t_5 + t_7
            x_part = x[1:]
            t_9 = t_8 + x_part
            return t_9
        """),
    "user names stay whole": ("""
        def f(t, cond, out):
            if t * cond > 1:
                return out
            return t
        """, """
        def f(t, cond, out):
            t_2 = t * cond
            cond_2 = t_2 > 1
            if cond_2:
                out_2 = out
            else:
                out_2 = t
            return out_2
        """),
    "a conditional goes straight into its name": ("""
        def f(a, b):
            y = a if a > b else b * 2
            return y if y else a
        """, """
        def f(a, b):
            cond = a > b
            if cond:
                y = a
            else:
                y = b * 2
            if y:
                out = y
            else:
                out = a
            return out
        """),
    "and, or of comparisons stay": ("""
        def f(a, b):
            if 0 < a < b and (b or not a):
                a = a or b
            while a > 0 and b > 0:
                a -= b
            return a
        """, """
        def f(a, b):
            cond = 0 < a and a < b and (b or not a)
            if cond:
                cond_2 = not a
                if cond_2:
                    a = b
            while a > 0 and b > 0:
                a -= b
            return a
        """),
    "swap": ("""
        def f(a, b, x):
            a, b = b, a + b
            p, q = a * 2, b * 3
            x[0], x[1] = x[1], x[0]
            return p + q
        """, """
        def f(a, b, x):
            t_3 = b
            b = a + b
            a = t_3
            p = a * 2
            q = b * 3
            t = x[1]
            t_2 = x[0]
            x[0] = t
            x[1] = t_2
            t_4 = p + q
            return t_4
        """),
    "break and continue": ("""
        def f(x, n):
            for i in range(n):
                if x > 9:
                    x = 9
                    break
                if x < 0:
                    continue
                x = x * x
            return x
        """, """
        def f(x, n):
            for i in range(n):
                cond = x > 9
                if cond:
                    x = 9
                    break
                else:
                    cond_2 = x < 0
                    cond_3 = not cond_2
                    if cond_3:
                        x = x * x
            return x
        """),
    "return in a loop": ("""
        def f(x, n):
            for i in range(n):
                if x[i] > 9:
                    return x[i]
            return 0.0
        """, """
        def f(x, n):
            returned = False
            for i in range(n):
                x_i = x[i]
                cond = x_i > 9
                if cond:
                    out = x[i]
                    returned = True
                    break
            cond_2 = not returned
            if cond_2:
                out = 0.0
            return out
        """),
    "an endless loop needs no flag": ("""
        def f(x):
            while True:
                x = x * 2
                if x > 9:
                    return x
        """, """
        def f(x):
            while True:
                x = x * 2
                cond = x > 9
                if cond:
                    out = x
                    break
            return out
        """),
    "a test with effects moves into the loop": ("""
        def f(x, step):
            while step(x) > 0:
                x = x / 2
            return x
        """, """
        def f(x, step):
            while True:
                t = step(x)
                cond = t > 0
                if cond:
                    x = x / 2
                else:
                    break
            return x
        """),
    "a pure function of the user stays in the test": ("""
        def norm(v):
            s = 0.0
            for each in v:
                s += each * each
            return np.sqrt(s)
        def f(x):
            while norm(x) > 1:
                x = x / 2
            x[0] += norm(x)
            return x
        """, """
        def f(x):
            while norm(x) > 1:
                x = x / 2
            norm_x = norm(x)
            x[0] += norm_x
            return x
        """),
    "one loop-else flag": ("""
        def f(x, n):
            for i in range(n):
                if i > x:
                    break
            else:
                x = 0
            return x
        """, """
        def f(x, n):
            stop = False
            for i in range(n):
                cond = i > x
                if cond:
                    stop = True
                    break
            cond_2 = not stop
            if cond_2:
                x = 0
            return x
        """),
    "iterables stay in sight": ("""
        def f(x):
            for i, (a, b) in enumerate(zip(x, x[1:]), start=1):
                print(a)
            for i in reversed(range(len(x) - 1)):
                print(i)
            for v in x * 2:
                print(v)
        """, """
        def f(x):
            x_part = x[1:]
            for i, (a, b) in enumerate(zip(x, x_part), start=1):
                print(a)
            len_x = len(x)
            t = len_x - 1
            for i in reversed(range(t)):
                print(i)
            t_2 = x * 2
            for v in t_2:
                print(v)
            return None
        """),
    "checks stay where they are": ("""
        def f(x):
            assert np.all(x > 0), f"bad {x}"
            if x.ndim != 1:
                raise ValueError(f"{x.ndim} dims")
            return x
        """, """
        def f(x):
            assert np.all(x > 0), f"bad {x}"
            x_ndim = x.ndim
            cond = x_ndim != 1
            if cond:
                raise ValueError(f"{x.ndim} dims")
            return x
        """),
}


@pytest.mark.parametrize("name", PAIRS)
def test_pairs(name):
    before, after = map(inspect.cleandoc, PAIRS[name])
    fn = check(normalize(check(surface(before, np=np), "surface")), "normal")
    assert print_function(fn).replace("example.", "").strip() == after
    assert fn.temporaries.isdisjoint(p.name for p in fn.params)


def test_temporaries_are_recorded():
    fn = normalize(surface("def f(x, n):\n    for x[0] in range(n):\n        y = x * 2 + 1\n    return y"))
    assert fn.temporaries == {"t", "t_2"}


@pytest.mark.parametrize("body, pure", [
    ("return x * 2", True),
    ("y = x * 2\n    return np.sum(y) + len(y)", True),
    ("s = 0\n    s += x\n    return s", True),
    ("s = x\n    s += 1\n    return s", False),
    ("x += 1\n    return x", False),
    ("x[0] = 1\n    return x", False),
    ("print(x)\n    return x", False),
    ("return x.pop()", False),
    ("return np.add(x, 1, x)", False),
    ("return np.add(x, 1, out=x)", False),
    ("np.copyto(x, 1)\n    return x", False),
    ("return f(x - 1) if x > 0 else x", True),
    ("return [v for v in x]", False),
])
def test_pure(body, pure):
    function = define(f"def f(x):\n    {body}\n", np=np)
    assert is_pure(Call(Fn("example", "f", function), (Ref("x"),))) is pure
