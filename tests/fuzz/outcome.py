"""One case, one outcome."""
from __future__ import annotations

import re
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.fuzz import check
from tests.fuzz.case import Case
from tests.fuzz.second import second_order

KINDS = ("exact", "refused", "wrong", "crashed", "oracle", "discarded")


@dataclass(frozen=True)
class Outcome:
    """`kind` is one of KINDS; `where` the check that failed; `signature` what failures of one cause share."""

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
        return Outcome("refused", type(error).__name__, str(error), f"refused {type(error).__name__} {_gist(error)}")
    except Exception as error:
        return Outcome("crashed", type(error).__name__, traceback.format_exc(), _place(error))
    return Outcome("exact")


def _checks(case: Case, face: Any, plan: check.Plan, expected: check.Expected) -> None:
    check.first_order(case, face, plan, expected)
    if plan.full and expected.scalar:
        check.full(case, face, plan, expected)
    if plan.second and expected.scalar and case.smooth:
        second_order(case, face, plan, expected)


def _refusals(face: Any) -> tuple[type[BaseException], ...]:
    errors = getattr(face, "errors", None)
    return (errors.SrcgradError,) if errors else ()


def _gist(error: BaseException) -> str:
    """The message without places, quoted text and numbers."""
    text = getattr(error, "message", str(error)).splitlines()[0]
    return re.sub(r"`[^`]*`|'[^']*'|\d+", "_", text)[:60]


def _place(error: BaseException) -> str:
    """The kind of a foreign exception and the innermost line of the compiler on its way."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/srcgrad/" in f.filename]
    place = f"{frames[-1].filename.rsplit('/srcgrad/', 1)[1]}:{frames[-1].name}" if frames else "generated code"
    return f"crashed {type(error).__name__} in {place}"


Examine = Callable[[str], Outcome]
