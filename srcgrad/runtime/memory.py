"""Who owns the memory of arrays, and the log of what was written in place."""
from __future__ import annotations

import itertools
import sys
import threading
import weakref
from typing import Any

import numpy as np

try:
    from numpy.lib.array_utils import byte_bounds
except ImportError:  # NumPy 1
    from numpy import byte_bounds  # type: ignore[attr-defined,no-redef]

__all__ = ["Raw", "byte_bounds", "owner", "tick", "writes"]

Raw = np.ndarray[Any, np.dtype[Any]]

tick = itertools.count(1).__next__
"""The clock of the record: what happens later gets a larger number, in every thread."""


def owner(array: Any) -> Any:
    """The object that owns the memory `array` looks at."""
    while (base := getattr(array, "base", None)) is not None:
        array = base
    return array


class WriteLog:
    """When parts of memory were last written in place. Empty, and free of cost, where nobody does that."""

    def __init__(self) -> None:
        self.last = 0
        self._lock = threading.Lock()
        self._held: dict[int, object] = {}
        self._times: dict[int, dict[tuple[int, int], int]] = {}  # by owner and bytes, the latest writes last

    def note(self, array: Raw) -> None:
        """`array` is about to be written."""
        memory = owner(array)
        key = id(memory)
        with self._lock:
            self.last = tick()
            if key not in self._times:
                self._held[key] = self._hold(memory, key)
                self._times[key] = {}
            times, section = self._times[key], WHOLE if array is memory else byte_bounds(array)
            times.pop(section, None)
            if len(times) >= SECTIONS:
                times.clear()
                section = WHOLE
            times[section] = self.last

    def _hold(self, memory: object, key: int) -> object:
        try:
            return weakref.ref(memory, lambda _: (self._times.pop(key, None), self._held.pop(key, None)))
        except TypeError:  # the memory of a bytes object or a file mapping: kept, so that its id stays its own
            return memory

    def since(self, array: Raw, number: int) -> bool:
        """Was memory that `array` looks at written after the clock showed `number`?"""
        if self.last <= number:
            return False
        times = self._times.get(id(owner(array)))
        if not times:
            return False
        low, high = byte_bounds(array)
        for (start, stop), when in reversed(list(times.items())):
            if when <= number:
                return False
            if start < high and low < stop:
                return True
        return False


WHOLE = 0, sys.maxsize
SECTIONS = 4096  # of one memory that the log tells apart


writes = WriteLog()
