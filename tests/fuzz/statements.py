"""Random statements without control flow."""
from __future__ import annotations

from collections.abc import Callable

from tests.fuzz import arrays, calls, scalars
from tests.fuzz.context import INT, NUM, Expr, Gen, Type, arr

Lines = list[str]
Statement = Callable[[Gen, int], Lines | None]


def some_type(g: Gen) -> Type:
    """The type of a new value."""
    return g.weighted(((4, NUM), (6, arr(*g.shape())), (0.3, arr(1)), (0.3, arr(*g.shape(), 1))))


def value(g: Gen, kind: Type, depth: int = 3) -> Expr:
    """An expression of this type."""
    if kind.kind == "int":
        return scalars.integer(g)
    return scalars.number(g, depth) if kind.kind == "num" else arrays.array(g, kind.shape, depth)


def assign(g: Gen, level: int) -> Lines:
    """`name = expression`."""
    kind = some_type(g)
    name = g.target(kind)
    text = g.bind(name, kind, value(g, kind))
    return [f"{name} = {text}"]


def assign_int(g: Gen, level: int) -> Lines:
    name = g.target(INT)
    return [f"{name} = {g.bind(name, INT, scalars.integer(g))}"]


def alias(g: Gen, level: int) -> Lines | None:
    """`name = other`, also of several names at once."""
    names = [n for n in g.names(lambda t: t.kind in ("num", "arr")) if n not in g.scope.augmented and n.isidentifier()]
    if not names:
        return None
    other = g.pick(names)
    kind = g.type_of(other)
    name = g.target(kind)
    text = g.bind(name, kind, g.ref(other))
    if g.chance(0.2):
        second = g.target(kind)
        if second != name and not (kind.kind == "arr" and g.apart({name})):
            text = g.bind(second, kind, Expr(text.text, frozenset({name, *text.roots})))
            return [f"{name} = {second} = {text}"] if name not in g.scope.augmented else [f"{name} = {text}"]
    return [f"{name} = {text}"]


def augment(g: Gen, level: int) -> Lines | None:
    """`name op= expression`: scalars, and arrays that share memory with nothing."""
    if not g.on("augmented"):
        return None
    # an array that was bound to an alias anywhere, or that a helper may hold, is never augmented
    names = [n for n, t in g.scope.types.items()
             if (n not in g.scope.shared and t.kind in ("num", "int"))
             or (t.kind == "arr" and t.shape and (g.on("stores") or n not in g.scope.shared))]
    if not names:
        return None
    name = g.pick(names)
    kind = g.scope.types[name]
    if kind.kind == "int":
        g.scope.index.pop(name, None)
        return [f"{name} {g.pick(('+=', '-='))} {scalars.integer(g)}"]
    op = g.pick(("+=", "+=", "-=", "*="))
    text = str(scalars.number(g, 2)) if kind.kind == "num" else arrays.operand(g, kind.shape, 2)
    if g.chance(0.15):
        op, text = "/=", scalars.denominator(g, text)
    elif g.chance(0.1):
        op, text = "**=", "2"
    if kind.kind == "arr" and not g.on("stores"):
        g.scope.augmented.add(name)
    return [f"{name} {op} {text}"]


def unpack(g: Gen, level: int) -> Lines | None:
    """`a, b = e1, e2`, in brackets of all kinds."""
    if not g.on("tuples"):
        return None
    kinds = [some_type(g), some_type(g)]
    values = [value(g, kind, 2) for kind in kinds]
    names = [g.target(kinds[0]), g.target(kinds[1])]
    if names[0] == names[1]:
        return None
    texts = [g.bind(n, k, g.hold(v)) for n, k, v in zip(names, kinds, values)]
    form = g.pick(("{0}, {1} = {2}, {3}", "({0}, {1}) = ({2}, {3})", "[{0}, {1}] = [{2}, {3}]"))
    return [form.format(*names, *(f"({t})" for t in texts))]


def swap(g: Gen, level: int) -> Lines | None:
    """`a, b = b, a`, also with an expression on the way."""
    names = [n for n, t in g.scope.types.items() if t.kind in ("num", "arr") and n not in g.scope.augmented]
    if len(names) < 2 or not g.on("tuples"):
        return None
    a, b = g.rng.sample(names, 2)
    kinds = g.scope.types[a], g.scope.types[b]
    if not (g.may_bind(a, kinds[1]) and g.may_bind(b, kinds[0])):
        return None
    g.scope.shared |= {a, b}
    g.scope.types[a], g.scope.types[b] = kinds[1], kinds[0]
    if g.chance(0.4):
        return [f"{a}, {b} = {b}, {a} * {g.const()}"]
    return [f"{a}, {b} = {b}, {a}"]


