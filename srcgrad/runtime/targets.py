"""Arrays that a decorated function writes to: generated code works on copies, and what it leaves there is written back."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.errors import RecordError
from srcgrad.runtime.recording import Entry, Leaf, Pair
from srcgrad.runtime.registry import Tracked
from srcgrad.runtime.stores import put, refuse_marked

Function = Callable[..., Any]


def check_targets(function: Function, pair: Pair, values: dict[str, Any]) -> None:
    """Refuses, before anything runs, writes to marked arrays, and writes that would lose a history."""
    for name, varies in zip(pair.modified, pair.varies):
        target = values[name]
        if isinstance(target, Tracked):
            refuse_marked(target, f"`{function.__name__}`, which modifies `{name}`,")
        elif varies:
            raise RecordError(f"`{function.__name__}` writes a recorded array into `{name}`, a plain NumPy array, which "
                              "would cut its history", hint=f"make `{name}` an NDArray: nd.array({name})")


def write_back(function: Function, pair: Pair, entry: Entry, values: dict[str, Any], value: Any, result: Any) -> Any:
    """Give the modified arrays their new contents and histories; returns the function's own result."""
    for i, (name, varies) in enumerate(zip(pair.modified, pair.varies), 1):
        target, final = values[name], value[i]
        if isinstance(target, Tracked):
            leaf: Leaf = entry.template[i]
            put(target, final, (entry, leaf.slot) if varies else None, f"`{function.__name__}`")
        else:
            np.copyto(target, final)
    if pair.returned in pair.modified:
        return values[pair.returned]
    return result[0]
