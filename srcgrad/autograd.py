"""The record face: record what NumPy-like code computes, then find the gradients of the arrays that are marked.

>>> from srcgrad import autograd, nd
>>> x = nd.array([1.0, 2.0, 3.0])
>>> g = nd.zeros_like(x)
>>> autograd.mark_variables(x, g)
>>> @autograd.record
... def f(x):
...     return x * x + 1
>>> autograd.backward(f(x))
>>> g
NDArray([2., 4., 6.])
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from srcgrad.pairs import now, split
from srcgrad.runtime import backward as _backward
from srcgrad.runtime import gradients as _gradients
from srcgrad.runtime import recording, registry, scopes
from srcgrad.runtime.function import Function
from srcgrad.runtime.ndarray import NDArray
from srcgrad.runtime.recorded import recorded
from srcgrad.runtime.scopes import EXACT, GENERATED, PAUSED, RECORDING, TRAINING, Scope

__all__ = ["Function", "backward", "grad", "is_recording", "is_training", "mark_variables", "pause", "predict_mode", "record",
           "set_recording", "set_training", "train_mode"]

recording.connect(split, now)

F = TypeVar("F", bound=Callable[..., Any])


class _Record(Scope):
    """The scope of `record`; as a decorator it rewrites the function."""

    __slots__ = ()

    def __call__(self, function: F) -> F:
        return recorded(function, self)  # type: ignore[no-any-return]


def _training(train_mode: bool | None) -> tuple[int, int]:
    """The flags to set and to clear."""
    if train_mode is None:
        return 0, 0
    return (TRAINING, 0) if train_mode else (0, TRAINING)


def _record(train_mode: bool | None) -> _Record:
    on, off = _training(train_mode)
    return _Record(RECORDING | on, PAUSED | GENERATED | off)


_RECORD = {mode: _record(mode) for mode in (True, False, None)}  # scopes hold no state: one of each is enough


@overload
def record(train_mode: F) -> F: ...
@overload
def record(train_mode: bool | None = True) -> Scope: ...
def record(train_mode: Any = True) -> Any:
    """A scope in which operations on NDArrays are recorded, or a decorator that records the calls of a function.

    `train_mode` sets the training flag as well; None leaves it as it is. As a decorator, with or without parentheses,
    it generates forward and backward code for the whole function, for arguments, captured variables and globals that
    hold NDArrays; a call leaves one entry in the record instead of one for each operation, and `srcgrad.source` shows
    the code. Raises TypeError for what is not a Python function.

    >>> from srcgrad import autograd, nd
    >>> x = nd.array([1.0, 2.0]).attach_grad()
    >>> with autograd.record():
    ...     y = x * x
    >>> y.backward()
    >>> x.grad
    NDArray([2., 4.])
    """
    if callable(train_mode) or isinstance(train_mode, (staticmethod, classmethod)):
        return record()(train_mode)
    return _RECORD[None if train_mode is None else bool(train_mode)]


@overload
def pause(train_mode: F) -> F: ...
@overload
def pause(train_mode: bool | None = False) -> Scope: ...
def pause(train_mode: Any = False) -> Any:
    """A scope, or a decorator, in which nothing is recorded: what it computes is constant for `backward`.

    >>> from srcgrad import autograd
    >>> with autograd.record(), autograd.pause():
    ...     autograd.is_recording()
    False
    """
    if callable(train_mode):
        return pause()(train_mode)
    on, off = _training(train_mode)
    return Scope(PAUSED | on, RECORDING | GENERATED | EXACT | off)


@overload
def train_mode(function: F) -> F: ...
@overload
def train_mode() -> Scope: ...
def train_mode(function: Any = None) -> Any:
    """A scope, or a decorator, in which `is_training()` is True; recording stays as it is."""
    scope = Scope(TRAINING, 0)
    return scope if function is None else scope(function)


@overload
def predict_mode(function: F) -> F: ...
@overload
def predict_mode() -> Scope: ...
def predict_mode(function: Any = None) -> Any:
    """A scope, or a decorator, in which `is_training()` is False; recording stays as it is."""
    scope = Scope(0, TRAINING)
    return scope if function is None else scope(function)


def is_recording() -> bool:
    """Are operations recorded here?"""
    return bool(scopes.flags() & RECORDING)


def is_training() -> bool:
    """Do layers such as dropout behave as in training here?"""
    return bool(scopes.flags() & TRAINING)


def set_recording(is_recording: bool) -> bool:
    """Switch recording until the innermost scope ends; returns what it was. Prefer `record` and `pause`."""
    before = scopes.switch(RECORDING, PAUSED) if is_recording else scopes.switch(0, RECORDING)
    return bool(before & RECORDING)


def set_training(train_mode: bool) -> bool:
    """Switch the training flag until the innermost scope ends; returns what it was."""
    before = scopes.switch(TRAINING, 0) if train_mode else scopes.switch(0, TRAINING)
    return bool(before & TRAINING)


def mark_variables(variables: NDArray | Sequence[NDArray], gradients: NDArray | Sequence[NDArray],
                   grad_reqs: str | Sequence[str] = "write") -> None:
    """Mark arrays as variables whose gradients `backward` writes into `gradients`, in place.

    One array and one buffer, or a list of each. `grad_reqs`, one for all or a list: "write" overwrites the buffer,
    "add" adds to it, "null" computes no gradient. `x.grad` is the buffer that was given. Marking an array again
    concerns what is computed afterwards; marking a computed array keeps its history.

    Raises, before anything changes, ValueError (different counts, unknown grad_req, a buffer of another shape or dtype,
    read-only, or sharing memory with a variable or another buffer), NotDifferentiable (a variable of integers or
    bools), TypeError (not an NDArray).

    >>> from srcgrad import autograd, nd
    >>> x, g = nd.array([1.0, 2.0]), nd.zeros(2)
    >>> autograd.mark_variables(x, g)
    >>> x.grad is g
    True
    """
    variables = _list(variables)
    requests = [grad_reqs] * len(variables) if isinstance(grad_reqs, str) else list(grad_reqs)
    registry.mark(variables, _list(gradients), requests)


def _list(arrays: Any) -> list[Any]:
    return [arrays] if isinstance(arrays, NDArray) else list(arrays)


def backward(outputs: NDArray | Sequence[NDArray], gradients: Any = None, retain_graph: bool = False,
             train_mode: bool = True) -> None:
    """Write into the gradient buffers of the marked arrays that `outputs` depend on.

    `gradients` are the adjoints of the outputs, each in the shape and dtype of its output (numbers and lists are
    converted); None, or None in the list, means ones. Contributions of several outputs are summed. What was recorded
    is freed unless `retain_graph`; a marked array that no output depends on keeps its old gradient. `train_mode` is the
    training flag while the sweep runs.

    Raises RecordError, with a message for each cause, where an output has no history or a part of it was released or
    overwritten; ValueError for head gradients of the wrong count, shape or dtype, or no outputs. Nothing is written
    then.

    >>> from srcgrad import autograd, nd
    >>> x = nd.array([1.0, 2.0]).attach_grad()
    >>> with autograd.record():
    ...     y = 3 * x
    >>> autograd.backward(y, nd.array([1.0, 10.0]))
    >>> x.grad
    NDArray([ 3., 30.])
    """
    _backward.backward(outputs, gradients, retain_graph, train_mode)


def grad(heads: NDArray | Sequence[NDArray], variables: NDArray | Sequence[NDArray], head_grads: Any = None,
         retain_graph: bool | None = None, create_graph: bool = False, train_mode: bool = True) -> Any:
    """Gradients of `heads` with respect to `variables`, as new arrays: a list for a list, a bare array for one array.

    The gradient buffers stay as they are. A variable is a marked array, or a recorded one, whatever its grad_req, but
    for "null". `head_grads` are as in `backward`. With `create_graph` the gradients are recorded themselves, so that
    they can be differentiated again, to any order; `retain_graph` defaults to `create_graph`.

    Raises RecordError where a variable is not marked, has grad_req "null", or is one that no head depends on, and
    whatever `backward` raises.

    >>> from srcgrad import autograd, nd
    >>> x = nd.array(2.0).attach_grad()
    >>> with autograd.record():
    ...     y = x ** 3
    ...     slope = autograd.grad(y, x, create_graph=True)
    >>> slope.backward()
    >>> slope, x.grad
    (NDArray(12.), NDArray(12.))
    """
    return _gradients.grad(heads, variables, head_grads, retain_graph, create_graph, train_mode)
