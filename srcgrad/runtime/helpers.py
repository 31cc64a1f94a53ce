"""What generated code may call: the operations on adjoints that depend on run-time values.

With types known these calls disappear from the generated code; they are what is left when nothing is known. All of them
are ordinary NumPy functions, and have rules of their own, so that generated code can be differentiated again.
"""
from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import NotDifferentiable
from . import (
    adjoints as _adjoints, checks as _checks, columns as _columns, containers as _containers, linear_algebra as _linear_algebra,
    marks as _marks, stored as _stored, trees as _trees,
)
from .adjoints import *  # noqa: F403  (one import line in generated code)
from .checks import *  # noqa: F403
from .columns import *  # noqa: F403
from .containers import *  # noqa: F403
from .linear_algebra import *  # noqa: F403
from .marks import *  # noqa: F403
from .stored import *  # noqa: F403
from .stored import basic
from .structure import (
    gradient_object as gradient_object, is_named_tuple as is_named_tuple, is_plain_class as is_plain_class,
    is_plain_object as is_plain_object, mapped,
    private as private,
)
from .trees import *  # noqa: F403

Array = np.ndarray[Any, Any]


def _leaf(x: Any) -> bool:
    return isinstance(x, np.ndarray | np.generic | bool | int | float | complex)


def zeros_like(x: Any) -> Any:
    """The zero adjoint of `x`: float zeros of x's shape, a float for a number, the same structure for a container.

    What holds no number at all (None, str) gives None.

    >>> zeros_like([1.5, None, np.ones(2)])
    [0.0, None, array([0., 0.])]
    """
    if isinstance(x, np.ndarray):
        if x.dtype.kind in "fc":
            return np.zeros(x.shape, x.dtype)
        return np.zeros(x.shape) if x.dtype.kind in "biu" else None
    if isinstance(x, np.generic):
        return np.zeros((), x.dtype)[()] if x.dtype.kind in "fc" else 0.0
    if isinstance(x, complex):
        return 0j
    if isinstance(x, bool | int | float):
        return 0.0
    return mapped(zeros_like, x)


def seed(b: Any, x: Any) -> Any:
    """The adjoint `b` of an output `x` in x's own shape and dtype, as new memory; a number serves for every entry.

    Raises ValueError where `b` does not fit.

    >>> seed(1.0, np.zeros(3, "float32"))
    array([1., 1., 1.], dtype=float32)
    """
    if isinstance(x, np.ndarray):
        dtype = x.dtype if x.dtype.kind in "fc" else np.dtype(float)
        if np.ndim(b) and np.shape(b) != x.shape:
            raise ValueError(f"the adjoint of an output of shape {x.shape} has shape {np.shape(b)}")
        return np.full(x.shape, _real_if(b, dtype), dtype)
    if _leaf(x):
        if np.shape(b) != ():
            raise ValueError(f"the adjoint of a number has shape {np.shape(b)}")
        return _as_number(b, x)
    if isinstance(x, list | tuple):
        parts = list(b) if isinstance(b, list | tuple) else [b] * len(x)
        if len(parts) != len(x):
            raise ValueError(f"the adjoint of {len(x)} outputs has {len(parts)} parts")
        items: list[Any] = [None if p is None and not _leaf(v) else zeros_like(v) if p is None else seed(p, v)
                 for p, v in zip(parts, x)]
        return items if isinstance(x, list) else type(x)(*items) if hasattr(x, "_fields") else tuple(items)
    if isinstance(x, dict):
        return {key: seed(b[key] if isinstance(b, dict) else b, value) for key, value in x.items()}
    if is_plain_object(x):
        return gradient_object(x, {n: seed(getattr(b, n, None) if is_plain_object(b) else b, v) for n, v in vars(x).items()})
    return None


def unseed(g: Any, b: Any) -> Any:
    """The adjoint of `b` in `seed(b, x)`, where `g` is that of the result: sums where one number served many entries.

    >>> unseed([np.array([1.0, 2.0]), 4.0], 1.0)
    7.0
    """
    if isinstance(b, dict):
        return {key: unseed(g[key], value) for key, value in b.items()}
    if isinstance(b, list | tuple):
        items = [unseed(p, v) for p, v in zip(g, b)]
        return items if isinstance(b, list) else type(b)(*items) if hasattr(b, "_fields") else tuple(items)
    if isinstance(g, dict | list | tuple):
        total = zeros_like(b)
        for part in g.values() if isinstance(g, dict) else g:
            total = add(total, unseed(part, b))
        return total
    return zeros_like(b) if g is None or b is None else unbroadcast(g, b)


