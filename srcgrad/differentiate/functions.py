"""Function values, resolved before anything is differentiated: every call that is left names its function.

    scale = lambda t: t * k         (scale goes away)
    y = scale(x)                    y = x * k

A nested function is inlined where it is called, so that it sees the variables around it as they are by then, as in Python. A
function that is given one, or that returns one, is inlined too. What a name stands for is found by the types; each round
resolves what is known and lets more be known in the next.
"""
from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import FunctionType, MethodType
from typing import Any

from ..analyse.types import Types, canonical, has_stars
from ..errors import SrcgradError, UnsupportedSyntax
from ..ir.nodes import (
    Assign, Attribute, Block, Call, Closure, Const, Effect, Expr, Fn, For, Function, Global, Method, Operator, Ref,
    Starred, Stmt, Value,
)
from ..frontend.resolve import DEFAULTS
from ..ir.types import UNKNOWN, Callee, Choice, List, Local, Object, Type, functions_in
from ..ir.walk import bound_in, expressions, map_blocks, operands, rebound_inside, rewrite, statements
from ..rules import registry
from ..rules.numpy_methods import METHODS
from .arguments import displays, functional
from .choices import Choices, captured_in, counted, eager_uses, looped, maps_in_loops
from .constructors import Constructors, initialiser
from .inlining import bind_arguments, inline
from .library import in_python
from .lifting import Lifting, binds_around, definitions, reached
from .leftovers import is_maker, is_partial, refusal, without_functions

ROUNDS = 100


@dataclass(frozen=True)
class Source:
    """Where the resolver finds other functions: `normal(f)` as its source says; `used(f)` is told what it takes;
    `lifting` takes nested functions out that call themselves."""

    normal: Callable[[FunctionType], Function]
    used: Callable[[FunctionType], None]
    lifting: Lifting


def resolve(f: Function, infer: Callable[[Function], Types], source: Source,
            objects: bool) -> tuple[Function, SrcgradError | None]:
    """The NORMAL function with every call of a known function named. The error says which value that is a function would
    be left over, and where. `objects`: there may be objects with methods of their own among the arguments."""
    if not concerned(f, objects):
        return f, None
    engine = _Resolver(f=f, source=source)
    for _ in range(ROUNDS):
        types = infer(f)
        new = engine.round(f, types)
        if new is f:
            return without_functions(f, types, engine.frames, engine.tags)
        f = new
    raise UnsupportedSyntax(f"in {f.name}: function values are nested too deeply", filename=f.source.filename,
                            lineno=f.source.line, hint="pass the functions one level at a time")


def concerned(f: Function, objects: bool) -> bool:
    """Whether there is anything to resolve."""
    for s in statements(f.body):
        for part in operands(s):
            for e in expressions(part):
                match e:
                    case Closure() | Starred() | Call(Value()) | Call(Fn(value=functools.partial() | MethodType())):
                        return True
                    case Call(Method(name), (on, *_)) if objects or name not in METHODS or isinstance(on, Global):
                        return True
                    case Call(Operator()) if objects:
                        return True
                    case Call(Fn(value=functools.partial)):
                        return True
                    case Call(Fn(value=type() as cls)) if initialiser(cls) is not None:
                        return True
                    case Call(Fn(value=value)) if in_python(e, value) is not None:
                        return True
                    case Call(Fn(value=FunctionType())) if e.kwargs or e.args:
                        return True
    return False


