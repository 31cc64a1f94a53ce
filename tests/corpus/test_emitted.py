"""Corpus functions as files: a part of them, as each costs a compilation. `python -m tests.corpus.emitted` reports on all."""
import subprocess
import sys

from tests.corpus.emitted import emitted, ratio
from tests.corpus.test_corpus import ENTRIES

SAMPLE = [*ENTRIES[::40], *(e for e in ENTRIES if e.name == "builtins.inactive_containers")]


def test_files_are_stable_and_pass_a_linter(tmp_path):
    written = 0
    for i, entry in enumerate(SAMPLE):
        text = emitted(entry, standalone=bool(i % 2))
        if text is None:
            continue
        assert emitted(entry, standalone=bool(i % 2)) == text, entry.name
        (tmp_path / f"program_{i}.py").write_text(text)
        written += 1
    assert written > len(SAMPLE) / 2
    found = subprocess.run([sys.executable, "-m", "ruff", "check", "--isolated", "--select", "E4,E7,E9,F", str(tmp_path)],
                           capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


def test_ratio_of_lines():
    emitted_lines = '"""Of f."""\nimport numpy as np\n\n\ndef g(x):\n    # forward\n    y = x / 2\n    return y  # L2\n'
    assert ratio("def f(x):\n    # half\n    return x / 2\n", emitted_lines) == 1.5
