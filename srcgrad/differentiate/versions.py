"""Versions of names: what `saved.py` decides about."""
from __future__ import annotations

from dataclasses import field

from ..analyse.integers import Linear
from ..analyse.types import Types
from ..ir.nodes import Build, Const, Expr, Ref, Stmt
from ..ir.record import dataclass
from ..ir.types import UNKNOWN, Tuple, Type
from ..ir.walk import rewrite
from .plan import At, Region, Step


@dataclass(eq=False)
class Version:
    """One definition of a name. `home`: the block it belongs to, in so many loops (`nest`); `made`: the statement; `lost`: the
    statement of that block that binds the name again; `bound`: surely bound; `given`: the loop header provides it; `again`: how
    to evaluate it afresh, which may give a `view`; `formula`: how an array is computed; `witness`: one of the same
    shape and dtype; `recalled`: a line of the backward
    sweep binds it; `value`: of an int; `fresh`: it is memory of its own."""

    name: str
    home: Region
    nest: int
    type: Type = UNKNOWN
    made: Step | None = None
    value: Linear | None = None
    fresh: bool = False
    bound: bool = True
    given: bool = False
    again: Expr | None = None
    view: bool = False
    recalled: bool = False
    formula: Expr | None = None
    witness: Version | None = None
    load: Expr | None = None
    needed: bool = False
    lost: Step | None = None
    hold: str | None = None
    into: Version | None = None  # where the branch it was made in ends, it becomes part of this one


@dataclass(frozen=True)
class Use(Expr):
    """A version, in an expression. `out`: what it holds as it is after the statement at hand."""

    version: Version
    out: bool = field(default=False, compare=False)


@dataclass
class Saved:
    """The decisions: what to hold before which step, what each block puts on its tape or looks up again, which names start as
    None; `kept`: what calls saved that may be views of what is put back."""

    holds: dict[Step, list[Version]] = field(default_factory=dict)
    tapes: dict[Region, list[Version]] = field(default_factory=dict)
    loads: dict[Region, list[Version]] = field(default_factory=dict)
    unbound: dict[str, Expr] = field(default_factory=dict)
    before: dict[Step, list[Stmt]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)


def nothing(types: Types, name: str) -> Expr:
    """What a name holds that is read before it is bound (and whose value is then not used): None, in the right shape."""
    def none(t: Type | None) -> Expr:
        return Build("tuple", tuple(map(none, t.items))) if isinstance(t, Tuple) else Const(None)
    return none(next((t[name] for t in types.after.values() if isinstance(t.get(name), Tuple)), None))


def at(e: Expr) -> Expr:
    return rewrite(e, lambda x: At(x.name) if isinstance(x, Ref) else x)
