"""Types written by hand: `f8[n, m]`, `f4`, `float`, `int`, `i8[n]`."""
from __future__ import annotations

import re

import numpy as np

from .ir.types import BOOL, FLOAT, INT, Dim, Num, Size, Type

_PYTHON = {"float": FLOAT, "int": INT, "bool": BOOL}
_FORM = re.compile(r"\s*(?P<dtype>\w+)\s*(\[(?P<dims>[^\]]*)\])?\s*$")


def parse(parameter: str, text: str) -> Type:
    """The type that a text says. Raises ValueError that shows the form.

    A name stands for one length (at least 2) throughout, `?` for an unknown one.

    >>> parse("w", "f8[n, 3]")
    Num(kind='array', dtype='float64', dims=(Size(name='n', plus=0), 3))
    """
    if text.strip() in _PYTHON:
        return _PYTHON[text.strip()]
    form = _FORM.match(text)
    try:
        if form is None:
            raise TypeError
        dtype = np.dtype(form["dtype"]).name
    except TypeError:
        raise ValueError(f"{parameter}: {text!r} is no type: write f8[n, m], f4[n], float or int") from None
    if form["dims"] is None:
        return Num("scalar", dtype, ())
    return Num("array", dtype, tuple(_dim(parameter, d.strip()) for d in form["dims"].split(",") if d.strip()))


def _dim(parameter: str, text: str) -> Dim:
    if text.isdigit():
        return int(text)
    if text == "?":
        return None
    if text.isidentifier():
        return Size(text)
    raise ValueError(f"{parameter}: {text!r} is no length: write a name, a number, or ? for unknown")
