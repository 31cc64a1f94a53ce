"""Generated text -> functions.

The text is compiled under a file name made from its content and put into linecache, so that tracebacks, debuggers and
`inspect.getsource` show it. Its import lines are not executed: names of modules are bound to what the user's function
itself sees, live, also where that is `__main__` or code that was never a module.
"""
from __future__ import annotations

import ast
import hashlib
import importlib
import itertools
import linecache
import sys
import weakref
from collections.abc import Mapping
from types import CellType, CodeType, FunctionType
from typing import Any

from ..errors import SrcgradError
from ..ir.nodes import Origin
from .imports import DEFAULTS, Binding, identifier
from .printer import Module

LINES = "__srcgrad_lines__"
_PREFIX = "<srcgrad "
_OUTER = "__srcgrad_outer__"
GENERATED = "srcgrad.generated."
_count = itertools.count()
_SELF = "__srcgrad_namespace__"
_own: weakref.WeakValueDictionary[str, LiveNamespace] = weakref.WeakValueDictionary()


class LiveNamespace:
    """Reads and writes the names of a globals dict as attributes, at the time of reading and writing."""

    __slots__ = ("__weakref__", "_names")

    @property
    def __srcgrad_namespace__(self) -> bool:
        """Whether the names are those of generated code, which nobody rebinds."""
        return str(self._names.get("__name__", "")).startswith(GENERATED)

    def __init__(self, names: dict[str, Any]) -> None:
        object.__setattr__(self, "_names", names)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._names[name]
        except KeyError:
            raise NameError(f"name {name!r} is not defined", name=name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self._names[name] = value


def load(
    module: Module,
    *,
    globals_of: Mapping[str, dict[str, Any]] = {},
    name: str | None = None,
    cells: Mapping[str, Mapping[str, CellType]] = {},
) -> dict[str, Any]:
    """Executes generated text in a fresh namespace and returns that.

    globals_of: module name -> the globals of the user's functions from it; needed where that is not an importable
        module's own dict.
    name: goes into the file name; that of the first function by default.
    cells: function name -> its captured cells. A function that needs some and is given none here raises NameError
        until `bind_cells` gives them.
    """
    name = identifier(name or (module.names[0] if module.names else "module"))
    filename = _register(module.text, name)
    namespace = own_namespace(name)
    namespace |= {"__file__": filename, LINES: module.lines}
    namespace.update((binding.name, _bound(binding, globals_of)) for binding in module.imports)
    exec(_compile(module, filename), namespace)
    namespace.pop(_OUTER, None)
    for function, names in module.cells.items():
        empty = {free: CellType() for free in names}
        namespace[function] = bind_cells(namespace[function], {**empty, **cells.get(function, {})})
    return namespace


def own_namespace(name: str) -> dict[str, Any]:
    """Globals for functions that are made here. The module name in them is unique, so that generated code which reads from
    them finds these, and cannot be imported."""
    names: dict[str, Any] = {"__name__": f"{GENERATED}{next(_count)}.{name}"}
    names[_SELF] = _own[names["__name__"]] = LiveNamespace(names)
    return names


def define(text: str, name: str, names: Mapping[str, Any]) -> FunctionType:
    """The function `name` that a text defines, over the given globals; its source is found again."""
    namespace = own_namespace(name)
    namespace |= names
    exec(compile(text, _register(text, name), "exec", dont_inherit=True), namespace)
    return namespace[name]  # type: ignore[no-any-return]


def bind_cells(function: FunctionType, cells: Mapping[str, CellType]) -> FunctionType:
    """The function over the given cells in place of its free variables of those names; others stay as they are."""
    old = dict(zip(function.__code__.co_freevars, function.__closure__ or ()))
    closure = tuple(cells.get(name, cell) for name, cell in old.items())
    bound = FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__, closure)
    bound.__kwdefaults__ = function.__kwdefaults__
    bound.__qualname__ = function.__name__
    return bound


