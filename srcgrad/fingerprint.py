"""All that the code generated for a function depends on, as a digest: equal digests in two processes give equal code.

Beginning at a function, its names are followed as Python would look them up: to the code, the text, the defaults and the
captured variables of the functions it may call, to the attributes it may read from modules, and to the types of other values.
More is followed than is needed, as nothing tells names of attributes from those of globals. What cannot be told apart by
what is written here raises Unkeyed: such code is generated anew in each process.
"""
from __future__ import annotations

import builtins
import functools
import hashlib
import linecache
import opcode
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from .analyse.values import type_of_value
from .emit.load import GENERATED
from .front import given
from .frontend.outside import LIBRARIES, Outside, global_names
from .frontend.resolve import MISSING, home, rebound
from .ir.types import Dict, List, Never, Num, Opaque, Shape, Size, Tuple, Type, Unknown

Token = Any  # nested tuples of strings, numbers and bytes, whose repr tells them apart
_LITERALS = (bool, int, float, complex, str, bytes, type(None))
_DATA = (*_LITERALS, np.ndarray, np.generic)
_IMPORT = opcode.opmap["IMPORT_NAME"]


class Unkeyed(Exception):
    """What the code depends on cannot be written down."""


@dataclass(frozen=True)
class Fingerprint:
    """The digest; the functions that were reached, in an order which is the same for equal digests, the first being that which
    was asked for; and the names that were followed."""

    digest: str
    functions: tuple[FunctionType, ...]
    guards: tuple[Outside, ...]


def fingerprint(f: FunctionType) -> Fingerprint:
    """The fingerprint of a function. Raises Unkeyed."""
    walk = _Walk()
    walk.function(f)
    digest = hashlib.sha256(repr((environment(), walk.records)).encode()).hexdigest()
    return Fingerprint(digest, tuple(walk.functions), tuple(walk.guards.values()))


@functools.cache
def environment() -> Token:
    """The versions of everything that takes part: of srcgrad each file, as they are while it is worked on."""
    from . import __version__
    folder = Path(__file__).parent
    found = [(path, path.stat()) for path in sorted(folder.rglob("*.py"))]
    files = [(str(path.relative_to(folder)), facts.st_mtime_ns, facts.st_size) for path, facts in found]
    return __version__, sys.version, np.__version__, files


class _Walk:
    def __init__(self) -> None:
        self.functions: list[FunctionType] = []
        self.records: list[Token] = []
        self.numbers: dict[int, int] = {}
        self.modules: set[tuple[int, str]] = set()
        self.guards: dict[tuple[int, str], Outside] = {}

    def guard(self, names: Any, name: str, value: Any) -> None:
        self.guards.setdefault((id(names), name), Outside(names, name, value))

    # -------------------------------------------------------------- functions
    def function(self, f: FunctionType) -> Token:
        module = str(f.__globals__.get("__name__"))
        if is_library(module):
            return named(f)
        if id(f) in self.numbers:
            return "function", self.numbers[id(f)]
        if f.__dict__ or given(f) or module.startswith(GENERATED) or _imports(f.__code__):
            raise Unkeyed(f.__qualname__)
        place = home(f)
        if place is not None:
            module_there, name = sys.modules[place[0]], place[1]
            if "." in name:
                raise Unkeyed(f.__qualname__)
            self.guard(vars(module_there), name, f)  # generated code may call it from there
        number = self.numbers[id(f)] = len(self.functions)
        self.functions.append(f)
        self.records.append((module, f.__module__, f.__qualname__, place, of_code(f.__code__), _text(f),
                             [literal(v) for v in f.__defaults__ or ()],
                             [(n, literal(v)) for n, v in (f.__kwdefaults__ or {}).items()]))
        self.records.append([*self.cells(f), *self.names(f)])
        return "function", number

    def cells(self, f: FunctionType) -> Iterator[Token]:
        for name, cell in zip(f.__code__.co_freevars, f.__closure__ or ()):
            try:
                value = cell.cell_contents
            except ValueError:
                raise Unkeyed(name) from None
            self.guard(_Cell(cell), name, value)
            yield "cell", name, self.value(value, ())

    def names(self, f: FunctionType) -> Iterator[Token]:
        every = global_names(f.__code__)
        data = False
        for name in every:
            value = f.__globals__.get(name, MISSING)
            if value is not MISSING or hasattr(builtins, name):
                self.guard(f.__globals__, name, value)
            data |= isinstance(value, _DATA)
            yield name, self.value(value, tuple(every))
        if data:
            yield "rebound", sorted(rebound(f.__globals__) & every.keys())

    # -------------------------------------------------------------- values
    def value(self, x: Any, names: tuple[str, ...]) -> Token:
        """`names`: those that may be read from it as attributes."""
        if x is MISSING:
            return ()
        if isinstance(x, ModuleType):
            return self.module(x, names)
        if isinstance(x, FunctionType):
            return self.function(x)
        if callable(x):
            return named(x)
        if isinstance(x, str | bytes | slice | range | np.dtype):  # may say what a function does: its dtype, its axes
            return type(x).__name__, repr(x)
        return "value", of_type(type_of_value(x)), type(x).__module__, type(x).__qualname__

    def module(self, x: ModuleType, names: tuple[str, ...]) -> Token:
        if is_library(x.__name__):
            return "module", x.__name__, _version(x.__name__)
        if "__getattr__" in vars(x):
            raise Unkeyed(x.__name__)
        found = []
        for name in names:
            if name in vars(x) and (id(x), name) not in self.modules:
                self.modules.add((id(x), name))
                self.guard(vars(x), name, vars(x)[name])
                found.append((name, self.value(vars(x)[name], names)))
        return "module", x.__name__, found


