"""The functions that a face or the command line asks for, added to a compilation."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import FunctionType
from typing import Any

from .differentiate.forward import tangent
from .differentiate.inline import helper
from .differentiate.joint import Facts, adjoint
from .emit.bundle import Bundle
from .emit.files import FileImports, written_defaults
from .emit.imports import taken_names
from .emit.printer import Module, print_module
from .errors import NonScalarOutput
from .ir.nodes import Call, Const, Function, Return, item
from .ir.types import UNKNOWN, Num, Opaque, Tuple, Type, Unknown
from .own import identifier
from .unit import Unit, tangent_names


def adjoint_entry(unit: Unit, f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type], value: bool, single: bool,
             scalar: bool, aux: bool) -> tuple[str, str]:
    """Adds the adjoint function to a unit; its name, and that of its seed."""
    facts = unit.facts(f, params, dict.fromkeys(wrt, True))
    assert facts is not None
    test = _scalar_check(f, facts, aux) if scalar else None
    name = unit.names.fresh(f"{identifier(f)}_{'value_and_grad' if value else 'grad'}")
    joint = adjoint(facts, wrt, unit.pair_of(facts.types), name=name, value=value, single=single, check=test, aux=aux)
    unit.keep(unit.optimised(joint, facts, False), f)
    return name, joint.params[-1].name


def tangent_entry(unit: Unit, f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type],
                  value: bool) -> tuple[str, tuple[str, ...]]:
    """Adds the tangent function to a unit; its name, and those of its tangent parameters."""
    facts = unit.facts(f, params, dict.fromkeys(wrt, True))
    assert facts is not None
    name = unit.names.fresh(f"{identifier(f)}_tangent")
    code = tangent(facts, wrt, unit.tangent_of(facts.types), name=name, value=value)
    unit.keep(unit.optimised(code, facts, False), f)
    return name, tangent_names(facts.f, wrt)


def _scalar_check(f: FunctionType, facts: Facts, aux: bool) -> Call | None:
    """The test to make on the output at run time; None where its type is known to be a real number."""
    ret = facts.f.body[-1]
    assert isinstance(ret, Return)
    t, value = facts.types.result, ret.value
    if aux:
        t, value = t.items[0] if isinstance(t, Tuple) and t.items else UNKNOWN, item(value, Const(0))
    place: dict[str, Any] = {"filename": ret.origin.filename, "lineno": ret.origin.line, "offset": ret.origin.column}
    hint = "use jacobian, vjp or elementwise_grad, or return a number (np.sum(...), item 0 of the array)"
    if isinstance(t, Num) and t.dims == ():
        if t.dtype is not None and t.dtype.startswith("complex"):
            raise NonScalarOutput(f"{f.__name__} returns a complex number, and a gradient is of a real one",
                                  hint="return its real part or its abs", **place)
        return None
    if isinstance(t, Num) and t.dims:
        raise NonScalarOutput(f"{f.__name__} returns an array with {len(t.dims)} dimension(s), and a gradient is of a "
                              "real number", hint=hint, **place)
    if not isinstance(t, Num | Unknown):
        what = _a(t.what) if isinstance(t, Opaque) else f"a {type(t).__name__.lower()}"
        raise NonScalarOutput(f"{f.__name__} returns {what}, and a gradient is of a real number",
                              hint=hint, **place)
    return helper("check_scalar", value, Const(f.__name__), Const(ret.origin.filename), Const(ret.origin.line))


def _a(what: str) -> str:
    return what if what == "None" else f"a {what}"


def add_entry(unit: Unit, f: FunctionType, wrt: Sequence[str], params: Mapping[str, Type], *, mode: str,
              value: bool) -> None:
    """Adds what the command line asks for to a unit."""
    if mode == "forward":
        tangent_entry(unit, f, wrt, params, value)
    else:
        adjoint_entry(unit, f, wrt, params, value, len(wrt) == 1, False, False)


def unit_module(unit: Unit, doc: str | None, *, standalone: bool = False, comments: bool = True) -> Module:
    """The unit as text, with captured variables as keyword parameters. With `doc` it is a file, which can import all that
    it reads; `standalone`: what is read from other modules than NumPy's, SciPy's and Python's is written into it."""
    taken = taken_names(unit.functions)
    origins = {*unit.callees, *unit.origins.values()}
    imports = None if doc is None else (
        Bundle(taken, written_defaults(origins)) if standalone else FileImports(taken, origins))
    functions = unit.functions if comments else [replace(f, notes={**f.notes, "comments": {}}) for f in unit.functions]
    return print_module(functions, doc=doc, cells="keywords", imports=imports)


def function_module(f: Function) -> Module:
    """One function in any dialect."""
    return print_module([f], cells="keywords")
