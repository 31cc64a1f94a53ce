"""What generated text has to import, and under which names."""
from __future__ import annotations

import ast
import builtins
import keyword
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..ir.names import Namer
from ..ir.nodes import Function
from ..ir.walk import all_names

HELPERS = "srcgrad.runtime.helpers"
DEFAULTS = "<defaults>"
WIDTH = 88
_LIBRARIES = frozenset({"numpy", "scipy", "srcgrad"})
_NUMPY_PARTS = frozenset({"numpy.linalg", "numpy.fft", "numpy.random"})
_TAKEN = frozenset(dir(builtins)) | frozenset(keyword.kwlist)
_LOAD = ast.Load()


@dataclass(frozen=True, eq=False)
class Binding:
    """A name that generated text reads and does not define.

    `attribute` is "" where the name is the module itself. The module `<defaults>` stands for default values of
    parameters that have no literal: `value` is the object itself.
    """

    name: str
    module: str
    attribute: str = ""
    value: Any = None

    @property
    def line(self) -> str:
        """The import statement, or a comment where the module's name cannot be imported."""
        if self.attribute or not _importable(self.module):
            return f"# {self.name}: bound when loaded"
        if self.name == self.module:
            return f"import {self.module}"
        package, _, last = self.module.rpartition(".")
        return f"from {package} import {last}" if package and last == self.name else f"import {self.module} as {self.name}"

    @property
    def section(self) -> int:
        """Python's own modules stand first, then libraries, then the user's modules, as linters want it."""
        root = self.module.partition(".")[0]
        return 0 if root in sys.stdlib_module_names and root != "__main__" else 1 if root in _LIBRARIES else 2


class Imports:
    """Chooses names for modules and helpers as they are asked for; none collides with a local name or a builtin.

    `taken` are the names of functions defined in the text and all local names in them.

    >>> imports = Imports({"np", "sum", "x"})
    >>> ast.unparse(imports.reference("numpy", "tanh")), ast.unparse(imports.reference("builtins", "sum"))
    ('np_2.tanh', 'builtins.sum')
    >>> imports.lines()
    ['import builtins', '', 'import numpy as np_2']
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._namer = Namer(taken)
        self._modules: dict[str, Binding] = {}
        self._helpers: dict[str, Binding] = {}
        self._defaults: dict[tuple[str, int], Binding] = {}
        self.used: set[str] = set()

    @classmethod
    def of(cls, functions: Sequence[Function]) -> Imports:
        """For text that defines these functions and no others."""
        return cls(taken_names(functions))

    def reference(self, module: str, name: str, value: Any = None) -> ast.expr:
        """The expression that reads `name` (dotted where it is nested, "" for the module itself) of the module; the module ""
        is the text itself."""
        path = self._path(module, name, value).split(".")
        self.used.add(path[0])
        tree: ast.expr = ast.Name(path[0], _LOAD)
        for part in path[1:]:
            tree = ast.Attribute(tree, part, _LOAD)
        return tree

    # -------------------------------------------------------------- choosing
    def _path(self, module: str, name: str, value: Any) -> str:
        if not module or (module == "builtins" and name not in self._namer.taken):
            return name
        if module == HELPERS:
            return self._helper(name)
        if module == DEFAULTS:
            return self._default(name, value)
        if module in _NUMPY_PARTS:
            module, name = "numpy", f"{module.removeprefix('numpy.')}.{name}"
        return f"{self._module(module)}.{name}".removesuffix(".")

    def _module(self, module: str) -> str:
        if module not in self._modules:
            hint = "np" if module == "numpy" else identifier(module.rpartition(".")[2])
            plain = module == hint or module == "numpy"
            self._modules[module] = Binding(self._choose(hint, plain), module)
        return self._modules[module].name

    def _choose(self, hint: str, plain: bool) -> str:
        """The hint if it is free. `np` and `math` are reserved for numpy and math, which are `plain`."""
        if plain and hint not in self._namer.taken and hint not in _TAKEN:
            self._namer.reserve([hint])
            return hint
        return self._namer.fresh(hint)

    def _helper(self, name: str) -> str:
        if name not in self._helpers:
            self._helpers[name] = Binding(self._namer.fresh(name), HELPERS, name)
        return self._helpers[name].name

    def _default(self, name: str, value: Any) -> str:
        key = name, id(value)
        if key not in self._defaults:
            self._defaults[key] = Binding(self._namer.fresh("_default_" + identifier(name)), DEFAULTS, name, value)
        return self._defaults[key].name

    # -------------------------------------------------------------- results
    def bindings(self) -> tuple[Binding, ...]:
        """Everything that was asked for, in the order of the import block."""
        modules = sorted(self._modules.values(), key=lambda b: b.module)
        helpers = sorted(self._helpers.values(), key=lambda b: b.attribute)
        return (*modules, *helpers, *self._defaults.values())

    def lines(self) -> list[str]:
        """The import block, in the order that linters want: Python's own modules, libraries, the user's."""
        modules = sorted((b for b in self._modules.values()), key=lambda b: (b.section, b.line.startswith("from"), b.module))
        out: list[str] = []
        for section in range(3):
            block = [b.line for b in modules if b.section == section] + (self._helper_lines() if section == 1 else [])
            out += [""] * bool(out and block) + block
        return out

    def before(self) -> list[str]:
        """Texts that stand between the imports and the functions."""
        return []

    def after(self) -> list[str]:
        """Texts that stand after the functions."""
        return []

    def _helper_lines(self) -> list[str]:
        helpers = sorted(self._helpers.values(), key=lambda b: _natural(b.attribute))
        names = [b.attribute if b.name == b.attribute else f"{b.attribute} as {b.name}" for b in helpers]
        if not names:
            return []
        line = f"from {HELPERS} import {', '.join(names)}"
        return [line] if len(line) <= WIDTH else [f"from {HELPERS} import (", *(f"    {name}," for name in names), ")"]


def taken_names(functions: Sequence[Function]) -> set[str]:
    """The names that text which defines these functions uses already."""
    return {name for f in functions for name in (definition_name(f), *all_names(f))}


def _natural(name: str) -> tuple[bool, bool, str]:
    """Constants first, then classes, then functions."""
    return not name.isupper(), not name[:1].isupper(), name


def _importable(module: str) -> bool:
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in module.split("."))


def definition_name(fn: Function) -> str:
    """The name the printed function has: that of the function, made an identifier (`<lambda>` is `lambda_`)."""
    return identifier(fn.name)


def identifier(name: str) -> str:
    """The name itself where it is an identifier, else the nearest one.

    >>> identifier("model"), identifier("<lambda>"), identifier("my-model"), identifier("2d")
    ('model', 'lambda_', 'my_model', '_2d')
    """
    if not name.isidentifier():
        name = re.sub(r"\W+", "_", name).strip("_")
        name = name if name.isidentifier() else "_" + name
    return name + "_" if keyword.iskeyword(name) else name
