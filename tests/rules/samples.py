"""Arguments to try each rule on. A function of the tables that is in no table here fails the tests."""
import importlib.util
import math
import operator

import numpy as np

from srcgrad.rules import registry
from srcgrad.runtime import helpers as h

from .evaluate import Case
from .samples_arrays import array, pair
from .samples_numpy import CONSTANT as NUMPY_CONSTANT, numpy_cases

# ------------------------------------------------------------------ functions of numbers, by their domain
WHOLE, POSITIVE, UNIT, ABOVE_1 = (-2.0, 2.0), (0.3, 3.0), (-0.9, 0.9), (1.2, 3.0)
ONE = {
    WHOLE: [np.negative, np.positive, np.square, np.cbrt, np.exp, np.exp2, np.expm1, np.sin, np.cos, np.arctan, np.sinh,
            np.cosh, np.tanh, np.arcsinh, np.deg2rad, np.radians, np.rad2deg, np.degrees, np.sinc, np.fabs, np.abs, abs,
            np.sign, np.real, np.imag, np.conj, "operator.neg", operator.neg, "operator.pos", operator.pos,
            "operator.abs", operator.abs, h.abs_slope],
    POSITIVE: [np.sqrt, np.log, np.log2, np.log10, np.reciprocal, h.log_or_zero],
    UNIT: [np.tan, np.arcsin, np.arccos, np.arctanh, np.log1p],
    ABOVE_1: [np.arccosh],
}
TWO = {
    WHOLE: [np.add, np.subtract, np.multiply, np.maximum, np.minimum, np.fmax, np.fmin, np.copysign, np.logaddexp,
            np.logaddexp2, np.arctan2, np.hypot, "operator.add", "operator.sub", "operator.mul", operator.add,
            operator.sub, operator.mul],
    POSITIVE: [np.divide, np.power, np.float_power, np.remainder, np.fmod, "operator.truediv", "operator.pow",
               "operator.mod", operator.truediv, operator.pow, operator.mod, pow, h.quotient, h.ratio, h.power_slope],
}
COMPLEX = [np.add, np.subtract, np.multiply, np.divide, np.negative, np.square, np.exp, np.log, np.sqrt, np.sin, np.cos,
           np.tan, np.sinh, np.cosh, np.tanh, np.arcsin, np.arccos, np.arctan, np.arcsinh, np.arccosh, np.arctanh,
           np.log1p, np.expm1, np.log2, np.log10, np.exp2, np.reciprocal, np.power, np.abs, abs, np.sign, np.conj,
           np.real, np.imag, np.angle, np.sinc, h.abs_slope, h.ratio]
MATH = {
    WHOLE: ["sin", "cos", "atan", "sinh", "cosh", "tanh", "asinh", "exp", "expm1", "erf", "erfc", "degrees", "radians",
            "fabs", "exp2", "cbrt"],
    POSITIVE: ["log", "log2", "log10", "sqrt"],
    UNIT: ["tan", "asin", "acos", "atanh", "log1p"],
    ABOVE_1: ["acosh"],
}


def _one(f, low, high):
    yield Case(f, (array(4, low=low, high=high),))
    yield Case(f, (array(2, 3, low=low, high=high).T,))
    yield Case(f, (array(low=low, high=high),))
    yield Case(f, (float(array(low=low, high=high)),))
    yield Case(f, (np.float64(array(low=low, high=high)),))
    yield Case(f, (array(3, low=low, high=high, dtype="f4"),))
    yield Case(f, (np.float32(array(low=low, high=high)),))
    yield Case(f, (array(0, low=low, high=high),))


