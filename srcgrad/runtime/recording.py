"""The record: one entry for each call of generated code, reachable from the arrays that the call returned.

Nothing here compiles. `connect` is given the function that makes a `Pair`, generated forward and backward code, for
a Python function; eager operations and decorated functions both go through it. An entry is freed when the last array
that leads to it is, or by `backward`.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from srcgrad.errors import RecordError
from srcgrad.runtime.memory import owner, tick
from srcgrad.runtime.nests import parts, rebuild, with_parts
from srcgrad.runtime.registry import UNMARKED, Node, Origin, Tracked


class Pair(Protocol):
    """Generated code for one function, one signature and one set of active inputs.

    `forward(*inputs)` returns `(value, saved)`; `backward(saved, adjoint of value)` returns one adjoint for each active
    input, in order, modifies neither of its arguments, and may be called again. `active` names these inputs, `modified`
    the inputs that the function writes to in place: its forward code works on copies, and where these are all arrays it
    returns (value, *what they hold in the end) in place of the value; `varies` says which of them depend on the active
    inputs, `returned` names the input that is the value. `gradient(*inputs, adjoint)`
    is backward after forward, as one function that can be split in its turn. `text` is the generated module.
    """

    @property
    def forward(self) -> Callable[..., tuple[Any, Any]]: ...
    @property
    def backward(self) -> Callable[[Any, Any], tuple[Any, ...]]: ...
    @property
    def active(self) -> tuple[str, ...]: ...
    @property
    def modified(self) -> tuple[str, ...]: ...
    @property
    def varies(self) -> tuple[bool, ...]: ...
    @property
    def returned(self) -> str | None: ...
    @property
    def gradient(self) -> Callable[..., tuple[Any, ...]]: ...
    @property
    def text(self) -> str: ...


Split = Callable[[Callable[..., Any], tuple[str, ...], dict[str, Any]], Pair]


def _unconnected(function: Callable[..., Any], active: tuple[str, ...], inputs: dict[str, Any]) -> Pair:
    raise RecordError("no compiler is connected", hint="import srcgrad.autograd")


_split: Split = _unconnected


def _always() -> Any:
    return None


_now: Callable[[], Any] = _always


def connect(split: Split, now: Callable[[], Any] = _always) -> None:
    """Give the record its compiler: `split(function, names of the active inputs, {name: input}) -> Pair`.

    `now()` is another value whenever the code for an operation may be another: after a rule was registered, say.
    """
    global _split, _now
    _split, _now = split, now


def epoch() -> Any:
    """Code that was generated for an operation stays right while this has the same value."""
    return _now()


def pair_of(function: Callable[..., Any], active: tuple[str, ...], inputs: dict[str, Any]) -> Pair:
    """Generated code for `function`, from the compiler that is connected."""
    return _split(function, active, inputs)


Source = Origin | dict[Any, Any] | None
"""Where the adjoint of an input flows to: an origin; for a container, a source for each key that has one."""


class Leaf(NamedTuple):
    """What an entry remembers of a numeric output: enough to give it an adjoint of its own kind."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    slot: int
    python: bool  # a Python number

    def adjoint(self, found: Any) -> Any:
        """`found`, zero where it is None. A number for a number: generated code may add to a number in place."""
        if self.shape:
            return np.zeros(self.shape, self.dtype) if found is None else found
        number = self.dtype.type(0 if found is None else found)
        return number.item() if self.python else number


class Entry(Node):
    """One recorded call.

    `sources` has one source for each active input. `args` and `options` are what the forward code was called with, in
    the given mode of training. `template` is the value with a `Leaf` in place of each number and array, None for a
    single array that is not 0-d. `released` says where backward freed the entry.
    """

    __slots__ = ("args", "function", "options", "pair", "released", "saved", "sources", "template", "training", "width")
    width: int

    def __init__(self, function: Callable[..., Any], pair: Any, saved: Any, sources: tuple[Source, ...],
                 args: Sequence[Any] = (), options: dict[str, Any] | None = None, training: int = 0) -> None:
        self.number = tick()
        self.function = function
        self.pair: Pair | None = pair
        self.saved = saved
        self.sources = sources
        self.args = args
        self.options = options
        self.training = training
        self.template: Any = None
        self.width = 1
        self.released: str | None = None

    def release(self, where: str) -> None:
        """Free what the entry keeps alive; its outputs stay valid arrays."""
        self.released = where
        self.pair = self.saved = self.template = self.options = None
        self.sources = self.args = ()


