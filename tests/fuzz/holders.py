"""Random dicts and objects that hold arrays, and nested functions. Their items and attributes are names like others."""
from __future__ import annotations

from tests.fuzz import arrays, scalars
from tests.fuzz.context import NUM, Gen, Type, arr
from tests.fuzz.statements import Lines, Statement, some_type, value


def box(g: Gen, level: int) -> Lines | None:
    """A dict of arrays and numbers; `d['w']` may be read, written to and bound again."""
    if not g.on("held") or not g.on("dicts") or g.deep():
        return None
    name = g.pick(("params", "cache", "state", "grid"))
    if name in g.scope.shared:
        return None
    kinds = {key: some_type(g) for key in g.rng.sample(("w", "b", "u"), g.rng.randint(1, 3))}
    items = ", ".join(f"{key!r}: ({value(g, kind, 2)}) * {g.const()}" for key, kind in kinds.items())
    g.scope.shared.add(name)
    for key, kind in kinds.items():
        g.scope.types[f"{name}['{key}']"] = kind
        g.scope.active.add(f"{name}['{key}']")
        g.scope.shared.add(f"{name}['{key}']")
    return [f"{name} = {{{items}}}", *_filled(g, name, kinds)]


def _filled(g: Gen, name: str, kinds: dict[str, Type]) -> Lines:
    """What is done to a new dict."""
    key, lines = g.pick(kinds), []
    if g.chance(0.3):
        lines.append(f"{name}.update({{{key!r}: ({value(g, kinds[key], 2)}) * {g.const()}}})")
    if g.chance(0.3) and len(set(kinds.values())) == 1:
        lines += [f"for key_4, entry_4 in {name}.items():", f"    {name}[key_4] = entry_4 * {g.const()}"]
    if g.chance(0.3) and all(kind.kind == "arr" for kind in kinds.values()):
        lines += [f"for entry_4 in {name}.values():", f"    entry_4[0] {g.pick(('*=', '+=', '='))} {scalars.number(g, 1)}"]
    return lines


# -------------------------------------------------------------------- objects
METHOD = {
    "num": ("self.{0} = self.{0} * {c} + np.sum(e_1) * {d}", "self.{0} += np.sum(np.tanh(e_1))", "self.{0} *= {c}"),
    "arr": ("self.{0}[0] = np.sum(e_1) * {c}", "self.{0} = np.tanh(self.{0}) * {c}", "self.{0}[-1] += {c}", "self.{0} *= {d}",
            "self.{0} += np.sum(e_1) * {c}"),
}


def class_text(g: Gen) -> Lines:
    """A class with two or three attributes and three methods: one computes, one writes, one does both."""
    kinds = {name: some_type(g) for name in g.rng.sample(("w", "b", "h"), g.rng.randint(1, 3))}
    g.model = kinds
    names = list(kinds)
    read = {n: f"np.sum(self.{n})" if k.kind == "arr" else f"self.{n}" for n, k in kinds.items()}

    def write(indent: str) -> str:
        name = g.pick(names)
        return indent + g.pick(METHOD[kinds[name].kind]).format(name, c=g.const(), d=g.const())
    body = arrays.function_of(g, f"e_1 * {read[g.pick(names)]}")
    return ["from dataclasses import dataclass", "@dataclass", "class Model:", *(f"    {n}: object" for n in names),
            "    def apply(self, e_1):", f"        return {body} + {read[g.pick(names)]} * {g.const()}",
            "    def step(self, e_1):", write(" " * 8), write(" " * 8),
            "    def advance(self, e_1):", f"        e_1 = self.apply(e_1 * {g.const()})",
            f"        if np.sum(e_1) > {g.const()}:", write(" " * 12), "        self.step(e_1)",
            f"        return e_1 * {read[g.pick(names)]}", ""]


def instance(g: Gen, level: int) -> Lines | None:
    """`model = Model(...)`."""
    if not g.model or g.deep() or "model" in g.scope.shared:
        return None
    args = ", ".join(f"({value(g, kind, 2)}) * {g.const()}" for kind in g.model.values())
    g.scope.shared.add("model")
    for name, kind in g.model.items():
        g.scope.types[f"model.{name}"] = kind
        g.scope.active.add(f"model.{name}")
        g.scope.shared.add(f"model.{name}")
    return [f"model = Model({args})"]


def method(g: Gen, level: int) -> Lines | None:
    """`z = model.advance(e)`, `model.step(e)`."""
    if not any(n.startswith("model.") for n in g.scope.types):
        return None
    kind = g.pick((NUM, arr(*g.shape())))
    argument = value(g, kind, 2)
    if g.chance(0.4):
        return [f"model.step({argument})"]
    name = g.target(kind)
    g.bind(name, kind, arrays.Expr(f"{argument.text} model"))
    g.scope.active.add(name)
    return [f"{name} = model.{g.pick(('apply', 'advance'))}({argument})"]


# -------------------------------------------------------------------- nested functions
def nested(g: Gen, level: int) -> Lines | None:
    """A nested function that reads numbers around it, as they are when it is called; it may have two ways out."""
    if not g.on("closures") or g.scope.loops > 1:
        return None
    name = g.pick([n for n in ("inner", "rhs", "relu") if n not in g.scope.types and n not in g.scope.lambdas] or ("gate",))
    captured = [n for n in g.scope.types if g.scope.types[n] == NUM and n.isidentifier()]
    tail = g.pick(captured) if captured and g.chance(0.8) else g.const()
    if tail.isidentifier():
        g.scope.captured[tail] = NUM
    count = g.rng.randint(1, 2)
    g.scope.lambdas[name] = count
    body = [f"    e_3 = {arrays.function_of(g, 'e_1' if count == 1 else 'e_1 * e_2')}"]
    if g.chance(0.4, "return"):
        body += [f"    if {tail} > {g.const()}:", f"        return e_3 * {g.const()}"]
    return [f"def {name}({', '.join(('e_1', 'e_2')[:count])}):", *body, f"    return e_3 * {tail} + e_1 * {g.const()}"]


HOLDERS: list[tuple[float, Statement]] = [(0.8, box), (1.0, instance), (1.2, method), (0.8, nested)]
