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
from srcgrad.runtime.caller import Caller
from srcgrad.runtime.eager import apply
from srcgrad.runtime.methods import Methods
from srcgrad.runtime.memory import Raw, writes
from srcgrad.runtime.nests import unwrap
from srcgrad.runtime.registry import CREATED, DETACHED, Tracked, drop, mark, share
from srcgrad.runtime.listing import listing
from srcgrad.runtime.stores import set_items

Method = Callable[..., Any]


class _Repr(np.ndarray[Any, np.dtype[Any]]):
    """Prints as NumPy's arrays do, under the name of NDArray."""


_Repr.__name__ = "NDArray"


class NDArray(Methods):
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
    def _look(self) -> Raw:
        """The array inside. Generated code may only read what it was given: its gradient covers nothing else."""
        if self._origin is not None and scopes.flags() & scopes.GENERATED:
            raise RecordError("a decorated function read a marked or recorded array that is not one of its inputs",
                              hint="pass the array as an argument of the decorated function")
        return self._data

    def _read(self) -> Raw:
        """The array inside, for values that leave the record."""
        if self._origin is not None and scopes.flags() & scopes.EXACT:
            raise Caller().error(RecordError, "a decorated function took numbers out of a recorded array, which would cut "
                                 "their history", "use x.detach() or autograd.pause() to say so")
        return self._look()

    def asnumpy(self) -> Raw:
        """A copy as a NumPy array; what is computed from it is not recorded."""
        return np.array(self._look())

    def item(self) -> Any:
        """The only element as a Python number; ValueError where there are several."""
        return self._read().item()

    asscalar = item

    def copyto(self, other: Any) -> Any:
        """Writes the values into another NDArray, which is returned; with a context, a copy of this array."""
        if not isinstance(other, Tracked):
            return self.copy()
        set_items(other, Ellipsis, self, "copyto")
        return other

    @property
    def context(self) -> str:
        """Where the array lives: there is one place, "cpu"."""
        return "cpu"

    ctx = context

    def as_in_context(self, context: Any = None) -> NDArray:
        """The array itself: there is one context."""
        return self

    def wait_to_read(self) -> None:
        """Returns at once: operations are finished when they return."""

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
        return bool(self._look())

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self._look().item())

    def __complex__(self) -> complex:
        return complex(self.item())

    def __index__(self) -> int:
        return operator.index(self._look().item())

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

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self._data)))

    def __getitem__(self, key: Any) -> Any:
        return apply(ops.getitem, self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        set_items(self, key, value)

    def __contains__(self, value: Any) -> bool:
        return unwrap(value) in self._look()


def _restore(kind: type[NDArray], data: Raw) -> NDArray:
    return kind._make(data, CREATED)
