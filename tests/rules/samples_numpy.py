"""Arguments for the rules of NumPy's functions on entries, axes and parts of numbers, with their keywords."""
import math

import numpy as np

from srcgrad.runtime import helpers as h

from .evaluate import Case
from .samples_arrays import array, pair

A3, B3, A5, M, CUBE = array(3), array(3), array(5), array(2, 3), array(2, 3, 4)
F3 = array(3, dtype="f4")
WITH_NAN = np.array([[0.3, np.nan, 1.7], [-1.1, 0.6, np.nan]])
ROWS = np.array([[1, 0, 0], [0, 1, 1]])


def calls(*args, **kwargs):
    return args, kwargs


# Positional arguments only, or `calls(...)` with keywords.
NUMPY = {
    np.nan_to_num: [(A3,), (np.array([0.5, np.nan, np.inf, -np.inf]),), calls(A3, nan=2.0), calls(0.5, posinf=3.0, neginf=0)],
    np.i0: [(A3,), (0.7,), (M,), (F3,)],
    np.ldexp: [(A3, 2), (A3, np.array([1, 0, -3])), (0.7, 3), (F3, 1)], math.ldexp: [(0.7, 3)],
    np.nextafter: [(A3, B3), (0.5, 1.5)], math.nextafter: [(0.5, 1.5)],
    np.modf: [(A3 * 3,), (0.7,), (np.array(2.3),)], math.modf: [(2.7,), (-2.7,)],
    np.frexp: [(A3 * 3,), (0.7,)], math.frexp: [(2.7,)],
    np.real_if_close: [(A3,), (pair(3),)],
    np.divmod: [(5.3, 1.7), (array(3, low=3, high=9), 1.7)],
    np.float64: [(0.5,), (F3,), (A3,)], np.float32: [(0.5,), (A3,)],
    np.complex128: [(A3,), (0.5,), (pair(2),)], np.complex64: [(pair(2).astype("c8"),)],
    math.gamma: [(2.3,), (0.4,), (-1.4,)], math.lgamma: [(2.3,), (0.4,), (-1.4,)], math.remainder: [(5.3, 1.7), (5.3, -0.9)],
    math.fsum: [([0.5, 1.5, -2.0],), ((0.5, 1.5),)],
    math.prod: [([0.5, 1.5, -2.0],), ((0.5, 1.5),), calls([0.5, 2.5], start=3.0), ([0.0, 2.0, 3.0],)],
    math.dist: [((0.5, 1.5), (2.0, -1.0)), ([0.5, 1.5, 3.0], (2.0, -1.0, 0.3))],
    # taken
    np.take: [(A3, 1), (M, np.array([0, 0, 1]), 0), (M, np.array([[5, 1], [0, 0]])), (CUBE, [2, 0], -2),
              calls(A3, np.array([0, 4, -1]), mode="wrap"), calls(M, [7, 1], axis=1, mode="clip"), (pair(3), [0, 0]),
              (F3, [1, 1])],
    np.take_along_axis: [(M, np.array([[2, 0], [1, 1]]), 1), (M, np.array([[1, 0, 0]]), 0)],
    np.compress: [([True, False, True], A3), ([False, True], M, 0), ([True, False, True], M, 1), ([True, False, True], M)],
    np.extract: [(M > 0, M), (np.array([True, False, True]), A3)],
    np.delete: [(A3, 1), (M, 0, 0), (M, [0, 2], 1), (A5, slice(1, 3)), (M, 1)],
    np.choose: [([0, 1, 0], [A3, B3]), ([0, 1, 1], (A3, 0.5)), (ROWS, (M, B3)), calls([0, 3, 1], [A3, B3], mode="wrap"),
                calls([0, 3, 1], [A3, B3], mode="clip"), ([1, 0, 1], M)],
    np.select: [([A3 > 0, A3 < -1], [A3, B3], 0.5), ([A3 > 0], [A3 + B3]), ([M > 0, M < -1], [M, A3], B3),
                ([A3 > 0], [pair(3)], 0.5)],
    np.unique: [(A3,), (np.array([2.0, 0.5, 2.0, 0.5]),), (M,)],
    # in order
    np.sort: [(A5,), (M, 0), (M, None), (CUBE, 1), (M[:, ::-1], -1), (np.array([0.5, 2.0, 0.5, 1.0]),), (pair(4),), (F3,),
              calls(A5, kind="stable")],
    np.partition: [(A5, 2), (M, 1, 0), (M, (0, 1)), (M, 2, None), (np.array([0.5, 2.0, 0.5, 1.0]), 1)],
    h.running_max: [(A5,), (M, 1), (CUBE, -1), (np.array([0.5, 0.5, 2.0, 1.0, 2.0]),)], h.running_min: [(A5,), (M, 0)],
    # moved
    np.roll: [(A5, 2), (A5, -1), (M, 4), (M, 1, 0), (M, (1, -2), (0, 1)), (CUBE, 2, (0, 2)), (F3, 1)],
    np.rot90: [(M,), (M, 2), (M, -1), (CUBE, 1, (1, 2)), (CUBE, 3, (2, 0))],
    np.rollaxis: [(CUBE, 2), (CUBE, 1, 3), (CUBE, -1, 1)],
    np.atleast_3d: [(0.5,), (A3,), (M,), (CUBE,)],
    # repeated
    np.repeat: [(A3, 2), (M, 2, 0), (M, [1, 0, 2], 1), (0.5, 3), (M, 2)],
    np.tile: [(A3, 2), (M, (2, 1)), (A3, (2, 1, 2)), (0.5, 3)],
    np.resize: [(A3, (2, 4)), (A5, 2), (M, (3,))],
    np.pad: [(A3, 1), (A3, (2, 0)), (M, ((1, 0), (0, 2))), (A3, 2, "edge"), (A5, 3, "reflect"), (A5, (3, 1), "symmetric"),
             (M, 2, "wrap"), calls(A3, 1, constant_values=5.0), calls(M, 1, mode="constant", constant_values=-1.0)],
    # triangles and diagonals
    np.tril: [(M,), (M, 1), (M, -1), (CUBE, 1), (A3,)], np.triu: [(M,), (M, 1), (M, -1), (CUBE,), (A3, 1)],
    np.diag: [(A3,), (A3, 1), (A3, -2), (M,), (M, 1), (M, -1), (pair(2, 2),)],
    np.diagonal: [(M,), (M, 1), (CUBE, 0, 1, 2), (CUBE, -1, 0, 2)],
    np.diagflat: [(A3,), (M,), (M, 1), (A3, -1), (0.5,)],
    # joined
    np.vstack: [((A3, B3),), ([M, A3],), ([M, array(1, 3)],), ((0.5, 1.5),)],
    np.hstack: [((A3, A5),), ([M, array(2, 1)],), ([A3, 0.5],), ((F3, F3),)],
    np.dstack: [((A3, B3),), ([M, M + 1.0],)], np.column_stack: [((A3, B3),), ([M, array(2)],)],
    np.block: [([[M, array(2, 1)], [array(1, 4)]],), ([A3, 0.5],)],
    h.r_: [((A3, 0.5, A5),), ((M, array(1, 3)),), ([A3, B3],)], h.c_: [((A3, B3),), ((M, array(2)),)],
    np.insert: [(A3, 1, 0.5), (A3, [0, 2], array(2)), (M, 1, array(3), 0), (M, 0, 0.5, 1), (M, [1, 3], array(2, 2), 1),
                (M, 2, 0.5)],
    # taken apart
    np.split: [(A3, 3), (array(6), [2, 5]), (M, 3, 1), (M, [1], -1)], np.array_split: [(A5, 2), (M, 2, 1)],
    np.hsplit: [(M, 3), (array(4), 2)], np.vsplit: [(array(4, 2), 2), (M, [1])], np.dsplit: [(CUBE, 2), (CUBE, [1, 2])],
    np.broadcast_arrays: [(M, A3), (0.5, A3), (array(2, 1), array(3), 1.5)],
    np.meshgrid: [(A3, A5), (A3,), (A3, array(2), array(4)), calls(A3, A5, indexing="ij"), calls(A3, A5, sparse=True),
                  (A3, 0.5), calls(array(2), A3, array(4), indexing="ij", sparse=True)],
    # differences
    np.diff: [(A5,), (A5, 2), (A5, 3), (M, 1, 0), (CUBE, 2, -1), (M, 2, 0), (F3,), (pair(4),)],
    np.gradient: [(A5,), (A5, 0.5), (array(6), np.array([0.0, 0.3, 1.0, 1.5, 2.5, 2.7])), (array(3, 4),),
                  calls(A5, 0.5, edge_order=2), calls(array(3, 4), axis=0), calls(array(3, 4), 0.5, axis=-1),
                  calls(array(3, 5), 2.0, np.array([0.0, 0.3, 1.0, 1.5, 2.5]), edge_order=2), (array(2),),
                  (array(3, 4), 0.5, 2.0), calls(array(3, 4, 3), axis=(2, 0)),
                  calls(array(7), np.array([0.0, 0.3, 1.0, 1.5, 2.5, 2.7, 4.0]), edge_order=2)],
    np.unwrap: [(np.array([0.3, 6.9, 1.0, -5.8]),), (array(2, 4) * 4,), calls(array(2, 4) * 4, axis=0),
                calls(array(4) * 4, period=3.0)],
    # quantiles
    np.quantile: [(A5, 0.3), (A5, [0.1, 0.5, 0.9]), (M, 0.4, 0), (M, [[0.1, 0.2], [0.7, 1.0]], 1), calls(M, 0.7, keepdims=True),
                  calls(M, [0.7, 0.2], axis=-1, keepdims=True), (CUBE, 0.35, (0, 2)), calls(A5, 0.3, method="nearest"),
                  calls(A5, 0.3, method="hazen"), calls(A5, 0.3, method="averaged_inverted_cdf"),
                  calls(A5, 0.3, method="midpoint"), calls(A5, 0.3, method="lower"), (F3, 0.4), (A5, 1.0), (array(1), 0.3)],
    np.percentile: [(A5, 30), (M, [10.0, 50.0], 1), calls(A5, 30, method="higher")],
    np.median: [(A5,), (array(4),), (M,), (M, 1), calls(CUBE, axis=(0, 1), keepdims=True), (F3,), (0.5,)],
    np.nanquantile: [(WITH_NAN, 0.3, 1), (A5, 0.3)], np.nanpercentile: [(WITH_NAN, 40, 1)],
    np.nanmedian: [(WITH_NAN,), (WITH_NAN, 1), calls(WITH_NAN, axis=0, keepdims=True)],
    # lines and curves
    np.linspace: [(0.5, 2.0, 4), (0.5, array(3), 3), (A3, B3, 5), calls(0.5, 2.0, 4, endpoint=False), (0, 1.5, 3),
                  calls(A3, B3, 4, axis=-1), calls(array(2, 1), A3, 4, axis=1), (0.5, 2.0, 1), (0.5, 2.0, 0), (pair(), 0.5, 3),
                  (np.float32(0.5), np.float32(1.5), 3), calls(0.5, 2.0, 4, dtype="f4")],
    np.geomspace: [(0.5, 2.0, 4), (0.5, array(2, low=1.0), 3), calls(array(2, low=1.0), 8.0, 3, axis=1, endpoint=False)],
    np.vander: [(A3,), (A3, 2), (A3, 5, True), (A5, 3), (pair(3), 3)],
    # NaNs
    np.nansum: [(WITH_NAN,), (WITH_NAN, 0), calls(WITH_NAN, axis=1, keepdims=True), (A3,), (F3,)],
    np.nanmax: [(WITH_NAN,), (WITH_NAN, 1), (A3,)], np.nanmin: [(WITH_NAN, 0), (A3,)],
}
if hasattr(np, "unstack"):
    NUMPY[np.unstack] = [(M,), calls(M, axis=1), calls(CUBE, axis=-1)]

