"""Whole random programs: globals, helpers, the function, its sample arguments, as the text of a module."""
from __future__ import annotations

import ast
import random
import types
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from tests.fuzz import functions, holders, scalars
from tests.fuzz.case import Case
from tests.fuzz.context import INT, NUM, Gen, Scope, Type, arr
from tests.fuzz.loops import block, indent, result
from tests.fuzz.source import module, oracle_module
from tests.fuzz.statements import Lines, some_type

PARAMS = ("x", "y", "s", "w", "alpha", "data", "b_x", "d_x", "tape", "out", "cond", "np_", "theta", "x_2")


def generate(seed: int, number: int, features: frozenset[str]) -> str:
    """The text of program `number` of a seed; the same on every machine."""
    g = Gen(random.Random(f"{seed}:{number}"), features)
    lines = ["import numpy as np", "", *_globals(g)]
    if g.on("helpers"):
        for index in range(g.rng.randint(0, 3)):
            lines += [*functions.helper(g, f"h{index}"), ""]
    if g.chance(0.35, "writers"):
        lines += [*functions.writer(g, "put"), ""]
    if g.chance(0.25, "classes"):
        lines += holders.class_text(g)
    text = "\n".join([*lines, *_main(g)])
    return ast.unparse(ast.parse(text)) + "\n"


def _globals(g: Gen) -> Lines:
    """Module-level constants."""
    lines: Lines = []
    if g.chance(0.5, "globals"):
        g.constants["GAIN"] = NUM
        lines.append(f"GAIN = {g.const()}")
    if g.chance(0.4, "globals"):
        shape = g.shape()
        g.constants["TABLE"] = arr(*shape)
        lines.append(f"TABLE = {literal(_data(g, shape))}")
    return lines


# -------------------------------------------------------------------- the function
def _main(g: Gen) -> Lines:
    g.scope = Scope()
    params = _params(g)
    g.scope.types.update({name: kind for name, kind, _ in params})
    g.scope.shared.update(name for name, kind, _ in params if kind.kind in ("arr", "list", "tuple"))
    g.scope.given.update(name for name, kind, _ in params if kind.kind in ("list", "tuple"))
    g.scope.active.update(name for name, kind, _ in params if kind != INT)
    kind = NUM
    if g.chance(0.25, "outputs"):
        kind = functions.result_type(g)
    g.scope.returns = kind
    g.budget = g.rng.randint(3, 14)
    body = block(g, g.budget, 0)
    last = _total(g) if kind == NUM else result(g, kind)
    split = len(params) - (g.rng.randint(0, len(params)) if g.on("defaults") else 0)
    head = ", ".join(n if i < split or not isinstance(v, (int, float)) else f"{n}={literal(v)}"
                     for i, (n, _, v) in enumerate(params))
    return [f"def f({head}):", *indent([*body, f"return {last}"]), *_sample(g, params, split)]


def _params(g: Gen) -> list[tuple[str, Type, Any]]:
    """Names, types and sample values; those that may have defaults come last."""
    found: list[tuple[str, Type, Any]] = []
    names = g.rng.sample(PARAMS if g.on("collide") else PARAMS[:6], g.rng.randint(1, 4))
    for number, name in enumerate(names):
        kind = some_type(g) if number == 0 or g.chance(0.85) else INT
        if g.chance(0.1, "zerod"):
            kind = arr()
        if g.chance(0.25, "containers"):
            kind = _container(g)
        found.append((name, kind, _value(g, kind)))
    return sorted(found, key=lambda item: isinstance(item[2], (int, float)))


def _container(g: Gen) -> Type:
    if g.chance(0.5):
        return Type("tuple", items=(some_type(g), some_type(g)))
    return Type("list", items=(some_type(g),), count=g.rng.randint(1, 3))


