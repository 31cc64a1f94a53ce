"""Random array expressions of a given shape."""
from __future__ import annotations

from collections.abc import Callable

from tests.fuzz import calls, joining, scalars
from tests.fuzz.context import Expr, Gen, Shape, arr
from tests.fuzz.indexing import subscript

Production = Callable[[Gen, Shape, int], Expr | None]

PLAIN = ("np.tanh({0})", "np.sin({0})", "np.cos({0})", "np.arctan({0})", "np.square({0})", "-({0})", "+({0})",
         "np.exp(-np.abs({0}))", "np.exp(np.tanh({0}))", "np.exp(-({0}) * ({0}))", "np.log(({0}) * ({0}) + {c})",
         "np.sqrt(({0}) ** 2 + {c})", "np.log1p(np.square({0}))", "1.0 / (1.0 + np.exp(-({0})))",
         "np.sinh(np.sin({0}))", "np.cosh(np.tanh({0}))", "np.expm1(np.tanh({0}))", "np.negative({0})",
         "np.logaddexp({0}, {c})", "np.hypot({0}, {c})", "np.arctan2({0}, {c})", "np.multiply({0}, {c})",
         "np.reciprocal({c} + ({0}) ** 2)")
KINKED = ("np.abs({0})", "np.maximum({0}, {d})", "np.minimum({d}, {0})", "np.sign({0}) * ({0})", "abs({0})",
          "np.clip({0}, -{c}, {c})", "np.where(({0}) > {d}, {0}, {d})", "({0}) % {c}", "np.maximum({0}, 0.0)")


def function_of(g: Gen, text: str) -> Expr:
    """An elementwise function that is tame at every argument."""
    form = g.pick(KINKED) if g.chance(0.2, "select") else g.pick(PLAIN)
    if form.startswith("abs") and "abs" in g.scope.types:
        form = PLAIN[0]
    return Expr(form.format(text, c=g.positive(), d=g.const()))


def array(g: Gen, shape: Shape, depth: int) -> Expr:
    """An expression of this shape; of shape () one that has the methods of an array."""
    if shape == ():
        return Expr(f"np.sum({scalars.number(g, depth)})")
    if depth <= 0:
        return leaf(g, shape)
    for _ in range(6):
        found = g.weighted(ARRAYS)(g, shape, depth)
        if found is not None:
            return found
    return leaf(g, shape)


def leaf(g: Gen, shape: Shape) -> Expr:
    """A name of this shape, a section of a larger array, or something made up."""
    names = g.names(lambda t: t.kind == "arr" and t.shape == shape)
    if names and g.chance(0.85):
        return g.ref(g.choose(names))
    found = subscript(g, shape) if g.chance(0.8) else None
    if found is None:
        found = g.pick((_made, _reshaped, _spread, _outer_sum))(g, shape, 1)
    return found or _made(g, shape, 1)


def _made(g: Gen, shape: Shape, depth: int) -> Expr:
    """A constant array, mostly times a scalar."""
    text = str(shape[0]) if len(shape) == 1 and g.chance(0.5) else repr(shape)
    if g.chance(0.2):
        return Expr(f"np.full({text}, {scalars.number(g, 0)})")
    if g.chance(0.3) and len(shape) == 1:
        factor = scalars.leaf(g)           # times a constant, the oracle would not make a buffer of an int array
        return Expr(f"np.arange({shape[0]}{'' if factor.text in g.scope.active else '.0'}) * ({factor})")
    return Expr(f"np.{g.pick(('ones', 'zeros'))}({text}) + ({scalars.leaf(g)})")


def _outer_sum(g: Gen, shape: Shape, depth: int) -> Expr | None:
    names = g.names(lambda t: t.kind == "arr" and t.shape == shape[-1:])
    if len(shape) != 2 or not names or not g.on("slices"):
        return None
    column = g.names(lambda t: t.kind == "arr" and t.shape == shape[:1])
    return Expr(f"{g.choose(column)}[:, None] * {g.choose(names)}") if column else None


def _spread(g: Gen, shape: Shape, depth: int) -> Expr | None:
    """A smaller array blown up by broadcasting."""
    names = g.names(lambda t: t.kind == "arr" and t.shape != () and broadcasts(t.shape, shape))
    if not names or not g.on("broadcast"):
        return None
    return Expr(f"{g.choose(names)} * np.ones({shape!r})")


def broadcasts(shape: Shape, target: Shape) -> bool:
    """Whether an array of `shape` broadcasts to `target`."""
    tail = target[len(target) - len(shape):]
    return len(shape) <= len(target) and all(a in (1, b) for a, b in zip(shape, tail))


def smaller(g: Gen, shape: Shape) -> Shape:
    """A shape that broadcasts to this one."""
    shape = shape[g.rng.randint(0, len(shape)):]
    return tuple(1 if g.chance(0.3) else n for n in shape)


