"""`srcgrad completion`: what a shell needs to complete commands, options, files and functions."""
from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ["bash", "zsh", "fish"]


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what makes a shell complete commands, options, files, and functions behind the colon.

    \b
    Examples:
      srcgrad completion bash > ~/.local/share/bash-completion/completions/srcgrad
      srcgrad completion zsh >> ~/.zshrc
      srcgrad completion fish > ~/.config/fish/completions/srcgrad.fish
    """
    from .main import main
    found = get_completion_class(shell)
    assert found is not None
    maker = found(main, {}, "srcgrad", "_SRCGRAD_COMPLETE")
    click.echo(maker.source_template % maker.source_vars())  # source() would ask the shell for its version