def _two(f, low, high):
    def make(*shape, **more):
        return array(*shape, low=low, high=high, **more)
    for a, b in [((3,), (3,)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((3,), ()), ((), (2, 2)), ((1,), (3,)), ((0,), (1,)),
                 ((2, 1, 2), (3, 1))]:
        yield Case(f, (make(*a), make(*b)))
    yield Case(f, (float(make()), make(3)))
    yield Case(f, (make(3), float(make())))
    yield Case(f, (float(make()), float(make())))
    yield Case(f, (np.float64(make()), float(make())))
    yield Case(f, (make(3, dtype="f4"), make(3, dtype="f4")))
    yield Case(f, (make(2, dtype="f4"), 1.5))
    yield Case(f, (make(3), 2))
    yield Case(f, (2, make(3)))


def elementwise_cases():
    for (low, high), functions in ONE.items():
        for f in functions:
            yield from _one(f, low, high)
    for (low, high), functions in TWO.items():
        for f in functions:
            yield from _two(f, low, high)
    for f in COMPLEX:
        if any(f in functions for functions in TWO.values()):
            yield Case(f, (pair(3), pair(3)))
            yield Case(f, (array(3, low=0.3), pair(2, 3)))
            yield Case(f, (pair(3), float(array(low=0.3))))
        elif f is not np.sign or np.lib.NumpyVersion(np.__version__) >= "2.0.0":
            yield Case(f, (pair(3),))
            yield Case(f, (complex(pair()),))
    for (low, high), names in MATH.items():
        for name in names:
            if hasattr(math, name):
                f = getattr(math, name)
                yield Case(f, (float(array(low=low, high=high)),))
                yield Case(f, (array(low=low, high=high),))
                yield Case(f, (np.float32(array(low=low, high=high)),))


# ------------------------------------------------------------------ one by one
A3, B3, M, N, T = array(3), array(3), array(2, 3), array(3, 4), array(2, 3, 4)
TABLE = {
    math.atan2: [(0.5, -1.2)], math.hypot: [(0.5, -1.2)], math.pow: [(1.5, -0.7), (1.5, 2)], math.fmod: [(5.3, 1.7)],
    math.copysign: [(0.5, -1.2), (-0.5, -2.0)], math.log: [(2.5,), (2.5, 3.0), (2.5, 10)],
    np.clip: [(A3, -0.5, 0.5), (M, None, 0.3), (M, array(3), 1.5), (0.7, -1.0, 1.0), (A3, 1.0, -1.0),
              (array(3, dtype="f4"), 0.0, 1.0), (M, array(2, 1), array(3) + 1.0)],
    np.where: [(np.array([True, False, True]), A3, B3), (M > 0, M, 0.5), (np.array([[True], [False]]), A3, array(1)),
               (True, 0.5, 1.5), (A3 > 0, array(3, dtype="f4"), 0.0)],
    h.where: [(np.array([True, False, True]), A3, B3), (True, 0.5, 1.5), (True, 0, 1.5), (False, np.float32(0.5), 0),
              (M > 0, M, 0)],
    np.heaviside: [(A3, B3), (np.array([0.0, 1.0, -1.0]), B3), (0.5, 0.5)],
    np.angle: [(pair(3),), (pair(3), True), (1 + 2j,)],
    float: [(0.5,), (np.float64(0.5),), (np.array(0.5),), (np.float32(0.5),)],
    complex: [(0.5,), (0.5, 1.5), (0.5 + 1j,)],
    max: [(0.5, 1.5), (0.5, -1.0, 2), ([0.5, 1.5],), (array(4),)], min: [(0.5, 1.5), ((0.5, 1.5, -2.0),)],
    divmod: [(5.3, 1.7), (array(3, low=3, high=9), 1.7), (5.3, array(2, low=1, high=2))],
    "operator.getitem": [
        (A3, 1), (A3, -1), (A3, slice(1, None)), (A3, slice(None, -1)), (M, (0, slice(1, 3))), (M, (slice(None), 1)),
        (M, (Ellipsis, 0)), (M, (None, 1)), (T, (slice(None), None, 1, slice(None, None, -1))), (M, 0), (M, (1, 2)),
        (A3, np.array([0, 2, 0])), (M, (np.array([0, 1]), np.array([1, 1]))), (M, M > 0), (A3, ()), (A3, Ellipsis),
        ([0.5, 1.5], 1), ((0.5, A3), 0), ((0.5, A3), slice(0, 1)), ([0.5, A3], slice(0, 1)), (array(5), slice(1, -1)),
        (array(5), slice(-2, None)), (array(5), slice(None, 2)), (array(5), slice(4, 2)), (array(5), slice(1, 5, 2)),
        (array(4), slice(3, -3)), (array(5), slice(-3, -1)), (array(5), slice(7, None)), (array(), ()),
        (array(), Ellipsis), (array(2, 3, 2), (slice(None), np.array([[0, 1]]))), (array(3, dtype="f4"), 1)],
    np.sinc: [(np.array([0.0, 1e-9, 1e-3, 0.4, 5.0]),), (0.0,)],
    h.sinc_derivative: [(A3, 1), (A3, 2), (np.array([0.0, 1e-4, 1.1, 7.5]), 3), (0.3, 1), (array(2, dtype="f4"), 2)],
    h.power_slopes: [(0.0, 1, 2), (0.7, 3, 2), (array(3, low=0.3), 2.5, 2), (array(3, low=0.3), 2.0, 3)],
    h.each: [(0.5, [1.5, 2.5]), (0.5, (1.5, 2.0)), (A3, [A3, B3])],
    h.joined: [([0.5, 1.5], [A3]), ([0.5],)], h.joined_tangent: [(([0.5, 1.5], [A3]),)],
    h.unjoined: [([0.5, 1.5, 2.5], ([1.5], [0.5, 2.0]))],
    h.merged: [({"w": 0.5, "b": A3}, {"b": B3, "c": 1.5})], h.merged_tangent: [(({"w": 0.5}, {"w": 1.5, "c": A3}),)],
    h.unmerged: [({"w": 0.5, "b": B3}, ({"w": 1.5, "b": A3}, {"b": A3}))],
    h.repeated: [([0.5, A3], 3)], h.unrepeated: [([0.5, 1.5, 2.5, 3.5], [0.5, 1.5])],
    h.sequence: [([0.5, 1.5],), ((0.5, A3),), (A3,)],
    h.sequence_tangent: [([0.5, 1.5], [1.0, 2.0]), (A3, B3)],
    h.unsequence: [([0.5, 1.5], [1.0, 2.0]), (A3, B3)],
    h.listed: [([0.5, 1.5], (1.0, 2.0)), ([0.5, 1.5], [1.0, 2.0])],
    sum: [([0.5, 1.5], 2.5), ([A3, A3 * 2], B3), ([0.5, 1.5],), ((0.5, 1.5, 2.5),), ([A3, B3],), (A3,)],
    list: [((0.5, 1.5),), ([0.5, 1.5],)], tuple: [((0.5, 1.5),), ([0.5, 1.5],)],
    h.over_log: [(0.5, 1.5), (0.5, 1.5, 3.0), (0.5, 1.5, 2), (A3, array(3, low=0.5), 2.0)],
    h.in_degrees: [(0.5, True), (A3, False), (pair(3), True)],
    h.sign_tangent: [(A3, B3), (pair(3), pair(3)), (0.5, -1.0), (array(2, dtype="f4"), array(2, dtype="f4"))],
    h.chosen: [(M, M + 1.0, A3, np.maximum(M + 1.0, A3)), (0.5, 1.0, 1.0, 1.0), (array(3, dtype="f4"), A3, B3, A3)],
}
AXES = [{}, {"axis": 0}, {"axis": 1}, {"axis": -1, "keepdims": True}, {"axis": (0, 1)}, {"keepdims": True}]


def _reduction(f, *, complex_too=True, tuples=True, more=()):
    for kwargs in [*AXES, *more]:
        if tuples or not isinstance(kwargs.get("axis"), tuple):
            yield Case(f, (array(2, 3),), kwargs)
            yield Case(f, (array(2, 3, dtype="f4"),), kwargs)
            yield Case(f, (array(2, 3, 2).transpose(2, 0, 1),), kwargs)
            if complex_too:
                yield Case(f, (pair(2, 3),), kwargs)
    for x in (array(4), array(1), array(), 0.5, np.float64(0.5), array(4)[::-2]):
        yield Case(f, (x,))
    yield Case(f, (array(4), 0))


def reduction_cases():
    for f in (np.sum, np.mean, np.prod):
        yield from _reduction(f)
        if f is not np.mean:
            yield Case(f, (array(0),))
            yield Case(f, (array(2, 0),), {"axis": 1})
    for f in dict.fromkeys((np.max, np.min, np.amax, np.amin)):
        yield from _reduction(f, complex_too=False)
    yield from (c for f in (np.var, np.std) for c in _reduction(f, more=[{"ddof": 1}, {"axis": 0, "ddof": 1}])
                if f is np.var or np.size(c.args[0]) > 1)
    for f in (np.cumsum, np.cumprod):
        for args in [(array(4),), (M,), (M, 0), (M, -1), (pair(3),), (array(3, dtype="f4"),), (0.5,), (array(0),)]:
            yield Case(f, args)
    yield Case(np.cumprod, (np.array([2.0, 0.0, 3.0, 0.0, 1.5]),))
    for zeros in ([1], [1, 2], [0, 1, 3]):
        x = array(4)
        x[zeros] = 0
        yield Case(np.prod, (x,))


CUBE = array(2, 3, 4)
STRUCTURE = {
    np.reshape: [(M, (3, 2)), (M, -1), (M, (-1, 2)), (A3, (3, 1)), (M, (3, 2), "F"), (0.5, (1, 1)), (M.T, 6)],
    np.ravel: [(M,), (A3,), (CUBE,), (0.5,), (M, "F"), (M.T,)], h.flatten: [(M,), (A3,)],
    np.squeeze: [(array(1, 3, 1),), (array(1, 3, 1), 0), (array(1, 1),), (array(1, 3, 1), (0, 2))],
    np.expand_dims: [(A3, 0), (M, -1), (M, (0, 2))], np.atleast_1d: [(A3,), (0.5,), (array(),)],
    np.atleast_2d: [(A3,), (0.5,)],
    np.transpose: [(M,), (CUBE, (2, 0, 1)), (CUBE, (0, -1, 1)), (A3,), (CUBE,)],
    np.moveaxis: [(CUBE, 0, -1), (CUBE, (0, 1), (2, 0))], np.swapaxes: [(CUBE, 0, 2), (M, 0, 1)],
    np.flip: [(M,), (M, 0), (CUBE, (0, 2))],
    np.broadcast_to: [(A3, (2, 3)), (0.5, (2,)), (array(2, 1), (4, 2, 3))],
    np.concatenate: [((A3, array(2)),), ([M, array(1, 3)],), ((M, array(2, 1)), 1), ((M, M.T), None), (CUBE,),
                     ((A3, np.arange(2)),), ((array(2, dtype="f4"), array(1, dtype="f4")),), ((pair(2), A3),)],
    np.stack: [((A3, B3),), ([M, M + 1.0], 1), ((A3, B3), -1), (CUBE,), ([0.5, 1.5],), ((0.5, 2),)],
    np.full: [((2, 3), 0.5), (3, array(3)), (3, 0.5, "f4"), ((2,), 0.5, int)],
    np.full_like: [(A3, 0.5), (np.arange(3), 0.5), (array(2, dtype="f4"), 0.5)],
    np.arange: [(0.5, 3.0), (0.5, 3.0, 0.7), (2.5,), (1, 4)],
    np.array: [(A3,), ([0.5, 1.5],), ([[0.5, 1], [2.0, 3.5]],), ([A3, B3],), (0.5,), (A3, "f4"), (A3, int),
               ((0.5, 2),)],
    np.asarray: [(A3,), ([0.5, 1.5],), (0.5,)], np.ascontiguousarray: [(M.T,)],
    np.asanyarray: [(A3,), ([0.5, 1.5],)], np.asfortranarray: [(M,)],
    np.copy: [(A3,), (0.5,)], h.astype: [(A3, "f4"), (A3, int), (array(2, dtype="f4"), float), (A3, complex)],
    h.item: [(array(),), (A3, 1), (M, (0, 2)), (M, 4), (np.float64(0.5),), (array(1, 1),)], h.tolist: [(A3,), (M,)],
}
RANKS = [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)),
         ((1, 2, 3), (5, 3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 4)), ((0, 3), (3, 2)), ((2, 0), (0, 3))]
