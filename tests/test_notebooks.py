"""What notebooks show of a derivative."""
import html
import re

import numpy as np

import srcgrad
from srcgrad.emit.html import highlighted


def tilted(x, n):
    """<b>"""
    for _ in range(n):
        x = np.sin(x) + x * 2.0
    return np.sum(x) if n < 3 else x @ x


def plain(text):
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def test_the_generated_code_is_shown():
    derivative = srcgrad.grad(tilted)
    shown = derivative._repr_html_()
    assert plain(shown.partition("<pre")[2].partition(">")[2]).strip() == derivative.source.strip()
    assert '<span class="k">def</span> <span class="d">tilted_grad</span>' in shown and "tilted_grad(x, n)" in shown
    derivative(np.ones(3), 2)
    assert plain(derivative._repr_html_().partition("<pre")[2].partition(">")[2]).strip() == derivative.source.strip()


def test_no_code_yet():
    def any_number(*xs):
        return sum(xs)
    assert srcgrad.grad(any_number)._repr_html_() is None


def test_every_line_is_its_own():
    text = 'x = """a\n<b>\n"""  # & c\nif x < 3: pass'
    lines = highlighted(text)
    assert [plain(line) for line in lines] == text.split("\n") and "<b>" not in "".join(lines)
    assert highlighted("def (:\n 'x") == ["def (:", " &#x27;x"]
