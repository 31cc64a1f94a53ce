"""In-place writes to NDArrays: outside the record as NumPy's, in it as one more entry.

`x[key] = v` on record is the operation `setitem`, which makes a new array of the old one and `v`; what it computes ends
up in the memory of `x`, and `x` goes on with its history. A write into a view is a write into the array that it is a
view of, too, and into whatever that one is a view of.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from srcgrad.errors import RecordError
from srcgrad.runtime import operations as ops
from srcgrad.runtime import scopes
from srcgrad.runtime.caller import Caller
from srcgrad.runtime.inputs import source_of
from srcgrad.runtime.recording import Entry, Leaf, Pair, Source, keep, pair_of
from srcgrad.runtime.memory import owner, writes
from srcgrad.runtime.nests import foreign_in, unwrap
from srcgrad.runtime.registry import DETACHED, NULL, OPAQUE, UNMARKED, Tracked, View, forget, move, root_of, used

Operation = Callable[..., Any]
_WRITERS_HINT = "make a new array instead (x = x + 1), or write under autograd.pause()"


def store(target: Tracked, write: Callable[[], Any], what: str, operation: Operation, *args: Any, **options: Any) -> None:
    """Write into `target`: `write()` does it, `operation(*args, **options)` computes what it then holds.

    Raises RecordError, before anything is written, for a marked array while recording.
    """
    flags = scopes.flags()
    if flags & scopes.GENERATED and (target._origin is not None or any(source_of(a) is not None for a in args)):
        raise RecordError(f"{what} in a decorated function writes into an array that is not one of its inputs",
                          hint="pass the array as an argument of the decorated function")
    if not flags & scopes.RECORDING or target._data.dtype.kind not in "fc":
        _write_in_place(target, write, operation, args)
        return
    refuse_marked(target, what)
    sources = [source_of(a) for a in args]
    steps = [_call(operation, args, sources, options)] if any(s is not None for s in sources) else []
    above = _ancestors(target, bool(steps), what)
    if not steps and not above:
        root = root_of(target)
        if used(root) and _write_elsewhere(root, write):
            forget(target)
        else:
            _write_in_place(target, write, operation, args)
        return
    if not _write_elsewhere(root_of(target), write):
        steps = [(f, pair, keep(saved, [target._data]), *rest) for f, pair, saved, *rest in steps]
        writes.note(target._data)
        write()
    target._origin = _entry(target, *steps[0]) if steps else None
    target._why = UNMARKED
    _pass_on(target, above)


def put(target: Tracked, contents: Any, origin: Any, what: str) -> None:
    """Give `target` other contents, which have a history already, or (None) are constant."""
    def write() -> None:
        np.copyto(target._data, contents)

    above = _ancestors(target, origin is not None, what)
    if origin is None and not above:
        writes.note(target._data)
        write()
        forget(target)
        return
    if not _write_elsewhere(root_of(target), write):
        writes.note(target._data)
        write()
    target._origin = origin
    target._why = UNMARKED
    _pass_on(target, above)


def _write_in_place(target: Tracked, write: Callable[[], Any], operation: Operation, args: Sequence[Any]) -> None:
    """A write that is none of the record's business, but for what others have saved of that memory."""
    write()
    forget(target)
    section = target._data[args[1]] if operation is ops.setitem else None
    memory = owner(target._data)
    writes.note(section if section is not None and owner(section) is memory else target._data)


def _write_elsewhere(root: Tracked, write: Callable[[], Any]) -> bool:
    """Write into a copy of the memory, which the arrays then look at. False where that can't be done."""
    moved = move(root) if root._data.flags.writeable else None
    if moved is None:
        return False
    try:
        write()
    except BaseException:
        for array, data in moved:
            array._data = data
        raise
    return True


def refuse_marked(target: Tracked, what: str) -> None:
    """While recording, a marked array is read only: which of its values would the gradient be for?"""
    array: Tracked | None = target
    while array is not None:
        if array._mark is not None and array._mark.request != NULL:
            raise Caller().error(RecordError, f"{what} writes into a marked array in place while recording: it would be "
                                 "unclear which of its values the gradient is for", _WRITERS_HINT)
        array = array._view.parent if array._view is not None else None


