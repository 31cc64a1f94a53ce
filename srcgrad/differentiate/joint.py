"""The whole adjoint function: forward sweep, seeds, backward sweep, result."""
from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import is_dataclass, replace
from types import SimpleNamespace
from typing import Any

from ..analyse.activity import active
from ..analyse.reads import arrays_in
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Block, Build, Call, Comment, Const, Effect, Expr, Fn, For, Function, If, Method, Param, Ref, Return, Stmt,
    Store,
)
from ..ir.parts import Element, components
from ..ir.types import UNKNOWN, Callee, Num, Object, Opaque, Tuple, Type
from ..ir.walk import all_names, blocks, bound, bound_in, certain, expressions, flat, names_in, operands, root_of, statements
from ..runtime import helpers
from .assemble import Assembler
from .inline import helper, specialise
from .plan import At, Region, Step
from .calls import PairOf
from .facts import Facts as Facts, own_arguments
from .outer import keep_globals
from .leaves import active_part, below, component, display, leaf_type, leaves, namespace, primal
from .reverse import Reverse
from .saved import decide
from .versions import Use, nothing
from .state import FOREIGN, Leaf, State

BACKWARD = "backward"


def adjoint(facts: Facts, wrt: Sequence[str], pair_of: PairOf, *, name: str, value: bool = False, single: bool = True,
            check: Expr | None = None, aux: bool = False, trusted: bool = False,
            final: bool = True) -> Function:
    """The ADJOINT function: the parameters of f, then `b_out`; returns the gradient (`single`: bare, else a tuple), with
    `value` the pair (value, gradient). `check`: a call to make on the output before the backward sweep; `aux`: only item
    0 of the output is differentiated; `trusted`: b_out has the output's structure, shapes and dtypes already; `final`: the
    gradients are handed out, in their argument's kind and in memory of their own."""
    f = facts.f
    namer = Namer(all_names(f))
    seed_name = namer.fresh("b_out")
    reverse = Reverse(f, facts.types, facts.activities, namer, pair_of)
    ret = f.body[-1]
    assert isinstance(ret, Return)
    state = State()
    end = Step(ret, seeds(reverse, ret, Ref(seed_name), state, check is not None, aux, trusted))
    plan = reverse.all_of(f.body[:-1], state)
    plan.steps.append(end)
    start, results = gradients(reverse, facts, wrt, state, final)
    plan.steps.insert(0, start)
    saved = decide(f, plan, facts.types, facts.aliases, facts.counters, namer)
    forward, backward = Assembler(saved, facts.aliases, namer).sweeps(plan)
    checks: list[Stmt] = [] if check is None else [Effect("expr", (check,), origin=ret.origin)]
    gradient = results[0] if single else Build("tuple", tuple(results))
    returned = ret.value
    if value and isinstance(returned, Ref) and facts.aliases.returned and _restores(plan, reverse):
        checks.append(Assign(name_out := namer.fresh(f"{returned.name}_value"), helper("copy", returned)))
        returned = Ref(name_out)
    result = Build("tuple", (returned, gradient)) if value else gradient
    body = [*own_arguments(facts), Comment("forward"), *forward, *checks, Comment(BACKWARD), *_own_objects(facts, plan, reverse),
            *backward, Return(result)]
    params = (*f.params, Param(seed_name, "keyword", Const(1.0)))
    made = frozenset(namer.taken - all_names(f))
    return replace(f, name=name, params=params, body=tuple(body), temporaries=f.temporaries | made, doc=None,
                   notes={**f.notes, "nothing": lambda n: nothing(facts.types, n),
                          "objects": _objects(facts), "kept": frozenset(saved.kept), "saved": saved.facts,
                          "arrays": arrays_in(facts.types) | {n for leaf, n in reverse.names.items() if reverse.is_array(leaf)}})


def _own_objects(facts: Facts, plan: Region, reverse: Reverse) -> list[Stmt]:
    """Copies of the caller's objects that the backward sweep puts something back into: what was done to them stays done."""
    written = {_root(x.base) for x in _restores(plan, reverse) if isinstance(x, Store)}
    return [Assign(n, helper("private", Ref(n))) for n in sorted(_objects(facts) & written)]


def _objects(facts: Facts) -> set[str]:
    """The arguments that are objects: what is stored in them is seen by the caller."""
    return {p.name for p in facts.f.params if isinstance(facts.types.params.get(p.name), Object)}


def _root(e: Expr) -> Any:
    while isinstance(e, Call) and e.args:
        e = e.args[0]
    return e.version.name if isinstance(e, Use) else e.name if isinstance(e, Ref) else None


def _restores(plan: Region, reverse: Reverse) -> list[Stmt]:
    """The backward lines that put contents back, or have other effects, and do not only write to adjoints."""
    made = set(reverse.names.values())
    lines = [x for step in plan.walk() for x in statements(tuple(step.lines))]
    return [x for x in lines if isinstance(x, Store) and _root(x.base) not in made or isinstance(x, Effect)]


