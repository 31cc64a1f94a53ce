"""`srcgrad explain`, and what it is told by srcgrad.inspection."""
import numpy as np
import pytest

from srcgrad import inspection
from srcgrad.inspection.costs import Amount, entries
from srcgrad.ir.types import Num, Size

FILE = """\
import numpy as np


def shrink(w, x, n):
    y = x
    k = len(x)
    for i in range(n):
        a = w * y
        if np.sum(a) > 1.0:
            y = np.tanh(a)
        else:
            y = a * a
    return np.sum(y) / k


def linear(w, x, n):
    for i in range(n):
        x = 0.5 * x + w
    return np.sum(x)


def stores(w, n):
    y = np.zeros(3)
    y[1] = 2.0
    for i in range(n):
        y[i] = y[i] * w[i]
    return y @ w


def doubtful(w, x, unused):
    norm = np.sqrt(np.sum(w * w))
    soft = np.log(np.sum(np.exp(w)))
    fine = np.sqrt(1.0 + np.sum(w * w)) + np.log(np.sum(w))
    return np.sum(np.where(x > 0, np.log(w), 0.0)) + norm + soft + fine
"""


@pytest.fixture
def explained(folder, monkeypatch):
    (folder / "user_explained.py").write_text(FILE)
    monkeypatch.syspath_prepend(folder)

    def explain(name, *args, **options):
        import user_explained
        return inspection.explain(getattr(user_explained, name), *args, **options)
    return explain


def by_text(found):
    return {line.text.strip(): line for line in found.lines}


def test_activity_and_where_it_comes_from(explained):
    lines = by_text(explained("shrink", ("w",)))
    assert lines["a = w * y"].active == ["a"] and lines["a = w * y"].through == {"w": (4,), "y": (10, 12)}
    assert lines["k = len(x)"].constant == ["k"] and not lines["k = len(x)"].varies
    assert lines["y = x"].constant == ["y"]
    assert lines["return np.sum(y) / k"].varies and lines["return np.sum(y) / k"].through["y"] == (10, 12)
    both = by_text(explained("shrink", ("w", "x")))
    assert both["y = x"].active == ["y"] and both["a = w * y"].through["y"] == (5, 10, 12)


def test_arrays_that_are_written_to(explained):
    lines = by_text(explained("stores", ("w",), at=(np.ones(3), 2)))
    assert lines["y[1] = 2.0"].constant == ["y"]
    assert lines["y[i] = y[i] * w[i]"].active == ["y"] and lines["y[i] = y[i] * w[i]"].through["y"] == (26,)
    assert lines["return y @ w"].through == {"w": (22,), "y": (26,)}


def test_rules(explained):
    lines = by_text(explained("shrink", ("w",)))
    assert lines["y = np.tanh(a)"].rules == ["tanh"] and lines["a = w * y"].rules == ["multiply"]
    assert lines["k = len(x)"].rules == []


def test_what_is_saved_is_what_the_code_keeps(explained):
    found = explained("shrink", ("w",), at=(np.ones(4), np.ones(4), 3))
    saved = {(line.text.strip(), s.name): s for line in found.lines for s in line.saved}
    tanh = saved["y = np.tanh(a)", "y"]
    assert tanh.trips and tanh.readers == (10,) and tanh.size == "32"
    assert saved["a = w * y", "a"].size == "32" and saved["a = w * y", "a"].readers == (12,)
    assert not any(s.trips for line in explained("linear", ("w", "x"), at=(np.ones(2), np.ones(2), 3)).lines for s in line.saved)


def test_estimates(explained):
    lines = by_text(explained("shrink", ("w",), types={"w": "f8[n]", "x": "f8[n]", "n": "int"}))
    assert lines["a = w * y"].forward == "n" and lines["a = w * y"].trips
    lines = by_text(explained("shrink", ("w",), at=(np.ones(4), np.ones(4), 3)))
    assert lines["a = w * y"].forward == "4" and int(lines["y = np.tanh(a)"].backward) >= 8


def test_probable_mistakes(explained):
    found = explained("doubtful", at=(np.ones(3), np.ones(3), 2))
    notes = [f"{number}: {message}" for number, message in found.notes]
    assert len(notes) == 5, notes
    for number, words in ((30, "does not depend on x"), (30, "unused is an integer"),
                          (31, "slope of a square root is infinite at 0"), (32, "logaddexp"), (34, "where does not keep `log`")):
        assert any(note.startswith(f"{number}: ") and words in note for note in notes), (number, notes)
    assert any("does not depend on unused" in text for _, text in explained("doubtful").notes)


def test_amounts():
    n, m = Size("n"), Size("m")
    assert str(entries(Num("array", "float64", (n, m))) + entries(Num("array", "float64", (n, 3)))) == "m*n + 3*n"
    assert str(Amount.of(None) + Amount.of(3)) == "?" and str(Amount()) == "0" and not Amount()


def test_page(srcgrad_command, folder):
    (folder / "user_explained.py").write_text(FILE)
    result = srcgrad_command("explain", "user_explained.py:shrink", "--wrt", "w", "--types", "w: f8[n]", "--types", "x: f8[n]")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == "user_explained.py:shrink, gradient with respect to w"
    row = next(i for i, line in enumerate(lines) if "a = w * y" in line)
    assert lines[row].startswith("   8 *") and "a: through w (argument), y (L10, L12)" in lines[row]
    assert "saves a each trip, 8*n bytes: for L12 backwards" in "\n".join(lines[row:row + 4])


@pytest.mark.parametrize("words, message", [
    (("--at", "1 +"), "--at '1 +': SyntaxError"), (("--at", "nothing"), "NameError"), (("--wrt", "v"), "v")])
def test_mistakes(srcgrad_command, folder, words, message):
    result = srcgrad_command("explain", "user_model.py:loss", *words)
    assert result.exit_code == 2 and message in result.stderr and "Traceback" not in result.stderr
