"""The command `srcgrad`."""
from __future__ import annotations

from importlib import metadata

import click

from .check import check
from .emit import emit
from .explain import explain
from .rules import rules
from .show import show


def version() -> str:
    """The version that is installed, or "unknown" in a checkout that is not."""
    try:
        return metadata.version("srcgrad")
    except metadata.PackageNotFoundError:
        return "unknown"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(), prog_name="srcgrad", message="%(prog)s %(version)s")
def main() -> None:
    """Derivatives of Python functions over NumPy, as source code.

    Exit codes: 0 done; 1 a check failed; 2 wrong usage, or code that can't be differentiated.
    """


for _command in (emit, show, check, explain, rules):
    main.add_command(_command)
