"""Arguments to try the rules of linear algebra and Fourier transforms on: neither symmetric nor, where allowed, square."""
import numpy as np

from srcgrad.runtime import helpers as h

from .evaluate import Case
from .samples import array, pair

NEW = np.lib.NumpyVersion(np.__version__) >= "2.0.0"
RNG = np.random.default_rng(11)


def f4(*shape):
    return array(*shape, dtype="f4")


def regular(*shape):
    """Well-conditioned matrices."""
    x = RNG.standard_normal(shape)
    return x + np.eye(*shape[-2:]) * 3


def definite(*shape):
    x = RNG.standard_normal(shape)
    return x @ np.swapaxes(x, -1, -2) + np.eye(shape[-1])


def complex_definite(n):
    x = regular(n, n) + 1j * RNG.standard_normal((n, n))
    return x @ x.conj().T + np.eye(n)


SINGULAR = np.array([[1.0, 2.0, 0.5], [3.0, 1.0, -1.0], [4.0, 3.0, -0.5]])  # third row: sum of the others
RANK_ONE = np.outer([1.0, 2.0, -1.0], [0.5, 1.0, 3.0])
SQUARES = [regular(3, 3), regular(2, 3, 3), regular(3, 3) + 1j * RNG.standard_normal((3, 3)), regular(1, 1),
           regular(2, 2).astype("f4"), np.zeros((0, 0)), regular(3, 3).T]


def case(f, *args, **kwargs):
    return Case(f, args, kwargs)


# ------------------------------------------------------------------ matrices
def equations():
    for x in SQUARES:
        yield case(np.linalg.inv, x)
        yield case(np.linalg.det, x)
        yield Case(h.cofactors, (x, np.linalg.det(x)), smooth=False)
        yield case(h.cofactors, x, np.zeros(x.shape[:-2])[()])
        yield case(np.linalg.cond, x) if x.size else case(np.linalg.inv, np.zeros((2, 0, 0)))
        for n in (0, 1, 2, 3, 5, -1, -2):
            yield case(np.linalg.matrix_power, x, n)
        if x.size:
            yield case(np.linalg.slogdet, x)
            for p in (2, -2, "fro", 1, -1, np.inf, -np.inf, "nuc"):
                yield case(np.linalg.cond, x, p)
    yield case(np.linalg.slogdet, -regular(3, 3))
    for x in (SINGULAR, RANK_ONE, np.zeros((2, 2)), np.stack([SINGULAR, regular(3, 3)]), np.zeros((1, 1))):
        yield case(np.linalg.det, x)
        yield case(h.cofactors, x, np.zeros(x.shape[:-2])[()])
    for a, b in [((3, 3), (3,)), ((3, 3), (3, 2)), ((2, 3, 3), (2, 3, 4)), ((2, 3, 3), (3, 1)), ((3, 3), (2, 3, 2)),
                 ((1, 3, 3), (2, 3, 2)), ((0, 0), (0,)), ((0, 0), (0, 2))]:
        yield case(np.linalg.solve, regular(*a), array(*b))
    if NEW:
        yield case(np.linalg.solve, regular(2, 3, 3), array(3))
    z = regular(3, 3) + 1j * array(3, 3)
    for a, b in [(z, pair(3)), (regular(3, 3), pair(3, 2)), (z, array(3)), (regular(3, 3).astype("f4"), f4(3))]:
        yield case(np.linalg.solve, a, b)
    cube = regular(6, 6).reshape(2, 3, 6)
    yield case(np.linalg.tensorsolve, cube, array(2, 3))
    yield case(np.linalg.tensorsolve, regular(6, 6).reshape(6, 2, 3).transpose(1, 0, 2), array(6), (0, 2))
    yield case(np.linalg.tensorsolve, z, pair(3))
    yield case(np.linalg.tensorinv, regular(6, 6).reshape(2, 3, 6))
    yield case(np.linalg.tensorinv, regular(6, 6).reshape(6, 3, 2), 1)
    yield case(np.linalg.tensorinv, regular(4, 4).reshape(2, 2, 2, 2).astype("f4"), ind=2)
    for x in (array(4, 3), array(3, 4), pair(4, 2), array(2, 3, 2), f4(3, 2), regular(3, 3), pair(2, 4)):
        yield case(np.linalg.pinv, x)
    yield case(np.linalg.pinv, array(3, 2), 1e-12)
    for a, b in [(array(4, 2), array(4)), (array(4, 2), array(4, 3)), (array(2, 4), array(2)), (regular(3, 3), array(3, 2)),
                 (pair(4, 2), pair(4)), (array(4, 2), pair(4, 2)), (pair(2, 3), array(2)), (f4(4, 2), f4(4))]:
        yield case(np.linalg.lstsq, a, b, rcond=None)
    for shapes in [((2, 3), (3, 4)), ((2, 3), (3, 4), (4, 2)), ((3,), (3, 4), (4, 2)), ((2, 3), (3, 4), (4,)),
                   ((3,), (3, 4), (4,)), ((2, 3), (3, 4), (4, 5), (5, 2))]:
        yield case(np.linalg.multi_dot, [array(*shape) for shape in shapes])
    yield case(np.linalg.multi_dot, [pair(2, 3), pair(3, 2), pair(2, 4)])
    yield case(np.linalg.multi_dot, (array(2, 3), pair(3, 2), array(2, 2)))
    yield case(np.linalg.multi_dot, [f4(2, 3), f4(3, 2)])
    if NEW:
        yield case(np.linalg.matrix_transpose, array(2, 3, 4))
        yield case(np.matrix_transpose, pair(2, 3))
    yield case(h.transposed, array(2, 3, 4))
    for g in (array(2), 0.5, np.float64(0.5)):
        yield case(h.per_matrix, g)