def _call(operation: Operation, args: Sequence[Any], sources: Sequence[Source], options: dict[str, Any]) -> Any:
    """The operation with what it saves, computed and not yet written: (function, pair, saved, sources, args, options)."""
    raw = [unwrap(a) for a in args]
    code = operation.__code__
    if operation.__kwdefaults__:
        options = {**operation.__kwdefaults__, **options}
    names = code.co_varnames
    active = tuple([name for name, source in zip(names, sources) if source is not None])
    pair = pair_of(operation, active, {**dict(zip(names, raw)), **options})
    with scopes.generated:
        _, saved = pair.forward(*raw, **options)
    if foreign := [x for a in args for x in foreign_in(a)]:
        saved = keep(saved, foreign)
    return operation, pair, saved, tuple([s for s in sources if s is not None]), raw, options


def _entry(target: Tracked, function: Operation, pair: Pair, saved: Any, sources: tuple[Source, ...], args: Any,
           options: dict[str, Any]) -> tuple[Entry, int]:
    entry = Entry(function, pair, saved, sources, args, options, scopes.flags() & scopes.TRAINING)
    if not target._data.ndim:
        entry.template = Leaf((), target._data.dtype, 0, False)
    return entry, 0


# ------------------------------------------------------------------ views
def _ancestors(target: Tracked, recorded: bool, what: str) -> list[tuple[Tracked, Any, Source]]:
    """The arrays that `target` is a view of, where their histories change with it: (array, key, source)."""
    found: list[tuple[Tracked, Any, Source]] = []
    view = target._view
    while view is not None:
        source = source_of(view.parent)
        if not recorded and source is None and _all_constant(view.parent):
            return found
        if view.key is OPAQUE:
            if target._why == DETACHED and not recorded:
                return found
            raise Caller().error(RecordError, f"{what} writes on record through a view of another array that is no "
                                 "subscript of it", "write into that array itself, with x[...] = ...")
        found.append((view.parent, view.key, source))
        view = view.parent._view
    return found


def _all_constant(array: Tracked) -> bool:
    while array._view is not None:
        array = array._view.parent
        if source_of(array) is not None:
            return False
    return True


def _pass_on(target: Tracked, above: Sequence[tuple[Tracked, Any, Source]]) -> None:
    """Each array above gets the history of having the one below stored in it."""
    below = target
    for parent, key, source in above:
        origins: list[Source] = [source, None, below._origin]
        if source is not None or below._origin is not None:
            step = _call(ops.setitem, (parent, key, below), origins, {})
            parent._origin = _entry(parent, *step)
            parent._why = UNMARKED
        below._view = View(parent, key, parent._origin)
        below = parent


# ------------------------------------------------------------------ stores by key
def set_items(target: Tracked, key: Any, value: Any, what: str = "`x[...] = ...`") -> None:
    """`target[key] = value`."""
    raw_key, raw = unwrap(key), unwrap(value)
    if isinstance(value, Tracked) and value._view is not None and value._view.parent is target and _itself(target, raw_key, raw):
        return  # the last step of `x[key] += v`, which has written through the view already

    def write() -> None:
        target._data[raw_key] = raw

    if isinstance(value, (list, tuple)):
        value = np.asarray(raw)
    if _by_numbers(raw_key) and scopes.flags() & scopes.RECORDING and target._data.dtype.kind in "fc":
        positions, shape = _positions(target._data.shape, raw_key)
        store(target, write, what, ops.scatter, target, positions, shape, value)
    else:
        store(target, write, what, ops.setitem, target, raw_key, value)


def _itself(target: Tracked, key: Any, data: Any) -> bool:
    there = target._data[key]
    return (isinstance(there, np.ndarray) and isinstance(data, np.ndarray)
            and there.__array_interface__ == data.__array_interface__)


def _by_numbers(key: Any) -> bool:
    """Does the key hold arrays or lists of whole numbers, which may name an element twice?"""
    parts = key if isinstance(key, tuple) else (key,)
    return any(isinstance(part, (list, np.ndarray)) and np.ndim(part) and np.asarray(part).dtype.kind in "iu"
               for part in parts)


def _positions(shape: tuple[int, ...], key: Any) -> tuple[Any, tuple[int, ...]]:
    """For each element the place in the value that it gets, -1 where it stays; and the shape that the value takes."""
    numbers = np.full(shape, -1)
    taken = numbers[key].shape
    numbers[key] = np.arange(int(np.prod(taken))).reshape(taken)
    return numbers, taken
