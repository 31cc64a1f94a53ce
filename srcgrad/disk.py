"""Generated code on disk, so that another process need not generate it again.

    ~/.cache/srcgrad/v1/      SRCGRAD_CACHE=PATH puts it elsewhere, SRCGRAD_CACHE=off turns it off
        DIGEST/               of a function and all that it depends on (fingerprint.py)
            KEY.json          of what was asked for: which derivative, by which arguments, of which types

The folder is the user's alone, and not used where it is not. Files are written whole or not at all; one that is not what was
written is ignored and written anew. They hold generated text with what is needed to load it; nothing in them is executed but
that text, and that only where its hash is right.
"""
from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Any

FORMAT = "v1"
LIMIT = 2000  # functions that are kept: when there are more, those go that were written first


def folder() -> Path | None:
    """Where the cache is; None where it is turned off, or anybody else may write there."""
    wish = os.environ.get("SRCGRAD_CACHE", "")
    if wish.lower() in ("off", "0", "no"):
        return None
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    path = Path(wish or os.path.join(home, "srcgrad")) / FORMAT
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = path.lstat()
    except OSError:
        return None
    private = stat.S_ISDIR(found.st_mode) and (not hasattr(os, "getuid") or (
        found.st_uid == os.getuid() and not found.st_mode & 0o077))
    return path if private else None


def known(digest: str) -> bool:
    """Whether there is code of a function: it has been accepted before."""
    place = folder()
    return place is not None and (place / digest).is_dir()


def read(digest: str, key: str) -> dict[str, Any] | None:
    """What was written under a key; None where there is nothing, or it is damaged."""
    place = folder()
    if place is None:
        return None
    try:
        text = (place / digest / f"{key}.json").read_text(encoding="utf-8")
        checksum, _, body = text.partition("\n")
        found = json.loads(body) if checksum == _checksum(digest, key, body) else None
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write(digest: str, key: str, content: dict[str, Any]) -> None:
    """Writes an entry; without effect where that cannot be done."""
    place = folder()
    if place is None:
        return
    body = json.dumps(content)
    with contextlib.suppress(OSError):
        if not (place / digest).is_dir():
            _make_room(place)
            (place / digest).mkdir(exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=place / digest, suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(f"{_checksum(digest, key, body)}\n{body}")
            os.replace(name, place / digest / f"{key}.json")
        except BaseException:
            os.unlink(name)
            raise


def _make_room(place: Path) -> None:
    found = os.listdir(place)
    if len(found) >= LIMIT:
        times = {name: (place / name).stat().st_mtime for name in found}
        for name in sorted(found, key=lambda n: times[n])[:len(found) - LIMIT * 3 // 4]:
            shutil.rmtree(place / name, ignore_errors=True)


def _checksum(digest: str, key: str, body: str) -> str:
    """Of the content and of the place that it belongs to."""
    return hashlib.sha256(f"{digest}\n{key}\n{body}".encode()).hexdigest()
