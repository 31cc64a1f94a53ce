"""Every kernel as it stands, by every input and for every output, in both modes, against central differences."""
import numpy as np
import pytest

import srcgrad
from tests.corpus.inplace.kernels import KERNELS, TYPED

each = pytest.mark.parametrize(("f", "args", "wrt", "of"), KERNELS, ids=[k[0].__name__ for k in KERNELS])


def outputs(f, args, of):
    """What a plain call leaves, as a list of arrays."""
    names = f.__code__.co_varnames[:f.__code__.co_argcount]
    given = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
    result = f(*given)
    held = dict(zip(names, given)) | {"return": result}
    return [np.array(held[name]) for name in ((of,) if isinstance(of, str) else of)]


def moved(f, args, directions, step):
    names = f.__code__.co_varnames[:f.__code__.co_argcount]
    return [a + step * directions[n] if n in directions else a for n, a in zip(names, args)]


def flat(tree):
    return np.concatenate([np.ravel(x) for x in (tree if isinstance(tree, tuple | list) else [tree])])


@each
@pytest.mark.parametrize("generic", [False, True])
def test_kernel(f, args, wrt, of, generic):
    rng = np.random.default_rng(1)
    names = f.__code__.co_varnames[:f.__code__.co_argcount]
    at = dict(zip(names, args))
    directions = {n: rng.normal(size=np.shape(at[n])) if np.ndim(at[n]) else float(rng.normal()) for n in wrt}
    before = [np.array(a, copy=True) for a in args]
    if generic and f.__name__ in TYPED:
        with srcgrad.pipeline.options(generic=True), pytest.raises(srcgrad.errors.AliasError):
            srcgrad.vjp(f, *args, wrt=wrt, of=of)
        return
    with srcgrad.pipeline.options(generic=generic), np.errstate(all="ignore"):
        value, pullback = srcgrad.vjp(f, *args, wrt=wrt, of=of)
        seeds = [rng.normal(size=np.shape(v)) for v in ((value,) if isinstance(of, str) else value)]
        seed = seeds[0] if isinstance(of, str) else tuple(seeds)
        gradients, again = pullback(seed), pullback(seed)
        _, tangent = srcgrad.jvp(f, args, tuple(directions[n] for n in wrt), wrt=wrt, of=of)
    np.testing.assert_allclose(flat(value), flat(outputs(f, args, of)), rtol=1e-12)
    np.testing.assert_array_equal(flat(gradients), flat(again))
    for a, b in zip(args, before):
        np.testing.assert_array_equal(a, b)  # arguments stay as they are
    up, down = (flat(outputs(f, moved(f, args, directions, step), of)) for step in (1e-5, -1e-5))
    slope = (up - down) / 2e-5
    np.testing.assert_allclose(flat(tangent), slope, rtol=1e-5, atol=1e-7)
    forward = np.dot(flat(seeds), flat(tangent))
    reverse = np.dot(flat(gradients), flat([directions[n] for n in wrt]))
    assert reverse == pytest.approx(forward, rel=1e-9, abs=1e-12)


@each
def test_adjoint(f, args, wrt, of):
    """The joint adjoint gives what the pullback gives."""
    rng = np.random.default_rng(2)
    value, pullback = srcgrad.vjp(f, *args, wrt=wrt, of=of)
    seeds = tuple(rng.normal(size=np.shape(v)) for v in ((value,) if isinstance(of, str) else value))
    seed = seeds[0] if isinstance(of, str) else seeds
    found = srcgrad.adjoint(f, wrt, of=of)(*args, b_out=seed)
    np.testing.assert_allclose(flat(found), flat(pullback(seed)), rtol=1e-10, atol=1e-12)


def test_linear_stencils_save_nothing():
    """No tape, and no forward sweep."""
    derivative = srcgrad.adjoint(dict((k[0].__name__, k[0]) for k in KERNELS)["jacobi_2d"], ("a", "b"), of="a")
    derivative(*next(k[1] for k in KERNELS if k[0].__name__ == "jacobi_2d"))
    source = derivative.source
    assert "tape" not in source
    assert source.count("for _ in") == 1
