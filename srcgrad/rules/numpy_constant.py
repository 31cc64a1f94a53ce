"""NumPy functions whose result does not depend differentiably on their arguments.

np.arange, np.full and np.full_like are not among them: they depend on numbers they are given (numpy_shape.py).
"""
import numpy as np

from . import shapes
from .registry import constant

constant(np.zeros, np.ones, np.empty, type=shapes.filled)
constant(np.zeros_like, np.ones_like, np.empty_like, type=shapes.filled_like)
constant(np.eye, type=shapes.eye)
constant(np.identity, type=shapes.identity)
constant(np.tri, type=shapes.unknown)
constant(np.shape, type=shapes.shape)
constant(np.ndim, np.size, type=shapes.python_int)
constant(np.isscalar, np.iscomplexobj, np.isrealobj, np.shares_memory, np.may_share_memory, type=shapes.python_bool)
constant(np.finfo, np.iinfo, np.dtype, np.result_type, np.broadcast_shapes, np.can_cast, np.promote_types, np.min_scalar_type,
         np.common_type, type=shapes.unknown)
