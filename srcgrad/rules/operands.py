"""How a rule marks operands: those a call may leave out, and those without a derivative."""
from __future__ import annotations

from typing import Any


class _Optional:
    """The default of an operand that a call may leave out; a value then stands for it, None where none is given:
    `def f(z, x, y=optional, scale=optional(1.0))`."""

    def __init__(self, value: Any = None) -> None:
        self.value = value

    def __call__(self, value: Any) -> _Optional:
        return _Optional(value)

    def __repr__(self) -> str:
        return "optional"


optional: Any = _Optional()
# Annotates operands without a derivative, `def jv(z, v: fixed, x)`, and `*name: fixed`: active, they are refused.
fixed: Any = "fixed"
