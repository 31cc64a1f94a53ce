"""What the documentation says of kinks, ties and singular points; higher derivatives; errors; methods."""
import math
import textwrap

import numpy as np
import pytest

from srcgrad.errors import UnsupportedSyntax
from srcgrad.ir.nodes import Attribute, Build, Call, Const, Fn, Method, Ref
from srcgrad.rules import registry
from srcgrad.rules.dsl import Rule, dot, linear, signature_of
from srcgrad.rules.numpy_methods import ATTRIBUTES, METHODS, as_function
from srcgrad.runtime import helpers as h

from .evaluate import Applied, Case, evaluate
from .samples import A3, M


def slope(f, *args, b=1.0, wrt=0, **kwargs):
    """The adjoint of one operand for the adjoint `b` of the result (broadcast to its shape)."""
    applied = Applied(Case(f, args, kwargs))
    found = applied.adjoint(h.seed(b, applied.result))
    return found[list(applied.bound.operands)[wrt]]


# ------------------------------------------------------------------ ties and kinks
@pytest.mark.parametrize("f, args, expected", [
    (np.abs, (np.array([-2.0, 0.0, 3.0]),), [-1, 0, 1]), (abs, (0.0,), 0), (np.fabs, (np.zeros(1),), [0]),
    (math.fabs, (0.0,), 0),
    (np.maximum, (np.array([1.0, 2.0, 3.0]), 2.0), [0, 0.5, 1]),
    (np.minimum, (np.array([1.0, 2.0, 3.0]), 2.0), [1, 0.5, 0]),
    (np.fmax, (np.array([np.nan, 2.0]), 1.0), [0, 1]), (np.fmin, (np.array([1.0, np.nan]), 1.0), [0.5, 0]),
    (np.max, (np.array([1.0, 3.0, 3.0]),), [0, 0.5, 0.5]),
    (np.min, (np.array([1.0, 1.0, 3.0, 1.0]),), [1 / 3, 1 / 3, 0, 1 / 3]),
    (np.clip, (np.array([-2.0, -1.0, 0.0, 1.0, 2.0]), -1.0, 1.0), [0, 1, 1, 1, 0]),
    (np.hypot, (np.zeros(1), np.zeros(1)), [0]), (math.hypot, (0.0, 0.0), 0),
    (np.linalg.norm, (np.zeros(2),), [0, 0]), (np.std, (np.full(3, 1.5),), [0, 0, 0]),
    (np.prod, (np.array([2.0, 0.0, 5.0]),), [0, 10, 0]), (np.prod, (np.array([0.0, 0.0, 5.0]),), [0, 0, 0]),
    (np.sqrt, (np.array([0.0, 4.0]),), [np.inf, 0.25]), (math.sqrt, (0.0,), np.inf), (np.log, (np.zeros(1),), [np.inf]),
    (np.power, (np.zeros(3), np.array([0.0, 1.0, 2.0])), [0, 1, 0]), (np.power, (np.zeros(2), 0.5), [np.inf, np.inf]),
    ("operator.pow", (0.0, 0.5), np.inf), ("operator.pow", (0.0, 0), 0), ("operator.pow", (-2.0, 3), 12),
    ("operator.pow", (np.array([-2.0, 0.0]), 2), [-4, 0]), (np.cbrt, (np.zeros(1),), [np.inf]),
    (math.asin, (1.0,), np.inf),
    (np.reciprocal, (np.zeros(1),), [-np.inf]), (np.sinc, (np.zeros(1),), [0]), (math.acosh, (1.0,), np.inf),
    (np.where, (np.array([True, False]), np.array([1.0, 2.0]), 0.0), [1, 0]),
])
def test_value(f, args, expected):
    wrt = 1 if f is np.where else 0
    found = slope(f, *args, wrt=wrt)
    assert np.array_equal(found, np.asarray(expected, float), equal_nan=True)


