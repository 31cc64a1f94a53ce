"""The oracle's own derivative formulas, written independently of srcgrad's rules.

Elementwise functions state their partial derivatives; linear functions act on both halves alike; products of arrays
follow the product rule; everything else is composed of those.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.fuzz import dual as D

Partial = Callable[..., Any]


# -------------------------------------------------------------------- elementwise, smooth: (z, operands) -> partials
def _power_base(z: Any, x: Any, n: Any) -> Any:
    if np.ndim(D.primal(n)) == 0 and D.primal(n) == 0:
        return 0.0
    return n * x ** (n - 1)


SMOOTH: dict[str, tuple[Partial, ...]] = {
    "add": (lambda z, a, b: 1.0, lambda z, a, b: 1.0),
    "sub": (lambda z, a, b: 1.0, lambda z, a, b: -1.0),
    "mul": (lambda z, a, b: b, lambda z, a, b: a),
    "truediv": (lambda z, a, b: 1.0 / b, lambda z, a, b: -a / (b * b)),
    "pow": (_power_base, lambda z, x, n: z * np.log(x)),
    "arctan2": (lambda z, y, x: x / (x * x + y * y), lambda z, y, x: -y / (x * x + y * y)),
    "hypot": (lambda z, a, b: a / z, lambda z, a, b: b / z),
    "logaddexp": (lambda z, a, b: np.exp(a - z), lambda z, a, b: np.exp(b - z)),
    "neg": (lambda z, x: -1.0,),
    "pos": (lambda z, x: 1.0,),
    "sin": (lambda z, x: np.cos(x),),
    "cos": (lambda z, x: -np.sin(x),),
    "tan": (lambda z, x: 1.0 / np.cos(x) ** 2,),
    "arcsin": (lambda z, x: 1.0 / np.sqrt(1.0 - x * x),),
    "arccos": (lambda z, x: -1.0 / np.sqrt(1.0 - x * x),),
    "arctan": (lambda z, x: 1.0 / (1.0 + x * x),),
    "sinh": (lambda z, x: np.cosh(x),),
    "cosh": (lambda z, x: np.sinh(x),),
    "tanh": (lambda z, x: 1.0 / np.cosh(x) ** 2,),
    "exp": (lambda z, x: np.exp(x),),
    "exp2": (lambda z, x: math.log(2.0) * 2.0 ** x,),
    "expm1": (lambda z, x: np.exp(x),),
    "log": (lambda z, x: 1.0 / x,),
    "log2": (lambda z, x: 1.0 / (x * math.log(2.0)),),
    "log10": (lambda z, x: 1.0 / (x * math.log(10.0)),),
    "log1p": (lambda z, x: 1.0 / (1.0 + x),),
    "sqrt": (lambda z, x: 0.5 / np.sqrt(x),),
    "cbrt": (lambda z, x: 1.0 / (3.0 * np.cbrt(x) ** 2),),
    "square": (lambda z, x: 2.0 * x,),
    "reciprocal": (lambda z, x: -1.0 / (x * x),),
}
SAME = {"subtract": "sub", "multiply": "mul", "divide": "truediv", "true_divide": "truediv", "power": "pow",
        "float_power": "pow", "negative": "neg", "positive": "pos", "absolute": "abs", "fabs": "abs", "less": "lt",
        "less_equal": "le", "greater": "gt", "greater_equal": "ge", "equal": "eq", "not_equal": "ne",
        "remainder": "mod", "floor_divide": "floordiv", "fmax": "maximum", "fmin": "minimum"}
COMPARE = {"lt", "le", "gt", "ge", "eq", "ne"}
PLAIN = {"isnan", "isfinite", "isinf", "logical_and", "logical_or", "logical_not", "signbit"}


def apply(name: str, function: Callable[..., Any], operands: tuple[Any, ...]) -> Any:
    """An operator or ufunc on operands of which one is a dual number."""
    name = SAME.get(name, name)
    if name in COMPARE:
        return _compare(function, *operands)
    if name in PLAIN:
        return function(*map(D.primal, operands))
    if name in SMOOTH:
        return _smooth(SMOOTH[name], function, operands)
    if name == "matmul":
        return _multilinear(function, operands, {})
    if name in KINKED:
        return KINKED[name](function, *operands)
    raise D.OracleGap(name)


def _smooth(partials: tuple[Partial, ...], function: Callable[..., Any], operands: tuple[Any, ...]) -> D.Dual:
    values = [D.value_of(x) for x in operands]
    z = function(*values)
    total: Any = None
    for x, partial in zip(operands, partials):
        if isinstance(x, D.Dual) and not constant(x):
            term = partial(z, *values) * x.deriv
            total = term if total is None else total + term
    return D.Dual(z, zero(z) if total is None else total)


def constant(x: Any) -> bool:
    """Whether a value has no derivative at all (at any level of nesting)."""
    if isinstance(x, D.Dual):
        return constant(x.value) and _null(x.deriv)
    return True


def _null(x: Any) -> bool:
    return _null(x.value) and _null(x.deriv) if isinstance(x, D.Dual) else not np.any(x)


def zero(x: Any) -> Any:
    """Zero, of the shape of x."""
    if isinstance(x, D.Dual):
        return D.Dual(zero(x.value), zero(x.deriv))
    if isinstance(x, np.ndarray):
        return np.zeros(x.shape, x.dtype if x.dtype.kind == "f" else float)
    return 0.0


# -------------------------------------------------------------------- elementwise, with kinks
def near(a: Any, b: Any) -> bool:
    """Whether two values are so close that a perturbation may change their order."""
    if constant(a) and constant(b):
        return False
    return bool(np.any(_close(a, b) & ~together(a, b)))


def _close(a: Any, b: Any) -> Any:
    """Where two values are almost equal."""
    a, b = D.primal(a), D.primal(b)
    return np.abs(np.subtract(a, b, dtype=float)) <= 1e-6 * (1.0 + np.abs(b))


def together(a: Any, b: Any) -> Any:
    """Where two values are equal and move alike (up to rounding), so that it does not matter which is chosen."""
    if not isinstance(a, D.Dual) and not isinstance(b, D.Dual):
        return np.isclose(a, b, rtol=1e-12, atol=1e-300)
    return together(D.value_of(a), D.value_of(b)) & together(_deriv(a), _deriv(b))


def _compare(function: Callable[..., Any], a: Any, b: Any) -> Any:
    if b is None or isinstance(b, (str, tuple, list)):
        return function is D.COMPARE["ne"]
    if near(a, b):
        D.kink("comparison of close values")
    return function(D.primal(a), D.primal(b))


def _choose(function: Callable[..., Any], a: Any, b: Any, mask: Any) -> D.Dual:
    value = function(D.value_of(a), D.value_of(b))
    deriv = np.where(mask, _deriv(a), _deriv(b))
    return D.Dual(value, deriv)


def _deriv(x: Any) -> Any:
    return x.deriv if isinstance(x, D.Dual) else 0.0


def _extremum(function: Callable[..., Any], a: Any, b: Any) -> D.Dual:
    if near(a, b):
        D.kink("maximum or minimum of close values")
    return _choose(function, a, b, function(D.primal(a), D.primal(b)) == D.primal(a))


def _absolute(function: Callable[..., Any], x: Any) -> D.Dual:
    if near(x, 0.0):
        D.kink("absolute value close to 0")
    return D.Dual(function(x.value), np.sign(D.primal(x)) * x.deriv)


def _step(function: Callable[..., Any], x: Any) -> D.Dual:
    if function is np.sign:
        close = near(x, 0.0)
    else:
        half = 0.5 if function is np.rint else 0.0
        close = near(x, np.round(D.primal(x) + half) - half)
    if close:
        D.kink("step function close to its step")
    return D.Dual(function(x.value), zero(x.value))


def _modulo(function: Callable[..., Any], a: Any, b: Any) -> D.Dual:
    quotient = np.divide(D.primal(a), D.primal(b))
    if np.any(np.abs(quotient - np.round(quotient)) < 1e-6):
        D.kink("remainder close to its step")
    value = function(D.value_of(a), D.value_of(b))
    return D.Dual(value, _deriv(a) - np.floor(quotient) * _deriv(b))


def _quotient(function: Callable[..., Any], a: Any, b: Any) -> D.Dual:
    quotient = np.divide(D.primal(a), D.primal(b))
    if np.any(np.abs(quotient - np.round(quotient)) < 1e-6):
        D.kink("floor division close to its step")
    value = function(D.value_of(a), D.value_of(b))
    return D.Dual(value, zero(value))


KINKED: dict[str, Callable[..., Any]] = {
    "abs": _absolute, "maximum": _extremum, "minimum": _extremum, "mod": _modulo, "floordiv": _quotient,
    "sign": _step, "floor": _step, "ceil": _step, "trunc": _step, "rint": _step,
}


# -------------------------------------------------------------------- functions of whole arrays
def call(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A NumPy function on arguments of which one is (or holds) a dual number."""
    from tests.fuzz.dual_functions import FUNCTIONS, LINEAR, MULTILINEAR
    if function in LINEAR:
        return linear(function, args, kwargs)
    if function in MULTILINEAR:
        return _multilinear(function, args, kwargs)
    if function in FUNCTIONS:
        return FUNCTIONS[function](*args, **kwargs)
    raise D.OracleGap(getattr(function, "__name__", str(function)))


