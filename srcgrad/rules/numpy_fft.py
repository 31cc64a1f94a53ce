"""Discrete Fourier transforms: linear, with symmetric matrices.

The adjoint of a transform is the transform itself, in x's shape (n crops or pads) and real where x is. A spectrum of real
numbers is half of one; what is left out counts in irfft, and not in rfft.
"""
import numpy as np

from ..runtime.helpers import (
    fft_adjoint, fftn_adjoint, hfft_adjoint, ifft_adjoint, ifftn_adjoint, ihfft_adjoint, irfftn_adjoint,
)
from . import shapes, shapes_fft
from .dsl import adjoint, d, tangent
from .registry import constant, structural


@structural(np.fft.fft, type=shapes_fft.fft)
def fft(z, x, n=None, axis=-1, norm=None):
    with tangent:
        d[z] += np.fft.fft(d[x], n, axis, norm)
    with adjoint:
        d[x] += fft_adjoint(d[z], x, n, axis, norm)


@structural(np.fft.ifft, type=shapes_fft.fft)
def ifft(z, x, n=None, axis=-1, norm=None):
    with tangent:
        d[z] += np.fft.ifft(d[x], n, axis, norm)
    with adjoint:
        d[x] += ifft_adjoint(d[z], x, n, axis, norm)


@structural(np.fft.rfft, type=shapes_fft.rfft)
def rfft(z, x, n=None, axis=-1, norm=None):
    with tangent:
        d[z] += np.fft.rfft(d[x], n, axis, norm)
    with adjoint:
        d[x] += fft_adjoint(d[z], x, n, axis, norm)


@structural(np.fft.irfft, type=shapes_fft.irfft)
def irfft(z, x, n=None, axis=-1, norm=None):
    with tangent:
        d[z] += np.fft.irfft(d[x], n, axis, norm)
    with adjoint:
        d[x] += irfftn_adjoint(d[z], x, (axis,), norm)


@structural(np.fft.hfft, type=shapes_fft.irfft)
def hfft(z, x, n=None, axis=-1, norm=None):
    with tangent:
        d[z] += np.fft.hfft(d[x], n, axis, norm)
    with adjoint:
        d[x] += hfft_adjoint(d[z], x, axis, norm)


@structural(np.fft.ihfft, type=shapes_fft.rfft)
def ihfft(z, x, n=None, axis=-1, norm=None):
    with tangent:
        d[z] += np.fft.ihfft(d[x], n, axis, norm)
    with adjoint:
        d[x] += ihfft_adjoint(d[z], x, n, axis, norm)


# ------------------------------------------------------------------ in several dimensions
@structural(np.fft.fft2, type=shapes_fft.fftn)
def fft2(z, x, s=None, axes=(-2, -1), norm=None):
    with tangent:
        d[z] += np.fft.fft2(d[x], s, axes, norm)
    with adjoint:
        d[x] += fftn_adjoint(d[z], x, s, axes, norm)


@structural(np.fft.ifft2, type=shapes_fft.fftn)
def ifft2(z, x, s=None, axes=(-2, -1), norm=None):
    with tangent:
        d[z] += np.fft.ifft2(d[x], s, axes, norm)
    with adjoint:
        d[x] += ifftn_adjoint(d[z], x, s, axes, norm)


@structural(np.fft.fftn, type=shapes_fft.fftn)
def fftn(z, x, s=None, axes=None, norm=None):
    with tangent:
        d[z] += np.fft.fftn(d[x], s, axes, norm)
    with adjoint:
        d[x] += fftn_adjoint(d[z], x, s, axes, norm)


@structural(np.fft.ifftn, type=shapes_fft.fftn)
def ifftn(z, x, s=None, axes=None, norm=None):
    with tangent:
        d[z] += np.fft.ifftn(d[x], s, axes, norm)
    with adjoint:
        d[x] += ifftn_adjoint(d[z], x, s, axes, norm)


@structural(np.fft.rfft2, type=shapes_fft.real_fftn)
def rfft2(z, x, s=None, axes=(-2, -1), norm=None):
    with tangent:
        d[z] += np.fft.rfft2(d[x], s, axes, norm)
    with adjoint:
        d[x] += fftn_adjoint(d[z], x, s, axes, norm)


@structural(np.fft.rfftn, type=shapes_fft.real_fftn)
def rfftn(z, x, s=None, axes=None, norm=None):
    with tangent:
        d[z] += np.fft.rfftn(d[x], s, axes, norm)
    with adjoint:
        d[x] += fftn_adjoint(d[z], x, s, axes, norm)


@structural(np.fft.irfft2, type=shapes_fft.inverse_real_fftn)
def irfft2(z, x, s=None, axes=(-2, -1), norm=None):
    with tangent:
        d[z] += np.fft.irfft2(d[x], s, axes, norm)
    with adjoint:
        d[x] += irfftn_adjoint(d[z], x, axes, norm)


@structural(np.fft.irfftn, type=shapes_fft.inverse_real_fftn)
def irfftn(z, x, s=None, axes=None, norm=None):
    with tangent:
        d[z] += np.fft.irfftn(d[x], s, axes, norm)
    with adjoint:
        d[x] += irfftn_adjoint(d[z], x, axes, norm)


# ------------------------------------------------------------------ order of frequencies
@structural(np.fft.fftshift, type=shapes_fft.shifted)
def fftshift(z, x, axes=None):
    with tangent:
        d[z] += np.fft.fftshift(d[x], axes)
    with adjoint:
        d[x] += np.fft.ifftshift(d[z], axes)


@structural(np.fft.ifftshift, type=shapes_fft.shifted)
def ifftshift(z, x, axes=None):
    with tangent:
        d[z] += np.fft.ifftshift(d[x], axes)
    with adjoint:
        d[x] += np.fft.fftshift(d[z], axes)


constant(np.fft.fftfreq, np.fft.rfftfreq, type=shapes.unknown)
