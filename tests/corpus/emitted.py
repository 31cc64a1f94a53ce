"""How corpus functions read as files: `python -m tests.corpus.emitted` emits all, lints them, and counts their lines."""
from __future__ import annotations

import inspect
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import srcgrad
from srcgrad import pipeline
from srcgrad.derivative import Derivative
from tests.corpus.registry import ENTRIES, Entry
from tests.fuzz import trees


def emitted(entry: Entry, standalone: bool = False) -> str | None:
    """The text of the file, None for what is refused without knowing the arguments."""
    from tests.corpus.test_corpus import case_of
    try:
        return pipeline.emit(entry.function, case_of(entry).names, standalone=standalone)
    except srcgrad.errors.SrcgradError:
        return None


def specialised(entry: Entry) -> str | None:
    """The code for the sample arguments, with all types known."""
    from tests.corpus.test_corpus import case_of
    case = case_of(entry)
    made: Derivative = srcgrad.adjoint(entry.function, case.names)
    try:
        made.function_for(trees.copied(case.args), trees.copied(case.kwargs))
        return made.specialised_for(trees.copied(case.args), trees.copied(case.kwargs)).code.text
    except srcgrad.errors.SrcgradError:
        return None


def ratio(source: str, text: str) -> float:
    """Lines of the generated functions for each line of the user's; blank lines, comments and imports do not count."""
    def count(t: str) -> int:
        return sum(1 for line in t.splitlines() if line.strip() and not line.strip().startswith(("#", "@")))
    generated = text.split('"""\n')[-1]
    start = generated.index("def ")
    return count(generated[start:]) / count(source)


def main() -> None:
    """Prints the report."""
    seen: dict[object, Entry] = {}
    for entry in ENTRIES:
        seen.setdefault(entry.function, entry)
    ratios: dict[str, list[float]] = {"generic": [], "types known": []}
    long: dict[str, list[float]] = {"generic": [], "types known": []}
    refused = 0
    with tempfile.TemporaryDirectory() as folder:
        for entry in seen.values():
            text = emitted(entry)
            refused += text is None
            for label, code in (("generic", text), ("types known", specialised(entry))):
                source = inspect.getsource(entry.function)
                if code is not None and "def " in source:
                    ratios[label].append(ratio(source, code))
                    if source.count("\n") >= 6:
                        long[label].append(ratios[label][-1])
            if text is not None:
                Path(folder, entry.name.replace(".", "_") + ".py").write_text(text)
        found = subprocess.run([sys.executable, "-m", "ruff", "check", "--isolated", "--select", "E4,E7,E9,F", "--quiet",
                                "--output-format", "concise", folder], capture_output=True, text=True)
    print(f"{len(seen)} functions, {refused} refused without types, {found.stdout.count(chr(10))} findings of ruff")
    print(found.stdout, end="")
    for label in ratios:
        print(f"lines out per line in, {label}: median {statistics.median(ratios[label]):.2f}, of functions of 6 lines and more "
              f"{statistics.median(long[label]):.2f}")


if __name__ == "__main__":
    import tests.corpus.test_corpus  # noqa: F401  (fills the register)
    main()
