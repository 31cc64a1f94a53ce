"""One case, one outcome."""
from __future__ import annotations

import re
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.fuzz import check
from tests.fuzz.case import Case
from tests.fuzz.check import staged
from tests.fuzz.second import second_order

KINDS = ("exact", "shared", "untyped", "refused", "wrong", "crashed", "oracle", "discarded")


@dataclass(frozen=True)
class Outcome:
    """`kind` is one of KINDS; `where` the check that failed; `signature` what failures of one cause share. "shared": refused
    with an AliasError, because memory is or may be shared; "untyped": exact with types, refused without."""

    kind: str
    where: str = ""
    detail: str = ""
    signature: str = ""

    @property
    def failed(self) -> bool:
        return self.kind in ("refused", "wrong", "crashed", "oracle")


class Hung(Exception):
    """The time given to one case is over."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raises Hung in the main thread after so many seconds."""
    def ring(*_: Any) -> None:
        raise Hung(f"no result after {seconds:g} s")
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def outcome(case: Case, face: Any, plan: check.Plan, seconds: float = 20.0) -> Outcome:
    """Runs every check of the plan; never raises."""
    refusals = _refusals(face)
    try:
        with deadline(min(seconds, 2.0)), np.errstate(all="ignore"):
            expected = check.expect(case, plan)
    except check.Mismatch as error:
        return Outcome("oracle", error.where, error.detail, "oracle " + error.where)
    except Exception as error:             # whatever a random program raises, it is no fair question
        return Outcome("discarded", type(error).__name__, str(error), type(error).__name__)
    try:
        with deadline(seconds), np.errstate(all="ignore"):
            _checks(case, face, plan, expected)
    except check.Mismatch as error:
        return Outcome("wrong", error.where, error.detail, "wrong " + error.where)
    except refusals as error:
        kind = "untyped" if "@generic" in _stage(error) else "shared" if type(error).__name__ == "AliasError" else "refused"
        if kind != "refused":
            return Outcome(kind, type(error).__name__, str(error), f"{kind}{_stage(error)} {_gist(error, case)}")
        signature = f"refused {type(error).__name__}{_stage(error)} {_gist(error, case)}"
        return Outcome("refused", type(error).__name__, str(error), signature)
    except Exception as error:
        return Outcome("crashed", type(error).__name__, traceback.format_exc(), _place(error) + _stage(error))
    return Outcome("exact")


def _checks(case: Case, face: Any, plan: check.Plan, expected: check.Expected) -> None:
    with staged("first"):
        check.first_order(case, face, plan, expected)
    with staged("full"):
        if plan.full and expected.scalar:
            check.full(case, face, plan, expected)
    with staged("second"):
        if plan.second and expected.scalar and case.smooth:
            second_order(case, face, plan, expected)


def _refusals(face: Any) -> tuple[type[BaseException], ...]:
    errors = getattr(face, "errors", None)
    return (errors.SrcgradError,) if errors else ()


def _stage(error: BaseException) -> str:
    """During which check an exception came."""
    return "".join(f" [{stage}]" for stage in getattr(error, "stages", ()))


def _gist(error: BaseException, case: Case) -> str:
    """The message without places, names, quoted text and numbers."""
    text = (getattr(error, "message", "") or str(error) or "none").splitlines()[0]
    code = case.function.__code__
    names = {*code.co_varnames, *code.co_names, *code.co_cellvars, "h0", "h1", "h2"} - {"a", "value"}
    text = re.sub(r"`[^`]*`|'[^']*'|\b\d+", "_", text)
    return re.sub(r"\w+(, \w+)*", lambda m: "_" if set(m[0].split(", ")) <= names else m[0], text)[:80]


def _place(error: BaseException) -> str:
    """The kind of a foreign exception, its gist, and the innermost line of the compiler where that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    inside = frames and "/srcgrad/" in frames[-1].filename
    place = f" in {frames[-1].filename.rsplit('/srcgrad/', 1)[1]}:{frames[-1].name}" if inside else ""
    text = re.sub(r"'[^']*'|\b\d+", "_", (str(error) or "none").splitlines()[0])[:80]
    return f"crashed {type(error).__name__}: {text}{place}"
