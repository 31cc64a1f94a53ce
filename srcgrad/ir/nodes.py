"""The nodes of the intermediate language.

A function is a structured list of statements over expressions; there is no control-flow graph. Statements are
compared by identity (analyses key their facts on them), expressions by structure. All nodes are immutable.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any, ClassVar, Literal

from .record import dataclass
from .source import NOWHERE as NOWHERE, Origin as Origin, Source as Source
from .targets import (
    Attribute as Attribute, Fn as Fn, Method as Method, Operator as Operator, Target as Target, Value as Value,
)


# ------------------------------------------------------------------ expressions
class Expr:
    """Base of all expressions; equal when their structure is equal."""

    __slots__ = ()
    names: ClassVar[frozenset[str] | None] = None  # what `walk.names_in` found
    parts: ClassVar[tuple[Expr, ...] | None] = None  # what `walk.expressions` found


@dataclass(frozen=True)
class Ref(Expr):
    """A local variable (a parameter, an assigned name, or one of the function's captured cells)."""

    name: str


@dataclass(frozen=True, eq=False)
class Const(Expr):
    """A literal (also Ellipsis). `0.0`, `-0.0`, `0` and `False` differ."""

    value: Any

    def _key(self) -> tuple[type, str]:
        return type(self.value), repr(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Const) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


@dataclass(frozen=True, eq=False)
class Global(Expr):
    """A value read from a module when it is evaluated: `np.pi`, a helper function, a module-level array.

    `name` is the (dotted) path in the module; `value` the object found there when the function was read.
    """

    module: str
    name: str
    value: Any = None

    def __eq__(self, other: object) -> bool:
        return (isinstance(other, Global) and (self.module, self.name) == (other.module, other.name)
                and self.value is other.value)

    def __hash__(self) -> int:
        return hash((self.module, self.name))


@dataclass(frozen=True)
class Slice(Expr):
    """`lower:upper:step` inside a subscript; None where a part is missing."""

    lower: Expr | None = None
    upper: Expr | None = None
    step: Expr | None = None


@dataclass(frozen=True)
class Field(Expr):
    """An attribute as the place of a store: `base.name = value` is a store at `Field("name")`."""

    name: str


@dataclass(frozen=True)
class Call(Expr):
    """The one node for all that computes: operators, subscripts, attributes, methods, calls."""

    target: Target
    args: tuple[Expr, ...]
    kwargs: tuple[tuple[str, Expr], ...] = ()


@dataclass(frozen=True)
class Build(Expr):
    """A display. kind "dict" alternates keys and values in `items`; "fstring" holds Const strings and expressions."""

    kind: Literal["tuple", "list", "dict", "set", "fstring"]
    items: tuple[Expr, ...]


@dataclass(frozen=True)
class Lazy(Expr):
    """`a and b and c`, or with `or`; only as a truth value, or where nothing is active."""

    op: Literal["and", "or"]
    items: tuple[Expr, ...]


@dataclass(frozen=True)
class Choose(Expr):
    """`then if test else orelse`, evaluated lazily. SURFACE and ADJOINT only; NORMAL has If instead."""

    test: Expr
    then: Expr
    orelse: Expr


@dataclass(frozen=True, eq=False)
class Do(Expr):
    """Statements, done where the expression is evaluated, and then a value: what comprehensions and `:=` are. SURFACE only.
    `made`: the value is a variable that the statements make, and that nothing else reads."""

    body: Block
    value: Expr
    made: bool = False


@dataclass(frozen=True)
class Starred(Expr):
    """`*value` among the arguments of a call; `**value` is a keyword argument of the name `STARS`."""

    value: Expr


STARS = "**"


@dataclass(frozen=True, eq=False)
class Closure(Expr):
    """A nested `def` or a lambda, where it is made. SURFACE and NORMAL only.

    captured: each of the function's cells with the variable around it that it stands for. defaults: of its parameters,
    evaluated here. frame: what is bound anew whenever another such function is made, so that an older one is told apart.
    """

    function: Function
    captured: tuple[tuple[str, Expr], ...] = ()
    defaults: tuple[tuple[str, Expr], ...] = ()
    frame: tuple[Expr, ...] = ()

    @property
    def whole(self) -> Function:
        """The function with the defaults of its parameters."""
        given = dict(self.defaults)
        params = tuple(replace(p, default=given[p.name]) if p.name in given else p for p in self.function.params)
        return replace(self.function, params=params)


# ------------------------------------------------------------------ statements
@dataclass(frozen=True, eq=False)
class Stmt:
    """Base of all statements; compared by identity."""

    origin: Origin = field(default=NOWHERE, kw_only=True)


Block = tuple[Stmt, ...]
Names = str | tuple["Names", ...]


@dataclass(frozen=True, eq=False)
class Assign(Stmt):
    """`target = value`; a tuple target unpacks (nested tuples allowed in SURFACE and ADJOINT)."""

    target: Names
    value: Expr


@dataclass(frozen=True, eq=False)
class Update(Stmt):
    """`name op= value`: a rebinding for scalars, a write into the buffer for arrays. `op` as in Operator ("add")."""

    name: str
    op: str
    value: Expr


@dataclass(frozen=True, eq=False)
class Store(Stmt):
    """`base[key] = value`, or `base[key] op= value` where `op` is given; with a Field as key `base.name = value`.

    changed: the value is what stood there and an operator changed, apart: if that is an array in a list, it is itself changed.
    """

    base: Expr
    key: Expr
    value: Expr
    op: str | None = None
    changed: bool = False


@dataclass(frozen=True, eq=False)
class If(Stmt):
    test: Expr
    body: Block
    orelse: Block = ()


@dataclass(frozen=True, eq=False)
class With(If):
    """`with test as target: body`; the body runs, and only forwards. `safe`: the context lets every exception through;
    `constant`: what is computed inside is constant for differentiation."""

    target: str | None = None
    safe: bool = False
    constant: bool = False


@dataclass(frozen=True, eq=False)
class For(Stmt):
    """`for target in iter: body`; `orelse` in SURFACE only."""

    target: Names
    iter: Expr
    body: Block
    orelse: Block = ()


@dataclass(frozen=True, eq=False)
class While(Stmt):
    """`while test: body`; the test holds nothing active; `orelse` in SURFACE only."""

    test: Expr
    body: Block
    orelse: Block = ()


@dataclass(frozen=True, eq=False)
class Break(Stmt):
    """Leaves the innermost loop. In NORMAL and ADJOINT the last statement of its block, up to the loop."""


@dataclass(frozen=True, eq=False)
class Continue(Stmt):
    """SURFACE only; NORMAL turns it into branches."""


@dataclass(frozen=True, eq=False)
class Return(Stmt):
    """One, at the end, in NORMAL and ADJOINT."""

    value: Expr


@dataclass(frozen=True, eq=False)
class Effect(Stmt):
    """Done for its effect, once, in order: "expr" (one), "assert" (test, message?), "raise" (exception?, cause?)."""

    verb: Literal["expr", "assert", "raise"]
    args: tuple[Expr, ...]


@dataclass(frozen=True, eq=False)
class Comment(Stmt):
    """A line of its own in the output: `# backward`. ADJOINT only."""

    text: str


# ------------------------------------------------------------------ functions
Kind = Literal["positional", "either", "varargs", "keyword", "varkw"]


@dataclass(frozen=True)
class Param:
    """One parameter. `default`: None where there is none; a Global where it is no literal."""

    name: str
    kind: Kind = "either"
    default: Expr | None = None


@dataclass(frozen=True, eq=False)
class Function:
    """A function in one of the dialects.

    `cells` are captured variables, read live; `temporaries` the names the compiler made (all others are the user's).
    """

    names: ClassVar[frozenset[str] | None] = None  # what `walk.all_names` found
    name: str
    params: tuple[Param, ...]
    body: Block
    source: Source
    cells: tuple[str, ...] = ()
    temporaries: frozenset[str] = frozenset()
    doc: str | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def origin(self) -> Origin:
        return Origin(self.source.filename, self.source.line)

# ------------------------------------------------------------------ short forms
def op(name: str, *args: Expr) -> Call:
    """An operator applied: `op("add", a, b)` is `a + b`."""
    return Call(Operator(name), args)


def item(base: Expr, key: Expr) -> Call:
    """`base[key]`."""
    return Call(Operator("getitem"), (base, key))


def slot(base: Expr, key: Expr) -> Call:
    """What stands at a place: `base[key]`, or with a Field `base.name`."""
    return attr(base, key.name) if isinstance(key, Field) else item(base, key)


def attr(base: Expr, name: str) -> Call:
    """`base.name`."""
    return Call(Attribute(name), (base,))


def tup(*items: Expr) -> Build:
    """A tuple display."""
    return Build("tuple", items)
