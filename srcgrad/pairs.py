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

import numpy as np

from . import pipeline
from .analyse.activity import active as is_active
from .derivative import Specialised
from .errors import SrcgradError
from .front import remember
from .frontend.outside import Outside
from .ir.names import Namer
from .ir.nodes import Assign, Block, Build, Expr, Function, Global, Param, Ref, Return, Stmt
from .ir.types import Type
from .ir.walk import all_names, bound_in, map_blocks, map_operands, rewrite
from .rules import registry
from .signature import key_of, types_of

LIMIT = 512  # signatures remembered per function


@dataclass
class Pair:
    """What `runtime.recording.Pair` asks for, and what must still hold for the code to be right.

    Where all that the function modifies are arrays whose names it binds to nothing else, forward returns a tuple in place
    of the value: the value, and what each array in `modified` holds in the end; `varies` says which of them depend on
    active inputs, and is empty where that is not so. `returned` is the parameter that is returned as it was given. `records`:
    the function knows others that are decorated themselves, whose calls the code must not hide. `uncertain`: the code asks
    at run time whether variables share memory, and refuses where they do.
    """

    forward: Callable[..., tuple[Any, Any]]
    backward: Callable[[Any, Any], tuple[Any, ...]]
    active: tuple[str, ...]
    modified: tuple[str, ...]
    text: str
    specialised: Specialised
    function: FunctionType
    types: dict[str, Type]
    varies: tuple[bool, ...] = ()
    returned: str | None = None
    outside: tuple[Outside, ...] = ()
    records: bool = False
    uncertain: bool = False

    def elsewhere(self) -> list[Any]:
        """What the functions that this one calls read from globals, now."""
        return [x.now() for x in self.outside]

    @cached_property
    def gradient(self) -> Callable[..., tuple[Any, ...]]:
        """The joint adjoint function: it takes the adjoint last, and is a Python function like any other."""
        return pipeline.gradient_code(self.function, self.active, self.types)[0]


@dataclass(frozen=True)
class Refused:
    """An error in place of a pair, so that it is not looked for again before a rule is registered."""

    error: SrcgradError
    version: int


_found: weakref.WeakKeyDictionary[CodeType, dict[Any, Pair | Refused]] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def now() -> Any:
    """What generated code for an operation rests on beside its arguments."""
    return registry.version(), pipeline.current_options()


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
    if isinstance(pair, Refused) and pair.version == registry.version():
        raise pair.error.with_traceback(None)
    if isinstance(pair, Pair) and pair.specialised.holds():
        return pair
    made: Pair | Refused
    try:
        made = _make(f, active, inputs)
    except SrcgradError as error:
        made = Refused(error, registry.version())
    with _lock:
        if len(known) >= LIMIT:
            known.clear()
        known[key] = made
    if isinstance(made, Refused):
        raise made.error
    return made


def _key(value: Any) -> Any:
    """Functions and classes count by identity: code is specialised to them."""
    return value if isinstance(value, type) or inspect.isroutine(value) else key_of(value)


def _make(f: FunctionType, active: tuple[str, ...], inputs: Mapping[str, Any]) -> Pair:
    parameters = inspect.signature(f).parameters
    free = tuple(name for name in inputs if name not in parameters)
    function = with_inputs(f, free) if free else f
    types, varies = types_of(inputs), dict.fromkeys(active, True)
    facts = pipeline.Unit().facts(function, types, varies)
    assert facts is not None
    modified = facts.aliases.parameters
    activities: Any = ()
    bound = bound_in(pipeline.front(function).normal.body)
    if modified and all(isinstance(inputs[name], np.ndarray) and name not in bound for name in modified):
        function = with_outputs(function, modified)
        found = pipeline.Unit().facts(function, types, varies)
        assert found is not None
        activities = found.activities.result
    code = pipeline.split_code(function, active, types)
    pair = Pair(code[0], code[1], active, modified, code.text, Specialised(code), function, types)
    pair.varies = tuple(map(is_active, activities[1:])) if isinstance(activities, tuple) else ()
    pair.outside = tuple(x for g in sorted(code.callees - {f, function}, key=lambda g: g.__qualname__)
                         for x in pipeline.front(g).outside if not x.fixed)
    pair.records = any(getattr(x.value, "__srcgrad_recorded__", False) for g in code.callees for x in pipeline.front(g).outside)
    pair.uncertain = "check_unshared(" in code.text
    pair.returned = _returned(pipeline.front(f).normal)
    return pair


def with_outputs(f: FunctionType, names: tuple[str, ...]) -> FunctionType:
    """A copy of `f`, known to the pipeline, that returns its value and what the parameters `names` hold in the end."""
    found = pipeline.front(f)
    return _remembered(f, _with_outputs(found.surface, names), _with_outputs(found.normal, names))


def _with_outputs(f: Function, names: tuple[str, ...]) -> Function:
    namer, refs = Namer(all_names(f)), tuple(map(Ref, names))

    def block(b: Block) -> Block:
        return tuple(x for s in b for x in ending(s))

    def ending(s: Stmt) -> list[Stmt]:
        if not isinstance(s, Return):
            return [map_blocks(s, block)]
        value, result = namer.fresh("value"), namer.fresh("results")
        return [Assign(value, s.value, origin=s.origin),
                Assign(result, Build("tuple", (Ref(value), *refs)), origin=s.origin), replace(s, value=Ref(result))]

    return replace(f, body=block(f.body), temporaries=f.temporaries | (namer.taken - all_names(f)))


def _returned(f: Function) -> str | None:
    """The parameter that a function returns as it was given, if it does that."""
    last = f.body[-1]
    value = last.value if isinstance(last, Return) else None
    if isinstance(value, Ref) and value.name in {p.name for p in f.params} - bound_in(f.body):
        return value.name
    return None


def with_inputs(f: FunctionType, names: tuple[str, ...]) -> FunctionType:
    """A copy of `f`, known to the pipeline, whose captured variables and globals `names` are keyword parameters."""
    found = pipeline.front(f)
    return _remembered(f, _with_inputs(found.surface, names), _with_inputs(found.normal, names))


def _remembered(f: FunctionType, surface: Function, normal: Function) -> FunctionType:
    copy = FunctionType(f.__code__, f.__globals__, f.__name__, f.__defaults__, f.__closure__)
    copy.__kwdefaults__, copy.__module__, copy.__qualname__ = f.__kwdefaults__, f.__module__, f.__qualname__
    remember(copy, surface, normal)
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
