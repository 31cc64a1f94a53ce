"""`try` that catches an exception, around active values.

The backward sweep undoes all of the body or none of it; how far it came before an exception is not known. So what an exception
may leave half done is refused: loops and writes in place, and names that were bound on the way and are read all the same.
"""
from __future__ import annotations

from ..errors import UnsupportedSyntax
from ..ir.nodes import Assign, Block, Call, Const, Effect, For, Function, If, Method, Ref, Stmt, Store, While
from ..ir.tries import Except, Try
from ..ir.walk import blocks, bound, falls, flat, names_in, operands, statements
from .activity import Activities, active
from .memory import mutated


def refusal(f: Function, s: Stmt, what: str, hint: str) -> UnsupportedSyntax:
    return UnsupportedSyntax(f"in {f.name}: {what} is not supported", filename=s.origin.filename, lineno=s.origin.line,
                             offset=s.origin.column, hint=hint)


def varied(block: Block, activities: Activities) -> bool:
    """Whether a statement in the block reads or binds an active value."""
    return any(active(a) for s in statements(block) for facts in (activities.before, activities.after)
               for a in facts.get(s, {}).values())


def check_caught(f: Function, s: Try, activities: Activities) -> None:
    """Raises UnsupportedSyntax for a `try` with a handler that may go on behind it, where it cannot be undone as a branch."""
    if not varied(s.body, activities) and not varied(s.orelse, activities):
        return
    for x in statements(s.body):
        if isinstance(x, Store | For | While) or mutated(x) is not None and not _kept(x):
            raise refusal(f, x, "a loop, or a write in place, in a `try` that catches an exception, around active values,",
                          "move it into a function that is called there")
    handlers = [x for x in statements(s.orelse) if isinstance(x, Except) and falls(x.body)]
    several = [x for x in handlers if varied(x.body, activities)]
    if len(several) > 1:
        raise refusal(f, several[1], "more than one `except` around active values",
                      "catch the exceptions in one: `except (A, B):`")
    last, flags = _end(s.body)
    early = {n for x in statements(s.body) if x not in last for n in bound(x) if active(activities.written(x, n))}
    for handler in handlers:
        known: set[str] = set()
        for x in handler.body:
            _check_reads(f, (x,), early - known, frozenset(), s)
            known |= set(flat(x.target)) if isinstance(x, Assign) else set()
        _check_reads(f, f.body, early - known, flags, s)


def _kept(s: Stmt) -> bool:
    """An append at the end of the body, to a tape: it raises nothing."""
    return isinstance(s, Effect) and isinstance(s.args[0], Call) and s.args[0].target == Method("append")


def _end(body: Block) -> tuple[Block, frozenset[str]]:
    """The last statement that may raise an exception with what follows it, and the names that are set there."""
    flags: set[str] = set()
    for i, s in reversed(list(enumerate(body))):
        if isinstance(s, Assign) and isinstance(s.target, str) and isinstance(s.value, Const):
            flags.add(s.target)
        elif not _kept(s) and not (isinstance(s, Assign) and isinstance(s.value, Ref)):
            return body[i:], frozenset(flags)
    return body, frozenset(flags)


def _check_reads(f: Function, block: Block, names: set[str], flags: frozenset[str], but: Try) -> None:
    """`flags`: where one of these is set, the whole body has been run."""
    for s in block:
        if s is but or isinstance(s, If) and isinstance(s.test, Ref) and s.test.name in flags:
            continue
        found = sorted({n for e in operands(s) for n in names_in(e)} & names)
        if found:
            raise refusal(f, s, f"`{found[0]}`, which a `try` may have bound before the exception that it catches,",
                          "bind it before the `try`, or again in the handler")
        for inner in blocks(s):
            _check_reads(f, inner, names, flags, but)
