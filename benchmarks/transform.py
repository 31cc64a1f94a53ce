"""The CPU time from a function's source to its loaded gradient function, and how it grows with the function."""
from __future__ import annotations

import cProfile
import importlib.util
import inspect
import io
import math
import os
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import srcgrad

from . import longer
from .report import table
from .timing import undisturbed

TARGET = 0.05  # seconds, for the median of about 30 lines
DISK_TARGET = 0.005  # from the cache on disk
SIZES = (50, 100, 200, 400, 800, 1600)
LIMIT = 20.0  # seconds: longer functions are left out once one takes that long


def measure(rounds: int) -> list[dict[str, Any]]:
    """A row for each example: the median of a few transformations, and of as many from the disk."""
    transform_all()
    made: dict[str, list[float]] = {}
    found: dict[str, list[float]] = {}
    with undisturbed(), tempfile.TemporaryDirectory() as folder:
        for _ in range(max(1, rounds // 20)):
            _collect(made, transform_all())
        with set_variable("SRCGRAD_CACHE", folder):
            transform_all()
            for _ in range(max(1, rounds // 20)):
                _collect(found, transform_all())
    return [{"function": name, "lines": lines_of(name), "seconds": statistics.median(times),
             "from disk": statistics.median(found[name])} for name, times in made.items()]


def _collect(found: dict[str, list[float]], seconds: dict[str, float]) -> None:
    for name, spent in seconds.items():
        found.setdefault(name, []).append(spent)


@contextmanager
def set_variable(name: str, value: str) -> Iterator[None]:
    """An environment variable for a while."""
    old = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        os.environ.pop(name) if old is None else os.environ.update({name: old})


def transform_all() -> dict[str, float]:
    """Seconds for each example. The module is loaded again, so that nothing is known of its functions."""
    module = load(Path(longer.__file__))
    return {name: transform(*example) for name, example in module.EXAMPLES.items()}


def transform(f: Callable[..., Any], wrt: Any, args: tuple[Any, ...]) -> float:
    """CPU seconds until the gradient could run: one thread that waits for nothing but the processor."""
    start = time.process_time()
    srcgrad.grad(f, wrt).function_for(args, {})
    return time.process_time() - start


def load(path: Path) -> ModuleType:
    """A module from a file, as new."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[path.stem]
    return module


def lines_of(name: str) -> int:
    return len(inspect.getsource(longer.EXAMPLES[name][0]).splitlines())


def as_table(rows: list[dict[str, Any]]) -> str:
    """The rows and their medians."""
    head = ["function", "lines", "seconds", "from disk"]
    body = [[row["function"], str(row["lines"]), f"{row['seconds']:.3f}", f"{row['from disk']:.4f}"] for row in rows]
    ends = []
    for key, what, target in (("seconds", "", TARGET), ("from disk", " from disk", DISK_TARGET)):
        median = statistics.median(row[key] for row in rows)
        missed = "" if median <= target else f", over the target of {target:g} s"
        ends.append(f"median {median:.4f} s{what}{missed}")
    return "\n".join([table([head, *body]), "", *ends])


# ------------------------------------------------------------------ growth
def straight(statements: int) -> str:
    """A function of so many statements, each with a name of its own."""
    return "\n".join(["import numpy as np", "def f(x, w):", "    v0 = x * w", "    v1 = np.sin(v0)",
                      *_body(statements - 2, "    "), f"    return np.sum(v{statements - 1})", ""])


def loop(statements: int) -> str:
    """The same in the body of a loop."""
    return "\n".join(["import numpy as np", "def f(x, w):", "    for i in range(3):", "        v0 = x * w",
                      "        v1 = np.sin(v0)", *_body(statements - 2, "        "), f"        x = v{statements - 1}",
                      "    return np.sum(x)", ""])


def _body(statements: int, indent: str) -> list[str]:
    forms = ("v{0} = v{1} * w", "v{0} = np.sin(v{1}) + v{2}", "v{0} = v{1} - 0.5 * v{2}", "v{0} = np.tanh(v{1} * v{2})")
    return [indent + forms[i % len(forms)].format(i + 2, i + 1, i) for i in range(statements)]


SHAPES = {"straight line": straight, "loop body": loop}


def measure_growth(rounds: int) -> list[dict[str, Any]]:
    """Rows: the shape of the function, the number of statements, seconds, and the exponent since the row before."""
    rows: list[dict[str, Any]] = []
    for shape, write in SHAPES.items():
        before: dict[str, Any] | None = None
        for statements in SIZES:
            if before is not None and before["seconds"] > LIMIT:
                break
            seconds = statistics.median(transform_text(write(statements)) for _ in range(rounds))
            row = {"shape": shape, "statements": statements, "seconds": seconds, "exponent": None}
            if before is not None:
                row["exponent"] = math.log2(seconds / before["seconds"])
            rows.append(row)
            before = row
    return rows


@contextmanager
def loaded(text: str) -> Iterator[Callable[..., Any]]:
    """The function `f` of a module with that text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "growing.py"
        path.write_text(text)
        yield load(path).f


def transform_text(text: str) -> float:
    """Seconds for the function `f` of a module with that text, for both its arguments."""
    with loaded(text) as f, undisturbed():
        return transform(f, (0, 1), (np.ones(3), np.ones(3)))


def growth_as_table(rows: list[dict[str, Any]]) -> str:
    head = ["shape", "statements", "seconds", "ms/statement", "exponent"]
    body = [[row["shape"], str(row["statements"]), f"{row['seconds']:.3f}",
             f"{row['seconds'] / row['statements'] * 1e3:.2f}",
             "" if row["exponent"] is None else f"{row['exponent']:.2f}"] for row in rows]
    return table([head, *body])


# ------------------------------------------------------------------ where the time goes
def profile(top: int = 30) -> str:
    """The functions of srcgrad and others that take most time of their own over all examples."""
    transform_all()
    parts = [_profiled(transform_all, top)]
    for shape, write in SHAPES.items():
        with loaded(write(400)) as f:
            found = _profiled(lambda f=f: transform(f, (0, 1), (np.ones(3), np.ones(3))), top)  # type: ignore[misc]
            parts.append(f"400 statements, {shape}:\n{found}")
    return "\n".join(parts)


def _profiled(call: Callable[[], Any], top: int) -> str:
    profiler = cProfile.Profile()
    profiler.runcall(call)
    out = io.StringIO()
    pstats.Stats(profiler, stream=out).sort_stats("tottime").print_stats(top)
    return "\n".join(_short(line) for line in out.getvalue().splitlines() if line.strip())


def _short(line: str) -> str:
    """File names from the package on."""
    place = line.find(str(Path(srcgrad.__file__).parent))
    return line if place < 0 else line[:place] + line[place + len(str(Path(srcgrad.__file__).parent)) + 1:]
