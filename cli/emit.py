"""`srcgrad emit`: gradients as files."""
from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from .output import compare, write
from .target import Failure, Target, TargetType, decorated, failures_reported, function_of, imported


@click.command()
@click.argument("target", type=TargetType(whole_files=True), metavar="FILE.py[:FUNC]")
@click.option("--wrt", metavar="NAMES", help="Parameters to differentiate by, separated by commas.")
@click.option("--mode", type=click.Choice(["reverse", "forward"]), default="reverse", show_default=True,
              help="reverse: FUNC_grad returns the gradient; forward: FUNC_tangent returns a directional derivative.")
@click.option("--value", is_flag=True, help="Return the function's value too (FUNC_value_and_grad).")
@click.option("--types", multiple=True, metavar="'NAME: TYPE'",
              help="What a parameter is, for shorter code: 'w: f8[n,m]'. Repeatable.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="OUT.py", help="Write to a file.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if OUT.py is not what would be written now.")
def emit(target: Target, wrt: str | None, mode: str, value: bool, types: tuple[str, ...],
         output: Path | None, check: bool) -> None:
    """Write the gradient of a function as a Python module.

    FILE.py is imported, as `import FILE` would do; nothing else of it is run. FUNC may be dotted (Class.method).
    Without FUNC, every function in FILE.py that is decorated with autograd.record goes into one module, each with
    respect to all its float parameters.
    """
    _check_usage(target, {"--wrt": wrt, "--types": types}, output, check)
    options: dict[str, Any] = {"mode": mode, "value": value, "types": _types(types) or None}
    names = None if wrt is None else _names(wrt, "--wrt")
    text = _generate(target, names, options, _command(target, wrt, mode, value, types))
    if output is None:
        click.echo(text, nl=False)
    elif check:
        compare(output, text)
    else:
        write(output, text)


def _generate(target: Target, wrt: tuple[str, ...] | None, options: dict[str, Any], command: str) -> str:
    from srcgrad import pipeline
    with imported(target.path) as module, failures_reported():
        what: Any = function_of(module, target) if target.name else decorated(module, target.path)
        return pipeline.emit(what, wrt, **options, command=command, filename=target.filename)


def _check_usage(target: Target, narrow: dict[str, Any], output: Path | None, check: bool) -> None:
    given = [name for name, value in narrow.items() if value]
    if given and not target.name:
        raise click.UsageError(f"{given[0]} needs a function: {target.path}:FUNC")
    if output is None:
        if check:
            raise click.UsageError("--check needs -o OUT.py, the file to compare with")
        return
    if output.resolve() == target.path.resolve():
        raise click.UsageError(f"{output} is the file with the function itself")
    if output.is_dir():
        raise Failure(f"{output} is a folder")
    if not check and not output.resolve().parent.is_dir():
        raise Failure(f"no folder {output.parent}")


def _names(text: str, option: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not all(name.isidentifier() for name in names):
        raise click.UsageError(f"{option} takes names separated by commas, not {text!r}")
    return names


def _types(texts: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, colon, described = (part.strip() for part in text.partition(":"))
        if not (name.isidentifier() and colon and described):
            raise click.UsageError(f"--types takes 'NAME: TYPE', not {text!r}")
        if name in found:
            raise click.UsageError(f"--types gives {name} twice")
        found[name] = described
    return found


def _command(target: Target, wrt: str | None, mode: str, value: bool, types: tuple[str, ...]) -> str:
    """The command that makes the same text again."""
    words = ["srcgrad", "emit", target.shown]
    words += [] if wrt is None else ["--wrt", wrt]
    words += [] if mode == "reverse" else ["--mode", mode]
    words += ["--value"] if value else []
    words += [word for text in types for word in ("--types", text)]
    return shlex.join(words)
