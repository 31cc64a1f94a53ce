"""A few hundred random programs against srcgrad, always the same ones. `python -m tests.fuzz` runs many more."""
from __future__ import annotations

import pytest

import srcgrad
from tests.fuzz import features, runner
from tests.fuzz.outcome import Outcome

CHUNK = 20


def _failures(settings: runner.Settings, numbers: range) -> list[str]:
    found: list[str] = []
    fair = shared = 0
    for number in numbers:
        outcome: Outcome
        outcome, _ = runner.run_one(number, settings, srcgrad)
        fair += outcome.kind != "discarded"
        shared += outcome.kind == "shared"
        if outcome.failed:
            found.append(f"python -m tests.fuzz --seed {settings.seed} --only {number} --minimise  # "
                         f"{outcome.signature}")
    assert fair > 0.7 * len(numbers) and shared <= 0.15 * len(numbers)
    return found


@pytest.mark.parametrize("start", range(0, 80, CHUNK))
def test_programs(start: int) -> None:
    """The default features; second derivatives of some."""
    settings = runner.Settings(seed=0, features=features.DEFAULT, second=0.1, rotate=True)
    assert not _failures(settings, range(start, start + CHUNK))


@pytest.mark.parametrize("start", range(0, 20, CHUNK))
def test_single_precision(start: int) -> None:
    settings = runner.Settings(seed=1, features=features.DEFAULT | {"float32"}, variants=("", "generic"))
    assert not _failures(settings, range(start, start + CHUNK))