def tuple_value(g: Gen, level: int) -> Lines | None:
    """A tuple in a name, later unpacked or indexed."""
    if not g.on("tuples"):
        return None
    held = [(n, t) for n, t in g.scope.types.items() if t.kind == "tuple"]
    if held and g.chance(0.5):
        name, kind = g.pick(held)
        targets = [g.fresh_name() for _ in kind.items]
        if len(set(targets)) < len(targets):
            return None
        for target, item in zip(targets, kind.items):
            g.scope.types[target] = item
            g.scope.shared.add(target)
        return [f"{', '.join(targets)} = {name}"]
    kinds = tuple(some_type(g) for _ in range(g.rng.randint(2, 3)))
    name = g.fresh_name()
    texts = [f"({g.hold(value(g, kind, 2))})" for kind in kinds]
    g.scope.types[name] = Type("tuple", items=kinds)
    g.scope.shared.add(name)
    return [f"{name} = ({', '.join(texts)})"]


def helper_unpack(g: Gen, level: int) -> Lines | None:
    """`a, b = helper(...)`."""
    fits = [h for h in g.helpers if h.result is not None and h.result.kind == "tuple"]
    if not fits or not g.on("helpers"):
        return None
    helper = g.pick(fits)
    call = calls.helper_call(g, helper, None, 2)
    assert helper.result is not None
    names = [g.target(kind) for kind in helper.result.items]
    if len(set(names)) < len(names) or set(names) & g.scope.augmented or call.roots & g.scope.augmented:
        return None
    for name, kind in zip(names, helper.result.items):
        g.bind(name, kind, Expr("", call.roots & frozenset()))
        g.scope.shared.add(name)
    g.scope.shared |= call.roots
    return [f"{', '.join(names)} = {call}"]


def lambda_value(g: Gen, level: int) -> Lines | None:
    """`f = lambda a, b: ...`, which may capture names; elementwise, so that its result is fresh."""
    if not g.on("lambdas") or g.scope.loops > 1:
        return None
    name = g.pick([n for n in ("fn", "gn", "act", "phi") if n not in g.scope.types])
    count = g.rng.randint(1, 2)
    captured = [n for n in g.names(lambda t: t.kind == "num") if n.isidentifier()]
    body = arrays.function_of(g, "e_1" if count == 1 else "e_1 * e_2").text
    tail = g.pick(captured) if captured and g.chance(0.5) else g.const()
    if tail in g.scope.types:
        g.scope.captured[tail] = NUM
    g.scope.lambdas[name] = count
    return [f"{name} = lambda {', '.join(('e_1', 'e_2')[:count])}: {body} * {tail}"]


def list_value(g: Gen, level: int) -> Lines | None:
    """A list is made, grows, or gives an item back."""
    if not g.on("lists"):
        return None
    held = [(n, t) for n, t in g.scope.types.items() if t.kind == "list" and n not in g.scope.given
            and g.may_bind(n, Type("list"))]
    if not held or g.chance(0.3):
        kind = g.pick((NUM, arr(*g.shape(1)), some_type(g)))
        name, count = g.fresh_name(), g.rng.randint(0, 2)
        texts = [f"({g.hold(value(g, kind, 2))})" for _ in range(count)]
        g.scope.types[name] = Type("list", items=(kind,), count=count)
        g.scope.shared.add(name)
        return [f"{name} = [{', '.join(texts)}]"]
    name, kind = g.pick(held)
    return list_step(g, name, kind)


def list_step(g: Gen, name: str, kind: Type) -> Lines | None:
    """append or pop, outside loops and with the length known."""
    item = kind.items[0]
    if kind.count and g.chance(0.4):
        target = g.target(item)
        if target in g.scope.augmented or target == name:
            return None
        key = g.pick(("", "", "-1"))  # from another place it is refused for now
        g.bind(target, item, Expr(""))
        g.scope.shared.add(target)
        g.scope.types[name] = Type("list", items=kind.items, count=kind.count - 1)
        return [f"{target} = {name}.pop({key})"]
    text = g.hold(value(g, item, 2))
    g.scope.types[name] = Type("list", items=kind.items, count=kind.count + 1)
    return [f"{name}.append({text})"]


def mixed(g: Gen, level: int) -> Lines | None:
    """A name that is a float or an int first and an array from its first update on."""
    if not g.on("mixed") or g.scope.loops:
        return None
    name, shape = g.fresh_name(), g.shape()
    g.scope.augmented.add(name)
    g.scope.types[name] = arr(*shape)
    first = g.pick(("0.0", "0", g.const()))
    update = g.pick(("{n} += {e}", "{n} = {n} + {e}", "{n} = {e} - {n}"))
    del g.scope.types[name]
    lines = [f"{name} = {first}", update.format(n=name, e=f"({arrays.array(g, shape, 2)})")]
    g.scope.types[name] = arr(*shape)
    return lines


SIMPLE: list[tuple[float, Statement]] = [
    (8, assign), (3, augment), (0.5, assign_int), (1, alias), (1.2, unpack), (0.6, swap), (0.8, tuple_value),
    (1, helper_unpack), (0.8, lambda_value), (1.5, list_value), (0.5, mixed),
]
