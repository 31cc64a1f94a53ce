"""Convolutions of scipy.signal, in any number of dimensions. The adjoint of a convolution is a correlation."""
import numpy as np
from scipy import signal

from ..runtime import scipy_signal as s
from .dsl import adjoint, d, tangent
from .registry import structural


@structural(signal.convolve)
def convolve(z, x, y, mode="full", method="auto"):
    with tangent:
        d[z] += signal.convolve(d[x], y, mode, method)
        d[z] += signal.convolve(x, d[y], mode, method)
    with adjoint:
        d[x] += s.convolve_left(d[z], x, y, mode)
        d[y] += s.convolve_right(d[z], x, y, mode)


@structural(signal.fftconvolve)
def fftconvolve(z, x, y, mode="full"):
    with tangent:
        d[z] += signal.fftconvolve(d[x], y, mode)
        d[z] += signal.fftconvolve(x, d[y], mode)
    with adjoint:
        d[x] += s.convolve_left(d[z], x, y, mode)
        d[y] += s.convolve_right(d[z], x, y, mode)


@structural(signal.correlate)
def correlate(z, x, y, mode="full", method="auto"):
    """The convolution with the conjugate of y, reversed."""
    with tangent:
        d[z] += signal.correlate(d[x], y, mode, method)
        d[z] += signal.correlate(x, d[y], mode, method)
    with adjoint:
        d[x] += s.convolve_left(d[z], x, s.reversed_conjugate(y), mode)
        d[y] += np.conj(np.flip(s.convolve_right(d[z], x, s.reversed_conjugate(y), mode)))


@structural(s.convolve_left)
def convolve_left(z, g, x, y, mode="full"):
    with tangent:
        d[z] += s.convolve_left(d[g], x, y, mode)
        d[z] += s.convolve_left(g, x, d[y], mode)
    with adjoint:
        d[g] += signal.convolve(d[z], y, mode)
        d[y] += s.convolve_right(g, d[z], y, mode)


@structural(s.convolve_right)
def convolve_right(z, g, x, y, mode="full"):
    with tangent:
        d[z] += s.convolve_right(d[g], x, y, mode)
        d[z] += s.convolve_right(g, d[x], y, mode)
    with adjoint:
        d[g] += signal.convolve(x, d[z], mode)
        d[x] += s.convolve_left(g, x, d[z], mode)
