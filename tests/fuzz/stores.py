"""Random writes to arrays: elements, sections, masks, index arrays, calls that write, updates of an array by itself."""
from __future__ import annotations

import re

from tests.fuzz import arrays, scalars
from tests.fuzz.context import Expr, Gen, Shape
from tests.fuzz.indexing import position, slices
from tests.fuzz.statements import Lines, Statement

Place = tuple[str, Shape]


def places(g: Gen) -> list[Place]:
    """What may be written to: arrays by name, and those in lists and tuples."""
    found = [(n, t.shape) for n, t in g.scope.types.items() if t.kind == "arr" and t.shape]
    if g.on("held"):
        for name, t in g.scope.types.items():
            if t.kind in ("list", "tuple"):
                items = enumerate(t.items) if t.kind == "tuple" else ((i, t.items[0]) for i in range(t.count))
                found += [(f"{name}[{i}]", kind.shape) for i, kind in items if kind.kind == "arr" and kind.shape]
    return found


def place(g: Gen, dims: int | None = None) -> Place | None:
    """One of them, rarely a section of it."""
    found = [p for p in places(g) if dims is None or len(p[1]) == dims]
    if not found:
        return None
    text, shape = g.pick(found)
    if dims is None and len(shape) > 1 and g.chance(0.15, "views"):
        return f"{text}[{position(g, shape[0])}]", shape[1:]
    if g.chance(0.08, "views"):
        return f"{text}.T", shape[::-1]
    return text, shape


def key(g: Gen, shape: Shape) -> tuple[str, Shape]:
    """A subscript of ints, slices, Ellipsis and newaxis, and the shape of what it picks."""
    if g.chance(0.08):
        return g.pick(("...", ":")), shape
    parts, left = [], []
    for size in shape:
        if g.chance(0.5):
            parts.append(position(g, size))
        elif g.chance(0.25) or not g.on("slices"):
            parts.append(":")
            left.append(size)
        else:
            length = 0 if g.chance(0.05) else g.rng.randint(1, size)
            texts = slices(size, length)
            parts.append(g.pick([t for t in texts if len(t) <= 3] or texts if g.chance(0.5) else texts))
            left.append(length)
    while len(parts) > 1 and parts[-1] == ":" and g.chance(0.5):
        parts.pop()
    if g.chance(0.04):
        parts.append("None")
        left.append(1) if len(parts) > len(shape) else None
    if "None" in parts and len(parts) <= len(shape):
        parts.remove("None")
    if g.chance(0.06) and len(parts) == len(shape):
        parts.append("...")
    return ", ".join(parts), tuple(left)


def value(g: Gen, shape: Shape, depth: int = 2) -> str:
    """Something that may be stored into a section of this shape."""
    return str(scalars.number(g, depth) if shape == () or 0 in shape else arrays.operand(g, shape, depth))


def augmentation(g: Gen, text: str) -> tuple[str, str]:
    """An operator for an augmented store, with its right-hand side."""
    op = g.pick(("+=", "+=", "-=", "*=", "*="))
    if g.chance(0.12):
        return "/=", scalars.denominator(g, text)
    return ("**=", "2") if g.chance(0.06) else (op, text)


def store(g: Gen, level: int) -> Lines | None:
    """`a[k] = e`, `a[k] op= e`, `a[k] = b[l] = e`, `a[k], z = e, d`."""
    found = place(g) if g.on("stores") else None
    if found is None:
        return None
    text, shape = found
    subscript, left = key(g, shape)
    target = f"{text}[{subscript}]"
    if g.chance(0.4, "augmented"):
        op, new = augmentation(g, value(g, left))
        return [f"{target} {op} {new}"]
    if g.chance(0.1):
        return _together(g, target, left)
    return [f"{target} = {value(g, left, 3)}"]


def _together(g: Gen, target: str, left: Shape) -> Lines | None:
    """Two stores in one statement."""
    found = place(g)
    assert found is not None
    subscript, other = key(g, found[1])
    second = f"{found[0]}[{subscript}]"
    if other == left and g.chance(0.5):
        return [f"{target} = {second} = {value(g, left)}"]
    return [f"{target}, {second} = ({value(g, left)}), ({value(g, other)})"]


