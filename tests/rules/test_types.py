"""What the transfer functions say of a result is true of it."""
from dataclasses import replace

import pytest

from srcgrad.ir.nodes import Build, Const, Ref, Slice
from srcgrad.ir.types import FLOAT, INT, UNKNOWN, Dict, List, Num, Opaque, Size, Tuple, is_cut
from srcgrad.rules import registry, shapes, shapes_arrays, shapes_items
from srcgrad.rules.dims import sliced, total

from .evaluate import Applied, consistent, inferred, type_of
from .samples import CONSTANT, ELSEWHERE, all_cases, constant_cases

CASES = [*all_cases(), *constant_cases()]


@pytest.fixture(params=CASES, ids=[f"{i}-{case}" for i, case in enumerate(CASES)])
def applied(request):
    return Applied(request.param)


def operand_types(applied, sizes=False):
    return {name: type_of(applied.values[name], sizes) for name in applied.bound.operands}


def test_every_transfer_function_is_tried():
    tried = {id(registry.find(case.target).type) for case in CASES}
    shared = {id(getattr(module, name)) for module in (shapes,) for name in ("unknown", "opaque")}
    families = {registry.find(target).type.__qualname__ for target in CONSTANT}
    untried = [rule.name for _, rule in registry.rules() if rule.type is not None
               and id(rule.type) not in tried | shared and rule.type.__qualname__ not in families
               and rule.name not in {*ELSEWHERE, "stop_gradient"}]
    assert not untried


def test_exact_types(applied):
    """With everything known of the operands."""
    t = inferred(applied, operand_types(applied))
    assert t is None or consistent(t, applied.result), t


def test_named_sizes(applied):
    """With lengths known by name; arithmetic on them must give the lengths there are."""
    t = inferred(applied, operand_types(applied, sizes=True))
    assert t is None or consistent(t, applied.result), t


def test_less_known(applied):
    """With less known, less is said, and it is still true."""
    for forget in ("dims", "dtype", "kind", "type", "some dims"):
        types = {name: _forget(t, forget) for name, t in operand_types(applied, sizes=True).items()}
        t = inferred(applied, types)
        assert t is None or consistent(t, applied.result), (forget, t)


def _forget(t, what):
    match t:
        case Num():
            if what == "type":
                return UNKNOWN
            if what == "some dims":
                return replace(t, dims=t.dims and tuple(None if i % 2 == 0 else d for i, d in enumerate(t.dims)))
            return replace(t, **{what: None})
        case Tuple():
            return Tuple(tuple(_forget(item, what) for item in t.items))
        case List():
            return List(_forget(t.item, what))
    return UNKNOWN if what == "type" else t


def said(function, operands, **keywords):
    return function(operands, keywords)


N = Num("array", "float64", (Size("n"),))
NM = Num("array", "float64", (Size("n"), Size("m")))


@pytest.mark.parametrize("lower, upper, dim", [
    (1, -1, Size("n", -2)), (1, None, Size("n", -1)), (None, -1, Size("n", -1)), (2, None, Size("n", -2)),
    (None, None, Size("n")), (0, 2, 2), (0, 3, None), (-1, None, 1), (None, 0, 0), (-2, -1, 1), (1, -4, Size("n", -5)),
])
def test_slices_of_a_named_size(lower, upper, dim):
    at = Slice(*(None if v is None else Const(v) for v in (lower, upper)))
    found = said(shapes_items.getitem, {"x": N, "key": Opaque("slice")}, key=at)
    assert replace(found, dims=tuple(None if is_cut(d) else d for d in found.dims)) == Num("array", "float64", (dim,))


def test_sliced_lengths_are_right_for_every_length():
    bounds = [None, *range(-4, 5)]
    for low in bounds:
        for high in bounds:
            for step in (None, 1, -1, 2):
                for plus in (0, -1, -3, 1):
                    for n in range(2, 9):
                        length = max(0, n + plus)
                        d = sliced(Size("n", plus), low, high, step)
                        said_length = max(0, n + d.plus) if isinstance(d, Size) else d
                        assert said_length in (None, len(range(length)[low:high:step])), (low, high, step, plus, n)


def test_total_is_right_for_every_length():
    for plus in range(-4, 3):
        for n in range(2, 9):
            d = total([Size("n", plus), 3])
            assert d is None or max(0, n + d.plus) == max(0, n + plus) + 3


@pytest.mark.parametrize("key, t, expected", [
    (Build("tuple", (Ref("i"), Slice(None, Const(-1)))), Tuple((INT, Opaque("slice"))), (Size("m", -1),)),
    (Build("tuple", (Slice(), Ref("i"))), Tuple((Opaque("slice"), INT)), (Size("n"),)),
    (Build("tuple", (Slice(), Const(None))), Tuple((Opaque("slice"), Opaque("None"))), (Size("n"), 1, Size("m"))),
    (Build("tuple", (Const(Ellipsis), Const(0))), Tuple((Opaque("Ellipsis"), INT)), (Size("n"),)),
    (Ref("i"), INT, (Size("m"),)),
    (Ref("rows"), Num("array", "int64", (5,)), (5, Size("m"))),
    (Ref("mask"), Num("array", "bool", (Size("n"),)), None),
    (Ref("i"), UNKNOWN, None),
    (Build("tuple", (Ref("i"), Ref("j"))), Tuple((INT, INT)), ()),
])
def test_subscripts_of_a_matrix(key, t, expected):
    found = said(shapes_items.getitem, {"x": NM, "key": t}, key=key)
    assert found.dims == expected and found.dtype == "float64"
    assert expected is None or found.kind == ("array" if expected else "scalar")


def test_subscripts_of_containers():
    params = Dict((("W", NM), ("b", N)))
    assert said(shapes_items.getitem, {"x": params, "key": Opaque("str")}, key=Const("b")) == N
    assert said(shapes_items.getitem, {"x": params, "key": Opaque("str")}, key=Ref("k")) == UNKNOWN
    assert said(shapes_items.getitem, {"x": Tuple((N, FLOAT)), "key": INT}, key=Const(-1)) == FLOAT
    assert said(shapes_items.getitem, {"x": List(N), "key": INT}, key=Ref("i")) == N


def test_products_of_named_sizes():
    K = Num("array", "float64", (Size("m"), 3))
    assert shapes_arrays.matmul({"x": NM, "y": K}, {}).dims == (Size("n"), 3)
    assert shapes_arrays.matmul({"x": N, "y": NM}, {}) == Num("array", "float64", (Size("m"),))
    assert shapes_arrays.dot({"x": N, "y": N}, {}) == Num("scalar", "float64", ())


def test_reshape_and_join_named_sizes():
    shape = Build("tuple", (Const(-1), Const(1)))
    assert said(shapes_arrays.reshape, {"x": N}, shape=shape).dims == (Size("n"), 1)
    assert said(shapes_arrays.reshape, {"x": NM}, shape=Const(-1)).dims == (None,)
    inner = Num("array", "float64", (Size("n", -2),))
    one = Num("array", "float64", (1,))
    assert said(shapes_arrays.concatenate, {"parts": Tuple((one, inner, one))}).dims == (Size("n"),)
    assert said(shapes_arrays.concatenate, {"parts": Tuple((N, N))}).dims == (None,)
    assert said(shapes_arrays.stack, {"parts": Tuple((N, N))}).dims == (2, Size("n"))
    assert said(shapes_arrays.stack, {"parts": List(N)}).dims == (None, Size("n"))
