"""Calls of generated helpers and lambdas, and items of containers."""
from __future__ import annotations

from tests.fuzz import arrays, scalars
from tests.fuzz.context import Expr, Gen, Helper, Shape, Type
from tests.fuzz.indexing import subscript

Lines = list[str]


def call(g: Gen, shape: Shape | None, depth: int) -> Expr | None:
    """A call that gives an array of this shape, or a scalar where the shape is None."""
    if g.scope.lambdas and g.chance(0.4):
        return _lambda_call(g, shape, depth)
    if g.chance(0.12, "lambdas"):
        body = arrays.function_of(g, "e_1").text + g.pick((" * e_1", " + 0.5", " - e_1"))
        return Expr(f"(lambda e_1: {body})({_argument(g, shape, depth)})")
    fits = [h for h in g.helpers if _result_fits(h, shape)]
    return helper_call(g, g.pick(fits), shape, depth) if fits and g.on("helpers") else None


def _result_fits(helper: Helper, shape: Shape | None) -> bool:
    if helper.result is None:
        return True
    if shape is None:
        return helper.result.kind == "num"
    return helper.result.kind == "arr" and helper.result.shape == shape


def _lambda_call(g: Gen, shape: Shape | None, depth: int) -> Expr:
    name = g.pick(g.scope.lambdas)
    args = [_argument(g, shape, depth)]
    args += [_argument(g, None, depth - 1) for _ in range(g.scope.lambdas[name] - 1)]
    return Expr(f"{name}({', '.join(args)})")


def _argument(g: Gen, shape: Shape | None, depth: int) -> str:
    return str(scalars.number(g, depth - 1) if shape is None else arrays.array(g, shape, depth - 1))


def helper_call(g: Gen, helper: Helper, shape: Shape | None, depth: int) -> Expr:
    """A call with positional, keyword and omitted arguments. The result may be one of the arguments."""
    given = len(helper.params)
    if helper.defaults and g.chance(0.5):
        given -= g.rng.randint(1, helper.defaults)
    texts, roots, keyword = [], frozenset[str](), False
    for number, (name, kind) in enumerate(helper.params[:given]):
        value = _value(g, kind, shape if number == 0 else None, depth)
        if g.on("stores") and value.roots & set(g.constants):
            value = Expr(f"({value}) + 0.0")                      # the helper may write to it
        roots |= value.roots
        keyword = keyword or g.chance(0.3, "defaults")
        texts.append(f"{name}={value}" if keyword else str(value))
    return Expr(f"{helper.name}({', '.join(texts)})", roots)


def _value(g: Gen, kind: Type | None, shape: Shape | None, depth: int) -> Expr:
    if kind is not None and kind.kind == "int":
        return Expr(f"({scalars.integer(g)}) % 4")                # the helper may call itself so many times
    wanted = shape if kind is None else kind.shape if kind.kind == "arr" else None
    if wanted is not None:
        return arrays.array(g, wanted, depth - 1)
    found = scalars.number(g, depth - 1)
    return Expr(f"({found}) + 0.0") if found.roots else found     # the helper may augment a scalar parameter


def writer_call(g: Gen, level: int) -> Lines | None:
    """A call for its effect, on arrays of the program or sections of them."""
    if not g.writers:
        return None
    helper = g.pick(g.writers)
    texts = []
    for number, (_, kind) in enumerate(helper.params):
        assert kind is not None
        fits = [n for n, t in g.scope.types.items() if t == kind] if kind.kind == "arr" else []
        found = subscript(g, kind.shape) if kind.kind == "arr" and (not fits or g.chance(0.3)) else None
        if found is not None and found.roots & set(g.constants):
            found = None
        if number == 0 and not fits and found is None:
            return None
        whole = arrays.array(g, kind.shape, 2) if kind.kind == "arr" else scalars.number(g, 2)
        if whole.roots & set(g.constants):
            whole = Expr(f"({whole}) + 0.0")
        texts.append(str(found or (g.pick(fits) if fits and (number == 0 or g.chance(0.6)) else whole)))
    call = f"{helper.name}({', '.join(texts)})"
    if helper.result is not None and not g.deep() and g.chance(0.5):
        name = g.fresh_name()
        g.scope.types[name] = helper.result
        g.scope.active.add(name)
        return [f"{name} = {call}"]
    return [call]


def item(g: Gen, name: str, kind: str, shape: Shape) -> Expr | None:
    """An item of a list or tuple that has this kind and shape."""
    held = g.type_of(name)
    if held.kind == "list":
        if held.count < 1:
            return None
        place = g.rng.randint(-held.count, held.count - 1)
    else:
        fits = [i for i, t in enumerate(held.items) if t.kind == kind and t.shape == shape]
        place = g.pick(fits) - (len(held.items) if g.chance(0.3) else 0)
    return Expr(f"{name}[{place}]", frozenset({name}))
