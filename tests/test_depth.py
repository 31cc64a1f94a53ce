"""Functions that are nested deeper than Python lets functions call each other."""
import importlib.util
import sys
import threading

import numpy as np
import pytest

import srcgrad
from srcgrad import alone


def load(tmp_path, text):
    path = tmp_path / "deep.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location("deep", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.f


def test_a_long_sum(tmp_path):
    terms = " + ".join(f"x * {i}.5" for i in range(400))
    f = load(tmp_path, f"def f(x):\n    return {terms}\n")
    limit = sys.getrecursionlimit()
    assert srcgrad.grad(f)(3.0) == sum(i + 0.5 for i in range(400))
    assert sys.getrecursionlimit() == limit


def test_a_long_chain_of_branches(tmp_path):
    rest = "".join(f"    elif k == {i}:\n        y = {i}.0 * x\n" for i in range(1, 260))
    f = load(tmp_path, f"def f(x, k):\n    if k == 0:\n        y = x\n{rest}    else:\n        y = x * x\n    return y\n")
    gradient = srcgrad.grad(f)
    assert [gradient(3.0, k) for k in (0, 7, 259, 260)] == [1.0, 7.0, 259.0, 6.0]


def test_errors_come_through(tmp_path):
    terms = " + ".join(f"x * {i}.5" for i in range(400))
    f = load(tmp_path, f"def f(x):\n    return {terms} + unknown(x)\n")
    with pytest.raises(srcgrad.errors.SrcgradError, match="unknown"):
        srcgrad.grad(f)(3.0)


def test_whoever_waits_holds_the_lock():
    """Work with a large stack goes on under the lock of the thread that asked for it; others wait."""
    entered, other = threading.Event(), []

    def inside(depth):
        if depth:
            return inside(depth - 1)
        with alone.LOCK:
            thread = threading.Thread(target=lambda: (entered.set(), alone.alone(lambda: other.append("late"))()))
            thread.start()
            entered.wait()
            other.append("early")
        return thread

    alone.alone(inside)(5000).join()
    assert other == ["early", "late"]


def test_straight_lines_name_numbers_once():
    """Names are made in linear time, and the lowest free number is taken."""
    from srcgrad.ir.names import Namer
    namer = Namer({"t", "t_3"})
    assert [namer.fresh("t") for _ in range(3)] == ["t_2", "t_4", "t_5"]


def test_arrays_of_a_deep_function(tmp_path):
    f = load(tmp_path, "import numpy as np\ndef f(x):\n    return np.sum(" + " + ".join(["x * x"] * 350) + ")\n")
    np.testing.assert_allclose(srcgrad.grad(f)(np.array([1.0, -2.0])), [700.0, -1400.0])
