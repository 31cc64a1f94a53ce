"""Files that are written whole or not at all, and compared with what would be written."""
from __future__ import annotations

import os
from pathlib import Path

import click

from .target import Failure

SHOWN_LINES = 20


def write(path: Path, text: str) -> None:
    """Writes next to the file first, and then moves into its place."""
    import tempfile
    path = path.resolve()
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise Failure(f"can't write {path.name}: {error.strerror}") from None
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException as error:
        os.unlink(name)
        if isinstance(error, OSError):
            raise Failure(f"can't write {path.name}: {error.strerror}") from None
        raise


def compare(path: Path, text: str) -> None:
    """Exits with 1 and a short diff where the file does not hold the text."""
    if not path.is_file():
        click.echo(f"{path} does not exist", err=True)
        raise SystemExit(1)
    present = path.read_text(encoding="utf-8")
    if present == text:
        return
    import difflib
    names = str(path), "generated now"
    diff = list(difflib.unified_diff(present.splitlines(), text.splitlines(), *names, n=1, lineterm=""))
    rest = len(diff) - SHOWN_LINES
    lines = [f"{path} is not what would be generated now", *diff[:SHOWN_LINES]]
    click.echo("\n".join(lines + ([f"... {rest} more lines"] if rest > 0 else [])), err=True)
    raise SystemExit(1)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
