"""`try` with handlers.

    try:                            done = False
        n = int(text)               try:
    except ValueError:                  n = int(text)
        n = 2                           done = True
    else:                           except ValueError:
        print(n)                        n = 2
                                    if done:
                                        print(n)

The variable is there where a handler may go on behind the statement.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..ir.nodes import Assign, Block, Break, Const, Continue, Effect, Expr, For, Global, If, Origin, Ref, Return, Stmt, While
from ..ir.tries import Except, Try
from ..ir.walk import falls, map_blocks, statements
from .exits import own_exits


class Trying:
    """Lowers `try`; the lowering of a function gives what it needs."""

    expression: Any
    block: Callable[[Any], Block]
    at: Callable[[Any], Origin]
    temporary: Callable[[str], str]

    def attempt(self, node: Any) -> Block:
        """The body and the handlers of a `try`, and its `else`."""
        origin = self.at(node)
        handlers = self.handlers(node)
        body, otherwise = self.block(node.body), self.block(node.orelse)
        if not self.goes_on(handlers):
            return (Try(Const(True), body, handlers, origin=origin), *otherwise)
        done = self.temporary("done")
        body = self.marked(body, done)
        if falls(body):
            body += (Assign(done, Const(True), origin=origin),)
        after = (If(Ref(done), otherwise, origin=self.at(node.orelse[0])),) if otherwise else ()
        return (Assign(done, Const(False), origin=origin), Try(Ref(done), body, handlers, origin=origin), *after)

    def goes_on(self, handlers: Block) -> bool:
        """A handler does something else than raise."""
        return any(isinstance(s, Except) and (falls(s.body) or own_exits(s.body)) for s in statements(handlers))

    def handlers(self, node: Any) -> Block:
        """From the first on; the last raises what none has caught."""
        chain: Block = (Effect("raise", (), origin=self.at(node)),)
        for each in reversed(node.handlers):
            test: Expr = Global("builtins", "BaseException", BaseException)
            if each.type is not None:
                test = self.expression(each.type)
            name = None if each.name is None else str(getattr(each.name, "id", each.name))
            chain = (Except(test, self.block(each.body), chain, target=name, origin=self.at(each)),)
        return chain

    def marked(self, block: Block, done: str, loop: bool = False) -> Block:
        """Notes, before each way out, that the body has come to an end."""
        out: list[Stmt] = []
        for s in block:
            mark = Assign(done, Const(True), origin=s.origin)
            if isinstance(s, Return):
                held = self.temporary("t")
                out += [Assign(held, s.value, origin=s.origin), mark, replace(s, value=Ref(held))]
            elif isinstance(s, Break | Continue) and not loop:
                out += [mark, s]
            else:
                out.append(map_blocks(s, lambda b: self.marked(b, done, loop or isinstance(s, For | While))))  # noqa: B023
        return tuple(out)
