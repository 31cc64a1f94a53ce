"""What the generator knows while it writes a function: names, types, and who may share memory with whom."""
from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Type:
    """kind: "num" (any real scalar), "arr" (has methods and a shape), "int", "list" (`count` times `items[0]`),
    "tuple" (one of each of `items`)."""

    kind: str
    shape: Shape = ()
    items: tuple[Type, ...] = ()
    count: int = 0


NUM, INT = Type("num"), Type("int")


def arr(*shape: int) -> Type:
    """An array of this shape."""
    return Type("arr", shape)


@dataclass(frozen=True)
class Expr:
    """Text of an expression, and the names whose memory its value may share."""

    text: str
    roots: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.text


@dataclass
class Helper:
    """A generated function: types of its parameters (None: any, elementwise) and of its result."""

    name: str
    params: tuple[tuple[str, Type | None], ...]
    defaults: int
    result: Type | None


@dataclass
class Scope:
    """The names of one function. `shared` names may alias others and are never augmented; `augmented` are never
    aliased; both hold for the whole function, so that loops change nothing about them."""

    types: dict[str, Type] = field(default_factory=dict)
    index: dict[str, tuple[int, int]] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    augmented: set[str] = field(default_factory=set)
    fixed: list[dict[str, Type]] = field(default_factory=list)
    lambdas: dict[str, int] = field(default_factory=dict)
    active: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)       # containers that are arguments: read only
    captured: dict[str, Type] = field(default_factory=dict)  # of nested functions: they keep their types
    loops: int = 0
    branches: int = 0
    returns: Type | None = None

    def snapshot(self) -> tuple[dict[str, Type], dict[str, tuple[int, int]], dict[str, int]]:
        return dict(self.types), dict(self.index), dict(self.lambdas)

    def restore(self, state: tuple[dict[str, Type], dict[str, tuple[int, int]], dict[str, int]]) -> None:
        self.types, self.index, self.lambdas = dict(state[0]), dict(state[1]), dict(state[2])


LOCALS = ("y", "z", "u", "v", "w", "p", "q", "r", "a", "b", "c", "h", "m", "acc", "total")
COLLIDING = ("tape", "b_x", "d_x", "np_", "cond", "out", "b_y", "b_out_2", "y_in", "seed", "zeros_like", "unbroadcast",
             "tape_2", "d_y", "b_t", "trips", "result", "value", "operator", "srcgrad", "math", "pullback")
SHADOWS = ("sum", "abs", "max", "len", "list", "float", "id", "input", "type")
LOOP_VARS = ("i", "j", "k", "t", "step")


