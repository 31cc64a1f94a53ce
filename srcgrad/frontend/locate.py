"""Finding a function's node in the syntax tree of its file, and telling whether the text is still that function."""
from __future__ import annotations

import ast
import copy
import dis
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, eq=False)
class Candidate:
    """A definition in a file; `owner` is the innermost class around it, for private names, "" where there is none."""

    node: Definition
    owner: str

    @property
    def first_line(self) -> int:
        """What Python calls co_firstlineno: the first decorator's line."""
        decorators = [] if isinstance(self.node, ast.Lambda) else self.node.decorator_list
        return min([self.node.lineno, *(d.lineno for d in decorators)])

    @property
    def name(self) -> str:
        return "<lambda>" if isinstance(self.node, ast.Lambda) else self.node.name


@lru_cache(maxsize=64)
def definitions(text: str) -> tuple[Candidate, ...]:
    """All functions and lambdas in the text of a file. Raises SyntaxError."""
    return tuple(_walk(ast.parse(text), ""))


def _walk(node: ast.AST, owner: str) -> Iterator[Candidate]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield Candidate(child, owner)
        yield from _walk(child, child.name if isinstance(child, ast.ClassDef) else owner)


@lru_cache(maxsize=64)
def compiled(text: str) -> dict[tuple[str, int], list[CodeType]]:
    """The code of all functions in a file, compiled as a whole: Python's code for a function depends on the imports
    around it."""
    found: dict[tuple[str, int], list[CodeType]] = {}
    todo = [compile(text, "<check>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)]
    while todo:
        code = todo.pop()
        found.setdefault((code.co_name, code.co_firstlineno), []).append(code)
        todo += [const for const in code.co_consts if isinstance(const, CodeType)]
    return found


def locate(text: str, code: CodeType) -> Candidate | None:
    """The definition in `text` that compiles to `code`; None where the text holds no such function (any more).

    Candidates start on the function's line and have its name. Where several do (lambdas), the columns of the code's
    instructions tell them apart, or, where Python keeps no columns, the code itself; candidates that even compile to
    the same code are the same function.
    """
    found = [c for c in definitions(text) if c.first_line == code.co_firstlineno and c.name == code.co_name]
    if not found or not is_current(text, code):
        return None
    if len(found) > 1:
        extent = _extent(code)
        found = _around(found, extent) if extent else [c for c in found if _alike(c.node, code)]
    return found[0] if found else None


def is_current(text: str, code: CodeType) -> bool:
    """Whether compiling the text gives the function's code, so that the text is what runs.

    Code that an import hook has instrumented (pytest rewrites asserts) holds names that no text can hold; it is
    taken on trust, and so is generated code, whose file name is made from its content.
    """
    if code.co_filename.startswith("<srcgrad ") or any(not name.isidentifier() for name in code.co_names + code.co_varnames):
        return True
    wanted = shape(code)
    return any(shape(c) == wanted for c in compiled(text).get((code.co_name, code.co_firstlineno), []))


def shape(code: CodeType) -> tuple[Any, ...]:
    """What two compilations of the same text have in common, wherever the text stands."""
    consts = tuple(shape(c) if isinstance(c, CodeType) else _literal(c) for c in code.co_consts)
    return (code.co_name, code.co_code, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars,
            code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, consts)


def _literal(const: Any) -> tuple[str, str]:
    """A constant; of the qualified names that Python 3.10 keeps for inner functions the part that does not depend on
    where the function stands."""
    return type(const).__name__, repr(const).rpartition("<locals>.")[2]


# ------------------------------------------------------------------ lambdas that share a line
Extent = tuple[tuple[int, int], tuple[int, int]]


def _extent(code: CodeType) -> Extent | None:
    """The first and last position that instructions of the code come from; None where none is known (Python 3.10).

    Instructions that stand for no text have no column, or an empty range.
    """
    spans: list[Any] = [getattr(i, "positions", None) for i in dis.get_instructions(code)]
    known = [p for p in spans if p is not None and None not in p
             and (p.lineno, p.col_offset) < (p.end_lineno, p.end_col_offset)]
    if not known:
        return None
    return min((p.lineno, p.col_offset) for p in known), max((p.end_lineno, p.end_col_offset) for p in known)


def _around(found: list[Candidate], extent: Extent) -> list[Candidate]:
    """The innermost candidate whose body holds the extent."""
    holding = [(_start(c.node), c) for c in found if isinstance(c.node, ast.Lambda)
               and _start(c.node.body) <= extent[0] and extent[1] <= _end(c.node.body)]
    return [max(holding, key=lambda each: each[0])[1]] if holding else []


def _start(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _end(node: ast.expr) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or node.col_offset


def _alike(node: Definition, code: CodeType) -> bool:
    """Whether a lambda, compiled alone inside a scope that binds its free names, gives the code."""
    assert isinstance(node, ast.Lambda)
    bare = copy.copy(node)
    bare.args = copy.copy(node.args)
    bare.args.defaults, bare.args.kw_defaults = [], [None for _ in node.args.kwonlyargs]
    outer: Any = ast.parse(f"def scope({', '.join(code.co_freevars)}): pass")
    outer.body[0].body = [ast.Expr(bare)]
    module = compile(ast.fix_missing_locations(outer), "<check>", "exec", dont_inherit=True)
    scope = next(const for const in module.co_consts if isinstance(const, CodeType))
    return any(shape(const) == shape(code) for const in scope.co_consts if isinstance(const, CodeType))
