"""Loops in which facts take many visits to settle."""
import importlib.util

import numpy as np
import pytest

import srcgrad
from srcgrad.errors import AliasError


def load(tmp_path, text):
    path = tmp_path / "long_chain.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location("long_chain", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.f


def chain(length, first, last, end):
    """`first` for each name; in a loop each takes the next one's value, the last one `last`; then `end`."""
    names = [f"a{i}" for i in range(length)]
    return "\n".join(["import numpy as np", "def f(x, n):", "    y = x * 1.0", *(f"    {n} = {first}" for n in names),
                      "    for i in range(n):", *(f"        {p} = {q}" for p, q in zip(names, names[1:])),
                      f"        {names[-1]} = {last}", *end, ""])


@pytest.mark.parametrize("length", [2, 8, 9, 20, 100])
def test_an_alias_that_takes_many_trips_is_seen(tmp_path, length):
    f = load(tmp_path, chain(length, "x * 2.0", "y", ["    a0[0] = 3.0 * x[1]", "    return np.sum(y * y)"]))
    with pytest.raises(AliasError):
        srcgrad.grad(f)(np.ones(3), length)


@pytest.mark.parametrize("length", [2, 9, 100])
def test_a_type_that_takes_many_trips_is_seen(tmp_path, length):
    f = load(tmp_path, chain(length, "2.0", "y", ["    return np.sum(a0 * x)"]))
    x = np.array([1.0, 2.0, 3.0])
    assert np.allclose(srcgrad.grad(f)(x, length), 2 * x)
    assert np.allclose(srcgrad.grad(f)(x, length - 1), 2.0)
