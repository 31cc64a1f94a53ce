"""Which constructs a program uses, read from its text: what random testing has covered."""
from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from tests.fuzz.outcome import KINDS

CALLS = {name: construct for construct, names in {
    "np.add.at": "at", "np.copyto": "copyto", "put, putmask": "put putmask", "fill": "fill fill_diagonal",
    "sort in place": "sort", "list append, extend, insert, pop": "append extend insert pop",
    "dict update, get": "update get", "sorted": "sorted", "dict items, values": "items values",
    "concatenate, stack": "concatenate stack", "objects": "Model",
    "reshape, ravel, transpose": "reshape ravel transpose swapaxes", "where, clip, maximum": "where clip maximum minimum",
    "enumerate, zip, reversed": "enumerate zip reversed", "method call": "apply step advance"}.items() for name in names.split()}


def constructs(text: str) -> set[str]:
    """The names of the constructs in a program."""
    tree = ast.parse(text)
    found: set[str] = set()
    for node in ast.walk(tree):
        found.update(_of_node(node))
    for f in (n for n in tree.body if isinstance(n, ast.FunctionDef)):
        found.update(_of_function(f))
    found.update(name for name in ("float32", "OF") if name in text)
    return found


def _of_node(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Lambda():
            yield "lambda"
        case ast.ListComp() | ast.GeneratorExp():
            yield "comprehension"
        case ast.NamedExpr():
            yield "assignment expression"
        case ast.Starred():
            yield "starred"
        case ast.IfExp():
            yield "conditional expression"
        case ast.BoolOp():
            yield "and, or"
        case ast.BinOp(op=ast.MatMult()):
            yield "@"
        case ast.Call():
            yield from _of_call(node)
        case ast.Assign(targets=targets):
            yield from ("chained assignment",) if len(targets) > 1 else ()
            for target in targets:
                yield from _of_target(target, "store")
        case ast.AugAssign(target=target):
            yield from _of_target(target, "augmented store") if isinstance(target, ast.Subscript) else ("augmented assignment",)


def _of_call(node: ast.Call) -> Iterator[str]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in CALLS:
        yield CALLS[name]
    for keyword in node.keywords:
        if keyword.arg in ("out", "where", "keepdims"):
            yield f"{keyword.arg}="


def _of_target(target: ast.expr, what: str) -> Iterator[str]:
    if isinstance(target, ast.Tuple | ast.List):
        yield "unpacking"
        for part in target.elts:
            yield from _of_target(part, "unpacked store")
    elif isinstance(target, ast.Attribute):
        yield "attribute " + what
    elif isinstance(target, ast.Subscript):
        yield f"{what}: {_key(target.slice)}"
        if isinstance(target.value, ast.Subscript):
            yield "store through two subscripts"


def _key(key: ast.expr) -> str:
    parts = key.elts if isinstance(key, ast.Tuple) else [key]
    steps = [p.step for p in parts if isinstance(p, ast.Slice) and p.step is not None]
    if any(isinstance(p, ast.Compare) for p in parts):
        return "mask"
    if any(isinstance(p, ast.List | ast.Call) for p in parts):
        return "index array"
    if any(isinstance(step, ast.UnaryOp) for step in steps):
        return "negative step"
    if steps:
        return "step"
    return "slice" if any(isinstance(p, ast.Slice) for p in parts) else "element or name"


def _of_function(f: ast.FunctionDef) -> Iterator[str]:
    if any(isinstance(n, ast.FunctionDef) for n in ast.walk(f) if n is not f):
        yield "nested function"
    calls = {n.func.id for n in ast.walk(f) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    if f.name in calls:
        yield "recursion"
    elif f.name == "put":
        yield "callee that writes"
    elif f.name != "f":
        yield "helper"
    yield from _loops(f.body, 0)


def _loops(block: list[ast.stmt], depth: int) -> Iterator[str]:
    for s in block:
        if isinstance(s, ast.For | ast.While):
            yield ("for" if isinstance(s, ast.For) else "while") + (" in a loop" if depth else "")
            yield from _loops(s.body, depth + 1)
        elif isinstance(s, ast.If):
            yield "branch"
            yield from _loops([*s.body, *s.orelse], depth)
        elif isinstance(s, ast.Break | ast.Continue):
            yield type(s).__name__.lower()
        elif isinstance(s, ast.Return) and depth:
            yield "return from a loop"


class Table:
    """How programs with each construct ended."""

    def __init__(self) -> None:
        self.rows: dict[str, Counter[str]] = {}

    def add(self, text: str, kind: str) -> None:
        for name in constructs(text):
            self.rows.setdefault(name, Counter())[kind] += 1

    def __str__(self) -> str:
        shown = [kind for kind in KINDS if any(row[kind] for row in self.rows.values())]
        lines = [f"{'construct':34}" + "".join(f"{kind:>10}" for kind in shown)]
        lines += [f"{name:34}" + "".join(f"{row[kind]:>10}" for kind in shown) for name, row in sorted(self.rows.items())]
        return "\n".join(lines)