def seeds(reverse: Reverse, ret: Return, b_out: Expr, state: State, scalar: bool, aux: bool,
          trusted: bool) -> list[Stmt]:
    """The lines that give the output its adjoint."""
    if not isinstance(ret.value, Ref) or not active(reverse.activities.read(ret, ret.value.name)):
        return []
    name = ret.value.name
    t = reverse.types.read(ret, name)
    lines: list[Stmt] = []
    varied = reverse.activities.read(ret, name)
    made = not trusted and not aux and components(t) is not None
    if made:  # a number serves for every entry of a container; all that is made is new memory
        whole = reverse.temporary(ret, "seeds")
        lines.append(Assign(whole, helper("seed", b_out, At(name)), origin=ret.origin))
        b_out, trusted = Ref(whole), True
    found = parts(name, t, b_out)
    if aux and isinstance(t, Tuple):
        found = parts((name, 0), t.items[0], b_out)
    for leaf, part, kind in found:
        if isinstance(kind, Num) and kind.discrete or not active_part(varied, leaf):
            continue
        number = scalar or isinstance(kind, Num) and kind.dims == ()
        value = part if trusted else specialise(helper("seed", part, primal(leaf)), reverse.type_at(ret))
        lines.append(Assign(reverse.adjoint(leaf), value, origin=ret.origin))
        state.put(leaf, FOREIGN if value == part and not number and not made else None, not number)
    return lines


def parts(leaf: Leaf, t: Type, b_out: Expr) -> list[tuple[Leaf, Expr, Type]]:
    """The leaves of the output, each with its part of the seed."""
    found = components(t)
    if found is not None:
        return [x for k, part in found for x in parts(below(leaf, k), part, component(b_out, k))]
    return [(leaf, b_out, t)]


def gradients(reverse: Reverse, facts: Facts, wrt: Sequence[str], state: State,
              final: bool) -> tuple[Step, list[Expr]]:
    """The first step of the plan, whose lines finish the gradients, and what to return."""
    start = Comment("")
    step = Step(start)
    params = {p.name: facts.types.params.get(p.name) for p in facts.f.params}
    results: list[Expr] = []
    for name in wrt:
        t = params.get(name)
        found: list[Expr] = []
        for leaf in leaves(name, t) if t is not None else [name]:
            found.append(finish(reverse, step, leaf, state, params, final))
        if t is None or components(t) is None:
            results.append(found[0])
            continue
        value = _structure(At(name), t, found, final)
        if any(isinstance(x, At) for x in expressions(value)):
            step.lines.append(Assign(reverse.adjoint(name), value))
            value = Ref(reverse.adjoint(name))
        results.append(value)
    return step, results


def finish(reverse: Reverse, step: Step, leaf: Leaf, state: State, params: dict[str, Type | None], final: bool) -> Expr:
    """The gradient of one leaf in its own kind, as memory of its own."""
    name = reverse.adjoint(leaf)
    value: Expr
    if final and not isinstance(leaf, str) and _discrete(leaf_type(params.get(leaf[0]) or UNKNOWN, leaf)):
        return Const(None)
    if not final:
        if state.has(leaf):
            return Ref(name)
        value = helper("zeros_like", primal(leaf))
    elif not state.has(leaf):
        value = helper("cast", helper("zeros_like", primal(leaf)), primal(leaf))
    elif state.owned(leaf):
        value = helper("as_like", Ref(name), primal(leaf))
    else:
        value = helper("cast", Ref(name), primal(leaf))

    def type_of(e: Expr) -> Type:
        return params.get(e.name) or UNKNOWN if isinstance(e, At) else reverse.type_at(step.stmt)(e)

    step.lines.append(Assign(name, specialise(value, type_of)))
    return Ref(name)


def _discrete(t: Type) -> bool:
    """A value of the type holds nothing to differentiate by."""
    return isinstance(t, Num) and t.discrete or isinstance(t, Opaque | Callee)


def _structure(x: Expr, t: Type, found: list[Expr], final: bool) -> Expr:
    """The gradients of the parts of the argument x, put together; `final`: in x's own class."""
    def value(k: Element, part: Type) -> Expr:
        return found.pop(0) if components(part) is None else _structure(component(x, k), part, found, final)

    def object_(kind: Type, parts: dict[str, Expr]) -> Expr:
        if not final or isinstance(kind, Object) and kind.cls is SimpleNamespace:
            return namespace(kind, parts)
        every = isinstance(kind, Object) and is_dataclass(kind.cls)  # whose default would show otherwise
        shown = {n: p for n, p in parts.items() if every or p != Const(None)}
        return helper("gradient_object", x, Build("dict", tuple(e for n, p in shown.items() for e in (Const(n), p))))

    made = display(t, value, object_)
    return made if not final or not isinstance(t, Tuple) or t.cls is None else helper("as_like", made, x)


