"""Rules become expressions: operands, keywords and `d[...]` are replaced by what stands in the program."""
from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from ..errors import MissingRule, did_you_mean
from ..ir.nodes import Call, Const, Expr, Fn, Global, Method, Ref, Stmt, Value
from ..ir.types import Type
from ..ir.walk import expressions, rewrite, substitute
from ..rules import registry
from ..rules.dsl import Line, dot
from ..rules.numpy_functions import unknown_keyword
from ..rules.specialise import SPECIALISE
from ..runtime import helpers

TypeOf = Callable[[Expr], Type]


def helper(name: str, *args: Expr) -> Call:
    """A call of a function of `srcgrad.runtime.helpers`."""
    return Call(Fn(helpers.__name__, name, getattr(helpers, name)), args)


@dataclass(frozen=True)
class Operand:
    """One contribution of a rule: the lines that lead from the result to one operand."""

    name: str
    place: Expr
    lines: tuple[Line, ...]


def bind(function: str, s: Stmt, call: Call, rule: registry.Rule) -> registry.Bound:
    """Matches a call with its rule, or raises MissingRule at the user's line."""
    obj = call.target.value if isinstance(call.target, Fn) else None
    try:
        return registry.bind(rule, call, obj)
    except registry.KeywordMissing as e:
        raise MissingRule(
            f"in {function}: the rule of {spelled(call)} does not know the argument `{e.name}`",
            filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
            hint="leave the argument out, or register a rule of your own that names it") from None


def no_line(function: str, s: Stmt, call: Call, name: str) -> MissingRule:
    """The error for an active value at a place that has no line in the rule."""
    return MissingRule(f"in {function}: the rule of {spelled(call)} has no derivative for the argument `{name}`",
                       filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
                       hint=f"stop the gradient there, or register a rule that has a line for `{name}`")


def no_rule(function: str, s: Stmt, call: Call) -> MissingRule:
    """The error for a function without rule and source, or with a keyword that its Python counterpart does not take."""
    name = unknown_keyword(call)
    what, hint = (f"the derivative of {spelled(call)} does not know the argument `{name}`",
                  "leave the argument out, or register a rule of your own that names it") if name else (
        undefined(call) or (f"{spelled(call)} has neither a rule nor readable source",
                            "register a rule for it (see CONTRIBUTING.md), or call a function that has one"))
    return MissingRule(f"in {function}: {what}", filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
                       hint=hint)


def undefined(call: Call) -> tuple[str, str] | None:
    """What is called is not there: message and hint."""
    match call:
        case Call(Method(name), (Global(value=ModuleType() as module), *_)):
            what, names = f"{module.__name__} has no attribute `{name}`", dir(module)
        case Call(Value(), (Global(module, name), *_)) if not hasattr(sys.modules.get(module), name.partition(".")[0]):
            what, names = f"`{name}` is not defined in {module}", [*dir(sys.modules.get(module)), *dir(builtins)]
        case _:
            return None
    near = did_you_mean(name, [n for n in names if not n.startswith("_")]).strip()
    return what, near or "define it before the function is differentiated"


def spelled(call: Call) -> str:
    """How a call's target is named in messages."""
    match call:
        case Call(Fn() as target):
            return target.path.removeprefix("builtins.")
        case Call(Value(), (Global(name=name), *_)):
            return name
    return getattr(call.target, "name", "the call")


def adjoint_lines(rule: registry.Rule) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """The adjoint lines of a rule, grouped by operand."""
    for name in rule.operands:
        found = tuple(line for line in rule.body.adjoint if line.target == name)
        if found:
            yield name, found


def fill(e: Expr, bound: registry.Bound, values: dict[str, Expr], dots: dict[str, Expr]) -> Expr:
    """A rule's expression over the program's: `values` for the result and operands, `dots` for their d[...]."""
    names = {**bound.keywords, **values, **{dot(name).name: value for name, value in dots.items()}}
    return substitute(e, names)


def specialise(e: Expr, type_of: TypeOf) -> Expr:
    """Replaces calls of helpers by what a person would write where the types are known."""
    def change(node: Expr) -> Expr:
        if isinstance(node, Call) and isinstance(node.target, Fn):
            known = SPECIALISE.get(node.target.value)
            if known is not None:
                found = known(node, type_of)
                return node if found is None else found
        return node

    def concerned(x: Expr) -> bool:
        return isinstance(x, Call) and isinstance(x.target, Fn) and x.target.value in SPECIALISE

    return rewrite(e, change) if any(map(concerned, expressions(e))) else e


ZERO = Const(0.0)


def ref(name: str) -> Ref:
    return Ref(name)
