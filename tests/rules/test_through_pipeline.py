"""Rules through the whole compiler: both modes and second order, so that the rules of helpers are met too."""
import math

import numpy as np
import pytest

import srcgrad

RNG = np.random.default_rng(1)
X, Y = RNG.uniform(0.4, 0.9, 4), RNG.uniform(0.4, 0.9, 4)
M, N = RNG.uniform(0.4, 0.9, (3, 4)), RNG.uniform(0.4, 0.9, (3, 4))

ONE = ["sqrt", "cbrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arctan", "sinh",
       "cosh", "tanh", "arcsinh", "square", "reciprocal", "abs", "fabs", "sinc", "deg2rad", "cumsum", "cumprod",
       "negative", "positive", "sign", "arcsin", "arccos", "arctanh"]
TWO = ["add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "fmax", "hypot", "arctan2", "logaddexp",
       "logaddexp2", "remainder", "fmod", "copysign", "float_power"]
REDUCTIONS = ["sum", "mean", "prod", "max", "min", "var", "std", "linalg.norm"]
MATH = ["sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "atanh", "exp", "expm1", "log",
        "log2", "log10", "log1p", "sqrt", "erf", "erfc", "degrees", "radians", "fabs"]
NUMBERS = ["math.hypot(x, y)", "math.atan2(x, y)", "math.pow(x, y)", "math.log(x, y + 1)", "math.acosh(x + 1)",
           "x ** y", "x % y", "math.fmod(x, y)", "abs(x - y)", "float(x) * y", "max(x, y, 0.1)", "divmod(x, y)[1] * x",
           "math.gamma(x) * y", "math.lgamma(x) * x", "math.remainder(x, y) * x", "math.modf(x * 7)[0] * y",
           "math.fsum([x, y, x * y]) ** 2",
           "math.ldexp(x, 3) * y", "math.frexp(x)[0] * y", "x ** 0.5 * y", "2 ** x", "x ** 3 / y", "math.copysign(x, -y) * x"]
MORE = ["np.take(x, [1, 1, 0], axis=0) ** 2", "np.take(x, [[5, 0], [0, 1]]) ** 2", "np.nan_to_num(x * y)", "np.i0(x) * y",
        "np.take_along_axis(x, np.array([[3, 0], [1, 1], [2, 2]]), 1) ** 2",
        "np.compress([True, False, True], x, axis=0) ** 3", "np.extract(x > y, x * y) ** 2",
        "np.delete(x * y, 1, axis=1) ** 2", "np.choose([0, 1, 0, 1], [x, y]) ** 2",
        "np.select([x > y], [x * y], default=y ** 2)", "np.select([x > y, x > 0.5], [x * y, x * x], y) ** 2",
        "np.unique(x) ** 3", "np.sort(x, axis=0) * y", "np.sort(x, axis=None) ** 2", "np.partition(x, 2, axis=1) ** 2",
        "np.ldexp(x, 2) * y", "np.maximum.accumulate(x, axis=1) * y", "np.roll(x, 2, axis=1) * y",
        "np.roll(x, (1, 2), (0, 1)) * y", "np.rot90(x) ** 2", "np.rollaxis(x, 1) ** 2", "np.atleast_3d(x) ** 2",
        "np.repeat(x, 2, axis=1) ** 2", "np.tile(x, (2, 1)) ** 2", "np.resize(x * y, (5, 3)) ** 2",
        "np.pad(x, 1)[1:, :4] * np.pad(y, 2)[:4, 1:5]", "np.pad(x, ((1, 0), (2, 1)), 'reflect') ** 2",
        "np.pad(x, 1, mode='edge') ** 2", "np.tril(x) * y", "np.triu(x, 1) ** 2 * y", "np.diag(x) ** 2",
        "np.diag(x[0] * y[0], 1) ** 2", "np.diagonal(x, 1) ** 3", "np.diagflat(x[0]) ** 2", "np.vstack((x, y)) ** 2",
        "np.hstack([x, y]) ** 2", "np.dstack((x, y)) ** 2", "np.column_stack((x, y)) ** 2",
        "np.block([[x, y], [y, x]]) ** 2", "np.r_[x, y * x] ** 2", "np.c_[x[0], y[0]] ** 2",
        "np.insert(x, 1, y[0], axis=0) ** 2", "np.split(x, 2, axis=1)[0] * np.split(y, 2, axis=1)[1]",
        "np.hsplit(x * y, 2)[1] ** 2", "np.vsplit(x, 3)[1] * y", "np.array_split(x, 2)[0] * y[:2]", "np.diff(x) ** 2",
        "np.broadcast_arrays(x, y[0])[1] * x", "np.meshgrid(x[0], y[0])[1] * x[0]",
        "np.meshgrid(x[0], y[:, 0], indexing='ij')[1] ** 2", "np.diff(x, 2, axis=0) * y[0]", "np.gradient(x)[0] * y",
        "np.gradient(x, 0.5, axis=1) ** 2", "np.unwrap(x) * y", "np.quantile(x, [0.2, 0.7], axis=1) ** 2",
        "np.percentile(x, 30) * y", "np.median(x, axis=0) * y", "np.nansum(x * y, axis=0)",
        "np.linspace(x[0], y[0], 3) ** 2", "np.linspace(x[0, 0], 2.0, 5, endpoint=False) ** 3",
        "np.geomspace(x[0], y[0], 3) ** 2", "np.vander(x[0], 3) ** 2", "np.float64(x) * y", "np.modf(x * 7)[0] * y",
        "np.frexp(x * 7)[0] * y", "np.divmod(x, y)[1] * x", "np.nextafter(x, 9.0) * y", "np.real_if_close(x) * y",
        "np.nanmax(x, axis=0) * y", "x.take([1, 2]) ** 2"]
