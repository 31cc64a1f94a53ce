"""One at a time, and with as much stack as it takes.

Python's own `ast` is not safe in threads, so whoever reads or makes code holds `LOCK`. A sum of a thousand terms, or a branch
with hundreds of `elif`, is nested deeper than Python lets functions call each other: what fails for that is done again in a
thread with a large stack, for which the first one waits.
"""
from __future__ import annotations

import contextvars
import functools
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from .errors import SrcgradError, UnsupportedSyntax, trimmed

STACK = 512 << 20  # bytes, of which the system gives those that are used
CALLS = 400_000
_deep: contextvars.ContextVar[bool] = contextvars.ContextVar("srcgrad_deep", default=False)


class Lock:
    """A reentrant lock. Whoever works with a large stack works for the thread that waits, and may do what that may."""

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        if not _deep.get():
            self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        if not _deep.get():
            self._lock.release()


LOCK = Lock()
Make = TypeVar("Make", bound=Callable[..., Any])


def alone(make: Make) -> Make:
    """The function, which no two threads are in, and whose depth nothing limits. It may be run twice. Its errors come
    without the frames of the compiler."""
    @functools.wraps(make)
    def locked(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        with LOCK:
            try:
                return make(*args, **kwargs)
            except RecursionError:
                if _deep.get():
                    raise UnsupportedSyntax("the function is nested too deeply", hint="compute parts of it before") from None
            except SrcgradError as error:
                raise trimmed(error)  # noqa: B904  (it is the same error)
            return _with_stack(functools.partial(make, *args, **kwargs))
    return locked  # type: ignore[return-value]


def _with_stack(call: Callable[[], Any]) -> Any:
    """The result of a call in a thread with a large stack."""
    result: list[Any] = []
    context = contextvars.copy_context()
    context.run(_deep.set, True)

    def run() -> None:
        try:
            result.append(context.run(call))
        except BaseException as error:
            result.extend((None, error))

    size, limit = threading.stack_size(STACK), sys.getrecursionlimit()
    try:
        thread = threading.Thread(target=run, name="srcgrad")
        sys.setrecursionlimit(max(limit, CALLS))
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
    if len(result) > 1:
        raise result[1]
    return result[0]
