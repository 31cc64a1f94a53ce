"""Generated functions that call generated functions: Jacobians row by row or column by column, Hessian-vector products."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import FunctionType

from .differentiate.inline import helper
from .differentiate.joint import adjoint, split
from .entries import tangent_entry
from .front import front
from .ir.names import Namer
from .ir.nodes import (
    Assign, Block, Build, Call, Const, Effect, Expr, Fn, For, Function, Method, Param, Ref, Return, Stmt, item,
)
from .ir.types import Type
from .ir.walk import all_names
from .own import Made, identifier
from .unit import Unit


def pair_entry(unit: Unit, f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type]) -> tuple[str, str]:
    """Adds the forward and the backward function of f to a unit; backward gives a tuple of adjoints."""
    facts = unit.facts(f, params, dict.fromkeys(wrt, True))
    assert facts is not None
    names = unit.names.fresh(f"{identifier(f)}_forward"), unit.names.fresh(f"{identifier(f)}_backward")
    joint = adjoint(facts, wrt, unit.pair_of(facts.types), name=identifier(f), value=True, single=False, trusted=True)
    for part in split(unit.optimised(joint, facts, True), *names):
        unit.keep(part, f)
    return names


# ------------------------------------------------------------------ Jacobians
def jacobian_entry(unit: Unit, f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type], mode: str,
                   single: bool, by_argument: bool = True, label: str = "jacobian") -> str:
    """Adds the Jacobian of f to a unit.

    Reverse: one forward sweep, and the backward sweep for each unit vector of the value. Forward: the tangent function for
    each unit vector of each argument. `by_argument`: of several arguments, the results come argument by argument; else f
    returns one part for each, and so come the results, in them the arguments.
    """
    made = _rows(unit, f, wrt, params) if mode == "reverse" else _columns(unit, f, wrt, params)
    name = unit.names.fresh(f"{identifier(f) if by_argument else identifier(f).removesuffix('_grad')}_{label}")
    body, results = made
    if not (single or by_argument):
        rows = [f"{label}_{n}" for n in wrt]
        body = (*body, *(Assign(row, e) for row, e in zip(rows, results)))
        results = [Build("tuple", tuple(item(Ref(row), Const(i)) for row in rows)) for i in range(len(wrt))]
    result = results[0] if single else Build("tuple", tuple(results))
    unit.keep(_driver(f, name, (), (*body, Return(result))), f)
    return name


def _rows(unit: Unit, f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type]) -> tuple[Block, list[Expr]]:
    forward, backward = pair_entry(unit, f, wrt, params)
    namer = Namer(all_names(front(f).prepared))
    value, saved, b_value = map(namer.fresh, ("value", "saved", "b_value"))
    rows = [namer.fresh("rows" if len(wrt) == 1 else f"rows_{n}") for n in wrt]
    parts = tuple(namer.fresh(f"b_{n}") for n in wrt)
    call = Call(_made(backward), (Ref(saved), Ref(b_value)))
    inside: list[Stmt] = [Assign(parts, call)]
    inside += [_append(row, Ref(part)) for row, part in zip(rows, parts)]
    body = (Assign((value, saved), _call(f, forward)), *(Assign(row, Build("list", ())) for row in rows),
            For(b_value, helper("unit_vectors", Ref(value)), tuple(inside)))
    return body, [helper("stack_rows", Ref(row), Ref(value), Ref(n)) for row, n in zip(rows, wrt)]


def _columns(unit: Unit, f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type]) -> tuple[Block, list[Expr]]:
    namer = Namer(all_names(front(f).prepared))
    value = namer.fresh("value")
    body: list[Stmt] = []
    results: list[Expr] = []
    for n in wrt:
        name, (keyword,) = tangent_entry(unit, f, (n,), params, value=True)
        d, d_value = namer.fresh(f"d_{n}"), namer.fresh("d_value")
        columns = namer.fresh("columns" if len(wrt) == 1 else f"columns_{n}")
        call = Assign((value, d_value), _call(f, name, ((keyword, Ref(d)),)))
        body += [Assign(columns, Build("list", ())),
                 For(d, helper("unit_vectors", Ref(n)), (call, _append(columns, Ref(d_value))))]
        results.append(helper("stack_columns", Ref(columns), Ref(value), Ref(n)))
    return (Assign(value, Const(None)), *body), results


def _append(name: str, value: Expr) -> Stmt:
    return Effect("expr", (Call(Method("append"), (Ref(name), value)),))


# ------------------------------------------------------------------ Hessian-vector products
def hvp_entry(unit: Unit, gradient: FunctionType, wrt: Sequence[str], params: Mapping[str, Type], single: bool,
              label: str) -> tuple[str, str]:
    """Adds the product of the Jacobian of a gradient with a vector `v` to a unit; its name, and that of `v`."""
    name, keywords = tangent_entry(unit, gradient, wrt, params, value=False)
    v = Namer(all_names(front(gradient).prepared)).fresh("v")
    parts = [Ref(v)] if single else [item(Ref(v), Const(i)) for i in range(len(wrt))]
    entry = unit.names.fresh(f"{identifier(gradient).removesuffix('_grad')}_{label}")
    body = (Return(_call(gradient, name, tuple(zip(keywords, parts)))),)
    unit.keep(_driver(gradient, entry, (Param(v, "keyword"),), body), gradient)
    return entry, v


# ------------------------------------------------------------------ parts
def _driver(f: FunctionType, name: str, extra: tuple[Param, ...], body: Block) -> Function:
    """A function with the parameters of f and some more."""
    fn = front(f).prepared
    every = replace(fn, name=name, params=(*fn.params, *extra), body=body, cells=(), doc=None)
    return replace(every, temporaries=frozenset(all_names(every)) - {p.name for p in fn.params})


def _call(f: FunctionType, name: str, extra: tuple[tuple[str, Expr], ...] = ()) -> Call:
    """A call of a generated function with the parameters of f as they are."""
    params = front(f).prepared.params
    args = tuple(Ref(p.name) for p in params if p.kind != "keyword")
    return Call(_made(name), args, (*((p.name, Ref(p.name)) for p in params if p.kind == "keyword"), *extra))


def _made(name: str) -> Fn:
    return Fn("", name, Made(name))


