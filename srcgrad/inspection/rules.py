"""The rules: which there are, and what each says."""
from __future__ import annotations

import builtins
import importlib
import importlib.util
import inspect
import math
import operator
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ..emit.imports import Imports
from ..emit.printer import expression
from ..rules import library, registry
from ..rules.dsl import Line, Rule
from ..rules.numpy_functions import FUNCTIONS


@dataclass(frozen=True)
class Entry:
    """A function that has a rule. `kind`: "elementwise", "structural", "constant", or "through another": it is the same as
    Python code over other functions. `note`: what is special about it."""

    name: str
    kind: str
    arguments: tuple[str, ...]
    note: str
    rule: Rule | None


@cache
def modules() -> dict[str, Any]:
    """Every function of the modules that have rules, by dotted name; those of SciPy where it is installed."""
    found: dict[str, Any] = {}
    optional = [importlib.import_module(name) for name in registry.ON_DEMAND if _installed(name)]
    for module in (np, np.linalg, np.fft, math, operator, *optional):
        found |= {f"{module.__name__}.{name}": value for name, value in vars(module).items()
                  if callable(value) and not name.startswith("_")}
    return found


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name.partition(".")[0]) is not None


@cache
def entries() -> tuple[Entry, ...]:
    """All functions that have rules and a name for users, sorted by name."""
    found: dict[str, Entry] = {}
    by_object: dict[int, list[str]] = {}
    for name, value in modules().items():
        by_object.setdefault(id(value), []).append(name)
    for target, rule in registry.rules():
        for name in _names(target, by_object):
            found[name] = Entry(name, rule.kind, _arguments(rule), _note(rule), rule)
    for key in FUNCTIONS:
        names = [f"numpy.{key[0]}.{key[1]}"] if isinstance(key, tuple) else by_object.get(key, [])
        for name in names:
            found.setdefault(name, Entry(name, "through another", _parameters(name), "", None))
    return tuple(found[name] for name in sorted(found))


def _names(target: Any, by_object: dict[int, list[str]]) -> list[str]:
    if isinstance(target, str):
        return [target] if not hasattr(operator, target.removeprefix("operator.")) else []
    if any(target is value for value in vars(builtins).values()):
        return [str(target.__name__)]
    return by_object.get(id(target), [])


def _arguments(rule: Rule) -> tuple[str, ...]:
    if rule.kind == "constant":
        return ()
    return tuple(f"*{name}" if name == rule.variadic else name for name in (*rule.operands, *rule.keywords))


def _library(name: str) -> Any:
    return getattr(library, name.removeprefix("numpy.").replace(".", "_"), None)


def _parameters(name: str) -> tuple[str, ...]:
    function = _library(name)
    return () if function is None else tuple(inspect.signature(function).parameters)


def _note(rule: Rule) -> str:
    doc = inspect.getdoc(rule.function) if rule.function is not None else None
    return " ".join((doc or "").split())


def search(text: str) -> tuple[Entry, ...]:
    """The entries of a name, dotted or not; else those whose name contains the text.

    >>> [e.name for e in search("sinh")]
    ['math.sinh', 'numpy.sinh']
    """
    exact = [e for e in entries() if e.name == text or e.name.rpartition(".")[2] == text]
    return tuple(exact or [e for e in entries() if text.lower() in e.name.lower()])


def mathematics(entry: Entry) -> list[str]:
    """The lines of a rule: `d[...]` is a tangent where it stands for the result, an adjoint where for an operand.

    >>> mathematics(next(e for e in search("numpy.tanh")))
    ['z = tanh(x)', 'tangent:  d[z] += (1 - z * z) * d[x]', 'adjoint:  d[x] += (1 - z * z) * d[z]']
    """
    rule = entry.rule
    short = entry.name.rpartition(".")[2]
    if rule is None:
        function = _library(entry.name)
        return [] if function is None else inspect.getsource(function).rstrip().split("\n")
    if rule.kind == "constant":
        return [f"{short}(...) is constant: its result does not depend differentiably on anything"]
    shown = [f"*{n}" if n == rule.variadic else n for n in rule.operands]
    keywords = [f"{n}={expression(e, Imports())}" for n, e in rule.keywords.items()]
    lines = [f"{rule.result} = {short}({', '.join([*shown, *keywords])})"]
    for mode, found in (("tangent", rule.body.tangent), ("adjoint", rule.body.adjoint)):
        lines += [f"{mode}:  {_line(line)}" for line in found]
    return lines


def _line(line: Line) -> str:
    key = "" if line.key is None else f"[{expression(line.key, Imports())}]"
    mark = "    (infinite or undefined somewhere)" if line.singular else ""
    return f"d[{line.target}]{key} += {expression(line.value, Imports())}{mark}"


def every() -> Iterator[tuple[str, list[Entry]]]:
    """The entries by module."""
    found: dict[str, list[Entry]] = {}
    for e in entries():
        found.setdefault(e.name.rpartition(".")[0], []).append(e)
    yield from sorted(found.items())