def _real_if(b: Any, dtype: np.dtype[Any]) -> Any:
    return np.real(b) if dtype.kind == "f" and np.iscomplexobj(b) else b


def _as_number(b: Any, x: Any) -> Any:
    """The number `b` in the kind and dtype of the number `x` (float where x is an integer)."""
    if isinstance(x, np.generic):
        dtype = x.dtype if x.dtype.kind in "fc" else np.dtype(float)
        return np.asarray(_real_if(b, dtype)).astype(dtype)[()]
    if isinstance(x, complex):
        return complex(b)
    return float(np.real(b))


def unbroadcast(g: Any, x: Any) -> Any:
    """The adjoint `g` of a broadcast `x`, summed to x's shape and in x's dtype; the real part where x is real.

    >>> unbroadcast(np.ones((2, 3)), np.zeros((2, 1)))
    array([[3.],
           [3.]])
    >>> unbroadcast(np.ones(3), 0.5)
    3.0
    """
    if isinstance(x, float):
        return float(np.sum(g).real)
    if not isinstance(x, np.ndarray):
        if not _leaf(x):
            raise NotDifferentiable(f"a number or an array was expected, not {type(x).__name__}")
        return _as_number(np.sum(g), x)
    g = np.asarray(g)
    if g.shape != x.shape:
        lead = g.ndim - x.ndim
        if lead > 0:
            g = g.sum(axis=tuple(range(lead)))
        axes = tuple(i for i, n in enumerate(x.shape) if n == 1 and g.shape[i] != 1) if g.ndim == x.ndim else ()
        if axes:
            g = g.sum(axis=axes, keepdims=True)
        if g.shape != x.shape:
            g = np.broadcast_to(g, x.shape).copy()
        g = np.asarray(g)  # a sum over everything gives a number
    dtype = x.dtype if x.dtype.kind in "fc" else np.dtype(float)
    return g if g.dtype == dtype else _real_if(g, dtype).astype(dtype)


def broadcast_like(g: Any, x: Any) -> Any:
    """A tangent `g` repeated to the shape of the result `x` it belongs to (a read-only view where that is larger)."""
    return g if np.shape(g) == np.shape(x) else np.broadcast_to(g, np.shape(x))


def cast(g: Any, x: Any) -> Any:
    """A gradient in the kind, shape and dtype of `x`, as memory of its own. Leaves without a derivative give None."""
    if g is None and _leaf(x):
        g = 0.0  # the tangent of a value that no input reached
    if isinstance(x, np.ndarray):
        if x.dtype.kind not in "fc":
            return None
        return np.array(_real_if(np.broadcast_to(g, x.shape), x.dtype), dtype=x.dtype)
    if _leaf(x):
        discrete = x.dtype.kind in "biu" if isinstance(x, np.generic) else isinstance(x, bool | int)
        return None if discrete else _as_number(np.reshape(g, ()), x)
    if isinstance(x, dict):
        return {key: cast(g[key], value) for key, value in x.items()}
    if isinstance(x, list):
        return [cast(a, b) for a, b in zip(g, x)]
    if isinstance(x, tuple):
        items = [cast(a, b) for a, b in zip(g, x)]
        return type(x)(*items) if hasattr(x, "_fields") else tuple(items)
    if is_plain_object(x):
        return gradient_object(x, {n: cast(getattr(g, n, None), value) for n, value in vars(x).items()})
    return None


def as_like(g: Any, x: Any) -> Any:
    """A gradient in the kind, shape and dtype of `x`; `g` itself where it is so already.

    >>> as_like(np.float64(2.0), 1.0)
    2.0
    """
    if isinstance(x, np.ndarray) and isinstance(g, np.ndarray) and g.dtype == x.dtype and g.shape == x.shape:
        return g
    return g if type(g) is float and type(x) is float else cast(g, x)


