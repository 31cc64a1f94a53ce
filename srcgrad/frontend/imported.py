"""Imports inside a function: the names stand for what they import, wherever the function reads them."""
from __future__ import annotations

import importlib
from typing import Any

import gast

from .accepted import NO_IMPORT, REIMPORTED, refused
from .read import Code


def imported(code: Code, nodes: list[Any], bound: set[str]) -> dict[str, tuple[str, str, Any]]:
    """For each imported name the module and the name there, and the object. `bound`: what is bound otherwise."""
    found: dict[str, tuple[str, str, Any]] = {}
    for node in nodes:
        if not isinstance(node, gast.Import | gast.ImportFrom):
            continue
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            if name in bound or name in found and found[name] != _find(code, node, alias):
                raise refused(code, node, REIMPORTED)
            found[name] = _find(code, node, alias)
    return found


def _find(code: Code, node: Any, alias: Any) -> tuple[str, str, Any]:
    try:
        if isinstance(node, gast.Import):
            module = importlib.import_module(alias.name)
            top = importlib.import_module(alias.name.partition(".")[0])
            return (module.__name__, "", module) if alias.asname else (top.__name__, "", top)
        package = code.globals.get("__package__") or ""
        module = importlib.import_module("." * node.level + (node.module or ""), package)
        if not hasattr(module, alias.name):
            return f"{module.__name__}.{alias.name}", "", importlib.import_module(f"{module.__name__}.{alias.name}")
        return module.__name__, alias.name, getattr(module, alias.name)
    except ImportError:
        raise refused(code, node, NO_IMPORT) from None
