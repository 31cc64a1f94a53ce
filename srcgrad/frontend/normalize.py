"""SURFACE -> NORMAL."""
from __future__ import annotations

from ..errors import UnsupportedSyntax
from ..ir.nodes import Function
from ..ir.walk import bound_in, names_in, operands, statements
from .exits import exits
from .flatten import flatten


def normalize(fn: Function) -> Function:
    """One call per statement, one return at the end.

    >>> from .examples import surface; from ..emit.printer import print_function
    >>> print(print_function(normalize(surface('''
    ... def f(x):
    ...     if x > 0:
    ...         return x * x
    ...     return 2 * x + 1
    ... '''))), end="")
    def f(x):
        cond = x > 0
        if cond:
            out = x * x
        else:
            t = 2 * x
            out = t + 1
        return out
    """
    return _bound(flatten(exits(fn)))


def _bound(fn: Function) -> Function:
    """Refuses reads of local names that nothing binds: in generated code they would be somebody else's globals."""
    known = {p.name for p in fn.params} | set(fn.cells) | bound_in(fn.body)
    for s in statements(fn.body):
        for name in sorted(set().union(*map(names_in, operands(s))) - known):
            raise UnsupportedSyntax(f"in {fn.name}: local variable `{name}` is read but never bound",
                                    filename=s.origin.filename, lineno=s.origin.line, offset=s.origin.column,
                                    hint="assign to it before it is read")
    return fn