ARRAYS = ["x @ y.T @ x", "np.dot(x, y[0])", "np.outer(x, y)", "np.inner(x, y)", "np.vdot(x, y) * x",
          "np.trace(x @ y.T)", "x.reshape(2, -1) ** 2", "np.transpose(x) ** 2", "np.concatenate([x, y]) ** 2",
          "np.stack((x, y), axis=1) ** 2", "np.where(x > y, x * y, y)", "np.clip(x, 0.5, y)", "x[1:] * y[:-1]",
          "x[0] * y", "x[:, [0, 0]] ** 2",
          "np.moveaxis(x, 0, 1) ** 2", "np.flip(x, 0) * y", "np.expand_dims(x, 0) * y", "np.copy(x) * y",
          "np.broadcast_to(x[0], (3, 4)) * y", "np.full((2,), x[0, 0]) * y[0, 0]", "np.array([x[0, 0], y[0, 0]]) ** 2",
          "x.astype('f8') * y", "x.copy() * y", "x.flatten() ** 2", "x.item(1) * y", "abs(x) ** y", "-x + +y",
          "np.squeeze(x[:1]) * y", "x.ravel() ** 2", "x.mean(axis=0) * y", "np.asarray(x) * y", "x.max() * y",
          "np.arange(x[0, 0], 3.0, y[0, 0])[:2]", "max(x[0, 0], y[0, 0]) * x", "divmod(x, y)[1] * x",
          *MORE, "np.swapaxes(x, 0, 1) ** 2", "np.real(x) * y", "np.conj(x) * y", "np.atleast_1d(x[0, 0]) * y"]


def programs():
    for name in ONE:
        yield f"np.sum(np.{name}(x) * x)", (X,)
    for name in REDUCTIONS:
        yield f"np.{name}(x * x)", (X,)
        yield f"np.sum(np.{name}(x * x, axis=1) ** 2)", (M,)
        yield f"np.sum(np.{name}(x * x, axis=0, keepdims=True) * x)", (M,)
    for name in TWO:
        yield f"np.sum(np.{name}(x, y) * y)", (X, Y)
        yield f"np.sum(np.{name}(x, y) ** 2)", (M, Y)
    for e in ARRAYS:
        yield f"np.sum({e})", (M, N)
    for name in MATH:
        yield f"math.{name}(x) * x", (0.37,)
    for e in NUMBERS:
        yield e, (0.37, 0.21)


def function(tmp_path, e, count):
    path = tmp_path / "program.py"
    path.write_text(f"import math\nimport numpy as np\n\n\ndef f({', '.join('xy'[:count])}):\n    return {e}\n")
    env = {"np": np, "math": math, "__name__": "program"}
    exec(compile(path.read_text(), str(path), "exec"), env)
    return env["f"]


@pytest.mark.parametrize("e, args", list(programs()), ids=[e for e, _ in programs()])
def test_second_order(tmp_path, e, args):
    srcgrad.check_grads(function(tmp_path, e, len(args)), args, order=2)
