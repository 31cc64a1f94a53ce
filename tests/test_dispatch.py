"""Generated code is used again for as long as everything it rests on is as it was, and no longer."""
import sys
import types

import numpy as np
import pytest

import srcgrad
from srcgrad.signature import key_of, types_of

HERE = sys.modules[__name__]
settings = types.ModuleType("settings_of_test_dispatch")
sys.modules[settings.__name__] = settings
THREE = np.ones(3)


def double(x):
    return 2.0 * x


def triple(x):
    return 3.0 * x


def cube(x):
    return x * x * x


class Helpers:
    @staticmethod
    def helper(x):
        return 2.0 * x


helper = settings.helper = double
factor = settings.factor = 2.0
factors = [2.0]
by_name = {"factor": 2.0}


def calls_global(x):
    return helper(x)


def calls_attribute(x):
    return settings.helper(x)


def calls_method(x):
    return Helpers.helper(x)


def calls_builtin(x):
    return 2.0 * abs(x)


def reads_global(x):
    return np.sum(x * factor)


def reads_attribute(x):
    return np.sum(x * settings.factor)


def reads_list(x):
    return np.sum(x * factors[0])


def reads_dict(x):
    return np.sum(x * by_name["factor"])


@pytest.mark.parametrize("f, change, expected", [
    (calls_global, lambda patch: patch.setattr(HERE, "helper", triple), 3.0),
    (calls_attribute, lambda patch: patch.setattr(settings, "helper", triple), 3.0),
    (calls_method, lambda patch: patch.setattr(Helpers, "helper", staticmethod(triple)), 3.0),
    (calls_builtin, lambda patch: patch.setattr(HERE, "abs", triple, raising=False), 6.0),
    (reads_global, lambda patch: patch.setattr(HERE, "factor", THREE), 3.0),
    (reads_attribute, lambda patch: patch.setattr(settings, "factor", THREE), 3.0),
    (reads_list, lambda patch: factors.__setitem__(0, THREE), 3.0),
    (reads_dict, lambda patch: patch.setitem(by_name, "factor", THREE), 3.0),
], ids=lambda x: getattr(x, "__name__", None))
def test_what_a_function_reads_has_changed(monkeypatch, f, change, expected):
    gradient = srcgrad.grad(f)
    assert gradient(1.5) == 2.0
    change(monkeypatch)
    assert gradient(1.5) == expected
    assert srcgrad.grad(f)(1.5) == expected
    monkeypatch.undo()
    factors[0] = 2.0
    assert gradient(1.5) == 2.0


def test_what_is_below_a_second_derivative_has_changed(monkeypatch):
    second = srcgrad.grad(srcgrad.grad(calls_global))
    assert second(2.0) == 0.0
    monkeypatch.setattr(HERE, "helper", cube)
    assert second(2.0) == 12.0


def test_code_of_a_callee_has_changed(monkeypatch):
    gradient = srcgrad.grad(calls_global)
    assert gradient(2.0) == 2.0
    monkeypatch.setattr(double, "__code__", triple.__code__)
    assert gradient(2.0) == 3.0


def test_a_helper_defined_after_grad(monkeypatch):
    monkeypatch.delattr(HERE, "helper")
    gradient = srcgrad.grad(calls_global)
    monkeypatch.setattr(HERE, "helper", double, raising=False)
    assert gradient(2.0) == 2.0


def test_nothing_has_changed(monkeypatch):
    gradient = srcgrad.grad(reads_global)
    first = gradient.function_for((1.5,), {})
    assert gradient.function_for((2.5,), {}) is first
    monkeypatch.setattr(HERE, "factor", 4.0)
    assert gradient.function_for((1.5,), {}) is first
    assert gradient(1.5) == 4.0


class Sub(np.ndarray):
    pass


VALUES = [1, 1.0, True, 1j, None, "a", np.float64(1), np.float32(1), np.int64(1), np.bool_(True), np.ones(()), np.ones(1),
          np.ones(3), np.ones((3, 1)), np.ones(3, "float32"), np.ones(3).view(Sub), np.ones((1, 3)).view(Sub), [1.0], [1],
          [1.0, np.ones(2)], [1.0, np.ones(3)], (1.0,), (1.0, 2.0), {"a": 1.0}, {"b": 1.0}, {"a": np.ones(2)}, slice(None),
          range(3), np.float64]


@pytest.mark.parametrize("x", VALUES, ids=repr)
def test_equal_keys_mean_equal_types(x):
    for y in VALUES:
        if key_of(x) == key_of(y):
            assert types_of({"x": x}) == types_of({"x": y})


def test_keywords_are_told_apart():
    def f(x, y=1.0, z=1.0):
        return np.sum(x * y * y * z)

    gradient = srcgrad.grad(f)
    assert gradient(2.0, y=3.0) == 9.0
    assert gradient(2.0, z=3.0) == 3.0
    assert gradient(2.0, 3.0) == 9.0
    assert gradient(2.0, z=np.ones(4)) == 4.0
