"""Functions of about 30 lines, of the kinds people differentiate: what `--transform` transforms.

`EXAMPLES` gives each with what to differentiate and arguments to do it at.
"""
import math

import numpy as np

EXAMPLES = {}


def example(f, wrt, *args):
    EXAMPLES[f.__name__] = f, wrt, args


def values(*shape, scale=1.0):
    """Numbers without symmetries, the same every time."""
    n = math.prod(shape)
    return scale * (np.sin(1.7 * np.arange(n) + len(shape)) + 0.1).reshape(shape)


# ---------------------------------------------------------------- straight lines of array code
def attention(x, wq, wk, wv, wo, w1, b1, w2, b2):
    n, d = x.shape
    mean = np.mean(x, axis=1, keepdims=True)
    centred = x - mean
    variance = np.mean(centred * centred, axis=1, keepdims=True)
    normal = centred / np.sqrt(variance + 1e-5)
    q = normal @ wq
    k = normal @ wk
    v = normal @ wv
    scores = q @ k.T / math.sqrt(d)
    top = np.max(scores, axis=1, keepdims=True)
    e = np.exp(scores - top)
    weights = e / np.sum(e, axis=1, keepdims=True)
    mixed = weights @ v
    out = x + mixed @ wo
    mean = np.mean(out, axis=1, keepdims=True)
    centred = out - mean
    variance = np.mean(centred * centred, axis=1, keepdims=True)
    normal = centred / np.sqrt(variance + 1e-5)
    hidden = normal @ w1 + b1
    gate = 0.5 * (1 + np.tanh(0.8 * (hidden + 0.04 * hidden ** 3)))
    active = hidden * gate
    update = active @ w2 + b2
    final = out + update
    energy = np.mean(final * final)
    spread = np.mean(np.abs(final))
    smooth = np.sum(np.log(1 + np.exp(final))) / n
    return energy + 0.1 * spread + 0.01 * smooth


example(attention, (1, 2, 3, 4, 5, 6, 7, 8), values(5, 4), values(4, 4), values(4, 4, scale=0.5), values(4, 4),
        values(4, 4), values(4, 6), values(6), values(6, 4), values(4))


def arm(q1, q2, q3, q4, l1, l2, l3, l4, tx, ty, tz):
    c1 = math.cos(q1)
    s1 = math.sin(q1)
    c2 = math.cos(q2)
    s2 = math.sin(q2)
    a3 = q2 + q3
    c3 = math.cos(a3)
    s3 = math.sin(a3)
    a4 = a3 + q4
    c4 = math.cos(a4)
    s4 = math.sin(a4)
    reach = l2 * c2 + l3 * c3 + l4 * c4
    height = l1 + l2 * s2 + l3 * s3 + l4 * s4
    x = c1 * reach
    y = s1 * reach
    z = height
    dx = x - tx
    dy = y - ty
    dz = z - tz
    far = math.sqrt(dx * dx + dy * dy + dz * dz)
    lean = math.atan2(dy, dx)
    tilt = s4 * s4
    effort = q1 * q1 + q2 * q2 + q3 * q3 + q4 * q4
    limit = math.exp(q3 - 2.0) + math.exp(-q3 - 2.0)
    work = l2 * s2 + l3 * s3
    cost = far * far + 0.1 * far
    cost = cost + 0.01 * effort + 0.05 * tilt
    cost = cost + 0.02 * limit + 0.001 * work * work
    return cost + 0.1 * (1 - math.cos(lean))


example(arm, (0, 1, 2, 3), 0.3, 0.5, -0.4, 0.2, 1.0, 0.9, 0.7, 0.3, 1.1, 0.4, 0.8)


# ---------------------------------------------------------------- loops over time
def lstm(w, u, b, xs, h, c, v):
    n = h.shape[1]
    loss = 0.0
    total = np.zeros(h.shape)
    before = h @ v
    for t in range(xs.shape[0]):
        z = xs[t] @ w + h @ u + b
        zi = z[:, :n]
        zf = z[:, n:2 * n]
        zo = z[:, 2 * n:3 * n]
        zg = z[:, 3 * n:]
        i = 1 / (1 + np.exp(-zi))
        f = 1 / (1 + np.exp(-zf))
        o = 1 / (1 + np.exp(-zo))
        g = np.tanh(zg)
        kept = f * c
        new = i * g
        c = kept + new
        h = o * np.tanh(c)
        total = total + h
        guess = h @ v
        if t > 0:
            change = guess - before
            loss = loss + np.sum(change * change)
        before = guess
        loss = loss + 0.1 * np.mean(c * c)
    mean = total / xs.shape[0]
    spread = mean - h
    loss = loss + np.sum(spread * spread)
    size = np.sum(w * w) + np.sum(u * u)
    return loss + 1e-3 * size + np.sum(h @ v)


example(lstm, (0, 1, 2, 6), values(3, 8), values(2, 8), values(8), values(4, 3, 3), np.zeros((3, 2)), np.zeros((3, 2)),
        values(2))


