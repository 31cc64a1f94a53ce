"""NumPy functions without a rule of their own: the same as others, or differentiated through Python (rules/library.py)."""
import math

import numpy as np
import pytest

import srcgrad
from srcgrad.errors import MissingRule
from srcgrad.ir.nodes import Call, Fn
from srcgrad.rules import registry
from srcgrad.rules.numpy_functions import FUNCTIONS

from .samples_arrays import array, pair
from .test_through_pipeline import function

A3, B3, A5, M, N, CUBE = array(3), array(3), array(5), array(2, 3), array(2, 3), array(2, 3, 4)
POSITIVE = array(3, low=0.4, high=2.0)
HOLES = np.array([[0.3, np.nan, 1.7], [-1.1, 0.6, np.nan]])

# Expressions of x (and y), and their arguments; each is summed with weights, so that its entries are told apart.
PROGRAMS = [
    # reductions with masks, starts, dtypes
    ("np.sum(x, where=x > 0)", M), ("np.sum(x, axis=0, where=[True, False, True], initial=2.0, keepdims=True)", M),
    ("np.sum(x, initial=3.0)", M), ("np.prod(x, where=x > 0, axis=1)", M), ("np.prod(x, initial=2.0)", M),
    ("np.max(x, initial=-9.0)", M), ("np.max(x, axis=1, initial=0.1, where=x < 1)", M),
    ("np.min(x, axis=0, initial=0.1, keepdims=True)", M), ("np.amin(x, initial=9.0, where=x > 0)", M),
    ("np.mean(x, where=x > -1)", M), ("np.mean(x, axis=0, where=np.array([[True], [False]]), keepdims=True)", M),
    ("np.var(x, where=x > -1, ddof=1)", M), ("np.std(x, axis=1, where=[True, False, True])", M), ("x.var(where=x > 0)", M),
    ("np.sum(x, dtype=float)", M), ("np.mean(x, axis=1, dtype='f8')", M), ("np.prod(x, dtype=np.float64)", M),
    ("np.var(x, dtype=float, ddof=1)", M), ("np.std(x, dtype=float)", M), ("np.cumsum(x, axis=1, dtype=float)", M),
    ("np.cumprod(x, dtype=float)", M), ("x.sum(dtype=float, axis=0)", M), ("np.sum(x, out=None, dtype=None)", M),
    ("np.sum(np.add(x, y, where=True, out=None))", M, N),
    # NaNs
    ("np.nanprod(x, axis=1)", HOLES), ("np.nanmean(x)", HOLES), ("np.nanmean(x, axis=0, keepdims=True)", HOLES),
    ("np.nanvar(x, axis=1)", HOLES), ("np.nanvar(x, ddof=1)", HOLES), ("np.nanstd(x, axis=1, keepdims=True)", HOLES),
    ("np.nancumsum(x, axis=1)", HOLES), ("np.nancumprod(x)", HOLES), ("np.nansum(x + 1)", HOLES),
    # other reductions
    ("np.ptp(x)", M), ("np.ptp(x, axis=0, keepdims=True)", M),
    ("np.average(x)", M), ("np.average(x, axis=1)", M), ("np.average(x, weights=y)", M, N + 3),
    ("np.average(x, axis=1, weights=y)", M, POSITIVE), ("np.average(x, 0, y, keepdims=True)", M, N + 3),
    ("np.trapezoid(x)", A5), ("np.trapezoid(x, dx=0.5, axis=0)", M), ("np.trapezoid(x, y)", A5, np.cumsum(array(5) ** 2)),
    ("np.trapezoid(x, y, axis=0)", M, np.array([0.3, 1.1])), ("np.trapezoid(x, x=y)", M, N), ("np.trapezoid(x, dx=y[0])", A5, A3),
    ("np.cumulative_sum(x, axis=1)", M), ("np.cumulative_sum(x)", A5), ("np.cumulative_sum(x, axis=1, include_initial=True)", M),
    ("np.cumulative_prod(x, axis=0, include_initial=True)", M), ("np.cumulative_prod(x, axis=1)", M),
    # statistics
    ("np.cov(x)", M), ("np.cov(x, y)", A5, array(5)), ("np.cov(x, rowvar=False, bias=True)", CUBE[0]), ("np.cov(x, ddof=0)", M),
    ("np.cov(x, aweights=[1.0, 2.0, 0.5])", M), ("np.cov(x, fweights=[1, 2, 3])", M), ("np.cov(x, y)", M, N), ("np.cov(x)", A5),
    ("np.cov(x, fweights=[1, 2, 3], aweights=[1.0, 2.0, 0.5], ddof=2)", M), ("np.corrcoef(x)", CUBE[1]),
    ("np.corrcoef(x, y)", A5, array(5)), ("np.corrcoef(x, rowvar=False)", CUBE[1]),
    # shapes
    ("np.append(x, y)", M, A3), ("np.append(x, y, axis=0)", M, N), ("np.fliplr(x)", M), ("np.flipud(x)", M),
    ("np.matrix_transpose(x)", CUBE), ("x.mT", M), ("np.astype(x, float)", M), ("np.ediff1d(x)", M),
    ("np.ediff1d(x, to_end=y, to_begin=[0.5, 1.0])", M, A3), ("np.diff(x, prepend=0.5)", A5),
    ("np.diff(x, 2, axis=0, append=y)", M, N), ("np.diff(x, prepend=y[0], append=y)", A5, A3),
    ("np.logspace(x[0], y[0], 4)", A3, B3), ("np.logspace(x, y, num=3, endpoint=False, base=2.0, axis=1)", A3, B3),
    ("np.logspace(0.5, 1.0, 3, base=x[0])", POSITIVE),
    ("np.interp(x, [-3.0, -1.0, 0.3, 3.0], y)", A3, array(4)), ("np.interp(y, x, x ** 2)", np.array([-1.5, 0.3, 1.9]), A5),
    ("np.interp(x, np.array([-1.0, 0.3, 1.0]), y, left=9.0, right=x[0])", A5, A3),
    ("np.interp(x[0], [0.0, 3.0], y[:2])", A3 + 3, B3),
    ("np.r_[x, 0.5, y]", A3, A5), ("np.r_[x, y]", M, N), ("np.c_[x, y]", A3, B3), ("np.c_[x]", A3),
    # ufunc methods
    ("np.add.reduce(x)", M), ("np.add.reduce(x, axis=None)", M), ("np.add.reduce(x, axis=1, keepdims=True)", M),
    ("np.add.reduce(x, 1, initial=2.0)", M), ("np.multiply.reduce(x, (0, 1))", M), ("np.maximum.reduce(x, axis=1)", M),
    ("np.minimum.reduce(x)", M), ("np.add.accumulate(x)", M), ("np.multiply.accumulate(x, axis=1)", M),
    ("np.maximum.accumulate(x)", M), ("np.minimum.accumulate(x, axis=1)", CUBE), ("np.add.outer(x, y)", A3, M),
    ("np.subtract.outer(x, y)", A3, B3), ("np.multiply.outer(x, y)", M, A3), ("np.divide.outer(x, y)", A3, POSITIVE),
    ("np.power.outer(x, y)", POSITIVE, A3), ("np.maximum.outer(x, y)", A3, B3), ("np.minimum.outer(x, y)", A3, B3),
    ("np.hypot.outer(x, y)", A3, B3), ("np.arctan2.outer(x, y)", A3, B3), ("np.logaddexp.outer(x, y)", A3, B3),
    ("np.true_divide.outer(x, y)", A3, POSITIVE),
    # math
    ("math.prod([x[0], x[1], y[0]])", A3, B3), ("math.dist([x[0], x[1]], (y[0], y[1]))", A3, B3),
    # methods
    ("x.take([1, 1], axis=1)", M), ("x.repeat(2, axis=0)", M), ("x.diagonal(1)", M),
    ("x.compress([True, False, True], axis=1)", M),
]
RECENT = {"np.trapezoid": "trapezoid", "np.cumulative": "cumulative_sum", "np.matrix_transpose": "matrix_transpose",
          "x.mT": "matrix_transpose", "np.astype": "astype"}