def decompositions():
    for x in (definite(3, 3), definite(2, 3, 3), complex_definite(3), definite(2, 2).astype("f4"), np.zeros((0, 0))):
        yield Case(np.linalg.cholesky, (x,), smooth=False)
        if NEW:
            yield Case(np.linalg.cholesky, (x,), {"upper": True}, smooth=False)
        for f in (np.linalg.eigh, np.linalg.eigvalsh):
            yield Case(f, (x,), smooth=False)
            yield Case(f, (x, "U"), smooth=False)
    for x in (np.eye(3), np.diag([2.0, 1.0, 2.0])):
        yield Case(np.linalg.eigvalsh, (x,), smooth=False)
    for x in (array(4, 3), array(3, 3), array(2, 4), array(2, 3, 2), f4(3, 2), array(2, 2, 4), pair(4, 3), pair(2, 3)):
        yield case(np.linalg.qr, x)
        yield case(np.linalg.qr, x, "r")
    yield case(np.linalg.qr, array(2, 3), mode="complete")
    for x in (array(4, 3), array(2, 3), array(2, 3, 2), f4(3, 2), array(3, 3)):
        yield case(np.linalg.svd, x, False)
        yield case(np.linalg.svd, x, compute_uv=False)
        yield Case(np.linalg.svd, (x,), smooth=False)
        if NEW:
            yield case(np.linalg.svdvals, x)
    for x in (pair(4, 3), pair(2, 3)):
        yield Case(np.linalg.svd, (x, False), smooth=False)
        yield case(np.linalg.svd, x, True, False)
    yield Case(np.linalg.eig, (array(3, 3),), smooth=False)  # the phase of a vector may jump
    for x in (regular(3, 3), np.array([[1.0, 3.0], [-2.0, 0.5]]), regular(2, 3, 3), pair(3, 3),
              regular(2, 2).astype("f4")):
        yield case(np.linalg.eig, x)
        yield case(np.linalg.eigvals, x)