def operand(g: Gen, shape: Shape, depth: int) -> str:
    """Something that broadcasts to the shape: an array of it, a smaller one, or a scalar."""
    if g.chance(0.25):
        return str(scalars.number(g, depth - 1))
    if g.chance(0.3, "broadcast"):
        shape = smaller(g, shape)
    return str(array(g, shape, depth - 1) if shape else scalars.number(g, depth - 1))


def _binary(g: Gen, shape: Shape, depth: int) -> Expr:
    a, b = str(array(g, shape, depth - 1)), operand(g, shape, depth - 1)
    if g.chance(0.2):
        return Expr(f"({a}) / ({scalars.denominator(g, b)})")
    if g.chance(0.3):
        a, b = b, a
    return Expr(f"({a}) {g.pick(('+', '-', '*', '*'))} ({b})")


def _power(g: Gen, shape: Shape, depth: int) -> Expr:
    return scalars.power(g, str(array(g, shape, depth - 1)), operand(g, shape, 0))


def _unary(g: Gen, shape: Shape, depth: int) -> Expr:
    return function_of(g, str(array(g, shape, depth - 1)))


def _section(g: Gen, shape: Shape, depth: int) -> Expr | None:
    return subscript(g, shape)


def _reduction(g: Gen, shape: Shape, depth: int) -> Expr | None:
    """A reduction along one axis, with or without keepdims."""
    if not g.on("reductions") or len(shape) > 2:
        return None
    ones = [axis for axis, n in enumerate(shape) if n == 1]
    keep = bool(ones) and g.chance(0.7)
    if not keep and len(shape) > 1:
        return None
    axis = g.pick(ones) if keep else g.rng.randint(0, len(shape))
    extra = (g.pick(g.dims),)
    inner = shape[:axis] + extra + shape[axis + 1 if keep else axis:]
    text = str(array(g, inner, depth - 1))
    name = g.pick(("sum", "sum", "mean", "max", "min", "prod"))
    options = f"axis={axis - len(inner) if g.chance(0.3) else axis}" + (", keepdims=True" if keep else "")
    return Expr(f"({text}).{name}({options})" if g.chance(0.5, "methods") else f"np.{name}({text}, {options})")


def _product(g: Gen, shape: Shape, depth: int) -> Expr | None:
    """A matrix product of this shape."""
    if not g.on("linalg"):
        return None
    k = g.pick(g.dims)
    if len(shape) == 2:
        left, right = (shape[0], k), (k, shape[1])
        if g.chance(0.2):
            return Expr(f"np.outer({array(g, shape[:1], depth - 2)}, {array(g, shape[1:], depth - 2)})")
    elif len(shape) == 1:
        left, right = g.pick((((shape[0], k), (k,)), ((k,), (k, shape[0]))))
    else:
        return None
    a, b = array(g, left, depth - 2), array(g, right, depth - 2)
    forms = [f"({a}) @ ({b})", f"np.dot({a}, {b})"] + ([f"({a}).dot({b})"] if g.on("methods") else [])
    return Expr(g.pick(forms))


def _reshaped(g: Gen, shape: Shape, depth: int) -> Expr | None:
    """A reshape or transpose of some array of the same size."""
    if not g.on("methods"):
        return None
    if len(shape) == 2 and g.chance(0.5) and depth > 0:
        inner = array(g, shape[::-1], depth - 1)
        return Expr(g.pick((f"({inner}).T", f"np.transpose({inner})")), inner.roots)
    size = _size(shape)
    names = g.names(lambda t: t.kind == "arr" and t.shape not in ((), shape) and _size(t.shape) == size)
    if not names:
        return None
    name = g.choose(names)
    text = ", ".join(map(str, (-1, *shape[1:]) if g.chance(0.2) else shape))
    forms = [f"{name}.reshape({text})", f"np.reshape({name}, ({text},))", f"{name}.reshape(({text},))"]
    if len(shape) == 1:
        forms += [f"{name}.ravel()", f"np.ravel({name})", f"{name}.flatten()"]
    return Expr(g.pick(forms), frozenset({name}))


def _size(shape: Shape) -> int:
    size = 1
    for n in shape:
        size *= n
    return size


def _choice(g: Gen, shape: Shape, depth: int) -> Expr | None:
    if not g.on("choice"):
        return None
    a, b = array(g, shape, depth - 1), array(g, shape, depth - 1)
    return Expr(f"({a}) if ({scalars.truth(g, depth - 1)}) else ({b})", a.roots | b.roots)


def _item(g: Gen, shape: Shape, depth: int) -> Expr | None:
    wanted = arr(*shape)
    names = g.names(lambda t: t.kind in ("list", "tuple") and wanted in t.items)
    return calls.item(g, g.pick(names), "arr", shape) if names else None


ARRAYS: list[tuple[float, Production]] = [
    (6, _binary), (3, _unary), (1.2, _power), (2, _section), (2, _reduction), (2, _product), (1.2, _reshaped),
    (1, _choice), (0.8, _item), (1, lambda g, s, d: joining.joined(g, s, d)),
    (1, lambda g, s, d: joining.selected(g, s, d)), (1.6, lambda g, s, d: calls.call(g, s, d)), (0.5, _spread),
]
