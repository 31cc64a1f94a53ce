"""Kernels whose arrays go by several names: rows and views in loops, in containers and in objects, buffers that swap, module
globals, functions that call themselves."""
import numpy as np

from tests.corpus.inplace.register import kernel
from tests.corpus.registry import mat, ten, vec


BET_M = 0.5
BET_P = 0.3
ccol = np.empty((3, 4))
dcol = np.empty((3, 4))
data_col = np.empty(3)


@kernel(ten(3, 4), mat(4, 4), ten(3, 4, seed=2), ten(3, 4, seed=3), 0.6, wrt=("utens_stage", "wcon", "u_stage", "u_pos", "dtr"),
        of="utens_stage")
def vertical_advection(utens_stage, wcon, u_stage, u_pos, dtr):
    I, K = utens_stage.shape
    for k in range(K):
        if k == 0:
            gcv = 0.25 * (wcon[1:, k + 1] + wcon[:-1, k + 1])
            cs = gcv * BET_M
            ccol[:, k] = gcv * BET_P
            bcol = dtr - ccol[:, k]
            correction_term = -cs * (u_stage[:, k + 1] - u_stage[:, k])
            dcol[:, k] = dtr * u_pos[:, k] + utens_stage[:, k] + correction_term
        elif k < K - 1:
            gav = -0.25 * (wcon[1:, k] + wcon[:-1, k])
            gcv = 0.25 * (wcon[1:, k + 1] + wcon[:-1, k + 1])
            as_ = gav * BET_M
            cs = gcv * BET_M
            acol = gav * BET_P
            ccol[:, k] = gcv * BET_P
            bcol = dtr - acol - ccol[:, k]
            correction_term = -as_ * (u_stage[:, k - 1] - u_stage[:, k]) - cs * (u_stage[:, k + 1] - u_stage[:, k])
            dcol[:, k] = dtr * u_pos[:, k] + utens_stage[:, k] + correction_term
            divided = 1.0 / (bcol - ccol[:, k - 1] * acol)
            ccol[:, k] = ccol[:, k] * divided
            dcol[:, k] = (dcol[:, k] - dcol[:, k - 1] * acol) * divided
            continue
        else:
            gav = -0.25 * (wcon[1:, k] + wcon[:-1, k])
            acol = gav * BET_P
            bcol = dtr - acol
            dcol[:, k] = dtr * u_pos[:, k] + utens_stage[:, k] + gav * BET_M * (u_stage[:, k - 1] - u_stage[:, k])
            divided = 1.0 / (bcol - ccol[:, k - 1] * acol)
            dcol[:, k] = (dcol[:, k] - dcol[:, k - 1] * acol) * divided
            continue
        divided = 1.0 / bcol
        ccol[:, k] = ccol[:, k] * divided
        dcol[:, k] = dcol[:, k] * divided
    for k in range(K - 1, -1, -1):
        datacol = dcol[:, k] if k == K - 1 else dcol[:, k] - ccol[:, k] * data_col[:]
        data_col[:] = datacol
        utens_stage[:, k] = dtr * (datacol - u_pos[:, k])


class Grid:
    """A block of memory with a view for each field, and what is stepped on it."""

    def __init__(self, data, dt):
        self.data = data
        self.rho = data[0]
        self.mom = data[1]
        self.dt = dt

    def boundary(self):
        for field in (self.rho, self.mom):
            field[0] = field[-2]
            field[-1] = field[1]

    def step(self):
        flux = self.mom / self.rho
        self.rho[1:-1] -= self.dt * (self.mom[2:] - self.mom[:-2])
        self.mom[1:-1] -= self.dt * (flux[2:]**2 - flux[:-2]**2)
        self.boundary()


@kernel(2.0 + 0.1 * mat(2, 7), 0.1, 2, wrt=("data", "dt"), of=("data", "return"))
def views_in_an_object(data, dt, steps):
    grid = Grid(data, dt)
    for _ in range(steps):
        grid.step()
    return grid.rho.sum()


@kernel(vec(8), vec(8, 1), 4, wrt=("a", "b"), of=("a", "b"))
def ping_pong(a, b, steps):
    for t in range(steps):
        src, dst = (a, b) if t % 2 == 0 else (b, a)
        dst[1:-1] = src[1:-1] + 0.1 * (src[2:] - 2 * src[1:-1] + src[:-2]) * src[1:-1]


@kernel(mat(3, 4), wrt="a", of="a")
def softmax_rows(a):
    for row in a:
        row -= row.max()
        np.exp(row, out=row)
        row /= row.sum()


@kernel(mat(6, 2), vec(6), mat(2, 3, 1), vec(3), 0.1, 3, wrt=("X", "y", "w1", "w2", "lr"), of=("w1", "w2"))
def sgd(X, y, w1, w2, lr, epochs):
    params = [w1, w2]
    for epoch in range(epochs):
        h = np.tanh(X @ w1)
        err = h @ w2 - y
        g2 = h.T @ err / len(y)
        g1 = X.T @ (np.outer(err, w2) * (1 - h**2)) / len(y)
        for p, g in zip(params, [g1, g2]):
            p -= lr * g


@kernel(mat(4, 3), mat(4, 3, 1), wrt=("a", "b"), of=("a", "b"))
def rows_together(a, b):
    for x, y in zip(a, b):
        x += y
        y *= x[::-1]
    for col in a.T:
        col /= 1.0 + np.abs(col).sum()


@kernel(vec(6), wrt="x", of=("x", "return"))
def halves(x):
    left, right = np.split(x, 2)
    left += 2.0 * right
    right *= left
    parts = np.array_split(x, 4)
    parts[1][0] = 1.5 * parts[0][1]
    return sum(p.sum()**2 for p in parts)


@kernel(mat(2, 4), wrt="data", of=("data", "return"))
def fields_by_name(data):
    fields = {"rho": data[0], "mom": data[1]}
    fields["rho"][1:-1] *= fields["mom"][1:-1]
    for name, f in fields.items():
        f[0] = f[-1]
    total = 0.0
    for name in ("rho", "mom"):
        field = fields[name]
        field -= field.mean()
        total += (field**2).sum()
    return total


trace = np.zeros(4)


def log_energy(i, u):
    trace[i] = 0.5 * np.sum(u * u)


@kernel(vec(5), 0.3, 3, wrt=("u", "k"), of=("u", "return"))
def energies_in_a_global(u, k, steps):
    trace[:] = 0.0
    for i in range(steps):
        u[1:-1] += k * (u[2:] - 2 * u[1:-1] + u[:-2])
        log_energy(i, u)
    return trace @ np.arange(4.0)


@kernel(vec(3), vec(3, 1), wrt=("x", "y"), of="return")
def one_of_two(x, y):
    z = x if x[0] > y[0] else y
    z *= y[1] * 2.0
    return z
