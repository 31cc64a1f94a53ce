"""Array expressions that join several arrays or select between them."""
from __future__ import annotations

from tests.fuzz import arrays
from tests.fuzz.context import Expr, Gen, Shape


def joined(g: Gen, shape: Shape, depth: int) -> Expr | None:
    """concatenate or stack."""
    if not g.on("joining"):
        return None
    axis = g.rng.randrange(len(shape))
    length = shape[axis]
    if g.chance(0.4) and length <= 3 and len(shape) > 1:
        rest = shape[:axis] + shape[axis + 1:]
        parts = ", ".join(str(arrays.array(g, rest, depth - 2)) for _ in range(length))
        return Expr(f"np.stack([{parts}]" + (f", axis={axis})" if axis or g.chance(0.3) else ")"))
    if length < 2:
        return None
    cut = g.rng.randint(1, length - 1)
    sizes = [shape[:axis] + (n,) + shape[axis + 1:] for n in (cut, length - cut)]
    parts = ", ".join(str(arrays.array(g, size, depth - 1)) for size in sizes)
    brackets = g.pick(("[]", "()"))
    return Expr(f"np.concatenate({brackets[0]}{parts}{brackets[1]}" + (f", axis={axis})" if axis else ")"))


def selected(g: Gen, shape: Shape, depth: int) -> Expr | None:
    """where, maximum, minimum, clip between arrays and scalars."""
    if not g.on("select"):
        return None
    a, b = str(arrays.array(g, shape, depth - 1)), arrays.operand(g, shape, depth - 1)
    if g.chance(0.5):
        test = arrays.operand(g, shape, 0)
        if g.chance(0.3):
            a, b = b, a
        return Expr(f"np.where(({test}) {g.pick(('<', '>'))} ({arrays.operand(g, shape, 0)}), {a}, {b})")
    if g.chance(0.2):
        return Expr(f"np.clip({a}, {b}, 2.5)")
    return Expr(f"np.{g.pick(('maximum', 'minimum'))}({a}, {b})")
