"""NDArray: a NumPy array that can be marked and recorded."""
from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from srcgrad.errors import RecordError
from srcgrad.runtime import operations as ops
from srcgrad.runtime import scopes
from srcgrad.runtime.backward import backward
from srcgrad.runtime.numpy_calls import array_function, array_ufunc
from srcgrad.runtime.eager import apply, constant
from srcgrad.runtime.registry import CREATED, DETACHED, Raw, Tracked, drop, mark, share, unwrap, writes
from srcgrad.runtime.listing import listing
from srcgrad.runtime.stores import set_items, store

Method = Callable[..., Any]


def _binary(operation: Method) -> Method:
    def method(self: NDArray, other: Any) -> Any:
        return apply(operation, self, _operand(other))
    return method


def _reflected(operation: Method) -> Method:
    def method(self: NDArray, other: Any) -> Any:
        return apply(operation, _operand(other), self)
    return method


def _unary(operation: Method) -> Method:
    def method(self: NDArray) -> Any:
        return apply(operation, self)
    return method


def _plain(function: Method) -> Method:
    def method(self: NDArray, other: Any) -> Any:
        return constant(function, self, other)
    return method


def _in_place(function: Method, operation: Method, symbol: str) -> Method:
    def method(self: NDArray, other: Any) -> Any:
        other = _operand(other)
        store(self, lambda: function(self._data, unwrap(other)), f"`x {symbol} ...`", operation, self, other)
        return self
    return method


def _operand(value: Any) -> Any:
    return np.asarray(value) if isinstance(value, (list, tuple)) else value


class _Repr(np.ndarray[Any, np.dtype[Any]]):
    """Prints as NumPy's arrays do, under the name of NDArray."""


_Repr.__name__ = "NDArray"


class NDArray(Tracked):
    """An array with NumPy's operators, methods and indexing, whose computations can be recorded.

    Made by the functions of `srcgrad.nd`. Inside `autograd.record()`, what is computed from marked arrays is recorded,
    so that `backward` can find their gradients. An operator with an array, number or list gives an NDArray; in-place
    operators and `x[...] = v` write into the memory, as NumPy's do.

    >>> from srcgrad import autograd, nd
    >>> x = nd.array([1.0, 2.0]).attach_grad()
    >>> with autograd.record():
    ...     y = (x * x).sum()
    >>> y.backward()
    >>> x.grad
    NDArray([2., 4.])
    """

    __slots__ = ()
    __array_priority__ = 1000.0

    # -------------------------------------------------------------- the record
    def attach_grad(self, grad_req: str = "write") -> NDArray:
        """Mark this array, with a new gradient buffer of zeros; returns the array.

        Raises ValueError for an unknown `grad_req` ("write", "add", "null"), NotDifferentiable for an integer array.
        """
        mark([self], [self._make(np.zeros_like(self._data), CREATED)], [grad_req])
        return self

    @property
    def grad(self) -> NDArray | None:
        """The gradient buffer, None where the array is not marked."""
        return self._mark.buffer if self._mark else None  # type: ignore[return-value]

    @property
    def fresh_grad(self) -> bool:
        """Has `backward` written the gradient since the array was marked (or since this was set to False)?"""
        return self._mark is not None and self._mark.fresh

    @fresh_grad.setter
    def fresh_grad(self, value: bool) -> None:
        if self._mark is not None:
            self._mark.fresh = bool(value)

    def zero_grad(self) -> None:
        """Fill the gradient buffer with zeros."""
        if self._mark is not None:
            writes.note(self._mark.buffer._data)
            self._mark.buffer._data.fill(0)

    def drop_grad(self) -> None:
        """Take the mark off: `.grad` is None, and backward leaves the old buffer alone."""
        drop(self)

    def detach(self) -> NDArray:
        """The same memory without history and without mark."""
        new = self._make(self._data, DETACHED)
        share(new, (self,))
        return new

    def backward(self, out_grad: Any = None, retain_graph: bool = False, train_mode: bool = True) -> None:
        """Gradients of this array with respect to the marked arrays it depends on; see `autograd.backward`."""
        backward(self, None if out_grad is None else [out_grad], retain_graph, train_mode)

    def generated_source(self) -> str:
        """The recorded calls that lead to this array, with their generated code; `srcgrad.source` shows it."""
        return listing(self)

    # -------------------------------------------------------------- values
    def _read(self) -> Raw:
        """The array inside. Generated code may only read what it was given: its gradient covers nothing else."""
        if self._origin is not None and scopes.flags() & scopes.GENERATED:
            raise RecordError("a decorated function read a marked or recorded array that is not one of its inputs",
                              hint="pass the array as an argument of the decorated function")
        return self._data

    def asnumpy(self) -> Raw:
        """A copy as a NumPy array; what is computed from it is not recorded."""
        return np.array(self._read())

    def item(self) -> Any:
        """The only element as a Python number; ValueError where there are several."""
        return self._read().item()

    asscalar = item

    def tolist(self) -> Any:
        """The elements as nested lists."""
        return self._read().tolist()

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> Any:
        if self._origin is not None and scopes.flags() & scopes.RECORDING:
            raise RecordError("NumPy asked for the values of a recorded array, which would cut its history",
                              hint="say so with x.asnumpy() or x.detach(), or use operations that are recorded")
        data = self._read()
        if copy or (dtype is not None and np.dtype(dtype) != data.dtype):
            return np.array(data, dtype=dtype)
        view = data.view()
        view.flags.writeable = False  # writes go through the NDArray, which keeps track of them
        return view

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return array_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Method, types: Any, args: Any, kwargs: Any) -> Any:
        if not all(issubclass(t, (Tracked, np.ndarray)) for t in types):
            return NotImplemented
        return array_function(function, args, kwargs)

    def __reduce__(self) -> Any:
        return _restore, (type(self), self._data)

    def __bool__(self) -> bool:
        return bool(self._read())

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __complex__(self) -> complex:
        return complex(self.item())

    def __index__(self) -> int:
        return operator.index(self.item())

    def __repr__(self) -> str:
        return repr(self._data.view(_Repr))

    def __str__(self) -> str:
        return str(self._data)

    def __format__(self, spec: str) -> str:
        return format(self._data if self._data.ndim else self._data[()], spec)

    # -------------------------------------------------------------- shape and elements
    shape = property(lambda self: self._data.shape, doc="The lengths of the axes.")
    dtype = property(lambda self: self._data.dtype, doc="The type of the elements.")
    size = property(lambda self: self._data.size, doc="The number of elements.")
    ndim = property(lambda self: self._data.ndim, doc="The number of axes.")
    itemsize = property(lambda self: self._data.itemsize, doc="Bytes of one element.")
    nbytes = property(lambda self: self._data.nbytes, doc="Bytes of all elements.")
    T = property(_unary(ops.transpose), doc="The transposed array.")
    real = property(_unary(ops.real), doc="The real part.")
    imag = property(_unary(ops.imag), doc="The imaginary part.")

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self._data)))

    def __getitem__(self, key: Any) -> Any:
        return apply(ops.getitem, self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        set_items(self, key, value)

    def __contains__(self, value: Any) -> bool:
        return unwrap(value) in self._read()

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


def _restore(kind: type[NDArray], data: Raw) -> NDArray:
    return kind._make(data, CREATED)
