"""Writes docs/rules.md from the tables of rules (srcgrad/rules/).

    python docs/rules.py
"""
from __future__ import annotations

import builtins
import importlib
import inspect
import math
import operator
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from srcgrad.rules import library, numpy_methods, registry
from srcgrad.rules.dsl import Rule
from srcgrad.rules.numpy_functions import FUNCTIONS

PAGE = Path(__file__).with_suffix(".md")
START = """\
# The rules

<!-- Written by docs/rules.py from srcgrad/rules/; do not edit. -->

The functions that srcgrad differentiates, in reverse and forward mode and to any order. A call with a keyword argument that
is not listed is refused where it is active. A function that is in no list is differentiated through its Python source, or
refused. `srcgrad.register` adds rules of your own (CONTRIBUTING.md).

## Kinks, ties and singular points

- Ties share equally: `maximum` and `minimum` of equal operands give half to each, `max` and `min` divide by the number of tied
  entries. Sorting (`sort`, `partition`, `median`, `quantile`, `percentile`) takes equal entries in the order they have;
  running maxima (`maximum.accumulate`) and `unique` take the first.
- `abs`, `sign`, `hypot` and the 2-norm have slope 0 at 0, and so has `std` where all entries are equal; `clip` has slope 1 at its
  bounds. `interp` has at a knot the slope to its right.
- `sqrt`, `log`, `1 / x` and negative powers have infinite slopes at 0. Where an entry was not selected (`where`, masks,
  subscripts, `take`, `pad`, ...) its derivative is 0 all the same.
- `prod` and `cumprod` are exact where entries are 0. Rounding, comparisons and truth values have slope 0.
- Random numbers are constants: `mu + sigma * rng.normal(size=n)` is differentiated by `mu` and `sigma`.
"""
CONSTANT = """\
## Constants

Their results do not depend differentiably on anything:

"""
METHODS = """\
## Methods and attributes of arrays

The same as the functions, where they are called with arguments that the functions have in the same place:

"""


def page() -> str:
    """The text of docs/rules.md."""
    rows = sorted(set(_rows()))
    differentiable = [f"| `{name}` | {kind} | {arguments} | {note} |" for name, kind, arguments, note in rows
                      if kind != "constant"]
    constants = ", ".join(f"`{name}`" for name, kind, _, _ in rows if kind == "constant")
    methods = ", ".join(f"`{name}`" for name in sorted({*numpy_methods.METHODS, *numpy_methods.ATTRIBUTES}))
    return "\n".join([START, "## Functions\n", "| function | kind | arguments | notes |", "| --- | --- | --- | --- |",
                      *differentiable, "", CONSTANT + constants, "", METHODS + methods, ""])


def _rows() -> Iterator[tuple[str, str, str, str]]:
    """(name, kind, arguments, notes) of each function that has a name for users."""
    _modules()  # imports the optional packages, whose rules are registered then
    for target, rule in registry.rules():
        for name in _names(target):
            yield name, rule.kind, ", ".join([*_arguments(rule), *_more(name, rule)]), _note(rule)
    for key in FUNCTIONS:
        function = next((f for f in _modules().values() if id(f) == key), None)
        name = f"numpy.{key[0]}.{key[1]}" if isinstance(key, tuple) else None
        ruled = function is not None and registry.find(function) is not None
        for shown in [name] if name else [] if ruled else _names(function):
            yield shown, "through another", _through(shown), ""


def _through(name: str) -> str:
    """The parameters of the Python function that stands for it."""
    short = name.removeprefix("numpy.").replace(".", "_")
    function = getattr(library, short, None)
    if function is None:
        return "those of the function it is the same as"
    return ", ".join(f"`{p}`" for p in inspect.signature(function).parameters)


@cache
def _modules() -> dict[str, Any]:
    found: dict[str, Any] = {}
    optional = [importlib.import_module(name) for name in registry.ON_DEMAND]
    for module in (np, np.linalg, np.fft, math, operator, *optional):
        found |= {f"{module.__name__}.{name}": value for name, value in vars(module).items()
                  if callable(value) and not name.startswith("_")}
    return found


def _names(target: Any) -> list[str]:
    if isinstance(target, str):
        return [target] if not hasattr(operator, target.removeprefix("operator.")) else []
    if any(target is value for value in vars(builtins).values()):
        return [target.__name__]
    return [name for name, value in _modules().items() if value is target]


def _arguments(rule: Rule) -> list[str]:
    if rule.kind == "constant":
        return []
    return [f"`*{name}`" if name == rule.variadic else f"`{name}`" for name in (*rule.operands, *rule.keywords)]


def _more(name: str, rule: Rule) -> list[str]:
    """Further arguments, with which the function goes through a Python function: `np.sum(x, where=mask)`."""
    short = {"numpy.amax": "max", "numpy.amin": "min"}.get(name, name.removeprefix("numpy."))
    if rule.kind != "structural" or not name.startswith("numpy."):
        return []
    found = [p for other in (f"{short}_where", f"{short}_as", f"{short}_between") if hasattr(library, other)
             for p in inspect.signature(getattr(library, other)).parameters]
    return [f"`{p}`" for p in dict.fromkeys(found) if p not in (*rule.operands, *rule.keywords)]


def _note(rule: Rule) -> str:
    doc = inspect.getdoc(rule.function) if rule.function is not None else None
    return " ".join((doc or "").split())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
