"""Linear algebra by loops and slices: products, factorisations, recursions, sparse matrices, iterations."""
import numpy as np

from tests.corpus.inplace.register import kernel
from tests.corpus.registry import mat, ten, vec


@kernel(1.5, 1.2, mat(4, 4), mat(4, 3), wrt=("alpha", "beta", "C", "A"), of="C")
def syrk(alpha, beta, C, A):
    for i in range(A.shape[0]):
        C[i, :i + 1] *= beta
        for k in range(A.shape[1]):
            C[i, :i + 1] += alpha * A[i, k] * A[:i + 1, k]


@kernel(1.5, 1.2, mat(4, 4), mat(4, 3), mat(4, 3, 1), wrt=("alpha", "beta", "C", "A", "B"), of="C")
def syr2k(alpha, beta, C, A, B):
    for i in range(A.shape[0]):
        C[i, :i + 1] *= beta
        for k in range(A.shape[1]):
            C[i, :i + 1] += A[:i + 1, k] * alpha * B[i, k] + B[:i + 1, k] * alpha * A[i, k]


@kernel(1.5, mat(4, 4), mat(4, 3), wrt=("alpha", "A", "B"), of="B")
def trmm(alpha, A, B):
    for i in range(B.shape[0]):
        for j in range(B.shape[1]):
            B[i, j] += np.dot(A[i + 1:, i], B[i + 1:, j])
    B *= alpha


@kernel(1.5, 1.2, mat(3, 4), mat(3, 3), mat(3, 4, 1), wrt=("alpha", "beta", "C", "A", "B"), of="C")
def symm(alpha, beta, C, A, B):
    temp2 = np.empty((C.shape[1],), dtype=C.dtype)
    C *= beta
    for i in range(C.shape[0]):
        for j in range(C.shape[1]):
            C[:i, j] += alpha * B[i, j] * A[i, :i]
            temp2[j] = B[:i, j] @ A[i, :i]
        C[i, :] += alpha * B[i, :] * A[i, i] + alpha * temp2


@kernel(1.5, 1.2, mat(4, 4), vec(4, 0), vec(4, 1), vec(4, 2), vec(4, 3), vec(4, 4), vec(4, 5), vec(4, 6), vec(4, 7),
        wrt=("alpha", "beta", "A", "u1", "v1", "u2", "v2", "w", "x", "y", "z"), of=("A", "w", "x"))
def gemver(alpha, beta, A, u1, v1, u2, v2, w, x, y, z):
    A += np.outer(u1, v1) + np.outer(u2, v2)
    x += beta * y @ A + z
    w += alpha * A @ x


@kernel(1.5, 1.2, mat(4, 4), mat(4, 4, 1), vec(4), np.empty(4), wrt=("alpha", "beta", "A", "B", "x"), of="y")
def gesummv(alpha, beta, A, B, x, y):
    tmp = np.empty_like(y)
    for i in range(len(x)):
        tmp[i] = 0.0
        y[i] = 0.0
        for j in range(len(x)):
            tmp[i] = A[i, j] * x[j] + tmp[i]
            y[i] = B[i, j] * x[j] + y[i]
        y[i] = alpha * tmp[i] + beta * y[i]


@kernel(mat(4, 3), np.zeros(3), np.zeros(4), vec(3), vec(4), wrt=("A", "p", "r"), of=("s", "q"))
def bicg(A, s, q, p, r):
    for i in range(A.shape[0]):
        s += r[i] * A[i]
        q[i] = A[i, :] @ p


@kernel(vec(4, 0), vec(4, 1), vec(4, 2), vec(4, 3), mat(4, 4), wrt=("x1", "x2", "y_1", "y_2", "A"), of=("x1", "x2"))
def mvt(x1, x2, y_1, y_2, A):
    x1 += A @ y_1
    x2 += y_2 @ A


@kernel(mat(4, 3), vec(3), np.zeros(3), wrt=("A", "x"), of="y")
def atax(A, x, y):
    for row in A:
        y += row * (row @ x)


@kernel(ten(2, 3, 4), mat(4, 4), wrt=("A", "C4"), of="A")
def doitgen(A, C4):
    NR, NQ, NP = A.shape
    for r in range(NR):
        for q in range(NQ):
            total = np.zeros(NP)
            for p in range(NP):
                for s in range(NP):
                    total[p] += A[r, q, s] * C4[s, p]
            A[r, q, :] = total


