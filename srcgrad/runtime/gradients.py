"""`autograd.grad`: gradients as new arrays, on request recorded themselves, so that they can be differentiated again.

The sweep that records calls, for each entry, backward after forward as one function of the entry's inputs and of the
adjoint that arrives, and records that call like any other, with a pair that is generated for it. Running the forward
code again is right only where it computes what it computed before; what it saves is compared to make sure.
"""
from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from srcgrad.errors import RecordError
from srcgrad.runtime import operations as ops
from srcgrad.runtime import scopes
from srcgrad.runtime.backward import Sweep, heads_of, propagate
from srcgrad.runtime.caller import Caller
from srcgrad.runtime.eager import apply
from srcgrad.runtime.recording import Entry, Leaf, Source, fill, pair_of, record
from srcgrad.runtime.nests import leaves
from srcgrad.runtime.registry import CREATED, NULL, UNMARKED, Origin, Tracked


def grad(heads: Any, variables: Any, head_grads: Any, retain_graph: bool | None, create_graph: bool,
         train_mode: bool) -> Any:
    """Gradients of `heads` with respect to `variables`: `autograd.grad`."""
    caller = Caller()
    found = heads_of(heads, head_grads, caller)
    single = isinstance(variables, Tracked)
    wanted = [variables] if single else list(variables)
    origins = [_origin(variable, caller) for variable in wanted]
    training = scopes.TRAINING if train_mode else 0
    if create_graph:
        sweep: _Search = _RecordingSweep(caller, origins)
        flags = scopes.Scope(scopes.RECORDING | training, scopes.PAUSED | scopes.GENERATED | scopes.TRAINING)
        found = [(head, _adjoint_array(head, adjoint, head_grads)) for head, adjoint in found]
    else:
        sweep = _Search(caller, origins)
        flags = scopes.Scope(scopes.GENERATED | training, scopes.RECORDING | scopes.TRAINING)
    with flags:
        propagate(sweep, found, caller)
        results = [_result(v, origin, sweep, caller) for v, origin in zip(wanted, origins)]
    if not (create_graph if retain_graph is None else retain_graph):
        sweep.release()
    return results[0] if single else results


def _origin(variable: Any, caller: Caller) -> Origin:
    """Where the adjoint of a variable arrives; refuses what can have none."""
    if not isinstance(variable, Tracked):
        raise TypeError(f"grad needs NDArrays as variables, not {type(variable).__name__}")
    name = _name(variable, caller)
    if variable._mark is not None and variable._mark.request == NULL:
        raise caller.error(RecordError, f"{name} is marked with grad_req 'null', so it has no gradient",
                           "mark it with 'write' or 'add'")
    if variable._origin is None:
        raise caller.error(RecordError, f"{name} is not marked, so no computation remembers that it used it",
                           "call attach_grad() on it before the computation")
    return variable._origin


def _name(variable: Tracked, caller: Caller) -> str:
    return caller.name_of(lambda value: value is variable) or f"the variable of shape {variable._data.shape}"


def _adjoint_array(head: Tracked, adjoint: Any, given: Any) -> Any:
    """The adjoint of a head as an array of the record; one that the user gave keeps its history."""
    if adjoint is None:
        return None
    origin = None
    for leaf in leaves(given):
        if isinstance(leaf, Tracked) and leaf._origin is not None and leaf._data.shape == np.shape(adjoint) \
                and np.array_equal(leaf._data, adjoint):
            origin = leaf._origin
    return type(head)._make(adjoint, CREATED, origin)


def _result(variable: Tracked, origin: Origin, sweep: _Search, caller: Caller) -> Tracked:
    if origin not in sweep.found:
        raise caller.error(RecordError, f"no head depends on {_name(variable, caller)}, so it has no gradient",
                           "leave it out of the variables, or compute the heads from it")
    adjoint, data = sweep.found[origin], variable._data
    if adjoint is None:
        adjoint = np.zeros(data.shape, data.dtype)
    if isinstance(adjoint, Tracked):
        return adjoint if adjoint._data.dtype == data.dtype else apply(ops.astype, adjoint, data.dtype)
    return type(variable)._make(np.array(adjoint, data.dtype), UNMARKED)


