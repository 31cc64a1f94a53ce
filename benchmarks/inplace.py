"""`python -m benchmarks --kernels`: gradient time over primal time of the kernels in tests/corpus/inplace, which work in place.

The kernels of SIZED run at sizes at which arithmetic counts, the others at those of the corpus. Those of HAND stand beside
adjoints as an expert writes them.
"""
from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import srcgrad

from .handwritten_inplace import burgers_adjoint, cholesky_adjoint, jacobi_2d_adjoint, lu_adjoint, thomas_adjoint
from .report import table
from .timing import interleaved, ratio

PRIMAL, GENERATED, HAND = "primal", "generated", "hand-written"
HANDWRITTEN: dict[str, Callable[..., Any]] = {
    "jacobi_2d": jacobi_2d_adjoint, "burgers": burgers_adjoint, "lu": lu_adjoint, "cholesky": cholesky_adjoint,
    "thomas": thomas_adjoint}


def sized() -> dict[str, tuple[Any, ...]]:
    """Arguments of some kernels that are larger than those of the corpus."""
    r = np.random.default_rng(3)
    square, n = r.normal(size=(40, 40)), 400
    return {
        "jacobi_1d": (r.normal(size=20_000), r.normal(size=20_000), 20),
        "jacobi_2d": (r.normal(size=(300, 301)), r.normal(size=(300, 301)), 10),
        "heat_3d": (r.normal(size=(40, 41, 42)), r.normal(size=(40, 41, 42)), 10),
        "gauss_seidel": (r.normal(size=(25, 26)), 3),
        "waves": (r.normal(size=(200, 201)), r.normal(size=(200, 201)), r.normal(size=(200, 201)), 10),
        "burgers": (r.normal(size=20_000), 0.03, 1e-4, 20),
        "shallow_water": (r.random(20_000) + 1.0, r.normal(size=20_000), 0.4, 10),
        "thomas": (r.normal(size=n), r.random(n) + 4.0, r.normal(size=n), r.normal(size=n)),
        "cholesky": (square @ square.T + 40.0 * np.eye(40),),
        "lu": (square + 40.0 * np.eye(40),),
        "triangular_solve": (square + 40.0 * np.eye(40), np.zeros(40), r.normal(size=40)),
        "gram_schmidt": (r.normal(size=(60, 30)), np.zeros((60, 30)), np.zeros((30, 30))),
        "durbin": (0.3 ** np.arange(1, 101),),
        "cavity": (r.normal(size=(101, 101)), r.normal(size=(101, 101)), r.normal(size=(101, 101)), 5),
        "bodies": (r.normal(size=(60, 6)), r.random(60) + 0.5, 0.01, 3),
    }


def cases() -> list[tuple[Any, tuple[Any, ...], tuple[str, ...], Any]]:
    """The kernels of the corpus, with the arguments to time them at."""
    from tests.corpus.inplace.test_kernels import KERNELS
    larger = sized()
    return [(f, larger.get(f.__name__, args), wrt, of) for f, args, wrt, of in KERNELS]


def primal(f: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel on copies of what it is given, as its gradient works on copies."""
    def call(*args: Any) -> Any:
        return f(*[a.copy() if isinstance(a, np.ndarray) else a for a in args])
    return call


def gradients(f: Any, args: tuple[Any, ...], wrt: tuple[str, ...], of: Any) -> dict[str, Callable[..., Any]]:
    """The generated adjoint, and the hand-written one where there is one. Raises AssertionError where they differ."""
    found = {GENERATED: srcgrad.adjoint(f, wrt, of=of).function_for(args, {})}
    if f.__name__ in HANDWRITTEN:
        found[HAND] = HANDWRITTEN[f.__name__]
        for x, y in zip(found[GENERATED](*args), found[HAND](*args), strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-7, atol=1e-9, err_msg=f.__name__)
    return found


def measure(f: Any, args: tuple[Any, ...], wrt: tuple[str, ...], of: Any, rounds: int) -> dict[str, Any]:
    """One kernel, as a row: seconds, and ratios to the primal and to the hand-written adjoint."""
    calls = {PRIMAL: primal(f), **gradients(f, args, wrt, of)}
    with np.errstate(all="ignore"):
        times = interleaved(calls, args, rounds, 0.0005, 1.5)
    return {"kernel": f.__name__, "microseconds": statistics.median(times[PRIMAL]) * 1e6,
            "sized": f.__name__ in sized(), "to_primal": ratio(times[GENERATED], times[PRIMAL]),
            "to_hand": None if HAND not in times else ratio(times[GENERATED], times[HAND])}


def rows_as_table(rows: Sequence[dict[str, Any]]) -> str:
    head = ["kernel", "primal", "gradient/primal", "gradient/hand-written"]
    body = [[row["kernel"] + ("" if row["sized"] else " (tiny)"), f"{row['microseconds']:.0f} us", f"{row['to_primal']:.2f} x",
             "-" if row["to_hand"] is None else f"{row['to_hand']:.2f} x"]
            for row in sorted(rows, key=lambda row: (not row["sized"], row["to_primal"]))]
    return table([head, *body])


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The medians."""
    large = [row["to_primal"] for row in rows if row["sized"]]
    hand = [row["to_hand"] for row in rows if row["to_hand"] is not None]
    return {"gradient/primal": statistics.median(row["to_primal"] for row in rows),
            "gradient/primal at the larger sizes": statistics.median(large), "gradient/hand-written": statistics.median(hand)}
