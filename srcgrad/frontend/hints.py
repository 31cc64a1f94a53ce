"""What to call a temporary: after what it holds."""
from __future__ import annotations

from collections.abc import Container

from ..ir.nodes import Attribute, Build, Call, Closure, Const, Expr, Fn, Global, Lazy, Method, Operator, Ref

_COMPARISONS = frozenset("lt le eq ne gt ge is_ is_not in_ not_in not_".split())
_LONGEST = 24


def hint(e: Expr, temporaries: Container[str] = ()) -> str:
    """A readable name for the value of a flat expression.

    >>> from ..ir.nodes import attr, item, op
    >>> x, i = Ref("x"), Ref("i")
    >>> hint(Call(Fn("numpy", "exp"), (x,))), hint(item(x, i)), hint(attr(x, "shape")), hint(op("lt", x, i))
    ('exp_x', 'x_i', 'x_shape', 'cond')
    >>> hint(op("mul", x, x)), hint(item(x, Build("tuple", (i, Const(0))))), hint(item(x, Const(-1)))
    ('t', 'x_i_0', 'x_part')
    """
    name = _name(e, temporaries)
    return name if len(name) <= _LONGEST and name.isidentifier() else "t"


def _name(e: Expr, temporaries: Container[str]) -> str:
    if isinstance(e, Lazy):
        return "cond"
    if isinstance(e, Closure):
        return "function"
    if not isinstance(e, Call):
        return "t"
    if isinstance(e.target, Operator) and e.target.name in _COMPARISONS:
        return "cond"
    base = _subject(e, temporaries)
    if not base:
        return "t"
    match e.target:
        case Attribute(name):
            return f"{base}_{name}"
        case Method(name):
            return f"{name}_{base}"
        case Fn():
            return f"{e.target.name.rpartition('.')[2]}_{base}"
        case Operator("getitem"):
            return f"{base}_{_key(e.args[1])}"
    return "t"


def _subject(e: Call, temporaries: Container[str]) -> str:
    """The user's name for what the call is about."""
    match e.args[:1]:
        case (Ref(name),) if name not in temporaries:
            return name
        case (Global(name=name),):
            return name.rpartition(".")[2]
    return ""


def _key(key: Expr) -> str:
    match key:
        case Ref(name):
            return name
        case Const(int() | str() as value) if str(value).replace("_", "a").isalnum():
            return str(value)
        case Build("tuple", items) if items and "part" not in (parts := [_key(part) for part in items]):
            return "_".join(parts)
    return "part"
