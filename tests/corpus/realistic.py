"""Small programs from machine learning, statistics and scientific computing, as people write them."""
import math

import numpy as np

from tests.corpus.registry import case, mat, ten, vec


def logistic_loss(w, b, x, y):
    z = x @ w + b
    p = 1 / (1 + np.exp(-z))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


LABELS = np.array([1.0, 0.0, 0.0, 1.0, 1.0, 0.0])
case(logistic_loss, vec(4), 0.3, mat(6, 4), LABELS, wrt=(0, 1), smooth=True)


def _layer(x, w, b):
    return np.tanh(x @ w + b)


def network(w1, b1, w2, b2, x, y):
    h = _layer(x, w1, b1)
    prediction = h @ w2 + b2
    error = prediction - y
    return np.mean(error ** 2) + 0.01 * (np.sum(w1 ** 2) + np.sum(w2 ** 2))


case(network, mat(3, 4), vec(4), vec(4, 1), 0.2, mat(6, 3), LABELS, wrt=(0, 1, 2, 3), smooth=True)


def _cell(h, x, w, u, b):
    return np.tanh(h @ w + x @ u + b)


def recurrent(w, u, b, xs, h):
    for t in range(xs.shape[0]):
        h = _cell(h, xs[t], w, u, b)
    return np.sum(h * h)


case(recurrent, mat(3, 3), mat(2, 3), vec(3), mat(4, 2), vec(3, 1), wrt=(0, 1, 2, 4), smooth=True)


def lstm_step(x, h, c, w, u, b):
    z = x @ w + h @ u + b
    n = h.shape[0]
    i = 1 / (1 + np.exp(-z[:n]))
    f = 1 / (1 + np.exp(-z[n:2 * n]))
    o = 1 / (1 + np.exp(-z[2 * n:3 * n]))
    g = np.tanh(z[3 * n:])
    c = f * c + i * g
    h = o * np.tanh(c)
    return h, c


def lstm_loss(w, u, b, xs):
    h, c = np.zeros(2), np.zeros(2)
    loss = 0.0
    for t in range(len(xs)):
        h, c = lstm_step(xs[t], h, c, w, u, b)
        loss += np.sum(h * h)
    return loss / len(xs)


case(lstm_loss, mat(3, 8), mat(2, 8), vec(8), mat(3, 3), wrt=(0, 1, 2), smooth=True)


def gradient_descent(x, a, b, rate, steps):
    for k in range(steps):
        r = a @ x - b
        x = x - rate * (a.T @ r)
    r = a @ x - b
    return 0.5 * np.sum(r * r)


case(gradient_descent, vec(3), mat(4, 3), vec(4), 0.05, 4, wrt=("rate", "x", "a"), smooth=True)


def log_sum_exp(x):
    m = np.max(x)
    return m + np.log(np.sum(np.exp(x - m)))


case(log_sum_exp, vec(5), smooth=True)


def cross_entropy(logits, label):
    shifted = logits - np.max(logits)
    return np.log(np.sum(np.exp(shifted))) - shifted[label]


case(cross_entropy, vec(5), 2, smooth=True)


def gaussian_log_density(x, mu, log_sigma):
    z = (x - mu) / np.exp(log_sigma)
    return -0.5 * np.sum(z ** 2) - x.size * log_sigma - 0.5 * x.size * math.log(2 * math.pi)


case(gaussian_log_density, vec(6), 0.4, -0.3, wrt=(1, 2, 0), smooth=True)


def euler(theta, y0, dt, steps):
    y = y0
    for i in range(steps):
        dy = theta[0] * y - theta[1] * y * y
        y = y + dt * dy
    return y


case(euler, vec(2), 0.7, 0.1, 6, wrt=(0, 1), smooth=True)


def _slope(t, y, k):
    return -k * y + np.sin(t)


def runge_kutta(y, k, h, steps):
    t = 0.0
    for i in range(steps):
        k1 = _slope(t, y, k)
        k2 = _slope(t + h / 2, y + h / 2 * k1, k)
        k3 = _slope(t + h / 2, y + h / 2 * k2, k)
        k4 = _slope(t + h, y + h * k3, k)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        t += h
    return np.sum(y * y)


case(runge_kutta, vec(3), 0.6, 0.2, 4, wrt=("y", "k", "h"), smooth=True)


def babylonian(a):
    x = a
    while abs(x * x - a) > 0.01:
        x = 0.5 * (x + a / x)
    return x


case(babylonian, 2.3)


def horner(c, x):
    y = c[-1]
    for i in range(len(c) - 2, -1, -1):
        y = y * x + c[i]
    return y


case(horner, vec(5), 0.8, wrt=(0, 1), smooth=True)


def power_iteration(a, v, n):
    for i in range(n):
        v = a @ v
        v = v / np.sqrt(np.sum(v * v))
    return v @ a @ v


