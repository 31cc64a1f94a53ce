"""Program texts as real modules, so that `inspect` finds their source, and as oracle modules."""
from __future__ import annotations

import importlib.util
import itertools
import linecache
import sys
import tempfile
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fuzz.shims import oracle_builtins

_count = itertools.count()
_folder: list[tempfile.TemporaryDirectory[str]] = []


def folder() -> Path:
    """The temporary folder of this process."""
    if not _folder:
        _folder.append(tempfile.TemporaryDirectory(prefix="srcgrad_fuzz_"))
    return Path(_folder[0].name)


@contextmanager
def module(text: str) -> Iterator[types.ModuleType]:
    """A module with this text, in a file of its own; forgotten afterwards."""
    name = f"fuzz_program_{next(_count)}"
    path = folder() / f"{name}.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    try:
        exec(compile(text, str(path), "exec"), loaded.__dict__)
        yield loaded
    finally:
        sys.modules.pop(name, None)
        linecache.cache.pop(str(path), None)
        path.unlink(missing_ok=True)


def oracle_module(text: str, name: str, depth: int) -> types.ModuleType:
    """The same text, to be run over dual numbers nested `depth` deep."""
    loaded = types.ModuleType(f"oracle.{name}")
    loaded.__dict__["__builtins__"] = oracle_builtins(depth)
    sys.modules[loaded.__name__] = loaded
    try:
        exec(compile(text, f"<oracle {name}>", "exec"), loaded.__dict__)
    finally:
        sys.modules.pop(loaded.__name__, None)
    return loaded
