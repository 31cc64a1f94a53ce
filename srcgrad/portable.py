"""Functions as data that another process can read: by source, where the user wrote them.

A bundle holds the source of a function and of the user's functions that it calls, the values of captured variables, and
import paths of everything else that it reads from its module; values where that module cannot be imported elsewhere, as
`__main__`. Unpacking compiles the source again, under a file name made
from it, so that tracebacks and srcgrad find it; nothing else is executed. Functions of installed packages and of the
standard library travel by their import paths.
"""
from __future__ import annotations

import ast
import builtins
import functools
import hashlib
import importlib
import linecache
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

from .emit.load import GENERATED, own_namespace
from .errors import SrcgradError
from .frontend.outside import LIBRARIES
from .frontend.read import captured, read
from .frontend.resolve import home

_INSTALLED = ("site-packages", "dist-packages")


@dataclass
class Bundle:
    """A function and those it calls. `records`: one for each, the function itself first."""

    records: list[Record]


@dataclass
class Record:
    """One function: its source, and how what it reads is found. A `reads` item is ("module", name), ("import", module,
    name), ("function", number of a record) or ("value", object)."""

    name: str
    qualname: str
    module: str
    source: str
    free: tuple[str, ...]
    defaults: Any
    kwdefaults: Any
    cells: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    reads: dict[str, tuple[Any, ...]] = field(default_factory=dict)


# ------------------------------------------------------------------ packing
def pack(f: Any) -> Any:
    """What stands for a callable in a pickle: a Bundle for a user's function, the parts of a partial, else itself."""
    if isinstance(f, functools.partial):
        return _Partial(pack(f.func), f.args, f.keywords)
    if isinstance(f, FunctionType) and _is_users(f):
        packer = _Packer()
        packer.number(f)
        return Bundle(packer.records)
    return f


@dataclass
class _Partial:
    func: Any
    args: tuple[Any, ...]
    keywords: dict[str, Any]


def _is_users(f: FunctionType) -> bool:
    module = (f.__globals__.get("__name__") or f.__module__ or "").partition(".")[0]
    known = module in LIBRARIES or module in sys.stdlib_module_names and module != "__main__"
    installed = any(part in f.__code__.co_filename for part in _INSTALLED)
    return not (known or installed) or home(f) is None


class _Packer:
    def __init__(self) -> None:
        self.records: list[Record] = []
        self.numbers: dict[int, int] = {}

    def number(self, f: FunctionType) -> int:
        """The number of the function's record, made at the first request."""
        if id(f) not in self.numbers:
            code = read(f)
            self.numbers[id(f)] = len(self.records)
            record = Record(f.__name__, f.__qualname__, code.module, _text(f), f.__code__.co_freevars, f.__defaults__,
                            f.__kwdefaults__)
            self.records.append(record)
            record.cells = {n: self.found(v, "", n) for n, v in captured(f).items()}
            record.reads = {n: self.found(f.__globals__[n], code.module, n) for n in _names(f.__code__) if n in f.__globals__}
        return self.numbers[id(f)]

    def found(self, value: Any, module: str, name: str) -> tuple[Any, ...]:
        if isinstance(value, ModuleType):
            return "module", value.__name__
        if isinstance(value, FunctionType) and _is_users(value):
            try:
                return "function", self.number(value)
            except SrcgradError:  # no source
                pass
        place = home(value)
        if place is not None and place[0] != "__main__":
            return "import", *place
        made = hasattr(type(value), "__srcgrad_derivative__") or hasattr(type(value), "__srcgrad_own__")
        travels = made or not module or not _importable(module)
        return ("value", value) if travels else ("import", module, name)


def _importable(module: str) -> bool:
    """Whether another process that looks in the same places finds the module: not `__main__`, which is another there."""
    root = module.partition(".")[0]
    return root != "__main__" and not module.startswith(GENERATED) and PathFinder.find_spec(root) is not None


def _names(code: CodeType) -> dict[str, None]:
    """The global names in a code object and those inside it."""
    found = dict.fromkeys(code.co_names)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            found |= _names(inner)
    return found


def _text(f: FunctionType) -> str:
    """A definition of the function, without its decorators; a lambda becomes a `return` of one."""
    node = read_node(f)
    if isinstance(node, ast.Lambda):
        return f"return {ast.unparse(node)}"
    node.decorator_list = []
    return f"{ast.unparse(node)}\nreturn {node.name}"


def read_node(f: FunctionType) -> Any:
    """The syntax tree of a function's definition."""
    from .frontend.locate import locate
    from .frontend.read import _lines
    candidate = locate("".join(_lines(f, f.__code__.co_filename)), f.__code__)
    assert candidate is not None
    return candidate.node


# ------------------------------------------------------------------ unpacking
def unpack(packed: Any) -> Any:
    """The callable that `pack` was given, or one like it."""
    if isinstance(packed, _Partial):
        return functools.partial(unpack(packed.func), *packed.args, **packed.keywords)
    if not isinstance(packed, Bundle):
        return packed
    modules: dict[str, dict[str, Any]] = {}  # functions of one module share its names
    functions = [_define(record, _names_of(record.module, modules)) for record in packed.records]
    for record, function in zip(packed.records, functions):
        for name, place in record.reads.items():
            _bind(function.__globals__.__setitem__, name, place, functions)
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or ()))
        for name, place in record.cells.items():
            if name in cells:
                _bind(functools.partial(_fill, cells[name]), name, place, functions)
    return functions[0]


def _fill(cell: CellType, name: str, value: Any) -> None:
    cell.cell_contents = value


def _names_of(module: str, modules: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if module not in modules:
        modules[module] = own_namespace(module.rpartition(".")[2].strip("_") or "module")
    return modules[module]


def _bind(put: Callable[[str, Any], None], name: str, place: tuple[Any, ...], functions: list[FunctionType]) -> None:
    """Puts what a place stands for where it is read. What cannot be imported here stays unbound: reading it is a NameError."""
    match place:
        case ("function", int() as number):
            put(name, functions[number])
        case ("value", value):
            put(name, value)
        case ("module", module):
            put(name, importlib.import_module(module))
        case ("import", module, path):
            try:
                found: Any = importlib.import_module(module)
                for part in path.split("."):
                    found = getattr(found, part)
            except (ImportError, AttributeError):
                return
            put(name, found)


def _define(record: Record, names: dict[str, Any]) -> FunctionType:
    """The function of a record over empty cells, reading the given global names."""
    body = "".join(f"    {line}\n" for line in record.source.split("\n"))
    free = "".join(f"    {name} = None\n" for name in record.free)
    if record.name.isidentifier() and record.name not in record.free:
        free += f"    global {record.name}\n"  # else a recursive call would become a captured variable
    text = f"def outer():\n{free}{body}"
    filename = f"<source of {record.name} {hashlib.sha256(text.encode()).hexdigest()[:8]}>"
    linecache.cache[filename] = len(text), None, text.splitlines(keepends=True), filename
    names.setdefault("__builtins__", builtins)
    outer = compile(text, filename, "exec", dont_inherit=True)
    code = next(c for c in _inner(outer) if c.co_name == record.name or c.co_name == "<lambda>")
    cells = tuple(CellType() for _ in code.co_freevars)
    function = FunctionType(code, names, record.name, record.defaults, cells)
    function.__kwdefaults__, function.__qualname__, function.__module__ = record.kwdefaults, record.qualname, names["__name__"]
    return function


def _inner(module: CodeType) -> list[CodeType]:
    outer = next(c for c in module.co_consts if isinstance(c, CodeType))
    return [c for c in outer.co_consts if isinstance(c, CodeType)]