case(power_iteration, mat(3, 3), vec(3), 4, wrt=(0, 1), smooth=True)


def kalman(q, r, z):
    x, p = 0.0, 1.0
    loss = 0.0
    for k in range(z.shape[0]):
        p = p + q
        gain = p / (p + r)
        residual = z[k] - x
        x = x + gain * residual
        p = (1 - gain) * p
        loss += residual ** 2
    return loss


case(kalman, 0.1, 0.5, vec(6), wrt=(0, 1, 2), smooth=True)


def heat_by_concatenation(u, k, steps):
    for t in range(steps):
        inner = u[1:-1] + k * (u[2:] - 2 * u[1:-1] + u[:-2])
        u = np.concatenate([u[:1], inner, u[-1:]])
    return np.sum(u ** 2)


case(heat_by_concatenation, vec(6), 0.2, 3, wrt=(0, 1), smooth=True)


def attention(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[1])
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return np.sum((weights @ v) ** 2)


case(attention, mat(3, 2), mat(4, 2), mat(4, 5), wrt=(0, 1, 2), smooth=True)


def batch_norm(x, gamma, beta):
    m = x.mean(axis=0)
    v = ((x - m) ** 2).mean(axis=0)
    return np.sum(np.tanh(gamma * (x - m) / np.sqrt(v + 1e-3) + beta))


case(batch_norm, mat(5, 3), vec(3), vec(3, 1), wrt=(0, 1, 2), smooth=True)


def huber(x, y, delta):
    r = x - y
    small = np.abs(r) <= delta
    return np.mean(np.where(small, 0.5 * r * r, delta * (np.abs(r) - 0.5 * delta)))


case(huber, vec(6), vec(6, 1), 0.8, wrt=(0, 2), smooth=True)


def option_price(s, sigma, r, paths):
    growth = np.exp((r - 0.5 * sigma ** 2) + sigma * paths)
    payoff = np.maximum(s * growth - 1.0, 0.0)
    return np.exp(-r) * np.mean(payoff)


case(option_price, 1.1, 0.3, 0.05, vec(7), wrt=(0, 1, 2), smooth=True)


def spring_energy(p, lengths):
    e = 0.0
    n = p.shape[0]
    for i in range(n):
        for j in range(i + 1, n):
            d = p[i] - p[j]
            r = np.sqrt(d @ d)
            e += (r - lengths[i, j]) ** 2
    return e


case(spring_energy, mat(4, 2), mat(4, 4), wrt=(0, 1), smooth=True)


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


case(rosenbrock, vec(4), smooth=True)


def convolution(x, w):
    total = 0.0
    for i in range(x.shape[0] - w.shape[0] + 1):
        for j in range(x.shape[1] - w.shape[1] + 1):
            patch = x[i:i + w.shape[0], j:j + w.shape[1]]
            total += np.tanh(np.sum(patch * w))
    return total


case(convolution, mat(4, 5), mat(2, 3), wrt=(0, 1), smooth=True)


def momentum(w, x, y, rate, mu):
    velocity = 0.0
    for epoch in range(3):
        error = x @ w - y
        gradient = x.T @ error / len(y)
        velocity = mu * velocity - rate * gradient
        w = w + velocity
    return np.mean((x @ w - y) ** 2)


case(momentum, vec(3), mat(5, 3), vec(5), 0.1, 0.9, wrt=(0, 3, 4), smooth=True)


def geometric_series(r, limit):
    term, total, n = 1.0, 0.0, 0
    while term > limit:
        total += term
        term *= r
        n += 1
    return total * n


case(geometric_series, 0.6, 0.05, smooth=True)


def line_search(x, direction):
    f0 = np.sum(x ** 4)
    step = 1.0
    for k in range(10):
        trial = x + step * direction
        f = np.sum(trial ** 4)
        if f < f0:
            break
        step = step * 0.5
    return f


case(line_search, vec(3), -vec(3) * 3, wrt=(0, 1), smooth=True)


def tensor_contraction(t, a, b):
    u = t @ a
    v = np.sum(u * b[:, None, None], axis=(0, 1))
    return v @ v


case(tensor_contraction, ten(2, 3, 4), mat(4, 2), vec(2), wrt=(0, 1, 2), smooth=True)


def nested_helpers_and_lists(ws, x):
    activations = [x]
    for i in range(len(ws)):
        activations.append(_layer(activations[-1], ws[i], 0.1 * i))
    penalty = 0.0
    for i in range(1, len(activations)):
        penalty += np.mean(activations[i] ** 2)
    return penalty


case(nested_helpers_and_lists, [mat(3, 4), mat(4, 2), mat(2, 5)], mat(2, 3), wrt=(0, 1), smooth=True)
