"""Operators and methods of NDArrays: each is an operation, recorded where recording is on."""
from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from srcgrad.runtime import operations as ops
from srcgrad.runtime.eager import apply, constant
from srcgrad.runtime.nests import unwrap
from srcgrad.runtime.numpy_calls import array_function
from srcgrad.runtime.registry import Tracked
from srcgrad.runtime.stores import set_items, store

Method = Callable[..., Any]


def _binary(operation: Method) -> Method:
    def method(self: Methods, other: Any) -> Any:
        return apply(operation, self, _operand(other))
    return method


def _reflected(operation: Method) -> Method:
    def method(self: Methods, other: Any) -> Any:
        return apply(operation, _operand(other), self)
    return method


def _unary(operation: Method) -> Method:
    def method(self: Methods) -> Any:
        return apply(operation, self)
    return method


def _plain(function: Method) -> Method:
    def method(self: Methods, other: Any) -> Any:
        return constant(function, self, other)
    return method


def _in_place(function: Method, operation: Method, symbol: str) -> Method:
    def method(self: Methods, other: Any) -> Any:
        other = _operand(other)
        store(self, lambda: function(self._data, unwrap(other)), f"`x {symbol} ...`", operation, self, other)
        return self
    return method


def _operand(value: Any) -> Any:
    return np.asarray(value) if isinstance(value, (list, tuple)) else value


def _function(function: Method) -> Method:
    """A method that is a NumPy function of the array."""
    def method(self: Methods, *args: Any, **kwargs: Any) -> Any:
        return array_function(function, (self, *args), kwargs)
    method.__doc__ = f"As np.{function.__name__}."
    return method


def _functions(*functions: Any) -> list[Method]:
    return [_function(f) for f in functions]


class Methods(Tracked):
    """Operators, and methods that compute something, as NumPy's arrays have them."""

    __slots__ = ()

    T = property(_unary(ops.transpose), doc="The transposed array.")
    real = property(_unary(ops.real), doc="The real part.")
    imag = property(_unary(ops.imag), doc="The imaginary part.")

    # -------------------------------------------------------------- operators
    __add__, __radd__ = _binary(ops.add), _reflected(ops.add)
    __sub__, __rsub__ = _binary(ops.subtract), _reflected(ops.subtract)
    __mul__, __rmul__ = _binary(ops.multiply), _reflected(ops.multiply)
    __truediv__, __rtruediv__ = _binary(ops.divide), _reflected(ops.divide)
    __floordiv__, __rfloordiv__ = _binary(ops.floor_divide), _reflected(ops.floor_divide)
    __mod__, __rmod__ = _binary(ops.remainder), _reflected(ops.remainder)
    __pow__, __rpow__ = _binary(ops.power), _reflected(ops.power)
    __matmul__, __rmatmul__ = _binary(ops.matmul), _reflected(ops.matmul)
    __neg__, __pos__, __abs__ = _unary(ops.negative), _unary(ops.positive), _unary(ops.absolute)
    __lt__, __le__ = _plain(operator.lt), _plain(operator.le)
    __gt__, __ge__ = _plain(operator.gt), _plain(operator.ge)
    __eq__, __ne__ = _plain(operator.eq), _plain(operator.ne)
    __and__, __or__, __xor__ = _plain(operator.and_), _plain(operator.or_), _plain(operator.xor)
    __hash__ = None  # type: ignore[assignment]
    __iadd__, __isub__ = _in_place(operator.iadd, ops.add, "+="), _in_place(operator.isub, ops.subtract, "-=")
    __imul__ = _in_place(operator.imul, ops.multiply, "*=")
    __itruediv__ = _in_place(operator.itruediv, ops.divide, "/=")
    __ifloordiv__ = _in_place(operator.ifloordiv, ops.floor_divide, "//=")
    __imod__, __ipow__ = _in_place(operator.imod, ops.remainder, "%="), _in_place(operator.ipow, ops.power, "**=")
    __imatmul__ = _in_place(operator.imatmul, ops.matmul, "@=")

    def __invert__(self) -> Any:
        return constant(operator.invert, self)

    # -------------------------------------------------------------- methods, each as NumPy's
    def sum(self, axis: Any = None, keepdims: bool = False) -> Any:
        return apply(ops.sum, self, axis, keepdims=keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Any:
        return apply(ops.mean, self, axis, keepdims=keepdims)

    def prod(self, axis: Any = None, keepdims: bool = False) -> Any:
        return apply(ops.prod, self, axis, keepdims=keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Any:
        return apply(ops.max, self, axis, keepdims=keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Any:
        return apply(ops.min, self, axis, keepdims=keepdims)

    def var(self, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
        return apply(ops.var, self, axis, ddof=ddof, keepdims=keepdims)

    def std(self, axis: Any = None, ddof: int = 0, keepdims: bool = False) -> Any:
        return apply(ops.std, self, axis, ddof=ddof, keepdims=keepdims)

    def cumsum(self, axis: Any = None) -> Any:
        return apply(ops.cumsum, self, axis)

    def argmax(self, axis: Any = None) -> Any:
        return constant(np.argmax, self, axis)

    def argmin(self, axis: Any = None) -> Any:
        return constant(np.argmin, self, axis)

    def any(self, axis: Any = None, keepdims: bool = False) -> Any:
        return constant(np.any, self, axis, keepdims=keepdims)

    def all(self, axis: Any = None, keepdims: bool = False) -> Any:
        return constant(np.all, self, axis, keepdims=keepdims)

    def dot(self, other: Any) -> Any:
        return apply(ops.dot, self, _operand(other))

    def clip(self, min: Any = None, max: Any = None) -> Any:
        return apply(ops.clip, self, min, max)

    def reshape(self, *shape: Any) -> Any:
        return apply(ops.reshape, self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Any:
        return apply(ops.transpose, self, (axes[0] if len(axes) == 1 else axes) or None)

    def swapaxes(self, axis1: int, axis2: int) -> Any:
        return apply(ops.swapaxes, self, axis1, axis2)

    def squeeze(self, axis: Any = None) -> Any:
        return apply(ops.squeeze, self, axis)

    def ravel(self) -> Any:
        return apply(ops.ravel, self)

    def flatten(self) -> Any:
        return apply(ops.copy, self).ravel()

    def take(self, indices: Any, axis: Any = None) -> Any:
        return apply(ops.take, self, indices, axis)

    def copy(self) -> Any:
        return apply(ops.copy, self)

    def astype(self, dtype: npt.DTypeLike) -> Any:
        dtype = np.dtype(dtype)
        if dtype.kind not in "fc":
            return constant(np.ndarray.astype, self, dtype)
        return apply(ops.astype, self, dtype)

    def on_backward(self, g: Callable[[Any], Any]) -> Any:
        """The array itself, whose adjoint becomes g(adjoint) in the backward sweep; `srcgrad.on_backward` calls this."""
        return apply(ops.watched, self, g)

    def fill(self, value: Any) -> None:
        set_items(self, Ellipsis, value, "fill")

    round, argsort, repeat, trace = _functions(np.round, np.argsort, np.repeat, np.trace)
    cumprod, diagonal, nonzero, ptp = _functions(np.cumprod, np.diagonal, np.nonzero, np.ptp)
    searchsorted = _function(np.searchsorted)
    conj = conjugate = _unary(ops.conj)
    abs, exp, log, sqrt, square, tanh = map(_unary, (ops.absolute, ops.exp, ops.log, ops.sqrt, ops.square, ops.tanh))
    expand_dims, broadcast_to, tile, flip = _functions(np.expand_dims, np.broadcast_to, np.tile, np.flip)
