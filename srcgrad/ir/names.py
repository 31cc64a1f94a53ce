"""The only maker of identifiers. Equal requests in equal order give equal names."""
from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable

RESERVED = frozenset(dir(builtins)) | frozenset(keyword.kwlist) | {"np", "math", "match", "case", "_"}


class Namer:
    """Makes names that collide with nothing.

    >>> namer = Namer(["x", "t"])
    >>> namer.fresh("t"), namer.fresh("b_x"), namer.fresh("sum"), namer.fresh("t")
    ('t_2', 'b_x', 'sum_2', 't_3')
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken: set[str] = set(taken)
        self.last: dict[str, int] = {}  # the number last given to a hint: no lower one has become free

    def reserve(self, names: Iterable[str]) -> None:
        """Marks names as used."""
        self.taken.update(names)

    def fresh(self, hint: str) -> str:
        """A new name: the hint itself if it is free, else with the lowest number that is."""
        name, count = hint, self.last.get(hint, 1)
        while name in self.taken or name in RESERVED:
            count += 1
            name = f"{hint}_{count}"
        self.taken.add(name)
        self.last[hint] = count
        return name
