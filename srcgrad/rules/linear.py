"""Whether an expression can be linear in a variable, judged by its form."""
from __future__ import annotations

from ..ir.nodes import Call, Choose, Const, Expr, Operator, Ref
from ..ir.walk import expressions


def linear(e: Expr, variable: Ref) -> bool:
    """Whether an expression can be linear in a variable, judged by its form.

    The arguments of functions are trusted (the rule tests check them by numbers), operators are not.

    >>> from ..ir.nodes import op
    >>> linear(op("mul", Ref("x"), Ref("v")), Ref("v")), linear(op("mul", Ref("v"), Ref("v")), Ref("v"))
    (True, False)
    >>> linear(op("add", Ref("x"), Ref("v")), Ref("v"))
    False
    """
    def free(node: Expr) -> bool:
        return variable not in expressions(node)

    if e == variable:
        return True
    match e:
        case Call(Operator("add" | "sub"), (a, b)):
            return linear(a, variable) and linear(b, variable)
        case Call(Operator("neg" | "pos"), (a,)):
            return linear(a, variable)
        case Call(Operator("mul" | "matmul"), (a, b)):
            return linear(a, variable) and free(b) or free(a) and linear(b, variable)
        case Call(Operator("truediv"), (a, b)):
            return linear(a, variable) and free(b)
        case Call(Operator("getitem"), (a, b)):
            return linear(a, variable) and free(b)
        case Call(Operator()):
            return False
        case Choose():
            return free(e.test) and all(linear(x, variable) or x == Const(0) for x in (e.then, e.orelse))
        case Call():
            return any(not free(a) for a in (*e.args, *(v for _, v in e.kwargs)))
    return False