# -------------------------------------------------------------------- masks and index arrays
def masked(g: Gen, level: int) -> Lines | None:
    """`a[a > c] = e`, `a[m] += b[m]`."""
    found = place(g) if g.on("masks") else None
    if found is None:
        return None
    text, shape = found
    mask = f"{arrays.leaf(g, shape) if g.chance(0.5) else text} {g.pick(('<', '>'))} {g.const()}"
    before: Lines = []
    if g.chance(0.5):
        name = g.fresh_name()
        g.scope.shared.add(name)
        before, mask = [f"{name} = {mask}"], name
    new = str(scalars.number(g, 2)) if g.chance(0.5) else f"({arrays.array(g, shape, 2)})[{mask}]"
    if g.chance(0.5, "augmented"):
        op, new = augmentation(g, new)
        return [*before, f"{text}[{mask}] {op} {new}"]
    return [*before, f"{text}[{mask}] = {new}"]


def indices(g: Gen, size: int, count: int) -> str:
    """An index array, with repetitions."""
    items = [g.rng.randint(-size, size - 1) for _ in range(count)]
    return g.pick((str(items), f"np.array({items})"))


def indexed(g: Gen, level: int) -> Lines | None:
    """`a[[2, 0]] = e`, `a[i, j] += e`, `a[[0, 1]] = a[[1, 0]]`, stores by np.argsort."""
    found = place(g) if g.on("masks") else None
    if found is None:
        return None
    text, shape = found
    count = g.rng.randint(1, 3)
    form = g.pick(("first", "first", "pair", "last", "order", "swap"))
    if form == "pair" and len(shape) > 1:
        subscript, left = f"{indices(g, shape[0], count)}, {indices(g, shape[1], count)}", (count, *shape[2:])
    elif form == "last" and len(shape) > 1:
        subscript, left = f":, {indices(g, shape[1], count)}", (shape[0], count, *shape[2:])
    elif form == "order" and len(shape) == 1:
        subscript, left = f"np.argsort({arrays.leaf(g, shape)})", shape
    elif form == "swap" and shape[0] > 1:
        order = g.rng.sample(range(shape[0]), 2)
        return [f"{text}[{order}] = {text}[{order[::-1]}]"]
    else:
        subscript, left = indices(g, shape[0], count), (count, *shape[1:])
    if g.chance(0.5, "augmented"):
        op, new = augmentation(g, value(g, left))
        return [f"{text}[{subscript}] {op} {new}"]
    return [f"{text}[{subscript}] = {value(g, left)}"]


# -------------------------------------------------------------------- calls that write
def written_by_call(g: Gen, level: int) -> Lines | None:
    """out=, np.copyto, np.add.at, fill, put, sort."""
    found = place(g) if g.on("into") else None
    if found is None:
        return None
    text, shape = found
    if g.chance(0.3):
        subscript, left = key(g, shape)
        if left and 0 not in left and "None" not in subscript:
            text, shape = f"{text}[{subscript}]", left
    a, b = value(g, shape), value(g, shape)
    test = f"{arrays.leaf(g, shape)} > {g.const()}"
    size = shape[0]
    count = g.rng.randint(1, 3)
    added = value(g, (count, *shape[1:]))
    ufunc = g.pick(("add", "subtract", "multiply", "maximum"))
    return [g.weighted((
        (3, f"np.{ufunc}({a}, {b}, out={text})"),
        (1, f"np.{ufunc}({a}, {b}, {text})"),
        (1, f"np.{ufunc}({text}, {b}, out={text})"),
        (1, f"np.{ufunc}({a}, {b}, out={text}, where={test})"),
        (2, f"np.{g.pick(('tanh', 'sin', 'square'))}({a}, out={text})"),
        (2, f"np.copyto({text}, {a})"),
        (1, f"np.copyto({text}, {a}, where={test})"),
        (2, f"np.add.at({text}, {indices(g, size, count)}, {added})"),
        (1, f"np.subtract.at({text}, {indices(g, size, count)}, {added})"),
        (1, f"{text}.fill({scalars.number(g, 2)})"),
        (1, f"np.put({text}, {indices(g, size, 1)}, {scalars.number(g, 1)})"),
        (1, f"np.putmask({text}, {test}, {scalars.number(g, 1)})"),
        (0.7, f"{text}.sort()"),
    ))]


