"""The part of SPECIALISE about SciPy; loaded with its rules."""
from __future__ import annotations

from ..ir.nodes import Call, Const, Expr
from ..runtime import scipy_linalg, scipy_special
from .shapes import literal
from .specialise import TypeOf, _of


@_of(scipy_special.terms)
def terms(call: Call, type_of: TypeOf) -> Expr | None:
    """The exponents alone, where nothing weighs them."""
    return call.args[0] if literal(call.args[1]) is None else None


@_of(scipy_special.log_weights, scipy_linalg.triangular_tangent, scipy_linalg.triangular_right, scipy_linalg.triangular_left)
def without_defaults(call: Call, type_of: TypeOf) -> Expr | None:
    """The call without the last arguments that say what is so anyway."""
    args = list(call.args)
    while args[-1] in (Const(None), Const(False)):
        args.pop()
    return Call(call.target, tuple(args), call.kwargs) if len(args) < len(call.args) else None
