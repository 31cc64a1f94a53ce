"""Arrays that the record knows, the marks that give them gradient buffers, and the views that share their memory."""
from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, NamedTuple, TypeVar

import numpy as np

from srcgrad.errors import NotDifferentiable
from srcgrad.runtime.memory import Raw, byte_bounds, owner, tick, writes

T = TypeVar("T", bound="Tracked")

WRITE, ADD, NULL = REQUESTS = ("write", "add", "null")

# Why an array has no history; the error messages of backward tell them apart.
CREATED, OUTSIDE, UNDER_PAUSE, UNMARKED, ONLY_NULL, DETACHED, OVERWRITTEN = range(7)

class Node:
    """A place in the record that adjoints flow to: a mark, or the entry of a call."""

    __slots__ = ("number",)
    number: int
    width: int


Origin = tuple[Node, int]
"""Where an array comes from: a node, and which of its outputs the array is."""


class Mark(Node):
    """One marking of an array: its gradient buffer, and the array's history (None where it has none)."""

    __slots__ = ("buffer", "fresh", "request", "source")
    width: ClassVar[int] = 1  # type: ignore[misc]

    def __init__(self, buffer: Tracked, request: str, source: Origin | None) -> None:
        self.number = tick()
        self.buffer = buffer
        self.request = request
        self.source = source
        self.fresh = False


class Tracked:
    """An array with its place in the record; `NDArray` adds everything a user sees."""

    __slots__ = ("__weakref__", "_data", "_mark", "_origin", "_sharing", "_used", "_view", "_why")
    _data: Raw
    _origin: Origin | None
    _mark: Mark | None
    _sharing: dict[int, weakref.ref[Tracked]] | None  # the views of this array and of its views
    _used: bool  # as a constant by what was recorded, which may have saved it
    _view: View | None
    _why: int

    @classmethod
    def _make(cls: type[T], data: Any, why: int, origin: Origin | None = None) -> T:
        """A new array around `data`, which is shared, not copied."""
        new = cls.__new__(cls)
        new._data = data if isinstance(data, np.ndarray) else np.asarray(data)
        new._origin = origin
        new._mark = None
        new._view = new._sharing = None
        new._used = False
        new._why = why
        return new


OPAQUE = object()  # in place of a key: a view that is no subscript, such as a transposed array


class View(NamedTuple):
    """Whose memory an array shares, by which key, and the history that the other had when this was last looked at."""

    parent: Tracked
    key: Any
    history: Origin | None


def share(view: Tracked, parents: Iterable[Any], key: Any = OPAQUE) -> None:
    """Make a note of it where `view`, a new array, shares the memory of one of `parents`."""
    memory = owner(view._data)
    for parent in parents:
        if isinstance(parent, Tracked) and parent is not view and owner(parent._data) is memory:
            view._view = View(parent, key, parent._origin)
            _register(view, root_of(parent))
            return


def root_of(array: Tracked) -> Tracked:
    """The array that `array` is a view of, in the end."""
    while array._view is not None:
        array = array._view.parent
    return array


def _register(view: Tracked, root: Tracked) -> None:
    sharing = root._sharing
    if sharing is None:
        sharing = root._sharing = {}
    key = id(view)
    sharing[key] = weakref.ref(view, lambda _: sharing.pop(key, None))


def used(root: Tracked) -> bool:
    """May the record have saved memory of `root` as a constant?"""
    views = [reference() for reference in (root._sharing or {}).values()]
    return root._used or any(view is not None and view._used for view in views)


def move(root: Tracked) -> list[tuple[Tracked, Raw]] | None:
    """Give `root` and its views a copy of their memory, so that what the record holds of it stays as it is.

    Returns what each array looked at before, None where the memory is no plain block, or belongs to something else.
    """
    old = root._data
    if old.base is not None or not (old.flags.c_contiguous or old.flags.f_contiguous):
        return None
    new = old.copy(order="K")
    moved = [(root, old)]
    memory, start = owner(old), byte_bounds(old)[0]
    root._data = new
    block = new if new.flags.c_contiguous else new.T
    for reference in list((root._sharing or {}).values()):
        view = reference()
        if view is not None and owner(view._data) is memory:
            data = view._data
            offset = data.__array_interface__["data"][0] - start
            moved.append((view, data))
            view._data = np.ndarray(data.shape, data.dtype, block, offset, data.strides)
            view._data.flags.writeable = data.flags.writeable
            view._used = False
    root._used = False
    return moved