def reduce(ufunc: np.ufunc, x: Any, axis: Any = 0, **kwargs: Any) -> Any:
    """`np.add.reduce` and its kin."""
    table = {"add": np.sum, "multiply": np.prod, "maximum": np.max, "minimum": np.min}
    return table[ufunc.__name__](x, axis=axis, **kwargs)


def at(ufunc: np.ufunc, target: Any, key: Any, item: Any) -> None:
    """`np.add.at` and `np.subtract.at`: linear in the target and in what is added."""
    if ufunc not in (np.add, np.subtract):
        raise D.OracleGap(f"{ufunc.__name__}.at")
    if isinstance(target.value, D.Dual):
        at(ufunc, target.value, key, D.value_of(item))
        at(ufunc, target.deriv, key, item.deriv if isinstance(item, D.Dual) else 0.0)
    else:
        ufunc.at(target.value, key, D.value_of(item))
        ufunc.at(target.deriv, key, _deriv(item))


def linear(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A function that is linear in its first argument (an array, or a sequence of them)."""
    operand, rest = args[0], args[1:]
    value = function(_map(D.value_of, operand), *rest, **kwargs)
    deriv = function(_map(_deriv_or_zero, operand), *rest, **kwargs)
    if isinstance(value, (list, tuple)):
        return [D.Dual(v, d) for v, d in zip(value, deriv)]
    return D.Dual(value, deriv)


def _map(function: Callable[[Any], Any], tree: Any) -> Any:
    if isinstance(tree, (list, tuple)):
        return [_map(function, item) for item in tree]
    return function(tree)


def _deriv_or_zero(x: Any) -> Any:
    return x.deriv if isinstance(x, D.Dual) else zero(np.asarray(x, float))


def _multilinear(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> D.Dual:
    """The product rule: one term for each operand that varies."""
    values = [D.value_of(x) for x in args]
    value = function(*values, **kwargs)
    total: Any = None
    for i, x in enumerate(args):
        if isinstance(x, D.Dual):
            term = function(*values[:i], x.deriv, *values[i + 1:], **kwargs)
            total = term if total is None else total + term
    return D.Dual(value, total)
