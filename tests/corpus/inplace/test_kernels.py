"""Every kernel as it stands, by every input and for every output, in both modes, against central differences."""
import numpy as np
import pytest

import srcgrad
from tests.corpus.inplace import aliases, grids, kernels, learning, linear, physics  # noqa: F401  (they register their kernels)
from tests.corpus.inplace.register import KERNELS

TOLERANCES = {"single_precision": (1e-3, 1e-6)}  # it rounds: of differences, and of the two modes
SAMPLE = [k for k in KERNELS if k[0].__module__.endswith("kernels")]
SECOND = ("burgers", "thomas", "gram_schmidt", "durbin", "red_black", "power_method", "softmax_rows", "haar", "springs")


def named(entries):
    return pytest.mark.parametrize(("f", "args", "wrt", "of"), entries, ids=[k[0].__name__ for k in entries])


def parameters(f):
    return f.__code__.co_varnames[:f.__code__.co_argcount]


def outputs(f, args, of):
    """What a plain call leaves."""
    given = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
    result = f(*given)
    held = dict(zip(parameters(f), given)) | {"return": result}
    return held[of] if isinstance(of, str) else tuple(held[name] for name in of)


def like(rng, value):
    """Random numbers of the structure, shape and dtype of a value; None where there is nothing to differentiate."""
    if isinstance(value, tuple | list):
        return type(value)(like(rng, x) for x in value)
    if np.asarray(value).dtype.kind not in "fc":
        return None
    found = rng.normal(size=np.shape(value))
    if np.iscomplexobj(value):
        found = found + 1j * rng.normal(size=np.shape(value))
    return found.astype(value.dtype) if isinstance(value, np.ndarray) else found[()]


def flat(tree):
    if isinstance(tree, tuple | list):
        return np.concatenate([flat(x) for x in tree] or [np.zeros(0)])
    return np.zeros(0) if tree is None else np.ravel(tree)


def dot(a, b):
    """The pairing of cotangents and tangents: real, and without conjugation."""
    if isinstance(a, tuple | list):
        return sum(map(dot, a, b))
    return 0.0 if a is None or b is None else np.sum(np.multiply(a, b)).real


def check(f, args, wrt, of):
    rng = np.random.default_rng(1)
    at = dict(zip(parameters(f), args))
    directions = {n: like(rng, at[n]) for n in wrt}
    moved = [[a + h * directions[n] if n in directions else a for n, a in at.items()] for h in (1e-5, -1e-5)]
    before = [np.array(a, copy=True) for a in args]
    value, pullback = srcgrad.vjp(f, *args, wrt=wrt, of=of)
    seed, expected = like(rng, value), flat(outputs(f, args, of))
    np.testing.assert_allclose(flat(value), expected, rtol=1e-12, atol=1e-14)
    gradients = pullback(seed)
    kept = flat(gradients)
    np.testing.assert_array_equal(kept, flat(pullback(seed)))  # which changes neither its state nor its result
    np.testing.assert_array_equal(kept, flat(gradients))
    np.testing.assert_allclose(flat(value), expected, rtol=1e-12, atol=1e-14)  # nor the value
    _, tangent = srcgrad.jvp(f, args, tuple(directions[n] for n in wrt), wrt=wrt, of=of)
    for a, b in zip(args, before):
        np.testing.assert_array_equal(a, b)  # arguments stay as they are
    up, down = (dot(seed, outputs(f, x, of)) for x in moved)
    differences, modes = TOLERANCES.get(f.__name__, (1e-5, 1e-9))
    forward = dot(seed, tangent)
    assert forward == pytest.approx((up - down) / 2e-5, rel=differences, abs=1e-7)
    assert dot(gradients, tuple(directions[n] for n in wrt)) == pytest.approx(forward, rel=modes, abs=1e-12)


@named(KERNELS)
def test_kernel(f, args, wrt, of):
    with np.errstate(all="ignore"):
        check(f, args, wrt, of)


@named(SAMPLE)
def test_without_types(f, args, wrt, of):
    with srcgrad.pipeline.options(generic=True), np.errstate(all="ignore"):
        check(f, args, wrt, of)


@named(SAMPLE)
def test_adjoint(f, args, wrt, of):
    """The joint adjoint gives what the pullback gives."""
    value, pullback = srcgrad.vjp(f, *args, wrt=wrt, of=of)
    seed = like(np.random.default_rng(2), value)
    found = srcgrad.adjoint(f, wrt, of=of)(*args, b_out=seed)
    np.testing.assert_allclose(flat(found), flat(pullback(seed)), rtol=1e-10, atol=1e-12)


@named([k for k in KERNELS if k[0].__name__ in SECOND])
def test_second_order(f, args, wrt, of):
    """The tangent of the adjoint is the slope of the adjoint."""
    rng = np.random.default_rng(3)
    gradient = srcgrad.adjoint(f, wrt, of=of)
    at = dict(zip(parameters(f), args))
    directions = {n: like(rng, at[n]) for n in wrt}
    moved = [[a + h * directions[n] if n in directions else a for n, a in at.items()] for h in (1e-5, -1e-5)]
    _, tangent = srcgrad.jvp(gradient, args, tuple(directions[n] for n in wrt), wrt=wrt)
    up, down = (flat(gradient(*x)) for x in moved)
    np.testing.assert_allclose(flat(tangent), (up - down) / 2e-5, rtol=1e-5, atol=1e-6)


def test_linear_stencils_save_nothing():
    """No tape, and no forward sweep."""
    f, args, _, _ = next(k for k in KERNELS if k[0].__name__ == "jacobi_2d")
    derivative = srcgrad.adjoint(f, ("a", "b"), of="a")
    derivative(*args)
    assert "tape" not in derivative.source
    assert derivative.source.count("for _ in") == 1
