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
           "x ** 0.5 * y", "2 ** x", "x ** 3 / y", "math.copysign(x, -y) * x"]
ARRAYS = ["x @ y.T @ x", "np.dot(x, y[0])", "np.outer(x, y)", "np.inner(x, y)", "np.vdot(x, y) * x",
          "np.trace(x @ y.T)", "x.reshape(2, -1) ** 2", "np.transpose(x) ** 2", "np.concatenate([x, y]) ** 2",
          "np.stack((x, y), axis=1) ** 2", "np.where(x > y, x * y, y)", "np.clip(x, 0.5, y)", "x[1:] * y[:-1]",
          "x[0] * y", "x[:, [0, 0]] ** 2",
          "np.moveaxis(x, 0, 1) ** 2", "np.flip(x, 0) * y", "np.expand_dims(x, 0) * y", "np.copy(x) * y",
          "np.broadcast_to(x[0], (3, 4)) * y", "np.full((2,), x[0, 0]) * y[0, 0]", "np.array([x[0, 0], y[0, 0]]) ** 2",
          "x.astype('f8') * y", "x.copy() * y", "x.flatten() ** 2", "x.item(1) * y", "abs(x) ** y", "-x + +y",
          "np.squeeze(x[:1]) * y", "x.ravel() ** 2", "x.mean(axis=0) * y", "np.asarray(x) * y", "x.max() * y",
          "np.arange(x[0, 0], 3.0, y[0, 0])[:2]", "max(x[0, 0], y[0, 0]) * x", "divmod(x, y)[1] * x",
          "np.swapaxes(x, 0, 1) ** 2", "np.real(x) * y", "np.conj(x) * y", "np.atleast_1d(x[0, 0]) * y"]


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