def _value(g: Gen, kind: Type) -> Any:
    """A sample value of this type."""
    if kind.kind == "list":
        return [_value(g, kind.items[0]) for _ in range(kind.count)]
    if kind.kind == "tuple":
        return tuple(_value(g, item) for item in kind.items)
    if kind.kind == "arr":
        return _data(g, kind.shape)
    return g.rng.randint(1, 3) if kind == INT else float(g.const())


def _data(g: Gen, shape: tuple[int, ...]) -> np.ndarray:
    """Asymmetric data of both signs, of few digits, away from 0."""
    size = int(np.prod(shape, dtype=int))
    flat = [g.rng.choice((-1, 1)) * g.rng.uniform(0.1, 1.9) for _ in range(size)]
    return np.array([round(x, 3) for x in flat], np.float32 if g.on("float32") else float).reshape(shape)


def literal(x: Any) -> str:
    """The text of a sample value."""
    if isinstance(x, (list, tuple)):
        inner = "".join(literal(item) + ", " for item in x)
        return f"[{inner}]" if isinstance(x, list) else f"({inner})"
    if not isinstance(x, np.ndarray):
        return repr(x)
    text = repr(np.asarray(x, float).round(3).tolist())
    return f"np.array({text}" + (", np.float32)" if x.dtype == np.float32 else ")")


def _total(g: Gen) -> str:
    """A scalar into which some of the names flow."""
    names = [n for n, t in g.scope.types.items() if t.kind in ("num", "arr")]
    g.rng.shuffle(names)
    names.sort(key=lambda n: n not in g.scope.active)
    terms = [n if g.scope.types[n].kind == "num" else f"np.sum({n})" for n in names[:g.rng.randint(1, 4)]]
    terms += [str(scalars.number(g, 2))] if g.chance(0.5) or not terms else []
    return " + ".join(f"{t} * {g.const()}" if g.chance(0.6) and " if " not in t else f"({t})" for t in terms)


def _sample(g: Gen, params: list[tuple[str, Type, Any]], split: int) -> Lines:
    """ARGS, KWARGS and WRT: positional, keyword and omitted arguments."""
    active = [(i, name) for i, (name, kind, _) in enumerate(params) if kind != INT]
    given = len(params)
    while given > split and g.chance(0.5) and isinstance(params[given - 1][2], (int, float)):
        given -= 1
    cut = g.rng.randint(1, given) if g.on("defaults") and given else given
    chosen = g.rng.sample(active, g.rng.randint(1, len(active))) if active else [(0, params[0][0])]
    wrt = [name if g.chance(0.3) else i for i, name in chosen]
    args = "".join(f"{literal(value)}, " for _, _, value in params[:cut])
    kwargs = ", ".join(f"{name!r}: {literal(value)}" for name, _, value in params[cut:given])
    bare = len(wrt) == 1 and g.chance(0.6)
    return [f"ARGS = ({args})", f"KWARGS = {{{kwargs}}}", f"WRT = {wrt[0]!r}" if bare else f"WRT = {tuple(wrt)!r}",
            *_outputs(g, params)]


def _outputs(g: Gen, params: list[tuple[str, Type, Any]]) -> Lines:
    """OF: arguments whose final contents are results."""
    written = [name for name, kind, _ in params if kind.kind == "arr" and kind.shape]
    if not written or not g.chance(0.3, "arguments"):
        return []
    name = g.pick(written)
    return [f"OF = {g.pick((name, (name,), (name, 'return')))!r}"]


# -------------------------------------------------------------------- texts as cases
@contextmanager
def loaded(text: str, name: str = "program") -> Iterator[Case]:
    """The case that a program text describes; its module lives as long as the context."""
    with module(text) as real:
        yield case_of(real, text, name)


def case_of(real: types.ModuleType, text: str, name: str) -> Case:
    """The case of a module with `f`, ARGS, KWARGS, WRT, and OF if it has some."""
    @cache
    def oracle(depth: int) -> Any:
        return oracle_module(text, name, depth).f
    return Case(name, real.f, oracle, real.ARGS, real.KWARGS, real.WRT, smooth=True, of=getattr(real, "OF", None))