# -------------------------------------------------------------------- an array and itself
LINES = (
    "{a}[:{k}] += {c} * np.flip({a}[:{k}])", "{a}[1:] = {a}[:-1] * {c}", "{a}[:-1] += {a}[1:]", "{a}[::-1] = {a} * {c}",
    "{a}[:] = {a}[::-1]", "{a} += {a}[::-1]", "{a} *= {a}[0]", "{a}[:{k}] -= {c} * {a}[-{k}:]", "{a} += {a}",
    "{a} -= {a}[:1]", "{a}[1:] = {a}[:-1]", "{a}[0], {a}[-1] = {a}[-1], {a}[0]", "{a}[{i}], {a}[{j}] = {a}[{j}], {a}[{i}]",
    "{a}[1:] *= np.tanh({a}[:-1])", "{a}[::2] = {a}[::2] * {a}[0]", "{a}[{i}] = {a}[{j}] = {a}[{i}] * {a}[{j}]",
    "{a}[:] = np.cumsum({a})", "{a}[[{i}, {j}]] = {a}[[{j}, {i}]]", "{a} /= 1.5 + {a} * {a}", "{a} **= 2",
)
PLANES = (
    "{a}[1:] += {c} * {a}[:-1]", "{a}[:, ::-1] = {a} * {c}", "{a}[0] += {a}[-1]", "{a} -= {a}[:, :1]", "{a} *= {a}.sum(axis=0)",
    "{a}[0], {a}[-1] = {a}[-1], {a}[0]", "{a}[[0, -1]] = {a}[[-1, 0]]", "{a}[:, 0] = {a}[:, -1] * {c}", "{a} += {a}[::-1]",
    "{a}[0, 0], {a}[-1, -1] = {a}[-1, -1], {a}[0, 0]", "{a}[:, 0], {a}[:, -1] = {a}[:, -1].copy(), {a}[:, 0].copy()",
    "{a}[1:-1, 1:-1] = {c} * ({a}[:-2, 1:-1] + {a}[2:, 1:-1] + {a}[1:-1, :-2] * {a}[1:-1, 2:])",
    "{a}[...] = {a}[::-1, ::-1] * {a}",
)
SQUARES = ("{a} += {a}.T", "{a}[:] = {a}.T", "{a}[0] = {a}[:, 0]", "{a}[1:, 0] = {a}[0, 1:] = {a}[0, 0] * {c}",
           "{a}[:] = {a} @ {a} * {c}", "np.fill_diagonal({a}, {c})", "{a}.T[0] *= {a}[0]")


def overlapping(g: Gen, level: int) -> Lines | None:
    """An array updated by sections of itself."""
    found = place(g) if g.on("overlap") else None
    if found is None or len(found[1]) > 2:
        return None
    text, shape = found
    forms: tuple[str, ...] = LINES if len(shape) == 1 else PLANES
    if len(shape) == 2 and shape[0] == shape[1]:
        forms += SQUARES
    form = g.pick(forms)
    if not text.isidentifier() and form.startswith(("{a} ", "{a}.T")):
        return None                        # an augmented assignment to an item binds the item again
    i, j = (position(g, shape[0]) for _ in range(2))
    return [form.format(a=text, c=g.const(), k=g.rng.randint(1, shape[0]), i=i, j=j)]


def scan(g: Gen, level: int) -> Lines | None:
    """A new array filled element by element from the elements before, in one or two loops."""
    if not g.on("scans") or g.scope.loops or not g.on("for"):
        return None
    n = g.pick(g.dims)
    first, other = scalars.number(g, 2), g.names(lambda t: t.kind == "arr" and t.shape == (n,))
    name = g.fresh_name()
    extra = f"{g.choose(other)}[i_4]" if other else g.const()
    buffer = g.pick((f"np.zeros({n})", f"np.empty({n})", f"np.ones(({n},))", f"np.zeros({n}, float)"))
    step = g.pick(("np.tanh({a}[i_4 - 1] * {c} + {e})", "{e} - {c} * {a}[i_4 - 1]", "{a}[i_4 - 1] * {a}[i_4 - 1] * {c} + {e}",
                   "{e} * np.cos({a}[i_4 - 1])", "{e} + {c} * {a}[:i_4].sum()", "{e} - {a}[:i_4] @ {a}[:i_4]"))
    g.scope.types[name] = arrays.arr(n)
    g.scope.active.add(name)
    step = step.format(a=name, c=g.const(), e=extra)
    lines = [f"{name} = {buffer}", f"{name}[0] = {first}", f"for i_4 in range(1, {n}):", f"    {name}[i_4] = {step}"]
    return lines + (_sweep(g, name, n) if g.chance(0.4) else [])


