"""Arguments for functions: as an expression says, or made up."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from .target import Failure

LENGTHS = 3, 4, 2, 5, 6, 7


def evaluated(text: str, module: ModuleType) -> tuple[Any, ...]:
    """The arguments that an expression gives, over the names of the user's file (and np): a tuple, or a single one."""
    import numpy
    names = {"np": numpy, "numpy": numpy, **vars(module)}
    try:
        value = eval(text, names)
    except Exception as error:
        raise Failure(f"--at {text!r}: {type(error).__name__}: {error}") from None
    return value if isinstance(value, tuple) else (value,)


def generated(f: Callable[..., Any], types: dict[str, str] | None) -> tuple[Any, ...]:
    """Random arguments: of the types given, defaults, annotations; else the first kind that the function takes: all
    arrays, or all numbers."""
    parameters = [p for p in inspect.signature(f).parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    lengths: dict[str, int] = {}
    problems = []
    for kind in ("f8[n]", "float", "f8[n,n]"):
        for counting in ("", *(p.name for p in parameters if p.default is p.empty)):  # which one is an int
            args = tuple(_values(parameters, types or {}, kind, counting, lengths))
            try:
                f(*_copies(args))
            except Exception as error:
                problems += [] if counting else [f"{kind}: {type(error).__name__}: {error}"]
            else:
                return args
    raise Failure("no arguments given, and none that were tried fit:\n" + "\n".join(dict.fromkeys(problems))
                  + "\nhint: --at 'EXPR', a tuple of arguments, or --types 'NAME: TYPE'")


def _copies(args: tuple[Any, ...]) -> Iterator[Any]:
    import copy
    return (copy.deepcopy(a) for a in args)


def _values(parameters: list[inspect.Parameter], types: dict[str, str], kind: str, counting: str,
            lengths: dict[str, int]) -> Iterator[Any]:
    for i, p in enumerate(parameters):
        annotation = p.annotation if isinstance(p.annotation, str) else getattr(p.annotation, "__name__", "")
        if p.name in types:
            yield _value(types[p.name], lengths, i)
        elif p.default is not p.empty:
            yield p.default
        else:
            named = annotation in ("int", "float", "bool")
            yield _value(annotation if named else "int" if p.name == counting else kind, lengths, i)


def _value(text: str, lengths: dict[str, int], seed: int) -> Any:
    """A value of a type as `--types` writes it; equal names are equal lengths."""
    import numpy as np
    name, bracket, rest = text.strip().partition("[")
    if name in ("int", "bool"):
        return 3 if name == "int" else True
    rng = np.random.default_rng(seed)
    if not bracket:
        value = float(rng.normal()) + 0.1
        return value if name == "float" else np.dtype(name).type(value)
    dims = [d.strip() for d in rest.rstrip("] ").split(",") if d.strip()]
    shape = tuple(int(d) if d.isdigit() else lengths.setdefault(d, LENGTHS[len(lengths) % len(LENGTHS)]) for d in dims)
    dtype = np.dtype(name)
    if dtype.kind in "iu":
        return rng.integers(0, 3, size=shape).astype(dtype)
    found = rng.normal(size=shape) + (1j * rng.normal(size=shape) if dtype.kind == "c" else 0)
    return found.astype(dtype)
