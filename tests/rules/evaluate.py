"""Runs rules on values: a small interpreter of their lines, and what is needed to compare the two modes."""
import operator
from copy import deepcopy
from dataclasses import dataclass, field

import numpy as np

from srcgrad.ir.nodes import (
    Attribute, Build, Call, Choose, Const, Fn, Global, Lazy, Method, Operator, Ref, Slice,
)
from srcgrad.ir.promotion import elementwise
from srcgrad.ir.types import List, Num, Opaque, Size, Tuple, is_cut
from srcgrad.rules import registry
from srcgrad.runtime import helpers
from srcgrad.runtime.helpers import add, add_at, unbroadcast, zeros_like


# ------------------------------------------------------------------ expressions
def evaluate(e, env):
    """The value of an expression of the intermediate language."""
    match e:
        case Ref():
            return env[e.name]
        case Const() | Global():
            return e.value
        case Slice():
            return slice(*(None if part is None else evaluate(part, env) for part in (e.lower, e.upper, e.step)))
        case Build("tuple", items):
            return tuple(evaluate(item, env) for item in items)
        case Build("list", items):
            return [evaluate(item, env) for item in items]
        case Choose():
            return evaluate(e.then if evaluate(e.test, env) else e.orelse, env)
        case Lazy():
            value = None
            for item in e.items:
                value = evaluate(item, env)
                if bool(value) == (e.op == "or"):
                    break
            return value
        case Call():
            args = [evaluate(a, env) for a in e.args]
            kwargs = {name: evaluate(value, env) for name, value in e.kwargs}
            match e.target:
                case Operator("in_"):
                    return args[0] in args[1]
                case Operator():
                    return getattr(operator, e.target.name)(*args)
                case Fn():
                    return e.target.value(*args, **kwargs)
                case Method():
                    return getattr(args[0], e.target.name)(*args[1:], **kwargs)
                case Attribute():
                    return getattr(args[0], e.target.name)
    raise TypeError(f"no value for {e}")


def as_expr(value, env, name):
    """An expression for an argument: a literal where it can be one, else a reference to a name of `env`."""
    if isinstance(value, slice):
        return Slice(*(None if v is None else as_expr(v, env, name) for v in (value.start, value.stop, value.step)))
    if value is None or value is Ellipsis or isinstance(value, (bool, int, str)) and not isinstance(value, np.generic):
        return Const(value)
    if isinstance(value, type):
        return Global(value.__module__, value.__name__, value)
    if isinstance(value, tuple) and all(isinstance(v, (int, slice, type(None), type(...), np.ndarray)) for v in value):
        return Build("tuple", tuple(as_expr(v, env, f"{name}_{i}") for i, v in enumerate(value)))
    env[name] = value
    return Ref(name)


# ------------------------------------------------------------------ rules on values
@dataclass
class Case:
    """A call with numbers. `smooth` is False where differences do not approximate the derivative (a kink, a tie)."""

    target: object
    args: tuple
    kwargs: dict = field(default_factory=dict)
    smooth: bool = True
    wrt: tuple | None = None  # which operands are active; None: all that hold floats

    @property
    def function(self):
        if not isinstance(self.target, str):
            return self.target
        name = self.target.partition(".")[2]
        if name in ("in_", "not_in"):
            return lambda a, b: (a in b) == (name == "in_")
        return getattr(operator, name)

    def run(self, args):
        """The result; what works in place gets arguments of its own."""
        return self.function(*(deepcopy(args) if self.target is helpers.add_at else args), **self.kwargs)

    def __str__(self):
        name = self.target if isinstance(self.target, str) else getattr(self.target, "__name__", "?")
        return f"{name}({', '.join(map(show, self.args))}{''.join(f', {k}={v}' for k, v in self.kwargs.items())})"


def show(value):
    if isinstance(value, np.ndarray):
        return f"{value.dtype.str[1:]}{list(value.shape)}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(show, value)) + "]"
    return f"{type(value).__name__}" if isinstance(value, np.generic) else repr(value)


class Applied:
    """A rule applied to the arguments of a case."""

    def __init__(self, case):
        self.case, self.rule = case, registry.find(case.target)
        env = {}
        call = Call(Fn("m", "f", case.function), tuple(as_expr(a, env, f"a{i}") for i, a in enumerate(case.args)),
                    tuple((k, as_expr(v, env, k)) for k, v in case.kwargs.items()))
        self.bound = registry.bind(self.rule, call, case.function)
        self.values = {name: evaluate(e, env) for name, e in {**self.bound.operands, **self.bound.keywords}.items()}
        self.exprs = {**self.bound.operands, **self.bound.keywords}
        with np.errstate(all="ignore"):
            self.result = case.run(case.args)
        read = {line.of for line in self.lines("tangent")}
        self.active = [name for name in self.bound.operands
                       if name in read and holds_floats(self.values[name])
                       and (case.wrt is None or name in case.wrt)
                       and self.bound.operands[name] is not self.rule.optional.get(name)]

    def lines(self, mode):
        return getattr(self.rule.body, mode)

    def env(self):
        return {**self.values, self.rule.result: self.result}

    def tangent(self, tangents):
        """The tangent of the result from tangents of operands."""
        total = None
        for line in self.lines("tangent"):
            if line.of in tangents:
                with np.errstate(all="ignore"):
                    value = evaluate(line.value, {**self.env(), f"d[{line.of}]": tangents[line.of]})
                if self.rule.kind == "elementwise" and np.shape(value) != np.shape(self.result):
                    value = np.broadcast_to(value, np.shape(self.result))
                total = add(total, value)
        return zeros_like(self.result) if total is None else total

    def adjoint(self, b):
        """The adjoints of the active operands from that of the result."""
        found = {name: None for name in self.active}
        for line in self.lines("adjoint"):
            if line.target not in found:
                continue
            x = self.values[line.target]
            with np.errstate(all="ignore"):
                value = evaluate(line.value, {**self.env(), f"d[{line.of}]": b})
            if self.rule.kind == "elementwise":
                value = unbroadcast(value, x)
            if line.key is not None:
                value = add_at(zeros_like(x), evaluate(line.key, self.env()), value)
            found[line.target] = add(found[line.target], value)
        return found