# ------------------------------------------------------------------ what was overwritten
def stale(array: Tracked) -> bool:
    """Does `array` no longer hold what its history says? A marked array without a history may hold anything."""
    if array._origin is None:
        return False
    node = array._origin[0]
    if isinstance(node, Mark) and node.source is None:
        return False
    return writes.since(array._data, node.number)


# ------------------------------------------------------------------ marking
def mark(variables: Sequence[Any], buffers: Sequence[Any], requests: Sequence[str]) -> None:
    """Install `buffers[i]` as the gradient buffer of `variables[i]`; checks everything before it changes anything."""
    if len(variables) != len(buffers) or len(variables) != len(requests):
        raise ValueError(f"{len(variables)} variables, {len(buffers)} gradients and {len(requests)} grad_reqs: give "
                         "one gradient for each variable, and one grad_req for all or one for each")
    for variable, buffer, request in zip(variables, buffers, requests):
        _check(variable, buffer, request)
    _check_distinct(variables, buffers)
    for variable, buffer, request in zip(variables, buffers, requests):
        _install(variable, buffer, request)


def _check(variable: Any, buffer: Any, request: str) -> None:
    if request not in REQUESTS:
        raise ValueError(f"grad_req {request!r} is unknown: use one of 'write', 'add', 'null'")
    for what, array in (("variable", variable), ("gradient", buffer)):
        if not isinstance(array, Tracked):
            raise TypeError(f"a {what} must be an NDArray, not {type(array).__name__}; make one with nd.array(...)")
    if variable._data.dtype.kind not in "fc":
        raise NotDifferentiable(f"an array of {variable._data.dtype} has no gradient, so it can't be marked",
                                hint="make it a float array: x.astype('float64')")
    for what in ("shape", "dtype"):
        ours, theirs = getattr(variable._data, what), getattr(buffer._data, what)
        if ours != theirs:
            raise ValueError(f"the gradient buffer has {what} {theirs}, its variable {ours}; they must be equal")
    if not buffer._data.flags.writeable:
        raise ValueError("the gradient buffer is read-only; backward could not write into it")


def _check_distinct(variables: Sequence[Tracked], buffers: Sequence[Tracked]) -> None:
    """No memory is a gradient buffer twice, or a buffer and a variable."""
    if len({id(v) for v in variables}) < len(variables):
        raise ValueError("the same variable is given twice")
    taken: dict[int, list[Raw]] = {}
    for variable in variables:
        taken.setdefault(id(owner(variable._data)), []).append(variable._data)
    for buffer in buffers:
        neighbours = taken.setdefault(id(owner(buffer._data)), [])
        if any(np.shares_memory(buffer._data, other) for other in neighbours):
            raise ValueError("a gradient buffer shares memory with a variable or with another gradient buffer; "
                             "give each variable a buffer of its own, such as nd.zeros_like(x)")
        neighbours.append(buffer._data)


def _install(variable: Tracked, buffer: Tracked, request: str) -> None:
    history = _history(variable)
    variable._mark = Mark(buffer, request, history)
    if request != NULL:
        variable._origin = (variable._mark, 0)
        return
    variable._origin = history
    if history is None:
        variable._why = ONLY_NULL


def _history(variable: Tracked) -> Origin | None:
    """The origin of `variable` without its mark."""
    if variable._origin is None or stale(variable):
        return None
    node = variable._origin[0]
    return node.source if isinstance(node, Mark) else variable._origin


def drop(variable: Tracked) -> None:
    """Take the mark off: `.grad` is None from here on, also for calls that are recorded already."""
    if variable._mark is None:
        return
    variable._origin = _history(variable)
    variable._why = CREATED
    variable._mark.request = NULL
    variable._mark = None


def forget(variable: Tracked) -> None:
    """`variable` was overwritten outside the record: what it holds now has no history (a mark stays)."""
    node = variable._origin[0] if variable._origin else None
    if node is not None and not isinstance(node, Mark):
        variable._origin = None
        variable._why = OVERWRITTEN