@kernel(mat(4, 4), vec(4), wrt=("A", "b"), of="return")
def pivoted_solve(A, b):
    n = len(b)
    A = A.copy()
    x = np.zeros(n)
    y = b.copy()
    for k in range(n):
        p = k + np.argmax(np.abs(A[k:, k]))
        if p != k:
            A[[k, p]] = A[[p, k]]
            y[k], y[p] = y[p], y[k]
        for i in range(k + 1, n):
            A[i, k] /= A[k, k]
            A[i, k + 1:] -= A[i, k] * A[k, k + 1:]
            y[i] -= A[i, k] * y[k]
    for i in range(n - 1, -1, -1):
        x[i] = (y[i] - A[i, i + 1:] @ x[i + 1:]) / A[i, i]
    return x


@kernel(mat(4, 4) @ mat(4, 4).T + 4.0 * np.eye(4), wrt="A", of="A")
def cholesky_rows(A):
    A[0, 0] = np.sqrt(A[0, 0])
    for i in range(1, A.shape[0]):
        for j in range(i):
            A[i, j] -= np.dot(A[i, :j], A[j, :j])
            A[i, j] /= A[j, j]
        A[i, i] -= np.dot(A[i, :i], A[i, :i])
        A[i, i] = np.sqrt(A[i, i])


@kernel(np.array([2.0, 0.5, -0.3, 0.2, 0.1]), vec(5), wrt=("r", "y"), of="return")
def levinson(r, y):
    n = len(r)
    f = np.zeros(n)
    x = np.zeros(n)
    f[0] = 1.0 / r[0]
    x[0] = y[0] / r[0]
    for k in range(1, n):
        ef = r[k:0:-1] @ f[:k]
        b = f[:k][::-1].copy()
        scale = 1.0 / (1.0 - ef * ef)
        f[k] = -ef * scale * b[-1]
        f[1:k] = scale * (f[1:k] - ef * b[:-1])
        f[0] *= scale
        error = y[k] - r[k:0:-1] @ x[:k]
        x[:k + 1] += error * f[k::-1]
    return x


@kernel(mat(5, 3), wrt="A", of=("A", "return"))
def householder(A):
    m, n = A.shape
    tau = np.zeros(n)
    for k in range(n):
        x = A[k:, k]
        alpha = -np.sign(x[0]) * np.linalg.norm(x)
        v = x.copy()
        v[0] -= alpha
        v /= np.linalg.norm(v)
        A[k:, k:] -= 2.0 * np.outer(v, v @ A[k:, k:])
        tau[k] = v[0]
    return tau


@kernel(mat(3, 3) + mat(3, 3).T + np.diag([0.0, 3.0, 7.0]), 2, wrt="A", of="return")
def jacobi_rotations(A, sweeps):
    n = A.shape[0]
    for _ in range(sweeps):
        for p in range(n - 1):
            for q in range(p + 1, n):
                theta = 0.5 * np.arctan2(2.0 * A[p, q], A[q, q] - A[p, p])
                c, s = np.cos(theta), np.sin(theta)
                ap, aq = A[:, p].copy(), A[:, q].copy()
                A[:, p] = c * ap - s * aq
                A[:, q] = s * ap + c * aq
                ap, aq = A[p].copy(), A[q].copy()
                A[p] = c * ap - s * aq
                A[q] = s * ap + c * aq
    return np.diag(A)


ROWS = np.array([0, 2, 3, 3, 6], dtype=np.int32)
COLUMNS = np.array([0, 2, 1, 0, 1, 3], dtype=np.int32)


@kernel(ROWS, COLUMNS, vec(6), vec(4), wrt=("A_val", "x"), of="return")
def spmv(A_row, A_col, A_val, x):
    y = np.empty(A_row.size - 1, A_val.dtype)
    for i in range(A_row.size - 1):
        cols = A_col[A_row[i]:A_row[i + 1]]
        vals = A_val[A_row[i]:A_row[i + 1]]
        y[i] = vals @ x[cols]
    return y


@kernel(ROWS, COLUMNS, vec(6), vec(4), wrt=("data", "x"), of="return")
def csr_transposed(indptr, indices, data, x, y=None):
    if y is None:
        y = np.zeros(len(x))
    for i in range(len(indptr) - 1):
        for jj in range(indptr[i], indptr[i + 1]):
            y[indices[jj]] += data[jj] * x[i]
    return y


@kernel(mat(4, 4) @ mat(4, 4).T + 4.0 * np.eye(4), vec(4), 3, wrt=("A", "b"), of="return")
def conjugate_gradient(A, b, steps):
    x = np.zeros_like(b)
    r = b.copy()
    p = r.copy()
    rr = r @ r
    for _ in range(steps):
        Ap = A @ p
        alpha = rr / (p @ Ap)
        x += alpha * p
        r -= alpha * Ap
        new = r @ r
        p *= new / rr
        p += r
        rr = new
    return x


