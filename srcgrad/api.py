"""The functional face: NumPy in, NumPy out."""
from __future__ import annotations

from typing import Any

from .derivative import Derivative
from .functional.check_grads import check_grads
from .functional.checkpoint import checkpoint
from .functional.custom import custom_jvp, custom_vjp
from .functional.debug import debug
from .functional.gradients import adjoint, elementwise_grad, grad, tangent, value_and_grad
from .functional.implicit import fixed_point, root
from .functional.jacobian import hessian, hvp, jacobian
from .functional.products import jvp, vjp
from .functional.ravel import ravel
from .rules import register
from .runtime.helpers import on_backward, stop_gradient

__all__ = ["adjoint", "check_grads", "checkpoint", "custom_jvp", "custom_vjp", "debug", "elementwise_grad", "fixed_point",
           "grad", "hessian", "hvp", "jacobian", "jvp", "on_backward", "ravel", "register", "root", "source",
           "stop_gradient", "tangent", "value_and_grad", "vjp"]


def source(f: Any, wrt: Any = 0) -> str:
    """The generated source: of a derivative, of a decorated function, or of the gradient of a function.

    A str that can be saved and imported.
    """
    if isinstance(f, Derivative):
        return f.source
    shown = getattr(f, "generated_source", None)
    if callable(shown):
        return str(shown())
    return grad(f, wrt).source
