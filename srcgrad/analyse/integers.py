"""Linear sums over integer variables, and whether a system of them may have a solution.

`possible` answers False only where there certainly is none: equations are eliminated exactly (with the test of divisors that
Banerjee calls the GCD test), inequalities by Fourier-Motzkin elimination, each tightened to integers (W. Pugh, "The Omega
test", CACM 35 (1992), sections 2.1 and 2.2, without its exact shadows).
"""
from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from functools import reduce
from math import gcd
from typing import Any

LARGEST = 300  # inequalities after which nothing is proved any more


@dataclass(frozen=True)
class Linear:
    """`const + sum(c * x for x, c in terms)`; no coefficient is zero.

    >>> i = variable("i")
    >>> (i + i - 3).terms, (i - i).terms
    ({'i': 2}, {})
    """

    terms: dict[Any, int] = field(default_factory=dict)
    const: int = 0

    def __add__(self, other: Linear | int) -> Linear:
        if isinstance(other, int):
            return Linear(self.terms, self.const + other)
        terms = dict(self.terms)
        for x, c in other.terms.items():
            terms[x] = terms.get(x, 0) + c
        return Linear({x: c for x, c in terms.items() if c}, self.const + other.const)

    def __mul__(self, factor: int) -> Linear:
        return Linear({x: c * factor for x, c in self.terms.items()}, self.const * factor) if factor else Linear()

    def __neg__(self) -> Linear:
        return self * -1

    def __sub__(self, other: Linear | int) -> Linear:
        return self + (-other)

    def renamed(self, rename: Callable[[Any], Any]) -> Linear:
        return Linear({rename(x): c for x, c in self.terms.items()}, self.const)


def variable(x: Hashable) -> Linear:
    return Linear({x: 1})


def possible(equal: Iterable[Linear], least: Iterable[Linear]) -> bool:
    """Whether integers may exist for which every sum in `equal` is 0 and every one in `least` is 0 or more.

    >>> i, j = variable("i"), variable("j")
    >>> possible([i - j], [i - j - 1])
    False
    >>> possible([i + i - j - j - 1], [])
    False
    >>> possible([], [i - j, j - i])
    True
    """
    rest = list(equal)
    bounds = list(least)
    kept: list[Linear] = []
    while rest:
        e = rest.pop()
        divisor = reduce(gcd, e.terms.values(), 0)
        if e.const % divisor if divisor else e.const:
            return False
        if not divisor:
            continue
        e = Linear({x: c // divisor for x, c in e.terms.items()}, e.const // divisor)
        unit = next((x for x, c in e.terms.items() if abs(c) == 1), None)
        if unit is None:
            kept.append(e)
            continue
        value = _solved(e, unit)
        rest, kept, bounds = ([_substituted(s, unit, value) for s in part] for part in (rest + kept, [], bounds))
    return _feasible([*bounds, *kept, *(-e for e in kept)])


def _solved(e: Linear, x: Any) -> Linear:
    """What x is where e is 0; its coefficient is 1 or -1."""
    others = Linear({y: c for y, c in e.terms.items() if y != x}, e.const)
    return others * -e.terms[x]


def _substituted(e: Linear, x: Any, value: Linear) -> Linear:
    factor = e.terms.get(x)
    return e if factor is None else Linear({y: c for y, c in e.terms.items() if y != x}, e.const) + value * factor


def _feasible(bounds: Iterable[Linear]) -> bool:
    """Fourier-Motzkin elimination: whether all the sums may be 0 or more."""
    system: dict[frozenset[tuple[Any, int]], Linear] = {}
    if not _add(system, bounds):
        return False
    while system:
        x = _cheapest(system)
        above = [e for e in system.values() if e.terms.get(x, 0) > 0]
        below = [e for e in system.values() if e.terms.get(x, 0) < 0]
        system = {key: e for key, e in system.items() if x not in e.terms}
        if not _add(system, (a * -b.terms[x] + b * a.terms[x] for a in above for b in below)):
            return False
        if len(system) > LARGEST:
            return True
    return True


def _add(system: dict[frozenset[tuple[Any, int]], Linear], bounds: Iterable[Linear]) -> bool:
    """Adds inequalities, tightened to integers; False where one cannot hold."""
    for e in bounds:
        divisor = reduce(gcd, e.terms.values(), 0)
        if not divisor:
            if e.const < 0:
                return False
            continue
        e = Linear({x: c // divisor for x, c in e.terms.items()}, e.const // divisor)
        key = frozenset(e.terms.items())
        if key not in system or system[key].const > e.const:
            system[key] = e
    return True


def _cheapest(system: dict[frozenset[tuple[Any, int]], Linear]) -> Any:
    """The variable whose elimination makes the fewest inequalities."""
    up: dict[Any, int] = {}
    down: dict[Any, int] = {}
    for e in system.values():
        for x, c in e.terms.items():
            side = up if c > 0 else down
            side[x] = side.get(x, 0) + 1
    names = dict.fromkeys((*up, *down))
    return min(names, key=lambda x: up.get(x, 0) * down.get(x, 0) - up.get(x, 0) - down.get(x, 0))
