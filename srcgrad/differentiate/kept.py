"""What the saved values of a generated forward function may be views of: some of its arguments, or its result. A caller that
writes to those later gives the function a copy, or puts back what it overwrites before the backward function runs.

    def scaled_forward(x, k):
        y = x * k
        return y, (x, k)            keeps x and k, and not y

    z, saved = scaled_forward(y[0].copy(), 2.0)
    y[0] = z
"""
from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from typing import Any

from ..analyse.alias import Aliases
from ..analyse.flow import Env, Flow
from ..analyse.targets import canonical
from ..analyse.types import Types
from ..ir.nodes import Assign, Build, Call, Effect, Expr, Fn, For, Function, Method, Operator, Ref, Return, Stmt, Store
from ..ir.types import UNKNOWN, Num
from ..ir.walk import flat, names_in, root_of
from ..rules import registry
from .inline import helper, specialise
from .plan import Region, Step

RESULT, VIEW = "<result>", "<view>"
Roots = frozenset[Any]
NONE: Roots = frozenset()


def kept_by(forward: Function) -> frozenset[str]:
    """The parameters of `forward(*args) -> (value, saved)` whose memory `saved` may hold; RESULT if it may hold that of the
    value; VIEW if the value may be, or hold, a view of an argument. No types are looked at: what is not certainly new memory
    counts."""
    env: Env[Roots] = {p.name: frozenset({p.name}) for p in forward.params}
    ret = forward.body[-1]
    assert isinstance(ret, Return) and isinstance(ret.value, Build)
    Flow(_transfer, lambda a, b: a | b, NONE).run(forward.body[:-1], env)
    value, saved = (_roots(names_in(e), env) for e in ret.value.items)
    params = {p.name for p in forward.params}
    found = {str(x) for x in saved if x in params}
    return frozenset(found | ({RESULT} if saved & value else set()) | ({VIEW} if value & params else set()))


def part_from_calls(plan: Region, aliases: Aliases, types: Types) -> tuple[set[Step], set[str]]:
    """Lets calls whose arguments or results are written to later work on copies, where nothing shows that. Returns the
    steps that have to put back what they overwrite instead, and the names of what those calls save."""
    calls = {step.stmt: step for step in plan.walk() if step.keeps}
    copied: dict[Step, set[int]] = {}
    writers: set[Step] = set()
    saved: set[str] = set()
    for step in plan.walk():
        for s, i in aliases.kept.get(step.stmt, ()):
            call = calls.get(s)
            if call is None or i not in call.keeps and not (call.view and -1 in call.keeps):
                continue
            if _can_copy(call, i, types):
                copied.setdefault(call, set()).add(i)
            else:
                writers.add(step)
                saved.update(call.binds)
    for step, places in copied.items():
        _copy(step, places, types)
    return writers, saved


def _can_copy(step: Step, i: int, types: Types) -> bool:
    """An array, which the value of the call is no view of (nor holds one)."""
    s = step.stmt
    assert isinstance(s, Assign) and isinstance(s.target, str)
    t = types.written(s, s.target) if i < 0 else types.atom(s, _arguments(step)[i])
    return isinstance(t, Num) and not step.view


def _arguments(step: Step) -> list[Expr]:
    call = _call(step)
    return [*call.args, *(v for _, v in call.kwargs)]


def _call(step: Step) -> Call:
    assert step.forward is not None
    first = step.forward[0]
    assert isinstance(first, Assign) and isinstance(first.value, Call)
    return first.value


def _copy(step: Step, places: set[int], types: Types) -> None:
    """Changes the forward lines of a call: copies of arguments go in, a copy of the result comes out."""
    s, call = step.stmt, _call(step)
    assert isinstance(s, Assign) and isinstance(s.target, str) and step.forward is not None
    known = {n: types.read(s, n) for n in names_in(s.value)} | {s.target: types.written(s, s.target)}

    def copied(e: Expr) -> Expr:
        return specialise(helper("copy", e), lambda x: known.get(x.name, UNKNOWN) if isinstance(x, Ref) else UNKNOWN)

    given = [copied(e) if i in places else e for i, e in enumerate(_arguments(step))]
    count = len(call.args)
    args, kwargs = tuple(given[:count]), tuple((n, e) for (n, _), e in zip(call.kwargs, given[count:]))
    step.forward[0] = replace(step.forward[0], value=Call(call.target, args, kwargs))  # type: ignore[call-arg]
    if -1 in places:
        step.forward.append(Assign(s.target, copied(Ref(s.target)), origin=s.origin))


def _transfer(s: Stmt, env: Env[Roots]) -> Env[Roots]:
    """What each name may share memory with, or hold: parameters, and statements that make new memory."""
    match s:
        case Assign():
            made = _made(s, env)
            env.update(dict.fromkeys(flat(s.target), made))
        case For():
            env.update(dict.fromkeys(flat(s.target), _roots(names_in(s.iter), env)))
        case Store() if (base := root_of(s.base)) is not None:
            env[base] = env.get(base, NONE) | (NONE if isinstance(s.value, Call) and _is_new(s.value) else _roots(
                names_in(s.value), env))
        case Effect(args=(Call(Method(), args), *_)):
            names = {n for a in args for n in names_in(a)}
            env.update(dict.fromkeys(names, _roots(names, env)))
    return env


def _made(s: Assign, env: Env[Roots]) -> Roots:
    if isinstance(s.value, Call) and _is_new(s.value):
        return frozenset({s})
    found = _roots(names_in(s.value), env)
    return found if isinstance(s.value, Ref) else found | {s}


def _roots(names: Set[str], env: Env[Roots]) -> Roots:
    return frozenset(x for n in names for x in env.get(n, NONE))


def _is_new(e: Call) -> bool:
    """The value is certainly memory of its own, or a number."""
    plain = canonical(e, UNKNOWN)
    if isinstance(plain.target, Operator):
        return plain.target.name != "getitem"
    rule = registry.described(registry.target_of(plain)) if isinstance(plain.target, Fn) else None
    return rule is not None and registry.is_new(rule, plain)

