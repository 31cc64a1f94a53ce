"""Random statements with control flow: branches, loops, exits."""
from __future__ import annotations

from collections.abc import Callable

from tests.fuzz import arrays, calls, scalars
from tests.fuzz.context import INT, LOOP_VARS, NUM, Gen, Type, arr
from tests.fuzz.holders import HOLDERS
from tests.fuzz.statements import SIMPLE, Lines, Statement, value
from tests.fuzz.stores import STORES
from tests.fuzz.syntax import SYNTAX

Body = Callable[[], Lines]


def indent(lines: Lines) -> Lines:
    return ["    " + line for line in lines] or ["    pass"]


def block(g: Gen, size: int, level: int) -> Lines:
    """So many statements; `level` is how deeply they are nested."""
    lines: Lines = []
    for _ in range(size):
        if g.budget <= 0:
            break
        g.budget -= 1
        table = SIMPLE + WRITES + ([] if level >= 3 else NESTING)
        made = g.weighted(table)(g, level)
        if made:
            lines += made
    return lines


# -------------------------------------------------------------------- branches
def branch(g: Gen, level: int) -> Lines | None:
    """if, elif, else; afterwards the names that all branches agree on."""
    if not g.on("branches"):
        return None
    before = g.scope.snapshot()
    lines, ends = [], []
    for number in range(g.pick((1, 1, 2))):
        test = scalars.truth(g, 2)
        g.scope.branches += 1
        lines += [f"{'elif' if number else 'if'} {test}:", *indent(_branch_body(g, level))]
        g.scope.branches -= 1
        ends.append(g.scope.snapshot())
        g.scope.restore(before)
    if g.chance(0.6):
        g.scope.branches += 1
        lines += ["else:", *indent(block(g, g.rng.randint(1, 2), level + 1))]
        g.scope.branches -= 1
    ends.append(g.scope.snapshot())
    g.join(*ends)
    return lines


def _branch_body(g: Gen, level: int) -> Lines:
    lines = block(g, g.rng.randint(1, 3), level + 1)
    if g.scope.loops:
        if g.chance(0.1, "break"):
            return [*lines, "break"]
        if g.chance(0.1, "continue") and not g.in_while():
            return [*lines, "continue"]
    if g.scope.returns is not None and g.chance(0.1, "return"):
        return [*lines, f"return {result(g, g.scope.returns)}"]
    return lines


def result(g: Gen, kind: Type) -> str:
    """The text of a value to return."""
    if kind.kind == "tuple":
        return ", ".join(f"({value(g, item, 2)})" for item in kind.items)
    return str(value(g, kind, 3))


# -------------------------------------------------------------------- for loops
def for_loop(g: Gen, level: int) -> Lines | None:
    if not g.on("for") or (g.scope.loops and not g.on("nested")) or g.scope.loops > 1:
        return None
    name = g.pick([n for n in LOOP_VARS if n not in g.scope.types or g.chance(0.05)] or LOOP_VARS)
    if name in g.scope.types and not g.may_bind(name, INT):
        return None
    before, extra = _range(g)
    head, low, high, trips = extra
    lines = [*before, f"for {name} in {head}:"]
    outside = g.scope.snapshot()
    g.scope.types[name] = INT
    if trips:
        g.scope.index[name] = (low, high)
    with g.loop():
        body = block(g, g.rng.randint(1, 3), level + 1)
        if g.chance(0.1, "loopvar"):
            body.insert(g.pick(_gaps(body)), f"{name} = {name} * 2 + 1")
            g.scope.index.pop(name, None)
    changed = next((line for line in before if "=" in line), None)
    if changed and g.chance(0.5, "ranges"):
        body.append(changed.split(" = ")[0] + g.pick((" -= 1", " += 1", " = 1")))
    _after_loop(g, outside, name, trips, body)
    return lines + indent(body)


def _gaps(lines: Lines) -> list[int]:
    """Where a statement may go between the lines of a block."""
    return [i for i, line in enumerate(lines) if not line.startswith((" ", "el"))] + [len(lines)]


