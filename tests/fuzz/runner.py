"""Runs ranges of random programs and sums up what came out."""
from __future__ import annotations

import multiprocessing
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.fuzz import check
from tests.fuzz.coverage import Table
from tests.fuzz.minimise import minimise
from tests.fuzz.outcome import Outcome, outcome
from tests.fuzz.program import generate, loaded


@dataclass(frozen=True)
class Settings:
    """What to run. `full` and `second` are the fractions of programs that get these checks; with `rotate`, a program
    is run in the first variant and one of the others."""

    seed: int = 0
    features: frozenset[str] = frozenset()
    full: float = 0.2
    second: float = 0.3
    nested: bool = False
    variants: tuple[str, ...] = tuple(check.VARIANTS)
    seconds: float = 20.0
    rotate: bool = False

    def plan(self, number: int) -> check.Plan:
        """What to check of one program: the same every time it runs."""
        rng = random.Random(f"plan {self.seed}:{number}")
        loose = "float32" in self.features or "single" in self.features
        rtol = 2e-3 if loose else 1e-9
        second = rng.random() < self.second and not loose
        variants = self.variants
        if self.rotate and len(variants) > 1:
            variants = (variants[0], variants[1 + number % (len(variants) - 1)])
        return check.Plan(variants, rng.random() < self.full, second, self.nested, 1e6, rtol, number)


@dataclass
class Failure:
    """A program that failed, and its text."""

    number: int
    outcome: Outcome
    text: str


@dataclass
class Summary:
    """Counts of outcomes, by construct too, and every failure."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    table: Table = field(default_factory=Table)
    shared: Counter[str] = field(default_factory=Counter)

    def add(self, number: int, found: Outcome, text: str) -> None:
        self.counts[found.kind] += 1
        self.table.add(text, found.kind)
        if found.kind in ("shared", "untyped"):
            self.shared[found.signature] += 1
        if found.failed:
            self.failures.append(Failure(number, found, text))


def examine(text: str, face: Any, plan: check.Plan, seconds: float = 20.0) -> Outcome:
    """The outcome of one program text."""
    try:
        with loaded(text) as case:
            return outcome(case, face, plan, seconds)
    except Exception as error:             # a candidate of the minimiser may not even load
        return Outcome("discarded", type(error).__name__, str(error))


def run_one(number: int, settings: Settings, face: Any) -> tuple[Outcome, str]:
    """Program `number`, generated and checked."""
    text = generate(settings.seed, number, settings.features)
    return examine(text, face, settings.plan(number), settings.seconds), text


def smaller(failure: Failure, settings: Settings, face: Any, seconds: float = 120.0) -> str:
    """The failing program, minimised."""
    plan, wanted = settings.plan(failure.number), failure.outcome.signature

    def fails(text: str) -> bool:
        return examine(text, face, plan, min(settings.seconds, 5.0)).signature == wanted
    return minimise(failure.text, fails, seconds)


# -------------------------------------------------------------------- several processes
_worker: tuple[Settings, Any] | None = None


def _start(settings: Settings) -> None:
    global _worker
    import srcgrad
    _worker = settings, srcgrad


def _work(number: int) -> tuple[int, Outcome, str]:
    assert _worker is not None
    return (number, *run_one(number, *_worker))


def results(numbers: range, settings: Settings, jobs: int) -> Iterator[tuple[int, Outcome, str]]:
    """The outcomes of many programs on srcgrad, in any order."""
    if jobs == 1:
        _start(settings)
        yield from map(_work, numbers)
        return
    with multiprocessing.get_context("spawn").Pool(jobs, _start, (settings,), maxtasksperchild=500) as pool:
        yield from pool.imap_unordered(_work, numbers, chunksize=5)
