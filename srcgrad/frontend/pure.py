"""Which expressions certainly do nothing but compute a value, so that they may stay nested in a test."""
from __future__ import annotations

from types import FunctionType

import numpy as np

from ..errors import SrcgradError
from ..ir.nodes import (
    Assign, Attribute, Call, Choose, Closure, Const, Do, Effect, Expr, Fn, Function, Lazy, Method, Operator, Starred, Stmt,
    Store, Update,
)
from ..ir.walk import bound, bound_in, expressions, operands, statements
from .expressions import CHAIN
from .lower import lower
from .read import read

_BUILTINS = frozenset(
    "abs all any ascii bin bool bytes callable chr complex dict divmod enumerate float format frozenset getattr "
    "hasattr hash hex id int isinstance issubclass len list max min oct ord pow range repr reversed round set slice "
    "sorted str sum tuple type zip".split())
_METHODS = frozenset(
    "all any argmax argmin astype copy conj dot flatten get item items keys max mean min prod ravel reshape std sum "
    "tolist trace transpose values var startswith endswith lower upper strip split join format index count "
    "is_integer".split())
_NUMPY_EFFECTS = frozenset("copyto put place putmask put_along_axis fill_diagonal seterr seterrcall set_printoptions "
                           "save savez savetxt nested_iters".split())
_PURE_MODULES = ("numpy.linalg", "numpy.fft", "math", "cmath", "operator")
HELPERS = "srcgrad.runtime.helpers"
_OPERATOR_EFFECTS = frozenset("setitem delitem call".split())


def is_pure(e: Expr, calling: frozenset[object] = frozenset()) -> bool:
    """Nothing in the expression calls code that may print or write. `calling`: functions that are being looked into.

    >>> from ..ir.nodes import Const, Ref, op
    >>> is_pure(op("gt", Call(Fn("numpy", "sum", np.sum), (Ref("x"),)), Const(0)))
    True
    >>> is_pure(Call(Fn("builtins", "print", print), (Ref("x"),)))
    False
    """
    return all(_computes(node, calling) if isinstance(node, Call) else not isinstance(node, Do) for node in expressions(e))


def is_tree(e: Expr) -> bool:
    """The expression may stay nested in NORMAL where nothing active flows through it: it is pure, and is Python."""
    return is_pure(e) and not any(isinstance(node, Choose | Closure | Starred) or is_chain(node) for node in expressions(e))


def is_chain(e: Expr) -> bool:
    return isinstance(e, Call) and isinstance(e.target, Operator) and e.target.name.startswith(CHAIN)


def _computes(e: Call, calling: frozenset[object]) -> bool:
    if any(name == "out" for name, _ in e.kwargs):
        return False
    match e.target:
        case Operator() | Attribute():
            return True
        case Method(name):
            return name in _METHODS
        case Fn(value=np.ufunc() as ufunc):
            return len(e.args) <= ufunc.nin
        case Fn(module, name) if module == HELPERS:
            return name not in ("add_at", "hooked", "take") and not name.startswith("check_")
        case Fn(value=FunctionType()) if e.target.module.partition(".")[0] not in ("numpy", "scipy"):
            return e.target.value in calling or _is_quiet(e.target.value, calling | {e.target.value})
        case Fn():
            return _known(e.target)
    return False


def _known(fn: Fn) -> bool:
    if fn.module == "builtins":
        value = fn.value
        return fn.name in _BUILTINS or (isinstance(value, type) and issubclass(value, BaseException))
    if fn.module == "numpy":
        return "." not in fn.name and fn.name not in _NUMPY_EFFECTS
    if fn.module == "operator":
        return fn.name not in _OPERATOR_EFFECTS and not fn.name.startswith("i")
    return fn.module in _PURE_MODULES


# ------------------------------------------------------------------ the user's own functions
def _is_quiet(function: FunctionType, calling: frozenset[object]) -> bool:
    """A function whose source writes nowhere and calls only what does not either."""
    try:
        fn = lower(read(function))
    except SrcgradError:
        return False
    every = list(statements(fn.body))
    counters = {name for name in bound_in(fn.body) if _is_counter(name, fn, every)}
    return all(_is_quiet_statement(s, counters) and all(is_pure(e, calling) for e in operands(s)) for s in every)


def _is_quiet_statement(s: Stmt, counters: set[str]) -> bool:
    match s:
        case Store():
            return False
        case Update():
            return s.name in counters
        case Effect():
            return s.verb != "expr"
    return True


def _is_counter(name: str, fn: Function, every: list[Stmt]) -> bool:
    """A name that starts as a literal, so that updating it writes into nothing of the caller's."""
    return name not in {p.name for p in fn.params} and all(
        isinstance(s, Update) or (isinstance(s, Assign) and s.target == name and isinstance(s.value, Const))
        for s in every if name in bound(s))


_BOOLEAN = frozenset("lt le eq ne gt ge is_ is_not in_ not_in not_".split())
_TRUTHS = frozenset("isinstance issubclass hasattr callable bool any all is_sequence is_mapping".split())


def is_truth(e: Expr) -> bool:
    """The value of the expression is a truth value, not a number."""
    match e:
        case Lazy():
            return all(map(is_truth, e.items))
        case Const(bool()):
            return True
        case Call(Operator(name)):
            return name in _BOOLEAN or is_chain(e)
        case Call(Fn("builtins" | "srcgrad.runtime.helpers", name)):
            return name in _TRUTHS
    return False