@dataclass(kw_only=True)
class _Resolver(Choices, Constructors):
    source: Source
    frames: set[str] = field(default_factory=set)   # names that only say when functions were made
    inside: dict[Stmt, tuple[Any, ...]] = field(default_factory=dict)  # the functions that a statement was inlined from
    own: set[Any] = field(default_factory=set)
    definitions: dict[str, Closure] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    rebound: frozenset[str] = frozenset()  # variables that nested functions bind
    changed: bool = False

    # -------------------------------------------------------------- rounds
    def round(self, f: Function, types: Types) -> Function:
        """f with the calls that are known by now resolved; f itself where there are none."""
        self.types, self.changed = types, False
        self.displays = displays(f)
        self.functional = functional(f, types)
        self.eager = eager_uses(f)
        self.reads = counted(f)
        self.looped = looped(f, self.reads)
        self.maps = maps_in_loops(f, self.reads)
        self.definitions = definitions(f)
        self.bound = bound_in(f.body)
        self.rebound |= rebound_inside(f)
        self.own = {e for s in statements(f.body) for part in operands(s) for e in expressions(part)
                    if isinstance(e, Closure) or isinstance(e, Call) and is_partial(e)}
        body = self.block(f.body)
        return replace(f, body=body, temporaries=f.temporaries | self.temporaries) if self.changed else f

    def block(self, block: Block) -> Block:
        out: list[Stmt] = []
        for s in block:
            found = self.statement(s)
            if found is None:
                out.append(map_blocks(s, self.block))
                continue
            self.changed = True
            for new in found:
                self.inside.setdefault(new, self.inside.get(s, ()))
            out += found
        return tuple(out)

    def statement(self, s: Stmt) -> list[Stmt] | None:
        """What a statement becomes; None where it stays."""
        match s:
            case For(iter=Ref(name)) if name in self.maps and self.known(s, self.maps[name].args[0]):
                return [self.loop_over_map(s, self.maps[name])]
            case Assign(str() as name, _) if name in self.maps and self.known(s, self.maps[name].args[0]):
                return []
            case For():
                return self.unrolled(s)
            case Assign(str(), Call() as e) | Effect("expr", (Call() as e,)):
                if has_stars(e):
                    return self.spread(s, e)
                match e.target:
                    case Value():
                        return self.value(s, e, self.type(s, e.args[0]))
                    case Fn(value=functools.partial):
                        return self.hoist(s, e)
                    case Fn(value=MethodType() as value) if registry.find(value) is not None:
                        return None
                    case Fn(value=functools.partial() | MethodType()):
                        atom = Global(e.target.module, e.target.name, e.target.value)
                        return self.value(s, Call(Value(), (atom, *e.args), e.kwargs), Callee(e.target.value))
                    case Fn(value=type()):
                        return self.object_made(s, e, e.target.value) or self.named(s, e, e.target.value)
                    case Fn():
                        return self.named(s, e, e.target.value)
                    case Method("sort") if (sort := in_python(e, list.sort)) and isinstance(self.type(s, e.args[0]), List):
                        return self.from_library(s, e, sort, list.sort)
                    case Operator() if isinstance(t := self.type(s, e.args[0]), Object):
                        plain = canonical(e, t)  # of a class that says what its operators do
                        return [self.put(s, plain)] if isinstance(plain.target, Fn) else None
                    case Method():
                        return self.method_call(s, e, self.types.atom(s, e.args[0]))
        return None

    # -------------------------------------------------------------- calls
    def value(self, s: Stmt, e: Call, t: Type) -> list[Stmt] | None:
        """A call of a value."""
        rest = e.args[1:]
        match t:
            case Local(Closure() as node) if node in self.own and reached(node, self.definitions)[2]:
                return self.lifted(s, Call(e.target, rest, e.kwargs), node)
            case Local(Closure() as node) if node in self.own:
                return self.inlined(s, node.whole, Call(e.target, rest, e.kwargs), node,
                                    dict(node.captured))
            case Local(Call() as node) if node in self.own and is_maker(node):
                return self.derivative(s, Call(e.target, rest, e.kwargs), node)
            case Local(Call() as node) if node in self.own and not has_stars(node) and self.is_kept(s, node):
                names = {n for n, _ in e.kwargs}
                kwargs = (*((n, v) for n, v in node.kwargs if n not in names), *e.kwargs)
                return [self.put(s, Call(Value(), (*node.args, *rest), kwargs))]
            case Callee(MethodType()):
                return self.method(s, e)
            case Callee(functools.partial() as value):
                return self.partial(s, e, value)
            case Callee(value) if isinstance(e.args[0], Global):
                return [self.put(s, Call(Fn(e.args[0].module, e.args[0].name, value), rest, e.kwargs))]
            case Choice(values):
                return self.chosen(s, e, values)
            case Object():
                plain = canonical(e, t)
                return self.named(s, plain, plain.target.value) if isinstance(plain.target, Fn) else None
            case Callee(FunctionType() as value):
                return self.named(s, Call(Fn("", getattr(e.args[0], "name", ""), value), rest, e.kwargs), value)
        return None

    def method_call(self, s: Stmt, e: Call, t: Type) -> list[Stmt] | None:
        """A call of a method that the class defines."""
        if not isinstance(t, Object | Callee):
            return None
        plain = canonical(e, t)
        return self.named(s, plain, plain.target.value) if isinstance(plain.target, Fn) else None

    def in_normal(self, f: Any) -> Function:
        return self.source.normal(f)

    def function_of(self, e: Call) -> Function | None:
        value: Any = e.target.value if isinstance(e.target, Fn) else None
        plain = isinstance(value, FunctionType) and registry.find(value) is None and not hasattr(value, "__srcgrad_maker__")
        try:
            return self.source.normal(value) if plain else None
        except SrcgradError:
            return None

    def named(self, s: Stmt, e: Call, value: Any) -> list[Stmt] | None:
        """A call of a function with source: inlined where functions go in or come out."""
        library = in_python(e, value)
        if library is not None:
            return self.from_library(s, e, library, value)
        if not isinstance(value, FunctionType) or registry.find(value) is not None or hasattr(value, "__srcgrad_maker__"):
            return None
        given = [self.type(s, a) for a in (*e.args, *(v for _, v in e.kwargs))]
        got = self.types.written(s, s.target) if isinstance(s, Assign) and isinstance(s.target, str) else UNKNOWN
        functional = any(any(True for _ in functions_in(t)) for t in (*given, got))
        made = isinstance(e.target, Fn) and e.target.owner is not None and e.target.owner[1] == "__init__"
        if not functional and not made and not value.__code__.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
            return None
        try:
            f = self.source.normal(value)
        except SrcgradError:
            if functional:
                raise
            return None  # a call without active values runs as it is
        self.source.used(value)
        return self.inlined(s, f, e, value, self.cells(value))

    def cells(self, f: FunctionType) -> dict[str, Expr]:
        """What the captured variables of a function are, read when its body runs."""
        found: dict[str, Expr] = {}
        for name, cell in zip(f.__code__.co_freevars, f.__closure__ or ()):
            value = cell.cell_contents
            found[name] = Global(DEFAULTS, name, value) if callable(value) else Call(
                Attribute("cell_contents"), (Global(DEFAULTS, f"{name}_cell", cell),))
        return found

    def lifted(self, s: Stmt, e: Call, node: Closure) -> list[Stmt]:
        """A call of a nested function that calls itself."""
        if any(p.kind in ("varargs", "varkw") for p in node.function.params):
            raise self.refusal(s, f"`{node.function.name}`, a function that calls itself and takes any number of arguments,",
                               "name its parameters one by one")
        if any(binds_around(c) for c in (node, *reached(node, self.definitions)[0].values())):
            raise self.refusal(s, f"`{node.function.name}`, a function that calls itself and assigns to variables around it,",
                               "return the new values instead of `nonlocal`")
        try:
            return [self.put(s, self.source.lifting.call(node, e, self.definitions))]
        except TypeError as error:
            raise self.refused_call(s, error) from None

    def derivative(self, s: Stmt, e: Call, node: Call) -> list[Stmt] | None:
        """A call of a derivative of a function that is known now: of one made here, with what it captures as arguments."""
        first, rest = node.args[0], (*node.args[1:], *(v for _, v in node.kwargs))
        if not all(isinstance(a, Const) for a in rest):
            return None
        inner = self.definitions.get(first.name) if isinstance(first, Ref) else None
        outside = self.types.params.get(first.name) if isinstance(first, Ref) and first.name not in self.bound else self.type(
            s, first)
        if inner is not None:
            function, data = self.source.lifting.function(inner, self.definitions)
            args, kwargs = self.source.lifting.arguments(inner, e)
        elif isinstance(outside, Callee):
            function, data, args, kwargs = outside.value, (), e.args, e.kwargs
        else:
            return None
        made = self.source.lifting.derivative(node, function)
        return [self.put(s, Call(Fn(DEFAULTS, made.__name__, made), args, (*kwargs, *data)))]

    def refused_call(self, s: Stmt, error: TypeError) -> UnsupportedSyntax:
        return self.refusal(s, f"a call that Python refuses ({error})", "give the arguments that it takes")

    def inlined(self, s: Stmt, f: Function, e: Call, key: Any, outer: dict[str, Expr]) -> list[Stmt]:
        chain = self.inside.get(s, ())
        if key is not None and key in chain:
            raise self.refusal(s, f"`{f.name}`, a function that calls itself with functions made inside another,",
                               "move it to module level and pass what it captures as arguments")
        try:
            arguments = bind_arguments(f, e)
        except TypeError as error:
            raise self.refused_call(s, error) from None
        start = []
        for name, value in outer.items():
            if isinstance(value, Call):
                outer[name] = Ref(self.fresh(name))
                start.append(Assign(outer[name].name, value, origin=s.origin))  # type: ignore[attr-defined]
        found = inline(f, arguments, self.namer, s.origin, steady=self.steady, outer=outer, kept=captured_in(f))
        self.temporaries |= found.temporaries
        body = [*start, *self.framed(found.body)]
        result = [self.put(s, found.value)] if isinstance(s, Assign) else []
        for new in statements((*body, *result)):
            self.inside[new] = (*chain, key)
        for new in result:
            self.inside[new] = chain
        return body + result

    def steady(self, e: Expr) -> bool:
        """The atom means the same until the call is over: no live name, but a function."""
        if isinstance(e, Ref):
            return e.name not in self.f.cells and e.name not in self.rebound
        return not isinstance(e, Global) or callable(e.value)

    def framed(self, block: Block) -> list[Stmt]:
        """Marks where a new frame begins, for the functions that capture its variables."""
        made = bound_in(block)
        if not any(isinstance(e, Closure) and any(v.name in made for _, v in e.captured if isinstance(v, Ref))
                   for s in statements(block) for part in operands(s) for e in expressions(part)):
            return list(block)
        mark = self.namer.fresh("frame")
        self.frames.add(mark)

        def marked(e: Expr) -> Expr:
            return replace(e, frame=(*e.frame, Ref(mark))) if isinstance(e, Closure) else e

        def change(b: Block) -> Block:
            return tuple(map_blocks(self.mapped(s, lambda e: rewrite(e, marked)), change) for s in b)
        return [Assign(mark, Const(None)), *change(block)]

    def refusal(self, s: Stmt, what: str, hint: str) -> UnsupportedSyntax:
        return refusal(self.f, s, what, hint)