# ------------------------------------------------------------------ norms
def norms():
    norm = np.linalg.norm
    for x in (array(2, 3), pair(2, 3), f4(3, 2), array(3, 2).T):
        for ord in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf):
            yield case(norm, x, ord)
            yield case(norm, x, ord, keepdims=True)
            if NEW:
                yield case(np.linalg.matrix_norm, x, ord=ord)
    for x in (array(4), pair(3), f4(3)):
        for ord in (None, 2, 1, 0, 3, 1.5, -1, np.inf, -np.inf):
            yield case(norm, x, ord)
            if NEW and ord is not None:
                yield case(np.linalg.vector_norm, x, ord=ord)
    for axis in (0, 1, -1, (1,)):
        for ord in (None, 1, 3, np.inf):
            yield case(norm, array(2, 3), ord, axis)
            yield case(norm, array(2, 3, 2), ord, axis, True)
    for axis in ((0, 1), (2, 0), (-1, 1)):
        for ord in (None, "fro", "nuc", 1, -np.inf, 2):
            yield case(norm, array(2, 3, 4), ord, axis)
            yield case(norm, pair(2, 3, 4), ord, axis, keepdims=True)
    yield case(norm, array(2, 3, 4))
    for axes in ({}, {"axis": 0}, {"axis": 1}, {"axis": -1, "keepdims": True}, {"keepdims": True}):
        yield case(norm, array(2, 3), **axes)
        yield case(norm, pair(2, 3), **axes)
    for ord in (None, 1, 2, 3, np.inf):
        yield Case(norm, (np.zeros(3), ord), smooth=False)
    for x, ord in [(np.array([1.0, -2.0, 2.0]), np.inf), (np.array([1.0, 2.0, -1.0]), -np.inf), (np.zeros((2, 3)), "fro"),
                   (np.zeros((2, 3)), 1), (RANK_ONE, "nuc"), (np.eye(2), 1), (np.array([1.0, 0.0, 2.0]), 1)]:
        yield Case(norm, (x, ord), smooth=False)
    if NEW:
        yield case(np.linalg.vector_norm, array(2, 3, 4))
        yield case(np.linalg.vector_norm, array(2, 3, 4), axis=(0, 2), ord=3)
        yield case(np.linalg.vector_norm, array(2, 3), axis=1, keepdims=True, ord=1)
        yield case(np.linalg.vector_norm, array(2, 3), ord=np.inf)
        yield case(np.linalg.matrix_norm, array(2, 3, 4), ord="nuc", keepdims=True)
        yield case(np.linalg.matrix_norm, array(2, 3, 4))