def _sweep(g: Gen, name: str, n: int) -> Lines:
    """A sweep back, or sweeps over a matrix."""
    if g.chance(0.5):
        return [f"for i_4 in range({n} - 2, -1, -1):", f"    {name}[i_4] -= {g.const()} * {name}[i_4 + 1] * {name}[i_4]"]
    m, square = g.pick(g.dims), g.fresh_name()
    g.scope.types[square] = arrays.arr(m, n)
    g.scope.active.add(square)
    body = g.pick(("{s}[i_4, j_4] = {c} * ({s}[i_4 - 1, j_4] + {s}[i_4, j_4 - 1]) * {s}[i_4, j_4]",
                   "{s}[i_4][j_4] += {s}[i_4 - 1][j_4] * {s}[i_4][j_4 - 1]",
                   "{s}[i_4, j_4] -= {s}[i_4, :j_4] @ {s}[i_4, :j_4] * {c}"))
    return [f"{square} = np.outer({arrays.array(g, (m,), 1)}, {name}) * {g.const()}",
            f"for t_4 in range({g.rng.randint(0, 2)}):", f"    for i_4 in range(1, {m}):", f"        for j_4 in range(1, {n}):",
            "            " + body.format(s=square, c=g.const())]


# -------------------------------------------------------------------- new buffers and views
def buffer(g: Gen, level: int) -> Lines | None:
    """A new array to write to."""
    if not g.on("stores"):
        return None
    shape = g.shape()
    name = g.target(arrays.arr(*shape))
    single = ", np.float32" if g.chance(0.3, "single") else ""
    size = str(shape[0]) if len(shape) == 1 and g.chance(0.5) else repr(shape)
    text = g.pick((f"np.zeros({size}{single})", f"np.ones({size}{single})", f"np.empty({size}{single})",
                   f"np.full({size}, {scalars.number(g, 1)})", f"({arrays.array(g, shape, 2)}).copy()",
                   f"np.array({arrays.array(g, shape, 1)})", f"np.zeros_like({arrays.leaf(g, shape)})"))
    if single and g.chance(0.4):
        text = f"({arrays.array(g, shape, 2)}).astype(np.float32)"
    filled = [f"{name}[...] = {value(g, shape)}"] if "empty" in text else []
    if filled and name in re.findall(r"\w+", filled[0].partition("=")[2]):
        return None                        # its contents would be read before there are any
    g.bind(name, arrays.arr(*shape), Expr(text))
    return [f"{name} = {text}", *filled]


def view(g: Gen, level: int) -> Lines | None:
    """A name for a section, a transpose or a reshape of an array."""
    found = place(g) if g.on("views") else None
    if found is None:
        return None
    text, shape = found
    name = g.fresh_name()
    total = 1
    for n in shape:
        total *= n
    forms = [(f"{text}[::-1]", shape), (f"{text}[...]", shape), (f"{text}[None]", (1, *shape)), (f"np.flip({text})", shape),
             (f"{text}.reshape(-1)", (total,)), (f"{text}.ravel()", (total,)), (text, shape)]
    if len(shape) == 2:
        forms += [(f"{text}.T", shape[::-1]), (f"np.transpose({text})", shape[::-1]), (f"{text}.swapaxes(0, 1)", shape[::-1]),
                  (f"{text}[{position(g, shape[0])}]", shape[1:]), (f"{text}[:, {position(g, shape[1])}]", shape[:1])]
    for _ in range(4):
        subscript, left = key(g, shape)
        if left and 0 not in left and "None" not in subscript and g.on("slices"):
            forms.append((f"{text}[{subscript}]", left))
    new, left = g.pick(forms)
    if len(left) > 2:
        return None
    g.scope.types[name] = arrays.arr(*left)
    if text in g.scope.active:
        g.scope.active.add(name)
    return [f"{name} = {new}"]


def chosen(g: Gen, level: int) -> Lines | None:
    """A name for one array or another, and a write to it."""
    found = place(g) if g.on("maybe") else None
    others = [p for p in places(g) if found is not None and p[1] == found[1]]
    if found is None or not others:
        return None
    name, test = g.fresh_name(), scalars.truth(g, 1)
    other = g.pick(others)[0]
    g.scope.types[name] = arrays.arr(*found[1])
    lines = g.pick(([f"{name} = {found[0]} if {test} else {other}"],
                    [f"if {test}:", f"    {name} = {found[0]}", "else:", f"    {name} = {other}"]))
    subscript, left = key(g, found[1])
    return [*lines, f"{name}[{subscript}] {g.pick(('=', '+='))} {value(g, left)}"]


STORES: list[tuple[float, Statement]] = [
    (6, store), (1.2, masked), (1.2, indexed), (2, written_by_call), (1.8, overlapping), (0.9, scan), (1.5, buffer), (2, view),
    (0.6, chosen),
]
