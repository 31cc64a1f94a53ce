"""Kernels whose arrays go by several names: rows and views in loops, in containers and in objects, buffers that swap, module
globals, functions that call themselves."""
import numpy as np

from tests.corpus.inplace.register import kernel
from tests.corpus.registry import mat, vec


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