# ------------------------------------------------------------------ products
EINSUMS = [("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("ji,jk->ki", (3, 2), (3, 4)), ("ij->", (2, 3)),
           ("ij->ji", (2, 3)), ("ij->j", (2, 3)), ("ii->i", (3, 3)), ("ii", (3, 3)), ("iij->j", (2, 2, 3)),
           ("iji->ij", (2, 3, 2)), ("i,j->ij", (2,), (3,)), ("i,i", (3,), (3,)), ("bij,bjk->bik", (5, 2, 3), (5, 3, 4)),
           ("...ij,...jk->...ik", (5, 2, 3), (3, 4)), ("...ij,...jk", (2, 3), (5, 3, 2)), ("i...,i...->...", (2, 3), (2, 3)),
           ("...ij,...j->...i", (1, 2, 3), (5, 3)), ("ij,kl->k", (2, 3), (4, 5)), ("i,ij,j->", (2,), (2, 3), (3,)),
           ("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)), ("...->...", (2, 3)), ("ij, jk -> ik", (2, 3), (3, 2)),
           ("iij,jk->ik", (2, 2, 3), (3, 4)), ("ij,ij->", (2, 3), (2, 1)), ("ij,j->i", (0, 3), (3,)), (",i->i", (), (3,)),
           ("ab,bc,cd,de->ae", (2, 3), (3, 2), (2, 4), (4, 2)), ("ba", (2, 3)), ("a...,b...", (2, 3), (4, 3)),
           ("...ii->...i", (2, 3, 3))]
TENSORDOTS = [((2, 3), (3, 4), 1), ((2, 3), (2, 3), 2), ((2,), (3,), 0), ((2, 3, 4), (3, 4, 5), 2), ((3,), (3,), 1),
              ((2, 3, 4), (4, 5, 2), ((0, 2), (2, 0))), ((2, 3, 4), (5, 3), (1, 1)), ((2, 3), (5, 3), ([1], [1])),
              ((2, 3, 4), (4, 3, 5), ([1, -1], [1, 0])), ((2, 3, 4), (4, 2, 3), ((2, 0, 1), (0, 1, 2)))]
KRONS = [((2, 3), (4, 2)), ((2,), (3,)), ((2, 3), (2,)), ((3,), (2, 2)), ((2, 1, 2), (3, 2)), ((2, 2), (2, 1, 3))]
CROSSES = [((3,), (3,), {}), ((2, 3), (2, 3), {}), ((2, 3), (3,), {}), ((3,), (4, 3), {}), ((3, 2), (3, 2), {"axis": 0}),
           ((3, 2), (2, 3), {"axisa": 0}), ((2, 3), (3, 2), {"axisb": 0, "axisc": 0}), ((5, 1, 3), (2, 3), {"axisc": 1})]
PLANE = [((2,), (2,), {}), ((4, 2), (4, 3), {}), ((3,), (2,), {}), ((4, 2), (2,), {})]
LENGTHS = [(5, 3), (5, 2), (3, 5), (2, 5), (4, 4), (3, 3), (1, 4), (4, 1), (6, 3), (2, 6)]


def operands(f, left, right, x, y, *args, **kwargs):
    """A product, and the adjoints of its operands."""
    yield case(f, x, y, *args, **kwargs)
    z = f(x, y, *args, **kwargs)
    g = np.asarray(pair(*np.shape(z)) if np.iscomplexobj(z) else array(*np.shape(z)))
    g = g if isinstance(z, np.ndarray) else g[()]
    yield case(left, g, x, y, *args, **kwargs)
    yield case(right, g, x, y, *args, **kwargs)


def einsums():
    for subscripts, *shapes in EINSUMS:
        arrays = [array(*shape) for shape in shapes]
        yield case(np.einsum, subscripts, *arrays)
        g = np.asarray(array(*np.shape(np.einsum(subscripts, *arrays))))[()]
        for place in range(1, len(arrays) + 1):
            yield case(h.einsum_part, g, place, subscripts, *arrays)
    a, b, c = array(2, 3), array(3, 4), array(4)
    yield case(np.einsum, "ij,jk->ik", pair(2, 3), pair(3, 2))
    yield case(np.einsum, "ii,ij->j", pair(2, 2), array(2, 3))
    yield case(np.einsum, "ij,jk->ik", f4(2, 3), f4(3, 2))
    yield case(np.einsum, "ij,jk,k->i", a, b, c, optimize=True)
    yield case(np.einsum, "ij,jk,k->i", a, b, c, optimize="greedy")
    for args in [(a, [0, 1], b, [1, 2], [0, 2]), (a, [0, 1]), (a, [1, 0], b, [0, 2]), (a, [0, 1], b, [1, 2], c, [2], [0]),
                 (a, [0, 1], b, [1, 2], c, [2], array(2), [0]), (array(5, 2, 3), [Ellipsis, 1], [Ellipsis])]:
        yield case(np.einsum, *args)
        if len(args) > 3:
            yield case(h.einsum_part, np.asarray(array(*np.shape(np.einsum(*args))))[()], 2, *args)
            yield case(h.einsum_part, np.asarray(array(*np.shape(np.einsum(*args))))[()], 0, *args)
    eight = [array(2) for _ in range(8)]
    yield case(np.einsum, "a,a,a,a,a,a,a,a->a", *eight)
    yield case(h.einsum_of, "a,a,b,b,c,a,b,a->c", *eight)
    for place in range(1, 9):
        yield case(h.einsum_part, array(2), place, "a,a,a,b,a,b,a,b->b", *eight)


def products():
    yield from einsums()
    for a, b, axes in TENSORDOTS:
        yield from operands(np.tensordot, h.tensordot_left, h.tensordot_right, array(*a), array(*b), axes)
    yield from operands(np.tensordot, h.tensordot_left, h.tensordot_right, pair(2, 3), pair(3, 4), 1)
    yield case(np.tensordot, array(2, 3), pair(3, 4), axes=1)
    yield case(np.tensordot, f4(2, 3), f4(3, 4), axes=1)
    for a, b in KRONS:
        yield from operands(np.kron, h.kron_left, h.kron_right, array(*a), array(*b))
    yield from operands(np.kron, h.kron_left, h.kron_right, pair(2, 3), pair(2, 1))
    yield case(np.kron, array(2, 3), pair(2, 2))
    yield case(np.kron, f4(2, 3), f4(2, 2))
    for a, b, kwargs in CROSSES:
        yield from operands(np.cross, h.cross_left, h.cross_right, array(*a), array(*b), **kwargs)
    yield from operands(np.cross, h.cross_left, h.cross_right, pair(2, 3), pair(3))
    yield case(np.cross, array(3), pair(2, 3))
    yield case(np.cross, f4(3), f4(2, 3))
    if NEW:
        yield case(np.linalg.cross, array(2, 3), array(3))
        yield case(np.linalg.cross, array(3, 2), array(3, 2), axis=0)
        yield case(np.linalg.tensordot, array(2, 3), array(3, 2), axes=1)
        yield case(np.linalg.outer, array(2), array(3))
        yield case(np.linalg.matmul, array(2, 3), array(3, 4))
        for f in (np.vecdot, np.linalg.vecdot):
            yield case(f, array(2, 3), array(3))
            yield case(f, pair(2, 3), pair(2, 3))
        for x, y, axis in [(array(3), array(3), -1), (array(2, 3), array(4, 1, 3), -1), (array(3, 2), array(3, 1), 0),
                           (pair(3, 2), pair(3, 2), 0), (array(3), pair(2, 3), -1), (f4(2, 3), f4(3), -1)]:
            yield from operands(np.vecdot, h.vecdot_left, h.vecdot_right, x, y, axis=axis)
    if hasattr(np, "matvec"):
        for x, y in [((2, 3), (3,)), ((5, 2, 3), (3,)), ((2, 3), (5, 3)), ((5, 2, 3), (5, 3))]:
            yield case(np.matvec, array(*x), array(*y))
            yield case(np.vecmat, array(*y), np.swapaxes(array(*x), -1, -2))
        yield case(np.matvec, pair(2, 3), pair(3))
        yield case(np.vecmat, pair(3), pair(3, 2))
        yield case(np.vecmat, array(3), pair(3, 2))
        yield case(np.matvec, f4(2, 3), f4(3))
        yield case(np.vecmat, f4(2), f4(2, 3))
    for mode in ("full", "same", "valid"):
        for n, m in LENGTHS:
            yield from operands(np.convolve, h.convolve_left, h.convolve_right, array(n), array(m), mode)
            yield from operands(np.correlate, h.correlate_left, h.correlate_right, array(n), array(m), mode)
        for x, y in [(pair(4), pair(3)), (array(3), pair(5)), (pair(2), array(3)), (f4(4), f4(2))]:
            yield from operands(np.convolve, h.convolve_left, h.convolve_right, x, y, mode)
            yield from operands(np.correlate, h.correlate_left, h.correlate_right, x, y, mode)
    yield case(np.convolve, array(3), array(2))
    yield case(np.correlate, array(3), array(2))
    for p, x in [(array(4), array(2, 3)), (array(1), array(3)), (array(3), 0.7), (pair(3), pair(2)), (array(3), pair(2)),
                 (pair(3), array(2)), (f4(3), f4(2)), (array(3), np.float64(0.3)), (array(3), np.zeros(2))]:
        yield case(np.polyval, p, x)
    yield case(h.fitted, array(4, 2, 3), array(2, 1))
    yield case(h.fitted, pair(2), array(2))


# ------------------------------------------------------------------ Fourier transforms
def transforms():
    fft = np.fft
    real, spectra = (fft.rfft, fft.ihfft), (fft.irfft, fft.hfft)
    for f in (fft.fft, fft.ifft, *real, *spectra):
        for kwargs in ({}, {"n": 4}, {"n": 7}, {"axis": 0}, {"axis": 0, "n": 3}, {"norm": "ortho"}, {"norm": "forward"},
                       {"norm": "backward"}, {"n": 5, "axis": 1, "norm": "forward"}):
            for x in ([] if f in spectra else [array(5, 4)]) + ([] if f in real else [pair(4, 5)]):
                yield case(f, x, **kwargs)
        yield case(f, array(6)) if f not in spectra else case(f, pair(4))
        yield case(f, f4(4)) if f not in spectra else case(f, pair(4).astype("c8"))
    yield case(fft.irfft, array(4))
    for f in (fft.fft2, fft.ifft2, fft.fftn, fft.ifftn, fft.rfft2, fft.rfftn, fft.irfft2, fft.irfftn):
        inverse, forward = f in (fft.irfft2, fft.irfftn), f in (fft.rfft2, fft.rfftn)
        for kwargs in ({}, {"s": (2, 5)}, {"axes": (0, 1)}, {"axes": (0, -1), "norm": "ortho"}, {"s": (3, 4), "axes": (2, 0)},
                       {"axes": (1,)}, {"norm": "forward"}):
            if "s" in kwargs and "axes" not in kwargs and f in (fft.fftn, fft.ifftn, fft.rfftn, fft.irfftn):
                kwargs = {**kwargs, "axes": (1, 2)}
            for x in ([] if inverse else [array(2, 3, 4)]) + ([] if forward else [pair(2, 4, 3)]):
                yield case(f, x, **kwargs)
        yield case(f, f4(2, 3)) if not inverse else case(f, pair(2, 3).astype("c8"))
    for f in (fft.fftshift, fft.ifftshift):
        for args in [(array(5),), (array(2, 3),), (pair(3, 4), 1), (array(2, 3, 5), (0, 2)), (f4(4),)]:
            yield case(f, *args)
    for args in [(array(5), array(3)), (array(2), array(4)), (pair(2, 3), array(3, 2)), (f4(2), array(3)),
                 (pair(3), pair(2))]:
        yield case(h.resized, *args)


def linalg_cases():
    yield from equations()
    yield from decompositions()
    yield from norms()
    yield from products()
    yield from transforms()


# ------------------------------------------------------------------ what generated code says where types are known
def specialised_cases():
    """Arguments of the helpers that become a simpler expression."""
    a, b, v, t = regular(3, 3), array(3, 2), array(3), array(3, 3)
    for x in (array(2, 3), array(2, 3, 4)):
        yield case(h.transposed, x)
    yield case(h.slogdet_weight, (1.0, np.float64(0.5)), a, (1.0, 0.5))
    yield case(h.per_matrix, array(2))
    yield case(h.slogdet_weight, (1.0, array(2)), regular(2, 3, 3), (1.0, 0.5))
    for y in (b, v):
        z = np.linalg.solve(a, y)
        yield case(h.solve_right, y, a, y)
        yield case(h.solve_left, y, a, z, y)
        yield case(h.solve_tangent, t, a, z, y)
    for shape, x in [((2, 3), v), ((2, 3), array(2, 3)), ((2, 3), array(2, 1)), ((), 0.5)]:
        yield case(h.fitted, array(*shape), x)
    for x in (array(4, 3), array(2, 4)):
        z = tuple(np.linalg.svd(x, False))
        yield case(h.svd_adjoint, z, x, z, True)
        yield case(h.svd_adjoint, z[1], x, z[1], False)
        yield case(h.svd_tangent, x, x, z[1], False)
        z = tuple(np.linalg.qr(x))
        yield case(h.qr_adjoint, z, x, z, "reduced")
        yield case(h.qr_tangent, x, x, z[1], "r")
        yield case(h.qr_adjoint, z[1], x, z[1], "r")
    lower = np.linalg.cholesky(definite(3, 3))
    yield case(h.cholesky_tangent, t, lower, False)
    yield case(h.cholesky_adjoint, t, lower, False)
    yield case(h.cholesky_adjoint, t, lower.T.copy(), True)
    yield case(h.eigvalsh_tangent, t, definite(3, 3), "L")
    yield case(h.eigvalsh_adjoint, v, definite(3, 3), "L")
    for helper in (h.fft_adjoint, h.ifft_adjoint, h.ihfft_adjoint):
        yield case(helper, pair(4), array(4), None, -1, None)
        yield case(helper, pair(4), pair(4), 4, 0, None)
    yield case(h.hfft_adjoint, array(4), pair(3), -1, None)
    for helper in (h.fftn_adjoint, h.ifftn_adjoint):
        yield case(helper, pair(2, 3), array(2, 3), None, None, None)
    for f in (np.fft.fft, np.fft.ifft, np.fft.irfft, np.fft.hfft):
        yield case(f, pair(4), None, -1, None)
        yield case(f, pair(4), 5, 0, "ortho")
    for f in (np.fft.rfft, np.fft.ihfft):
        yield case(f, array(4), None, -1, None)
    for x in (v, b):
        yield case(h.norm_adjoint, 0.5, x, np.linalg.norm(x), None, None, False)
    yield case(h.norm_adjoint, array(2), b, np.linalg.norm(b, axis=0), None, 0, False)
    yield case(np.linalg.norm, b, axis=None, keepdims=False)
    yield from (c for c in einsums() if c.target is not np.einsum)
    yield case(h.einsum_with, v, 2, "i,i->i", v, array(3))
    yield case(h.einsum_with, array(2, 3), 0, a, [0, 1], b, [1, 2])
    for dtype in ("f8", "f4"):
        x, y, g = array(2, 3, dtype=dtype), array(3, 4, dtype=dtype), array(2, 4, dtype=dtype)
        yield case(h.tensordot_left, g, x, y, 1)
        yield case(h.tensordot_right, g, x, y, 1)
    for g, x in [(array(3), array(3)), (pair(3), array(3)), (pair(3), pair(3)), (array(2), array(3))]:
        yield case(h.resized, g, x)
