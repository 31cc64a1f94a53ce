"""What a helper call is specialised to has its value, shape and dtype."""
import importlib.util

import numpy as np
import pytest

from srcgrad.ir.nodes import Build, Call, Const, Fn, Ref, Slice
from srcgrad.ir.types import FLOAT, UNKNOWN, Num, Size
from srcgrad.rules import registry
from srcgrad.rules.specialise import SPECIALISE
from srcgrad.runtime import helpers as h

from .evaluate import Case, as_expr, evaluate, show, type_of
from .samples import A3, B3, CUBE, M, RANKS, array, pair, table_cases
from .samples_linalg import specialised_cases

F4 = array(2, 3, dtype="f4")
WIDE = array(2, 1)


def cases():
    yield from (c for c in table_cases() if c.target in SPECIALISE)
    for x in (A3, 0.5, np.arange(3), F4, np.float64(0.5), 2, array()):
        yield Case(h.zeros_like, (x,))
        yield Case(h.seed, (1.0, x))
        yield Case(h.seed, (np.float64(1.5), x))
    for g, x in [(M, M), (M, A3), (M, WIDE), (M, array(1, 3)), (CUBE, array(4)), (CUBE, array(3, 1)), (M, 0.5),
                 (F4, F4), (F4, array(3, dtype="f4")), (F4, A3), (A3, array()), (0.5, 1.5), (np.float64(0.5), 1.5),
                 (pair(3), A3), (pair(2, 3), pair(3)), (array(), 0.5), (array(), array())]:
        yield Case(h.unbroadcast, (g, x))
    for x in (M, A3, CUBE, F4, 0.5, array(), pair(3)):
        for axis in (None, 0, 1, -1, (0, 1)):
            rank = np.ndim(x)
            if axis is None or all(-rank <= i < rank for i in np.atleast_1d(axis)):
                for keepdims in (False, True):
                    yield Case(h.expand, (np.sum(x, axis=axis, keepdims=keepdims), x, axis, keepdims))
                yield Case(h.count, (x, axis))
                if np.size(x) > 1:
                    yield Case(h.var_slope, (x, axis, 0))
                    yield Case(h.var_slope, (x, axis, 1))
    for n in (0, 1, 2, 3, 4, -1, -2, 0.5, 1.5, 2.0, 1.0, -0.5):
        for x in (array(3, low=0.3), 0.7, np.float64(0.7), array(2, low=0.3, dtype="f4"), pair(2)):
            yield Case(h.power_slope, (x, n))
    yield Case(h.log_or_zero, (2,))
    yield Case(h.negated, (2,))
    yield Case(np.roll, (A3, 1), {"axis": None})
    for f in (np.tril, np.triu, np.diag):
        yield Case(f, (M,), {"k": 0})
        yield Case(f, (M,), {"k": 1})
    yield Case(np.repeat, (A3, 2), {"axis": None})
    yield Case(np.take, (A3, 2), {"axis": 0, "mode": "raise"})
    yield Case(np.compress, ([True, False, True], A3), {"axis": None})
    yield Case(h.negated, (np.int64(2),))
    yield Case(h.abs_slope, (F4,))
    yield Case(h.quotient, (0.5, A3))
    yield Case(h.inside, (A3, None, 1))
    yield Case(h.inside, (A3, -1, 1))
    yield Case(h.inside, (A3, 0, None))
    for f in (np.real, np.conj):
        yield Case(f, (A3,))
        yield Case(f, (pair(3),))
        yield Case(f, (0.5,))
    for left, right, f, ranks in [(h.matmul_left, h.matmul_right, np.matmul, RANKS),
                                  (h.dot_left, h.dot_right, np.dot, RANKS[:4]),
                                  (h.inner_left, h.inner_right, np.inner, [((3,), (3,)), ((2, 3), (3,)), ((3,), (2, 3)),
                                                                          ((2, 3), (4, 3))]),
                                  (h.outer_left, h.outer_right, np.outer, [((2,), (3,)), ((2, 2), (3,))]),
                                  (h.vdot_left, h.vdot_right, np.vdot, [((3,), (3,)), ((2, 3), (2, 3)),
                                                                        ((2, 3), (6,))])]:
        for a, b in ranks:
            for dtype in ("f8", "f4"):
                x, y = array(*a, dtype=dtype), array(*b, dtype=dtype)
                g = np.asarray(array(*np.shape(f(x, y)), dtype=dtype))[()]
                yield Case(left, (g, x, y))
                yield Case(right, (g, x, y))
        x, y = pair(3), pair(3)
        g = np.asarray(pair(*np.shape(f(x, y))))[()]
        yield Case(left, (g, x, y))
        yield Case(right, (g, x, y))
    for f in (np.sum, np.mean, np.prod, np.max, np.min, np.cumsum, np.flip, np.squeeze):
        yield Case(f, (M,), {"axis": None})
        yield Case(f, (array(2, 1),), {"axis": 1})
    yield Case(np.sum, (M,), {"axis": None, "keepdims": False})
    yield Case(np.sum, (M,), {"axis": 0, "keepdims": True})
    yield Case(np.reshape, (M, (3, 2)), {"order": "C"})
    yield Case(np.ravel, (M,), {"order": "C"})
    yield Case(np.ravel, (M,), {"order": "F"})
    yield Case(h.trace_adjoint, (1.5, M))
    yield Case(h.trace_adjoint, (1.5, array(3, 3), 1))
    yield Case(h.converted, (A3, B3))
    yield Case(h.converted, (A3, array(3, dtype="f4")))
    yield Case(np.transpose, (M, None))
    yield Case(np.transpose, (CUBE, (1, 2, 0)))
    yield Case(np.transpose, (CUBE,))
    yield from specialised_cases()
    if importlib.util.find_spec("scipy"):
        from . import samples_scipy
        registry.find(np.sin)  # loads the rules of SciPy, which samples_scipy imports
        yield from samples_scipy.specialised_cases()


