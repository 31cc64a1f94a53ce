"""srcgrad: derivatives of Python functions over NumPy, by rewriting their source.

>>> import numpy as np, srcgrad
>>> def f(x):
...     return np.sum(np.sin(x) * x)
>>> srcgrad.grad(f)(np.array([0.0, 1.0])).round(6)
array([0.      , 1.381773])
"""
from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import autograd as autograd, nd as nd
    from .api import (
        adjoint as adjoint, check_grads as check_grads, checkpoint as checkpoint, custom_jvp as custom_jvp,
        custom_vjp as custom_vjp, debug as debug, elementwise_grad as elementwise_grad, fixed_point as fixed_point,
        grad as grad, hessian as hessian, hvp as hvp, jacobian as jacobian, jvp as jvp, on_backward as on_backward,
        ravel as ravel, register as register, root as root, source as source, stop_gradient as stop_gradient,
        tangent as tangent, value_and_grad as value_and_grad, vjp as vjp,
    )

__version__ = "0.1.0"

_API = ("adjoint", "check_grads", "checkpoint", "custom_jvp", "custom_vjp", "debug", "elementwise_grad", "fixed_point",
        "grad", "hessian", "hvp", "jacobian", "jvp", "on_backward", "ravel", "register", "root", "source", "stop_gradient",
        "tangent", "value_and_grad", "vjp")
_MODULES = ("api", "autograd", "errors", "inspection", "nd", "pipeline", "rules")
__all__ = [*_API, "autograd", "errors", "nd", "rules"]


def __getattr__(name: str) -> Any:
    """Loads a part when it is first used: importing srcgrad, or the helpers of generated code, loads no compiler."""
    if name in _API:
        value = getattr(importlib.import_module(".api", __name__), name)
        globals()[name] = value
        return value
    if name in _MODULES:
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module 'srcgrad' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
