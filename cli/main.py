"""The command `srcgrad`."""
from __future__ import annotations

import importlib
from collections.abc import Sequence
from importlib import metadata
from typing import Any

import click

COMMANDS = {  # in the order of the help; loaded when they are called, or listed
    "emit": "Write the gradient of a function as a Python module.",
    "show": "Show the code generated for a function, coloured in a terminal.",
    "check": "Compare the derivatives of a function with central differences.",
    "explain": "Say of each line of a function what becomes of it in the gradient.",
    "rules": "List the functions that have rules, or show the mathematics of one.",
    "explore": "Make a page that shows a function and its generated code side by side.",
    "completion": "Print what makes a shell complete commands, options, files and functions.",
}


class Commands(click.Group):
    """Imports a command when it is used: each call waits for what is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        found: click.Command = getattr(importlib.import_module(f".{name}", __package__), name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[Any, Any, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches
            near = get_close_matches(args[0], COMMANDS, 1)
            ctx.fail(f"no command {args[0]!r}" + (f"; did you mean {near[0]}?" if near else ""))
        return super().resolve_command(ctx, args)


def version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """Prints the version that is installed, or "unknown" in a checkout that is not."""
    if not value or ctx.resilient_parsing:
        return
    try:
        found = metadata.version("srcgrad")
    except metadata.PackageNotFoundError:
        found = "unknown"
    click.echo(f"srcgrad {found}")
    ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=version, help="Show the version and exit.")
def main() -> None:
    """Derivatives of Python functions over NumPy, as source code.

    Every command takes FILE.py:FUNC, imports FILE.py as `import FILE` would do, and runs nothing else of it, but for
    `check`, which calls the function.

    \b
    Examples:
      srcgrad emit model.py:loss --wrt w -o loss_grad.py
      srcgrad show model.py:loss --side-by-side
      srcgrad check model.py:loss --at 'np.ones(3), np.ones((2, 3))'

    Exit codes: 0 done; 1 a check failed; 2 wrong usage, or code that can't be differentiated. The message then goes to
    stderr, with the line of the function; SRCGRAD_DEBUG=1 shows the traceback too.
    """


def commands() -> Sequence[tuple[str, click.Command]]:
    """All commands by name."""
    context = click.Context(main, info_name="srcgrad")
    return [(name, command) for name in COMMANDS if (command := main.get_command(context, name)) is not None]
