"""What `srcgrad.source` shows of a recorded array: the calls that lead to it, and the code that was generated for them."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from srcgrad.runtime.caller import Caller
from srcgrad.runtime.causes import no_history, released
from srcgrad.runtime.inputs import follow
from srcgrad.runtime.recording import Entry, Source
from srcgrad.runtime.registry import Mark, Node, Tracked


def listing(array: Tracked) -> str:
    """The recorded calls that lead to `array`, in the order in which they were made, then each piece of code once."""
    caller = Caller()
    follow(array)
    if array._origin is None:
        raise no_history(array, caller)
    names: dict[Node, str] = {}
    lines: list[str] = []
    texts: dict[str, None] = {}
    for node in sorted(_nodes(array._origin), key=lambda n: n.number):
        if isinstance(node, Mark):
            names[node] = caller.name_of(lambda value, node=node: value._mark is node) or "a marked array"  # type: ignore[misc]
            names[node] = names[node].strip("`")
        elif isinstance(node, Entry):
            if node.pair is None:
                raise released(node, caller)
            names[node] = f"v{len(lines) + 1}"
            given = ", ".join(_spelled(source, names) for source in node.sources)
            lines.append(f"# {names[node]} = {node.function.__name__}({given})")
            texts[getattr(node.pair, "text", "").strip("\n")] = None
    calls = f"# {len(lines)} recorded call{'s' * (len(lines) != 1)}, the arrays that they got gradients for in parentheses\n"
    return "\n\n\n".join([calls + "\n".join(lines), *filter(None, texts)]) + "\n"


def _nodes(origin: Any) -> set[Node]:
    """The node of an origin and those it leads to."""
    found: set[Node] = set()
    waiting: list[Node] = [origin[0]]
    while waiting:
        node = waiting.pop()
        if node in found:
            continue
        found.add(node)
        sources = node.sources if isinstance(node, Entry) else (node.source,) if isinstance(node, Mark) else ()
        for source in sources:
            waiting.extend(o[0] for o in _origins(source))
    return found


def _origins(source: Source) -> Iterator[Any]:
    if isinstance(source, tuple):
        yield source
    elif source is not None:
        for part in source.values():
            yield from _origins(part)


def _spelled(source: Source, names: dict[Node, str]) -> str:
    if isinstance(source, tuple):
        node, index = source
        several = isinstance(node, Entry) and node.width > 1
        return f"{names[node]}[{index}]" if several else names[node]
    assert source is not None
    return "{" + ", ".join(f"{key!r}: {_spelled(part, names)}" for key, part in source.items()) + "}"
