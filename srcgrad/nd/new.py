"""New arrays: NDArrays, and plain ones inside generated code, which works on those."""
from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.runtime import scopes
from srcgrad.runtime.ndarray import NDArray
from srcgrad.runtime.registry import CREATED


def new(data: Any) -> NDArray:
    """An NDArray of `data`, which is not copied."""
    if scopes.flags() & scopes.GENERATED:
        return np.asarray(data)  # type: ignore[return-value]
    return NDArray._make(data, CREATED)