INNER = [((3,), (3,)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 3), (4, 3)), ((2, 3), (5, 4, 3)), ((), (3,)), ((2,), ())]
DOT = [*RANKS[:4], ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((3,), (5, 3, 4)), ((5, 2, 3), (3,)), ((), (3,)),
       ((2, 3), ()), ((), ())]
PRODUCTS = {np.matmul: RANKS, "operator.matmul": RANKS, operator.matmul: RANKS[:3], np.dot: DOT, np.inner: INNER,
            np.outer: [((2,), (3,)), ((2, 2), (3,)), ((2,), ()), ((1,), (2, 3))],
            np.vdot: [((3,), (3,)), ((2, 3), (3, 2)), ((6,), (2, 3)), ((), ())]}
SIDES = {np.matmul: (h.matmul_left, h.matmul_right), np.dot: (h.dot_left, h.dot_right),
         np.inner: (h.inner_left, h.inner_right), np.outer: (h.outer_left, h.outer_right),
         np.vdot: (h.vdot_left, h.vdot_right)}


def product_cases():
    for f, ranks in PRODUCTS.items():
        for a, b in ranks:
            yield Case(f, (array(*a), array(*b)))
            for side in SIDES.get(f, ()):
                yield Case(side, (np.asarray(array(*np.shape(f(array(*a), array(*b)))))[()], array(*a), array(*b)))
        a, b = ranks[1]
        yield Case(f, (pair(*a), pair(*b)))
        yield Case(f, (array(*a), pair(*b)))
        yield Case(f, (array(*a, dtype="f4"), array(*b, dtype="f4")))
        for side in SIDES.get(f, ()):
            yield Case(side, (pair(*np.shape(f(array(*a), array(*b)))), pair(*a), pair(*b)))
    for args in [(M,), (M, 1), (M, -1), (CUBE, 0, 0, 2), (CUBE, 1, 2, 1)]:
        yield Case(np.trace, args)
        yield Case(h.trace_adjoint, (array(*np.shape(np.trace(*args))), *args))