# ------------------------------------------------------------------ forward/backward pairs
def split(joint: Function, forward_name: str, backward_name: str) -> tuple[Function, Function]:
    """A joint function that returns (value, gradients) as a forward and a backward function.

    `forward(*args) -> (value, saved)`, `backward(saved, b_out) -> gradients`. The backward function may be called many
    times: it works on copies of the lists it pops from and of the arrays it restores.
    """
    joint, marker = keep_globals(joint, next(
        i for i, s in enumerate(joint.body) if isinstance(s, Comment) and s.text == BACKWARD))
    ret = joint.body[-1]
    assert isinstance(ret, Return) and isinstance(ret.value, Build)
    value, gradient = ret.value.items
    b_out = joint.params[-1].name
    first, second = joint.body[:marker], joint.body[marker + 1:-1]
    there = {p.name for p in joint.params[:-1]} | set(joint.cells) | bound_in(first)
    needed = sorted(_read_first(second, names_in(gradient)) & there)
    saved = Namer(all_names(joint)).fresh("saved")
    kept: Expr = Build("tuple", tuple(map(Ref, needed)))
    body: list[Stmt] = []
    if needed:
        target = tuple(needed) if len(needed) > 1 else (needed[0],)
        body.append(Assign(target, Ref(saved)))
    body += _private_copies(needed, second, joint.notes["kept"])
    unbound = [Assign(n, joint.notes["nothing"](n)) for n in needed if n not in _surely_bound(first) | set(joint.cells) | {
        p.name for p in joint.params}]
    forward = replace(joint, name=forward_name, params=joint.params[:-1],
                      body=(*unbound, *_drop_comment(first), Return(Build("tuple", (value, kept)))))
    backward = replace(joint, name=backward_name, params=(Param(saved), Param(b_out)), cells=(),
                       body=(*body, *second, Return(gradient)))
    return forward, backward


def _private_copies(needed: Sequence[str], second: Block, kept: frozenset[str]) -> list[Stmt]:
    """Copies of what the backward function pops from and restores into. Where it restores into what it popped, that may
    be on several tapes or in a variable too, and must stay one array there; so must what calls have saved of it."""
    stored, popped = _stored(second), _popped(second)
    inner = {n for s in statements(second) if isinstance(s, Assign) for n in flat(s.target)} & (stored | popped)
    sources = {s.value for s in statements(second) if isinstance(s, Assign) and inner & set(flat(s.target))}
    shared = {e.name for e in sources if isinstance(e, Ref)}  # a second name for what is restored
    names = tuple(n for n in needed if n in stored | popped | shared | kept)
    again = any(isinstance(e, Ref) or isinstance(e, Call) and e.target == Method("pop") for e in sources)
    if not names or not kept and not again:
        return [Assign(n, helper("copy", Ref(n)) if n in stored else _shallow(n)) for n in names]
    if len(names) == 1:
        return [Assign(names[0], helper("private", Ref(names[0])))]
    return [Assign(names, helper("private", Build("tuple", tuple(map(Ref, names)))))]


def _drop_comment(block: Block) -> Block:
    return tuple(s for s in block if not isinstance(s, Comment))


def _shallow(name: str) -> Expr:
    return Call(Fn("builtins", "list", list), (Ref(name),))


def _read_first(block: Block, also: Set[str]) -> set[str]:
    """The names that a block (and what follows it) reads before it surely binds them."""
    found, end = _bindings(block)
    return found | (also - end)


def _surely_bound(block: Block) -> set[str]:
    return _bindings(block)[1]


def _bindings(block: Block) -> tuple[set[str], set[str]]:
    """The names that a block reads before it surely binds them, and those it surely binds."""
    found: set[str] = set()

    def walk(inside: Block, bound_before: set[str]) -> set[str]:
        known = set(bound_before)
        for s in inside:
            for e in operands(s):
                found.update(names_in(e) - known)
            own = bound(s)
            ends = [walk(b, known | set(own)) for b in blocks(s)]
            if isinstance(s, If):
                known |= ends[0] if certain(s) else ends[0] & ends[1]
            elif not isinstance(s, For):
                known |= set(own)
        return known

    return found, walk(block, set())


def _stored(block: Block) -> set[str]:
    found = {root_of(s.base) or "" for s in statements(block) if isinstance(s, Store)}
    return found | {e.args[0].name for s in statements(block) for e in operands(s) if isinstance(e, Call)
                    and isinstance(e.target, Fn) and e.target.value is helpers.put_back and isinstance(e.args[0], Ref)}


def _popped(block: Block) -> set[str]:
    found = set()
    for s in statements(block):
        for e in (x for part in operands(s) for x in expressions(part)):
            if isinstance(e, Call) and isinstance(e.target, Method) and e.target.name in ("pop", "append"):
                found |= {a.name for a in e.args[:1] if isinstance(a, Ref)}
    return found

