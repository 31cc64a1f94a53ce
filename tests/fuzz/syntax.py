"""Random comprehensions, generator expressions, assignment expressions, stars, sorted items, dicts."""
from __future__ import annotations

from tests.fuzz import arrays, scalars
from tests.fuzz.context import NUM, Gen, Type, arr
from tests.fuzz.statements import Lines, Statement, value


def _item_type(kind: Type) -> Type:
    """The type of what a loop over an array or a list sees."""
    if kind.kind == "list":
        return kind.items[0]
    return arr(*kind.shape[1:]) if len(kind.shape) > 1 else NUM


def _source(g: Gen) -> tuple[str, Type, int] | None:
    """What to iterate over: its text, the type of its items, how many there are."""
    names = g.names(lambda t: (t.kind == "arr" and t.shape != ()) or (t.kind == "list" and t.count > 0))
    if not names:
        return None
    name = g.choose(names)
    g.scope.shared.add(name)
    kind = g.type_of(name)
    count = kind.count if kind.kind == "list" else kind.shape[0]
    text = g.pick((name, name, f"reversed({name})")) if g.on("iterate") else name
    return text, _item_type(kind), count


def comprehension(g: Gen, level: int) -> Lines | None:
    """`name = [... for ... in ...]`, or a reduction of it; the variable's name may mean something outside."""
    found = _source(g)
    if not g.on("comprehensions") or found is None:
        return None
    text, kind, count = found
    item = g.pick(("e", "row", "i", *[n for n in g.scope.types if g.chance(0.3) and n not in text and n.isidentifier()][:1]))
    outside = g.scope.snapshot()
    g.scope.types[item] = kind
    g.scope.active.add(item)
    made = g.pick((NUM, kind)) if kind.kind == "num" else g.pick((NUM, kind, arr(g.pick(g.dims))))
    element = g.hold(value(g, made, 2))
    head = f"({element}) * {g.const()} for {item} in {text}"
    if g.chance(0.3):
        head = f"({element}) * {g.const()} * ({item}_3 + 1) for {item}_3, {item} in enumerate({text})"
    g.scope.restore(outside)
    if g.chance(0.4) and made == NUM:
        if g.chance(0.3):
            head += f" if {g.pick((item, 'np.sum(' + item + ')'))} > {g.const()}" if kind == NUM else ""
        name = g.target(NUM)
        g.bind(name, NUM, arrays.Expr(text))
        return [f"{name} = sum({head}) * {g.const()} + {g.const()}"]
    name = g.fresh_name()
    g.scope.types[name] = Type("list", items=(made,), count=count)
    g.scope.shared.add(name)
    g.scope.active.add(name)
    return [f"{name} = [{head}]", *_after(g, name, made, count)]


def _after(g: Gen, name: str, kind: Type, count: int) -> Lines:
    """What may happen to a new list."""
    lines: Lines = []
    if g.chance(0.25):
        lines.append(f"{name}.extend([({value(g, kind, 1)}) * {g.const()}])")
        count += 1
    if g.chance(0.25):
        lines.append(f"{name}.insert({g.rng.randint(-1, 1)}, ({value(g, kind, 1)}) * {g.const()})")
        count += 1
    if g.chance(0.2) and count > 1:
        lines.append(f"{name}.pop({g.rng.randint(-1, 1)})")
        count -= 1
    if g.chance(0.2) and kind == NUM:
        lines.append(f"{name} = sorted({name}, key=abs)" if g.chance(0.5) else f"{name} = sorted({name}, reverse=True)")
    if g.chance(0.2):
        lines.append(f"{name} = {name} + {name}")
        count *= 2
    g.scope.types[name] = Type("list", items=(kind,), count=count)
    return lines


def walrus(g: Gen, level: int) -> Lines | None:
    """A name bound within an expression."""
    if not g.on("walrus"):
        return None
    name = g.fresh_name()
    first = scalars.number(g, 2)
    g.scope.types[name] = NUM
    g.scope.shared.add(name)
    g.scope.active.add(name)
    other = g.target(NUM)
    if other == name:
        return None
    g.bind(other, NUM, arrays.Expr(name))
    if g.chance(0.4):
        return [f"{other} = (({name} := {first}) + 0.0) * {name} if ({name} := {g.const()} + 0.0) > 0 else {name} + 0.0"]
    return [f"{other} = ({name} := {first}) * {g.const()} + {name} * ({name} := {g.const()}) + {name}"]


def starred(g: Gen, level: int) -> Lines | None:
    """`a, *b = x`, `[*a, e]`."""
    found = _source(g)
    if not g.on("starred") or found is None:
        return None
    text, kind, count = found
    if text.startswith("reversed"):
        text = text[9:-1]
    if g.chance(0.5):
        name = g.fresh_name()
        g.scope.types[name] = Type("list", items=(kind,), count=count + 1)
        g.scope.shared.add(name)
        g.scope.active.add(name)
        extra = f"({g.hold(value(g, kind, 1))}) * {g.const()}"
        return [f"{name} = {g.pick((f'[*{text}, {extra}]', f'[{extra}, *{text}]'))}"]
    first, rest = g.fresh_name(), g.fresh_name()
    if first == rest:
        return None
    for name, made in ((first, kind), (rest, Type("list", items=(kind,), count=count - 1))):
        g.scope.types[name] = made
        g.scope.shared.add(name)
        g.scope.active.add(name)
    return [g.pick((f"{first}, *{rest} = {text}", f"*{rest}, {first} = {text}"))]


def table(g: Gen, level: int) -> Lines | None:
    """A dict that is filled and gone through."""
    if not g.on("dicts") or g.scope.loops:
        return None
    kind = g.pick((NUM, arr(g.pick(g.dims))))
    keys = g.rng.sample(("a", "b", "c"), g.rng.randint(1, 3))
    name, total, key, entry = g.fresh_name(), g.fresh_name(), "key", "entry"
    if name == total:
        return None
    items = ", ".join(f"{k!r}: ({g.hold(value(g, kind, 2))}) * {g.const()}" for k in keys)
    g.scope.types[total] = kind
    g.scope.shared.add(total)
    g.scope.active.add(total)
    start = f"({value(g, kind, 1)}) * {g.const()}" if kind == NUM else f"{g.const()} * np.ones({kind.shape})"
    g.scope.shared.add(name)
    lines = [f"{name} = {{{items}}}", f"{total} = {start}"]
    if g.chance(0.3):
        lines.append(f"{name}.update({{'b': {name}.get('a', {g.const()}) * {g.const()} + 0.0 * {total}}})")
    head = g.pick((f"for {key}, {entry} in {name}.items():", f"for {entry} in {name}.values():", f"for {key} in {name}:"))
    read = f"{name}[{key}]" if head.endswith(f"in {name}:") else entry
    return [*lines, head, f"    {total} = {total} * {g.const()} + {read} * {read}"]


SYNTAX: list[tuple[float, Statement]] = [(1.5, comprehension), (0.7, walrus), (1, starred), (0.8, table)]
