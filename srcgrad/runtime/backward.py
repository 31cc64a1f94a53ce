"""From the heads back through the record: adjoints flow from entry to entry and end in the gradient buffers.

Nodes are visited from the latest to the earliest, which is a reverse topological order, since a call comes after the
calls that made its inputs. No recursion: a chain may be as long as memory allows. Buffers are written and entries
freed when every adjoint is known, so that a refusal or an error leaves everything as it was.
"""
from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import Any

import numpy as np

from srcgrad.errors import RecordError
from srcgrad.runtime import scopes
from srcgrad.runtime.caller import Caller
from srcgrad.runtime.causes import no_history, overwritten, released
from srcgrad.runtime.inputs import follow
from srcgrad.runtime.recording import Entry, Source, fill
from srcgrad.runtime.memory import Raw, writes
from srcgrad.runtime.nests import leaves, part
from srcgrad.runtime.registry import NULL, WRITE, Mark, Node, Origin, Tracked, stale

Head = tuple[Tracked, Any]
"""An output and its adjoint (None: ones)."""


_SCOPES = [scopes.Scope(scopes.GENERATED | training, scopes.RECORDING | scopes.TRAINING) for training in (0, scopes.TRAINING)]


def backward(outputs: Any, gradients: Any = None, retain_graph: bool = False, train_mode: bool = True) -> None:
    """Gradients of `outputs` into the buffers of the marked arrays they depend on: `autograd.backward`."""
    caller = Caller()
    if gradients is None and isinstance(outputs, Tracked):
        heads: list[Head] = [(outputs, None)]
    else:
        heads = heads_of(outputs, gradients, caller)
    with _SCOPES[bool(train_mode)]:
        sweep = Sweep(caller)
        propagate(sweep, heads, caller)
        _write(sweep.reached)
    if not retain_graph:
        sweep.release()


def propagate(sweep: Sweep, heads: list[Head], caller: Caller) -> None:
    """Let the adjoints of the heads flow through the record."""
    for head, _ in heads:
        if head._view is not None:
            follow(head)
        if head._origin is None or stale(head):
            raise no_history(head, caller)
    for head, adjoint in heads:
        assert head._origin is not None
        sweep.add(head._origin, sweep.ones(head) if adjoint is None else adjoint)
    sweep.run()


# ------------------------------------------------------------------ heads
def heads_of(outputs: Any, gradients: Any, caller: Caller) -> list[Head]:
    """The outputs with their adjoints, checked."""
    single = isinstance(outputs, Tracked)
    arrays = [outputs] if single else list(outputs)
    if not arrays:
        raise ValueError("backward needs at least one output")
    for array in arrays:
        if not isinstance(array, Tracked):
            raise TypeError(f"backward needs NDArrays, not {type(array).__name__}; what NumPy computed has no history")
    if gradients is None:
        given: list[Any] = [None] * len(arrays)
    elif single and not _one_in_a_list(gradients, arrays[0]):
        given = [gradients]
    elif isinstance(gradients, (list, tuple)):
        given = list(gradients)
    else:
        raise ValueError(f"give a list of {len(arrays)} head gradients, one for each output")
    if len(given) != len(arrays):
        raise ValueError(f"{len(arrays)} outputs, but {len(given)} head gradients: give one for each (None for ones)")
    return [(array, _head_gradient(array, gradient, caller)) for array, gradient in zip(arrays, given)]


def _one_in_a_list(gradients: Any, head: Tracked) -> bool:
    """Is `[g]` the list of head gradients, rather than the values of the only one?"""
    if not isinstance(gradients, (list, tuple)) or len(gradients) != 1:
        return False
    return gradients[0] is None or np.shape(gradients[0]) == head._data.shape


def _head_gradient(head: Tracked, gradient: Any, caller: Caller) -> Any:
    """A private copy in the head's shape and dtype: a buffer that is written may be what the user gave."""
    if gradient is None:
        return None
    data = head._data
    name = caller.name_of(lambda value: value is head) or "an output"
    if isinstance(gradient, (Tracked, np.ndarray)):
        array = np.array(gradient._data if isinstance(gradient, Tracked) else gradient)
        if array.dtype != data.dtype:
            raise ValueError(f"the head gradient of {name} has dtype {array.dtype}, the output {data.dtype}; "
                             f"convert it with astype('{data.dtype}')")
    else:
        array = np.array(gradient, dtype=data.dtype)
    if array.shape != data.shape:
        raise ValueError(f"the head gradient of {name} has shape {array.shape}, the output {data.shape}")
    return array[()]