def uncast(g: Any, x: Any) -> Any:
    """The adjoint of `x` in `cast(x, y)`: `g` in the shape and dtype of x, zeros where it is None.

    >>> uncast([None, 2.0], [1.5, np.zeros(2)])
    [0.0, array([2., 2.])]
    """
    if g is None or x is None:
        return zeros_like(x)
    if isinstance(x, dict):
        return {key: uncast(g[key], value) for key, value in x.items()}
    if isinstance(x, list | tuple):
        items = [uncast(a, b) for a, b in zip(g, x)]
        return items if isinstance(x, list) else type(x)(*items) if hasattr(x, "_fields") else tuple(items)
    if is_plain_object(x):
        return gradient_object(x, {n: uncast(getattr(g, n, None), value) for n, value in vars(x).items()})
    return unbroadcast(g, x)


def copy(x: Any) -> Any:
    """An array or container of arrays in new memory; anything else as it is."""
    if isinstance(x, np.ndarray):
        return x.copy()
    if isinstance(x, list | dict | tuple):
        return mapped(copy, x)
    return x


def copied_array(x: Any) -> Any:
    """A copy of an argument that is modified in place. Raises NotDifferentiable for what is no array."""
    if not isinstance(x, np.ndarray):
        raise NotDifferentiable(f"an argument that is an output has to be an array, not {type(x).__name__}")
    return x.copy()


def add(a: Any, b: Any) -> Any:
    """The sum of two adjoints of the same structure; None stands for zero. Arrays are not modified.

    >>> add([1.0, None], [2.0, 5.0])
    [3.0, 5.0]
    """
    if a is None:
        return b
    if b is None:
        return a
    if isinstance(a, dict):
        return {key: add(a.get(key), b.get(key)) for key in {**a, **b}}
    if isinstance(a, list):
        return [add(p, q) for p, q in zip(a, b, strict=True)]
    if isinstance(a, tuple):
        items = [add(p, q) for p, q in zip(a, b, strict=True)]
        return type(a)(*items) if hasattr(a, "_fields") else tuple(items)
    if is_plain_object(a):
        names = {**vars(a), **vars(b)}
        return gradient_object(a, {n: add(getattr(a, n, None), getattr(b, n, None)) for n in names})
    return a + b


def add_at(b: Any, key: Any, g: Any) -> Any:
    """Adds `g` to `b[key]` and returns b: in place for arrays (repeated indices accumulate), lists and dicts."""
    if isinstance(b, np.ndarray):
        g = _real_if(g, b.dtype)
        if basic(key):
            b[key] += g
        else:
            np.add.at(b, key, g)
        return b
    if isinstance(b, tuple):
        items = list(b)
        add_at(items, key, g)
        return type(b)(*items) if hasattr(b, "_fields") else tuple(items)
    if isinstance(key, slice):
        b[key] = add(b[key], list(g))
    else:
        b[key] = add(b[key], g)
    return b


def with_parts(x: Any, *parts: Any) -> Any:
    """The zero of the tuple, dict or object `x` with some parts replaced: `with_parts(x, 0, a, 2, b)`; those of an object
    go by name.

    >>> with_parts((1.0, 2.0, 3.0), 1, 5.0)
    (0.0, 5.0, 0.0)
    """
    if isinstance(x, dict):
        return zeros_like(x) | dict(zip(parts[::2], parts[1::2]))
    if is_plain_object(x):
        return gradient_object(x, vars(zeros_like(x)) | dict(zip(parts[::2], parts[1::2])))
    items = list(zeros_like(x))
    for i, value in zip(parts[::2], parts[1::2]):
        items[i] = value
    return type(x)(*items) if hasattr(x, "_fields") else tuple(items)


def taken(x: Any, key: Any) -> Any:
    """`x[key]`, in memory of its own."""
    return copy(x[key])


def masked(e: Any, b: Any) -> Any:
    """The contribution `e`, but 0 where the adjoint `b` it is a multiple of is 0: there, 0 * inf is 0.

    >>> masked(np.array([np.nan, 2.0]), np.array([0.0, 1.0]))
    array([0., 2.])
    """
    if isinstance(b, np.ndarray):
        return np.where(b == 0, np.zeros((), np.asarray(e).dtype), e)
    return e if b != 0 else e * 0 if e * 0 == 0 else type(e)(0)


for _name in (*_adjoints.__all__, *_checks.__all__, *_columns.__all__, *_containers.__all__, *_linear_algebra.__all__,
              *_marks.__all__, *_stored.__all__, *_trees.__all__):
    globals()[_name].__module__ = __name__
del _name