@kernel(mat(4, 4), 3, wrt="A", of="return")
def power_method(A, steps, v=None):
    v = np.ones(A.shape[0]) if v is None else v
    for _ in range(steps):
        v = A @ v
        v /= np.sqrt(v @ v)
    return v @ A @ v


@kernel(mat(5, 4), wrt="data", of=("data", "return"))
def covariance(data):
    n, m = data.shape
    mean = np.zeros(m)
    for j in range(m):
        for i in range(n):
            mean[j] += data[i, j]
        mean[j] /= n
    data -= mean
    cov = np.empty((m, m), dtype=data.dtype)
    for i in range(m):
        cov[i:m, i] = cov[i, i:m] = data[:, i] @ data[:, i:m] / (n - 1)
    return cov


@kernel(0.25, mat(4, 5), wrt=("alpha", "imgIn"), of="return")
def deriche(alpha, imgIn):
    k = (1.0 - np.exp(-alpha)) * (1.0 - np.exp(-alpha)) / (1.0 + alpha * np.exp(-alpha) - np.exp(2.0 * alpha))
    a1 = a5 = k
    a2 = a6 = k * np.exp(-alpha) * (alpha - 1.0)
    a3 = a7 = k * np.exp(-alpha) * (alpha + 1.0)
    a4 = a8 = -k * np.exp(-2.0 * alpha)
    b1 = 2.0**(-alpha)
    b2 = -np.exp(-2.0 * alpha)
    c1 = c2 = 1
    y1 = np.empty_like(imgIn)
    y1[:, 0] = a1 * imgIn[:, 0]
    y1[:, 1] = a1 * imgIn[:, 1] + a2 * imgIn[:, 0] + b1 * y1[:, 0]
    for j in range(2, imgIn.shape[1]):
        y1[:, j] = a1 * imgIn[:, j] + a2 * imgIn[:, j - 1] + b1 * y1[:, j - 1] + b2 * y1[:, j - 2]
    y2 = np.empty_like(imgIn)
    y2[:, -1] = 0.0
    y2[:, -2] = a3 * imgIn[:, -1]
    for j in range(imgIn.shape[1] - 3, -1, -1):
        y2[:, j] = a3 * imgIn[:, j + 1] + a4 * imgIn[:, j + 2] + b1 * y2[:, j + 1] + b2 * y2[:, j + 2]
    imgOut = c1 * (y1 + y2)
    y1[0, :] = a5 * imgOut[0, :]
    y1[1, :] = a5 * imgOut[1, :] + a6 * imgOut[0, :] + b1 * y1[0, :]
    for i in range(2, imgIn.shape[0]):
        y1[i, :] = a5 * imgOut[i, :] + a6 * imgOut[i - 1, :] + b1 * y1[i - 1, :] + b2 * y1[i - 2, :]
    y2[-1, :] = 0.0
    y2[-2, :] = a7 * imgOut[-1, :]
    for i in range(imgIn.shape[0] - 3, -1, -1):
        y2[i, :] = a7 * imgOut[i + 1, :] + a8 * imgOut[i + 2, :] + b1 * y2[i + 1, :] + b2 * y2[i + 2, :]
    imgOut[:] = c2 * (y1 + y2)
    return imgOut


@kernel(np.abs(mat(4, 4)) + 0.1, wrt="path", of="path")
def floyd_warshall(path):
    for k in range(path.shape[0]):
        path[:] = np.minimum(path[:], np.add.outer(path[:, k], path[k, :]))


@kernel(vec(4), vec(5, 1), 0.5, wrt=("a", "b", "gamma"), of="return")
def soft_alignment(a, b, gamma):
    n, m = len(a), len(b)
    D = np.full((n + 1, m + 1), 1e3)
    D[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = (a[i - 1] - b[j - 1])**2
            options = np.array([D[i - 1, j], D[i, j - 1], D[i - 1, j - 1]])
            low = options.min()
            D[i, j] = cost + low - gamma * np.log(np.sum(np.exp(-(options - low) / gamma)))
    return D[n, m]


@kernel(np.abs(mat(4, 4)), wrt="score", of="return")
def best_folding(score):
    n = score.shape[0]
    table = np.zeros((n, n), score.dtype)
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            table[i, j] = max(table[i, j], table[i, j - 1])
            if i + 1 < n:
                table[i, j] = max(table[i, j], table[i + 1, j])
                table[i, j] = max(table[i, j], table[i + 1, j - 1] + score[i, j])
            for k in range(i + 1, j):
                table[i, j] = max(table[i, j], table[i, k] + table[k + 1, j])
    return table
