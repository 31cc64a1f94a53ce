"""The same programs through other tools: HIPS autograd, JAX, PyTorch and mygrad, wherever they are installed.

A program is run over the tool's own `np`. What a tool cannot do (JAX: loops whose length depends on values; all: writing into
arrays) is left out, with its reason. Arguments are converted beforehand, and results are waited for.
"""
from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType, SimpleNamespace
from typing import Any

import numpy as np

Gradient = Callable[..., Any]


@dataclass(frozen=True)
class Peer:
    """A tool: the module that has to be installed, and what makes a gradient of a program at arguments."""

    name: str
    module: str
    make: Callable[[FunctionType, tuple[int, ...], tuple[Any, ...]], Gradient]
    compiles: bool = False

    @property
    def installed(self) -> bool:
        return importlib.util.find_spec(self.module) is not None


@dataclass(frozen=True)
class Made:
    """The gradients that peers made, what they could not do, and the seconds of the first call of those that compile."""

    gradients: dict[str, Gradient]
    reasons: dict[str, str]
    compile_seconds: dict[str, float]


def made(program: FunctionType, wrt: tuple[int, ...], args: tuple[Any, ...]) -> Made:
    """The program's gradients by all peers that are installed."""
    found = Made({}, {}, {})
    for peer in PEERS:
        if not peer.installed:
            continue
        try:
            gradient = peer.make(program, wrt, args)
            start = time.perf_counter()
            gradient(*args)
        except Exception as error:  # whatever a tool raises for what it cannot do
            found.reasons[peer.name] = f"{type(error).__name__}: {str(error).strip().splitlines()[0][:80]}"
            continue
        found.gradients[peer.name] = gradient
        if peer.compiles:
            found.compile_seconds[peer.name] = time.perf_counter() - start
    return found


def over(f: FunctionType, np_module: Any) -> FunctionType:
    """The same code with `np` meaning another module, in the functions it calls too."""
    names = {**f.__globals__, "np": np_module}
    for name, value in f.__globals__.items():
        if isinstance(value, FunctionType) and value.__globals__ is f.__globals__:
            names[name] = FunctionType(value.__code__, names, name, value.__defaults__, value.__closure__)
    return names[f.__name__]  # type: ignore[no-any-return]


# ------------------------------------------------------------------ the peers
def _autograd(program: FunctionType, wrt: tuple[int, ...], args: tuple[Any, ...]) -> Gradient:
    import autograd
    import autograd.numpy
    gradient = autograd.grad(over(program, autograd.numpy), wrt)
    return lambda *values: tuple(gradient(*values))


def _jax(program: FunctionType, wrt: tuple[int, ...], args: tuple[Any, ...]) -> Gradient:
    import jax
    jax.config.update("jax_enable_x64", True)
    gradient = jax.jit(jax.grad(over(program, jax.numpy), wrt))
    converted = [jax.numpy.asarray(x) for x in args]
    return lambda *values: jax.block_until_ready(gradient(*converted))


def _torch(program: FunctionType, wrt: tuple[int, ...], args: tuple[Any, ...]) -> Gradient:
    import torch
    torch.set_num_threads(1)
    names = {name: getattr(torch, name) for name in ("abs", "exp", "log", "mean", "sin", "sqrt", "sum", "tanh")}
    run = over(program, SimpleNamespace(maximum=lambda x, low: torch.clamp(x, min=low), **names))
    converted = [torch.tensor(x, dtype=torch.float64, requires_grad=i in wrt) for i, x in enumerate(args)]
    inputs = [converted[i] for i in wrt]
    return lambda *values: torch.autograd.grad(run(*converted), inputs)


def _mygrad(program: FunctionType, wrt: tuple[int, ...], args: tuple[Any, ...]) -> Gradient:
    import mygrad
    run = over(program, mygrad)

    def gradient(*values: Any) -> tuple[Any, ...]:
        tensors = [mygrad.tensor(x) if i in wrt else x for i, x in enumerate(values)]
        run(*tensors).backward()
        return tuple(np.zeros(t.shape) if t.grad is None else t.grad for t in (tensors[i] for i in wrt))
    return gradient


AUTOGRAD, JAX, TORCH, MYGRAD = "autograd", "JAX jit", "PyTorch", "mygrad"
PEERS = (Peer(AUTOGRAD, "autograd", _autograd), Peer(JAX, "jax", _jax, compiles=True), Peer(TORCH, "torch", _torch),
         Peer(MYGRAD, "mygrad", _mygrad))
