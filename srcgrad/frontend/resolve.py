"""Names and attribute chains to the Python objects they stand for."""
from __future__ import annotations

import builtins
import dis
import functools
import hashlib
import inspect
import linecache
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType, FunctionType, ModuleType
from typing import Any

import gast
import numpy as np

from ..ir.nodes import Expr, Fn, Global, Ref, attr
from ..rules import registry
from .imported import imported
from .matching import captured as captured_by_match
from .read import Code, captured
from .syntax import children, walk


class _Missing:
    """The value of a name that is bound nowhere; reading it raises NameError, as in Python."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()
DEFAULTS = "<defaults>"  # the module of objects that are bound when generated code is loaded


@dataclass(frozen=True, eq=False)
class Place:
    """An object and where generated code can read it from."""

    module: str
    name: str
    value: Any

    def function(self) -> Fn:
        # What stands for a Python function says so (the functions of `nd`, which may be called with NDArrays).
        return Fn(self.module, self.name, getattr(self.value, "__srcgrad_function__", self.value))

    def read(self) -> Global:
        return Global(self.module, self.name, self.value)


@dataclass(frozen=True, eq=False)
class Scope:
    """What the names of one function mean."""

    locals: frozenset[str]
    cells: frozenset[str]
    globals: dict[str, Any]
    builtins: dict[str, Any]
    module: str
    captured: dict[str, Any] = field(default_factory=dict)  # what the cells hold
    imports: Mapping[str, Place] = field(default_factory=dict)
    codes: tuple[CodeType, ...] = ()  # of the functions that are made inside
    written: frozenset[str] = frozenset()  # globals that the function binds

    def name(self, name: str) -> Expr:
        """A name that is read. Globals that a function of their module binds are looked up anew each time."""
        if name in self.locals or name in self.cells:
            return Ref(name)
        place = self._find(name)
        data = name in self.globals and place is not None and isinstance(place.value, _DATA)
        if name in self.written or data and name in rebound(self.globals):
            return attr(self.namespace, name)
        return (place or Place(self.module, name, MISSING)).read()

    @property
    def namespace(self) -> Global:
        """The module whose globals the function sees."""
        return Global(self.module, "", sys.modules.get(self.module))

    def define(self, text: str, name: str) -> FunctionType:
        """A function over the same globals, from a text of its own; its source is found again."""
        filename = f"<inside {name} {hashlib.sha256(text.encode()).hexdigest()[:8]}>"
        linecache.cache[filename] = len(text), None, text.splitlines(keepends=True), filename
        found: dict[str, Any] = {}
        exec(compile(text, filename, "exec", dont_inherit=True), self.globals, found)
        function: FunctionType = found[name]
        return function

    def place(self, node: Any) -> Place | None:
        """The object behind a name or an attribute chain; None for what is only known at run time.

        Chains are followed through modules, classes and ufuncs, which nobody rebinds, and to methods that have rules; not
        through other objects, whose attributes are state.
        """
        if isinstance(node, gast.Name):
            return None if node.id in self.locals | self.cells | self.written else self._find(node.id)
        if not isinstance(node, gast.Attribute):
            return None
        base = self.place(node.value)
        if base is None:
            return None
        module = isinstance(base.value, ModuleType) or (
            hasattr(type(base.value), "__srcgrad_namespace__") and base.value.__srcgrad_namespace__)
        if not module and not isinstance(base.value, type | np.ufunc) and not registry.has_method(base.value, node.attr):
            return None
        try:
            value = getattr(base.value, node.attr)
        except (AttributeError, ImportError, NameError):
            return None
        if module:
            return Place(base.value.__name__, node.attr, value)
        return Place(base.module, f"{base.name}.{node.attr}", value)

    def _find(self, name: str) -> Place | None:
        if name in self.imports:
            return self.imports[name]
        if name in self.globals:
            value = self.globals[name]
            module, path = home(value) or (self.module, name)
            return Place(module, path, value)
        if name in self.builtins:
            return Place("builtins", name, self.builtins[name])
        return None


_DATA = (bool, int, float, complex, str, type(None), np.ndarray, np.generic)


def rebound(names: Mapping[str, Any]) -> set[str]:
    """The globals that functions and methods of their module bind: `global NAME`."""
    found: set[str] = set()
    for value in list(names.values()):
        members = vars(value).values() if isinstance(value, type) and value.__module__ == names.get("__name__") else (value,)
        for member in members:
            f = inspect.unwrap(getattr(member, "__func__", member)) if callable(member) else None
            if isinstance(f, FunctionType) and f.__globals__ is names:
                found |= _binds(f.__code__)
    return found


@functools.cache
def _binds(code: CodeType) -> frozenset[str]:
    inner = [_binds(c) for c in code.co_consts if isinstance(c, CodeType)]
    return frozenset(i.argval for i in dis.get_instructions(code) if i.opname == "STORE_GLOBAL").union(*inner)


def scope_of(code: Code) -> Scope:
    """The scope of a function: its locals are its parameters and whatever its body binds."""
    nodes = walk(code.node)
    bound = bound_names(code.node) | captured_by_match(code.node)
    imports = {name: Place(*found) for name, found in imported(code, nodes, bound).items()}
    found: dict[str, Any] = getattr(code.function, "__builtins__", vars(builtins))  # not in the stubs
    return Scope(frozenset(bound) - set(code.cells), frozenset(code.cells), code.globals, found, code.module,
                 captured(code.function), imports,
                 tuple(c for c in code.function.__code__.co_consts if isinstance(c, CodeType)),
                 declared(code.node, gast.Global))


def own_nodes(function: Any) -> Iterator[Any]:
    """The nodes of a function, without the bodies of those inside it."""
    todo = children(function)
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, gast.FunctionDef | gast.AsyncFunctionDef | gast.Lambda):
            todo += [*node.args.defaults, *(d for d in node.args.kw_defaults if d), *getattr(node, "decorator_list", ())]
        else:
            todo += children(node)


def bound_names(function: Any) -> set[str]:
    """The names that a function binds as its own: its parameters, what it assigns, the functions it defines."""
    nodes = list(own_nodes(function))
    found = {n.id for n in nodes if isinstance(n, gast.Name) and not isinstance(n.ctx, gast.Load)}
    found |= {n.name for n in nodes if isinstance(n, gast.FunctionDef)}
    return found - declared(function, gast.Global, gast.Nonlocal)


def declared(function: Any, *kinds: Any) -> frozenset[str]:
    """The names that a function declares global or nonlocal."""
    return frozenset(name for n in own_nodes(function) if isinstance(n, kinds) for name in n.names)


def free_names(function: Any) -> set[str]:
    """The names that a function, or one inside it, reads from around it."""
    nodes = list(own_nodes(function))
    found = {n.id for n in nodes if isinstance(n, gast.Name)}
    for inner in nodes:
        if isinstance(inner, gast.FunctionDef | gast.Lambda):
            found |= free_names(inner)
    return found - bound_names(function) - declared(function, gast.Global)


def home(value: Any) -> tuple[str, str] | None:
    """Where a function or class can be imported from: its own module, or the public package around it.

    >>> import math
    >>> home(math.exp), home(np.tanh), home(lambda: 0)
    (('math', 'exp'), ('numpy', 'tanh'), None)
    """
    if isinstance(value, ModuleType) or not callable(value):
        return None
    module = getattr(value, "__module__", None) or getattr(type(value), "__module__", None)
    path = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if not isinstance(module, str) or not isinstance(path, str):
        return None
    return next(((m, path) for m in _public(module) if _at(m, path) is value), None)


def _public(module: str) -> list[str]:
    """The module, after the package around its private part: functions of `scipy.special._basic` are public above."""
    parts = module.split(".")
    private = next((i for i, part in enumerate(parts) if i and part.startswith("_")), None)
    return [module] if private is None else [".".join(parts[:private]), module]


def _at(module: str, path: str) -> Any:
    found: Any = sys.modules.get(module, MISSING)
    for part in path.split("."):
        found = getattr(found, part, MISSING)
    return found