HELPERS = {
    h.gather: [(A3, np.array([[0, 2], [2, -1]])), (M, np.array([5, 0, 0])), ((A3, 0.5), np.array([3, 0])), (F3, np.array([1])),
               ([A3, M], np.array([8, 0, -1]))],
    h.scatter: [(array(2, 2), np.array([[0, 2], [2, -1]]), A3), (array(2), np.array([3, 0]), (A3, 0.5)), (0.5, 2, A3),
                (F3, np.array([1, 1, 0]), F3), (pair(3), np.array([1, 1, 0]), pair(2)), (A3, np.array([1, 1, 0]), [0.5, B3])],
    h.unpadded: [(A5, array(3), 1), (array(4, 3), M, ((2, 0), (0, 0))), (A5, array(3), 1, "reflect"),
                 (array(3, 4), M, ((1, 0), (0, 1)))],
    h.slabs: [(array(2, 3), [A3, array(1, 3)]), (array(5), (A3, 0.5, 1.5), 1), (array(2, 4), (M, array(2)), -1),
              (array(2, 3, 2), [M, array(2, 3)], 2)],
    h.joined_slabs: [((A3, array(1, 3)), array(2, 3)), ([M, array(2)], array(2, 4), 1)],
    h.padded: [(A3, 1), (A3, 2, "edge"), (M, 1, "wrap")], h.undiag: [(array(3, 3), A3), (array(2), M), (array(2), M, 1)],
    h.undiff: [(array(4), A5), (array(0), array(2), 3), (array(3), A5, 2), (array(1, 3), M, 1, 0)],
    h.gradient_tangent: [(A5,), (A5, (0.5,)), (array(3, 4),), (array(3, 4), (), 0)],
    h.gradient_adjoint: [(A5, array(5)), (type(np.gradient(M))((array(3, 4), array(3, 4))), array(3, 4)),
                         (array(3, 4), array(3, 4), (0.5,), 1, 2)],
    h.quantile_tangent: [(A5, array(5), 0.3), (array(2, 3), M, [0.2, 0.6], 1)],
    h.quantile_adjoint: [(0.5, A5, 0.3), (array(2, 2), M, [0.2, 0.6], 1), (array(2, 2, 1), M, [0.2, 0.6], 1, "linear", True)],
    h.along_line: [(0.5, A5), (array(3), array(5, 3), False, 0, True), (array(3), array(3, 5), True, 1)],
    h.unline: [(A5, 0.5), (array(5, 3), A3, False, 0, True), (array(5, 3), 0.5), (array(3, 5), A3, True, 1)],
    h.grid_parts: [((array(2, 3), array(2, 3)), (A3, array(2)))],
    h.grid_like: [((A3, array(2)), (array(2, 3), array(2, 3))), ((A3, array(2)), (array(1, 3), array(2, 1)))],
    h.broadcast_each: [((0.5, A3), (M, M))], h.unbroadcast_each: [((M, M), (0.5, A3)), ((M, array(2, 3)), (A3, array(2, 1)))],
    h.bessel_i: [(A3, 0), (A3, 2), (0.7, 1)], h.polygamma: [(0.7, 0), (2.5, 1), (1.3, 2)],
    h.mantissa: [(0.7, 2), (A3, np.array([1, 0, 2]))], h.in_fraction: [(0.5, (0.2, 3.0)), (A3, (A3, B3))],
    h.vander_slopes: [(A3,), (A3, 4, True, 2)],
}