# ------------------------------------------------------------------ the sweep
class Sweep:
    """The adjoints that are known so far, and the nodes that wait for theirs to be complete."""

    searching = False

    def __init__(self, caller: Caller) -> None:
        self.reached: list[tuple[Mark, Any]] = []
        self.visited: list[Entry] = []
        self._caller = caller
        self._adjoints: dict[Node, list[Any]] = {}
        self._owned: set[tuple[Node, int]] = set()
        self._heap: list[tuple[int, Node]] = []

    def ones(self, head: Tracked) -> Any:
        """The adjoint of a head that was given none."""
        ones = np.ones(head._data.shape, head._data.dtype)
        return ones if ones.ndim else ones[()]

    def arrived(self, node: Node, slots: list[Any]) -> None:
        """Called when the adjoints of a node are complete, where `searching`."""

    def release(self) -> None:
        """Free what was visited."""
        where = self._caller.place
        for entry in self.visited:
            entry.release(where)

    def add(self, origin: Origin, adjoint: Any) -> None:
        """One contribution to the adjoint of what `origin` says; None adds nothing, but the node counts as reached."""
        node, index = origin
        slots = self._adjoints.get(node)
        if slots is None:
            slots = self._adjoints[node] = [None] * node.width
            heapq.heappush(self._heap, (-node.number, node))
        before = slots[index]
        if before is None:
            slots[index] = adjoint
        elif adjoint is not None:
            slots[index] = self.sum(origin, before, adjoint)

    def sum(self, origin: Origin, before: Any, adjoint: Any) -> Any:
        """The first sum is a new array, and only this sweep knows it: later contributions are added in place."""
        if origin in self._owned and isinstance(adjoint, np.ndarray) and before.dtype == adjoint.dtype:
            before += adjoint
            return before
        total = before + adjoint
        if isinstance(total, np.ndarray):
            self._owned.add(origin)
        return total

    def run(self) -> None:
        heap, adjoints = self._heap, self._adjoints
        while heap:
            node = heapq.heappop(heap)[1]
            slots = adjoints.pop(node)
            if self.searching:
                self.arrived(node, slots)
            if type(node) is Mark:
                self._reach(node, slots[0])
            elif type(node) is Entry:
                self._visit(node, slots)

    def _reach(self, mark: Mark, adjoint: Any) -> None:
        self.reached.append((mark, adjoint))
        if mark.source is not None:
            self.add(mark.source, adjoint)

    def _visit(self, entry: Entry, slots: list[Any]) -> None:
        if entry.pair is None:
            raise released(entry, self._caller)
        if writes.last > entry.number:
            _check_saved(entry, self._caller)
        self.visited.append(entry)
        adjoints: Iterable[Any]
        if slots[0] is None and all(slot is None for slot in slots):
            adjoints = (None,) * len(entry.sources)
        else:
            adjoints = self.backward(entry, slots)
        for source, found in zip(entry.sources, adjoints):
            if type(source) is tuple:
                self.add(source, found)
            else:
                self._flow(source, found)

    def backward(self, entry: Entry, slots: list[Any]) -> Iterable[Any]:
        """The adjoints of the inputs of a call from those of its outputs."""
        assert entry.pair is not None
        adjoint = slots[0] if entry.template is None else fill(entry.template, slots)
        return entry.pair.backward(entry.saved, adjoint)

    def _flow(self, source: Source, adjoint: Any) -> None:
        if isinstance(source, tuple):
            self.add(source, adjoint)
        elif source is not None:
            for key, inner in source.items():
                self._flow(inner, None if adjoint is None else part(adjoint, key))


def _check_saved(entry: Entry, caller: Caller) -> None:
    for array in leaves(entry.saved):
        if isinstance(array, np.ndarray) and writes.since(array, entry.number):
            raise overwritten(array, entry, caller)


# ------------------------------------------------------------------ the buffers
def _check_fits(adjoint: Any, data: Raw) -> None:
    """Generated code gave a gradient of the variable's shape, in a type that its buffer can hold."""
    if adjoint is None or type(adjoint) is np.ndarray and adjoint.shape == data.shape and adjoint.dtype == data.dtype:
        return
    found = np.asarray(adjoint)
    if found.shape == data.shape and (found.dtype == data.dtype or np.can_cast(found.dtype, data.dtype, "same_kind")):
        return
    raise RecordError(f"generated code gave a gradient of shape {found.shape} and type {found.dtype} for an array of "
                      f"shape {data.shape} and type {data.dtype}", hint="this is a bug in srcgrad; please report it")


def _write(reached: list[tuple[Mark, Any]]) -> None:
    """Put each gradient into its buffer. Two marks of one buffer (an array marked twice) share the write."""
    for mark, adjoint in reached:
        _check_fits(adjoint, mark.buffer._data)
    written: set[int] = set()
    for mark, adjoint in reached:
        if mark.request == NULL:
            continue
        data = mark.buffer._data
        writes.note(data)
        if mark.request == WRITE and id(mark.buffer) not in written:
            np.copyto(data, 0 if adjoint is None else adjoint, casting="same_kind")
        elif adjoint is not None:
            np.add(data, adjoint, out=data, casting="same_kind")
        written.add(id(mark.buffer))
        mark.fresh = True