HELPERS = {
    h.seed: [(1.5, A3), (B3, A3), (0.5, 2.0), (1.5, [A3, 0.5]), ([B3, 2.0], [A3, 0.5]), (0.5, array(2, dtype="f4"))],
    h.unseed: [(A3, 0.5), (A3, B3), ([A3, 0.5], 1.5), ([A3, 0.5], [B3, 1.5])],
    h.unbroadcast: [(M, A3), (M, array(2, 1)), (A3, 0.5), (A3, array(1)), (0.5, A3), (pair(3), A3), (A3, pair(3)),
                    (CUBE, array(3, 1)), (A3, np.float64(0.5))],
    h.unstored: [(M, A3), (A3, 0.5), ([A3, 0.5], [B3, 1.5])],
    h.cast: [(A3, B3), (0.5, B3), ([0.5, A3], [1.5, B3])], h.uncast: [(A3, B3), (M, A3), ([0.5, A3], [1.5, B3])],
    h.copy: [(A3,), ([A3, 0.5],), (0.5,)], h.private: [(A3,), ([A3, 0.5],), (0.5,)],
    h.copied_array: [(A3,)],
    h.add: [(A3, B3), ([A3, 0.5], [B3, 1.5]), (0.5, 1.5)],
    h.masked: [(A3, np.array([0.0, 1.0, 2.0])), (np.array([0.0, 1.5, 2.0]), np.array([1.0, 0.0, 3.0])), (0.5, 1.0)],
    h.expand: [(0.5, A3), (array(2), M, 1), (array(2, 1), M, 1, True), (0.5, M), (0.5, 2.0), (array(3), CUBE, (0, 2)),
               (array(4), CUBE, (0, 1)), (array(1, 1), M, None, True)],
    h.share_ties: [(0.5, A3, np.max(A3)), (array(3), M, np.max(M, 0), 0),
                   (array(2, 1), M, np.max(M, 1)[:, None], 1, True)],
    h.mean_ties: [(B3, A3, np.max(A3)), (array(2, 3), M, np.max(M, 0), 0)],
    h.var_slope: [(A3,), (M, 0), (M, None, 1), (pair(3),), (M, (0, 1)), (M, 1, 1)],
    h.reversed_cumsum: [(B3, A3), (array(6), M), (array(2, 3), M, 1), (array(1), 0.5)],
    h.left_products: [(A3,), (A3, None, True), (M, 0), (M,), (CUBE, (0, 2)), (np.array([2.0, 0.0, 3.0, 0.0]),)],
    h.products_of_others: [(A3,), (M, 1), (np.array([2.0, 0.0, 3.0, 0.0]),)],
    h.carry: [(B3, A3), (B3, A3, None, True), (array(2, 3), M, 0)],
    h.unreshape: [(array(6), M), (array(1), 0.5), (array(6), M, "F")],
    h.untranspose: [(M,), (CUBE, (2, 0, 1)), (CUBE, (0, -1, 1))],
    h.split_like: [(array(5), (A3, array(2))), (array(3, 3), [M, array(1, 3)])],
    h.unstack: [(M, (A3, B3)), (array(2), [0.5, 1.5])],
    h.unarray: [(M, [A3, B3], M), (A3, B3, A3), (array(2), [0.5, 1.5], array(2))],
    h.converted: [(A3, array(3, dtype="f4")), (A3, np.arange(3)), (0.5, A3), (A3, pair(3))],
    h.unconverted: [(array(3, dtype="f4"), A3, array(3, dtype="f4")), (A3, B3, np.arange(3)), (A3, B3, A3)],
    h.scattered: [(0.5, A3, 1), (0.5, M, (0, 2)), (0.5, array()), (0.5, 1.5)],
    h.arange_tangent: [((0.5, 1.0, 2.0), (0.5, 3.0, 0.7), np.arange(0.5, 3.0, 0.7)),
                       ((0.5, 1.0), (0.5, 3.0), np.arange(0.5, 3.0))],
    h.arange_parts: [(array(4), (0.5, 3.0, 0.7)), (array(3), (0.5, 3.0))],
    h.chosen_parts: [(0.5, (1.0, 2.0, 2.0), 2.0), (0.5, ([1.0, 2.0],), 2.0)],
    h.chosen_tangent: [((0.5, 1.5, 3.0), (1.0, 2.0, 2.0), 2.0)],
    h.in_remainder: [(0.5, (2.0, 1.0)), (A3, (B3, A3))],
}
HELPERS |= {
    h.as_like: [(A3, B3), (0.5, 1.5), ([A3, 0.5], [B3, 1.5]), (np.float64(0.5), 1.5), (A3, array(3, dtype="f4"))],
    h.add_at: [(array(4), 1, 0.5), (array(4), slice(1, 3), array(2)), (array(4), np.array([0, 0, 2]), A3),
               (array(2, 3), (slice(None), 1), array(2)), (array(2, 3), 0, array(3)), ([0.5, array(3)], 1, A3),
               (array(2, 3), 0, 0.5)],
    h.last_stored: [(A3, 1), (A3, slice(1, None)), (M, np.array([0, 1, 0])), (A3, [2, 2, 0, 2])],
    h.store_last: [(0.7, A3, 1), (A3, np.zeros(4), np.array([3, 1, 3])), (M, np.zeros((3, 3)), [2, 0])],
    h.taken: [(A3, 1), (A3, slice(1, None)), (M, np.array([0, 1, 0])), ([0.5, A3], 1)],
    h.broadcast_like: [(A3, M), (0.5, A3), (A3, B3), (0.5, 1.5), (A3, array(3, dtype="f4"))],
}
HELPERS |= {
    h.kept: [(A3,), (0.5,), ([A3, 0.5],)],
    h.private: [(A3,), ([A3, 0.5],)],
}
HELPERS[h.sign_curvature] = [(A3, B3, A3), (0.5, 1.0, -2.0)]


