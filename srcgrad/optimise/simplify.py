"""Algebra that changes no value: a table of rewritings, applied from the leaves up.

    -a * b     ->  -(a * b)         a + -b   ->  a - b          a -= ... for a += -(...)
    2 ** 3     ->  8                --a      ->  a              -a - b  stays (no rule)
    (-a)[k]    ->  -a[k]            a + -2 * b  ->  a - 2 * b

Each rule is exact in IEEE arithmetic, for NaN and signed zeros too, and changes no shape, dtype or aliasing where it is
applied. `x * 1`, `x + 0`, `x * 0` and the like are left alone: they are not.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..ir.nodes import Assign, Block, Build, Call, Choose, Const, Expr, Function, Operator, Stmt, Store, Update, op
from ..ir.walk import map_blocks, map_operands, rewrite

FOLDED: dict[str, Callable[[float, float], float]] = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
}


def simplify(f: Function) -> Function:
    """The function with its compiler-made expressions simplified."""
    return replace(f, body=_block(f.body))


def _block(block: Block) -> Block:
    return tuple(_statement(map_blocks(_operands(s), _block)) for s in block)


def _operands(s: Stmt) -> Stmt:
    new = map_operands(s, lambda e: rewrite(e, expression))
    if isinstance(s, Assign) and isinstance(new, Assign) and isinstance(s.value, Call) and not isinstance(new.value, Call):
        return s  # `y = --x` makes a new array, `y = x` does not
    return new


def _negated(e: Expr) -> Expr | None:
    """The expression without its minus sign, None where it has none."""
    return e.args[0] if isinstance(e, Call) and e.target == Operator("neg") else None


def _opposite(e: Expr) -> Expr | None:
    """The expression with the other sign, None where it has no minus sign, nor a negative number as its first factor."""
    match e:
        case Call(Operator("mul" | "truediv" as name), (a, b)):
            first = _opposite(a)
            return None if first is None else op(name, first, b)
        case Const(int() | float() as value):
            return Const(-value) if value < 0 else None
    return _negated(e)


def _statement(s: Stmt) -> Stmt:
    """`x += -e` is `x -= e`."""
    if isinstance(s, Update | Store) and s.op in ("add", "sub"):
        inner = _opposite(s.value)
        if inner is not None:
            return replace(s, value=inner, op="sub" if s.op == "add" else "add")
    return s


def expression(e: Expr) -> Expr:
    """One rewriting at the top of an expression whose parts are simplified already.

    >>> from ..ir.nodes import Ref
    >>> expression(op("add", Ref("a"), op("neg", Ref("b")))) == op("sub", Ref("a"), Ref("b"))
    True
    """
    match e:
        case Call(Operator("getitem"), (Build("tuple", items), Const(int() as i))) if -len(items) <= i < len(items):
            return items[i]
        case Call(Operator("getitem"), (Call(Operator("neg"), (a,)), key)):
            return op("neg", op("getitem", a, key))
        case Call(Operator("neg"), (a,)):
            inner = _negated(a)
            return inner if inner is not None else e
        case Call(Operator(name), (Const(int() | float() as a), Const(int() | float() as b))) if (
                name in FOLDED and not isinstance(a, bool) and not isinstance(b, bool)):
            return Const(FOLDED[name](a, b))
        case Call(Operator("add" | "sub" as name), (a, b)):
            inner = _opposite(b)
            return e if inner is None else op("sub" if name == "add" else "add", a, inner)
        case Call(Operator("mul" | "truediv" as name), (a, b)):
            return _signs(name, a, b) or e
        case Choose(test=Const(bool() as known)):
            return e.then if known else e.orelse
    return e


def _signs(name: str, a: Expr, b: Expr) -> Expr | None:
    """Minus signs move outward."""
    left, right = _negated(a), _negated(b)
    if left is not None and right is not None:
        return op(name, left, right)
    if left is not None:
        return op("neg", op(name, left, b))
    if right is not None:
        return op("neg", op(name, a, right))
    return None


