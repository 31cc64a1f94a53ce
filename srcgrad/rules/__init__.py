"""Mathematics as tables: the derivative of each function, one line a partial derivative.

Rules of your own are written with the same notation: `srcgrad.register`, or `elementwise`, `structural`, `constant`.
"""
from .dsl import adjoint, d, optional, singular, tangent
from .registry import constant, elementwise, local, register, structural

__all__ = ["adjoint", "constant", "d", "elementwise", "local", "optional", "register", "singular", "structural", "tangent"]