def table_cases():
    for table in (TABLE, STRUCTURE, HELPERS):
        for target, calls in table.items():
            for args in calls:
                yield Case(target, args)
    for args in TABLE["operator.getitem"]:
        yield Case(operator.getitem, args)
    yield Case(h.sign_curvature, (pair(3), pair(3), pair(3)), wrt=("s", "t"))


def column_cases():
    V, C = array(2), pair(2)
    for rows in (([A3, B3], V, A3), ([A3, B3, B3, A3], C, A3, False), ([(A3, 0.5), (B3, 0.1)], [0.5, 1.5], (A3, 1.0)),
                 ([pair(3) for _ in range(4)], C, pair(3), False)):
        yield Case(h.stack_rows, rows, wrt=("rows",))
    for columns in (([A3, B3], A3, V), ([A3, B3, B3, A3], A3, C, False), ([[A3, 0.5], [B3, 0.1]], [A3, 1.0], (0.5, 1.5))):
        yield Case(h.stack_columns, columns, wrt=("columns",))
    for g in (array(2, 3), pair(2, 3)):
        yield Case(h.unstack_rows, (g, C if g.dtype == complex else V, A3), wrt=("g",))
        yield Case(h.unstack_columns, (g.T, A3, C if g.dtype == complex else V), wrt=("g",))


