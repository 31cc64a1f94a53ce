"""Timing on a noisy machine: the candidates take turns in every round, and what counts is the median of the rounds."""
from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

FEW = 8  # rounds, at least


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without the garbage collector."""
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def seconds(call: Callable[..., Any], args: tuple[Any, ...], number: int) -> float:
    """CPU seconds for one call, averaged over a number of calls: what others do on the machine counts less so."""
    turns = range(number)
    start = time.process_time()
    for _ in turns:
        call(*args)
    return (time.process_time() - start) / number


def batch(call: Callable[..., Any], args: tuple[Any, ...], target: float) -> int:
    """How many calls take about `target` seconds."""
    number = 1
    while (spent := seconds(call, args, number) * number) < target / 4 and number < 1_000_000:
        number *= 4
    return max(1, round(number * target / max(spent, 1e-9)))


def interleaved(calls: Mapping[str, Callable[..., Any]], args: tuple[Any, ...], rounds: int, target: float = 0.001,
                budget: float = 6.0) -> dict[str, list[float]]:
    """For each candidate its seconds for one call in every round. Each round starts with another candidate.

    `target`: seconds that a candidate's turn takes about, short beside a scheduler's time slices; `budget`: seconds after
    which there are no more rounds, but for a few.
    """
    names = list(calls)
    numbers = {name: batch(calls[name], args, target) for name in names}
    found: dict[str, list[float]] = {name: [] for name in names}
    start = time.perf_counter()
    with undisturbed():
        for i in range(rounds):
            shift = i % len(names)
            for name in names[shift:] + names[:shift]:
                found[name].append(seconds(calls[name], args, numbers[name]))
            if i >= FEW and time.perf_counter() - start > budget:
                break
    return found


def ratio(times: list[float], to: list[float]) -> float:
    """The median of the ratios of the rounds."""
    return statistics.median(x / y for x, y in zip(times, to))


def difference(times: list[float], less: list[float]) -> float:
    """The difference of the shortest times: for differences that are small beside the machine's noise."""
    return min(times) - min(less)
