"""One way out: early returns, break, continue and loop-else become branches, and flags where branches do not do."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..ir.names import Namer
from ..ir.nodes import (
    Assign, Block, Break, Const, Continue, Effect, For, Function, Global, If, Ref, Return, Stmt, While, With, op,
)
from ..ir.record import dataclass
from ..ir.tries import Except, Finally, Try
from ..ir.walk import falls, map_blocks, passes
from .naming import namer_of

Exit = Return | Break | Continue


def exits(fn: Function) -> Function:
    """A function with one return, at its end, and breaks only at the ends of branches that end the loop body.

    >>> from .examples import surface; from ..emit.printer import print_function
    >>> print(print_function(exits(surface('''
    ... def f(x, n):
    ...     for i in range(n):
    ...         if x > 9:
    ...             break
    ...         x = x * x
    ...     if n:
    ...         return x
    ...     return -x
    ... '''))), end="")
    def f(x, n):
        for i in range(n):
            if x > 9:
                break
            else:
                x = x * x
        if n:
            out = x
        else:
            out = -x
        return out
    """
    maker = _Exits(namer_of(fn))
    body = maker.function(fn)
    return replace(fn, body=body, temporaries=fn.temporaries | maker.temporaries)


# ------------------------------------------------------------------ questions about blocks
def prune(block: Block) -> Block:
    """The block without what can never be reached."""
    result: list[Stmt] = []
    for s in block:
        result.append(map_blocks(s, prune))
        if not passes(s):
            break
    return tuple(result)


def own_exits(block: Block) -> list[Exit]:
    """The exits in a block that concern its own loop or function: all returns, and what no inner loop takes."""
    found: list[Exit] = []
    for s in block:
        match s:
            case Return() | Break() | Continue():
                found.append(s)
            case If():
                found += own_exits(s.body) + own_exits(s.orelse)
            case For() | While():
                found += [e for e in own_exits(s.body) if isinstance(e, Return)] + own_exits(s.orelse)
    return found


def _jumps(s: Stmt) -> bool:
    """It may leave, or go on with, the loop around it."""
    return any(isinstance(e, Break | Continue) for e in own_exits((s,)))


def replace_exits(block: Block, change: Callable[[Exit], Block]) -> Block:
    """Replaces the exits of this level, not those inside inner loops."""
    result: list[Stmt] = []
    for s in block:
        match s:
            case Return() | Break() | Continue():
                result += change(s)
            case If():
                result.append(replace(s, body=replace_exits(s.body, change), orelse=replace_exits(s.orelse, change)))
            case _:
                result.append(s)
    return tuple(result)


def copied(block: Block) -> Block:
    """The same statements as objects of their own."""
    return tuple(replace(map_blocks(s, copied)) for s in block)


@dataclass(frozen=True, eq=False)
class _Again(Return):
    """`return out` where `returned` is known to be set."""


class _Exits:
    def __init__(self, namer: Namer) -> None:
        self.namer = namer
        self.temporaries: set[str] = set()
        self.keep = False  # the only return stands at the end already
        self._known: dict[str, str] = {}

    def fresh(self, wish: str) -> str:
        name = self.namer.fresh(wish)
        self.temporaries.add(name)
        return name

    def single(self, wish: str) -> str:
        """A name that the function has once: its output, and whether it has been returned."""
        if wish not in self._known:
            self._known[wish] = self.fresh(wish)
        return self._known[wish]

    # -------------------------------------------------------------- the whole function
    def function(self, fn: Function) -> Block:
        body = prune(fn.body)
        if falls(body):
            body += (Return(Const(None), origin=body[-1].origin if body else fn.origin),)
        body = prune(self.loops(body, initialised=False))
        returns = [e for e in own_exits(body) if isinstance(e, Return)]
        if len(returns) == 1 and body and body[-1] is returns[0]:
            self.keep = True
            return self.tail(body)
        body = self.tail(body)
        if not returns:  # ends by raising, or never
            return body + (Return(Const(None), origin=fn.origin),)
        return body + (Return(Ref(self.single("out")), origin=returns[-1].origin),)

    # -------------------------------------------------------------- loops
    def loops(self, block: Block, initialised: bool) -> Block:
        """Takes returns out of loops, innermost first, and makes loop-else a branch after the loop."""
        result: list[Stmt] = []
        for s in block:
            match s:
                case Finally():
                    result += self.cleared(s, initialised)
                case If():
                    result.append(replace(s, body=self.loops(s.body, initialised),
                                          orelse=self.loops(s.orelse, initialised)))
                case For() | While():
                    result += self.loop(s, initialised)
                case _:
                    result.append(s)
        return tuple(result)

    def loop(self, s: For | While, initialised: bool) -> Block:
        own = own_exits(s.body)
        breaks = any(isinstance(e, Break) for e in own)
        returns = any(isinstance(e, Return) for e in own)
        endless = isinstance(s, While) and isinstance(s.test, Const) and bool(s.test.value) and not breaks
        flagged = returns and not endless
        body = self.loops(s.body, initialised or flagged)
        before, body, after = self.otherwise(s, body, breaks, initialised)
        if returns:
            body = replace_exits(body, lambda e: self.leave(e, flagged))
            after = self.left(s, flagged) + (() if endless else after)
        if flagged and not initialised:
            before = (Assign(self.single("returned"), Const(False), origin=s.origin),) + before
        return before + (replace(s, body=self.tail(body), orelse=()),) + after

    def otherwise(self, s: For | While, body: Block, breaks: bool, initialised: bool) -> tuple[Block, Block, Block]:
        """What a loop-else puts before the loop, into its body and after it."""
        orelse = self.loops(s.orelse, initialised)
        if not orelse or not breaks:
            return (), body, orelse
        stop = self.fresh("stop")

        def mark(e: Exit) -> Block:
            return (Assign(stop, Const(True), origin=e.origin), e) if isinstance(e, Break) else (e,)
        before = (Assign(stop, Const(False), origin=s.origin),)
        return before, replace_exits(body, mark), (If(op("not_", Ref(stop)), orelse, origin=s.origin),)

    def leave(self, e: Exit, flagged: bool) -> Block:
        """A return inside a loop: the value is kept, the fact noted, the loop left."""
        if not isinstance(e, Return):
            return (e,)
        note = (Assign(self.single("returned"), Const(True), origin=e.origin),)
        known = isinstance(e, _Again) or not flagged
        return self.output(e) + (() if known else note) + (Break(origin=e.origin),)

    def left(self, s: Stmt, flagged: bool) -> Block:
        """What follows a loop that a return may have left."""
        if not flagged:
            return (Return(Ref(self.single("out")), origin=s.origin),)
        again = _Again(Ref(self.single("out")), origin=s.origin)
        return (If(Ref(self.single("returned")), (again,), origin=s.origin),)

    def output(self, e: Return) -> Block:
        out = self.single("out")
        return () if e.value == Ref(out) else (Assign(out, e.value, origin=e.origin),)

    # -------------------------------------------------------------- finally
    def cleared(self, s: Finally, initialised: bool) -> Block:
        """`try: A finally: B` is A with a handler that does B and raises again, then B; how A was left waits for that."""
        body, final = self.loops(s.body, initialised), self.loops(s.orelse, initialised)
        again = Effect("raise", (), origin=s.origin)
        handler = Except(Global("builtins", "BaseException", BaseException), (*copied(final), again), (replace(again),),
                         origin=s.origin)
        before, (body,), after = self.noted(s, body)
        return (*before, Try(Const(True), body, (handler,), origin=s.origin), *final, *after)

    # -------------------------------------------------------------- branches
    def tail(self, block: Block) -> Block:
        """A block at whose end the loop goes on or the function is over: what follows an exit moves into the branches
        that do not take it."""
        result: list[Stmt] = []
        for k, s in enumerate(block):
            match s:
                case Continue():
                    return tuple(result)
                case Return() if not self.keep:
                    return tuple(result) + self.output(s)
                case If() if own_exits(s.body) + own_exits(s.orelse):
                    return tuple(result) + self.branch(s, block[k + 1:])
            result.append(s)
            if not passes(s):
                break
        return tuple(result)

    def branch(self, s: If, rest: Block) -> Block:
        """A statement that may exit, and what follows it."""
        then, orelse = falls(s.body), falls(s.orelse)
        if rest and then and orelse or isinstance(s, Try) and (rest or _jumps(s)):
            return self.flagged(s, rest)
        body = self.tail(s.body + rest if then else s.body)
        other = self.tail(s.orelse + rest if orelse else s.orelse)
        if isinstance(s, With):
            return (replace(s, body=body),)
        if other and not body and not isinstance(s, Try | Except):
            return (replace(s, test=op("not_", s.test), body=other, orelse=()),)
        return (replace(s, body=body, orelse=other),)

    def flagged(self, s: If, rest: Block) -> Block:
        """Both branches may exit or go on: a flag says which, so that the rest is written once."""
        before, (body, orelse), after = self.noted(s, s.body, s.orelse)
        return before + (replace(s, body=body, orelse=orelse),) + self.tail((*after, *rest))

    def noted(self, s: Stmt, *blocks: Block) -> tuple[Block, list[Block], Block]:
        """Flags for the exits that blocks take: what starts them, the blocks, and what takes the exits behind them."""
        flags: dict[type, str] = {}
        after: list[Stmt] = []

        def note(e: Exit) -> Block:
            kind = next(each for each in (Return, Break, Continue) if isinstance(e, each))
            if kind not in flags:
                flags[kind] = self.flag(kind)
                again: Exit = Return(Ref(self.single("out")), origin=e.origin) if isinstance(e, Return) else e
                after.append(If(Ref(flags[kind]), (again,), origin=s.origin))
            value = self.output(e) if isinstance(e, Return) else ()
            mark = () if isinstance(e, _Again) else (Assign(flags[kind], Const(True), origin=e.origin),)
            return value + mark + (Continue(origin=e.origin),)

        found = [self.tail(replace_exits(block, note)) for block in blocks]
        before = tuple(Assign(name, Const(False), origin=s.origin) for name in flags.values())
        return before, found, tuple(after)

    def flag(self, kind: type) -> str:
        return self.single("returned") if kind is Return else self.fresh("stop" if kind is Break else "skip")
