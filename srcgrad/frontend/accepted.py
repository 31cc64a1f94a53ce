"""The accepted language, as one table: what `lower` dispatches on and what the documentation prints.

A construct is accepted when its gast class has a row in `ACCEPTED`; the lowering has a method of the same name. To
accept one more: move its row from `REFUSED` to `ACCEPTED` and write that method.
"""
from __future__ import annotations

from typing import Any, NamedTuple

import gast

from ..errors import UnsupportedSyntax
from .read import Code


class Refusal(NamedTuple):
    """Why a construct has no place: what it is called, and what to write instead."""

    construct: str
    hint: str


ACCEPTED: dict[type, str] = {
    # statements
    gast.Assign: "assignment to names, subscripts, attributes and (nested, starred) tuples of them, also chained",
    gast.AnnAssign: "annotated assignment to a name",
    gast.AugAssign: "augmented assignment (all operators) to names, subscripts and attributes",
    gast.If: "if / elif / else",
    gast.For: "for over any iterable, with else",
    gast.While: "while, with else",
    gast.Break: "break",
    gast.Continue: "continue",
    gast.Return: "return, anywhere",
    gast.Expr: "a call for its effect",
    gast.Assert: "assert",
    gast.Raise: "raise",
    gast.Pass: "pass",
    gast.Global: "global, for names that hold nothing active",
    gast.Nonlocal: "nonlocal; for variables of a function around the differentiated one, where they hold nothing active",
    gast.With: "with: np.errstate, warnings.catch_warnings, scopes of srcgrad.autograd; others around what is not active",
    gast.Try: "try, with except, else and finally",
    gast.Delete: "del of names and items",
    gast.Match: "match on constants, sequences, mappings and classes, with or-patterns, captures, wildcards and guards",
    gast.Import: "import inside a function",
    gast.ImportFrom: "from ... import inside a function",
    gast.FunctionDef: "functions: nested ones capture variables as Python does",
    # expressions
    gast.Constant: "literals",
    gast.Name: "names: local, captured, global, builtin",
    gast.Attribute: "attributes",
    gast.Subscript: "subscripts",
    gast.Slice: "slices",
    gast.Call: "calls with positional and keyword arguments, also `*args` and `**kwargs`",
    gast.BinOp: "binary operators",
    gast.UnaryOp: "unary operators",
    gast.BoolOp: "and / or",
    gast.Compare: "comparisons, also chained",
    gast.IfExp: "conditional expressions",
    gast.Lambda: "lambdas",
    gast.Tuple: "tuple displays",
    gast.List: "list displays",
    gast.Set: "set displays",
    gast.Dict: "dict displays, also with `**`",
    gast.NamedExpr: "assignment expressions (`:=`)",
    gast.Starred: "starred items in displays, and in assignment targets",
    gast.ListComp: "list comprehensions",
    gast.SetComp: "set comprehensions",
    gast.DictComp: "dict comprehensions",
    gast.GeneratorExp: "generator expressions that are consumed on the spot: by a `for`, an unpacking, `sum`, `max`, `any`, ...",
    gast.JoinedStr: "f-strings",
    gast.FormattedValue: "f-string fields, with conversion and format",
}


REFUSED: dict[type, Refusal] = {
    gast.AsyncFunctionDef: Refusal("`async def`", "differentiate an ordinary function and await outside it"),
    gast.AsyncFor: Refusal("`async for`", "gather the items first, then use an ordinary `for`"),
    gast.AsyncWith: Refusal("`async with`", "enter the context outside the differentiated function"),
    gast.Await: Refusal("`await`", "await outside the differentiated function and pass the result in"),
    gast.Yield: Refusal("`yield`", "return a list or an array instead of generating items"),
    gast.YieldFrom: Refusal("`yield from`", "return a list or an array instead of generating items"),
    gast.ClassDef: Refusal("a class definition inside a function", "move the class to module level"),
    gast.TryStar: Refusal("`except*`", "check the condition with `if` instead of catching the exception"),
    gast.TypeAlias: Refusal("a `type` statement", "move the type alias to module level"),
}

# Calls that look into the running frame; the generated function has another one.
REFUSED_CALLS: dict[str, Refusal] = {
    "super": Refusal("`super()` without arguments", "write `super(TheClass, self)`"),
    "locals": Refusal("`locals()`", "name the variables that are meant"),
    "vars": Refusal("`vars()` without arguments", "name the variables that are meant"),
    "dir": Refusal("`dir()` without arguments", "name the variables that are meant"),
    "globals": Refusal("`globals()`", "name the variables that are meant"),
    "eval": Refusal("`eval`", "write the expression itself"),
    "exec": Refusal("`exec`", "write the statements themselves"),
}

FINAL = Refusal("leaving a `finally` by return, break or continue", "leave after the `try`")
GLOBAL = Refusal("a global that is bound otherwise than by an assignment", "assign to it: NAME = value")
DELETED = Refusal("`del` of a slice with a step, or of an attribute", "build a new value instead")
WITH_TARGET = Refusal("a `with` that binds anything but a name", "bind one name, and take it apart in the body")
WITH_EXIT = Refusal("leaving a `with` early (return, break, continue) where it may also swallow exceptions",
                    "leave after the `with`")
WITH_POP = Refusal("`pop`, `insert` or `extend` inside `autograd.pause()`", "do it before the scope begins")
PATTERN = Refusal("a pattern of this kind", "take the value apart in the case")
CAPTURES = Refusal("a pattern of alternatives that bind names", "write a case for each alternative")
CLASS_PATTERN = Refusal("a pattern of a class whose positional patterns are not known", "name the attributes: `case C(x=...)`")
REIMPORTED = Refusal("a name that is both imported and assigned in a function", "give one of the two another name")
NO_IMPORT = Refusal("an import that fails", "move the import to the top of the file")
GENERATOR = Refusal("a generator expression that is not consumed on the spot", "write a list comprehension: [... for ...]")


def refusal(node: Any) -> Refusal:
    """Why this node is refused.

    >>> refusal(gast.parse("f'{x}'", mode="eval")).construct
    '`Expression`'
    """
    return REFUSED.get(type(node), Refusal(f"`{type(node).__name__}`", "rewrite it in the accepted language"))


def refused(code: Code, node: Any, why: Refusal | None = None) -> UnsupportedSyntax:
    """The error to raise for a construct outside the accepted language, with the user's line and a caret."""
    why = why or refusal(node)
    text = code.line(node.lineno)
    return UnsupportedSyntax(f"in {code.name}: {why.construct} is not supported", filename=code.source.filename,
                             lineno=node.lineno, offset=characters(text, node.col_offset), hint=why.hint, text=text)


def characters(text: str, column: int) -> int:
    """A column of ast (bytes of UTF-8) as a number of characters.

    >>> characters("é = yield x", 5)
    4
    """
    return len(text.encode()[:column].decode(errors="ignore"))