CASES = list(cases())


def specialised(function, *args, types=None, **kwargs):
    """The specialised expression of a call, the call itself, and the environment of its names."""
    env = {}
    call = Call(Fn("m", function.__name__, function), tuple(as_expr(a, env, "gxyzabcdefhijk"[i]) for i, a in enumerate(args)),
                tuple((k, as_expr(v, env, k)) for k, v in kwargs.items()))

    def type_of_expr(e):
        if isinstance(e, Ref):
            return (types or {}).get(e.name) or type_of(env[e.name], sizes=True)
        return type_of(e.value) if isinstance(e, Const) else UNKNOWN
    return SPECIALISE[function](call, type_of_expr), env


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{c}" for i, c in enumerate(CASES)])
def test_equal_to_the_helper(case):
    found, env = specialised(case.target, *case.args, **case.kwargs)
    if found is None:
        return
    with np.errstate(all="ignore"):
        expected, value = case.target(*case.args, **case.kwargs), evaluate(found, env)
    scalar_factor = isinstance(found, Const)  # x ** 0 and x ** 1: a number where the helper has an array
    assert scalar_factor or np.shape(value) == np.shape(expected)
    assert np.allclose(value, expected, rtol=1e-6 if np.asarray(expected).dtype.itemsize == 4 else 1e-13, atol=0)
    if isinstance(expected, np.ndarray) and not scalar_factor:
        assert isinstance(value, np.ndarray) and value.dtype == expected.dtype
    assert scalar_factor or isinstance(value, np.ndarray) == isinstance(expected, np.ndarray)


def test_every_entry_is_specialised_in_some_case():
    done = {case.target for case in CASES if specialised(case.target, *case.args, **case.kwargs)[0] is not None}
    done.add(h.per_matrix)  # a number instead of a 1 by 1 array, for a factor: see below
    assert not [f.__name__ for f in SPECIALISE if f not in done]


N, NM = Num("array", "float64", (Size("n"),)), Num("array", "float64", (Size("n"), Size("m")))
G, X, Y = Ref("g"), Ref("x"), Ref("y")


def text(e):
    """A readable form of an expression."""
    match e:
        case Ref():
            return e.name
        case Const():
            return repr(e.value)
        case Slice():
            parts = ["" if p is None else text(p) for p in (e.lower, e.upper)]
            return ":".join(parts) + ("" if e.step is None else ":" + text(e.step))
        case Build():
            return f"({', '.join(map(text, e.items))})"
    args = [text(a) for a in e.args] + [f"{k}={text(v)}" for k, v in e.kwargs]
    name = getattr(e.target, "name", "?")
    signs = {"mul": "*", "add": "+", "sub": "-", "truediv": "/", "pow": "**", "matmul": "@", "ge": ">=", "le": "<=",
             "and_": "&"}
    if type(e.target).__name__ == "Operator":
        if name == "neg":
            return f"-{args[0]}"
        return f"{args[0]}[{args[1]}]" if name == "getitem" else f"({args[0]} {signs[name]} {args[1]})"
    if type(e.target).__name__ == "Attribute":
        return f"{args[0]}.{name}"
    if type(e.target).__name__ == "Method":
        return f"{args[0]}.{name}({', '.join(args[1:])})"
    return f"{'np' if e.target.module == 'numpy' else e.target.module}.{name}({', '.join(args)})"


