"""`python -m benchmarks.record`: what the record costs, beside the bare generated code and HIPS autograd."""
from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from srcgrad import autograd, nd

from .timing import interleaved

LENGTH = 50  # operations in a chain
VALUES = np.array([0.3, -0.2, 0.8, 0.5])


def chain(x: Any, y: Any) -> Any:
    """A chain of products: what one operation costs is the time divided by its length."""
    z = x
    for _ in range(LENGTH):
        z = z * y
    return z


def eager() -> dict[str, Callable[[], Any]]:
    """Forward and backward of the chain, and of one operation in a scope of its own."""
    x, y = nd.array(VALUES).attach_grad(), nd.array(VALUES + 1).attach_grad()

    def recorded() -> None:
        with autograd.record():
            z = chain(x, y)
        z.backward()

    def one() -> None:
        with autograd.record():
            z = x * y
        z.backward()

    found: dict[str, Callable[[], Any]] = {"srcgrad, chain": recorded, "srcgrad, one operation": one}
    try:
        import autograd as hips
        import autograd.numpy as hnp
    except ImportError:
        return found
    both = hips.grad(lambda a: hnp.sum(chain(a[0], a[1])))
    single = hips.grad(lambda a: hnp.sum(a[0] * a[1]))
    arguments = (VALUES, VALUES + 1)
    return {**found, "HIPS autograd, chain": lambda: both(arguments), "HIPS autograd, one operation": lambda: single(arguments)}


def decorated() -> dict[str, Callable[[], Any]]:
    """A decorated call and the generated forward code it runs, for one, two and four arrays."""
    found: dict[str, Callable[[], Any]] = {}

    @autograd.record
    def one(a):
        return a * a

    @autograd.record
    def two(a, b):
        return a * b

    @autograd.record
    def four(a, b, c, d):
        return a * b * c * d

    for function, count in ((one, 1), (two, 2), (four, 4)):
        arrays = [nd.array(VALUES + i).attach_grad() for i in range(count)]
        function(*arrays)
        forward, raw = function.pair.forward, [a.asnumpy() for a in arrays]
        found[f"{count}"] = lambda function=function, arrays=arrays: function(*arrays)
        found[f"{count} bare"] = lambda forward=forward, raw=raw: forward(*raw)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.record", description=__doc__)
    parser.add_argument("--rounds", type=int, default=60, help="rounds in which all candidates take turns")
    rounds = parser.parse_args(arguments).rounds
    print("One recorded operation on 4 numbers, forward and backward; CPU microseconds, median and least of the rounds:\n")
    for name, times in interleaved(eager(), (), rounds).items():
        per = LENGTH if "chain" in name else 1
        print(f"  {name:32} {1e6 * statistics.median(times) / per:7.1f} {1e6 * min(times) / per:7.1f}")
    print("\nWhat a decorated call adds to the generated forward code that it runs:\n")
    times = interleaved(decorated(), (), rounds)
    for count in (1, 2, 4):
        whole, bare = times[f"{count}"], times[f"{count} bare"]
        added = 1e6 * (min(whole) - min(bare))
        print(f"  {count} array(s)  {added:5.1f}   (at most {5 + count} is the aim)")


if __name__ == "__main__":
    main()
