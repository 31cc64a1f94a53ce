"""Solutions of equations, differentiated by the implicit function theorem: not through the iteration that finds them.

With x = g(x, a), dx = g_x dx + g_a da. The tangent is therefore the solution of a fixed-point equation again, and so is the
adjoint: w = b + g_x' w, and then the adjoint of a is g_a' w (Christianson, Reverse accumulation and attractive fixed
points, 1994). With g(x, a) = 0, dx = -g_x^-1 g_a da. All that is written down here is differentiable itself, to any order.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..derivative import maker
from ..emit.imports import identifier
from ..emit.load import define
from .custom import Own
from .gradients import adjoint, tangent
from .jacobian import jacobian


@maker
def fixed_point(g: Callable[..., Any], x0: Any, *args: Any, tol: float = 1e-12, steps: int = 10_000) -> Any:
    """The solution of x = g(x, *args), by iteration from x0, for a number or array x; it must be attractive.

    The iteration ends where x changes by less than `tol` times its size. Derivatives by `args` are those of the solution,
    exact up to `tol`, whatever way it was found; that by x0 is zero. In a function that is differentiated, g is a function
    known by name, and the args are numbers and arrays of floats (integers, in reverse mode, have no derivative).

    Raises ArithmeticError where `steps` do not do.

    >>> import numpy as np, srcgrad
    >>> def g(x, a):
    ...     return 0.5 * (x + a / x)
    >>> def square_root(a):
    ...     return srcgrad.fixed_point(g, 1.0, a)
    >>> round(srcgrad.grad(square_root)(4.0), 9)
    0.25
    """
    x = x0
    for _ in range(steps):
        new = g(x, *args)
        if not np.all(np.isfinite(new)):
            break
        if _size(new - x) <= tol * (1 + _size(new)):
            return new
        x = new
    name = getattr(g, "__name__", "the function")
    raise ArithmeticError(f"fixed_point: {name} has not settled after {steps} steps: it may not be attractive")


@maker
def root(g: Callable[..., Any], x0: Any, *args: Any, tol: float = 1e-12, steps: int = 100) -> Any:
    """The solution of g(x, *args) = 0, by Newton's method from x0, for a number or array x; g has x's shape.

    The iteration ends where a step is smaller than `tol` times x. Derivatives are as with `fixed_point`.

    Raises ArithmeticError where `steps` do not do, numpy.linalg.LinAlgError where the Jacobian is singular.

    >>> import numpy as np, srcgrad
    >>> def g(x, a):
    ...     return x ** 3 - a
    >>> def cube_root(a):
    ...     return srcgrad.root(g, 1.0, a)
    >>> round(srcgrad.grad(cube_root)(8.0), 9)
    0.083333333
    """
    slope = jacobian(g)
    x = x0
    for _ in range(steps):
        n = np.size(x)
        step = np.linalg.solve(np.reshape(slope(x, *args), (n, n)), np.reshape(g(x, *args), (n,)))
        x = x - (np.reshape(step, np.shape(x)) if isinstance(x, np.ndarray) else type(x)(step[0]))
        if _size(step) <= tol * (1 + _size(x)):
            return x
    raise ArithmeticError(f"root: no solution of {getattr(g, '__name__', 'the function')} after {steps} steps")


def _size(x: Any) -> float:
    return float(np.max(np.abs(x), initial=0.0))


# ------------------------------------------------------------------ derivatives
_FIXED_POINT = '''
def forward(x0, {args}):
    x = solution(x0, {args})
    return x, (x, {args})


def turned(w, x, {args}, b):
    return b + pull(x, {args}, b_out=w)


def backward(saved, b):
    x, {args} = saved
    w = fixed_point(turned, b, x, {args}, b{options})
    return None, {pulled}


def pushed(d, x, {args}, {d_args}):
    return push(x, {args}, {along_x}=d, {along})


def tangent(every, d_every):
    x0, {args} = every
    d_x0, {d_args} = d_every
    x = solution(x0, {args})
    return x, fixed_point(pushed, 0 * x, x, {args}, {d_args}{options})
'''

_ROOT = '''
def forward(x0, {args}):
    x = solution(x0, {args})
    return x, (x, {args})


def backward(saved, b):
    x, {args} = saved
    n = np.size(x)
    J = np.reshape(slope(x, {args}), (n, n))
    w = np.reshape(np.linalg.solve(np.transpose(J), np.reshape(-b, (n,))), np.shape(x))
    return None, {pulled}


def tangent(every, d_every):
    x0, {args} = every
    d_x0, {d_args} = d_every
    x = solution(x0, {args})
    n = np.size(x)
    J = np.reshape(slope(x, {args}), (n, n))
    r = push_args(x, {args}, {along})
    return x, np.reshape(np.linalg.solve(J, np.reshape(-r, (n,))), np.shape(x))
'''


def solver(find: Callable[..., Any], g: Callable[..., Any], count: int, options: tuple[tuple[str, Any], ...]) -> Own:
    """What a call `find(g, x0, *args, **options)` with `count` args stands for: a function of x0 and the args."""
    if not count:
        return Own(lambda x0: find(g, x0, **dict(options)), lambda x0: (find(g, x0, **dict(options)), None), _nothing, None)
    args = [f"a{i}" for i in range(count)]
    every = tuple(range(1, count + 1))
    along_x, *along = tangent(g, (0, *every)).extra
    fields = {
        "args": ", ".join(args), "d_args": ", ".join(f"d_{a}" for a in args), "along_x": along_x,
        "along": ", ".join(f"{name}=d_{a}" for name, a in zip(along, args)),
        "options": "".join(f", {n}={v!r}" for n, v in options),
        "pulled": ", ".join(f"(None if isinstance({a}, (int, str)) else pull_{a}(x, {', '.join(args)}, b_out=w))" for a in args),
    }
    text = (_FIXED_POINT if find is fixed_point else _ROOT).format(**fields)
    name = f"{find.__name__}_of_{identifier(getattr(g, '__name__', 'function'))}"
    names = {"np": np, "fixed_point": fixed_point, "pull": adjoint(g), "push": tangent(g, (0, *every)),
             "push_args": tangent(g, every), "slope": jacobian(g), "find": find, "g": g}
    names |= {f"pull_{a}": adjoint(g, i) for a, i in zip(args, every)}
    call = f"find(g, x0, {fields['args']}{fields['options']})"
    solution = define(f"def {name}(x0, {fields['args']}):\n    return {call}\n", name, names)
    forward = define(text, "forward", names)
    made = Own(solution, forward, forward.__globals__["backward"], forward.__globals__["tangent"])
    forward.__globals__["solution"] = made
    return made


def _nothing(saved: Any, b: Any) -> Any:
    return None


fixed_point.__srcgrad_solver__ = root.__srcgrad_solver__ = solver  # type: ignore[attr-defined]