def available(e):
    return all(hasattr(np, name) for start, name in RECENT.items() if e.startswith(start))


def program(tmp_path, e, count):
    """The sum of an expression with weights that differ."""
    path = tmp_path / "program.py"
    weights = "np.cos(np.arange(np.size(z)) + 1).reshape(np.shape(z))"
    path.write_text(f"import math\nimport numpy as np\n\n\ndef weighted(z):\n    return np.sum(z * {weights})\n\n\n"
                    f"def f({', '.join('xy'[:count])}):\n    return weighted({e})\n")
    env = {"np": np, "math": math, "__name__": "program"}
    exec(compile(path.read_text(), str(path), "exec"), env)
    return env["f"]


def filled(x):
    return np.nan_to_num(x)


@pytest.mark.parametrize("e, args", [(e, args) for e, *args in PROGRAMS if available(e)],
                         ids=[e for e, *_ in PROGRAMS if available(e)])
def test_second_order_and_value(tmp_path, e, args):
    f = program(tmp_path, e, len(args))
    value, gradient = srcgrad.value_and_grad(f)(*args)
    assert np.allclose(value, f(*args), rtol=1e-13, atol=1e-13)
    if any(np.isnan(a).any() for a in args):
        assert np.array_equal(gradient[np.isnan(args[0])], np.zeros(np.isnan(args[0]).sum()))
        holes = np.isnan(args[0])
        for i in zip(*np.nonzero(~holes)):
            step = np.where(holes, 0, 0.0)
            step[i] = 1e-6
            slope = (f(args[0] + step) - f(args[0] - step)) / 2e-6
            assert gradient[i] == pytest.approx(slope, rel=1e-6, abs=1e-7)
        return
    srcgrad.check_grads(f, args, order=2)


