"""Generated pairs for the record face: found by function and signature, free variables turned into inputs."""
from __future__ import annotations

import inspect
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import CodeType, FunctionType
from typing import Any

from . import pipeline
from .derivative import Specialised
from .front import remember
from .ir.nodes import Block, Expr, Function, Global, Param, Ref
from .ir.types import Type
from .ir.walk import map_blocks, map_operands, rewrite
from .signature import key_of, types_of

LIMIT = 512  # signatures remembered per function


@dataclass
class Pair:
    """What `runtime.recording.Pair` asks for, and what must still hold for the code to be right."""

    forward: Callable[..., tuple[Any, Any]]
    backward: Callable[[Any, Any], tuple[Any, ...]]
    active: tuple[str, ...]
    modified: tuple[str, ...]
    text: str
    specialised: Specialised
    function: FunctionType
    types: dict[str, Type]

    @cached_property
    def gradient(self) -> Callable[..., tuple[Any, ...]]:
        """The joint adjoint function: it takes the adjoint last, and is a Python function like any other."""
        return pipeline.gradient_code(self.function, self.active, self.types)[0]


_found: weakref.WeakKeyDictionary[CodeType, dict[Any, Pair]] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def split(f: Callable[..., Any], active: tuple[str, ...], inputs: Mapping[str, Any]) -> Pair:
    """The pair of `f` with the named inputs active.

    `inputs` are sample values of all inputs: the parameters, then captured variables and globals that are to be inputs
    too; forward takes these as keyword parameters. Code is generated once for each signature. Closures of one function
    share it where everything they capture is an input.
    """
    assert isinstance(f, FunctionType)
    with _lock:
        known = _found.setdefault(f.__code__, {})
    captured = [id(cell) for name, cell in zip(f.__code__.co_freevars, f.__closure__ or ()) if name not in inputs]
    key = (active, tuple([(name, _key(value)) for name, value in inputs.items()]), id(f.__globals__), tuple(captured),
           pipeline.current_options())
    try:
        pair = known.get(key)
    except TypeError:  # an unhashable key of a dict among the inputs
        return _make(f, active, inputs)
    if pair is None or not pair.specialised.holds():
        pair = _make(f, active, inputs)
        with _lock:
            if len(known) >= LIMIT:
                known.clear()
            known[key] = pair
    return pair


def _key(value: Any) -> Any:
    """Functions and classes count by identity: code is specialised to them."""
    return value if callable(value) else key_of(value)


def _make(f: FunctionType, active: tuple[str, ...], inputs: Mapping[str, Any]) -> Pair:
    parameters = inspect.signature(f).parameters
    free = tuple(name for name in inputs if name not in parameters)
    function = with_inputs(f, free) if free else f
    types = types_of(inputs)
    code = pipeline.split_code(function, active, types)
    facts = pipeline.Unit().facts(function, types, dict.fromkeys(active, True))
    return Pair(code[0], code[1], active, facts.aliases.parameters if facts else (), code.text, Specialised(code),
                function, types)


def with_inputs(f: FunctionType, names: tuple[str, ...]) -> FunctionType:
    """A copy of `f`, known to the pipeline, whose captured variables and globals `names` are keyword parameters."""
    copy = FunctionType(f.__code__, f.__globals__, f.__name__, f.__defaults__, f.__closure__)
    copy.__kwdefaults__, copy.__module__, copy.__qualname__ = f.__kwdefaults__, f.__module__, f.__qualname__
    found = pipeline.front(f)
    remember(copy, _with_inputs(found.surface, names), _with_inputs(found.normal, names))
    return copy


def _with_inputs(f: Function, names: tuple[str, ...]) -> Function:
    def is_input(node: Expr) -> bool:
        return isinstance(node, Global) and node.module == f.source.module and node.name in names

    def expression(e: Expr) -> Expr:
        return rewrite(e, lambda node: Ref(node.name) if is_input(node) else node)  # type: ignore[attr-defined]

    def block(b: Block) -> Block:
        return tuple(map_blocks(map_operands(s, expression), block) for s in b)

    return replace(f, params=(*f.params, *(Param(name, "keyword") for name in names)), body=block(f.body),
                   cells=tuple(c for c in f.cells if c not in names))
