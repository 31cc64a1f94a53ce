"""Random programs of branches, loops and exits: NORMAL takes the same way through them as Python does."""
import random

import pytest

from srcgrad.frontend.examples import define
from srcgrad.frontend.lower import lower
from srcgrad.frontend.normalize import normalize
from srcgrad.frontend.read import read
from srcgrad.ir.check import check
from tests.frontend.interpret import run

TESTS = ["bit()", "not bit()", "bit() and bit()", "bit() or r % 2 == 0", "0 < r % 3 < 2", "bit() < r % 2 <= bit()",
         "not (bit() and (r > q or bit()))", "r % 2", "(bit() if r % 2 else q % 2)"]
SIMPLE = ["r = (r * 3 + {k}) % 101", "r, q = q, r + {k}", "q = r if bit() else bit() or {k}", "r += {k}",
          "x[r % 3] += q", "x[bit()], q = q % 7, x[{k} % 3]", "x[bit()] += bit()", "note({k})",
          "a = b = r + {k}; q = a - b + q", "(r, (q, x[0])) = (q, (r, bit()))", "bit() and note({k})"]


class Writer:
    """Writes one program."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = ["def f(r, q, x):"]
        self.loops = 0

    def write(self, depth, line):
        self.lines.append("    " * depth + line)

    def block(self, depth, loop):
        for _ in range(self.random.randint(1, 4)):
            self.statement(depth, loop)

    def statement(self, depth, loop):
        pick, deep = self.random.random(), depth > 5
        if pick < 0.35 or deep:
            self.write(depth, self.random.choice(SIMPLE).format(k=self.random.randint(0, 9)))
        elif pick < 0.65:
            self.branch(depth, loop)
        elif pick < 0.8:
            self.loop(depth)
        elif loop and pick < 0.95:
            self.write(depth, self.random.choice(["break", "continue"]))
        else:
            self.write(depth, self.random.choice(["return r", "return q, r", "return", "return r if bit() else q"]))

    def branch(self, depth, loop):
        self.write(depth, f"if {self.random.choice(TESTS)}:")
        self.block(depth + 1, loop)
        if self.random.random() < 0.5:
            self.write(depth, "else:")
            self.block(depth + 1, loop)

    def loop(self, depth):
        self.loops += 1
        header = self.random.choice([f"for i{self.loops} in range(bit() + 2)", "while " + self.random.choice(TESTS),
                                     "while True", f"for i{self.loops}, q in enumerate(x)"])
        self.write(depth, header + ":")
        self.block(depth + 1, True)
        if self.random.random() < 0.3:
            self.write(depth, "else:")
            self.block(depth + 1, False)


class Stream:
    """The bits that decide, and what was noted."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.noted = []

    def bit(self):
        self.note(value := self.random.randint(0, 1))
        return value

    def note(self, value):
        self.noted.append(value)
        if len(self.noted) > 200:
            raise RuntimeError("long enough")


STREAM = [Stream(0)]


def bit():
    return STREAM[0].bit()


def note(value):
    return STREAM[0].note(value)


def outcome(function, seed):
    STREAM[0] = Stream(seed)
    x = [1, 2, 3]
    try:
        result = function(5, 4, x)
    except RuntimeError as error:
        result = str(error)
    return result, x, STREAM[0].noted


@pytest.mark.parametrize("part", range(4))
def test_random_programs(part):
    for seed in range(part * 40, part * 40 + 40):
        writer = Writer(seed)
        writer.block(1, False)
        same("\n".join(writer.lines))


def same(text):
    function = define(guarded(text), bit=bit, note=note)
    fn = check(normalize(check(lower(read(function)), "surface")), "normal")
    for seed in range(4):
        assert outcome(lambda *args: run(fn, *args), seed) == outcome(function, seed), text


def guarded(text):
    """Loop bodies note that they run, so that none runs for ever."""
    lines = []
    for line in text.splitlines():
        lines.append(line)
        if line.lstrip().startswith(("for ", "while ")):
            lines.append(" " * (len(line) - len(line.lstrip()) + 4) + "note('trip')")
    return "\n".join(lines)


@pytest.mark.parametrize("text", [
    "def f(r, q, x):\n    while True:\n        if bit():\n            return r\n        r += 1\n",
    "def f(r, q, x):\n    for i in x:\n        if bit(): break\n    else:\n        return q\n    return r\n",
])
def test_programs(text):
    same(text)