@pytest.mark.parametrize("e", ["np.nanmean(x)", "np.cov(x)", "np.average(x, weights=[[1.0, 2.0, 3.0]] * 2)", "np.ptp(x)",
                               "np.trapezoid(x)", "np.var(x, where=x > 0)", "np.mean(x, where=x > 0)", "np.add.outer(x, x)",
                               "np.corrcoef(x)", "np.interp(x, [-1.0, 1.0], x[0, :2])", "np.sort(x)", "np.pad(x, 1)",
                               "np.quantile(x, 0.3)", "np.gradient(x, axis=0)", "np.linspace(x[0], x[1], 3)", "np.vander(x[0])",
                               "np.tile(x, 2)", "np.r_[x, x]", "np.diff(x)", "np.tril(x)", "np.nansum(x)", "np.i0(x)"])
def test_single_precision_stays(tmp_path, e):
    if not available(e):
        pytest.skip("not in this version of NumPy")
    f = function(tmp_path, f"np.sum({e})", 1)
    x = M.astype("f4")
    found = srcgrad.grad(f)(x)
    assert found.dtype == np.float32
    assert np.allclose(found, srcgrad.grad(f)(M), rtol=2e-4, atol=2e-4)


@pytest.mark.parametrize("e", ["np.cov(x)", "np.var(x, where=[True, False, True])", "np.trapezoid(x, dx=0.5)", "np.append(x, x)",
                               "np.average(x, weights=x * x)", "np.multiply.outer(x, x)", "np.diff(x, prepend=1j)",
                               "np.sort(x) * x", "np.gradient(x, axis=1)", "np.linspace(x[0], x[1] * x[1], 3)", "np.tile(x, 2)",
                               "np.vander(x[0])", "np.triu(x) * x", "np.pad(x, 1)[1:3, 1:4] * x", "np.roll(x, 1) * x"])
