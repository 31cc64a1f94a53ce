"""What srcgrad knows of a function, for tools that show it: the command line, notebooks, editors.

`view` gives a stage as lines that know the user's line, `explain` what is active, saved and recomputed on each line, `rules`
the mathematics. Nothing here changes what is generated.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..emit.html import highlighted as highlighted
from ..functional.check_grads import Compared as Compared, check_grads
from ..outputs import Outputs, outputs_of
from ..targets import target_of
from .explain import Explanation as Explanation, LineFacts as LineFacts, Saved as Saved, explain as explain, types_at as types_at
from .rules import Entry as Entry, every as rules_by_module, mathematics as mathematics, search as search_rules
from .words import details as details
from .views import Line as Line, Text as Text, View as View, text_of as text_of, view as view

__all__ = ["Compared", "Entry", "Explanation", "Line", "LineFacts", "Saved", "Text", "View", "compare", "details", "explain",
           "highlighted", "mathematics", "rules_by_module", "search_rules", "text_of", "types_at", "view",
           "with_outputs"]


def with_outputs(f: Any, of: Outputs) -> Any:
    """What the others take for a function whose outputs are named, as `of` of `grad` names them."""
    return outputs_of(target_of(f), of)


def compare(f: Callable[..., Any], args: Sequence[Any], *, modes: Sequence[str] = ("forward", "reverse"), order: int = 1,
            rtol: float | None = None, atol: float | None = None) -> list[Compared]:
    """What `check_grads` compares, as a list: nothing is raised for what differs."""
    found: list[Compared] = []
    check_grads(f, args, modes=modes, order=order, rtol=rtol, atol=atol, report=found.append)
    return found