def kalman(a, q, r, m, p, zs):
    loss = 0.0
    n = len(zs)
    gain = 0.0
    for t in range(n):
        m0 = a[0, 0] * m[0] + a[0, 1] * m[1]
        m1 = a[1, 0] * m[0] + a[1, 1] * m[1]
        m = np.array([m0, m1])
        p = a @ p @ a.T
        p = p + q * np.eye(2)
        s = p[0, 0] + r
        k = p[:, 0] / s
        e = zs[t] - m[0]
        m = m + k * e
        row = p[0, :]
        p = p - np.outer(k, row)
        gain = gain + k[0]
        loss = loss + 0.5 * np.log(s)
        step = e * e / s
        if step > 9.0:
            step = 6 * np.sqrt(step) - 9.0
        loss = loss + 0.5 * step
        if t % 2 == 1:
            mean = np.sum(m) / 2
            loss = loss + 0.01 * mean * mean
        trace = p[0, 0] + p[1, 1]
        loss = loss + 1e-3 * trace
    end = m @ m
    loss = loss + 0.1 * end
    average = gain / n
    return loss / n + 0.01 * average


example(kalman, (0, 1, 2), np.array([[1.0, 0.1], [0.0, 0.9]]), 0.1, 0.5, values(2), np.eye(2), values(6))


def orbit(x, v, mass, dt, steps):
    energy = 0.0
    closest = 0.0
    for _ in range(steps):
        d = x[1] - x[0]
        r2 = np.sum(d * d) + 0.01
        r = np.sqrt(r2)
        pull = d / (r2 * r)
        a0 = mass[1] * pull
        a1 = -mass[0] * pull
        v0 = v[0] + 0.5 * dt * a0
        v1 = v[1] + 0.5 * dt * a1
        x0 = x[0] + dt * v0
        x1 = x[1] + dt * v1
        d = x1 - x0
        r2 = np.sum(d * d) + 0.01
        r = np.sqrt(r2)
        pull = d / (r2 * r)
        v0 = v0 + 0.5 * dt * mass[1] * pull
        v1 = v1 - 0.5 * dt * mass[0] * pull
        x = np.stack([x0, x1])
        v = np.stack([v0, v1])
        kinetic = 0.5 * mass[0] * np.sum(v0 * v0)
        kinetic = kinetic + 0.5 * mass[1] * np.sum(v1 * v1)
        energy = energy + kinetic - mass[0] * mass[1] / r
        if r < 1.0:
            closest = closest + (1.0 - r) ** 2
    end = x[1] - x[0]
    far = np.sqrt(np.sum(end * end))
    mean = energy / steps
    return mean * mean + closest + 0.1 * far


example(orbit, (0, 1, 2), values(2, 3), values(2, 3, scale=0.3), np.array([1.0, 0.5]), 0.05, 4)


# ---------------------------------------------------------------- calls
def pendulum(angle, speed, length, friction):
    pull = -9.81 / length * np.sin(angle)
    drag = -friction * speed
    return speed, pull + drag


def penalty(x, limit):
    if x > limit:
        over = x - limit
        return over * over
    return 0.0


def rk4(angle, speed, length, friction, dt, steps):
    loss = 0.0
    for _ in range(steps):
        a1, s1 = pendulum(angle, speed, length, friction)
        half = 0.5 * dt
        angle2 = angle + half * a1
        speed2 = speed + half * s1
        a2, s2 = pendulum(angle2, speed2, length, friction)
        angle3 = angle + half * a2
        speed3 = speed + half * s2
        a3, s3 = pendulum(angle3, speed3, length, friction)
        angle4 = angle + dt * a3
        speed4 = speed + dt * s3
        a4, s4 = pendulum(angle4, speed4, length, friction)
        da = a1 + 2 * a2 + 2 * a3 + a4
        ds = s1 + 2 * s2 + 2 * s3 + s4
        angle = angle + dt / 6 * da
        speed = speed + dt / 6 * ds
        height = length * (1 - np.cos(angle))
        motion = 0.5 * (length * speed) ** 2
        energy = 9.81 * height + motion
        loss = loss + penalty(energy, 3.0)
        loss = loss + 0.01 * penalty(angle, 0.2)
    mean = loss / steps
    end = angle * angle + 0.1 * speed * speed
    if end > 1.0:
        end = 2 * np.sqrt(end) - 1
    return mean + end


example(rk4, (0, 1, 2, 3), 0.7, 0.2, 1.3, 0.1, 0.02, 6)


def layer(x, w, b):
    return np.maximum(x @ w + b, 0.0)


def log_softmax(z):
    top = np.max(z, axis=1, keepdims=True)
    shifted = z - top
    return shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))


def smooth(x, width):
    small = np.abs(x) < width
    return np.where(small, 0.5 * x * x / width, np.abs(x) - 0.5 * width)


