"""Random scalar, int and bool expressions."""
from __future__ import annotations

from collections.abc import Callable

from tests.fuzz import arrays, calls
from tests.fuzz.context import Expr, Gen
from tests.fuzz.indexing import subscript

Production = Callable[[Gen, int], Expr | None]


# -------------------------------------------------------------------- numbers
def number(g: Gen, depth: int) -> Expr:
    """A real scalar: a float, a NumPy scalar or a 0-d array."""
    if depth <= 0:
        return leaf(g)
    for _ in range(5):
        found = g.weighted(NUMBERS)(g, depth)
        if found is not None:
            return found
    return leaf(g)


def leaf(g: Gen) -> Expr:
    """A scalar name, an element of an array, rarely a constant."""
    names = g.names(lambda t: t.kind == "num" or (t.kind == "arr" and t.shape == ()))
    if names and g.chance(0.7):
        return g.ref(g.choose(names))
    if g.chance(0.7):
        found = subscript(g, ()) or _sum(g, 0)
        if found is not None:
            return found
    ints = g.names(lambda t: t.kind == "int")
    if ints and g.chance(0.3):
        return Expr(g.pick(ints))
    return Expr(g.const())


def _binary(g: Gen, depth: int) -> Expr:
    op = g.pick(("+", "-", "*", "*"))
    return Expr(f"({number(g, depth - 1)}) {op} ({number(g, depth - 2)})")


def _divide(g: Gen, depth: int) -> Expr:
    return Expr(f"({number(g, depth - 1)}) / ({denominator(g, str(number(g, depth - 2)))})")


def denominator(g: Gen, text: str) -> str:
    """An expression that stays away from 0, or a plain constant or int."""
    return g.weighted(((3, f"({text}) * ({text}) + {g.positive()}"), (2, f"2.5 + np.cos({text})"),
                       (2, g.positive()), (1, str(g.rng.randint(2, 4)))))


def _power(g: Gen, depth: int) -> Expr:
    return power(g, str(number(g, depth - 1)), str(number(g, 0)))


def power(g: Gen, base: str, exponent: str) -> Expr:
    """Powers of all kinds: integer exponents at any base, others at positive ones, constant bases."""
    ints = [n for n, (low, high) in g.scope.index.items() if low >= 0 and high <= 4]
    forms = [(4.0, f"({base}) ** {g.rng.randint(2, 3)}"),
             (1.0, f"(({base}) * ({base}) + {g.positive()}) ** {g.pick((1.5, 0.5, -1, -0.7))}"),
             (1.0, f"(({base}) * ({base}) + {g.positive()}) ** np.tanh({exponent})"),
             (0.7, f"{g.positive()} ** np.sin({base})")]
    if ints:
        forms.append((2.0, f"({base}) ** {g.pick(ints)}"))
    return Expr(g.weighted(forms))


def _unary(g: Gen, depth: int) -> Expr:
    return arrays.function_of(g, str(number(g, depth - 1)))


def _sum(g: Gen, depth: int) -> Expr | None:
    """A full reduction of an array."""
    names = g.names(lambda t: t.kind == "arr" and t.shape != ())
    if not names:
        return None
    if depth > 1 and g.chance(0.4):
        text = str(arrays.array(g, g.shape(), depth - 1))
    else:
        text = g.choose(names)
    name = g.pick(("sum", "sum", "mean", "max", "min", "prod") if g.on("reductions") else ("sum",))
    if g.chance(0.4, "methods"):
        return Expr(f"({text}).{name}()")
    return Expr(f"np.{name}({text})")


def _element(g: Gen, depth: int) -> Expr | None:
    return subscript(g, ())


def _dot(g: Gen, depth: int) -> Expr | None:
    if not g.on("linalg"):
        return None
    n = g.pick(g.dims)
    a, b = arrays.array(g, (n,), depth - 2), arrays.array(g, (n,), depth - 2)
    return Expr(g.pick((f"({a}) @ ({b})", f"np.dot({a}, {b})")))


def _choice(g: Gen, depth: int) -> Expr | None:
    if not g.on("choice"):
        return None
    a, b = number(g, depth - 1), number(g, depth - 1)
    return Expr(f"({a}) if ({truth(g, depth - 1)}) else ({b})", a.roots | b.roots)


def _builtin(g: Gen, depth: int) -> Expr | None:
    a, b = number(g, depth - 1), number(g, depth - 2)
    free = [f for f in ("max", "min", "abs") if f not in g.scope.types]
    if not free or not g.on("select"):
        return None
    name = g.pick(free)
    return Expr(f"{name}({a})" if name == "abs" else f"{name}({a}, {b})", a.roots | b.roots)


def _item(g: Gen, depth: int) -> Expr | None:
    names = g.names(lambda t: t.kind in ("list", "tuple") and any(i.kind == "num" for i in t.items))
    return calls.item(g, g.pick(names), "num", ()) if names else None


def _of_int(g: Gen, depth: int) -> Expr:
    return Expr(f"({integer(g)}) * ({number(g, depth - 1)})")


NUMBERS: list[tuple[float, Production]] = [
    (5, _binary), (2, _divide), (1.5, _power), (3, _unary), (3, _sum), (2, _element), (1.5, _dot), (1.2, _choice),
    (0.6, _builtin), (0.8, _item), (0.7, _of_int), (1.6, lambda g, d: calls.call(g, None, d)),
]


# -------------------------------------------------------------------- ints and truth values
def integer(g: Gen) -> Expr:
    """A small int."""
    ints = g.names(lambda t: t.kind == "int")
    arrs = g.names(lambda t: t.kind == "arr" and t.shape != ())
    forms = [(1.0, str(g.rng.randint(1, 3)))]
    if ints:
        forms += [(3.0, g.pick(ints)), (1.0, f"{g.pick(ints)} + 1"), (0.5, f"{g.pick(ints)} % 2")]
    if arrs and g.on("methods"):
        name = g.pick(arrs)
        forms += [(0.6, f"{name}.size"), (0.6, f"{name}.shape[{g.pick((0, -1))}]"), (0.3, f"{name}.ndim")]
        if "len" not in g.scope.types:
            forms.append((0.4, f"len({name})"))
    return Expr(g.weighted(forms))


def truth(g: Gen, depth: int) -> Expr:
    """A bool: comparisons of scalars and ints, joined by and, or, not."""
    if depth > 1 and g.chance(0.25, "boolean"):
        a, b = truth(g, depth - 1), truth(g, depth - 1)
        return Expr(g.pick((f"({a}) and ({b})", f"({a}) or ({b})", f"not ({a})")))
    if g.names(lambda t: t.kind == "int") and g.chance(0.35):
        return Expr(f"{integer(g)} {g.pick(('<', '<=', '==', '!=', '>', '>='))} {g.rng.randint(0, 3)}")
    compare = g.pick(("<", ">", "<=", ">="))
    if g.chance(0.15, "boolean"):
        names = g.names(lambda t: t.kind == "arr" and t.shape != ())
        if names:
            return Expr(f"np.{g.pick(('any', 'all'))}({g.choose(names)} {compare} {g.const()})")
        return Expr(f"{g.const()} < {number(g, 0)} < {g.positive()}")
    return Expr(f"({number(g, min(depth, 1))}) {compare} ({number(g, 0)})")
