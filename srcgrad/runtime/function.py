"""`autograd.Function`: a call with a backward of the user's own, as one entry of the record."""
from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from srcgrad.errors import RecordError
from srcgrad.runtime import scopes
from srcgrad.runtime.eager import constant_because, wrap
from srcgrad.runtime.inputs import Inputs
from srcgrad.runtime.recording import Entry, fill, record
from srcgrad.runtime.nests import leaves, unwrap
from srcgrad.runtime.registry import UNMARKED, Origin, Tracked, share

_PAUSE = scopes.Scope(scopes.PAUSED, scopes.RECORDING | scopes.GENERATED)


class Function:
    """Base of operations with a backward of their own: override `forward` and `backward`, and call an instance.

    `forward(*inputs)` computes one array or a tuple of them from NDArrays (and anything else); nothing in it is
    recorded. `backward(*adjoints)` gets the adjoint of each output, and returns one for each input of `forward`, in its
    shape: a bare array where there is one, None for what has none. Arrays given to `save_for_backward` are found in
    `saved_tensors`; other attributes that `forward` sets are those of the same call, too, so that an instance may be
    called many times.

    >>> from srcgrad import autograd, nd
    >>> import numpy as np
    >>> class Sigmoid(autograd.Function):
    ...     def forward(self, x):
    ...         y = 1 / (1 + np.exp(-x))
    ...         self.save_for_backward(y)
    ...         return y
    ...     def backward(self, b_y):
    ...         y, = self.saved_tensors
    ...         return b_y * y * (1 - y)
    >>> x = nd.array([0.0, 0.0]).attach_grad()
    >>> with autograd.record():
    ...     y = Sigmoid()(x)
    >>> y.backward()
    >>> x.grad
    NDArray([0.25, 0.25])
    """

    _saved: Sequence[Any] = ()

    def forward(self, *inputs: Any) -> Any:
        """The outputs; to be overridden."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def backward(self, *adjoints: Any) -> Any:
        """The adjoints of the inputs from those of the outputs; to be overridden."""
        raise NotImplementedError(f"{type(self).__name__} has no backward")

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep arrays for `backward`, which finds them in `saved_tensors`; to be called in `forward`."""
        self._saved = tensors

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What `forward` gave to `save_for_backward`."""
        return tuple(self._saved)

    def __call__(self, *inputs: Any) -> Any:
        """The outputs of `forward`, recorded where recording is on and an input is marked or recorded."""
        flags = scopes.flags()
        taken = Inputs(inputs)
        kind = taken.kind or _default_kind()
        call = copy.copy(self)
        call._saved = ()
        with _PAUSE:
            value = call.forward(*(wrap(kind, x, UNMARKED) if flags & scopes.GENERATED else x for x in inputs))
        self.__dict__.update(call.__dict__)
        raw = unwrap(value)
        if flags & scopes.GENERATED:
            if taken.active:
                raise RecordError(f"a decorated function called {type(self).__name__} on a recorded array that is not one of "
                                  "its inputs", hint="pass the array as an argument of the decorated function")
            return raw
        if not (flags & scopes.RECORDING and taken.active):
            return wrap(kind, raw, constant_because(flags, inputs))
        pair = _Custom(call, kind, taken, value)
        saved = [x._data for x in leaves(tuple(call._saved)) if isinstance(x, Tracked)]
        sources = tuple([s for s in taken.sources if s is not None])
        entry = Entry(call.forward, pair, saved, sources)
        result = record(kind, entry, tuple(raw) if isinstance(raw, list) else raw)
        for leaf in leaves(result):
            share(leaf, leaves(inputs))
        return result


def _default_kind() -> type[Tracked]:
    from srcgrad.runtime.ndarray import NDArray  # NDArray does not know Function, which would be one way round
    return NDArray


class _Custom:
    """Stands in the record where generated code does: calls the user's backward."""

    def __init__(self, call: Function, kind: type[Tracked], inputs: Inputs, value: Any) -> None:
        self._call = call
        self._kind = kind
        self._needed = [source is not None for source in inputs.sources]
        self._shapes = [np.shape(x) for x in inputs.raw]
        self._several = isinstance(value, (list, tuple))
        outputs = [x for x in leaves(value) if isinstance(x, Tracked)]
        # An output that is saved is kept as its number here: the output itself would lead back to this entry.
        places = {id(x): i for i, x in enumerate(outputs)}
        self._saved = [places.get(id(x), x) for x in call._saved]
        self._data = [x._data for x in outputs] if any(isinstance(x, int) for x in self._saved) else []
        call._saved = ()

    def backward(self, saved: Any, adjoint: Any) -> tuple[Any, ...]:
        """Called by the sweep with plain arrays."""
        adjoints = adjoint if self._several else (adjoint,)
        with _PAUSE:
            found = self._run([self._kind._make(b, UNMARKED) if b is not None else None for b in adjoints], None)
        return tuple([unwrap(b) for b in found])

    def recorded_backward(self, entry: Entry, slots: Sequence[Any]) -> tuple[Any, ...]:
        """Called by the sweep that records: what backward computes is recorded operation by operation."""
        raw = [None if slot is None else slot._data for slot in slots]
        whole: Any = raw[0] if entry.template is None else fill(entry.template, raw)
        adjoints = whole if self._several else (whole,)
        return self._run([slot if slot is not None else self._kind._make(b, UNMARKED) if b is not None else None
                          for slot, b in zip(slots, adjoints)], entry)

    def _run(self, adjoints: Sequence[Any], entry: Entry | None) -> tuple[Any, ...]:
        call = copy.copy(self._call)
        call._saved = [self._output(x, entry) if isinstance(x, int) else x for x in self._saved]
        found = call.backward(*adjoints)
        gradients = list(found) if isinstance(found, (list, tuple)) else [found]
        name = type(call).__name__
        if len(gradients) != len(self._needed):
            raise ValueError(f"{name}.backward returned {len(gradients)} gradients, but {name}.forward took "
                             f"{len(self._needed)} inputs: return one for each, None for what has none")
        for i, (gradient, shape, needed) in enumerate(zip(gradients, self._shapes, self._needed)):
            if needed and gradient is not None and np.shape(unwrap(gradient)) != shape:
                raise ValueError(f"{name}.backward returned a gradient of shape {np.shape(unwrap(gradient))} for input {i}, "
                                 f"which has shape {shape}")
        return tuple([g for g, needed in zip(gradients, self._needed) if needed])

    def _output(self, place: int, entry: Entry | None) -> Tracked:
        origin: Origin | None = None if entry is None else (entry, place)
        return self._kind._make(self._data[place], UNMARKED, origin)