def classify(w1, b1, w2, b2, w3, b3, x, labels, rate):
    n = x.shape[0]
    scale = np.sqrt(np.mean(x * x)) + 1e-6
    x = x / scale
    h1 = layer(x, w1, b1)
    h2 = layer(h1, w2, b2)
    skip = h1 + 0.5 * h2
    z = skip @ w3 + b3
    logs = log_softmax(z)
    chosen = np.sum(labels * logs, axis=1)
    loss = -np.sum(chosen) / n
    p = np.exp(logs)
    entropy = -np.sum(p * logs) / n
    loss = loss - 0.01 * entropy
    sizes = np.sum(smooth(w1, 0.5)) + np.sum(smooth(w2, 0.5))
    sizes = sizes + np.sum(smooth(w3, 0.5))
    loss = loss + rate * sizes
    centre = np.mean(h2, axis=0)
    spread = h2 - centre
    variance = np.mean(spread * spread, axis=0)
    tight = np.sum(np.maximum(0.1 - variance, 0.0))
    loss = loss + 0.1 * tight
    offset = np.sum(b1 * b1) + np.sum(b2 * b2)
    offset = offset + np.sum(b3 * b3)
    loss = loss + 1e-4 * offset
    correct = p[:, 0] - labels[:, 0]
    bias = np.mean(correct)
    return loss + bias * bias


example(classify, (0, 1, 2, 3, 4, 5), values(3, 4), values(4), values(4, 4), values(4), values(4, 3), values(3),
        values(6, 3), np.eye(3)[[0, 2, 1, 0, 1, 2]], 0.01)


# ---------------------------------------------------------------- branches, nested loops, early exits
def option(spot, strike, rate, volatility, years, steps):
    dt = years / steps
    up = math.exp(volatility * math.sqrt(dt))
    down = 1 / up
    growth = math.exp(rate * dt)
    p = (growth - down) / (up - down)
    if p > 1.0:
        p = 1.0
    elif p < 0.0:
        p = 0.0
    discount = 1 / growth
    chance = 1.0
    price = 0.0
    for k in range(steps + 1):
        end = spot
        for i in range(steps):
            if i < k:
                end = end * up
            else:
                end = end * down
        gain = end - strike
        if gain > 0.0:
            chance = 1.0
            for i in range(steps):
                if i < k:
                    chance = chance * p * (steps - i) / (k - i)
                else:
                    chance = chance * (1 - p)
            price = price + chance * gain
    for _ in range(steps):
        price = price * discount
    floor = spot - strike * math.exp(-rate * years)
    if price < floor:
        return floor
    return price


example(option, (0, 1, 2, 3), 101.0, 100.0, 0.03, 0.2, 1.0, 4)


def solve(a, b, c, x, target, tol):
    low = x - 4.0
    high = x + 4.0
    count = 0
    while count < 50:
        f = a * x * x * x + b * x + c - target
        if abs(f) < tol:
            break
        slope = 3 * a * x * x + b
        if abs(slope) < 1e-3:
            x = 0.5 * (low + high)
            count += 1
            continue
        step = f / slope
        if step > 1.0:
            step = 1.0
        elif step < -1.0:
            step = -1.0
        x = x - step
        if x < low:
            x = low
        if x > high:
            x = high
        count += 1
    curve = 6 * a * x
    slope = 3 * a * x * x + b
    bend = curve / (1 + slope * slope)
    rest = a * x * x * x + b * x + c - target
    merit = x * x + 0.1 * bend
    if merit > 10.0:
        merit = 10.0 + math.log(merit / 10.0)
    return merit + rest * rest


example(solve, (0, 1, 2), 0.5, 1.5, -0.3, 2.0, 1.0, 1e-9)


# ---------------------------------------------------------------- writes in place
def heat(u, k, source, dt, steps):
    n = len(u)
    u = u.copy()
    flux = np.zeros(n + 1)
    loss = 0.0
    heat_in = 0.0
    for t in range(steps):
        for i in range(1, n):
            mid = 0.5 * (k[i - 1] + k[i])
            flux[i] = mid * (u[i] - u[i - 1])
        flux[0] = 0.0
        flux[n] = -0.1 * u[n - 1]
        for i in range(n):
            rise = flux[i + 1] - flux[i]
            u[i] = u[i] + dt * rise
        u[1:-1] += dt * source[1:-1]
        if t % 2 == 0:
            u[0] = 1.0
            heat_in = heat_in + u[1]
        top = np.max(u)
        if top > 5.0:
            loss = loss + (top - 5.0) ** 2
        mean = np.sum(u) / n
        loss = loss + 0.01 * mean * mean
    middle = u[n // 2]
    left = u[1] - u[0]
    right = u[n - 1] - u[n - 2]
    loss = loss + (middle - 0.5) ** 2
    loss = loss + 0.1 * left * left
    loss = loss + 0.1 * right * right
    return loss + 0.001 * heat_in


example(heat, (0, 1, 2), values(7), 1.5 + values(7), values(7), 0.05, 3)
