"""A small interpreter of NORMAL: what the IR means, said independently of the printer."""
import inspect
import operator
from types import CellType

from srcgrad.frontend.resolve import MISSING
from srcgrad.ir.nodes import (
    STARS, Assign, Attribute, Break, Build, Call, Closure, Const, Effect, Field, Fn, For, Function, Global, If, Lazy,
    Method, Operator, Ref, Return, Slice, Starred, Store, Update, Value, While, With,
)
from srcgrad.ir.tries import Except, Try
from srcgrad.ir.walk import bound_in

IN_PLACE = {name: getattr(operator, "i" + name.rstrip("_")) for name in
            "add sub mul truediv floordiv mod pow matmul lshift rshift and_ or_ xor".split()}
SPECIAL = {"in_": lambda a, b: a in b, "not_in": lambda a, b: a not in b}
BUILD = {"tuple": tuple, "list": list, "set": set, "fstring": lambda parts: "".join(map(format, parts)),
         "dict": lambda parts: dict(zip(parts[::2], parts[1::2]))}


class Stop(Exception):
    """A break."""


def run(fn: Function, *args, **kwargs):
    """Calls the function: `fn.params` are bound by position or name, its cells are those of the user's function."""
    defaults = {p.name: evaluate(p.default, {}) for p in fn.params if p.default is not None}
    env = given(fn, defaults, args, kwargs)
    user = fn.notes["callable"]
    env |= {name: cell for name, cell in zip(user.__code__.co_freevars, user.__closure__ or ())}
    assert isinstance(fn.body[-1], Return)
    block(fn.body[:-1], env)
    return evaluate(fn.body[-1].value, env)


def evaluate(e, env):
    match e:
        case None:
            return None
        case Ref(name):
            value = env[name]
            return value.cell_contents if isinstance(value, CellType) else value
        case Const(value):
            return value
        case Global(value=value):
            if value is MISSING:
                raise NameError(e.name)
            return value
        case Slice():
            return slice(evaluate(e.lower, env), evaluate(e.upper, env), evaluate(e.step, env))
        case Build():
            return BUILD[e.kind]([evaluate(part, env) for part in e.items])
        case Lazy():
            for part in e.items:
                value = evaluate(part, env)
                if bool(value) is (e.op == "or"):
                    break
            return value
        case Call():
            args, kwargs = [], {}
            for a in e.args:
                args += evaluate(a.value, env) if isinstance(a, Starred) else [evaluate(a, env)]
            for name, v in e.kwargs:
                kwargs |= evaluate(v, env) if name == STARS else {name: evaluate(v, env)}
            return call(e.target, args, kwargs)
        case Closure():
            return closure(e, env)
    raise TypeError(e)


KINDS = {"positional": 0, "either": 1, "varargs": 2, "keyword": 3, "varkw": 4}


def given(fn, defaults, args, kwargs):
    """The value of each parameter in a call."""
    bound = inspect.Signature([inspect.Parameter(p.name, KINDS[p.kind], default=defaults.get(p.name, inspect.Parameter.empty))
                               for p in fn.params]).bind(*args, **kwargs)
    bound.apply_defaults()
    return dict(bound.arguments)


def closure(e, env):
    """A Python function that runs the nested one; the captured names are looked up when it is called."""
    defaults = {name: evaluate(value, env) for name, value in e.defaults}

    def function(*args, **kwargs):
        inner = given(e.function, defaults, args, kwargs) | {name: env[v.name] for name, v in e.captured if v.name in env}
        block(e.function.body[:-1], inner)
        env.update({v.name: inner[name] for name, v in e.captured if name in bound_in(e.function.body)})
        return evaluate(e.function.body[-1].value, inner)
    return function


def call(target, args, kwargs):
    match target:
        case Operator(name):
            return (SPECIAL.get(name) or getattr(operator, name))(*args)
        case Fn(value=function):
            return function(*args, **kwargs)
        case Method(name):
            return getattr(args[0], name)(*args[1:], **kwargs)
        case Attribute(name):
            return getattr(args[0], name)
        case Value():
            return args[0](*args[1:], **kwargs)


def block(statements, env):
    for s in statements:
        statement(s, env)


def bind(target, value, env):
    if isinstance(target, str):
        env[target] = value
        return
    parts = list(value)
    if len(parts) != len(target):
        raise ValueError("wrong number of values to unpack")
    for name, part in zip(target, parts):
        bind(name, part, env)


def statement(s, env):
    match s:
        case Assign():
            bind(s.target, evaluate(s.value, env), env)
        case Update():
            env[s.name] = IN_PLACE[s.op](env[s.name], evaluate(s.value, env))
        case Store(key=Field(name), op=None):
            setattr(evaluate(s.base, env), name, evaluate(s.value, env))
        case Store():
            base, key, value = evaluate(s.base, env), evaluate(s.key, env), evaluate(s.value, env)
            base[key] = value if s.op is None else IN_PLACE[s.op](base[key], value)
        case With():
            with evaluate(s.test, env) as value:
                bind(s.target or "_", value, env)
                block(s.body, env)
        case Try():
            attempt(s, env)
        case If():
            block(s.body if evaluate(s.test, env) else s.orelse, env)
        case For() | While():
            loop(s, env)
        case Break():
            raise Stop
        case Effect(verb="expr"):
            evaluate(s.args[0], env)
        case Effect(verb="assert"):
            if not evaluate(s.args[0], env):
                raise AssertionError(*(evaluate(e, env) for e in s.args[1:]))
        case Effect(verb="raise", args=()):
            raise
        case Effect(verb="raise"):
            error, *cause = [evaluate(e, env) for e in s.args]
            raise error from (cause[0] if cause else None)
        case _:
            raise TypeError(s)


def attempt(s, env):
    try:
        block(s.body, env)
    except Stop:
        raise
    except BaseException as error:
        handlers = s.orelse
        while isinstance(handlers[0], Except) and not isinstance(error, evaluate(handlers[0].test, env)):
            handlers = handlers[0].orelse
        if isinstance(handlers[0], Except):
            bind(handlers[0].target or "_", error, env)
            handlers = handlers[0].body
        block(handlers, env)


def loop(s, env):
    try:
        if isinstance(s, For):
            for value in evaluate(s.iter, env):
                bind(s.target, value, env)
                block(s.body, env)
        else:
            while evaluate(s.test, env):
                block(s.body, env)
    except Stop:
        pass
