"""Rules of what puts Jacobians together, so that Jacobians can be differentiated."""
from __future__ import annotations

from ..ir.types import UNKNOWN, List, Num, Type
from ..runtime import helpers as h
from .dsl import adjoint, d, tangent
from .registry import constant, structural
from .shapes import Keywords, Operands
from .shapes_items import adjoint_type


def _vectors(operands: Operands, keywords: Keywords) -> Type:
    return List(adjoint_type(operands["0"])) if "0" in operands else UNKNOWN


def _stacked(operands: Operands, keywords: Keywords) -> Type:
    value, x = operands["value"], operands["x"]
    if not isinstance(value, Num) or not isinstance(x, Num) or value.dims is None or x.dims is None:
        return UNKNOWN
    known = value.dtype if value.dtype == x.dtype else None
    dims = value.dims + x.dims
    return Num("array" if "array" in (value.kind, x.kind) else None, known, dims)


def _unstacked(name: str):
    return lambda operands, keywords: List(adjoint_type(operands[name]))


constant(h.unit_vectors, type=_vectors)


@structural(h.stack_rows, type=_stacked)
def stack_rows(z, rows, value, x, check=True):
    with tangent:
        d[z] += h.stack_rows(d[rows], value, x, check)
    with adjoint:
        d[rows] += h.unstack_rows(d[z], value, x)


@structural(h.unstack_rows, type=_unstacked("x"), fresh=False)
def unstack_rows(z, g, value, x):
    with tangent:
        d[z] += h.unstack_rows(d[g], value, x)
    with adjoint:
        d[g] += h.stack_rows(d[z], value, x, False)


@structural(h.stack_columns, type=_stacked)
def stack_columns(z, columns, value, x, check=True):
    with tangent:
        d[z] += h.stack_columns(d[columns], value, x, check)
    with adjoint:
        d[columns] += h.unstack_columns(d[z], value, x)


@structural(h.unstack_columns, type=_unstacked("value"), fresh=False)
def unstack_columns(z, g, value, x):
    with tangent:
        d[z] += h.unstack_columns(d[g], value, x)
    with adjoint:
        d[g] += h.stack_columns(d[z], value, x, False)