# ------------------------------------------------------------------ kinks and ties: no differences to compare with
TIES = np.array([1.0, 2.0, 2.0, -1.0])


def kink_cases():
    for f in (np.maximum, np.minimum, np.fmax, np.fmin):
        yield Case(f, (TIES, np.array([1.0, 2.0, 3.0, -1.0])), smooth=False)
        yield Case(f, (TIES, 2.0), smooth=False)
        yield Case(f, (1.0, 1.0), smooth=False)
    for f in (np.max, np.min):
        yield Case(f, (TIES,), smooth=False)
        yield Case(f, (np.array([[1.0, 1.0], [2.0, 0.0]]),), {"axis": 1}, smooth=False)
    yield Case(np.clip, (TIES, -1.0, 2.0), smooth=False)
    yield Case(max, (1.0, 1.0, 0.5), smooth=False)
    for f in (np.abs, np.sign, np.fabs):
        yield Case(f, (np.array([0.0, 1.0, -1.0]),), smooth=False)
    yield Case(np.abs, (np.array([0j, 1 + 1j]),), smooth=False)
    yield Case(np.hypot, (np.zeros(2), np.zeros(2)), smooth=False)
    yield Case(math.hypot, (0.0, 0.0), smooth=False)
    yield Case(np.std, (np.ones(3),), smooth=False)
    yield Case(np.copysign, (np.zeros(2), TIES[:2]), smooth=False)


