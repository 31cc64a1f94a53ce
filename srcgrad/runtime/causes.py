"""Why backward refuses: one message for each cause, with the user's variable name and line."""
from __future__ import annotations

from srcgrad.errors import RecordError
from srcgrad.runtime import registry
from srcgrad.runtime.caller import Caller
from srcgrad.runtime.recording import Entry
from srcgrad.runtime.memory import Raw, owner
from srcgrad.runtime.registry import Mark, Tracked

_CAUSES = {
    registry.CREATED: (
        "was never recorded: it does not come from an operation on marked arrays",
        "compute it inside `with autograd.record():`, without asnumpy(), float() or copies through NumPy on the way"),
    registry.OUTSIDE: (
        "was computed outside record()", "move its computation into `with autograd.record():`"),
    registry.UNDER_PAUSE: (
        "was computed under pause()", "move its computation out of the pause() scope"),
    registry.UNMARKED: (
        "was recorded, but no array that it depends on is marked",
        "call x.attach_grad() or autograd.mark_variables(x, g) before the computation"),
    registry.ONLY_NULL: (
        "depends only on variables marked with grad_req 'null', so there is no gradient to compute",
        "mark at least one of them with grad_req='write' or 'add'"),
    registry.DETACHED: (
        "was detached from its history", "call backward on the array that detach() was called on"),
    registry.OVERWRITTEN: (
        "was overwritten in place outside record(), so its history is gone",
        "call backward before writing into it, or write into a copy"),
}


def no_history(head: Tracked, caller: Caller) -> RecordError:
    """The error for a head that leads to no marked array."""
    name = caller.name_of(lambda value: value is head) or "the array given to backward"
    if head._data.dtype.kind not in "fc":
        return caller.error(RecordError, f"{name} holds {head._data.dtype}, which carries no derivative",
                            "call backward on the float array that it was computed from")
    stale = head._origin is not None
    what, hint = _CAUSES[registry.OVERWRITTEN if stale else head._why]
    return caller.error(RecordError, f"{name} {what}", hint)


def released(entry: Entry, caller: Caller) -> RecordError:
    """The error for a part of the graph that an earlier backward freed."""
    name = caller.name_of(lambda value: _comes_from(value, entry))
    part = name or f"a part of the graph (a call of `{entry.function.__name__}`)"
    return caller.error(RecordError, f"the history of {part} was already released by backward at {entry.released}",
                        "pass retain_graph=True to that first backward, or record the computation again")


def overwritten(array: Raw, entry: Entry, caller: Caller) -> RecordError:
    """The error for a value that the backward sweep needs and that is no longer there."""
    memory = owner(array)
    name = caller.name_of(lambda value: owner(value._data) is memory) or f"an array of shape {array.shape}"
    return caller.error(RecordError,
                        f"{name} was overwritten in place after `{entry.function.__name__}` was recorded, "
                        "which needs its old value", "call backward before writing into it, or write into a copy")


def _comes_from(value: Tracked, entry: Entry) -> bool:
    origin = value._origin
    while origin is not None and isinstance(origin[0], Mark):
        origin = origin[0].source
    return origin is not None and origin[0] is entry
