"""Adjoints of discrete Fourier transforms.

The matrix of a transform is symmetric, so that the adjoint of `np.fft.fft` is `np.fft.fft`, without conjugation; what
cropping, zero-padding and real operands add is here.
"""
from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "fft_adjoint", "fftn_adjoint", "half_spectrum", "hfft_adjoint", "ifft_adjoint", "ifftn_adjoint", "ihfft_adjoint",
    "irfftn_adjoint", "other_norm", "resized", "sizes",
]


def resized(g: Any, x: Any) -> Any:
    """`g` cropped or padded with zeros at the end of each axis to x's shape; the real part where x is real.

    >>> resized(np.array([1.0, 2.0, 3.0]), np.zeros(2)), resized(np.array([1.0 + 2.0j]), np.zeros(2))
    (array([1., 2.]), array([1., 0.]))
    """
    shape = np.shape(x)
    if g.shape != shape:
        common = tuple(slice(0, min(n, m)) for n, m in zip(g.shape, shape))
        whole = np.zeros(shape, g.dtype)
        whole[common] = g[common]
        g = whole
    dtype = np.asarray(x).dtype
    if dtype.kind not in "fc":
        return g.real
    return g if g.dtype == dtype else (g.real if dtype.kind == "f" else g).astype(dtype)


def sizes(x: Any, s: Any, axes: Any) -> Any:
    """The lengths and axes of an n-dimensional transform of x, `(s, axes)`, both written out.

    >>> sizes(np.zeros((2, 3, 4)), None, (0, -1)), sizes(np.zeros((2, 3, 4)), (5, 6), None)
    (((2, 4), (0, -1)), ((5, 6), (-2, -1)))
    """
    if axes is None:
        axes = tuple(range(-np.ndim(x) if s is None else -len(s), 0))
    if s is None:
        s = (-1,) * len(axes)
    return tuple(np.shape(x)[a] if n in (-1, None) else n for n, a in zip(s, axes)), tuple(axes)


def fftn_adjoint(g: Any, x: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    """The adjoint of x in `np.fft.fftn(x, s, axes, norm)`, and in `np.fft.rfftn`: `np.fft.fftn(g)` in x's shape.

    >>> fftn_adjoint(np.ones((2, 2)), np.zeros((2, 2)))
    array([[4., 0.],
           [0., 0.]])
    """
    s, axes = sizes(x, s, axes)
    return resized(np.fft.fftn(g, s, axes, norm), x)


def ifftn_adjoint(g: Any, x: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    """The adjoint of x in `np.fft.ifftn(x, s, axes, norm)`.

    >>> ifftn_adjoint(np.ones((2, 2)), np.zeros((2, 2)))
    array([[1., 0.],
           [0., 0.]])
    """
    s, axes = sizes(x, s, axes)
    return resized(np.fft.ifftn(g, s, axes, norm), x)


def irfftn_adjoint(g: Any, x: Any, axes: Any = (-1,), norm: Any = None) -> Any:
    """The adjoint of x in `np.fft.irfftn(x, s, axes, norm)`, which takes the last of the axes as half of a spectrum.

    Its entries count twice, once for the half that is left out, except the first and, in even lengths, the last.

    >>> irfftn_adjoint(np.ones(4), np.zeros(3))
    array([1., 0., 0.])
    """
    if axes is None:
        axes = tuple(range(-np.ndim(g), 0))
    found = np.fft.ifftn(g, None, axes, norm)
    return resized(found * half_spectrum(np.shape(g), axes[-1], found.real.dtype), x)


def half_spectrum(shape: Any, axis: int, dtype: Any) -> Any:
    """How often the entries of half a spectrum count, along one axis.

    >>> half_spectrum((4, 1), 0, float)[:, 0].tolist(), half_spectrum((5,), 0, float).tolist()
    ([1.0, 2.0, 1.0, 0.0], [1.0, 2.0, 2.0, 0.0, 0.0])
    """
    n = shape[axis]
    k = np.arange(n)
    weights = np.where((k == 0) | (2 * k == n), 1.0, np.where(2 * k < n, 2.0, 0.0)).astype(dtype)
    return np.reshape(weights, [n if i == axis % len(shape) else 1 for i in range(len(shape))])


def fft_adjoint(g: Any, x: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    """The adjoint of x in `np.fft.fft(x, n, axis, norm)` and `np.fft.rfft`: `np.fft.fft(g)` in x's shape.

    >>> fft_adjoint(np.array([1.0, 2.0]), np.zeros(2))
    array([ 3., -1.])
    """
    return resized(np.fft.fft(g, np.shape(x)[axis] if n is None else n, axis, norm), x)


def ifft_adjoint(g: Any, x: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    """The adjoint of x in `np.fft.ifft(x, n, axis, norm)`.

    >>> ifft_adjoint(np.array([1.0, 2.0]), np.zeros(2))
    array([ 1.5, -0.5])
    """
    return resized(np.fft.ifft(g, np.shape(x)[axis] if n is None else n, axis, norm), x)


def other_norm(norm: Any) -> Any:
    """The normalisation of the inverse transform: np.fft.hfft is a forward transform that is computed by an inverse one.

    >>> other_norm(None), other_norm("ortho")
    ('forward', 'ortho')
    """
    return {None: "forward", "backward": "forward", "forward": "backward"}.get(norm, norm)


def hfft_adjoint(g: Any, x: Any, axis: int = -1, norm: Any = None) -> Any:
    """The adjoint of x in `np.fft.hfft(x, n, axis, norm)`, the inverse real transform of the conjugate.

    >>> hfft_adjoint(np.ones(4), np.zeros(3))
    array([4., 0., 0.])
    """
    return np.conj(irfftn_adjoint(g, x, (axis,), other_norm(norm)))


def ihfft_adjoint(g: Any, x: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    """The adjoint of x in `np.fft.ihfft(x, n, axis, norm)`, the conjugate of a real transform.

    >>> ihfft_adjoint(np.array([1.0 + 0.0j, 0.0]), np.zeros(2))
    array([0.5, 0.5])
    """
    return fft_adjoint(np.conj(g), x, n, axis, other_norm(norm))