def test_complex(tmp_path, e):
    """The gradient is df/dx - i df/dy."""
    if not available(e):
        pytest.skip("not in this version of NumPy")
    f = function(tmp_path, f"np.sum(np.real(({e}) * (0.3 + 0.4j)))", 1)
    x = pair(2, 3)
    found = srcgrad.grad(f)(x)
    for i in np.ndindex(2, 3):
        step = np.zeros((2, 3), complex)
        step[i] = 1e-6
        slopes = [(f(x + t * step) - f(x - t * step)) / 2e-6 for t in (1, 1j)]
        assert found[i] == pytest.approx(slopes[0] - 1j * slopes[1], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("e, name", [
    ("np.average(x, weights=x, returned=True)[0]", "returned"),
    ("np.cov(x, dtype=float)", "dtype"), ("np.interp(x, x, x, period=3.0)", "period"), ("np.unique(x, axis=0)", "axis"),
    ("np.unique(x, return_counts=True)[0]", "return_counts"), ("np.pad(x, 1, 'reflect', reflect_type='odd')", "reflect_type"),
    ("np.quantile(x, 0.3, weights=x)", "weights"), ("np.nan_to_num(x, copy=False)", "copy"),
    ("np.add(x, x, where=x > 0)", "where"),
    ("np.linspace(x[0], 3.0, 4, retstep=True)[0]", "retstep"), ("np.quantile(x, x[0])", "q"), ("np.gradient(x, x[0])", "spacing"),
    ("np.sum(x, initial=x[0], axis=0, dtype=float)", "initial"), ("np.add(x, x, dtype='f4')", "dtype"),
    ("np.bincount([0, 1, 2], weights=x)", None), ("np.r_[0:x[0]:3j, x]", None), ("np.mgrid[0:x[0]:3j]", None),
    ("np.add.reduceat(x, [0, 1])", None),
])
def test_refused_by_name(tmp_path, e, name):
    """Never a zero derivative for what is not known; in both modes, at the user's line."""
    f = function(tmp_path, f"np.sum({e})", 1)
    x = np.array([0.3, 0.5, 0.9])
    for derive in (lambda: srcgrad.grad(f)(x), lambda: srcgrad.jvp(f, (x,), (x,))):
        with pytest.raises((MissingRule, srcgrad.errors.UnsupportedSyntax)) as caught:
            derive()
        assert name is None or name in str(caught.value)
        assert caught.value.lineno == 6


def test_pad_modes_that_compute_are_refused(tmp_path):
    f = function(tmp_path, "np.sum(np.pad(x, 1, 'maximum'))", 1)
    for derive in (lambda: srcgrad.grad(f)(A3), lambda: srcgrad.jvp(f, (A3,), (B3,))):
        with pytest.raises(NotImplementedError, match="maximum"):
            derive()


@pytest.mark.parametrize("e, expected", [
    ("np.log(x).take([1])", [0, 0.5]), ("np.pad(np.sqrt(x), 1)[2]", [0, 0.5 / np.sqrt(2)]),
    ("np.delete(1 / x, 0)", [0, -0.25]), ("np.median(np.r_[np.log(x), 9.0, 9.0])", [0, 0.25]),
    ("np.sort(np.log(x))[1]", [0, 0.5]), ("np.triu(np.log(x)[:, None])[1] + x[1]", [0, 1]), ("np.nansum(np.log(x - 1))", [0, 1]),
])
def test_poles_that_were_not_taken(tmp_path, e, expected):
    """0, not 0 * inf, where the entry at a pole was left out."""
    with np.errstate(all="ignore"):
        found = srcgrad.grad(function(tmp_path, f"np.sum({e})", 1))(np.array([0.0, 2.0]))
    assert np.allclose(found, expected)


def test_every_function_of_the_table_is_tried():
    text = " ".join(e for e, *_ in PROGRAMS if available(e))
    for key in FUNCTIONS:
        if isinstance(key, tuple):
            assert f"np.{key[0]}.{key[1]}" in text or key[0].startswith("logical") or key[0] == "divide"
        else:
            name = next(n for module in (np, math) for n, v in vars(module).items() if id(v) == key)
            assert f"np.{name}(" in text or f"math.{name}(" in text or name in ("max", "min", "amax", "trapz"), name


def test_logical_reductions_are_constant():
    for ufunc in (np.logical_and, np.logical_or):
        found = FUNCTIONS[ufunc.__name__, "reduce"](Call(Fn("numpy", "reduce", ufunc.reduce), ()))
        assert registry.find(found.target.value).kind == "constant"