def _range(g: Gen) -> tuple[Lines, tuple[str, int, int, int]]:
    """Lines before the loop; then the header, the lowest and highest value, and the number of trips."""
    if not g.on("ranges") or g.chance(0.5):
        n = g.rng.randint(1, 3)
        return [], (f"range({n})", 0, n - 1, n)
    if g.chance(0.15):
        return [], (g.pick(("range(0)", "range(3, 1)", "range(2, 2)", "range(0, 2, -1)")), 0, 0, 0)
    if g.chance(0.3):
        name, n = g.fresh_name(), g.rng.randint(1, 3)
        g.scope.types[name] = INT
        g.scope.shared.add(name)
        return [f"{name} = {n}"], (f"range({name})", 0, n - 1, n)
    names = g.names(lambda t: t.kind == "arr" and len(t.shape) == 1)
    if names and g.chance(0.4, "methods"):
        n = g.type_of(names[0]).shape[0]
        return [], g.pick(((f"range({names[0]}.shape[0])", 0, n - 1, n),
                           (f"range({names[0]}.shape[0] - 1, -1, -1)", 0, n - 1, n)))
    start, step = g.rng.randint(0, 3), g.pick((1, 2, -1, -2))
    stop = start + step * g.rng.randint(1, 3)
    values = range(start, stop, step)
    text = f"range({start}, {stop})" if step == 1 else f"range({start}, {stop}, {step})"
    return [], (text, min(values), max(values), len(values))


def _after_loop(g: Gen, outside: tuple[dict[str, Type], dict[str, tuple[int, int]], dict[str, int]], name: str,
                trips: int, body: Lines) -> None:
    """Names first bound in the body live on if it surely ran to its end; the loop variable if it is used at all."""
    exits = any(word in line for line in body for word in ("break", "continue"))
    inside = g.scope.snapshot()
    if trips and not exits:
        keep = {n: t for n, t in inside[0].items() if n != name or g.on("loopvar")}
        g.scope.restore((keep, inside[1], inside[2]))
        g.scope.index.pop(name, None)
    else:
        types = {n: t for n, t in outside[0].items() if n != name}
        g.scope.restore((types, {n: r for n, r in outside[1].items() if inside[1].get(n) == r}, {}))


def guarded(g: Gen, level: int) -> Lines | None:
    """A name first defined in a loop, under a guard that holds in the first trip."""
    if not g.on("first") or g.scope.loops:
        return None
    kind = g.pick((NUM, arr(*g.shape())))
    first = value(g, kind, 2)
    count, index, name = g.rng.randint(1, 3), g.pick(LOOP_VARS), g.fresh_name()
    if index in g.scope.types:
        return None
    g.scope.types[name] = kind
    g.scope.shared.add(name)
    later = value(g, kind, 2)
    g.hold(first), g.hold(later)
    g.scope.types[index] = INT
    return [f"for {index} in range({count}):", f"    if {index} == 0:", f"        {name} = ({first}) * {g.const()}",
            "    else:", f"        {name} = ({name}) * {g.const()} + ({later})"]


def reshaping(g: Gen, level: int) -> Lines | None:
    """A name whose shape changes from trip to trip."""
    if not g.on("shapes") or g.scope.loops:
        return None
    name, trips = g.fresh_name(), g.rng.randint(1, 3)
    length = trips + g.rng.randint(1, 3)
    start = f"{name} = ({arrays.array(g, (length,), 2)}) * {g.const()}"
    index = g.pick([n for n in LOOP_VARS if n not in g.scope.types] or ("i_2",))
    forms = [(f"{name} = {name}[1:] * {name}[:-1]", length - trips),
             (f"{name} = {name}[:-1] + {g.const()}", length - trips),
             (f"{name} = np.concatenate([{name}, {name}[:1] * {g.const()}])", length + trips)]
    step, after = g.pick(forms)
    g.scope.types[name] = arr(after)
    g.scope.shared.add(name)
    return [start, f"for {index} in range({trips}):", f"    {step}"]