# ------------------------------------------------------------------ containers of numbers
def holds_floats(x):
    return any(np.asarray(leaf).dtype.kind in "fc" for leaf in leaves(x))


def leaves(x):
    if isinstance(x, dict):
        return [leaf for v in x.values() for leaf in leaves(v)]
    if isinstance(x, (list, tuple)):
        return [leaf for v in x for leaf in leaves(v)]
    return [x] if isinstance(x, (np.ndarray, np.generic, bool, int, float, complex)) else []


def rebuilt(x, items):
    """A list, tuple or namedtuple like x of other items."""
    return type(x)(*items) if hasattr(x, "_fields") else type(x)(items)


def random_like(x, rng):
    """A random tangent or cotangent of the structure of `x`; 0.0 for the integers in it."""
    if isinstance(x, dict):
        return {k: random_like(v, rng) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return rebuilt(x, [random_like(v, rng) for v in x])
    if not leaves(x):
        return None
    kind = np.asarray(x).dtype.kind
    if kind not in "fc":
        return zeros_like(x)
    value = rng.standard_normal(np.shape(x)) + (1j * rng.standard_normal(np.shape(x)) if kind == "c" else 0)
    if isinstance(x, np.ndarray):
        return np.asarray(value).astype(x.dtype)
    return np.asarray(value).astype(x.dtype)[()] if isinstance(x, np.generic) else complex(value) if kind == "c" \
        else float(np.real(value))


def combine(a, x, b=0.0, y=None):
    """a * x + b * y on containers; integers in x are kept."""
    if isinstance(x, dict):
        return {k: combine(a, v, b, y[k]) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return rebuilt(x, [combine(a, v, b, w) for v, w in zip(x, [0.0] * len(x) if y is None else y)])
    if not leaves(x) or np.asarray(x).dtype.kind not in "fc":
        return x
    value = a * x + b * y
    return value.astype(x.dtype) if isinstance(x, np.ndarray) and isinstance(value, np.ndarray) else \
        np.asarray(value, x.dtype) if isinstance(x, np.ndarray) else value


def inner(w, v):
    """Re(sum(w * v)): what an adjoint and a tangent agree on. None, the adjoint of what has none, counts nothing."""
    if isinstance(w, (list, tuple)):
        return sum(inner(a, b) for a, b in zip(w, v, strict=True))
    if isinstance(w, dict):
        return sum(inner(w[key], v[key]) for key in w)
    return 0.0 if w is None or v is None else float(np.real(np.sum(np.asarray(w).astype(complex) * np.asarray(v))))


def largest(x):
    return max([float(np.max(np.abs(leaf))) if np.size(leaf) else 0.0 for leaf in leaves(x)] + [0.0])


def difference(x, y):
    """The largest difference of two containers of the same structure."""
    a, b = leaves(x), leaves(y)
    assert len(a) == len(b)
    return max([float(np.max(np.abs(np.asarray(p, complex) - q))) if np.size(p) else 0.0
                for p, q in zip(a, b)] + [0.0])


# ------------------------------------------------------------------ types of values
def type_of(x, sizes=False):
    """The type of a value; with `sizes`, lengths from 2 up become named sizes."""
    if isinstance(x, np.ndarray):
        dims = tuple(Size(f"s{n}") if sizes and n >= 2 else n for n in x.shape)
        return Num("array", x.dtype.name, dims)
    if isinstance(x, np.generic):
        return Num("scalar", x.dtype.name, ())
    if isinstance(x, (bool, int, float, complex)):
        return Num("python", {bool: "bool", int: "int64", float: "float64", complex: "complex128"}[type(x)], ())
    if isinstance(x, tuple):
        return Tuple(tuple(type_of(v, sizes) for v in x))
    if isinstance(x, list) and x:
        items = [type_of(v, sizes) for v in x]
        from functools import reduce

        from srcgrad.ir.types import join
        return List(reduce(join, items))
    return Opaque({type(None): "None", slice: "slice"}.get(type(x), "value"))


def consistent(t, x):
    """Whether everything that a type says is true of a value."""
    match t:
        case Num():
            if not isinstance(x, (np.ndarray, np.generic, bool, int, float, complex)):
                return False
            actual = type_of(x)
            kinds = ("python", "scalar") if t.kind == "number" else (t.kind,)
            if t.kind is not None and actual.kind not in kinds or t.dtype not in (None, actual.dtype):
                return False
            return t.dims is None or len(t.dims) == np.ndim(x) and all(
                d is None or is_cut(d) or (d == n if isinstance(d, int) else max(0, int(d.name[1:]) + d.plus) == n)
                for d, n in zip(t.dims, np.shape(x)))
        case Tuple():
            return isinstance(x, tuple) and len(x) == len(t.items) and all(map(consistent, t.items, x))
        case List():
            return isinstance(x, list) and all(consistent(t.item, v) for v in x)
    return True


def inferred(applied, types):
    """What a rule says of the type of its result."""
    rule = applied.rule
    if rule.type is not None:
        return rule.type({name: types[name] for name in applied.bound.operands}, applied.exprs)
    if rule.kind == "elementwise":
        return elementwise(applied.case.function, tuple(types[name] for name in applied.bound.operands))
    return None
