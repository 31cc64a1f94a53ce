# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
"""Losses: each returns one number for each sample, to be averaged or summed by the caller."""
from __future__ import annotations

import numpy as np

from srcgrad.nd.network import still
from srcgrad.runtime.recorded import Operation


@Operation
def softmax_cross_entropy(scores, labels):
    """-log softmax(scores) at the right class. scores: (n, classes); labels: (n,) whole numbers; returns (n,)."""
    z = scores - still(np.max(scores, axis=-1, keepdims=True))
    chosen = np.expand_dims(labels, -1) == np.arange(scores.shape[-1])
    return np.log(np.sum(np.exp(z), axis=-1)) - np.sum(np.where(chosen, z, 0), axis=-1)


@Operation
def sigmoid_cross_entropy(scores, labels):
    """-label log p - (1 - label) log(1 - p) with p = sigmoid(score), element by element and without overflow."""
    return np.logaddexp(0.0, scores) - labels * scores


@Operation
def l2_loss(predictions, labels):
    """Half the squared difference, the mean over all axes but the first."""
    d = predictions - labels
    return np.mean(np.reshape(0.5 * d * d, (d.shape[0], -1)), axis=1)


@Operation
def l1_loss(predictions, labels):
    """The absolute difference, the mean over all axes but the first."""
    d = np.abs(predictions - labels)
    return np.mean(np.reshape(d, (d.shape[0], -1)), axis=1)


@Operation
def smooth_l1(x, scalar=1.0):
    """(scalar x)^2 / 2 where |x| < 1 / scalar^2, |x| - 1 / (2 scalar^2) elsewhere (Girshick 2015).

    >>> smooth_l1(np.array([-2.0, 0.5]))
    array([1.5  , 0.125])
    """
    s = scalar * scalar
    return np.where(np.abs(x) < 1 / s, 0.5 * s * x * x, np.abs(x) - 0.5 / s)


@Operation
def huber(x, delta=1.0):
    """x^2 / 2 where |x| < delta, delta (|x| - delta / 2) elsewhere (Huber 1964)."""
    return np.where(np.abs(x) < delta, 0.5 * x * x, delta * (np.abs(x) - 0.5 * delta))
