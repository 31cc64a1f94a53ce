"""Subscripts that turn an array of one shape into another."""
from __future__ import annotations

from functools import cache

from tests.fuzz.context import Expr, Gen, Shape


@cache
def slices(size: int, length: int) -> tuple[str, ...]:
    """Texts of slices of an axis of this size that have this length."""
    ends = [None, *range(-size, size + 1)]
    found = []
    for step in (None, 2, -1, -2):
        for start in ends:
            for stop in ends:
                if len(range(*slice(start, stop, step).indices(size))) == length:
                    found.append(_text(start, stop, step))
    return tuple(sorted(set(found), key=lambda s: (len(s), s)))


def _text(*parts: int | None) -> str:
    start, stop, step = ("" if p is None else str(p) for p in parts)
    return f"{start}:{stop}" + (f":{step}" if step else "")


def position(g: Gen, size: int) -> str:
    """An int subscript that lies within an axis of this size."""
    inside = [n for n, (low, high) in g.scope.index.items() if -size <= low and high < size]
    if inside and g.chance(0.5):
        return g.pick(inside)
    ints = g.names(lambda t: t.kind == "int")
    if ints and g.chance(0.25):
        return f"{g.pick(ints)} % {size}"
    return str(g.rng.randint(-size, size - 1))


def subscript(g: Gen, shape: Shape) -> Expr | None:
    """An element or a section of some array, of the shape asked for; None where there is none."""
    if not g.on("index"):
        return None
    names = g.names(lambda t: t.kind == "arr" and 0 < len(t.shape) <= 3)
    g.rng.shuffle(names)
    names.sort(key=lambda n: n not in g.scope.active and g.chance(0.8))
    for name in names:
        key = _key(g, g.type_of(name).shape, shape)
        if key is not None:
            return Expr(f"{name}[{key}]", frozenset({name}) if shape else frozenset())
    return None


def _key(g: Gen, source: Shape, target: Shape) -> str | None:
    """Drops axes by ints, shortens others by slices, adds axes of length 1; None where that cannot be done."""
    added = 0
    if target and 1 in target and len(target) > len(source) and g.on("slices"):
        added = len(target) - len(source)
    if len(target) - added > len(source) or (target and not g.on("slices")):
        return None
    drop = len(source) - (len(target) - added)
    dropped = set(g.rng.sample(range(len(source)), drop))
    parts, wanted = [], list(target)
    for axis, size in enumerate(source):
        while added and wanted and wanted[0] == 1:
            parts.append("None")
            wanted.pop(0)
            added -= 1
        if axis in dropped:
            parts.append(position(g, size))
        elif wanted and 0 < wanted[0] <= size:
            parts.append(_slice(g, size, wanted.pop(0)))
        else:
            return None
    parts += ["None"] * added if wanted == [1] * added else []
    if len(wanted) != added:
        return None
    while len(parts) > 1 and parts[-1] == ":" and g.chance(0.7):
        parts.pop()
    return ", ".join(parts)


def _slice(g: Gen, size: int, length: int) -> str:
    texts = slices(size, length)
    short = [t for t in texts if len(t) <= 3]
    return g.pick(short if short and g.chance(0.6) else texts)
