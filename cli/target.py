"""`FILE.py:FUNC` on the command line, and the functions it names."""
from __future__ import annotations

import ast
import importlib
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from click.shell_completion import CompletionItem

from srcgrad.errors import SrcgradError

Function = Callable[..., Any]


class Failure(click.ClickException):
    """A message on stderr, and exit code 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


@dataclass(frozen=True)
class Target:
    """A file, and the dotted name of a function in it ("" where only the file was given)."""

    path: Path
    name: str

    @property
    def shown(self) -> str:
        """As it is written into generated files: never an absolute path."""
        path = self.path.name if self.path.is_absolute() else self.path.as_posix()
        return f"{path}:{self.name}" if self.name else path

    @property
    def filename(self) -> str:
        return self.shown.rpartition(":")[0] if self.name else self.shown


class TargetType(click.ParamType):
    """Converts `FILE.py:FUNC` or, where `whole_files`, `FILE.py`."""

    def __init__(self, whole_files: bool = False) -> None:
        self.whole_files = whole_files
        self.name = "FILE.py[:FUNC]" if whole_files else "FILE.py:FUNC"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Target:
        match = re.fullmatch(r"(.+\.py)(?::([^\W\d]\w*(?:\.[^\W\d]\w*)*))?", value)
        if match is None or not (match[2] or self.whole_files):
            self.fail(f"{value!r} is not of the form {self.name}", param, ctx)
        if not Path(match[1]).is_file():
            self.fail(f"no file {match[1]}", param, ctx)
        return Target(Path(match[1]), match[2] or "")

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Files, and behind the colon the functions that a file defines; it is read, not imported."""
        file, colon, start = incomplete.rpartition(":")
        if not colon:
            return [CompletionItem(incomplete, type="file")]
        try:
            tree = ast.parse(Path(file).read_text(encoding="utf-8"))
        except (OSError, SyntaxError, ValueError):
            return []
        names = [f"{scope}{node.name}" for scope, body in _scopes(tree) for node in body if isinstance(node, ast.FunctionDef)]
        return [CompletionItem(f"{file}:{name}") for name in names if name.startswith(start)]


def _scopes(tree: ast.Module) -> Iterator[tuple[str, list[ast.stmt]]]:
    yield "", tree.body
    yield from ((f"{node.name}.", node.body) for node in tree.body if isinstance(node, ast.ClassDef))


@contextmanager
def failures_reported() -> Iterator[None]:
    """Turns srcgrad's errors into messages without traceback."""
    try:
        yield
    except SrcgradError as error:
        raise Failure(str(error)) from None


# ------------------------------------------------------------------ importing
@contextmanager
def imported(path: Path) -> Iterator[ModuleType]:
    """The module in a file, imported with its folder (that of the outermost package around it) on the path."""
    name, folder = module_name(path)
    present = sys.modules.get(name)
    if present is not None and not _is_file_of(present, path):
        raise Failure(f"{path}: can't be imported as `{name}`, which is another module; rename the file")
    sys.path.insert(0, str(folder))
    try:
        yield present or _import(name, path)
    finally:
        sys.path.remove(str(folder))
        if present is None:
            sys.modules.pop(name, None)


def module_name(path: Path) -> tuple[str, Path]:
    """The dotted name a file is imported by, and the folder where that name starts."""
    path = path.resolve()
    parts, folder = [path.stem], path.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts), folder


def _is_file_of(module: ModuleType, path: Path) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and Path(file).resolve() == path.resolve()


def _import(name: str, path: Path) -> ModuleType:
    try:
        module = importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except SrcgradError as error:  # a decorator refused
        raise Failure(str(error)) from None
    except BaseException as error:  # whatever the user's file raises when it is run, SystemExit too
        place, what = _place(error, path), "".join(traceback.format_exception_only(error)).strip()
        raise Failure(f"{place}: importing it failed\n{what}") from None
    if not _is_file_of(module, path):
        raise Failure(f"{path}: `import {name}` finds another file, {getattr(module, '__file__', 'a built-in module')}")
    return module


def _place(error: BaseException, path: Path) -> str:
    """`model.py:3`, the innermost line of the file on the way to the error."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path.resolve())]
    return f"{path}:{lines[-1]}" if lines else str(path)


# ------------------------------------------------------------------ finding functions
def function_of(module: ModuleType, target: Target) -> Function:
    """The function a target names; for one under @record the user's own."""
    found: Any = module
    for part in target.name.split("."):
        if not hasattr(found, part):
            defined = ", ".join(_functions(module)) or "none"
            raise Failure(f"{target.path}: no function {target.name}; it defines {defined}"
                          + did_you_mean(part, _names(found)))
        found = getattr(found, part)
    if not callable(found):
        raise Failure(f"{target.path}: {target.name} is no function but a {type(found).__name__}")
    function: Function = found.__wrapped__ if is_recorded(found) else found
    return function


def decorated(module: ModuleType, path: Path) -> tuple[Function, ...]:
    """The functions under `@autograd.record` that a module defines, in order."""
    scopes = [module, *(value for value in vars(module).values() if _defined_in(value, module, type))]
    found = [value.__wrapped__ for scope in scopes for value in vars(scope).values()
             if is_recorded(value) and value.__wrapped__.__module__ == module.__name__]
    if not found:
        raise Failure(f"{path}: no function in it is decorated with autograd.record; name one: {path}:FUNC")
    return tuple(sorted(dict.fromkeys(found), key=lambda function: function.__code__.co_firstlineno))


def is_recorded(value: Any) -> bool:
    """What autograd.record makes of a function."""
    kind = type(value)
    return kind.__name__ == "Recorded" and kind.__module__.startswith("srcgrad.") and hasattr(value, "__wrapped__")


def _defined_in(value: Any, module: ModuleType, kind: type) -> bool:
    return isinstance(value, kind) and getattr(value, "__module__", None) == module.__name__


def _names(found: Any) -> list[str]:
    return [name for name in dir(found) if callable(getattr(found, name, None)) and not name.startswith("_")]


def did_you_mean(name: str, names: list[str]) -> str:
    """The end of a message about a name that is not there."""
    from difflib import get_close_matches
    near = get_close_matches(name, names, 1)
    return f"\nhint: did you mean {near[0]}?" if near else ""


def _functions(module: ModuleType) -> list[str]:
    return [name for name, value in vars(module).items()
            if getattr(value, "__module__", None) == module.__name__ and callable(value)]
