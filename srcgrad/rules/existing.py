"""The functions that the installed version of NumPy has."""
from __future__ import annotations

from typing import Any

import numpy as np


def existing(*names: str) -> list[Any]:
    """The functions of NumPy, by name, that the installed version has.

    >>> existing("sin", "linalg.unheard_of")
    [<ufunc 'sin'>]
    """
    found = []
    for name in names:
        value: Any = np
        for part in name.split("."):
            value = getattr(value, part, None)
        if value is not None:
            found.append(value)
    return found