def bind_defaults(function: FunctionType, values: Mapping[str, Any]) -> None:
    """Makes the objects the defaults of the parameters of those names; parameters without default stay so."""
    code = function.__code__
    old = function.__defaults__ or ()
    names = code.co_varnames[code.co_argcount - len(old):code.co_argcount]
    function.__defaults__ = tuple(values.get(name, value) for name, value in zip(names, old)) or None
    if function.__kwdefaults__:
        function.__kwdefaults__ = {name: values.get(name, value) for name, value in function.__kwdefaults__.items()}


def annotate(error: BaseException, lines: Mapping[int, Origin] | None = None) -> None:
    """Adds a note that names the user's line to an error raised in generated code (Python 3.11 and later).

    `lines` serves for generated code that carries no table of its own. An error of srcgrad's that knows no place is given it.
    """
    origin = _origin(error, lines or {})
    if isinstance(error, SrcgradError):
        if origin is not None and not error.lineno:
            error.locate(origin.filename, origin.line)
        return
    if origin is None or sys.version_info < (3, 11):
        return
    text = linecache.getline(origin.filename, origin.line).strip()
    note = f"differentiating {origin.filename}:{origin.line}" + (f": {text}" if text else "")
    if note not in getattr(error, "__notes__", ()):
        error.add_note(note)


def _origin(error: BaseException, lines: Mapping[int, Origin]) -> Origin | None:
    """The origin of the innermost generated line on the way to the error."""
    found, entry = None, error.__traceback__
    while entry is not None:
        frame = entry.tb_frame
        if frame.f_code.co_filename.startswith(_PREFIX):
            table = frame.f_globals.get(LINES, lines)
            near = max((n for n in table if n <= entry.tb_lineno), default=0)  # a line without origin goes with that before
            found = table.get(near, found)
        entry = entry.tb_next
    return found


# ------------------------------------------------------------------ compiling
def _register(text: str, name: str) -> str:
    """Puts the text into linecache under a name made from its content. Without a time, checkcache keeps the entry."""
    filename = f"{_PREFIX}{name} {hashlib.sha256(text.encode()).hexdigest()[:8]}>"
    lines = [line + "\n" for line in text.removesuffix("\n").split("\n")]
    linecache.cache[filename] = len(text), None, lines, filename
    return filename


def _compile(module: Module, filename: str) -> CodeType:
    tree = ast.parse(module.text, filename)
    body = [s for s in tree.body if not isinstance(s, ast.Import | ast.ImportFrom)]
    tree.body = [part for s in body for part in _enclosed(s, module.cells)]
    return compile(tree, filename, "exec", dont_inherit=True)


def _enclosed(s: ast.stmt, cells: Mapping[str, tuple[str, ...]]) -> list[ast.stmt]:
    """A function with captured variables moves into an outer one that has variables of those names."""
    if not isinstance(s, ast.FunctionDef) or not cells.get(s.name):
        return [s]
    shared = "pass" if s.name in cells[s.name] else f"global {s.name}"  # else a recursive call would become a cell too
    outer, call = ast.parse(f"def {_OUTER}():\n {shared}; {' = '.join(cells[s.name])} = None\n return {s.name}\n"
                            f"{s.name} = {_OUTER}()").body
    assert isinstance(outer, ast.FunctionDef)
    outer.body.insert(-1, s)
    return [outer, call]


def _bound(binding: Binding, globals_of: Mapping[str, dict[str, Any]]) -> Any:
    """What a name stands for: a module, one of its attributes, or a default value."""
    if binding.module == DEFAULTS:
        return binding.value
    if binding.module in _own:
        return _own[binding.module]
    names, module = globals_of.get(binding.module), sys.modules.get(binding.module)
    if names is not None and (module is None or module.__dict__ is not names):
        return LiveNamespace(names)
    module = module or importlib.import_module(binding.module)
    return getattr(module, binding.attribute) if binding.attribute else module