@pytest.mark.parametrize("function, args, types, expected", [
    (h.zeros_like, (X,), {"x": N}, "np.zeros_like(x)"),
    (h.zeros_like, (X,), {"x": FLOAT}, "0.0"),
    (h.zeros_like, (X,), {}, None),
    (h.seed, (G, X), {"g": FLOAT, "x": N}, "np.full_like(x, g)"),
    (h.seed, (G, X), {"g": FLOAT, "x": FLOAT}, "g"),
    (h.unbroadcast, (G, X), {"g": N, "x": N}, "g"),
    (h.unbroadcast, (G, X), {"g": NM, "x": Num("array", "float64", (Size("m"),))}, "np.sum(g, axis=0)"),
    (h.unbroadcast, (G, X), {"g": N, "x": FLOAT}, "np.sum(g)"),
    (h.unbroadcast, (G, X), {"g": NM, "x": N}, None),
    (h.unbroadcast, (G, X), {"g": Num("array", "float64", (None,)), "x": Num("array", "float64", (None,))}, None),
    (h.unbroadcast, (G, X), {"g": N, "x": Num("array", "float32", (Size("n"),))}, None),
    (h.expand, (G, X), {"g": FLOAT, "x": NM}, "np.broadcast_to(g, x.shape)"),
    (h.expand, (G, X, Const(1)), {"g": N, "x": NM}, "np.broadcast_to(g[(:, None)], x.shape)"),
    (h.expand, (G, X, Const(0)), {"g": N, "x": NM}, "np.broadcast_to(g, x.shape)"),
    (h.count, (X,), {"x": NM}, "x.size"),
    (h.count, (X, Const(1)), {"x": NM}, "x.shape[1]"),
    (h.matmul_left, (G, X, Y), {"g": N, "x": NM, "y": N}, "np.outer(g, y)"),
    (h.matmul_right, (G, X, Y), {"g": N, "x": NM, "y": N}, "(x.T @ g)"),
    (h.matmul_left, (G, X, Y), {"g": NM, "x": NM, "y": NM}, "(g @ y.T)"),
    (h.matmul_left, (G, X, Y), {"g": FLOAT, "x": N, "y": N}, "(g * y)"),
    (h.power_slope, (X, Const(2)), {}, "(2 * x)"),
    (h.power_slope, (X, Const(3)), {}, "(3 * (x ** 2))"),
    (h.power_slope, (X, Const(0.5)), {"x": N}, "(0.5 * (x ** -0.5))"),
    (h.power_slope, (X, Const(0.5)), {"x": FLOAT}, None),
    (h.power_slope, (X, Const(1)), {}, "1"),
    (h.power_slope, (X, Y), {}, None),
    (h.var_slope, (X, Const(None), Const(0)), {"x": N}, "((2 / x.size) * (x - np.mean(x)))"),
    (h.abs_slope, (X,), {"x": N}, "np.sign(x)"),
    (h.copy, (X,), {"x": N}, "x.copy()"),
    (h.unreshape, (G, X, Const("C")), {"x": NM}, "np.reshape(g, x.shape)"),
    (h.untranspose, (G, Const(None)), {"g": NM}, "g.T"),
    (h.reversed_cumsum, (G, X, Const(0)), {"x": N}, "np.cumsum(g[::-1])[::-1]"),
    (h.log_or_zero, (Const(2),), {}, "math.log(2)"),
    (h.per_matrix, (G,), {"g": FLOAT}, "g"),
    (h.solve_left, (G, X, Y, Ref("b")), {"x": NM, "b": N, "y": N}, "-np.outer(numpy.linalg.solve(x.T, g), y)"),
    (h.solve_left, (G, X, Y, Ref("b")), {"x": NM, "b": NM, "y": NM}, "(-numpy.linalg.solve(x.T, g) @ y.T)"),
    (h.solve_right, (G, X, Y), {"x": NM, "y": N}, "numpy.linalg.solve(x.T, g)"),
    (h.einsum_part, (G, Const(1), Const("ij,jk->ik"), X, Y), {"x": NM, "y": NM}, "np.einsum('ik,jk->ij', g, y)"),
    (h.einsum_part, (G, Const(2), Const("ij,j->i"), X, Y), {"x": NM, "y": N}, "np.einsum('i,ij->j', g, x)"),
    (h.transposed, (X,), {"x": NM}, "x.T"),
    (h.slogdet_weight, (G, X, Y), {"x": NM}, "g[1]"),
    (h.norm_adjoint, (G, X, Y, Const(None), Const(None), Const(False)), {"x": N, "y": FLOAT, "g": FLOAT},
     "(x * np.broadcast_to(srcgrad.runtime.helpers.ratio(g, y), x.shape))"),
])
def test_reads_as_a_person_writes(function, args, types, expected):
    call = Call(Fn("m", function.__name__, function), args)
    found = SPECIALISE[function](call, lambda e: types.get(getattr(e, "name", ""), UNKNOWN))
    assert (None if found is None else text(found)) == expected


def test_nothing_is_claimed_of_the_unknown():
    always = {h.over_log, h.power_slope, h.log_or_zero,
              h.untranspose, h.inside, np.sum, np.mean, np.prod, np.max, np.min,
              np.cumsum, np.squeeze, np.flip, np.reshape, np.ravel, h.einsum_of}
    for case in CASES:
        if case.target not in always:
            env = {}
            call = Call(Fn("m", "f", case.target), tuple(Ref(f"a{i}") for i in range(len(case.args))))
            assert SPECIALISE[case.target](call, lambda e: UNKNOWN) is None, (case.target, show(case.args), env)
