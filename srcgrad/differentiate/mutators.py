"""Calls that write into arrays, as stores.

    np.add(a, b, out=c)         t = np.add(a, b)
                                c[...] = t
    a.fill(0.0)                 a[...] = 0.0
    np.add.at(a, i, v)          t = np.zeros_like(a)
                                t = add_at(t, i, v)
                                a[...] += t
    for x in a: a *= x          for x in a: a[...] = a * x
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..analyse.types import Types
from ..analyse.values import type_of_value
from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Block, Build, Call, Const, Effect, Expr, Fn, For, Function, Method, Ref, Stmt, Store, Update, op,
)
from ..ir.types import UNKNOWN, Num, Type, same_dims
from ..ir.walk import all_names, map_blocks, names_in
from .inline import helper
from ..analyse.views import in_place

WHOLE = Const(Ellipsis)
NONE = Const(None)


def _numpy(name: str, *args: Expr, **kwargs: Expr) -> Call:
    return Call(Fn("numpy", name, getattr(np, name)), args, tuple(kwargs.items()))


def expand_mutators(f: Function, counters: Mapping[Stmt, str], types: Types) -> tuple[Function, dict[Stmt, str]] | None:
    """The function with calls that write into arrays as stores; None where there are none."""
    engine = _Mutators(f, types, dict(counters))
    body = engine.block(f.body)
    if not engine.changed:
        return None
    return replace(f, body=body, temporaries=f.temporaries | frozenset(engine.made)), engine.counters


class _Mutators:
    def __init__(self, f: Function, types: Types, counters: dict[Stmt, str]) -> None:
        self.types = types
        self.counters = counters
        self.namer = Namer(all_names(f))
        self.made: list[str] = []
        self.changed = False
        self.out: list[Stmt] = []
        self.held: list[frozenset[str]] = []     # what the loops around go through

    def block(self, block: Block) -> Block:
        outer, self.out = self.out, []
        for s in block:
            call = s.value if isinstance(s, Assign) else s.args[0] if isinstance(s, Effect) and s.verb == "expr" else None
            if isinstance(call, Call) and self.call(s, call):
                self.changed = True
                continue
            if isinstance(s, Update) and any(s.name in names for names in self.held) and in_place(self.types.read(s, s.name)):
                self.changed = True
                self.update(s)
                continue
            self.held.append(frozenset(names_in(s.iter)) if isinstance(s, For) else frozenset())
            new = map_blocks(s, self.block)
            self.held.pop()
            if s in self.counters:
                self.counters[new] = self.counters[s]
            self.out.append(new)
        self.out, found = outer, self.out
        return tuple(found)

    # -------------------------------------------------------------- writing
    def update(self, s: Update) -> None:
        """A loop that goes through the array sees the write: it cannot be done as a rebinding."""
        if s.op in ("add", "sub"):
            return self.store(s, Ref(s.name), s.value, op=s.op)
        return self.store(s, Ref(s.name), op(s.op, Ref(s.name), s.value))

    def named(self, s: Stmt, value: Expr) -> Ref:
        name = self.namer.fresh("t")
        self.made.append(name)
        self.out.append(Assign(name, value, origin=s.origin))
        return Ref(name)

    def store(self, s: Stmt, base: Expr, value: Expr, key: Expr = WHOLE, op: str | None = None) -> None:
        atom = value if isinstance(value, Ref | Const) else self.named(s, value)
        self.out.append(Store(base, key, atom, op, origin=s.origin))

    def ends(self, s: Stmt, value: Expr) -> bool:
        """The call's own value, where it is wanted."""
        if isinstance(s, Assign):
            self.out.append(replace(s, value=value))
        return True

    # -------------------------------------------------------------- the calls
    def call(self, s: Stmt, e: Call) -> bool:
        """Writes what a call does, if it is one of these."""
        kwargs = dict(e.kwargs)
        if isinstance(e.target, Method) and e.args and isinstance(e.args[0], Ref):
            t = self.types.read(s, e.args[0].name)
            known = METHODS.get(e.target.name) if isinstance(t, Num) else None
            if known is not None and isinstance(s, Effect):
                return known(self, s, e.args, kwargs)
        if not isinstance(e.target, Fn):
            return False
        if isinstance(out := self.output(e, kwargs), Ref):
            return self.into(s, e, kwargs, out)
        owner = getattr(e.target.value, "__self__", None)
        if isinstance(owner, np.ufunc) and e.target.name.endswith(".at") and owner in (np.add, np.subtract):
            return self.add_at(s, e, "add" if owner is np.add else "sub")
        known = FUNCTIONS.get(e.target.value) if isinstance(s, Effect) else None
        return known is not None and known(self, s, e.args, kwargs)

    def output(self, e: Call, kwargs: dict[str, Expr]) -> Expr | None:
        """The array that a function is told to put its result into."""
        assert isinstance(e.target, Fn)
        function = e.target.value
        if isinstance(function, np.ufunc) and function.nout == 1 and len(e.args) > function.nin:
            return e.args[function.nin]
        return kwargs.get("out") if e.target.module.partition(".")[0] == "numpy" else None

    def into(self, s: Stmt, e: Call, kwargs: dict[str, Expr], out: Ref) -> bool:
        """`out=`, with `where=` for ufuncs."""
        assert isinstance(e.target, Fn)
        ufunc = isinstance(e.target.value, np.ufunc)
        mask = kwargs.pop("where", None) if ufunc else None
        kwargs.pop("out", None)
        args = e.args[:e.target.value.nin] if ufunc else e.args
        value: Expr = self.named(s, Call(e.target, args, tuple(kwargs.items())))
        if mask is not None:
            value = _numpy("where", mask, value, out)
        self.store(s, out, value)
        return self.ends(s, out)

    def add_at(self, s: Stmt, e: Call, op: str) -> bool:
        """`np.add.at(a, i, v)`: repeated indices add up."""
        if len(e.args) != 3 or e.kwargs or not isinstance(e.args[0], Ref):
            return False
        array, key, value = e.args
        total = self.named(s, _numpy("zeros_like", array))
        self.out.append(Assign(total.name, helper("add_at", total, key, value), origin=s.origin))
        self.store(s, array, total, op=op)
        return True

    def fill(self, s: Stmt, args: tuple[Expr, ...], kwargs: dict[str, Expr]) -> bool:
        if len(args) != 2 or kwargs:
            return False
        self.store(s, args[0], args[1])
        return True

    def sort(self, s: Stmt, args: tuple[Expr, ...], kwargs: dict[str, Expr]) -> bool:
        self.store(s, args[0], _numpy("sort", *args, **kwargs))
        return True

    def partition(self, s: Stmt, args: tuple[Expr, ...], kwargs: dict[str, Expr]) -> bool:
        self.store(s, args[0], _numpy("partition", *args, **kwargs))
        return True

    def copyto(self, s: Stmt, args: tuple[Expr, ...], kwargs: dict[str, Expr]) -> bool:
        mask = kwargs.pop("where", None)
        if len(args) != 2 or kwargs or not isinstance(args[0], Ref):
            return False
        self.store(s, args[0], args[1] if mask is None else _numpy("where", mask, args[1], args[0]))
        return True

    def putmask(self, s: Stmt, args: tuple[Expr, ...], kwargs: dict[str, Expr]) -> bool:
        """Values of another shape are repeated, in the order of the flattened arrays."""
        if len(args) != 3 or kwargs or not isinstance(args[0], Ref):
            return False
        array, values = self.type(s, args[0]), self.type(s, args[2])
        value = args[2]
        if not (isinstance(values, Num) and (values.dims == () or same_dims(array, values))):
            value = self.named(s, _numpy("resize", value, self.named(s, Call(Fn("numpy", "shape", np.shape), (args[0],)))))
        self.store(s, args[0], _numpy("where", args[1], value, args[0]))
        return True

    def put(self, s: Stmt, args: tuple[Expr, ...], kwargs: dict[str, Expr]) -> bool:
        """Places in the flattened array; values are repeated where there are too few, which only numbers need not be."""
        if len(args) != 3 or kwargs or not isinstance(args[0], Ref):
            return False
        flat = self.named(s, _numpy("reshape", args[0], Const(-1)))
        self.store(s, flat, args[2], args[1])
        return True

    def fill_diagonal(self, s: Stmt, args: tuple[Expr, ...], kwargs: dict[str, Expr]) -> bool:
        """Of a matrix."""
        t = self.type(s, args[0]) if args else UNKNOWN
        if len(args) != 2 or kwargs or not isinstance(t, Num) or t.rank != 2:
            return False
        shape = self.named(s, Call(Fn("numpy", "shape", np.shape), (args[0],)))
        n = self.named(s, Call(Fn("builtins", "min", min), (shape,)))
        i = self.named(s, _numpy("arange", n))
        self.store(s, args[0], args[1], Build("tuple", (i, i)))
        return True

    def type(self, s: Stmt, e: Expr) -> Type:
        return self.types.read(s, e.name) if isinstance(e, Ref) else type_of_value(e.value) if isinstance(e, Const) else UNKNOWN


Writer = Callable[[_Mutators, Stmt, tuple[Expr, ...], dict[str, Expr]], bool]
METHODS: dict[str, Writer] = {
    "fill": _Mutators.fill, "sort": _Mutators.sort, "partition": _Mutators.partition, "put": _Mutators.put}
FUNCTIONS: dict[Any, Writer] = {
    np.copyto: _Mutators.copyto, np.putmask: _Mutators.putmask, np.put: _Mutators.put,
    np.fill_diagonal: _Mutators.fill_diagonal}
