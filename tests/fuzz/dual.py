"""Arrays of dual numbers: the oracle.

A `Dual` is a value and its derivative in one direction, of equal shape. Both may be a Python number, a NumPy scalar,
an array, or again a `Dual`: nesting gives second derivatives. Views are views of both halves, and in-place writes
go to both, so that programs that share memory behave as they do on plain arrays.

The value half of an operation is computed by the very operation that the program asked for (a Python operator stays
one), so kinds, dtypes and promotion are those of the program.
"""
from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tests.fuzz import dual_rules as rules


class Kink(Exception):
    """The program is not differentiable close to the sample point."""


class Extreme(Exception):
    """A value left the range in which derivatives can be compared."""


class OracleGap(Exception):
    """The oracle lacks an operation."""


class Watch:
    """What the oracle is told to look out for (`limit`, None for no limit), and the largest derivative it saw."""

    limit: float | None = None
    largest: float = 0.0
    kinks: bool = True


@contextmanager
def watching(limit: float | None, kinks: bool = True) -> Iterator[type[Watch]]:
    """Within it, magnitudes over `limit` raise Extreme; kinks raise Kink where asked for."""
    before = Watch.limit, Watch.largest, Watch.kinks
    Watch.limit, Watch.largest, Watch.kinks = limit, 0.0, kinks
    try:
        yield Watch
    finally:
        Watch.limit, Watch.largest, Watch.kinks = before