def test_the_sign_is_flat():
    rule = registry.find(np.sign)  # a constant before NumPy 2, where it is flat for complex numbers too
    assert rule.kind == "constant" or np.array_equal(slope(np.sign, np.array([0.0, 5.0])), [0, 0])


def test_exponent_of_zero_base():
    assert np.array_equal(slope(np.power, np.zeros(2), np.array([1.0, 2.0]), wrt=1), [0, 0])
    assert slope("operator.pow", 0.0, 2.0, wrt=1) == 0


def test_selection_keeps_infinite_adjoints_out():
    """Where an entry was not selected its adjoint is 0, even if that of the result is infinite."""
    assert np.array_equal(slope(np.maximum, np.array([-1.0, 1.0]), 0.0, b=np.array([np.inf, 1.0])), [0, 1])
    assert np.array_equal(slope(np.clip, np.array([-1.0, 1.0]), 0.0, None, b=np.array([np.inf, 1.0])), [0, 1])
    assert np.array_equal(slope(np.max, np.array([-1.0, 1.0]), b=np.inf), [0, np.inf])


def test_bounds_in_disorder():
    """np.clip takes the upper bound then."""
    x, low, high = np.array([-1.0, 0.5, 5.0]), 1.0, 0.0
    assert np.array_equal(slope(np.clip, x, low, high), [0, 0, 0])
    assert slope(np.clip, x, low, high, wrt=1) == 0 and slope(np.clip, x, low, high, wrt=2) == 3


def test_complex_convention():
    """The pullback of b is the gradient of Re(sum(b f)) as df/dx - i df/dy."""
    z = 3 + 4j
    assert slope(np.abs, z) == pytest.approx(0.6 - 0.8j)
    assert slope(np.square, z) == pytest.approx(2 * z)
    assert slope(np.conj, z, b=1 + 2j) == pytest.approx(1 - 2j)
    assert slope(np.imag, z) == pytest.approx(-1j)
    assert slope(np.real, z) == pytest.approx(1.0)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_sinc_derivatives_to_fourth_order(n):
    x = np.array([0.0, 1e-8, 0.01, 0.5, 0.9, 1.3, 2.0, 30.0])
    f = (lambda x: h.sinc_derivative(x, n - 1)) if n > 1 else np.sinc
    assert np.allclose(h.sinc_derivative(x, n), (f(x + 1e-6) - f(x - 1e-6)) / 2e-6, atol=1e-7)


def test_products_with_zeros_to_third_order():
    """Derivatives of prod by three of its entries, by the tangents of tangents."""
    x = np.array([2.0, 0.0, 3.0, 0.0, 5.0])
    e = np.eye(5)

    def first(x, i):
        return np.sum(h.products_of_others(x) * e[i])

    def second(x, i, j):
        applied = Applied(Case(h.products_of_others, (x,)))
        return np.sum(applied.tangent({"x": e[j]}) * e[i])
    assert first(x, 1) == 0 and second(x, 1, 3) == 30 and second(x, 1, 1) == 0 and second(x, 0, 1) == 0
    left = Applied(Case(h.carry, (e[1] * h.left_products(x), x)))
    assert np.isfinite(left.tangent({"x": e[3]})).all()


# ------------------------------------------------------------------ marks
@pytest.mark.parametrize("f, singular", [
    (np.sqrt, [True]), (np.log, [True]), (np.divide, [True, True]), (np.power, [True, True]), (np.arcsin, [True]),
    (np.exp, [True]), (np.sin, [False]), (np.tanh, [False]), (np.multiply, [False, False]), (np.arctan, [False]),
    (np.maximum, [False, False]), (math.sqrt, [True]),
])
def test_marks(f, singular):
    assert [line.singular for line in registry.find(f).body.adjoint] == singular


def test_constants_have_no_lines():
    for _, rule in registry.rules():
        assert bool(rule.body.tangent) == (rule.kind != "constant")
        assert {line.of for line in rule.body.tangent} == {line.target for line in rule.body.adjoint}