def all_cases():
    yield from elementwise_cases()
    yield from table_cases()
    yield from reduction_cases()
    yield from product_cases()
    yield from column_cases()
    yield from kink_cases()
    yield from numpy_cases()
    from .samples_linalg import linalg_cases
    yield from linalg_cases()
    if importlib.util.find_spec("scipy"):
        from .samples_scipy import scipy_cases
        yield from scipy_cases()


# ------------------------------------------------------------------ constants: only their types are tried
CONSTANT = {
    len: [(A3,), ([0.5],)], int: [(0.5,)], bool: [(0.5,)], isinstance: [(0.5, float)], round: [(0.5,), (0.5, 1)],
    math.floor: [(0.5,)], math.ceil: [(0.5,)], math.trunc: [(0.5,)], math.isnan: [(0.5,)],
    np.zeros: [(3,), ((2, 3),), ((2, 3), "f4"), ((), float)], np.ones: [((2,),)], np.empty: [((2, 1), int)],
    np.zeros_like: [(A3,), (A3, int), (0.5,), (np.arange(3),)], np.ones_like: [(M,)], np.empty_like: [(M, "f4")],
    np.eye: [(3,), (2, 3), (3, None, 1)], np.identity: [(3,)], np.shape: [(M,), (0.5,), (A3,)], np.ndim: [(M,)],
    np.size: [(M,), (M, 0)], np.argmax: [(A3,), (M, 0), (M,)], np.argmin: [(M, 1)], np.any: [(M,), (M, 0)],
    np.all: [(M > 0, 1), (A3,)], np.count_nonzero: [(M,), (M, 0)], h.zeros_like: [(A3,), (0.5,), (np.arange(3),), (2,)],
    h.order_of: [([0.5, 0.2, 1.5], None, True)], h.from_front: [(-1, 3)], h.place_in: [(-1, 3)],
    h.slice_bounds: [(1, -1, 4), (3, 1, 4), (None, 2, 4)],
    h.place_of_extreme: [([0.5, 0.2, 1.5], None, False)],
    h.keys_of: [({"w": 0.5, "b": A3},), ({0: 0.5},)],
    h.count: [(M,), (M, 1)],
    h.unit_vectors: [(A3,), (0.5,)], np.isnan: [(A3,), (0.5,)], np.floor: [(A3,), (0.5,)], np.round: [(A3,), (A3, 1), (0.5, 1)],
    "operator.lt": [(A3, 0.5), (0.5, 1.5)], "operator.floordiv": [(A3, 0.5), (5, 2), (0.5, 1.5)],
    "operator.is_": [(None, None)], "operator.in_": [(1, [1, 2])], np.isclose: [(A3, B3)],
    np.logical_and: [(A3 > 0, M > 0)], np.floor_divide: [(A3, 2.0)], h.inside: [(A3, 0.0, 1.0)],
} | NUMPY_CONSTANT


def constant_cases():
    for target, calls in CONSTANT.items():
        for args in calls:
            yield Case(target, args)


# What stands for functions and structures of users is tried where it is used, in tests/functional.
ELSEWHERE = {"on_backward", "own_adjoint", "own_parts", "raveled", "unraveled"}


def of_srcgrad(target, rule):
    """Not a rule that another test registers."""
    return rule.name not in ELSEWHERE and not registry.is_own(target)