class Dual:
    """A value with its derivative; see the module's docstring."""

    __slots__ = ("value", "deriv")
    __array_priority__ = 1000
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, value: Any, deriv: Any) -> None:
        self.value = value
        self.deriv = fitted(deriv, value)
        if Watch.limit is not None:
            _watch(self)

    # ---------------------------------------------------------------- what programs ask of an array
    @property
    def shape(self) -> tuple[int, ...]:
        return shape_of(self.value)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=int))

    @property
    def dtype(self) -> Any:
        return np.asarray(primal(self)).dtype

    @property
    def T(self) -> Dual:
        return np.transpose(self)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        if not rules.constant(self) and abs(primal(self)) < 1e-7:
            kink("truth of a value close to 0")
        return bool(primal(self))

    def __getitem__(self, key: Any) -> Dual:
        return Dual(self.value[key], self.deriv[key])

    def __setitem__(self, key: Any, item: Any) -> None:
        self.value[key] = value_of(item)
        self.deriv[key] = item.deriv if isinstance(item, Dual) else 0.0

    def __repr__(self) -> str:
        return f"Dual({self.value!r}, {self.deriv!r})"

    def __float__(self) -> float:
        raise OracleGap("float() of a dual number outside the shims")

    __int__ = __index__ = __float__  # type: ignore[assignment]

    # ---------------------------------------------------------------- NumPy's protocols
    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        out, where = kwargs.pop("out", (None,))[0], kwargs.pop("where", True)
        if method == "reduce":
            return rules.reduce(ufunc, *inputs, **kwargs)
        if method == "at":
            return rules.at(ufunc, *inputs)
        if method != "__call__" or kwargs:
            raise OracleGap(f"{ufunc.__name__}.{method} {sorted(kwargs)}")
        result = rules.apply(ufunc.__name__, ufunc, inputs)
        if where is not True:
            result = np.where(where, result, out)
        return result if out is None else _into(out, result)

    def __array_function__(self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        return rules.call(func, args, kwargs)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise OracleGap("a dual number converted to a plain array")


def _watch(x: Dual) -> None:
    """Raises Extreme where a half is not finite or too large; keeps the largest derivative."""
    for half in (x.value, x.deriv):
        if not isinstance(half, Dual):
            size = np.max(np.abs(half), initial=0.0)
            if not size <= (Watch.limit or 0.0):
                raise Extreme(f"magnitude {size}")
            Watch.largest = max(Watch.largest, float(size))


def _into(out: Any, result: Any) -> Any:
    """Writes a result into the buffer that the program gave."""
    if not isinstance(out, Dual):
        return result                      # `plain += dual`: the name becomes a dual number
    if out.shape != np.broadcast_shapes(out.shape, shape_of(result)):
        raise ValueError("non-broadcastable output operand")
    out[...] = result
    return out


def kink(message: str) -> None:
    """Raises Kink, unless kinks are not asked for."""
    if Watch.kinks:
        raise Kink(message)


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of a number, an array or a dual number."""
    return x.shape if isinstance(x, (Dual, np.ndarray)) else np.shape(x)


def value_of(x: Any) -> Any:
    """The value half; what is no dual number is its own value."""
    return x.value if isinstance(x, Dual) else x


def primal(x: Any) -> Any:
    """The innermost value."""
    while isinstance(x, Dual):
        x = x.value
    return x


def lift(x: Any, depth: int) -> Any:
    """A constant as a dual number nested `depth` deep: fresh buffers, derivative zero."""
    for _ in range(depth):
        x = Dual(x, rules.zero(x))
    return x


def depth_of(x: Any) -> int:
    """How many dual numbers are nested in one another."""
    return 1 + depth_of(x.value) if isinstance(x, Dual) else 0


def fitted(deriv: Any, value: Any) -> Any:
    """The derivative in the shape, the nesting and the kind (buffer or scalar) of its value."""
    if isinstance(value, Dual) and not isinstance(deriv, Dual):
        deriv = lift(deriv, depth_of(value))
    if shape_of(deriv) != shape_of(value):
        deriv = np.broadcast_to(deriv, shape_of(value))
        deriv = deriv.copy() if isinstance(primal(value), np.ndarray) else deriv
    if isinstance(value, np.ndarray) and not isinstance(deriv, np.ndarray):
        deriv = np.array(deriv)
    return deriv


# -------------------------------------------------------------------- operators and methods, by table
BINARY = {"add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
          "pow": operator.pow, "mod": operator.mod, "floordiv": operator.floordiv, "matmul": operator.matmul}
UNARY = {"neg": operator.neg, "pos": operator.pos, "abs": operator.abs}
COMPARE = {name: getattr(operator, name) for name in ("lt", "le", "gt", "ge", "eq", "ne")}
METHODS = ("sum", "mean", "max", "min", "prod", "std", "var", "reshape", "ravel", "transpose", "dot", "copy", "clip",
           "cumsum", "cumprod", "squeeze", "swapaxes", "any", "all", "argmax", "argmin", "trace", "diagonal", "repeat",
           "take", "round")


def _install() -> None:
    for name, function in BINARY.items():
        setattr(Dual, f"__{name}__", lambda a, b, n=name, f=function: rules.apply(n, f, (a, b)))
        setattr(Dual, f"__r{name}__", lambda a, b, n=name, f=function: rules.apply(n, f, (b, a)))
        setattr(Dual, f"__i{name}__", lambda a, b, n=name, f=function: _update(a, rules.apply(n, f, (a, b))))
    for name, function in UNARY.items():
        setattr(Dual, f"__{name}__", lambda a, n=name, f=function: rules.apply(n, f, (a,)))
    for name, function in COMPARE.items():
        setattr(Dual, f"__{name}__", lambda a, b, n=name, f=function: rules.apply(n, f, (a, b)))
    for name in METHODS:
        setattr(Dual, name, lambda a, *args, f=getattr(np, name), **kwargs: rules.call(f, (a, *args), kwargs))
    setattr(Dual, "reshape", lambda a, *shape: np.reshape(a, shape[0] if len(shape) == 1 else shape))
    setattr(Dual, "transpose", lambda a, *axes: np.transpose(a, _axes(axes)))
    setattr(Dual, "flatten", lambda a: np.ravel(a).copy())
    setattr(Dual, "item", lambda a, *key: a[key] if key else np.reshape(a, ()))
    setattr(Dual, "astype", lambda a, dtype: Dual(a.value.astype(dtype), a.deriv.astype(dtype)))
    setattr(Dual, "fill", lambda a, item: a.__setitem__(..., item))
    setattr(Dual, "sort", lambda a, axis=-1: a.__setitem__(..., np.sort(a, axis=axis)))
    setattr(Dual, "put", lambda a, places, items: np.put(a, places, items))


def _axes(axes: tuple[Any, ...]) -> Any:
    if not axes:
        return None
    return axes[0] if len(axes) == 1 else axes


def _update(target: Dual, result: Dual) -> Dual:
    """An augmented assignment: a write into an array's buffer, a new value for a scalar."""
    return _into(target, result) if isinstance(primal(target), np.ndarray) else result


_install()