# ------------------------------------------------------------------ binding
def bound(f, *args, **kwargs):
    call = Call(Fn("m", "f", f), args, tuple(kwargs.items()))
    return registry.bind(registry.find(f), call, f)


def test_optional_operands():
    x, low = Ref("x"), Ref("low")
    assert bound(np.clip, x, a_min=low).operands == {"x": x, "min": low, "max": Const(None)}
    assert bound(np.clip, x, min=low).operands == {"x": x, "min": low, "max": Const(None)}
    with pytest.raises(registry.KeywordMissing):
        bound(np.clip, x, low, a_min=low)


@pytest.mark.parametrize("f, kwargs", [
    (np.sum, {"where": Ref("m")}), (np.add, {"out": Ref("o")}), (np.var, {"mean": Ref("m")}),
    (np.linalg.svd, {"hermitian": Const(True)})])
def test_unknown_keywords_are_refused(f, kwargs):
    args = (Ref("x"), Ref("y"))[:2 if f is np.add else 1]
    with pytest.raises(registry.KeywordMissing) as caught:
        bound(f, *args, **kwargs)
    assert caught.value.name in kwargs


# ------------------------------------------------------------------ mistakes in a rule
HEADER = """\
import numpy as np
from srcgrad.rules.dsl import adjoint, d, singular, tangent


"""


def rule_from(tmp_path, body, kind="elementwise"):
    """A rule from source text, and its file."""
    path = tmp_path / "own_rules.py"
    path.write_text(HEADER + textwrap.dedent(body))
    env = {"__name__": "own_rules"}
    exec(compile(path.read_text(), str(path), "exec"), env)
    return signature_of(env["f"], kind, None, True), str(path)


@pytest.mark.parametrize("body, kind, message, line", [
    ("def f(z, x, y):\n    d[z] += d[x] * d[y]\n", "elementwise", "linear in exactly one d[...]", 6),
    ("def f(z, x):\n    d[z] += 2 * d[x]\n    d[z] += d[x] * d[x]\n", "elementwise", "not linear in d[x]", 7),
    ("def f(z, x):\n    d[z] += d[x] + 1\n", "elementwise", "not linear in d[x]", 6),
    ("def f(z, x):\n    d[z] += x / d[x]\n", "elementwise", "not linear in d[x]", 6),
    ("def f(z, x):\n    d[z] += x\n", "elementwise", "linear in exactly one d[...]", 6),
    ("def f(z, x):\n    d[z] += unheard_of(x) * d[x]\n", "elementwise", "unknown name unheard_of", 6),
    ("def f(z, x):\n    d[z] += d[w]\n", "elementwise", "w is not a parameter of the rule", 6),
    ("def f(z, x):\n    d[z] = d[x]\n", "elementwise", "a line has the form d[v] += ...", 6),
    ("def f(z, x):\n    z += d[x]\n", "elementwise", "a line has the form d[v] += ...", 6),
    ("def f(z, x):\n    d[z] += [a for a in d[x]]\n", "elementwise", "not in the notation for rules", 6),
    ("def f(z, x):\n    d[z] += np.sum(d[x])\n", "structural", "under `with tangent:` or `with adjoint:`", 6),
    ("def f(z, x):\n    with backward:\n        d[x] += d[z]\n", "structural", "only `with tangent:`", 6),
    ("def f(z, x):\n    with tangent:\n        d[x] += d[z]\n", "structural", "a tangent line has the form", 7),
    ("def f(z, x):\n    with adjoint:\n        d[z] += d[x]\n", "structural", "an adjoint line has the form", 7),
])
def test_mistakes(tmp_path, body, kind, message, line):
    rule, filename = rule_from(tmp_path, body, kind)
    with pytest.raises(UnsupportedSyntax) as caught:
        rule.body
    assert message in str(caught.value)
    assert (caught.value.filename, caught.value.lineno) == (filename, line)
    assert caught.value.hint


