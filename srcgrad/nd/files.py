"""Arrays in files."""
from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from srcgrad.nd.new import new
from srcgrad.runtime.ndarray import NDArray

_LISTED = "__srcgrad_list__"


def save(file: str | os.PathLike[str], data: NDArray | Sequence[NDArray] | Mapping[str, NDArray]) -> None:
    """Write one array, a list or a dict of arrays into a file in NumPy's npz format, whole or not at all.

    Raises TypeError for anything else, OSError where the file can't be written.
    """
    arrays: Any = {"0": data} if isinstance(data, NDArray) else data
    if not isinstance(arrays, Mapping):
        arrays = {_LISTED: np.array(len(arrays)), **{str(i): array for i, array in enumerate(arrays)}}
    for name, array in arrays.items():
        if not isinstance(name, str) or not isinstance(array, (NDArray, np.ndarray)):
            raise TypeError(f"save takes arrays, lists of arrays and dicts of them by name, not {type(array).__name__}")
    path = Path(file)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as stream:
            np.savez(stream, **{name: _plain(array) for name, array in arrays.items()})
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def load(file: str | os.PathLike[str]) -> Any:
    """The arrays of a file that `save` or `np.savez` wrote: a list where a list was saved, else a dict by name."""
    with np.load(file) as found:
        if _LISTED in found:
            return [new(found[str(i)]) for i in range(int(found[_LISTED]))]
        return {name: new(found[name]) for name in found.files}


def _plain(array: Any) -> Any:
    return array._data if isinstance(array, NDArray) else array
