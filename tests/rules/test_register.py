"""Rules of a user's own, from a module outside srcgrad."""
import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import srcgrad
from srcgrad.errors import MissingRule, UnsupportedSyntax

MODULE = '''\
import numpy as np
import srcgrad
from srcgrad.rules import adjoint, d, singular, tangent

calls = []


def slope(x):
    return 1 / (1 + np.exp(-x))


def softplus(x):
    calls.append(1)
    return np.logaddexp(0.0, x)


def rolled(x, n=1):
    return np.array(np.roll(x, n).tolist())


def unknown(x):
    return np.bincount([0, 1, 1], weights=x)


@srcgrad.register(softplus, fresh=True)
def softplus_rule(z, x):
    d[z] += slope(x) * d[x]


@srcgrad.register("own_rules.rolled", np.bincount)
def rolled_rule(z, x, n=1, *, weights=None):
    with tangent:
        d[z] += np.roll(d[x], n)
    with adjoint:
        d[x] += np.roll(d[z], -n)


def f(x):
    return np.sum(softplus(x) * x)


def g(x):
    return np.sum(rolled(x, 2) * np.array([1.0, 2.0, 3.0]))


def h(x):
    return np.sum(np.average(x, weights=[1.0, 2.0, 3.0]) + np.sin(x))
'''
X = np.array([0.3, -1.2, 2.0])


@pytest.fixture
def own(tmp_path, monkeypatch):
    path = tmp_path / "own_rules.py"
    path.write_text(MODULE)
    spec = importlib.util.spec_from_file_location("own_rules", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "own_rules", module)
    with srcgrad.rules.local():
        spec.loader.exec_module(module)
        yield module


def test_a_rule_goes_before_the_source(own):
    found = srcgrad.grad(own.f)
    s = 1 / (1 + np.exp(-X))
    assert np.allclose(found(X), s * X + np.logaddexp(0.0, X))
    assert "slope(x)" in found.source and "softplus_forward" not in found.source
    srcgrad.check_grads(own.f, (X,), order=2)


def test_structural_rules_and_dotted_names(own):
    assert np.array_equal(srcgrad.grad(own.g)(X), [3.0, 1.0, 2.0])
    assert np.array_equal(srcgrad.jvp(own.g, (X,), (np.array([1.0, 0.0, 0.0]),))[1], 3.0)


def test_overriding_is_local(own, tmp_path):
    """Also of a function that srcgrad has no rule for but Python; an existing derivative follows."""
    derivative = srcgrad.grad(own.h)
    plain = np.array([1.0, 2.0, 3.0]) / 6 * 3 + np.cos(X)
    assert np.allclose(derivative(X), plain)
    path = tmp_path / "overrides.py"
    path.write_text("import numpy as np\nimport srcgrad\nfrom srcgrad.rules import adjoint, d, tangent\n\n\n"
                    "@srcgrad.register(np.sin)\ndef sin(z, x):\n    d[z] += 5.0 * d[x]\n\n\n"
                    "@srcgrad.register(np.average)\ndef average(z, x, *, weights=None):\n"
                    "    with tangent:\n        d[z] += 7 * np.sum(d[x])\n"
                    "    with adjoint:\n        d[x] += np.full(np.shape(x), 7 * d[z])\n")
    with srcgrad.rules.local():
        exec(compile(path.read_text(), str(path), "exec"), {"__name__": "overrides"})
        assert np.array_equal(derivative(X), [26.0, 26.0, 26.0])
    assert np.allclose(derivative(X), plain)


def test_mistakes_are_found_when_a_rule_is_registered(tmp_path):
    path = tmp_path / "wrong.py"
    path.write_text("import numpy as np\nimport srcgrad\nfrom srcgrad.rules import d\n\n\n"
                    "@srcgrad.register(np.hypot)\ndef hypot(z, x, y):\n    d[z] += d[x] * d[y]\n")
    with pytest.raises(UnsupportedSyntax) as caught:
        exec(compile(path.read_text(), str(path), "exec"), {"__name__": "wrong"})
    assert (caught.value.filename, caught.value.lineno) == (str(path), 8)
    with pytest.raises((ImportError, AttributeError)):
        srcgrad.register("numpy.no_such_function")


def test_keywords_that_the_rule_does_not_name_are_refused(tmp_path, own):
    path = tmp_path / "more.py"
    path.write_text("import numpy as np\n\n\ndef f(x):\n    return np.sum(np.bincount(x, minlength=2))\n")
    env = {"__name__": "more"}
    exec(compile(path.read_text(), str(path), "exec"), env)
    with pytest.raises(MissingRule, match="minlength"):
        srcgrad.grad(env["f"])(X)


def test_the_example_in_contributing_works(tmp_path):
    text = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    code = next(c for c in re.findall(r"```python\n(.*?)```", text, re.S) if "register" in c)
    path = tmp_path / "example.py"
    path.write_text(code + "\n\ndef f(x):\n    return np.sum(softplus(x))\n")
    env = {"__name__": "example"}
    with srcgrad.rules.local():
        exec(compile(path.read_text(), str(path), "exec"), env)
        assert np.allclose(srcgrad.grad(env["f"])(X), 1 / (1 + np.exp(-X)))