def collecting(g: Gen, level: int) -> Lines | None:
    """A list filled in a loop, then stacked, summed, popped or indexed."""
    if not g.on("lists") or g.scope.loops or not g.on("for"):
        return None
    kind = g.pick((NUM, arr(g.pick(g.dims))))
    acc, trips = g.fresh_name(), g.rng.randint(1, 3)
    index = g.pick([n for n in LOOP_VARS if n not in g.scope.types] or ("i_2",))
    g.scope.shared.add(acc)
    g.scope.types[index] = INT
    outside = g.scope.snapshot()
    with g.loop():
        body = block(g, g.rng.randint(0, 2), level + 1)
    if any(word in line for line in body for word in ("break", "continue")):
        body = []
        g.scope.restore(outside)
    item = g.hold(value(g, kind, 2))
    g.scope.restore(outside)
    body.append(f"{acc}.append(({item}) * {g.const()})")
    lines = [f"{acc} = []", f"for {index} in range({trips}):", *indent(body)]
    g.scope.types[acc] = Type("list", items=(kind,), count=trips)
    return lines + _collected(g, acc, kind, trips)


def _collected(g: Gen, acc: str, kind: Type, trips: int) -> Lines:
    """What is done with a filled list."""
    if kind.kind == "num" or not g.on("joining"):
        return []
    name = g.fresh_name()
    g.scope.shared.add(name)
    if g.chance(0.5):
        g.scope.types[name] = arr(trips, *kind.shape)
        return [f"{name} = np.stack({acc})"]
    g.scope.types[name] = arr(trips * kind.shape[0])
    return [f"{name} = np.concatenate({acc})"]


def iterating(g: Gen, level: int) -> Lines | None:
    """for over arrays, lists, enumerate and zip."""
    names = g.names(lambda t: (t.kind == "arr" and t.shape != ()) or t.kind == "list")
    if g.on("stores"):
        names = [n for n in names if n not in g.constants]        # rows of a global, which may be written to
    if not g.on("iterate") or g.scope.loops or not names:
        return None
    first, second = g.choose(names), g.choose(names)
    item, other, index = (g.fresh_name() + mark for mark in ("_1", "_2", "_3"))
    outside = g.scope.snapshot()
    heads = {f"{item} in {first}": (item,), f"{index}, {item} in enumerate({first})": (index, item),
             f"{item}, {other} in zip({first}, {second})": (item, other), f"{item} in reversed({first})": (item,),
             f"{index}, ({item}, {other}) in enumerate(zip({first}, reversed({second})), 1)": (index, item, other)}
    head = g.pick(heads)
    g.scope.shared |= {first, second, *heads[head]}
    for name, source in zip((item, other), (first, second)):
        if name in heads[head]:
            g.scope.types[name] = _item_type(g.type_of(source))
            g.scope.active.add(name)
    if index in heads[head]:
        g.scope.types[index] = INT
    with g.loop():
        body = block(g, g.rng.randint(1, 3), level + 1)
    g.scope.restore(outside)
    return [f"for {head}:", *indent(body)]


def _item_type(kind: Type) -> Type:
    """The type of what a loop over an array or a list sees."""
    if kind.kind == "list":
        return kind.items[0]
    return arr(*kind.shape[1:]) if len(kind.shape) > 1 else NUM


# -------------------------------------------------------------------- while loops
def while_loop(g: Gen, level: int) -> Lines | None:
    """A counter bounds the loop; the rest of the condition may depend on the values."""
    if not g.on("while") or (g.scope.loops and not g.on("nested")) or g.scope.loops > 1:
        return None
    counter, bound = g.fresh_name(), g.rng.randint(0, 3)
    g.scope.shared.add(counter)
    test = f"{counter} < {bound}"
    if g.chance(0.4):
        test += f" and ({scalars.truth(g, 1)})"
    outside = g.scope.snapshot()
    g.scope.types[counter] = INT
    g.counters.append(counter)
    with g.loop():
        body = block(g, g.rng.randint(1, 3), level + 1)
    g.counters.pop()
    step = f"{counter} += 1"
    lines = [f"{counter} = 0", f"while {test}:", *indent([step, *body] if g.chance(0.5) else [*body, step])]
    g.scope.restore(outside)
    g.scope.types[counter] = INT
    return lines


WRITES: list[tuple[float, Statement]] = [*STORES, *HOLDERS, (1.5, calls.writer_call)]
NESTING: list[tuple[float, Statement]] = [
    (2.5, branch), (2.5, for_loop), (0.8, guarded), (0.6, reshaping), (1, collecting), (1.2, while_loop),
    (1, iterating), *SYNTAX,
]