class _Cell:
    """Lets a captured variable be looked up like the item of a dict."""

    __slots__ = ("cell",)

    def __init__(self, cell: Any) -> None:
        self.cell = cell

    def get(self, name: str, default: Any) -> Any:
        try:
            return self.cell.cell_contents
        except ValueError:
            return default


def is_library(module: str) -> bool:
    """What nobody changes but by another version: NumPy, SciPy, srcgrad, and what comes with Python."""
    root = module.partition(".")[0]
    return root in LIBRARIES or root in sys.stdlib_module_names and root != "__main__"


def _version(module: str) -> str:
    return str(getattr(sys.modules.get(module.partition(".")[0]), "__version__", ""))


def named(x: Any) -> Token:
    """A function or class of a library."""
    place = home(x)
    if place is None or not is_library(place[0]):
        raise Unkeyed(repr(x))
    return "named", *place, _version(place[0])


def literal(x: Any) -> Token:
    """A default value, which is part of the text."""
    if isinstance(x, tuple):
        return tuple(map(literal, x))
    if type(x) not in _LITERALS:
        raise Unkeyed(repr(x))
    return type(x).__name__, repr(x)


# ------------------------------------------------------------------ code and types
def of_code(code: CodeType) -> Token:
    """A code object, and those inside it: what runs, and where in the file it stands."""
    constants = [of_code(x) if isinstance(x, CodeType) else (type(x).__name__, sorted(map(repr, x)) if isinstance(
        x, frozenset) else repr(x)) for x in code.co_consts]
    return (code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, code.co_flags,
            code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_name, code.co_filename,
            code.co_firstlineno, code.co_linetable)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for x in code.co_consts:
        if isinstance(x, CodeType):
            yield from _codes(x)


def _imports(code: CodeType) -> bool:
    return any(_IMPORT in c.co_code[::2] for c in _codes(code))


def _text(f: FunctionType) -> str:
    """The lines of the file that the function stands in, which comments quote."""
    code = f.__code__
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename, f.__globals__)
    last = max(line for c in _codes(code) for _, _, line in c.co_lines() if line is not None)
    if len(lines) < last:
        raise Unkeyed(f.__qualname__)
    return "".join(lines[code.co_firstlineno - 1:last])


def of_types(types: Mapping[str, Type]) -> Token:
    return [(name, of_type(t)) for name, t in types.items()]


def of_type(t: Type) -> Token:
    """A type. Raises Unkeyed for those that name functions and classes of the program."""
    match t:
        case Num():
            return "num", t.kind, t.dtype, None if t.dims is None else _dims(t.dims), _dims((t.value,))
        case Tuple(items, None):
            return "tuple", [of_type(x) for x in items]
        case List():
            return "list", of_type(t.item)
        case Dict():
            return "dict", [(literal(k), of_type(x)) for k, x in t.items], t.whole
        case Shape():
            return "shape", _dims(t.dims)
        case Opaque():
            return "opaque", t.what
        case Unknown() | Never():
            return type(t).__name__
    raise Unkeyed(repr(t))


def _dims(dims: Iterable[Any]) -> Token:
    return [(d.name, d.plus) if isinstance(d, Size) else d for d in dims]
