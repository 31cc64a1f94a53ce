"""Random functions that the program calls: elementwise, typed, recursive, and those that write to their arguments."""
from __future__ import annotations

from tests.fuzz import arrays, stores
from tests.fuzz.context import INT, NUM, Gen, Helper, Scope, Type, arr
from tests.fuzz.loops import block, indent, result
from tests.fuzz.statements import Lines, some_type


def helper(g: Gen, name: str) -> Lines:
    if g.chance(0.15, "recursion"):
        lines, made = _recursive(g, name)
    else:
        lines, made = (_elementwise if g.chance(0.35) else _typed)(g, name)
    g.helpers.append(made)
    return lines


def _elementwise(g: Gen, name: str) -> tuple[Lines, Helper]:
    """A helper that takes scalars and arrays of any shape alike."""
    defaults = int(g.chance(0.5, "defaults"))
    first = arrays.function_of(g, "a")
    last = arrays.function_of(g, g.pick(("c + b * a", "c * b", "c - b", "a * b + c")))
    head = f"def {name}(a, b{'=' + g.const() if defaults else ''}):"
    body = [f"c = {first}", f"return {last} * {g.pick(('c', 'a', '1.5'))}"]
    return [head, *indent(body)], Helper(name, (("a", None), ("b", NUM)), defaults, None)


def _typed(g: Gen, name: str) -> tuple[Lines, Helper]:
    """A helper with parameters of given types; it may return a parameter itself, or a tuple."""
    outer, g.scope = g.scope, Scope()
    kinds = [some_type(g) for _ in range(g.rng.randint(1, 3))]
    params = list(zip(g.rng.sample(("x", "y", "p", "q", "tape", "b_x"), len(kinds)), kinds))
    params.sort(key=lambda item: item[1] == NUM)
    defaults = sum(kind == NUM for _, kind in params) if g.chance(0.4, "defaults") else 0
    g.scope.types.update(params)
    g.scope.shared.update(n for n, k in params if k.kind == "arr")
    g.scope.active.update(n for n, _ in params)
    g.scope.returns = kind = result_type(g)
    g.budget = g.rng.randint(1, 5)
    body = block(g, g.budget, 1)
    same = [n for n, k in params if k == kind]
    last = g.pick(same) if same and g.chance(0.15) else result(g, kind)
    head = ", ".join(n if i < len(params) - defaults else f"{n}={g.const()}" for i, (n, _) in enumerate(params))
    g.scope = outer
    return [f"def {name}({head}):", *indent([*body, f"return {last}"])], Helper(name, tuple(params), defaults, kind)


def result_type(g: Gen) -> Type:
    if g.chance(0.3, "tuples"):
        return Type("tuple", items=(some_type(g), some_type(g)))
    return some_type(g)


def _recursive(g: Gen, name: str) -> tuple[Lines, Helper]:
    """A helper that calls itself a few times, on scalars and arrays alike."""
    inner = arrays.function_of(g, "a")
    last = g.pick((f"{name}(c, n - 1) * {g.const()}", f"{name}(a * {g.const()}, n - 1) + c", f"c * {name}(c, n - 2)"))
    lines = [f"def {name}(a, n):", "    if n <= 0:", f"        return {arrays.function_of(g, 'a')}", f"    c = {inner}"]
    if g.chance(0.3):
        lines += ["    if n == 2:", f"        return c * {g.const()}"]
    return [*lines, f"    return {last}"], Helper(name, (("a", None), ("n", INT)), 0, None)


def writer(g: Gen, name: str) -> Lines:
    """A function that returns nothing, or the array that it wrote to."""
    outer, g.scope = g.scope, Scope()
    kinds = [arr(*g.shape()), *(some_type(g) for _ in range(g.rng.randint(0, 2)))]
    params = list(zip(("out", "src", "k"), kinds))
    g.scope.types.update(params)
    g.scope.active.update(n for n, _ in params)
    body: Lines = []
    for _ in range(g.rng.randint(1, 3)):
        body += g.weighted(stores.STORES)(g, 1) or []
    g.budget = g.rng.randint(0, 2)
    body += block(g, g.budget, 1)
    subscript, left = stores.key(g, kinds[0].shape)
    body.append(f"out[{subscript}] {g.pick(('=', '+=', '*='))} {stores.value(g, left)}")
    given = g.pick((None, None, kinds[0]))
    if given is not None:
        body.append("return out")
    g.scope = outer
    g.writers.append(Helper(name, tuple(params), 0, given))
    return [f"def {name}({', '.join(n for n, _ in params)}):", *indent(body)]
