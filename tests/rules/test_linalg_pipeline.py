"""Linear algebra and Fourier transforms through the whole compiler, both modes, to second order."""
import numpy as np
import pytest

import srcgrad

from .test_through_pipeline import function

RNG = np.random.default_rng(5)
A, B, V = RNG.standard_normal((3, 3)) + 2 * np.eye(3), RNG.standard_normal((3, 3)), RNG.standard_normal(3)
TALL, WIDE = RNG.standard_normal((4, 3)), RNG.standard_normal((3, 4))
STACK = RNG.standard_normal((2, 3, 3)) + 2 * np.eye(3)
SINGULAR = np.array([[1.0, 2.0, 0.5], [3.0, 1.0, -1.0], [4.0, 3.0, -0.5]])
WEIGHTS = "np.arange(1.0, 10.0).reshape(3, 3)"
SYMMETRIC = "(x @ np.transpose(x) + np.eye(3))"

MATRICES = [
    "np.sum(np.linalg.inv(x) * y)", "np.sum(np.linalg.solve(x, y) ** 2)", "np.sum(np.linalg.solve(x, y[0]) ** 2)",
    "np.linalg.det(x @ y)", "np.linalg.slogdet(x @ y)[1]", "np.sum(np.linalg.matrix_power(x, 3) * y)",
    "np.sum(np.linalg.matrix_power(x, -2) * y)", "np.sum(np.linalg.multi_dot([x, y, x]) ** 2)",
    f"np.sum(np.linalg.cholesky({SYMMETRIC}) * y)", "np.linalg.cond(x) * y[0, 0]", "np.linalg.cond(x, 'fro') * y[0, 0]",
    f"np.sum(np.linalg.eigvalsh({SYMMETRIC}) ** 2) * y[0, 1]", f"np.sum(np.linalg.eigh({SYMMETRIC})[1] ** 2 * y)",
    f"np.sum(np.linalg.eigh({SYMMETRIC})[0] ** 3) + y[0, 0]", "np.sum(np.linalg.svd(x, compute_uv=False) ** 3) * y[0, 0]",
    "np.sum(np.linalg.svd(x)[0] ** 2 * y)", "np.sum(np.linalg.svd(x)[2] ** 2 * y) * np.linalg.svd(x)[1][0]",
    "np.sum(np.linalg.qr(x)[0] * y)", "np.sum(np.linalg.qr(x)[1] * y)", "np.sum(np.linalg.qr(x, 'r') * y)",
    "np.sum(np.abs(np.linalg.eigvals(x)) ** 2) * y[0, 0]", "np.sum(np.linalg.pinv(x) * y)",
    "np.sum(np.abs(np.linalg.eig(x)[1]) ** 2 * y)", "np.sum(np.linalg.tensorinv(x, 1) * y)",
    "np.sum(np.linalg.tensorsolve(x, y[0]) ** 2)", "np.sum(np.linalg.lstsq(x, y, rcond=None)[0] ** 2)",
    "np.linalg.norm(x @ y)", "np.linalg.norm(x, 'nuc') * y[0, 0]", "np.linalg.norm(x @ y, 2)",
    "np.linalg.norm(x, 1) * y[0, 0]",
    "np.sum(np.linalg.norm(x, axis=0) * y)", "np.sum(np.linalg.norm(x, 3, axis=1) ** 2) * y[0, 0]",
    "np.linalg.norm(x[0], 1.5) * y[0, 0]", "np.linalg.norm(x[0], np.inf) * y[0, 0]",
    "np.sum(np.kron(x, y) ** 2)", "np.sum(np.cross(x, y) ** 3)", "np.sum(np.tensordot(x, y, 1) ** 2)",
    "np.sum(np.tensordot(x, y, ([0], [1])) ** 2)", "np.sum(np.einsum('ij,jk->ik', x, y) ** 2)",
    "np.sum(np.einsum('ij,kj->i', x, y) ** 3)", "np.einsum('ii,jj', x, y) ** 2", "np.einsum('ij,jk,ki->', x, y, x) * 2.0",
    "np.sum(np.einsum(x, [0, 1], y, [1, 2], [0, 2]) ** 2)", "np.sum(np.einsum('...ij,...j->...i', x, y) ** 2)",
    "np.sum(np.convolve(x[0], y[1]) ** 2)", "np.sum(np.convolve(x[0], y[1], 'same') ** 3)",
    "np.sum(np.correlate(x[0], y[1], 'full') ** 3)", "np.sum(np.polyval(x[0], y) ** 2)",
]
RECTANGLES = [
    "np.sum(np.linalg.svd(x, False)[0] ** 2 * np.transpose(y))", "np.sum(np.linalg.svd(x, compute_uv=False) * y[:, 0])",
    "np.sum(np.linalg.svd(y, full_matrices=False)[2] ** 2 * np.transpose(x))",
    "np.sum(np.linalg.qr(x)[0] ** 2 * np.transpose(y))",
    "np.sum(np.linalg.qr(y)[1] ** 2) * x[0, 0]", "np.sum(np.linalg.pinv(x) * y)", "np.sum(np.linalg.pinv(y) ** 2) * x[0, 0]",
    "np.sum(np.linalg.lstsq(x, y[0], rcond=None)[0] ** 2)", "np.sum(np.linalg.lstsq(x, y[0], rcond=None)[1]) * 2.0",
    "np.linalg.norm(x @ y, 'nuc')", "np.sum(np.linalg.multi_dot((x, y, x)) ** 2)",
]
STACKS = [
    "np.sum(np.linalg.inv(x) @ y)", "np.sum(np.linalg.solve(x, y) ** 2)", "np.sum(np.linalg.det(x) ** 2) * y[0, 0]",
    "np.sum(np.linalg.slogdet(x)[1] ** 2) * y[0, 0]", "np.sum(np.linalg.cholesky(x @ np.swapaxes(x, 1, 2) + np.eye(3)) * y)",
    "np.sum(np.linalg.norm(x, axis=(1, 2)) ** 3) * y[0, 0]", "np.sum(np.einsum('bij,jk->bki', x, y) ** 2)",
]
TRANSFORMS = [
    "np.sum(np.abs(np.fft.fft(x)) ** 2 * y)", "np.sum(np.real(np.fft.ifft(x) ** 2) * y)",
    "np.sum(np.abs(np.fft.rfft(x, 5)) ** 2)",
    "np.sum(np.fft.irfft(np.fft.rfft(x) ** 2, 3) * y)", "np.sum(np.abs(np.fft.fft2(x) * np.fft.ifft2(y)) ** 2)",
    "np.sum(np.fft.irfftn(np.fft.rfftn(x) * np.fft.rfftn(y), (3, 3), (0, 1)) ** 2)", "np.sum(np.fft.fftshift(x * x) * y)",
    "np.sum(np.fft.hfft(x, 4) ** 2)", "np.sum(np.abs(np.fft.ihfft(x)) ** 2)",
    "np.sum(np.fft.irfft2(np.fft.rfft2(x, (4, 4))) ** 3)",
]
CASES = [*((e, (A, B)) for e in MATRICES), *((e, (TALL, WIDE)) for e in RECTANGLES), *((e, (STACK, B)) for e in STACKS),
         *((e, (A, B)) for e in TRANSFORMS), ("np.linalg.det(x)", (SINGULAR,)), ("np.linalg.det(x) ** 2 + x[0, 0]", (SINGULAR,))]


@pytest.mark.parametrize("e, args", CASES, ids=[e for e, _ in CASES])
def test_second_order(tmp_path, e, args):
    srcgrad.check_grads(function(tmp_path, e, len(args)), args, order=2)