class _Search(Sweep):
    """A sweep that keeps the adjoints of some places of the record and writes none."""

    searching = True

    def __init__(self, caller: Caller, wanted: Sequence[Origin]) -> None:
        super().__init__(caller)
        self.found: dict[Origin, Any] = {}
        self._wanted: dict[Any, list[int]] = {}
        for node, index in wanted:
            self._wanted.setdefault(node, []).append(index)

    def arrived(self, node: Any, slots: list[Any]) -> None:
        for index in self._wanted.get(node, ()):
            self.found[node, index] = slots[index]


class _RecordingSweep(_Search):
    """A sweep whose adjoints are recorded arrays."""

    def ones(self, head: Tracked) -> Any:
        return type(head)._make(np.ones(head._data.shape, head._data.dtype), CREATED)

    def sum(self, origin: Origin, before: Any, adjoint: Any) -> Any:
        return apply(ops.add, before, adjoint)

    def backward(self, entry: Entry, slots: list[Any]) -> Iterable[Any]:
        pair: Any = entry.pair
        if hasattr(pair, "recorded_backward"):
            return pair.recorded_backward(entry, slots)  # type: ignore[no-any-return]
        self._check_replay(entry)
        kind = next(type(slot) for slot in slots if slot is not None)
        raw = [None if slot is None else slot._data[()] for slot in slots]
        adjoint = raw[0] if entry.template is None else fill(entry.template, raw)
        source = _sources(entry.template, slots) if entry.template is not None else slots[0]._origin
        function = pair.gradient
        *names, last = inspect.signature(function).parameters
        inputs = {**dict(zip(names, entry.args)), **(entry.options or {}), last: adjoint}
        active = pair.active if source is None else (*pair.active, last)
        second = pair_of(function, active, inputs)
        training = scopes.Scope(scopes.GENERATED | entry.training, scopes.TRAINING & ~entry.training)
        with training:
            value, saved = second.forward(**inputs)
        sources = (*entry.sources, *(() if source is None else (source,)))
        again = Entry(function, second, saved, sources, (), inputs, entry.training)
        adjoints: tuple[Any, ...] = record(kind, again, value)
        return adjoints

    def _check_replay(self, entry: Entry) -> None:
        assert entry.pair is not None
        training = scopes.Scope(scopes.GENERATED | entry.training, scopes.TRAINING & ~entry.training)
        with training:
            _, saved = entry.pair.forward(*entry.args, **(entry.options or {}))
        if not _agree(saved, entry.saved):
            raise self._caller.error(
                RecordError, f"a call of `{entry.function.__name__}` can't be differentiated again: run a second time, it "
                "computes something else, because it draws random numbers or something that it reads has changed",
                "draw random numbers outside and pass them in, and write into copies")


def _sources(template: Any, slots: list[Any]) -> Source:
    """Where the adjoint of a value's adjoint flows to: to the histories of its parts."""
    if isinstance(template, Leaf):
        slot = slots[template.slot]
        return None if slot is None else slot._origin
    found: dict[Any, Any] = {}
    if isinstance(template, (list, tuple)):
        found = {i: s for i, item in enumerate(template) if (s := _sources(item, slots)) is not None}
    elif isinstance(template, dict):
        found = {k: s for k, item in template.items() if (s := _sources(item, slots)) is not None}
    return found or None


def _agree(again: Any, saved: Any) -> bool:
    """Are the numbers the same, but for what a summation in another order changes?"""
    found, expected = list(leaves(again)), list(leaves(saved))
    return len(found) == len(expected) and all(map(_same, found, expected))


def _same(a: Any, b: Any) -> bool:
    if a is b:
        return True
    if not isinstance(a, (np.ndarray, np.generic, float, complex)):
        return type(a) is type(b) and (not isinstance(a, (int, str)) or a == b)
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    if a.dtype.kind not in "fc":
        return bool(np.array_equal(a, b))
    size = float(np.max(np.abs(b), initial=0.0, where=np.isfinite(b)))
    tolerance = 100 * float(np.finfo(b.dtype).eps)
    return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance * size, equal_nan=True))
