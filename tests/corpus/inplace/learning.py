"""Networks and statistics that work in their arrays: activations in place, layers that fill outputs, updates of parameters."""
import numpy as np

from tests.corpus.inplace.register import kernel
from tests.corpus.registry import mat, ten, vec


def relu(x):
    return np.maximum(x, 0)


def conv2d(input, weights):
    K = weights.shape[0]
    N, H_in, W_in, C_in = input.shape
    H_out = H_in - K + 1
    W_out = W_in - K + 1
    output = np.empty((N, H_out, W_out, weights.shape[3]), dtype=np.float64)
    for i in range(H_out):
        for j in range(W_out):
            output[:, i, j, :] = np.sum(input[:, i:i + K, j:j + K, :, np.newaxis] * weights[np.newaxis, :, :, :], axis=(1, 2, 3))
    return output


def maxpool2d(x):
    output = np.empty([x.shape[0], x.shape[1] // 2, x.shape[2] // 2, x.shape[3]], dtype=x.dtype)
    for i in range(x.shape[1] // 2):
        for j in range(x.shape[2] // 2):
            output[:, i, j, :] = np.max(x[:, 2 * i:2 * i + 2, 2 * j:2 * j + 2, :], axis=(1, 2))
    return output


def softmax(x):
    tmp_max = np.max(x, axis=-1, keepdims=True)
    tmp_out = np.exp(x - tmp_max)
    tmp_sum = np.sum(tmp_out, axis=-1, keepdims=True)
    return tmp_out / tmp_sum


@kernel(ten(2, 6, 6, 1), ten(3, 3, 1, 2, seed=1), vec(2), mat(8, 3), vec(3), wrt=("x", "conv", "bias", "w", "b"), of="return")
def small_cnn(x, conv, bias, w, b):
    x = relu(conv2d(x, conv) + bias)
    x = maxpool2d(x)
    x = np.reshape(x, (x.shape[0], -1))
    return softmax(x @ w + b)


@kernel(mat(3, 4), mat(4, 5), vec(5), mat(5, 2), vec(2), wrt=("x", "w1", "b1", "w2", "b2"), of="return")
def mlp(x, w1, b1, w2, b2):
    h = x @ w1
    h += b1
    np.maximum(h, 0.0, out=h)
    out = h @ w2
    out += b2
    out -= out.max(axis=1, keepdims=True)
    np.exp(out, out=out)
    out /= out.sum(axis=1, keepdims=True)
    return out


def batchnorm2d(x, eps=1e-5):
    mean = np.mean(x, axis=0, keepdims=True)
    std = np.std(x, axis=0, keepdims=True)
    return (x - mean) / np.sqrt(std + eps)


@kernel(ten(3, 4, 4, 2), ten(1, 1, 2, 2, seed=1), ten(3, 3, 2, 2, seed=2), ten(1, 1, 2, 2, seed=3),
        wrt=("input", "conv1", "conv2", "conv3"),
        of="return")
def resnet_block(input, conv1, conv2, conv3):
    padded = np.zeros((input.shape[0], input.shape[1] + 2, input.shape[2] + 2, conv1.shape[3]))
    padded[:, 1:-1, 1:-1, :] = conv2d(input, conv1)
    x = batchnorm2d(padded)
    x = relu(x)
    x = conv2d(x, conv2)
    x = batchnorm2d(x)
    x = relu(x)
    x = conv2d(x, conv3)
    x = batchnorm2d(x)
    return relu(x + input)


@kernel(mat(4, 2), mat(3, 2, 1), np.ones(3) / 3, np.array([0.8, 1.1, 0.9]), 2,
        wrt=("x", "mu", "weights", "var"), of=("mu", "weights", "var"))
def gaussian_mixture(x, mu, weights, var, steps):
    n, d = x.shape
    k = len(weights)
    resp = np.empty((n, k))
    for _ in range(steps):
        for j in range(k):
            diff = x - mu[j]
            resp[:, j] = weights[j] * np.exp(-0.5 * np.sum(diff**2, axis=1) / var[j]) / var[j]**(d / 2)
        resp /= resp.sum(axis=1, keepdims=True)
        nk = resp.sum(axis=0)
        weights[:] = nk / n
        for j in range(k):
            mu[j] = resp[:, j] @ x / nk[j]
            diff = x - mu[j]
            var[j] = np.sum(resp[:, j] * np.sum(diff**2, axis=1)) / (d * nk[j]) + 0.1


@kernel(mat(4, 3), mat(3, 8), mat(2, 8), vec(8), wrt=("inputs", "wx", "wh", "b"), of="return")
def lstm(inputs, wx, wh, b):
    T, n = len(inputs), wh.shape[0]
    h = np.zeros((T + 1, n))
    c = np.zeros((T + 1, n))
    gates = np.zeros((T, 4 * n))
    for t in range(T):
        gates[t] = inputs[t] @ wx + h[t] @ wh + b
        gates[t, :3 * n] = 1.0 / (1.0 + np.exp(-gates[t, :3 * n]))
        gates[t, 3 * n:] = np.tanh(gates[t, 3 * n:])
        i, f, o, g = np.split(gates[t], 4)
        c[t + 1] = f * c[t] + i * g
        h[t + 1] = o * np.tanh(c[t + 1])
    return h[1:]


@kernel(vec(3), mat(4, 3), 0.01, wrt=("w", "grads", "lr"), of="w")
def adam(w, grads, lr):
    m = np.zeros_like(w)
    v = np.zeros_like(w)
    for t, g in enumerate(grads, start=1):
        m *= 0.9
        m += 0.1 * g
        v *= 0.999
        v += 0.001 * g * g
        w -= lr * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)


@kernel(mat(5, 2), vec(2), np.eye(2) + 0.1 * mat(2, 2), 0.3, wrt=("z", "x", "P", "q"), of=("x", "P", "return"))
def kalman(z, x, P, q):
    F = np.array([[1.0, 0.5], [0.0, 1.0]])
    track = np.zeros_like(z)
    for k, measured in enumerate(z):
        x[:] = F @ x
        P[:] = F @ P @ F.T
        P[np.diag_indices(2)] += q
        S = P + 0.5 * np.eye(2)
        K = np.linalg.solve(S.T, P.T).T
        x += K @ (measured - x)
        P -= K @ P
        track[k] = x
    return track


@kernel(mat(4, 3), wrt="samples", of="return")
def welford(samples):
    mean = np.zeros(samples.shape[1])
    m2 = np.zeros(samples.shape[1])
    for n, x in enumerate(samples):
        delta = x - mean
        mean += delta / (n + 1)
        m2 += delta * (x - mean)
    return mean, m2 / (len(samples) - 1)


@kernel(mat(3, 4), wrt="q", of="return")
def attention(q):
    scores = q @ q.T / np.sqrt(q.shape[1])
    mask = np.triu(np.ones_like(scores, dtype=bool), k=1)
    scores[mask] = -np.inf
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return scores @ q
