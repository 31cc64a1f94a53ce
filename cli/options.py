"""Options that several commands have, and their values."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

wrt_option: Callable[[Command], Command] = click.option(
    "--wrt", metavar="NAMES", help="Parameters to differentiate by, separated by commas.")
types_option: Callable[[Command], Command] = click.option(
    "--types", multiple=True, metavar="'NAME: TYPE'", help="What a parameter is, for shorter code: 'w: f8[n,m]'. Repeatable.")

of_option: Callable[[Command], Command] = click.option(
    "--of", metavar="NAMES", help="The outputs: parameters that the function modifies in place, or `return`.")
at_option: Callable[[Command], Command] = click.option(
    "--at", metavar="EXPR", help="The arguments, a Python expression over the names of FILE.py and np: 'np.ones(3), 2.0'.")


def names_of(text: str | None, option: str) -> tuple[str, ...] | None:
    """The names in `a,b`; None where the option is not given."""
    if text is None:
        return None
    names = tuple(name.strip() for name in text.split(","))
    if not all(name.isidentifier() for name in names):
        raise click.UsageError(f"{option} takes names separated by commas, not {text!r}")
    return names


def output_of(text: str | None) -> str | tuple[str, ...] | None:
    """The name in `--of u`, or names in `--of u,return`."""
    names = names_of(text, "--of")
    return names[0] if names is not None and len(names) == 1 else names


def types_of(texts: tuple[str, ...]) -> dict[str, str] | None:
    """The types by parameter; None where there are none."""
    found: dict[str, str] = {}
    for text in texts:
        name, colon, described = (part.strip() for part in text.partition(":"))
        if not (name.isidentifier() and colon and described):
            raise click.UsageError(f"--types takes 'NAME: TYPE', not {text!r}")
        if name in found:
            raise click.UsageError(f"--types gives {name} twice")
        found[name] = described
    return found or None