def test_a_rule_is_checked_when_it_is_registered(tmp_path):
    path = tmp_path / "late_rules.py"
    path.write_text(HEADER + "from srcgrad.rules.registry import elementwise\n"
                    "def own(x): return x\n@elementwise(own)\ndef f(z, x):\n    d[z] += d[x] * d[x]\n")
    registry.find(np.sin)
    with pytest.raises(UnsupportedSyntax):
        exec(compile(path.read_text(), str(path), "exec"), {"__name__": "late_rules"})


def test_linear_by_form():
    x, v = Ref("x"), dot("x")
    assert linear(Call(Fn("numpy", "where", np.where), (x, v, Const(0))), v)
    assert not linear(Const(1.0), v)
    assert isinstance(registry.find(np.sin), Rule)


# ------------------------------------------------------------------ methods and attributes
X = np.arange(6.0).reshape(2, 3) + 0.5


@pytest.mark.parametrize("name, args, kwargs", [
    ("sum", (), {}), ("sum", (0,), {}), ("sum", (), {"axis": 1, "keepdims": True}), ("mean", (1,), {}),
    ("prod", (), {}),
    ("min", (), {}), ("max", (0,), {}), ("var", (), {"ddof": 1}), ("std", (), {}), ("cumsum", (), {"axis": 0}),
    ("dot", (np.ones(3),), {}), ("reshape", (3, 2), {}), ("reshape", ((3, 2),), {}), ("reshape", (-1,), {}),
    ("transpose", (), {}), ("transpose", (1, 0), {}), ("transpose", ((1, 0),), {}), ("ravel", (), {}),
    ("flatten", (), {}),
    ("squeeze", (), {}), ("swapaxes", (0, 1), {}), ("clip", (1.0, 3.0), {}), ("clip", (), {"min": 1.0, "max": 3.0}),
    ("copy", (), {}), ("conj", (), {}), ("astype", ("f4",), {}), ("astype", (), {"dtype": "f4"}), ("item", (1, 2), {}),
    ("item", (4,), {}), ("tolist", (), {}), ("argmax", (), {}), ("trace", (), {}), ("round", (1,), {}), ("any", (), {}),
])
def test_methods(name, args, kwargs):
    env = {"x": X}
    exprs = []
    for i, a in enumerate(args):
        env[f"a{i}"] = a
        exprs.append(Const(a) if isinstance(a, (int, float, str)) else Ref(f"a{i}") if isinstance(a, np.ndarray)
                     else Build("tuple", tuple(map(Const, a))))
    call = Call(Method(name), (Ref("x"), *exprs), tuple((k, Const(v)) for k, v in kwargs.items()))
    function = as_function(call, METHODS, name)
    if name == "clip" and kwargs and np.lib.NumpyVersion(np.__version__) < "2.1.0":
        pytest.skip("np.clip has no min and max before NumPy 2.1")
    expected, found = getattr(X, name)(*args, **kwargs), evaluate(function, env)
    assert np.array_equal(found, expected) and type(found) is type(expected)
    assert np.asarray(found).dtype == np.asarray(expected).dtype
    assert registry.find(function.target.value) is not None


@pytest.mark.parametrize("name", sorted(ATTRIBUTES))
def test_attributes(name):
    found = evaluate(ATTRIBUTES[name](Call(Attribute(name), (Ref("x"),))), {"x": X})
    assert np.array_equal(found, getattr(X, name))


def test_methods_that_functions_do_not_cover():
    x = Ref("x")
    assert as_function(Call(Method("astype"), (x, Const("f4")), (("copy", Const(False)),)), METHODS, "astype") is None
    assert as_function(Call(Method("sum"), (x, Const(0), Const(None))), METHODS, "sum") is None
    assert as_function(Call(Method("unheard_of"), (x,)), METHODS, "unheard_of") is None
    assert A3.shape == (3,) and M.shape == (2, 3)