# ------------------------------------------------------------------ what comes out
def record(kind: type[Tracked], entry: Entry, value: Any) -> Any:
    """`value`, the result of the call that `entry` stands for, with its arrays as recorded NDArrays."""
    if type(value) is np.ndarray and value.ndim:
        return kind._make(value, UNMARKED, (entry, 0) if value.dtype.kind in "fc" else None)
    if isinstance(value, (np.ndarray, np.floating, float)):
        data = np.asarray(value)
        if not data.ndim:
            entry.template = Leaf((), data.dtype, 0, isinstance(value, float) and not isinstance(value, np.generic))
        return kind._make(data, UNMARKED, (entry, 0) if data.dtype.kind in "fc" else None)
    outputs: list[Leaf] = []
    wrapped, entry.template = _outputs(kind, entry, value, outputs)
    entry.width = len(outputs)
    return wrapped


def _outputs(kind: type[Tracked], entry: Entry, value: Any, outputs: list[Leaf]) -> tuple[Any, Any]:
    """The wrapped value and its template; appends the leaves to `outputs`."""
    if isinstance(value, (np.ndarray, np.generic, int, float, complex)):
        data = np.asarray(value)
        smooth = data.dtype.kind in "fc"
        leaf = Leaf(data.shape, data.dtype if smooth else np.dtype(float), len(outputs),
                    not isinstance(value, (np.ndarray, np.generic)))
        outputs.append(leaf)
        if isinstance(value, int):
            return value, leaf
        return kind._make(data, UNMARKED, (entry, leaf.slot) if smooth else None), leaf
    if value is None or isinstance(value, (str, bytes)):
        return value, None
    if isinstance(value, (list, tuple)):
        both = [_outputs(kind, entry, item, outputs) for item in value]
        return rebuild(value, [b[0] for b in both]), rebuild(value, [b[1] for b in both])
    if isinstance(value, dict):
        found = {key: _outputs(kind, entry, item, outputs) for key, item in value.items()}
        return {key: f[0] for key, f in found.items()}, {key: f[1] for key, f in found.items()}
    raise RecordError(f"`{entry.function.__name__}` returned a {type(value).__name__}, which can't be recorded",
                      hint="return arrays and numbers, or tuples, lists and dicts of them")


def fill(template: Any, slots: list[Any]) -> Any:
    """The adjoint of a value of several arrays: zeros where nothing flowed, None for what is no number."""
    if isinstance(template, Leaf):
        return template.adjoint(slots[template.slot])
    if isinstance(template, (list, tuple)):
        return rebuild(template, [fill(item, slots) for item in template])
    if isinstance(template, dict):
        return {key: fill(item, slots) for key, item in template.items()}
    return None


def keep(saved: Any, foreign: Iterable[Any]) -> Any:
    """`saved` with copies of what it shares with `foreign`: plain NumPy arrays, containers and objects, which their owner
    may change any time."""
    return _copied(saved, {id(owner(x) if isinstance(x, np.ndarray) else x) for x in foreign})


def _copied(saved: Any, owners: set[int], around: tuple[int, ...] = ()) -> Any:
    if isinstance(saved, np.ndarray):
        return saved.copy(order="K") if id(owner(saved)) in owners else saved
    held = parts(saved)
    if held is None or id(saved) in around:
        return saved
    inside = (*around, id(saved))
    copies = {key: _copied(item, owners, inside) for key, item in held.items()}
    same = id(saved) not in owners and all(copies[key] is item for key, item in held.items())
    return saved if same else with_parts(saved, copies)
