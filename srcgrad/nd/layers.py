# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Layers of neural networks: ordinary Python over NumPy. Images are arrays of shape (n, channels, height, width)."""
from __future__ import annotations

import numpy as np

from srcgrad.autograd import is_training
from srcgrad.nd import random
from srcgrad.nd.network import still
from srcgrad.runtime.recorded import Operation


@Operation
def fully_connected(x, weight, bias=None, flatten=True):
    """x @ weight.T + bias. x: (n, ...), all but the first axis taken as one where `flatten`; weight: (out, in)."""
    rows = np.reshape(x, (x.shape[0], -1)) if flatten else x
    y = rows @ weight.T
    return y if bias is None else y + bias


def dropout(x, p=0.5):
    """In training each element is 0 with probability p, else divided by 1 - p; outside training x itself.

    Raises ValueError unless 0 <= p < 1.
    """
    if not 0 <= p < 1:
        raise ValueError(f"dropout needs a probability p with 0 <= p < 1, not {p}")
    if not is_training() or p == 0:
        return x
    return masked(x, random.bernoulli(1 - p, np.shape(x)), 1 - p)


@Operation
def masked(x, mask, scale):
    """x / scale where the mask holds, 0 elsewhere."""
    return np.where(mask, x / scale, 0)


@Operation
def batch_norm(x, gamma, beta, running_mean, running_var, *, eps=1e-5, momentum=0.9, axis=1):
    """gamma * (x - mean) / sqrt(var + eps) + beta, for each place along `axis` (Ioffe and Szegedy 2015).

    gamma, beta, running_mean, running_var: (x.shape[axis],). In training, mean and variance are those of the batch, and
    the running ones are moved towards them, in place: running = momentum * running + (1 - momentum) * batch; no gradient
    flows there. Outside training the running ones are used.
    """
    shape, axes = [1] * x.ndim, []
    shape[axis] = -1
    for i in range(x.ndim):
        if i != axis % x.ndim:
            axes.append(i)
    if is_training():
        mean = np.mean(x, axis=tuple(axes))
        centred = x - np.reshape(mean, shape)
        var = np.mean(centred * centred, axis=tuple(axes))
        running_mean[...] = momentum * running_mean + (1 - momentum) * still(mean)
        running_var[...] = momentum * running_var + (1 - momentum) * still(var)
    else:
        var = running_var
        centred = x - np.reshape(running_mean, shape)
    scale = gamma / np.sqrt(var + eps)
    return centred * np.reshape(scale, shape) + np.reshape(beta, shape)


@Operation
def convolution(x, weight, bias=None, stride=1, pad=0, dilate=1):
    """Cross-correlation of images with filters. x: (n, c, h, w); weight: (filters, c, kh, kw); bias: (filters,).

    Returns (n, filters, 1 + (h + 2 pad - dilate (kh - 1) - 1) // stride, and alike for the width).
    """
    n, c, h, w = x.shape
    filters, kh, kw = weight.shape[0], weight.shape[2], weight.shape[3]
    rows = 1 + (h + 2 * pad - dilate * (kh - 1) - 1) // stride
    columns = 1 + (w + 2 * pad - dilate * (kw - 1) - 1) // stride
    padded = np.zeros((n, c, h + 2 * pad, w + 2 * pad), x.dtype)
    padded[:, :, pad:pad + h, pad:pad + w] = x
    y = np.zeros((n, filters, rows * columns), x.dtype)
    for i in range(kh):
        for j in range(kw):
            top, left = i * dilate, j * dilate
            part = padded[:, :, top:top + stride * rows:stride, left:left + stride * columns:stride]
            y = y + weight[:, :, i, j] @ np.reshape(part, (n, c, rows * columns))
    y = np.reshape(y, (n, filters, rows, columns))
    return y if bias is None else y + np.reshape(bias, (1, filters, 1, 1))


@Operation
def pooling(x, kernel=2, pool_type="max", stride=None, pad=0):
    """The largest element, or the mean ("avg"), of each square window. x: (n, c, h, w); windows step by `stride`, which is
    the size of the window unless given. Padding counts as -inf for "max" and as 0 for "avg".

    Raises ValueError for another pool_type.
    """
    if pool_type not in ("max", "avg"):
        raise ValueError("pool_type must be 'max' or 'avg'")
    step = kernel if stride is None else stride
    n, c, h, w = x.shape
    rows, columns = 1 + (h + 2 * pad - kernel) // step, 1 + (w + 2 * pad - kernel) // step
    padded = np.full((n, c, h + 2 * pad, w + 2 * pad), -np.inf if pool_type == "max" else 0.0, x.dtype)
    padded[:, :, pad:pad + h, pad:pad + w] = x
    windows = np.zeros((kernel * kernel, n, c, rows, columns), x.dtype)
    for i in range(kernel):
        for j in range(kernel):
            windows[i * kernel + j] = padded[:, :, i:i + step * rows:step, j:j + step * columns:step]
    return np.max(windows, axis=0) if pool_type == "max" else np.mean(windows, axis=0)


@Operation
def embedding(indices, weight):
    """Rows of `weight` by their numbers: shape indices.shape + (weight.shape[1],)."""
    return weight[indices]
