"""Models as people write them: dicts of parameters, packed triangles, recursions over time, nested lists, tolerances."""
import math

import numpy as np

from tests.corpus.registry import case, mat, ten, vec


def _sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def _cell(params, state, x):
    h, c = state
    gate = {name: x @ params[f"w_{name}"] + h @ params[f"u_{name}"] + params[f"b_{name}"] for name in ("i", "f", "o", "g")}
    c = _sigmoid(gate["f"]) * c + _sigmoid(gate["i"]) * np.tanh(gate["g"])
    return _sigmoid(gate["o"]) * np.tanh(c), c


def lstm_over_dicts(params, xs):
    state = np.zeros(2), np.zeros(2)
    for x in xs:
        state = _cell(params, state, x)
    return np.sum(state[0] * state[1])


PARAMS = {f"{kind}_{name}": vec(2, name) if kind == "b" else mat(3 if kind == "w" else 2, 2, f"{kind}{name}")
          for kind in "wub" for name in "ifog"}
case(lstm_over_dicts, PARAMS, mat(3, 3))


def hidden_markov(start, move, emit, seen):
    log_start = start - np.log(np.sum(np.exp(start)))
    log_move = move - np.log(np.sum(np.exp(move), axis=1, keepdims=True))
    log_emit = emit - np.log(np.sum(np.exp(emit), axis=1, keepdims=True))
    alpha = log_start + log_emit[:, seen[0]]
    for k in seen[1:]:
        scores = alpha[:, None] + log_move
        top = np.max(scores, axis=0)
        alpha = top + np.log(np.sum(np.exp(scores - top), axis=0)) + log_emit[:, k]
    return np.log(np.sum(np.exp(alpha)))


case(hidden_markov, vec(2), mat(2, 2), mat(2, 3), [0, 2, 1, 1], wrt=(0, 1, 2))


def _unpack(packed, d):
    factor = np.zeros((d, d))
    k = 0
    for i in range(d):
        for j in range(i + 1):
            factor[i, j] = np.exp(packed[k]) if i == j else packed[k]
            k += 1
    return factor


def gaussian_mixture(alphas, means, packed, xs):
    d = means.shape[1]
    total = 0.0
    for x in xs:
        terms = []
        for k in range(len(alphas)):
            factor = _unpack(packed[k], d)
            z = factor @ (x - means[k])
            terms.append(alphas[k] + np.sum(np.log(np.diag(factor))) - 0.5 * (z @ z))
        terms = np.array(terms)
        top = np.max(terms)
        total = total + top + np.log(np.sum(np.exp(terms - top)))
    return total - len(xs) * np.log(np.sum(np.exp(alphas)))


case(gaussian_mixture, vec(2), mat(2, 2), mat(2, 3), mat(3, 2), wrt=(0, 1, 2))


def soft_sort(scores, temperature=0.5):
    ordered = np.sort(scores)[::-1]
    weights = np.exp(-np.abs(ordered[:, None] - scores[None, :]) / temperature)
    weights = weights / np.sum(weights, axis=1, keepdims=True)
    return np.sum((weights @ scores) * np.arange(1, len(scores) + 1))


case(soft_sort, vec(4), numeric=True)


def _normal_cdf(z):
    return 0.5 * (1.0 + math.erf(z / math.sqrt(2.0)))


def black_scholes(spot, strike, rate, volatility, years, *, kind="call"):
    if volatility <= 0 or years <= 0:
        raise ValueError("volatility and time must be positive")
    d1 = (math.log(spot / strike) + (rate + volatility ** 2 / 2) * years) / (volatility * math.sqrt(years))
    d2 = d1 - volatility * math.sqrt(years)
    call = spot * _normal_cdf(d1) - strike * math.exp(-rate * years) * _normal_cdf(d2)
    match kind:
        case "call":
            return call
        case "put":
            return call - spot + strike * math.exp(-rate * years)
        case _:
            raise ValueError(f"unknown kind {kind!r}")


case(black_scholes, 101.0, 95.0, 0.02, 0.3, 1.5, wrt=(0, 2, 3, 4), numeric=True)
case(black_scholes, 101.0, 105.0, 0.02, 0.3, 1.5, wrt=(0, 3), numeric=True, kind="put")


def _times(a, b):
    return [[sum(a[i][k] * b[k][j] for k in range(3)) for j in range(3)] for i in range(3)]


def robot_arm(angles, lengths):
    pose = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    for angle, length in zip(angles, lengths):
        c, s = math.cos(angle), math.sin(angle)
        pose = _times(pose, [[c, -s, length * c], [s, c, length * s], [0.0, 0.0, 1.0]])
    x, y = pose[0][2], pose[1][2]
    return (x - 0.7) ** 2 + (y - 0.4) ** 2


case(robot_arm, [0.3, -0.5, 0.9], [1.0, 0.8, 0.5], wrt=(0, 1))


def power_iteration_to_tolerance(a, v, tolerance=1e-2, limit=50):
    value, change, count = 0.0, math.inf, 0
    while change > tolerance and count < limit:
        v = a @ v
        v = v / np.sqrt(v @ v)
        old, value = value, v @ a @ v
        change = abs(float(value) - float(old))
        count += 1
    return value


case(power_iteration_to_tolerance, np.diag([3.0, 1.0, 0.5]) + 0.1 * mat(3, 3), vec(3))


class Model:
    def __init__(self, w, b):
        self.W = w
        self.b = b
        self.calls = 0

    def predict(self, x):
        self.calls += 1
        return np.tanh(x @ self.W + self.b)

    def loss(self, x, y, *, l2=0.0):
        residual = self.predict(x) - y
        return np.mean(residual ** 2) + l2 * np.sum(self.W ** 2)


def model_loss(w, b, x, y):
    return Model(w, b).loss(x, y, l2=0.1)


case(model_loss, mat(3, 2), vec(2), mat(4, 3), mat(4, 2), wrt=(0, 1))


def _rk4(slope, y, t, dt):
    k1 = slope(t, y)
    k2 = slope(t + dt / 2, y + dt / 2 * k1)
    k3 = slope(t + dt / 2, y + dt / 2 * k2)
    k4 = slope(t + dt, y + dt * k3)
    return y + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def rk4_with_a_choice(y, k, stiff):
    slope = (lambda t, y: -5.0 * k * (y - np.cos(t))) if stiff else (lambda t, y: k * np.sin(t) - y * y)
    for i in range(2):
        y = _rk4(slope, y, 0.1 * i, 0.1)
    return np.sum(y)


case(rk4_with_a_choice, vec(2), 0.8, True, wrt=(0, 1))
case(rk4_with_a_choice, vec(2), 0.8, False, wrt=(0, 1))


def kalman_over_dicts(model, ys):
    mean, cov, total = np.zeros(2), np.eye(2), 0.0
    for y in ys:
        mean = model["move"] @ mean
        cov = model["move"] @ cov @ model["move"].T + np.exp(model["log_q"]) * np.eye(2)
        spread = model["look"] @ cov @ model["look"] + np.exp(model["log_r"])
        error = y - model["look"] @ mean
        gain = cov @ model["look"] / spread
        mean, cov = mean + gain * error, cov - np.outer(gain, model["look"] @ cov)
        total = total - 0.5 * (np.log(spread) + error * error / spread)
    return total


case(kalman_over_dicts, {"move": mat(2, 2), "look": vec(2), "log_q": -0.5, "log_r": 0.2}, ten(3))