class Gen:
    """The generator's state: a source of choices, the features, the scope, and what the module offers."""

    def __init__(self, rng: random.Random, features: frozenset[str]) -> None:
        self.rng = rng
        self.features = features
        self.scope = Scope()
        self.helpers: list[Helper] = []
        self.writers: list[Helper] = []
        self.model: dict[str, Type] = {}   # the attributes of the class
        self.constants: dict[str, Type] = {}
        self.dims: Sequence[int] = rng.sample((1, 2, 3, 4, 5), 3)
        self.budget = 0
        self.counters: list[str] = []      # of the while loops around the place being written

    # ---------------------------------------------------------------- choices
    def on(self, feature: str) -> bool:
        return feature in self.features

    def chance(self, p: float, feature: str | None = None) -> bool:
        """True with probability p, and only if the feature is on."""
        return self.rng.random() < p and (feature is None or self.on(feature))

    def pick(self, items: Iterable[T]) -> T:
        return self.rng.choice(list(items))

    def weighted(self, table: Sequence[tuple[float, T]]) -> T:
        return self.rng.choices([item for _, item in table], [weight for weight, _ in table])[0]

    def const(self) -> str:
        """A float literal that hides nothing: not 0, 1 or 2."""
        return repr(round(self.rng.choice((-1, 1)) * self.rng.uniform(0.15, 1.9), 2) or 0.37)

    def positive(self) -> str:
        return repr(round(self.rng.uniform(0.3, 1.8), 2))

    def shape(self, most: int = 2) -> Shape:
        """A shape of at least one dimension."""
        return tuple(self.pick(self.dims) for _ in range(self.rng.randint(1, most)))

    def in_while(self) -> bool:
        return bool(self.counters)

    # ---------------------------------------------------------------- names
    def names(self, test: Callable[[Type], bool]) -> list[str]:
        """Local names and globals whose type passes the test."""
        found = [n for n, t in self.scope.types.items() if test(t)]
        return found + [n for n, t in self.constants.items() if test(t) and n not in self.scope.types]

    def type_of(self, name: str) -> Type:
        return self.scope.types.get(name) or self.constants[name]

    def choose(self, names: Iterable[str]) -> str:
        """One of the names, mostly one that depends on the parameters."""
        names = list(names)
        active = [n for n in names if n in self.scope.active]
        return self.pick(active if active and self.chance(0.8) else names)

    def ref(self, name: str) -> Expr:
        """A read of a name; arrays and containers share memory with it."""
        kind = self.type_of(name).kind
        return Expr(name, frozenset({name}) if kind in ("arr", "list", "tuple") else frozenset())

    def fresh_name(self) -> str:
        """A name that nothing uses, rarely one of the awkward ones."""
        if self.chance(0.12, "shadow"):
            pool: Sequence[str] = SHADOWS
        else:
            pool = COLLIDING if self.chance(0.2, "collide") else LOCALS
        taken = set(self.scope.types) | set(self.constants) | set(self.scope.lambdas) | {h.name for h in self.helpers}
        taken |= self.scope.shared | self.scope.augmented
        free = [n for n in pool if n not in taken]
        return self.pick(free) if free else f"v{self.rng.randint(10, 999)}"

    def target(self, kind: Type) -> str:
        """A name to bind to a value of this type: an existing one where that is allowed, or a new one."""
        free = [n for n in self.scope.types if self.may_bind(n, kind)]
        return self.pick(free) if free and self.chance(0.45) else self.fresh_name()

    def may_bind(self, name: str, kind: Type) -> bool:
        """Loops keep the types of names that come from outside; the counters of while loops are theirs."""
        if name in self.counters or self.scope.captured.get(name, kind) != kind:
            return False
        if "." in name or "[" in name:     # attributes and items keep their types
            return self.scope.types[name] == kind
        if self.scope.types[name].kind in ("list",) and self.scope.loops:
            return False
        return all(frame.get(name, kind) == kind for frame in self.scope.fixed)

    def bind(self, name: str, kind: Type, value: Expr) -> Expr:
        """Records a binding; the value is made fresh where an alias is not allowed."""
        aliased = value.roots & (set(self.scope.types) | set(self.constants))
        if aliased and (kind.kind == "num" or self.apart({name, *aliased})):
            value = Expr(f"({value}) + 0.0") if kind.kind in ("num", "arr") else value
            aliased = frozenset()
        if aliased:
            self.scope.shared |= {name, *aliased}
        self.scope.types[name] = kind
        if self.scope.active & set(re.findall(r"\w+", value.text)):
            self.scope.active.add(name)
        self.scope.index.pop(name, None)
        self.scope.lambdas.pop(name, None)
        return value

    def apart(self, names: Iterable[str]) -> bool:
        """Whether names that may not share memory are among these: globals where arrays are written to, augmented names
        where that is the only write."""
        if self.on("stores"):
            return bool(set(names) & set(self.constants)) or self.deep() and not self.chance(0.3, "maybe")
        return bool(set(names) & self.scope.augmented)

    def deep(self) -> bool:
        """The place being written may be passed several times, or not at all."""
        return self.scope.loops > 0 or self.scope.branches > 0

    def hold(self, value: Expr) -> Expr:
        """A value that is put into a container: what it shares memory with is shared from now on."""
        if self.apart(value.roots):
            return Expr(f"({value}) + 0.0")
        self.scope.shared |= value.roots
        return value

    @contextmanager
    def loop(self) -> Iterator[None]:
        """Within it, names from outside keep their types."""
        self.scope.fixed.append(dict(self.scope.types))
        self.scope.loops += 1
        try:
            yield
        finally:
            self.scope.loops -= 1
            self.scope.fixed.pop()

    def join(self, *states: Any) -> None:
        """After branches: the names that have the same type in all of them."""
        types, index, lambdas = states[0]
        for state in states[1:]:
            types = {n: t for n, t in types.items() if state[0].get(n) == t}
            index = {n: r for n, r in index.items() if state[1].get(n) == r}
            lambdas = {n: k for n, k in lambdas.items() if state[2].get(n) == k}
        self.scope.restore((types, index, lambdas))
