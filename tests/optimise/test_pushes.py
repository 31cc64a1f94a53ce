"""Appends to tapes move up to where what they keep is lost, and no further."""
import numpy as np
import pytest

from srcgrad.emit.printer import print_function
from srcgrad.optimise.propagate import propagate
from srcgrad.optimise.pushes import pushes

from .test_passes import body, ir, text


def pushed(code):
    """The statements of a loop's body, before and after the pass; the tape it fills is the same."""
    lines = "\n".join("        " + line for line in code.split("\n"))
    f = ir(f"def f(x, n):\n    tape = []\n    y = x\n    for i in range(n):\n{lines}\n    return tape, y", user=("x", "y", "z"))
    f = propagate(f)
    g = pushes(f)
    assert body(pushes(g)) == body(g)
    results = []
    for h in (f, g):
        space = {"np": np}
        exec(print_function(h), space)
        tape, y = space["f"](np.array([0.5, -1.5, 2.0]), 3)
        results.append([np.array(x) for x in (*tape, y)])
    assert len(results[0]) == len(results[1]) and all(map(np.array_equal, *results))
    return body(f), body(g)


@pytest.mark.parametrize(("code", "after"), [
    ("y_in = y\ny = y * 2\ntape.append(y_in)", "tape.append(y)\ny = y * 2"),
    ("z = y * 3\ny_in = y\ny = y + z\ntape.append((y_in, z))", "z = y * 3\ntape.append((y, z))\ny = y + z"),
    ("y_in = y\nif i > 1:\n    y = y * 2\nz = i\ntape.append(y_in)", "tape.append(y)\nif i > 1:\n    y = y * 2\nz = i"),
])
def test_appends_move_up(code, after):
    assert "\n".join("    " + line for line in text(after).split("\n")) in pushed(code)[1]


@pytest.mark.parametrize("code", [
    "y_in = y\ny = y * 2\nz = y * 3\ntape.append((y_in, z))",  # z is not there yet
    "y_in = y\ny = y * 2\ntape.append((y_in, y))",  # nor is the new y
    "z = y * 3\ny_in = y\ny = y + z\nz[0] = 1.0\ntape.append((y_in, z))",  # z has other contents by then
    "y_in = y\ny = y * 2\nz = y_in + y\ntape.append(y_in)",  # held for others too
    "y_in = y\ny = y * 2\nif i > 1:\n    break\ntape.append(y_in)",  # the last trip appends nothing
    "y_in = y\ny = y * 2\ntape.append(y)\ntape.append(y_in)",  # in this order
    "z = y\ny = y * 2\ntape.append(z)",  # the user's own name
    "try:\n    y_in = y\n    y = y * 2\n    assert i != 1\n    tape.append(y_in)\nexcept AssertionError:\n    y = y + 1",
])
def test_appends_that_stay(code):
    before, after = pushed(code)
    assert after == before