KINKS = {
    np.nan_to_num: [(np.array([np.inf, 1.0]),)], np.real_if_close: [(A3 + 0j,)], np.max: [(np.array([1.0, 1.0]),)],
    np.sort: [(np.array([1.0, 1.0, 0.5]),)], np.median: [(np.array([1.0, 1.0, 0.5, 1.0]),)],
    h.running_max: [(np.array([1.0, 1.0, 0.5]),)], np.unique: [(np.array([1.0, 1.0, 0.5]),)],
}
ROUGH = {np.unique, np.sort, np.partition, h.running_max}  # samples with ties, where differences see a kink

CONSTANT = {
    np.tri: [(3,)], np.spacing: [(A3,)], np.isposinf: [(A3,)], np.gcd: [(4, 6)], np.left_shift: [(1, 3)],
    h.places: [(M,)], h.ranks: [(M, 0)], math.comb: [(5, 2)], math.ulp: [(0.5,)],
}


def split(call):
    return call if len(call) == 2 and isinstance(call[1], dict) else (call, {})


def tied(x):
    return isinstance(x, np.ndarray) and len(np.unique(x)) < x.size


def numpy_cases():
    for table in (NUMPY, HELPERS):
        for target, listed in table.items():
            for call in listed:
                args, kwargs = split(call)
                yield Case(target, args, kwargs, smooth=not (target in ROUGH and any(map(tied, args))))
    for target, listed in KINKS.items():
        for args in listed:
            yield Case(target, args, smooth=False)
